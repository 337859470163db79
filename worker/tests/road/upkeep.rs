//! What runs by the clock, and what whoever runs the fleet can ask.

use crate::ground::{Ground, Seen, pause, sleep};
use chrono::TimeDelta;
use domain::link::{LinkKey, Links};
use jobs::Queue;
use providers::files::Files;
use providers::mail::{Mailer, Sandbox};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::{DatabaseConfig, Store};
use templates::Templates;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use worker::clock::Clock;
use worker::context::Context;
use worker::perform::perform;
use worker::schedule::SCHEDULES;
use worker::serve::{Pages, serve};

#[tokio::test]
async fn a_schedule_fires_once_a_tick_however_many_dispatch() {
    let mut ground = Ground::start().await;
    ground.schedules = SCHEDULES;
    let hours = Arc::new(AtomicI64::new(0));
    let (system, later) = (Clock::system(), hours.clone());
    ground.clock = Clock::new(move || system.now() + TimeDelta::hours(later.load(Ordering::Relaxed)));
    let _parts = [ground.dispatch(), ground.dispatch(), ground.dispatch()];
    let swept = "kind = 'sweep_expired' AND queue = 'maintenance' AND tenant_id = '00000000-0000-0000-0000-000000000000'";
    ground.until(swept, 1, 10).await;
    pause(1500).await;
    ground.until(swept, 1, 0).await;
    // Two ticks missed are one.
    hours.store(2, Ordering::Relaxed);
    ground.until(swept, 2, 10).await;
    pause(1500).await;
    ground.until(swept, 2, 0).await;
}

#[tokio::test]
async fn what_has_expired_is_swept_and_nothing_else() {
    let mut ground = Ground::start().await;
    ground.schedules = SCHEDULES;
    let rows = "
        INSERT INTO users (id, email, email_key, full_name, locale, created_at, updated_at)
        VALUES ('00000000-0000-0000-0000-000000000001', 'a@b.example', 'a@b.example', 'A', 'en', now(), now());
        INSERT INTO sessions (id, user_id, created_at, last_seen_at, expires_at)
        SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000001', now(), now(), now() + n * interval '1 min'
        FROM generate_series(-2500, 3) n WHERE n <> 0;
        INSERT INTO refresh_tokens (token_hash, session_id, created_at, expires_at)
        SELECT decode(replace(id::text, '-', ''), 'hex'), id, now(), now() FROM sessions;
        INSERT INTO idempotency_keys (tenant_id, scope, key, request_hash, status, response, created_at)
        SELECT '00000000-0000-0000-0000-000000000001', 's', n::text, '', 200, '{}', now() - n * interval '1 min'
        FROM generate_series(1438, 3000) n WHERE n <> 1440";
    ground.admin.batch_execute(rows).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let context = Context {
        store: Store::new(&DatabaseConfig::at(ground.url.as_str()), 1, Arc::new(|_queue| {})).unwrap(),
        ledger: ground.ledger(),
        clock: Clock::system(),
        templates: Arc::new(Templates::load().unwrap()),
        mailer: Mailer::sandbox(
            "no-reply@example.org".to_owned(),
            Sandbox::new(folder.path().join("outbox")),
        ),
        files: Files::in_folder(&folder.path().join("files")).unwrap(),
        links: Links::new(LinkKey::new([0; 32]), "http://127.0.0.1"),
        renderer: None,
    };
    let _parts = [ground.dispatch(), ground.work(Queue::Maintenance, context, perform, 2)];
    let left = "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM refresh_tokens),
        (SELECT count(*) FROM idempotency_keys), (SELECT count(*) FROM jobs)";
    for _ in 0..200 {
        let row = ground.admin.query_one(left, &[]).await.unwrap();
        let counts: [i64; 4] = [row.get(0), row.get(1), row.get(2), row.get(3)];
        if counts == [3, 3, 2, 0] {
            return;
        }
        pause(50).await;
    }
    panic!("{}", ground.rows().await);
}

#[tokio::test]
async fn whoever_runs_the_fleet_can_ask_how_it_is() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    ground.enqueue(1, 3, 0).await;
    ground.enqueue_raw(1, 1, "send_pigeon", "{}").await;
    let worker = ground.work(Queue::Email, seen.clone(), sleep, 2);
    let _dispatch = ground.dispatch();
    ground.until("true", 1, 10).await;
    worker.stop().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let pages = Pages::new(ground.metrics.clone(), ground.ledger(), &ground.redis).unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    tokio::spawn(serve(listener, pages));
    let ask = async |request: &[u8]| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        // A refused request may be answered by a reset.
        match stream.read_to_string(&mut answer).await {
            Ok(_) | Err(_) => answer,
        }
    };
    let metrics = ask(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await;
    for line in [
        "harmony_jobs_total{kind=\"send_booking_confirmation\",outcome=\"done\",queue=\"email\"} 3\n",
        "harmony_jobs_total{kind=\"unknown\",outcome=\"again\",queue=\"email\"} ",
        "harmony_job_seconds_count{kind=\"send_booking_confirmation\",queue=\"email\"} 3\n",
        "harmony_jobs_running{queue=\"email\"} 0\n",
        "harmony_jobs_ready{queue=\"email\"} ",
        "harmony_jobs_oldest_seconds{queue=\"email\"} ",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    assert!(!metrics.contains("tenant"));
    assert!(ask(b"GET /health/live HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 200 "));
    assert!(ask(b"GET /health/ready HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 200 "));
    assert!(ask(b"GET / HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 404 "));
    assert!(ask(b"POST /metrics HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 405 "));
    assert_eq!(ask(&vec![b'x'; 20_000]).await, "");
}
