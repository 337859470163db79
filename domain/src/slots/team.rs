//! The slots of several staff members together: one list, one count a day, and who comes first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Agenda, Demand, Starts};
use crate::id::StaffId;
use crate::wall_clock::{Interval, Span, day_span, instant};

/// Longest stretch of a month overview, in days.
pub const MAX_COUNTED_DAYS: u16 = 62;

/// A start that somebody offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    /// Who offers it, in the order of the team given; at least one. Of a collective service, all who provide it.
    pub staff_ids: Vec<StaffId>,
    /// The most that one booking can have of them, 1 where there are no group sessions.
    pub seats_left: u32,
}

impl<'a> Demand<'a> {
    /// The slots of a team in `window`, ascending, each start once.
    pub fn slots(&self, team: &[Agenda<'a>], window: Interval, now: DateTime<Utc>) -> Vec<Slot> {
        let duration = TimeDelta::minutes(self.rules.duration_minutes.into());
        let mut slots: Vec<Slot> = Vec::new();
        let mut starts = self.team_starts(team, window, now);
        while let Some(offered) = starts.next_second() {
            let Some(start) = instant(offered.start) else { break };
            let party = self.parties(team).nth(offered.place).unwrap_or_default();
            let staff = party.iter().map(|agenda| agenda.staff);
            match slots.last_mut().filter(|slot| slot.start == start) {
                Some(slot) => {
                    slot.staff_ids.extend(staff);
                    slot.seats_left = slot.seats_left.max(offered.seats);
                }
                None => slots.push(Slot {
                    start,
                    end: start + duration,
                    staff_ids: staff.collect(),
                    seats_left: offered.seats,
                }),
            }
        }
        slots
    }

    /// Whether somebody of a team offers exactly this start: so when, and only when, it is listed.
    pub fn is_offered(&self, team: &[Agenda<'a>], start: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let Some(end) = start.checked_add_signed(TimeDelta::seconds(1)) else { return false };
        let mut starts = self.team_starts(team, Interval::new(start, end), now);
        starts.next().is_some_and(|(offered, _)| offered == start)
    }

    /// How many different starts a team offers on each of `days` dates of a viewer's zone, from `first` on.
    /// At most [`MAX_COUNTED_DAYS`] are counted; dates outside of the years 1..=9999 are left out.
    pub fn count_by_date(
        &self,
        team: &[Agenda<'a>],
        viewer: Tz,
        first: NaiveDate,
        days: u16,
        now: DateTime<Utc>,
    ) -> Vec<(NaiveDate, u32)> {
        count_by_date(viewer, first, days, |window| {
            let mut starts = self.team_starts(team, window, now);
            std::iter::from_fn(move || starts.next_second().map(|offered| offered.start))
        })
    }

    /// Each start that a team offers in `window`, ascending, with the place in the team of who offers it; of
    /// equal starts the lower place first. The first of all is the next free slot.
    pub fn team_starts(&self, team: &[Agenda<'a>], window: Interval, now: DateTime<Utc>) -> TeamStarts<'a> {
        TeamStarts::of(self.parties(team).map(|party| self.starts(party, window, now)).collect())
    }
}

struct CountedDay {
    date: NaiveDate,
    slots: u32,
    span: Span,
}

/// How many different ones of the starts that a window of all the dates has are on each of them: see
/// [`Demand::count_by_date`]. Starts are in seconds and ascend.
pub(super) fn count_by_date<S: Iterator<Item = i64>>(
    viewer: Tz,
    first: NaiveDate,
    days: u16,
    starts: impl FnOnce(Interval) -> S,
) -> Vec<(NaiveDate, u32)> {
    let dates =
        std::iter::successors(Some(first), NaiveDate::succ_opt).take(days.min(MAX_COUNTED_DAYS).into());
    let mut days: Vec<CountedDay> =
        dates.filter_map(|date| Some(CountedDay { date, slots: 0, span: day_span(viewer, date)? })).collect();
    let window = days
        .first()
        .and_then(|day| instant(day.span.start))
        .zip(days.last().and_then(|day| instant(day.span.end)));
    let Some((from, until)) = window else { return Vec::new() };
    let mut day = 0;
    let mut last = None;
    for start in starts(Interval::new(from, until)) {
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

/// A start, in seconds, that a place in the team offers, with its seats.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Offered {
    pub(super) start: i64,
    pub(super) place: usize,
    pub(super) seats: u32,
}

impl Offered {
    fn next(starts: &mut Starts<'_>, place: usize) -> Option<Self> {
        starts.next_second().map(|(start, seats)| Self { start, place, seats })
    }
}

/// See [`Demand::team_starts`].
pub struct TeamStarts<'a> {
    starts: Vec<Starts<'a>>,
    /// The next start of each place that has one.
    next: BinaryHeap<Reverse<Offered>>,
}

impl<'a> TeamStarts<'a> {
    /// Of each place.
    pub(super) fn of(mut starts: Vec<Starts<'a>>) -> Self {
        let next = starts.iter_mut().enumerate().filter_map(|(place, starts)| Offered::next(starts, place));
        let next = next.map(Reverse).collect();
        Self { starts, next }
    }

    pub(super) fn next_second(&mut self) -> Option<Offered> {
        let mut head = self.next.peek_mut()?;
        let Reverse(offered) = *head;
        match self.starts.get_mut(offered.place).and_then(|starts| Offered::next(starts, offered.place)) {
            Some(following) => *head = Reverse(following),
            None => drop(PeekMut::pop(head)),
        }
        Some(offered)
    }
}

impl Iterator for TeamStarts<'_> {
    type Item = (DateTime<Utc>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let offered = self.next_second()?;
        Some((instant(offered.start)?, offered.place))
    }
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
