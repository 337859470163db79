//! The public site as a customer without a script meets it: pages, links and forms of a real server.

use futures_util::future::join_all;
use serde_json::json;
use testkit::{Answer, Salon, TestApp};

/// The date of every test.
const MONDAY: &str = "2030-03-04";
const TUESDAY: &str = "2030-03-05";
const NINE: &str = "2030-03-05T09:00:00Z";

fn plain(text: &str) -> String {
    text.replace("&#x2F;", "/").replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", "\"")
}

/// The addresses of a page's links that contain `part`, in their order.
fn links(html: &str, part: &str) -> Vec<String> {
    let hrefs = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.map(plain).filter(|href| href.contains(part)).collect()
}

/// The value of a form's input.
#[track_caller]
fn value(html: &str, name: &str) -> String {
    let marked = format!("name=\"{name}\"");
    let (_, rest) = html.split_once(&marked).unwrap_or_else(|| panic!("no input {name}: {html}"));
    let tag = rest.split('>').next().unwrap();
    let (_, value) = tag.split_once("value=\"").unwrap_or_else(|| panic!("{name} has no value: {tag}"));
    plain(value.split('"').next().unwrap())
}

async fn page(app: &TestApp, path: &str) -> String {
    let answer = app.request("GET", path).header("accept-language", "en").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.text
}

/// The page of a start, where the form is.
async fn details(salon: &Salon<'_>, service: &str, start: &str) -> String {
    page(salon.app, &format!("/{}/book/details?service_id={service}&start={start}", salon.slug)).await
}

async fn send(salon: &Salon<'_>, html: &str, changes: &[(&str, &str)]) -> Answer {
    let mut fields: Vec<(&str, String)> = vec![
        ("service_id", value(html, "service_id")),
        ("staff_id", value(html, "staff_id")),
        ("key", value(html, "key")),
        (
            "start",
            if html.contains("type=\"hidden\" name=\"start\"") {
                value(html, "start")
            } else {
                String::new()
            },
        ),
        ("name", "Ana Lopez".to_owned()),
        ("email", "ana@customer.example".to_owned()),
        ("phone", String::new()),
        ("note", "By the window".to_owned()),
    ];
    for (name, value) in changes {
        fields.iter_mut().find(|(known, _)| known == name).unwrap().1 = (*value).to_owned();
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let path = format!("/{}/book", salon.slug);
    salon.app.request("POST", &path).header("accept-language", "en").form(&fields).await
}

/// The address of the page that manages the only booking of a name.
fn manage_path(answer: &Answer) -> String {
    let ics = links(&answer.text, "/calendar.ics");
    ics.first().unwrap_or_else(|| panic!("{}", answer.text)).trim_end_matches("/calendar.ics").to_owned()
}

#[tokio::test]
async fn a_customer_books_moves_and_cancels_with_links_and_forms_alone() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.staff("Bea").await;
    salon.service(json!({"name": "Haircut", "category": "Cuts"})).await;
    salon.service(json!({"name": "Beard", "price_cents": 1_900})).await;
    let home = page(&app, "/salon").await;
    assert!(home.contains("Haircut") && home.contains("€48.00") && home.contains("Beard"), "{home}");
    let services = page(&app, links(&home, "/book").first().unwrap()).await;
    let staff = page(&app, links(&services, "/book/staff").first().unwrap()).await;
    assert!(staff.contains("No preference") && staff.contains("Bea"), "{staff}");
    let time = page(&app, links(&staff, "/book/time").last().unwrap()).await;
    assert!(time.contains("Paris time"), "{time}");
    let slots = links(&time, "/book/details");
    let form = page(&app, slots.last().unwrap()).await;
    assert!(form.contains("Bea") && form.contains("€48.00"), "{form}");
    let done = send(&salon, &form, &[]).await;
    assert_eq!(done.status, 200, "{}", done.text);
    for told in ["It’s booked, Ana", "ana@customer.example", "<svg viewBox=\"0 0", "By the window", "Bea"] {
        assert!(done.text.contains(told), "{told}: {}", done.text);
    }
    let manage = manage_path(&done);
    let calendar = app.request("GET", &format!("{manage}/calendar.ics")).await;
    assert_eq!(calendar.header("content-type"), "text/calendar; charset=utf-8");
    assert!(calendar.text.contains("SEQUENCE:0"));

    let booked = salon.get("/bookings").await.expect(200)["data"][0].clone();
    let picker = page(&app, &format!("{manage}/move?date={TUESDAY}")).await;
    let target =
        links(&picker, "start=").into_iter().find(|url| url.contains("start=2030-03-05T13")).unwrap();
    let confirm = page(&app, &target).await;
    assert!(confirm.contains("Confirm the new time"), "{confirm}");
    let (start, staff_id) = (value(&confirm, "start"), value(&confirm, "staff_id"));
    let moved = app
        .request("POST", &format!("{manage}/move"))
        .header("accept-language", "en")
        .form(&[("start", &start), ("staff_id", &staff_id)])
        .await;
    assert!(moved.status == 200 && moved.text.contains("has been moved"), "{}", moved.text);
    let after = salon.get("/bookings").await.expect(200)["data"][0].clone();
    assert_ne!(after["start"], booked["start"]);
    assert_eq!((&after["public_code"], &after["staff"]), (&booked["public_code"], &booked["staff"]));

    let ask = page(&app, &format!("{manage}/cancel")).await;
    assert!(ask.contains("Cancel this appointment?"), "{ask}");
    for _ in 0..2 {
        let cancelled = app
            .request("POST", &format!("{manage}/cancel"))
            .header("accept-language", "en")
            .form(&[("reason", "ill")])
            .await;
        assert!(
            cancelled.text.contains("is cancelled") && cancelled.text.contains("ill"),
            "{}",
            cancelled.text
        );
    }
    // Nothing is left to move or to cancel: the page shows how it stands.
    for below in ["move", "cancel"] {
        assert!(page(&app, &format!("{manage}/{below}")).await.contains("is cancelled"));
    }
}

