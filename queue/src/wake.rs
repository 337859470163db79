//! Wake-ups: hints that there is something new to relay, or to tell the pages of a tenant. A lost one costs a tick,
//! nothing else.

use crate::link::{CONNECTING, Error, Link, RedisConfig};
use crate::server::Server;
use futures_util::StreamExt;
use jobs::Queue;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// Between two attempts to subscribe.
const PAUSE: Duration = Duration::from_millis(100);
/// A silent subscription is renewed after this long: a connection that died without a word is not waited for forever.
const SILENCE: Duration = Duration::from_mins(1);

/// Tells, after a commit, that a queue or a tenant has something new. Cheap to clone; never waits, never fails.
#[derive(Clone)]
pub struct Waker {
    wanted: watch::Sender<BTreeMap<Queue, u64>>,
    /// Tenants whose news nobody was told yet.
    told: Tenants,
}

type Tenants = Arc<Mutex<BTreeSet<Uuid>>>;

impl Waker {
    /// The waker, and what publishes for it: a future for the process to run, which ends when the last clone of the
    /// waker is gone. One PUBLISH is on its way at a time; what is asked for meanwhile is the next one. While Redis is
    /// away wake-ups are dropped.
    pub fn open(config: &RedisConfig) -> Result<(Self, impl Future<Output = ()> + Send + use<>), Error> {
        let link = Link::new(config)?;
        let (wanted, wishes) = watch::channel(BTreeMap::new());
        let told = Tenants::default();
        let channels = (channel(config), news(config));
        Ok((Self { wanted, told: told.clone() }, publish(link, channels, wishes, told)))
    }

    pub fn wake(&self, queue: Queue) {
        self.wanted.send_modify(|wanted| {
            let times = wanted.entry(queue).or_default();
            *times = times.wrapping_add(1);
        });
    }

    /// Something happened to this tenant.
    pub fn tell(&self, tenant: Uuid) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
        self.wanted.send_modify(|_queues_as_before| {});
    }
}

async fn publish(
    mut link: Link,
    (channel, news): (String, String),
    mut wishes: watch::Receiver<BTreeMap<Queue, u64>>,
    told: Tenants,
) {
    let mut met = BTreeMap::new();
    while wishes.changed().await.is_ok() {
        let wanted = wishes.borrow_and_update().clone();
        let tenants = std::mem::take(&mut *told.lock().unwrap_or_else(PoisonError::into_inner));
        let mut pipe = redis::pipe();
        for tenant in tenants {
            pipe.cmd("PUBLISH").arg(&news).arg(tenant.simple().to_string()).ignore();
        }
        for (queue, _) in wanted.iter().filter(|(queue, times)| met.get(*queue) != Some(*times)) {
            pipe.cmd("PUBLISH").arg(&channel).arg(queue.name()).ignore();
        }
        met = wanted;
        if let Err(error) = link.run::<()>(&pipe).await {
            tracing::debug!(%error, "a wake-up was lost");
        }
    }
}

/// Hears wake-ups for as long as it is polled, and calls `woken` with each queue's name. Comes back by itself.
pub async fn listen(config: &RedisConfig, woken: impl Fn(Queue)) -> Result<(), Error> {
    let server = Server::open(config)?;
    let channel = channel(config);
    loop {
        if let Ok(mut subscription) = server.subscribe(&channel, CONNECTING).await {
            // What was published while nobody listened.
            Queue::ALL.into_iter().for_each(&woken);
            let mut messages = subscription.on_message();
            while let Ok(Some(message)) = tokio::time::timeout(SILENCE, messages.next()).await {
                let name = message.get_payload::<String>().unwrap_or_default();
                if let Some(queue) = Queue::of_name(&name) {
                    woken(queue);
                }
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What is heard of tenants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// From now on nothing is missed; something may have been until now.
    Listening,
    /// Something happened to this tenant.
    Of(Uuid),
    /// Nothing is heard for now.
    Deaf,
}

/// Hears of all tenants for as long as it is polled. One subscription is enough for a process. Comes back by itself.
pub async fn hear(config: &RedisConfig, heard: impl Fn(News)) -> Result<(), Error> {
    let server = Server::open(config)?;
    let channel = news(config);
    loop {
        if let Ok(mut subscription) = server.subscribe(&channel, CONNECTING).await {
            heard(News::Listening);
            let mut messages = subscription.on_message();
            while let Ok(Some(message)) = tokio::time::timeout(SILENCE, messages.next()).await {
                if let Some(tenant) = message.get_payload::<String>().ok().and_then(|text| text.parse().ok())
                {
                    heard(News::Of(tenant));
                }
            }
        }
        heard(News::Deaf);
        tokio::time::sleep(PAUSE).await;
    }
}

fn news(config: &RedisConfig) -> String {
    format!("{}:news", config.prefix)
}

fn channel(config: &RedisConfig) -> String {
    format!("{}:wake", config.prefix)
}
