//! Both nights on which the clocks change, in zones that do it each in its own way: the second engine, which looks at the
//! clock minute by minute, says what is to be offered.

use chrono::{NaiveDateTime, TimeDelta, Timelike};
use chrono_tz::Tz;

use crate::diary::utc;
use crate::reference::{Case, Clock, Timetable, reading};

/// When clocks change, and how many minutes they are ahead of UTC before and after.
type Change = (&'static str, i64, i64);

/// The two nights of each zone: as its government said, not as the zone data do.
const CHANGES: [(Tz, [Change; 2]); 13] = [
    (Tz::Europe__Paris, [("2026-03-29 01:00", 60, 120), ("2026-10-25 01:00", 120, 60)]),
    (Tz::Europe__London, [("2026-03-29 01:00", 0, 60), ("2026-10-25 01:00", 60, 0)]),
    (Tz::America__New_York, [("2026-03-08 07:00", -300, -240), ("2026-11-01 06:00", -240, -300)]),
    // At midnight.
    (Tz::America__Havana, [("2026-03-08 05:00", -300, -240), ("2026-11-01 05:00", -240, -300)]),
    (Tz::America__Sao_Paulo, [("2018-11-04 03:00", -180, -120), ("2018-02-18 02:00", -120, -180)]),
    (Tz::Asia__Beirut, [("2026-03-28 22:00", 120, 180), ("2026-10-24 21:00", 180, 120)]),
    (Tz::Asia__Tehran, [("2022-03-21 20:30", 210, 270), ("2022-09-21 19:30", 270, 210)]),
    (Tz::Africa__Cairo, [("2026-04-23 22:00", 120, 180), ("2026-10-29 21:00", 180, 120)]),
    // An hour before midnight.
    (Tz::America__Nuuk, [("2026-03-29 01:00", -120, -60), ("2026-10-25 01:00", -60, -120)]),
    // Summer time but for Ramadan.
    (Tz::Africa__Casablanca, [("2026-03-22 02:00", 0, 60), ("2026-02-15 02:00", 60, 0)]),
    // In the south.
    (Tz::Pacific__Auckland, [("2026-09-26 14:00", 720, 780), ("2026-04-04 14:00", 780, 720)]),
    // By half an hour, and by two.
    (Tz::Australia__Lord_Howe, [("2026-10-03 15:30", 630, 660), ("2026-04-04 15:00", 660, 630)]),
    (Tz::Antarctica__Troll, [("2026-03-29 01:00", 0, 120), ("2026-10-25 01:00", 120, 0)]),
];

/// A night on which the clocks of a zone change.
struct Night {
    zone: Tz,
    /// The first minute of the new time.
    change: i64,
    before: i64,
    after: i64,
}

fn nights() -> impl Iterator<Item = Night> {
    CHANGES.into_iter().flat_map(|(zone, changes)| {
        changes.map(|(at, before, after)| Night { zone, change: utc(at).timestamp() / 60, before, after })
    })
}

impl Night {
    fn name(&self) -> String {
        let way = if self.after > self.before { "forward" } else { "back" };
        format!("{} {way} at {}", self.zone, wall(self.change, self.before))
    }

    /// What the old time would show at the change.
    fn wall(&self) -> NaiveDateTime {
        wall(self.change, self.before)
    }

    /// Somebody who works by these weekly hours and pauses by those, asked from a day before the change to a day after.
    fn case(&self, rules: &[(i64, i64)], breaks: &[(i64, i64)]) -> Case {
        let weekly = |ranges: &[(i64, i64)]| {
            (1..=7)
                .flat_map(|weekday| ranges.iter().map(move |(start, end)| (weekday, *start, *end)))
                .collect()
        };
        Case {
            own: Timetable {
                zone: self.zone,
                rules: weekly(rules),
                breaks: weekly(breaks),
                later: None,
                openings: Vec::new(),
                closures: Vec::new(),
            },
            service: None,
            colleague: None,
            busy: Vec::new(),
            rooms: None,
            sessions: Vec::new(),
            capacity: 1,
            seats: 1,
            bookings: Vec::new(),
            max_daily: None,
            duration: 30,
            step: 15,
            before: 0,
            after: 0,
            notice: 0,
            horizon: 30,
            now: self.change - 2 * 1440,
            from: self.change - 1440,
            until: self.change + 1440,
        }
    }
}

fn wall(minute: i64, ahead: i64) -> NaiveDateTime {
    utc("1970-01-01 00:00").naive_utc() + TimeDelta::minutes(minute + ahead)
}

/// What the engine offers is what the slow one does, and something.
fn check(case: &Case, clock: &Clock, name: &str) -> Vec<i64> {
    let offered = case.offered(case.from, case.until);
    assert_eq!(offered, case.starts_by(clock), "{name}");
    assert!(!offered.is_empty(), "{name}");
    offered
}

#[test]
fn the_zones_change_their_clocks_when_they_said_they_would() {
    for night in nights() {
        let shown = |minute| reading(night.zone, minute);
        assert_eq!(shown(night.change - 1), wall(night.change - 1, night.before), "{}", night.name());
        assert_eq!(shown(night.change), wall(night.change, night.after), "{}", night.name());
    }
}

/// Ranges that begin and end at every quarter of an hour around the change: in the gap, in the time that comes twice, at
/// either's edges.
#[test]
fn a_range_may_begin_and_end_at_any_time_of_the_night() {
    for night in nights() {
        let clock = night.case(&[], &[]).clock();
        for quarter in -8..=12 {
            let begins = night.wall() + TimeDelta::minutes(15 * quarter);
            let start = i64::from(begins.hour() * 60 + begins.minute());
            for minutes in [45, 150] {
                let end = (start + minutes).min(1440);
                let mut case = night.case(&[], &[]);
                // Also an hour of another day, which has nothing of the night in it.
                let later = reading(night.zone, case.until - 720).date();
                case.own.openings = vec![(begins.date(), start, end), (later, 540, 600)];
                check(&case, &clock, &format!("{}: {start}-{end}", night.name()));
            }
        }
    }
}

#[test]
fn who_works_through_the_night_is_offered_every_minute_there_is_and_none_twice() {
    for night in nights() {
        let clock = night.case(&[], &[]).clock();
        let mut case = night.case(&[(0, 1440)], &[]);
        case.duration = 15;
        let starts = check(&case, &clock, &night.name());
        let steps: Vec<i64> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|step| *step == 15), "{}: {steps:?}", night.name());
        // The date of the change is as much shorter or longer as the clocks moved.
        let date = night.wall().min(wall(night.change, night.after)).date();
        let of_date = starts.iter().filter(|start| reading(night.zone, **start).date() == date).count();
        let minutes = 1440 - (night.after - night.before);
        assert_eq!(i64::try_from(of_date).unwrap(), minutes / 15, "{}", night.name());
    }
}

