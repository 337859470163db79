//! The examples of RFC 5545, 3.8.5.3: rule, start, and the dates that it lists.

use chrono_tz::America::New_York;
use domain::recurrence::Series;

use crate::support::{rule, wall, walls, window};

/// `dates` has lines of a year, a month and days: `1997-9: 2 3 4`; at the time of the start, unless a `@` names others. What
/// ends in `…` goes on for ever.
fn example(text: &str, start: &str, dates: &str) {
    example_without(text, start, &[], dates);
}

fn example_without(text: &str, start: &str, left_out: &[&str], dates: &str) {
    let left_out = left_out.iter().map(|one| wall(one)).collect();
    let series = Series { left_out, ..Series::once(wall(start), New_York).by(rule(text)) };
    let goes_on = dates.ends_with('…');
    let mut expected = Vec::new();
    for line in dates.trim_end_matches('…').split(';').map(str::trim).filter(|line| !line.is_empty()) {
        let (month, days) = line.split_once(':').unwrap();
        let (days, times) = days.split_once('@').unwrap_or((days, start.get(11..).unwrap()));
        let (year, month) = month.split_once('-').unwrap();
        for day in days.split_whitespace() {
            for time in times.split_whitespace() {
                expected.push(format!("{year}-{month:0>2}-{day:0>2} {time}"));
            }
        }
    }
    let mut found = walls(&series, window("1997-01-01T00:00:00Z", "2012-01-01T00:00:00Z"));
    if goes_on {
        assert!(found.len() > expected.len(), "{text} ends");
        found.truncate(expected.len());
    }
    assert_eq!(found, expected, "{text}");
    assert_eq!(rule(&rule(text).to_string()), rule(text), "{text} printed");
}

const SECOND: &str = "1997-09-02 09:00";

#[test]
fn daily() {
    example("FREQ=DAILY;COUNT=10", SECOND, "1997-9: 2 3 4 5 6 7 8 9 10 11");
    let autumn = "1997-9: 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30;
        1997-10: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31;
        1997-11: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30;
        1997-12: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23";
    example("FREQ=DAILY;UNTIL=19971224T000000Z", SECOND, autumn);
    example(
        "FREQ=DAILY;INTERVAL=2",
        SECOND,
        "1997-9: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30;
         1997-10: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30; 1997-11: 1 3 5 7 9…",
    );
    example("FREQ=DAILY;INTERVAL=10;COUNT=5", SECOND, "1997-9: 2 12 22; 1997-10: 2 12");
}

#[test]
fn every_day_in_january_for_three_years_said_in_two_ways() {
    let january = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31";
    let dates = format!("1998-1: {january}; 1999-1: {january}; 2000-1: {january}");
    let start = "1998-01-01 09:00";
    example("FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", start, &dates);
    example("FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", start, &dates);
}

#[test]
fn weekly() {
    let ten = "1997-9: 2 9 16 23 30; 1997-10: 7 14 21 28; 1997-11: 4";
    example("FREQ=WEEKLY;COUNT=10", SECOND, ten);
    let until = "1997-9: 2 9 16 23 30; 1997-10: 7 14 21 28; 1997-11: 4 11 18 25; 1997-12: 2 9 16 23";
    example("FREQ=WEEKLY;UNTIL=19971224T000000Z", SECOND, until);
    example(
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        SECOND,
        "1997-9: 2 16 30; 1997-10: 14 28; 1997-11: 11 25; 1997-12: 9 23; 1998-1: 6 20; 1998-2: 3 17…",
    );
    let five_weeks = "1997-9: 2 4 9 11 16 18 23 25 30; 1997-10: 2";
    example("FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", SECOND, five_weeks);
    example("FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", SECOND, five_weeks);
    example(
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "1997-09-01 09:00",
        "1997-9: 1 3 5 15 17 19 29; 1997-10: 1 3 13 15 17 27 29 31; 1997-11: 10 12 14 24 26 28; 1997-12: 8 10 12 22",
    );
    let fourteen_days_apart = "1997-9: 2 4 16 18 30; 1997-10: 2 14 16";
    example("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", SECOND, fourteen_days_apart);
}

