//! Values of hours, and the working time they make.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::hours::{HoursError, MAX_WINDOW_DAYS, MinuteRange, TimeOfDay, Weekday, WeeklyRange, open_ranges};
use domain::wall_clock::{self, Interval};

use crate::diary::{Diary, range, utc};

const PARIS: Tz = Tz::Europe__Paris;

#[test]
fn times_of_day_are_written_hh_mm() {
    for (text, minute) in [("00:00", 0), ("09:05", 545), ("23:59", 1439), ("24:00", 1440)] {
        let time: TimeOfDay = text.parse().unwrap();
        assert_eq!((time.minute(), time.to_string().as_str()), (minute, text));
    }
    for text in
        ["", "9:00", "09:60", "24:01", "25:00", "09:00:00", "-1:00", "+9:00", "09.00", "０９:００", "é9:00"]
    {
        assert_eq!(text.parse::<TimeOfDay>(), Err(HoursError::NotATime(text.to_owned())));
    }
}

#[test]
fn what_is_echoed_of_a_wrong_time_is_short() {
    let error = "é".repeat(1_000_000).parse::<TimeOfDay>().unwrap_err();
    assert!(error.to_string().len() < 200);
}

#[test]
fn a_range_is_within_one_day_and_not_empty() {
    assert!(MinuteRange::new(0, 1440).is_ok());
    assert!(matches!(MinuteRange::new(540, 540), Err(HoursError::EndsBeforeStart { .. })));
    assert!(matches!(MinuteRange::new(1320, 120), Err(HoursError::EndsBeforeStart { .. })));
    assert_eq!(MinuteRange::new(1440, 1440), Err(HoursError::StartsAtMidnightEnd));
    assert_eq!(MinuteRange::new(-1, 60), Err(HoursError::NotAMinute(-1)));
    assert_eq!(MinuteRange::new(0, 1441), Err(HoursError::NotAMinute(1441)));
    assert_eq!(MinuteRange::new(i32::MIN, i32::MAX), Err(HoursError::NotAMinute(i32::MIN)));
}

#[test]
fn a_clock_on_the_wall_is_read_within_its_day() {
    let date: NaiveDate = "2026-03-02".parse().unwrap();
    let day = wall_clock::day(PARIS, date).unwrap();
    let read = |instant: &str| TimeOfDay::at(utc(instant), day, PARIS).to_string();
    assert_eq!(read("2026-03-02 08:05"), "09:05");
    assert_eq!([read("2026-03-01 23:00"), read("2026-03-01 09:00")], ["00:00", "00:00"]);
    assert_eq!([read("2026-03-02 23:00"), read("2026-03-09 09:00")], ["24:00", "24:00"]);
}

