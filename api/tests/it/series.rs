//! Bookings that recur.

use chrono::{DateTime, Offset, TimeDelta, Utc};
use chrono_tz::Tz;
use futures_util::future::join_all;
use futures_util::join;
use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp};

use crate::calendar_feeds::read;

/// A Tuesday; the salon is in UTC and opens at eight.
const TEN: &str = "2030-03-05T10:00:00Z";

async fn salon(app: &TestApp, fields: Value) -> Salon<'_> {
    let salon = app.tenant_in("salon", "UTC").await;
    salon.set_plan("pro").await;
    salon.service(fields).await;
    salon
}

fn series(salon: &Salon<'_>, name: &str, rule: &str, on_conflict: &str) -> Value {
    json!({"booking": salon.booking(name, TEN), "recurrence": rule, "on_conflict": on_conflict})
}

fn starts(booked: &Value) -> Vec<&str> {
    booked["bookings"].as_array().unwrap().iter().map(|one| one["start"].as_str().unwrap()).collect()
}

async fn count(salon: &Salon<'_>) -> usize {
    let found = salon.get("/bookings").query(&[("limit", "200")]).await.expect(200);
    found["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn weekly_bookings_keep_their_local_time_and_are_told_once() {
    let app = TestApp::start().await;
    let salon = app.tenant_in("salon", "Europe/Paris").await;
    salon.service(json!({"duration_minutes": 60})).await;
    let mut body = series(&salon, "Ana", "FREQ=WEEKLY;COUNT=5", "refuse");
    body["booking"]["start"] = json!("2030-03-19T09:00:00Z");
    let booked = salon.public("POST", "/series").json(&body).await.expect(201);
    // The clocks go forward on 31 March.
    assert_eq!(
        starts(&booked),
        [
            "2030-03-19T09:00:00Z",
            "2030-03-26T09:00:00Z",
            "2030-04-02T08:00:00Z",
            "2030-04-09T08:00:00Z",
            "2030-04-16T08:00:00Z",
        ]
    );
    app.run_jobs().await;
    let mails = app.mails().await;
    let told: Vec<_> = mails.iter().filter(|mail| mail.to.contains("ana@")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("Your 5 appointments") && told[0].text.contains("16 April 2030 at 10:00"));
}

#[tokio::test]
async fn the_mail_of_a_series_has_each_date_as_the_entry_that_later_mails_change() {
    let app = TestApp::start().await;
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    salon.book("Guest", "2030-03-12T10:00:00Z").await.expect(201);
    app.run_jobs().await;
    let body = series(&salon, "Ana", "FREQ=WEEKLY;COUNT=4", "skip");
    let booked = salon.public("POST", "/series").json(&body).await.expect(201);
    assert_eq!(starts(&booked).len(), 3);
    app.run_jobs().await;
    let files = async || {
        let mails = app.mails().await;
        let to_ana = mails.iter().filter(|mail| mail.to.contains("ana@"));
        let named = to_ana.flat_map(|mail| &mail.attachments).filter(|file| file.name == "invite.ics");
        named.map(|file| String::from_utf8(file.bytes.clone()).unwrap()).collect::<Vec<_>>()
    };
    let all = files().await;
    assert_eq!(all.len(), 1);
    // RFC 5546, 3.2: of several UIDs only what is published may tell.
    assert!(all[0].contains("METHOD:PUBLISH\r\n"), "{}", all[0]);
    let dates = read(&all[0]).await;
    let told: Vec<_> = dates.iter().map(|date| (date[0].as_str().unwrap(), &date[3])).collect();
    let confirmed = &json!("CONFIRMED");
    assert_eq!(
        told,
        [
            ("2030-03-05T10:00:00+00:00", confirmed),
            ("2030-03-19T10:00:00+00:00", confirmed),
            ("2030-03-26T10:00:00+00:00", confirmed),
        ]
    );
    // Each leads to its own page, and the file of one date alone is of the same entry.
    let email = [("email", "ana@customer.example")];
    for (date, one) in dates.iter().zip(booked["bookings"].as_array().unwrap()) {
        let code = one["public_code"].as_str().unwrap();
        assert!(date[5].as_str().unwrap().contains(code), "{date}");
        let alone = salon.public("GET", &format!("/bookings/{code}/calendar.ics")).query(&email).await;
        assert_eq!(read(&alone.text).await[0][4], date[4]);
    }
    app.clock.advance(TimeDelta::minutes(1));
    let code = |index: usize| booked["bookings"][index]["public_code"].as_str().unwrap();
    let moved = json!({"email": email[0].1, "start": "2030-03-19T12:00:00Z"});
    salon.public("POST", &format!("/bookings/{}/reschedule", code(1))).json(&moved).await.expect(200);
    app.run_jobs().await;
    app.clock.advance(TimeDelta::minutes(1));
    let gone = json!({"email": email[0].1});
    salon.public("POST", &format!("/bookings/{}/cancellation", code(2))).json(&gone).await.expect(200);
    app.run_jobs().await;
    let all = files().await;
    let later = [(1, "METHOD:REQUEST\r\n", "CONFIRMED"), (2, "METHOD:CANCEL\r\n", "CANCELLED")];
    for (place, method, status) in later {
        let (file, event) = (&all[place], &read(&all[place]).await[0]);
        assert!(file.contains(method) && file.contains("SEQUENCE:1\r\n"), "{file}");
        assert_eq!((&event[3], &event[4]), (&json!(status), &dates[place][4]));
    }
}

#[tokio::test]
async fn a_year_of_weekly_bookings_keeps_its_local_time() {
    let app = TestApp::start().await.ignore_jobs();
    for (zone, first) in
        [(Tz::Europe__Paris, "2030-03-05T09:00:00Z"), (Tz::America__New_York, "2030-03-05T15:00:00Z")]
    {
        let salon = app.tenant_in(&zone.name().to_lowercase().replace(['/', '_'], "-"), zone.name()).await;
        salon.set_plan("pro").await;
        salon.service(json!({"duration_minutes": 60})).await;
        let mut body = series(&salon, "Ana", "FREQ=WEEKLY;COUNT=52", "refuse");
        body["booking"]["start"] = json!(first);
        let booked = salon.public("POST", "/series").json(&body).await.expect(201);
        let local = |start: &str| start.parse::<DateTime<Utc>>().unwrap().with_timezone(&zone);
        let starts: Vec<_> = starts(&booked).into_iter().map(local).collect();
        assert!(starts.iter().all(|start| start.format("%a %H:%M").to_string() == "Tue 10:00"), "{starts:?}");
        let weeks = starts.windows(2).map(|two| (two[1].date_naive() - two[0].date_naive()).num_days());
        assert_eq!(weeks.collect::<Vec<_>>(), [7; 51]);
        // Both changes of the clocks lie between them: winter, summer, winter.
        let mut offsets: Vec<_> = starts.iter().map(|start| start.offset().fix().local_minus_utc()).collect();
        offsets.dedup();
        assert_eq!((offsets.len(), offsets[1] - offsets[0], offsets[2] - offsets[1]), (3, 3600, -3600));
    }
}

#[tokio::test]
async fn a_year_goes_beyond_the_horizon_but_the_first_does_not() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60, "horizon_days": 30})).await;
    let mut body = series(&salon, "Ana", "FREQ=WEEKLY;COUNT=52", "refuse");
    let booked = salon.public("POST", "/series").json(&body).await.expect(201);
    assert_eq!((starts(&booked).len(), starts(&booked)[51]), (52, "2031-02-25T10:00:00Z"));
    body["booking"]["start"] = json!("2030-05-07T10:00:00Z");
    salon.public("POST", "/series").json(&body).await.refused(409, "SLOT_UNAVAILABLE");
}