#[tokio::test]
async fn a_step_that_leaves_nothing_to_choose_is_left_out() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let time = page(&app, "/salon/book").await;
    assert!(time.contains("Choose a time"), "{time}");
    assert!(!time.contains(">Professional<") && !time.contains(">Service<"), "{time}");
}

#[tokio::test]
async fn a_form_sent_twice_books_once_through_the_pages() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.staff("Bea").await;
    let service = salon.service(json!({})).await;
    let form = details(&salon, &service, NINE).await;
    for _ in 0..2 {
        assert_eq!(send(&salon, &form, &[]).await.status, 200);
    }
    assert_eq!(salon.get("/bookings").await.expect(200)["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_comes_back_to_the_form_of_a_booking_that_is_made_can_make_another() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.staff("Bea").await;
    let service = salon.service(json!({})).await;
    let form = details(&salon, &service, NINE).await;
    assert_eq!(send(&salon, &form, &[]).await.status, 200);
    let again = send(&salon, &form, &[("name", "Zoe Lopez")]).await;
    assert_eq!(again.status, 422, "{}", again.text);
    assert!(again.text.contains("Your first booking is made"), "{}", again.text);
    assert_eq!(value(&again.text, "name"), "Zoe Lopez");
    assert_eq!(send(&salon, &again.text, &[("name", "Zoe Lopez")]).await.status, 200);
    assert_eq!(salon.get("/bookings").await.expect(200)["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_at_once_books_once_and_both_are_told() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let form = details(&salon, &service, NINE).await;
    let sent = join_all((0..5).map(|_| send(&salon, &form, &[]))).await;
    for answer in sent {
        assert!(answer.status == 200 && answer.text.contains("It’s booked"), "{}", answer.text);
    }
    assert_eq!(salon.get("/bookings").await.expect(200)["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_waits_for_an_answer_is_no_booking_at_once_and_says_so_before() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let instant = (page(&app, "/salon").await, details(&salon, &service, NINE).await);
    assert!(instant.0.contains("Booked at once") && instant.1.contains("Confirm the appointment"));
    let asked = json!({"auto_confirm": false});
    salon.patch(&format!("/services/{service}")).json(&asked).await.expect(200);
    let waiting = (page(&app, "/salon").await, details(&salon, &service, NINE).await);
    assert!(!waiting.0.contains("Booked at once") && !waiting.1.contains("Confirm the appointment"));
    assert!(waiting.1.contains("Send the request") && waiting.1.contains("accepts or declines"));
}

#[tokio::test]
async fn what_was_typed_is_kept_and_all_that_is_wrong_is_told() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let form = details(&salon, &service, NINE).await;
    let refused = send(&salon, &form, &[("name", " "), ("email", "ana@"), ("note", "<b>Hi</b>")]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.text.matches("aria-invalid=\"true\"").count(), 2, "{}", refused.text);
    assert!(refused.text.contains("href=\"#f-name\"") && refused.text.contains("href=\"#f-email\""));
    assert!(refused.text.contains("role=\"alert\"") && refused.text.contains("&lt;b&gt;Hi"));
    assert_eq!(value(&refused.text, "email"), "ana@");
    assert_eq!(value(&refused.text, "start"), NINE);
    assert_eq!(value(&refused.text, "key"), value(&form, "key"));
    // What was mended books.
    assert_eq!(send(&salon, &refused.text, &[]).await.status, 200);
}

#[tokio::test]
async fn another_language_keeps_what_was_typed_and_books_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let path = "/salon/book?lang=fr";
    let form = [
        ("service_id", service.as_str()),
        ("start", NINE),
        ("name", "Ana Lopez"),
        ("email", "ana@"),
        ("key", "k"),
        ("show", "1"),
    ];
    let shown = app.request("POST", path).form(&form).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.text.contains("<html lang=\"fr\""), "{}", shown.text);
    let kept = ["start", "name", "email", "key"].map(|name| value(&shown.text, name));
    assert_eq!(kept, [NINE, "Ana Lopez", "ana@", "k"]);
    assert!(!shown.text.contains("aria-invalid"), "nothing is refused yet: {}", shown.text);
    assert_eq!(salon.get("/bookings").await.expect(200)["data"], json!([]));
    let typed = [("full_name", "Ana Lopez"), ("password", "a long password"), ("show", "1")];
    let shown = app.request("POST", "/signup?lang=en").form(&typed).await;
    assert_eq!((shown.status, value(&shown.text, "full_name").as_str()), (200, "Ana Lopez"));
    assert!(!shown.text.contains("a long password"));
}

#[tokio::test]
async fn where_an_appointment_is_already_is_none_of_the_times_it_can_be_moved_to() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let booked = salon.book("Ana", NINE).await.expect(201);
    let manage = booked["manage_url"].as_str().unwrap().split_once("/manage/").unwrap().1.to_owned();
    let path = format!("/manage/{manage}/move?date={TUESDAY}");
    let starts = |html: &str| links(html, "start=2030-03-05").len();
    let own = page(&app, &path).await;
    assert!(!own.contains("start=2030-03-05T09%3A00") && starts(&own) > 0, "{own}");
    // Somebody else's hour is another place than one's own.
    salon.staff("Bea").await;
    let anybody = page(&app, &format!("{path}&with=anybody")).await;
    assert_eq!(starts(&anybody), starts(&own) + 1, "{anybody}");
}

#[tokio::test]
async fn a_day_with_room_for_the_appointment_it_holds_alone_is_full() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"duration_minutes": 480})).await;
    let booked = salon.book("Ana", "2030-03-05T07:00:00Z").await.expect(201);
    let manage = booked["manage_url"].as_str().unwrap().split_once("/manage/").unwrap().1.to_owned();
    let picker = page(&app, &format!("/manage/{manage}/move?date=2030-03-06")).await;
    assert!(!links(&picker, "date=2030-03-07").is_empty(), "{picker}");
    assert!(links(&picker, "date=2030-03-05").is_empty(), "{picker}");
}

