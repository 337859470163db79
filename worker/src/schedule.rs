//! What the platform does by the clock: the table of schedules.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use jobs::Job;
use std::time::Duration;

/// One line of the table.
pub struct Schedule {
    /// Its key in `schedule_ticks`: never renamed, or it fires once more.
    pub name: &'static str,
    pub when: When,
    pub catch_up: CatchUp,
    /// A job of the platform's own.
    pub job: fn(Tick) -> Job,
}

/// What becomes of ticks that nobody was there to fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// All of them are one, as soon as somebody is there.
    Once,
    /// They are left out: what is later than this is too late.
    Skip(Duration),
}

/// A moment at which a schedule fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// When it fired before; the first time, the tick before this one.
    pub since: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// The first dispatcher after a tick fires it. One that starts with an empty ledger fires each schedule's last tick.
pub const SCHEDULES: &[Schedule] = &[
    Schedule {
        name: "sweep_expired",
        when: When::Every(Duration::from_hours(1)),
        catch_up: CatchUp::Once,
        job: |_tick| Job::SweepExpired {},
    },
    // Every offset from UTC is a multiple of 15 minutes: no zone's evening falls between two ticks.
    Schedule {
        name: "remind_tenants",
        when: When::Every(Duration::from_mins(15)),
        catch_up: CatchUp::Once,
        job: |tick| Job::RemindTenants { since: tick.since, until: tick.at },
    },
    // Occurrences are written out some days further than anybody can book.
    Schedule {
        name: "extend_tenants",
        when: When::Every(Duration::from_hours(24)),
        catch_up: CatchUp::Once,
        job: |_tick| Job::ExtendTenants {},
    },
    Schedule {
        name: "apply_retention",
        when: When::Every(Duration::from_hours(24)),
        catch_up: CatchUp::Once,
        job: |_tick| Job::ApplyRetention {},
    },
];

impl Schedule {
    /// The tick to fire at `now`, if `last` is the one that was fired, and whether it is still worth a job.
    pub fn due(&self, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<(Tick, bool)> {
        let at = self.when.last(now);
        if last.is_some_and(|last| last >= at) {
            return None;
        }
        let since = last.unwrap_or_else(|| self.when.last(at - TimeDelta::milliseconds(1)));
        let in_time = match self.catch_up {
            CatchUp::Once => true,
            CatchUp::Skip(late) => (now - at).to_std().is_ok_and(|passed| passed <= late),
        };
        Some((Tick { since, at }, in_time))
    }
}

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
    fn what_was_missed_is_caught_up_once_or_left_out() {
        let schedule = |catch_up| Schedule {
            name: "hourly",
            when: When::Every(Duration::from_hours(1)),
            catch_up,
            job: |_tick| Job::SweepExpired {},
        };
        let (last, now) = (Some(at("2030-03-04T09:00:00Z")), at("2030-03-04T12:20:00Z"));
        let tick = Tick { since: at("2030-03-04T09:00:00Z"), at: at("2030-03-04T12:00:00Z") };
        assert_eq!(schedule(CatchUp::Once).due(last, now), Some((tick, true)));
        assert_eq!(schedule(CatchUp::Skip(Duration::from_mins(5))).due(last, now), Some((tick, false)));
        assert_eq!(schedule(CatchUp::Skip(Duration::from_mins(30))).due(last, now), Some((tick, true)));
        assert_eq!(schedule(CatchUp::Once).due(Some(tick.at), now), None);
        let first = Tick { since: at("2030-03-04T11:00:00Z"), at: at("2030-03-04T12:00:00Z") };
        assert_eq!(schedule(CatchUp::Once).due(None, now), Some((first, true)));
    }

    #[test]
    fn a_daily_tick_before_its_time_is_yesterdays() {
        let daily = When::DailyAt(NaiveTime::from_hms_opt(3, 30, 0).unwrap());
        assert_eq!(daily.last(at("2030-03-04T03:29:59Z")), at("2030-03-03T03:30:00Z"));
        assert_eq!(daily.last(at("2030-03-04T03:30:00Z")), at("2030-03-04T03:30:00Z"));
    }
}
