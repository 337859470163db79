//! What a client is told when something is refused.

use domain::link::{LinkKey, Links};
use domain::rejection::Code;
use serde_json::json;
use testkit::TestApp;

#[test]
fn every_code_its_kind_and_its_sentence() {
    let lines: Vec<String> = Code::ALL
        .iter()
        .map(|code| format!("{:24}{:16}{}", code.text(), format!("{:?}", code.kind()), code.sentence()))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn a_refusal_is_a_problem_whole_in_form() {
    let app = TestApp::start().await;
    let answer = app.post("/auth/login").header("x-request-id", "from-my-shop_1").json(&json!({})).await;
    assert_eq!(answer.header("x-request-id"), "from-my-shop_1");
    let problem = answer.refused(422, "INVALID");
    insta::assert_json_snapshot!("problem", problem);
}

#[tokio::test]
async fn a_request_gets_an_id_unless_it_brings_a_decent_one() {
    let app = TestApp::start().await;
    let own = app.request("GET", "/health/live").await.header("x-request-id").to_owned();
    assert!(uuid::Uuid::parse_str(&own).is_ok(), "{own}");
    for id in ["", "a b", "x".repeat(65).as_str(), "<script>", "é"] {
        let answer = app.request("GET", "/health/live").header("x-request-id", id).await;
        assert!(uuid::Uuid::parse_str(answer.header("x-request-id")).is_ok(), "{id}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_apart() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let add = || salon.post("/staff");
    for body in ["", "{", "nonsense", "{\"name\": \"Bea\"} {}", "{\"name\": \"Be\\x\"}", "[1,"] {
        add().bytes(body).await.refused(400, "MALFORMED_JSON");
    }
    add().bytes([b'{', b'"', 0xff, b'"', b':', b'1', b'}']).await.refused(400, "MALFORMED_JSON");
    for body in ["null", "[]", "1", "\"x\""] {
        add().bytes(body).await.refused(422, "INVALID");
    }
    for (body, pointer, code) in [
        (r#"{"name": "Bea", "nmae": 1}"#, "/nmae", "UNKNOWN_FIELD"),
        (r"{}", "/name", "REQUIRED"),
        (r#"{"name": 1}"#, "/name", "WRONG_TYPE"),
        (r#"{"name": "a\u0000b"}"#, "/name", "INVALID"),
        (r#"{"name": "Bea", "timezone": "Mars/Base"}"#, "/timezone", "INVALID"),
    ] {
        let problem = add().bytes(body).await.refused(422, "INVALID");
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{body}: {problem}");
    }
    let booking = r#"{"service_id": "019c0000-0000-7000-8000-000000000000", "start": "2030-03-05T09:00:00Z", "customer": %}"#;
    let register = r#"{"email": "a@b.example", "password": "long enough", "full_name": "Ana", "tenant": %}"#;
    let (customer, tenant) =
        (r#"["Ana", "ana@customer.example", null]"#, r#"["Salon", null, "Europe/Paris"]"#);
    for (request, body, pointer) in [
        (salon.public("POST", "/bookings"), booking.replace('%', customer), "/customer"),
        (app.post("/auth/register"), register.replace('%', tenant), "/tenant"),
        (salon.put("/opening-rules"), r#"{"rules": [[2, "08:00", "18:00"]]}"#.to_owned(), "/rules/0"),
        (add(), r#"["Bea", null, null, null]"#.to_owned(), ""),
    ] {
        let problem = request.bytes(body).await.refused(422, "INVALID");
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!("WRONG_TYPE")), "{problem}");
    }
    let problem = salon.put("/opening-rules").bytes(r#"{"rules": [{"weekday": 1, "start": "09:00", "end": "10:00"}, {"weekday": 9, "start": "09:00", "end": "10:00"}]}"#).await;
    let problem = problem.refused(422, "INVALID");
    assert!(problem["errors"][0]["pointer"].as_str().unwrap().starts_with("/rules/1"), "{problem}");
}

#[tokio::test]
async fn only_json_of_a_decent_size_is_read() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        let request =
            app.request("POST", "/api/v1/staff").bearer(&salon.token).header("content-type", content_type);
        request.text(r#"{"name": "Bea"}"#).await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let typed = salon.post("/staff").header("content-type", "application/json; charset=utf-8");
    typed.text(r#"{"name": "Bea"}"#).await.expect(201);
    let large = format!(r#"{{"name": "{}"}}"#, "x".repeat(64 * 1024));
    salon.post("/staff").bytes(large).await.refused(413, "BODY_TOO_LARGE");
    let fits = format!(r#"{{"name": "{}"}}"#, "x".repeat(64 * 1024 - 12));
    salon.post("/staff").bytes(fits).await.refused(422, "INVALID");
}

#[tokio::test]
async fn an_address_that_is_none_and_a_method_that_is_none_are_told_apart() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for path in [
        "/api/v1/nothing",
        "/api/v1",
        "/api/v1/",
        "/api/v2/me",
        "/nothing/here/at/all",
        "/api/v1/services/1/2",
    ] {
        app.request("GET", path).await.refused(404, "NOT_FOUND");
    }
    for (method, path) in [("POST", "/me"), ("POST", "/tenant"), ("GET", "/auth/login"), ("PUT", "/bookings")]
    {
        salon.api(method, path).await.refused(405, "METHOD_NOT_ALLOWED");
    }
    for id in ["x", "1", "00000000-0000-0000-0000-00000000000", "%00", "%2e%2e", "%ff"] {
        salon.get(&format!("/services/{id}")).await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_safety() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for path in ["/api/v1/me", "/health", "/salon", "/nothing/here", "/assets/nothing.css", "/api/docs"] {
        let answer = app.request("GET", path).bearer(&salon.token).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        let is_page = answer.header("content-type").starts_with("text/html");
        let permissions = answer.header("permissions-policy");
        assert_eq!(permissions.contains("geolocation=()"), is_page, "{path}: {permissions}");
        assert!(!answer.headers.contains_key("strict-transport-security"), "{path}");
    }
}

#[tokio::test]
async fn a_platform_that_is_reached_by_tls_is_reached_by_it_alone() {
    let links = || Links::new(LinkKey::new(api::random::bytes()), "https://book.example.com");
    let app = TestApp::start_with(|state| state.links = links()).await.ignore_jobs();
    for path in ["/api/v1/me", "/login", "/nothing/here"] {
        let answer = app.request("GET", path).await;
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{path}");
    }
}
