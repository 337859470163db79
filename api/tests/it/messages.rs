//! What owners and customers are mailed, how often, and what is kept back.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::id::BookingId;
use domain::plan::Limit;
use futures_util::future::join_all;
use jobs::Job;
use providers::mail::sandbox::Received;
use serde_json::{Value, json};
use store::messages::{self, About, Audience, Claim};
use testkit::{Salon, TestApp};

/// Books the first `count` starts that are free from that date on, for customers of their own.
async fn book(salon: &Salon<'_>, date: &str, count: usize) {
    let starts = salon.starts(date).await;
    assert!(starts.len() >= count, "{starts:?}");
    for (n, start) in starts.iter().take(count).enumerate() {
        salon.book(&format!("Ana{n}"), start).await.expect(201);
    }
}

/// Subjects of what the owner was mailed about the plan, the oldest first.
async fn warnings(salon: &Salon<'_>) -> Vec<String> {
    let mails = salon.app.mails().await.into_iter();
    mails
        .filter(|mail| mail.to.contains(&salon.email) && !mail.subject.contains("Confirm"))
        .map(|mail| mail.subject)
        .collect()
}

fn warning(percent: u8) -> Job {
    let period_start = "2030-03-01".parse().unwrap();
    Job::SendLimitWarning { limit: Limit::BookingsPerMonth, period_start, percent }
}

async fn prove_the_owner(salon: &Salon<'_>) {
    let sql = "UPDATE users SET email_verified_at = now() WHERE id = $1";
    salon.app.database.admin().await.execute(sql, &[&salon.owner.0]).await.unwrap();
}

#[tokio::test]
async fn owners_are_warned_once_at_four_fifths_of_the_plan_and_once_at_its_end() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({"duration_minutes": 15})).await;
    book(&salon, "2030-03-05", 39).await;
    assert!(!app.run_jobs().await.contains(&warning(80)));
    book(&salon, "2030-03-06", 1).await;
    let ran = app.run_jobs().await;
    assert_eq!(ran.iter().filter(|job| **job == warning(80)).count(), 1);
    assert_eq!(warnings(&salon).await, ["Close to the limit: 40 of 50 bookings this month"]);
    book(&salon, "2030-03-07", 10).await;
    let ran = app.run_jobs().await;
    assert_eq!(ran.iter().filter(|job| matches!(job, Job::SendLimitWarning { .. })).count(), 1);
    let both = warnings(&salon).await;
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both.contains(&"Limit reached: 50 bookings this month".to_owned()), "{both:?}");
    // Enqueued again, as by a worker that died: it was told.
    let tenant = app.store.tenant(salon.id);
    let again = async || {
        let jobs = [warning(80), warning(100)];
        let enqueued: store::Result<()> =
            tenant.transaction(async |tx| tx.enqueue(&jobs, app.now()).await).await;
        enqueued.unwrap();
        assert_eq!(app.run_jobs().await.len(), 2);
    };
    again().await;
    assert_eq!(warnings(&salon).await.len(), 2);
    // Without its rows it would be told anew, but the plan includes more by then.
    let admin = app.database.admin().await;
    admin.batch_execute("DELETE FROM messages WHERE kind LIKE 'limit%'").await.unwrap();
    salon.set_plan("pro").await;
    again().await;
    assert_eq!(warnings(&salon).await.len(), 2);
}

#[tokio::test]
async fn every_owner_is_warned_in_their_language() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.member(domain::access::Role::Owner).await;
    salon.member(domain::access::Role::Admin).await;
    let admin = app.database.admin().await;
    admin.batch_execute("UPDATE users SET locale = 'fr' WHERE full_name = 'Mia Member'").await.unwrap();
    app.run_jobs().await;
    let sql = "INSERT INTO usage VALUES ($1, 'bookings_per_month', '2030-03-01', 49)";
    admin.execute(sql, &[&salon.id.0]).await.unwrap();
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    app.run_jobs().await;
    let mut subjects: Vec<String> = app.mails().await.into_iter().map(|mail| mail.subject).collect();
    subjects.retain(|subject| subject.contains("50"));
    subjects.sort();
    assert_eq!(
        subjects,
        ["Limit reached: 50 bookings this month", "Limite atteinte : 50 réservations de ce mois"]
    );
}