#[tokio::test]
async fn today_is_told_as_its_closures_and_one_off_openings_make_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = salon.first_staff().await;
    let weekly = page(&app, "/salon").await;
    assert!(weekly.contains("Today: <span") && !weekly.contains("Closed today"), "{weekly}");
    // Whoever of the staff is away or comes in: the salon's own hours are told.
    let away = json!({"starts_on": MONDAY, "ends_on": MONDAY, "staff_id": staff});
    salon.post("/closures").json(&away).await.expect(201);
    assert!(!page(&app, "/salon").await.contains("Closed today"));
    let late = json!({"date": MONDAY, "start": "20:00", "end": "24:00"});
    salon.post("/openings").json(&late).await.expect(201);
    let opened = page(&app, "/salon").await;
    assert!(opened.contains("Today: <span class=\"num\">20:00–24:00</span></span>"), "{opened}");
    let holiday = json!({"starts_on": "2030-03-02", "ends_on": MONDAY});
    salon.post("/closures").json(&holiday).await.expect(201);
    let closed = page(&app, "/salon").await;
    assert!(closed.contains("Closed today") && !closed.contains("Today: <span"), "{closed}");
}

#[tokio::test]
async fn a_time_that_is_gone_offers_others_and_keeps_the_form() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let form = details(&salon, &service, NINE).await;
    salon.book("Bob", NINE).await.expect(201);
    let gone = send(&salon, &form, &[]).await;
    assert_eq!(gone.status, 409, "{}", gone.text);
    assert_eq!(value(&gone.text, "name"), "Ana Lopez");
    assert!(!gone.text.contains(&format!("value=\"{NINE}\"")), "{}", gone.text);
    let other = value(&gone.text, "start");
    let done = send(&salon, &gone.text, &[("start", &other)]).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert!(done.text.contains("It’s booked"), "{}", done.text);
    // Who only follows an old link learns it before typing anything.
    assert!(details(&salon, &service, NINE).await.contains("no longer free"));
    // Without any choice the choice is asked for, with the rest that is wrong.
    let nothing = send(&salon, &gone.text, &[("start", ""), ("name", "")]).await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.text.contains("href=\"#f-start\"") && nothing.text.contains("href=\"#f-name\""));
}

