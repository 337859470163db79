//! Jobs that do nothing, for `make bench`: what the road itself costs. Real processes, real PostgreSQL with row-level
//! security, real Redis, apalis, telemetry on. `DATABASE_URL` and `REDIS_URL` say where; one object of JSON is the answer.
//!
//! - `road enqueue N single|batch`: 1 or 100 jobs a transaction, eight transactions at a time.
//! - `road drain N CONCURRENCY [RELAYS] [WORKERS]`: jobs that are due already, from the first start to the last DELETE.
//! - `road latency N RATE`: from before the transaction that enqueues to the start of the job.
//! - `road fair BACKLOG N RATE`: the same for another tenant's jobs while one has a backlog of 10 ms jobs and all places.
//! - `road idle SECONDS`: what a dispatcher and a worker cost that have nothing to do.
//! - `road soak SECONDS RATE`: so many jobs a second go in and out; how large the ledger is, every ten seconds.
//! - `road work FILE CONCURRENCY`: a dispatcher and a worker whose jobs take 5 ms and write a line, until they are ended.
#![expect(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a tool for figures, not a part of the product"
)]

use domain::id::{BookingId, JobId, TenantId};
use futures_util::future;
use jobs::{Job, JobError, Queue};
use queue::{RedisConfig, Waker};
use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::num::NonZeroUsize;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use store::ledger::{Ledger, Worker};
use store::{DatabaseConfig, Store, Wake};
use telemetry::{Sink, Telemetry, TelemetryConfig};
use tokio::task::LocalSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use worker::clock::Clock;
use worker::metrics::Metrics;
use worker::runtime::Envelope;
use worker::{dispatch, runtime};

fn main() {
    // Logging as in production: every job is a span.
    let log = std::env::var("LOG").unwrap_or_else(|_unset| "info".to_owned());
    let telemetry = TelemetryConfig { log, otlp_endpoint: None, trace_share: 1.0 };
    let _telemetry = Telemetry::start(&telemetry, "road", Sink::Stderr, false).unwrap();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let word = |n: usize| arguments.get(n).map(String::as_str);
    let number = |n: usize, otherwise: usize| word(n).map_or(otherwise, |word| word.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        match word(0) {
            Some("enqueue") => {
                let batch = if word(2) == Some("batch") { 100 } else { 1 };
                println!("{{\"rate\":{:.0}}}", enqueue(number(1, 10_000), batch).await);
            }
            Some("drain") => drain(number(1, 100_000), number(2, 100), number(3, 1), number(4, 1)).await,
            Some("latency") => latency(number(1, 3_000), number(2, 200)).await,
            Some("fair") => fair(number(1, 100_000), number(2, 600), number(3, 20)).await,
            Some("busy") => busy(number(1, 20), number(2, 600)).await,
            Some("idle") => idle(number(1, 30)).await,
            Some("soak") => soak(number(1, 1_800), number(2, 10_000)).await,
            Some("work") => work(word(1).unwrap(), number(2, 10)).await,
            Some("dispatch") => dispatch().await,
            Some("starts") => {
                let queue = Queue::of_name(word(4).unwrap()).unwrap();
                starts(queue, number(1, 100), number(2, 0), number(3, 0)).await;
            }
            _ => panic!("enqueue, drain, latency, fair, idle, soak or work?"),
        }
    });
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_unset| panic!("{name} is not set"))
}

fn redis() -> RedisConfig {
    RedisConfig { url: variable("REDIS_URL").into(), prefix: "bench".to_owned() }
}

fn ledger() -> Ledger {
    Ledger::open(&variable("DATABASE_URL").into(), NonZeroUsize::new(8).unwrap()).unwrap()
}

fn tenant() -> TenantId {
    TenantId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
}

fn micros() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()
}

/// A job that carries a number.
fn job(number: u128) -> Job {
    Job::SendBookingConfirmation { booking_id: BookingId(Uuid::from_u128(number)), sequence: 0 }
}

