//! Several services in one visit: one after the other without a pause, of one staff member or of several.

use std::iter::Peekable;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::starts::Obstacles;
use super::team::{Offered, count_by_date};
use super::{Agenda, Demand, Slot, TeamStarts, seconds};
use crate::id::StaffId;
use crate::wall_clock::{Interval, Span, instant, second_at_or_after};

/// One service of a visit, with who may provide it. What [`Demand::capacity`] says is left aside: a visit has its own time.
#[derive(Clone, Copy, Debug)]
pub struct Leg<'a, 't> {
    pub demand: Demand<'a>,
    pub team: &'t [Agenda<'a>],
}

/// A visit that could be booked: when each of its services takes place, and who offers it then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// At least one. Each starts when the one before ends.
    pub legs: Vec<Slot>,
}

impl Visit {
    /// The longest visit, buffers included.
    pub const LONGEST: TimeDelta = TimeDelta::hours(24);
    /// The most services of one.
    pub const MOST_LEGS: usize = 5;

    /// Whoever can stay with the customer from the first service to the last, in the order of the first team.
    pub fn all_along(&self) -> impl Iterator<Item = StaffId> {
        let (first, others) = self
            .legs
            .split_first()
            .map_or((&[][..], &[][..]), |(first, others)| (first.staff_ids.as_slice(), others));
        first.iter().copied().filter(|id| others.iter().all(|leg| leg.staff_ids.contains(id)))
    }
}

/// The visits of `legs` that start in `window`, ascending by start. The first service starts where it would alone; the
/// others, when the one before ends, on no grid. Each needs its own notice and horizon, working time, free time with its
/// buffers and a room. No visits of no legs, of more than [`Visit::MOST_LEGS`] or longer than [`Visit::LONGEST`].
pub fn visits<'a>(legs: &[Leg<'a, '_>], window: Interval, now: DateTime<Utc>) -> Visits<'a> {
    Visits::new(legs, window, now).unwrap_or_default()
}

/// How many of them start on each of `days` dates of a viewer's zone: as [`Demand::count_by_date`].
pub fn count_visits_by_date(
    legs: &[Leg<'_, '_>],
    viewer: Tz,
    first: NaiveDate,
    days: u16,
    now: DateTime<Utc>,
) -> Vec<(NaiveDate, u32)> {
    count_by_date(viewer, first, days, |window| {
        visits(legs, window, now).filter_map(|visit| Some(visit.legs.first()?.start.timestamp()))
    })
}

/// See [`visits`].
#[derive(Default)]
pub struct Visits<'a> {
    /// Nothing without a first leg.
    first: Option<First<'a>>,
    /// In their order.
    others: Vec<Other<'a>>,
}

struct First<'a> {
    starts: Peekable<Seconds<'a>>,
    duration: i64,
    /// Of each place.
    staff: Vec<Vec<StaffId>>,
}

struct Seconds<'a>(TeamStarts<'a>);

impl Iterator for Seconds<'_> {
    type Item = Offered;

    fn next(&mut self) -> Option<Offered> {
        self.0.next_second()
    }
}

/// A later service of a visit.
struct Other<'a> {
    /// From the start of the visit.
    offset: i64,
    duration: i64,
    /// Its starts have at least its notice and lie within its horizon.
    bounds: Span,
    parties: Vec<Party<'a>>,
}

/// Those who provide a service together, most often one.
struct Party<'a> {
    staff: Vec<StaffId>,
    /// What is left of their working time, for questions that only move forward.
    working: Peekable<std::vec::IntoIter<Span>>,
    obstacles: Obstacles<'a>,
}

