//! What one staff member offers, sentence by sentence.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::slots::{Demand, SlotRules, SlotRulesError};
use domain::wall_clock::Interval;

use crate::diary::{Diary, between, every, utc};

const PARIS: Tz = Tz::Europe__Paris;
const NOTHING: [&str; 0] = [];

#[test]
fn starts_follow_each_other_from_the_start_of_the_range_by_the_step() {
    let diary = Diary::new(PARIS).open("1", "09:10-11:00");
    assert_eq!(diary.offers(every(30, 30), "2026-03-02"), ["09:10", "09:40", "10:10"]);
    assert_eq!(diary.offers(every(20, 60), "2026-03-02"), ["09:10", "09:30", "09:50"]);
    assert_eq!(diary.offers(every(45, 30), "2026-03-02"), ["09:10", "09:55"]);
    assert_eq!(diary.offers(every(30, 30), "2026-03-03"), NOTHING);
}

#[test]
fn a_break_starts_a_new_range() {
    let diary = Diary::new(PARIS).open("1", "09:00-12:00").pause("1", "10:15-10:40");
    assert_eq!(diary.offers(every(30, 30), "2026-03-02"), ["09:00", "09:30", "10:40", "11:10"]);
}

#[test]
fn busy_time_only_removes_starts_and_never_moves_the_grid() {
    let diary = Diary::new(PARIS).open("1", "09:00-12:00").busy("2026-03-02 09:10", "2026-03-02 09:20");
    assert_eq!(diary.offers(every(30, 30), "2026-03-02"), ["09:30", "10:00", "10:30", "11:00", "11:30"]);
}

#[test]
fn a_slot_may_touch_busy_time_on_both_sides() {
    let diary = Diary::new(PARIS)
        .open("1", "09:00-12:00")
        .busy("2026-03-02 09:00", "2026-03-02 10:00")
        .busy("2026-03-02 11:00", "2026-03-02 12:00");
    assert_eq!(diary.offers(every(30, 60), "2026-03-02"), ["10:00"]);
}

#[test]
fn buffers_may_lie_outside_of_working_time() {
    let rules = SlotRules { buffer_before_minutes: 30, buffer_after_minutes: 30, ..every(60, 60) };
    let diary = Diary::new(PARIS).open("1", "09:00-11:00");
    assert_eq!(diary.offers(rules, "2026-03-02"), ["09:00", "10:00"]);
    let busy_before = diary.clone().busy("2026-03-02 08:00", "2026-03-02 08:31");
    assert_eq!(busy_before.offers(rules, "2026-03-02"), ["10:00"]);
    let busy_after = diary.busy("2026-03-02 11:29", "2026-03-02 12:00");
    assert_eq!(busy_after.offers(rules, "2026-03-02"), ["09:00"]);
}

/// S4
#[test]
fn a_buffer_before_is_kept_before_and_once() {
    let rules = SlotRules { buffer_before_minutes: 60, ..every(30, 60) };
    let diary = Diary::new(PARIS).open("1", "11:00-18:00").busy("2026-03-02 14:00", "2026-03-02 15:00");
    assert_eq!(
        diary.offers(rules, "2026-03-02"),
        ["11:00", "11:30", "12:00", "12:30", "13:00", "16:00", "16:30", "17:00"]
    );
    let rules = SlotRules { buffer_after_minutes: 60, ..every(30, 60) };
    assert_eq!(
        diary.offers(rules, "2026-03-02"),
        ["11:00", "11:30", "12:00", "15:00", "15:30", "16:00", "16:30", "17:00"]
    );
}

#[test]
fn busy_time_may_come_in_any_order_overlap_and_be_empty() {
    let diary = Diary::new(PARIS)
        .open("1", "09:00-13:00")
        .busy("2026-03-02 11:10", "2026-03-02 11:20")
        .busy("2026-03-02 08:00", "2026-03-02 10:30")
        .busy("2026-03-02 08:30", "2026-03-02 08:40")
        .busy("2026-03-02 12:10", "2026-03-02 12:10")
        .busy("2026-03-02 12:50", "2026-03-02 12:40");
    assert_eq!(diary.offers(every(30, 30), "2026-03-02"), ["10:30", "11:30", "12:00", "12:30"]);
}

