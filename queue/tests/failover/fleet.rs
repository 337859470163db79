//! What Harmony does with Redis: a relay and a worker that never stop, and everything beside them.

use crate::servers::until;
use domain::id::{JobId, TenantId};
use jobs::{Delivery, Queue};
use queue::{Bucket, Error, Lane, Limits, News, RedisConfig, Road, Stale, Tickets, Waiting, Waker};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use uuid::Uuid;

pub(crate) const PREFIX: &str = "fleet";

/// Nobody is too late for this. Redis counts in floating point: not the last number there is.
const LATER: i64 = 4_000_000_000_000;

pub(crate) fn config(url: &str) -> RedisConfig {
    RedisConfig { url: url.into(), prefix: PREFIX.to_owned() }
}

pub(crate) fn delivery(id: u128, start_by_ms: i64) -> Delivery {
    Delivery {
        tenant_id: TenantId(Uuid::from_u128(1)),
        id: JobId(Uuid::from_u128(id)),
        start_by_ms,
        due_ms: 0,
        attempt: 0,
        deliveries: 1,
        kind: "sweep_expired".to_owned(),
        trace: String::new(),
        payload: b"{}".to_vec(),
    }
}

/// A busy machine may be late. But nobody finds the right node by trying all of them.
fn in_time<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(done) => Some(done),
        Err(error) if error.to_string().contains("Moved") => panic!("asked the wrong node: {error}"),
        Err(_) => None,
    }
}

/// Sends until it has arrived, as a relay does.
pub(crate) async fn push(road: &mut Road, sender: &str, serial: u64, batch: &[(Lane, Delivery)]) -> Waiting {
    let mut waiting = None;
    until("a batch is taken", async || {
        waiting = in_time(road.push(sender, serial, batch).await);
        waiting.is_some()
    })
    .await;
    waiting.unwrap()
}

/// What a lane has.
pub(crate) async fn pop(road: &mut Road, lane: Lane) -> Vec<Delivery> {
    let mut popped = Vec::new();
    until("something is popped", async || {
        popped = in_time(road.pop(lane, 10).await).unwrap_or_default();
        !popped.is_empty()
    })
    .await;
    popped
}

/// Messages, each sent once, and what became of them.
#[derive(Default)]
pub(crate) struct Traffic {
    sent: Cell<u128>,
    accepted: RefCell<Vec<u128>>,
    /// Certainly not sent, so they said.
    unreachable: RefCell<Vec<u128>>,
    arrived: RefCell<Vec<u128>>,
    over: Cell<bool>,
}

