//! A database and a stretch of Redis of a test's own, and parts of the fleet on threads of their own.

use domain::id::JobId;
use jobs::{Backoff, Job, JobError, Policy, Queue};
use queue::RedisConfig;
use std::collections::HashMap;
use std::fmt::Debug;
use std::future::Future;
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};
use store::ledger::{Ledger, Worker};
use telemetry::{Sink, Telemetry, TelemetryConfig};
use tokio::task::LocalSet;
use tokio_postgres::{Client, NoTls};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;
use worker::clock::Clock;
use worker::dispatch;
use worker::metrics::Metrics;
use worker::runtime::{self, Envelope};
use worker::schedule::Schedule;

pub(crate) struct Ground {
    pub(crate) admin: Client,
    pub(crate) url: Url,
    pub(crate) redis: RedisConfig,
    pub(crate) lease: Duration,
    pub(crate) tick: Duration,
    pub(crate) schedules: &'static [Schedule],
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
    name: String,
    server: Url,
}

impl Ground {
    pub(crate) async fn start() -> Self {
        Self::at(variable("TEST_DATABASE_URL").parse().unwrap()).await
    }

    /// A database of this server's.
    pub(crate) async fn at(server: Url) -> Self {
        let name = format!("road_{}", unique());
        let admin = connect(&server).await;
        let roles = std::fs::read_to_string(migrations().join("roles.sql")).unwrap();
        // Roles belong to all databases: tests that start together get into each other's way for a moment.
        for attempt in 0.. {
            match admin.batch_execute(&roles).await {
                Ok(()) => break,
                Err(error) => assert!(attempt < 20, "{error:?}"),
            }
            pause(50).await;
        }
        admin.batch_execute(&format!("CREATE DATABASE {name} OWNER harmony_owner")).await.unwrap();
        let mut url = server.clone();
        url.set_path(&name);
        let owner = connect(&as_role(&url, "harmony_owner")).await;
        let mut steps: Vec<_> =
            std::fs::read_dir(migrations()).unwrap().map(|step| step.unwrap().path()).collect();
        steps.sort();
        for step in steps.iter().filter(|step| step.is_dir()) {
            owner.batch_execute(&std::fs::read_to_string(step.join("up.sql")).unwrap()).await.unwrap();
        }
        let admin = connect(&url).await;
        let redis = RedisConfig { url: variable("TEST_REDIS_URL").into(), prefix: name.clone() };
        Self {
            admin,
            url,
            redis,
            lease: runtime::LEASE,
            tick: Duration::from_millis(50),
            schedules: &[],
            clock: Clock::system(),
            metrics: Metrics::new().unwrap(),
            name,
            server,
        }
    }

    /// What another process has made, whose database stays when this is gone.
    pub(crate) async fn given(url: &str, prefix: &str) -> Self {
        let url: Url = url.parse().unwrap();
        let redis = RedisConfig { url: variable("TEST_REDIS_URL").into(), prefix: prefix.to_owned() };
        let (admin, server) = (connect(&url).await, url.clone());
        Self {
            admin,
            url,
            redis,
            lease: Duration::from_secs(2),
            tick: Duration::from_millis(50),
            schedules: &[],
            clock: Clock::system(),
            metrics: Metrics::new().unwrap(),
            name: String::new(),
            server,
        }
    }

    /// After PostgreSQL was away.
    pub(crate) async fn reconnect(&mut self) {
        self.admin = connect(&self.url).await;
    }

    pub(crate) fn ledger(&self) -> Ledger {
        let url = self.url.to_string().into();
        Ledger::open(&url, NonZeroUsize::new(8).unwrap()).unwrap()
    }

    pub(crate) async fn as_role(&self, role: &str) -> Client {
        connect(&as_role(&self.url, role)).await
    }

    pub(crate) fn worker_config(&self, concurrency: usize, stop: &CancellationToken) -> runtime::Config {
        runtime::Config {
            ledger: self.ledger(),
            redis: self.redis.clone(),
            clock: self.clock.clone(),
            metrics: self.metrics.clone(),
            concurrency: NonZeroUsize::new(concurrency).unwrap(),
            lease: self.lease,
            grace: Duration::from_secs(2),
            apart: None,
            told: Arc::new(|| ()),
            worker: worker("email"),
            policy: hasty,
            seed: 1,
            stop: stop.clone(),
        }
    }

    pub(crate) fn work<C, H>(&self, queue: Queue, context: C, handler: H, concurrency: usize) -> Part
    where
        C: Clone + Send + 'static,
        H: AsyncFn(&C, Envelope) -> Result<(), JobError> + Clone + Send + 'static,
    {
        let stop = CancellationToken::new();
        let config = self.worker_config(concurrency, &stop);
        Part::start(stop, move || runtime::run(queue, context, handler, config))
    }

