//! What takes place at the customer's: the way there is kept free, and everybody knows where it is.

use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp};

const TEN: &str = "2030-03-05T10:00:00Z";
const HOME: &str = "4 rue du Port\n44000 Nantes";

/// A plumber in UTC, open from eight to six, who is half an hour under way.
async fn plumber(app: &TestApp) -> (Salon<'_>, String) {
    let salon = app.tenant_in("plumber", "UTC").await;
    salon.set_plan("pro").await;
    let fields = json!({"name": "Repair", "location": "customer", "travel_minutes": 30});
    let repair = salon.service(fields).await;
    (salon, repair)
}

fn booking(salon: &Salon<'_>, name: &str, start: &str) -> Value {
    let mut body = salon.booking(name, start);
    body["address"] = json!(HOME);
    body
}

#[tokio::test]
async fn the_way_there_and_back_is_kept_free() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, _) = plumber(&app).await;
    salon.public("POST", "/bookings").json(&booking(&salon, "Ana", TEN)).await.expect(201);
    // From nine to noon: an hour of work, and to each side half an hour of this way and of the next.
    let starts = salon.starts("2030-03-05").await;
    assert_eq!(starts[..2], ["2030-03-05T08:00:00Z", "2030-03-05T12:00:00Z"]);
    let rules = json!({"rules": [{"weekday": 2, "start": "08:00", "end": "18:00"}]});
    salon.put("/opening-rules").json(&rules).await.expect(200);
    for (start, status) in [("2030-03-05T11:00:00Z", 409), ("2030-03-05T12:00:00Z", 201)] {
        let asked = salon.public("POST", "/bookings").json(&booking(&salon, "Bob", start)).await;
        assert_eq!(asked.status, status, "{start}: {}", asked.text);
    }
}

#[tokio::test]
async fn who_books_says_where_and_everybody_is_told() {
    let app = TestApp::start().await;
    let (salon, repair) = plumber(&app).await;
    let refused = salon.book("Ana", TEN).await.refused(422, "INVALID");
    assert_eq!(refused["errors"][0]["pointer"], "/address");
    assert_eq!(refused["errors"][0]["code"], "REQUIRED");
    let mut long = booking(&salon, "Ana", TEN);
    long["address"] = json!("x".repeat(501));
    salon.public("POST", "/bookings").json(&long).await.refused(422, "INVALID");

    let booked = salon.public("POST", "/bookings").json(&booking(&salon, "Ana", TEN)).await.expect(201);
    assert_eq!(booked["address"], HOME);
    let found = salon.get("/bookings").await.expect(200);
    assert_eq!(found["data"][0]["address"], HOME);
    app.run_jobs().await;
    let mails = app.mails().await;
    let mail = mails.iter().find(|mail| mail.text.contains("Repair")).unwrap();
    assert!(mail.text.contains("4 rue du Port"), "{}", mail.text);
    let invitation = mail.attachments.iter().find(|file| file.name == "invite.ics").unwrap();
    let invitation = String::from_utf8(invitation.bytes.clone()).unwrap();
    assert!(invitation.contains("LOCATION:4 rue du Port\\n44000 Nantes"), "{invitation}");

    let staff = salon.first_staff().await;
    let feed = async |shows_details: bool| {
        let body = json!({"shows_details": shows_details});
        let opened = salon.post(&format!("/staff/{staff}/calendar-feed")).json(&body).await.expect(201);
        let address = opened["url"].as_str().unwrap();
        let path = format!("/ical/{}", address.split_once("/ical/").unwrap().1);
        app.request("GET", &path).await.text
    };
    assert!(feed(true).await.contains("LOCATION:4 rue du Port\\n44000 Nantes"));
    assert!(!feed(false).await.contains("LOCATION"));

    // Moved, it stays where it is; a place of no use to what is done in the shop is not kept.
    let id = found["data"][0]["id"].as_str().unwrap();
    let to = json!({"start": "2030-03-06T10:00:00Z"});
    let moved = salon.post(&format!("/bookings/{id}/reschedule")).json(&to).await.expect(200);
    assert_eq!(moved["address"], HOME);
    let advice = salon.service(json!({"name": "Advice"})).await;
    let booked = salon.public("POST", "/bookings").json(&booking(&salon, "Bob", TEN)).await.expect(201);
    assert_eq!(booked["address"], json!(null));

    let services = salon.public("GET", "/services").await.expect(200);
    let told: Vec<_> =
        services["data"].as_array().unwrap().iter().map(|one| (&one["id"], &one["location"])).collect();
    assert_eq!(told, [(&json!(repair), &json!("customer")), (&json!(advice), &json!("business"))]);
    app.run_jobs().await;
}

