//! Passkeys, with an authenticator of software that signs as one of hardware does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::link::{LinkKey, Links};
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Browser, Salon, TestApp};
use webauthn_authenticator_rs::prelude::{
    CreationChallengeResponse, RequestChallengeResponse, Url, WebauthnAuthenticator,
};
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::identity::{login, token_of_mail};
use crate::limits::redis;
use crate::second_factor::code_of;

/// What holds a passkey. It keeps by itself what a discoverable credential has: whose it is.
struct Device {
    soft: SoftPasskey,
    origin: Url,
    credential: Vec<u8>,
    handle: Vec<u8>,
    /// Whether it asks who holds it.
    verifies: bool,
}

impl Device {
    fn of(app: &TestApp) -> Self {
        // The name of the machine's own number: see `account::passkeys`.
        let origin = app.url().replace("127.0.0.1", "localhost").parse().unwrap();
        let soft = SoftPasskey::new(true);
        Self { soft, origin, credential: Vec::new(), handle: Vec::new(), verifies: true }
    }

    fn register(&mut self, asked: &Value) -> Value {
        let mut asked = asked.clone();
        let selection = &mut asked["authenticatorSelection"];
        assert_eq!(selection["residentKey"], "required");
        assert_eq!(selection["requireResidentKey"], true);
        assert_eq!(selection["userVerification"], "required");
        selection["requireResidentKey"] = json!(false);
        if !self.verifies {
            selection["userVerification"] = json!("preferred");
        }
        self.handle = URL_SAFE_NO_PAD.decode(asked["user"]["id"].as_str().unwrap()).unwrap();
        let options: CreationChallengeResponse = serde_json::from_value(json!({"publicKey": asked})).unwrap();
        let made = self.soft.do_registration(self.origin.clone(), options).unwrap();
        self.credential.clone_from(&made.raw_id);
        serde_json::to_value(&made).unwrap()
    }

    fn sign(&mut self, asked: &Value) -> Value {
        let mut asked = asked.clone();
        assert_eq!(asked["userVerification"], "required");
        let own = URL_SAFE_NO_PAD.encode(&self.credential);
        asked["allowCredentials"] = json!([{"type": "public-key", "id": own}]);
        if !self.verifies {
            asked["userVerification"] = json!("preferred");
        }
        let options: RequestChallengeResponse = serde_json::from_value(json!({"publicKey": asked})).unwrap();
        let mut signed = self.soft.do_authentication(self.origin.clone(), options).unwrap();
        signed.response.user_handle = Some(self.handle.clone());
        serde_json::to_value(&signed).unwrap()
    }
}

async fn ask_to_add(salon: &Salon<'_>) -> Value {
    let body = json!({"current_password": salon.password});
    salon.post("/me/passkeys/challenge").json(&body).await.expect(200)
}

/// The body of an answer to a challenge to add one.
fn added(challenge: &Value, device: &mut Device) -> Value {
    let credential = device.register(&challenge["public_key"]);
    json!({"token": challenge["token"], "name": "Phone", "credential": credential})
}

async fn send(salon: &Salon<'_>, body: &Value) -> Answer {
    salon.post("/me/passkeys").json(body).await
}

async fn add(salon: &Salon<'_>, device: &mut Device) -> Value {
    let body = added(&ask_to_add(salon).await, device);
    send(salon, &body).await.expect(201)
}

async fn ask(app: &TestApp) -> Value {
    app.post("/auth/passkeys/challenge").await.expect(200)
}

/// The body of an answer to a challenge to sign in.
fn signed(challenge: &Value, device: &mut Device) -> Value {
    json!({"token": challenge["token"], "credential": device.sign(&challenge["public_key"])})
}

async fn sign_in(app: &TestApp, body: &Value) -> Answer {
    app.post("/auth/passkeys").json(body).await
}

/// The password, and a passkey in the place of a code.
async fn login_with(salon: &Salon<'_>, passkey: &Value) -> Answer {
    let body = json!({"email": salon.email, "password": salon.password, "passkey": passkey});
    salon.app.post("/auth/login").json(&body).await
}

