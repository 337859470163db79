//! How often somebody may ask, counted in a real Redis and without one, and how clients learn what is left.

use std::net::TcpListener;

use api::limit::LOGIN_ANYWHERE;
use domain::api_key::Scope;
use domain::id::JobId;
use queue::{Limits, RedisConfig};
use serde_json::{Value, json};
use testkit::{Answer, Browser, Salon, TestApp};

/// Limits that are counted there, under a prefix of the test's own.
fn counted_in(url: &str) -> Limits {
    let prefix = format!("test_{}", JobId::mint(api::clock::Clock::System.now()));
    Limits::new(&RedisConfig { url: url.into(), prefix }, 1).unwrap()
}

pub(crate) fn redis() -> Limits {
    #[expect(clippy::disallowed_methods, reason = "tests have no command line")]
    let url = std::env::var("TEST_REDIS_URL");
    counted_in(&url.expect("TEST_REDIS_URL is not set: `make test` sets it, and starts what it names"))
}

/// Where nobody listens.
fn no_redis() -> Limits {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    counted_in(&format!("redis://127.0.0.1:{port}"))
}

/// The numbers of an answer's headers: the limit, what is left, the seconds until it is full again.
fn told(answer: &Answer) -> Option<[u64; 3]> {
    let number = |name: &str| answer.header(name).parse().ok();
    Some([number("ratelimit-limit")?, number("ratelimit-remaining")?, number("ratelimit-reset")?])
}

/// A booking that is never taken: there is no such service.
async fn write(salon: &Salon<'_>) -> Answer {
    let customer = json!({"name": "Ana", "email": "ana@customer.example"});
    let service = "019c0000-0000-7000-8000-000000000000";
    let body = json!({"service_id": service, "start": "2030-03-05T09:00:00Z", "customer": customer});
    salon.public("POST", "/bookings").json(&body).await
}

async fn a_hundred_writes_pass(salon: &Salon<'_>) {
    for left in (0..100).rev() {
        let answer = write(salon).await;
        let [most, remaining, reset] = told(&answer).expect("every answer tells what is left");
        assert_eq!((most, remaining), (100, left));
        assert!((1..=900).contains(&reset), "{reset}");
        answer.refused(404, "NOT_FOUND");
    }
    let answer = write(salon).await;
    let [most, remaining, reset] = told(&answer).expect("the refusal tells it too");
    assert_eq!((most, remaining), (100, 0));
    assert!((800..=900).contains(&reset), "{reset}");
    // One of a hundred is back after nine seconds, all of them after a quarter of an hour.
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=9).contains(&wait), "{wait}");
    assert_eq!(answer.refused(429, "TOO_MANY_REQUESTS")["retry_after"], wait);
}

#[tokio::test]
async fn the_hundred_and_first_write_of_an_address_is_refused() {
    let app = TestApp::start_with(|state| state.limits = redis()).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    a_hundred_writes_pass(&salon).await;
    // Reading is counted for itself, and members are, by user.
    let read = salon.public("GET", "/services").await;
    assert_eq!(told(&read).map(|[most, left, _]| (most, left)), Some((600, 599)));
    read.expect(200);
    let own = salon.get("/services").await;
    assert_eq!(told(&own).map(|[most, left, _]| (most, left)), Some((600, 599)));
    own.expect(200);
    let health = app.request("GET", "/health").await.expect(200);
    assert_eq!((&health["status"], &health["redis"]), (&json!("ok"), &json!("ok")));
    // Which rules of clocks it knows: a year and a letter, and those of 2025 at least.
    let release = health["time_zones"].as_str().unwrap();
    assert!(release.len() == 5 && release >= "2025b" && release == chrono_tz::IANA_TZDB_VERSION, "{release}");
}

#[tokio::test]
async fn without_redis_requests_pass_and_the_process_counts_by_itself() {
    let app = TestApp::start_with(|state| state.limits = no_redis()).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    a_hundred_writes_pass(&salon).await;
    salon.public("GET", "/services").await.expect(200);
    let health = app.request("GET", "/health/ready").await.expect(200);
    assert_eq!((&health["status"], &health["redis"]), (&json!("degraded"), &json!("unavailable")));
}