#[tokio::test]
async fn a_tenant_whose_owner_is_not_proven_mails_fifty_a_day_to_customers() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    salon.service(json!({"duration_minutes": 15})).await;
    let to_customers = async || {
        app.run_jobs().await;
        app.mails().await.iter().filter(|mail| mail.to.contains("@customer.example")).count()
    };
    book(&salon, "2030-03-05", 40).await;
    assert_eq!(to_customers().await, 40);
    book(&salon, "2030-03-06", 13).await;
    assert_eq!(to_customers().await, 50);
    let admin = app.database.admin().await;
    let sql =
        "SELECT count(*), min(error) FROM messages WHERE status = 'suppressed' AND audience = 'customer'";
    let row = admin.query_one(sql, &[]).await.unwrap();
    let (kept, why): (i64, String) = (row.get(0), row.get(1));
    assert_eq!((kept, why.as_str()), (3, "over 50 a day while no owner has proven their address"));
    // Another day has fifty of its own.
    app.clock.advance(chrono::TimeDelta::hours(24));
    book(&salon, "2030-03-07", 1).await;
    assert_eq!(to_customers().await, 51);
    // A day with a proven owner has as many as there are.
    prove_the_owner(&salon).await;
    book(&salon, "2030-03-08", 40).await;
    book(&salon, "2030-03-11", 15).await;
    assert_eq!(to_customers().await, 51 + 55);
    assert_eq!(admin.query_one(sql, &[]).await.unwrap().get::<_, i64>(0), 3);
}

#[tokio::test]
async fn fifty_a_day_are_fifty_however_many_workers_send() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let tenant = app.doors(8).tenant(salon.id);
    let claims = join_all((0..60).map(async |_| {
        let about = About {
            subject: BookingId::mint(app.now()).0,
            kind: "booking_confirmation",
            channel: "email",
            sequence: 0,
            audience: Audience::Customer,
        };
        // Twice, as by a worker that died between: the second run changes nothing.
        let mut claims = Vec::new();
        for _ in 0..2 {
            let claim: store::Result<Claim> = tenant
                .transaction(async |tx| {
                    messages::claim_unproven(tx, about, "ana@customer.example", "sandbox", app.now()).await
                })
                .await;
            claims.push(claim.unwrap());
        }
        assert_eq!(claims[0], claims[1]);
        claims[0]
    }))
    .await;
    let sent = claims.iter().filter(|claim| matches!(claim, Claim::Send(_))).count();
    let suppressed = claims.iter().filter(|claim| **claim == Claim::Suppressed).count();
    assert_eq!((sent, suppressed), (50, 10));
}

#[tokio::test]
async fn a_proven_owner_is_not_bound() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    salon.service(json!({"duration_minutes": 15})).await;
    prove_the_owner(&salon).await;
    book(&salon, "2030-03-05", 40).await;
    book(&salon, "2030-03-06", 12).await;
    app.run_jobs().await;
    let mails = app.mails().await;
    assert_eq!(mails.iter().filter(|mail| mail.to.contains("@customer.example")).count(), 52);
}

#[tokio::test]
async fn an_address_for_replies_that_is_none_stops_no_mail() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let admin = app.database.admin().await;
    for (address, reply_to) in
        [("not an address", None), ("hello@salon.example", Some("hello@salon.example"))]
    {
        admin.execute("UPDATE tenants SET contact_email = $1", &[&address]).await.unwrap();
        let start = if reply_to.is_some() { "2030-03-05T10:00:00Z" } else { "2030-03-05T09:00:00Z" };
        let name = if reply_to.is_some() { "Bob" } else { "Ana" };
        salon.book(name, start).await.expect(201);
        app.run_jobs().await;
        let to = format!("{}@customer.example", name.to_lowercase());
        let mails = app.mails().await;
        let mail = mails.iter().find(|mail| mail.to.contains(&to)).expect("it was mailed");
        match (&mail.reply_to, reply_to) {
            (None, None) => {}
            (Some(told), Some(address)) => assert!(told.contains(address), "{told}"),
            other => panic!("{other:?}"),
        }
    }
}

