//! The source of an apalis worker: deliveries off the road, each at the moment it may start.
//!
//! A worker fetches what it has free places for and what it gets through in ten milliseconds: short jobs in large
//! batches, long ones one at a time, which leaves the others to whoever is free.

use crate::link::{Error, RedisConfig};
use crate::places::Places;
use crate::road::{Lane, Road};
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::layers::Identity;
use apalis_core::task::Task;
use apalis_core::worker::context::WorkerContext;
use futures_util::future;
use futures_util::stream::{self, BoxStream, StreamExt};
use jobs::{Delivery, Queue};
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Fetched and not started, of one lane, at most.
const AHEAD: usize = 500;
/// Speed is measured over no less than this.
const PACE: Duration = Duration::from_millis(5);

/// Milliseconds since 1970, by a clock within a second of PostgreSQL's.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What a worker's source and its fetching share.
#[derive(Clone)]
pub struct Hall {
    pub places: Arc<Places>,
    pub clock: Clock,
    /// Takes what was fetched and will not be started here.
    pub returned: mpsc::UnboundedSender<Delivery>,
    /// From then on nothing is fetched or started.
    pub stop: CancellationToken,
}

/// Where an apalis worker gets its tasks. It ends when told to stop.
pub struct Source {
    deliveries: BoxStream<'static, Delivery>,
}

/// What reads the road for a source; to be run beside its worker.
pub struct Fetch {
    lanes: [(Lane, Road, mpsc::Sender<Delivery>); 3],
    hall: Hall,
}

/// Connects to nothing yet. The roads are one for each lane: blocking reads do not share a connection.
pub fn open(config: &RedisConfig, queue: Queue, hall: &Hall) -> Result<(Source, Fetch), Error> {
    let (now, now_lane) = mpsc::channel(AHEAD);
    let (bulk, bulk_lane) = mpsc::channel(AHEAD);
    let (alone, alone_lane) = mpsc::channel(AHEAD);
    let changes = hall.places.changes();
    let arrivals =
        Arrivals { now: now_lane, bulk: bulk_lane, alone: alone_lane, changes, hall: hall.clone() };
    let deliveries = stream::unfold(arrivals, |mut arrivals| async move {
        let delivery = arrivals.next().await?;
        Some((delivery, arrivals))
    });
    let road = || Road::new(config, queue);
    let lanes = [(Lane::Now, road()?, now), (Lane::Bulk, road()?, bulk), (Lane::Alone, road()?, alone)];
    let fetch = Fetch { lanes, hall: hall.clone() };
    Ok((Source { deliveries: deliveries.boxed() }, fetch))
}

impl Backend for Source {
    type Task = Task<Delivery>;
    type Error = Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        _: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Infallible>>> {
        self.deliveries.poll_next_unpin(cx).map(|delivery| delivery.map(|delivery| Ok(Task::new(delivery))))
    }