#[tokio::test]
async fn of_two_buckets_the_one_with_least_left_is_told() {
    let app = TestApp::start_with(|state| state.limits = redis()).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let look = async |code: &str| {
        let body = json!({"code": code, "email": "ana@customer.example"});
        let answer = salon.public("POST", "/bookings/lookup").json(&body).await;
        let left = told(&answer).map(|[most, left, _]| (most, left));
        answer.refused(404, "BOOKING_NOT_FOUND");
        left
    };
    assert_eq!(look("SS-222222").await, Some((20, 19)));
    // A code of its own has more left than the address by now.
    assert_eq!(look("SS-333333").await, Some((20, 18)));
    let wrong = json!({"email": salon.email, "password": "not the password"});
    for left in (0..20).rev() {
        let answer = app.post("/auth/login").json(&wrong).await;
        assert_eq!(told(&answer).map(|[most, left, _]| (most, left)), Some((20, left)));
        answer.refused(401, "INVALID_CREDENTIALS");
    }
    // Right or wrong, it is locked: the same answer, with the time to wait.
    let right = json!({"email": salon.email, "password": salon.password});
    let answer = app.post("/auth/login").json(&right).await;
    assert_eq!(told(&answer).map(|[_, left, _]| left), Some(0));
    let [wait, reset] =
        ["retry-after", "ratelimit-reset"].map(|name| answer.header(name).parse::<u64>().unwrap());
    // One of twenty is back after three quarters of a minute.
    assert!((30..=45).contains(&wait) && (885..=900).contains(&reset), "{wait} {reset}");
    answer.refused(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn the_twenty_first_guess_at_a_code_is_refused() {
    let app = TestApp::start_with(|state| {
        state.limits = redis();
        state.proxies = "127.0.0.1".parse().unwrap();
    });
    let app = app.await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let code = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201)["public_code"].clone();
    let code = code.as_str().unwrap();
    let look = async |from: &str, code: &str, email: &str| {
        let body = json!({"code": code, "email": email});
        salon.public("POST", "/bookings/lookup").header("x-forwarded-for", from).json(&body).await
    };
    let (ana, bob) = ("ana@customer.example", "bob@customer.example");
    for left in (0..20).rev() {
        let answer = look("203.0.113.1", "SS-222222", bob).await;
        assert_eq!(told(&answer).map(|[most, left, _]| (most, left)), Some((20, left)));
        answer.refused(404, "BOOKING_NOT_FOUND");
    }
    // From this address no code is tried any longer, not the right one either, nor by another door.
    let refused = look("203.0.113.1", code, ana).await;
    let [most, left, reset] = told(&refused).unwrap();
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!(
        (most, left) == (20, 0) && (885..=900).contains(&reset) && (30..=45).contains(&wait),
        "{reset} {wait}"
    );
    assert_eq!(refused.refused(429, "TOO_MANY_REQUESTS")["retry_after"], wait);
    let query = [("code", code), ("email", ana)];
    let by_query = salon.public("GET", "/bookings").header("x-forwarded-for", "203.0.113.1").query(&query);
    by_query.await.refused(429, "TOO_MANY_REQUESTS");
    let cancel = salon.public("POST", &format!("/bookings/{code}/cancellation"));
    let cancel = cancel.header("x-forwarded-for", "203.0.113.1").json(&json!({"email": ana}));
    cancel.await.refused(429, "TOO_MANY_REQUESTS");
    // Nor is one code by many: the twenty-first is refused wherever they are.
    for place in 2..22 {
        look(&format!("203.0.113.{place}"), "SS-333333", ana).await.refused(404, "BOOKING_NOT_FOUND");
    }
    look("203.0.113.22", "SS-333333", ana).await.refused(429, "TOO_MANY_REQUESTS");
    // Somebody else with a code of their own is not in their way.
    look("203.0.113.23", code, ana).await.expect(200);
}

#[tokio::test]
async fn nobody_locks_another_out_by_wrong_guesses() {
    let app = TestApp::start_with(|state| {
        state.limits = redis();
        state.proxies = "127.0.0.1".parse().unwrap();
    });
    let app = app.await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let guess = async |from: &str, password: &str| {
        let body = json!({"email": salon.email, "password": password});
        app.post("/auth/login").header("x-forwarded-for", from).json(&body).await.status
    };
    for _ in 0..21 {
        assert_eq!(guess("203.0.113.1", "not the password").await, 401);
    }
    assert_eq!(guess("203.0.113.1", &salon.password).await, 401);
    assert_eq!(guess("203.0.113.2", &salon.password).await, 200);
    // From everywhere at once it is locked, until whoever reads its mail says otherwise.
    for place in 3..15 {
        for _ in 0..19 {
            guess(&format!("203.0.113.{place}"), "not the password").await;
        }
    }
    assert_eq!(guess("203.0.113.2", &salon.password).await, 401);
    app.post("/auth/forgot-password").json(&json!({"email": salon.email})).await.expect(202);
    app.run_jobs().await;
    let mails = app.mails().await;
    let (_, rest) = mails.iter().find_map(|mail| mail.text.split_once("/reset/")).unwrap();
    let token = rest.split_whitespace().next().unwrap();
    let body = json!({"token": token, "password": "quite another secret"});
    app.post("/auth/reset-password").json(&body).await.expect(204);
    assert_eq!(guess("203.0.113.2", "quite another secret").await, 200);
}

/// Wrong passwords from everywhere in a network, until it is locked.
async fn lock(app: &TestApp, email: &str, network: u8) {
    for place in 0..11 {
        for _ in 0..20 {
            let body = json!({"email": email, "password": "not the password"});
            let from = &*format!("198.51.{network}.{place}");
            app.post("/auth/login")
                .header("x-forwarded-for", from)
                .json(&body)
                .await
                .refused(401, "INVALID_CREDENTIALS");
        }
    }
    keep_locked(app, email).await;
}

/// Takes what came back while others guessed: some of it does each few seconds.
async fn keep_locked(app: &TestApp, email: &str) {
    while app.state.limits.take(LOGIN_ANYWHERE, email).await.is_ok() {}
}

#[tokio::test]
async fn unknown_known_and_locked_are_answered_alike() {
    let app = TestApp::start_with(|state| {
        state.limits = redis();
        state.proxies = "127.0.0.1".parse().unwrap();
    });
    let app = app.await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let told = async |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        let mut answer = app.post("/auth/login").header("x-forwarded-for", "203.0.113.99").json(&body).await;
        answer.body["request_id"] = Value::Null;
        // How long to wait depends on the moment.
        let waits = answer.body.as_object_mut().unwrap().remove("retry_after").is_some();
        (answer.status, answer.body, waits)
    };
    let (unknown, known) = (told("nobody@example.org", "x").await, told(&salon.email, "x").await);
    assert_eq!((unknown.0, known.2), (401, false));
    assert_eq!(unknown, known);
    // One comes back after some seconds: each is asked at once.
    lock(&app, "nobody@example.org", 1).await;
    let unknown = told("nobody@example.org", "x").await;
    lock(&app, &salon.email, 2).await;
    let known = told(&salon.email, &salon.password).await;
    assert_eq!((unknown.0, known.2), (401, true));
    assert_eq!(unknown, known);
}

