//! Bookings as members make, note, close and look back at them.

use std::time::Duration;

use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Browser, Request, Salon, TestApp};

fn hours(hours: i64) -> chrono::TimeDelta {
    chrono::TimeDelta::hours(hours)
}

async fn book(salon: &Salon<'_>, name: &str, start: &str) -> Value {
    salon.post("/bookings").json(&salon.booking(name, start)).await.expect(201)
}

fn id(body: &Value) -> &str {
    body["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_member_books_for_a_customer_and_the_customer_is_told() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    // Nobody waits for the approval of who books.
    salon.service(json!({"auto_confirm": false})).await;
    app.run_jobs().await;
    let mut body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    body["internal_note"] = json!("Prefers the window.");
    let booked = salon.post("/bookings").header("idempotency-key", "k").json(&body).await.expect(201);
    assert_eq!(
        (booked["status"].as_str(), booked["customer"]["name"].as_str()),
        (Some("confirmed"), Some("Ana"))
    );
    assert_eq!(booked["internal_note"], "Prefers the window.");
    let again = salon.post("/bookings").header("idempotency-key", "k").json(&body).await.expect(201);
    assert_eq!(again, booked);
    app.run_jobs().await;
    let mails = app.mails().await;
    let told: Vec<_> = mails.iter().filter(|mail| mail.to.contains("ana@customer.example")).collect();
    assert_eq!(told.len(), 1);
    // What members note is theirs.
    let code = booked["public_code"].as_str().unwrap();
    let lookup = json!({"code": code, "email": "ana@customer.example"});
    let seen = salon.public("POST", "/bookings/lookup").json(&lookup).await.expect(200);
    assert!(!seen.to_string().contains("window"), "{seen}");
    // The same customer again, by their profile.
    let known = json!({
        "service_id": body["service_id"], "start": "2030-03-05T11:00:00Z",
        "customer_id": booked["customer"]["id"], "notifications": {"email": false},
    });
    let second = salon.post("/bookings").json(&known).await.expect(201);
    assert_eq!(second["customer"], booked["customer"]);
    app.run_jobs().await;
    assert_eq!(app.mails().await.len(), mails.len());
}

#[tokio::test]
async fn who_is_booked_for_is_one_customer() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    salon.service(json!({})).await;
    other.service(json!({})).await;
    let strangers = other.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    assert!(strangers["public_code"].is_string());
    let theirs = other.get("/customers").await.expect(200)["data"][0]["id"].clone();
    let mut body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    body["customer_id"] = theirs.clone();
    salon.post("/bookings").json(&body).await.refused(422, "INVALID");
    body.as_object_mut().unwrap().remove("customer");
    salon.post("/bookings").json(&body).await.refused(422, "INVALID");
    body.as_object_mut().unwrap().remove("customer_id");
    salon.post("/bookings").json(&body).await.refused(422, "INVALID");
    assert_eq!(salon.get("/bookings").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn outside_of_the_hours_only_when_said_and_never_onto_time_that_is_taken() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"buffer_after_minutes": 30, "min_notice_minutes": 600})).await;
    let staff = salon.first_staff().await;
    // In the night.
    let mut body = salon.booking("Ana", "2030-03-05T02:00:00Z");
    let refused = salon.post("/bookings").json(&body).await.refused(409, "SLOT_UNAVAILABLE");
    assert_eq!(refused["alternatives"].as_array().unwrap().len(), 3);
    body["outside_hours"] = json!(true);
    salon.post("/bookings").json(&body).await.refused(422, "INVALID");
    body["staff_id"] = json!(staff);
    salon.post("/bookings").json(&body).await.expect(201);
    // Not onto it, nor onto its buffer, nor with a buffer onto the next.
    for start in ["2030-03-05T02:00:00Z", "2030-03-05T03:15:00Z", "2030-03-05T00:45:00Z"] {
        body["start"] = json!(start);
        salon.post("/bookings").json(&body).await.refused(409, "SLOT_UNAVAILABLE");
    }
    for start in
        ["2030-03-05T03:30:00Z", "2030-03-05T00:30:00Z", "2030-03-04T08:00:00Z", "2031-03-04T08:00:00Z"]
    {
        body["start"] = json!(start);
        salon.post("/bookings").json(&body).await.expect(201);
    }
    body["start"] = json!("1999-03-05T02:00:00Z");
    salon.post("/bookings").json(&body).await.refused(422, "INVALID");
}

#[tokio::test]
async fn many_members_who_book_one_time_outside_of_the_hours_make_one_booking() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut body = salon.booking("Ana", "2030-03-05T02:00:00Z");
    body["outside_hours"] = json!(true);
    body["staff_id"] = json!(salon.first_staff().await);
    let all = (0..12).map(|_| salon.post("/bookings").json(&body).into_future());
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(all).await.into_iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().skip(1).all(|status| *status == 409), "{statuses:?}");
}

