//! Who signs up, signs in, stays signed in, and signs out.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Salon, TestApp, sign_up};

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap().to_owned()
}

pub(crate) async fn login(app: &TestApp, email: &str, password: &str) -> testkit::Answer {
    app.post("/auth/login").json(&json!({"email": email, "password": password})).await
}

pub(crate) async fn refresh(app: &TestApp, token: &str) -> testkit::Answer {
    app.post("/auth/refresh").json(&json!({"refresh_token": token})).await
}

async fn me(app: &TestApp, token: &str) -> testkit::Answer {
    app.get("/me").bearer(token).await
}

#[tokio::test]
async fn who_signed_up_is_signed_in_and_owns_a_tenant_that_can_be_booked() {
    let app = TestApp::start().await.ignore_jobs();
    let answer = app.post("/auth/register").json(&sign_up("salon", "Europe/Paris")).await;
    assert!(!answer.text.contains("the secret of salon"));
    let body = answer.expect(201);
    assert_eq!(body["expires_in"], 900);
    assert_eq!(body["tenant"]["slug"], "salon");
    let token = text(&body, "access_token");
    let answer = me(&app, &token).await;
    assert!(!answer.text.contains("password") && !answer.text.contains("argon2"), "{}", answer.text);
    let user = answer.expect(200);
    assert_eq!((&user["role"], &user["user"]["email_verified"]), (&json!("owner"), &json!(false)));
    let staff = app.get("/staff").bearer(&token).await.expect(200);
    assert_eq!(staff["data"][0]["name"], "Olga Owner");
    let rules = app.get("/opening-rules").bearer(&token).await.expect(200);
    let days: Vec<&Value> = rules["rules"].as_array().unwrap().iter().map(|rule| &rule["weekday"]).collect();
    assert_eq!(days, [1, 2, 3, 4, 5]);
    assert_eq!((&rules["rules"][0]["start"], &rules["rules"][0]["end"]), (&json!("08:00"), &json!("18:00")));
}

#[tokio::test]
async fn a_login_takes_the_right_password_in_any_case_of_the_address() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let body = login(&app, "OWNER@Salon.Example", &salon.password).await.expect(200);
    me(&app, &text(&body, "access_token")).await.expect(200);
    assert_ne!(body["refresh_token"], salon.refresh_token);
    let of_tenant = json!({"email": salon.email, "password": salon.password, "tenant": "salon"});
    app.post("/auth/login").json(&of_tenant).await.expect(200);
    app.tenant("other").await;
    for slug in ["other", "nobody", "Not a slug"] {
        let body = json!({"email": salon.email, "password": salon.password, "tenant": slug});
        app.post("/auth/login").json(&body).await.refused(401, "INVALID_CREDENTIALS");
    }
}

#[tokio::test]
async fn a_login_tells_nobody_which_addresses_are_known() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut answers = Vec::new();
    for email in [salon.email.as_str(), "nobody@salon.example", "no address", ""] {
        let answer = login(&app, email, "another secret").await;
        let mut body = answer.refused(401, "INVALID_CREDENTIALS");
        body["request_id"] = Value::Null;
        answers.push(body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let resend = async |email: &str| {
        let answer = app.post("/auth/resend-verification").json(&json!({"email": email})).await;
        (answer.status, answer.text)
    };
    assert_eq!(resend(&salon.email).await, resend("nobody@salon.example").await);
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_copy_ends_the_session() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let second = refresh(&app, &salon.refresh_token).await.expect(200);
    me(&app, &text(&second, "access_token")).await.expect(200);
    refresh(&app, &salon.refresh_token).await.refused(401, "SESSION_ENDED");
    // The thief's copy and the owner's own are the same session: both are out.
    refresh(&app, &text(&second, "refresh_token")).await.refused(401, "SESSION_ENDED");
    me(&app, &text(&second, "access_token")).await.refused(401, "SESSION_ENDED");
    me(&app, &salon.token).await.refused(401, "SESSION_ENDED");
    // Another session of the same user goes on.
    let other = login(&app, &salon.email, &salon.password).await.expect(200);
    me(&app, &text(&other, "access_token")).await.expect(200);
    refresh(&app, "nonsense").await.refused(401, "SESSION_ENDED");
}

#[tokio::test]
async fn time_ends_tokens_and_sessions() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    app.clock.advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    me(&app, &salon.token).await.expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    me(&app, &salon.token).await.refused(401, "UNAUTHENTICATED");
    app.clock.advance(TimeDelta::days(29));
    let pair = refresh(&app, &salon.refresh_token).await.expect(200);
    app.clock.advance(TimeDelta::days(30));
    refresh(&app, &text(&pair, "refresh_token")).await.refused(401, "SESSION_ENDED");
}

