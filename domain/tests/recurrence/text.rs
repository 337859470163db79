//! Rules as text, and in plain words.

use chrono::{NaiveDate, Weekday};
use chrono_tz::America::Los_Angeles;
use domain::recurrence::{Ending, Frequency, Nth, Pattern, Rule, RuleError};

use crate::support::{rule, wall};

#[test]
fn a_rule_is_printed_in_one_way() {
    for (text, printed) in [
        ("freq=weekly;byday=we,mo,mo", "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("RRULE:FREQ=DAILY;INTERVAL=1", "FREQ=DAILY"),
        (" BYMONTHDAY=+1,-1;FREQ=MONTHLY; ", "FREQ=MONTHLY;BYMONTHDAY=-1,1"),
        (
            "FREQ=YEARLY;UNTIL=20300101T000000Z;WKST=SU;BYDAY=+2SU;BYMONTH=3",
            "FREQ=YEARLY;UNTIL=20300101T000000Z;BYMONTH=3;BYDAY=2SU;WKST=SU",
        ),
        ("FREQ=WEEKLY;WKST=MO;COUNT=3;", "FREQ=WEEKLY;COUNT=3"),
        ("FREQ=MINUTELY;BYSECOND=60", "FREQ=MINUTELY;BYSECOND=59"),
    ] {
        assert_eq!(rule(text).to_string(), printed);
        assert_eq!(rule(printed), rule(text));
    }
    assert_eq!(
        Rule::every(2, Frequency::Weekly).on(&[Weekday::Tue, Weekday::Thu]).to_string(),
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"
    );
}

#[test]
fn what_is_no_rule_is_told_why() {
    let refused = |text: &str| text.parse::<Rule>().expect_err(text);
    assert_eq!(refused(""), RuleError::NoFrequency);
    assert_eq!(refused("INTERVAL=2"), RuleError::NoFrequency);
    assert_eq!(refused("WEEKLY"), RuleError::Malformed);
    assert_eq!(refused("FREQ=FORTNIGHTLY"), RuleError::Part("FREQ"));
    assert_eq!(refused("FREQ=DAILY;FREQ=DAILY"), RuleError::Twice("FREQ"));
    assert_eq!(refused("FREQ=DAILY;BYEASTER=0"), RuleError::UnknownPart);
    assert_eq!(refused("FREQ=DAILY;COUNT=2;UNTIL=20300101"), RuleError::TwoEnds);
    assert_eq!(refused("FREQ=WEEKLY;BYDAY=1MO"), RuleError::Misplaced("a number in BYDAY"));
    assert_eq!(refused("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO"), RuleError::Misplaced("a number in BYDAY"));
    assert_eq!(refused("FREQ=WEEKLY;BYMONTHDAY=1"), RuleError::Misplaced("BYMONTHDAY"));
    assert_eq!(refused("FREQ=MONTHLY;BYYEARDAY=1"), RuleError::Misplaced("BYYEARDAY"));
    assert_eq!(refused("FREQ=MONTHLY;BYWEEKNO=1"), RuleError::Misplaced("BYWEEKNO"));
    assert_eq!(refused("FREQ=MONTHLY;BYSETPOS=1"), RuleError::NothingToChoose);
    assert_eq!(refused(&format!("FREQ=DAILY;BYHOUR={}1", "1,".repeat(2_000))), RuleError::TooLong);
    for (part, values) in [
        ("INTERVAL", &["0", "-1", "+1", "10000", "1.5", "", " "][..]),
        ("COUNT", &["0", "-1", "1000001", "x", "99999999999999999999"]),
        (
            "UNTIL",
            &[
                "2030",
                "20301301",
                "20300230",
                "20300101T",
                "20300101T250000",
                "2030-01-01",
                "20300101T000000+01",
                "éééé",
            ],
        ),
        ("BYDAY", &["", "XX", "0MO", "54MO", "MOO", "1", "é", "aé", ",", "MO,"]),
        ("BYMONTH", &["0", "13", "-1"]),
        ("BYMONTHDAY", &["0", "32", "-32", "--1", "+-1"]),
        ("BYYEARDAY", &["0", "367"]),
        ("BYWEEKNO", &["0", "54"]),
        ("BYHOUR", &["24", "-1"]),
        ("BYMINUTE", &["60"]),
        ("BYSECOND", &["61"]),
        ("BYSETPOS", &["0", "367"]),
        ("WKST", &["1", "MONDAY"]),
    ] {
        for value in values {
            assert_eq!(
                refused(&format!("FREQ=YEARLY;{part}={value}")),
                RuleError::Part(part),
                "{part}={value}"
            );
        }
    }
}

#[test]
fn common_rules_have_plain_words() {
    let plain = |text: &str| rule(text).plain(wall("2026-03-03 18:00"), Los_Angeles);
    let pattern = |text: &str| plain(text).map(|plain| (plain.every, plain.pattern));
    assert_eq!(pattern("FREQ=DAILY"), Some((1, Pattern::Days)));
    assert_eq!(pattern("FREQ=WEEKLY;INTERVAL=2"), Some((2, Pattern::Weeks(vec![Weekday::Tue]))));
    assert_eq!(
        pattern("FREQ=WEEKLY;BYDAY=FR,MO"),
        Some((1, Pattern::Weeks(vec![Weekday::Mon, Weekday::Fri])))
    );
    assert_eq!(pattern("FREQ=MONTHLY"), Some((1, Pattern::MonthsOn(3))));
    assert_eq!(pattern("FREQ=MONTHLY;BYMONTHDAY=-1"), Some((1, Pattern::MonthsOn(-1))));
    assert_eq!(pattern("FREQ=MONTHLY;BYDAY=-1FR"), Some((1, Pattern::MonthsOnNth(Nth::Last, Weekday::Fri))));
    assert_eq!(pattern("FREQ=YEARLY"), Some((1, Pattern::Years)));
    for text in [
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=9,10",
        "FREQ=DAILY;BYDAY=MO",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=-2FR",
        "FREQ=YEARLY;BYMONTH=3",
    ] {
        assert_eq!(plain(text), None, "{text}");
    }
    let date = NaiveDate::from_ymd_opt(2026, 6, 30);
    let ending = |text: &str| plain(text).map(|plain| plain.ending);
    assert_eq!(ending("FREQ=DAILY;COUNT=5"), Some(Ending::Times(5)));
    // Still the thirtieth in Los Angeles.
    for until in ["20260630", "20260630T235959", "20260701T065959Z"] {
        assert_eq!(ending(&format!("FREQ=DAILY;UNTIL={until}")), date.map(Ending::On));
    }
}
