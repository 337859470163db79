//! A POST that is sent twice with one key does its work once.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Salon, TestApp};

async fn book(salon: &Salon<'_>, key: &str, body: &Value) -> Answer {
    salon.public("POST", "/bookings").header("idempotency-key", key).json(body).await
}

async fn bookings(app: &TestApp) -> i64 {
    app.database.admin().await.query_one("SELECT count(*) FROM bookings", &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn the_same_key_and_body_get_the_same_answer() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    let first = book(&salon, "k1", &body).await.expect(201);
    app.clock.advance(chrono::TimeDelta::hours(23));
    assert_eq!(book(&salon, "k1", &body).await.expect(201), first);
    assert_eq!(bookings(&app).await, 1);
    // Without a key it is another wish, for a time that is taken.
    salon.book("Ana", "2030-03-05T09:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    let cancel = format!("/bookings/{}/cancellation", first["public_code"].as_str().unwrap());
    let who = json!({"email": "ana@customer.example"});
    let cancel = async || salon.public("POST", &cancel).header("idempotency-key", "k2").json(&who).await;
    assert_eq!(cancel().await.expect(200), cancel().await.expect(200));
}

#[tokio::test]
async fn the_same_key_with_another_body_or_address_is_refused() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    book(&salon, "k1", &salon.booking("Ana", "2030-03-05T09:00:00Z")).await.expect(201);
    let other = salon.booking("Ana", "2030-03-05T10:00:00Z");
    book(&salon, "k1", &other).await.refused(422, "IDEMPOTENCY_MISMATCH");
    assert_eq!(bookings(&app).await, 1);
    let staff = json!({"name": "Bea"});
    salon.post("/staff").header("idempotency-key", "k").json(&staff).await.expect(201);
    let service = json!({"name": "Cut", "duration_minutes": 30, "price_cents": 0});
    let mixed = salon.post("/services").header("idempotency-key", "k").json(&service).await;
    mixed.refused(422, "IDEMPOTENCY_MISMATCH");
}

#[tokio::test]
async fn many_at_once_with_one_key_do_the_work_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    let answers = join_all((0..20).map(|_| book(&salon, "k1", &body))).await;
    let mut answered: Vec<Value> = Vec::new();
    for answer in answers {
        match answer.status {
            201 => answered.push(answer.body),
            _ => drop(answer.refused(409, "IDEMPOTENCY_IN_PROGRESS")),
        }
    }
    answered.dedup();
    assert_eq!(answered.len(), 1);
    assert_eq!(bookings(&app).await, 1);
}

#[tokio::test]
async fn what_was_refused_may_be_tried_again_with_the_same_key() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let taken = salon.book("Bob", "2030-03-05T09:00:00Z").await.expect(201);
    let body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    book(&salon, "k1", &body).await.refused(409, "SLOT_UNAVAILABLE");
    let cancel = format!("/bookings/{}/cancellation", taken["public_code"].as_str().unwrap());
    salon.public("POST", &cancel).json(&json!({"email": "bob@customer.example"})).await.expect(200);
    book(&salon, "k1", &body).await.expect(201);
}

#[tokio::test]
async fn another_callers_key_is_nothing_to_me() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let mate = salon.member(domain::access::Role::Admin).await;
    let staff = json!({"name": "Bea"});
    let add = async |token: &str| {
        let request = app.post("/staff").bearer(token).header("idempotency-key", "k");
        request.json(&staff).await.expect(201)["id"].clone()
    };
    let first = add(&salon.token).await;
    assert_eq!(add(&salon.token).await, first);
    assert_ne!(add(&mate).await, first);
    assert_ne!(add(&other.token).await, first);
}

#[tokio::test]
async fn a_key_is_visible_ascii() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    for key in ["", "a b", "é", &"k".repeat(256)] {
        book(&salon, key, &body).await.refused(400, "MALFORMED_HEADER");
    }
    book(&salon, &"k".repeat(255), &body).await.expect(201);
}