#[tokio::test]
async fn a_logout_ends_the_access_token_too() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let body = json!({"refresh_token": salon.refresh_token});
    let answer = app.post("/auth/logout").json(&body).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    me(&app, &salon.token).await.refused(401, "SESSION_ENDED");
    refresh(&app, &salon.refresh_token).await.refused(401, "SESSION_ENDED");
    app.post("/auth/logout").json(&json!({"refresh_token": "nonsense"})).await.expect(204);
}

#[tokio::test]
async fn a_membership_that_ends_ends_the_token_at_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    app.database.admin().await.execute("DELETE FROM memberships", &[]).await.unwrap();
    me(&app, &salon.token).await.refused(401, "SESSION_ENDED");
    login(&app, &salon.email, &salon.password).await.refused(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn a_token_of_another_key_or_tenant_is_nobodys() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let theirs =
        api::tokens::Tokens::new(vec![("jwt-1".to_owned(), providers::secrets::new_token_key().unwrap())])
            .unwrap();
    let claims = app.state.tokens.verify(&salon.token, app.now()).unwrap();
    let forged = theirs.sign(claims.sub, claims.sid, claims.tid, app.now());
    me(&app, &forged).await.refused(401, "UNAUTHENTICATED");
    // Signed by us, for a tenant that the session is not in.
    let moved = app.state.tokens.sign(claims.sub, claims.sid, other.id, app.now());
    me(&app, &moved).await.refused(401, "SESSION_ENDED");
}

#[tokio::test]
async fn an_address_is_proven_by_the_link_in_the_mail() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    assert_eq!(app.run_jobs().await.len(), 1);
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].to.contains(&salon.email), "{}", mails[0].to);
    let (_, rest) = mails[0].text.split_once("/verify/").unwrap();
    let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    // Who asks again gets another.
    app.post("/auth/resend-verification").json(&json!({"email": salon.email})).await.expect(202);
    app.run_jobs().await;
    assert_eq!(app.mails().await.len(), 2);
    let verify = async |token: &str| app.post("/auth/verify-email").json(&json!({"token": token})).await;
    for wrong in ["", "nonsense", token.split_at(token.len() - 1).0] {
        verify(wrong).await.refused(422, "LINK_INVALID");
    }
    // To look at the page is not yet to prove: programs open links in mails.
    let page = app.request("GET", &format!("/verify/{token}")).await;
    assert_eq!((page.status, is_verified(&salon).await), (200, false));
    verify(&token).await.expect(204);
    assert!(is_verified(&salon).await);
    verify(&token).await.expect(204);
    // Nothing is left to ask for.
    app.post("/auth/resend-verification").json(&json!({"email": salon.email})).await.expect(202);
    assert_eq!(app.run_jobs().await, []);
}

/// The token in the newest mail, of a link of this path.
pub(crate) async fn token_of_mail(app: &TestApp, path: &str) -> String {
    let mails = app.mails().await;
    let (_, rest) = mails.iter().rev().find_map(|mail| mail.text.split_once(path)).unwrap();
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

pub(crate) async fn forgot(app: &TestApp, email: &str) -> String {
    app.post("/auth/forgot-password").json(&json!({"email": email})).await.expect(202);
    app.run_jobs().await;
    token_of_mail(app, "/reset/").await
}

pub(crate) async fn reset(app: &TestApp, token: &str, password: &str) -> testkit::Answer {
    app.post("/auth/reset-password").json(&json!({"token": token, "password": password})).await
}

#[tokio::test]
async fn a_forgotten_password_is_chosen_anew_once_and_ends_every_session() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let first = forgot(&app, &salon.email).await;
    app.clock.advance(TimeDelta::seconds(1));
    let second = forgot(&app, &salon.email.to_uppercase()).await;
    app.clock.advance(TimeDelta::seconds(1));
    reset(&app, &second, "short").await.refused(422, "INVALID");
    me(&app, &salon.token).await.expect(200);
    reset(&app, &second, "quite another secret").await.expect(204);
    // Used, and with it the one before.
    for token in [&second, &first] {
        reset(&app, token, "yet another secret").await.refused(422, "LINK_INVALID");
    }
    me(&app, &salon.token).await.refused(401, "SESSION_ENDED");
    refresh(&app, &salon.refresh_token).await.refused(401, "SESSION_ENDED");
    login(&app, &salon.email, &salon.password).await.refused(401, "INVALID_CREDENTIALS");
    let body = login(&app, &salon.email, "quite another secret").await.expect(200);
    // Who read the mail has the address.
    assert_eq!(body["user"]["email_verified"], true);
    app.run_jobs().await;
    let mails = app.mails().await;
    assert!(mails.last().unwrap().text.contains("A new password was chosen"), "{:?}", mails.last());
}

