//! The starts that those who provide a service together offer, most often one staff member.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Agenda, Demand, Session, seconds};
use crate::hours::{Calendar, CommonTime, GridPart};
use crate::wall_clock::{Interval, Span, day_of_second, instant, second_at_or_after};

impl<'a> Demand<'a> {
    /// The starts that a party offers in `window`, ascending, with at least the notice from `now` and within the horizon, so
    /// that any window ends. The answer for a window is the sum of the answers for its parts.
    ///
    /// A party is one staff member or those who work together: all of them work then, none is busy and none has reached their
    /// maximum. The first one's zone is that of the grid and of the horizon, and theirs are the sessions. An empty party
    /// offers nothing.
    pub fn starts(&self, party: &[Agenda<'a>], window: Interval, now: DateTime<Utc>) -> Starts<'a> {
        self.try_starts(party, window, now).unwrap_or_default()
    }

    fn try_starts(&self, party: &[Agenda<'a>], window: Interval, now: DateTime<Utc>) -> Option<Starts<'a>> {
        let bounds = self.rules.bounds(party.first()?.calendar.hours.timezone(), now)?;
        let window = Span {
            start: second_at_or_after(window.start).max(bounds.start),
            end: second_at_or_after(window.end).min(bounds.end),
        };
        self.starts_within(party, window)
    }

    /// Those of a window, with neither notice nor horizon.
    pub(super) fn starts_within(&self, party: &[Agenda<'a>], window: Span) -> Option<Starts<'a>> {
        let rules = &self.rules;
        rules.check().ok()?;
        if !(1..=self.capacity).contains(&self.seats) {
            return None;
        }
        let first = party.first()?;
        if window.start >= window.end {
            return None;
        }
        let duration = seconds(rules.duration_minutes);
        let step = seconds(rules.step_minutes);
        let mut parts = self.common_time(party)?.grid(window, duration);
        for part in &mut parts {
            let passed = (window.start - part.anchor).max(0);
            part.anchor += (passed + step - 1) / step * step;
        }
        Some(Starts {
            parts: parts.into_iter(),
            part: None,
            duration,
            step,
            obstacles: Obstacles::new(self, party),
            capacity: self.capacity,
            sessions: self.sessions(first, window).iter(),
            wanted: self.seats,
            free: None,
        })
    }

    /// When all of a party work and the service takes place.
    pub(super) fn common_time(&self, party: &[Agenda<'a>]) -> Option<CommonTime<'a>> {
        let (first, others) = party.split_first()?;
        let others = others.iter().map(|agenda| agenda.calendar).chain(self.hours);
        Some(CommonTime { first: first.calendar, others: others.collect::<Vec<Calendar<'_>>>() })
    }

    /// Those that start in a window.
    fn sessions(&self, first: &Agenda<'a>, window: Span) -> &'a [Session] {
        if self.capacity <= 1 {
            return &[];
        }
        let before = |second| first.sessions.partition_point(|session| session.start.timestamp() < second);
        first.sessions.get(before(window.start)..before(window.end)).unwrap_or_default()
    }
}

/// Offered starts, ascending: see [`Demand::starts`].
#[derive(Default)]
pub struct Starts<'a> {
    parts: std::vec::IntoIter<GridPart>,
    part: Option<GridPart>,
    duration: i64,
    step: i64,
    obstacles: Obstacles<'a>,
    capacity: u32,
    sessions: std::slice::Iter<'a, Session>,
    wanted: u32,
    /// The next start that nobody has booked, found and not yet told.
    free: Option<i64>,
}

impl Starts<'_> {
    /// The next start, in seconds, and how many seats it has.
    pub(super) fn next_second(&mut self) -> Option<(i64, u32)> {
        let session = self.next_session();
        self.free = self.free.or_else(|| self.next_free());
        match (session, self.free) {
            (Some((start, seats)), free) if free.is_none_or(|free| start <= free) => {
                self.sessions.next();
                // Where a session is, no other begins.
                self.free = self.free.filter(|free| *free != start);
                Some((start, seats))
            }
            (_, Some(free)) => {
                self.free = None;
                Some((free, self.capacity))
            }
            (_, None) => None,
        }
    }

    /// The next session with seats enough, which stays the next.
    fn next_session(&mut self) -> Option<(i64, u32)> {
        loop {
            let session = self.sessions.as_slice().first()?;
            if session.seats_left >= self.wanted {
                return Some((session.start.timestamp(), session.seats_left));
            }
            self.sessions.next();
        }
    }

    fn next_free(&mut self) -> Option<i64> {
        loop {
            let Some(start) = self.next_on_grid() else {
                self.part = Some(self.parts.next()?);
                continue;
            };
            if !self.obstacles.meet(start) {
                return Some(start);
            }
        }
    }

    fn next_on_grid(&mut self) -> Option<i64> {
        let part = self.part.as_mut()?;
        let start = part.anchor;
        part.anchor += self.step;
        (start < part.starts_before && start + self.duration <= part.ends_by).then_some(start)
    }
}

impl Iterator for Starts<'_> {
    type Item = DateTime<Utc>;

    fn next(&mut self) -> Option<DateTime<Utc>> {
        self.next_second().and_then(|(start, _)| instant(start))
    }
}

/// What may take away a start of a party at work, for questions that only move forward.
#[derive(Default)]
pub(super) struct Obstacles<'a> {
    before: i64,
    /// From the start to the end of the buffer after.
    after: i64,
    people: Vec<(BusyTime<'a>, Option<FullDays>)>,
    /// None: no room is needed.
    rooms: Option<Vec<BusyTime<'a>>>,
}

impl<'a> Obstacles<'a> {
    pub(super) fn new(demand: &Demand<'a>, party: &[Agenda<'a>]) -> Self {
        let rules = &demand.rules;
        let full_days = |agenda: &Agenda<'a>| {
            let zone = agenda.calendar.hours.timezone();
            agenda.max_daily_bookings.map(|max| FullDays::new(zone, max, agenda.booking_starts))
        };
        Self {
            before: seconds(rules.buffer_before_minutes),
            after: seconds(rules.duration_minutes) + seconds(rules.buffer_after_minutes),
            people: party.iter().map(|agenda| (BusyTime::new(agenda.busy), full_days(agenda))).collect(),
            rooms: demand.rooms.map(|rooms| rooms.iter().map(|room| BusyTime::new(room.busy)).collect()),
        }
    }

    pub(super) fn meet(&mut self, start: i64) -> bool {
        let (from, until) = (start - self.before, start + self.after);
        let is_taken = |(busy, full_days): &mut (BusyTime<'_>, Option<FullDays>)| {
            busy.meets(from, until) || full_days.as_mut().is_some_and(|days| days.is_full(start))
        };
        self.people.iter_mut().any(is_taken)
            || self.rooms.as_mut().is_some_and(|rooms| rooms.iter_mut().all(|room| room.meets(from, until)))
    }
}

/// Busy intervals, read once, for questions that only move forward.
#[derive(Default)]
struct BusyTime<'a> {
    /// By start.
    intervals: Cow<'a, [Interval]>,
    /// How many of them start before the end of the last question.
    begun: usize,
    /// When the last of these ends: one that began earlier may last longer.
    busy_until: Option<i64>,
}

impl<'a> BusyTime<'a> {
    fn new(busy: &'a [Interval]) -> Self {
        let mut intervals = Cow::Borrowed(busy);
        if !busy.is_sorted_by_key(|interval| interval.start) {
            intervals.to_mut().sort_unstable_by_key(|interval| interval.start);
        }
        Self { intervals, begun: 0, busy_until: None }
    }

    fn meets(&mut self, start: i64, end: i64) -> bool {
        while let Some(busy) = self.intervals.get(self.begun).filter(|busy| busy.start.timestamp() < end) {
            if !busy.is_empty() {
                self.busy_until = self.busy_until.max(Some(second_at_or_after(busy.end)));
            }
            self.begun += 1;
        }
        self.busy_until.is_some_and(|until| start < until)
    }
}

/// Dates on which the daily maximum is reached, for questions that only move forward.
struct FullDays {
    zone: Tz,
    max: u32,
    /// Seconds, ascending.
    bookings: Vec<i64>,
    day_ends: Option<i64>,
    is_full: bool,
}

impl FullDays {
    fn new(zone: Tz, max: u32, booking_starts: &[DateTime<Utc>]) -> Self {
        let mut bookings: Vec<i64> = booking_starts.iter().map(DateTime::timestamp).collect();
        bookings.sort_unstable();
        Self { zone, max, bookings, day_ends: None, is_full: false }
    }

    fn is_full(&mut self, start: i64) -> bool {
        if self.day_ends.is_none_or(|end| start >= end) {
            let Some((_, day)) = day_of_second(self.zone, start) else { return true };
            let before = |second: i64| self.bookings.partition_point(|&booking| booking < second);
            let booked = before(day.end) - before(day.start);
            self.is_full = !u32::try_from(booked).is_ok_and(|booked| booked < self.max);
            self.day_ends = Some(day.end);
        }
        self.is_full
    }
}
