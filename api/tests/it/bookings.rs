//! A booking from the customer's click to the mail in their hands, and what a member sees of it.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestApp;

#[tokio::test]
async fn a_customer_books_reads_the_mail_and_cancels() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    app.run_jobs().await;
    app.clock.advance(TimeDelta::minutes(1));
    let booked = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let code = booked["public_code"].as_str().unwrap();
    assert_eq!((&booked["status"], &booked["end"]), (&json!("confirmed"), &json!("2030-03-05T10:00:00Z")));
    assert_eq!(app.run_jobs().await.len(), 2);
    let mails = app.mails().await;
    let confirmation = mails.last().unwrap();
    assert!(confirmation.to.contains("ana@customer.example") && confirmation.text.contains(code));
    // Ten o'clock in Paris, in the mail and in the calendar.
    assert!(confirmation.text.contains("10:00"), "{}", confirmation.text);
    let invitation = invitation_of(confirmation);
    assert!(invitation.contains("METHOD:REQUEST") && invitation.contains("SEQUENCE:0"), "{invitation}");
    let manage = booked["manage_url"].as_str().unwrap();
    assert!(confirmation.text.contains(manage));
    let (_, summary) = confirmation.text.split_once("/files/").unwrap();
    let token = summary.split_whitespace().next().unwrap();
    let file = app.request("GET", &format!("/files/{token}")).await;
    assert_eq!((file.status, file.header("content-type")), (200, "application/pdf"), "{}", file.text);
    app.clock.advance(TimeDelta::minutes(1));
    let body = json!({"email": "Ana@Customer.example", "reason": "ill"});
    let path = format!("/bookings/{}/cancellation", code.to_lowercase().replace('-', ""));
    let cancelled = salon.public("POST", &path).json(&body).await.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(app.run_jobs().await.len(), 1);
    let mails = app.mails().await;
    assert_eq!(mails.len(), 3);
    let invitation = invitation_of(&mails[2]);
    assert!(invitation.contains("METHOD:CANCEL") && invitation.contains("SEQUENCE:1"), "{invitation}");
}

/// The calendar file of a mail.
fn invitation_of(mail: &providers::mail::sandbox::Received) -> String {
    let names: Vec<&str> = mail.attachments.iter().map(|file| file.name.as_str()).collect();
    let file = mail.attachments.iter().find(|file| file.name == "invite.ics");
    String::from_utf8(file.unwrap_or_else(|| panic!("{names:?}")).bytes.clone()).unwrap()
}

#[tokio::test]
async fn whoever_wants_no_mail_gets_none() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    body["notifications"] = json!({"email": false});
    salon.public("POST", "/bookings").json(&body).await.expect(201);
    app.run_jobs().await;
    assert!(app.mails().await.iter().all(|mail| !mail.to.contains("ana@")));
}

#[tokio::test]
async fn a_wrong_code_and_a_wrong_address_are_the_same_to_whoever_guesses() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let code = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201)["public_code"].clone();
    let code = code.as_str().unwrap();
    let mut told = Vec::new();
    for (code, email) in [
        (code, "bob@customer.example"),
        ("SS-222222", "ana@customer.example"),
        ("nonsense", "ana@customer.example"),
        (code, "nonsense"),
        (code, ""),
    ] {
        let lookup = json!({"code": code, "email": email});
        let by_body = salon.public("POST", "/bookings/lookup").json(&lookup).await;
        let by_query = salon.public("GET", "/bookings").query(&[("code", code), ("email", email)]).await;
        let path = format!("/bookings/{code}");
        let cancel =
            salon.public("POST", &format!("{path}/cancellation")).json(&json!({"email": email})).await;
        let calendar = salon.public("GET", &format!("{path}/calendar.ics")).query(&[("email", email)]).await;
        for answer in [by_body, by_query, cancel, calendar] {
            let mut body = answer.refused(404, "BOOKING_NOT_FOUND");
            body["request_id"] = Value::Null;
            told.push(body);
        }
    }
    told.dedup();
    assert_eq!(told.len(), 1);
    let own = salon
        .public("GET", &format!("/bookings/{code}/calendar.ics"))
        .query(&[("email", "ana@customer.example")]);
    let own = own.await;
    assert_eq!((own.status, own.header("content-type")), (200, "text/calendar; charset=utf-8"));
}