#[test]
fn busy_time_counts_to_the_nanosecond() {
    let mut diary = Diary::new(PARIS).open("1", "09:00-11:00");
    let nanosecond = TimeDelta::nanoseconds(1);
    let (nine, ten) = (diary.at("2026-03-02 09:00"), diary.at("2026-03-02 10:00"));
    diary.busy = vec![Interval::new(ten - nanosecond, ten)];
    assert_eq!(diary.offers(every(60, 60), "2026-03-02"), ["10:00"]);
    diary.busy = vec![Interval::new(nine - TimeDelta::hours(1), nine + nanosecond)];
    assert_eq!(diary.offers(every(60, 60), "2026-03-02"), ["10:00"]);
    diary.busy = vec![Interval::new(ten, ten + nanosecond)];
    assert_eq!(diary.offers(every(60, 60), "2026-03-02"), ["09:00"]);
}

#[test]
fn a_slot_may_run_over_midnight_into_a_touching_range() {
    let diary = Diary::new(PARIS).open("1", "21:30-24:00").open("2", "00:00-02:00");
    assert_eq!(diary.offers(every(60, 60), "2026-03-02"), ["21:30", "22:30", "23:30"]);
    assert_eq!(diary.offers(every(60, 60), "2026-03-03"), ["00:30"]);
    assert_eq!(diary.offers(every(60, 180), "2026-03-02"), ["21:30", "22:30"]);
    let apart = Diary::new(PARIS).open("1", "21:30-24:00").open("2", "00:01-02:00");
    assert_eq!(apart.offers(every(60, 60), "2026-03-02"), ["21:30", "22:30"]);
}

/// S6
#[test]
fn hours_until_late_end_and_a_whole_day_gives_24() {
    let late = Diary::new(PARIS).open("1", "09:00-23:00");
    let starts = late.offers(every(60, 60), "2026-03-02");
    assert_eq!((starts.len(), starts.last().map(String::as_str)), (14, Some("22:00")));
    let all_day = Diary::new(PARIS).open("1", "00:00-24:00");
    assert_eq!(all_day.offers(every(60, 60), "2026-03-02").len(), 24);
    assert_eq!(all_day.offers(every(1440, 1440), "2026-03-02"), ["00:00"]);
}

/// S7
#[test]
fn zones_off_the_hour_have_their_own_grid() {
    for (zone, first) in [
        (Tz::Asia__Kolkata, "2026-03-02 03:30"),
        (Tz::Asia__Kathmandu, "2026-03-02 03:15"),
        (Tz::Australia__Eucla, "2026-03-02 00:15"),
    ] {
        let diary = Diary::new(zone).open("1", "09:00-12:00");
        assert_eq!(diary.offers(every(60, 60), "2026-03-02"), ["09:00", "10:00", "11:00"]);
        let mut starts = Demand::from(every(60, 60)).starts(
            &[diary.agenda()],
            between("2026-03-01 00:00", "2026-03-04 00:00"),
            utc(first),
        );
        assert_eq!(starts.next(), Some(utc(first)));
    }
}

#[test]
fn the_night_of_23_hours_offers_23_and_the_night_of_25_offers_25() {
    let diary = Diary::new(PARIS).open("7", "00:00-06:00");
    let spring = ["00:00", "01:00", "03:00", "04:00", "05:00"];
    assert_eq!(diary.offers(every(60, 60), "2026-03-29"), spring);
    let autumn = ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00"];
    assert_eq!(diary.offers(every(60, 60), "2026-10-25"), autumn);
    let all_day = Diary::new(PARIS).open("7", "00:00-24:00");
    assert_eq!(all_day.offers(every(60, 60), "2026-03-29").len(), 23);
    assert_eq!(all_day.offers(every(60, 60), "2026-10-25").len(), 25);
}

#[test]
fn durations_are_elapsed_minutes_on_the_night_of_a_clock_change() {
    let diary = Diary::new(PARIS).open("7", "00:00-04:00");
    assert_eq!(diary.offers(every(90, 90), "2026-03-29"), ["00:00", "01:30"]);
    assert_eq!(diary.offers(every(90, 90), "2026-10-25"), ["00:00", "01:30", "02:00"]);
}

