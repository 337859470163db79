//! What waits for approval, who may see the customer's link, and what a form sent twice does.

use domain::access::Role;
use serde_json::json;
use testkit::TestApp;

#[tokio::test]
async fn what_waits_for_approval_is_told_when_it_is_confirmed() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({"auto_confirm": false})).await;
    app.run_jobs().await;
    let booked = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    assert_eq!(booked["status"], "pending");
    assert!(app.run_jobs().await.is_empty());
    let listed = app.get("/bookings").bearer(&salon.token).await.expect(200);
    let id = listed["data"][0]["id"].as_str().unwrap();
    let path = format!("/bookings/{id}/confirmation");
    let confirmed = app.post(&path).bearer(&salon.token).json(&json!({})).await.expect(200);
    assert_eq!(confirmed["status"], "confirmed");
    assert_eq!(app.run_jobs().await.len(), 2);
    assert!(app.mails().await.iter().any(|mail| mail.to.contains("ana@customer.example")));
    app.post(&path).bearer(&salon.token).json(&json!({})).await.refused(409, "BOOKING_NOT_CONFIRMABLE");
}

#[tokio::test]
async fn only_who_may_cancel_sees_the_link_that_cancels() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    for (role, sees) in [(Role::Viewer, false), (Role::Staff, true)] {
        let token = salon.member(role).await;
        let listed = app.get("/bookings").bearer(&token).await.expect(200);
        assert_eq!(listed["data"][0]["manage_url"].is_string(), sees, "{role:?}");
    }
}

#[tokio::test]
async fn a_form_sent_twice_books_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    salon.staff("Bea").await;
    let form = [
        ("service_id", service.as_str()),
        ("start", "2030-03-05T09:00:00Z"),
        ("name", "Ana"),
        ("email", "ana@customer.example"),
        ("key", "0123456789abcdef"),
    ];
    for _ in 0..2 {
        // The page of the booking, after the redirect.
        let answer = app.request("POST", "/salon/book").form(&form).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let listed = app.get("/bookings").bearer(&salon.token).await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn dates_that_no_calendar_shows_are_refused() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    for start in ["-262143-01-01T00:00:00Z", "+262142-12-31T23:59:59Z", "1999-12-31T00:00:00Z"] {
        salon.book("Ana", start).await.refused(422, "INVALID");
        for name in ["from", "to"] {
            let list = app.get("/bookings").bearer(&salon.token).query(&[(name, start)]);
            list.await.refused(422, "INVALID");
        }
    }
}

#[tokio::test]
async fn an_archived_provider_does_not_stop_a_service_from_changing() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let bea = salon.staff("Bea").await;
    let service = salon.service(json!({"staff_ids": [bea]})).await;
    app.delete(&format!("/staff/{bea}")).bearer(&salon.token).await.expect(204);
    let path = format!("/services/{service}");
    let change = app.patch(&path).bearer(&salon.token).json(&json!({"is_active": false}));
    change.await.expect(200);
    app.patch(&path).bearer(&salon.token).json(&json!({"name": null})).await.refused(422, "INVALID");
}

#[tokio::test]
async fn somebody_stays_bookable_however_many_archive_at_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (bea, first) = (salon.staff("Bea").await, salon.first_staff().await);
    let (one, other) = (format!("/staff/{bea}"), format!("/staff/{first}"));
    let (one, other) =
        tokio::join!(app.delete(&one).bearer(&salon.token), app.delete(&other).bearer(&salon.token));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
}
