//! Two-factor sign-in.

use chrono::{DateTime, TimeDelta, Utc};
use domain::second_factor::SharedSecret;
use futures_util::future::join_all;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp};

use crate::identity::{login, token_of_mail};
use crate::limits::redis;

/// What an app does: six digits of the secret it was given. Written apart from what checks them (RFC 4226, 5.3).
pub(crate) fn code_of(secret: &str, now: DateTime<Utc>) -> String {
    use aws_lc_rs::hmac;

    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<u8> = secret
        .bytes()
        .flat_map(|byte| {
            let value = letters.iter().position(|letter| *letter == byte).unwrap();
            (0..5).rev().map(move |bit| u8::from(value >> bit & 1 == 1))
        })
        .collect();
    let key: Vec<u8> =
        bits.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    let step = u64::try_from(now.timestamp() / 30).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Somebody who has turned it on: the secret of their app, and their recovery codes.
pub(crate) struct On {
    pub(crate) secret: String,
    pub(crate) codes: Vec<String>,
}

impl On {
    pub(crate) async fn of(salon: &Salon<'_>) -> Self {
        let body = json!({"current_password": salon.password});
        let offer = salon.post("/auth/2fa/enable").json(&body).await.expect(200);
        let secret = offer["secret"].as_str().unwrap().to_owned();
        let code = code_of(&secret, salon.app.now());
        let made = salon.post("/auth/2fa/verify").json(&json!({"code": code})).await.expect(200);
        let codes = made["recovery_codes"].as_array().unwrap();
        Self { secret, codes: codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect() }
    }

    /// The app's code of a half minute that none was used of.
    pub(crate) fn next(&self, app: &TestApp) -> String {
        app.clock.advance(TimeDelta::seconds(30));
        code_of(&self.secret, app.now())
    }
}

async fn login_with(salon: &Salon<'_>, code: &str) -> testkit::Answer {
    let body = json!({"email": salon.email, "password": salon.password, "totp_code": code});
    salon.app.post("/auth/login").json(&body).await
}

async fn events(salon: &Salon<'_>) -> Vec<String> {
    let told = salon.get("/me/events").await.expect(200);
    told["events"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn signing_in_takes_a_code_from_the_first_one_on() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let wrong = json!({"current_password": "not the password"});
    salon.post("/auth/2fa/enable").json(&wrong).await.refused(422, "INVALID");
    let body = json!({"current_password": salon.password});
    let offer = salon.post("/auth/2fa/enable").json(&body).await.expect(200);
    let url = offer["otpauth_url"].as_str().unwrap();
    assert!(url.starts_with("otpauth://totp/Harmony") && url.contains("owner%40salon.example"), "{url}");
    assert!(offer["qr_svg"].as_str().unwrap().starts_with("<svg "));
    // Nothing is on before the first code.
    login(&app, &salon.email, &salon.password).await.expect(200);
    let verify = async |code: &str| salon.post("/auth/2fa/verify").json(&json!({"code": code})).await;
    let refused = verify("000000").await.refused(422, "INVALID");
    assert_eq!(refused["errors"][0]["code"], "WRONG");
    let secret = offer["secret"].as_str().unwrap();
    let first = code_of(secret, app.now());
    let made = verify(&first).await.expect(200);
    assert_eq!(made["recovery_codes"].as_array().unwrap().len(), 10);
    login(&app, &salon.email, &salon.password).await.refused(401, "TOTP_REQUIRED");
    // A wrong password is told first, and alike.
    let body = json!({"email": salon.email, "password": "not the password", "totp_code": "123456"});
    app.post("/auth/login").json(&body).await.refused(401, "INVALID_CREDENTIALS");
    for wrong in ["000000", "abcdef", "AAAA-AAAA-AAAA-AAAA", first.as_str()] {
        login_with(&salon, wrong).await.refused(401, "TOTP_INVALID");
    }
    app.clock.advance(TimeDelta::seconds(30));
    let next = code_of(secret, app.now());
    let body = login_with(&salon, &next).await.expect(200);
    assert_eq!(body["user"]["has_second_factor"], true);
    // Each is accepted once.
    login_with(&salon, &next).await.refused(401, "TOTP_INVALID");
    app.run_jobs().await;
    let mails = app.mails().await;
    assert_eq!(mails.last().unwrap().subject, "Two-factor sign-in is on");
    // The secret is nowhere in the database as it is.
    let admin = app.database.admin().await;
    let sealed: Vec<u8> = admin.query_one("SELECT sealed FROM totp_secrets", &[]).await.unwrap().get(0);
    assert!(sealed.starts_with(&[1, 6]) && sealed.len() > 100, "{sealed:?}");
    assert!(SharedSecret::new(&sealed, "x").is_none());
}

#[tokio::test]
async fn of_many_who_come_with_one_code_one_gets_in() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let on = On::of(&salon).await;
    let code = on.next(&app);
    for code in [&code, &on.codes[0]] {
        let answers = join_all((0..6).map(|_| login_with(&salon, code))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    }
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_is_told() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    let on = On::of(&salon).await;
    app.run_jobs().await;
    app.clock.advance(TimeDelta::seconds(1));
    login_with(&salon, &on.codes[3].to_lowercase().replace('-', " ")).await.expect(200);
    login_with(&salon, &on.codes[3]).await.refused(401, "TOTP_INVALID");
    app.run_jobs().await;
    assert_eq!(app.mails().await.last().unwrap().subject, "A recovery code was used");
    let admin = app.database.admin().await;
    let kept: Vec<Vec<u8>> = admin
        .query("SELECT code_hash FROM recovery_codes", &[])
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert!(kept.len() == 10 && kept.iter().all(|hash| hash.len() == 32));
    // Others take the place of all.
    let body = json!({"code": on.next(&app)});
    let made = salon.post("/auth/2fa/recovery-codes").json(&body).await.expect(200);
    login_with(&salon, &on.codes[4]).await.refused(401, "TOTP_INVALID");
    login_with(&salon, made["recovery_codes"][0].as_str().unwrap()).await.expect(200);
    assert!(events(&salon).await.contains(&"recovery_codes_made".to_owned()));
    app.run_jobs().await;
}

#[tokio::test]
async fn it_is_turned_off_by_a_code_alone() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let remove = async |code: &str| salon.delete("/auth/2fa").json(&json!({"code": code})).await;
    remove("123456").await.refused(409, "SECOND_FACTOR_OFF");
    let on = On::of(&salon).await;
    let body = json!({"current_password": salon.password});
    salon.post("/auth/2fa/enable").json(&body).await.refused(409, "SECOND_FACTOR_ON");
    remove("000000").await.refused(422, "INVALID");
    login(&app, &salon.email, &salon.password).await.refused(401, "TOTP_REQUIRED");
    remove(&on.next(&app)).await.expect(204);
    login(&app, &salon.email, &salon.password).await.expect(200);
    let admin = app.database.admin().await;
    for table in ["totp_secrets", "recovery_codes"] {
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = admin.query_one(&sql, &[]).await.unwrap().get(0);
        assert_eq!(count, 0, "{table}");
    }
    let again = On::of(&salon).await;
    assert_ne!(again.secret, on.secret);
}

#[tokio::test]
async fn operators_keep_theirs() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let admin = app.database.admin().await;
    let promote = "UPDATE users SET is_operator = true WHERE id = $1";
    let refused = admin.execute(promote, &[&salon.owner.0]).await.unwrap_err();
    let constraint = refused.as_db_error().and_then(|error| error.constraint().map(str::to_owned));
    assert_eq!(constraint.as_deref(), Some("operators_have_a_second_factor"));
    let on = On::of(&salon).await;
    admin.execute(promote, &[&salon.owner.0]).await.unwrap();
    let body = json!({"code": on.next(&app)});
    salon.delete("/auth/2fa").json(&body).await.refused(409, "SECOND_FACTOR_KEPT");
    let mut browser = Browser::new(&app);
    browser.sign_in(&salon.email, &salon.password).await;
    browser.submit("/login/code", &[("code", &on.next(&app))]).await;
    browser.open("/app/account/security").await;
    assert!(!browser.page.text.contains("/app/account/two-factor/removal"), "{}", browser.page.text);
}

