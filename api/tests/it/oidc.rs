//! Signing in by the word of others, with a provider that is none of ours.

use chrono::{DateTime, Utc};
use domain::identity::Provider;
use serde_json::json;
use testkit::{Browser, IdentityProvider, Salon, TestApp};
use url::Url;

/// The time of every test.
fn now() -> DateTime<Utc> {
    "2030-03-04T09:00:00Z".parse().unwrap()
}

pub(crate) const CONFIRMATION: &str = "/app/account/identities/confirmation";
const GOOGLE: &str = "/login/oidc/google";

/// A platform that knows the provider as Google.
async fn app_with(google: &IdentityProvider) -> TestApp {
    let app = TestApp::start_with(|state| state.oidc = google.as_google()).await;
    assert_eq!(app.now(), now());
    app
}

fn says(browser: &Browser<'_>, text: &str) {
    assert!(browser.page.text.contains(text), "{}: {}", browser.address, browser.page.text);
}

/// Goes to the provider as `login` and comes back.
async fn go(browser: &mut Browser<'_>, google: &IdentityProvider, from: &str, login: &str) {
    let address = browser.leave(from).await;
    let back = google.visit(&address, login).await;
    browser.open(&back).await;
}

/// Links `login` to the account of the salon's owner.
async fn link<'a>(salon: &Salon<'a>, google: &IdentityProvider, login: &str) -> Browser<'a> {
    let mut browser = Browser::of(salon).await;
    go(&mut browser, google, GOOGLE, login).await;
    assert_eq!((browser.address.as_str(), browser.page.status), (CONFIRMATION, 200), "{}", browser.page.text);
    browser.submit(CONFIRMATION, &[("current_password", &salon.password)]).await;
    assert_eq!(browser.address, "/app/account/security", "{}", browser.page.text);
    says(&browser, "It is linked: from now on it signs you in.");
    browser
}

