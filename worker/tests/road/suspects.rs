//! Poison: jobs that kill the process they run in. This program starts itself as the worker, and the worker starts it
//! as the process of a suspect.

use crate::ground::{Ground, hasty, pause, sequence, variable, variable_or};
use crate::stage::Process;
use jobs::{JobError, Queue};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;
use worker::runtime::{self, Envelope};
use worker::suspect::obey;

/// Ends its process.
const POISON: i32 = 666;
/// Panics.
const PANIC: i32 = 888;
/// Takes three seconds when it runs apart.
const SLOW: i32 = 777;

/// Effects: rows with the job's id, each once.
async fn perform(admin: &Arc<Client>, envelope: Envelope) -> Result<(), JobError> {
    let apart = variable_or("ROAD_PART", "") == "suspect";
    match sequence(&envelope) {
        SLOW if apart => pause(3000).await,
        POISON | SLOW => std::process::abort(),
        PANIC => panic!("no paper"),
        ms => pause(u64::try_from(ms).unwrap()).await,
    }
    let insert = "INSERT INTO effects (job, apart) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    admin.execute(insert, &[&envelope.job_id.0, &apart]).await.unwrap();
    Ok(())
}

/// What this program is when a test starts it: nothing by itself.
#[tokio::test]
#[ignore = "a part of the other tests"]
async fn part() {
    let part = variable_or("ROAD_PART", "");
    if part.is_empty() {
        return;
    }
    let ground = Ground::given(&variable("ROAD_DATABASE"), &variable("ROAD_REDIS")).await;
    let admin = Arc::new(ground.as_role("postgres").await);
    let local = tokio::task::LocalSet::new();
    if part == "suspect" {
        local.run_until(obey(&admin, perform)).await.unwrap();
        // What else a test says is not for the worker.
        #[expect(clippy::exit, reason = "the verdict is the last line")]
        std::process::exit(0);
    }
    let mut config = ground.worker_config(8, &CancellationToken::new());
    config.apart = Some(Arc::new(|| {
        let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
        command.args(ARGUMENTS).env("ROAD_PART", "suspect");
        command
    }));
    config.policy = hasty;
    local.run_until(runtime::run(Queue::Email, admin, perform, config)).await.unwrap();
}

const ARGUMENTS: [&str; 4] = ["--exact", "suspects::part", "--ignored", "--nocapture"];

fn start(ground: &Ground) -> Process {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(ARGUMENTS)
        .env("ROAD_PART", "worker")
        .env("ROAD_DATABASE", ground.url.as_str())
        .env("ROAD_REDIS", &ground.redis.prefix)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    Process::start(&mut command)
}

async fn ready() -> Ground {
    let mut ground = Ground::start().await;
    ground.lease = Duration::from_secs(2);
    let table = "CREATE TABLE effects (job uuid PRIMARY KEY, apart boolean NOT NULL)";
    ground.admin.batch_execute(table).await.unwrap();
    ground
}

