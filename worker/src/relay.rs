//! The relay of one queue: leases what is due, fairly, and sends it to Redis. Any number may run, none leads, and what
//! one remembers from statement to statement matters to nobody.

use crate::clock::Clock;
use domain::id::TenantId;
use jobs::{Delivery, Queue};
use queue::{Lane, RedisConfig, Road};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use store::ledger::{Head, Held, Leased, Ledger, Place, QueueSettings, Share};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Who has more ready jobs than this, leased ones included, is deep: takes the `bulk` lane and shares the window.
const SHALLOW: i32 = 50;
/// Messages that may wait in a lane: some milliseconds of short jobs. Of long ones fewer, see `sweep`.
const WINDOW: usize = 4_000;
/// Never fewer: jobs that take seconds.
const NARROW: usize = 50;
/// Leased of deep tenants by one statement.
const BATCH: usize = 1_000;
/// How many heads take turns at a time, and for how long.
const PAGE: usize = 64;
const TURN: Duration = Duration::from_millis(50);
/// The same where there are no others.
const ALONE: Duration = Duration::from_millis(250);
/// How long it goes on behind the last job that it has leased of a deep tenant, before it begins at the first again: there
/// stands what has come back.
const ONWARD: Duration = Duration::from_secs(1);
/// How soon it looks again when Redis has no room, and how late, after a while in which nothing has moved.
const FULL: Duration = Duration::from_millis(2);
const STILL_FULL: Duration = Duration::from_millis(64);
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

/// What operators set of the queues. `None`: not read yet.
pub(crate) type Settings = Option<HashMap<String, QueueSettings>>;

/// What a lane holds, and what it may hold: what lies there longer than a job may wait is leased for nothing.
struct Window {
    waiting: Cell<usize>,
    size: Cell<usize>,
}

impl Window {
    const fn open() -> Self {
        Self { waiting: Cell::new(0), size: Cell::new(WINDOW) }
    }

    fn room(&self) -> usize {
        self.size.get().saturating_sub(self.waiting.get())
    }

    /// The same, or nothing while it is so little that it is not worth a statement.
    fn worth(&self) -> usize {
        Some(self.room()).filter(|room| *room >= self.size.get() / 8).unwrap_or(0)
    }

    fn sent(&self, messages: usize) {
        self.waiting.set(self.waiting.get() + messages);
    }

    /// Halves when something was not taken in time, and grows again when it drains.
    fn adapt(&self, is_stale: bool) {
        let size = self.size.get();
        if is_stale {
            self.size.set((size / 2).max(NARROW));
        } else if self.waiting.get() < size / 2 {
            self.size.set((size * 2).min(WINDOW));
        }
    }
}

struct Windows {
    now: Window,
    bulk: Window,
}

/// One statement's worth of leased jobs.
struct Lot {
    batch: Batch,
    /// Somebody got less than they might have: a lane is full.
    is_short: bool,
    /// Of somebody nothing was found any more behind the last place: the next look is from the first on.
    is_over: bool,
}

/// How far each deep tenant's jobs were leased.
struct Onward {
    since: Instant,
    places: HashMap<(TenantId, i16), Place>,
}

impl Onward {
    fn start() -> Self {
        Self { since: Instant::now(), places: HashMap::new() }
    }

    fn after(&mut self, head: (TenantId, i16)) -> Option<Place> {
        if self.since.elapsed() > ONWARD {
            *self = Self::start();
        }
        self.places.get(&head).copied()
    }

    /// Notes what was leased of what was wanted of the deep. True: of somebody it was less, and they begin at the first
    /// again.
    fn note<'a>(&mut self, wanted: impl Iterator<Item = &'a Share>, leased: &[Leased]) -> bool {
        let mut found: HashMap<_, (i32, Place)> = HashMap::new();
        for Leased { priority, place, delivery } in leased {
            let (jobs, last) = found.entry((delivery.tenant_id, *priority)).or_insert((0, *place));
            (*jobs, *last) = (*jobs + 1, (*last).max(*place));
        }
        let mut is_over = false;
        for share in wanted {
            match found.get(&share.head) {
                Some((jobs, last)) if *jobs >= share.jobs => {
                    self.places.insert(share.head, *last);
                }
                _ => is_over |= self.places.remove(&share.head).is_some(),
            }
        }
        is_over
    }
}

