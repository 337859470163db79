//! Runs the jobs of one queue in an apalis worker, until told to stop.

use crate::clock::Clock;
use crate::layers::{Perform, Settle, Trace};
use crate::metrics::Metrics;
use crate::settle::{give_back, heartbeat, settle};
use crate::suspect::{Apart, Suspects};
use crate::tally::Tally;
use apalis_core::error::WorkerError;
use apalis_core::worker::builder::WorkerBuilder;
use domain::id::{JobId, TenantId};
use jobs::{Delivery, Job, JobError, Policy, Queue};
use queue::{Hall, Places, RedisConfig};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::ledger::{Ledger, Worker};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How long a job may be out before it is due again. Nothing is started in the second half.
pub const LEASE: Duration = Duration::from_secs(8);
/// How long the ends of jobs may take to be written when the grace is over.
pub const SETTLING: Duration = Duration::from_secs(5);

/// How long its last words may take.
const LEAVING: Duration = Duration::from_secs(1);

/// One run of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub tenant_id: TenantId,
    pub job_id: JobId,
    /// Runs that failed before this one.
    pub attempt: i16,
    pub job: Job,
}

impl Envelope {
    pub const fn new(delivery: &Delivery, job: Job) -> Self {
        Self { tenant_id: delivery.tenant_id, job_id: delivery.id, attempt: delivery.attempt, job }
    }
}

/// Tells whoever looks on that there is something new to see.
pub type Told = Arc<dyn Fn() + Send + Sync>;

/// What a worker needs.
#[derive(Clone)]
pub struct Config {
    pub ledger: Ledger,
    pub redis: RedisConfig,
    pub clock: Clock,
    pub metrics: Metrics,
    /// Jobs that run at a time.
    pub concurrency: NonZeroUsize,
    /// The relays' lease too.
    pub lease: Duration,
    /// How long jobs may still run once the worker was told to stop. Then they are cut off and given back.
    pub grace: Duration,
    /// How suspects are run; `None`: like others.
    pub apart: Option<Apart>,
    /// Called every few seconds, if something has run.
    pub told: Told,
    /// What it tells of itself.
    pub worker: Worker,
    /// `Job::policy`, unless a test is in a hurry.
    pub policy: fn(&Job) -> Policy,
    /// Of the waits between attempts.
    pub seed: u64,
    pub stop: CancellationToken,
}

/// Why a worker ended without being done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Redis(#[from] queue::Error),
    #[error("the worker ended: {0}")]
    Worker(#[from] WorkerError),
    #[error("jobs were left when the time to stop was over: they run again when their leases end")]
    Unsettled,
}

/// Runs the queue's jobs: at least once each, never twice at a time while this process keeps its leases. Ends some time
/// after `config.stop` (at once when nothing runs): what was fetched and not started is given back, what runs has
/// `config.grace` to end.
///
/// Must be called inside a `LocalSet`: the jobs' futures need not be `Send`.
pub async fn run<C, H>(queue: Queue, context: C, handler: H, config: Config) -> Result<(), Error>
where
    C: Clone + Send + 'static,
    H: AsyncFn(&C, Envelope) -> Result<(), JobError> + Clone + Send + 'static,
{
    let Config { ledger, clock, lease, .. } = &config;
    let places = Arc::new(Places::new(config.concurrency));
    let (returned, given_back) = mpsc::unbounded_channel();
    let (finished, ends) = mpsc::unbounded_channel();
    let wall = clock.clone();
    let hall = Hall {
        places: places.clone(),
        clock: Arc::new(move || wall.now().timestamp_millis()),
        returned,
        stop: config.stop.clone(),
    };
    let (source, fetch) = queue::open(&config.redis, queue, &hall)?;
    let (cut, tally) = (CancellationToken::new(), Tally::default());
    let worker = WorkerBuilder::new(queue.name())
        .backend(source)
        .layer(Settle {
            queue,
            // Whoever gives back ends when the last of it is gone.
            hall,
            finished,
            rng: Arc::new(Mutex::new(StdRng::seed_from_u64(config.seed))),
            clock: clock.clone(),
            metrics: config.metrics.clone(),
            tally: tally.clone(),
        })
        .layer(Trace { queue })
        .build(Perform {
            context,
            handler,
            policy: config.policy,
            suspects: config.apart.clone().map(|apart| Suspects { apart, ledger: ledger.clone() }),
            cut: cut.clone(),
        });
    let ends = tokio::sync::Mutex::new(ends);
    let work = async { futures_util::join!(worker.run(), fetch.run()).0 };
    let settling = async {
        futures_util::join!(
            settle(ledger, &ends, &places, clock),
            settle(ledger, &ends, &places, clock),
            give_back(ledger, given_back),
        );
    };
    let finish = Box::pin(async { futures_util::join!(work, settling).0 });
    let ended = tokio::select! {
        ended = finish => ended.map_err(Error::from),
        () = heartbeat(ledger, &places, *lease) => Ok(()),
        () = tally.tell((ledger, clock), &config.worker, || places.running(), || (config.told)()) => Ok(()),
        () = overdue(&config, &cut) => Err(Error::Unsettled),
    };
    if tokio::time::timeout(LEAVING, tally.leave(ledger, &config.worker)).await.is_err() {
        tracing::debug!("left without a word");
    }
    ended
}

/// Cuts off what still runs when the grace is over, and gives that some time to be written down.
async fn overdue(config: &Config, cut: &CancellationToken) {
    config.stop.cancelled().await;
    tokio::time::sleep(config.grace).await;
    cut.cancel();
    tokio::time::sleep(SETTLING).await;
}
