//! Series over changes of the clocks: what is at 13:00 stays at 13:00.

use chrono::{Datelike, TimeDelta, Weekday};
use chrono_tz::America::Los_Angeles;
use chrono_tz::Europe::{Berlin, London};
use chrono_tz::Pacific::Apia;
use domain::recurrence::Series;

use crate::support::{instant, rule, series, wall, walls, window};

const YEAR: (&str, &str) = ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");

#[test]
fn working_hours_do_not_shift_after_a_clock_change() {
    let weekly = series("2026-01-05 13:00", Berlin, "FREQ=WEEKLY;COUNT=52");
    let found = weekly.occurrences(window(YEAR.0, "2027-02-01T00:00:00Z"), 100).unwrap();
    assert_eq!(found.len(), 52);
    for one in &found {
        let local = one.at.with_timezone(&Berlin);
        assert_eq!(local.format("%H:%M %a").to_string(), "13:00 Mon");
    }
    let utc: Vec<String> = found.iter().map(|one| one.at.format("%H").to_string()).collect();
    assert!(utc.contains(&"12".to_owned()) && utc.contains(&"11".to_owned()), "both offsets");
}

#[test]
fn a_recurring_series_neither_drifts_nor_changes_its_weekday() {
    let tuesdays = series("2026-10-13 19:00", London, "FREQ=WEEKLY;COUNT=4");
    let found = tuesdays.occurrences(window(YEAR.0, YEAR.1), 10).unwrap();
    let told: Vec<String> = found.iter().map(|one| one.at.to_rfc3339()).collect();
    // The clocks go back on 25 October.
    assert_eq!(
        told,
        [
            "2026-10-13T18:00:00+00:00",
            "2026-10-20T18:00:00+00:00",
            "2026-10-27T19:00:00+00:00",
            "2026-11-03T19:00:00+00:00"
        ]
    );
    // In summer 00:30 of Monday is Sunday in UTC.
    let nights = series("2026-06-01 00:30", Berlin, "FREQ=WEEKLY;BYDAY=MO");
    let found = nights.occurrences(window("2026-06-01T00:00:00Z", YEAR.1), 100).unwrap();
    assert!(found.len() > 25);
    assert!(found.iter().all(|one| one.at.with_timezone(&Berlin).weekday() == Weekday::Mon));
}

#[test]
fn the_last_date_is_in_west_of_utc() {
    for (start, time) in
        [("2026-03-02 17:30", "17:30"), ("2026-03-02 23:59", "23:59"), ("2026-03-02 00:00", "00:00")]
    {
        let until = series(start, Los_Angeles, "FREQ=DAILY;UNTIL=20260306");
        let expected: Vec<String> = (2..=6).map(|day| format!("2026-03-{day:02} {time}")).collect();
        assert_eq!(walls(&until, window(YEAR.0, YEAR.1)), expected);
        // The same date told as the instant that calendars want.
        let told = Series { rule: until.rule_with_instant(), ..until };
        assert_eq!(walls(&told, window(YEAR.0, YEAR.1)), expected);
        assert!(told.rule.unwrap().to_string().ends_with("UNTIL=20260307T075959Z"));
    }
}

#[test]
fn an_end_is_in_to_the_second() {
    let window = window(YEAR.0, YEAR.1);
    for (until, count) in [
        ("20260305T090000", 4),
        ("20260305T085959", 3),
        ("20260305T170000Z", 4),
        ("20260305T165959Z", 3),
        ("20260304", 3),
        ("20260301", 0),
    ] {
        let series = series("2026-03-02 09:00", Los_Angeles, &format!("FREQ=DAILY;UNTIL={until}"));
        assert_eq!(walls(&series, window).len(), count, "{until}");
    }
}

#[test]
fn a_wall_time_in_the_gap_moves_later_and_only_that_day() {
    // 02:00 becomes 03:00 on 29 March.
    let nights = series("2026-03-28 02:30", Berlin, "FREQ=DAILY;COUNT=3");
    let found = nights.occurrences(window(YEAR.0, YEAR.1), 10).unwrap();
    let local: Vec<String> =
        found.iter().map(|one| one.at.with_timezone(&Berlin).format("%d %H:%M").to_string()).collect();
    assert_eq!(local, ["28 02:30", "29 03:30", "30 02:30"]);
    assert_eq!(found[1].wall, wall("2026-03-29 02:30"), "it is still named by its own time");
}

#[test]
fn a_wall_time_that_comes_twice_is_the_first() {
    let nights = series("2026-10-24 02:30", Berlin, "FREQ=DAILY;COUNT=3");
    let found = nights.occurrences(window(YEAR.0, YEAR.1), 10).unwrap();
    assert_eq!(found[1].at, instant("2026-10-25T00:30:00Z"));
    assert_eq!(found[1].at - found[0].at, TimeDelta::hours(24));
    assert_eq!(found[2].at - found[1].at, TimeDelta::hours(25));
}

#[test]
fn a_date_that_the_zone_skipped_has_no_occurrence() {
    let days = series("2011-12-28 09:00", Apia, "FREQ=DAILY;COUNT=5");
    let found = walls(&days, window("2011-12-01T00:00:00Z", "2012-02-01T00:00:00Z"));
    assert_eq!(found, ["2011-12-28 09:00", "2011-12-29 09:00", "2011-12-31 09:00", "2012-01-01 09:00"]);
}

#[test]
fn what_is_added_comes_and_what_is_left_out_does_not() {
    let series = Series {
        added: vec![wall("2026-03-04 15:00"), wall("2026-03-09 09:00")],
        left_out: vec![wall("2026-03-16 09:00"), wall("2026-03-17 09:00")],
        ..series("2026-03-02 09:00", Berlin, "FREQ=WEEKLY;COUNT=4")
    };
    let found = walls(&series, window(YEAR.0, YEAR.1));
    assert_eq!(found, ["2026-03-02 09:00", "2026-03-04 15:00", "2026-03-09 09:00", "2026-03-23 09:00"]);
}

#[test]
fn a_window_shows_what_starts_in_it_however_far_it_is_from_the_start() {
    let series = series("1980-01-01 09:00", Berlin, "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SA");
    let all = walls(&series, window("1970-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    for (from, to) in [(2000, 2001), (2026, 2027), (2030, 2031)] {
        let (low, high) = (format!("{from}-01-01T00:00:00Z"), format!("{to}-01-01T00:00:00Z"));
        let expected: Vec<String> =
            all.iter().filter(|one| one.starts_with(&from.to_string())).cloned().collect();
        assert_eq!(walls(&series, window(&low, &high)), expected);
        assert!(!expected.is_empty());
    }
    assert_eq!(rule("FREQ=DAILY").to_string(), "FREQ=DAILY");
}
