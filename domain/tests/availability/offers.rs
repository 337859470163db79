//! What a service needs beside one person's time: its own hours, rooms, colleagues; and group sessions.

use chrono_tz::Tz;
use domain::id::RoomId;
use domain::slots::{Demand, Room};
use domain::wall_clock::Interval;

use crate::diary::{Diary, between, day, every, staff, utc};

fn room(number: u128, busy: &[Interval]) -> Room<'_> {
    Room { id: RoomId(uuid::Uuid::from_u128(number)), busy }
}

fn group(capacity: u32, seats: u32) -> Demand<'static> {
    Demand { capacity, seats, ..Demand::from(every(60, 60)) }
}

#[test]
fn a_week_holds_from_its_date_until_the_next() {
    let diary = Diary::new(Tz::Europe__Paris)
        .open("1", "09:00-10:00")
        .open_from("2026-03-16", "1", "14:00-15:00")
        .open_from("2026-03-09", "1", "11:00-12:00");
    let mondays = ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23"];
    assert_eq!(
        mondays.map(|date| diary.offers(every(60, 60), date).join(" ")),
        ["09:00", "11:00", "14:00", "14:00"]
    );
}

#[test]
fn a_date_with_an_opening_takes_that_instead_of_whichever_week() {
    let diary = Diary::new(Tz::UTC)
        .open("1", "09:00-10:00")
        .open_from("2026-03-09", "1", "11:00-12:00")
        .open_once("2026-03-09", "20:00-21:00");
    assert_eq!(diary.offers(every(60, 60), "2026-03-09"), ["20:00"]);
}

#[test]
fn a_service_with_hours_of_its_own_is_offered_where_both_are_open() {
    let diary = Diary::new(Tz::UTC).open("1", "09:00-18:00").pause("1", "12:00-13:00");
    let mornings = Diary::new(Tz::UTC).open("12", "10:30-13:30");
    let demand = Demand { hours: Some(mornings.calendar()), ..every(60, 30).into() };
    // The grid begins where both are open, and again after the pause.
    assert_eq!(diary.offers(demand, "2026-03-02"), ["10:30", "11:30", "13:00"]);
    assert_eq!(diary.offers(demand, "2026-03-03"), [""; 0]);
}

#[test]
fn a_service_takes_one_room_for_the_whole_of_its_time() {
    let diary = Diary::new(Tz::UTC).open("1", "09:00-13:00");
    let one = [between("2026-03-02 09:00", "2026-03-02 10:30")];
    let other = [between("2026-03-02 10:30", "2026-03-02 12:00")];
    let both = [room(1, &one), room(2, &other)];
    let offers = |rooms| diary.offers(Demand { rooms: Some(rooms), ..every(60, 60).into() }, "2026-03-02");
    // At 10 neither is free from the beginning to the end, though one of them always is.
    assert_eq!(offers(&both), ["09:00", "11:00", "12:00"]);
    assert_eq!(offers(&both[..1]), ["11:00", "12:00"]);
    assert_eq!(offers(&[]), [""; 0], "without any room there is none");
}

#[test]
fn a_room_is_kept_for_the_buffers_too() {
    let diary = Diary::new(Tz::UTC).open("1", "09:00-13:00");
    let busy = [between("2026-03-02 11:00", "2026-03-02 12:00")];
    let mut rules = every(60, 60);
    rules.buffer_after_minutes = 15;
    let rooms = [room(1, &busy)];
    let demand = Demand { rooms: Some(&rooms), ..rules.into() };
    assert_eq!(diary.offers(demand, "2026-03-02"), ["09:00", "12:00"]);
}

#[test]
fn a_collective_service_is_offered_where_all_are_free_and_by_all() {
    let ana = Diary::new(Tz::UTC).open("1", "09:00-12:00").of_staff(1);
    let bea =
        Diary::new(Tz::UTC).open("1", "09:30-13:00").busy("2026-03-02 10:00", "2026-03-02 10:30").of_staff(2);
    let demand = Demand { is_collective: true, ..every(30, 30).into() };
    let monday = between("2026-03-02 00:00", "2026-03-03 00:00");
    let slots = demand.slots(&[ana.agenda(), bea.agenda()], monday, monday.start);
    let starts: Vec<_> = slots.iter().map(|slot| slot.start.format("%H:%M").to_string()).collect();
    assert_eq!(starts, ["09:30", "10:30", "11:00", "11:30"]);
    assert!(slots.iter().all(|slot| slot.staff_ids == [staff(1), staff(2)]));
    assert_eq!(demand.slots(&[], monday, monday.start), []);
}