async fn has_second_factor(salon: &Salon<'_>) -> bool {
    salon.get("/me").await.expect(200)["user"]["has_second_factor"].as_bool().unwrap()
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    app.database.admin().await.query_one(&sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_passkey_is_all_that_is_asked() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let mut device = Device::of(&app);
    let made = add(&salon, &mut device).await;
    assert_eq!(made["passkey"]["name"], "Phone");
    assert_eq!(made["recovery_codes"].as_array().unwrap().len(), 10);
    app.run_jobs().await;
    assert_eq!(app.mails().await.last().unwrap().subject, "A passkey was added");
    app.clock.advance(TimeDelta::minutes(1));
    let body = sign_in(&app, &signed(&ask(&app).await, &mut device)).await.expect(200);
    assert_eq!((&body["user"]["email"], &body["tenant"]["slug"]), (&json!(salon.email), &json!("salon")));
    app.get("/me").bearer(body["access_token"].as_str().unwrap()).await.expect(200);
    let listed = salon.get("/me/passkeys").await.expect(200)["passkeys"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["signs_in_alone"], true);
    assert_eq!(listed[0]["last_used_at"], json!(app.now()));
    let events = salon.get("/me/events").await.expect(200)["events"].clone();
    assert_eq!(events[0]["kind"], "signed_in");
    // Only in the tenants that one is a member of.
    app.tenant("other").await;
    for slug in ["other", "nothing"] {
        let mut body = signed(&ask(&app).await, &mut device);
        body["tenant"] = json!(slug);
        sign_in(&app, &body).await.refused(401, "PASSKEY_INVALID");
    }
    app.run_jobs().await;
}

#[tokio::test]
async fn of_many_answers_to_one_challenge_one_counts() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut device = Device::of(&app);
    let body = added(&ask_to_add(&salon).await, &mut device);
    let answers = join_all((0..4).map(|_| send(&salon, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(count(&app, "passkeys").await, 1);
    let body = signed(&ask(&app).await, &mut device);
    let answers = join_all((0..6).map(|_| sign_in(&app, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        answer.refused(401, "PASSKEY_INVALID");
    }
    sign_in(&app, &body).await.refused(401, "PASSKEY_INVALID");
}

#[tokio::test]
async fn a_new_one_takes_the_password_and_the_users_own_challenge() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let wrong = json!({"current_password": "not the password"});
    salon.post("/me/passkeys/challenge").json(&wrong).await.refused(422, "INVALID");
    let refused = async |who: &Salon<'_>, body: &Value| {
        let problem = who.post("/me/passkeys").json(body).await.refused(422, "INVALID");
        assert_eq!(problem["errors"][0]["pointer"], "/credential", "{problem}");
        assert_eq!(problem["errors"][0]["code"], "WRONG", "{problem}");
    };
    let mut device = Device::of(&app);
    // Another's challenge is good for nothing, and stays good for them.
    let challenge = ask_to_add(&salon).await;
    let body = added(&challenge, &mut device);
    refused(&other, &body).await;
    salon.post("/me/passkeys").json(&body).await.expect(201);
    refused(&salon, &body).await;
    // Too late.
    let challenge = ask_to_add(&salon).await;
    let body = added(&challenge, &mut Device::of(&app));
    app.clock.advance(TimeDelta::minutes(5));
    refused(&salon, &body).await;
    // From elsewhere.
    let mut elsewhere = Device::of(&app);
    elsewhere.origin = "http://localhost:1".parse().unwrap();
    refused(&salon, &added(&ask_to_add(&salon).await, &mut elsewhere)).await;
    // By whoever holds the device.
    let mut careless = Device { verifies: false, ..Device::of(&app) };
    refused(&salon, &added(&ask_to_add(&salon).await, &mut careless)).await;
    // A challenge to sign in makes none.
    let challenge = ask(&app).await;
    let mut body = added(&ask_to_add(&salon).await, &mut Device::of(&app));
    body["token"] = challenge["token"].clone();
    refused(&salon, &body).await;
    for credential in [json!({}), json!({"id": "AAAA"}), json!({"rawId": 1, "type": {}})] {
        refused(&salon, &json!({"token": "x", "name": "Phone", "credential": credential})).await;
    }
    // Nor one without a name.
    let mut body = added(&ask_to_add(&salon).await, &mut Device::of(&app));
    body["name"] = json!(" ");
    let problem = salon.post("/me/passkeys").json(&body).await.refused(422, "INVALID");
    assert_eq!(problem["errors"][0]["pointer"], "/name");
    assert_eq!(count(&app, "passkeys").await, 1);
}

#[tokio::test]
async fn whatever_is_wrong_with_one_is_told_alike() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let mut device = Device::of(&app);
    let own = add(&salon, &mut device).await["passkey"]["id"].as_str().unwrap().to_owned();
    let mut others = Device::of(&app);
    add(&other, &mut others).await;
    let mut told = Vec::new();
    let mut refused = async |body: &Value| {
        let mut problem = sign_in(&app, body).await.refused(401, "PASSKEY_INVALID");
        problem["request_id"] = Value::Null;
        told.push(problem);
    };
    // Unknown.
    let mut unknown = signed(&ask(&app).await, &mut device);
    unknown["credential"]["rawId"] = json!(URL_SAFE_NO_PAD.encode([7_u8; 32]));
    refused(&unknown).await;
    // Not signed by it.
    let mut forged = signed(&ask(&app).await, &mut device);
    let signature = signed(&ask(&app).await, &mut device)["credential"]["response"]["signature"].clone();
    forged["credential"]["response"]["signature"] = signature;
    refused(&forged).await;
    // Of somebody else.
    let mut lent = signed(&ask(&app).await, &mut device);
    lent["credential"]["response"]["userHandle"] = json!(URL_SAFE_NO_PAD.encode(other.owner.0.as_bytes()));
    refused(&lent).await;
    let mut nameless = signed(&ask(&app).await, &mut device);
    nameless["credential"]["response"]["userHandle"] = Value::Null;
    refused(&nameless).await;
    // To another challenge, to none, to one to add a passkey.
    let mut mixed = signed(&ask(&app).await, &mut device);
    mixed["token"] = ask(&app).await["token"].clone();
    refused(&mixed).await;
    mixed["token"] = json!("x");
    refused(&mixed).await;
    mixed["token"] = ask_to_add(&salon).await["token"].clone();
    refused(&mixed).await;
    refused(&json!({"token": "x", "credential": {}})).await;
    // Elsewhere, and by whoever holds it.
    let origin = std::mem::replace(&mut device.origin, "http://localhost:1".parse().unwrap());
    refused(&signed(&ask(&app).await, &mut device)).await;
    device.origin = origin;
    device.verifies = false;
    refused(&signed(&ask(&app).await, &mut device)).await;
    device.verifies = true;
    // Late, and gone.
    let late = signed(&ask(&app).await, &mut device);
    app.clock.advance(TimeDelta::minutes(5));
    refused(&late).await;
    sign_in(&app, &signed(&ask(&app).await, &mut device)).await.expect(200);
    let body = json!({"current_password": salon.password});
    salon.delete(&format!("/me/passkeys/{own}")).json(&body).await.expect(204);
    refused(&signed(&ask(&app).await, &mut device)).await;
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
    sign_in(&app, &signed(&ask(&app).await, &mut others)).await.expect(200);
}

#[tokio::test]
async fn a_copy_is_refused_and_told() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    let mut device = Device::of(&app);
    add(&salon, &mut device).await;
    sign_in(&app, &signed(&ask(&app).await, &mut device)).await.expect(200);
    app.run_jobs().await;
    // Another one of the same key was used meanwhile.
    let sql = "UPDATE passkeys SET credential = jsonb_set(credential, '{cred,counter}', '40')";
    assert_eq!(app.database.admin().await.execute(sql, &[]).await.unwrap(), 1);
    app.clock.advance(TimeDelta::seconds(1));
    sign_in(&app, &signed(&ask(&app).await, &mut device)).await.refused(401, "PASSKEY_INVALID");
    app.run_jobs().await;
    assert_eq!(app.mails().await.last().unwrap().subject, "A passkey was refused");
    let events = salon.get("/me/events").await.expect(200)["events"].clone();
    assert_eq!(events[0]["kind"], "passkey_refused");
}

#[tokio::test]
async fn there_are_no_more_than_ten() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for at in 1..10 {
        let made = add(&salon, &mut Device::of(&app)).await;
        assert_eq!(made["recovery_codes"].as_array().unwrap().is_empty(), at > 1);
    }
    let mut last = Vec::new();
    for _ in 0..3 {
        last.push(added(&ask_to_add(&salon).await, &mut Device::of(&app)));
    }
    let answers = join_all(last.iter().map(|body| send(&salon, body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        answer.refused(409, "TOO_MANY_OF_THESE");
    }
    assert_eq!(count(&app, "passkeys").await, 10);
    let body = json!({"current_password": salon.password});
    salon.post("/me/passkeys/challenge").json(&body).await.refused(409, "TOO_MANY_OF_THESE");
}

#[tokio::test]
async fn after_the_password_it_is_the_second_factor() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let (mut device, mut others) = (Device::of(&app), Device::of(&app));
    let made = add(&salon, &mut device).await;
    add(&other, &mut others).await;
    login(&app, &salon.email, &salon.password).await.refused(401, "TOTP_REQUIRED");
    let theirs = signed(&ask(&app).await, &mut others);
    login_with(&salon, &theirs).await.refused(401, "PASSKEY_INVALID");
    let own = signed(&ask(&app).await, &mut device);
    login_with(&salon, &own).await.expect(200);
    login_with(&salon, &own).await.refused(401, "PASSKEY_INVALID");
    // A wrong password is told first, and spends nothing.
    let own = signed(&ask(&app).await, &mut device);
    let body = json!({"email": salon.email, "password": "not the password", "passkey": own});
    app.post("/auth/login").json(&body).await.refused(401, "INVALID_CREDENTIALS");
    login_with(&salon, &own).await.expect(200);
    // Without the device there are the codes.
    let code = &made["recovery_codes"][0];
    let body = json!({"email": salon.email, "password": salon.password, "totp_code": code});
    app.post("/auth/login").json(&body).await.expect(200);
    app.post("/auth/login").json(&body).await.refused(401, "TOTP_INVALID");
    // A business that asks a second factor of its members takes it for one.
    salon.put("/tenant/security").json(&json!({"second_factor_required": true})).await.expect(200);
    salon.get("/services").await.expect(200);
}

#[tokio::test]
async fn the_second_factor_is_on_while_one_is_left() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let password = json!({"current_password": salon.password});
    let made = add(&salon, &mut Device::of(&app)).await;
    let (id, codes) = (made["passkey"]["id"].as_str().unwrap(), made["recovery_codes"].clone());
    // No app: no code of one, and none is spent.
    salon.delete("/auth/2fa").json(&json!({"code": codes[0]})).await.refused(409, "SECOND_FACTOR_OFF");
    let offer = salon.post("/auth/2fa/enable").json(&password).await.expect(200);
    let secret = offer["secret"].as_str().unwrap();
    let body = json!({"code": code_of(secret, app.now())});
    let on = salon.post("/auth/2fa/verify").json(&body).await.expect(200);
    assert_eq!(on["recovery_codes"], json!([]), "those that there are stay");
    assert_eq!(count(&app, "recovery_codes").await, 10);
    salon.delete("/auth/2fa").json(&json!({"code": codes[0]})).await.expect(204);
    assert!(has_second_factor(&salon).await);
    assert_eq!(count(&app, "recovery_codes").await, 10);
    // The app again, and the passkey goes.
    let offer = salon.post("/auth/2fa/enable").json(&password).await.expect(200);
    let body = json!({"code": code_of(offer["secret"].as_str().unwrap(), app.now())});
    salon.post("/auth/2fa/verify").json(&body).await.expect(200);
    let wrong = json!({"current_password": "not the password"});
    salon.delete(&format!("/me/passkeys/{id}")).json(&wrong).await.refused(422, "INVALID");
    salon.delete(&format!("/me/passkeys/{id}")).json(&password).await.expect(204);
    assert!(has_second_factor(&salon).await);
    salon.delete("/auth/2fa").json(&json!({"code": codes[1]})).await.expect(204);
    assert!(!has_second_factor(&salon).await);
    assert_eq!(count(&app, "recovery_codes").await, 0);
    login(&app, &salon.email, &salon.password).await.expect(200);
    // The last passkey takes it away as well.
    let made = add(&salon, &mut Device::of(&app)).await;
    assert_eq!(made["recovery_codes"].as_array().unwrap().len(), 10);
    let path = format!("/me/passkeys/{}", made["passkey"]["id"].as_str().unwrap());
    salon.delete(&path).json(&password).await.expect(204);
    assert!(!has_second_factor(&salon).await);
    assert_eq!(count(&app, "recovery_codes").await, 0);
}

