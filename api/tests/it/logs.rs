//! What is logged names routes and tenants, never people or what opens their doors.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use testkit::TestApp;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_line_of_the_log_tells_who_or_how_to_get_in() {
    let lines = Lines::default();
    let filter: Targets =
        "info,api=trace,store=trace,domain=trace,worker=trace,providers=trace,queue=trace".parse().unwrap();
    let layer = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(lines.clone());
    tracing_subscriber::registry().with(layer.with_filter(filter)).init();
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut body = salon.booking("Zacharias", "2030-03-05T09:00:00Z");
    body["customer"]["phone"] = json!("+33612345678");
    body["note"] = json!("allergic to nuts");
    let booked = salon
        .public("POST", "/bookings")
        .header("idempotency-key", "my-own-key")
        .json(&body)
        .await
        .expect(201);
    let code = booked["public_code"].as_str().unwrap().to_owned();
    let manage = booked["manage_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let email = "zacharias@customer.example";
    salon.public("GET", "/bookings").query(&[("code", &code), ("email", email)]).await.expect(200);
    salon
        .public("GET", "/bookings")
        .query(&[("code", &code), ("emial", email)])
        .await
        .refused(422, "INVALID");
    salon
        .public("POST", "/bookings/lookup")
        .json(&json!({"code": code, "email": "x@customer.example"}))
        .await;
    let path = format!("/bookings/{code}");
    salon.public("GET", &format!("{path}/calendar.ics")).query(&[("email", email)]).await.expect(200);
    app.request("GET", &format!("/manage/{manage}")).await;
    app.request("GET", &format!("/verify/{manage}x")).await;
    app.post("/auth/login").json(&json!({"email": salon.email, "password": "a wrong password"})).await;
    app.post("/auth/login").json(&json!({"email": salon.email, "password": 1})).await;
    let pair =
        app.post("/auth/refresh").json(&json!({"refresh_token": salon.refresh_token})).await.expect(200);
    app.post("/auth/refresh")
        .json(&json!({"refresh_token": salon.refresh_token}))
        .await
        .refused(401, "SESSION_ENDED");
    app.get("/me").bearer(&salon.token).await.refused(401, "SESSION_ENDED");
    salon
        .public("POST", &format!("{path}/cancellation"))
        .json(&json!({"email": email, "reason": "my knee"}))
        .await
        .expect(200);
    let admin = app.database.admin().await;
    admin.batch_execute("UPDATE tenants SET contact_email = 'zacharias at customer.example'").await.unwrap();
    app.run_jobs().await;
    admin.batch_execute("ALTER TABLE services RENAME TO gone").await.unwrap();
    salon.public("GET", "/services").await.refused(500, "INTERNAL");
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.matches("\"answered\"").count() >= 15, "{log}");
    assert!(
        log.contains("/public/{tenant}/bookings/{code}/calendar.ics") && log.contains("the request failed")
    );
    let warned = log.lines().find(|line| line.contains("without an address for replies")).expect("a warning");
    assert!(
        warned.contains("WARN") && warned.contains("the reply's address is not an email address"),
        "{warned}"
    );
    let tokens = [&salon.token, &salon.refresh_token, &manage].map(String::as_str);
    let renewed = ["access_token", "refresh_token"].map(|name| pair[name].as_str().unwrap());
    let people =
        ["zacharias", "owner@", "customer.example", "salon.example", "612345678", "allergic", "knee", "Olga"];
    let secrets =
        ["the secret of", "a wrong password", "my-own-key", &code, code.split_once('-').unwrap().1, "argon2"];
    for secret in tokens.into_iter().chain(renewed).chain(people).chain(secrets) {
        let told = log.lines().find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
        assert_eq!(told, None, "a line tells {secret}");
    }
}
