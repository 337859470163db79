//! The month overview, and viewers in other zones.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::slots::{Demand, MAX_COUNTED_DAYS};
use domain::wall_clock;

use crate::diary::{Diary, day, every, utc};

#[test]
fn the_overview_counts_what_the_days_list() {
    let ana = Diary::new(Tz::Europe__Paris).open("12345", "09:00-18:00").pause("12345", "12:00-13:30");
    let bea = Diary::new(Tz::Asia__Kathmandu)
        .open("67", "00:00-24:00")
        .busy("2026-03-14 02:00", "2026-03-14 12:00");
    let team = [ana.agenda(), bea.agenda()];
    let now = utc("2026-03-05 10:00");
    for viewer in [Tz::Europe__Paris, Tz::Pacific__Kiritimati, Tz::America__St_Johns] {
        let counted = Demand::from(every(30, 45)).count_by_date(&team, viewer, day("2026-03-01"), 40, now);
        assert_eq!(counted.len(), 40);
        assert!(counted.iter().any(|&(_, slots)| slots > 20));
        for (date, slots) in counted {
            let window = wall_clock::day(viewer, date).unwrap();
            let listed = Demand::from(every(30, 45)).slots(&team, window, now).len();
            assert_eq!(usize::try_from(slots).unwrap(), listed, "{viewer} {date}");
        }
    }
}

#[test]
fn a_start_of_two_staff_members_counts_once() {
    let diary = Diary::new(Tz::UTC).open("1", "09:00-12:00");
    let team = [diary.agenda(), diary.agenda()];
    let counted = Demand::from(every(60, 60)).count_by_date(
        &team,
        Tz::UTC,
        day("2026-03-02"),
        2,
        utc("2026-03-01 00:00"),
    );
    assert_eq!(counted, [(day("2026-03-02"), 3), (day("2026-03-03"), 0)]);
}

#[test]
fn a_date_that_the_viewer_never_had_counts_nothing() {
    let diary = Diary::new(Tz::UTC).open("1234567", "00:00-24:00");
    let now = utc("2011-12-20 00:00");
    let counted = Demand::from(every(60, 60)).count_by_date(
        &[diary.agenda()],
        Tz::Pacific__Apia,
        day("2011-12-29"),
        3,
        now,
    );
    assert_eq!(counted.iter().map(|&(_, slots)| slots).collect::<Vec<_>>(), [24, 0, 24]);
}

#[test]
fn at_most_62_days_are_counted_of_any_year() {
    let diary = Diary::new(Tz::UTC).open("1234567", "00:00-24:00");
    let now = utc("2026-03-01 00:00");
    let count =
        |first, days| Demand::from(every(5, 5)).count_by_date(&[diary.agenda()], Tz::UTC, first, days, now);
    assert_eq!(count(day("2026-03-01"), u16::MAX).len(), usize::from(MAX_COUNTED_DAYS));
    assert_eq!(count(day("2026-03-01"), 0), []);
    assert_eq!(count(NaiveDate::MIN, u16::MAX), []);
    assert_eq!(count(NaiveDate::MAX, u16::MAX), []);
    assert_eq!(count(day("9999-12-30"), 9), [(day("9999-12-30"), 0)]);
}

/// S10
#[test]
fn the_zone_of_a_viewer_only_regroups_the_answer() {
    let diary = Diary::new(Tz::Europe__Paris).open("1234567", "07:00-22:00").pause("1234567", "12:00-13:00");
    let now = utc("2026-03-20 00:00");
    let seen_from = |viewer: Tz| -> BTreeSet<DateTime<Utc>> {
        let dates = day("2026-03-24").iter_days().take(9);
        let windows = dates.filter_map(|date| wall_clock::day(viewer, date));
        let starts: Vec<_> = windows
            .flat_map(|window| Demand::from(every(45, 45)).starts(&[diary.agenda()], window, now))
            .collect();
        let seen: BTreeSet<_> = starts.iter().copied().collect();
        assert_eq!(seen.len(), starts.len());
        let sure = utc("2026-03-26 00:00")..utc("2026-03-31 00:00");
        seen.into_iter().filter(|start| sure.contains(start)).collect()
    };
    let at_home = seen_from(Tz::Europe__Paris);
    assert_eq!(at_home.len(), 5 * 18);
    for viewer in [Tz::UTC, Tz::America__Los_Angeles, Tz::Asia__Kolkata, Tz::Pacific__Kiritimati] {
        assert_eq!(seen_from(viewer), at_home, "{viewer}");
    }
}