#[tokio::test]
async fn a_booking_that_has_begun_is_closed_one_way_or_the_other() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let booked = book(&salon, "Ana", "2030-03-05T09:00:00Z").await;
    let cancelled = book(&salon, "Bob", "2030-03-05T10:00:00Z").await;
    salon.post(&format!("/bookings/{}/cancellation", id(&cancelled))).json(&json!({})).await.expect(200);
    let close = async |booking: &Value, how: &str, token: &str| {
        app.post(&format!("/bookings/{}/{how}", id(booking))).bearer(token).json(&json!({})).await
    };
    close(&booked, "completion", &salon.token).await.refused(409, "BOOKING_NOT_CLOSABLE");
    app.clock.advance(hours(25));
    let token = salon.member(Role::Staff).await;
    for (how, status) in [
        ("no-show", "no_show"),
        ("no-show", "no_show"),
        ("completion", "completed"),
        ("completion", "completed"),
    ] {
        assert_eq!(close(&booked, how, &token).await.expect(200)["status"], status);
        close(&cancelled, how, &token).await.refused(409, "BOOKING_NOT_CLOSABLE");
    }
    let viewer = salon.member(Role::Viewer).await;
    close(&booked, "no-show", &viewer).await.refused(403, "FORBIDDEN");
}

#[tokio::test]
async fn a_note_is_written_changed_and_taken_away() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let booked = book(&salon, "Ana", "2030-03-05T09:00:00Z").await;
    let path = format!("/bookings/{}", id(&booked));
    let write = async |note: Value, tag: &str| {
        salon.patch(&path).header("if-match", tag).json(&json!({"internal_note": note})).await
    };
    let first = write(json!("Allergic to ammonia."), "\"1\"").await;
    assert_eq!(first.header("etag"), "\"2\"");
    assert_eq!(first.expect(200)["internal_note"], "Allergic to ammonia.");
    write(json!("x"), "\"1\"").await.refused(412, "VERSION_MISMATCH");
    write(json!("x".repeat(2_001)), "*").await.refused(422, "INVALID");
    assert_eq!(salon.patch(&path).json(&json!({})).await.expect(200)["version"], 2);
    assert_eq!(write(Value::Null, "*").await.expect(200)["internal_note"], Value::Null);
    salon.patch(&path).json(&json!({"status": "cancelled"})).await.refused(422, "INVALID");
}

#[tokio::test]
async fn the_history_says_what_happened_and_who_did_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"auto_confirm": false})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let listed = salon.get("/bookings").await.expect(200);
    let path = format!("/bookings/{}", id(&listed["data"][0]));
    app.clock.advance(chrono::TimeDelta::minutes(5));
    salon.post(&format!("{path}/confirmation")).json(&json!({})).await.expect(200);
    app.clock.advance(chrono::TimeDelta::minutes(5));
    let reason = json!({"reason": "Closed for a wedding."});
    salon.post(&format!("{path}/cancellation")).json(&reason).await.expect(200);
    let history = salon.get(&format!("{path}/history")).await.expect(200);
    let told: Vec<_> = history["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            (change["action"].as_str().unwrap(), change["actor"]["name"].as_str(), &change["after"]["status"])
        })
        .collect();
    assert_eq!(
        told,
        [
            ("booking.create", None, &json!("pending")),
            ("booking.confirm", Some("Olga Owner"), &json!("confirmed")),
            ("booking.cancel", Some("Olga Owner"), &json!("cancelled")),
        ]
    );
    assert_eq!(history["data"][2]["reason"], "Closed for a wedding.");
    assert!(!history.to_string().contains("ana@"), "{history}");
}