/// D1
#[test]
fn weekly_hours_keep_their_wall_time_for_a_year() {
    let diary = Diary::new(Tz::Europe__Berlin).open("3", "13:00-14:00");
    let year = between("2026-01-01 00:00", "2026-12-31 00:00");
    let starts: Vec<_> = Demand::from(every(60, 60)).starts(&[diary.agenda()], year, year.start).collect();
    assert_eq!(starts.len(), 52);
    for start in starts {
        let local = start.with_timezone(&Tz::Europe__Berlin);
        assert_eq!(
            (local.weekday().number_from_monday(), local.format("%H:%M").to_string().as_str()),
            (3, "13:00")
        );
    }
}

#[test]
fn the_notice_is_kept_in_elapsed_minutes() {
    let rules = SlotRules { min_notice_minutes: 120, ..every(30, 30) };
    let diary = Diary::new(PARIS).open("1", "09:00-12:00");
    let monday = between("2026-03-02 00:00", "2026-03-03 00:00");
    let asked_at = |now: DateTime<Utc>| diary.offers_within(rules, monday, now);
    assert_eq!(asked_at(diary.at("2026-03-02 08:30")), ["10:30", "11:00", "11:30"]);
    let second = TimeDelta::seconds(1);
    assert_eq!(asked_at(diary.at("2026-03-02 08:30") + second), ["11:00", "11:30"]);
    assert_eq!(asked_at(diary.at("2026-03-02 08:30") + TimeDelta::nanoseconds(1)), ["11:00", "11:30"]);
    assert_eq!(asked_at(diary.at("2026-03-02 09:31")), NOTHING);
}

/// S8
#[test]
fn a_notice_over_a_clock_change_counts_hours_not_wall_time() {
    let rules = SlotRules { min_notice_minutes: 24 * 60, ..every(60, 60) };
    let diary = Diary::new(PARIS).open("67", "10:00-15:00");
    let weekend = |from, until| Interval::new(diary.at(from), diary.at(until));
    let spring = weekend("2026-03-28 00:00", "2026-03-30 00:00");
    assert_eq!(diary.offers_within(rules, spring, diary.at("2026-03-28 12:00")), ["13:00", "14:00"]);
    let autumn = weekend("2026-10-24 00:00", "2026-10-26 00:00");
    assert_eq!(
        diary.offers_within(rules, autumn, diary.at("2026-10-24 12:00")),
        ["11:00", "12:00", "13:00", "14:00"]
    );
}

#[test]
fn the_past_is_never_offered() {
    let diary = Diary::new(PARIS).open("1", "09:00-12:00");
    let monday = between("2026-03-02 00:00", "2026-03-03 00:00");
    assert_eq!(diary.offers_within(every(60, 60), monday, diary.at("2026-03-02 10:00")), ["10:00", "11:00"]);
    assert_eq!(diary.offers_within(every(60, 60), monday, diary.at("2026-03-02 10:01")), ["11:00"]);
}

#[test]
fn the_horizon_is_a_local_date_of_the_hours() {
    let diary = Diary::new(Tz::America__Los_Angeles).open("1234567", "00:00-24:00");
    let window = between("2026-03-02 00:00", "2026-03-09 00:00");
    let last = |horizon_days, now: &str| {
        let rules = SlotRules { horizon_days, ..every(60, 60) };
        Demand::from(rules).starts(&[diary.agenda()], window, utc(now)).last()
    };
    // Until 08:00 UTC it is still the date before in Los Angeles.
    assert_eq!(last(0, "2026-03-03 07:01"), None);
    assert_eq!(last(0, "2026-03-03 07:00"), Some(utc("2026-03-03 07:00")));
    assert_eq!(last(0, "2026-03-03 08:00"), Some(utc("2026-03-04 07:00")));
    assert_eq!(last(2, "2026-03-03 08:00"), Some(utc("2026-03-06 07:00")));
    // The clocks go forward on 8 March.
    assert_eq!(last(5, "2026-03-03 08:00"), Some(utc("2026-03-08 23:00")));
}