/// A shift over midnight with a pause, buffers, notice, and somebody booked on either side of the change.
#[test]
fn durations_buffers_and_notice_are_elapsed_minutes() {
    for night in nights() {
        let clock = night.case(&[], &[]).clock();
        let mut case = night.case(&[(0, 360), (1200, 1440)], &[(225, 250)]);
        (case.before, case.after) = (10, 20);
        for duration in [20, 60, 95] {
            case.duration = duration;
            case.busy.clear();
            check(&case, &clock, &format!("{} for {duration}", night.name()));
            case.busy = vec![
                (night.change - 150, night.change - 90),
                (night.change - 15, night.change + 10),
                (night.change + 130, night.change + 160),
            ];
            let starts = check(&case, &clock, &format!("{} for {duration}, booked", night.name()));
            assert!(starts.iter().all(|start| {
                let (from, until) = (start - case.before, start + duration + case.after);
                case.busy.iter().all(|(busy, free)| until <= *busy || *free <= from)
            }));
        }
        // Asked in the old time with notice into the new.
        case.busy.clear();
        (case.now, case.notice) = (night.change - 45, 100);
        let starts = check(&case, &clock, &format!("{} with notice", night.name()));
        assert!(starts[0] >= night.change + 55, "{}", night.name());
    }
}