#[tokio::test]
async fn the_history_says_why() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant_in("salon", "UTC").await;
    salon.set_plan("pro").await;
    let fee = json!({"cancel_minutes": 60, "move_minutes": 60, "free_minutes": 0, "late_fee": {"of": "nothing"},
        "no_show_fee": {"of": "price", "rate": 1.0}});
    salon.put("/policy").json(&fee).await.expect(200);
    salon.service(json!({})).await;
    let booked = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let code = booked["public_code"].as_str().unwrap();
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let moved = json!({"email": "ana@customer.example", "start": "2030-03-05T11:00:00Z", "reason": "A train strike."});
    salon.public("POST", &format!("/bookings/{code}/reschedule")).json(&moved).await.expect(200);
    let path = format!("/bookings/{}", id(&salon.get("/bookings").await.expect(200)["data"][0]));
    let change = async |request: Request, body: Value| {
        app.clock.advance(chrono::TimeDelta::seconds(1));
        request.json(&body).await.expect(200)
    };
    let to = json!({"start": "2030-03-05T12:00:00Z", "reason": " Theo is late. "});
    change(salon.post(&format!("{path}/reschedule")), to).await;
    let outside = json!({"start": "2030-03-05T19:00:00Z", "outside_hours": true, "reason": "After hours."});
    change(salon.post(&format!("{path}/reschedule")), outside).await;
    change(
        salon.patch(&path),
        json!({"duration_minutes": 30, "outside_hours": true, "reason": "Half is enough."}),
    )
    .await;
    change(salon.patch(&path), json!({"internal_note": "Tea.", "reason": " "})).await;
    app.clock.advance(chrono::TimeDelta::hours(35));
    let again = json!({"email": salon.email, "password": salon.password});
    let token =
        app.post("/auth/login").json(&again).await.expect(200)["access_token"].as_str().unwrap().to_owned();
    let again = |method: &str, path: String| app.api(method, &path).bearer(&token);
    change(again("POST", format!("{path}/no-show")), json!({"reason": "Rang twice."})).await;
    change(again("POST", format!("{path}/fee-waiver")), json!({"reason": "Was in hospital."})).await;

    let history = again("GET", format!("{path}/history")).await.expect(200);
    let told: Vec<_> = history["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["action"].as_str().unwrap(), change["reason"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("booking.create", None),
            ("booking.reschedule", Some("A train strike.")),
            ("booking.reschedule", Some("Theo is late.")),
            ("booking.reschedule", Some("After hours.")),
            ("booking.resize", Some("Half is enough.")),
            ("booking.update", None),
            ("booking.miss", Some("Rang twice.")),
            ("booking.waive_fee", Some("Was in hospital.")),
        ]
    );
    for (action, body) in [
        ("no-show", json!({"reason": "x".repeat(2_001)})),
        ("fee-waiver", json!({"reason": "a\u{0}b"})),
        ("reschedule", json!({"start": "2030-03-07T12:00:00Z", "reason": "x".repeat(2_001)})),
    ] {
        let refused = again("POST", format!("{path}/{action}")).json(&body).await.refused(422, "INVALID");
        assert_eq!(refused["errors"][0]["pointer"], "/reason", "{action}");
    }
    // On the page, for the team: the customer is told of none of it.
    let mut browser = Browser::new(&app);
    browser.sign_in(&salon.email, &salon.password).await;
    let page = browser.open(&format!("/app{path}")).await.text.clone();
    for reason in ["A train strike.", "Theo is late.", "Rang twice.", "Was in hospital."] {
        assert!(page.contains(reason), "{reason}: {page}");
    }
    let manage = booked["manage_url"].as_str().unwrap().split_once("/manage/").unwrap().1;
    let page = app.request("GET", &format!("/manage/{manage}")).await.text;
    assert!(!page.contains("hospital") && !page.contains("Theo is late"), "{page}");
}

#[tokio::test]
async fn forms_ask_why() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant_in("salon", "UTC").await;
    salon.service(json!({})).await;
    let booked = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let listed = salon.get("/bookings").await.expect(200);
    let mut browser = Browser::of(&salon).await;
    let path = format!("/app/bookings/{}", id(&listed["data"][0]));
    browser.open(&format!("{path}/move?date=2030-03-05")).await;
    let to = [("start", "2030-03-05T11:00:00Z"), ("reason", "Theo is late.")];
    browser.submit(&format!("{path}/move"), &to).await;
    let manage = booked["manage_url"].as_str().unwrap().split_once("/manage/").unwrap().1;
    let manage = format!("/manage/{manage}");
    let mut customer = Browser::new(&app);
    customer.open(&format!("{manage}/move?start=2030-03-05T13:00:00Z")).await;
    customer.submit(&format!("{manage}/move"), &[("reason", "A train strike.")]).await;
    app.clock.advance(chrono::TimeDelta::hours(30));
    browser.open(&path).await;
    browser.submit(&format!("{path}/no-show"), &[("reason", "Rang twice.")]).await;
    let page = browser.open(&path).await.text.clone();
    for reason in ["Theo is late.", "A train strike.", "Rang twice."] {
        assert!(page.contains(reason), "{reason}: {page}");
    }
}

#[tokio::test]
async fn the_list_is_narrowed_by_customer_and_by_words() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let ana = book(&salon, "Ana", "2030-03-05T09:00:00Z").await;
    let mut zoe = salon.booking("zoe", "2030-03-05T10:00:00Z");
    zoe["customer"]["name"] = json!("Zoé Lefèvre");
    zoe["customer"]["phone"] = json!("06 12 34 56 78");
    salon.post("/bookings").json(&zoe).await.expect(201);
    book(&salon, "Ana", "2030-03-05T11:00:00Z").await;
    let found = async |query: &[(&str, &str)]| {
        salon.get("/bookings").query(query).await.expect(200)["data"].as_array().unwrap().len()
    };
    let customer = ana["customer"]["id"].as_str().unwrap();
    let code = ana["public_code"].as_str().unwrap();
    assert_eq!(found(&[("customer_id", customer)]).await, 2);
    assert_eq!(found(&[("customer_id", customer), ("to", "2030-03-05T10:00:00Z")]).await, 1);
    for (words, many) in [
        ("an", 2),
        ("zoe lef", 1),
        ("LEFÈV", 1),
        ("+336 12", 1),
        ("0612", 1),
        ("ana@cust", 2),
        ("zoe ana", 0),
        ("", 3),
        (code, 1),
        (&code.to_lowercase().replace('-', ""), 1),
        ("%", 0),
    ] {
        assert_eq!(found(&[("q", words)]).await, many, "{words}");
    }
    let long = "a".repeat(101);
    salon.get("/bookings").query(&[("q", long.as_str())]).await.refused(422, "INVALID");
    tokio::time::sleep(Duration::ZERO).await;
}