/// Enqueues as the API does, waking included; jobs a second.
async fn enqueue(jobs: usize, batch: usize) -> f64 {
    let (waker, publishing) = Waker::open(&redis()).unwrap();
    let woken: store::Waker = Arc::new(move |wake| {
        if let Wake::Queue(queue) = wake {
            waker.wake(queue);
        }
    });
    let store = Store::new(&DatabaseConfig::at(&variable("DATABASE_URL")), 1, woken).unwrap();
    let left = Rc::new(RefCell::new(jobs));
    let client = async || {
        loop {
            let size = batch.min(*left.borrow());
            *left.borrow_mut() -= size;
            if size == 0 {
                return;
            }
            // As small as those of the others.
            let jobs = vec![Job::SweepExpired {}; size];
            let now = Clock::system().now();
            let written: store::Result<()> =
                store.tenant(tenant()).transaction(async |tx| tx.enqueue(&jobs, now).await).await;
            written.unwrap();
        }
    };
    let began = Instant::now();
    tokio::select! {
        _ = future::join_all((0..8).map(|_| client())) => {}
        () = publishing => {}
    }
    jobs as f64 / began.elapsed().as_secs_f64()
}

/// Another process of this program.
struct Part {
    child: Child,
    words: Option<BufReader<ChildStdout>>,
}

