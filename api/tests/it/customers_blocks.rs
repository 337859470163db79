//! Blocked customers: refused where they book by themselves, by what leads to them, without being told why.

use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Salon, TestApp};

async fn customer(salon: &Salon<'_>, name: &str, phone: Option<&str>) -> String {
    let email = format!("{}@customer.example", name.to_lowercase());
    let body = json!({"name": name, "email": email, "phone": phone});
    salon.post("/customers").json(&body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

fn booking(salon: &Salon<'_>, email: &str, phone: Option<&str>, start: &str) -> Value {
    let mut body = salon.booking("Somebody", start);
    body["customer"]["email"] = json!(email);
    body["customer"]["phone"] = json!(phone);
    body
}

#[tokio::test]
async fn who_is_blocked_is_refused_by_address_and_number_and_not_told_why() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let id = customer(&salon, "Ana", Some("+33612345678")).await;
    let block = format!("/customers/{id}/block");
    salon.get(&block).await.refused(404, "NOT_FOUND");
    let blocked = salon.post(&block).json(&json!({"reason": "Shouted at Bea."})).await.expect(200);
    assert_eq!(blocked["block"]["reason"], "Shouted at Bea.");
    assert_eq!(salon.get(&block).await.expect(200)["reason"], "Shouted at Bea.");
    let book = async |email: &str, phone: Option<&str>, start: &str| {
        salon.public("POST", "/bookings").json(&booking(&salon, email, phone, start)).await
    };
    let nine = "2030-03-05T09:00:00Z";
    for (email, phone) in [
        ("ANA@customer.example", None),
        ("ana@customer.example", Some("+33700000000")),
        ("another@customer.example", Some("06 12 34 56 78")),
    ] {
        let refused = book(email, phone, nine).await;
        let text = refused.text.clone();
        refused.refused(403, "CONTACT_THE_BUSINESS");
        assert!(!text.contains("Shouted") && !text.contains("block"), "{text}");
    }
    // Nothing was written, neither the booking nor whoever tried under another name.
    assert_eq!(salon.get("/bookings").await.expect(200)["data"], json!([]));
    assert_eq!(salon.get("/customers").query(&[("q", "another")]).await.expect(200)["data"], json!([]));
    // What can be booked is shown to everybody, and a time that is none is told before.
    assert!(salon.starts("2030-03-05").await.contains(&nine.to_owned()));
    book("ana@customer.example", None, "2030-03-05T03:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    // Others book, and members book for anybody.
    book("bob@customer.example", Some("+33699999999"), nine).await.expect(201);
    let desk = booking(&salon, "ana@customer.example", None, "2030-03-05T11:00:00Z");
    salon.post("/bookings").json(&desk).await.expect(201);
    let listed = salon.get("/customers").query(&[("blocked", "true")]).await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    salon.delete(&block).await;
    book("ana@customer.example", Some("+33612345678"), "2030-03-05T13:00:00Z").await.expect(201);
    assert_eq!(salon.delete(&block).await.status, 204);
    let sql = "SELECT string_agg(action, ' ' ORDER BY action) FROM audit_events WHERE action LIKE 'customer.%block'";
    let trail: String = app.database.admin().await.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(trail, "customer.block customer.unblock");
}

#[tokio::test]
async fn a_block_follows_a_changed_address_and_keeps_the_former() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let id = customer(&salon, "Ana", None).await;
    salon.post(&format!("/customers/{id}/block")).json(&json!({})).await.expect(200);
    let change = json!({"email": "new@customer.example", "phone": "+33612345678"});
    salon.patch(&format!("/customers/{id}")).json(&change).await.expect(200);
    for (email, phone) in [
        ("ana@customer.example", None),
        ("new@customer.example", None),
        ("other@customer.example", Some("+33612345678")),
    ] {
        let body = booking(&salon, email, phone, "2030-03-05T09:00:00Z");
        salon.public("POST", "/bookings").json(&body).await.refused(403, "CONTACT_THE_BUSINESS");
    }
    let viewer = salon.member(Role::Viewer).await;
    let path = format!("/customers/{id}/block");
    app.post(&path).bearer(&viewer).json(&json!({})).await.refused(403, "FORBIDDEN");
    app.delete(&path).bearer(&viewer).await.refused(403, "FORBIDDEN");
    salon.post(&path).json(&json!({"reason": "x".repeat(501)})).await.refused(422, "INVALID");
    // Another tenant knows nothing of it.
    let other = app.tenant("other").await;
    other.service(json!({})).await;
    let body = booking(&other, "ana@customer.example", Some("+33612345678"), "2030-03-05T09:00:00Z");
    other.public("POST", "/bookings").json(&body).await.expect(201);
}
