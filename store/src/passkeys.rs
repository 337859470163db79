//! Passkeys of users (W3C Web Authentication): what authenticators are asked to sign, which there are, and that each use of
//! one is the first of its kind.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::account::AccountEvent;
use domain::id::{PasskeyId, UserId};
use domain::passkey::{MOST, PATIENCE};
use domain::rejection::Code;
use serde_json::Value;

use crate::accounts::{Origin, note, note_and_tell};
use crate::error::{OnConstraint, Result};
use crate::schema::{passkey_challenges, passkeys};
use crate::second_factors::{CodeHash, turn_off_without, turn_on};
use crate::sessions::TokenHash;
use crate::{AccountTx, IdentityTx, users};

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = passkeys)]
pub struct Passkey {
    pub user_id: UserId,
    pub id: PasskeyId,
    /// As its user calls it.
    pub name: String,
    /// As the authenticator calls it: unique among all users.
    pub credential_id: Vec<u8>,
    /// Public key, counter and whether it is backed up, as whatever checks a signature reads them.
    pub credential: Value,
    /// Whether it signs in without the password.
    pub alone: bool,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Remembers what was asked; `token` is what the answer comes with. `user_id`: who is to have a new passkey; none: a
/// sign-in, whoever it is.
pub async fn ask(
    tx: &IdentityTx,
    token: &TokenHash,
    user_id: Option<UserId>,
    state: &Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let over = passkey_challenges::table.filter(passkey_challenges::created_at.le(now - PATIENCE));
    diesel::delete(over).execute(&mut tx.conn()).await?;
    diesel::insert_into(passkey_challenges::table)
        .values((
            passkey_challenges::token_hash.eq(token.as_slice()),
            passkey_challenges::user_id.eq(user_id),
            passkey_challenges::state.eq(state),
            passkey_challenges::created_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What was asked, once. `None`: it was answered before, took too long, or was another's to answer.
pub async fn take(
    tx: &IdentityTx,
    token: &TokenHash,
    user_id: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<Option<Value>> {
    let open = passkey_challenges::table
        .find(token.as_slice())
        .filter(passkey_challenges::user_id.is_not_distinct_from(user_id))
        .filter(passkey_challenges::created_at.gt(now - PATIENCE));
    Ok(diesel::delete(open)
        .returning(passkey_challenges::state)
        .get_result(&mut tx.conn())
        .await
        .optional()?)
}

/// A user's passkeys, the oldest first.
pub async fn list(tx: &IdentityTx, user_id: UserId) -> Result<Vec<Passkey>> {
    Ok(passkeys::table
        .filter(passkeys::user_id.eq(user_id))
        .order((passkeys::created_at, passkeys::id))
        .select(Passkey::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// One of a user's own. 404: it is none of theirs.
pub async fn find(tx: &IdentityTx, user_id: UserId, id: PasskeyId) -> Result<Passkey> {
    Ok(passkeys::table.find((user_id, id)).select(Passkey::as_select()).first(&mut tx.conn()).await?)
}

/// Whose credential it is, if it is anybody's.
pub async fn find_by_credential(tx: &IdentityTx, credential_id: &[u8]) -> Result<Option<Passkey>> {
    Ok(passkeys::table
        .filter(passkeys::credential_id.eq(credential_id))
        .select(Passkey::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Keeps a passkey; its user is told. Answers whether the recovery codes are these from now on: with the first second
/// factor. `TOO_MANY_OF_THESE`: they have [`MOST`]. `PASSKEY_EXISTS`: its credential is registered already, be it another
/// user's (Web Authentication, 7.1).
pub async fn add(
    tx: &AccountTx,
    passkey: &Passkey,
    codes: &[CodeHash],
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (identity, user_id) = (&tx.identity, passkey.user_id);
    users::lock(identity, user_id).await?;
    if list(identity, user_id).await?.len() >= MOST {
        return Err(Code::TooManyOfThese.into());
    }
    diesel::insert_into(passkeys::table)
        .values((
            passkeys::user_id.eq(user_id),
            passkeys::id.eq(passkey.id),
            passkeys::name.eq(&passkey.name),
            passkeys::credential_id.eq(&passkey.credential_id),
            passkeys::credential.eq(&passkey.credential),
            passkeys::alone.eq(passkey.alone),
            passkeys::created_at.eq(now),
        ))
        .execute(&mut identity.conn())
        .await
        .on_constraint("passkeys_credential_id_key", Code::PasskeyExists)?;
    let is_first = turn_on(identity, user_id, codes, now).await?;
    if is_first {
        note(identity, user_id, AccountEvent::SecondFactorOn, from, now).await?;
    }
    note_and_tell(tx, user_id, AccountEvent::PasskeyAdded, from, now).await?;
    Ok(is_first)
}

/// Puts what a use made of a credential in the place of what was `read` of it. `false`: another use came first, or it is
/// no longer there; of two that show one counter, one counts.
pub async fn note_use(tx: &IdentityTx, read: &Passkey, after: &Value, now: DateTime<Utc>) -> Result<bool> {
    let unchanged =
        passkeys::table.find((read.user_id, read.id)).filter(passkeys::credential.eq(&read.credential));
    let used = diesel::update(unchanged)
        .set((passkeys::credential.eq(after), passkeys::last_used_at.eq(now)))
        .execute(&mut tx.conn())
        .await?;
    Ok(used > 0)
}

/// Calls a passkey otherwise.
pub async fn rename(tx: &IdentityTx, user_id: UserId, id: PasskeyId, name: &str) -> Result<()> {
    let renamed = diesel::update(passkeys::table.find((user_id, id)))
        .set(passkeys::name.eq(name))
        .execute(&mut tx.conn())
        .await?;
    if renamed == 0 { Err(Code::NotFound.into()) } else { Ok(()) }
}

/// Removes a passkey; its user is told. With the last second factor the recovery codes go.
pub async fn remove(
    tx: &AccountTx,
    user_id: UserId,
    id: PasskeyId,
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<()> {
    let identity = &tx.identity;
    users::lock(identity, user_id).await?;
    let removed = diesel::delete(passkeys::table.find((user_id, id))).execute(&mut identity.conn()).await?;
    if removed == 0 {
        return Err(Code::NotFound.into());
    }
    if turn_off_without(identity, user_id, now).await? {
        note(identity, user_id, AccountEvent::SecondFactorOff, from, now).await?;
    }
    note_and_tell(tx, user_id, AccountEvent::PasskeyRemoved, from, now).await
}

/// Has all of a user's ask for the password, too: whoever had the account may have added what is not theirs. They stay as
/// second factors, so that a mailbox alone leads nobody around those.
pub(crate) async fn distrust(tx: &IdentityTx, user_id: UserId) -> Result<()> {
    let own = passkeys::table.filter(passkeys::user_id.eq(user_id));
    diesel::update(own).set(passkeys::alone.eq(false)).execute(&mut tx.conn()).await?;
    Ok(())
}
