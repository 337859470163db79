//! What is reckoned once and asked for often: one hash for each name, of one version at a time.

use crate::limits::Limits;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Answers whether the caller is to fill what is missing, and the fields asked for. An older version is thrown away. Who is
/// told to fill has a moment for it, in which nobody else is told so; should they never come back, the next is.
const LOOK: &str = "
if redis.call('type', KEYS[1]).ok ~= 'hash' then redis.call('del', KEYS[1]) end
local kept = tonumber(redis.call('hget', KEYS[1], 'version'))
if kept and kept < tonumber(ARGV[1]) then redis.call('del', KEYS[1]); kept = nil end
if kept and kept > tonumber(ARGV[1]) then return {'1'} end
local found = redis.call('hmget', KEYS[1], unpack(ARGV, 3))
local whole = true
for _, one in ipairs(found) do whole = whole and one end
local ours = '0'
if not whole then
  local time = redis.call('time')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  if (tonumber(redis.call('hget', KEYS[1], 'claimed')) or 0) <= now then
    ours = '1'
    redis.call('hset', KEYS[1], 'version', ARGV[1], 'claimed', now + ARGV[2])
    if not kept then redis.call('pexpire', KEYS[1], ARGV[2]) end
  end
end
return {ours, unpack(found)}";

/// Keeps fields of the version that is there. The first ones begin its life.
const KEEP: &str = "
if redis.call('hget', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('hdel', KEYS[1], 'claimed')
if redis.call('hlen', KEYS[1]) == 1 then redis.call('pexpire', KEYS[1], ARGV[2]) end
if redis.call('hlen', KEYS[1]) + (#ARGV - 3) / 2 > tonumber(ARGV[3]) then return 0 end
redis.call('hset', KEYS[1], unpack(ARGV, 4))
return 1";

/// How long somebody may take to fill what is missing.
const CLAIM: Duration = Duration::from_millis(500);
/// How long anything is kept at most.
const LIFE: Duration = Duration::from_mins(10);
/// Most fields of a name: a booking page asks for ten weeks at once.
const MOST: usize = 40;
/// After it was away nobody asks for so long.
const PAUSE: Duration = Duration::from_secs(1);

/// A shelf on the connections of the limiter.
#[derive(Clone)]
pub struct Shelf {
    redis: Limits,
    away_until: Arc<Mutex<Option<Instant>>>,
}

impl Shelf {
    pub fn new(redis: &Limits) -> Self {
        Self { redis: redis.clone(), away_until: Arc::default() }
    }

    /// Whether the caller is to fill what is missing, and each field that was asked for. `None`: Redis is away.
    pub async fn look(
        &self,
        name: &str,
        version: i64,
        fields: &[i64],
    ) -> Option<(bool, Vec<Option<Vec<u8>>>)> {
        let (key, mut command) = (self.key(name), redis::cmd("EVAL"));
        command.arg(LOOK).arg(1).arg(&key).arg(version).arg(millis(CLAIM)).arg(fields);
        let answer: Vec<Option<Vec<u8>>> = self.run(&key, &command).await?;
        let (ours, found) = answer.split_first()?;
        Some((ours.as_deref() == Some(b"1"), found.to_vec()))
    }

    /// Keeps fields, if nobody knows a newer version meanwhile.
    pub async fn keep(&self, name: &str, version: i64, fields: &[(i64, Vec<u8>)]) {
        let (key, mut command) = (self.key(name), redis::cmd("EVAL"));
        command.arg(KEEP).arg(1).arg(&key).arg(version).arg(millis(LIFE)).arg(MOST);
        for (field, value) in fields {
            command.arg(*field).arg(value.as_slice());
        }
        self.run::<i64>(&key, &command).await;
    }

    async fn run<T: redis::FromRedisValue>(&self, key: &str, command: &redis::Cmd) -> Option<T> {
        let away_until = || self.away_until.lock().unwrap_or_else(PoisonError::into_inner);
        if away_until().is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let answer = self.redis.run(Some(key), command).await;
        *away_until() = answer.is_none().then(|| Instant::now() + PAUSE);
        answer
    }

    fn key(&self, name: &str) -> String {
        format!("{}:shelf:{name}", self.redis.prefix())
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
