//! Wall times of a zone, turned into instants: gaps, hours that come twice, dates that never were.

use std::ops::RangeInclusive;

use chrono::{
    DateTime, Datelike, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone,
    Timelike, Utc,
};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Serialize};

/// Years the engine answers for: those that RFC 3339 can write.
const YEARS: RangeInclusive<i32> = 1..=9999;

pub(crate) const MINUTE: i64 = 60;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

/// Time from `start` to just before `end`. It is empty when `end` is not after `start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Interval {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

impl Interval {
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self { start, end }
    }

    pub fn is_empty(&self) -> bool {
        self.end <= self.start
    }

    /// Whether they have an instant in common. Intervals that only touch have none.
    pub fn meets(&self, other: &Self) -> bool {
        !self.is_empty() && !other.is_empty() && self.start < other.end && other.start < self.end
    }
}

/// Whole seconds since 1970 from `start` to just before `end`: what the engine reckons in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

/// The instant at which a range that starts at this wall time starts. `minute` counts from midnight,
/// 0..=1440; 1440 is 00:00 of the next date. A wall time in the gap of a clock change moves later by the
/// length of the gap; of one that comes twice it is the first. None outside of the years 1..=9999, or on a
/// date that the zone skipped whole (Apia had no 30 December 2011).
pub fn start_instant(zone: Tz, date: NaiveDate, minute: u16) -> Option<DateTime<Utc>> {
    instant(start_second(zone, date, minute)?)
}

/// The instant of a wall time, as [`start_instant`], to the second.
pub fn at(zone: Tz, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
    let minute = u16::try_from(wall.hour() * 60 + wall.minute()).ok()?;
    instant(start_second(zone, wall.date(), minute)? + i64::from(wall.second()))
}

/// The instant at which a range that ends at this wall time ends: of one that comes twice the second, else as
/// [`start_instant`].
pub fn end_instant(zone: Tz, date: NaiveDate, minute: u16) -> Option<DateTime<Utc>> {
    instant(end_second(zone, date, minute)?)
}

/// The time that a date takes in a zone: from the first 00:00 of the date to the first 00:00 of the next. It
/// is empty when the zone skipped the date, and every instant is in the day of exactly one date: where a
/// clock was put back across midnight (St John's did so until 2011), the time that came twice belongs to the
/// later date. None outside of the years 1..=9999, the last day of which is out, too.
pub fn day(zone: Tz, date: NaiveDate) -> Option<Interval> {
    let span = day_span(zone, date)?;
    Some(Interval::new(instant(span.start)?, instant(span.end)?))
}

/// The date whose [`day`] an instant is in. None outside of the years 1..=9999, the last day of which is out,
/// too.
pub fn date_of(zone: Tz, instant: DateTime<Utc>) -> Option<NaiveDate> {
    Some(day_of_second(zone, instant.timestamp())?.0)
}

pub(crate) fn start_second(zone: Tz, date: NaiveDate, minute: u16) -> Option<i64> {
    match resolve(zone, date, minute)? {
        Resolved::At { first, .. } => Some(first),
        Resolved::DateSkipped { .. } => None,
    }
}

pub(crate) fn end_second(zone: Tz, date: NaiveDate, minute: u16) -> Option<i64> {
    match resolve(zone, date, minute)? {
        Resolved::At { last, .. } => Some(last),
        Resolved::DateSkipped { .. } => None,
    }
}

pub(crate) fn day_span(zone: Tz, date: NaiveDate) -> Option<Span> {
    let next = date.succ_opt()?;
    Some(Span { start: day_start(zone, date)?, end: day_start(zone, next)? })
}

pub(crate) fn day_start(zone: Tz, date: NaiveDate) -> Option<i64> {
    match resolve(zone, date, 0)? {
        Resolved::At { first, .. } => Some(first),
        Resolved::DateSkipped { until } => Some(until),
    }
}

/// The date of a second, and the day it is in.
pub(crate) fn day_of_second(zone: Tz, second: i64) -> Option<(NaiveDate, Span)> {
    let utc = DateTime::from_timestamp(second, 0)?.naive_utc();
    if !YEARS.contains(&utc.year()) {
        return None;
    }
    let offset = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
    let mut date = utc.checked_add_signed(TimeDelta::seconds(offset.into()))?.date();
    let mut span = day_span(zone, date)?;
    while span.end <= second {
        date = date.succ_opt()?;
        span = day_span(zone, date)?;
    }
    Some((date, span))
}

pub(crate) fn instant(second: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(second, 0)
}

/// The first whole second that is not before the instant.
pub(crate) fn second_at_or_after(instant: DateTime<Utc>) -> i64 {
    instant.timestamp() + i64::from(instant.timestamp_subsec_nanos() > 0)
}

enum Resolved {
    /// The first and the last time the clock shows it: the same, but for an hour that comes twice.
    At { first: i64, last: i64 },
    /// The zone skipped the date; the next one began at that second.
    DateSkipped { until: i64 },
}

fn resolve(zone: Tz, date: NaiveDate, minute: u16) -> Option<Resolved> {
    if minute > 1440 || !YEARS.contains(&date.year()) {
        return None;
    }
    let wall = date.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::minutes(minute.into()))?;
    let wall_second = wall.and_utc().timestamp();
    let seconds = |offset: FixedOffset| wall_second - i64::from(offset.local_minus_utc());
    Some(match zone.offset_from_local_datetime(&wall) {
        LocalResult::Single(offset) => {
            let second = seconds(offset.fix());
            Resolved::At { first: second, last: second }
        }
        LocalResult::Ambiguous(one, other) => {
            let (one, other) = (seconds(one.fix()), seconds(other.fix()));
            Resolved::At { first: one.min(other), last: one.max(other) }
        }
        LocalResult::None => in_gap(zone, date, &wall)?,
    })
}

/// Reckoning with the offset that held before a gap moves a wall time later by exactly the gap.
fn in_gap(zone: Tz, date: NaiveDate, wall: &NaiveDateTime) -> Option<Resolved> {
    let (gap_starts, before) = GapInfo::new(wall, &zone)?.begin?;
    let before = i64::from(before.fix().local_minus_utc());
    let change = gap_starts.and_utc().timestamp() - before;
    let after = zone.offset_from_utc_datetime(&instant(change)?.naive_utc()).fix().local_minus_utc();
    let midnight = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp();
    if gap_starts.and_utc().timestamp() <= midnight && midnight + DAY <= change + i64::from(after) {
        return Some(Resolved::DateSkipped { until: change });
    }
    let second = wall.and_utc().timestamp() - before;
    Some(Resolved::At { first: second, last: second })
}