fn question(address: &Url, name: &str) -> String {
    address
        .query_pairs()
        .find(|(own, _)| own == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn what_a_user_has_linked_signs_them_in() {
    let google = IdentityProvider::start(now());
    let app = app_with(&google).await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let mut owner = Browser::of(&salon).await;
    owner.open("/app/account/security").await;
    says(&owner, "Link Google");
    let address = owner.leave(&format!("{GOOGLE}?next=/app/account/security")).await;
    assert_eq!(question(&address, "response_type"), "code");
    assert_eq!(question(&address, "scope"), "openid email");
    assert_eq!(question(&address, "code_challenge_method"), "S256");
    assert_eq!(question(&address, "redirect_uri"), format!("{}/login/oidc/google/callback", app.url()));
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(question(&address, name).len(), 43, "{name}");
    }
    let back = google.visit(&address, "ana").await;
    owner.open(&back).await;
    assert_eq!((owner.address.as_str(), owner.page.status), (CONFIRMATION, 200));
    says(&owner, "ana@example.org");
    // A session that was left open is not enough.
    owner.submit(CONFIRMATION, &[("current_password", "not the password")]).await;
    assert_eq!(owner.page.status, 422);
    says(&owner, "This is not your password.");
    owner.submit(CONFIRMATION, &[("current_password", &salon.password)]).await;
    says(&owner, "It is linked: from now on it signs you in.");
    assert!(!owner.cookies.contains_key("__Host-away"));
    app.run_jobs().await;
    assert_eq!(app.mails().await.last().unwrap().subject, "An account of another service is linked");
    // In another browser, back to where they wanted.
    let mut browser = Browser::new(&app);
    browser.open("/login?next=/app/services").await;
    says(&browser, "Go on with Google");
    go(&mut browser, &google, &format!("{GOOGLE}?next=%2Fapp%2Fservices"), "ana").await;
    assert_eq!(
        (browser.address.as_str(), browser.page.status),
        ("/app/services", 200),
        "{}",
        browser.page.text
    );
    // Somebody else there is nobody here.
    let mut other = Browser::new(&app);
    go(&mut other, &google, GOOGLE, "bob").await;
    assert!(other.address.starts_with("/login?next="), "{}", other.address);
    says(&other, "This account is not linked to Harmony yet.");
    // Taken away, it signs nobody in.
    owner.open("/app/account/security").await;
    says(&owner, "ana@example.org");
    let id = app.database.admin().await.query_one("SELECT id::text FROM identities", &[]).await.unwrap();
    let removal = format!("/app/account/identities/{}/removal", id.get::<_, &str>(0));
    owner.open(&removal).await;
    owner.submit(&removal, &[("current_password", "not the password")]).await;
    assert_eq!(owner.page.status, 422);
    owner.submit(&removal, &[("current_password", &salon.password)]).await;
    says(&owner, "It signs you in no longer.");
    let mut browser = Browser::new(&app);
    go(&mut browser, &google, GOOGLE, "ana").await;
    says(&browser, "This account is not linked to Harmony yet.");
    app.run_jobs().await;
    assert_eq!(app.mails().await.last().unwrap().subject, "An account of another service is unlinked");
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_first_and_then_says_that_it_is_theirs() {
    let google = IdentityProvider::start(now());
    let app = app_with(&google).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::new(&app);
    go(&mut browser, &google, GOOGLE, "ana").await;
    browser.submit("/login", &[("email", &salon.email), ("password", &salon.password)]).await;
    assert_eq!((browser.address.as_str(), browser.page.status), (CONFIRMATION, 200), "{}", browser.page.text);
    browser.submit(CONFIRMATION, &[("current_password", &salon.password)]).await;
    says(&browser, "It is linked: from now on it signs you in.");
    // Nothing waits any more.
    browser.open(CONFIRMATION).await;
    assert_eq!(browser.address, "/app/account/security");
    // Of another user it is not.
    let other = app.tenant("other").await;
    let mut second = Browser::of(&other).await;
    go(&mut second, &google, GOOGLE, "ana").await;
    assert_eq!(second.address, "/app", "{}", second.page.text);
    says(&second, "Salon salon");
}

#[tokio::test]
async fn an_address_leads_nobody_in_without_the_password() {
    let google = IdentityProvider::start(now());
    let app = app_with(&google).await.ignore_jobs();
    // The provider vouches for the very address of the account.
    let body = json!({
        "email": "ana@example.org", "password": "a long password", "full_name": "Ana Lopez",
        "tenant": {"name": "Atelier Ana", "slug": "atelier", "timezone": "Europe/Paris", "locale": "en"},
    });
    app.post("/auth/register").json(&body).await.expect(201);
    let mut browser = Browser::new(&app);
    go(&mut browser, &google, GOOGLE, "ana").await;
    says(&browser, "This account is not linked to Harmony yet.");
    assert!(!browser.cookies.contains_key("__Host-session"));
    let linked = app.database.admin().await.query("SELECT FROM identities", &[]).await.unwrap();
    assert!(linked.is_empty());
}

#[tokio::test]
async fn an_answer_counts_once_and_in_the_browser_that_asked() {
    let google = IdentityProvider::start(now());
    let app = app_with(&google).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    link(&salon, &google, "ana").await;
    let late = "was begun in another browser";
    let mut browser = Browser::new(&app);
    let address = browser.leave(GOOGLE).await;
    let back = google.visit(&address, "ana").await;
    // Another browser, which has asked, too.
    let mut thief = Browser::new(&app);
    thief.open(&back).await;
    says(&thief, late);
    thief.leave(GOOGLE).await;
    thief.open(&back).await;
    says(&thief, late);
    // Another state, or none.
    let state = question(&address, "state");
    for forged in [back.replace(&state, &"A".repeat(43)), back.replace(&format!("state={state}"), "state=")] {
        assert_ne!(forged, back);
        browser.open(&forged).await;
        says(&browser, late);
    }
    browser.open(&back).await;
    assert_eq!(browser.address, "/app", "{}", browser.page.text);
    // Replayed, even by whoever has the cookie.
    let mut again = Browser::new(&app);
    let second = again.leave(GOOGLE).await;
    let back = google.visit(&second, "ana").await;
    let cookies = again.cookies.clone();
    again.open(&back).await;
    assert_eq!(again.address, "/app");
    let mut replayed = Browser::new(&app);
    replayed.cookies = cookies.clone();
    replayed.open(&back).await;
    says(&replayed, late);
    // The code with a state of another question: the provider knows that it was for another.
    let mut mixed = Browser::new(&app);
    let third = mixed.leave(GOOGLE).await;
    let code = |back: &str| {
        let url = Url::parse(&format!("http://here{back}")).unwrap();
        question(&url, "code")
    };
    let fresh = google.visit(&third, "ana").await;
    let other = Browser::new(&app).leave(GOOGLE).await;
    let stolen = code(&google.visit(&other, "ana").await);
    mixed.open(&fresh.replace(&code(&fresh), &stolen)).await;
    says(&mixed, "has not said who you are");
}

#[tokio::test]
async fn an_answer_takes_too_long_after_ten_minutes() {
    let google = IdentityProvider::start(now());
    let app = app_with(&google).await.ignore_jobs();
    let mut browser = Browser::new(&app);
    let address = browser.leave(GOOGLE).await;
    let back = google.visit(&address, "ana").await;
    app.clock.advance(chrono::TimeDelta::minutes(10));
    browser.open(&back).await;
    says(&browser, "This took too long");
}

#[tokio::test]
async fn who_refuses_there_or_has_no_proven_address_is_not_signed_in() {
    let google = IdentityProvider::start(now());
    let app = app_with(&google).await.ignore_jobs();
    let mut browser = Browser::new(&app);
    go(&mut browser, &google, GOOGLE, "").await;
    says(&browser, "you have stopped halfway");
    go(&mut browser, &google, GOOGLE, "unproven").await;
    says(&browser, "does not confirm your email address");
    browser.open(CONFIRMATION).await;
    assert!(browser.address.starts_with("/login"));
    let offers = app.database.admin().await.query("SELECT FROM identity_offers", &[]).await.unwrap();
    assert!(offers.is_empty());
    // What is not set up is said to be so; what nobody has heard of is not there.
    browser.open("/login/oidc/microsoft").await;
    says(&browser, "This way to sign in is not set up.");
    browser.open("/login/oidc/elsewhere").await;
    assert_eq!(browser.page.status, 404);
}

#[tokio::test]
async fn a_provider_may_change_its_keys_and_sign_by_curves() {
    let google = IdentityProvider::start(now());
    let app = TestApp::start_with(|state| {
        let clients = vec![
            (Provider::Google, google.client("harmony")),
            (Provider::Microsoft, google.client("harmony-ec")),
        ];
        state.oidc = testkit::oidc(google.host(), clients);
    })
    .await
    .ignore_jobs();
    let salon = app.tenant("salon").await;
    link(&salon, &google, "ana").await;
    google.rotate().await;
    let mut browser = Browser::new(&app);
    go(&mut browser, &google, GOOGLE, "ana").await;
    assert_eq!(browser.address, "/app", "{}", browser.page.text);
    // ES256, with the secret in the form. It is another provider: what the first has said counts for nothing.
    let mut browser = Browser::new(&app);
    go(&mut browser, &google, "/login/oidc/microsoft", "ana").await;
    says(&browser, "This account is not linked to Harmony yet.");
    // What came from one is not taken where the other's is.
    let address = browser.leave(GOOGLE).await;
    let back = google.visit(&address, "ana").await;
    browser.open(&back.replace("/google/", "/microsoft/")).await;
    says(&browser, "has not said who you are");
}

#[tokio::test]
async fn a_second_factor_is_asked_all_the_same() {
    let google = IdentityProvider::start(now());
    let app = app_with(&google).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    link(&salon, &google, "ana").await;
    let sql = "UPDATE users SET has_second_factor = true WHERE id = $1";
    app.database.admin().await.execute(sql, &[&salon.owner.0]).await.unwrap();
    let mut browser = Browser::new(&app);
    go(&mut browser, &google, GOOGLE, "ana").await;
    assert!(browser.address.starts_with("/login/code"), "{}", browser.address);
    assert!(!browser.cookies.contains_key("__Host-session"));
    browser.open("/app").await;
    assert!(browser.address.starts_with("/login"));
}

#[tokio::test]
async fn a_new_password_by_mail_forgets_what_whoever_had_the_account_has_linked() {
    let google = IdentityProvider::start(now());
    let app = app_with(&google).await;
    let salon = app.tenant("salon").await;
    link(&salon, &google, "thief").await;
    app.post("/auth/forgot-password").json(&json!({"email": salon.email})).await.expect(202);
    app.run_jobs().await;
    let token = crate::identity::token_of_mail(&app, "/reset/").await;
    let body = json!({"token": token, "password": "quite another secret"});
    app.post("/auth/reset-password").json(&body).await.expect(204);
    app.run_jobs().await;
    let mut browser = Browser::new(&app);
    go(&mut browser, &google, GOOGLE, "thief").await;
    says(&browser, "This account is not linked to Harmony yet.");
}

#[tokio::test]
async fn a_provider_that_is_away_is_said_to_be() {
    let google = IdentityProvider::start(now());
    let oidc = google.as_google();
    drop(google);
    let app = TestApp::start_with(|state| state.oidc = oidc).await;
    let mut browser = Browser::new(&app);
    browser.open(GOOGLE).await;
    assert_eq!(browser.address, "/login");
    says(&browser, "The other service does not answer.");
}
