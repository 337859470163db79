//! A second engine, slow and plain: it looks at the clock minute by minute and knows nothing of the first one.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Weekday};
use chrono_tz::Tz;

/// Days read before a window, so that each grid in it is seen to begin.
const PAST: i64 = 17;

/// ISO weekday, start, end.
pub(crate) type Weekly = Vec<(u32, i64, i64)>;

/// Somebody's hours, or a service's.
#[derive(Clone, Debug)]
pub(crate) struct Timetable {
    pub(crate) zone: Tz,
    pub(crate) rules: Weekly,
    pub(crate) breaks: Weekly,
    /// From a date on these rules, without breaks.
    pub(crate) later: Option<(NaiveDate, Weekly)>,
    pub(crate) openings: Vec<(NaiveDate, i64, i64)>,
    pub(crate) closures: Vec<(Tz, NaiveDate, NaiveDate)>,
}

/// Everything in whole minutes; instants since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) own: Timetable,
    /// Of the service.
    pub(crate) service: Option<Timetable>,
    /// Of somebody who must be there too, and is never busy.
    pub(crate) colleague: Option<Timetable>,
    pub(crate) busy: Vec<(i64, i64)>,
    /// When each is taken.
    pub(crate) rooms: Option<Vec<Vec<(i64, i64)>>>,
    /// Start and seats left. They take no time but what `busy` says.
    pub(crate) sessions: Vec<(i64, u32)>,
    pub(crate) capacity: u32,
    pub(crate) seats: u32,
    pub(crate) bookings: Vec<i64>,
    pub(crate) max_daily: Option<u32>,
    pub(crate) duration: i64,
    pub(crate) step: i64,
    pub(crate) before: i64,
    pub(crate) after: i64,
    pub(crate) notice: i64,
    pub(crate) horizon: u64,
    pub(crate) now: i64,
    pub(crate) from: i64,
    pub(crate) until: i64,
}

pub(crate) fn reading(zone: Tz, minute: i64) -> NaiveDateTime {
    let utc = DateTime::from_timestamp(minute * 60, 0).expect("a date of our age");
    zone.from_utc_datetime(&utc.naive_utc()).naive_local()
}

/// What the clock on the wall shows, minute by minute.
pub(crate) struct Clock {
    first: i64,
    shows: Vec<NaiveDateTime>,
    /// The first and the last minute that show a wall time.
    when: HashMap<NaiveDateTime, (i64, i64)>,
}

impl Clock {
    fn watch(zone: Tz, first: i64, until: i64) -> Self {
        let shows: Vec<_> = (first..until).map(|minute| reading(zone, minute)).collect();
        let mut when = HashMap::new();
        for (minute, shown) in (first..).zip(&shows) {
            when.entry(*shown).or_insert((minute, minute)).1 = minute;
        }
        Self { first, shows, when }
    }

    fn minutes(&self) -> impl Iterator<Item = (i64, NaiveDateTime)> {
        (self.first..).zip(self.shows.iter().copied())
    }

    fn minute_of(&self, wall: NaiveDateTime, is_end: bool) -> Option<i64> {
        if let Some((first, last)) = self.when.get(&wall) {
            return Some(if is_end { *last } else { *first });
        }
        let (jumped, shown_before, _) = self
            .minutes()
            .zip(self.shows.iter().skip(1))
            .map(|((minute, shown), next)| (minute + 1, shown, *next))
            .find(|(_, shown, next)| *shown < wall && wall < *next)?;
        Some(jumped + (wall - shown_before).num_minutes() - 1)
    }

    fn range(&self, date: NaiveDate, start: i64, end: i64) -> Option<(i64, i64)> {
        let midnight = date.and_hms_opt(0, 0, 0)?;
        let start = self.minute_of(midnight + TimeDelta::minutes(start), false)?;
        let end = self.minute_of(midnight + TimeDelta::minutes(end), true)?;
        Some((start, end))
    }
}

fn at(flags: &[bool], first: i64, minute: i64) -> bool {
    usize::try_from(minute - first).ok().and_then(|place| flags.get(place)).copied().unwrap_or(false)
}

impl Case {
    /// The clock of a case, from long enough before it to its end: others of the same time may look at it too.
    pub(crate) fn clock(&self) -> Clock {
        Clock::watch(self.own.zone, self.from - PAST * 1440, self.until + 2 * 1440)
    }

    /// The starts offered, in minutes.
    pub(crate) fn starts(&self) -> Vec<i64> {
        self.starts_by(&self.clock())
    }

