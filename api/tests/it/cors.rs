//! Which websites may read the API's answers: those of the list, and no cookie of ours goes with what they ask.

use testkit::{Answer, TestApp};

const OURS: &str = "https://app.example.org";
const ORIGIN: &str = "access-control-allow-origin";

async fn ask(app: &TestApp, method: &str, path: &str, origin: &str) -> Answer {
    let request = app.request(method, path).header("origin", origin);
    if method != "OPTIONS" {
        return request.await;
    }
    request
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "authorization,if-match,content-type")
        .await
}

#[tokio::test]
async fn a_website_of_the_list_may_read_and_no_other() {
    let app = TestApp::start_with(|state| state.origins = OURS.parse().unwrap()).await;
    let told = ask(&app, "OPTIONS", "/api/v1/me", OURS).await;
    assert_eq!((told.status, told.header(ORIGIN)), (200, OURS));
    assert!(told.header("access-control-allow-methods").contains("PATCH"));
    assert_eq!(told.header("access-control-allow-credentials"), "");
    // What is refused is readable, too.
    let told = ask(&app, "GET", "/api/v1/me", OURS).await;
    assert_eq!((told.status, told.header(ORIGIN)), (401, OURS));
    assert!(told.header("access-control-expose-headers").contains("retry-after"));
    assert!(told.header("vary").to_lowercase().contains("origin"));
    for other in
        ["https://evil.example.org", "http://app.example.org", "https://app.example.org.evil.example", "null"]
    {
        for method in ["OPTIONS", "GET"] {
            assert_eq!(ask(&app, method, "/api/v1/me", other).await.header(ORIGIN), "", "{other}");
        }
    }
    // Pages are for nobody else's scripts.
    assert_eq!(ask(&app, "GET", "/login", OURS).await.header(ORIGIN), "");
}

#[tokio::test]
async fn without_a_list_no_website_may() {
    let app = TestApp::start().await;
    for method in ["OPTIONS", "GET"] {
        assert_eq!(ask(&app, method, "/api/v1/me", OURS).await.header(ORIGIN), "");
    }
}
