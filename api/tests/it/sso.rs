//! Tenants whose own provider signs their members in, and may lie.

use domain::access::Role;
use testkit::{Browser, Salon};

use crate::oidc::CONFIRMATION;
use crate::oidc_hostile::{GOOGLE, Liar, SECRET, Sent, app_with};

/// Sets the liar as the provider of the tenant, by its owner.
pub(crate) async fn connect<'a>(salon: &Salon<'a>, liar: &Liar, domains: &str) -> Browser<'a> {
    salon.set_plan("enterprise").await;
    let mut owner = Browser::of(salon).await;
    let page = "/app/settings/sign-on";
    owner.open(page).await;
    let fields = [
        ("issuer", liar.issuer.as_str()),
        ("client_id", "harmony"),
        ("client_secret", SECRET),
        ("domains", domains),
        ("current_password", salon.password.as_str()),
    ];
    owner.submit(page, &fields).await;
    assert!(owner.page.text.contains("Single sign-on is set up."), "{}", owner.page.text);
    owner
}

/// Comes by the tenant's provider, which says that it is this subject.
async fn come(browser: &mut Browser<'_>, salon: &Salon<'_>, liar: &Liar, subject: &str) {
    let sent = Sent::from(browser, &format!("/sso/{}/start", salon.slug)).await;
    liar.says(salon.app, &sent, subject);
    browser.open(&sent.back(&format!("/login/sso/{}", salon.id))).await;
}

/// Makes the owner of one salon a member of another, later than of their own.
async fn join(salon: &Salon<'_>, tenant: &Salon<'_>, role: Role) {
    let sql = format!(
        "INSERT INTO memberships (tenant_id, user_id, role, created_at)
           VALUES ('{}', '{}', '{}', '{}'::timestamptz + interval '1 hour')",
        tenant.id,
        salon.owner,
        role.name(),
        salon.app.now(),
    );
    salon.app.database.admin().await.batch_execute(&sql).await.unwrap();
}

#[tokio::test]
async fn a_tenants_provider_lets_in_who_said_so_and_to_that_tenant_alone() {
    let liar = Liar::start();
    let app = app_with(&liar).await;
    // Whoever is to be robbed owns a business, works for the hostile one, and will look after the platform.
    let (hostile, victim) = (app.tenant("hostile").await, app.tenant("victim").await);
    join(&victim, &hostile, Role::Staff).await;
    connect(&hostile, &liar, "").await;

    // It asserts whomever it likes: nobody is known by that, whatever the address.
    let mut thief = Browser::new(&app);
    come(&mut thief, &hostile, &liar, &victim.owner.to_string()).await;
    assert!(thief.address.starts_with("/login?next="), "{}", thief.address);
    assert!(!thief.cookies.contains_key("__Host-session"));

    // The victim links their own, with their password.
    let mut own = Browser::of(&victim).await;
    come(&mut own, &hostile, &liar, "the victim").await;
    assert_eq!(own.address, CONFIRMATION, "{}", own.page.text);
    assert!(own.page.text.contains("Salon hostile"), "{}", own.page.text);
    own.submit(CONFIRMATION, &[("current_password", &victim.password)]).await;
    assert_eq!(own.address, "/app/account/security", "{}", own.page.text);

    // From now on the hostile tenant can sign in as them, there.
    let mut thief = Browser::new(&app);
    come(&mut thief, &hostile, &liar, "the victim").await;
    assert_eq!((thief.address.as_str(), thief.page.status), ("/app", 200), "{}", thief.page.text);
    let sql = "UPDATE users SET is_operator = $2, has_second_factor = $2 WHERE id = $1";
    app.database.admin().await.execute(sql, &[&victim.owner.0, &true]).await.unwrap();
    assert!(thief.page.text.contains("Salon hostile") && !thief.page.text.contains("Salon victim"));
    assert!(!thief.cookies.contains_key("__Host-device"));
    // And nowhere else: not in another tenant, not on the platform, and to nothing of the account.
    let token = thief.value("/logout", "csrf");
    let to = format!("/app/tenants/{}/switch", victim.id);
    let switched = thief.request("POST", &to).header("x-csrf-token", &token).form(&[]).await;
    assert_eq!(switched.status, 403, "{}", switched.text);
    for path in [
        "/app/account",
        "/app/account/security",
        "/app/account/two-factor",
        "/app/account/passkeys",
        "/app/tenants/new",
        CONFIRMATION,
    ] {
        thief.open(path).await;
        assert_eq!(thief.page.status, 403, "{path}: {}", thief.page.text);
        assert!(!thief.page.text.contains(&victim.email), "{path}");
    }
    thief.open("/ops/queues").await;
    assert_eq!(thief.page.status, 404, "{}", thief.page.text);
    let ended = thief.request("POST", "/app/account/sessions/end").header("x-csrf-token", &token);
    assert_eq!(ended.form(&[]).await.status, 403);
    app.database.admin().await.execute(sql, &[&victim.owner.0, &false]).await.unwrap();
    // It may leave.
    thief.open("/app").await;
    thief.submit("/logout", &[]).await;
    assert_eq!(thief.address, "/login");

    // The victim takes it away: whoever came in by it is out.
    let mut thief = Browser::new(&app);
    come(&mut thief, &hostile, &liar, "the victim").await;
    assert_eq!(thief.address, "/app");
    let id = app.database.admin().await.query_one("SELECT id::text FROM identities", &[]).await.unwrap();
    let removal = format!("/app/account/identities/{}/removal", id.get::<_, &str>(0));
    own.open(&removal).await;
    own.submit(&removal, &[("current_password", &victim.password)]).await;
    thief.open("/app").await;
    assert!(thief.address.starts_with("/login"), "{}", thief.address);
}

