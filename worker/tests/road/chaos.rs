//! Nothing is lost and nothing happens twice, whatever dies: the product's own processes, jobs that mail, and a mail
//! server that counts. `make chaos` plays it at length (`CHAOS_JOBS`, default 200).
//!
//! Exactly one row a message, always. Of the mail itself a crash may repeat what was sent and not yet written down, with
//! the same Message-ID: no protocol of mail knows better.

use crate::ground::{Ground, OwnRedis, pause, variable_or};
use crate::stage::{OwnPostgres, Process, Stage, Wire, free_port, signal};
use std::time::{Duration, Instant};
use worker::clock::Clock;

/// `md5('v')`, the one service there is.
const SERVICE: &str = "9e3669d1-9b67-5bd5-7058-fd4664205d2a";
/// Bookings a second, while faults come: with debug builds, too few for a backlog that would hide how soon all is well.
const RATE: u128 = 40;
/// Nobody waits longer for the last of them, even on a machine that does other things. What it takes is printed.
const PATIENCE: Duration = Duration::from_secs(90);

/// One play: bookings keep coming while `fault` is called `times`, evenly spread, the last time when all have come; then
/// everything must have been done by itself. The mails that were accepted again.
async fn play(stage: &Stage, name: &str, times: i32, mut fault: impl AsyncFnMut()) -> usize {
    let jobs = jobs();
    let (began, mut made, mut faults) = (Instant::now(), 0, 0);
    let mut struck = began;
    while made < jobs || faults < times {
        let due = began.elapsed().as_millis() * RATE / 1000 + 1;
        let due = i32::try_from(due).unwrap().min(jobs);
        if due > made {
            stage.book(made..due).await;
            made = due;
        }
        if faults < times && made * times >= jobs * (faults + 1) {
            fault().await;
            faults += 1;
            struck = Instant::now();
        }
        pause(25).await;
    }
    while stage.ground.count("queue = 'email'").await > 0 {
        assert!(struck.elapsed() < PATIENCE, "{name}: left behind:\n{}", stage.ground.rows().await);
        pause(20).await;
    }
    let took = struck.elapsed();
    let effects = stage.effects().await;
    let count = i64::from(jobs);
    assert_eq!((effects.rows, effects.sent, effects.bookings), (count, count, count), "{name}");
    assert_eq!(effects.accepted.len(), usize::try_from(jobs).unwrap(), "{name}: messages");
    told(name, times, jobs, effects.repeated(), took);
    effects.repeated()
}

/// A line of the table in bench/README.md.
fn told(fault: &str, times: i32, jobs: i32, repeated: usize, took: Duration) {
    #[expect(clippy::print_stdout, reason = "figures are what `make chaos` is for")]
    {
        println!("| {fault} × {times} | {jobs} | 0 | {repeated} | {:.1} s |", took.as_secs_f64());
    }
}

fn jobs() -> i32 {
    variable_or("CHAOS_JOBS", "200").parse().unwrap()
}

/// How often faults come: `long` in `make chaos`.
fn times(short: i32, long: i32) -> i32 {
    if jobs() >= 1000 { long } else { short }
}

#[tokio::test]
async fn killed_workers_lose_nothing() {
    let stage = Stage::start().await;
    let _dispatch = stage.start_process("dispatch");
    let mut workers = [stage.start_process("email"), stage.start_process("email")];
    let (times, mut turn) = (times(4, 20), 0);
    let repeated = play(&stage, "worker SIGKILL", times, async || {
        workers[turn % 2].kill();
        workers[turn % 2] = stage.start_process("email");
        turn += 1;
    })
    .await;
    // What was accepted and not yet written down when it died: 20 run at a time.
    assert!(repeated <= 20 * usize::try_from(times).unwrap(), "{repeated}");
}

/// Books by HTTP until it is told that the booking stands: what was not answered is asked again, with the same key.
async fn insist(client: &reqwest::Client, port: u16, number: i32) {
    let tomorrow = Clock::system().now().date_naive() + chrono::Days::new(2);
    let start = tomorrow.and_time(chrono::NaiveTime::MIN).and_utc()
        + chrono::TimeDelta::minutes(30 * i64::from(number));
    let body = serde_json::json!({
        "service_id": SERVICE, "start": start.to_rfc3339(),
        "customer": {"name": "Client", "email": format!("c{number}@example.org")},
    });
    let deadline = Instant::now() + PATIENCE;
    loop {
        let request = client
            .post(format!("http://127.0.0.1:{port}/api/v1/public/salon/bookings"))
            .header("Idempotency-Key", format!("booking-{number}"))
            .header("Content-Type", "application/json")
            .body(body.to_string());
        let last = match request.send().await {
            Ok(answer) if answer.status() == 201 => return,
            Ok(answer) => format!("{}: {}", answer.status(), answer.text().await.unwrap_or_default()),
            Err(error) => error.to_string(),
        };
        assert!(Instant::now() < deadline, "booking {number}: {last}");
        pause(100).await;
    }
}

