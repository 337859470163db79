//! The words the tests are written in: a staff member's diary, and times as people write them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::hours::{Calendar, Closure, Hours, MinuteRange, TimeOfDay, Weekday, WeeklyRange};
use domain::id::StaffId;
use domain::slots::{Agenda, Demand, Session, SlotRules};
use domain::wall_clock::Interval;

#[derive(Clone, Debug)]
pub(crate) struct Diary {
    pub(crate) hours: Hours,
    pub(crate) closures: Vec<Closure>,
    pub(crate) busy: Vec<Interval>,
    pub(crate) booking_starts: Vec<DateTime<Utc>>,
    pub(crate) max_daily_bookings: Option<u32>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) staff: StaffId,
}

impl Diary {
    pub(crate) fn new(zone: Tz) -> Self {
        Self {
            hours: Hours::new(zone, Vec::new(), Vec::new(), Vec::new()),
            closures: Vec::new(),
            busy: Vec::new(),
            booking_starts: Vec::new(),
            max_daily_bookings: None,
            sessions: Vec::new(),
            staff: staff(1),
        }
    }

    /// `weekdays` as digits, 1 = Monday: "12345".
    pub(crate) fn open(mut self, weekdays: &str, hours: &str) -> Self {
        let (rules, breaks, openings) = self.typed();
        self.hours =
            Hours::new(self.hours.timezone(), [rules, weekly(weekdays, hours)].concat(), breaks, openings);
        self
    }

    pub(crate) fn pause(mut self, weekdays: &str, hours: &str) -> Self {
        let (rules, breaks, openings) = self.typed();
        self.hours =
            Hours::new(self.hours.timezone(), rules, [breaks, weekly(weekdays, hours)].concat(), openings);
        self
    }

    pub(crate) fn open_once(mut self, date: &str, hours: &str) -> Self {
        let (rules, breaks, mut openings) = self.typed();
        openings.push((day(date), range(hours)));
        self.hours = Hours::new(self.hours.timezone(), rules, breaks, openings);
        self
    }

    /// From a date on another week, of these hours alone.
    pub(crate) fn open_from(mut self, date: &str, weekdays: &str, hours: &str) -> Self {
        self.hours = self.hours.with_week_from(day(date), weekly(weekdays, hours), Vec::new());
        self
    }

    fn typed(&self) -> (Vec<WeeklyRange>, Vec<WeeklyRange>, Vec<(NaiveDate, MinuteRange)>) {
        let week = self.hours.week_of(NaiveDate::MIN);
        (week.rules().to_vec(), week.breaks().to_vec(), self.hours.openings().to_vec())
    }

    pub(crate) fn closed(self, starts_on: &str, ends_on: &str) -> Self {
        let zone = self.hours.timezone();
        self.closed_in(zone, starts_on, ends_on)
    }

    pub(crate) fn closed_in(mut self, timezone: Tz, starts_on: &str, ends_on: &str) -> Self {
        self.closures.push(Closure { timezone, starts_on: day(starts_on), ends_on: day(ends_on) });
        self
    }

    pub(crate) fn busy(mut self, from: &str, until: &str) -> Self {
        self.busy.push(Interval::new(self.at(from), self.at(until)));
        self
    }

    pub(crate) fn at_most(mut self, bookings: u32) -> Self {
        self.max_daily_bookings = Some(bookings);
        self
    }

    pub(crate) fn booked(mut self, start: &str) -> Self {
        self.booking_starts.push(self.at(start));
        self
    }

    /// A group session of an hour, which takes its time, with seats left.
    pub(crate) fn session(mut self, start: &str, seats_left: u32) -> Self {
        let start = self.at(start);
        self.sessions.push(Session { start, seats_left });
        self.busy.push(Interval::new(start, start + TimeDelta::hours(1)));
        self
    }

    pub(crate) fn of_staff(mut self, number: u128) -> Self {
        self.staff = staff(number);
        self
    }

    pub(crate) fn calendar(&self) -> Calendar<'_> {
        Calendar { hours: &self.hours, closures: &self.closures }
    }

    pub(crate) fn agenda(&self) -> Agenda<'_> {
        Agenda {
            staff: self.staff,
            calendar: self.calendar(),
            busy: &self.busy,
            max_daily_bookings: self.max_daily_bookings,
            booking_starts: &self.booking_starts,
            sessions: &self.sessions,
        }
    }

    /// An instant in the diary's zone, "2026-03-02 09:00", that comes once.
    pub(crate) fn at(&self, wall: &str) -> DateTime<Utc> {
        at(self.hours.timezone(), wall)
    }

    /// What is offered on a local date, as wall times, asked the day before at the same hour.
    pub(crate) fn offers<'a>(&'a self, demand: impl Into<Demand<'a>>, date: &str) -> Vec<String> {
        let window = domain::wall_clock::day(self.hours.timezone(), day(date)).expect("a date of our age");
        self.offers_within(demand, window, window.start - TimeDelta::days(1))
    }

    pub(crate) fn offers_within<'a>(
        &'a self,
        demand: impl Into<Demand<'a>>,
        window: Interval,
        now: DateTime<Utc>,
    ) -> Vec<String> {
        let wall =
            |start: DateTime<Utc>| start.with_timezone(&self.hours.timezone()).format("%H:%M").to_string();
        demand.into().starts(&[self.agenda()], window, now).map(wall).collect()
    }

    pub(crate) fn working(&self, from: &str, until: &str) -> Vec<String> {
        let ranges = self.calendar().working_ranges(Interval::new(self.at(from), self.at(until)));
        let wall = |instant: DateTime<Utc>| {
            instant.with_timezone(&self.hours.timezone()).format("%d %H:%M").to_string()
        };
        ranges.into_iter().map(|range| format!("{} - {}", wall(range.start), wall(range.end))).collect()
    }
}

/// Slots of `duration` minutes every `step` minutes, up to two years ahead.
pub(crate) fn every(step: i32, duration: i32) -> SlotRules {
    SlotRules {
        duration_minutes: duration,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        step_minutes: step,
        min_notice_minutes: 0,
        horizon_days: 730,
    }
}

pub(crate) fn staff(number: u128) -> StaffId {
    StaffId(uuid::Uuid::from_u128(number))
}

pub(crate) fn day(date: &str) -> NaiveDate {
    date.parse().expect("a date")
}

pub(crate) fn at(zone: Tz, wall: &str) -> DateTime<Utc> {
    let (date, time) = wall.split_once(' ').expect("date and time");
    let minute = time.parse::<TimeOfDay>().expect("a time").minute();
    domain::wall_clock::start_instant(zone, day(date), minute).expect("a date of our age")
}

pub(crate) fn utc(wall: &str) -> DateTime<Utc> {
    at(Tz::UTC, wall)
}

pub(crate) fn between(from: &str, until: &str) -> Interval {
    Interval::new(utc(from), utc(until))
}

pub(crate) fn range(hours: &str) -> MinuteRange {
    let (start, end) = hours.split_once('-').expect("two times");
    MinuteRange::between(start.parse().expect("a time"), end.parse().expect("a time")).expect("a range")
}

fn weekly(weekdays: &str, hours: &str) -> Vec<WeeklyRange> {
    let weekday =
        |digit: char| Weekday::new(digit.to_digit(10).and_then(|n| i32::try_from(n).ok()).unwrap_or(0));
    weekdays
        .chars()
        .map(|digit| WeeklyRange { weekday: weekday(digit).expect("1 to 7"), range: range(hours) })
        .collect()
}