#[tokio::test]
async fn a_new_password_by_mail_does_not_go_around_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let on = On::of(&salon).await;
    app.post("/auth/forgot-password").json(&json!({"email": salon.email})).await.expect(202);
    app.run_jobs().await;
    let body = json!({"token": token_of_mail(&app, "/reset/").await, "password": "quite another secret"});
    app.post("/auth/reset-password").json(&body).await.expect(204);
    login(&app, &salon.email, "quite another secret").await.refused(401, "TOTP_REQUIRED");
    let body = json!({"email": salon.email, "password": "quite another secret", "totp_code": on.next(&app)});
    app.post("/auth/login").json(&body).await.expect(200);
}

#[tokio::test]
async fn an_offer_waits_a_quarter_of_an_hour() {
    let app = TestApp::start().await.ignore_jobs();
    let mut salon = app.tenant("salon").await;
    let body = json!({"current_password": salon.password});
    let offer = salon.post("/auth/2fa/enable").json(&body).await.expect(200);
    app.clock.advance(TimeDelta::minutes(15));
    salon.token = login(&app, &salon.email, &salon.password).await.expect(200)["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let code = code_of(offer["secret"].as_str().unwrap(), app.now());
    salon.post("/auth/2fa/verify").json(&json!({"code": code})).await.refused(422, "LINK_INVALID");
    // Another one takes its place.
    let second = salon.post("/auth/2fa/enable").json(&body).await.expect(200);
    assert_ne!(second["secret"], offer["secret"]);
    let code = code_of(second["secret"].as_str().unwrap(), app.now());
    salon.post("/auth/2fa/verify").json(&json!({"code": code})).await.expect(200);
}

#[tokio::test]
async fn codes_are_guessed_ten_times_an_hour() {
    let app = TestApp::start_with(|state| state.limits = redis()).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let on = On::of(&salon).await;
    for _ in 0..10 {
        login_with(&salon, "000000").await.refused(401, "TOTP_INVALID");
    }
    login_with(&salon, &on.next(&app)).await.refused(429, "TOO_MANY_REQUESTS");
}

#[tokio::test]
async fn the_pages_do_the_same() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/account/two-factor").await;
    browser.submit("/app/account/two-factor", &[("current_password", "not the password")]).await;
    assert!(browser.page.text.contains("This is not your password."), "{}", browser.page.text);
    browser.submit("/app/account/two-factor", &[("current_password", &salon.password)]).await;
    assert_eq!(browser.address, "/app/account/two-factor");
    let page = browser.page.text.clone();
    let (_, rest) = page.split_once("secret=").unwrap();
    let secret: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    assert!(page.contains("<svg viewBox") && page.contains(&secret), "{page}");
    browser.submit("/app/account/two-factor/confirmation", &[("code", "000000")]).await;
    assert_eq!(browser.page.status, 422);
    assert!(browser.page.text.contains("This code is wrong") && browser.page.text.contains(&secret));
    let code = code_of(&secret, app.now());
    let page = browser.submit("/app/account/two-factor/confirmation", &[("code", &code)]).await.text.clone();
    assert_eq!(page.matches("<li><code>").count(), 10, "{page}");
    assert_eq!(browser.page.header("cache-control"), "no-store");
    let (_, rest) = page.split_once("<li><code>").unwrap();
    let recovery = rest.split('<').next().unwrap().to_owned();
    browser.open("/app/account/security").await;
    assert!(browser.page.text.contains("10 recovery codes are left."), "{}", browser.page.text);

    let mut second = Browser::new(&app);
    second.open("/login?next=/app/customers").await;
    second.submit("/login", &[("email", &salon.email), ("password", &salon.password)]).await;
    assert_eq!(second.address, "/login/code?next=%2Fapp%2Fcustomers");
    // The password alone opens nothing.
    assert_eq!(second.request("GET", "/app").await.status, 303);
    second.submit("/login/code", &[("code", "000000")]).await;
    assert_eq!(second.page.status, 401);
    assert!(second.page.text.contains("This code is wrong"), "{}", second.page.text);
    second.submit("/login/code", &[("code", &recovery)]).await;
    assert_eq!((second.address.as_str(), second.page.status), ("/app/customers", 200));
    assert_eq!(second.request("GET", "/login/code").await.status, 303);

    // Too late, the password is asked for again.
    let mut third = Browser::new(&app);
    third.sign_in(&salon.email, &salon.password).await;
    app.clock.advance(TimeDelta::minutes(10));
    third.submit("/login/code", &[("code", &code_of(&secret, app.now()))]).await;
    assert_eq!(third.address, "/login");

    browser.open("/app/account/two-factor/codes").await;
    let next = code_of(&secret, app.now());
    let page = browser.submit("/app/account/two-factor/codes", &[("code", &next)]).await.text.clone();
    assert!(page.matches("<li><code>").count() == 10 && !page.contains(&recovery), "{page}");
    app.clock.advance(TimeDelta::seconds(30));
    browser.open("/app/account/two-factor/removal").await;
    let next = code_of(&secret, app.now());
    browser.submit("/app/account/two-factor/removal", &[("code", &next)]).await;
    assert!(browser.page.text.contains("Two-factor sign-in is off."), "{}", browser.page.text);
    let body = login(&app, &salon.email, &salon.password).await.expect(200);
    assert_eq!(body["user"]["has_second_factor"], Value::Bool(false));
}