#[tokio::test]
async fn a_move_to_a_time_that_is_gone_says_so_and_shows_what_is_left() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let booked = salon.book("Ana", NINE).await.expect(201);
    let manage = booked["manage_url"].as_str().unwrap().split_once("/manage/").unwrap().1.to_owned();
    salon.book("Bob", "2030-03-05T10:00:00Z").await.expect(201);
    let path = format!("/manage/{manage}/move");
    let form = [("start", "2030-03-05T10:00:00Z")];
    let gone = app.request("POST", &path).header("accept-language", "en").form(&form).await;
    assert_eq!(gone.status, 409, "{}", gone.text);
    assert!(gone.text.contains("start=2030-03-05T11"), "{}", gone.text);
    for hostile in ["", "yesterday", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let answer = app.request("POST", &path).form(&[("start", hostile), ("staff_id", "x")]).await;
        assert!(answer.status < 500 && answer.status != 422, "{hostile}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_booking_is_found_by_its_code_and_address_and_by_nothing_less() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let code = salon.book("Ana", NINE).await.expect(201)["public_code"].as_str().unwrap().to_owned();
    let find = async |code: &str, email: &str| {
        let form = [("code", code), ("email", email)];
        app.request("POST", "/salon/manage").header("accept-language", "en").form(&form).await
    };
    let found = find(&code.to_lowercase().replace('-', " "), "Ana@customer.example").await;
    assert!(found.status == 200 && found.text.contains(&code), "{}", found.text);
    let mut told = Vec::new();
    for (code, email) in
        [(code.as_str(), "bob@customer.example"), ("SS-222222", "ana@customer.example"), ("x", "x")]
    {
        let refused = find(code, email).await;
        assert_eq!(refused.status, 404);
        assert_eq!(
            (value(&refused.text, "code").as_str(), value(&refused.text, "email").as_str()),
            (code, email)
        );
        let alert = refused.text.split_once("role=\"alert\"").unwrap().1.split_once("</div>").unwrap().0;
        told.push(alert.to_owned());
    }
    told.dedup();
    assert_eq!(told.len(), 1);
}

#[tokio::test]
async fn a_page_speaks_the_language_that_was_chosen() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let ask = async |path: &str, headers: &[(&str, &str)]| {
        let mut request = app.request("GET", path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.await
    };
    let french = |answer: &Answer| {
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text.contains("lang=\"fr\"") && answer.text.contains("Prendre rendez-vous")
    };
    assert!(french(&ask("/salon", &[("accept-language", "fr")]).await));
    assert!(!french(&ask("/salon", &[("accept-language", "de")]).await));
    let chosen = ask("/salon?lang=fr", &[("accept-language", "en")]).await;
    assert!(french(&chosen) && chosen.header("set-cookie").contains("lang=fr"));
    assert!(french(&ask("/salon", &[("accept-language", "en"), ("cookie", "lang=fr")]).await));
}

#[tokio::test]
async fn a_full_plan_closes_the_pages_without_saying_why() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let form = details(&salon, &service, NINE).await;
    let sql = "INSERT INTO usage VALUES ($1, 'bookings_per_month', '2030-03-01', 50)";
    app.database.admin().await.execute(sql, &[&salon.id.0]).await.unwrap();
    let refused = send(&salon, &form, &[]).await;
    assert_eq!(refused.status, 402, "{}", refused.text);
    let mut pages = vec![refused.text];
    for path in ["", "/book", &format!("/book/time?service_id={service}")] {
        pages.push(page(&app, &format!("/salon{path}")).await);
    }
    for html in pages {
        assert!(html.contains("Online booking is closed for now"), "{html}");
        assert!(!html.contains("bookings_per_month") && !html.contains("limit"), "{html}");
        assert!(links(&html, "/book/details").is_empty());
    }
}