impl<'a> Visits<'a> {
    fn new(legs: &[Leg<'a, '_>], window: Interval, now: DateTime<Utc>) -> Option<Self> {
        let (first, others) = legs.split_first()?;
        for leg in legs {
            leg.demand.rules.check().ok()?;
        }
        let last = legs.last()?.demand.rules.buffer_after_minutes;
        let minutes: i32 = legs.iter().map(|leg| leg.demand.rules.duration_minutes).sum();
        let whole = minutes + first.demand.rules.buffer_before_minutes + last;
        if legs.len() > Visit::MOST_LEGS || TimeDelta::minutes(whole.into()) > Visit::LONGEST {
            return None;
        }
        let mut offset = seconds(first.demand.rules.duration_minutes);
        let starts = first.alone().team_starts(first.team, window, now);
        let parties =
            first.demand.parties(first.team).map(|party| party.iter().map(|agenda| agenda.staff).collect());
        let first = First { starts: Seconds(starts).peekable(), duration: offset, staff: parties.collect() };
        let mut later = Vec::with_capacity(others.len());
        for leg in others {
            let duration = seconds(leg.demand.rules.duration_minutes);
            later.push(Other::new(leg, offset, window, now)?);
            offset += duration;
        }
        Some(Self { first: Some(first), others: later })
    }
}

impl<'a> Leg<'a, '_> {
    fn alone(&self) -> Demand<'a> {
        Demand { capacity: 1, seats: 1, ..self.demand }
    }
}

impl<'a> Other<'a> {
    fn new(leg: &Leg<'a, '_>, offset: i64, window: Interval, now: DateTime<Utc>) -> Option<Self> {
        let rules = &leg.demand.rules;
        let duration = seconds(rules.duration_minutes);
        let window = Span {
            // Nothing starts in the past.
            start: window.start.max(now).timestamp().checked_add(offset)?,
            end: second_at_or_after(window.end).checked_add(offset + duration)?,
        };
        let bounds = match leg.team.first() {
            Some(agenda) => rules.bounds(agenda.calendar.hours.timezone(), now)?,
            None => Span { start: i64::MAX, end: i64::MIN },
        };
        let parties = leg.demand.parties(leg.team).filter_map(|party| {
            Some(Party {
                staff: party.iter().map(|agenda| agenda.staff).collect(),
                working: leg.demand.common_time(party)?.working_spans(window).into_iter().peekable(),
                obstacles: Obstacles::new(&leg.alone(), party),
            })
        });
        Some(Self { offset, duration, bounds, parties: parties.collect() })
    }

    /// Who provides it in a visit that starts then, if anybody.
    fn slot(&mut self, visit: i64) -> Option<Slot> {
        let (start, duration) = (visit + self.offset, self.duration);
        if start < self.bounds.start || start >= self.bounds.end {
            return None;
        }
        let free = self.parties.iter_mut().filter_map(|party| party.is_free(start, duration));
        let staff_ids: Vec<StaffId> = free.flatten().copied().collect();
        if staff_ids.is_empty() { None } else { slot(start, duration, staff_ids) }
    }
}

impl Party<'_> {
    fn is_free(&mut self, start: i64, duration: i64) -> Option<&[StaffId]> {
        while self.working.next_if(|span| span.end < start + duration).is_some() {}
        let works = self.working.peek().is_some_and(|span| span.start <= start);
        (works && !self.obstacles.meet(start)).then_some(&self.staff)
    }
}

fn slot(start: i64, duration: i64, staff_ids: Vec<StaffId>) -> Option<Slot> {
    Some(Slot { start: instant(start)?, end: instant(start + duration)?, staff_ids, seats_left: 1 })
}

impl Iterator for Visits<'_> {
    type Item = Visit;

    fn next(&mut self) -> Option<Visit> {
        let first = self.first.as_mut()?;
        loop {
            let start = first.starts.peek()?.start;
            let mut staff_ids = Vec::new();
            while let Some(offered) = first.starts.next_if(|offered| offered.start == start) {
                staff_ids.extend(first.staff.get(offered.place).into_iter().flatten());
            }
            let mut legs = vec![slot(start, first.duration, staff_ids)?];
            for other in &mut self.others {
                // All are asked, so that each moves forward.
                legs.extend(other.slot(start));
            }
            if legs.len() == self.others.len() + 1 {
                return Some(Visit { legs });
            }
        }
    }
}