#[tokio::test]
async fn a_killed_api_and_killed_dispatchers_lose_nothing() {
    let stage = Stage::start().await;
    let port = free_port();
    let api = || {
        let mut command = stage.command("api");
        command.env("BIND", format!("127.0.0.1:{port}")).env("RATE_LIMIT_FACTOR", "0");
        Process::start(&mut command)
    };
    let bookings = jobs() / 4;
    let mut parts = (api(), stage.start_process("dispatch"));
    let _worker = stage.start_process("email");
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    let book = async |first: i32| {
        for number in (first..bookings).step_by(4) {
            insist(&client, port, number).await;
        }
    };
    let books = async { tokio::join!(book(0), book(1), book(2), book(3)) };
    let faults = async {
        for _ in 0..times(3, 20) {
            pause(1500).await;
            parts.0.kill();
            parts.1.kill();
            parts = (api(), stage.start_process("dispatch"));
        }
        Instant::now()
    };
    let (_, struck) = tokio::join!(books, faults);
    while stage.ground.count("queue = 'email'").await > 0 {
        assert!(struck.elapsed() < PATIENCE, "{}", stage.ground.rows().await);
        pause(20).await;
    }
    let effects = stage.effects().await;
    let sql = "SELECT count(*), count(DISTINCT starts_at) FROM bookings";
    let stored = stage.ground.admin.query_one(sql, &[]).await.unwrap();
    let count = i64::from(bookings);
    assert_eq!((stored.get::<_, i64>(0), stored.get::<_, i64>(1)), (count, count), "bookings");
    assert_eq!((effects.rows, effects.sent, effects.bookings), (count, count, count));
    assert_eq!((effects.accepted.len(), effects.repeated()), (usize::try_from(bookings).unwrap(), 0));
    told("api and dispatch SIGKILL", times(3, 20), bookings, 0, struck.elapsed());
}

#[tokio::test]
async fn an_emptied_redis_repeats_no_mail() {
    let stage = Stage::start().await;
    let _parts = [stage.start_process("dispatch"), stage.start_process("email")];
    let repeated = play(&stage, "FLUSHALL", times(3, 10), async || stage.redis.flush().await).await;
    assert_eq!(repeated, 0);
}

#[tokio::test]
async fn a_redis_that_dies_repeats_no_mail() {
    let mut stage = Stage::start().await;
    let _parts = [stage.start_process("dispatch"), stage.start_process("email")];
    let mut redis = std::mem::replace(&mut stage.redis, OwnRedis::nowhere());
    let repeated = play(&stage, "Redis SIGKILL, back after 1 s, empty", times(2, 10), async || {
        redis.kill();
        pause(1000).await;
        redis.revive().await;
    })
    .await;
    assert_eq!(repeated, 0);
}

#[tokio::test]
async fn a_postgresql_that_crashes_loses_nothing() {
    let postgres = OwnPostgres::start();
    let mut stage = Stage::on(Ground::at(postgres.url()).await).await;
    let _parts = [stage.start_process("dispatch"), stage.start_process("email")];
    let jobs = jobs();
    // Whoever books loses its connection too, and looks what became of it.
    stage.book(0..jobs).await;
    let times = times(1, 3);
    for fault in 1..=times {
        // The last time when little is left: what it takes is what the crash takes.
        let left = i64::from(jobs) * i64::from(times - fault) / i64::from(times) + 40;
        while stage.ground.count("queue = 'email'").await > left {
            pause(20).await;
        }
        postgres.down();
        postgres.up();
        stage.ground.reconnect().await;
    }
    let struck = Instant::now();
    while stage.ground.count("queue = 'email'").await > 0 {
        assert!(struck.elapsed() < PATIENCE, "{}", stage.ground.rows().await);
        pause(20).await;
    }
    let (took, effects) = (struck.elapsed(), stage.effects().await);
    let count = i64::from(jobs);
    assert_eq!((effects.rows, effects.sent, effects.bookings), (count, count, count));
    // 20 at a time: accepted, and PostgreSQL was not there to note it.
    assert!(effects.repeated() <= 20 * usize::try_from(times).unwrap(), "{}", effects.repeated());
    told("PostgreSQL, immediate shutdown", times, jobs, effects.repeated(), took);
}

#[tokio::test]
async fn connections_that_stall_lose_nothing() {
    let mut stage = Stage::start().await;
    let wires = [Wire::to(stage.ground.url.port().unwrap()).await, Wire::to(stage.redis.port()).await];
    let mut url = stage.ground.url.clone();
    url.set_port(Some(wires[0].port)).unwrap();
    stage.database_url = url.to_string();
    stage.redis_url = format!("redis://127.0.0.1:{}", wires[1].port);
    let _parts = [stage.start_process("dispatch"), stage.start_process("email")];
    let repeated = play(&stage, "connections stalled for 5 s", times(1, 6), async || {
        for wire in &wires {
            wire.hold(true);
        }
        pause(5000).await;
        for wire in &wires {
            wire.hold(false);
        }
    })
    .await;
    assert!(repeated <= 20 * usize::try_from(times(1, 6)).unwrap(), "{repeated}");
}

#[tokio::test]
async fn a_worker_that_stands_still_loses_nothing() {
    let stage = Stage::start().await;
    let _dispatch = stage.start_process("dispatch");
    let workers = [stage.start_process("email"), stage.start_process("email")];
    let repeated = play(&stage, "worker stopped for 12 s", times(1, 4), async || {
        signal("STOP", workers[0].child.id());
        pause(12_000).await;
        signal("CONT", workers[0].child.id());
    })
    .await;
    assert!(repeated <= 20 * usize::try_from(times(1, 4)).unwrap(), "{repeated}");
}

#[tokio::test]
async fn a_rolling_restart_repeats_nothing_and_ends_well() {
    let stage = Stage::start().await;
    let mut dispatch = stage.start_process("dispatch");
    let mut workers = [stage.start_process("email"), stage.start_process("email")];
    let mut turn = 0;
    let repeated = play(&stage, "SIGTERM and another", times(4, 12), async || {
        assert!(workers[turn % 2].stop(Duration::from_secs(25)).await, "its exit was no success");
        workers[turn % 2] = stage.start_process("email");
        if turn % 2 == 0 {
            assert!(dispatch.stop(Duration::from_secs(25)).await, "its exit was no success");
            dispatch = stage.start_process("dispatch");
        }
        turn += 1;
    })
    .await;
    assert_eq!(repeated, 0);
}
