//! The calendar's week, month and list, and bookings that are put elsewhere by hand, as a browser sees them.

use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Answer, Browser, Salon, TestApp};

async fn booking_of(salon: &Salon<'_>, name: &str) -> String {
    let listed = salon.get("/bookings").query(&[("q", name)]).await.expect(200);
    let id = listed.pointer("/data/0/id").and_then(Value::as_str);
    id.unwrap_or_else(|| panic!("{name} has no booking")).to_owned()
}

/// Drops a booking somewhere, as the script of the page does.
async fn drop_at(browser: &Browser<'_>, id: &str, fields: &[(&str, &str)]) -> Answer {
    let token = browser.value("/logout", "csrf");
    let mut sent = vec![("csrf", token.as_str())];
    sent.extend(fields);
    let address = format!("/app/bookings/{id}/arrangement");
    browser.request("POST", &address).header("sec-fetch-site", "same-origin").form(&sent).await
}

#[tokio::test]
async fn a_week_shows_everybody_or_one() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"duration_minutes": 30})).await;
    let bea = salon.staff("Bea").await;
    let owner = salon.first_staff().await;
    for (name, hour) in [("Ana", 9), ("Bob", 10), ("Cleo", 11), ("Dan", 12), ("Eve", 13), ("Finn", 14)] {
        let mut body = salon.booking(name, &format!("2030-03-05T{hour:02}:00:00Z"));
        body["staff_id"] = json!(owner);
        salon.public("POST", "/bookings").json(&body).await.expect(201);
    }
    let event =
        json!({"staff_id": bea, "title": "Dentist", "start": "2030-03-07T12:00", "end": "2030-03-07T13:00"});
    salon.post("/events").json(&event).await.expect(201);
    let closure = json!({"starts_on": "2030-03-08", "ends_on": "2030-03-08", "reason": "Stocktaking"});
    salon.post("/closures").json(&closure).await.expect(201);
    let mut browser = Browser::of(&salon).await;
    let week = browser.open("/app/calendar?view=week&date=2030-03-06").await.text.clone();
    for shown in ["4–10 March 2030", "Olga Owner", "Bea", "Ana", "Dan", "+ 2 more", "Dentist"] {
        assert!(week.contains(shown), "{shown}: {week}");
    }
    assert!(!week.contains("Finn"));
    // Friday is closed, Saturday and Sunday are off: for both of them.
    assert_eq!(week.matches("class=\"is-off").count(), 6, "{week}");
    // Its own week: columns of time.
    let own =
        browser.open(&format!("/app/calendar?view=week&date=2030-03-06&staff={owner}")).await.text.clone();
    for shown in ["Finn", "data-date=\"2030-03-05\"", "data-date=\"2030-03-10\"", "id=\"grid\""] {
        assert!(own.contains(shown), "{shown}: {own}");
    }
    assert!(!own.contains("Dentist"));
    let days = browser.open(&format!("/app/calendar?date=2030-03-07&staff={bea}")).await.text.clone();
    assert!(days.contains("Dentist") && !days.contains("<strong>Olga Owner"), "{days}");
    // The way to the other views and to the weeks around keeps who and when.
    for way in
        ["view=month&amp;date=2030-03-06", "view=week&amp;date=2030-03-13", "view=week&amp;date=2030-02-27"]
    {
        assert!(week.contains(way), "{way}");
    }
}

