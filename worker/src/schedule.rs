//! What the platform does by the clock: the table of schedules.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use jobs::Job;
use std::time::Duration;

/// One line of the table.
pub struct Schedule {
    /// Its key in `schedule_ticks`: never renamed, or it fires once more.
    pub name: &'static str,
    pub when: When,
    /// A job of the platform's own.
    pub job: fn() -> Job,
}

/// The first dispatcher after a tick fires it. One that starts with an empty ledger fires each schedule's last tick.
pub const SCHEDULES: &[Schedule] = &[Schedule {
    name: "sweep_expired",
    when: When::Every(Duration::from_hours(1)),
    job: || Job::SweepExpired {},
}];

/// When a schedule ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At the multiples of this, whole milliseconds, counted from 1970: the same for all dispatchers.
    Every(Duration),
    /// Each day at this time, UTC.
    DailyAt(NaiveTime),
}

impl When {
    /// The last tick at or before `now`.
    pub fn last(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Every(period) => {
                let period = i64::try_from(period.as_millis()).unwrap_or(i64::MAX).max(1);
                now - TimeDelta::milliseconds(now.timestamp_millis().rem_euclid(period))
                    - TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos() % 1_000_000))
            }
            Self::DailyAt(time) => {
                let today = now.date_naive().and_time(time).and_utc();
                if today <= now { today } else { today - TimeDelta::days(1) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn every_hour_ticks_on_the_hour() {
        let hourly = When::Every(Duration::from_hours(1));
        assert_eq!(hourly.last(at("2030-03-04T09:59:59.999999Z")), at("2030-03-04T09:00:00Z"));
        assert_eq!(hourly.last(at("2030-03-04T10:00:00Z")), at("2030-03-04T10:00:00Z"));
        assert_eq!(hourly.last(at("1969-12-31T23:30:00Z")), at("1969-12-31T23:00:00Z"));
    }

    #[test]
    fn a_daily_tick_before_its_time_is_yesterdays() {
        let daily = When::DailyAt(NaiveTime::from_hms_opt(3, 30, 0).unwrap());
        assert_eq!(daily.last(at("2030-03-04T03:29:59Z")), at("2030-03-03T03:30:00Z"));
        assert_eq!(daily.last(at("2030-03-04T03:30:00Z")), at("2030-03-04T03:30:00Z"));
    }
}
