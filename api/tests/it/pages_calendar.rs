//! The calendar, bookings, customers and search as a browser without a script sees them, and what tells it to look again.

use domain::access::Role;
use serde_json::json;
use testkit::{Browser, Salon, TestApp};

/// The id of the first booking that has this customer.
async fn booking_of(salon: &Salon<'_>, name: &str) -> String {
    let listed = salon.get("/bookings").query(&[("q", name)]).await.expect(200);
    listed["data"][0]["id"].as_str().unwrap_or_else(|| panic!("{name} has no booking")).to_owned()
}

#[tokio::test]
async fn a_day_shows_who_works_and_who_comes() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"name": "Haircut <b>"})).await;
    salon.staff("Bea").await;
    let rules = json!({"rules": [{"weekday": 2, "start": "12:00", "end": "13:00"}]});
    salon.put("/break-rules").json(&rules).await.expect(200);
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let mut browser = Browser::of(&salon).await;
    let page = browser.open("/app/calendar?date=2030-03-05").await;
    assert_eq!(page.status, 200);
    for shown in ["Tuesday", "Ana", "10:00", "Haircut &lt;b&gt;", "Olga Owner", "Bea", "Break", "€48.00"] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    // A free half hour leads to its form.
    assert!(page.text.contains("/app/bookings/new?date=2030-03-05&amp;staff_id="));
    assert!(!browser.open("/app/calendar?date=2030-03-06").await.text.contains("Ana"));
    for date in ["", "x", "0000-00-00", "9999-12-31", "1999-01-01", "2030-02-30", "+262142-12-31"] {
        let page = browser.open(&format!("/app/calendar?date={date}&booking={date}")).await;
        assert!(page.text.contains("Monday"), "{date}: {}", page.text);
    }
}

#[tokio::test]
async fn a_booking_opens_beside_the_day_and_is_closed_there() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"auto_confirm": false})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let id = booking_of(&salon, "Ana").await;
    let mut browser = Browser::of(&salon).await;
    let day = format!("/app/calendar?date=2030-03-05&booking={id}");
    assert!(browser.open(&day).await.text.contains("ana@customer.example"));
    browser.submit(&format!("/app/bookings/{id}/confirmation"), &[]).await;
    assert_eq!(browser.address, "/app/calendar?date=2030-03-05");
    assert_eq!(salon.get(&format!("/bookings/{id}")).await.expect(200)["status"], "confirmed");
    // Not before it has begun.
    assert!(!browser.open(&day).await.text.contains("no-show"));
    app.clock.advance(chrono::TimeDelta::hours(25));
    browser.open(&day).await;
    browser.submit(&format!("/app/bookings/{id}/no-show"), &[]).await;
    assert!(browser.open(&day).await.text.contains("badge-bad"));
}

#[tokio::test]
async fn a_booking_is_noted_cancelled_and_remembered() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let id = booking_of(&salon, "Ana").await;
    let mut browser = Browser::of(&salon).await;
    let path = format!("/app/bookings/{id}");
    browser.open(&path).await;
    browser.submit(&format!("{path}/note"), &[("internal_note", "Likes tea.")]).await;
    assert!(browser.page.text.contains("Likes tea."));
    // Somebody else noted something meanwhile: what was typed is kept.
    let change = json!({"internal_note": "Likes coffee."});
    salon.patch(&format!("/bookings/{id}")).json(&change).await.expect(200);
    let refused = browser.submit(&format!("{path}/note"), &[("internal_note", "Likes milk.")]).await;
    assert_eq!(refused.status, 412);
    assert!(refused.text.contains("Likes milk.") && refused.text.contains("role=\"alert\""));
    browser.open(&format!("{path}/cancellation?back=//evil.example")).await;
    assert_eq!(browser.value(&format!("{path}/cancellation"), "back"), path);
    browser.submit(&format!("{path}/cancellation"), &[("reason", "Flooded.")]).await;
    assert_eq!(browser.address, path);
    for shown in ["Cancelled", "Flooded.", "Olga Owner"] {
        assert!(browser.page.text.contains(shown), "{shown}");
    }
    // Twice is once.
    assert_eq!(browser.open(&format!("{path}/cancellation")).await.status, 200);
    assert_eq!(browser.address, path);
}

