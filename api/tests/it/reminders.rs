//! Customers are reminded on the eve, in the evening of the tenant's own clock: once, of what stands, at its time.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::BookingId;
use jobs::Job;
use providers::mail::sandbox::Received;
use serde_json::{Value, json};
use testkit::{Salon, TestApp};

/// The evening comes everywhere where it came since a quarter of an hour ago.
async fn tick(app: &TestApp) -> Vec<Job> {
    let until: DateTime<Utc> = app.now();
    let job = Job::RemindTenants { since: until - TimeDelta::minutes(15), until };
    let enqueued: store::Result<()> =
        app.store.system().transaction(async |tx| tx.enqueue(&[job], until).await).await;
    enqueued.unwrap();
    app.run_jobs().await
}

#[track_caller]
fn assert_says(mail: &Received, lines: &str) {
    let text = mail.text.replace("\r\n", "\n");
    assert!(text.contains(lines), "{text}");
}

async fn reminded(app: &TestApp) -> Vec<String> {
    let mails = app.mails().await.into_iter().filter(|mail| mail.subject.contains("omorrow"));
    let mut names: Vec<String> = mails.map(|mail| mail.to).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_booking_is_reminded_of_once_on_its_eve_and_only_while_it_stands() {
    let app = TestApp::start().await;
    let paris = app.tenant_in("paris", "Europe/Paris").await;
    let york = app.tenant_in("york", "America/New_York").await;
    // It is 4 March 2030 everywhere.
    for salon in [&paris, &york] {
        salon.service(serde_json::json!({"duration_minutes": 30})).await;
    }
    let start = |salon: &testkit::Salon<'_>, day: u32, hour: u32| {
        let offset = if salon.slug == "paris" { "+01:00" } else { "-05:00" };
        format!("2030-03-{day:02}T{hour:02}:00:00{offset}")
    };
    paris.book("Ana", &start(&paris, 5, 10)).await.expect(201);
    let cancelled = paris.book("Bob", &start(&paris, 5, 11)).await.expect(201);
    let moved = paris.book("Cleo", &start(&paris, 5, 12)).await.expect(201);
    paris.book("Dora", &start(&paris, 6, 10)).await.expect(201);
    york.book("Yann", &start(&york, 5, 10)).await.expect(201);
    let all = paris.get("/bookings").await.expect(200)["data"].clone();
    let path = |made: &serde_json::Value, what: &str| {
        let is_it = |booking: &&serde_json::Value| booking["public_code"] == made["public_code"];
        let booking = all.as_array().unwrap().iter().find(is_it).unwrap();
        format!("/bookings/{}/{what}", booking["id"].as_str().unwrap())
    };
    paris.post(&path(&cancelled, "cancellation")).json(&serde_json::json!({})).await.expect(200);
    let to = serde_json::json!({"start": start(&paris, 5, 15)});
    paris.post(&path(&moved, "reschedule")).json(&to).await.expect(200);
    app.run_jobs().await;
    // 18:00 in Paris.
    app.clock.advance("2030-03-04T17:00:00Z".parse::<DateTime<Utc>>().unwrap() - app.now());
    paris.book("Late", &start(&paris, 5, 16)).await.expect(201);
    let ran = tick(&app).await;
    assert!(ran.contains(&Job::RemindOfBookings { date: "2030-03-04".parse().unwrap() }), "{ran:?}");
    let names = reminded(&app).await;
    assert!(names.len() == 2 && names[0].contains("Ana") && names[1].contains("Cleo"), "{names:?}");
    let mails = app.mails().await;
    let cleo =
        mails.iter().find(|mail| mail.subject.contains("omorrow") && mail.to.contains("Cleo")).unwrap();
    assert_says(cleo, "Tuesday 5 March 2030\n15:00 – 15:30 (Paris time)\n");
    // The same tick again, as by a worker that died, and the next one.
    tick(&app).await;
    app.clock.advance(TimeDelta::minutes(15));
    tick(&app).await;
    assert_eq!(reminded(&app).await.len(), 2);
    // 18:00 in New York.
    app.clock.advance("2030-03-04T23:00:00Z".parse::<DateTime<Utc>>().unwrap() - app.now());
    tick(&app).await;
    let names = reminded(&app).await;
    assert!(names.len() == 3 && names.iter().any(|name| name.contains("Yann")), "{names:?}");
}

fn set(app: &TestApp, time: &str) {
    app.clock.advance(time.parse::<DateTime<Utc>>().unwrap() - app.now());
}

/// The reminders that went to that customer, the oldest first.
async fn reminders_of(app: &TestApp, name: &str) -> Vec<Received> {
    let to = format!("{}@customer.example", name.to_lowercase());
    let mails = app.mails().await.into_iter();
    mails.filter(|mail| mail.subject.starts_with("Tomorrow: ") && mail.to.contains(&to)).collect()
}