#[tokio::test]
async fn what_is_taken_is_listed_first_and_then_refused_left_out_or_shifted() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    salon.book("Guest", "2030-03-12T10:00:00Z").await.expect(201);
    let closure = json!({"starts_on": "2030-03-18", "ends_on": "2030-03-22"});
    salon.post("/closures").json(&closure).await.expect(201);
    let rule = "FREQ=WEEKLY;COUNT=4";
    let body = series(&salon, "Ana", rule, "refuse");
    let preview = salon.public("POST", "/series/preview").json(&body).await.expect(200);
    let planned: Vec<(&str, bool, Option<&str>)> = preview["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (one["start"].as_str().unwrap(), one["is_free"].as_bool().unwrap(), one["nearest"].as_str())
        })
        .collect();
    assert_eq!(
        planned,
        [
            (TEN, true, None),
            ("2030-03-12T10:00:00Z", false, Some("2030-03-12T09:00:00Z")),
            ("2030-03-19T10:00:00Z", false, None),
            ("2030-03-26T10:00:00Z", true, None),
        ]
    );
    salon.public("POST", "/series").json(&body).await.refused(409, "SLOT_UNAVAILABLE");
    assert_eq!(count(&salon).await, 1);
    let body = series(&salon, "Ana", rule, "skip");
    let booked = salon.public("POST", "/series").json(&body).await.expect(201);
    assert_eq!(starts(&booked), [TEN, "2030-03-26T10:00:00Z"]);
    assert_eq!(booked["left_out"], json!(["2030-03-12T10:00:00Z", "2030-03-19T10:00:00Z"]));
    let mut body = series(&salon, "Bob", rule, "shift");
    body["booking"]["start"] = json!("2030-03-05T11:00:00Z");
    salon.book("Guest2", "2030-03-12T11:00:00Z").await.expect(201);
    let booked = salon.public("POST", "/series").json(&body).await.expect(201);
    assert_eq!(starts(&booked), ["2030-03-05T11:00:00Z", "2030-03-12T12:00:00Z", "2030-03-26T11:00:00Z"]);
}