#[tokio::test]
async fn a_member_books_for_somebody_new_and_for_somebody_known() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let staff = salon.first_staff().await;
    let mut browser = Browser::of(&salon).await;
    browser.open(&format!("/app/bookings/new?date=2030-03-05&staff_id={staff}&time=10:00")).await;
    // All that is wrong is told at once, and nothing that was typed is lost.
    let refused = browser
        .submit("/app/bookings/new", &[("name", "Zoé"), ("email", "x"), ("internal_note", "VIP")])
        .await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("Zoé") && refused.text.contains("VIP") && refused.text.contains("aria-invalid")
    );
    browser.submit("/app/bookings/new", &[("email", "zoe@customer.example")]).await;
    assert!(browser.address.starts_with("/app/calendar?date=2030-03-05&booking="), "{}", browser.address);
    assert!(browser.page.text.contains("Zoé") && browser.page.text.contains("VIP"));
    let booked = salon.get("/bookings").await.expect(200);
    assert_eq!(
        (booked["data"][0]["start"].as_str(), booked["data"].as_array().unwrap().len()),
        (Some("2030-03-05T09:00:00Z"), 1)
    );
    // Found by the beginning of the name; the same time is gone, and others are offered.
    browser.open("/app/bookings/new?date=2030-03-05").await;
    browser.press("/app/bookings/new", ("show", "customers"), &[("find", "zo")]).await;
    let customer = booked["data"][0]["customer"]["id"].as_str().unwrap();
    assert!(browser.page.text.contains(customer));
    let gone = [("customer_id", customer), ("start", "2030-03-05T09:00:00Z")];
    let refused = browser.submit("/app/bookings/new", &gone).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("2030-03-05T10:00:00Z"));
    browser
        .submit("/app/bookings/new", &[("customer_id", customer), ("start", "2030-03-05T10:00:00Z")])
        .await;
    let booked = salon.get("/bookings").query(&[("customer_id", customer)]).await.expect(200);
    assert_eq!(booked["data"].as_array().unwrap().len(), 2);
    // In the night, because it is said so.
    browser.open("/app/bookings/new?date=2030-03-05").await;
    let night = [
        ("outside", "on"),
        ("time", "03:00"),
        ("staff_id", staff.as_str()),
        ("name", "Bob"),
        ("email", "bob@customer.example"),
    ];
    browser.submit("/app/bookings/new", &night).await;
    assert!(browser.address.starts_with("/app/calendar"), "{}", browser.page.text);
    // Whoever is alone need not be named; of several, one must.
    let mut early = night;
    (early[1], early[2]) = (("time", "05:00"), ("staff_id", ""));
    browser.open("/app/bookings/new?date=2030-03-05").await;
    browser.submit("/app/bookings/new", &early).await;
    assert!(browser.address.starts_with("/app/calendar"), "{}", browser.page.text);
    salon.staff("Bea").await;
    early[1] = ("time", "06:00");
    browser.open("/app/bookings/new?date=2030-03-05").await;
    let refused = browser.submit("/app/bookings/new", &early).await;
    assert!(refused.status == 422 && refused.text.contains("Choose a person."), "{}", refused.text);
    assert!(!refused.text.contains("Choose a time."), "{}", refused.text);
}

#[tokio::test]
async fn a_booking_is_moved_to_a_time_that_is_free() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let id = booking_of(&salon, "Ana").await;
    let mut browser = Browser::of(&salon).await;
    let path = format!("/app/bookings/{id}/move");
    browser.open(&path).await;
    browser.press(&path, ("show", "times"), &[("date", "2030-03-06")]).await;
    assert!(browser.page.text.contains("2030-03-06T09:00:00Z"), "{}", browser.page.text);
    assert_eq!(browser.submit(&path, &[("start", "")]).await.status, 422);
    browser.submit(&path, &[("start", "2030-03-06T09:00:00Z")]).await;
    assert!(browser.address.starts_with("/app/calendar?date=2030-03-06"), "{}", browser.address);
    assert_eq!(salon.get(&format!("/bookings/{id}")).await.expect(200)["start"], "2030-03-06T09:00:00Z");
}

