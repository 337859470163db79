//! Private events: time that bookings can't have, once and again and again.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Role;
use futures_util::future::join_all;
use jobs::Job;
use serde_json::{Value, json};
use testkit::{Answer, Salon, TestApp};

/// The starts of a date on the tenant's wall clock.
async fn wall(salon: &Salon<'_>, date: &str) -> Vec<String> {
    let day = salon.availability(date).await;
    let slots = day["slots"].as_array().unwrap();
    slots.iter().map(|slot| slot["local_start"].as_str().unwrap().to_owned()).collect()
}

/// Open on every day from nine to noon, with a service of an hour.
async fn open(salon: &Salon<'_>) -> String {
    let rules: Vec<Value> =
        (1..=7).map(|weekday| json!({"weekday": weekday, "start": "09:00", "end": "12:00"})).collect();
    salon.put("/opening-rules").json(&json!({"rules": rules})).await.expect(200);
    salon.service(json!({})).await;
    salon.first_staff().await
}

async fn take(salon: &Salon<'_>, staff: &str, start: &str, end: &str, recurrence: Option<&str>) -> Answer {
    let body =
        json!({"staff_id": staff, "title": "Dentist", "start": start, "end": end, "recurrence": recurrence});
    salon.post("/events").json(&body).await
}

/// What is listed of a kind: start and title.
async fn listed(salon: &Salon<'_>, from: &str, to: &str) -> Vec<(String, String)> {
    let query = [("from", from), ("to", to)];
    let list = salon.get("/events").query(&query).await.expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list["data"].as_array().unwrap().iter().map(|one| (text(&one["start"]), text(&one["title"]))).collect()
}

#[tokio::test]
async fn no_booking_lands_on_a_private_event() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = open(&salon).await;
    assert_eq!(wall(&salon, "2030-03-05").await, ["09:00", "10:00", "11:00"]);
    let event = take(&salon, &staff, "2030-03-05T10:30", "2030-03-05T11:00", None).await.expect(201);
    assert_eq!(event["kind"], "busy");
    assert_eq!(event["overlaps"], json!({"count": 0, "codes": []}));
    assert_eq!(event["start"], "2030-03-05T09:30:00Z");
    // What was cached is gone with it.
    assert_eq!(wall(&salon, "2030-03-05").await, ["09:00", "11:00"]);
    salon.book("Ana", "2030-03-05T09:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    let mut desk = salon.booking("Ana", "2030-03-05T09:15:00Z");
    desk["outside_hours"] = json!(true);
    desk["staff_id"] = json!(staff);
    salon.post("/bookings").json(&desk).await.refused(409, "SLOT_UNAVAILABLE");
    salon.book("Bob", "2030-03-05T08:00:00Z").await.expect(201);
    let id = salon.get("/bookings").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let to = json!({"start": "2030-03-05T09:00:00Z"});
    salon.post(&format!("/bookings/{id}/reschedule")).json(&to).await.refused(409, "SLOT_UNAVAILABLE");
    let path = format!("/events/{}", event["id"].as_str().unwrap());
    salon.delete(&path).await.expect(204);
    assert_eq!(wall(&salon, "2030-03-05").await, ["10:00", "11:00"]);
    salon.get(&path).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_booking_and_a_private_event_that_race_never_both_think_they_came_first() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    let staff = open(&salon).await;
    for day in 1..=12 {
        let (start, at) = (format!("2030-04-{day:02}T09:00:00"), format!("2030-04-{day:02}T07:00:00Z"));
        let end = format!("2030-04-{day:02}T10:00:00");
        let (event, booking) = futures_util::join!(
            take(&salon, &staff, &start, &end, None),
            salon.book("Ana", &at).into_future()
        );
        let event = event.expect(201);
        // Whoever came second knew of the first.
        match booking.status {
            201 => assert_eq!(event["overlaps"]["codes"][0], booking.body["public_code"]),
            409 => assert_eq!(event["overlaps"]["count"], 0),
            other => panic!("{other}: {}", booking.text),
        }
    }
}