impl Traffic {
    /// Sends one message after the other and reads them at the other end, until `during` is over.
    pub(crate) async fn run(
        &self,
        queue: Queue,
        (push, pop): (&RedisConfig, &RedisConfig),
        during: impl Future<Output = ()>,
    ) {
        let relay = async {
            let mut road = Road::new(push, queue).unwrap();
            while !self.over.get() {
                let id = self.sent.get() + 1;
                self.sent.set(id);
                let batch = [(Lane::Now, delivery(id, LATER))];
                match road.push("relay", u64::try_from(id).unwrap(), &batch).await {
                    Ok(_) => self.accepted.borrow_mut().push(id),
                    Err(Error::Unreachable(_)) => self.unreachable.borrow_mut().push(id),
                    Err(Error::Unanswered(_)) => {}
                    Err(error @ Error::Address(_)) => panic!("{error}"),
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let worker = async {
            let mut road = Road::new(pop, queue).unwrap();
            while !self.over.get() {
                let popped = road.pop(Lane::Now, 50).await.unwrap_or_default();
                self.arrived.borrow_mut().extend(popped.iter().map(|delivery| delivery.id.0.as_u128()));
            }
        };
        let during = async {
            during.await;
            self.over.set(true);
        };
        tokio::join!(relay, worker, during);
        let arrived = self.arrived.borrow();
        let unsent = self.unreachable.borrow();
        let lies: Vec<_> = unsent.iter().filter(|id| arrived.contains(id)).collect();
        assert!(lies.is_empty(), "said not to be sent, and arrived: {lies:?}");
    }

    /// Not to be asked after a failover: a replica may not have heard yet that a message was popped.
    pub(crate) fn nothing_came_twice(&self) {
        let arrived = self.arrived.borrow();
        let once: HashSet<_> = arrived.iter().collect();
        assert_eq!(once.len(), arrived.len(), "something arrived twice");
    }

    /// Waits until something has arrived that is sent from now on.
    pub(crate) async fn flows(&self) {
        let now = self.sent.get() + 1;
        until("messages travel", async || {
            let accepted = |id: &&u128| **id > now && self.accepted.borrow().contains(id);
            self.arrived.borrow().iter().rev().any(|id| accepted(&id))
        })
        .await;
    }

    /// Waits until a message is certainly not sent.
    pub(crate) async fn is_refused(&self) {
        let before = self.unreachable.borrow().len();
        until("messages are turned away", async || self.unreachable.borrow().len() > before).await;
    }
}

/// Takes away what others left.
async fn sweep_all(road: &mut Road) {
    until("the lanes are empty", async || {
        in_time(road.sweep(LATER + 1).await).is_some_and(|swept| swept == Stale::default())
    })
    .await;
}

/// All lanes of all queues: what is pushed comes out once, in order, and what nobody takes in time is swept.
pub(crate) async fn roads_work(config: &RedisConfig) {
    // A relay that starts anew has a name of its own.
    static RELAYS: AtomicU32 = AtomicU32::new(0);
    let name = format!("relay-{}", RELAYS.fetch_add(1, Ordering::Relaxed));
    for queue in Queue::ALL {
        let [mut relay, mut worker] = [0; 2].map(|_| Road::new(config, queue).unwrap());
        sweep_all(&mut relay).await;
        let lanes = [Lane::Now, Lane::Bulk, Lane::Alone];
        let batch: Vec<_> = lanes.iter().zip(1..).map(|(lane, id)| (*lane, delivery(id, LATER))).collect();
        // However often it is sent.
        for _ in 0..2 {
            assert_eq!(push(&mut relay, &name, 1, &batch).await, Waiting { now: 1, bulk: 1 });
        }
        for (lane, sent) in &batch {
            assert_eq!(pop(&mut worker, *lane).await, std::slice::from_ref(sent), "{queue:?}, {lane:?}");
        }
        let stale = [(Lane::Bulk, delivery(4, 1_000)), (Lane::Bulk, delivery(5, LATER))];
        assert_eq!(push(&mut relay, &name, 2, &stale).await, Waiting { now: 0, bulk: 2 });
        let mut swept = Vec::new();
        until("what is late is swept", async || {
            swept = relay.sweep(2_000).await.unwrap_or_default().deliveries().cloned().collect();
            !swept.is_empty()
        })
        .await;
        assert_eq!(swept, [stale[0].1.clone()]);
    }
}

/// What is published by one process is heard by another before and after `between`, and nothing else is.
pub(crate) async fn wake_ups_work(
    here: &RedisConfig,
    there: &RedisConfig,
    between: impl Future<Output = ()>,
) {
    let (waker, publishing) = Waker::open(here).unwrap();
    let (woken, heard) = (RefCell::new(BTreeMap::<Queue, u32>::new()), RefCell::new(Vec::new()));
    // Whoever subscribes is woken for all queues. The maintenance queue is not woken otherwise.
    let extra = |queue| {
        let count = |queue| woken.borrow().get(&queue).copied().unwrap_or(0);
        count(queue) - count(Queue::Maintenance)
    };
    let are_heard = async |tenant| {
        let before = [Queue::Email, Queue::Pdf].map(extra);
        until("wake-ups and news are heard", async || {
            // Again and again: one may be lost.
            waker.wake(Queue::Email);
            waker.wake(Queue::Pdf);
            waker.tell(tenant);
            let [email, pdf] = [Queue::Email, Queue::Pdf].map(extra);
            email > before[0] && pdf > before[1] && heard.borrow().contains(&News::Of(tenant))
        })
        .await;
    };
    let listening = queue::listen(there, |queue| *woken.borrow_mut().entry(queue).or_default() += 1);
    let hearing = queue::hear(there, |news| heard.borrow_mut().push(news));
    let work = async {
        are_heard(Uuid::from_u128(7)).await;
        assert_eq!(heard.borrow().first(), Some(&News::Listening));
        between.await;
        are_heard(Uuid::from_u128(8)).await;
    };
    tokio::select! {
        () = work => {}
        () = publishing => unreachable!("the waker is still there"),
        ended = listening => ended.unwrap(),
        ended = hearing => ended.unwrap(),
    }
}

/// The limiters of two processes.
pub(crate) fn limiters(config: &RedisConfig) -> [Limits; 2] {
    [0; 2].map(|_| Limits::new(config, 1).unwrap())
}

/// What one process counts and keeps, another one knows.
pub(crate) async fn limits_work([here, there]: &[Limits; 2], keys: Range<u32>) {
    let bucket = Bucket { name: "tries", most: 2, window: Duration::from_mins(10) };
    for key in keys {
        let key = format!("who-{key}");
        // A process that gets no answer in time counts by itself: then once more.
        until("a limit is counted in Redis", async || {
            here.forget(bucket, &key).await;
            there.forget(bucket, &key).await;
            let mut left = Vec::new();
            for limits in [here, there, here, there] {
                left.push(limits.take(bucket, &key).await.ok().flatten().map(|quota| quota.left));
            }
            left == [Some(1), Some(0), None, None]
        })
        .await;
        let (here, there) = (Tickets::new(here), Tickets::new(there));
        until("a ticket is kept in Redis", async || {
            here.keep(&key, "me", Duration::from_mins(1)).await;
            there.redeem(&key).await.as_deref() == Some("me")
        })
        .await;
        assert_eq!(there.redeem(&key).await, None, "a ticket was redeemed twice");
    }
}