    pub(crate) fn dispatch(&self) -> Part {
        let stop = CancellationToken::new();
        let config = dispatch::Config {
            ledger: self.ledger(),
            redis: self.redis.clone(),
            clock: self.clock.clone(),
            metrics: self.metrics.clone(),
            lease: self.lease,
            tick: self.tick,
            schedules: self.schedules,
            worker: worker("dispatch"),
            seed: u64::from(unique_number()),
            stop: stop.clone(),
        };
        Part::start(stop, move || dispatch::run(config))
    }

    /// `count` jobs that mail a confirmation, due now; `sequence` tells the test's function what to do.
    pub(crate) async fn enqueue(&self, tenant: u128, count: i32, sequence: i32) {
        let job = Job::SendBookingConfirmation { booking_id: domain::id::BookingId(Uuid::nil()), sequence };
        self.enqueue_raw(tenant, count, job.kind(), &job.payload().to_string()).await;
    }

    /// As [`Self::enqueue`], with the priority of imports and exports.
    pub(crate) async fn enqueue_bulk(&self, tenant: u128, count: i32, sequence: i32) {
        let ready = format!("tenant_id = '{}' AND state = 'ready'", Uuid::from_u128(tenant));
        self.admin.batch_execute("ALTER TABLE jobs ALTER priority SET DEFAULT 1").await.unwrap();
        self.enqueue(tenant, count, sequence).await;
        self.admin.batch_execute("ALTER TABLE jobs ALTER priority SET DEFAULT 0").await.unwrap();
        assert!(self.count(&ready).await >= i64::from(count));
    }

    /// What an operator sets of the queue `email`.
    pub(crate) async fn set(&self, settings: &str) {
        let sql = format!(
            "INSERT INTO queue_settings (queue, updated_at) VALUES ('email', now()) ON CONFLICT DO NOTHING;
             UPDATE queue_settings SET {settings}"
        );
        self.admin.batch_execute(&sql).await.unwrap();
    }

    pub(crate) async fn enqueue_raw(&self, tenant: u128, count: i32, kind: &str, payload: &str) {
        let insert = "INSERT INTO jobs (tenant_id, id, queue, kind, payload, run_at)
            SELECT $1, gen_random_uuid(), 'email', $2, $3::text::json, now() FROM generate_series(1, $4)";
        let tenant = Uuid::from_u128(tenant);
        self.admin.execute(insert, &[&tenant, &kind, &payload, &count]).await.unwrap();
    }

    pub(crate) async fn count(&self, condition: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM jobs WHERE {condition}");
        self.admin.query_one(&sql, &[]).await.unwrap().get(0)
    }

    /// Waits until that many jobs meet the condition.
    pub(crate) async fn until(&self, condition: &str, count: i64, seconds: u64) {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        loop {
            let now = self.count(condition).await;
            if now == count {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{now} instead of {count} jobs with {condition}:\n{}",
                self.rows().await
            );
            pause(20).await;
        }
    }

    /// What is left, for a test that fails.
    pub(crate) async fn rows(&self) -> String {
        let sql = "SELECT format('%s x %s %s, attempt %s, deliveries %s, leased %s: %s', count(*), kind, state, attempt,
                deliveries, lease_until > now(), last_error)
            FROM jobs GROUP BY kind, state, attempt, deliveries, lease_until > now(), last_error LIMIT 20";
        let rows = self.admin.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        if name.is_empty() {
            return;
        }
        let drop = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let admin = connect(&server).await;
                admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await
            })
        };
        if let Ok(Err(error)) = std::thread::spawn(drop).join() {
            tracing::warn!(%error, "a test's database is left");
        }
    }
}

/// The table of jobs, without the waits between runs.
pub(crate) fn hasty(job: &Job) -> Policy {
    let backoff = Backoff { base: Duration::from_millis(2), cap: Duration::from_millis(20) };
    Policy { backoff, ..job.policy() }
}

fn worker(queue: &'static str) -> Worker {
    let started_at = Clock::system().now();
    Worker {
        id: Uuid::from_u128(unique_number().into()),
        queue,
        host: "test".to_owned(),
        started_at,
        places: 1,
    }
}

