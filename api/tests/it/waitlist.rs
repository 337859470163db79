//! Those who wait for a time: in line, offered one, and never two for one.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Browser, Salon, TestApp};

/// The clock stands at nine of the day before; the salon is in UTC.
const TEN: &str = "2030-03-05T10:00:00Z";

async fn salon(app: &TestApp, fields: Value) -> Salon<'_> {
    let salon = app.tenant_in("salon", "UTC").await;
    salon.set_plan("pro").await;
    salon.service(fields).await;
    salon
}

fn wish(salon: &Salon<'_>, name: &str) -> Value {
    json!({
        "service_id": salon.booking(name, TEN)["service_id"], "from": "2030-03-05", "to": "2030-03-06",
        "customer": {"name": name, "email": format!("{}@customer.example", name.to_lowercase())},
    })
}

async fn join(salon: &Salon<'_>, name: &str) -> Value {
    salon.public("POST", "/waitlist").json(&wish(salon, name)).await.expect(201)
}

async fn sign_in(app: &TestApp, salon: &mut Salon<'_>) {
    let body = json!({"email": salon.email, "password": salon.password});
    let signed_in = app.post("/auth/login").json(&body).await.expect(200);
    salon.token = signed_in["access_token"].as_str().unwrap().to_owned();
}

/// The bookings of a status, as `name start`.
async fn bookings(salon: &Salon<'_>, status: &str) -> Vec<String> {
    let found = salon.get("/bookings").query(&[("status", status)]).await.expect(200);
    let line = |one: &Value| {
        format!("{} {}", one["customer"]["name"].as_str().unwrap(), one["start"].as_str().unwrap())
    };
    found["data"].as_array().unwrap().iter().map(line).collect()
}

/// Who is on the list, as `name status`.
async fn line(salon: &Salon<'_>) -> Vec<String> {
    let found = salon.get("/waitlist").await.expect(200);
    let line = |one: &Value| {
        format!("{} {}", one["customer"]["name"].as_str().unwrap(), one["status"].as_str().unwrap())
    };
    found["data"].as_array().unwrap().iter().map(line).collect()
}

async fn cancel(salon: &Salon<'_>, name: &str) -> Answer {
    let found = salon.get("/bookings").query(&[("q", name), ("status", "confirmed")]).await.expect(200);
    let id = found["data"][0]["id"].as_str().unwrap().to_owned();
    salon.post(&format!("/bookings/{id}/cancellation")).json(&json!({})).await
}

