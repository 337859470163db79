//! Pictures by the forms of the dashboard, in a browser without a script, and on the public page.

use testkit::{Browser, TestApp};

use crate::images::png;

async fn send(browser: &mut Browser<'_>, action: &str, bytes: &[u8]) -> testkit::Answer {
    browser.open(action).await;
    let token = browser.value(action, "csrf");
    let request = browser.request("POST", action).header("sec-fetch-site", "same-origin");
    request.form_with_file(&[("csrf", &token)], "a.png", "image/png", bytes).await
}

#[tokio::test]
async fn an_owner_shows_a_logo_and_a_cover_and_takes_them_away() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    for action in ["/app/settings/logo", "/app/settings/cover"] {
        let sent = send(&mut browser, action, &png(640, 320)).await;
        assert_eq!((sent.status, sent.header("location")), (303, action), "{}", sent.text);
        assert!(browser.open(action).await.text.contains("/media/"));
        let page = app.request("GET", "/salon").header("accept", "text/html").await.text;
        assert!(page.contains("srcset=\"/media/"), "{page}");
        browser.submit(&format!("{action}/removal"), &[]).await;
        assert!(!browser.page.text.contains("/media/"));
    }
}

#[tokio::test]
async fn what_is_no_picture_is_told_where_it_was_chosen() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(serde_json::json!({})).await;
    let mut browser = Browser::of(&salon).await;
    let action = format!("/app/services/{id}/picture");
    for bytes in [&b""[..], b"<svg xmlns='http://www.w3.org/2000/svg'/>"] {
        let sent = send(&mut browser, &action, bytes).await;
        assert_eq!(sent.status, 422);
        assert!(sent.text.contains("e-file"), "{}", sent.text);
    }
    for size in [11_000_000, 25_000_000] {
        let large = send(&mut browser, &action, &vec![0; size]).await;
        assert_eq!(large.status, 422, "{}", large.text);
        assert!(large.text.contains("e-file"), "{}", large.text);
    }
    let sent = send(&mut browser, &action, &png(200, 200)).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let forged = browser.request("POST", &action).header("sec-fetch-site", "same-origin");
    let forged = forged.form_with_file(&[("csrf", "x")], "a.png", "image/png", &png(64, 64)).await;
    assert_eq!(forged.status, 403, "{}", forged.text);
}