#[tokio::test]
async fn lists_are_narrowed_and_turned() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"duration_minutes": 10})).await;
    for minute in 0..35 {
        let start = format!("2030-03-05T{:02}:{:02}:00Z", 8 + minute / 6, minute % 6 * 10);
        salon.book(&format!("Guest{minute}"), &start).await.expect(201);
    }
    let mut browser = Browser::of(&salon).await;
    let first = browser.open("/app/bookings").await.text.clone();
    assert!(first.contains("Guest0<") && !first.contains("Guest34<"));
    let next = first.split("href=\"/app/bookings?").find(|part| part.contains("cursor=")).unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let second = browser.open(&format!("/app/bookings?{next}")).await;
    assert!(second.text.contains("Guest34<") && !second.text.contains("Guest0<"));
    for (query, many) in
        [("q=guest34", 1), ("q=nobody", 0), ("status=cancelled", 0), ("period=past", 0), ("q=%25", 0)]
    {
        let page = browser.open(&format!("/app/bookings?{query}")).await;
        assert_eq!(page.text.matches("id=\"row-").count(), many, "{query}");
    }
    for query in ["cursor=x", "status=x", "staff_id=x", "period=x", "unknown=1"] {
        assert_eq!(browser.open(&format!("/app/bookings?{query}")).await.status, 200, "{query}");
    }
}

#[tokio::test]
async fn a_customer_is_written_down_changed_and_found() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/customers/new").await;
    let refused =
        browser.submit("/app/customers/new", &[("name", "Zoé"), ("email", "x"), ("note", "Dog")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("Zoé") && refused.text.contains("Dog"));
    browser.submit("/app/customers/new", &[("email", "zoe@example.org")]).await;
    let customer = browser.address.clone();
    assert!(browser.page.text.contains("Dog"), "{}", browser.page.text);
    browser.open("/app/customers/new").await;
    let again = [("name", "Other"), ("email", "zoe@example.org")];
    assert_eq!(browser.submit("/app/customers/new", &again).await.status, 409);
    browser.open(&format!("{customer}/edit")).await;
    browser.submit(&format!("{customer}/edit"), &[("name", "Zoé Durand")]).await;
    assert_eq!(browser.address, customer);
    for (page, q) in [("/app/customers", "dur"), ("/app/search", "zoe")] {
        assert!(browser.open(&format!("{page}?q={q}")).await.text.contains("Zoé Durand"));
        assert!(!browser.open(&format!("{page}?q=nobody")).await.text.contains("Zoé Durand"));
    }
}

#[tokio::test]
async fn who_may_only_look_is_offered_nothing_else() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let id = booking_of(&salon, "Ana").await;
    let mut browser = Browser::of(&salon).await;
    assert!(browser.open("/app").await.text.contains("class=\"fab\" href=\"/app/bookings/new\""));
    let sql = "UPDATE memberships SET role = $1";
    app.database.admin().await.execute(sql, &[&Role::Viewer.name()]).await.unwrap();
    for path in
        ["/app/calendar?date=2030-03-05", "/app/bookings", "/app/customers", &format!("/app/bookings/{id}")]
    {
        let page = browser.open(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text.contains("cancellation") && !page.text.contains("/manage/"), "{path}");
        assert!(!page.text.contains("/app/bookings/new"), "{path}");
    }
    assert_eq!(browser.open("/app/bookings/new").await.status, 403);
    assert_eq!(browser.open(&format!("/app/bookings/{id}/cancellation")).await.status, 403);
}

#[tokio::test]
async fn a_page_is_told_that_it_has_changed() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut browser = Browser::of(&salon).await;
    let page = browser.open("/app/calendar?date=2030-03-05").await.text.clone();
    let stream = page.split("hx-sse:connect=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // What happened between the page and its stream is told, too.
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let cookie: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let cookie = cookie.join("; ");
    let mut stream = app.request("GET", &stream).header("cookie", &cookie).listen().await;
    let told = stream.next().await.unwrap();
    assert_eq!((told.event.as_str(), &told.data["names"]), ("changes", &json!(["booking.created"])));
    salon.book("Bob", "2030-03-05T10:00:00Z").await.expect(201);
    salon.book("Cleo", "2030-03-05T11:00:00Z").await.expect(201);
    assert_eq!(stream.next().await.unwrap().event, "changes");
    let signed_out = app.request("GET", "/app/stream").await;
    assert!(!signed_out.header("content-type").starts_with("text/event-stream"));
}
