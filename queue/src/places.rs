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
/// Suspects at a time: each runs in a process of its own, beside the places.
const SUSPECTS: usize = 2;
/// After so many of the lane `now` in a row it is `bulk`'s turn, if anything waits there: neither starves the other.
const IN_A_ROW: usize = 16;

/// The places of one worker. A delivery has one while it runs, and stays in hand until its end is settled.
pub struct Places {
    total: usize,
    /// One in twenty, and one at least of four, is never given to deep tenants: a lone job does not wait for a long one
    /// to end.
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
    /// Of the lane `now`, since the last of `bulk`.
    in_a_row: usize,
}

/// A job may be in hand twice for a moment, when its lease was lost and given to the same worker again.
type Key = (Uuid, Uuid, i16);

struct Held {
    /// Without what it carries.
    delivery: Delivery,
    since: Instant,
    lane: Lane,
    runs: bool,
}

impl Places {
    pub fn new(concurrency: NonZeroUsize) -> Self {
        let total = concurrency.get();
        let kept = (total / 20).max(usize::from(total >= 4));
        Self { total, for_bulk: total - kept, hand: Mutex::default(), changes: watch::Sender::new(()) }
    }

    /// How many deliveries of the lane could start now.
    pub fn free(&self, lane: Lane) -> usize {
        let hand = self.hand();
        let free = self.total.saturating_sub(hand.running);
        match lane {
            _ if hand.held.len() >= UNSETTLED => 0,
            Lane::Now => free,
            Lane::Bulk => free.min(self.for_bulk.saturating_sub(hand.running_bulk)),
            Lane::Alone => SUSPECTS.saturating_sub(hand.suspects),
        }
    }

    /// Whether the next place is for the lane `bulk`.
    pub(crate) fn owes_bulk(&self) -> bool {
        let hand = self.hand();
        hand.in_a_row >= IN_A_ROW && hand.running_bulk < self.for_bulk
    }

    /// How many have been started, ever.
    pub(crate) fn started(&self) -> u64 {
        self.hand().started
    }

    /// With the suspects.
    pub fn running(&self) -> usize {
        let hand = self.hand();
        hand.running + hand.suspects
    }

    /// Gives the delivery a place.
    pub(crate) fn start(&self, delivery: &Delivery, lane: Lane) {
        let mut hand = self.hand();
        match lane {
            Lane::Now => {
                hand.running += 1;
                hand.in_a_row += 1;
            }
            Lane::Bulk => {
                hand.running += 1;
                hand.running_bulk += 1;
                hand.in_a_row = 0;
            }
            Lane::Alone => hand.suspects += 1,
        }
        hand.started += 1;
        let held = Held { delivery: delivery.stub(), since: Instant::now(), lane, runs: true };
        hand.held.insert(key(delivery), held);
        drop(hand);
        self.touch();
    }

    /// Its run has ended: the place is free, the delivery still in hand.
    pub fn ended(&self, delivery: &Delivery) {
        let mut hand = self.hand();
        if let Some(held) = hand.held.get_mut(&key(delivery))
            && std::mem::take(&mut held.runs)
        {
            let lane = held.lane;
            hand.leave(lane);
        }
        drop(hand);
        self.touch();
    }

    /// The ends of these are written down, or nobody started them: out of hand.
    pub fn settled<'a>(&self, deliveries: impl IntoIterator<Item = &'a Delivery>) {
        let mut hand = self.hand();
        for delivery in deliveries {
            if let Some(held) = hand.held.remove(&key(delivery))
                && held.runs
            {
                hand.leave(held.lane);
            }
        }
        drop(hand);
        self.touch();
    }

    /// What has been in hand for this long, without what it carries.
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

impl Hand {
    /// Frees a place.
    const fn leave(&mut self, lane: Lane) {
        match lane {
            Lane::Now => self.running -= 1,
            Lane::Bulk => {
                self.running -= 1;
                self.running_bulk -= 1;
            }
            Lane::Alone => self.suspects -= 1,
        }
    }
}

fn key(delivery: &Delivery) -> Key {
    (delivery.tenant_id.0, delivery.id.0, delivery.deliveries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::{JobId, TenantId};

    fn delivery(n: u128) -> Delivery {
        Delivery {
            tenant_id: TenantId(Uuid::nil()),
            id: JobId(Uuid::from_u128(n)),
            start_by_ms: 0,
            due_ms: 0,
            attempt: 0,
            deliveries: 1,
            kind: String::new(),
            trace: String::new(),
            payload: Vec::new(),
        }
    }

    #[test]
    fn bulk_leaves_one_place_in_twenty_and_gets_its_turn() {
        let places = Places::new(NonZeroUsize::new(20).unwrap());
        for n in 0..19 {
            assert_eq!(places.free(Lane::Bulk), 19 - usize::try_from(n).unwrap());
            places.start(&delivery(n), Lane::Bulk);
        }
        assert_eq!((places.free(Lane::Bulk), places.free(Lane::Now)), (0, 1));
        places.settled(&[delivery(0)]);
        for n in 100..116 {
            assert!(!places.owes_bulk());
            places.start(&delivery(n), Lane::Now);
            places.ended(&delivery(n));
        }
        assert!(places.owes_bulk());
        places.start(&delivery(200), Lane::Bulk);
        assert!(!places.owes_bulk());
    }

    #[test]
    fn suspects_take_no_place_from_others() {
        let places = Places::new(NonZeroUsize::MIN);
        places.start(&delivery(1), Lane::Alone);
        assert_eq!((places.free(Lane::Now), places.free(Lane::Alone), places.running()), (1, 1, 1));
        places.ended(&delivery(1));
        places.settled(&[delivery(1)]);
        assert_eq!((places.free(Lane::Alone), places.running()), (2, 0));
    }
}