#[tokio::test]
async fn a_private_event_may_lie_on_bookings_and_names_them() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = open(&salon).await;
    let mut codes = Vec::new();
    for start in ["2030-03-05T08:00:00Z", "2030-03-12T09:00:00Z", "2030-03-13T09:00:00Z"] {
        codes.push(salon.book("Ana", start).await.expect(201)["public_code"].clone());
    }
    let weekly =
        take(&salon, &staff, "2030-03-05T08:00", "2030-03-05T12:00", Some("FREQ=WEEKLY;COUNT=3")).await;
    let weekly = weekly.expect(201);
    assert_eq!(weekly["overlaps"], json!({"count": 2, "codes": [codes[0], codes[1]]}));
    // They stand.
    assert_eq!(
        salon.get("/bookings").query(&[("status", "confirmed")]).await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(wall(&salon, "2030-03-19").await, [""; 0]);
    assert_eq!(wall(&salon, "2030-03-26").await.len(), 3);
    // Two of them may share a time.
    take(&salon, &staff, "2030-03-05T08:00", "2030-03-05T12:00", None).await.expect(201);
}

#[tokio::test]
async fn whole_days_and_long_journeys_take_every_hour_of_theirs() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = open(&salon).await;
    let body = json!({"staff_id": staff, "title": "Holidays", "all_day": true, "start": "2030-03-30", "end": "2030-04-02"});
    let event = salon.post("/events").json(&body).await.expect(201);
    // The clocks go forward on the 31st: the last day ends an hour earlier in UTC.
    assert_eq!(
        (&event["start"], &event["end"]),
        (&json!("2030-03-29T23:00:00Z"), &json!("2030-04-02T22:00:00Z"))
    );
    for (date, free) in
        [("2030-03-29", 3), ("2030-03-30", 0), ("2030-03-31", 0), ("2030-04-02", 0), ("2030-04-03", 3)]
    {
        assert_eq!(wall(&salon, date).await.len(), free, "{date}");
    }
    // It is one in a list, wherever the list begins.
    for from in ["2030-03-01T00:00:00Z", "2030-03-30T12:00:00Z", "2030-04-02T12:00:00Z"] {
        let found = listed(&salon, from, "2030-04-10T00:00:00Z").await;
        assert_eq!(found, [("2030-03-29T23:00:00Z".to_owned(), "Holidays".to_owned())], "{from}");
    }
    assert_eq!(listed(&salon, "2030-04-02T22:00:00Z", "2030-04-10T00:00:00Z").await, []);
}

