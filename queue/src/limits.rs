//! How often somebody may ask: counts in Redis that forget themselves.

use crate::link::{Error, RedisConfig};
use crate::server::{Connection, Patience, Server};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use thread_local::ThreadLocal;

/// Takes one, or not, by the generic cell rate algorithm (ITU-T I.371): what is kept is the moment at which the bucket is
/// full again, in microseconds. The key goes with that moment. Time is Redis' own: every process has the same.
/// KEYS: the bucket. ARGV: the window and the time that one takes to come back, in microseconds.
/// Answers whether it was taken, and how long until the bucket is full again and until there is one to take.
const TAKE: &str = "local time = redis.call('time')
    local now, window, one = time[1] * 1000000 + time[2], tonumber(ARGV[1]), tonumber(ARGV[2])
    local full = math.max(tonumber(redis.call('get', KEYS[1]) or 0), now)
    local after = full + one
    if after - now > window then return {0, full - now, after - now - window} end
    redis.call('set', KEYS[1], string.format('%.0f', after), 'px', math.ceil((after - now) / 1000))
    return {1, after - now, math.max(after + one - now - window, 0)}";

/// Most keys that a process counts by itself.
const OWN_MOST: usize = 10_000;

/// A limiter must not make anybody wait longer than this.
const PATIENCE: Patience =
    Patience { connecting: Duration::from_millis(200), answer: Duration::from_millis(200) };

/// So many at once, which come back one by one: all of them in one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub name: &'static str,
    pub most: u32,
    pub window: Duration,
}

/// How a bucket stands after something was taken of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// In a full one.
    pub most: u64,
    pub left: u64,
    /// When it is full again.
    pub full_in: Duration,
    /// When there is one to take; zero: now.
    pub next_in: Duration,
}

/// The bucket is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many; again in {:?}", .0.next_in)]
pub struct TooMany(pub Quota);

impl Quota {
    /// Whole seconds until it is full again, at least one.
    pub const fn seconds(&self) -> u64 {
        whole(self.full_in)
    }

    /// Whole seconds until there is one to take, at least one: nobody who waits them comes too early.
    pub const fn wait(&self) -> u64 {
        whole(self.next_in)
    }
}

const fn whole(time: Duration) -> u64 {
    let seconds = time.as_secs();
    if time.subsec_nanos() > 0 || seconds == 0 { seconds + 1 } else { seconds }
}

/// The limiter. While Redis is away each process counts by itself, so that guessing stays slow.
#[derive(Clone)]
pub struct Limits {
    own: Arc<Mutex<HashMap<String, Instant>>>,
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
        let most = u64::from(bucket.most) * u64::from(self.factor);
        let micros = u64::try_from(bucket.window.as_micros()).unwrap_or(u64::MAX);
        let one = micros.checked_div(most).unwrap_or(micros).max(1);
        let mut command = redis::cmd("EVAL");
        command.arg(TAKE).arg(1).arg(&key).arg(micros).arg(one);
        let (taken, full_in, next_in) = match self.run::<(u8, u64, u64)>(Some(&key), &command).await {
            Some((taken, full, next)) => {
                (taken == 1, Duration::from_micros(full), Duration::from_micros(next))
            }
            None => self.take_own(key, bucket.window, Duration::from_micros(one), Instant::now()),
        };
        let gone = u64::try_from(full_in.as_micros()).unwrap_or(u64::MAX).div_ceil(one);
        let quota = Quota { most, left: most.saturating_sub(gone), full_in, next_in };
        if taken { Ok(Some(quota)) } else { Err(TooMany(quota)) }
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

    /// What Redis would have done, in this process: see [`TAKE`].
    fn take_own(
        &self,
        key: String,
        window: Duration,
        one: Duration,
        now: Instant,
    ) -> (bool, Duration, Duration) {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.len() >= OWN_MOST {
            own.retain(|_, full| *full > now);
        }
        // Whoever fills it with names of their own gains nothing but this: those that are there already count on.
        if own.len() >= OWN_MOST && !own.contains_key(&key) {
            return (false, window, one);
        }
        let full = own.get(&key).copied().unwrap_or(now).max(now);
        let after = (full + one).duration_since(now);
        if after > window {
            return (false, full.duration_since(now), after.saturating_sub(window));
        }
        own.insert(key, full + one);
        (true, after, (after + one).saturating_sub(window))
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
            let time = Duration::from_millis(millis);
            let quota = Quota { most: 1, left: 0, full_in: time, next_in: time };
            assert_eq!((quota.seconds(), quota.wait()), (seconds, seconds), "{millis} ms");
        }
    }

    #[test]
    fn a_process_by_itself_lets_as_many_pass_and_one_more_each_time_one_is_back() {
        let limits = Limits::none();
        let (window, one) = (Duration::from_millis(400), Duration::from_millis(100));
        let now = Instant::now();
        let take = |now| limits.take_own("ana".to_owned(), window, one, now);
        assert_eq!((0..5).filter(|_| take(now).0).count(), 4);
        assert_eq!(take(now), (false, window, one));
        let later = now + one;
        assert_eq!(take(later), (true, window, one));
        assert_eq!(take(later), (false, window, one));
    }

    #[test]
    fn nobody_gets_more_by_filling_it_with_names() {
        let limits = Limits::none();
        let (window, one) = (Duration::from_mins(15), Duration::from_mins(15));
        let now = Instant::now();
        let take = |name: String| limits.take_own(name, window, one, now).0;
        assert!(take("ana".to_owned()));
        for number in 1..OWN_MOST {
            assert!(take(number.to_string()));
        }
        assert!(!take("one more".to_owned()) && !take("ana".to_owned()));
    }
}
