//! The pages of customers, without a script: tags, blocks, duplicates, an import.

use domain::access::Role;
use serde_json::json;
use testkit::{Browser, TestApp};

#[tokio::test]
async fn a_member_tags_finds_and_blocks_a_customer() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut browser = Browser::member(&salon, Role::Staff).await;
    browser.open("/app/customers/new").await;
    let wrong = [("name", "Zoé"), ("email", "zoe@customer.example"), ("tags", &*"x".repeat(41))];
    browser.submit("/app/customers/new", &wrong).await;
    assert_eq!(browser.page.status, 422);
    assert!(browser.page.text.contains("href=\"#f-tags\""), "{}", browser.page.text);
    browser.submit("/app/customers/new", &[("tags", "VIP, Été & co")]).await;
    let own = browser.address.clone();
    assert!(browser.page.text.contains("/app/customers?tag=%C3%89t%C3%A9+%26+co"), "{}", browser.page.text);
    browser.open("/app/customers?tag=vip").await;
    assert!(browser.page.text.contains("Zoé") && browser.page.text.contains("aria-current"));
    browser.open(&own).await;
    browser.submit(&format!("{own}/block"), &[("reason", "Never came.")]).await;
    assert!(browser.page.text.contains("Never came."), "{}", browser.page.text);
    salon.book("Zoe", "2030-03-05T09:00:00Z").await.refused(403, "CONTACT_THE_BUSINESS");
    let id = own.rsplit('/').next().unwrap();
    browser.open(&format!("/app/bookings/new?customer_id={id}")).await;
    assert!(browser.page.text.contains("you can still book for them"), "{}", browser.page.text);
    browser.open("/app/customers/blocked").await;
    assert!(browser.page.text.contains("Never came."));
    browser.submit(&format!("{own}/block/removal"), &[]).await;
    assert_eq!(browser.address, "/app/customers/blocked");
    assert!(!browser.page.text.contains("Never came."));
    // Merging and importing are not for everybody.
    for page in ["/app/customers/duplicates", "/app/customers/import"] {
        assert_eq!(browser.open(page).await.status, 403, "{page}");
    }
}

#[tokio::test]
async fn the_public_page_asks_who_is_blocked_to_get_in_touch_and_says_no_more() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let body = json!({"name": "Zoé", "email": "zoe@customer.example"});
    let id = salon.post("/customers").json(&body).await.expect(201)["id"].as_str().unwrap().to_owned();
    let block = json!({"reason": "Never came."});
    salon.post(&format!("/customers/{id}/block")).json(&block).await.expect(200);
    let mut visitor = Browser::new(&app);
    let nine = "2030-03-05T09:00:00Z";
    visitor.open(&format!("/salon/book/details?service_id={service}&start={nine}")).await;
    let action = "/salon/book";
    let who = [("name", "Zoé P"), ("email", "ZOE@customer.example")];
    visitor.submit(action, &who).await;
    let text = &visitor.page.text;
    assert_eq!(visitor.page.status, 403, "{text}");
    assert!(text.contains("Please contact the business.") && !text.contains("Never came"), "{text}");
    // What was typed is kept.
    assert_eq!(visitor.value(action, "name"), "Zoé P");
}

#[tokio::test]
async fn the_profile_says_what_somebody_booked() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    body["consents"] = json!({"terms": true, "marketing": true});
    salon.public("POST", "/bookings").json(&body).await.expect(201);
    salon.book("Ana", "2030-03-06T09:00:00Z").await.expect(201);
    salon.book("Ana", "2030-03-20T09:00:00Z").await.expect(201);
    let id = salon.get("/customers").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
    app.clock.advance(chrono::TimeDelta::days(4));
    // The owner's token is not that old.
    let token = salon.member(Role::Manager).await;
    let listed = app.get("/bookings").bearer(&token).await.expect(200);
    let missed = listed["data"][1]["id"].as_str().unwrap().to_owned();
    app.post(&format!("/bookings/{missed}/no-show")).bearer(&token).json(&json!({})).await.expect(200);
    let tenant = app.store.tenant(salon.id);
    let now = app.now();
    let id = id.parse().unwrap();
    let figures = tenant.read(async |tx| store::customers::figures(tx, id, "EUR", now).await).await.unwrap();
    assert_eq!(
        (figures.bookings, figures.no_shows, figures.cancelled, figures.spent_cents),
        (3, 1, 0, 4_800)
    );
    assert_eq!(figures.last_at, Some("2030-03-05T09:00:00Z".parse().unwrap()));
    assert_eq!(figures.next_at, Some("2030-03-20T09:00:00Z".parse().unwrap()));
    assert!(figures.terms_at.is_some() && figures.marketing_at.is_some());
    let mut browser = Browser::member(&salon, Role::Viewer).await;
    browser.open(&format!("/app/customers/{id}")).await;
    assert!(
        browser.page.text.contains("48.00") && browser.page.text.contains("News accepted on"),
        "{}",
        browser.page.text
    );
}