#[tokio::test]
async fn one_of_a_series_is_moved_later_ones_change_and_all_go() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = open(&salon).await;
    let free = async |dates: &[&str]| {
        let mut found = Vec::new();
        for date in dates {
            found.push(wall(&salon, date).await.join(" "));
        }
        found
    };
    // Tuesdays over the change of the clocks of 31 March.
    let tuesdays = ["2030-03-19", "2030-03-26", "2030-04-02", "2030-04-09", "2030-04-16"];
    let series =
        take(&salon, &staff, "2030-03-19T10:00", "2030-03-19T11:00", Some("FREQ=WEEKLY;COUNT=4")).await;
    let series = series.expect(201);
    let path = format!("/events/{}", series["id"].as_str().unwrap());
    let (all, without_ten, without_nine) = ("09:00 10:00 11:00", "09:00 11:00", "10:00 11:00");
    assert_eq!(free(&tuesdays).await, [without_ten, without_ten, without_ten, without_ten, all]);
    // One of them an hour earlier.
    let query =
        |occurrence: &'static str, scope: &'static str| [("occurrence", occurrence), ("scope", scope)];
    let moved = json!({"title": "Dentist", "start": "2030-03-26T09:00", "end": "2030-03-26T10:00"});
    let one = salon.put(&path).query(&query("2030-03-26T10:00:00", "this")).json(&moved).await.expect(200);
    assert_eq!((&one["series_id"], &one["recurrence"]), (&series["id"], &Value::Null));
    assert_eq!(free(&tuesdays).await, [without_ten, without_nine, without_ten, without_ten, all]);
    // What is no more an occurrence can't be moved again.
    salon.put(&path).query(&query("2030-03-26T10:00:00", "this")).json(&moved).await.refused(422, "INVALID");
    salon.delete(&path).query(&query("2030-03-27T10:00:00", "this")).await.refused(422, "INVALID");
    // From April on at eleven: the count goes on, two of four are left.
    let later = json!({"title": "Dentist", "start": "2030-04-02T11:00", "end": "2030-04-02T12:00", "recurrence": "FREQ=WEEKLY;COUNT=4"});
    let later = salon.put(&path).query(&query("2030-04-02T10:00:00", "later")).json(&later).await.expect(200);
    assert_eq!(later["recurrence"], "FREQ=WEEKLY;COUNT=2");
    assert_eq!(salon.get(&path).await.expect(200)["recurrence"], "FREQ=WEEKLY;COUNT=2");
    let at_eleven = "09:00 10:00";
    assert_eq!(free(&tuesdays).await, [without_ten, without_nine, at_eleven, at_eleven, all]);
    // All of the first go, with the one that was moved; the later series stays, less its end.
    salon.delete(&path).await.expect(204);
    assert_eq!(free(&tuesdays).await, [all, all, at_eleven, at_eleven, all]);
    let later = format!("/events/{}", later["id"].as_str().unwrap());
    salon.delete(&later).query(&query("2030-04-09T11:00:00", "later")).await.expect(204);
    assert_eq!(free(&tuesdays).await, [all, all, at_eleven, all, all]);
    // Moved as a whole, to another day.
    let day = json!({"title": "Dentist", "start": "2030-04-16T09:00", "end": "2030-04-16T12:00"});
    salon.put(&later).json(&day).await.expect(200);
    assert_eq!(free(&tuesdays).await, [all, all, all, all, ""]);
}

#[tokio::test]
async fn the_list_has_both_kinds_page_after_page() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = open(&salon).await;
    salon.book("Ana", "2030-03-05T08:00:00Z").await.expect(201);
    take(&salon, &staff, "2030-03-04T12:00", "2030-03-04T13:00", Some("FREQ=DAILY;COUNT=5"))
        .await
        .expect(201);
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut query = vec![("from", "2030-03-01T00:00:00Z"), ("limit", "2")];
        if let Some(cursor) = &cursor {
            query.push(("cursor", cursor));
        }
        let page = salon.get("/events").query(&query).await.expect(200);
        found.extend(page["data"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    let kinds: Vec<&str> = found.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["busy", "booking", "busy", "busy", "busy", "busy"]);
    assert!(found.is_sorted_by_key(|one| one["start"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap()));
    let only = salon
        .get("/events")
        .query(&[("from", "2030-03-01T00:00:00Z"), ("kind", "booking")])
        .await
        .expect(200);
    assert_eq!(only["data"].as_array().unwrap().len(), 1);
    // An address and a service book, as anybody at the desk would.
    let service = salon.get("/services").await.expect(200)["data"][0]["id"].clone();
    let body =
        json!({"service_id": service, "client_email": "zoe@customer.example", "start": "2030-03-06T10:00"});
    let booked = salon.post("/events").json(&body).await.expect(201);
    assert_eq!((&booked["kind"], &booked["start"]), (&json!("booking"), &json!("2030-03-06T09:00:00Z")));
    let path = format!("/events/{}", booked["id"].as_str().unwrap());
    let to = json!({"start": "2030-03-06T11:00"});
    assert_eq!(salon.put(&path).json(&to).await.expect(200)["start"], "2030-03-06T10:00:00Z");
    salon.delete(&path).await.expect(204);
    assert_eq!(salon.get(&path).await.expect(200)["status"], "cancelled");
}

#[tokio::test]
async fn hours_are_a_managers_to_take() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = open(&salon).await;
    let body = json!({"staff_id": staff, "title": "Dentist", "start": "2030-03-05T10:00", "end": "2030-03-05T11:00"});
    let event = salon.post("/events").json(&body).await.expect(201);
    let path = format!("/events/{}", event["id"].as_str().unwrap());
    for (role, may) in [(Role::Staff, false), (Role::Manager, true)] {
        let token = salon.member(role).await;
        let made = app.api("POST", "/events").bearer(&token).json(&body).await;
        let changed = app.api("PUT", &path).bearer(&token).json(&body).await;
        let seen = app.api("GET", &path).bearer(&token).await;
        assert_eq!(seen.status, 200);
        for (answer, status) in [(made, 201), (changed, 200)] {
            assert_eq!(answer.status, if may { status } else { 403 }, "{}", answer.text);
        }
        let removed = app.api("DELETE", &path).bearer(&token).await;
        assert_eq!(removed.status, if may { 204 } else { 403 });
    }
}

