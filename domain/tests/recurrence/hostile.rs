//! Rules that mean no good end quickly.

use chrono_tz::Europe::Paris;
use domain::recurrence::{Series, TooMuch};

use crate::support::{rule, series, wall, window};

fn numbers(to: u32) -> String {
    (0..to).map(|number| number.to_string()).collect::<Vec<_>>().join(",")
}

#[test]
fn whatever_a_rule_says_it_ends_soon() {
    let (hours, minutes) = (numbers(24), numbers(60));
    let bomb = format!("BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={hours};BYMINUTE={minutes};BYSECOND={minutes}");
    let never = "BYMONTH=2;BYMONTHDAY=30";
    let rules = [
        format!("FREQ=YEARLY;{bomb}"),
        format!("FREQ=YEARLY;{bomb};BYSETPOS=-1"),
        format!("FREQ=MONTHLY;{bomb};COUNT=1000000"),
        format!("FREQ=SECONDLY;{never}"),
        format!("FREQ=SECONDLY;{never};COUNT=5"),
        format!("FREQ=MINUTELY;INTERVAL=7;{never}"),
        format!("FREQ=HOURLY;{never}"),
        format!("FREQ=DAILY;{never}"),
        format!("FREQ=YEARLY;{never}"),
        format!("FREQ=YEARLY;INTERVAL=9999;{never}"),
        "FREQ=SECONDLY".to_owned(),
        "FREQ=SECONDLY;COUNT=1000000".to_owned(),
        "FREQ=SECONDLY;BYHOUR=3;BYMINUTE=59;BYSECOND=59;COUNT=1000000".to_owned(),
        "FREQ=SECONDLY;INTERVAL=2;BYSECOND=1,3,5".to_owned(),
        "FREQ=HOURLY;INTERVAL=2;BYHOUR=1,3,5".to_owned(),
        "FREQ=MINUTELY;BYSETPOS=200;BYDAY=MO".to_owned(),
        "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=6".to_owned(),
    ];
    for text in &rules {
        for start in ["1900-01-01 00:00", "2026-01-01 00:00", "2200-12-31 23:59"] {
            let series = series(start, Paris, text);
            let found = series.occurrences(window("2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z"), 1_000);
            assert!(found.is_err() || found.is_ok_and(|found| found.len() <= 1_000));
        }
    }
}

#[test]
fn more_than_asked_for_is_an_error_and_not_a_part() {
    let daily = series("2026-01-01 09:00", Paris, "FREQ=DAILY");
    let year = window("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_eq!(daily.occurrences(year, 364), Err(TooMuch::Occurrences));
    assert_eq!(daily.occurrences(year, 365).unwrap().len(), 365);
    let seconds = series("1990-01-01 00:00", Paris, "FREQ=SECONDLY;COUNT=1000000");
    assert_eq!(seconds.occurrences(year, 365), Err(TooMuch::Work));
    let added = (1..=28).map(|day| wall(&format!("2026-02-{day:02} 09:00"))).collect();
    let added = Series { added, ..Series::once(wall("2026-01-01 09:00"), Paris) };
    assert_eq!(added.occurrences(year, 28), Err(TooMuch::Occurrences));
}

#[test]
fn a_window_that_is_empty_or_turned_around_has_nothing() {
    let daily = series("2026-01-01 09:00", Paris, "FREQ=DAILY");
    for (from, to) in
        [("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"), ("2026-03-01T00:00:00Z", "2026-02-01T00:00:00Z")]
    {
        assert_eq!(daily.occurrences(window(from, to), 10), Ok(Vec::new()));
    }
    assert!(rule("FREQ=DAILY").is_of_dates());
}