/// The evening has come, and the reminder of that booking waits in its queue.
async fn queue_the_reminder(salon: &Salon<'_>, name: &str) {
    let sql = "SELECT id, sequence FROM bookings WHERE contact_name = $1";
    let row = salon.app.database.admin().await.query_one(sql, &[&name]).await.unwrap();
    let (booking_id, sequence) = (BookingId(row.get(0)), row.get(1));
    let job =
        (format!("reminder:{booking_id}:{sequence}"), Job::SendBookingReminder { booking_id, sequence });
    let tenant = salon.app.store.tenant(salon.id);
    let now = salon.app.now();
    let queued: store::Result<()> = tenant.transaction(async |tx| tx.enqueue_once(&[job], now).await).await;
    queued.unwrap();
}

async fn act(salon: &Salon<'_>, booked: &Value, name: &str, action: &str, mut body: Value) {
    let path = format!("/bookings/{}/{action}", booked["public_code"].as_str().unwrap());
    body["email"] = json!(format!("{}@customer.example", name.to_lowercase()));
    salon.public("POST", &path).json(&body).await.expect(200);
}

#[tokio::test]
async fn what_is_cancelled_while_its_reminder_waits_is_reminded_of_no_more() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({"duration_minutes": 30})).await;
    let ana = salon.book("Ana", "2030-03-05T15:00:00Z").await.expect(201);
    salon.book("Bob", "2030-03-05T16:00:00Z").await.expect(201);
    app.run_jobs().await;
    set(&app, "2030-03-04T17:00:00Z");
    for name in ["Ana", "Bob"] {
        queue_the_reminder(&salon, name).await;
    }
    act(&salon, &ana, "Ana", "cancellation", json!({})).await;
    let ran = tick(&app).await;
    let sent = ran.iter().filter(|job| matches!(job, Job::SendBookingReminder { .. }));
    assert!(sent.count() >= 2, "both waited: {ran:?}");
    assert_eq!(reminders_of(&app, "Ana").await.len(), 0);
    // Queued by hand and by the tick, told once.
    let bob = reminders_of(&app, "Bob").await;
    assert_eq!(bob.len(), 1);
    assert_says(&bob[0], "Tuesday 5 March 2030\n17:00 – 17:30 (Paris time)\n");
}

#[tokio::test]
async fn what_is_moved_while_its_reminder_waits_is_reminded_of_on_its_new_eve_alone() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({"duration_minutes": 30})).await;
    // Four o'clock in the winter, and then in the summer.
    let ana = salon.book("Ana", "2030-03-29T15:00:00Z").await.expect(201);
    app.run_jobs().await;
    set(&app, "2030-03-28T17:00:00Z");
    queue_the_reminder(&salon, "Ana").await;
    act(&salon, &ana, "Ana", "reschedule", json!({"start": "2030-04-02T14:00:00Z"})).await;
    tick(&app).await;
    for evening in ["2030-03-29T17:00:00Z", "2030-03-30T17:00:00Z", "2030-03-31T16:00:00Z"] {
        set(&app, evening);
        tick(&app).await;
    }
    assert_eq!(reminders_of(&app, "Ana").await.len(), 0, "it is on none of these days");
    for evening in ["2030-04-01T16:00:00Z", "2030-04-01T16:15:00Z", "2030-04-02T16:00:00Z"] {
        set(&app, evening);
        tick(&app).await;
        let told = reminders_of(&app, "Ana").await;
        assert_eq!(told.len(), 1, "{evening}");
        assert_eq!(told[0].subject, "Tomorrow: Haircut, Tuesday 2 April 2030 at 16:00");
        assert_says(&told[0], "Tuesday 2 April 2030\n16:00 – 16:30 (Paris time)\n");
        assert!(!told[0].text.contains("14:00") && !told[0].text.contains("29 March"), "{}", told[0].text);
    }
}

#[tokio::test]
async fn who_was_reminded_and_moves_is_reminded_once_more_for_the_new_day() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({"duration_minutes": 30})).await;
    let ana = salon.book("Ana", "2030-03-05T15:00:00Z").await.expect(201);
    app.run_jobs().await;
    set(&app, "2030-03-04T17:00:00Z");
    tick(&app).await;
    assert_eq!(reminders_of(&app, "Ana").await.len(), 1);
    app.clock.advance(TimeDelta::minutes(5));
    act(&salon, &ana, "Ana", "reschedule", json!({"start": "2030-03-07T15:00:00Z"})).await;
    app.run_jobs().await;
    set(&app, "2030-03-05T17:00:00Z");
    tick(&app).await;
    assert_eq!(reminders_of(&app, "Ana").await.len(), 1);
    set(&app, "2030-03-06T17:00:00Z");
    for _ in 0..2 {
        tick(&app).await;
        let told = reminders_of(&app, "Ana").await;
        let days: Vec<&str> = told.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(
            days,
            [
                "Tomorrow: Haircut, Tuesday 5 March 2030 at 16:00",
                "Tomorrow: Haircut, Thursday 7 March 2030 at 16:00",
            ]
        );
        assert_says(&told[1], "Thursday 7 March 2030\n16:00 – 16:30 (Paris time)\n");
    }
}