#[tokio::test]
async fn what_no_calendar_holds_is_refused() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = open(&salon).await;
    let (start, end) = ("2030-03-05T10:00", "2030-03-05T11:00");
    for (start, end, rule) in [
        (end, start, None),
        (start, start, None),
        ("2030-03-05", "soon", None),
        ("2030-02-30T10:00", end, None),
        ("1999-03-05T10:00", "1999-03-05T11:00", None),
        (start, "2032-03-05T11:00", None),
        (start, end, Some("FREQ=SECONDLY")),
        (start, end, Some("FREQ=HOURLY")),
        (start, end, Some("FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10;BYMINUTE=0,10,20,30")),
        (start, end, Some("EVERY=TUESDAY")),
    ] {
        take(&salon, &staff, start, end, rule).await.refused(422, "INVALID");
    }
    take(&salon, "019c0000-0000-7000-8000-000000000000", start, end, None).await.refused(404, "NOT_FOUND");
    let event = take(&salon, &staff, start, end, None).await.expect(201);
    let path = format!("/events/{}", event["id"].as_str().unwrap());
    let body = json!({"title": "Later", "start": start, "end": "2030-03-05T12:00"});
    salon.put(&path).header("if-match", "\"7\"").json(&body).await.refused(412, "VERSION_MISMATCH");
    salon.put(&path).header("if-match", "\"1\"").json(&body).await.expect(200);
    let audited = app.database.admin().await;
    let rows = audited
        .query("SELECT action FROM audit_events WHERE subject_kind = 'private_event' ORDER BY action", &[])
        .await
        .unwrap();
    let actions: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(actions, ["private_event.create", "private_event.update"]);
    let happened = audited
        .query(
            "SELECT name FROM domain_events WHERE subject = $1::text::uuid ORDER BY id",
            &[&event["id"].as_str().unwrap()],
        )
        .await
        .unwrap();
    assert_eq!(happened.len(), 2);
}

