//! Bookings that wait for their deposit.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Browser, Salon, TestApp};

const TEN: &str = "2030-03-05T09:00:00Z";

/// A tenant whose haircut asks for three tenths before.
async fn salon<'a>(app: &'a TestApp, fields: &Value) -> Salon<'a> {
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    let mut service = json!({"deposit_rate": 0.3});
    for (name, value) in fields.as_object().unwrap() {
        service[name] = value.clone();
    }
    salon.service(service).await;
    salon
}

/// The page where the deposit is paid, below the host.
fn checkout(booked: &Value) -> String {
    let url = booked["deposit"]["pay_url"].as_str().unwrap();
    format!("/manage/{}", url.split_once("/manage/").unwrap().1)
}

/// Time passes, and whoever looks signs in again.
async fn wait(app: &TestApp, salon: &mut Salon<'_>, minutes: i64) {
    app.clock.advance(TimeDelta::minutes(minutes));
    let body = json!({"email": salon.email, "password": salon.password});
    let signed_in = app.post("/auth/login").json(&body).await.expect(200);
    salon.token = signed_in["access_token"].as_str().unwrap().to_owned();
}

async fn find(salon: &Salon<'_>, name: &str) -> Value {
    let found = salon.get("/bookings").query(&[("q", name)]).await.expect(200);
    found["data"][0].clone()
}

async fn act(salon: &Salon<'_>, name: &str, action: &str, body: Value) -> Answer {
    let id = find(salon, name).await["id"].as_str().unwrap().to_owned();
    salon.post(&format!("/bookings/{id}/{action}")).json(&body).await
}

async fn used(salon: &Salon<'_>) -> u64 {
    let plan = salon.get("/plan").await.expect(200);
    let limits = plan["limits"].as_array().unwrap();
    limits.iter().find(|one| one["limit"] == "bookings_per_month").unwrap()["used"].as_u64().unwrap()
}

#[tokio::test]
async fn a_booking_waits_for_its_deposit_and_is_confirmed_when_it_is_paid() {
    let app = TestApp::start().await;
    let mut salon = salon(&app, &json!({})).await;
    let booked = salon.book("Ana", TEN).await.expect(201);
    assert_eq!((&booked["status"], &booked["deposit"]["status"]), (&json!("held"), &json!("due")));
    assert_eq!(booked["deposit"]["amount_cents"], 1_440);
    assert_eq!(booked["deposit"]["expires_at"], "2030-03-04T09:15:00Z");
    // Its time is taken, and nobody is told anything yet.
    salon.book("Bob", TEN).await.refused(409, "SLOT_UNAVAILABLE");
    app.run_jobs().await;
    assert!(app.mails().await.iter().all(|mail| !mail.to.contains("ana@")));
    act(&salon, "Ana", "reschedule", json!({"start": "2030-03-05T10:00:00Z"}))
        .await
        .refused(409, "BOOKING_NOT_MOVABLE");
    let mut browser = Browser::new(&app);
    let path = checkout(&booked);
    let page = browser.open(&path).await.text.clone();
    assert!(page.contains("€14.40") && page.contains("10:15"), "{page}");
    app.clock.advance(TimeDelta::minutes(1));
    let paid = browser.submit(&path, &[]).await.text.clone();
    assert!(paid.contains("booked, Ana"), "{paid}");
    let view = find(&salon, "Ana").await;
    assert_eq!((&view["status"], &view["deposit"]["status"]), (&json!("confirmed"), &json!("paid")));
    assert!(view["deposit"].get("pay_url").is_none(), "{view}");
    app.run_jobs().await;
    assert_eq!(app.mails().await.iter().filter(|mail| mail.to.contains("ana@")).count(), 1);
    // Paid again, from a page that was left open: nothing more happens.
    let sent = app.request("POST", &path).header("sec-fetch-site", "same-origin").form(&[]).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    let id = view["id"].as_str().unwrap();
    let history = salon.get(&format!("/bookings/{id}/history")).await.expect(200);
    let told: Vec<&str> =
        history["data"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(told, ["booking.create", "booking.pay_deposit"]);
    wait(&app, &mut salon, 20).await;
    app.run_jobs().await;
    assert_eq!(find(&salon, "Ana").await["status"], "confirmed");
}

#[tokio::test]
async fn a_hold_expires_by_itself_and_gives_everything_back() {
    let app = TestApp::start().await;
    let mut salon = salon(&app, &json!({})).await;
    let booked = salon.book("Ana", TEN).await.expect(201);
    assert_eq!(used(&salon).await, 1);
    wait(&app, &mut salon, 14).await;
    app.run_jobs().await;
    salon.book("Bob", TEN).await.refused(409, "SLOT_UNAVAILABLE");
    wait(&app, &mut salon, 1).await;
    app.run_jobs().await;
    assert_eq!(find(&salon, "Ana").await["status"], "expired");
    assert_eq!(used(&salon).await, 0);
    assert!(salon.starts("2030-03-05").await.contains(&TEN.to_owned()));
    // Who comes to pay now is told, and pays nothing.
    let path = checkout(&booked);
    let sent = app.request("POST", &path).header("sec-fetch-site", "same-origin").form(&[]).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    let mut browser = Browser::new(&app);
    let page = browser.open(&path).await.text.clone();
    assert!(page.contains("no longer held"), "{page}");
    assert_eq!(find(&salon, "Ana").await["deposit"]["status"], "due");
    for action in ["cancellation", "confirmation", "completion"] {
        assert_eq!(act(&salon, "Ana", action, json!({})).await.status, 409, "{action}");
    }
    salon.book("Bob", TEN).await.expect(201);
}

#[tokio::test]
async fn a_hold_never_outlasts_its_own_start() {
    let app = TestApp::start().await;
    let mut salon = salon(&app, &json!({"slot_step_minutes": 5})).await;
    let booked = salon.book("Ana", "2030-03-04T09:05:00Z").await.expect(201);
    assert_eq!(booked["deposit"]["expires_at"], "2030-03-04T09:05:00Z");
    wait(&app, &mut salon, 5).await;
    app.run_jobs().await;
    assert_eq!(find(&salon, "Ana").await["status"], "expired");
}

#[tokio::test]
async fn what_is_paid_may_still_need_approval() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, &json!({"auto_confirm": false})).await;
    let booked = salon.book("Ana", TEN).await.expect(201);
    let mut browser = Browser::new(&app);
    let path = checkout(&booked);
    browser.open(&path).await;
    browser.submit(&path, &[]).await;
    assert_eq!(find(&salon, "Ana").await["status"], "pending");
    act(&salon, "Ana", "confirmation", json!({})).await.expect(200);
    assert_eq!(find(&salon, "Ana").await["status"], "confirmed");
}

