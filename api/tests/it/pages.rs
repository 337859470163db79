//! What all pages have in common: language, theme, colours, policy, caching, and how they say no.

use std::net::TcpListener;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::{DatabaseConfig, Store};
use testkit::{Answer, TestApp};

/// The language a page says it is in, after checking that its answer does too.
fn language(page: &Answer) -> &str {
    let (_, rest) = page.text.split_once("<html lang=\"").expect("a page");
    rest.split('"').next().unwrap()
}

/// The addresses of style sheets, scripts and fonts that a page names.
fn assets(page: &str) -> Vec<&str> {
    page.split('"').filter(|part| part.starts_with("/assets/")).collect()
}

#[tokio::test]
async fn a_page_is_in_the_language_that_was_chosen_then_the_browsers_then_the_tenants() {
    let app = TestApp::start().await.ignore_jobs();
    app.tenant("salon").await;
    let page = |path: &str, cookie: &str, accepted: &str| {
        app.request("GET", path).header("cookie", cookie).header("accept-language", accepted)
    };
    let chosen = page("/salon?lang=fr", "lang=en", "en").await;
    assert_eq!(language(&chosen), "fr");
    assert!(chosen.header("set-cookie").starts_with("lang=fr;"), "{}", chosen.header("set-cookie"));
    for (path, cookie, accepted, expected) in [
        ("/salon", "lang=fr", "en", "fr"),
        ("/salon", "lang=xx", "fr-CH", "fr"),
        ("/salon", "", "de", "en"),
        ("/salon?lang=xx", "lang=fr", "en", "fr"),
    ] {
        let page = page(path, cookie, accepted).await;
        assert_eq!(language(&page), expected, "{path} {cookie} {accepted}");
        assert_eq!(page.header("vary").to_ascii_lowercase().matches("cookie").count(), 1);
        assert!(page.header("set-cookie").is_empty());
    }
}

#[tokio::test]
async fn a_theme_is_printed_only_when_it_is_one() {
    let app = TestApp::start().await;
    for (cookie, is_there) in
        [("theme=dark", true), ("theme=light", true), ("theme=\"><script>", false), ("", false)]
    {
        let page = app.request("GET", "/").header("cookie", cookie).await;
        assert_eq!(
            page.text.contains("data-theme=\"dark\"") || page.text.contains("data-theme=\"light\""),
            is_there
        );
        assert!(!page.text.contains("data-theme=\"\""), "{cookie}");
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_change_their_address() {
    let app = TestApp::start().await;
    let page = app.request("GET", "/dev/components").await;
    let addresses = assets(&page.text);
    assert!(addresses.len() >= 4, "{addresses:?}");
    for address in addresses {
        let asset = app.request("GET", address).await;
        assert_eq!(
            (asset.status, asset.header("cache-control")),
            (200, "public, max-age=31536000, immutable")
        );
        let etag = asset.header("etag").to_owned();
        assert_eq!(app.request("GET", address).header("if-none-match", &etag).await.status, 304);
        // No other address leads there.
        let (stem, ending) = address.rsplit_once('-').unwrap();
        let plain = format!("{stem}.{}", ending.rsplit_once('.').unwrap().1);
        assert_eq!(app.request("GET", &plain).await.status, 404, "{plain}");
    }
    for address in
        ["/assets/", "/assets/../Cargo.toml", "/assets/%2e%2e/Cargo.toml", "/assets/vendor/SHA256SUMS"]
    {
        assert_eq!(app.request("GET", address).await.status, 404, "{address}");
    }
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let app = TestApp::start().await.ignore_jobs();
    app.tenant("salon").await;
    let first = app.request("GET", "/").await;
    let etag = first.header("etag");
    let again = app.request("GET", "/").header("if-none-match", etag).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    let other = app.request("GET", "/?lang=fr").header("if-none-match", etag).await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn the_policy_allows_a_tenants_colours_and_nothing_else_inline() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.patch("/tenant").json(&json!({"accent_color": "#b4235a"})).await.expect(200);
    let page = app.request("GET", "/salon").await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("style-src 'self' 'sha256-") && !policy.contains("unsafe"), "{policy}");
    let (_, style) = page.text.split_once("<style>").unwrap();
    let style = style.split("</style>").next().unwrap();
    let hash = BASE64_STANDARD.encode(Sha256::digest(style));
    assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
    // Harmony's own pages have no style of their own.
    let own = app.request("GET", "/").await;
    assert!(!own.header("content-security-policy").contains("sha256") && !own.text.contains("<style"));
}

#[tokio::test]
async fn a_page_that_is_not_there_looks_like_the_tenant() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.patch("/tenant").json(&json!({"accent_color": "#b4235a"})).await.expect(200);
    let lost = app.request("GET", "/salon/nothing/here").header("accept", "text/html").await;
    assert_eq!(lost.status, 404);
    let refused = app.request("GET", "/salon/book?service_id=nonsense").header("accept", "text/html").await;
    assert!(refused.status >= 400);
    for page in [&lost, &refused] {
        assert!(page.text.contains("Salon salon") && page.text.contains("href=\"/salon\""), "{}", page.text);
        assert!(page.text.contains("<style>"));
    }
    let nobody = app.request("GET", "/nobody-here").header("accept", "text/html").await;
    assert_eq!(nobody.status, 404);
    assert!(nobody.text.contains("href=\"/\""));
}

#[tokio::test]
async fn a_failure_shows_a_request_id_and_nothing_else() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let app = TestApp::start_with(|state| {
        let config = DatabaseConfig::at(&format!("postgres://127.0.0.1:{port}/harmony"));
        state.store = Store::new(&config, 1, Arc::new(|_queue| {})).unwrap();
    })
    .await;
    let page = app.request("GET", "/salon").await;
    assert_eq!(page.status, 503);
    assert!(page.text.contains(page.header("x-request-id")), "{}", page.text);
    for secret in ["postgres", "127.0.0.1", "onnection", "panicked", &port.to_string()] {
        assert!(!page.text.contains(secret), "{secret} in {}", page.text);
    }
}

#[tokio::test]
async fn every_form_that_changes_something_is_sent_by_post() {
    let app = TestApp::start().await;
    let answer = app.request("GET", "/preferences").await;
    assert_eq!(answer.status, 405);
}