#[tokio::test]
async fn a_link_to_a_new_password_is_over_in_an_hour() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let token = forgot(&app, &salon.email).await;
    app.clock.advance(TimeDelta::hours(1));
    reset(&app, &token, "quite another secret").await.refused(422, "LINK_INVALID");
    reset(&app, "nonsense", "quite another secret").await.refused(422, "LINK_INVALID");
}

#[tokio::test]
async fn of_many_who_choose_a_password_at_once_one_does() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let token = forgot(&app, &salon.email).await;
    let answers = join_all((0..6).map(|at| {
        let (app, token) = (&app, &token);
        async move { reset(app, token, &format!("the new secret {at}")).await.status }
    }))
    .await;
    assert_eq!(answers.iter().filter(|status| **status == 204).count(), 1, "{answers:?}");
    assert_eq!(app.run_jobs().await.len(), 1);
}

#[tokio::test]
async fn nobody_learns_by_asking_for_a_password_whether_an_address_is_known() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    for email in ["nobody@salon.example", "no address", ""] {
        app.post("/auth/forgot-password").json(&json!({"email": email})).await.expect(202);
    }
    assert_eq!(app.run_jobs().await, []);
    // Nor by the slug that a sign-up asks for.
    let mut body = sign_up("salon", "Europe/Paris");
    app.post("/auth/register").json(&body).await.refused(409, "SLUG_TAKEN");
    body["email"] = json!("nobody@salon.example");
    app.post("/auth/register").json(&body).await.refused(409, "SLUG_TAKEN");
    body["email"] = json!(salon.email);
    body["tenant"]["slug"] = json!("another");
    app.post("/auth/register").json(&body).await.refused(409, "EMAIL_TAKEN");
}

async fn is_verified(salon: &Salon<'_>) -> bool {
    salon.get("/me").await.expect(200)["user"]["email_verified"].as_bool().unwrap()
}

#[tokio::test]
async fn twenty_sign_ups_of_one_address_make_one_account() {
    let app = TestApp::start().await.ignore_jobs();
    let bodies: Vec<Value> = (0..20)
        .map(|n| {
            let mut body = sign_up(&format!("salon{n}"), "Europe/Paris");
            body["email"] = json!("ana@salon.example");
            body
        })
        .collect();
    let answers = join_all(bodies.iter().map(async |body| app.post("/auth/register").json(body).await)).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        answer.refused(409, "EMAIL_TAKEN");
    }
    let admin = app.database.admin().await;
    for table in ["users", "tenants", "tenant_directory", "memberships", "staff", "credentials"] {
        let count: i64 = admin.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0);
        assert_eq!(count, 1, "{table}");
    }
}

#[tokio::test]
async fn a_slug_is_one_tenants_and_never_one_of_ours() {
    let app = TestApp::start().await.ignore_jobs();
    app.tenant("salon").await;
    let mut body = sign_up("other", "Europe/Paris");
    body["tenant"]["slug"] = json!("salon");
    app.post("/auth/register").json(&body).await.refused(409, "SLUG_TAKEN");
    for slug in ["api", "admin", "Salon", "a", "a--b", "-a", "é", ""] {
        body["tenant"]["slug"] = json!(slug);
        let problem = app.post("/auth/register").json(&body).await.refused(422, "INVALID");
        assert_eq!(problem["errors"][0]["pointer"], "/tenant/slug");
        let asked = app.get("/slug-available").query(&[("slug", slug)]).await;
        asked.refused(422, "INVALID");
    }
    for (slug, available) in [("salon", false), ("other", true)] {
        let answer = app.get("/slug-available").query(&[("slug", slug)]).await.expect(200);
        assert_eq!(answer, json!({"slug": slug, "available": available}));
    }
    // One that we chose ourselves is made another.
    let fields = body["tenant"].as_object_mut().unwrap();
    fields.remove("slug");
    fields.insert("name".to_owned(), json!("Salon"));
    let slug = app.post("/auth/register").json(&body).await.expect(201)["tenant"]["slug"].clone();
    assert!(slug.as_str().unwrap().starts_with("salon-"), "{slug}");
}

#[tokio::test]
async fn a_sign_up_tells_everything_that_is_wrong_at_once() {
    let app = TestApp::start().await;
    let body = json!({
        "email": "no address", "password": "short", "full_name": " ",
        "tenant": {"name": "", "timezone": "Europe/Paris", "currency": "Euro", "country": "France"},
    });
    let problem = app.post("/auth/register").json(&body).await.refused(422, "INVALID");
    let pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    let wrong = ["/email", "/password", "/full_name", "/tenant/name", "/tenant/currency", "/tenant/country"];
    assert_eq!(pointers, wrong);
}
