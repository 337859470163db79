//! What a worker has in hand, and what it may start beside it.

use crate::road::Lane;
use jobs::Delivery;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

/// Who has this many jobs whose end is not written down yet starts no more.
const UNSETTLED: usize = 4_000;

/// The places of one worker. A delivery has one while it runs, and stays in hand until its end is settled.
pub struct Places {
    total: usize,
    /// One in twenty is never given to deep tenants: a lone job does not wait for a long one to end.
    for_bulk: usize,
    hand: Mutex<Hand>,
    changes: watch::Sender<()>,
}

#[derive(Default)]
struct Hand {
    held: HashMap<Key, Held>,
    running: usize,
    running_bulk: usize,
    suspects: usize,
    started: u64,
}

/// A job may be in hand twice for a moment, when its lease was lost and given to the same worker again.
type Key = (Uuid, Uuid, i16);

struct Held {
    /// Without kind and payload.
    delivery: Delivery,
    since: Instant,
    lane: Lane,
    runs: bool,
}

impl Places {
    pub fn new(concurrency: NonZeroUsize) -> Self {
        let total = concurrency.get();
        Self { total, for_bulk: total - total / 20, hand: Mutex::default(), changes: watch::Sender::new(()) }
    }

    /// How many deliveries of the lane could start now. None while a suspect is in hand.
    pub fn free(&self, lane: Lane) -> usize {
        let hand = self.hand();
        let free = self.total.saturating_sub(hand.running);
        match lane {
            _ if hand.suspects > 0 || hand.held.len() >= UNSETTLED => 0,
            Lane::Now => free,
            Lane::Bulk => free.min(self.for_bulk.saturating_sub(hand.running_bulk)),
            Lane::Alone => usize::from(hand.held.is_empty()),
        }
    }

    /// How many have been started, ever.
    pub(crate) fn started(&self) -> u64 {
        self.hand().started
    }

    pub fn running(&self) -> usize {
        self.hand().running
    }

    /// Takes a suspect in hand, which is to wait until it is the only one.
    pub(crate) fn hold(&self, suspect: &Delivery) {
        let mut hand = self.hand();
        hand.suspects += 1;
        hand.held.insert(key(suspect), held(suspect, Lane::Alone, false));
        drop(hand);
        self.touch();
    }

    pub(crate) fn holds_suspect(&self) -> bool {
        self.hand().suspects > 0
    }

    /// Whether nothing but one delivery is in hand: what ran beside it has ended and is settled.
    pub(crate) fn holds_one(&self) -> bool {
        self.hand().held.len() == 1
    }

    /// Gives the delivery a place.
    pub(crate) fn start(&self, delivery: &Delivery, lane: Lane) {
        let mut hand = self.hand();
        hand.running += 1;
        hand.running_bulk += usize::from(lane == Lane::Bulk);
        hand.started += 1;
        hand.held.insert(key(delivery), held(delivery, lane, true));
        drop(hand);
        self.touch();
    }

    /// Its run has ended: the place is free, the delivery still in hand.
    pub fn ended(&self, delivery: &Delivery) {
        let mut hand = self.hand();
        if let Some(held) = hand.held.get_mut(&key(delivery))
            && std::mem::take(&mut held.runs)
        {
            let bulk = held.lane == Lane::Bulk;
            hand.running -= 1;
            hand.running_bulk -= usize::from(bulk);
        }
        drop(hand);
        self.touch();
    }

    /// The ends of these are written down, or nobody started them: out of hand.
    pub fn settled<'a>(&self, deliveries: impl IntoIterator<Item = &'a Delivery>) {
        let mut hand = self.hand();
        for delivery in deliveries {
            if let Some(held) = hand.held.remove(&key(delivery)) {
                let bulk = held.runs && held.lane == Lane::Bulk;
                hand.running -= usize::from(held.runs);
                hand.running_bulk -= usize::from(bulk);
                hand.suspects -= usize::from(held.lane == Lane::Alone);
            }
        }
        drop(hand);
        self.touch();
    }

    /// What has been in hand for this long, without kind and payload.
    pub fn held_for(&self, at_least: Duration) -> Vec<Delivery> {
        let hand = self.hand();
        let old = hand.held.values().filter(|held| held.since.elapsed() >= at_least);
        old.map(|held| held.delivery.clone()).collect()
    }

    /// Marks a change each time a place is taken or given up.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    pub(crate) fn touch(&self) {
        self.changes.send_replace(());
    }

    /// Nothing that panics runs under the lock.
    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(delivery: &Delivery) -> Key {
    (delivery.tenant_id.0, delivery.id.0, delivery.deliveries)
}

fn held(delivery: &Delivery, lane: Lane, runs: bool) -> Held {
    let delivery = Delivery { kind: String::new(), payload: Vec::new(), ..*delivery };
    Held { delivery, since: Instant::now(), lane, runs }
}