#[tokio::test]
async fn the_desk_a_series_and_the_waitlist_say_where_too() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, repair) = plumber(&app).await;
    salon.post("/bookings").json(&salon.booking("Ana", TEN)).await.refused(422, "INVALID");
    salon.post("/bookings").json(&booking(&salon, "Ana", TEN)).await.expect(201);
    let series = json!({"booking": booking(&salon, "Bob", "2030-03-06T10:00:00Z"),
        "recurrence": "FREQ=WEEKLY;COUNT=2"});
    salon.public("POST", "/series").json(&series).await.expect(201);
    let found = salon.get("/bookings").await.expect(200);
    let places: Vec<_> = found["data"].as_array().unwrap().iter().map(|one| &one["address"]).collect();
    assert_eq!(places, [HOME; 3]);

    let mut waiting = json!({"service_id": repair, "from": "2030-03-05", "to": "2030-03-05",
        "customer": {"name": "Eva", "email": "eva@customer.example"}});
    salon.public("POST", "/waitlist").json(&waiting).await.refused(422, "INVALID");
    waiting["address"] = json!(HOME);
    salon.public("POST", "/waitlist").json(&waiting).await.expect(201);
    assert_eq!(salon.get("/waitlist").await.expect(200)["data"][0]["address"], HOME);
}

#[tokio::test]
async fn one_place_for_all_of_a_visit_and_none_for_a_group() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, repair) = plumber(&app).await;
    let advice = salon.service(json!({"name": "Advice"})).await;
    let mut body = booking(&salon, "Ana", TEN);
    body["service_id"] = json!(repair);
    body["then"] = json!([{"service_id": advice}]);
    let refused = salon.public("POST", "/bookings").json(&body).await.refused(422, "INVALID");
    assert_eq!(refused["errors"][0]["pointer"], "/then/0/service_id");
    let group = json!({"name": "Class", "duration_minutes": 60, "price_cents": 0, "capacity": 4,
        "location": "customer"});
    let refused = salon.post("/services").json(&group).await.refused(422, "INVALID");
    assert_eq!(refused["errors"][0]["pointer"], "/location");
    // Where customers come nobody travels.
    let here = json!({"name": "Here", "duration_minutes": 60, "price_cents": 0, "travel_minutes": 45});
    assert_eq!(salon.post("/services").json(&here).await.expect(201)["travel_minutes"], 0);
    let far = json!({"name": "Far", "duration_minutes": 1200, "price_cents": 0, "travel_minutes": 200,
        "location": "customer"});
    salon.post("/services").json(&far).await.refused(422, "INVALID");
}

#[tokio::test]
async fn pages_ask_where_and_show_it() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, repair) = plumber(&app).await;
    let mut browser = Browser::of(&salon).await;
    // The desk: without a place it is asked again, with what was typed.
    let new = "/app/bookings/new";
    browser.open(&format!("{new}?date=2030-03-05&service_id={repair}")).await;
    let ana = [("name", "Ana"), ("email", "ana@customer.example"), ("start", TEN)];
    browser.submit(new, &ana).await;
    assert!(browser.page.text.contains("name=\"address\""), "{}", browser.page.text);
    browser.submit(new, &[&ana[..], &[("address", HOME)]].concat()).await;
    assert!(browser.address.starts_with("/app/calendar?date=2030-03-05&booking="), "{}", browser.page.text);
    assert!(browser.page.text.contains("4 rue du Port"), "{}", browser.page.text);

    // The service: what is set stays.
    let path = format!("/app/services/{repair}");
    browser.open(&path).await;
    browser.submit(&path, &[("travel", "45")]).await;
    let services = salon.get("/services").await.expect(200);
    assert_eq!(services["data"][0]["travel_minutes"], 45);
    assert_eq!(services["data"][0]["location"], "customer");

    // The customer.
    let (slug, start) = (&salon.slug, "2030-03-06T10:00:00Z");
    let book = format!("/{slug}/book");
    let details = format!("{book}/details?service_id={repair}&start={start}");
    browser.open(&details).await;
    let eva = [("name", "Eva"), ("email", "eva@customer.example")];
    browser.submit(&book, &eva).await;
    assert!(browser.page.text.contains("name=\"address\"") && browser.page.text.contains("Eva"));
    browser.submit(&book, &[&eva[..], &[("address", HOME)]].concat()).await;
    assert!(browser.address.starts_with("/manage/"), "{}", browser.page.text);
    let page = &browser.page.text;
    assert!(page.contains("4 rue du Port"), "{page}");
}