#[test]
fn monthly() {
    example(
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "1997-09-05 09:00",
        "1997-9: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5; 1998-1: 2; 1998-2: 6; 1998-3: 6; 1998-4: 3; 1998-5: 1; 1998-6: 5",
    );
    let until = "1997-9: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5";
    example("FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "1997-09-05 09:00", until);
    example(
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997-09-07 09:00",
        "1997-9: 7 28; 1997-11: 2 30; 1998-1: 4 25; 1998-3: 1 29; 1998-5: 3 31",
    );
    example(
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "1997-09-22 09:00",
        "1997-9: 22; 1997-10: 20; 1997-11: 17; 1997-12: 22; 1998-1: 19; 1998-2: 16",
    );
    example(
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "1997-09-28 09:00",
        "1997-9: 28; 1997-10: 29; 1997-11: 28; 1997-12: 29; 1998-1: 29; 1998-2: 26…",
    );
    let twice = "1997-9: 2 15; 1997-10: 2 15; 1997-11: 2 15; 1997-12: 2 15; 1998-1: 2 15";
    example("FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", SECOND, twice);
    example(
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997-09-30 09:00",
        "1997-9: 30; 1997-10: 1 31; 1997-11: 1 30; 1997-12: 1 31; 1998-1: 1 31; 1998-2: 1",
    );
    example(
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09-10 09:00",
        "1997-9: 10 11 12 13 14 15; 1999-3: 10 11 12 13",
    );
    example(
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        SECOND,
        "1997-9: 2 9 16 23 30; 1997-11: 4 11 18 25; 1998-1: 6 13 20 27; 1998-3: 3 10 17 24 31…",
    );
    example_without(
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        SECOND,
        &[SECOND],
        "1998-2: 13; 1998-3: 13; 1998-11: 13; 1999-8: 13; 2000-10: 13…",
    );
    example(
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "1997-09-13 09:00",
        "1997-9: 13; 1997-10: 11; 1997-11: 8; 1997-12: 13; 1998-1: 10; 1998-2: 7; 1998-3: 7; 1998-4: 11; 1998-5: 9; 1998-6: 13…",
    );
    example(
        "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
        "1997-09-04 09:00",
        "1997-9: 4; 1997-10: 7; 1997-11: 6",
    );
    example(
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1997-09-29 09:00",
        "1997-9: 29; 1997-10: 30; 1997-11: 27; 1997-12: 30; 1998-1: 29; 1998-2: 26; 1998-3: 30…",
    );
    // Dates that no calendar has are left out.
    let fifteenth = "2007-1: 15 30; 2007-2: 15; 2007-3: 15 30";
    example("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15 09:00", fifteenth);
}

#[test]
fn yearly() {
    example(
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "1997-06-10 09:00",
        "1997-6: 10; 1997-7: 10; 1998-6: 10; 1998-7: 10; 1999-6: 10; 1999-7: 10; 2000-6: 10; 2000-7: 10; 2001-6: 10; 2001-7: 10",
    );
    example(
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "1997-03-10 09:00",
        "1997-3: 10; 1999-1: 10; 1999-2: 10; 1999-3: 10; 2001-1: 10; 2001-2: 10; 2001-3: 10; 2003-1: 10; 2003-2: 10; 2003-3: 10",
    );
    example(
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "1997-01-01 09:00",
        "1997-1: 1; 1997-4: 10; 1997-7: 19; 2000-1: 1; 2000-4: 9; 2000-7: 18; 2003-1: 1; 2003-4: 10; 2003-7: 19; 2006-1: 1",
    );
    example("FREQ=YEARLY;BYDAY=20MO", "1997-05-19 09:00", "1997-5: 19; 1998-5: 18; 1999-5: 17…");
    example("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12 09:00", "1997-5: 12; 1998-5: 11; 1999-5: 17…");
    example(
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "1997-03-13 09:00",
        "1997-3: 13 20 27; 1998-3: 5 12 19 26; 1999-3: 4 11 18 25…",
    );
    example(
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "1997-06-05 09:00",
        "1997-6: 5 12 19 26; 1997-7: 3 10 17 24 31; 1997-8: 7 14 21 28; 1998-6: 4 11 18 25; 1998-7: 2 9 16 23 30; 1998-8: 6 13 20 27;
         1999-6: 3 10 17 24; 1999-7: 1 8 15 22 29; 1999-8: 5 12 19 26…",
    );
    // The day on which the United States elect their president.
    example(
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996-11-05 09:00",
        "2000-11: 7; 2004-11: 2; 2008-11: 4",
    );
}

#[test]
fn within_the_day() {
    example("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", SECOND, "1997-9: 2 @ 09:00 12:00 15:00");
    example("FREQ=MINUTELY;INTERVAL=15;COUNT=6", SECOND, "1997-9: 2 @ 09:00 09:15 09:30 09:45 10:00 10:15");
    example("FREQ=MINUTELY;INTERVAL=90;COUNT=4", SECOND, "1997-9: 2 @ 09:00 10:30 12:00 13:30");
    let times: Vec<String> =
        (9..17).flat_map(|hour| [0, 20, 40].map(|minute| format!("{hour:02}:{minute:02}"))).collect();
    let times = times.join(" ");
    let dates = format!("1997-9: 2 3 @ {times}; 1997-9: 4 @ 09:00…");
    // Three days of it: asked for all, it would not end.
    for text in [
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40;COUNT=60",
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16;COUNT=60",
    ] {
        example(text, SECOND, &dates);
    }
}

#[test]
fn a_week_begins_where_it_is_said_to() {
    let start = "1997-08-05 09:00";
    example("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", start, "1997-8: 5 10 19 24");
    example("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", start, "1997-8: 5 17 19 31");
}