/// A worker or a dispatcher, on a thread of its own.
pub(crate) struct Part {
    pub(crate) stop: CancellationToken,
    /// Ends it as a crash would: in the middle of whatever it does.
    pub(crate) kill: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Part {
    fn start<F, E>(stop: CancellationToken, run: impl FnOnce() -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<(), E>>,
        E: Debug,
    {
        Self::start_with(stop, CancellationToken::new(), run)
    }

    pub(crate) fn start_with<F, E>(
        stop: CancellationToken,
        kill: CancellationToken,
        run: impl FnOnce() -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), E>>,
        E: Debug,
    {
        // Already started by another part, unless this is the first.
        let config = TelemetryConfig {
            log: "warn,apalis_core=error,worker::layers=off".to_owned(),
            otlp_endpoint: None,
            trace_share: 1.0,
        };
        let _started = Telemetry::start(&config, "road", Sink::Stdout, true);
        let killed = kill.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            LocalSet::new().block_on(&runtime, async {
                tokio::select! {
                    ended = run() => ended.unwrap(),
                    () = killed.cancelled() => {}
                }
            });
            runtime.shutdown_background();
        });
        Self { stop, kill, thread: Some(thread) }
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(mut self) -> Duration {
        let began = Instant::now();
        self.stop.cancel();
        self.join().await;
        began.elapsed()
    }

    pub(crate) async fn kill(mut self) {
        self.kill.cancel();
        self.join().await;
    }

    async fn join(&mut self) {
        let thread = self.thread.take().unwrap();
        tokio::task::spawn_blocking(move || thread.join().unwrap()).await.unwrap();
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.kill.cancel();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "a part of the fleet panicked");
        }
    }
}

/// What ran, and how often.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<HashMap<JobId, u32>>>);

impl Seen {
    pub(crate) fn run(&self, job: JobId) -> u32 {
        let mut runs = self.0.lock().unwrap();
        let runs = runs.entry(job).or_default();
        *runs += 1;
        *runs
    }

    /// Jobs that ran at all, and runs in all.
    pub(crate) fn totals(&self) -> (usize, u32) {
        let runs = self.0.lock().unwrap();
        (runs.len(), runs.values().sum())
    }

    /// Waits until that many jobs have run.
    pub(crate) async fn until(&self, jobs: usize) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.totals().0 < jobs {
            assert!(Instant::now() < deadline, "{:?} ran instead of {jobs}", self.totals());
            pause(5).await;
        }
    }
}

/// What a job carries for the test's function.
pub(crate) fn sequence(envelope: &Envelope) -> i32 {
    match envelope.job {
        Job::SendBookingConfirmation { sequence, .. } => sequence,
        _ => panic!("not a test's job"),
    }
}

/// Takes as many milliseconds as the job says.
pub(crate) async fn sleep(seen: &Seen, envelope: Envelope) -> Result<(), JobError> {
    seen.run(envelope.job_id);
    pause(u64::try_from(sequence(&envelope)).unwrap()).await;
    Ok(())
}

pub(crate) async fn pause(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// A Redis of a test's own, to be killed.
pub(crate) struct OwnRedis {
    port: u16,
    child: Option<Child>,
}

impl OwnRedis {
    pub(crate) async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut redis = Self { port, child: None };
        redis.revive().await;
        redis
    }

    pub(crate) fn config(&self) -> RedisConfig {
        RedisConfig { url: self.url().into(), prefix: "road".to_owned() }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// None at all.
    pub(crate) const fn nowhere() -> Self {
        Self { port: 0, child: None }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Empty.
    pub(crate) async fn revive(&mut self) {
        let child = Command::new("redis-server")
            .args([
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--port",
                &self.port.to_string(),
            ])
            .stdout(Stdio::null())
            .spawn();
        self.child = Some(child.expect("redis-server is not installed: `make test` installs it"));
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            pause(20).await;
        }
        panic!("redis-server does not listen");
    }

    pub(crate) async fn flush(&self) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        redis::cmd("FLUSHALL").query_async::<()>(&mut connection).await.unwrap();
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn connect(url: &Url) -> Client {
    let (client, connection) = tokio_postgres::connect(url.as_str(), NoTls).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with its client")]
    tokio::spawn(connection);
    client
}

fn as_role(url: &Url, role: &str) -> Url {
    let mut url = url.clone();
    url.set_username(role).unwrap();
    url
}

fn migrations() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations")
}

pub(crate) fn variable_or(name: &str, otherwise: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "tests have no command line")]
    std::env::var(name).unwrap_or_else(|_unset| otherwise.to_owned())
}

pub(crate) fn variable(name: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "tests have no command line")]
    std::env::var(name)
        .unwrap_or_else(|_unset| panic!("{name} is not set: `make test` sets it, and starts what it names"))
}

fn unique() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    format!("{}_{}_{}", std::process::id(), now.as_millis(), unique_number())
}

fn unique_number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