/// 16:15 in Paris, where it takes place: in the winter, and after the clocks have changed.
const WINTER: &str = "2030-03-29T15:15:00Z";
const SUMMER: &str = "2030-04-02T14:15:00Z";
/// The same on the clocks of Athens, of New York and of nobody.
const ELSEWHERE: [&str; 5] = ["17:15", "11:15", "10:15", "15:15", "14:15"];

/// A mail says that date, 16:15 and Paris; so does its calendar, and neither another zone.
fn check_the_zone(mail: &Received, is_french: bool, start: &str, has_calendar: bool) {
    let start: DateTime<Utc> = start.parse().unwrap();
    let local = start.with_timezone(&Tz::Europe__Paris);
    assert_eq!(local.format("%H:%M").to_string(), "16:15");
    let day = match (is_french, local.format("%m-%d").to_string().as_str()) {
        (true, "03-29") => "Vendredi 29 mars 2030",
        (true, "04-02") => "Mardi 2 avril 2030",
        (false, "03-29") => "Friday 29 March 2030",
        (false, "04-02") => "Tuesday 2 April 2030",
        other => panic!("{other:?}"),
    };
    let zone = if is_french { "heure de Paris" } else { "Paris time" };
    let text = mail.text.replace("\r\n", "\n");
    assert!(text.contains(&format!("{day}\n16:15 – 16:45 ({zone})\n")), "{text}");
    let at = format!("{day}{}16:15", if is_french { " à " } else { " at " });
    assert!(mail.subject.to_lowercase().contains(&at.to_lowercase()), "{}", mail.subject);
    for told in [&mail.subject, &text, &mail.html] {
        assert!(!ELSEWHERE.iter().any(|time| told.contains(time)), "{told}");
        assert!(!["Athen", "York", "UTC"].iter().any(|zone| told.contains(zone)), "{told}");
    }
    let mut calendars = mail.attachments.iter().filter(|file| file.name == "invite.ics");
    let Some(calendar) = calendars.next() else { return assert!(!has_calendar, "{}", mail.subject) };
    let ics = str::from_utf8(&calendar.bytes).unwrap();
    let line = |name: &str| ics.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    assert_eq!(line("DTSTART:"), Some(start.format("%Y%m%dT%H%M%SZ").to_string().as_str()), "{ics}");
    let end = start + TimeDelta::minutes(30);
    assert_eq!(line("DTEND:"), Some(end.format("%Y%m%dT%H%M%SZ").to_string().as_str()), "{ics}");
    assert_eq!(line("X-WR-TIMEZONE:"), Some("Europe/Paris"), "{ics}");
    assert!(has_calendar && calendars.next().is_none());
}

/// What that customer was mailed since they were asked last.
async fn told(app: &TestApp, name: &str, seen: &mut usize) -> Vec<Received> {
    app.run_jobs().await;
    let to = format!("{}@customer.example", name.to_lowercase());
    let mails: Vec<Received> = app.mails().await.into_iter().filter(|mail| mail.to.contains(&to)).collect();
    let new = mails.get(*seen..).unwrap().to_vec();
    *seen = mails.len();
    // Of one moment they come in any order: a minute apart, they don't.
    app.clock.advance(TimeDelta::minutes(1));
    new
}

fn only(mails: Vec<Received>) -> Received {
    assert_eq!(mails.len(), 1, "{:?}", mails.iter().map(|mail| &mail.subject).collect::<Vec<_>>());
    mails.into_iter().next().unwrap()
}