#[tokio::test]
async fn nothing_of_another_tenant_opens_on_a_site() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (staff, service) = (salon.first_staff().await, salon.service(json!({"name": "Secret cut"})).await);
    let other = app.tenant("other").await;
    let own = other.service(json!({})).await;
    for path in [
        format!("/other/book/staff?service_id={service}"),
        format!("/other/book/time?service_id={service}"),
        format!("/other/book/time?service_id={own}&staff_id={staff}"),
        format!("/other/book/details?service_id={service}&start={NINE}"),
        "/other/nothing/here".to_owned(),
        "/manage/AAAA".to_owned(),
        "/manage/AAAA/move".to_owned(),
        "/manage/AAAA/cancel".to_owned(),
        "/manage/AAAA/calendar.ics".to_owned(),
    ] {
        let answer = app.request("GET", &path).header("accept", "text/html").await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text.contains("Secret cut"), "{path}");
        if path.starts_with("/other/book") {
            // A refusal of a tenant looks like the tenant, and leads back to it.
            assert!(answer.text.contains("Salon other") && links(&answer.text, "/other").len() > 1, "{path}");
        }
    }
}

#[tokio::test]
async fn hostile_addresses_get_a_page_and_never_a_failure() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let long = "x".repeat(4_000);
    for date in ["0000-01-01", "9999-12-31", "-262143-01-01", "2026-02-30", "1", "%F0%9F%92%A9", &long] {
        for name in ["date", "from"] {
            page(&app, &format!("/salon/book/time?service_id={service}&{name}={date}")).await;
        }
        page(&app, &format!("/salon/book/details?service_id={service}&start={date}")).await;
    }
    for query in [
        "service_id=1".to_owned(),
        format!("service_id={long}"),
        "service_id=%00".to_owned(),
        format!("service_id={service}&staff_id=1"),
        format!("service_id={service}&staff_id=%27%3B--"),
        format!("service_id={service}&service_id={service}"),
        "service_id=019c0000-0000-7000-8000-000000000000".to_owned(),
        "%%%".to_owned(),
    ] {
        for step in ["staff", "time", "details"] {
            let answer = app.request("GET", &format!("/salon/book/{step}?{query}")).await;
            assert!(
                (400..500).contains(&answer.status) || answer.status == 200,
                "{step} {query}: {}",
                answer.status
            );
            assert!(answer.text.starts_with("<!doctype html>"), "{step} {query}");
        }
    }
    // Nothing that is written into a page ends what it is written into.
    let name = "</script><script>alert(1)</script>";
    salon.patch("/tenant").json(&json!({"name": name, "address": name})).await.expect(200);
    salon.service(json!({"name": name, "description": name, "category": name})).await;
    for path in ["", "/book", "/privacy", "/terms", "/legal", "/manage", "/icon.svg", "/manifest.webmanifest"]
    {
        let answer = app.request("GET", &format!("/salon{path}")).await;
        assert_eq!(answer.status, 200, "{path}");
        let is_markup = !answer.header("content-type").contains("json");
        assert!(!is_markup || !answer.text.contains("<script>alert"), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn machines_find_what_they_look_for() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"name": "Haircut"})).await;
    app.tenant("other").await;
    let home = page(&app, "/salon").await;
    let (_, data) = home.split_once("application/ld+json\">").unwrap();
    let data: serde_json::Value = serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
    assert_eq!(data["@type"], "LocalBusiness");
    assert_eq!(data["makesOffer"][0]["price"], "48.00");
    assert_eq!(data["makesOffer"][0]["itemOffered"]["name"], "Haircut");
    for part in
        ["rel=\"canonical\"", "hreflang=\"fr\"", "hreflang=\"x-default\"", "og:title", "rel=\"manifest\""]
    {
        assert!(home.contains(part), "{part}: {home}");
    }
    let map = app.request("GET", "/sitemap.xml").await;
    assert!(map.text.contains("/salon</loc>") && map.text.contains("/other/book</loc>"), "{}", map.text);
    let robots = app.request("GET", "/robots.txt").await;
    assert!(robots.text.contains("Disallow: /manage/") && robots.text.contains("/sitemap.xml"));
    let manifest = app.request("GET", "/salon/manifest.webmanifest").await;
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
    assert_eq!(manifest.body["start_url"], "/salon");
    let icon = app.request("GET", "/salon/icon.svg").await;
    assert_eq!(icon.header("content-type"), "image/svg+xml");
    assert!(icon.text.contains(">S</text>"), "{}", icon.text);
    // Nobody's own pages are for search engines.
    let manage = salon.book("Ana", NINE).await.expect(201)["manage_url"].as_str().unwrap().to_owned();
    let path = manage.split_once("/manage/").map(|(_, token)| format!("/manage/{token}")).unwrap();
    assert!(page(&app, &path).await.contains("noindex"));
}

