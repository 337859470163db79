//! Several services in one visit.

use chrono_tz::Tz;
use domain::slots::{Agenda, Demand, Leg, Visit, count_visits_by_date, visits};
use domain::wall_clock::Interval;

use crate::diary::{Diary, between, day, every, staff, utc};

fn monday() -> Interval {
    between("2026-03-02 00:00", "2026-03-03 00:00")
}

/// Each visit as the starts of its services and who offers them: "09:00 12, 09:30 2".
fn told(legs: &[Leg<'_, '_>]) -> Vec<String> {
    let leg = |slot: &domain::slots::Slot| {
        let staff: String = slot.staff_ids.iter().map(|id| id.0.as_u128().to_string()).collect();
        format!("{} {staff}", slot.start.format("%H:%M"))
    };
    visits(legs, monday(), monday().start)
        .map(|visit| visit.legs.iter().map(leg).collect::<Vec<_>>().join(", "))
        .collect()
}

fn leg<'a, 't>(duration: i32, team: &'t [Agenda<'a>]) -> Leg<'a, 't> {
    Leg { demand: Demand::from(every(60, duration)), team }
}

#[test]
fn services_follow_each_other_without_a_pause() {
    let ana = Diary::new(Tz::UTC).open("1", "09:00-12:00");
    let team = [ana.agenda()];
    let expected = ["09:00 1, 09:30 1", "10:00 1, 10:30 1", "11:00 1, 11:30 1"];
    assert_eq!(told(&[leg(30, &team), leg(30, &team)]), expected);
    assert_eq!(told(&[leg(30, &team), leg(45, &team)]), expected[..2]);
    assert_eq!(told(&[]), [""; 0]);
}

#[test]
fn each_service_is_offered_by_those_who_are_free_for_it() {
    let ana = Diary::new(Tz::UTC).open("1", "09:00-11:00").of_staff(1);
    let bea =
        Diary::new(Tz::UTC).open("1", "09:00-12:00").busy("2026-03-02 10:30", "2026-03-02 11:00").of_staff(2);
    let team = [ana.agenda(), bea.agenda()];
    assert_eq!(
        told(&[leg(30, &team), leg(30, &team)]),
        ["09:00 12, 09:30 12", "10:00 12, 10:30 1", "11:00 2, 11:30 2"]
    );
    let visit = visits(&[leg(30, &team), leg(30, &team)], monday(), monday().start).nth(1).unwrap();
    assert_eq!(visit.all_along().collect::<Vec<_>>(), [staff(1)]);
}

#[test]
fn a_visit_ends_with_the_work() {
    let ana = Diary::new(Tz::UTC).open("1", "09:00-10:00").pause("1", "09:30-09:40");
    let team = [ana.agenda()];
    assert_eq!(told(&[leg(30, &team), leg(10, &team)]), [""; 0], "not in a pause");
}

#[test]
fn a_visit_is_a_day_at_most_and_of_five_services() {
    let ana = Diary::new(Tz::UTC).open("1234567", "00:00-24:00");
    let team = [ana.agenda()];
    let long = leg(720, &team);
    assert!(!told(&[long, long]).is_empty());
    assert_eq!(told(&[long, long, leg(5, &team)]), [""; 0]);
    let short = [leg(5, &team); Visit::MOST_LEGS + 1];
    assert!(!told(&short[1..]).is_empty());
    assert_eq!(told(&short), [""; 0]);
}

#[test]
fn the_overview_counts_visits() {
    let ana = Diary::new(Tz::UTC).open("1", "09:00-12:00");
    let team = [ana.agenda()];
    let legs = [leg(30, &team), leg(45, &team)];
    let counted = count_visits_by_date(&legs, Tz::UTC, day("2026-03-02"), 2, utc("2026-03-01 00:00"));
    assert_eq!(counted, [(day("2026-03-02"), 2), (day("2026-03-03"), 0)]);
}
