//! How often somebody may ask: counts in Redis that forget themselves.

use crate::link::{Error, RedisConfig};
use crate::server::{Connection, Patience, Server};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use thread_local::ThreadLocal;

/// Counts one more and answers the count and the milliseconds until it is forgotten. The first of a window starts it.
const TAKE: &str = "local count = redis.call('incr', KEYS[1])
    if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
    return {count, redis.call('pttl', KEYS[1])}";

/// Most keys that a process counts by itself.
const OWN_MOST: usize = 10_000;

/// A limiter must not make anybody wait longer than this.
const PATIENCE: Patience =
    Patience { connecting: Duration::from_millis(200), answer: Duration::from_millis(200) };

/// At most so many in a window that begins with the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub name: &'static str,
    pub most: u32,
    pub window: Duration,
}

/// How a bucket stands after something was taken of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// In one window.
    pub most: u64,
    pub left: u64,
    /// When it is full again.
    pub full_in: Duration,
}

/// The bucket is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many; again in {:?}", .0.full_in)]
pub struct TooMany(pub Quota);

impl Quota {
    /// Whole seconds until it is full again, at least one: nobody who waits them comes too early.
    pub const fn seconds(&self) -> u64 {
        let seconds = self.full_in.as_secs();
        if self.full_in.subsec_nanos() > 0 || seconds == 0 { seconds + 1 } else { seconds }
    }
}

/// The limiter. While Redis is away each process counts by itself, so that guessing stays slow.
#[derive(Clone)]
pub struct Limits {
    own: Arc<Mutex<HashMap<String, (u32, Instant)>>>,
    server: Option<Arc<Server>>,
    prefix: Arc<str>,
    factor: u32,
    /// Of each thread: what is read by another thread wakes two. More than one in a cluster alone.
    connections: Arc<ThreadLocal<RwLock<Vec<Connection>>>>,
}

impl Limits {
    /// `factor` multiplies every bucket; 0 lets everybody pass. Connects when first asked. An error: the URL is none.
    pub fn new(config: &RedisConfig, factor: u32) -> Result<Self, Error> {
        let server = Some(Arc::new(Server::open(config)?));
        let prefix = config.prefix.as_str().into();
        Ok(Self { own: Arc::default(), server, prefix, factor, connections: Arc::default() })
    }

    /// Without Redis: everybody passes.
    pub fn none() -> Self {
        Self { own: Arc::default(), server: None, prefix: "".into(), factor: 0, connections: Arc::default() }
    }

    /// Takes one of what `key` has left in the bucket, and tells how it stands; `None`: nobody counts.
    pub async fn take(&self, bucket: Bucket, key: &str) -> Result<Option<Quota>, TooMany> {
        if self.factor == 0 {
            return Ok(None);
        }
        let key = format!("{}:limit:{}:{key}", self.prefix, bucket.name);
        let millis = u64::try_from(bucket.window.as_millis()).unwrap_or(u64::MAX);
        let mut command = redis::cmd("EVAL");
        command.arg(TAKE).arg(1).arg(&key).arg(millis);
        let (count, full_in) = match self.run::<(u64, i64)>(Some(&key), &command).await {
            Some((count, left)) => (count, Duration::from_millis(u64::try_from(left).unwrap_or(millis))),
            None => self.take_own(key, bucket.window),
        };
        let most = u64::from(bucket.most) * u64::from(self.factor);
        let quota = Quota { most, left: most.saturating_sub(count), full_in };
        if count > most { Err(TooMany(quota)) } else { Ok(Some(quota)) }
    }

    /// Forgets what `key` took.
    pub async fn forget(&self, bucket: Bucket, key: &str) {
        let key = format!("{}:limit:{}:{key}", self.prefix, bucket.name);
        let mut command = redis::cmd("DEL");
        command.arg(&key);
        self.run::<u64>(Some(&key), &command).await;
        self.own.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What Redis would have counted, in this process.
    fn take_own(&self, key: String, window: Duration) -> (u64, Duration) {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.len() >= OWN_MOST {
            own.clear();
        }
        let (count, since) = own.entry(key).or_insert((0, Instant::now()));
        if since.elapsed() >= window {
            (*count, *since) = (0, Instant::now());
        }
        *count = count.saturating_add(1);
        (u64::from(*count), window.saturating_sub(since.elapsed()))
    }

    /// Whether Redis answers.
    pub async fn ping(&self) -> bool {
        self.run::<String>(None, &redis::cmd("PING")).await.is_some()
    }

    /// `None`: Redis is away. A thread's connection is shared by all who ask at once; an error ends it for all of them, and
    /// the next to ask makes another. `key`: the one of the command.
    pub(crate) async fn run<T: redis::FromRedisValue>(
        &self,
        key: Option<&str>,
        command: &redis::Cmd,
    ) -> Option<T> {
        let server = self.server.as_ref()?;
        let slot = key.map(|key| server.slot(key));
        let connections = self.connections.get_or_default();
        let open = {
            let connections = connections.read().unwrap_or_else(PoisonError::into_inner);
            connections.iter().find(|open| open.slots.have(slot)).map(|open| open.to.clone())
        };
        let replace = |made: Option<Connection>| {
            let mut connections = connections.write().unwrap_or_else(PoisonError::into_inner);
            connections.retain(|old| !old.slots.have(slot));
            connections.extend(made);
        };
        // One that was open may have ended while nobody asked, as when Redis was restarted.
        if let Some(mut open) = open {
            match command.query_async(&mut open).await {
                Ok(answer) => return Some(answer),
                Err(error) => tracing::debug!(%error, "asks by another connection"),
            }
        }
        let asked = async {
            let made = server.connect(slot, PATIENCE).await?;
            let mut open = made.to.clone();
            replace(Some(made));
            command.query_async(&mut open).await
        };
        match asked.await {
            Ok(answer) => Some(answer),
            Err(error) => {
                tracing::warn!(%error, "the limiter has no Redis");
                replace(None);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_the_seconds_told_never_comes_too_early() {
        for (millis, seconds) in [(0, 1), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (900_000, 900)] {
            let quota = Quota { most: 1, left: 0, full_in: Duration::from_millis(millis) };
            assert_eq!(quota.seconds(), seconds, "{millis} ms");
        }
    }
}
