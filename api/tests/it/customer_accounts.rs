//! Customers who sign in on the site of a tenant by a link to their mailbox: no users, and of that site alone.

use api::cookies::{CUSTOMER, SESSION};
use chrono::TimeDelta;
use jobs::Job;
use serde_json::json;
use testkit::{Browser, Salon, TestApp};

use crate::limits::redis;

fn plain(text: &str) -> String {
    text.replace("&#x2F;", "/")
}

/// The addresses of the links that were mailed so far, in their order.
async fn links(app: &TestApp) -> Vec<String> {
    app.run_jobs().await;
    let mails = app.mails().await;
    let urls = mails.iter().flat_map(|mail| mail.text.split_whitespace());
    let found = urls.filter(|url| url.contains("/account/sign-in/"));
    found.map(|url| format!("/{}", url.splitn(4, '/').nth(3).unwrap())).collect()
}

/// Asks for a link to that address on the page of the salon; answers what the page says.
async fn ask(salon: &Salon<'_>, email: &str) -> (u16, String) {
    let mut browser = Browser::new(salon.app);
    let path = format!("/{}/account", salon.slug);
    browser.open(&path).await;
    browser.submit(&path, &[("email", email)]).await;
    (browser.page.status, browser.page.text.clone())
}

/// A browser in which the customer with this address is signed in.
async fn signed_in<'a>(salon: &Salon<'a>, email: &str) -> Browser<'a> {
    let before = links(salon.app).await;
    ask(salon, email).await;
    // Mails of one moment are in the order in which they were written.
    let link = links(salon.app).await.into_iter().find(|link| !before.contains(link)).expect("no link came");
    let mut browser = Browser::new(salon.app);
    browser.open(&link).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    browser.submit(&link, &[]).await;
    assert_eq!(browser.address, format!("/{}/account", salon.slug), "{}", browser.page.text);
    assert!(browser.page.text.contains(&format!("Signed in as {email}")), "{}", browser.page.text);
    // The clock stands still, and in one second one link is sent to one customer.
    salon.app.clock.advance(TimeDelta::seconds(1));
    browser
}

async fn is_signed_in(browser: &mut Browser<'_>, slug: &str) -> bool {
    browser.open(&format!("/{slug}/account")).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    browser.page.text.contains("Signed in as")
}

/// The id of the customer with this address.
async fn id_of(salon: &Salon<'_>, email: &str) -> String {
    let customers = salon.get("/customers").query(&[("q", email)]).await.expect(200);
    customers["data"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_customer_sees_what_they_booked_and_changes_who_they_are() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let series =
        json!({"booking": salon.booking("Ana", "2030-03-12T11:00:00Z"), "recurrence": "FREQ=WEEKLY;COUNT=2"});
    salon.public("POST", "/series").json(&series).await.expect(201);
    let waiting = json!({"service_id": service, "from": "2030-03-05", "to": "2030-03-06",
        "customer": {"name": "Ana", "email": "ana@customer.example"}});
    salon.public("POST", "/waitlist").json(&waiting).await.expect(201);
    let mut ana = signed_in(&salon, "ana@customer.example").await;
    let account = ana.page.clone();
    assert_eq!(account.header("cache-control"), "no-store");
    assert_eq!(account.header("etag"), "");
    let shown = plain(&account.text);
    assert_eq!(shown.matches("href=\"/manage/").count(), 4, "three bookings and a series: {shown}");
    assert_eq!(shown.matches("href=\"/waitlist/").count(), 1, "{shown}");
    assert!(shown.contains("2 more dates"), "{shown}");
    let (_, rest) = shown.split_once("href=\"/manage/").unwrap();
    let manage = format!("/manage/{}", rest.split('"').next().unwrap());
    assert!(ana.open(&manage).await.text.contains("Haircut"));

    ana.open("/salon/account").await;
    ana.submit("/salon/account/profile", &[("name", " "), ("phone", "+33612345678")]).await;
    assert_eq!(
        (ana.page.status, ana.value("/salon/account/profile", "phone").as_str()),
        (422, "+33612345678")
    );
    let profile = [("name", "Ana Lopez"), ("phone", "+33 6 12 34 56 78"), ("locale", "en"), ("news", "on")];
    ana.submit("/salon/account/profile", &profile).await;
    assert!(ana.page.text.contains("Saved."), "{}", ana.page.text);
    assert_eq!(ana.value("/salon/account/profile", "news"), "on");
    let id = id_of(&salon, "ana@customer.example").await;
    let kept = salon.get(&format!("/customers/{id}")).await.expect(200);
    assert_eq!(
        (&kept["name"], &kept["phone"], &kept["locale"], &kept["email"]),
        (&json!("Ana Lopez"), &json!("+33612345678"), &json!("en"), &json!("ana@customer.example"))
    );
    let mut owner = Browser::of(&salon).await;
    owner.open(&format!("/app/customers/{id}")).await;
    assert!(owner.page.text.contains("News accepted on"), "{}", owner.page.text);
    app.clock.advance(TimeDelta::seconds(1));
    ana.submit("/salon/account/profile", &[("news", "")]).await;
    assert_eq!(ana.value("/salon/account/profile", "news"), "");
    owner.open(&format!("/app/customers/{id}")).await;
    assert!(owner.page.text.contains("they have not agreed to it"), "{}", owner.page.text);
}

#[tokio::test]
async fn what_a_customer_books_next_is_filled_in_for_them_and_kept_nowhere() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let path = format!("/book/details?service_id={service}&start=2030-03-05T11:00:00Z");
    let mut ana = signed_in(&salon, "ana@customer.example").await;
    ana.open(&format!("/salon{path}")).await;
    assert_eq!(ana.value("/salon/book", "email"), "ana@customer.example");
    assert_eq!(ana.value("/salon/book", "name"), "Ana");
    assert_eq!((ana.page.header("cache-control"), ana.page.header("etag")), ("no-store", ""));
    // In a frame nobody is known, even if a browser sent the cookie there.
    let framed = ana.open(&format!("/embed/salon{path}")).await;
    assert_eq!(framed.status, 200);
    assert!(!framed.text.contains("ana@customer.example"), "{}", framed.text);
    let mut other = Browser::new(&app);
    other.open(&format!("/salon{path}")).await;
    assert_eq!(other.value("/salon/book", "email"), "");
    assert_eq!(other.page.header("cache-control"), "private, no-cache");
}

