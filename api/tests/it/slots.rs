//! What is listed and what can be booked are the same, for whatever a tenant makes up.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use testkit::{Salon, TestApp};

const CASES: usize = 10;
const DATE: &str = "2030-03-05";
/// The days around it, on which something may be listed too.
const DATES: [&str; 3] = ["2030-03-04", DATE, "2030-03-06"];

/// A made-up week, service and team.
#[derive(Clone, Debug)]
struct Business {
    timezone: &'static str,
    duration: u16,
    buffers: (u16, u16),
    step: Option<u16>,
    notice: u16,
    /// Of the Tuesday and the Wednesday, in minutes.
    hours: (u16, u16),
    pause: Option<u16>,
    staff: u8,
    max_daily_bookings: Option<u8>,
    rarer: Rarer,
    /// Which of the listed starts are booked before it begins.
    taken: Vec<prop::sample::Index>,
}

/// What few tenants have. Times in minutes.
#[derive(Clone, Debug)]
struct Rarer {
    capacity: u8,
    /// Of which the service needs one, if there are any.
    rooms: u8,
    horizon: u16,
    /// The hours of the service itself, on a Tuesday.
    own_hours: Option<(u16, u16)>,
    /// Instead of the week's.
    opening: Option<(u16, u16)>,
    /// When the first staff member is away for 45.
    event: Option<u16>,
    closed: Option<&'static str>,
}

fn rarer() -> impl Strategy<Value = Rarer> {
    let window = || (8 * 12..12 * 12_u16, 14 * 12..20 * 12_u16).prop_map(|(start, end)| (start * 5, end * 5));
    let counts = (
        prop::sample::select(vec![1, 1, 2, 3]),
        prop::sample::select(vec![0, 0, 1, 2]),
        prop::sample::select(vec![1, 2, 90]),
    );
    let closed = prop::sample::select(vec![None, None, None, Some("2030-03-06"), Some(DATE)]);
    let event = prop::option::of((9 * 12..16 * 12_u16).prop_map(|start| start * 5));
    (counts, prop::option::weighted(0.3, window()), prop::option::weighted(0.3, window()), event, closed)
        .prop_map(|((capacity, rooms, horizon), own_hours, opening, event, closed)| Rarer {
            capacity,
            rooms,
            horizon,
            own_hours,
            opening,
            event,
            closed,
        })
}

fn business() -> impl Strategy<Value = Business> {
    let zone =
        prop::sample::select(vec!["Europe/Paris", "Asia/Kathmandu", "America/New_York", "Australia/Eucla"]);
    let duration = prop::sample::select(vec![30, 45, 50, 60, 90, 120]);
    let buffers = (prop::sample::select(vec![0, 10, 30]), prop::sample::select(vec![0, 15]));
    let step = prop::option::of(prop::sample::select(vec![15, 20, 35, 60]));
    let hours =
        (7 * 60..12 * 60_u16, 15 * 60..=24 * 60_u16).prop_map(|(start, end)| (start / 5 * 5, end / 5 * 5));
    let rest = (0..3_u16, prop::option::of(12 * 60..14 * 60_u16), 0..3_u8, prop::option::of(1..4_u8));
    let taken = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    (zone, duration, buffers, step, hours, rest, rarer(), taken).prop_map(
        |(timezone, duration, buffers, step, hours, rest, rarer, taken)| {
            let (notice, pause, staff, max_daily_bookings) = rest;
            Business {
                timezone,
                duration,
                buffers,
                step,
                notice: notice * 700,
                hours,
                pause,
                staff,
                max_daily_bookings,
                rarer,
                taken,
            }
        },
    )
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

async fn open<'a>(app: &'a TestApp, slug: &str, business: &Business) -> Salon<'a> {
    let salon = app.tenant_in(slug, business.timezone).await;
    salon.set_plan("pro").await;
    for n in 0..business.staff {
        salon.staff(&format!("Bea {n}")).await;
    }
    let first = salon.first_staff().await;
    let limit = json!({"max_daily_bookings": business.max_daily_bookings});
    salon.patch(&format!("/staff/{first}")).json(&limit).await.expect(200);
    salon.put("/opening-rules").json(&week(&[2, 3], business.hours)).await.expect(200);
    if let Some(pause) = business.pause {
        salon.put("/break-rules").json(&week(&[2], (pause, pause + 40))).await.expect(200);
    }
    let mut rooms = Vec::new();
    for n in 0..business.rarer.rooms {
        rooms.push(salon.room(&format!("Cabin {n}")).await);
    }
    let service = salon
        .service(json!({
            "duration_minutes": business.duration,
            "buffer_before_minutes": business.buffers.0,
            "buffer_after_minutes": business.buffers.1,
            "slot_step_minutes": business.step,
            "min_notice_minutes": business.notice,
            "horizon_days": business.rarer.horizon,
            "capacity": business.rarer.capacity,
            "room_ids": rooms,
        }))
        .await;
    make_rarer(&salon, &business.rarer, &service, &first).await;
    salon
}

fn week(weekdays: &[u8], (start, end): (u16, u16)) -> Value {
    let rule = |weekday: &u8| json!({"weekday": weekday, "start": clock(start), "end": clock(end)});
    json!({"rules": weekdays.iter().map(rule).collect::<Vec<_>>()})
}

