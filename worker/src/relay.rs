//! The relay of one queue: leases what is due, fairly, and sends it to Redis. Any number may run, none leads, and what
//! one remembers from statement to statement matters to nobody.

use crate::clock::Clock;
use domain::id::TenantId;
use jobs::{Delivery, Queue};
use queue::{Lane, RedisConfig, Road};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use store::ledger::{Head, Held, Leased, Ledger, QueueSettings};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Who has more ready jobs than this, leased ones included, is deep: takes the `bulk` lane and shares the window.
const SHALLOW: i32 = 50;
/// Messages that may wait in the bulk lane: some milliseconds of short jobs. Of long ones fewer, see `sweep`.
const WINDOW: usize = 4_000;
/// Leased of deep tenants by one statement.
const BATCH: usize = 1_000;
/// How many heads take turns at a time, and for how long.
const PAGE: usize = 64;
const TURN: Duration = Duration::from_millis(50);
/// How soon it looks again when Redis has no room.
const FULL: Duration = Duration::from_millis(2);
/// Between two attempts to reach the ledger.
const PAUSE: Duration = Duration::from_millis(100);
/// How soon it looks again whether its queue is still paused.
const PAUSED: Duration = Duration::from_millis(250);

pub(crate) struct Relay {
    pub(crate) queue: Queue,
    pub(crate) ledger: Ledger,
    pub(crate) redis: RedisConfig,
    pub(crate) clock: Clock,
    pub(crate) lease: Duration,
    /// How often it looks without being woken.
    pub(crate) tick: Duration,
    /// This relay's own: no other has or had it.
    pub(crate) name: String,
    pub(crate) settings: watch::Receiver<Settings>,
    pub(crate) woken: watch::Receiver<()>,
    pub(crate) stop: CancellationToken,
}

type Batch = Vec<(Lane, Delivery)>;

/// What operators set of the queues.
pub(crate) type Settings = HashMap<String, QueueSettings>;

/// What the bulk lane holds, and what it may hold.
struct Bulk {
    waiting: Cell<usize>,
    window: Cell<usize>,
}

pub(crate) fn is_paused(settings: &Settings, queue: Queue) -> bool {
    settings.get(queue.name()).is_some_and(|settings| settings.paused_at.is_some())
}

impl Relay {
    /// Ends soon after being told to stop: what it has leased, it still sends.
    pub(crate) async fn run(self) -> Result<(), queue::Error> {
        let (push_road, sweep_road) = (self.road()?, self.road()?);
        let bulk = Bulk { waiting: Cell::new(0), window: Cell::new(WINDOW) };
        // One batch travels while the next is leased.
        let (sender, batches) = mpsc::channel(1);
        futures_util::join!(
            self.relay(sender, &bulk),
            self.push(push_road, batches, &bulk),
            self.sweep(sweep_road, &bulk),
        );
        Ok(())
    }

    fn road(&self) -> Result<Road, queue::Error> {
        Road::new(&self.redis, self.queue)
    }

    async fn relay(&self, sender: mpsc::Sender<Batch>, bulk: &Bulk) {
        let mut woken = self.woken.clone();
        let (mut after, mut idle) = (Head::FIRST, true);
        while !self.stop.is_cancelled() {
            woken.borrow_and_update();
            if self.is_paused() {
                tokio::select! { () = self.stop.cancelled() => {}, () = tokio::time::sleep(PAUSED) => {} }
                continue;
            }
            let Some(page) = self.page(after).await else { continue };
            let last = page.get(PAGE - 1).map(Head::key);
            after = last.unwrap_or(Head::FIRST);
            idle &= self.turn(&page, &mut woken, &sender, bulk).await;
            // Rest after a whole round without work.
            if last.is_none() && std::mem::replace(&mut idle, true) {
                tokio::select! {
                    () = self.stop.cancelled() => {}
                    _ = woken.changed() => {}
                    () = tokio::time::sleep(self.tick) => {}
                }
            }
        }
    }

    fn is_paused(&self) -> bool {
        is_paused(&self.settings.borrow(), self.queue)
    }

    /// How many jobs of one tenant and priority may be out at a time.
    fn cap(&self) -> Option<i32> {
        let settings = self.settings.borrow();
        settings.get(self.queue.name()).and_then(|settings| settings.per_tenant).or(self.queue.per_tenant())
    }

    async fn page(&self, after: (TenantId, i16)) -> Option<Vec<Head>> {
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        match self.ledger.heads(self.queue, after, i64::from(SHALLOW), limit).await {
            Ok(page) => Some(page),
            Err(error) => {
                tracing::warn!(%error, queue = self.queue.name(), "no jobs are relayed");
                tokio::time::sleep(PAUSE).await;
                None
            }
        }
    }