#[tokio::test]
async fn a_new_password_by_mail_leaves_it_the_second_factor_alone() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut device = Device::of(&app);
    add(&salon, &mut device).await;
    app.post("/auth/forgot-password").json(&json!({"email": salon.email})).await.expect(202);
    app.run_jobs().await;
    let body = json!({"token": token_of_mail(&app, "/reset/").await, "password": "quite another secret"});
    app.post("/auth/reset-password").json(&body).await.expect(204);
    // Whoever had the account may have added it.
    sign_in(&app, &signed(&ask(&app).await, &mut device)).await.refused(401, "PASSKEY_INVALID");
    login(&app, &salon.email, "quite another secret").await.refused(401, "TOTP_REQUIRED");
    let own = signed(&ask(&app).await, &mut device);
    let body = json!({"email": salon.email, "password": "quite another secret", "passkey": own});
    let token = app.post("/auth/login").json(&body).await.expect(200)["access_token"].clone();
    let listed = app.get("/me/passkeys").bearer(token.as_str().unwrap()).await.expect(200);
    assert_eq!(listed["passkeys"][0]["signs_in_alone"], false);
}

#[tokio::test]
async fn what_is_known_of_them_is_told_and_nothing_that_signs() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut device = Device::of(&app);
    let made = add(&salon, &mut device).await;
    let path = format!("/me/passkeys/{}", made["passkey"]["id"].as_str().unwrap());
    salon.patch(&path).json(&json!({"name": "  Laptop "})).await.expect(204);
    salon.patch(&path).json(&json!({"name": "x".repeat(101)})).await.refused(422, "INVALID");
    let data = salon.get("/me/data").await.expect(200);
    assert_eq!(data["passkeys"][0]["name"], "Laptop");
    assert_eq!(data["passkeys"].as_array().unwrap().len(), 1);
    let text = data.to_string();
    assert!(!text.contains("counter") && !text.contains("credential"), "{text}");
}