#[tokio::test]
async fn a_month_counts_and_a_list_tells() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"duration_minutes": 30})).await;
    let bea = salon.staff("Bea").await;
    for (name, hour) in [("Ana", 9), ("Bob", 10), ("Cleo", 11), ("Dan", 12), ("Eve", 13)] {
        salon.book(name, &format!("2030-03-05T{hour:02}:00:00Z")).await.expect(201);
    }
    let event = json!({"staff_id": bea, "title": "Holidays", "start": "2030-03-12", "end": "2030-03-15", "all_day": true});
    let made = salon.post("/events").json(&event).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let mut browser = Browser::of(&salon).await;
    let month = browser.open("/app/calendar?view=month&date=2030-03-20").await.text.clone();
    for shown in ["March", "Ana", "Cleo", "+ 2 more", "Holidays", "5 bookings", "€240.00"] {
        assert!(month.contains(shown), "{shown}: {month}");
    }
    assert!(!month.contains("Dan"));
    // Whole weeks, from Monday 25 February to Sunday 31 March.
    assert_eq!(month.matches("class=\"month-day\"").count(), 35);
    let other =
        browser.open(&format!("/app/calendar?view=month&date=2030-03-20&staff={bea}")).await.text.clone();
    assert!(other.contains("Holidays"));
    let list = browser.open("/app/calendar?view=list&date=2030-03-04").await.text.clone();
    for shown in
        ["4–10 March 2030", "Tuesday 5 March 2030", "Eve", "10:00 – 10:30", "€48.00", "Nothing booked."]
    {
        assert!(list.contains(shown), "{shown}: {list}");
    }
    for view in ["week", "month", "list", "x", ""] {
        for date in ["", "x", "9999-12-31", "2000-01-01", "2030-02-30"] {
            let page =
                browser.open(&format!("/app/calendar?view={view}&date={date}&staff=x&booking=x")).await;
            assert_eq!(page.status, 200, "{view} {date}");
        }
    }
}

#[tokio::test]
async fn what_several_provide_together_stands_in_the_columns_of_all() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.staff("Bea").await;
    salon.service(json!({"is_collective": true})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let mut browser = Browser::of(&salon).await;
    let day = browser.open("/app/calendar?date=2030-03-05").await.text.clone();
    assert_eq!(day.matches("<strong>Ana</strong>").count(), 2, "{day}");
    // It is one booking all the same, and nobody drags half of it.
    assert!(day.contains("<dd class=\"num\">1</dd>") && !day.contains("data-v="));
    let list = browser.open("/app/calendar?view=list&date=2030-03-05").await.text.clone();
    assert_eq!(list.matches(">Ana</a>").count(), 1);
}

