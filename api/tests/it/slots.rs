//! What is listed and what can be booked are the same, for whatever a tenant makes up.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use testkit::{Salon, TestApp};

const CASES: usize = 8;
const DATE: &str = "2030-03-05";

/// A made-up week, service and team.
#[derive(Clone, Debug)]
struct Business {
    timezone: &'static str,
    duration: u16,
    buffers: (u16, u16),
    step: Option<u16>,
    notice: u16,
    /// Of the Tuesday, in minutes.
    hours: (u16, u16),
    pause: Option<u16>,
    staff: u8,
    max_daily_bookings: Option<u8>,
    /// Which of the listed starts are booked before it begins.
    taken: Vec<prop::sample::Index>,
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
    (zone, duration, buffers, step, hours, rest, taken).prop_map(
        |(timezone, duration, buffers, step, hours, (notice, pause, staff, max_daily_bookings), taken)| {
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
    let (start, end) = business.hours;
    let rules = json!({"rules": [{"weekday": 2, "start": clock(start), "end": clock(end)}]});
    salon.put("/opening-rules").json(&rules).await.expect(200);
    if let Some(pause) = business.pause {
        let rules = json!({"rules": [{"weekday": 2, "start": clock(pause), "end": clock(pause + 40)}]});
        salon.put("/break-rules").json(&rules).await.expect(200);
    }
    salon
        .service(json!({
            "duration_minutes": business.duration,
            "buffer_before_minutes": business.buffers.0,
            "buffer_after_minutes": business.buffers.1,
            "slot_step_minutes": business.step,
            "min_notice_minutes": business.notice,
        }))
        .await;
    salon
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
        // Around each slot, and through the whole day and the nights around it.
        let midnight: DateTime<Utc> = format!("{DATE}T00:00:00Z").parse().unwrap();
        let mut others: BTreeSet<String> = (-12..36)
            .map(|hour| written(midnight + TimeDelta::minutes(60 * hour + 5 * (hour % 12))))
            .collect();
        for start in listed.iter().take(6) {
            let start: DateTime<Utc> = start.parse().unwrap();
            others.extend([-60, -1, 1, 60, 300].map(|seconds| written(start + TimeDelta::seconds(seconds))));
        }
        for date in ["2030-03-04", DATE, "2030-03-06"] {
            for start in salon.starts(date).await {
                others.remove(&start);
            }
        }
        for start in &others {
            let refused = salon.book("Ana", start).await;
            assert_eq!(refused.status, 409, "{start} is not listed: {} {business:?}", refused.text);
        }
    }
}