#[test]
fn a_weekday_is_open_but_for_its_breaks() {
    let rule = |day: i32, start: i32, end: i32| WeeklyRange {
        weekday: Weekday::new(day).unwrap(),
        range: MinuteRange::new(start, end).unwrap(),
    };
    // In any order, overlapping, touching, and of other days.
    let opening = [rule(2, 780, 1140), rule(2, 540, 720), rule(2, 600, 780), rule(3, 0, 1440)];
    let breaks = [rule(2, 1080, 1200), rule(2, 750, 810), rule(1, 0, 1440)];
    let open = |weekday: i32| -> Vec<(u16, u16)> {
        let ranges = open_ranges(&opening, &breaks, Weekday::new(weekday).unwrap());
        ranges.into_iter().map(|range| (range.start().minute(), range.end().minute())).collect()
    };
    assert_eq!(open(2), [(540, 750), (810, 1080)]);
    assert_eq!(open(3), [(0, 1440)]);
    assert_eq!(open(1), []);
    assert_eq!(Weekday::all().map(Weekday::number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn weekdays_are_iso() {
    assert_eq!(Weekday::of("2026-11-23".parse().unwrap()).number(), 1);
    assert_eq!(Weekday::of("2026-11-29".parse().unwrap()).number(), 7);
    assert_eq!(Weekday::new(0), Err(HoursError::NotAWeekday(0)));
    assert_eq!(Weekday::new(8), Err(HoursError::NotAWeekday(8)));
}

#[test]
fn a_weekly_range_is_json_of_the_contract() {
    let json = r#"{"weekday":1,"start":"09:00","end":"24:00"}"#;
    let weekly: WeeklyRange = serde_json::from_str(json).unwrap();
    assert_eq!(weekly, WeeklyRange { weekday: Weekday::new(1).unwrap(), range: range("09:00-24:00") });
    assert_eq!(serde_json::to_string(&weekly).unwrap(), json);
}

#[test]
fn wrong_json_says_what_is_allowed() {
    for (json, said) in [
        (
            r#"{"weekday":8,"start":"09:00","end":"10:00"}"#,
            "8 is not a weekday. Write a number from 1 (Monday)",
        ),
        (r#"{"weekday":1,"start":"9h","end":"10:00"}"#, "`9h` is not a time of day. Write `HH:MM`"),
        (r#"{"weekday":1,"start":9,"end":"10:00"}"#, "expected a time of day as `HH:MM`"),
        (r#"{"weekday":1,"start":"24:00","end":"24:00"}"#, "A range cannot start at `24:00`."),
        (r#"{"weekday":1,"start":"22:00","end":"02:00"}"#, "Split hours over midnight in two."),
        (r#"{"weekday":1,"start":"09:00","end":"10:00","x":1}"#, "unknown field `x`"),
        (r#"{"weekday":1,"start":"09:00"}"#, "missing field `end`"),
    ] {
        let error = serde_json::from_str::<WeeklyRange>(json).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn working_ranges_are_the_rules_less_the_breaks() {
    let diary =
        Diary::new(PARIS).open("12", "09:00-18:00").pause("1", "12:00-13:00").pause("2", "17:00-19:00");
    let working = diary.working("2026-03-02 00:00", "2026-03-09 00:00");
    assert_eq!(working, ["02 09:00 - 02 12:00", "02 13:00 - 02 18:00", "03 09:00 - 03 17:00"]);
}

#[test]
fn ranges_that_overlap_or_touch_are_one_also_across_midnight() {
    let diary = Diary::new(PARIS)
        .open("1", "11:00-14:00")
        .open("1", "09:00-12:00")
        .open("1", "14:00-15:00")
        .open("1", "20:00-24:00")
        .open("2", "00:00-02:00");
    let working = diary.working("2026-03-02 00:00", "2026-03-09 00:00");
    assert_eq!(working, ["02 09:00 - 02 15:00", "02 20:00 - 03 02:00"]);
}

#[test]
fn a_one_off_opening_replaces_rules_and_breaks_of_its_date() {
    let diary = Diary::new(PARIS)
        .open("123", "09:00-18:00")
        .pause("123", "12:00-13:00")
        .open_once("2026-03-03", "11:00-14:00")
        .open_once("2026-03-03", "20:00-21:00")
        .open_once("2026-03-03", "12:00-13:00")
        .open_once("2026-03-07", "10:00-11:00");
    let working = diary.working("2026-03-03 00:00", "2026-03-09 00:00");
    assert_eq!(
        working,
        [
            "03 11:00 - 03 14:00",
            "03 20:00 - 03 21:00",
            "04 09:00 - 04 12:00",
            "04 13:00 - 04 18:00",
            "07 10:00 - 07 11:00"
        ]
    );
}

#[test]
fn a_closure_removes_whole_dates_the_first_and_the_last_included() {
    let diary = Diary::new(PARIS)
        .open("1234567", "00:00-24:00")
        .open_once("2026-03-04", "10:00-11:00")
        .closed("2026-03-03", "2026-03-04")
        .closed("2026-03-06", "2026-03-05");
    let working = diary.working("2026-03-02 00:00", "2026-03-07 00:00");
    assert_eq!(working, ["02 00:00 - 03 00:00", "05 00:00 - 07 00:00"]);
}

#[test]
fn a_closure_is_in_the_zone_of_its_own_owner() {
    let diary = Diary::new(PARIS)
        .open("1234567", "00:00-24:00")
        .closed_in(Tz::Asia__Tokyo, "2026-03-03", "2026-03-03")
        .closed_in(Tz::Pacific__Kiritimati, "2026-03-07", "2026-03-07")
        .closed_in(Tz::Etc__GMTPlus12, "2026-03-09", "2026-03-09");
    let working = diary.working("2026-03-02 00:00", "2026-03-11 00:00");
    assert_eq!(
        working,
        ["02 00:00 - 02 16:00", "03 16:00 - 06 11:00", "07 11:00 - 09 13:00", "10 13:00 - 11 00:00"]
    );
}

#[test]
fn a_closure_two_dates_behind_still_counts() {
    let diary = Diary::new(Tz::Pacific__Kiritimati).open("1234567", "00:00-24:00").closed_in(
        Tz::Etc__GMTPlus12,
        "2026-03-02",
        "2026-03-02",
    );
    assert_eq!(diary.working("2026-03-04 00:00", "2026-03-04 12:00"), ["04 02:00 - 04 12:00"]);
}

#[test]
fn a_closure_of_all_times_closes_all_times() {
    let diary = Diary::new(PARIS).open("1234567", "00:00-24:00");
    let mut closed = diary.clone();
    closed.closures.push(domain::hours::Closure {
        timezone: Tz::Pacific__Apia,
        starts_on: NaiveDate::MIN,
        ends_on: NaiveDate::MAX,
    });
    assert_eq!(closed.working("2026-03-02 00:00", "2026-03-11 00:00"), [""; 0]);
}

#[test]
fn on_a_dst_night_ranges_keep_their_wall_times() {
    let diary = Diary::new(PARIS).open("7", "00:00-04:00");
    let elapsed = |from: &str, until: &str| {
        let ranges = diary.calendar().working_ranges(Interval::new(diary.at(from), diary.at(until)));
        ranges.iter().map(|range| (range.end - range.start).num_hours()).collect::<Vec<_>>()
    };
    assert_eq!(elapsed("2026-03-22 00:00", "2026-03-23 00:00"), [4]);
    assert_eq!(elapsed("2026-03-29 00:00", "2026-03-30 00:00"), [3]);
    assert_eq!(elapsed("2026-10-25 00:00", "2026-10-26 00:00"), [5]);
}

#[test]
fn a_range_within_the_gap_moves_and_one_that_the_gap_swallows_is_gone() {
    let night =
        |hours: &str| Diary::new(PARIS).open("7", hours).working("2026-03-29 00:00", "2026-03-30 00:00");
    assert_eq!(night("02:15-02:45"), ["29 03:15 - 29 03:45"]);
    assert_eq!(night("02:00-03:00"), [""; 0]);
    assert_eq!(night("02:30-03:15"), [""; 0]);
    assert_eq!(night("01:00-02:30"), ["29 01:00 - 29 03:30"]);
}

#[test]
fn a_break_in_the_repeated_hour_lasts_from_the_first_to_the_second() {
    let diary = Diary::new(PARIS).open("7", "00:00-06:00").pause("7", "02:30-02:45");
    let ranges =
        diary.calendar().working_ranges(Interval::new(utc("2026-10-24 22:00"), utc("2026-10-25 23:00")));
    assert_eq!(
        ranges,
        [
            Interval::new(utc("2026-10-24 22:00"), utc("2026-10-25 00:30")),
            Interval::new(utc("2026-10-25 01:45"), utc("2026-10-25 05:00")),
        ]
    );
}

#[test]
fn ranges_that_overlap_in_the_repeated_hour_keep_their_break() {
    let diary = Diary::new(PARIS).open("7", "00:00-02:30").open("7", "02:40-06:00").pause("7", "02:10-02:20");
    let ranges =
        diary.calendar().working_ranges(Interval::new(utc("2026-10-24 22:00"), utc("2026-10-25 23:00")));
    assert_eq!(
        ranges,
        [
            Interval::new(utc("2026-10-24 22:00"), utc("2026-10-25 00:10")),
            Interval::new(utc("2026-10-25 01:20"), utc("2026-10-25 05:00")),
        ]
    );
}

#[test]
fn a_range_that_ends_in_a_gap_at_midnight_runs_on_into_the_next_date() {
    let diary = Diary::new(Tz::America__Nuuk).open("6", "22:00-23:30");
    assert_eq!(diary.working("2026-03-28 00:00", "2026-03-30 00:00"), ["28 22:00 - 29 00:30"]);
    assert_eq!(diary.working("2026-03-29 00:00", "2026-03-30 00:00"), ["29 00:00 - 29 00:30"]);
}

#[test]
fn a_skipped_date_has_no_hours() {
    let diary = Diary::new(Tz::Pacific__Apia).open("45", "09:00-17:00");
    assert_eq!(diary.working("2011-12-29 00:00", "2012-01-02 00:00"), ["29 09:00 - 29 17:00"]);
    let always = Diary::new(Tz::Pacific__Apia).open("1234567", "00:00-24:00");
    assert_eq!(always.working("2011-12-29 00:00", "2012-01-01 00:00"), ["29 00:00 - 01 00:00"]);
}

#[test]
fn working_ranges_are_cut_off_at_the_ends_of_the_window() {
    let diary = Diary::new(PARIS).open("1", "09:00-18:00");
    assert_eq!(diary.working("2026-03-02 10:00", "2026-03-02 11:00"), ["02 10:00 - 02 11:00"]);
    assert_eq!(diary.working("2026-03-02 18:00", "2026-03-02 19:00"), [""; 0]);
    assert_eq!(diary.working("2026-03-02 11:00", "2026-03-02 10:00"), [""; 0]);
}

#[test]
fn a_window_of_all_times_is_read_up_to_its_limit() {
    let diary = Diary::new(PARIS).open("1234567", "09:00-18:00");
    let from = utc("2026-03-02 00:00");
    let ranges = diary.calendar().working_ranges(Interval::new(from, DateTime::<Utc>::MAX_UTC));
    assert_eq!(
        ranges.last().unwrap().end.date_naive(),
        (from + TimeDelta::days(MAX_WINDOW_DAYS - 1)).date_naive()
    );
    let all = Interval::new(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    assert_eq!(diary.calendar().working_ranges(all), []);
    assert_eq!(diary.calendar().whole_days(all), None);
}

#[test]
fn the_whole_days_of_a_window_are_those_of_the_owner() {
    let diary = Diary::new(Tz::Asia__Tokyo);
    let days = |from, until| diary.calendar().whole_days(Interval::new(utc(from), utc(until)));
    let one = Interval::new(utc("2026-03-01 15:00"), utc("2026-03-02 15:00"));
    assert_eq!(days("2026-03-02 10:00", "2026-03-02 11:00"), Some(one));
    assert_eq!(days("2026-03-01 15:00", "2026-03-02 15:00"), Some(one));
}
