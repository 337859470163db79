//! Customers are reminded on the eve, in the evening of the tenant's own clock: once, of what stands, at its time.

use chrono::{DateTime, TimeDelta, Utc};
use jobs::Job;
use testkit::TestApp;

/// The evening comes everywhere where it came since a quarter of an hour ago.
async fn tick(app: &TestApp) -> Vec<Job> {
    let until: DateTime<Utc> = app.now();
    let job = Job::RemindTenants { since: until - TimeDelta::minutes(15), until };
    let enqueued: store::Result<()> =
        app.store.system().transaction(async |tx| tx.enqueue(&[job], until).await).await;
    enqueued.unwrap();
    app.run_jobs().await
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
    assert!(cleo.text.contains("3:00") || cleo.text.contains("15:00"), "{}", cleo.text);
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
