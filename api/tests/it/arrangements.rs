//! A booking put elsewhere at the desk: longer, shorter, at any time that somebody works, or outside of the hours when it
//! is said so.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Salon, TestApp};

const NINE: &str = "2030-03-05T09:00:00Z";
const TEN: &str = "2030-03-05T10:00:00Z";
const ELEVEN: &str = "2030-03-05T11:00:00Z";

async fn booked(salon: &Salon<'_>, name: &str, start: &str) -> String {
    salon.book(name, start).await.expect(201);
    id_of(salon, name).await
}

async fn id_of(salon: &Salon<'_>, name: &str) -> String {
    let found = salon.get("/bookings").query(&[("q", name)]).await.expect(200);
    let id = found.pointer("/data/0/id").and_then(Value::as_str);
    id.unwrap_or_else(|| panic!("{name} has no booking")).to_owned()
}

async fn resize(salon: &Salon<'_>, id: &str, minutes: i64) -> Answer {
    salon.patch(&format!("/bookings/{id}")).json(&json!({"duration_minutes": minutes})).await
}

async fn arrange(salon: &Salon<'_>, id: &str, body: &Value) -> Answer {
    salon.post(&format!("/bookings/{id}/reschedule")).json(body).await
}

#[tokio::test]
async fn a_booking_is_made_longer_and_shorter_and_its_time_follows() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"slot_step_minutes": 30})).await;
    let id = booked(&salon, "Ana", NINE).await;
    app.clock.advance(TimeDelta::minutes(1));
    let longer = resize(&salon, &id, 90).await.expect(200);
    assert_eq!((&longer["start"], &longer["end"]), (&json!(NINE), &json!("2030-03-05T10:30:00Z")));
    assert_eq!((&longer["service"]["duration_minutes"], &longer["version"]), (&json!(90), &json!(2)));
    assert_eq!(longer["price_cents"], 4_800);
    let starts = salon.starts("2030-03-05").await;
    assert!(!starts.contains(&TEN.to_owned()) && starts.contains(&"2030-03-05T10:30:00Z".to_owned()));
    // Over its own time, in both directions.
    for minutes in [120, 15, 60] {
        app.clock.advance(TimeDelta::minutes(1));
        resize(&salon, &id, minutes).await.expect(200);
    }
    assert!(salon.starts("2030-03-05").await.contains(&TEN.to_owned()));
    // To what it is already: nothing happens.
    assert_eq!(resize(&salon, &id, 60).await.expect(200)["version"], 5);
    let history = salon.get(&format!("/bookings/{id}/history")).await.expect(200);
    let actions: Vec<&str> =
        history["data"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(actions[..2], ["booking.create", "booking.resize"]);
    assert_eq!(history["data"][1]["after"]["end"], "2030-03-05T10:30:00Z");
}

#[tokio::test]
async fn what_is_taken_closed_or_no_length_is_refused_and_nothing_changes() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"buffer_after_minutes": 15, "slot_step_minutes": 15})).await;
    let id = booked(&salon, "Ana", NINE).await;
    booked(&salon, "Bob", "2030-03-05T10:15:00Z").await;
    // The buffer after it counts.
    resize(&salon, &id, 65).await.refused(409, "SLOT_UNAVAILABLE");
    for minutes in [-60, 0, 4, 1_430, 1_441] {
        let problem = resize(&salon, &id, minutes).await.refused(422, "INVALID");
        assert_eq!(problem["errors"][0]["pointer"], "/duration_minutes", "{minutes}");
    }
    let last = booked(&salon, "Cleo", "2030-03-05T16:00:00Z").await;
    resize(&salon, &last, 120).await.refused(409, "OUTSIDE_HOURS");
    let body = json!({"duration_minutes": 120, "outside_hours": true});
    let late = salon.patch(&format!("/bookings/{last}")).json(&body).await.expect(200);
    assert_eq!(late["end"], "2030-03-05T18:00:00Z");
    let ana = salon.get(&format!("/bookings/{id}")).await.expect(200);
    assert_eq!((&ana["end"], &ana["version"]), (&json!(TEN), &json!(1)));
    salon.post(&format!("/bookings/{id}/cancellation")).json(&json!({})).await.expect(200);
    resize(&salon, &id, 30).await.refused(409, "BOOKING_NOT_MOVABLE");
}