#[tokio::test]
async fn what_has_begun_is_cancelled_no_more() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let booked = salon.book("Ana", "2030-03-04T09:00:00Z").await.expect(201);
    let path = format!("/bookings/{}/cancellation", booked["public_code"].as_str().unwrap());
    let body = json!({"email": "ana@customer.example"});
    salon.public("POST", &path).json(&body).await.refused(409, "BOOKING_NOT_CANCELLABLE");
    salon.book("Ana", "2030-03-04T08:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
}

#[tokio::test]
async fn notice_and_horizon_bound_what_can_be_booked() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"min_notice_minutes": 120, "horizon_days": 1})).await;
    assert_eq!(salon.starts("2030-03-04").await[0], "2030-03-04T11:00:00Z");
    salon.book("Ana", "2030-03-04T10:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    salon.book("Ana", "2030-03-04T11:00:00Z").await.expect(201);
    assert!(salon.starts("2030-03-07").await.is_empty());
    salon.book("Ana", "2030-03-07T11:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    // Time goes on, and so does the window.
    app.clock.advance(TimeDelta::days(3));
    salon.book("Ana", "2030-03-07T11:00:00Z").await.expect(201);
}

#[tokio::test]
async fn a_list_of_bookings_is_read_page_by_page() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let starts = salon.starts("2030-03-05").await;
    for start in &starts {
        salon.book("Ana", start).await.expect(201);
    }
    let mut read = Vec::new();
    let mut cursor = String::new();
    loop {
        let mut query = vec![("limit", "3")];
        if !cursor.is_empty() {
            query.push(("cursor", cursor.as_str()));
        }
        let page = salon.get("/bookings").query(&query).await.expect(200);
        for booking in page["data"].as_array().unwrap() {
            read.push(booking["start"].as_str().unwrap().to_owned());
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(read, starts);
    let narrow = [("from", "2030-03-05T09:00:00Z"), ("to", "2030-03-05T11:00:00Z"), ("status", "confirmed")];
    assert_eq!(salon.get("/bookings").query(&narrow).await.expect(200)["data"].as_array().unwrap().len(), 2);
    for (name, value, status, code) in [
        ("cursor", "nonsense", 400, "MALFORMED_CURSOR"),
        ("limit", "0", 422, "INVALID"),
        ("limit", "201", 422, "INVALID"),
        ("status", "lost", 422, "INVALID"),
        ("from", "yesterday", 422, "INVALID"),
        ("colour", "red", 422, "INVALID"),
    ] {
        salon.get("/bookings").query(&[(name, value)]).await.refused(status, code);
    }
}

#[tokio::test]
async fn a_member_cancels_for_the_customer() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let id = salon.get("/bookings").await.expect(200)["data"][0]["id"].clone();
    let path = format!("/bookings/{}", id.as_str().unwrap());
    let seen = salon.get(&path).await.expect(200);
    assert_eq!(seen["customer"]["email"], "ana@customer.example");
    let cancelled =
        salon.post(&format!("{path}/cancellation")).json(&json!({"reason": "ill"})).await.expect(200);
    assert_eq!(
        (&cancelled["status"], &cancelled["cancellation_reason"]),
        (&json!("cancelled"), &json!("ill"))
    );
    let again = salon.post(&format!("{path}/cancellation")).json(&json!({})).await;
    again.refused(409, "BOOKING_NOT_CANCELLABLE");
}

/// What happened is written where it happened: events, and who did what.
#[tokio::test]
async fn each_step_leaves_its_event_and_its_line_in_the_audit() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let booked = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let path = format!("/bookings/{}/cancellation", booked["public_code"].as_str().unwrap());
    salon.public("POST", &path).json(&json!({"email": "ana@customer.example"})).await.expect(200);
    let admin = app.database.admin().await;
    let texts = async |sql: &str| -> Vec<String> {
        admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    };
    let mut events = texts("SELECT name FROM domain_events").await;
    events.sort();
    assert_eq!(events, ["booking.cancelled", "booking.created", "tenant.created"]);
    let mut audit = texts("SELECT actor_kind || ' ' || action FROM audit_events").await;
    audit.sort();
    let wanted =
        ["customer booking.cancel", "customer booking.create", "user service.create", "user tenant.create"];
    assert_eq!(audit, wanted);
}
