//! Slots of several staff members together.

use chrono::{TimeDelta, Utc};
use chrono_tz::Tz;
use domain::slots::{Assigned, Demand, Load, Slot, least_loaded_first, nearest};

use crate::diary::{Diary, between, every, staff, utc};

fn slot(start: &str) -> Slot {
    Slot {
        start: utc(start),
        end: utc(start) + TimeDelta::hours(1),
        staff_ids: vec![staff(1)],
        seats_left: 1,
    }
}

#[test]
fn each_start_is_listed_once_with_all_who_offer_it() {
    let ana = Diary::new(Tz::UTC).open("1", "09:00-11:00").of_staff(2);
    let bea = Diary::new(Tz::UTC).open("1", "10:00-12:30").of_staff(1);
    let cleo = Diary::new(Tz::UTC).of_staff(3);
    let team = [ana.agenda(), bea.agenda(), cleo.agenda()];
    let monday = between("2026-03-02 00:00", "2026-03-03 00:00");
    let slots = Demand::from(every(60, 60)).slots(&team, monday, monday.start);
    let expected = [
        Slot { staff_ids: vec![staff(2)], ..slot("2026-03-02 09:00") },
        Slot { staff_ids: vec![staff(2), staff(1)], ..slot("2026-03-02 10:00") },
        Slot { staff_ids: vec![staff(1)], ..slot("2026-03-02 11:00") },
    ];
    assert_eq!(slots, expected);
    assert_eq!(Demand::from(every(60, 60)).slots(&[], monday, monday.start), []);
}

#[test]
fn the_next_free_slot_is_the_first_of_the_team() {
    let ana = Diary::new(Tz::UTC).open("5", "09:00-11:00");
    let bea = Diary::new(Tz::UTC).open("4", "10:00-12:30");
    let now = utc("2026-03-02 12:00");
    let month = between("2026-03-01 00:00", "2026-04-01 00:00");
    let next = Demand::from(every(60, 60)).team_starts(&[ana.agenda(), bea.agenda()], month, now).next();
    assert_eq!(next, Some((utc("2026-03-05 10:00"), 1)));
}

#[test]
fn a_slot_survives_its_json() {
    let json = serde_json::to_string(&slot("2026-03-02 09:00")).unwrap();
    assert!(
        json.starts_with(r#"{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T10:00:00Z","staff_ids":["#),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<Slot>(&json).unwrap(), slot("2026-03-02 09:00"));
}

#[test]
fn anybody_is_who_has_least_booked_that_day_then_that_week_then_by_position() {
    let load = |number, minutes_that_day, minutes_that_week, position| Load {
        staff: staff(number),
        minutes_that_day,
        minutes_that_week,
        weight: 100,
        position,
    };
    let mut candidates =
        [load(6, 60, 60, 0), load(5, 0, 120, 0), load(4, 0, 60, 2), load(3, 0, 60, 1), load(2, 0, 60, 1)];
    least_loaded_first(&mut candidates);
    assert_eq!(candidates.map(|load| load.staff), [2, 3, 4, 5, 6].map(staff));
}

#[test]
fn whose_weight_is_twice_as_much_gets_twice_as_many_minutes() {
    let mut minutes = [0_i64; 2];
    for _ in 0..30 {
        let load = |number: usize, weight| Load {
            staff: staff(1 + u128::try_from(number).unwrap()),
            minutes_that_day: minutes[number],
            minutes_that_week: minutes[number],
            weight,
            position: 0,
        };
        let mut candidates = [load(0, 100), load(1, 200)];
        least_loaded_first(&mut candidates);
        minutes[usize::from(candidates[0].staff == staff(2))] += 60;
    }
    assert_eq!(minutes, [600, 1_200]);
}

#[test]
fn why_somebody_has_a_booking_is_json() {
    let why = Assigned::LeastLoaded { free: 2, minutes_that_day: 60, minutes_that_week: 90, weight: 100 };
    let json = serde_json::to_value(why).unwrap();
    assert_eq!(json["how"], "least_loaded");
    assert_eq!(serde_json::from_value::<Assigned>(json).unwrap(), why);
    assert_eq!(serde_json::to_string(&Assigned::OnlyOne).unwrap(), r#"{"how":"only_one"}"#);
}

#[test]
fn the_nearest_alternatives_come_nearest_first_and_of_two_as_near_the_earlier() {
    let slots = ["2026-03-02 09:00", "2026-03-02 10:00", "2026-03-02 12:00", "2026-03-02 15:00"].map(slot);
    let near = |wanted: &str, count| {
        let near = nearest(&slots, utc(wanted), count);
        near.into_iter().map(|slot| slot.start.format("%H").to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(near("2026-03-02 11:00", 3), "10 12 09");
    assert_eq!(near("2026-03-02 12:00", 2), "12 10");
    assert_eq!(near("2026-03-02 12:00", 99), "12 10 09 15");
    assert_eq!(near("2026-03-01 12:00", 2), "09 10");
    assert_eq!(near("2026-04-01 12:00", 2), "15 12");
    assert_eq!(near("2026-03-02 12:00", 0), "");
    assert!(nearest(&slots, chrono::DateTime::<Utc>::MIN_UTC, usize::MAX).len() == 4);
    assert!(nearest(&[], utc("2026-03-02 12:00"), 3).is_empty());
}
