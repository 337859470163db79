//! Passwords: Argon2id, on threads of its own and few at a time, since each takes 19 MiB and a core.

use std::sync::Arc;

use actix_web::web;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::problem::{Problem, Result, failed};
use crate::random;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// Of no password: what is verified when nobody has the address, so that it takes as long.
    decoy: Arc<str>,
}

impl Passwords {
    /// The least that OWASP's Password Storage Cheat Sheet asks for: 19 MiB, two passes, one lane.
    pub fn new() -> std::result::Result<Self, argon2::password_hash::Error> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None)?);
        let decoy =
            argon2.hash_password_with_salt(&random::bytes::<32>(), &random::bytes::<16>())?.to_string();
        Ok(Self { argon2, turns: Arc::new(Semaphore::new(2)), decoy: decoy.into() })
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: String) -> Result<String> {
        let argon2 = self.argon2.clone();
        self.in_turn(move || {
            argon2
                .hash_password_with_salt(password.as_bytes(), &random::bytes::<16>())
                .map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| failed(&error))
    }

    /// Whether it is the password. Without a hash, as long as with one, and no.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        let argon2 = self.argon2.clone();
        let decoy = self.decoy.clone();
        self.in_turn(move || {
            let is_known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&decoy);
            let matches = PasswordHash::new(hash)
                .is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok());
            is_known && matches
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _turn = self.turns.acquire().await.map_err(|error| failed(&error))?;
        web::block(work).await.map_err(|error| -> Problem { failed(&error) })
    }
}