#[tokio::test]
async fn members_do_without_a_deposit_or_cancel_the_hold() {
    let app = TestApp::start().await;
    let mut salon = salon(&app, &json!({})).await;
    salon.book("Ana", TEN).await.expect(201);
    let confirmed = act(&salon, "Ana", "confirmation", json!({})).await.expect(200);
    assert_eq!((&confirmed["status"], &confirmed["deposit"]["status"]), (&json!("confirmed"), &json!("due")));
    salon.book("Bob", "2030-03-05T10:00:00Z").await.expect(201);
    act(&salon, "Bob", "cancellation", json!({})).await.expect(200);
    // At the desk there is nothing to wait for.
    let body = json!({"service_id": confirmed["service"]["id"], "start": "2030-03-05T11:00:00Z",
        "customer": {"name": "Cleo", "email": "cleo@customer.example"}});
    let desk = salon.post("/bookings").json(&body).await.expect(201);
    assert_eq!((&desk["status"], &desk["deposit"]["status"]), (&json!("confirmed"), &json!("due")));
    wait(&app, &mut salon, 15).await;
    app.run_jobs().await;
    assert_eq!(find(&salon, "Ana").await["status"], "confirmed");
    assert_eq!(find(&salon, "Bob").await["status"], "cancelled");
}

#[tokio::test]
async fn of_a_payment_and_the_end_of_its_time_one_wins() {
    let app = TestApp::start().await.ignore_jobs();
    let mut salon = salon(&app, &json!({})).await;
    for round in 0..8 {
        let date = format!("2030-03-{:02}", 11 + round % 5 + round / 5 * 7);
        let start = format!("{date}T09:00:00Z");
        let booked = salon.book(&format!("Guest{round}"), &start).await.expect(201);
        let path = checkout(&booked);
        wait(&app, &mut salon, 15).await;
        let pay = async || app.request("POST", &path).header("sec-fetch-site", "same-origin").form(&[]).await;
        let (_, answers) = futures_util::join!(app.run_jobs(), join_all([pay(), pay(), pay()]));
        assert!(answers.iter().all(|answer| answer.status == 200));
        let view = find(&salon, &format!("Guest{round}")).await;
        let is_free = salon.starts(&date).await.contains(&start);
        match view["status"].as_str().unwrap() {
            "confirmed" => assert!(!is_free && view["deposit"]["status"] == "paid", "{view}"),
            "expired" => assert!(is_free && view["deposit"]["status"] == "due", "{view}"),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_seat_is_held_until_its_deposit_is_paid() {
    let app = TestApp::start().await;
    let mut salon = salon(&app, &json!({"capacity": 2})).await;
    for name in ["Ana", "Bob"] {
        salon.book(name, TEN).await.expect(201);
    }
    salon.book("Cleo", TEN).await.refused(409, "SLOT_UNAVAILABLE");
    act(&salon, "Ana", "confirmation", json!({})).await.expect(200);
    wait(&app, &mut salon, 15).await;
    app.run_jobs().await;
    // One seat came back; the session stays.
    let seats = salon.availability("2030-03-05").await["slots"].as_array().unwrap().clone();
    assert_eq!(seats.iter().find(|slot| slot["start"] == TEN).unwrap()["seats_left"], 1);
}
