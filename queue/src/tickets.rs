//! Tickets: what lets somebody in once, within a short time.

use crate::limits::Limits;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Most tickets that a process keeps by itself.
const OWN_MOST: usize = 10_000;

/// Keeps what each ticket stands for, in Redis; while that is away, in this process alone.
#[derive(Clone)]
pub struct Tickets {
    redis: Limits,
    own: Arc<Mutex<HashMap<String, (String, Instant)>>>,
}

impl Tickets {
    /// On the connections of the limiter.
    pub fn new(redis: &Limits) -> Self {
        Self { redis: redis.clone(), own: Arc::default() }
    }

    /// Keeps `value` for `life` under the name of a ticket. Give a hash of it: who reads Redis must not get in.
    pub async fn keep(&self, name: &str, value: &str, life: Duration) {
        let (key, mut command) = (self.key(name), redis::cmd("SET"));
        command.arg(&key).arg(value).arg("EX").arg(life.as_secs().max(1));
        if self.redis.run::<String>(Some(&key), &command).await.is_none() {
            let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
            if own.len() >= OWN_MOST {
                own.retain(|_, (_, until)| *until > Instant::now());
            }
            if own.len() < OWN_MOST {
                own.insert(name.to_owned(), (value.to_owned(), Instant::now() + life));
            }
        }
    }

    /// What was kept, once.
    pub async fn redeem(&self, name: &str) -> Option<String> {
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        if let Some((value, until)) = own {
            return (until > Instant::now()).then_some(value);
        }
        let (key, mut command) = (self.key(name), redis::cmd("GETDEL"));
        command.arg(&key);
        self.redis.run::<Option<String>>(Some(&key), &command).await.flatten()
    }

    fn key(&self, name: &str) -> String {
        format!("{}:ticket:{name}", self.redis.prefix())
    }
}