#[tokio::test]
async fn what_is_shifted_leaves_the_others_of_the_series_their_time() {
    let app = TestApp::start().await.ignore_jobs();
    // One start a day, so that what is taken goes to another day, where another one of the series may be.
    let salon = salon(&app, json!({"duration_minutes": 480, "slot_step_minutes": 480})).await;
    for day in ["2030-03-06T08:00:00Z", "2030-03-08T08:00:00Z"] {
        let mut body = salon.booking("Ana", TEN);
        body["start"] = json!(day);
        salon.public("POST", "/bookings").json(&body).await.expect(201);
    }
    let mut body = series(&salon, "Bob", "FREQ=DAILY;COUNT=4", "shift");
    body["booking"]["start"] = json!("2030-03-05T08:00:00Z");
    let plan = salon.public("POST", "/series/preview").json(&body).await.expect(200);
    let planned: Vec<&str> = plan["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| {
            one["nearest"].as_str().or(one["start"].as_str().filter(|_| one["is_free"] == true))
        })
        .collect();
    let mut once = planned.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), planned.len(), "two at one time: {planned:?}");
    let booked = salon.public("POST", "/series").json(&body).await.expect(201);
    let kept = starts(&booked);
    assert!(kept.contains(&"2030-03-05T08:00:00Z") && kept.contains(&"2030-03-07T08:00:00Z"), "{kept:?}");
}

#[tokio::test]
async fn limits_hold_for_every_occurrence() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    let staff = salon.first_staff().await;
    salon.patch(&format!("/staff/{staff}")).json(&json!({"max_daily_bookings": 1})).await.expect(200);
    salon.book("Guest", "2030-03-12T15:00:00Z").await.expect(201);
    let body = series(&salon, "Ana", "FREQ=WEEKLY;COUNT=3", "shift");
    let booked = salon.public("POST", "/series").json(&body).await.expect(201);
    // The day is full: the nearest is on the one before.
    assert_eq!(starts(&booked), [TEN, "2030-03-11T17:00:00Z", "2030-03-19T10:00:00Z"]);
    // Every occurrence counts for the plan: over it nothing is booked at all.
    salon.set_plan("free").await;
    let before = count(&salon).await;
    let mut body = series(&salon, "Bob", "FREQ=WEEKLY;COUNT=52", "skip");
    body["booking"]["start"] = json!("2030-03-06T10:00:00Z");
    let refused = salon.post("/series").json(&body).await.refused(402, "PLAN_LIMIT_REACHED");
    assert_eq!(refused["limit"], "bookings_per_month");
    assert_eq!(count(&salon).await, before);
}