#[tokio::test]
async fn a_new_key_of_the_deployment_takes_no_second_factor_away() {
    let vault = |keys: &[u8]| {
        let key = |byte: &u8| (format!("seal-{byte}"), vec![*byte; 32]);
        providers::vault::Vault::new(keys.iter().map(key).collect()).unwrap()
    };
    let app = TestApp::start_with(|state| state.vault = vault(&[1])).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let admin = app.database.admin().await;
    let sealed = app.state.vault.seal("totp", b"secret").unwrap();
    let sql = "INSERT INTO totp_secrets (user_id, sealed, created_at) VALUES ($1, $2, now())";
    admin.execute(sql, &[&salon.owner.0, &sealed]).await.unwrap();

    let sql = "INSERT INTO sso_connections (tenant_id, issuer, client_id, sealed_secret, domains, created_at, updated_at)
        VALUES ($1, 'https://login.example', 'harmony', $2, '{}', now(), now())";
    admin.execute(sql, &[&salon.id.0, &sealed]).await.unwrap();

    let both = vault(&[1, 2]);
    let renew = async || {
        store::resealing::renew(&app.store, |sealed| Ok::<_, store::Error>(both.renewed(sealed).unwrap()))
            .await
            .unwrap()
    };
    assert_eq!((renew().await, renew().await), (2, 0));
    for sql in ["SELECT sealed FROM totp_secrets", "SELECT sealed_secret FROM sso_connections"] {
        let kept: Vec<u8> = admin.query_one(sql, &[]).await.unwrap().get(0);
        assert!(app.state.vault.open("totp", &kept).is_err());
        assert_eq!(vault(&[2]).open("totp", &kept).unwrap().expose_secret(), b"secret");
    }
}