#[tokio::test]
async fn tries_are_counted_as_others_are() {
    let app = TestApp::start_with(|state| state.limits = redis()).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut device = Device::of(&app);
    add(&salon, &mut device).await;
    let wrong = json!({"token": "x", "credential": {}});
    for _ in 0..10 {
        login_with(&salon, &wrong).await.refused(401, "PASSKEY_INVALID");
    }
    let own = signed(&ask(&app).await, &mut device);
    login_with(&salon, &own).await.refused(429, "TOO_MANY_REQUESTS");
    // Whoever has the passkey is not kept out by who has the password.
    sign_in(&app, &own).await.expect(200);
    let mut statuses = Vec::new();
    for _ in 0..30 {
        statuses.push(sign_in(&app, &wrong).await.status);
    }
    assert_eq!((statuses[0], statuses[29]), (401, 429));
}

#[tokio::test]
async fn an_address_that_is_a_number_has_none() {
    let number = || Links::new(LinkKey::new(api::random::bytes()), "http://192.0.2.1");
    let app = TestApp::start_with(|state| state.links = number()).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    app.post("/auth/passkeys/challenge").await.refused(409, "PASSKEYS_NOT_OFFERED");
    let body = json!({"current_password": salon.password});
    salon.post("/me/passkeys/challenge").json(&body).await.refused(409, "PASSKEYS_NOT_OFFERED");
    assert_eq!(salon.get("/me/passkeys").await.expect(200), json!({"passkeys": []}));
    let mut browser = Browser::new(&app);
    browser.open("/login").await;
    assert!(!browser.page.text.contains("/login/passkey"), "{}", browser.page.text);
}

