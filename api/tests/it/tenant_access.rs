//! What stands between a tenant and its people: a second factor that it asks for, and the platform that suspends it.

use domain::access::Role;
use domain::api_key::Scope;
use serde_json::json;
use testkit::{Browser, Salon, TestApp};

async fn has_second_factor(app: &TestApp, has: bool) {
    let sql = "UPDATE users SET has_second_factor = $1";
    app.database.admin().await.execute(sql, &[&has]).await.unwrap();
}

async fn require(salon: &Salon<'_>, required: bool) -> testkit::Answer {
    salon.put("/tenant/security").json(&json!({"second_factor_required": required})).await
}

#[tokio::test]
async fn a_tenant_asks_a_second_factor_of_everybody_who_is_in() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = salon.member(Role::Staff).await;
    let mut browser = Browser::member(&salon, Role::Manager).await;
    // Who has none would lock themselves out.
    require(&salon, true).await.refused(403, "SECOND_FACTOR_REQUIRED");
    let sql = "UPDATE users SET has_second_factor = true WHERE id = $1";
    app.database.admin().await.execute(sql, &[&salon.owner.0]).await.unwrap();
    let told = require(&salon, true).await.expect(200);
    assert_eq!(told, json!({"second_factor_required": true, "members_without": 2}));
    salon.get("/bookings").await.expect(200);

    app.get("/bookings").bearer(&staff).await.refused(403, "SECOND_FACTOR_REQUIRED");
    // Their own account is theirs, or they could not turn it on.
    app.get("/me").bearer(&staff).await.expect(200);
    browser.open("/app/bookings").await;
    assert_eq!((browser.address.as_str(), browser.page.status), ("/app/account/two-factor", 200));
    assert!(browser.page.text.contains("asks for two-factor sign-in"), "{}", browser.page.text);
    browser.open("/app/account").await;
    assert_eq!(browser.page.status, 200);
    // A program has no second factor to show.
    salon.set_plan("enterprise").await;
    let (_, key) = crate::api_keys::planted(&salon, &[Scope::Read]).await;
    app.get("/bookings").bearer(&key).await.expect(200);

    has_second_factor(&app, true).await;
    app.get("/bookings").bearer(&staff).await.expect(200);
    has_second_factor(&app, false).await;
    // Whoever has turned theirs off takes no part in taking it back, either.
    require(&salon, false).await.refused(403, "SECOND_FACTOR_REQUIRED");
    has_second_factor(&app, true).await;
    require(&salon, false).await.expect(200);
    has_second_factor(&app, false).await;
    app.get("/bookings").bearer(&staff).await.expect(200);
    let kept = "SELECT count(*) FROM audit_events WHERE action = 'tenant.set_second_factor'";
    assert_eq!(app.database.admin().await.query_one(kept, &[]).await.unwrap().get::<_, i64>(0), 2);
}

#[tokio::test]
async fn the_owner_asks_for_it_on_the_page() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut owner = Browser::of(&salon).await;
    let page = owner.open("/app/settings/access").await;
    assert!(page.text.contains("Turn it on for yourself first"), "{}", page.text);
    has_second_factor(&app, true).await;
    owner.open("/app/settings/access").await;
    owner.submit("/app/settings/access/second-factor", &[("required", "on")]).await;
    assert!(owner.page.text.contains("Every member has it"), "{}", owner.page.text);
    assert_eq!(salon.get("/tenant/security").await.expect(200)["second_factor_required"], true);
}

