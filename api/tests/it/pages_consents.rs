//! What a customer agrees to on the public pages, and what becomes of it.

use domain::access::Role;
use serde_json::json;
use testkit::{Browser, Salon, TestApp};

const TEN: &str = "2030-03-05T10:00:00Z";
const BOOK: &str = "/salon/book";
const WHO: [(&str, &str); 2] = [("name", "Ana"), ("email", "ana@customer.example")];

/// For each booking, by its start, whether its customer wants news and has accepted the terms.
async fn agreed(salon: &Salon<'_>) -> Vec<(bool, bool)> {
    let sql = "SELECT marketing_accepted_at IS NOT NULL, terms_accepted_at IS NOT NULL FROM bookings
        WHERE tenant_id = $1::text::uuid ORDER BY starts_at";
    let rows = salon.app.database.admin().await.query(sql, &[&salon.id.to_string()]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn open<'a>(app: &'a TestApp, service: &str, start: &str) -> Browser<'a> {
    let mut browser = Browser::new(app);
    browser.open(&format!("{BOOK}/details?service_id={service}&start={start}")).await;
    browser
}

#[tokio::test]
async fn news_are_wanted_by_who_says_so_and_the_customer_shows_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let mut browser = open(&app, &service, TEN).await;
    assert!(browser.page.text.contains("news and offers from"), "{}", browser.page.text);
    assert_eq!(browser.value(BOOK, "news"), "", "nobody agrees by doing nothing");
    // What was ticked is kept whatever is wrong, and unticked it stays so.
    for said in ["on", "", "on"] {
        browser.submit(BOOK, &[("name", "Ana"), ("email", "ana@"), ("news", said)]).await;
        assert_eq!((browser.page.status, browser.value(BOOK, "news").as_str()), (422, said));
    }
    browser.submit(BOOK, &WHO).await;
    assert_eq!(agreed(&salon).await, [(true, true)], "{}", browser.page.text);
    let listed = salon.get("/customers").await.expect(200);
    let profile = format!("/app/customers/{}", listed["data"][0]["id"].as_str().unwrap());
    let mut member = Browser::member(&salon, Role::Viewer).await;
    assert!(member.open(&profile).await.text.contains("News accepted on"), "{}", member.page.text);
    // Whoever books with that address later and ticks nothing changes neither that nor who it is.
    let mut later = open(&app, &service, "2030-03-06T10:00:00Z").await;
    later.submit(BOOK, &[("name", "Somebody"), ("email", "Ana@Customer.example")]).await;
    assert_eq!(agreed(&salon).await, [(true, true), (false, true)], "{}", later.page.text);
    let again = salon.get("/customers").await.expect(200);
    assert_eq!(again["data"].as_array().unwrap().len(), 1);
    assert_eq!(again["data"][0]["name"], listed["data"][0]["name"]);
    assert!(member.open(&profile).await.text.contains("News accepted on"), "{}", member.page.text);
}

#[tokio::test]
async fn another_language_keeps_what_was_agreed_to() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let mut browser = open(&app, &service, TEN).await;
    for (to, label) in [("fr", "Je souhaite recevoir"), ("en", "I would like news")] {
        let fields =
            [("service_id", service.as_str()), ("start", TEN), ("key", "k"), ("news", "on"), ("show", "1")];
        let shown = app.request("POST", &format!("{BOOK}?lang={to}")).form(&fields).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        let page = shown.text.replace("&#x27;", "'");
        assert!(page.contains(label) && page.contains("id=\"f-news\" checked"), "{page}");
    }
    // Nothing was booked by it; without the box, nothing is agreed to.
    browser.submit(BOOK, &WHO).await;
    assert_eq!(agreed(&salon).await, [(false, true)]);
}

#[tokio::test]
async fn a_series_whose_dates_are_asked_about_keeps_what_was_agreed_to() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    salon.book("Guest", "2030-03-12T10:00:00Z").await.expect(201);
    let mut browser = open(&app, &service, TEN).await;
    let recurs = [WHO[0], WHO[1], ("news", "on"), ("repeat", "1"), ("times", "3")];
    browser.submit(BOOK, &recurs).await;
    assert!(browser.page.text.contains("Not every date is free"), "{}", browser.page.text);
    browser.press(BOOK, ("on_conflict", "skip"), &[]).await;
    assert_eq!(agreed(&salon).await, [(true, true), (false, false), (true, true)], "{}", browser.page.text);
}

#[tokio::test]
async fn a_visit_is_agreed_to_as_one() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    let cut = salon.service(json!({"name": "Cut"})).await;
    let colour = salon.service(json!({"name": "Colour"})).await;
    let mut browser = Browser::new(&app);
    browser.open(&format!("{BOOK}/details?service_id={cut}&then={colour}&start={TEN}")).await;
    browser.submit(BOOK, &[("name", "Ana"), ("email", "ana@"), ("news", "on")]).await;
    browser.submit(BOOK, &WHO).await;
    assert_eq!(agreed(&salon).await, [(true, true), (true, true)], "{}", browser.page.text);
}

#[tokio::test]
async fn the_frame_on_another_site_asks_the_same() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.put("/embedding").json(&json!({"origins": ["https://shop.example"]})).await.expect(200);
    let service = salon.service(json!({})).await;
    let mut browser = Browser::new(&app);
    let action = "/embed/salon/book?lang=en";
    browser.open(&format!("/embed/salon/book/details?service_id={service}&start={TEN}&lang=en")).await;
    browser.submit(action, &[("name", "Ana"), ("email", "ana@"), ("news", "on")]).await;
    assert_eq!(browser.value(action, "news"), "on", "{}", browser.page.text);
    browser.submit(action, &WHO).await;
    assert_eq!(agreed(&salon).await, [(true, true)], "{}", browser.page.text);
}