#[test]
fn one_of_a_collective_who_has_their_maximum_closes_the_day() {
    let ana = Diary::new(Tz::UTC).open("1", "09:00-12:00");
    let bea = ana.clone().of_staff(2).at_most(1).booked("2026-03-02 16:00");
    let demand = Demand { is_collective: true, ..every(60, 60).into() };
    let monday = between("2026-03-02 00:00", "2026-03-03 00:00");
    assert_eq!(demand.slots(&[ana.agenda(), bea.agenda()], monday, monday.start), []);
    assert_eq!(demand.slots(&[ana.agenda()], monday, monday.start).len(), 3);
}

/// S5
#[test]
fn a_session_with_seats_left_stays_open_and_blocks_its_neighbours() {
    let diary = Diary::new(Tz::UTC).open("1", "09:00-13:00").session("2026-03-02 10:00", 2);
    let monday = between("2026-03-02 00:00", "2026-03-03 00:00");
    let seats = |seats| -> Vec<(String, u32)> {
        let slots = group(6, seats).slots(&[diary.agenda()], monday, monday.start);
        slots.iter().map(|slot| (slot.start.format("%H").to_string(), slot.seats_left)).collect()
    };
    let of = |hours: &[(&str, u32)]| -> Vec<(String, u32)> {
        hours.iter().map(|(hour, left)| ((*hour).to_owned(), *left)).collect()
    };
    assert_eq!(seats(1), of(&[("09", 6), ("10", 2), ("11", 6), ("12", 6)]));
    assert_eq!(seats(3), of(&[("09", 6), ("11", 6), ("12", 6)]), "three do not fit in two seats");
    assert_eq!(seats(7), of(&[]));
    assert_eq!(seats(0), of(&[]));
    let mut rules = every(60, 60);
    rules.buffer_before_minutes = 30;
    let padded = Demand { capacity: 6, ..rules.into() };
    assert_eq!(diary.offers(padded, "2026-03-02"), ["09:00", "10:00", "12:00"]);
}

#[test]
fn a_session_off_the_grid_is_offered_at_its_own_time() {
    let diary = Diary::new(Tz::UTC).open("1", "09:00-12:00").session("2026-03-02 09:20", 1);
    assert_eq!(diary.offers(group(4, 1), "2026-03-02"), ["09:20", "11:00"]);
}

#[test]
fn a_seat_in_a_session_needs_no_room_in_the_daily_maximum_but_notice() {
    let diary = Diary::new(Tz::UTC)
        .open("1", "09:00-13:00")
        .session("2026-03-02 10:00", 1)
        .at_most(1)
        .booked("2026-03-02 10:00");
    assert_eq!(diary.offers(group(4, 1), "2026-03-02"), ["10:00"]);
    let monday = between("2026-03-02 00:00", "2026-03-03 00:00");
    assert_eq!(diary.offers_within(group(4, 1), monday, utc("2026-03-02 10:01")), [""; 0]);
}

#[test]
fn a_service_of_one_seat_knows_no_sessions() {
    let diary = Diary::new(Tz::UTC).open("1", "09:00-11:00").session("2026-03-02 10:00", 5);
    assert_eq!(diary.offers(group(1, 1), "2026-03-02"), ["09:00"]);
}

#[test]
fn the_overview_counts_sessions_and_free_starts() {
    let diary = Diary::new(Tz::UTC).open("1", "09:00-13:00").session("2026-03-02 10:00", 2);
    let counted =
        group(6, 1).count_by_date(&[diary.agenda()], Tz::UTC, day("2026-03-02"), 1, utc("2026-03-01 00:00"));
    assert_eq!(counted, [(day("2026-03-02"), 4)]);
}