#[tokio::test]
async fn a_tenants_provider_is_nobodys_elsewhere() {
    let liar = Liar::start();
    let app = app_with(&liar).await;
    let (hostile, other) = (app.tenant("hostile").await, app.tenant("other").await);
    connect(&hostile, &liar, "").await;
    connect(&other, &liar, "").await;
    // What the platform's provider of the same issuer knows somebody by counts for nothing here, and the other way round.
    let mut own = Browser::of(&other).await;
    let sent = Sent::from(&mut own, GOOGLE).await;
    liar.says(&app, &sent, "other");
    own.open(&sent.back(GOOGLE)).await;
    own.submit(CONFIRMATION, &[("current_password", &other.password)]).await;
    for salon in [&hostile, &other] {
        let mut thief = Browser::new(&app);
        come(&mut thief, salon, &liar, "other").await;
        assert!(thief.address.starts_with("/login?next="), "{}", thief.address);
    }
    // Whoever is no member cannot link what it says.
    come(&mut own, &hostile, &liar, "somebody").await;
    assert_eq!(own.address, "/app/account/security");
    assert!(own.page.text.contains("Your account is no member of this business."), "{}", own.page.text);
    // What one tenant's provider was asked is not answered at another's address.
    let mut browser = Browser::new(&app);
    let sent = Sent::from(&mut browser, "/sso/hostile/start").await;
    liar.was_asked_for_a_token();
    browser.open(&sent.back(&format!("/login/sso/{}", other.id))).await;
    assert!(browser.page.text.contains("has not said who you are") && !liar.was_asked_for_a_token());
    // A member who has left.
    let mut own = Browser::of(&hostile).await;
    come(&mut own, &hostile, &liar, "the owner").await;
    own.submit(CONFIRMATION, &[("current_password", &hostile.password)]).await;
    let mut browser = Browser::new(&app);
    come(&mut browser, &hostile, &liar, "the owner").await;
    assert_eq!(browser.address, "/app");
    let sql = "DELETE FROM memberships WHERE user_id = $1";
    app.database.admin().await.execute(sql, &[&hostile.owner.0]).await.unwrap();
    browser.open("/app").await;
    assert!(browser.address.starts_with("/login"));
    come(&mut browser, &hostile, &liar, "the owner").await;
    assert!(
        browser.page.text.contains("Your account is no member of this business."),
        "{}",
        browser.page.text
    );
}