#[tokio::test]
async fn a_booking_is_dropped_elsewhere_refused_and_taken_back() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let owner = salon.first_staff().await;
    let bea = salon.staff("Bea").await;
    for (name, start) in [("Ana", "2030-03-05T09:00:00Z"), ("Bob", "2030-03-05T11:00:00Z")] {
        let mut body = salon.booking(name, start);
        body["staff_id"] = json!(owner);
        salon.public("POST", "/bookings").json(&body).await.expect(201);
    }
    let id = booking_of(&salon, "Ana").await;
    let mut browser = Browser::of(&salon).await;
    let day = browser.open("/app/calendar?date=2030-03-05").await.text.clone();
    assert!(day.contains("data-v=\"1\" data-m=\"60\""), "{day}");
    // Ten past what the service offers, an hour and a quarter long.
    let quarter = [
        ("staff_id", bea.as_str()),
        ("date", "2030-03-05"),
        ("time", "10:15"),
        ("minutes", "75"),
        ("version", "1"),
    ];
    let moved: Value = drop_at(&browser, &id, &quarter).await.expect(200);
    assert_eq!(
        (&moved["version"], &moved["from"], &moved["to"]),
        (&json!(2), &json!("10:15"), &json!("11:30"))
    );
    assert!(moved["text"].as_str().unwrap().contains("Bea"));
    let changed = |name: &'static str, value: &'static str| {
        let mut fields = quarter;
        fields[4].1 = "2";
        for field in &mut fields {
            if field.0 == name {
                field.1 = value;
            }
        }
        fields
    };
    let refusals = [
        (changed("version", "1"), 412, "VERSION_MISMATCH"),
        (changed("time", "23:00"), 409, "OUTSIDE_HOURS"),
        (changed("time", "25:00"), 422, "INVALID"),
        (changed("staff_id", "nobody"), 422, "INVALID"),
        (changed("minutes", "1441"), 422, "INVALID"),
    ];
    for (fields, status, code) in refusals {
        let refused = drop_at(&browser, &id, &fields).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (status, Some(code)), "{fields:?}");
        assert!(!refused.body["text"].as_str().unwrap().is_empty());
    }
    let mut taken = changed("time", "12:30");
    taken[0].1 = &owner;
    assert_eq!(drop_at(&browser, &id, &taken).await.body["code"], "SLOT_UNAVAILABLE");
    let back = [
        ("staff_id", owner.as_str()),
        ("date", "2030-03-05"),
        ("time", "10:00"),
        ("minutes", "60"),
        ("version", "2"),
        ("undo", "1"),
    ];
    assert_eq!(drop_at(&browser, &id, &back).await.expect(200)["version"], 3);
    let kept = salon.get(&format!("/bookings/{id}")).await.expect(200);
    assert_eq!((&kept["start"], &kept["staff"]["id"]), (&json!("2030-03-05T09:00:00Z"), &json!(owner)));
    // Nobody was told of it, for nothing came of it.
    let sql =
        "SELECT count(*) FROM jobs WHERE kind = 'send_booking_reschedule' AND payload ->> 'sequence' = '2'";
    let told: i64 = app.database.admin().await.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(told, 0);
    // Who only reads drags nothing.
    let mut viewer = Browser::member(&salon, Role::Viewer).await;
    let seen = viewer.open("/app/calendar?date=2030-03-05").await.text.clone();
    assert!(seen.contains("Ana") && !seen.contains("data-v=") && !seen.contains("calendar.js"), "{seen}");
    assert_eq!(drop_at(&viewer, &id, &back).await.status, 403);
}

#[tokio::test]
async fn a_form_moves_and_resizes_without_a_script() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let id = booking_of(&salon, "Ana").await;
    let path = format!("/app/bookings/{id}/move");
    let mut browser = Browser::of(&salon).await;
    browser.open(&path).await;
    browser.submit(&path, &[("minutes", "90")]).await;
    assert!(browser.address.starts_with("/app/calendar?date=2030-03-05"), "{}", browser.page.text);
    assert_eq!(salon.get(&format!("/bookings/{id}")).await.expect(200)["end"], "2030-03-05T10:30:00Z");
    // From the calendar, with the time it was dropped at.
    browser.open(&format!("{path}?date=2030-03-05&time=21:00")).await;
    assert_eq!(browser.value(&path, "time"), "21:00");
    browser.submit(&path, &[("outside", "on")]).await;
    assert_eq!(salon.get(&format!("/bookings/{id}")).await.expect(200)["start"], "2030-03-05T20:00:00Z");
    browser.open(&path).await;
    let refused = browser.submit(&path, &[("minutes", "3")]).await;
    assert_eq!(refused.status, 422);
    let refused = browser.submit(&path, &[("minutes", "90"), ("outside", "on"), ("time", "")]).await;
    assert_eq!(refused.status, 422);
    // Somebody else was quicker: they are told, and the next try is of what they saw then.
    salon.patch(&format!("/bookings/{id}")).json(&json!({"internal_note": "VIP"})).await.expect(200);
    browser.open(&path).await;
    salon.patch(&format!("/bookings/{id}")).json(&json!({"internal_note": "VVIP"})).await.expect(200);
    let late = [("minutes", "60"), ("outside", "on"), ("time", "20:00")];
    assert_eq!(browser.submit(&path, &late).await.status, 412);
    browser.submit(&path, &late).await;
    assert_eq!(salon.get(&format!("/bookings/{id}")).await.expect(200)["start"], "2030-03-05T19:00:00Z");
    let history = browser.open(&format!("/app/bookings/{id}")).await.text.clone();
    assert!(history.contains("Duration changed"), "{history}");
}
