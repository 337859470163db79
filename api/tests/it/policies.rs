//! What cancelling, moving and staying away ask of customers.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{Answer, Browser, Salon, TestApp};

/// The clock stands at nine of the day before.
const TEN: &str = "2030-03-05T10:00:00Z";

fn policy() -> Value {
    json!({
        "cancel_minutes": 120, "move_minutes": 240, "free_minutes": 1_440,
        "late_fee": {"of": "price", "rate": 0.5}, "no_show_fee": {"of": "price", "rate": 1.0},
    })
}

/// A tenant that asks something of who cancels, and a booking of tomorrow.
async fn salon<'a>(app: &'a TestApp, policy: &Value) -> (Salon<'a>, Value) {
    let salon = app.tenant("salon").await;
    salon.service(json!({"price_cents": 4_800})).await;
    salon.put("/policy").json(policy).await.expect(200);
    let booked = salon.book("Ana", TEN).await.expect(201);
    (salon, booked)
}

async fn sign_in(app: &TestApp, salon: &mut Salon<'_>) {
    let body = json!({"email": salon.email, "password": salon.password});
    let signed_in = app.post("/auth/login").json(&body).await.expect(200);
    salon.token = signed_in["access_token"].as_str().unwrap().to_owned();
}

async fn by_customer(salon: &Salon<'_>, booked: &Value, action: &str, mut body: Value) -> Answer {
    body["email"] = json!("ana@customer.example");
    let code = booked["public_code"].as_str().unwrap();
    salon.public("POST", &format!("/bookings/{code}/{action}")).json(&body).await
}

async fn find(salon: &Salon<'_>) -> Value {
    salon.get("/bookings").await.expect(200)["data"][0].clone()
}

fn path(booked: &Value) -> String {
    let url = booked["manage_url"].as_str().unwrap();
    format!("/manage/{}", url.split_once("/manage/").unwrap().1)
}

#[tokio::test]
async fn a_booking_tells_what_cancelling_asks_and_keeps_it() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, booked) = salon(&app, &policy()).await;
    let agreed = json!({
        "cancel_until": "2030-03-05T08:00:00Z", "move_until": "2030-03-04T10:00:00Z",
        "free_until": "2030-03-04T10:00:00Z", "late_fee_cents": 2_400, "no_show_fee_cents": 4_800,
    });
    assert_eq!(booked["policy"], agreed);
    let stricter = json!({
        "cancel_minutes": null, "move_minutes": null, "free_minutes": 0,
        "late_fee": {"of": "nothing"}, "no_show_fee": {"of": "deposit"},
    });
    salon.put("/policy").json(&stricter).await.expect(200);
    assert_eq!(salon.get("/policy").await.expect(200), stricter);
    assert_eq!(find(&salon).await["policy"], agreed);
    by_customer(&salon, &booked, "cancellation", json!({})).await.expect(200);
}

#[tokio::test]
async fn who_cancels_in_time_owes_nothing_and_who_is_late_owes_the_fee() {
    let app = TestApp::start().await.ignore_jobs();
    let (mut salon, booked) = salon(&app, &policy()).await;
    let free = by_customer(&salon, &booked, "cancellation", json!({})).await.expect(200);
    assert_eq!((&free["status"], &free["fee_cents"]), (&json!("cancelled"), &json!(0)));
    let booked = salon.book("Ana", TEN).await.expect(201);
    app.clock.advance(TimeDelta::minutes(61));
    sign_in(&app, &mut salon).await;
    // It can't be moved out of the fee.
    let later = json!({"start": "2030-03-06T10:00:00Z"});
    by_customer(&salon, &booked, "reschedule", later).await.refused(409, "BOOKING_NOT_MOVABLE");
    let mut browser = Browser::new(&app);
    let page = browser.open(&format!("{}/cancel", path(&booked))).await.text.clone();
    assert!(page.contains("Cancelling now costs €24.00"), "{page}");
    let page = browser.submit(&format!("{}/cancel", path(&booked)), &[("reason", "ill")]).await.text.clone();
    assert!(page.contains("Fee for cancelling late") && page.contains("€24.00"), "{page}");
    let history = {
        let found = salon.get("/bookings").query(&[("status", "cancelled")]).await.expect(200);
        let late = found["data"].as_array().unwrap().iter().find(|one| one["fee_cents"] == 2_400).unwrap();
        let id = late["id"].as_str().unwrap().to_owned();
        salon.get(&format!("/bookings/{id}/history")).await.expect(200)
    };
    assert_eq!(history["data"][1]["after"]["fee_cents"], 2_400);
    assert_eq!(history["data"][1]["actor"]["kind"], "customer");
}

#[tokio::test]
async fn after_its_window_only_the_business_cancels() {
    let app = TestApp::start().await.ignore_jobs();
    let (mut salon, booked) = salon(&app, &policy()).await;
    app.clock.advance(TimeDelta::minutes(23 * 60 + 1));
    sign_in(&app, &mut salon).await;
    let late = by_customer(&salon, &booked, "cancellation", json!({})).await;
    late.refused(409, "BOOKING_NOT_CANCELLABLE");
    let mut browser = Browser::new(&app);
    let page = browser.open(&path(&booked)).await.text.clone();
    assert!(!page.contains("/cancel\"") && !page.contains("/move\""), "{page}");
    let id = find(&salon).await["id"].as_str().unwrap().to_owned();
    let body = json!({"charge_fee": true, "reason": "called"});
    let cancelled = salon.post(&format!("/bookings/{id}/cancellation")).json(&body).await.expect(200);
    assert_eq!(cancelled["fee_cents"], 2_400);
    for _ in 0..2 {
        let waived = salon.post(&format!("/bookings/{id}/fee-waiver")).json(&json!({})).await.expect(200);
        assert_eq!(waived["fee_cents"], 0);
    }
}