#[tokio::test]
async fn duplicates_are_suggested_compared_and_merged() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let add = async |name: &str, email: &str| {
        let body = json!({"name": name, "email": email, "phone": "+33612345678"});
        salon.post("/customers").json(&body).await.expect(201)["id"].as_str().unwrap().to_owned()
    };
    let one = add("Ana", "ana@example.org").await;
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let other = add("Anna", "anna@example.org").await;
    let mut browser = Browser::member(&salon, Role::Manager).await;
    browser.open(&format!("/app/customers/{one}")).await;
    assert!(browser.page.text.contains("Perhaps twice"), "{}", browser.page.text);
    browser.open("/app/customers/duplicates").await;
    let compare = format!("/app/customers/merge?one={one}&amp;other={other}");
    assert!(browser.page.text.contains(&compare), "{}", browser.page.text);
    browser.open(&compare.replace("&amp;", "&")).await;
    // Not without saying that it is meant.
    assert_eq!(browser.submit("/app/customers/merge", &[("keep", &other)]).await.status, 422);
    assert!(browser.page.text.contains("href=\"#f-sure\""), "{}", browser.page.text);
    // Nor when it has changed since.
    let mut colleague = Browser::of(&salon).await;
    colleague.open(&compare.replace("&amp;", "&")).await;
    salon.patch(&format!("/customers/{other}")).json(&json!({"note": "New."})).await.expect(200);
    assert_eq!(
        colleague.submit("/app/customers/merge", &[("keep", &other), ("sure", "on")]).await.status,
        412
    );
    assert!(colleague.page.text.contains("New."), "{}", colleague.page.text);
    colleague.submit("/app/customers/merge", &[("keep", &other), ("sure", "on")]).await;
    assert_eq!((colleague.page.status, colleague.address.clone()), (200, format!("/app/customers/{other}")));
    assert_eq!(browser.open(&format!("/app/customers/{one}")).await.status, 200);
    assert_eq!(browser.address, format!("/app/customers/{other}"));
    browser.open("/app/customers/duplicates").await;
    assert!(browser.page.text.contains("No duplicates"), "{}", browser.page.text);
    assert_eq!(browser.open(&compare.replace("&amp;", "&")).await.status, 404);
}

#[tokio::test]
async fn a_manager_brings_customers_in_from_a_file() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    let mut browser = Browser::member(&salon, Role::Manager).await;
    browser.open("/app/customers/import").await;
    let csrf = browser.value("/app/customers/import", "csrf");
    let send = async |bytes: &[u8]| {
        browser
            .request("POST", "/app/customers/import")
            .header("sec-fetch-site", "same-origin")
            .form_with_file(&[("csrf", &csrf)], "clients.csv", "text/csv", bytes)
            .await
    };
    let refused = send(b"\0\0").await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("href=\"#f-table\"") && refused.text.contains("CSV UTF-8"),
        "{}",
        refused.text
    );
    let sent = send(b"Kunde,Adresse\n<b>Zo\xc3\xab,zoe@example.org\n,x\n").await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let page = sent.header("location").to_owned();
    browser.open(&page).await;
    assert!(browser.page.text.contains("&lt;b&gt;Zoë"), "{}", browser.page.text);
    let form = browser.form(&page);
    let csrf = form.controls.iter().find(|control| control.name == "csrf").unwrap().value.clone();
    let csrf = ("csrf", csrf.as_str());
    let post = |fields: &[(&str, &str)]| {
        browser.request("POST", &page).header("sec-fetch-site", "same-origin").form(fields)
    };
    // Nothing was guessed of such names.
    let refused = post(&[csrf, ("field", ""), ("field", ""), ("known", "update")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("Say which column has the email address."), "{}", refused.text);
    assert!(refused.text.contains("value=\"update\" checked"), "{}", refused.text);
    let started = post(&[csrf, ("field", "name"), ("field", "email"), ("known", "skip")]).await;
    assert_eq!(started.status, 303, "{}", started.text);
    browser.open(&page).await;
    assert!(browser.page.text.contains("data-live"), "{}", browser.page.text);
    app.run_jobs().await;
    browser.open(&page).await;
    assert!(
        browser.page.text.contains("The import is done") && browser.page.text.contains("/report"),
        "{}",
        browser.page.text
    );
    let report = browser.open(&format!("{page}/report")).await;
    assert!(report.text.contains("\"3\",\"Full name\",\"\",\"It is empty.\""), "{}", report.text);
    browser.open("/app/customers").await;
    assert!(browser.page.text.contains("&lt;b&gt;Zoë"), "{}", browser.page.text);
}
