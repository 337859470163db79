//! What a member books for a customer beside one service once: several, and again and again.

use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp};

const NEW: &str = "/app/bookings/new";
const ANA: [(&str, &str); 2] = [("name", "Ana"), ("email", "ana@customer.example")];

async fn all(salon: &Salon<'_>) -> Vec<Value> {
    let found = salon.get("/bookings").query(&[("q", "Ana")]).await.expect(200);
    found["data"].as_array().unwrap().clone()
}

fn starts(booked: &[Value]) -> Vec<&str> {
    booked.iter().map(|one| one["start"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_member_books_several_services_and_writes_down_what_was_answered() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant_in("salon", "UTC").await;
    let colour = salon.service(json!({"name": "Colour", "duration_minutes": 30})).await;
    let asked = json!({"questions": [
        {"kind": "text", "label": "Which colour?", "required": true},
        {"kind": "file", "label": "Like what?"},
    ]});
    let asked = salon.put(&format!("/services/{colour}/questions")).json(&asked).await.expect(200);
    let question = format!("answer_{}", asked["questions"][0]["id"].as_str().unwrap());
    let cut = salon.service(json!({"name": "Cut"})).await;
    let mut browser = Browser::of(&salon).await;
    browser.open(&format!("{NEW}?date=2030-03-05&service_id={cut}")).await;
    assert!(!browser.page.text.contains("Which colour?"));
    browser.press(NEW, ("show", "times"), &[("then", &colour), ("service_id", &cut)]).await;
    let page = browser.page.text.clone();
    assert!(page.contains("Which colour?") && !page.contains("Like what?"), "{page}");
    // A visit of an hour and a half ends with the day.
    assert!(page.contains("2030-03-05T16:00:00Z") && !page.contains("2030-03-05T17:00:00Z"));
    let start = [("start", "2030-03-05T10:00:00Z"), (question.as_str(), "Red")];
    browser.submit(NEW, &[&ANA[..], &start].concat()).await;
    assert!(browser.address.starts_with("/app/calendar?date=2030-03-05&booking="), "{}", browser.page.text);
    let booked = all(&salon).await;
    assert_eq!(starts(&booked), ["2030-03-05T10:00:00Z", "2030-03-05T11:00:00Z"]);
    assert_eq!(booked[1]["answers"][0]["value"], "Red");
    assert_eq!(booked[0]["visit_id"], booked[1]["visit_id"]);
    // The drawer of the calendar shows both.
    assert!(browser.page.text.contains("One visit"));
}

#[tokio::test]
async fn a_member_books_again_and_again_and_is_shown_what_is_taken() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant_in("salon", "UTC").await;
    salon.service(json!({})).await;
    salon.book("Bob", "2030-03-12T10:00:00Z").await.expect(201);
    let mut browser = Browser::of(&salon).await;
    browser.open(&format!("{NEW}?date=2030-03-05")).await;
    let weekly =
        [("start", "2030-03-05T10:00:00Z"), ("repeat", "1"), ("times", "3"), ("internal_note", "VIP")];
    browser.submit(NEW, &[&ANA[..], &weekly].concat()).await;
    let page = browser.page.text.clone();
    assert!(page.contains("Some of these times are taken") && page.contains("VIP"), "{page}");
    assert_eq!(all(&salon).await.len(), 0);
    browser.submit(NEW, &[("on_conflict", "skip")]).await;
    assert!(browser.address.starts_with("/app/calendar?date=2030-03-05&booking="), "{}", browser.page.text);
    let booked = all(&salon).await;
    assert_eq!(starts(&booked), ["2030-03-05T10:00:00Z", "2030-03-19T10:00:00Z"]);
    assert_eq!((&booked[0]["internal_note"], &booked[1]["internal_note"]), (&json!("VIP"), &json!(null)));
    // For somebody known, too; too many are refused, and nothing that was chosen is lost.
    let ana = booked[0]["customer"]["id"].as_str().unwrap().to_owned();
    browser.open(&format!("{NEW}?date=2030-03-07&customer_id={ana}")).await;
    let often =
        [("start", "2030-03-07T10:00:00Z"), ("repeat", "1"), ("times", "99"), ("customer_id", ana.as_str())];
    let refused = browser.submit(NEW, &often).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(refused.text.contains("aria-invalid"), "{}", refused.text);
    browser.submit(NEW, &[("times", "2")]).await;
    assert_eq!(all(&salon).await.len(), 4);
    // The later ones go with one of them.
    let third = all(&salon).await[2]["id"].as_str().unwrap().to_owned();
    let path = format!("/app/bookings/{third}/cancellation");
    browser.open(&path).await;
    browser.submit(&path, &[("scope", "later")]).await;
    let statuses: Vec<String> =
        all(&salon).await.iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(statuses.iter().filter(|status| *status == "cancelled").count(), 1, "{statuses:?}");
}