async fn effects(ground: &Ground) -> i64 {
    ground.admin.query_one("SELECT count(*) FROM effects", &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_job_that_kills_its_process_ends_dead_and_takes_none_with_it() {
    let ground = ready().await;
    let _dispatch = ground.dispatch();
    ground.enqueue(1, 1, POISON).await;
    ground.enqueue(1, 300, 5).await;
    let (mut worker, mut deaths) = (start(&ground), 0);
    let deadline = Instant::now() + Duration::from_secs(90);
    while ground.count("state = 'dead'").await < 1 || ground.count("true").await > 1 {
        assert!(Instant::now() < deadline, "{deaths} deaths:\n{}", ground.rows().await);
        if worker.has_ended() {
            deaths += 1;
            worker = start(&ground);
        }
        pause(20).await;
    }
    // Twice with its worker; then, alone, it was seen.
    assert_eq!(deaths, 2);
    ground
        .until("state = 'dead' AND last_error LIKE 'crashed: its process ended with signal: 6%'", 1, 1)
        .await;
    assert_eq!(effects(&ground).await, 300);
    let failures = "jsonb_array_length(failures) = 1 AND failures -> 0 ->> 'error' LIKE 'crashed%'";
    ground.until(failures, 1, 1).await;
}

#[tokio::test]
async fn a_suspect_runs_apart_and_holds_up_nobody() {
    let ground = ready().await;
    let _dispatch = ground.dispatch();
    // Twice its worker dies, then it is innocent.
    ground.enqueue(1, 1, SLOW).await;
    let mut worker = start(&ground);
    let deadline = Instant::now() + Duration::from_mins(1);
    while ground.count("deliveries = 3 AND lease_until > now()").await < 1 {
        assert!(Instant::now() < deadline, "{}", ground.rows().await);
        if worker.has_ended() {
            worker = start(&ground);
        }
        pause(10).await;
    }
    // While it runs, others do.
    ground.enqueue(2, 50, 0).await;
    ground.until("tenant_id = '00000000-0000-0000-0000-000000000002'", 0, 10).await;
    ground.until("true", 1, 0).await;
    ground.until("true", 0, 20).await;
    let sql = "SELECT count(*) FILTER (WHERE apart), count(*) FROM effects";
    let row = ground.admin.query_one(sql, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 51));
    assert!(!worker.has_ended());
}

#[tokio::test]
async fn a_suspect_ends_with_its_worker() {
    let ground = ready().await;
    let _dispatch = ground.dispatch();
    ground.enqueue(1, 1, SLOW).await;
    ground.admin.batch_execute("UPDATE jobs SET deliveries = 2").await.unwrap();
    let mut worker = start(&ground);
    ground.until("deliveries = 3 AND lease_until > now()", 1, 20).await;
    pause(1000).await;
    worker.kill();
    // Whoever is left would write its effect three seconds after it began.
    pause(4000).await;
    assert_eq!(effects(&ground).await, 0);
    let _worker = start(&ground);
    ground.until("true", 0, 30).await;
    assert_eq!(effects(&ground).await, 1);
}

#[tokio::test]
async fn a_suspect_that_panics_is_tried_again() {
    let ground = ready().await;
    let _dispatch = ground.dispatch();
    ground.enqueue(1, 1, PANIC).await;
    ground.admin.batch_execute("UPDATE jobs SET deliveries = 2").await.unwrap();
    let _worker = start(&ground);
    ground.until("state = 'scheduled' AND last_error = 'panicked: no paper' AND apart = 0", 1, 20).await;
}

#[tokio::test]
async fn a_process_that_does_not_begin_is_no_fault_of_the_job() {
    let ground = ready().await;
    let _dispatch = ground.dispatch();
    ground.enqueue(1, 1, 0).await;
    ground.admin.batch_execute("UPDATE jobs SET deliveries = 2").await.unwrap();
    let (admin, mut config) =
        (Arc::new(ground.as_role("postgres").await), ground.worker_config(8, &CancellationToken::new()));
    config.apart = Some(Arc::new(|| tokio::process::Command::new("false")));
    config.policy = hasty;
    let local = tokio::task::LocalSet::new();
    let work = local.run_until(runtime::run(Queue::Email, admin, perform, config));
    tokio::select! {
        ended = work => ended.unwrap(),
        () = ground.until("attempt = 1 AND last_error LIKE 'its process did not begin: %'", 1, 20) => {}
    }
}

#[tokio::test]
async fn a_suspect_whose_end_nobody_lives_to_see_is_dead() {
    let ground = ready().await;
    let _dispatch = ground.dispatch();
    ground.enqueue(1, 1, 0).await;
    ground.admin.batch_execute("UPDATE jobs SET deliveries = 5, apart = 3").await.unwrap();
    let _worker = start(&ground);
    ground.until("state = 'dead' AND last_error = 'crashed: whoever ran it died with it'", 1, 20).await;
    assert_eq!(effects(&ground).await, 0);
}
