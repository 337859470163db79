//! Bookings that recur: somebody who comes every week. Each occurrence is a booking of its own.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::recurrence::{End, Frequency, Rule, Series, TooMuch};
use crate::rejection::Rejection;
use crate::wall_clock::Interval;

/// Most occurrences.
pub const MOST: usize = 52;
/// How far ahead the last one may lie.
pub const AHEAD: TimeDelta = TimeDelta::days(370);

/// What becomes of an occurrence whose time is taken, or at which the service is not offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// Nothing is booked at all.
    #[default]
    Refuse,
    /// It is left out.
    Skip,
    /// It takes place at the nearest time that is free, of the same day or of the six around it; without any, it is left
    /// out.
    Shift,
}

impl OnConflict {
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "refuse" => Some(Self::Refuse),
            "skip" => Some(Self::Skip),
            "shift" => Some(Self::Shift),
            _ => None,
        }
    }
}

/// How far an occurrence is shifted at most, to either side.
pub const FARTHEST_SHIFT: TimeDelta = TimeDelta::days(3);

/// The starts of a series, the first of them `first`: on the same wall time of `zone`, whatever its clocks do.
///
/// A rule must end (COUNT or UNTIL), come to 2..=[`MOST`] dates within [`AHEAD`], and to none more than once a day.
pub fn starts(rule: &Rule, first: DateTime<Utc>, zone: Tz) -> Result<Vec<DateTime<Utc>>, Rejection> {
    let invalid = |code, detail: &str| Rejection::invalid("/recurrence", code, detail);
    if rule.frequency() < Frequency::Daily {
        return Err(invalid("OUT_OF_RANGE", "must not recur more than once a day"));
    }
    if rule.end() == End::Never {
        return Err(invalid("REQUIRED", "must end, by COUNT or by UNTIL"));
    }
    let series = Series::once(first.with_timezone(&zone).naive_local(), zone).by(rule.clone());
    let too_many = || invalid("TOO_MANY", "must come to 2 to 52 bookings");
    // One that lasts longer has an occurrence behind the window, and is refused rather than cut.
    let window = Interval::new(first, first + AHEAD + AHEAD);
    let found = series.occurrences(window, MOST).map_err(|too_much| match too_much {
        TooMuch::Occurrences => too_many(),
        TooMuch::Work => invalid("TOO_COMPLEX", "must be simpler"),
    })?;
    let starts: Vec<DateTime<Utc>> = found.iter().map(|occurrence| occurrence.at).collect();
    if starts.len() < 2 {
        return Err(too_many());
    }
    if starts.last().is_some_and(|last| *last > first + AHEAD) {
        return Err(invalid("OUT_OF_RANGE", "must end within a year"));
    }
    let dates = starts.iter().map(|start| start.with_timezone(&zone).date_naive());
    if dates.clone().zip(dates.skip(1)).any(|(one, next)| one == next) {
        return Err(invalid("OUT_OF_RANGE", "must not recur more than once a day"));
    }
    Ok(starts)
}

#[cfg(test)]
mod tests {
    use chrono::Timelike;

    use super::*;

    fn of(rule: &str, first: &str) -> Result<Vec<DateTime<Utc>>, Rejection> {
        starts(&rule.parse().unwrap(), first.parse().unwrap(), Tz::Europe__Paris)
    }

    fn refused(rule: &str) -> &'static str {
        of(rule, "2026-11-24T09:00:00Z").unwrap_err().errors[0].code
    }

    #[test]
    fn a_year_of_weeks_keeps_its_local_time() {
        let year = of("FREQ=WEEKLY;COUNT=52", "2026-11-24T09:00:00Z").unwrap();
        assert_eq!(year.len(), 52);
        assert!(year.iter().all(|start| start.with_timezone(&Tz::Europe__Paris).hour() == 10));
        let utc: std::collections::BTreeSet<u32> = year.iter().map(Timelike::hour).collect();
        assert_eq!(utc.into_iter().collect::<Vec<_>>(), [8, 9]);
    }

    #[test]
    fn a_series_ends_and_is_no_longer_than_a_year() {
        assert_eq!(refused("FREQ=WEEKLY"), "REQUIRED");
        assert_eq!(refused("FREQ=WEEKLY;COUNT=53"), "TOO_MANY");
        assert_eq!(refused("FREQ=WEEKLY;COUNT=1"), "TOO_MANY");
        assert_eq!(refused("FREQ=MONTHLY;COUNT=14"), "OUT_OF_RANGE");
        assert_eq!(refused("FREQ=YEARLY;COUNT=52"), "OUT_OF_RANGE");
        assert_eq!(of("FREQ=MONTHLY;COUNT=12", "2026-11-24T09:00:00Z").unwrap().len(), 12);
        assert_eq!(of("FREQ=DAILY;UNTIL=20261130", "2026-11-24T09:00:00Z").unwrap().len(), 7);
    }

    #[test]
    fn nobody_comes_twice_a_day() {
        assert_eq!(refused("FREQ=HOURLY;COUNT=3"), "OUT_OF_RANGE");
        assert_eq!(refused("FREQ=DAILY;BYHOUR=9,10;COUNT=4"), "OUT_OF_RANGE");
    }
}