#[tokio::test]
async fn every_mail_about_a_booking_is_in_the_zone_it_takes_place_in_wherever_the_customer_is() {
    for (name, zone, lang) in [("Ana", "Europe/Athens", "en"), ("Yann", "America/New_York", "fr")] {
        let app = TestApp::start().await;
        let salon = app.tenant("salon").await;
        salon.service(json!({"duration_minutes": 30, "slot_step_minutes": 15, "auto_confirm": false})).await;
        let (is_french, mut seen) = (lang == "fr", 0);
        let mut body = salon.booking(name, WINTER);
        (body["timezone"], body["locale"]) = (json!(zone), json!(lang));
        let booked = salon.public("POST", "/bookings").json(&body).await.expect(201);
        let listed = salon.get("/bookings").await.expect(200);
        let kept = listed["data"][0]["customer_timezone"].as_str();
        assert!(kept.is_none_or(|kept| kept == zone), "{listed}");
        let confirmation = format!("/bookings/{}/confirmation", listed["data"][0]["id"].as_str().unwrap());
        salon.post(&confirmation).json(&json!({})).await.expect(200);
        check_the_zone(&only(told(&app, name, &mut seen).await), is_french, WINTER, true);
        let act = async |action: &str, mut body: Value| {
            body["email"] = json!(format!("{}@customer.example", name.to_lowercase()));
            let path = format!("/bookings/{}/{action}", booked["public_code"].as_str().unwrap());
            salon.public("POST", &path).json(&body).await.expect(200)
        };
        // Moved by the customer it waits for a yes again; the desk gives it and moves it itself.
        assert_eq!(act("reschedule", json!({"start": SUMMER})).await["status"], "pending");
        check_the_zone(&only(told(&app, name, &mut seen).await), is_french, SUMMER, true);
        salon.post(&confirmation).json(&json!({})).await.expect(200);
        check_the_zone(&only(told(&app, name, &mut seen).await), is_french, SUMMER, true);
        app.clock.advance("2030-04-01T16:00:00Z".parse::<DateTime<Utc>>().unwrap() - app.now());
        let date = "2030-04-01".parse().unwrap();
        let queued: store::Result<()> = app
            .store
            .tenant(salon.id)
            .transaction(async |tx| tx.enqueue(&[Job::RemindOfBookings { date }], app.now()).await)
            .await;
        queued.unwrap();
        check_the_zone(&only(told(&app, name, &mut seen).await), is_french, SUMMER, true);
        act("cancellation", json!({})).await;
        check_the_zone(&only(told(&app, name, &mut seen).await), is_french, SUMMER, true);
    }
}

#[tokio::test]
async fn a_series_and_an_offer_are_told_in_the_zone_they_take_place_in() {
    for (name, zone, lang) in [("Ana", "Europe/Athens", "en"), ("Yann", "America/New_York", "fr")] {
        let app = TestApp::start().await;
        let salon = app.tenant("salon").await;
        salon.set_plan("pro").await;
        salon.service(json!({"duration_minutes": 30, "slot_step_minutes": 15})).await;
        let (is_french, mut seen) = (lang == "fr", 0);
        let mut body = salon.booking(name, WINTER);
        (body["timezone"], body["locale"]) = (json!(zone), json!(lang));
        let series = json!({"booking": body, "recurrence": "FREQ=WEEKLY;COUNT=2", "on_conflict": "refuse"});
        salon.public("POST", "/series").json(&series).await.expect(201);
        let mail = only(told(&app, name, &mut seen).await);
        check_the_zone(&mail, is_french, WINTER, true);
        let second = if is_french { "endredi 5 avril 2030 à 16:15" } else { "Friday 5 April 2030 at 16:15" };
        assert!(mail.text.contains(second) && mail.html.contains(second), "{}", mail.text);
        // A time that is taken, and then is not.
        let guest = salon.book("Guest", SUMMER).await.expect(201);
        let wish = json!({
            "service_id": body["service_id"], "from": "2030-04-02", "to": "2030-04-02",
            "earliest": "16:15", "latest": "16:45", "customer": body["customer"], "locale": lang,
        });
        salon.public("POST", "/waitlist").json(&wish).await.expect(201);
        let welcome = only(told(&app, name, &mut seen).await);
        assert!(welcome.text.contains("16:15") && !ELSEWHERE.iter().any(|time| welcome.text.contains(time)));
        let path = format!("/bookings/{}/cancellation", guest["public_code"].as_str().unwrap());
        let email = json!({"email": "guest@customer.example"});
        salon.public("POST", &path).json(&email).await.expect(200);
        check_the_zone(&only(told(&app, name, &mut seen).await), is_french, SUMMER, false);
        app.clock.advance(TimeDelta::hours(48));
        app.run_jobs().await;
    }
}
