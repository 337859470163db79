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
async fn a_cover_stands_for_the_site_where_its_link_is_shared() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for name in ["Cut", "Colour"] {
        salon.service(serde_json::json!({"name": name})).await;
    }
    let page = async |path: &str| app.request("GET", path).header("accept", "text/html").await.text;
    for path in ["/salon", "/salon/book"] {
        let bare = page(path).await;
        assert!(!bare.contains("og:image") && bare.contains("content=\"summary\""), "{path}: {bare}");
    }
    let mut browser = Browser::of(&salon).await;
    send(&mut browser, "/app/settings/cover", &png(640, 320)).await;
    for path in ["/salon", "/salon/book"] {
        let shared = page(path).await;
        let (_, image) = shared.split_once("og:image\" content=\"").unwrap();
        let image = image.split('"').next().unwrap();
        assert!(image.starts_with("http") && image.contains("/media/") && image.contains("-640."), "{image}");
        for part in [
            "og:image:width\" content=\"640\"",
            "og:image:height\" content=\"320\"",
            "og:image:alt\" content=\"",
            "content=\"summary_large_image\"",
        ] {
            assert!(shared.contains(part), "{path}, {part}: {shared}");
        }
    }
}

#[tokio::test]
async fn a_service_is_shown_with_its_picture() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(serde_json::json!({"name": "Bare"})).await;
    let id = salon.service(serde_json::json!({"name": "Cut"})).await;
    let mut browser = Browser::of(&salon).await;
    send(&mut browser, &format!("/app/services/{id}/picture"), &png(400, 300)).await;
    for path in ["/salon", "/salon/book", "/app/services"] {
        let page = browser.open(path).await.text.clone();
        assert_eq!(page.matches("<img ").count(), 1, "{path}: {page}");
        let (_, picture) = page.split_once("<img ").unwrap();
        let picture = picture.split('>').next().unwrap();
        for part in ["srcset=\"/media/", "width=\"400\"", "height=\"300\"", "loading=\"lazy\"", "alt=\""] {
            assert!(picture.contains(part), "{path}, {part}: {picture}");
        }
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