/// S9
#[test]
fn today_is_not_past_for_who_asks_from_further_east() {
    let diary = Diary::new(Tz::America__Los_Angeles).open("1", "09:00-17:00");
    let now = diary.at("2026-03-02 12:30");
    assert_eq!(now.with_timezone(&Tz::Asia__Kolkata).day(), 3);
    let window = domain::wall_clock::day(Tz::Asia__Kolkata, "2026-03-03".parse().unwrap()).unwrap();
    assert_eq!(diary.offers_within(every(60, 60), window, now), ["13:00", "14:00", "15:00", "16:00"]);
}

#[test]
fn a_day_with_its_maximum_of_bookings_offers_nothing() {
    let diary = Diary::new(PARIS)
        .open("12", "09:00-12:00")
        .at_most(2)
        .booked("2026-03-03 09:00")
        .booked("2026-03-02 23:59")
        .booked("2026-03-01 23:59")
        .booked("2026-03-02 00:00");
    assert_eq!(diary.offers(every(60, 60), "2026-03-02"), NOTHING);
    assert_eq!(diary.offers(every(60, 60), "2026-03-03"), ["09:00", "10:00", "11:00"]);
    let week = between("2026-03-01 00:00", "2026-03-08 00:00");
    assert_eq!(diary.offers_within(every(60, 60), week, week.start), ["09:00", "10:00", "11:00"]);
    assert_eq!(diary.at_most(0).offers(every(60, 60), "2026-03-03"), NOTHING);
}

#[test]
fn the_daily_maximum_counts_by_the_date_of_the_start() {
    let diary = Diary::new(PARIS).open("1", "22:00-24:00").open("2", "00:00-02:00").at_most(1);
    let monday_is_full = diary.clone().booked("2026-03-02 22:00");
    let night = between("2026-03-02 12:00", "2026-03-03 12:00");
    assert_eq!(monday_is_full.offers_within(every(60, 60), night, night.start), ["00:00", "01:00"]);
    let tuesday_is_full = diary.booked("2026-03-03 01:00");
    assert_eq!(tuesday_is_full.offers_within(every(60, 60), night, night.start), ["22:00", "23:00"]);
}

#[test]
fn hours_without_end_begin_their_grid_anew_on_mondays() {
    let always = Diary::new(PARIS).open("1234567", "00:00-24:00");
    let rules = every(5 * 60, 6 * 60);
    assert_eq!(always.offers(rules, "2026-03-02"), ["00:00", "05:00", "10:00", "15:00", "20:00"]);
    assert_eq!(always.offers(rules, "2026-03-03"), ["01:00", "06:00", "11:00", "16:00", "21:00"]);
    assert_eq!(always.offers(rules, "2026-03-08"), ["01:00", "06:00", "11:00", "16:00", "21:00"]);
    assert_eq!(always.offers(rules, "2026-03-09"), ["00:00", "05:00", "10:00", "15:00", "20:00"]);
    let over_the_cut = Interval::new(always.at("2026-03-08 17:00"), always.at("2026-03-09 01:00"));
    assert_eq!(always.offers_within(rules, over_the_cut, over_the_cut.start), ["21:00", "00:00"]);
}

#[test]
fn a_grid_is_not_cut_before_a_whole_week_from_monday_was_worked() {
    // Open without end from Tuesday 3 March: the first whole week ends on Monday the 16th.
    let diary = Diary::new(PARIS).open("1234567", "00:00-24:00").closed("2026-03-02", "2026-03-02");
    let rules = every(5 * 60, 60);
    assert_eq!(diary.offers(rules, "2026-03-03"), ["00:00", "05:00", "10:00", "15:00", "20:00"]);
    assert_eq!(diary.offers(rules, "2026-03-09"), ["01:00", "06:00", "11:00", "16:00", "21:00"]);
    assert_eq!(diary.offers(rules, "2026-03-15"), ["02:00", "07:00", "12:00", "17:00", "22:00"]);
    assert_eq!(diary.offers(rules, "2026-03-16"), ["00:00", "05:00", "10:00", "15:00", "20:00"]);
}