/// What a page has its script ask.
fn asked(page: &str) -> Value {
    let (_, rest) = page.split_once("data-options=\"").unwrap_or_else(|| panic!("nothing is asked: {page}"));
    let (options, _) = rest.split_once('"').unwrap();
    let options = options.replace("&quot;", "\"").replace("&#x2F;", "/").replace("&amp;", "&");
    serde_json::from_str(&options).unwrap()
}

#[tokio::test]
async fn the_pages_do_the_same() {
    const PASSKEYS: &str = "/app/account/passkeys";
    const CHALLENGE: &str = "/app/account/passkeys/challenge";
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut device = Device::of(&app);
    let mut browser = Browser::of(&salon).await;
    browser.open(PASSKEYS).await;
    assert!(browser.page.text.contains("turn JavaScript on"), "{}", browser.page.text);
    browser.submit(CHALLENGE, &[("name", "Phone"), ("current_password", "not the password")]).await;
    assert_eq!(browser.page.status, 422);
    assert_eq!(browser.value(CHALLENGE, "name"), "Phone");
    browser.submit(CHALLENGE, &[("name", "Phone"), ("current_password", &salon.password)]).await;
    assert_eq!(browser.page.header("cache-control"), "no-store");
    // A script that was not there.
    browser.submit(PASSKEYS, &[]).await;
    assert_eq!(browser.page.status, 422);
    assert!(browser.page.text.contains("This passkey was not accepted"), "{}", browser.page.text);
    browser.submit(CHALLENGE, &[("name", "Phone"), ("current_password", &salon.password)]).await;
    let credential = device.register(&asked(&browser.page.text)).to_string();
    let page = browser.submit(PASSKEYS, &[("credential", &credential)]).await.text.clone();
    assert_eq!(page.matches("<li><code>").count(), 10, "{page}");
    browser.open("/app/account/security").await;
    assert!(browser.page.text.contains("See your passkey"), "{}", browser.page.text);

    // In the place of the password.
    let mut second = Browser::new(&app);
    second.open("/login?next=/app/customers").await;
    second.submit("/login/passkey", &[]).await;
    assert_eq!((second.address.as_str(), second.page.status), ("/login/passkey", 401));
    assert_eq!(second.value("/login", "next"), "/app/customers");
    let challenge = ask(&app).await;
    let (token, credential) =
        (challenge["token"].as_str().unwrap(), device.sign(&challenge["public_key"]).to_string());
    second.submit("/login/passkey", &[("token", token), ("credential", &credential)]).await;
    assert_eq!((second.address.as_str(), second.page.status), ("/app/customers", 200));

    // After it.
    let mut third = Browser::new(&app);
    third.sign_in(&salon.email, &salon.password).await;
    assert!(third.address.starts_with("/login/code"), "{}", third.address);
    assert!(third.page.text.contains("one of your recovery codes lets you in"), "{}", third.page.text);
    let own = asked(&third.page.text);
    assert_eq!(own["allowCredentials"].as_array().unwrap().len(), 1);
    third.submit("/login/code/passkey", &[]).await;
    assert_eq!(third.page.status, 401);
    assert_eq!(third.request("GET", "/app").await.status, 303);
    let credential = device.sign(&asked(&third.page.text)).to_string();
    third.submit("/login/code/passkey", &[("credential", &credential)]).await;
    assert_eq!((third.address.as_str(), third.page.status), ("/app", 200));

    browser.open(PASSKEYS).await;
    let (_, rest) = browser.page.text.split_once("href=\"/app/account/passkeys/").unwrap();
    let path = format!("{PASSKEYS}/{}", rest.split('"').next().unwrap());
    browser.open(&path).await;
    browser.submit(&path, &[("name", "")]).await;
    assert_eq!(browser.page.status, 422);
    browser.submit(&path, &[("name", "Blue phone")]).await;
    assert!(browser.address == PASSKEYS && browser.page.text.contains("Blue phone"), "{}", browser.page.text);
    browser.open(&path).await;
    let removal = format!("{path}/removal");
    browser.submit(&removal, &[("current_password", "not the password")]).await;
    assert_eq!(browser.page.status, 422);
    browser.submit(&removal, &[("current_password", &salon.password)]).await;
    assert!(browser.page.text.contains("The passkey is removed."), "{}", browser.page.text);
    assert!(!has_second_factor(&salon).await);
}
