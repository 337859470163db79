//! Wall times to instants.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::wall_clock::{Interval, date_of, day, end_instant, start_instant};

use crate::diary::{day as date, utc};

fn starts(zone: Tz, on: &str, minute: u16) -> String {
    start_instant(zone, date(on), minute).expect("it exists").to_rfc3339()
}

fn ends(zone: Tz, on: &str, minute: u16) -> String {
    end_instant(zone, date(on), minute).expect("it exists").to_rfc3339()
}

#[test]
fn a_wall_time_in_the_gap_moves_later_by_the_gap() {
    let paris = |minute| starts(Tz::Europe__Paris, "2026-03-29", minute);
    assert_eq!(paris(119), "2026-03-29T00:59:00+00:00");
    assert_eq!(paris(120), "2026-03-29T01:00:00+00:00");
    assert_eq!(paris(150), "2026-03-29T01:30:00+00:00");
    assert_eq!(paris(180), "2026-03-29T01:00:00+00:00");
    assert_eq!(ends(Tz::Europe__Paris, "2026-03-29", 150), "2026-03-29T01:30:00+00:00");
}

#[test]
fn of_a_repeated_wall_time_a_range_starts_at_the_first_and_ends_at_the_second() {
    let zone = Tz::Europe__Paris;
    assert_eq!(starts(zone, "2026-10-25", 120), "2026-10-25T00:00:00+00:00");
    assert_eq!(ends(zone, "2026-10-25", 120), "2026-10-25T01:00:00+00:00");
    assert_eq!(starts(zone, "2026-10-25", 150), "2026-10-25T00:30:00+00:00");
    assert_eq!(ends(zone, "2026-10-25", 150), "2026-10-25T01:30:00+00:00");
    assert_eq!(starts(zone, "2026-10-25", 180), "2026-10-25T02:00:00+00:00");
    assert_eq!(ends(zone, "2026-10-25", 180), "2026-10-25T02:00:00+00:00");
}

#[test]
fn minute_1440_is_the_next_dates_midnight() {
    let zone = Tz::Asia__Kolkata;
    assert_eq!(starts(zone, "2026-12-31", 1440), starts(zone, "2027-01-01", 0));
    assert_eq!(ends(zone, "2026-12-31", 1440), "2026-12-31T18:30:00+00:00");
    assert_eq!(start_instant(zone, date("2026-12-31"), 1441), None);
}

#[test]
fn a_day_without_a_midnight_starts_when_the_clocks_have_moved() {
    for (zone, on, start) in [
        (Tz::America__Sao_Paulo, "2018-11-04", "2018-11-04T03:00:00+00:00"),
        (Tz::Asia__Beirut, "2022-03-27", "2022-03-26T22:00:00+00:00"),
    ] {
        assert_eq!(starts(zone, on, 0), start, "{zone}");
        assert_eq!(starts(zone, on, 60), start, "{zone}");
        let day = day(zone, date(on)).unwrap();
        assert_eq!((day.end - day.start).num_hours(), 23, "{zone}");
    }
}

#[test]
fn the_gap_of_lord_howe_is_half_an_hour() {
    let zone = Tz::Australia__Lord_Howe;
    assert_eq!(starts(zone, "2026-10-04", 120), "2026-10-03T15:30:00+00:00");
    assert_eq!(starts(zone, "2026-10-04", 135), "2026-10-03T15:45:00+00:00");
    assert_eq!(starts(zone, "2026-10-04", 150), "2026-10-03T15:30:00+00:00");
    assert_eq!(starts(zone, "2026-04-05", 100), "2026-04-04T14:40:00+00:00");
    assert_eq!(ends(zone, "2026-04-05", 100), "2026-04-04T15:10:00+00:00");
}

#[test]
fn zones_off_the_hour_are_off_the_hour() {
    assert_eq!(starts(Tz::Asia__Kolkata, "2026-06-01", 540), "2026-06-01T03:30:00+00:00");
    assert_eq!(starts(Tz::Asia__Kathmandu, "2026-06-01", 540), "2026-06-01T03:15:00+00:00");
    assert_eq!(starts(Tz::Australia__Eucla, "2026-06-01", 540), "2026-06-01T00:15:00+00:00");
}