#[tokio::test]
async fn a_day_that_is_full_is_refused_or_left_out_and_never_holds_more() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    let staff = salon.first_staff().await;
    salon.patch(&format!("/staff/{staff}")).json(&json!({"max_daily_bookings": 1})).await.expect(200);
    // At another hour of the second date: its time is free and its day is full.
    salon.book("Guest", "2030-03-12T15:00:00Z").await.expect(201);
    let rule = "FREQ=WEEKLY;COUNT=3";
    let preview = salon.public("POST", "/series/preview").json(&series(&salon, "Ana", rule, "refuse")).await;
    let preview = preview.expect(200);
    let free: Vec<&Value> =
        preview["occurrences"].as_array().unwrap().iter().map(|one| &one["is_free"]).collect();
    assert_eq!(free, [&json!(true), &json!(false), &json!(true)], "{preview}");
    let body = series(&salon, "Ana", rule, "refuse");
    salon.public("POST", "/series").json(&body).await.refused(409, "SLOT_UNAVAILABLE");
    assert_eq!(count(&salon).await, 1);
    let body = series(&salon, "Ana", rule, "skip");
    let booked = salon.public("POST", "/series").json(&body).await.expect(201);
    assert_eq!(starts(&booked), [TEN, "2030-03-19T10:00:00Z"]);
    assert_eq!(booked["left_out"], json!(["2030-03-12T10:00:00Z"]));
    // All of these days are full now, at whatever hour; so is every other one at once.
    for on_conflict in ["refuse", "skip"] {
        let mut body = series(&salon, "Bob", rule, on_conflict);
        body["booking"]["start"] = json!("2030-03-05T13:00:00Z");
        salon.public("POST", "/series").json(&body).await.refused(409, "SLOT_UNAVAILABLE");
    }
    let race = ["refuse", "skip", "skip"].iter().enumerate().map(|(n, on_conflict)| {
        let mut body = series(&salon, &format!("Cleo{n}"), "FREQ=DAILY;COUNT=3", on_conflict);
        body["booking"]["start"] = json!(format!("2030-03-20T{:02}:00:00Z", 9 + 2 * n));
        let request = salon.public("POST", "/series").json(&body);
        async { request.await.status }
    });
    let statuses = join_all(race).await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    let admin = app.database.admin().await;
    let sql = "SELECT max(n), count(*) FROM (SELECT count(*) AS n FROM allocations WHERE released_at IS NULL
        GROUP BY resource_id, (starts_at AT TIME ZONE 'UTC')::date) AS days";
    let row = admin.query_one(sql, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 6), "one on each of six days");
}

#[tokio::test]
async fn of_two_series_for_the_same_times_one_wins_all_of_them() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    let (one, other) = (
        series(&salon, "Ana", "FREQ=WEEKLY;COUNT=4", "refuse"),
        series(&salon, "Bob", "FREQ=WEEKLY;INTERVAL=2;COUNT=3", "refuse"),
    );
    let book = async |body: &Value| salon.public("POST", "/series").json(body).await.status;
    let (one, other) = join!(book(&one), book(&other));
    let mut statuses = [one, other];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(count(&salon).await, if one == 201 { 4 } else { 3 });
}

#[tokio::test]
async fn who_names_nobody_has_one_provider_for_all() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    let bea = salon.staff("Bea").await;
    let first = salon.first_staff().await;
    let mut guest = salon.booking("Guest", "2030-03-12T10:00:00Z");
    guest["staff_id"] = json!(first);
    salon.public("POST", "/bookings").json(&guest).await.expect(201);
    let body = series(&salon, "Ana", "FREQ=WEEKLY;COUNT=3", "refuse");
    let preview = salon.public("POST", "/series/preview").json(&body).await.expect(200);
    assert_eq!(preview["staff_id"], bea);
    let booked = salon.public("POST", "/series").json(&body).await.expect(201);
    assert!(booked["bookings"].as_array().unwrap().iter().all(|one| one["staff"]["id"] == bea), "{booked}");
}

#[tokio::test]
async fn what_comes_later_is_cancelled_with_one_of_them() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    let body = series(&salon, "Ana", "FREQ=WEEKLY;COUNT=4", "refuse");
    let booked = salon.public("POST", "/series").json(&body).await.expect(201);
    let code = |index: usize| booked["bookings"][index]["public_code"].as_str().unwrap().to_owned();
    let cancel = json!({"email": "ana@customer.example", "scope": "later"});
    let path = format!("/bookings/{}/cancellation", code(2));
    let cancelled = salon.public("POST", &path).json(&cancel).await.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    let id = booked["id"].as_str().unwrap();
    let all = salon.get(&format!("/series/{id}")).await.expect(200);
    let statuses: Vec<&str> =
        all["bookings"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["confirmed", "confirmed", "cancelled", "cancelled"]);
    salon.book("Bob", "2030-03-26T10:00:00Z").await.expect(201);
}

