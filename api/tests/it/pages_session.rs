//! Sessions of browsers: how they begin and end, and what no other page can make them do.

use chrono::TimeDelta;
use serde_json::json;
use testkit::{Answer, Browser, TestApp};

const LOGOUT: &str = "/logout";

/// Sends the form that adds a service, as far as headers and fields say.
async fn add_service(browser: &Browser<'_>, headers: &[(&str, &str)], token: Option<&str>) -> Answer {
    let mut request = browser.request("POST", "/app/services");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let mut fields = vec![
        ("name", "Forged"),
        ("duration", "60"),
        ("price", "10"),
        ("deposit", "0"),
        ("capacity", "1"),
        ("buffer_before", "0"),
        ("buffer_after", "0"),
        ("travel", "0"),
        ("notice", "0"),
        ("horizon", "90"),
        ("is_active", "on"),
    ];
    fields.extend(token.map(|token| ("csrf", token)));
    request.form(&fields).await
}

async fn csrf(browser: &mut Browser<'_>) -> String {
    browser.open("/app/services/new").await;
    browser.value("/app/services", "csrf")
}

#[tokio::test]
async fn a_cookie_is_for_this_host_alone_and_no_script_reads_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let browser = Browser::new(&app);
    let form = [("email", salon.email.as_str()), ("password", salon.password.as_str())];
    let answer = browser.request("POST", "/login").form(&form).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/app"));
    let cookie = answer.header("set-cookie");
    let (value, attributes) = cookie.split_once(';').unwrap();
    assert_eq!(attributes, " Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax");
    let value = value.strip_prefix("__Host-session=").unwrap();
    assert_eq!(value.len(), 43);
    // What PostgreSQL keeps of it signs nobody in.
    let admin = app.database.admin().await;
    let sql = "SELECT encode(token_hash, 'hex') FROM sessions WHERE token_hash IS NOT NULL";
    let kept: String = admin.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(kept.len(), 64);
    assert!(!kept.contains(value));
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_and_goes_where_they_wanted() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::new(&app);
    browser.open("/app/services?archived=1").await;
    assert_eq!(browser.address, "/login?next=%2Fapp%2Fservices%3Farchived%3D1");
    browser.submit("/login", &[("email", &salon.email), ("password", &salon.password)]).await;
    assert_eq!((browser.page.status, browser.address.as_str()), (200, "/app/services?archived=1"));
    // Who is signed in already goes on at once.
    browser.open("/login?next=/app/staff").await;
    assert_eq!(browser.address, "/app/staff");
    for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let mut browser = Browser::new(&app);
        browser.open(&format!("/login?next={elsewhere}")).await;
        browser.submit("/login", &[("email", &salon.email), ("password", &salon.password)]).await;
        assert_eq!(browser.address, "/app", "{elsewhere}");
    }
    // A part of a page is not replaced by the form to sign in.
    let part = Browser::new(&app).request("GET", "/app").header("hx-request", "true").await;
    assert_eq!((part.status, part.header("hx-redirect")), (401, "/login?next=%2Fapp"));
}

#[tokio::test]
async fn the_api_knows_no_cookies_and_pages_no_bearers() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let browser = Browser::of(&salon).await;
    browser.request("GET", "/api/v1/services").await.refused(401, "UNAUTHENTICATED");
    let page = Browser::new(&app).request("GET", "/app").bearer(&salon.token).await;
    assert_eq!(page.status, 303);
}