pub(crate) fn is_paused(settings: &Settings, queue: Queue) -> bool {
    let settings = settings.as_ref().and_then(|settings| settings.get(queue.name()));
    settings.is_some_and(|settings| settings.paused_at.is_some())
}

impl Relay {
    /// Ends soon after being told to stop: what it has leased, it still sends.
    pub(crate) async fn run(self) -> Result<(), queue::Error> {
        let (push_road, sweep_road) = (self.road()?, self.road()?);
        let windows = Windows { now: Window::open(), bulk: Window::open() };
        // One batch travels while the next is leased.
        let (sender, batches) = mpsc::channel(1);
        futures_util::join!(
            self.relay(sender, &windows),
            self.push(push_road, batches, &windows),
            self.sweep(sweep_road, &windows),
        );
        Ok(())
    }

    fn road(&self) -> Result<Road, queue::Error> {
        Road::new(&self.redis, self.queue)
    }

    async fn relay(&self, sender: mpsc::Sender<Batch>, windows: &Windows) {
        let (mut woken, mut settings) = (self.woken.clone(), self.settings.clone());
        tokio::select! {
            () = self.stop.cancelled() => return,
            // Who sets them ends with this.
            _read = settings.wait_for(Option::is_some) => {}
        }
        let (mut after, mut idle, mut onward) = (Head::FIRST, true, Onward::start());
        while !self.stop.is_cancelled() {
            woken.borrow_and_update();
            if self.is_paused() {
                tokio::select! { () = self.stop.cancelled() => {}, () = tokio::time::sleep(PAUSED) => {} }
                continue;
            }
            let Some(page) = self.page(after).await else { continue };
            let last = page.get(PAGE - 1).map(Head::key);
            after = last.unwrap_or(Head::FIRST);
            idle &= self.turn(&page, (&mut woken, &mut onward), &sender, windows).await;
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
        let set = settings.as_ref().and_then(|settings| settings.get(self.queue.name())?.per_tenant);
        set.or(self.queue.per_tenant())
    }

    async fn page(&self, after: (TenantId, i16)) -> Option<Vec<Head>> {
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        match self.ledger.heads(self.queue, after, i64::from(SHALLOW), limit).await {
            Ok(page) => Some(page),
            Err(error) => {
                error.tell("no jobs are relayed");
                tokio::time::sleep(PAUSE).await;
                None
            }
        }
    }

    /// Serves the heads of a page while they have something, for one turn. True: they had nothing.
    async fn turn(
        &self,
        page: &[Head],
        (woken, onward): (&mut watch::Receiver<()>, &mut Onward),
        sender: &mpsc::Sender<Batch>,
        windows: &Windows,
    ) -> bool {
        let (began, mut idle, mut patience) = (Instant::now(), true, FULL);
        let turn = if page.len() < PAGE { ALONE } else { TURN };
        loop {
            let Lot { batch, is_short, is_over } = self.lease(page, onward, windows).await;
            let sent = batch.len();
            idle &= sent == 0 && !is_short && !is_over;
            let of = |wanted: Lane| batch.iter().filter(|(lane, _)| *lane == wanted).count();
            windows.now.sent(of(Lane::Now));
            windows.bulk.sent(of(Lane::Bulk));
            // An empty batch too asks how many wait.
            if (sent > 0 || is_short) && sender.send(batch).await.is_err() {
                return idle;
            }
            if is_short {
                tokio::select! {
                    () = self.stop.cancelled() => return idle,
                    _ = woken.changed() => return idle,
                    () = tokio::time::sleep(patience) => {}
                }
                patience = if sent == 0 { (patience * 2).min(STILL_FULL) } else { FULL };
            } else if sent == 0 && !is_over {
                return idle;
            }
            let is_late = began.elapsed() > turn || self.is_paused() || self.stop.is_cancelled();
            if is_late || woken.has_changed().unwrap_or(true) {
                return idle;
            }
        }
    }

    /// One batch, each job with its lane. The room of the bulk lane is shared by the deep and by what is never urgent.
    async fn lease(&self, page: &[Head], onward: &mut Onward, windows: &Windows) -> Lot {
        let (is_open, room) = (windows.now.room() > 0, windows.bulk.worth().min(BATCH));
        let cap = self.cap();
        let slow: HashSet<_> =
            page.iter().filter(|head| head.deep || head.is_bulk()).map(Head::key).collect();
        let share = i32::try_from(room.div_ceil(slow.len().max(1))).unwrap_or(i32::MAX);
        let shares: Vec<Share> = page
            .iter()
            .map(Head::key)
            .map(|head| match (slow.contains(&head), is_open) {
                (true, _) => {
                    Share { head, jobs: share, after: cap.map_or_else(|| onward.after(head), |_capped| None) }
                }
                (false, true) => Share { head, jobs: SHALLOW, after: None },
                (false, false) => Share { head, jobs: 0, after: None },
            })
            .filter(|share| share.jobs > 0)
            .collect();
        let is_short = shares.len() < page.len();
        if shares.is_empty() {
            return Lot { batch: Vec::new(), is_short, is_over: false };
        }
        let leased = match self.ledger.lease(self.queue, &shares, cap, self.lease).await {
            Ok(leased) => leased,
            Err(error) => {
                error.tell("no jobs are leased");
                tokio::time::sleep(PAUSE).await;
                return Lot { batch: Vec::new(), is_short, is_over: false };
            }
        };
        let deep = shares.iter().filter(|share| cap.is_none() && slow.contains(&share.head));
        let is_over = onward.note(deep, &leased);
        let with_lane = |Leased { priority, delivery, .. }: Leased| {
            let lane = if delivery.is_suspect() {
                Lane::Alone
            } else if slow.contains(&(delivery.tenant_id, priority)) {
                Lane::Bulk
            } else {
                Lane::Now
            };
            (lane, delivery)
        };
        Lot { batch: leased.into_iter().map(with_lane).collect(), is_short, is_over }
    }

    /// Sends each batch until Redis has it, or until nobody would start its jobs any more. Then what has certainly not
    /// been sent goes back, or an outage of Redis would look like crash upon crash; of the rest some may be running.
    async fn push(&self, mut road: Road, mut batches: mpsc::Receiver<Batch>, windows: &Windows) {
        let mut serial = 0;
        while let Some(batch) = batches.recv().await {
            serial += 1;
            let give_up = batch.iter().map(|(_, delivery)| delivery.start_by_ms).min().unwrap_or(0);
            let mut maybe_sent = false;
            loop {
                match road.push(&self.name, serial, &batch).await {
                    Ok(waiting) => {
                        windows.now.waiting.set(waiting.now);
                        windows.bulk.waiting.set(waiting.bulk);
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

    /// What nobody took in time goes back before its lease ends: waiting is not a crash. So does what nobody shall take.
    async fn sweep(&self, mut road: Road, windows: &Windows) {
        let mut goes_on = false;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(self.tick), if !goes_on => {}
                () = std::future::ready(()), if goes_on => {}
            }
            let is_paused = self.is_paused();
            // Of a queue that is paused nobody has to take anything.
            let before = if is_paused { i64::MAX } else { self.clock.now().timestamp_millis() };
            let Ok(stale) = road.sweep(before).await else {
                goes_on = false;
                continue;
            };
            goes_on = stale.goes_on();
            if !is_paused {
                windows.now.adapt(!stale.now.is_empty());
                windows.bulk.adapt(!stale.bulk.is_empty());
            }
            self.return_unstarted(stale.deliveries()).await;
        }
    }

    async fn return_unstarted(&self, deliveries: impl Iterator<Item = &Delivery>) {
        let held: Vec<Held> = deliveries.map(Held::from).collect();
        if let Err(error) = self.ledger.give_back(&held).await {
            error.tell("what was not started waits for its lease to end");
        }
    }
}