#[tokio::test]
async fn times_are_shown_in_the_zone_that_was_chosen_and_booked_as_they_are() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let rules = json!({"rules": [{"weekday": 2, "start": "09:00", "end": "10:00"}]});
    salon.put("/opening-rules").json(&rules).await.expect(200);
    // Nine in Paris is the evening before in Honolulu.
    let times = format!("/salon/book/time?service_id={service}");
    let text = page(&app, &times).await;
    assert!(text.contains("09:00") && !text.contains("is in another time zone"), "{text}");
    let offered = page(&app, &format!("{times}&zones=1")).await;
    assert!(
        offered.contains("<option value=\"Pacific/Honolulu\">") || offered.contains("Pacific&#x2F;Honolulu"),
        "{offered}"
    );
    let path = format!("{times}&date={MONDAY}&timezone=Pacific/Honolulu");
    let shown = app.request("GET", &path).header("accept-language", "en").await;
    assert_eq!(shown.status, 200);
    assert!(shown.text.contains("22:00") && shown.text.contains("is in another time zone"), "{}", shown.text);
    assert!(
        shown.header("set-cookie").starts_with("timezone=Pacific/Honolulu"),
        "{}",
        shown.header("set-cookie")
    );
    let start = "2030-03-05T08:00:00Z";
    assert!(plain(&shown.text).contains(&format!("start={}", start.replace(':', "%3A"))), "{}", shown.text);
    // It is remembered by the step after, and kept with the booking.
    let details = format!("/salon/book/details?service_id={service}&start={start}");
    let asked = app
        .request("GET", &details)
        .header("accept-language", "en")
        .header("cookie", "timezone=Pacific/Honolulu");
    let details = asked.await;
    assert!(details.text.contains("22:00"), "{}", details.text);
    let fields = [
        ("service_id", service.as_str()),
        ("start", start),
        ("key", "k"),
        ("name", "Ana"),
        ("email", "ana@customer.example"),
    ];
    let sent = app.request("POST", "/salon/book").header("cookie", "timezone=Pacific/Honolulu").form(&fields);
    assert_eq!(sent.await.status, 200);
    let kept = "SELECT customer_timezone || ' ' || timezone FROM bookings";
    let kept: String = app.database.admin().await.query_one(kept, &[]).await.unwrap().get(0);
    assert_eq!(kept, "Pacific/Honolulu Europe/Paris");
    // What is no zone is none.
    let odd = app.request("GET", &format!("{times}&timezone=Moon/Base")).await;
    assert!(odd.status == 200 && odd.text.contains("09:00"));
}
