//! What customers agree to is written down each time, and taken back as easily.

use serde_json::{Value, json};
use testkit::{Browser, TestApp};

fn lines(log: &Value) -> Vec<(&str, bool, &str)> {
    log["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["kind"].as_str().unwrap(),
                line["given"].as_bool().unwrap(),
                line["source"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn what_is_agreed_to_and_taken_back_is_all_in_the_log() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut booking = salon.booking("Ana", "2030-03-05T09:00:00Z");
    booking["consents"] = json!({"terms": true, "marketing": true});
    let made = salon.public("POST", "/bookings").json(&booking).await.expect(201);
    assert_eq!(made["status"], "confirmed");
    let listed = salon.get("/bookings").await.expect(200);
    let customer = listed["data"][0]["customer"]["id"].as_str().unwrap();
    let path = format!("/customers/{customer}/consents");
    let log = salon.get(&path).await.expect(200);
    let mut told = lines(&log);
    told.sort_unstable();
    assert_eq!(told, [("marketing", true, "booking"), ("terms", true, "booking")]);
    assert_eq!(log["data"][0]["booking_id"], listed["data"][0]["id"]);

    // Said on the telephone; the same said twice is one line.
    app.clock.advance(chrono::TimeDelta::minutes(1));
    for _ in 0..2 {
        salon.put(&format!("{path}/marketing")).json(&json!({"given": false})).await.expect(204);
    }
    let log = salon.get(&path).await.expect(200);
    let told = lines(&log);
    assert_eq!((told.len(), told[0]), (3, ("marketing", false, "member")));
    assert!(log["data"][0]["recorded_by"].is_string());
    let trail = salon.get("/audit-events").query(&[("subject_id", customer)]).await.expect(200);
    let noted = trail["data"].as_array().unwrap().iter().filter(|one| one["action"] == "customer.consent");
    assert_eq!(noted.count(), 1);

    app.clock.advance(chrono::TimeDelta::minutes(1));
    let mut owner = Browser::of(&salon).await;
    owner.open(&format!("/app/customers/{customer}")).await;
    assert!(owner.page.text.contains("No news"), "{}", owner.page.text);
    owner.submit(&format!("/app/customers/{customer}/consent"), &[]).await;
    let log = salon.get(&path).await.expect(200);
    assert_eq!((lines(&log).len(), lines(&log)[0]), (4, ("marketing", true, "member")));
    // Whoever agreed to nothing has no line.
    let quiet = json!({"name": "Bo", "email": "bo@customer.example"});
    let quiet = salon.post("/customers").json(&quiet).await.expect(201);
    let log = salon.get(&format!("/customers/{}/consents", quiet["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(log["data"], json!([]));
}

#[tokio::test]
async fn the_log_of_two_who_are_one_is_one_and_nobody_rewrites_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut ids = Vec::new();
    for name in ["ana", "anna"] {
        let body = json!({"name": name, "email": format!("{name}@customer.example")});
        let id = salon.post("/customers").json(&body).await.expect(201)["id"].as_str().unwrap().to_owned();
        salon
            .put(&format!("/customers/{id}/consents/marketing"))
            .json(&json!({"given": true}))
            .await
            .expect(204);
        ids.push(id);
    }
    let merge = json!({"duplicate_id": ids[1]});
    salon.post(&format!("/customers/{}/merge", ids[0])).json(&merge).await.expect(200);
    let log = salon.get(&format!("/customers/{}/consents", ids[0])).await.expect(200);
    assert_eq!(lines(&log).len(), 2);
    for sql in ["DELETE FROM consents", "UPDATE consents SET is_given = false"] {
        let denied = app.database.connect_as("harmony_app").await.execute(sql, &[]).await.unwrap_err();
        assert_eq!(denied.code(), Some(&tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}