    /// Serves the heads of a page while they have something, for one turn. True: they had nothing.
    async fn turn(
        &self,
        page: &[Head],
        woken: &mut watch::Receiver<()>,
        sender: &mpsc::Sender<Batch>,
        bulk: &Bulk,
    ) -> bool {
        let (began, mut idle) = (Instant::now(), true);
        loop {
            let room = bulk.window.get().saturating_sub(bulk.waiting.get()).min(BATCH);
            let batch = self.lease(page, room).await;
            let sent = batch.len();
            idle &= sent == 0 && room > 0;
            let deep = batch.iter().filter(|(lane, _)| *lane == Lane::Bulk).count();
            bulk.waiting.set(bulk.waiting.get() + deep);
            // An empty batch too asks how many wait.
            if (sent > 0 || room == 0) && sender.send(batch).await.is_err() {
                return idle;
            }
            if room == 0 {
                tokio::select! {
                    () = self.stop.cancelled() => return idle,
                    _ = woken.changed() => return idle,
                    () = tokio::time::sleep(FULL) => {}
                }
            } else if sent == 0 {
                return idle;
            }
            let is_over = began.elapsed() > TURN || self.is_paused() || self.stop.is_cancelled();
            if is_over || woken.has_changed().unwrap_or(true) {
                return idle;
            }
        }
    }

    /// One batch, each job with its lane. `room` is shared by the deep and by what is never urgent.
    async fn lease(&self, page: &[Head], room: usize) -> Batch {
        let slow: HashSet<_> =
            page.iter().filter(|head| head.deep || head.is_bulk()).map(Head::key).collect();
        let share = i32::try_from(room.div_ceil(slow.len().max(1))).unwrap_or(i32::MAX);
        let shares: Vec<((TenantId, i16), i32)> = page
            .iter()
            .map(|head| (head.key(), if slow.contains(&head.key()) { share } else { SHALLOW }))
            .filter(|(_, share)| *share > 0)
            .collect();
        if shares.is_empty() {
            return Vec::new();
        }
        let leased = match self.ledger.lease(self.queue, &shares, self.cap(), self.lease).await {
            Ok(leased) => leased,
            Err(error) => {
                tracing::warn!(%error, queue = self.queue.name(), "no jobs are leased");
                tokio::time::sleep(PAUSE).await;
                return Vec::new();
            }
        };
        let (mut batch, mut hopeless) = (Vec::with_capacity(leased.len()), Vec::new());
        for Leased { priority, delivery } in leased {
            let lane = if delivery.is_hopeless() {
                hopeless.push(Held::from(&delivery));
                continue;
            } else if delivery.is_suspect() {
                Lane::Alone
            } else if slow.contains(&(delivery.tenant_id, priority)) {
                Lane::Bulk
            } else {
                Lane::Now
            };
            batch.push((lane, delivery));
        }
        self.bury(&hopeless).await;
        batch
    }

    async fn bury(&self, hopeless: &[Held]) {
        for job in hopeless {
            tracing::error!(job = %job.id, tenant = %job.tenant_id, queue = self.queue.name(), "crashed");
        }
        if let Err(error) = self.ledger.bury(hopeless, self.clock.now()).await {
            tracing::warn!(%error, "they are called dead when their leases end");
        }
    }

    /// Sends each batch until Redis has it, or until nobody would start its jobs any more. Then what has certainly not
    /// been sent goes back, or an outage of Redis would look like crash upon crash; of the rest some may be running.
    async fn push(&self, mut road: Road, mut batches: mpsc::Receiver<Batch>, bulk: &Bulk) {
        let mut serial = 0;
        while let Some(batch) = batches.recv().await {
            serial += 1;
            let give_up = batch.iter().map(|(_, delivery)| delivery.start_by_ms).min().unwrap_or(0);
            let mut maybe_sent = false;
            loop {
                match road.push(&self.name, serial, &batch).await {
                    Ok(waiting) => {
                        bulk.waiting.set(waiting);
                        break;
                    }
                    Err(error) => maybe_sent |= matches!(error, queue::Error::Unanswered(_)),
                }
                if self.clock.now().timestamp_millis() > give_up {
                    if !maybe_sent {
                        self.return_unstarted(batch.iter().map(|(_, delivery)| delivery)).await;
                    }
                    break;
                }
            }
        }
    }

    /// What nobody took in time goes back before its lease ends: waiting is not a crash. The window halves each time
    /// this happens and grows again when it drains, so that long jobs are not leased for nothing.
    async fn sweep(&self, mut road: Road, bulk: &Bulk) {
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(self.tick) => {}
            }
            let Ok(stale) = road.sweep(self.clock.now().timestamp_millis()).await else { continue };
            let window = bulk.window.get();
            if !stale.is_empty() {
                bulk.window.set((window / 2).max(BATCH / 20));
            } else if bulk.waiting.get() < window / 2 {
                bulk.window.set((window * 2).min(WINDOW));
            }
            self.return_unstarted(stale.iter()).await;
        }
    }

    async fn return_unstarted(&self, deliveries: impl Iterator<Item = &Delivery>) {
        let held: Vec<Held> = deliveries.map(Held::from).collect();
        if let Err(error) = self.ledger.give_back(&held).await {
            tracing::warn!(%error, "what was not started waits for its lease to end");
        }
    }
}