#[tokio::test]
async fn a_link_signs_in_once_and_not_by_being_opened() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    ask(&salon, "Ana@Customer.Example").await;
    let link = links(&app).await.pop().unwrap();
    let mut ana = Browser::new(&app);
    for _ in 0..3 {
        ana.open(&link).await;
        assert_eq!((ana.page.status, ana.cookies.get(CUSTOMER)), (200, None));
        assert!(ana.page.text.contains("As ana@customer.example"), "{}", ana.page.text);
    }
    let foreign = ana.request("POST", &link).header("sec-fetch-site", "cross-site").form(&[]).await;
    assert_eq!(foreign.status, 403, "{}", foreign.text);
    ana.submit(&link, &[]).await;
    assert!(ana.page.text.contains("Signed in as"), "{}", ana.page.text);
    let mut again = Browser::new(&app);
    assert_eq!(again.open(&link).await.status, 404);
    let post = again.request("POST", &link).header("sec-fetch-site", "same-origin").form(&[]).await;
    assert_eq!((post.status, post.header("set-cookie")), (404, ""));
}

#[tokio::test]
async fn a_link_is_over_after_a_quarter_of_an_hour_and_none_at_another_tenants() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    for one in [&salon, &other] {
        one.service(json!({})).await;
        one.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    }
    ask(&salon, "ana@customer.example").await;
    let link = links(&app).await.pop().unwrap();
    let mut ana = Browser::new(&app);
    let elsewhere = link.replacen("/salon/", "/other/", 1);
    assert_eq!(ana.open(&elsewhere).await.status, 404);
    let post = ana.request("POST", &elsewhere).header("sec-fetch-site", "same-origin").form(&[]).await;
    assert_eq!(post.status, 404);
    app.clock.advance(TimeDelta::minutes(14));
    assert_eq!(ana.open(&link).await.status, 200);
    app.clock.advance(TimeDelta::minutes(1));
    let post = ana.request("POST", &link).header("sec-fetch-site", "same-origin").form(&[]).await;
    assert_eq!((post.status, ana.open(&link).await.status), (404, 404));
    // What is too late to be of use is not sent.
    ask(&salon, "ana@customer.example").await;
    app.clock.advance(TimeDelta::minutes(15));
    assert_eq!(links(&app).await.len(), 1);
}

#[tokio::test]
async fn an_unknown_address_is_answered_alike_and_is_sent_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let known = ask(&salon, "ana@customer.example").await;
    assert_eq!(known.0, 200);
    for unknown in ["nobody@customer.example", "no address", salon.email.as_str()] {
        assert_eq!(ask(&salon, unknown).await, known, "{unknown}");
    }
    assert_eq!(links(&app).await.len(), 1);
    // A customer of another tenant is nobody here.
    ask(&other, "ana@customer.example").await;
    assert_eq!(links(&app).await.len(), 1);
    // As much is written down for one as for another.
    let sql = "SELECT count(*) FROM customer_sign_ins";
    let asked: i64 = app.database.admin().await.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(asked, 4);
}