#[tokio::test]
async fn who_the_business_cancels_owes_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let (mut salon, _) = salon(&app, &policy()).await;
    app.clock.advance(TimeDelta::hours(20));
    sign_in(&app, &mut salon).await;
    let id = find(&salon).await["id"].as_str().unwrap().to_owned();
    let cancelled = salon.post(&format!("/bookings/{id}/cancellation")).json(&json!({})).await.expect(200);
    assert_eq!(cancelled["fee_cents"], 0);
}

#[tokio::test]
async fn who_stays_away_owes_the_fee_until_it_is_waived() {
    let app = TestApp::start().await.ignore_jobs();
    let (mut salon, _) = salon(&app, &policy()).await;
    app.clock.advance(TimeDelta::hours(26));
    sign_in(&app, &mut salon).await;
    let id = find(&salon).await["id"].as_str().unwrap().to_owned();
    let act = async |action: &str| {
        salon.post(&format!("/bookings/{id}/{action}")).json(&json!({})).await.expect(200)["fee_cents"]
            .clone()
    };
    assert_eq!(act("no-show").await, 4_800);
    assert_eq!(act("fee-waiver").await, 0);
    // Said again it is not asked again; said after something else it is.
    assert_eq!(act("no-show").await, 0);
    assert_eq!(act("completion").await, 0);
    assert_eq!(act("no-show").await, 4_800);
}

#[tokio::test]
async fn what_waits_for_approval_costs_nothing_unless_it_was_agreed_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"price_cents": 4_800, "auto_confirm": false})).await;
    let strict = json!({
        "cancel_minutes": 0, "move_minutes": 0, "free_minutes": 2_880,
        "late_fee": {"of": "price", "rate": 1.0}, "no_show_fee": {"of": "nothing"},
    });
    salon.put("/policy").json(&strict).await.expect(200);
    let booked = salon.book("Ana", TEN).await.expect(201);
    assert_eq!(booked["policy"]["late_fee_cents"], 0);
    let free = by_customer(&salon, &booked, "cancellation", json!({})).await.expect(200);
    assert_eq!(free["fee_cents"], 0);
    // Far ahead it is agreed, moved by the customer, and waits again: it is no request any more.
    let booked = salon.book("Ana", "2030-03-08T10:00:00Z").await.expect(201);
    let found = salon.get("/bookings").query(&[("status", "pending")]).await.expect(200);
    let id = found["data"][0]["id"].as_str().unwrap().to_owned();
    salon.post(&format!("/bookings/{id}/confirmation")).json(&json!({})).await.expect(200);
    let moved = by_customer(&salon, &booked, "reschedule", json!({"start": TEN})).await.expect(200);
    assert_eq!((&moved["status"], &moved["policy"]["late_fee_cents"]), (&json!("pending"), &json!(4_800)));
    let late = by_customer(&salon, &booked, "cancellation", json!({})).await.expect(200);
    assert_eq!(late["fee_cents"], 4_800);
}

#[tokio::test]
async fn a_policy_that_makes_no_sense_is_refused() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for (field, value) in [
        ("cancel_minutes", json!(-1)),
        ("move_minutes", json!(43_201)),
        ("free_minutes", json!(null)),
        ("late_fee", json!({"of": "price", "rate": 1.5})),
        ("late_fee", json!({"of": "price", "rate": 0})),
        ("no_show_fee", json!({"of": "everything"})),
        ("no_show_fee", json!({"of": "deposit", "rate": 1})),
        ("surprise", json!(1)),
    ] {
        let mut body = policy();
        body[field] = value;
        assert_eq!(salon.put("/policy").json(&body).await.status, 422, "{body}");
    }
    let first = salon.get("/policy").await.expect(200);
    assert_eq!((&first["free_minutes"], &first["late_fee"]), (&json!(1_440), &json!({"of": "deposit"})));
}

#[tokio::test]
async fn what_nobody_has_agreed_to_costs_nothing_however_often_it_is_moved() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"price_cents": 4_800, "auto_confirm": false})).await;
    let mut policy = policy();
    policy["free_minutes"] = json!(43_200);
    policy["move_minutes"] = json!(0);
    salon.put("/policy").json(&policy).await.expect(200);
    let booked = salon.book("Ana", TEN).await.expect(201);
    assert_eq!(booked["status"], "pending");
    let later = json!({"start": "2030-03-06T10:00:00Z"});
    by_customer(&salon, &booked, "reschedule", later).await.expect(200);
    let id = find(&salon).await["id"].as_str().unwrap().to_owned();
    let moved = json!({"start": "2030-03-06T12:00:00Z", "outside_hours": true});
    salon.post(&format!("/bookings/{id}/reschedule")).json(&moved).await.expect(200);
    let free = by_customer(&salon, &booked, "cancellation", json!({})).await.expect(200);
    assert_eq!((&free["status"], &free["fee_cents"]), (&json!("cancelled"), &json!(0)));
}