    /// Called when the source has ended and all tasks have. The worker waits to be told once more.
    fn poll_close(&mut self, _: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Infallible>> {
        if let Err(error) = worker.stop() {
            tracing::debug!(%error, "the worker was not running");
        }
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for Source {
    type Args = Delivery;
    type Id = ();
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &Self::Config {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}

struct Arrivals {
    now: mpsc::Receiver<Delivery>,
    bulk: mpsc::Receiver<Delivery>,
    alone: mpsc::Receiver<Delivery>,
    changes: watch::Receiver<()>,
    hall: Hall,
}

impl Arrivals {
    /// The next delivery to start, its place taken. `None`: told to stop.
    async fn next(&mut self) -> Option<Delivery> {
        loop {
            self.changes.borrow_and_update();
            let now = self.hall.places.free(Lane::Now) > 0;
            let bulk = self.hall.places.free(Lane::Bulk) > 0;
            let owed = bulk && self.hall.places.owes_bulk();
            let turn = if owed { self.bulk.try_recv().ok() } else { None };
            let (lane, delivery) = if let Some(delivery) = turn {
                (Lane::Bulk, delivery)
            } else {
                tokio::select! { biased;
                    () = self.hall.stop.cancelled() => return self.close(),
                    Some(delivery) = self.alone.recv() => (Lane::Alone, delivery),
                    Some(delivery) = self.now.recv(), if now => (Lane::Now, delivery),
                    Some(delivery) = self.bulk.recv(), if bulk => (Lane::Bulk, delivery),
                    _ = self.changes.changed(), if !(now && bulk) => continue,
                }
            };
            if delivery.start_by_ms < (self.hall.clock)() {
                self.hall.refuse(delivery);
                continue;
            }
            self.hall.places.start(&delivery, lane);
            return Some(delivery);
        }
    }

    /// Gives back what has not been started; whoever is still fetching gives back the rest.
    fn close(&mut self) -> Option<Delivery> {
        for lane in [&mut self.now, &mut self.bulk, &mut self.alone] {
            lane.close();
            while let Ok(delivery) = lane.try_recv() {
                self.hall.refuse(delivery);
            }
        }
        None
    }
}

impl Hall {
    /// Somebody else may have it. When nobody listens any more, its lease gives it back.
    pub fn refuse(&self, delivery: Delivery) {
        self.places.settled([&delivery]);
        if let Err(unheard) = self.returned.send(delivery) {
            tracing::debug!(job = %unheard.0.id, "left to its lease");
        }
    }
}

impl Fetch {
    /// Ends within a second or so of being told to stop: a read under way is waited for, what it brings is given back.
    pub async fn run(self) {
        let hall = &self.hall;
        let lanes = self.lanes.map(|(lane, road, sender)| fetch(road, lane, sender, hall));
        future::join_all(lanes).await;
    }
}

async fn fetch(mut road: Road, lane: Lane, sender: mpsc::Sender<Delivery>, hall: &Hall) {
    let mut changes = hall.places.changes();
    let mut pace = Pace { at: Instant::now(), seen: 0, per_second: 0 };
    while !hall.stop.is_cancelled() {
        changes.borrow_and_update();
        let have = sender.max_capacity() - sender.capacity();
        let soon = match lane {
            // Of suspects, a worker that dies takes no more with it than it runs.
            Lane::Alone => 0,
            // The next place is its own.
            Lane::Bulk if hall.places.owes_bulk() => pace.in_ten_ms(hall.places.started()).max(1),
            Lane::Bulk | Lane::Now => pace.in_ten_ms(hall.places.started()),
        };
        let ahead = hall.places.free(lane) + soon;
        let want = ahead.saturating_sub(have).min(sender.capacity());
        // Half of it at a time: what is fetched one by one costs a round trip each.
        if want == 0 || have > ahead / 2 {
            tokio::select! { () = hall.stop.cancelled() => {}, _ = changes.changed() => {} }
            continue;
        }
        match road.pop(lane, want).await {
            Ok(deliveries) => {
                for delivery in deliveries {
                    if let Err(refused) = sender.try_send(delivery) {
                        hall.refuse(refused.into_inner());
                    }
                }
            }
            // The link has waited, and said so.
            Err(error) => tracing::debug!(%error, "nothing fetched"),
        }
    }
}

/// How fast a worker starts jobs.
struct Pace {
    at: Instant,
    seen: u64,
    per_second: u64,
}

impl Pace {
    fn in_ten_ms(&mut self, started: u64) -> usize {
        let elapsed = self.at.elapsed();
        if elapsed > PACE {
            let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
            let rate = started.saturating_sub(self.seen).saturating_mul(1_000_000) / micros;
            self.per_second = u64::midpoint(self.per_second, rate);
            (self.at, self.seen) = (Instant::now(), started);
        }
        usize::try_from(self.per_second / 100).unwrap_or(AHEAD)
    }
}