#[test]
fn a_date_that_apia_skipped_has_no_wall_times_and_an_empty_day() {
    let zone = Tz::Pacific__Apia;
    for minute in [0, 540, 1439] {
        assert_eq!(start_instant(zone, date("2011-12-30"), minute), None);
        assert_eq!(end_instant(zone, date("2011-12-30"), minute), None);
    }
    assert!(day(zone, date("2011-12-30")).unwrap().is_empty());
    assert_eq!(ends(zone, "2011-12-29", 1440), "2011-12-30T10:00:00+00:00");
    assert_eq!(starts(zone, "2011-12-31", 0), "2011-12-30T10:00:00+00:00");
}

#[test]
fn every_instant_is_in_the_day_of_its_date() {
    let one_second = chrono::TimeDelta::seconds(1);
    for (zone, on) in [
        (Tz::Europe__Paris, "2026-10-25"),
        (Tz::America__Havana, "2026-11-01"),
        (Tz::America__Sao_Paulo, "2018-02-17"),
        (Tz::America__Nuuk, "2026-03-28"),
        (Tz::Pacific__Apia, "2011-12-31"),
        (Tz::America__St_Johns, "2010-11-06"),
        (Tz::America__St_Johns, "2010-11-07"),
    ] {
        let day = day(zone, date(on)).unwrap();
        assert_eq!(date_of(zone, day.start), Some(date(on)), "{zone}");
        assert_eq!(date_of(zone, day.end - one_second), Some(date(on)), "{zone}");
        assert_ne!(date_of(zone, day.end), Some(date(on)), "{zone}");
        assert_ne!(date_of(zone, day.start - one_second), Some(date(on)), "{zone}");
    }
}

#[test]
fn time_that_comes_twice_over_midnight_belongs_to_the_later_date() {
    // At 00:01 on 7 November 2010 the clocks of St John's went back to 23:01: this is the second 23:30.
    let again = utc("2010-11-07 03:00");
    assert_eq!(again.with_timezone(&Tz::America__St_Johns).to_rfc3339(), "2010-11-06T23:30:00-03:30");
    assert_eq!(date_of(Tz::America__St_Johns, again), Some(date("2010-11-07")));
}

#[test]
fn the_zone_data_knows_that_cairo_has_summer_time_again() {
    assert_eq!(starts(Tz::Africa__Cairo, "2023-05-15", 720), "2023-05-15T09:00:00+00:00");
    assert_eq!(starts(Tz::Europe__Paris, "2090-07-01", 720), "2090-07-01T10:00:00+00:00");
}

#[test]
fn no_date_makes_it_panic_in_any_zone() {
    let days = [NaiveDate::MIN, NaiveDate::MAX, date("0001-01-01"), date("9999-12-31"), date("1900-01-01")];
    for zone in chrono_tz::TZ_VARIANTS {
        for on in days {
            for minute in [0, 720, 1440, u16::MAX] {
                let _ = (start_instant(zone, on, minute), end_instant(zone, on, minute), day(zone, on));
            }
        }
        for instant in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(date_of(zone, instant), None);
        }
    }
    assert_eq!(day(Tz::UTC, NaiveDate::MIN), None);
    assert_eq!(day(Tz::UTC, NaiveDate::MAX), None);
}

#[test]
fn intervals_that_touch_do_not_meet() {
    let hour = |from: &str, until: &str| Interval::new(utc(from), utc(until));
    let one = hour("2026-01-01 10:00", "2026-01-01 11:00");
    assert!(!one.meets(&hour("2026-01-01 11:00", "2026-01-01 12:00")));
    assert!(!one.meets(&hour("2026-01-01 10:30", "2026-01-01 10:30")));
    assert!(one.meets(&hour("2026-01-01 10:59", "2026-01-01 12:00")));
    assert!(one.meets(&hour("2026-01-01 09:00", "2026-01-01 12:00")));
}