#[test]
fn a_start_is_offered_when_and_only_when_it_is_listed() {
    let rules = SlotRules { buffer_after_minutes: 15, min_notice_minutes: 60, ..every(20, 45) };
    let diary = Diary::new(PARIS)
        .open("1", "09:00-12:00")
        .busy("2026-03-02 10:00", "2026-03-02 10:10")
        .booked("2026-03-02 10:00")
        .at_most(5);
    let now = diary.at("2026-03-02 08:10");
    let listed: Vec<_> = Demand::from(rules)
        .starts(&[diary.agenda()], between("2026-03-02 00:00", "2026-03-03 00:00"), now)
        .collect();
    assert_eq!(listed.len(), 3);
    let mut second = utc("2026-03-02 07:00");
    while second < utc("2026-03-02 12:00") {
        assert_eq!(
            Demand::from(rules).is_offered(&[diary.agenda()], second, now),
            listed.contains(&second),
            "{second}"
        );
        second += TimeDelta::seconds(30);
    }
    for start in listed {
        assert!(!Demand::from(rules).is_offered(&[diary.agenda()], start + TimeDelta::nanoseconds(1), now));
        assert!(!Demand::from(rules).is_offered(&[diary.agenda()], start - TimeDelta::nanoseconds(1), now));
    }
}

#[test]
fn rules_out_of_their_limits_are_named_and_offer_nothing() {
    let diary = Diary::new(PARIS).open("1234567", "00:00-24:00");
    let good = every(60, 60);
    assert_eq!(good.check(), Ok(()));
    for (rules, error) in [
        (SlotRules { duration_minutes: 0, ..good }, SlotRulesError::Duration),
        (SlotRules { duration_minutes: 1441, ..good }, SlotRulesError::Duration),
        (SlotRules { step_minutes: 0, ..good }, SlotRulesError::Step),
        (SlotRules { step_minutes: i32::MIN, ..good }, SlotRulesError::Step),
        (SlotRules { buffer_before_minutes: -1, ..good }, SlotRulesError::Buffer),
        (SlotRules { buffer_after_minutes: 481, ..good }, SlotRulesError::Buffer),
        (
            SlotRules { duration_minutes: 1440, buffer_after_minutes: 1, ..good },
            SlotRulesError::LongerThanADay,
        ),
        (SlotRules { min_notice_minutes: -1, ..good }, SlotRulesError::Notice),
        (SlotRules { horizon_days: i32::MAX, ..good }, SlotRulesError::Horizon),
    ] {
        assert_eq!(rules.check(), Err(error));
        assert_eq!(diary.offers(rules, "2026-03-02"), NOTHING);
    }
}

#[test]
fn a_window_or_a_now_of_any_year_ends() {
    let diary = Diary::new(PARIS).open("1234567", "00:00-24:00");
    let (min, max) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let all = Interval::new(min, max);
    let now = utc("2026-03-02 00:00");
    let count = |window, now| Demand::from(every(5, 5)).starts(&[diary.agenda()], window, now).count();
    // 731 days from 01:00 today, with as many hours lost in spring as won in autumn.
    assert_eq!(count(all, now), 731 * 288 - 12);
    assert_eq!(count(all, min), 0);
    assert_eq!(count(all, max), 0);
    assert_eq!(count(Interval::new(max, min), now), 0);
    assert!(!Demand::from(every(5, 5)).is_offered(&[diary.agenda()], max, now));
    assert!(!Demand::from(every(5, 5)).is_offered(&[diary.agenda()], min, now));
    assert!(!Demand::from(every(5, 5)).is_offered(&[diary.agenda()], max, max));
    assert_eq!(every(5, 5).reach(all), None);
}

#[test]
fn the_reach_of_a_window_holds_all_that_may_take_its_slots() {
    let rules = SlotRules { buffer_before_minutes: 15, buffer_after_minutes: 30, ..every(60, 60) };
    let window = between("2026-03-02 10:00", "2026-03-02 12:00");
    assert_eq!(rules.reach(window), Some(between("2026-03-02 09:45", "2026-03-02 13:30")));
}