#[tokio::test]
async fn nobody_gets_into_a_tenant_that_is_suspended_and_what_is_booked_stands() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("enterprise").await;
    salon.service(json!({})).await;
    let booked = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let (_, key) = crate::api_keys::planted(&salon, &[Scope::Read]).await;
    let staff = salon.first_staff().await;
    let feed = salon.post(&format!("/staff/{staff}/calendar-feed")).json(&json!({"shows_details": true}));
    let feed = feed.await.expect(201)["url"].as_str().unwrap().to_owned();
    let feed = format!("/ical/{}", feed.split_once("/ical/").unwrap().1);
    let mut browser = Browser::of(&salon).await;
    let operator = app.operator().await;
    let path = format!("/admin/tenants/{}/suspension", salon.id);
    let put =
        async |reason: &str| app.put(&path).bearer(&operator.token).json(&json!({"reason": reason})).await;
    put(" ").await.refused(422, "INVALID");
    let told = put("Unpaid since May").await.expect(200);
    assert_eq!(told["tenant"]["suspended_at"], "2030-03-04T09:00:00Z");
    put("Again").await.expect(200);

    salon.get("/bookings").await.refused(403, "TENANT_SUSPENDED");
    app.get("/bookings").bearer(&key).await.refused(403, "TENANT_SUSPENDED");
    salon.get("/me").await.expect(200);
    salon.public("GET", "/services").await.refused(403, "TENANT_SUSPENDED");
    assert_eq!(app.request("GET", "/salon").await.status, 403);
    app.request("GET", &feed).await.refused(403, "TENANT_SUSPENDED");
    let page = browser.open("/app").await;
    assert!(page.status == 403 && page.text.contains("not available at the moment"), "{}", page.text);
    assert!(page.text.contains("href=\"/app/account\""), "{}", page.text);
    assert_eq!(browser.open("/app/account").await.status, 200);
    // Whoever has booked is not left alone.
    let manage = booked["manage_url"].as_str().unwrap().split_once("/manage/").unwrap().1;
    assert_eq!(app.request("GET", &format!("/manage/{manage}")).await.status, 200);

    let listed =
        app.get("/admin/tenants").bearer(&operator.token).query(&[("suspended", "true")]).await.expect(200);
    assert_eq!((listed["data"].as_array().unwrap().len(), &listed["data"][0]["slug"]), (1, &json!("salon")));
    app.delete(&path).bearer(&operator.token).await.expect(200);
    salon.get("/bookings").await.expect(200);
    salon.public("GET", "/services").await.expect(200);
    let told = salon.get("/audit-events").query(&[("subject", "tenant")]).await.expect(200);
    let told: Vec<_> = told["data"].as_array().unwrap().iter().collect();
    let kinds: Vec<_> =
        told.iter().map(|event| (&event["action"], &event["actor"]["kind"], &event["reason"])).collect();
    assert!(
        kinds.contains(&(&json!("tenant.suspend"), &json!("operator"), &json!("Unpaid since May"))),
        "{kinds:?}"
    );
    let unknown = "/admin/tenants/019c0000-0000-7000-8000-000000000000/suspension";
    app.put(unknown).bearer(&operator.token).json(&json!({"reason": "x"})).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn every_owner_is_mailed_why_the_tenant_is_suspended_and_that_it_no_longer_is() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.member(Role::Owner).await;
    salon.member(Role::Admin).await;
    let operator = app.operator().await;
    app.run_jobs().await;
    let before = app.mails().await.len();
    let path = format!("/admin/tenants/{}/suspension", salon.id);
    let suspend = async || {
        let why = json!({"reason": "Unpaid since May"});
        app.put(&path).bearer(&operator.token).json(&why).await.expect(200);
    };
    suspend().await;
    // It is suspended already: nobody is told again.
    suspend().await;
    app.run_jobs().await;
    let told = app.mails().await.split_off(before);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|mail| mail.to.contains(&salon.email)), "{told:?}");
    for mail in &told {
        assert_eq!(mail.subject, "Salon salon is suspended");
        assert!(mail.text.contains("Reason: Unpaid since May"), "{}", mail.text);
    }
    app.delete(&path).bearer(&operator.token).await.expect(200);
    app.delete(&path).bearer(&operator.token).await.expect(200);
    app.run_jobs().await;
    let told = app.mails().await.split_off(before + 2);
    assert_eq!(told.len(), 2, "{told:?}");
    for mail in &told {
        assert_eq!(mail.subject, "Salon salon is no longer suspended");
        assert!(mail.text.contains("It was suspended for: Unpaid since May"), "{}", mail.text);
    }
}

#[tokio::test]
async fn operators_find_tenants_and_suspend_them_on_pages() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let other = app.tenant("other").await;
    other.set_plan("pro").await;
    let operator = app.operator().await;
    let find = async |query: &[(&str, &str)]| {
        let found = app.get("/admin/tenants").bearer(&operator.token).query(query).await.expect(200);
        let slugs =
            found["data"].as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap().to_owned());
        slugs.collect::<Vec<_>>()
    };
    assert_eq!(find(&[("q", "SALON sal")]).await, ["salon"]);
    assert_eq!(find(&[("q", "oth")]).await, ["other"]);
    assert_eq!(find(&[("plan", "pro")]).await, ["other"]);
    assert_eq!(find(&[("q", "%")]).await, Vec::<String>::new());
    assert_eq!(find(&[("limit", "200")]).await.len(), 2);

    let mut browser = operator.browser(&app).await;
    let list = browser.open("/ops/tenants?q=salon&plan=free&status=active").await;
    assert!(list.text.contains("Salon salon") && !list.text.contains("Salon other"), "{}", list.text);
    browser.open(&format!("/ops/tenants/{}", salon.id)).await;
    assert!(browser.page.text.contains(&salon.email));
    let action = format!("/ops/tenants/{}/suspension", salon.id);
    browser.submit(&action, &[("reason", "")]).await;
    assert_eq!(browser.page.status, 422);
    browser.submit(&action, &[("reason", "Fraud")]).await;
    assert!(browser.page.text.contains("Fraud"), "{}", browser.page.text);
    salon.get("/bookings").await.refused(403, "TENANT_SUSPENDED");
    browser.submit(&format!("/ops/tenants/{}/reinstatement", salon.id), &[]).await;
    salon.get("/bookings").await.expect(200);
}
