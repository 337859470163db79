//! PostgreSQL away: a 503 that says when to come back, within the pool's patience, and never an error of ours.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::id::{SessionId, TenantId, UserId};
use futures_util::future::join_all;
use serde_json::json;
use store::{DatabaseConfig, Store};
use testkit::{Answer, Request, Salon, TestApp};

/// Doors to a PostgreSQL at this port.
fn doors(port: u16) -> Store {
    let config = DatabaseConfig::at(&format!("postgres://127.0.0.1:{port}/harmony"));
    Store::new(&config, 1, Arc::new(|_queue| {})).unwrap()
}

/// What a visitor, somebody who signs in and a member may ask of a tenant `salon`.
fn requests(app: &TestApp) -> Vec<(&'static str, Request)> {
    let now = app.now();
    let token = app.state.tokens.sign(UserId::mint(now), SessionId::mint(now), TenantId::mint(now), now);
    let id = "019c0000-0000-7000-8000-000000000000";
    let booking = json!({
        "service_id": id, "start": "2030-03-05T09:00:00Z",
        "customer": {"name": "Ana", "email": "ana@customer.example"},
    });
    let days = [("service_id", id), ("date", "2030-03-05")];
    vec![
        ("read", app.get("/public/salon/services")),
        ("availability", app.get("/public/salon/availability").query(&days)),
        ("book", app.post("/public/salon/bookings").json(&booking)),
        ("book once", app.post("/public/salon/bookings").header("idempotency-key", "k").json(&booking)),
        ("login", app.post("/auth/login").json(&json!({"email": "owner@salon.example", "password": "x"}))),
        ("refresh", app.post("/auth/refresh").json(&json!({"refresh_token": "x"}))),
        ("register", app.post("/auth/register").json(&testkit::sign_up("another", "Europe/Paris"))),
        ("member", app.get("/me").bearer(&token)),
    ]
}

#[track_caller]
fn is_unavailable(name: &str, answer: Answer) {
    assert_eq!(answer.status, 503, "{name}: {}", answer.text);
    assert_eq!(answer.header("retry-after"), "1", "{name}");
    answer.refused(503, "UNAVAILABLE");
}

async fn all_are_unavailable(app: &TestApp) {
    let (names, requests): (Vec<_>, Vec<_>) = requests(app).into_iter().unzip();
    let answers = join_all(requests.into_iter().map(IntoFuture::into_future)).await;
    for (name, answer) in names.into_iter().zip(answers) {
        is_unavailable(name, answer);
    }
}

#[tokio::test]
async fn nobody_listens_where_the_database_should_be() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let app = TestApp::start_with(|state| state.store = doors(port)).await;
    let began = Instant::now();
    all_are_unavailable(&app).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    app.request("GET", "/health/live").await.expect(200);
    let health = app.request("GET", "/health/ready").await.expect(503);
    assert_eq!(health["database"], "unavailable");
    // A page says so too, as a page.
    let page = app.request("GET", "/salon").await;
    assert_eq!((page.status, page.header("retry-after")), (503, "1"));
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.text);
}

#[tokio::test]
async fn a_database_that_never_answers_is_waited_for_no_longer_than_the_pool_does() {
    // Connections are taken by the system, and nobody ever reads them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let app = TestApp::start_with(|state| state.store = doors(port)).await;
    let began = Instant::now();
    all_are_unavailable(&app).await;
    let waited = began.elapsed();
    assert!((4..9).contains(&waited.as_secs()), "{waited:?}");
}

/// Ends every connection of the app, and refuses new ones or not.
async fn cut(admin: &tokio_postgres::Client, app: &TestApp, refuse: bool) {
    let (name, limit) =
        (app.database.url().path().trim_start_matches('/').to_owned(), if refuse { 0 } else { -1 });
    admin.batch_execute(&format!("ALTER DATABASE {name} CONNECTION LIMIT {limit}")).await.unwrap();
    let cut = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    admin.batch_execute(cut).await.unwrap();
}

async fn read(salon: &Salon<'_>) -> Answer {
    salon.public("GET", "/services").await
}

#[tokio::test]
async fn a_database_that_restarts_is_away_and_back() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let admin = app.database.admin().await;
    // The pools are full of connections that are about to end.
    for answer in join_all((0..16).map(|_| read(&salon))).await {
        answer.expect(200);
    }
    cut(&admin, &app, true).await;
    for _ in 0..3 {
        for answer in join_all((0..8).map(|_| read(&salon))).await {
            is_unavailable("read", answer);
        }
        is_unavailable("book", salon.book("Ana", "2030-03-05T09:00:00Z").await);
        let right = json!({"email": salon.email, "password": salon.password});
        is_unavailable("login", app.post("/auth/login").json(&right).await);
    }
    cut(&admin, &app, false).await;
    for answer in join_all((0..16).map(|_| read(&salon))).await {
        answer.expect(200);
    }
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    // Cut again, and open at once: what ended unseen may cost a request, and never an error of ours.
    cut(&admin, &app, false).await;
    let answers = join_all((0..16).map(|_| read(&salon))).await;
    assert!(answers.iter().all(|answer| [200, 503].contains(&answer.status)));
    read(&salon).await.expect(200);
}

#[tokio::test]
async fn a_booking_that_is_cut_off_half_way_is_unavailable_and_not_there() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let (admin, mut other) = (app.database.admin().await, app.database.admin().await);
    let lock = other.transaction().await.unwrap();
    lock.batch_execute("SELECT FROM staff FOR UPDATE").await.unwrap();
    let cut_when_it_waits = async {
        let waits = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = 'harmony_app' AND wait_event_type = 'Lock'";
        while admin.query(waits, &[]).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (answer, ()) = futures_util::join!(salon.book("Ana", "2030-03-05T09:00:00Z"), cut_when_it_waits);
    is_unavailable("book", answer);
    lock.rollback().await.unwrap();
    let listed = salon.get("/bookings").await.expect(200);
    assert_eq!(listed["data"], json!([]));
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
}