#[tokio::test]
async fn a_series_without_end_comes_within_reach_day_by_day() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = open(&salon).await;
    take(&salon, &staff, "2030-03-05T10:00", "2030-03-05T11:00", Some("FREQ=DAILY")).await.expect(201);
    let admin = app.database.admin().await;
    let last = async || -> DateTime<Utc> {
        admin
            .query_one("SELECT max(starts_at)::text FROM busy_blocks", &[])
            .await
            .unwrap()
            .get::<_, String>(0)
            .replace(' ', "T")
            .replace("+00", "Z")
            .parse()
            .unwrap()
    };
    let (before, now) = (last().await, app.now());
    assert!(before > now + TimeDelta::days(730));
    let extend = async |now| {
        let tenant = app.store.tenant(salon.id);
        let extended: store::Result<usize> = tenant
            .transaction(async |tx| {
                let Some(staff_id) = store::private_events::to_extend(tx, now, None).await? else {
                    return Ok(0);
                };
                store::private_events::extend(tx, staff_id, now).await
            })
            .await;
        extended.unwrap()
    };
    assert_eq!(extend(now).await, 0, "all is there");
    assert_eq!(extend(now + TimeDelta::days(10)).await, 10);
    assert_eq!(extend(now + TimeDelta::days(10)).await, 0, "done twice it is done once");
    assert_eq!(last().await, before + TimeDelta::days(10));
    let doubled = "SELECT count(*) FROM (SELECT occurrence FROM busy_blocks GROUP BY occurrence HAVING count(*) > 1) twice";
    assert_eq!(admin.query_one(doubled, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn dates_that_were_only_listed_come_within_reach_too() {
    const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:fair\r\nSUMMARY:Fair\r\n\
        DTSTART:20300305T100000Z\r\nDTEND:20300305T110000Z\r\n\
        RDATE:20310305T100000Z,20320405T100000Z,20330305T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = open(&salon).await;
    let import =
        salon.post(&format!("/staff/{staff}/calendar-import")).file("text/calendar", FILE.as_bytes());
    assert_eq!(import.await.expect(200)["made"], 1);
    let admin = app.database.admin().await;
    let written = async || -> Vec<String> {
        let sql = "SELECT (starts_at AT TIME ZONE 'UTC')::date::text FROM busy_blocks ORDER BY starts_at";
        admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    };
    assert_eq!(written().await, ["2030-03-05", "2031-03-05"]);
    let extend = async || {
        let (tenant, now) = (app.store.tenant(salon.id), app.now());
        let asked: store::Result<()> =
            tenant.transaction(async |tx| tx.enqueue(&[Job::ExtendPrivateEvents {}], now).await).await;
        asked.unwrap();
        assert!(app.run_jobs().await.contains(&Job::ExtendPrivateEvents {}));
    };
    extend().await;
    assert_eq!(written().await.len(), 2, "two years ahead, and no more");
    for (days, dates) in [(30, 3), (300, 3), (60, 4)] {
        app.clock.advance(TimeDelta::days(days));
        extend().await;
        assert_eq!(written().await.len(), dates, "{days} days on");
    }
    assert_eq!(written().await, ["2030-03-05", "2031-03-05", "2032-04-05", "2033-03-05"]);
}

#[tokio::test]
async fn many_at_once_wait_for_each_other_and_none_fails() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (first, bea) = (open(&salon).await, salon.staff("Bea").await);
    let series =
        take(&salon, &first, "2030-03-05T10:00", "2030-03-05T11:00", Some("FREQ=DAILY;COUNT=30")).await;
    let path = format!("/events/{}", series.expect(201)["id"].as_str().unwrap());
    let changes = (0..10).map(|n| {
        let to = if n % 2 == 0 { &bea } else { &first };
        let body = json!({"staff_id": to, "title": format!("n{n}"), "start": "2030-03-05T10:00", "end": "2030-03-05T11:00",
            "recurrence": "FREQ=DAILY;COUNT=30"});
        let request = salon.put(&path).json(&body);
        async move { request.await.status }
    });
    let statuses = join_all(changes).await;
    // One whose owner changed while it waited is told so.
    assert!(statuses.iter().all(|status| [200, 412].contains(status)), "{statuses:?}");
    assert!(statuses.contains(&200));
    let admin = app.database.admin().await;
    let stray = "SELECT count(*) FROM busy_blocks k JOIN private_events e ON (e.tenant_id, e.id) = (k.tenant_id, k.private_event_id)
        WHERE k.staff_id <> e.staff_id";
    assert_eq!(admin.query_one(stray, &[]).await.unwrap().get::<_, i64>(0), 0);
    assert_eq!(admin.query_one("SELECT count(*) FROM busy_blocks", &[]).await.unwrap().get::<_, i64>(0), 30);
}
