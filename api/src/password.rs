//! Passwords, off the threads that serve, and few at a time: each takes 19 MiB and a core.

use std::sync::Arc;

use actix_web::web;
use domain::password;
use tokio::sync::Semaphore;

use crate::problem::{Problem, Result, failed};
use crate::random;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub fn new() -> Self {
        Self { turns: Arc::new(Semaphore::new(2)) }
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
        let turn = self.turns.clone().acquire_owned().await.map_err(|error| failed(&error))?;
        // The work goes on when the client hangs up, so it is the work that holds the turn.
        let in_turn = move || {
            let _turn = turn;
            work()
        };
        web::block(in_turn).await.map_err(|error| -> Problem { failed(&error) })
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}
