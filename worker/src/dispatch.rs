//! The dispatcher: promotes what is due, relays each queue, fires schedules, looks how deep the queues are. Any number
//! may run.

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::relay::{Relay, Settings, is_paused};
use crate::schedule::Schedule;
use crate::tally::Tally;
use domain::id::JobId;
use futures_util::future;
use jobs::Queue;
use queue::RedisConfig;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::time::Duration;
use store::ledger::{Ledger, Worker};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often it looks for what is due, when nobody wakes it.
pub const TICK: Duration = Duration::from_millis(250);
/// Promoted by one statement.
const PROMOTED: i64 = 1_000;
/// How often it measures the queues, and how far it counts.
const LOOK: Duration = Duration::from_secs(10);
const COUNTED: i64 = 100_000;
/// How often it looks what operators set.
const SETTINGS: Duration = Duration::from_secs(1);
/// How often it looks for schedules that are due.
const SCHEDULING: Duration = Duration::from_secs(1);

/// What a dispatcher needs.
#[derive(Clone)]
pub struct Config {
    pub ledger: Ledger,
    pub redis: RedisConfig,
    pub clock: Clock,
    pub metrics: Metrics,
    /// The workers' lease too.
    pub lease: Duration,
    pub tick: Duration,
    /// `schedule::SCHEDULES`, unless a test wants quiet.
    pub schedules: &'static [Schedule],
    /// What it tells of itself.
    pub worker: Worker,
    /// Of names and ids: another for each dispatcher.
    pub seed: u64,
    pub stop: CancellationToken,
}

/// Runs until told to stop, and a moment longer for what it has leased and not yet sent. An error: the configuration is
/// none. Must not be spawned on another thread: its parts share what is not `Send`.
pub async fn run(config: Config) -> Result<(), queue::Error> {
    let mut rng = StdRng::seed_from_u64(config.seed);
    let wakes: BTreeMap<Queue, watch::Sender<()>> =
        Queue::ALL.into_iter().map(|queue| (queue, watch::Sender::new(()))).collect();
    let told = watch::Sender::new(Settings::None);
    let relays = wakes.iter().map(|(queue, wake)| {
        let relay = Relay {
            queue: *queue,
            ledger: config.ledger.clone(),
            redis: config.redis.clone(),
            clock: config.clock.clone(),
            lease: config.lease,
            settings: told.subscribe(),
            tick: config.tick,
            name: format!("{:032x}", rng.random::<u128>()),
            woken: wake.subscribe(),
            stop: config.stop.clone(),
        };
        relay.run()
    });
    let relays = future::try_join_all(relays.collect::<Vec<_>>());
    let wake = |queue| {
        if let Some(wake) = wakes.get(&queue) {
            wake.send_replace(());
        }
    };
    let beside = async {
        let looks = async {
            let (tally, looked) = (Tally::default(), told.subscribe());
            future::join(
                measure(&config, &looked),
                tally.tell((&config.ledger, &config.clock), &config.worker, || 0, || ()),
            )
            .await;
        };
        let parts = future::join5(
            promote(&config, wake),
            schedule(&config, &mut rng, wake),
            settings(&config, &told),
            looks,
            queue::listen(&config.redis, wake),
        );
        tokio::select! {
            () = config.stop.cancelled() => {
                Tally::default().leave(&config.ledger, &config.worker).await;
                Ok(())
            }
            (.., listened) = parts => listened,
        }
    };
    Box::pin(future::try_join(relays, beside)).await.map(|_ended| ())
}

/// Makes scheduled jobs ready when their time has come.
async fn promote(config: &Config, wake: impl Fn(Queue)) {
    loop {
        match config.ledger.promote(config.clock.now(), PROMOTED).await {
            Ok(promoted) => {
                for (name, _) in &promoted {
                    if let Some(queue) = Queue::of_name(name) {
                        wake(queue);
                    }
                }
                if promoted.iter().map(|(_, jobs)| jobs).sum::<i64>() >= PROMOTED {
                    continue;
                }
            }
            Err(error) => error.tell("nothing is promoted"),
        }
        tokio::time::sleep(config.tick).await;
    }
}

/// Fires each schedule once a tick, together with all other dispatchers.
async fn schedule(config: &Config, rng: &mut impl Rng, wake: impl Fn(Queue)) {
    // What is known of other dispatchers' ticks. One that is stale loses, and is read anew.
    let mut ticks = None;
    loop {
        if ticks.is_none() {
            match config.ledger.ticks().await {
                Ok(read) => ticks = Some(read),
                Err(error) => error.tell("no schedule fires"),
            }
        }
        let now = config.clock.now();
        let mut is_stale = false;
        for schedule in config.schedules {
            let Some(known) = &mut ticks else { break };
            let last = known.get(schedule.name).copied();
            let Some((tick, in_time)) = schedule.due(last, now) else { continue };
            let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
            let id = JobId(uuid::Builder::from_unix_timestamp_millis(millis, &rng.random()).into_uuid());
            let job = (schedule.job)(tick);
            match config.ledger.fire((schedule.name, last, tick.at), in_time, (id, &job), now).await {
                Ok(true) => {
                    known.insert(schedule.name.to_owned(), tick.at);
                    if in_time {
                        tracing::info!(schedule = schedule.name, tick = %tick.at, "fired");
                        wake(job.policy().queue);
                    } else {
                        tracing::warn!(schedule = schedule.name, tick = %tick.at, "left out: it is too late");
                    }
                }
                Ok(false) => is_stale = true,
                Err(error) => {
                    error.tell("a schedule is not fired yet");
                    is_stale = true;
                }
            }
        }
        if is_stale {
            ticks = None;
        }
        tokio::time::sleep(SCHEDULING).await;
    }
}

/// Reads what operators set of the queues. While the ledger is away the last that was read holds.
async fn settings(config: &Config, told: &watch::Sender<Settings>) {
    loop {
        match config.ledger.settings().await {
            Ok(rows) => {
                let read = Some(rows.into_iter().map(|row| (row.queue.clone(), row)).collect());
                told.send_if_modified(|known| {
                    let is_news = *known != read;
                    *known = read;
                    is_news
                });
            }
            Err(error) => error.tell("what operators set is not read"),
        }
        tokio::time::sleep(SETTINGS).await;
    }
}

/// Of a queue that is paused nobody waits for workers: it counts as empty.
async fn measure(config: &Config, settings: &watch::Receiver<Settings>) {
    loop {
        for queue in Queue::ALL {
            match config.ledger.depth(queue, COUNTED).await {
                Ok(depth) => {
                    let is_paused = is_paused(&settings.borrow(), queue);
                    config.metrics.depth(queue, depth, is_paused, config.clock.now());
                }
                Err(error) => error.tell("the queues are not measured"),
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}