#[tokio::test]
async fn all_who_cancel_what_comes_later_at_once_are_answered() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    for round in 0..10 {
        let body = series(&salon, "Ana", "FREQ=WEEKLY;COUNT=4", "refuse");
        let booked = salon.post("/series").json(&body).await.expect(201);
        let ids = booked["bookings"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap());
        let paths: Vec<String> = ids.map(|id| format!("/bookings/{id}/cancellation")).collect();
        let scope = json!({"scope": "later"});
        let answers = join_all(paths.iter().map(|path| async { salon.post(path).json(&scope).await })).await;
        // Its own is nobody else's to cancel.
        assert_eq!(answers[0].status, 200, "round {round}: {}", answers[0].body);
        for answer in answers {
            if answer.status != 200 {
                answer.refused(409, "BOOKING_NOT_CANCELLABLE");
            }
        }
        let path = format!("/series/{}", booked["id"].as_str().unwrap());
        let left = salon.get(&path).await.expect(200);
        assert!(
            left["bookings"].as_array().unwrap().iter().all(|one| one["status"] == "cancelled"),
            "{left}"
        );
    }
}

#[tokio::test]
async fn rules_that_do_not_end_or_come_too_often_are_refused() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    for (rule, code) in [
        ("FREQ=WEEKLY", "REQUIRED"),
        ("FREQ=WEEKLY;COUNT=53", "TOO_MANY"),
        ("FREQ=SECONDLY;COUNT=5", "OUT_OF_RANGE"),
        ("FREQ=YEARLY;COUNT=4", "OUT_OF_RANGE"),
        ("EVERY TUESDAY", "INVALID"),
        ("", "INVALID"),
    ] {
        let body = series(&salon, "Ana", rule, "skip");
        for path in ["/series", "/series/preview"] {
            let refused = salon.public("POST", path).json(&body).await.refused(422, "INVALID");
            let error = &refused["errors"][0];
            assert_eq!((&error["pointer"], &error["code"]), (&json!("/recurrence"), &json!(code)), "{rule}");
        }
    }
    salon.service(json!({"deposit_rate": 0.5})).await;
    let body = series(&salon, "Ana", "FREQ=WEEKLY;COUNT=3", "skip");
    salon.public("POST", "/series").json(&body).await.refused(422, "INVALID");
    // The desk books it, with deposits that are due.
    let booked = salon.post("/series").json(&body).await.expect(201);
    assert_eq!(booked["bookings"][0]["status"], "confirmed");
}

#[tokio::test]
async fn a_visitor_comes_regularly_and_is_asked_about_what_is_taken() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app, json!({"duration_minutes": 60})).await;
    salon.book("Guest", "2030-03-12T10:00:00Z").await.expect(201);
    let service = salon.booking("Ana", TEN)["service_id"].as_str().unwrap().to_owned();
    let mut browser = Browser::new(&app);
    let details = format!("/salon/book/details?service_id={service}&start={TEN}");
    let page = browser.open(&details).await.text.clone();
    assert!(page.contains("Come regularly"), "{page}");
    let fields = [("name", "Ana"), ("email", "ana@customer.example"), ("repeat", "1"), ("times", "3")];
    let page = browser.submit("/salon/book", &fields).await.text.clone();
    assert!(page.contains("Not every date is free") && page.contains("2 of 3 dates"), "{page}");
    assert_eq!(count(&salon).await, 1);
    let page = browser.press("/salon/book", ("on_conflict", "shift"), &[]).await.text.clone();
    assert!(page.contains("booked, Ana") && page.contains("All dates of this series"), "{page}");
    assert_eq!(count(&salon).await, 4);
    let address =
        page.split("href=\"").find(|link| link.starts_with("/manage/") && link.contains("/cancel")).unwrap();
    let address = address.split('"').next().unwrap().to_owned();
    let page = browser.open(&address).await.text.clone();
    assert!(page.contains("all later dates"), "{page}");
    app.clock.advance(TimeDelta::minutes(1));
    browser.submit(&address, &[("scope", "later")]).await;
    let mut salon = salon;
    let body = json!({"email": salon.email, "password": salon.password});
    salon.token =
        app.post("/auth/login").json(&body).await.expect(200)["access_token"].as_str().unwrap().to_owned();
    let left = salon.get("/bookings").query(&[("status", "confirmed")]).await.expect(200);
    assert_eq!(left["data"].as_array().unwrap().len(), 1);
}
