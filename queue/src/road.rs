//! The lists of one queue: what relays push, workers pop, and relays sweep up again.

use crate::link::{BLOCK, Error, Link, RedisConfig};
use jobs::{Delivery, Queue};

/// Pushes a batch once, however often it is sent (an answer may get lost) and however late, and says how many messages
/// wait in `now` and in `bulk`. Batch numbers only rise. EVAL, not EVALSHA: a restarted Redis has forgotten the script.
const PUSH: &str = "\
local last = redis.call('get', KEYS[4])
if not last or tonumber(last) < tonumber(ARGV[1]) then
  redis.call('set', KEYS[4], ARGV[1], 'EX', 60)
  local at = 5
  for lane = 1, 3 do
    local last = at + ARGV[lane + 1] - 1
    while at <= last do
      local to = math.min(at + 999, last)
      redis.call('rpush', KEYS[lane], unpack(ARGV, at, to))
      at = to + 1
    end
  end
end
return {redis.call('llen', KEYS[1]), redis.call('llen', KEYS[2])}";

/// Takes away the messages of each lane whose time to start has passed, oldest first, and whatever is too short to be one.
const SWEEP: &str = "\
local at, now, swept = tonumber(ARGV[1]), tonumber(ARGV[2]), {}
for lane, key in ipairs(KEYS) do
  local got = {}
  while #got < 1000 do
    local head = redis.call('lindex', key, 0)
    if not head or (#head >= at + 7 and struct.unpack('<i8', head, at) >= now) then break end
    got[#got + 1] = redis.call('lpop', key)
  end
  swept[lane] = got
end
return swept";

/// Messages that wait in a lane's list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub now: usize,
    pub bulk: usize,
}

/// What nobody took in time, by lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stale {
    pub now: Vec<Delivery>,
    pub bulk: Vec<Delivery>,
    pub alone: Vec<Delivery>,
}

impl Stale {
    /// Of one lane, at most.
    const MOST: usize = 1_000;

    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.now.iter().chain(&self.bulk).chain(&self.alone)
    }

    /// Whether there may be more of it.
    pub fn goes_on(&self) -> bool {
        [&self.now, &self.bulk, &self.alone].into_iter().any(|lane| lane.len() >= Self::MOST)
    }
}

/// The lists of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Of tenants with little to do: goes first.
    Now,
    /// Of tenants with a backlog, and of what is never urgent.
    Bulk,
    /// Jobs that may have killed their worker: each runs in a process of its own.
    Alone,
}

/// A queue's lists. One connection: who reads blocking has a road of its own.
pub struct Road {
    link: Link,
    /// In the order of the lanes. A Redis Cluster keeps them together by the braces.
    keys: [String; 3],
}

impl Road {
    pub fn new(config: &RedisConfig, queue: Queue) -> Result<Self, Error> {
        let key = |lane: &str| format!("{}:{{{}}}:{lane}", config.prefix, queue.name());
        let keys = [key("now"), key("bulk"), key("alone")];
        Ok(Self { link: Link::of(config, &keys[0])?, keys })
    }

    /// Sends a batch; answers how many messages wait then. `sender` is one relay's own name and `serial`
    /// rises from each of its batches to the next: an unanswered push is repeated as it is.
    pub async fn push(
        &mut self,
        sender: &str,
        serial: u64,
        batch: &[(Lane, Delivery)],
    ) -> Result<Waiting, Error> {
        let lanes = [Lane::Now, Lane::Bulk, Lane::Alone].map(|lane| {
            let messages = batch.iter().filter(|(of, _)| *of == lane);
            messages.map(|(_, delivery)| delivery.to_bytes()).collect::<Vec<_>>()
        });
        let [now, ..] = &self.keys;
        let last = format!("{}:{sender}", now.trim_end_matches("now").to_owned() + "last");
        let mut pipe = redis::pipe();
        let command = pipe.cmd("EVAL").arg(PUSH).arg(4).arg(&self.keys[..]).arg(last).arg(serial);
        for lane in &lanes {
            command.arg(lane.len());
        }
        for message in lanes.iter().flatten() {
            command.arg(message.as_slice());
        }
        let ((now, bulk),): ((usize, usize),) = self.link.run(&pipe).await?;
        Ok(Waiting { now, bulk })
    }

    /// Takes away up to 1,000 messages of each lane that were to start before `now_ms` (milliseconds since 1970).
    pub async fn sweep(&mut self, now_ms: i64) -> Result<Stale, Error> {
        let mut pipe = redis::pipe();
        pipe.cmd("EVAL").arg(SWEEP).arg(3).arg(&self.keys[..]).arg(Delivery::START_BY_AT).arg(now_ms);
        let ((now, bulk, alone),): ((Messages, Messages, Messages),) = self.link.run(&pipe).await?;
        Ok(Stale { now: readable(&now), bulk: readable(&bulk), alone: readable(&alone) })
    }

    /// Up to `count` messages of a lane, waiting a second for the first. What is popped and lost on the way comes back
    /// by its lease.
    pub async fn pop(&mut self, lane: Lane, count: usize) -> Result<Vec<Delivery>, Error> {
        let [now, bulk, alone] = &self.keys;
        let key = match lane {
            Lane::Now => now,
            Lane::Bulk => bulk,
            Lane::Alone => alone,
        };
        let mut pipe = redis::pipe();
        pipe.cmd("BLMPOP").arg(BLOCK.as_secs()).arg(1).arg(key).arg("LEFT").arg("COUNT").arg(count);
        let (popped,): (Option<(String, Vec<Vec<u8>>)>,) = self.link.run(&pipe).await?;
        Ok(popped.map_or_else(Vec::new, |(_, messages)| readable(&messages)))
    }
}

type Messages = Vec<Vec<u8>>;

fn readable(messages: &[Vec<u8>]) -> Vec<Delivery> {
    let read = |message: &Vec<u8>| match Delivery::from_bytes(message) {
        Ok(delivery) => Some(delivery),
        Err(error) => {
            tracing::error!(%error, bytes = message.len(), "left out a message of the road");
            None
        }
    };
    messages.iter().filter_map(read).collect()
}