#[tokio::test]
async fn a_customers_session_is_nobodys_elsewhere() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    for one in [&salon, &other] {
        one.service(json!({})).await;
        one.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    }
    let mut ana = signed_in(&salon, "ana@customer.example").await;
    assert!(!is_signed_in(&mut ana, "other").await);
    assert!(is_signed_in(&mut ana, "salon").await);
    // Nor is it a member's, under whatever name it is shown.
    let cookie = ana.cookies[CUSTOMER].clone();
    for name in [CUSTOMER, SESSION] {
        for page in ["/app", "/app/customers", "/app/account"] {
            let answer =
                Browser::new(&app).request("GET", page).header("cookie", &format!("{name}={cookie}")).await;
            assert_eq!(answer.status, 303, "{name} {page}");
            assert!(answer.header("location").starts_with("/login"), "{name} {page}");
        }
    }
    for path in ["/bookings", "/customers", "/me", "/tenant"] {
        app.get(path).bearer(&cookie).await.refused(401, "UNAUTHENTICATED");
        let answer = app.get(path).header("cookie", &format!("{CUSTOMER}={cookie}")).await;
        answer.refused(401, "UNAUTHENTICATED");
    }
    // And a member's session is no customer's.
    let owner = Browser::of(&salon).await;
    let mut posing = Browser::new(&app);
    posing.cookies.insert(CUSTOMER.to_owned(), owner.cookies[SESSION].clone());
    assert!(!is_signed_in(&mut posing, "salon").await);
}

#[tokio::test]
async fn two_customers_never_see_each_others_bookings() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"name": "Haircut"})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let beard = salon.service(json!({"name": "Beard"})).await;
    salon.book("Bo", "2030-03-05T11:00:00Z").await.expect(201);
    let waiting = json!({"service_id": beard, "from": "2030-03-05", "to": "2030-03-06",
        "customer": {"name": "Bo", "email": "bo@customer.example"}});
    salon.public("POST", "/waitlist").json(&waiting).await.expect(201);
    let ana = signed_in(&salon, "ana@customer.example").await;
    let bo = signed_in(&salon, "bo@customer.example").await;
    assert!(ana.page.text.contains("Haircut") && !ana.page.text.contains("Beard"), "{}", ana.page.text);
    assert!(bo.page.text.contains("Beard") && !bo.page.text.contains("Haircut"), "{}", bo.page.text);
    assert!(!plain(&ana.page.text).contains("/waitlist/") && plain(&bo.page.text).contains("/waitlist/"));
    // Nor does one act by the form of another's page.
    let form = [("csrf", bo.value("/salon/account/profile", "csrf")), ("name", "Bo".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for path in ["/salon/account/profile", "/salon/account/sign-out"] {
        let request = ana.request("POST", path).header("sec-fetch-site", "same-origin");
        assert_eq!(request.form(&form).await.status, 403, "{path}");
    }
    let id = id_of(&salon, "ana@customer.example").await;
    assert_eq!(salon.get(&format!("/customers/{id}")).await.expect(200)["name"], "Ana");
}

#[tokio::test]
async fn a_customer_signs_out_here_or_everywhere() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(signed_in(&salon, "ana@customer.example").await);
    }
    let [one, two, three] = browsers.as_mut_slice() else { panic!("three browsers") };
    let cookie = one.cookies[CUSTOMER].clone();
    one.submit("/salon/account/sign-out", &[]).await;
    assert!(one.page.text.contains("You are signed out") && !one.cookies.contains_key(CUSTOMER));
    // It is over, and not only forgotten.
    one.cookies.insert(CUSTOMER.to_owned(), cookie);
    assert!(!is_signed_in(one, "salon").await);
    assert!(is_signed_in(two, "salon").await && is_signed_in(three, "salon").await);
    two.press("/salon/account/sign-out", ("everywhere", "1"), &[]).await;
    assert!(!is_signed_in(two, "salon").await && !is_signed_in(three, "salon").await);
}

