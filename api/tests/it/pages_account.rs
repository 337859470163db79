//! Signing up, in and out by pages, without a script.

use testkit::{Browser, TestApp};

const PASSWORD: &str = "a long password";
const SIGN_UP: [(&str, &str); 5] = [
    ("full_name", "Ana Lopez"),
    ("email", "ana@example.org"),
    ("password", PASSWORD),
    ("tenant_name", "Atelier Ana"),
    ("timezone", "Europe/Madrid"),
];

/// The address that the newest mail leads to, without its host.
async fn link_of_mail(app: &TestApp, path: &str) -> String {
    let mails = app.mails().await;
    let (_, rest) = mails.iter().rev().find_map(|mail| mail.text.split_once(path)).unwrap();
    let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    format!("{path}{token}")
}

#[tokio::test]
async fn who_signs_up_opens_the_link_in_the_mail_and_is_in() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    browser.open("/signup?lang=en").await;
    browser.submit("/signup", &SIGN_UP).await;
    assert_eq!(
        (browser.page.status, browser.address.as_str()),
        (200, "/signup/sent"),
        "{}",
        browser.page.text
    );
    assert_eq!(app.run_jobs().await.len(), 1);
    let link = link_of_mail(&app, "/verify/").await;
    browser.open(&link).await;
    // Whoever only got the mail did not sign up: the account does not become theirs, nor does it count as confirmed.
    for wrong in ["", "not the password"] {
        browser.submit(&link, &[("password", wrong)]).await;
        assert_eq!((browser.page.status, browser.cookies.get("__Host-session")), (401, None));
    }
    browser.submit(&link, &[("password", PASSWORD)]).await;
    assert_eq!(browser.address, "/app");
    assert!(
        browser.page.text.contains("Atelier Ana")
            && browser.page.text.contains("Your address is confirmed. Welcome!")
    );
    // Whoever is signed in already is asked for nothing.
    browser.open(&link).await;
    assert!(!browser.page.text.contains("type=\"password\""), "{}", browser.page.text);
    browser.submit(&link, &[]).await;
    assert_eq!(browser.address, "/app");
    // The flash is seen once.
    browser.open("/app").await;
    assert!(!browser.page.text.contains("Welcome!"));
}

#[tokio::test]
async fn a_sign_up_with_a_known_address_looks_like_any_other_and_is_told_by_mail() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let mut browser = Browser::new(&app);
    browser.open("/signup?lang=en").await;
    browser.submit("/signup", &SIGN_UP).await;
    let fresh = (browser.page.status, browser.address.clone(), browser.page.text.clone());
    app.run_jobs().await;
    browser.open("/signup").await;
    let mut known = SIGN_UP;
    known[1] = ("email", &salon.email);
    browser.submit("/signup", &known).await;
    assert_eq!((browser.page.status, browser.address.clone(), browser.page.text.clone()), fresh);
    assert_eq!(app.run_jobs().await.len(), 1);
    let mails = app.mails().await;
    assert!(
        mails.iter().any(|mail| mail.to.contains(&salon.email) && mail.text.contains("/login")),
        "{mails:?}"
    );
}

#[tokio::test]
async fn a_form_with_flaws_keeps_what_was_typed_but_the_password() {
    let app = TestApp::start().await;
    app.tenant("salon").await;
    let mut browser = Browser::new(&app);
    browser.open("/signup?lang=en").await;
    let flawed = [
        ("full_name", " "),
        ("email", "no address"),
        ("password", "short pw"),
        ("tenant_name", "Chez <Ana> & co"),
        ("slug", "admin"),
        ("timezone", "Nowhere/Land"),
    ];
    browser.submit("/signup", &flawed).await;
    assert_eq!((browser.page.status, browser.address.as_str()), (422, "/signup"));
    for (name, value) in [("email", "no address"), ("tenant_name", "Chez <Ana> & co"), ("slug", "admin")] {
        assert_eq!(browser.value("/signup", name), value);
    }
    let text = &browser.page.text;
    assert!(!text.contains("short pw"));
    for name in ["full_name", "email", "password", "slug", "timezone"] {
        assert!(text.contains(&format!("id=\"e-{name}\"")), "{name}: {text}");
        assert!(text.contains(&format!("href=\"#f-{name}\"")), "{name}: {text}");
    }
    assert!(text.contains("role=\"alert\"") && text.contains("autofocus"));
    // A slug of another tenant is told beside its input.
    browser
        .submit(
            "/signup",
            &[
                ("full_name", "Ana"),
                ("email", "ana@example.org"),
                ("password", PASSWORD),
                ("slug", "salon"),
                ("timezone", "Europe/Paris"),
            ],
        )
        .await;
    assert_eq!(browser.page.status, 409);
    assert!(browser.page.text.contains("id=\"e-slug\""), "{}", browser.page.text);
    drop(app.ignore_jobs());
}

#[tokio::test]
async fn a_wrong_password_is_refused_beside_the_form() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::new(&app);
    browser.open("/login?lang=en&next=/app/staff").await;
    let (mut pages, address) = (Vec::new(), salon.email.clone());
    for email in [address.as_str(), "nobody@salon.example"] {
        browser.submit("/login", &[("email", email), ("password", "not the secret")]).await;
        assert_eq!(browser.page.status, 401);
        assert_eq!(
            (browser.value("/login", "email"), browser.value("/login", "next")),
            (email.to_owned(), "/app/staff".to_owned())
        );
        pages.push(browser.page.text.replace(email, ""));
    }
    assert_eq!(pages[0], pages[1]);
    assert!(pages[0].contains("The email address or the password is wrong."));
    browser.submit("/login", &[("email", &salon.email), ("password", &salon.password)]).await;
    assert_eq!(browser.address, "/app/staff");
}

#[tokio::test]
async fn a_forgotten_password_is_chosen_anew_by_mail() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let signed_in = Browser::of(&salon).await;
    let mut browser = Browser::new(&app);
    browser.open("/forgot?lang=en").await;
    browser.submit("/forgot", &[("email", "nobody@example.org")]).await;
    let unknown = browser.page.text.clone();
    browser.open("/forgot").await;
    browser.submit("/forgot", &[("email", &salon.email)]).await;
    assert_eq!((browser.page.status, &browser.page.text), (200, &unknown));
    assert_eq!(app.run_jobs().await.len(), 1);
    let link = link_of_mail(&app, "/reset/").await;
    browser.open(&link).await;
    browser.submit(&link, &[("password", "short")]).await;
    assert_eq!(browser.page.status, 422);
    browser.submit(&link, &[("password", "quite another secret")]).await;
    assert_eq!(browser.address, "/login");
    assert!(browser.page.text.contains("Your password is changed."));
    assert_eq!(signed_in.request("GET", "/app").await.status, 303);
    browser.submit("/login", &[("email", &salon.email), ("password", "quite another secret")]).await;
    assert_eq!(browser.address, "/app");
    // The link is used up.
    assert_eq!(Browser::new(&app).open(&link).await.status, 404);
    assert_eq!(app.run_jobs().await.len(), 1);
}