/// Fills the salon's day: each hour from eight to six.
async fn fill(salon: &Salon<'_>, date: &str) {
    for start in salon.starts(date).await {
        let name = format!("Guest{}", start.get(11..13).unwrap());
        salon.book(&name, &start).await.expect(201);
    }
    assert_eq!(salon.starts(date).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_first_in_line_is_offered_what_becomes_free_and_then_the_next() {
    let app = TestApp::start().await;
    let mut salon = salon(&app, json!({"duration_minutes": 60})).await;
    fill(&salon, "2030-03-05").await;
    fill(&salon, "2030-03-06").await;
    for name in ["Ana", "Bob", "Cleo"] {
        let joined = join(&salon, name).await;
        assert_eq!(joined["status"], "waiting");
        app.clock.advance(TimeDelta::seconds(1));
    }
    app.run_jobs().await;
    assert_eq!(app.mails().await.iter().filter(|mail| mail.text.contains("on the waitlist")).count(), 3);
    cancel(&salon, "Guest10").await.expect(200);
    app.run_jobs().await;
    assert_eq!(bookings(&salon, "held").await, [format!("Ana {TEN}")]);
    assert_eq!(line(&salon).await, ["Ana offered", "Bob waiting", "Cleo waiting"]);
    // It is kept for Ana: nobody else gets it.
    salon.book("Zoe", TEN).await.refused(409, "SLOT_UNAVAILABLE");
    let mails = app.mails().await;
    let offers: Vec<_> = mails.iter().filter(|mail| mail.subject.contains("A time is free")).collect();
    assert_eq!(offers.len(), 1);
    assert!(offers[0].to.contains("ana@") && offers[0].text.contains("10:00"), "{}", offers[0].text);
    assert!(!offers[0].text.contains("PDF"), "{}", offers[0].text);
    // Ana does not answer: it is Bob's turn, who takes it by the page of the mail.
    app.clock.advance(TimeDelta::hours(2));
    sign_in(&app, &mut salon).await;
    app.run_jobs().await;
    assert_eq!(line(&salon).await, ["Ana lapsed", "Bob offered", "Cleo waiting"]);
    let mails = app.mails().await;
    let offer =
        mails.iter().rev().find(|mail| mail.to.contains("bob@") && mail.text.contains("/manage/")).unwrap();
    let path = offer.text.split_whitespace().find(|word| word.contains("/manage/")).unwrap();
    let path = format!("/manage/{}", path.split_once("/manage/").unwrap().1);
    let mut browser = Browser::new(&app);
    let page = browser.open(&path).await.text.clone();
    assert!(page.contains("A time is kept for you") && page.contains("Take this time"), "{page}");
    let page = browser.submit(&format!("{path}/accept"), &[]).await.text.clone();
    assert!(page.contains("booked, Bob"), "{page}");
    assert_eq!(line(&salon).await, ["Ana lapsed", "Bob booked", "Cleo waiting"]);
    app.run_jobs().await;
    assert!(
        app.mails().await.iter().any(|mail| mail.to.contains("bob@") && mail.subject.contains("Confirmed"))
    );
    // Who cancels what they took frees it for the next.
    cancel(&salon, "Bob").await.expect(200);
    app.run_jobs().await;
    assert_eq!(line(&salon).await, ["Ana lapsed", "Bob booked", "Cleo offered"]);
}

#[tokio::test]
async fn an_offer_is_left_and_goes_to_the_next() {
    let app = TestApp::start().await;
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    fill(&salon, "2030-03-05").await;
    fill(&salon, "2030-03-06").await;
    let ana = join(&salon, "Ana").await;
    app.clock.advance(TimeDelta::seconds(1));
    join(&salon, "Bob").await;
    cancel(&salon, "Guest10").await.expect(200);
    app.run_jobs().await;
    let url = ana["manage_url"].as_str().unwrap();
    let path = format!("/waitlist/{}", url.split_once("/waitlist/").unwrap().1);
    let mut browser = Browser::new(&app);
    let page = browser.open(&path).await.text.clone();
    assert!(page.contains("A time is kept for you"), "{page}");
    let page = browser.submit(&format!("{path}/leave"), &[]).await.text.clone();
    assert!(page.contains("no longer on the waitlist"), "{page}");
    app.run_jobs().await;
    assert_eq!(line(&salon).await, ["Ana withdrawn", "Bob offered"]);
    assert_eq!(bookings(&salon, "held").await, [format!("Bob {TEN}")]);
}

#[tokio::test]
async fn nobody_is_offered_a_time_at_which_they_would_not_come() {
    let app = TestApp::start().await;
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    fill(&salon, "2030-03-05").await;
    for (name, field, value) in [
        ("Late", "earliest", json!("10:30")),
        ("Early", "latest", json!("10:00")),
        ("Other", "from", json!("2030-03-06")),
    ] {
        let mut body = wish(&salon, name);
        body[field] = value;
        salon.public("POST", "/waitlist").json(&body).await.expect(201);
        app.clock.advance(TimeDelta::seconds(1));
    }
    let mut body = wish(&salon, "Fits");
    (body["earliest"], body["latest"]) = (json!("10:00"), json!("10:01"));
    salon.public("POST", "/waitlist").json(&body).await.expect(201);
    cancel(&salon, "Guest10").await.expect(200);
    app.run_jobs().await;
    assert_eq!(line(&salon).await, ["Late waiting", "Early waiting", "Other waiting", "Fits offered"]);
}

#[tokio::test]
async fn two_times_that_become_free_at_once_go_to_two_and_a_taken_one_to_nobody() {
    let app = TestApp::start().await;
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    fill(&salon, "2030-03-05").await;
    fill(&salon, "2030-03-06").await;
    for name in ["Ana", "Bob", "Cleo"] {
        join(&salon, name).await;
        app.clock.advance(TimeDelta::seconds(1));
    }
    join_all(["Guest10", "Guest11"].map(|name| cancel(&salon, name))).await;
    app.run_jobs().await;
    assert_eq!(line(&salon).await, ["Ana offered", "Bob offered", "Cleo waiting"]);
    let mut held = bookings(&salon, "held").await;
    held.sort();
    // Which of the two becomes free first is a race.
    let either = [["Ana", "10"], ["Bob", "11"]];
    let or = [["Ana", "11"], ["Bob", "10"]];
    let told = |pair: [[&str; 2]; 2]| pair.map(|[name, hour]| format!("{name} 2030-03-05T{hour}:00:00Z"));
    assert!(held == told(either) || held == told(or), "{held:?}");
    // Taken meanwhile, it is offered to nobody.
    cancel(&salon, "Guest12").await.expect(200);
    salon.book("Zoe", "2030-03-05T12:00:00Z").await.expect(201);
    app.run_jobs().await;
    assert_eq!(line(&salon).await, ["Ana offered", "Bob offered", "Cleo waiting"]);
}

#[tokio::test]
async fn of_taking_an_offer_and_the_end_of_its_time_one_wins() {
    let app = TestApp::start().await;
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    fill(&salon, "2030-03-05").await;
    fill(&salon, "2030-03-06").await;
    join(&salon, "Ana").await;
    cancel(&salon, "Guest10").await.expect(200);
    app.run_jobs().await;
    app.clock.advance(TimeDelta::hours(2));
    let mut salon = salon;
    sign_in(&app, &mut salon).await;
    let found = salon.get("/bookings").query(&[("status", "held")]).await.expect(200);
    let code = found["data"][0]["public_code"].as_str().unwrap().to_owned();
    let accept = async || {
        let body = json!({"email": "ana@customer.example"});
        salon.public("POST", &format!("/bookings/{code}/acceptance")).json(&body).await
    };
    let (accepted, _, again) = futures_util::join!(accept(), app.run_jobs(), accept());
    let ended = bookings(&salon, "expired").await.len();
    let taken = bookings(&salon, "confirmed").await.iter().filter(|one| one.starts_with("Ana")).count();
    assert_eq!((ended + taken, accepted.status == 200), (1, taken == 1), "{}", accepted.text);
    assert_eq!(accepted.status, again.status);
    assert_eq!(line(&salon).await, [if taken == 1 { "Ana booked" } else { "Ana lapsed" }]);
}

#[tokio::test]
async fn seats_that_become_free_are_offered_as_seats() {
    let app = TestApp::start().await;
    let salon = salon(&app, json!({"duration_minutes": 60, "capacity": 2})).await;
    salon.book("Guest10", TEN).await.expect(201);
    salon.book("Guest11", TEN).await.expect(201);
    let mut body = wish(&salon, "Ana");
    (body["earliest"], body["latest"], body["to"]) = (json!("10:00"), json!("10:01"), json!("2030-03-05"));
    salon.public("POST", "/waitlist").json(&body).await.expect(201);
    body["customer"] = json!({"name": "Bob", "email": "bob@customer.example"});
    app.clock.advance(TimeDelta::seconds(1));
    salon.public("POST", "/waitlist").json(&body).await.expect(201);
    cancel(&salon, "Guest10").await.expect(200);
    app.run_jobs().await;
    assert_eq!(line(&salon).await, ["Ana offered", "Bob waiting"]);
    assert_eq!(bookings(&salon, "held").await, [format!("Ana {TEN}")]);
}

#[tokio::test]
async fn what_asks_for_a_deposit_is_taken_by_paying_it() {
    let app = TestApp::start().await;
    let salon = salon(&app, json!({"duration_minutes": 600, "deposit_rate": 0.5})).await;
    salon
        .post("/bookings")
        .json(&{
            let mut body = salon.booking("Guest10", "2030-03-05T08:00:00Z");
            body.as_object_mut().unwrap().remove("notifications");
            body
        })
        .await
        .expect(201);
    let mut body = wish(&salon, "Ana");
    body["to"] = json!("2030-03-05");
    salon.public("POST", "/waitlist").json(&body).await.expect(201);
    cancel(&salon, "Guest10").await.expect(200);
    app.run_jobs().await;
    let found = salon.get("/bookings").query(&[("status", "held")]).await.expect(200);
    let held = &found["data"][0];
    assert_eq!(held["deposit"]["status"], "due");
    let code = held["public_code"].as_str().unwrap();
    let body = json!({"email": "ana@customer.example"});
    salon
        .public("POST", &format!("/bookings/{code}/acceptance"))
        .json(&body)
        .await
        .refused(409, "BOOKING_NOT_CONFIRMABLE");
    let url = held["deposit"]["pay_url"].as_str().unwrap();
    let path = format!("/manage/{}", url.split_once("/manage/").unwrap().1);
    let mut browser = Browser::new(&app);
    browser.open(&path).await;
    browser.submit(&path, &[]).await;
    assert_eq!(line(&salon).await, ["Ana booked"]);
    app.run_jobs().await;
}

#[tokio::test]
async fn hours_that_are_opened_are_offered_too() {
    let app = TestApp::start().await;
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    let closure = json!({"starts_on": "2030-03-05", "ends_on": "2030-03-06"});
    let closure = salon.post("/closures").json(&closure).await.expect(201)["id"].as_str().unwrap().to_owned();
    join(&salon, "Ana").await;
    app.run_jobs().await;
    assert_eq!(line(&salon).await, ["Ana waiting"]);
    salon.delete(&format!("/closures/{closure}")).await.expect(204);
    app.run_jobs().await;
    assert_eq!(line(&salon).await, ["Ana offered"]);
    assert_eq!(bookings(&salon, "held").await, ["Ana 2030-03-05T08:00:00Z"]);
}

#[tokio::test]
async fn one_address_waits_three_times_and_who_is_blocked_is_offered_nothing() {
    let app = TestApp::start().await;
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    fill(&salon, "2030-03-05").await;
    fill(&salon, "2030-03-06").await;
    let tries = join_all((0..6).map(|_| {
        let body = wish(&salon, "Ana");
        let salon = &salon;
        async move { salon.public("POST", "/waitlist").json(&body).await.status }
    }))
    .await;
    assert_eq!(tries.iter().filter(|status| **status == 201).count(), 3, "{tries:?}");
    app.clock.advance(TimeDelta::seconds(1));
    join(&salon, "Bob").await;
    let customer = json!({"name": "Ana", "email": "ana@customer.example"});
    let id = salon.post("/customers").json(&customer).await.expect(201)["id"].as_str().unwrap().to_owned();
    salon.post(&format!("/customers/{id}/block")).json(&json!({})).await;
    cancel(&salon, "Guest10").await.expect(200);
    app.run_jobs().await;
    assert_eq!(bookings(&salon, "held").await, [format!("Bob {TEN}")]);
    salon.public("POST", "/waitlist").json(&wish(&salon, "Ana")).await.refused(403, "CONTACT_THE_BUSINESS");
}

#[tokio::test]
async fn members_see_who_waits_and_take_them_from_the_list() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    let made = salon.post("/waitlist").json(&wish(&salon, "Ana")).await.expect(201);
    let mut browser = Browser::of(&salon).await;
    let page = browser.open("/app/waitlist").await.text.clone();
    assert!(page.contains("ana@customer.example"), "{page}");
    let id = made["id"].as_str().unwrap();
    let page = browser.submit(&format!("/app/waitlist/{id}/leave"), &[]).await.text.clone();
    assert!(page.contains("Nobody waits"), "{page}");
    assert_eq!(line(&salon).await, ["Ana withdrawn"]);
    salon.delete(&format!("/waitlist/{id}")).await.expect(204);
}

#[tokio::test]
async fn a_visitor_joins_on_the_page_and_is_told_what_is_wrong() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    let service = salon.booking("Ana", TEN)["service_id"].as_str().unwrap().to_owned();
    let mut browser = Browser::new(&app);
    let page = browser.open(&format!("/salon/book/waitlist?service_id={service}")).await.text.clone();
    assert!(page.contains("Join the waitlist"), "{page}");
    let (action, fields) =
        ("/salon/book/waitlist", [("name", "Ana"), ("email", "nobody"), ("to", "2020-01-01")]);
    let page = browser.submit(action, &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("2020-01-01"), "{}", page.text);
    let fields =
        [("name", "Ana"), ("email", "ana@customer.example"), ("to", "2030-03-20"), ("part", "morning")];
    let page = browser.submit(action, &fields).await;
    assert!(page.text.contains("You are on the waitlist") && page.text.contains("12:00"), "{}", page.text);
    let found = salon.get("/waitlist").await.expect(200);
    assert_eq!(
        (&found["data"][0]["latest"], &found["data"][0]["from"]),
        (&json!("12:00"), &json!("2030-03-04"))
    );
}