#[tokio::test]
async fn a_session_slides_a_month_on_and_no_further_than_a_quarter() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let (mut used, mut unused) =
        (signed_in(&salon, "ana@customer.example").await, signed_in(&salon, "ana@customer.example").await);
    for _ in 0..3 {
        app.clock.advance(TimeDelta::days(29));
        assert!(is_signed_in(&mut used, "salon").await);
    }
    assert!(!is_signed_in(&mut unused, "salon").await);
    app.clock.advance(TimeDelta::days(3));
    assert!(!is_signed_in(&mut used, "salon").await);
    let counts = async || {
        let sql = "SELECT (SELECT count(*) FROM customer_sessions), (SELECT count(*) FROM customer_sign_ins)";
        let row = app.database.admin().await.query_one(sql, &[]).await.unwrap();
        (row.get::<_, i64>(0), row.get::<_, i64>(1))
    };
    assert_eq!(counts().await, (2, 2));
    let sweep = [Job::SweepExpired {}];
    let enqueued: store::Result<_> =
        app.store.system().transaction(async |tx| tx.enqueue(&sweep, app.now()).await).await;
    enqueued.unwrap();
    app.run_jobs().await;
    assert_eq!(counts().await, (0, 0));
}

#[tokio::test]
async fn whoever_is_blocked_merged_or_erased_is_signed_out() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let (ana, bo, cy, di) = (
        salon.customer("Ana").await,
        salon.customer("Bo").await,
        salon.customer("Cy").await,
        salon.customer("Di").await,
    );
    let mut blocked = signed_in(&salon, "ana@customer.example").await;
    let reason = json!({"reason": "rude"});
    assert!(salon.post(&format!("/customers/{ana}/block")).json(&reason).await.status < 300);
    assert!(!is_signed_in(&mut blocked, "salon").await);
    let mails = links(&app).await.len();
    ask(&salon, "ana@customer.example").await;
    assert_eq!(links(&app).await.len(), mails, "who is blocked is sent no link");

    let mut merged = signed_in(&salon, "bo@customer.example").await;
    let mut kept = signed_in(&salon, "cy@customer.example").await;
    salon.post(&format!("/customers/{cy}/merge")).json(&json!({"duplicate_id": bo})).await.expect(200);
    assert!(!is_signed_in(&mut merged, "salon").await);
    assert!(is_signed_in(&mut kept, "salon").await);
    let change = json!({"email": "cyril@customer.example"});
    salon.patch(&format!("/customers/{cy}")).json(&change).await.expect(200);
    assert!(!is_signed_in(&mut kept, "salon").await, "the former mailbox may be another's");

    let mut erased = signed_in(&salon, "di@customer.example").await;
    ask(&salon, "di@customer.example").await;
    let link = links(&app).await.pop().unwrap();
    salon.delete(&format!("/customers/{di}/data")).await.expect(204);
    assert!(!is_signed_in(&mut erased, "salon").await);
    assert_eq!(erased.open(&link).await.status, 404);
    let admin = app.database.admin().await;
    for table in ["customer_sign_ins", "messages"] {
        let sql = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%di@customer.example%'");
        assert_eq!(admin.query_one(&sql, &[]).await.unwrap().get::<_, i64>(0), 0, "{table}");
    }
}

#[tokio::test]
async fn a_link_opens_whom_it_was_mailed_to_or_nobody() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (bo, cy) = (salon.customer("Bo").await, salon.customer("Cy").await);
    let open = async |link: &str| Browser::new(&app).open(link).await.status;
    ask(&salon, "bo@customer.example").await;
    let link = links(&app).await.pop().unwrap();
    assert_eq!(open(&link).await, 200);
    salon.post(&format!("/customers/{cy}/merge")).json(&json!({"duplicate_id": bo})).await.expect(200);
    assert_eq!(open(&link).await, 404, "Bo's mailbox is not Cy's");
    // By an address that is Cy's now, to the mailbox of Cy.
    app.clock.advance(TimeDelta::seconds(1));
    ask(&salon, "bo@customer.example").await;
    let link = links(&app).await.pop().unwrap();
    assert_eq!(open(&link).await, 200);
    let change = json!({"email": "cyril@customer.example"});
    salon.patch(&format!("/customers/{cy}")).json(&change).await.expect(200);
    assert_eq!(open(&link).await, 404, "the former mailbox may be another's");
}

#[tokio::test]
async fn nobody_fills_a_mailbox_with_links() {
    let app = TestApp::start_with(|state| state.limits = redis()).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let known = ask(&salon, "ana@customer.example").await;
    for _ in 0..7 {
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(ask(&salon, "ana@customer.example").await, known);
    }
    assert_eq!(links(&app).await.len(), 3);
    // From one device so many in all, whatever the addresses are.
    let path = "/salon/account";
    let mut refused = 0;
    for count in 0..30 {
        let form = [("email", format!("{count}@customer.example"))];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let browser = Browser::new(&app);
        let answer = browser.request("POST", path).header("sec-fetch-site", "same-origin").form(&form).await;
        refused += usize::from(answer.status == 429);
    }
    assert!(refused > 0);
}