impl Part {
    fn start(arguments: &[String]) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let words = child.stdout.take().map(BufReader::new);
        Self { child, words }
    }

    /// The next line it says.
    async fn line(&mut self) -> String {
        let mut words = self.words.take().unwrap();
        let (words, line) = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            words.read_line(&mut line).unwrap();
            (words, line)
        })
        .await
        .unwrap();
        self.words = Some(words);
        line.trim().to_owned()
    }

    /// Processor time so far.
    fn processor(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Relays and workers; of `jobs` the first `warm` do not count.
fn parts(
    queue: Queue,
    (relays, workers): (usize, usize),
    concurrency: usize,
    jobs: usize,
    warm: usize,
) -> (Vec<Part>, Vec<Part>) {
    let starts = [
        "starts".to_owned(),
        concurrency.to_string(),
        jobs.to_string(),
        warm.to_string(),
        queue.name().to_owned(),
    ];
    let workers = (0..workers).map(|_| Part::start(&starts)).collect();
    ((0..relays).map(|_| Part::start(&["dispatch".to_owned()])).collect(), workers)
}

/// `relays` and `workers` processes each; the jobs of one tenant.
async fn drain(jobs: usize, concurrency: usize, relays: usize, workers: usize) {
    enqueue(jobs, 500).await;
    let (admin, connection) =
        tokio_postgres::connect(&variable("DATABASE_URL"), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    // The workers wait for the relays, so that the first start is not of a worker that was there first.
    let (_relays, mut workers) =
        parts(Queue::Maintenance, (relays, workers), concurrency, jobs / workers.max(1), 0);
    let mut first = u128::MAX;
    for worker in &mut workers {
        first = first.min(worker.line().await.parse().unwrap());
    }
    if let [only] = workers.as_mut_slice() {
        // Until it has started all: whoever looks at the table takes time from it.
        only.line().await;
    }
    let left = "SELECT count(*) FROM (SELECT FROM jobs WHERE queue = 'maintenance' AND state = 'ready' LIMIT 1) jobs";
    while admin.query_one(left, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let seconds = (micros() - first) as f64 / 1e6;
    let left: i64 = admin.query_one("SELECT count(*) FROM jobs", &[]).await.unwrap().get(0);
    println!("{{\"rate\":{:.0},\"n\":{jobs},\"left\":{left}}}", jobs as f64 / seconds);
}

async fn latency(jobs: usize, rate: usize) {
    // The first two seconds make connections, and do not count.
    let (warm, jobs) = (2 * rate, jobs + 2 * rate);
    let (_relays, mut workers) = parts(Queue::Email, (1, 1), 10, jobs, warm);
    tokio::time::sleep(Duration::from_secs(3)).await;
    produce(tenant(), jobs, rate).await;
    let [worker] = workers.as_mut_slice() else { unreachable!() };
    worker.line().await;
    worker.line().await;
    println!("{}", worker.line().await);
}

/// One tenant's backlog, and another who wants little.
async fn fair(backlog: usize, jobs: usize, rate: usize) {
    let store = Store::new(&DatabaseConfig::at(&variable("DATABASE_URL")), 1, Arc::new(|_wake| ())).unwrap();
    for _ in 0..backlog.div_ceil(1_000) {
        let jobs = vec![job(0); 1_000];
        let now = Clock::system().now();
        let written: store::Result<()> =
            store.tenant(tenant()).transaction(async |tx| tx.enqueue(&jobs, now).await).await;
        written.unwrap();
    }
    let _relay = Part::start(&["dispatch".to_owned()]);
    let mut worker = Part::start(&["busy".to_owned(), "20".to_owned(), jobs.to_string()]);
    tokio::time::sleep(Duration::from_secs(3)).await;
    produce(TenantId(Uuid::from_u128(tenant().0.as_u128() + 1)), jobs, rate).await;
    println!("{}", worker.line().await);
}

/// Enqueues `rate` jobs a second as the API does, each with the time.
async fn produce(tenant: TenantId, jobs: usize, rate: usize) {
    let (waker, publishing) = Waker::open(&redis()).unwrap();
    let woken: store::Waker = Arc::new(move |wake| {
        if let Wake::Queue(queue) = wake {
            waker.wake(queue);
        }
    });
    let store = Store::new(&DatabaseConfig::at(&variable("DATABASE_URL")), 1, woken).unwrap();
    tokio::task::spawn_local(publishing);
    let mut tick = tokio::time::interval(Duration::from_secs(1) / rate as u32);
    for _ in 0..jobs {
        tick.tick().await;
        let (store, job) = (store.clone(), job(micros()));
        tokio::task::spawn_local(async move {
            let now = Clock::system().now();
            let written: store::Result<()> =
                store.tenant(tenant).transaction(async |tx| tx.enqueue(&[job], now).await).await;
            written.unwrap();
        });
    }
}

async fn idle(seconds: usize) {
    let (mut all, workers) = parts(Queue::Email, (1, 1), 10, 0, 0);
    all.extend(workers);
    let (admin, connection) =
        tokio_postgres::connect(&variable("DATABASE_URL"), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    tokio::time::sleep(Duration::from_secs(3)).await;
    // Of each kind of statement one is a transaction.
    let commits = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()";
    let look = async || (admin.query_one(commits, &[]).await.unwrap().get::<_, i64>(0), Instant::now());
    let (before, began) = look().await;
    let busy: Vec<Duration> = all.iter().map(Part::processor).collect();
    tokio::time::sleep(Duration::from_secs(seconds as u64)).await;
    let (after, ended) = look().await;
    let lasted = (ended - began).as_secs_f64();
    let percent = |n: usize| 100.0 * all[n].processor().saturating_sub(busy[n]).as_secs_f64() / lasted;
    println!(
        "{{\"cpu_percent\":{:.2},\"dispatch_cpu_percent\":{:.2},\"queries_per_minute\":{:.0}}}",
        percent(1),
        percent(0),
        60.0 * (after - before) as f64 / lasted
    );
}

/// Goes on after a run that was cut off: what it left is done first.
async fn soak(seconds: usize, rate: usize) {
    let (_relays, _workers) = parts(Queue::Maintenance, (1, 1), 100, 0, 0);
    let (admin, connection) =
        tokio_postgres::connect(&variable("DATABASE_URL"), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let store = Store::new(&DatabaseConfig::at(&variable("DATABASE_URL")), 1, Arc::new(|_wake| ())).unwrap();
    let (began, enqueued) = (Instant::now(), Rc::new(RefCell::new(0)));
    let produce = async {
        while began.elapsed() < Duration::from_secs(seconds as u64) {
            let due = (began.elapsed().as_secs_f64() * rate as f64) as usize;
            if due < *enqueued.borrow() + 100 {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
            *enqueued.borrow_mut() += 100;
            let jobs: Vec<Job> = (0..100).map(|_| Job::SweepExpired {}).collect();
            let now = Clock::system().now();
            let written: store::Result<()> =
                store.tenant(tenant()).transaction(async |tx| tx.enqueue(&jobs, now).await).await;
            written.unwrap();
        }
    };
    let look = async {
        let sizes =
            "SELECT pg_table_size('jobs') / 1000000.0::float8, pg_indexes_size('jobs') / 1000000.0::float8,
            n_dead_tup, n_tup_del, autovacuum_count FROM pg_stat_user_tables WHERE relname = 'jobs'";
        println!("seconds,table_mb,indexes_mb,dead_rows,done,vacuums,enqueued");
        loop {
            tokio::time::sleep(Duration::from_secs(10)).await;
            let row = admin.query_one(sizes, &[]).await.unwrap();
            println!(
                "{},{:.0},{:.0},{},{},{},{}",
                began.elapsed().as_secs(),
                row.get::<_, f64>(0),
                row.get::<_, f64>(1),
                row.get::<_, i64>(2),
                row.get::<_, i64>(3),
                row.get::<_, i64>(4),
                enqueued.borrow()
            );
        }
    };
    tokio::select! {
        () = produce => {}
        () = look => {}
    }
}

async fn dispatch() {
    dispatch::run(dispatch_config()).await.unwrap();
}

fn dispatch_config() -> dispatch::Config {
    dispatch::Config {
        ledger: ledger(),
        redis: redis(),
        clock: Clock::system(),
        metrics: Metrics::new().unwrap(),
        lease: runtime::LEASE,
        tick: dispatch::TICK,
        schedules: &[],
        worker: itself("dispatch"),
        seed: micros() as u64,
        stop: CancellationToken::new(),
    }
}

fn itself(queue: &'static str) -> Worker {
    let started_at = Clock::system().now();
    Worker { id: JobId::mint(started_at).0, queue, host: "bench".to_owned(), started_at, places: 1 }
}

async fn run<C: Clone + Send + 'static>(
    queue: Queue,
    concurrency: usize,
    context: C,
    handler: impl AsyncFn(&C, Envelope) -> Result<(), JobError> + Clone + Send + 'static,
) {
    let config = runtime::Config {
        ledger: ledger(),
        redis: redis(),
        clock: Clock::system(),
        metrics: Metrics::new().unwrap(),
        concurrency: NonZeroUsize::new(concurrency).unwrap(),
        lease: runtime::LEASE,
        grace: Duration::from_secs(20),
        apart: None,
        told: Arc::new(|| ()),
        worker: itself(queue.name()),
        policy: Job::policy,
        seed: micros() as u64,
        stop: CancellationToken::new(),
    };
    runtime::run(queue, context, handler, config).await.unwrap();
}

/// What a worker has started.
#[derive(Default)]
struct Starts {
    waits: Vec<u64>,
    jobs: usize,
    /// The first, which do not count.
    warm: usize,
}

/// A worker whose jobs do nothing. It says when the first one starts, when `jobs` have, and what they waited.
async fn starts(queue: Queue, concurrency: usize, jobs: usize, warm: usize) {
    let starts = Starts { waits: Vec::with_capacity(jobs), jobs, warm };
    let starts = Arc::new(std::sync::Mutex::new(starts));
    run(queue, concurrency, starts, async |starts: &Arc<std::sync::Mutex<Starts>>, envelope| {
        let now = micros();
        let since = match envelope.job {
            Job::SendBookingConfirmation { booking_id, .. } => booking_id.0.as_u128(),
            _ => now,
        };
        let mut starts = starts.lock().unwrap();
        if starts.waits.is_empty() {
            println!("{now}");
        }
        starts.waits.push(now.saturating_sub(since) as u64);
        if starts.waits.len() == starts.jobs {
            println!("all");
            let warm = starts.warm;
            tell(&mut starts.waits[warm..]);
        }
        Ok(())
    })
    .await;
}

fn tell(waits: &mut [u64]) {
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize] as f64 / 1e3;
    println!("{{\"p50_ms\":{:.2},\"p99_ms\":{:.2},\"max_ms\":{:.2}}}", at(0.5), at(0.99), at(1.0));
}

/// A worker whose jobs take 10 ms. It says what those that have the time waited, once there were so many.
async fn busy(concurrency: usize, jobs: usize) {
    let starts = Starts { waits: Vec::with_capacity(jobs), jobs, warm: 0 };
    let starts = Arc::new(std::sync::Mutex::new(starts));
    run(Queue::Email, concurrency, starts, async |starts: &Arc<std::sync::Mutex<Starts>>, envelope| {
        if let Job::SendBookingConfirmation { booking_id, .. } = envelope.job
            && booking_id.0.as_u128() > 0
        {
            let mut starts = starts.lock().unwrap();
            starts.waits.push(micros().saturating_sub(booking_id.0.as_u128()) as u64);
            if starts.waits.len() == starts.jobs {
                tell(&mut starts.waits);
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        Ok(())
    })
    .await;
}

async fn work(file: &str, concurrency: usize) {
    let file = std::fs::File::options().create(true).append(true).open(file).unwrap();
    let worker =
        run(Queue::Maintenance, concurrency, Arc::new(file), async |file: &Arc<std::fs::File>, envelope| {
            tokio::time::sleep(Duration::from_millis(5)).await;
            // One write a line: lines of several processes do not mix.
            (&**file).write_all(format!("{}\n", envelope.job_id).as_bytes()).unwrap();
            Ok(())
        });
    future::join(worker, dispatch()).await;
}