#[tokio::test]
async fn an_owner_sets_a_provider_that_answers_and_another_knows_nobody() {
    let liar = Liar::start();
    let app = app_with(&liar).await;
    let salon = app.tenant("salon").await;
    let page = "/app/settings/sign-on";
    let mut owner = Browser::of(&salon).await;
    owner.open(page).await;
    assert!(
        owner.page.text.contains("Single sign-on comes with the Enterprise plan."),
        "{}",
        owner.page.text
    );
    let mut owner = connect(&salon, &liar, "example.org, example.net").await;
    assert_eq!(owner.value(page, "domains"), "example.org, example.net");
    assert!(!owner.page.text.contains(SECRET));
    let kept = "SELECT sealed_secret FROM sso_connections";
    let sealed: Vec<u8> = app.database.admin().await.query_one(kept, &[]).await.unwrap().get(0);
    assert!(!sealed.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()));
    // Nothing of it changes without the password.
    owner.submit(page, &[("client_id", "another"), ("current_password", "wrong")]).await;
    assert_eq!(owner.page.status, 422);
    // Inside nothing is asked, and what is there is not told.
    for issuer in ["https://127.0.0.1:5432", "https://169.254.169.254", "http://example.org", "https://[::1]"]
    {
        owner.open(page).await;
        owner.submit(page, &[("issuer", issuer), ("current_password", &salon.password)]).await;
        assert_eq!(owner.page.status, 422, "{issuer}");
        assert!(owner.page.text.contains("No provider answers at this address"), "{issuer}");
    }
    let mut linking = Browser::of(&salon).await;
    come(&mut linking, &salon, &liar, "the owner").await;
    linking.submit(CONFIRMATION, &[("current_password", &salon.password)]).await;
    let mut member = Browser::new(&app);
    come(&mut member, &salon, &liar, "the owner").await;
    assert_eq!(member.address, "/app");
    // Other domains: the address is none of theirs.
    owner.open(page).await;
    owner.submit(page, &[("domains", "example.net"), ("current_password", &salon.password)]).await;
    assert!(owner.page.text.contains("Single sign-on is set up."), "{}", owner.page.text);
    let mut refused = Browser::new(&app);
    come(&mut refused, &salon, &liar, "the owner").await;
    assert!(refused.page.text.contains("or it is none that your business allows"), "{}", refused.page.text);
    // Another client: its secret is not the former's, it knows nobody, and whoever was in is out.
    owner.open(page).await;
    owner.submit(page, &[("client_id", "another"), ("current_password", &salon.password)]).await;
    assert_eq!(owner.page.status, 422);
    let fields = [("client_id", "another"), ("client_secret", "new"), ("current_password", &salon.password)];
    owner.submit(page, &fields).await;
    assert!(owner.page.text.contains("Single sign-on is set up."), "{}", owner.page.text);
    member.open("/app").await;
    assert!(member.address.starts_with("/login"), "{}", member.address);
    // Taken away, and by a plan without.
    owner.submit("/app/settings/sign-on/removal", &[("current_password", &salon.password)]).await;
    assert!(owner.page.text.contains("Single sign-on is taken away."), "{}", owner.page.text);
    let mut owner = connect(&salon, &liar, "").await;
    salon.set_plan("pro").await;
    owner.open("/sso/salon").await;
    assert!(owner.page.text.contains("This way to sign in is not set up."), "{}", owner.page.text);
}

#[tokio::test]
async fn a_business_is_found_by_its_public_address() {
    let liar = Liar::start();
    let app = app_with(&liar).await;
    let salon = app.tenant("salon").await;
    connect(&salon, &liar, "").await;
    let mut browser = Browser::new(&app);
    browser.open("/login").await;
    assert!(browser.page.text.contains("Go on through your business"));
    browser.open("/sso").await;
    browser.submit("/sso", &[("business", " Salon ")]).await;
    assert_eq!((browser.address.as_str(), browser.page.status), ("/sso/salon", 200));
    assert!(browser.page.text.contains("Salon salon has a sign-in of its own."), "{}", browser.page.text);
    browser.open("/sso?business=no%20slug").await;
    assert_eq!(browser.page.status, 422);
    for path in ["/sso/nobody", "/sso/No%20slug", "/sso/nobody/start"] {
        browser.open(path).await;
        assert_eq!(browser.address, "/login", "{path}");
        assert!(browser.page.text.contains("This way to sign in is not set up."));
    }
}
