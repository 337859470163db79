//! Passwords, off the threads that serve, and few at a time: each takes 19 MiB and a core. Half of the cores are for them, so
//! that whatever else is asked meanwhile has the others.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use actix_web::web;
use domain::password;
use domain::rejection::Code;
use tokio::sync::Semaphore;

use crate::problem::{Problem, Result, failed};
use crate::random;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

/// Most that wait for their turn: some seconds on one core. Whoever comes then is told to come again.
const MOST_WAITING: usize = 200;

impl Passwords {
    pub fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self { turns: Arc::new(Semaphore::new((cores / 2).max(1))), waiting: Arc::default() }
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.in_turn(move || password::hash(&password, random::bytes())).await
    }

    /// Whether it is the password. Without a hash, as long as with one, and no.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.in_turn(move || {
            let matches = password::verify(&password, hash.as_deref().unwrap_or(password::NOBODYS));
            matches && hash.is_some()
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = Place::take(&self.waiting)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|error| failed(&error))?;
        drop(place);
        // The work goes on when the client hangs up, so it is the work that holds the turn.
        let in_turn = move || {
            let _turn = turn;
            work()
        };
        web::block(in_turn).await.map_err(|error| -> Problem { failed(&error) })
    }
}

/// A place among those who wait, also of whoever goes away while they do.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Result<Self> {
        let place = Self(waiting.clone());
        if waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            return Err(Code::Unavailable.into());
        }
        Ok(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::poll;

    #[tokio::test]
    async fn so_many_wait_and_no_more() {
        let passwords = Passwords { turns: Arc::new(Semaphore::new(0)), waiting: Arc::default() };
        let mut waiting = Vec::new();
        for _ in 0..MOST_WAITING {
            let mut one = Box::pin(passwords.hash("quite a secret".to_owned()));
            assert!(poll!(&mut one).is_pending());
            waiting.push(one);
        }
        let refused = passwords.hash("quite a secret".to_owned()).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable);
        // Who goes away leaves their place.
        waiting.truncate(10);
        assert!(poll!(Box::pin(passwords.verify("quite a secret".to_owned(), None))).is_pending());
    }
}