#[tokio::test]
async fn a_form_from_elsewhere_or_without_its_token_changes_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let mut browser = Browser::of(&salon).await;
    let mut stranger = Browser::of(&other).await;
    let (own, theirs) = (csrf(&mut browser).await, csrf(&mut stranger).await);
    assert_ne!(own, csrf(&mut browser).await, "masked anew on each page");
    let url = app.url();
    let same = [("sec-fetch-site", "same-origin"), ("origin", url.as_str())];
    for (name, headers, token) in [
        ("no token", &same[..], None),
        ("another session's token", &same[..], Some(theirs.as_str())),
        ("nonsense", &same[..], Some("nonsense")),
        ("a foreign origin", &[("origin", "https://evil.example")][..], Some(own.as_str())),
        ("an opaque origin", &[("origin", "null")][..], Some(own.as_str())),
        ("a foreign site", &[("sec-fetch-site", "cross-site")][..], Some(own.as_str())),
        ("a sibling's site", &[("sec-fetch-site", "same-site")][..], Some(own.as_str())),
    ] {
        let answer = add_service(&browser, headers, token).await;
        assert_eq!(answer.status, 403, "{name}");
        assert!(answer.header("content-type").starts_with("text/html"), "{name}");
        for secret in [own.as_str(), theirs.as_str(), salon.email.as_str(), "Forged"] {
            assert!(!answer.text.contains(secret), "{name} tells {secret}");
        }
    }
    assert_eq!(salon.get("/services").await.expect(200)["data"], json!([]));
    assert_eq!(add_service(&browser, &same, Some(&own)).await.status, 303);
    // A script of ours sends it in a header.
    let sent = browser.request("POST", "/app/setup/dismiss").header("x-csrf-token", &own).await;
    assert_eq!(sent.status, 303);
    // Signing somebody in as another from elsewhere is no better.
    let login = Browser::new(&app).request("POST", "/login").header("origin", "https://evil.example");
    let answer = login.form(&[("email", &salon.email), ("password", &salon.password)]).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (403, ""));
}

#[tokio::test]
async fn a_session_that_was_ended_opens_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    let token = csrf(&mut browser).await;
    let before = browser.cookies.clone();
    browser.submit(LOGOUT, &[]).await;
    assert_eq!((browser.address.as_str(), browser.cookies.get("__Host-session")), ("/login", None));
    browser.cookies = before;
    assert_eq!(browser.request("GET", "/app").await.status, 303);
    let answer = add_service(&browser, &[], Some(&token)).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/login?next=%2Fapp"));
    assert_eq!(salon.get("/services").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_was_there() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    let planted = browser.cookies.clone();
    let form = [("email", salon.email.as_str()), ("password", salon.password.as_str())];
    let answer = browser.request("POST", "/login").form(&form).await;
    assert_eq!(answer.status, 303);
    assert!(!answer.header("set-cookie").contains(&planted["__Host-session"]));
    browser.cookies = planted;
    assert_eq!(browser.request("GET", "/app").await.status, 303);
}

#[tokio::test]
async fn a_session_ends_unused_after_two_weeks_and_used_after_ninety_days() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let idle = Browser::of(&salon).await;
    let used = Browser::of(&salon).await;
    for _ in 0..8 {
        app.clock.advance(TimeDelta::days(11));
        assert_eq!(used.request("GET", "/app").await.status, 200);
    }
    assert_eq!(idle.request("GET", "/app").await.status, 303);
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(used.request("GET", "/app").await.status, 303);
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_of_the_user_and_no_other() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let (mut here, there) = (Browser::of(&salon).await, Browser::of(&salon).await);
    let stranger = Browser::of(&other).await;
    here.open("/app/account/security").await;
    here.press("/app/account/sessions/end", ("here", "1"), &[]).await;
    assert_eq!(here.address, "/login");
    assert!(here.page.text.contains("Every device is signed out."), "{}", here.page.text);
    assert_eq!(there.request("GET", "/app").await.status, 303);
    salon.get("/me").await.refused(401, "SESSION_ENDED");
    assert_eq!(stranger.request("GET", "/app").await.status, 200);
}

#[tokio::test]
async fn a_membership_that_ends_ends_the_page_at_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let browser = Browser::of(&salon).await;
    app.database.admin().await.execute("DELETE FROM memberships", &[]).await.unwrap();
    assert_eq!(browser.request("GET", "/app").await.status, 303);
}
