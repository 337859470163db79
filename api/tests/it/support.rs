//! An operator acts in a tenant: for a reason, for an hour, in sight of its people.

use chrono::TimeDelta;
use domain::access::Role;
use serde_json::json;
use testkit::{Browser, Operator, Salon, TestApp};

const REASON: &str = "Asked by phone to mend the opening hours";

/// Has the operator's browser act in the salon; it stands on the dashboard then.
pub(crate) async fn begin(browser: &mut Browser<'_>, operator: &Operator, salon: &Salon<'_>) {
    browser.open(&format!("/ops/tenants/{}", salon.id)).await;
    let fields = [("support_reason", REASON), ("current_password", operator.password.as_str())];
    browser.submit(&format!("/ops/tenants/{}/support", salon.id), &fields).await;
    let standing = (browser.address.as_str(), browser.page.status);
    assert_eq!(standing, ("/app", 200), "{}", browser.page.text);
}

#[tokio::test]
async fn an_operator_gives_a_reason_and_their_password() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let operator = app.operator().await;
    let mut browser = operator.browser(&app).await;
    browser.open(&format!("/ops/tenants/{}", salon.id)).await;
    let action = format!("/ops/tenants/{}/support", salon.id);
    let (long, own) = ("x".repeat(501), operator.password.as_str());
    for (reason, password, told) in [
        ("", own, "at least 10 characters"),
        ("too short", own, "at least 10 characters"),
        (long.as_str(), own, "At most 500 characters"),
        (REASON, "the secret of somebody else", "This is not your password"),
    ] {
        let fields = [("support_reason", reason), ("current_password", password)];
        let page = browser.submit(&action, &fields).await;
        assert!(page.status == 422 && page.text.contains(told), "{told}: {} {}", page.status, page.text);
    }
    let begun = "SELECT count(*) FROM audit_events WHERE action = 'support.begin'";
    assert_eq!(app.database.admin().await.query_one(begun, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn what_support_does_is_told_with_its_reason_and_names_the_operator() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.set_plan("enterprise").await;
    salon.member(Role::Admin).await;
    let operator = app.operator().await;
    app.run_jobs().await;
    let before = app.mails().await.len();
    let mut browser = operator.browser(&app).await;
    begin(&mut browser, &operator, &salon).await;
    assert!(browser.page.text.contains("You act for Salon salon until"), "{}", browser.page.text);
    browser.open("/app/customers/new").await;
    browser.submit("/app/customers/new", &[("name", "Zoé"), ("email", "zoe@example.org")]).await;
    assert!(browser.page.text.contains("You act for Salon salon until"), "{}", browser.page.text);
    app.run_jobs().await;
    let told = app.mails().await.split_off(before);
    let [mail] = told.as_slice() else { panic!("{told:?}") };
    assert!(mail.to.contains(&salon.email), "{mail:?}");
    assert_eq!(mail.subject, "Harmony’s support works in Salon salon");
    assert!(mail.text.contains(REASON), "{}", mail.text);

    browser.submit("/logout", &[]).await;
    assert!(browser.page.text.contains("You act for the tenant no longer"), "{}", browser.page.text);
    browser.open("/app").await;
    assert_eq!(browser.address, "/login?next=%2Fapp");
    let events = salon.get("/audit-events").await.expect(200);
    let events: Vec<_> = events["data"].as_array().unwrap().iter().collect();
    for (action, reason) in
        [("support.begin", json!(REASON)), ("customer.create", json!(null)), ("support.end", json!(REASON))]
    {
        let event = events.iter().find(|event| event["action"] == action);
        let event = event.unwrap_or_else(|| panic!("no {action} in {events:?}"));
        assert_eq!((&event["actor"]["kind"], &event["reason"]), (&json!("operator"), &reason), "{action}");
    }
    let sql = "SELECT count(*) FROM audit_events WHERE actor_kind = 'operator' AND actor_id = $1";
    let named = app.database.admin().await.query_one(sql, &[&operator.id.0]).await.unwrap();
    assert_eq!(named.get::<_, i64>(0), 3);
}

#[tokio::test]
async fn support_makes_no_way_in_takes_nothing_out_and_does_nothing_for_good() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (ana, bo) = (salon.customer("Ana").await, salon.customer("Bo").await);
    let operator = app.operator().await;
    let mut browser = operator.browser(&app).await;
    begin(&mut browser, &operator, &salon).await;
    let edit = format!("/app/customers/{ana}/edit");
    browser.open(&edit).await;
    browser.submit(&edit, &[("email", "olivia@harmony.example")]).await;
    assert_eq!(browser.page.status, 403, "{}", browser.page.text);
    browser.open(&edit).await;
    browser.submit(&edit, &[("name", "Anaïs")]).await;
    assert_eq!(browser.address, format!("/app/customers/{ana}"), "{}", browser.page.text);
    browser.open("/app/customers").await;
    for (path, what) in [
        ("/app/customers/export", "all customers"),
        ("/app/customers/import", "a table of them"),
        ("/app/customers/duplicates", "two in one"),
        (format!("/app/customers/merge?one={ana}&other={bo}").as_str(), "two in one"),
        ("/app/settings/audit/file?format=csv", "the log"),
        (format!("/app/customers/{ana}/data").as_str(), "all that is known of somebody"),
    ] {
        assert!(!browser.page.text.contains(&format!("href=\"{path}\"")), "{what}: {}", browser.page.text);
        assert_eq!(browser.request("GET", path).await.status, 403, "{what}: {path}");
    }
}

#[tokio::test]
async fn support_ends_after_an_hour_however_much_it_is_used() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let operator = app.operator().await;
    let mut browser = operator.browser(&app).await;
    begin(&mut browser, &operator, &salon).await;
    for _ in 0..3 {
        app.clock.advance(TimeDelta::minutes(19));
        browser.open("/app/bookings").await;
        assert_eq!((browser.address.as_str(), browser.page.status), ("/app/bookings", 200));
    }
    app.clock.advance(TimeDelta::minutes(3));
    browser.open("/app/bookings").await;
    assert_eq!(browser.address, "/login?next=%2Fapp%2Fbookings");
}

#[tokio::test]
async fn support_is_of_one_tenant_and_reaches_it_when_it_is_suspended() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let operator = app.operator().await;
    let path = format!("/admin/tenants/{}/suspension", salon.id);
    app.put(&path).bearer(&operator.token).json(&json!({"reason": "Unpaid"})).await.expect(200);
    let mut browser = operator.browser(&app).await;
    begin(&mut browser, &operator, &salon).await;
    assert_eq!(browser.open("/app/bookings").await.status, 200);
    // The console is for a session of their own.
    browser.open("/ops/tenants").await;
    assert_eq!(browser.page.status, 404, "{}", browser.page.text);
}

#[tokio::test]
async fn who_is_an_operator_no_longer_acts_for_nobody() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let operator = app.operator().await;
    let mut browser = operator.browser(&app).await;
    begin(&mut browser, &operator, &salon).await;
    let sql = "UPDATE users SET is_operator = false WHERE id = $1";
    app.database.admin().await.execute(sql, &[&operator.id.0]).await.unwrap();
    browser.open("/app/bookings").await;
    assert_eq!(browser.address, "/login?next=%2Fapp%2Fbookings");
}