async fn make_rarer(salon: &Salon<'_>, rarer: &Rarer, service: &str, staff: &str) {
    if let Some(hours) = rarer.own_hours {
        let own = [("service_id", service)];
        salon.put("/opening-rules").query(&own).json(&week(&[2], hours)).await.expect(200);
    }
    if let Some((start, end)) = rarer.opening {
        let opening = json!({"date": DATE, "start": clock(start), "end": clock(end)});
        salon.post("/openings").json(&opening).await.expect(201);
    }
    if let Some(start) = rarer.event {
        let at = |minute: u16| format!("{DATE}T{}", clock(minute));
        let event = json!({"staff_id": staff, "title": "Dentist", "start": at(start), "end": at(start + 45)});
        salon.post("/events").json(&event).await.expect(201);
    }
    if let Some(date) = rarer.closed {
        let closure = json!({"starts_on": date, "ends_on": date});
        salon.post("/closures").json(&closure).await.expect(201);
    }
}

async fn cancel(salon: &Salon<'_>, booked: &Value) {
    let path = format!("/bookings/{}/cancellation", booked["public_code"].as_str().unwrap());
    let body = json!({"email": "ana@customer.example"});
    salon.public("POST", &path).json(&body).await.expect(200);
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[tokio::test]
async fn every_slot_that_is_listed_books_and_no_other_start_does() {
    let app = TestApp::start().await.ignore_jobs();
    let mut runner = TestRunner::deterministic();
    let (mut all, mut moves) = (0, 0);
    for case in 0..CASES {
        let business = business().new_tree(&mut runner).unwrap().current();
        let salon = open(&app, &format!("salon{case}"), &business).await;
        let free = salon.starts(DATE).await;
        for taken in business.taken.iter().filter(|_| !free.is_empty()) {
            // The second time it may be taken: then that is what is tested.
            salon.book("Ana", taken.get::<String>(&free)).await;
        }
        let listed: BTreeSet<String> = salon.starts(DATE).await.into_iter().collect();
        for start in &listed {
            let booked = salon.book("Ana", start).await;
            assert_eq!(booked.status, 201, "{start} is listed: {} {business:?}", booked.text);
            cancel(&salon, &booked.body).await;
        }
        assert_eq!(salon.starts(DATE).await.into_iter().collect::<BTreeSet<_>>(), listed, "{business:?}");
        let others = not_listed(&salon, &listed).await;
        for start in &others {
            let refused = salon.book("Ana", start).await;
            assert_eq!(refused.status, 409, "{start} is not listed: {} {business:?}", refused.text);
        }
        moves += check_moves(&salon, &others, &business).await;
        all += listed.len();
    }
    assert!(all >= 40 && moves >= 10, "few was listed: {all}, and moved to: {moves}");
}

/// Around each slot, and through the whole day and the nights around it.
async fn not_listed(salon: &Salon<'_>, listed: &BTreeSet<String>) -> BTreeSet<String> {
    let midnight: DateTime<Utc> = format!("{DATE}T00:00:00Z").parse().unwrap();
    let mut others: BTreeSet<String> =
        (-12..48).map(|hour| written(midnight + TimeDelta::minutes(60 * hour + 5 * (hour % 12)))).collect();
    for start in listed.iter().take(6) {
        let start: DateTime<Utc> = start.parse().unwrap();
        others.extend([-60, -1, 1, 60, 300].map(|seconds| written(start + TimeDelta::seconds(seconds))));
    }
    for date in DATES {
        for start in salon.starts(date).await {
            others.remove(&start);
        }
    }
    others
}

/// The starts of the day and of those around it with one staff member.
async fn listed_with(salon: &Salon<'_>, staff: &str) -> Vec<String> {
    let service = salon.booking("Ana", "")["service_id"].as_str().unwrap().to_owned();
    let mut starts = Vec::new();
    for date in DATES {
        let query = [("service_id", service.as_str()), ("date", date), ("staff_id", staff)];
        let day = salon.public("GET", "/availability").query(&query).await.expect(200);
        starts.extend(day["slots"].as_array().unwrap().iter().map(|slot| slot["start"].clone()));
    }
    starts.iter().map(|start| start.as_str().unwrap().to_owned()).collect()
}

/// A booking moves to what was listed with the same staff member before it was made, and to nothing else. Answers how
/// often it moved.
async fn check_moves(salon: &Salon<'_>, others: &BTreeSet<String>, business: &Business) -> usize {
    let staff = salon.first_staff().await;
    let listed = listed_with(salon, &staff).await;
    let Some(first) = listed.first() else { return 0 };
    let mut body = salon.booking("Ana", first);
    body["staff_id"] = json!(staff);
    let booked = salon.public("POST", "/bookings").json(&body).await.expect(201);
    let path = format!("/bookings/{}/reschedule", booked["public_code"].as_str().unwrap());
    let to = async |start: &str| {
        let body = json!({"email": "ana@customer.example", "start": start});
        salon.public("POST", &path).json(&body).await
    };
    // Among others what its own time and buffers took.
    let wanted: Vec<&String> = listed.iter().skip(1).take(2).chain(listed.iter().rev().take(2)).collect();
    for start in &wanted {
        let moved = to(start).await;
        assert_eq!(moved.status, 200, "{start} is listed: {} {business:?}", moved.text);
        assert_eq!(moved.body["start"], **start);
    }
    let unlisted = others.iter().filter(|start| !listed.contains(start)).step_by(9);
    for start in unlisted {
        let refused = to(start).await;
        assert_eq!(refused.status, 409, "{start} is not listed: {} {business:?}", refused.text);
    }
    cancel(salon, &booked).await;
    wanted.len()
}
