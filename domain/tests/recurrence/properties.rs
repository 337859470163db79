//! What holds for every rule, and that another implementation comes to the same.

use chrono::{NaiveDate, TimeDelta, TimeZone};
use chrono_tz::Europe::Paris;
use chrono_tz::Tz;
use domain::recurrence::{Rule, Series};
use domain::wall_clock::Interval;
use proptest::prelude::*;

use crate::support::instant;

fn list(name: &'static str, from: i32, to: i32, most: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        1 => prop::collection::btree_set((from..=to).prop_map(|n| if n == 0 { 1 } else { n }), 1..=most).prop_map(move |set| {
            let numbers: Vec<String> = set.iter().map(ToString::to_string).collect();
            format!(";{name}={}", numbers.join(","))
        }),
    ]
}

/// Days of the week, all of them with a number or none: of a mixture implementations make different things.
fn days(numbered: bool) -> impl Strategy<Value = String> {
    let weekdays = || prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
    let list = |day: BoxedStrategy<String>| {
        prop::collection::btree_set(day, 1..4)
            .prop_map(|set| format!(";BYDAY={}", Vec::from_iter(set).join(",")))
            .boxed()
    };
    let nth = prop::sample::select(vec!["1", "2", "4", "5", "-1", "-3"]);
    let plain = list(weekdays().prop_map(str::to_owned).boxed());
    let with_number = list((nth, weekdays()).prop_map(|(nth, day)| format!("{nth}{day}")).boxed());
    let chosen = if numbered { prop_oneof![plain, with_number].boxed() } else { plain };
    prop_oneof![1 => Just(String::new()), 1 => chosen]
}

/// Rules of days and longer, without what RFC 5545 leaves undefined.
fn rules() -> impl Strategy<Value = String> {
    let daily = (list("BYMONTH", 1, 12, 3), list("BYMONTHDAY", -31, 31, 3), days(false))
        .prop_map(|(month, day, weekday)| format!("FREQ=DAILY{month}{day}{weekday}"));
    let weekly =
        (list("BYMONTH", 1, 12, 3), days(false), prop::bool::ANY).prop_map(|(month, weekday, sunday)| {
            format!("FREQ=WEEKLY{month}{weekday}{}", if sunday { ";WKST=SU" } else { "" })
        });
    let monthly =
        (list("BYMONTH", 1, 12, 3), list("BYMONTHDAY", -31, 31, 3), days(true), list("BYSETPOS", -3, 3, 2))
            .prop_map(|(month, day, weekday, position)| {
                let position = if day.is_empty() && weekday.is_empty() { String::new() } else { position };
                format!("FREQ=MONTHLY{month}{day}{weekday}{position}")
            });
    let yearly = (
        list("BYMONTH", 1, 12, 3),
        list("BYMONTHDAY", -31, 31, 3),
        list("BYYEARDAY", -366, 366, 3),
        days(true),
        list("BYSETPOS", -3, 3, 2),
    )
        .prop_map(|(month, day, year_day, weekday, position)| {
            let position = if day.is_empty() && weekday.is_empty() && year_day.is_empty() {
                String::new()
            } else {
                position
            };
            format!("FREQ=YEARLY{month}{day}{year_day}{weekday}{position}")
        });
    let weeks = (prop::collection::btree_set(1_i32..=53, 1..3), prop::bool::ANY, days(false)).prop_map(
        |(mut weeks, from_end, day)| {
            if from_end {
                // The first week of a year, counted from its end: the other leaves out its days in the year before.
                weeks = weeks.into_iter().map(|week| week.min(51)).collect();
            }
            let sign = if from_end { "-" } else { "" };
            let weeks: Vec<String> = weeks.iter().map(|week| format!("{sign}{week}")).collect();
            let day = if day.is_empty() { ";BYDAY=MO" } else { &day };
            format!("FREQ=YEARLY;BYWEEKNO={}{day}", weeks.join(","))
        },
    );
    let hours = (list("BYHOUR", 1, 23, 3), list("BYMONTHDAY", -31, 31, 3), days(false))
        .prop_map(|(hour, day, weekday)| format!("FREQ=HOURLY{hour}{day}{weekday}"));
    let part = prop_oneof![daily, weekly, monthly, yearly, weeks, hours];
    (part, 1_u32..5).prop_map(|(part, interval)| format!("{part};INTERVAL={interval}"))
}

fn starts() -> impl Strategy<Value = NaiveDate> {
    (0_i64..4_000).prop_map(|day| NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + TimeDelta::days(day))
}

fn years() -> Interval {
    Interval::new(instant("2019-01-01T00:00:00Z"), instant("2036-01-01T00:00:00Z"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn another_implementation_comes_to_the_same(text in rules(), date in starts()) {
        let from = date.and_hms_opt(9, 30, 0).unwrap();
        let theirs = |start: &chrono::NaiveDateTime, most: u16| {
            let start = rrule::Tz::UTC.from_utc_datetime(start);
            let rule: rrule::RRule<rrule::Unvalidated> = text.parse().unwrap();
            let set = rule.build(start).unwrap().before(rrule::Tz::UTC.with_ymd_and_hms(2035, 1, 1, 0, 0, 0).unwrap());
            set.all(most).dates.into_iter().map(|at| at.naive_utc()).collect::<Vec<_>>()
        };
        // A start that the rule does not come to is undefined: it begins where the rule does.
        let start = theirs(&from, 1).first().copied();
        prop_assume!(start.is_some());
        let start = start.unwrap();
        let theirs = theirs(&start, 60);
        let series = Series::once(start, Tz::UTC).by(text.parse().unwrap());
        if let Ok(ours) = series.occurrences(years(), 100_000) {
            let ours: Vec<_> = ours.iter().map(|one| one.wall).filter(|wall| *wall < "2035-01-01T00:00:00".parse().unwrap()).take(60).collect();
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }

    #[test]
    fn printed_and_read_again_it_is_the_same_rule(text in rules()) {
        let rule: Rule = text.parse().unwrap();
        prop_assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule);
    }

    #[test]
    fn a_count_is_a_beginning_and_a_window_a_part(text in rules(), date in starts(), count in 1_u32..40, skip in 0_i64..2_000) {
        let start = date.and_hms_opt(2, 30, 0).unwrap();
        let series = |text: &str| Series::once(start, Paris).by(text.parse().unwrap());
        let Ok(all) = series(&text).occurrences(years(), 100_000) else { return Ok(()) };
        let counted = series(&format!("{text};COUNT={count}")).occurrences(years(), 100_000).unwrap();
        let most = usize::try_from(count).unwrap().min(all.len());
        prop_assert_eq!(&counted[..], &all[..most]);
        let window = Interval::new(years().start + TimeDelta::days(skip), years().start + TimeDelta::days(skip + 700));
        let part = series(&text).occurrences(window, 100_000).unwrap();
        let expected: Vec<_> = all.iter().copied().filter(|one| one.at >= window.start && one.at < window.end).collect();
        prop_assert_eq!(part, expected);
    }

    #[test]
    fn no_text_makes_a_rule_fall_over(text in ".{0,80}", part in "(FREQ|BYDAY|UNTIL|BYSETPOS)=[-+0-9A-Z,;=é]{0,20}") {
        let _either_way = text.parse::<Rule>();
        let _either_way = format!("FREQ=YEARLY;{part}").parse::<Rule>();
    }
}
