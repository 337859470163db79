//! What is logged names routes and tenants, never people or what opens their doors.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use testkit::{Browser, TestApp};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::identity::{forgot, reset, token_of_mail};
use crate::oidc_hostile::{Liar, SECRET, Sent, app_with};
use crate::second_factor::On;
use crate::sso::connect;

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

impl Lines {
    /// All that is logged from now on: each test is a process of its own.
    fn of_this_process() -> Self {
        let lines = Self::default();
        let filter: Targets =
            "info,api=trace,store=trace,domain=trace,worker=trace,providers=trace,queue=trace"
                .parse()
                .unwrap();
        let layer = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(lines.clone());
        tracing_subscriber::registry().with(layer.with_filter(filter)).init();
        lines
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// That no line has any of them, in letters of any size.
fn tell_nothing_of<'a>(log: &str, secrets: impl IntoIterator<Item = &'a str>) {
    for secret in secrets {
        assert!(secret.len() >= 4, "{secret:?} would be anywhere");
        let told = log.lines().find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
        assert_eq!(told, None, "a line tells {secret}");
    }
}

#[tokio::test]
async fn no_line_of_the_log_tells_who_or_how_to_get_in() {
    let lines = Lines::of_this_process();
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
    let log = lines.text();
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
    tell_nothing_of(&log, tokens.into_iter().chain(renewed).chain(people).chain(secrets));
}

#[tokio::test]
async fn nor_does_it_tell_keys_codes_links_and_what_others_trusted_us_with() {
    let lines = Lines::of_this_process();
    let liar = Liar::start();
    let app = app_with(&liar).await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let mut secrets =
        vec![salon.password.clone(), SECRET.to_owned(), salon.token.clone(), salon.refresh_token.clone()];

    // Of an account: links by mail, a password, an app's secret, codes, cookies.
    let wrong = token_of_mail(&app, "/verify/").await;
    app.post("/auth/verify-email").json(&json!({"token": format!("{wrong}x")})).await;
    app.post("/auth/verify-email").json(&json!({"token": wrong})).await.expect(204);
    let forgotten = forgot(&app, &salon.email).await;
    reset(&app, &forgotten, "12345").await.refused(422, "INVALID");
    let other = app.tenant("other").await;
    let on = On::of(&other).await;
    let body = json!({"email": other.email, "password": other.password, "totp_code": on.codes[0]});
    app.post("/auth/login").json(&body).await.expect(200);
    app.post("/auth/login").json(&body).await.refused(401, "TOTP_INVALID");
    secrets.extend([wrong, forgotten, on.secret.clone()]);
    secrets.extend(on.codes.iter().cloned());

    // Of a tenant: a provider's secret and code, keys, invitations, calendars.
    let owner = connect(&salon, &liar, "").await;
    secrets.extend(owner.cookies.values().cloned());
    let mut stranger = Browser::new(&app);
    let sent = Sent::from(&mut stranger, "/sso/salon/start").await;
    liar.says(&app, &sent, "somebody");
    let back = sent.back(&format!("/login/sso/{}", salon.id));
    stranger.open(&back).await;
    secrets.extend(
        back.split(['=', '&']).filter(|part| part.len() > 15 && !part.contains('/')).map(str::to_owned),
    );
    secrets.extend(stranger.cookies.values().cloned());
    let body = json!({"name": "Till", "scopes": ["read"], "current_password": salon.password});
    let key = salon.post("/api-keys").json(&body).await.expect(201)["key"].as_str().unwrap().to_owned();
    app.get("/services").bearer(&key).await.expect(200);
    app.get("/services").bearer(&format!("{key}0")).await.refused(401, "UNAUTHENTICATED");
    let feed = format!("/staff/{}/calendar-feed", salon.first_staff().await);
    let feed = salon.post(&feed).json(&json!({"shows_details": true})).await.expect(201);
    let feed = feed["url"].as_str().unwrap().rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    app.request("GET", &format!("/ical/{feed}.ics")).await;
    salon
        .post("/invitations")
        .json(&json!({"email": "new@salon.example", "role": "staff"}))
        .await
        .expect(201);
    app.run_jobs().await;
    let invitation = token_of_mail(&app, "/invitation/").await;
    app.request("GET", &format!("/invitation/{invitation}")).await;
    app.post("/auth/accept-invitation").json(&json!({"token": invitation, "password": "9"})).await;
    secrets.extend([key, feed, invitation]);

    // Where all of it fails.
    let admin = app.database.admin().await;
    admin
        .batch_execute("ALTER TABLE credentials RENAME TO gone; ALTER TABLE api_keys RENAME TO lost")
        .await
        .unwrap();
    app.post("/auth/login")
        .json(&json!({"email": salon.email, "password": salon.password}))
        .await
        .refused(500, "INTERNAL");
    app.get("/services").bearer(&secrets[secrets.len() - 3]).await.refused(500, "INTERNAL");
    let metrics = String::from_utf8(app.state.metrics.render(&app.state.store, 0)).unwrap();
    let log = lines.text();
    assert!(log.matches("\"answered\"").count() >= 20 && log.contains("the request failed"), "{log}");
    assert!(metrics.contains("# TYPE"), "{metrics}");
    assert!(secrets.len() > 20, "{secrets:?}");
    tell_nothing_of(&log, secrets.iter().map(String::as_str));
    tell_nothing_of(&metrics, secrets.iter().map(String::as_str));
}
