//! The slots of several staff members together: one list, one count a day, and who comes first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Agenda, SlotRules, Starts};
use crate::id::StaffId;
use crate::wall_clock::{Interval, Span, day_span, instant};

/// Longest stretch of a month overview, in days.
pub const MAX_COUNTED_DAYS: u16 = 62;

/// A start that somebody offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    /// Who offers it, in the order of the team given; at least one.
    pub staff_ids: Vec<StaffId>,
}

/// How much is booked with a staff member already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    pub staff: StaffId,
    /// On the local date of the start.
    pub minutes_that_day: i64,
    /// In the ISO week of that date.
    pub minutes_that_week: i64,
    /// In the tenant's list of staff.
    pub position: i32,
}

impl SlotRules {
    /// The slots of a team in `window`, ascending, each start once.
    pub fn slots(&self, team: &[Agenda<'_>], window: Interval, now: DateTime<Utc>) -> Vec<Slot> {
        let duration = TimeDelta::minutes(self.duration_minutes.into());
        let mut slots: Vec<Slot> = Vec::new();
        for (start, place) in self.team_starts(team, window, now) {
            let staff = team.get(place).map(|agenda| agenda.staff);
            match slots.last_mut().filter(|slot| slot.start == start) {
                Some(slot) => slot.staff_ids.extend(staff),
                None => {
                    slots.push(Slot { start, end: start + duration, staff_ids: staff.into_iter().collect() });
                }
            }
        }
        slots
    }

    /// How many different starts a team offers on each of `days` dates of a viewer's zone, from `first` on.
    /// At most [`MAX_COUNTED_DAYS`] are counted; dates outside of the years 1..=9999 are left out.
    pub fn count_by_date(
        &self,
        team: &[Agenda<'_>],
        viewer: Tz,
        first: NaiveDate,
        days: u16,
        now: DateTime<Utc>,
    ) -> Vec<(NaiveDate, u32)> {
        let dates =
            std::iter::successors(Some(first), NaiveDate::succ_opt).take(days.min(MAX_COUNTED_DAYS).into());
        let mut days: Vec<CountedDay> = dates
            .filter_map(|date| Some(CountedDay { date, slots: 0, span: day_span(viewer, date)? }))
            .collect();
        let window = days
            .first()
            .and_then(|day| instant(day.span.start))
            .zip(days.last().and_then(|day| instant(day.span.end)));
        let Some((from, until)) = window else { return Vec::new() };
        let mut day = 0;
        let mut last = None;
        for (start, _) in self.team_starts(team, Interval::new(from, until), now).seconds() {
            if last.replace(start) == Some(start) {
                continue;
            }
            while days.get(day).is_some_and(|day| day.span.end <= start) {
                day += 1;
            }
            if let Some(day) = days.get_mut(day) {
                day.slots += 1;
            }
        }
        days.into_iter().map(|day| (day.date, day.slots)).collect()
    }

    /// Each start that a team offers in `window`, ascending, with the place in the team of who offers it; of
    /// equal starts the lower place first. The first of all is the next free slot.
    pub fn team_starts<'a>(
        &self,
        team: &[Agenda<'a>],
        window: Interval,
        now: DateTime<Utc>,
    ) -> TeamStarts<'a> {
        let mut starts: Vec<Starts<'a>> =
            team.iter().map(|agenda| self.starts(agenda, window, now)).collect();
        let heads = starts.iter_mut().enumerate();
        let next =
            heads.filter_map(|(place, starts)| Some(Reverse((starts.next_second()?, place)))).collect();
        TeamStarts { starts, next }
    }
}

struct CountedDay {
    date: NaiveDate,
    slots: u32,
    span: Span,
}

/// See [`SlotRules::team_starts`].
pub struct TeamStarts<'a> {
    starts: Vec<Starts<'a>>,
    /// The next start of each staff member who has one, with their place.
    next: BinaryHeap<Reverse<(i64, usize)>>,
}

impl TeamStarts<'_> {
    fn next_second(&mut self) -> Option<(i64, usize)> {
        let mut head = self.next.peek_mut()?;
        let Reverse((start, place)) = *head;
        match self.starts.get_mut(place).and_then(Starts::next_second) {
            Some(following) => *head = Reverse((following, place)),
            None => drop(PeekMut::pop(head)),
        }
        Some((start, place))
    }

    fn seconds(mut self) -> impl Iterator<Item = (i64, usize)> {
        std::iter::from_fn(move || self.next_second())
    }
}

impl Iterator for TeamStarts<'_> {
    type Item = (DateTime<Utc>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let (start, place) = self.next_second()?;
        Some((instant(start)?, place))
    }
}

/// Orders the candidates for "any staff": fewest minutes booked that day, then that week, then by position.
pub fn least_loaded_first(candidates: &mut [Load]) {
    candidates.sort_unstable_by_key(|load| {
        (load.minutes_that_day, load.minutes_that_week, load.position, load.staff)
    });
}

/// The `count` slots nearest to a wanted start, nearest first; of two as near, the earlier first. `slots`
/// ascend.
pub fn nearest(slots: &[Slot], wanted: DateTime<Utc>, count: usize) -> Vec<&Slot> {
    let (before, after) = slots.split_at(slots.partition_point(|slot| slot.start < wanted));
    let (mut before, mut after) = (before.iter().rev().peekable(), after.iter().peekable());
    let mut found = Vec::with_capacity(count.min(slots.len()));
    while found.len() < count {
        let is_before = match (before.peek(), after.peek()) {
            (Some(earlier), Some(later)) => wanted - earlier.start <= later.start - wanted,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        found.extend(if is_before { before.next() } else { after.next() });
    }
    found
}
