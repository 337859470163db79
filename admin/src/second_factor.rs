//! The second factor of whoever is made here: nobody is at a page to turn it on.

use anyhow::Context;
use chrono::{DateTime, Utc};
use domain::id::UserId;
use domain::second_factor::{RECOVERY_CODES, RECOVERY_LEN, RecoveryCode, SECRET_LEN, SharedSecret, place};
use providers::vault::Vault;
use store::second_factors::CodeHash;
use store::{IdentityTx, second_factors};

use crate::random;

/// What is given to an app, and what is kept of it.
pub(crate) struct SecondFactor {
    shared: SharedSecret,
    sealed: Vec<u8>,
    codes: Vec<RecoveryCode>,
}

impl SecondFactor {
    pub(crate) fn new(
        vault: &Vault,
        id: UserId,
        email: &str,
        secret: [u8; SECRET_LEN],
    ) -> anyhow::Result<Self> {
        let codes: anyhow::Result<Vec<_>> =
            (0..RECOVERY_CODES).map(|_| Ok(RecoveryCode::new(random::<RECOVERY_LEN>()?))).collect();
        Ok(Self {
            shared: SharedSecret::new(&secret, email).context("the secret is too short")?,
            sealed: vault.seal(&place(id), &secret)?,
            codes: codes?,
        })
    }

    pub(crate) async fn set_up(&self, tx: &IdentityTx, id: UserId, now: DateTime<Utc>) -> store::Result<()> {
        let hashes: Vec<CodeHash> = self.codes.iter().map(RecoveryCode::hash).collect();
        second_factors::set_up(tx, id, &self.sealed, &hashes, now).await
    }

    /// All of it, which nobody is told again.
    pub(crate) fn told(&self) -> anyhow::Result<String> {
        let codes: Vec<String> = self.codes.iter().map(ToString::to_string).collect();
        let (letters, codes) = (self.shared.letters(), codes.join("\n  "));
        let url = self.shared.url().context("the address is too long")?;
        Ok(format!(
            "For their app: {letters}, or as an address:\n  {url}\nRecovery codes, each good once:\n  {codes}"
        ))
    }
}