#[tokio::test]
async fn at_the_desk_only_taken_time_stands_in_the_way_when_it_is_said_so() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"min_notice_minutes": 60})).await;
    let id = booked(&salon, "Ana", NINE).await;
    booked(&salon, "Bob", ELEVEN).await;
    let night = json!({"start": "2030-03-05T21:30:00Z", "outside_hours": true});
    arrange(&salon, &id, &json!({"start": "2030-03-05T21:30:00Z"})).await.refused(409, "SLOT_UNAVAILABLE");
    let moved = arrange(&salon, &id, &night).await.expect(200);
    assert_eq!(moved["end"], "2030-03-05T22:30:00Z");
    // Past midnight.
    let body = json!({"duration_minutes": 180, "outside_hours": true});
    let longer = salon.patch(&format!("/bookings/{id}")).json(&body).await.expect(200);
    assert_eq!(longer["end"], "2030-03-06T00:30:00Z");
    let taken = json!({"start": "2030-03-05T10:30:00Z", "outside_hours": true});
    arrange(&salon, &id, &taken).await.refused(409, "SLOT_UNAVAILABLE");
    let nobody = json!({"start": NINE, "staff_id": salon.id.to_string(), "outside_hours": true});
    let problem = arrange(&salon, &id, &nobody).await.refused(422, "INVALID");
    assert_eq!(problem["errors"][0]["pointer"], "/staff_id");
}

#[tokio::test]
async fn minutes_are_minutes_on_the_night_that_the_clocks_change() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let staff = salon.first_staff().await;
    // In Paris it is half past one; an hour later it is half past three.
    let body = json!({
        "service_id": service, "staff_id": staff, "start": "2030-03-31T00:30:00Z", "outside_hours": true,
        "customer": {"name": "Ana", "email": "ana@customer.example"},
    });
    salon.post("/bookings").json(&body).await.expect(201);
    let id = id_of(&salon, "Ana").await;
    let body = json!({"duration_minutes": 90, "outside_hours": true});
    let longer = salon.patch(&format!("/bookings/{id}")).json(&body).await.expect(200);
    assert_eq!(longer["end"], "2030-03-31T02:00:00Z");
    assert_eq!(longer["service"]["duration_minutes"], 90);
}

#[tokio::test]
async fn of_two_who_saw_the_same_version_one_changes_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let id = booked(&salon, "Ana", NINE).await;
    let change = |minutes: i64| {
        let request = salon.patch(&format!("/bookings/{id}")).header("if-match", "\"1\"");
        async move { request.json(&json!({"duration_minutes": minutes})).await.status }
    };
    let mut statuses = join_all([30, 45, 75, 90].map(change)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
    // A note and a length in one change are of one version.
    let both = json!({"internal_note": "Long hair", "duration_minutes": 105});
    let stale = salon.patch(&format!("/bookings/{id}")).header("if-match", "\"1\"").json(&both).await;
    stale.refused(412, "VERSION_MISMATCH");
    let kept = salon.get(&format!("/bookings/{id}")).await.expect(200);
    assert!(kept["internal_note"].is_null());
    let changed = salon.patch(&format!("/bookings/{id}")).header("if-match", "\"2\"").json(&both).await;
    assert_eq!(changed.expect(200)["service"]["duration_minutes"], 105);
}

#[tokio::test]
async fn of_two_who_grow_into_one_gap_one_does() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let (ana, bob) = (booked(&salon, "Ana", NINE).await, booked(&salon, "Bob", ELEVEN).await);
    let earlier = json!({"start": "2030-03-05T10:30:00Z", "outside_hours": true});
    let (grown, moved) = futures_util::join!(resize(&salon, &ana, 120), arrange(&salon, &bob, &earlier));
    let mut statuses = [grown.status, moved.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn a_group_session_keeps_its_time() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"capacity": 3})).await;
    let id = booked(&salon, "Ana", NINE).await;
    resize(&salon, &id, 90).await.refused(409, "GROUP_SESSION_FIXED");
    let night = json!({"start": "2030-03-05T21:00:00Z", "outside_hours": true});
    arrange(&salon, &id, &night).await.refused(409, "GROUP_SESSION_FIXED");
    // One of its participants goes to another.
    arrange(&salon, &id, &json!({"start": TEN})).await.expect(200);
}

#[tokio::test]
async fn the_customer_is_told_when_nobody_has_second_thoughts() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let id = booked(&salon, "Ana", NINE).await;
    app.run_jobs().await;
    let told = async || app.mails().await.iter().filter(|mail| mail.subject.starts_with("Moved: ")).count();
    resize(&salon, &id, 90).await.expect(200);
    resize(&salon, &id, 120).await.expect(200);
    app.run_jobs().await;
    assert_eq!(told().await, 0);
    app.clock.advance(TimeDelta::seconds(31));
    app.run_jobs().await;
    // Of the two only what came of them.
    assert_eq!(told().await, 1);
}