    pub(crate) fn starts_by(&self, clock: &Clock) -> Vec<i64> {
        let first = clock.first;
        let works = self.works(clock);
        let grid = self.grid(clock, &works);
        let zone = self.own.zone;
        let last_date = reading(zone, self.now).date() + Days::new(self.horizon);
        (self.from..self.until)
            .filter(|start| {
                let date = reading(zone, *start).date();
                let ends = start + self.duration;
                let booked = self.bookings.iter().filter(|booking| reading(zone, **booking).date() == date);
                let booked = u32::try_from(booked.count()).expect("few bookings");
                let taken = || start - self.before..ends + self.after;
                let is_session = self.sessions.iter().any(|(at, left)| at == start && *left >= self.seats);
                let is_free = at(&grid, first, *start)
                    && (*start..ends).all(|minute| at(&works, first, minute))
                    && self.max_daily.is_none_or(|max| booked < max)
                    && !taken().any(|minute| is_in(&self.busy, minute))
                    && self.rooms.as_ref().is_none_or(|rooms| {
                        rooms.iter().any(|room| !taken().any(|minute| is_in(room, minute)))
                    });
                *start >= self.now + self.notice
                    && date <= last_date
                    && (1..=self.capacity).contains(&self.seats)
                    && (is_free || (self.capacity > 1 && is_session))
            })
            .collect()
    }

    /// The minutes in which all work who must.
    fn works(&self, clock: &Clock) -> Vec<bool> {
        let until = clock.first + i64::try_from(clock.shows.len()).expect("few minutes");
        let mut works = self.own.works(clock);
        for other in [&self.service, &self.colleague].into_iter().flatten() {
            let others = other.works(&Clock::watch(other.zone, clock.first, until));
            works.iter_mut().zip(others).for_each(|(works, other)| *works &= other);
        }
        works
    }

    /// The minutes on the grid.
    fn grid(&self, clock: &Clock, works: &[bool]) -> Vec<bool> {
        let mut anchor = None;
        let mut whole_week = false;
        let mut worked_before = true;
        let mut date_before = None;
        let mut grid = Vec::new();
        for ((minute, shown), works) in clock.minutes().zip(works.iter().copied()) {
            let day_begins = date_before.is_some_and(|date| date != shown.date());
            let monday_begins = day_begins && shown.weekday() == Weekday::Mon;
            if works && (!worked_before || (monday_begins && whole_week)) {
                anchor = Some(minute);
            }
            whole_week = works && (whole_week || monday_begins);
            worked_before = works;
            date_before = Some(shown.date());
            grid.push(works && anchor.is_some_and(|anchor| (minute - anchor) % self.step == 0));
        }
        grid
    }
}

impl Timetable {
    fn works(&self, clock: &Clock) -> Vec<bool> {
        let dates: BTreeSet<NaiveDate> = clock.shows.iter().map(NaiveDateTime::date).collect();
        let mut working = vec![false; clock.shows.len()];
        for date in dates {
            let weekday = date.weekday().number_from_monday();
            let of_weekday = |ranges: &[(u32, i64, i64)]| -> Vec<(i64, i64)> {
                let ranges = ranges.iter().filter(|range| range.0 == weekday);
                ranges.filter_map(|range| clock.range(date, range.1, range.2)).collect()
            };
            let once = self.openings.iter().filter(|opening| opening.0 == date);
            let once: Vec<_> = once.filter_map(|opening| clock.range(date, opening.1, opening.2)).collect();
            let has_openings = self.openings.iter().any(|opening| opening.0 == date);
            let (open, breaks) = match &self.later {
                _ if has_openings => (once, Vec::new()),
                Some((from, rules)) if *from <= date => (of_weekday(rules), Vec::new()),
                _ => (of_weekday(&self.rules), of_weekday(&self.breaks)),
            };
            for (start, end) in open {
                let at_work =
                    |minute: &i64| !breaks.iter().any(|(from, until)| from <= minute && minute < until);
                for minute in (start..end).filter(at_work) {
                    let place = usize::try_from(minute - clock.first).expect("it was watched");
                    working.get_mut(place).into_iter().for_each(|works| *works = true);
                }
            }
        }
        let is_closed = |minute: i64| {
            self.closures.iter().any(|(zone, from, until)| {
                let date = reading(*zone, minute).date();
                *from <= date && date <= *until
            })
        };
        clock.minutes().map(|(minute, _)| at(&working, clock.first, minute) && !is_closed(minute)).collect()
    }
}

fn is_in(taken: &[(i64, i64)], minute: i64) -> bool {
    taken.iter().any(|(from, until)| *from <= minute && minute < *until)
}