#[tokio::test]
async fn whoever_is_locked_out_is_let_in_by_mail_and_stays_in_where_they_are_known() {
    let app = TestApp::start_with(|state| {
        state.limits = redis();
        state.proxies = "127.0.0.1".parse().unwrap();
    });
    let app = app.await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut known = Browser::of(&salon).await;
    known.open("/app").await;
    known.submit("/logout", &[]).await;
    lock(&app, &salon.email, 1).await;
    // Where they were signed in before, nobody else's guesses count.
    known.sign_in(&salon.email, &salon.password).await;
    assert_eq!(known.address, "/app", "{}", known.page.text);
    lock(&app, &salon.email, 2).await;

    let mut new = Browser::new(&app);
    new.sign_in(&salon.email, &salon.password).await;
    assert_eq!(new.page.status, 401, "{}", new.page.text);
    app.run_jobs().await;
    let mails: Vec<_> = app.mails().await.into_iter().filter(|mail| mail.text.contains("/unlock/")).collect();
    assert_eq!(mails.len(), 1, "written once, however often it is tried");
    let (_, rest) = mails[0].text.split_once("/unlock/").unwrap();
    let address = format!("/unlock/{}", rest.split_whitespace().next().unwrap());
    new.open(&address).await;
    assert!(new.page.text.contains(&salon.email), "{}", new.page.text);
    new.submit(&address, &[]).await;
    keep_locked(&app, &salon.email).await;
    new.sign_in(&salon.email, &salon.password).await;
    assert_eq!(new.address, "/app", "{}", new.page.text);
    // What a browser is known by is that user's alone, and no way around guessing there.
    let other = app.tenant("other").await;
    new.submit("/logout", &[]).await;
    keep_locked(&app, &other.email).await;
    new.sign_in(&other.email, &other.password).await;
    assert_eq!(new.page.status, 401);
    for _ in 0..20 {
        new.sign_in(&salon.email, "not the password").await;
    }
    new.sign_in(&salon.email, &salon.password).await;
    assert_eq!(new.page.status, 401, "{}", new.page.text);
}

#[tokio::test]
async fn members_and_keys_have_a_measure_of_their_own() {
    let app = TestApp::start_with(|state| state.limits = redis()).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (_, key) = crate::api_keys::planted(&salon, &[Scope::Read]).await;
    salon.set_plan("enterprise").await;
    for left in (0..300).rev() {
        let answer = app.get("/rooms").bearer(&key).await;
        // Some come back while it lasts.
        let [most, remaining, _] = told(&answer).unwrap();
        assert!(most == 300 && remaining >= left, "{most} {remaining} {left}");
        answer.expect(200);
    }
    let refused = futures_util::future::join_all(
        (0..60).map(|_| async { app.get("/rooms").bearer(&key).await.status }),
    );
    assert!(refused.await.contains(&429));
    // Another's key of the same tenant has its own, and so have people.
    let (_, another) = crate::api_keys::planted(&salon, &[Scope::Read]).await;
    app.get("/rooms").bearer(&another).await.expect(200);
    salon.get("/rooms").await.expect(200);
}

#[tokio::test]
async fn a_page_tells_what_is_left_as_the_api_does() {
    let app = TestApp::start_with(|state| state.limits = redis()).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let page = app.request("GET", "/salon").await;
    assert_eq!((page.status, told(&page).map(|[most, ..]| most)), (200, Some(600)));
    let unlimited: Value = app.request("GET", "/health/live").await.expect(200);
    assert_eq!(unlimited["status"], "ok");
    assert_eq!(told(&app.request("GET", "/assets/nothing.css").await), None);
    drop(salon);
}
