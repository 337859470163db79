//! Second factors of users: the app that makes codes, and the recovery codes. Passkeys are in a file of their own.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::account::AccountEvent;
use domain::id::UserId;
use domain::rejection::Code;

use crate::accounts::{Origin, note_and_tell};
use crate::error::Result;
use crate::schema::{passkeys, recovery_codes, totp_secrets, users};
use crate::{AccountTx, IdentityTx};

/// How long a secret waits for its first code.
const TO_CONFIRM: TimeDelta = TimeDelta::minutes(15);

/// SHA-256 of a recovery code.
pub type CodeHash = [u8; 32];

/// What an app and we share, sealed.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = totp_secrets)]
pub struct TotpSecret {
    pub sealed: Vec<u8>,
    pub created_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// The secret that somebody's app makes codes of.
pub async fn find_totp(tx: &IdentityTx, id: UserId) -> Result<Option<TotpSecret>> {
    let confirmed = totp_secrets::table.find(id).filter(totp_secrets::confirmed_at.is_not_null());
    Ok(confirmed.select(TotpSecret::as_select()).first(&mut tx.conn()).await.optional()?)
}

/// The secret that waits for its first code.
pub async fn find_unconfirmed_totp(
    tx: &IdentityTx,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<Option<TotpSecret>> {
    let waiting = totp_secrets::table
        .find(id)
        .filter(totp_secrets::confirmed_at.is_null())
        .filter(totp_secrets::created_at.gt(now - TO_CONFIRM));
    Ok(waiting.select(TotpSecret::as_select()).first(&mut tx.conn()).await.optional()?)
}

/// Keeps a secret, sealed, that waits for its first code; one that waited is forgotten. `SECOND_FACTOR_ON`: there is one
/// that no longer waits.
pub async fn begin_totp(tx: &IdentityTx, id: UserId, sealed: &[u8], now: DateTime<Utc>) -> Result<()> {
    let waiting = totp_secrets::table.find(id).filter(totp_secrets::confirmed_at.is_null());
    diesel::delete(waiting).execute(&mut tx.conn()).await?;
    let begun = diesel::insert_into(totp_secrets::table)
        .values((
            totp_secrets::user_id.eq(id),
            totp_secrets::sealed.eq(sealed),
            totp_secrets::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    if begun == 0 { Err(Code::SecondFactorOn.into()) } else { Ok(()) }
}

/// Has signing in take codes of an app from now on that was given the secret, whatever it took before.
pub async fn set_up(
    tx: &IdentityTx,
    id: UserId,
    sealed: &[u8],
    codes: &[CodeHash],
    now: DateTime<Utc>,
) -> Result<()> {
    crate::users::lock(tx, id).await?;
    diesel::delete(totp_secrets::table.find(id)).execute(&mut tx.conn()).await?;
    diesel::delete(passkeys::table.filter(passkeys::user_id.eq(id))).execute(&mut tx.conn()).await?;
    diesel::insert_into(totp_secrets::table)
        .values((
            totp_secrets::user_id.eq(id),
            totp_secrets::sealed.eq(sealed),
            totp_secrets::created_at.eq(now),
            totp_secrets::confirmed_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    if !turn_on(tx, id, codes, now).await? {
        put_recovery_codes(tx, id, codes, now).await?;
    }
    Ok(())
}

/// Has signing in take codes of the app from now on. `step` is that of the first code, which is good for nothing else.
/// Answers whether the recovery codes are these from now on: with the first second factor.
pub async fn confirm_totp(
    tx: &AccountTx,
    id: UserId,
    step: i64,
    codes: &[CodeHash],
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<bool> {
    let identity = &tx.identity;
    crate::users::lock(identity, id).await?;
    let waiting = totp_secrets::table.find(id).filter(totp_secrets::confirmed_at.is_null());
    let confirmed = diesel::update(waiting)
        .set((totp_secrets::confirmed_at.eq(now), totp_secrets::last_step.eq(step)))
        .execute(&mut identity.conn())
        .await?;
    if confirmed == 0 {
        return Err(Code::SecondFactorOn.into());
    }
    let is_first = turn_on(identity, id, codes, now).await?;
    let event = if is_first { AccountEvent::SecondFactorOn } else { AccountEvent::AppAdded };
    note_and_tell(tx, id, event, from, now).await?;
    Ok(is_first)
}

/// Has signing in take more than the password. `false`: it did before, and the recovery codes are those there were.
/// Whoever calls this holds the row of the user.
pub(crate) async fn turn_on(
    tx: &IdentityTx,
    id: UserId,
    codes: &[CodeHash],
    now: DateTime<Utc>,
) -> Result<bool> {
    let off = users::table.find(id).filter(users::has_second_factor.eq(false));
    let turned = diesel::update(off)
        .set((users::has_second_factor.eq(true), users::updated_at.eq(now)))
        .execute(&mut tx.conn())
        .await?;
    if turned > 0 {
        put_recovery_codes(tx, id, codes, now).await?;
    }
    Ok(turned > 0)
}

/// Has signing in take the password alone, if neither app nor passkey is left: the recovery codes go with them. `false`:
/// one is. `SECOND_FACTOR_KEPT`: none is, and they are an operator. Whoever calls this holds the row of the user.
pub(crate) async fn turn_off_without(tx: &IdentityTx, id: UserId, now: DateTime<Utc>) -> Result<bool> {
    let passkey = passkeys::table.filter(passkeys::user_id.eq(id));
    let has_passkey: bool = diesel::select(exists(passkey)).get_result(&mut tx.conn()).await?;
    if has_passkey || find_totp(tx, id).await?.is_some() {
        return Ok(false);
    }
    let off = diesel::update(users::table.find(id).filter(users::is_operator.eq(false)))
        .set((users::has_second_factor.eq(false), users::updated_at.eq(now)))
        .execute(&mut tx.conn())
        .await?;
    if off == 0 {
        return Err(Code::SecondFactorKept.into());
    }
    let codes = recovery_codes::table.filter(recovery_codes::user_id.eq(id));
    diesel::delete(codes).execute(&mut tx.conn()).await?;
    Ok(true)
}

/// Forgets the second factors that were added since then; with the last of them the recovery codes. An operator's stay, whom
/// an administrator gives others.
pub(crate) async fn forget_since(
    tx: &IdentityTx,
    id: UserId,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let user = users::table.find(id).select(users::is_operator).for_no_key_update();
    if user.first(&mut tx.conn()).await? {
        return Ok(());
    }
    let apps = totp_secrets::table.find(id).filter(totp_secrets::confirmed_at.ge(since));
    diesel::delete(apps).execute(&mut tx.conn()).await?;
    let added = passkeys::table.filter(passkeys::user_id.eq(id)).filter(passkeys::created_at.ge(since));
    diesel::delete(added).execute(&mut tx.conn()).await?;
    turn_off_without(tx, id, now).await.map(|_is_off| ())
}

/// Whether a code of this half minute is the first of it or a later one: each is accepted once, whoever else tries it at
/// the same moment.
pub async fn use_step(tx: &IdentityTx, id: UserId, step: i64) -> Result<bool> {
    let unused = totp_secrets::table
        .find(id)
        .filter(totp_secrets::confirmed_at.is_not_null())
        .filter(totp_secrets::last_step.lt(step));
    let used = diesel::update(unused).set(totp_secrets::last_step.eq(step)).execute(&mut tx.conn()).await?;
    Ok(used > 0)
}

/// Uses a recovery code, once. Its user is told. `false`: it is none of theirs, or was used.
pub async fn use_recovery_code(
    tx: &AccountTx,
    id: UserId,
    hash: &CodeHash,
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<bool> {
    let unused = recovery_codes::table.find((id, hash.as_slice())).filter(recovery_codes::used_at.is_null());
    let used =
        diesel::update(unused).set(recovery_codes::used_at.eq(now)).execute(&mut tx.identity.conn()).await?;
    if used > 0 {
        note_and_tell(tx, id, AccountEvent::RecoveryCodeUsed, from, now).await?;
    }
    Ok(used > 0)
}

/// How many recovery codes are left.
pub async fn count_recovery_codes(tx: &IdentityTx, id: UserId) -> Result<i64> {
    Ok(recovery_codes::table
        .filter(recovery_codes::user_id.eq(id))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(&mut tx.conn())
        .await?)
}

/// Puts other recovery codes in the place of those there are.
pub async fn renew_recovery_codes(
    tx: &AccountTx,
    id: UserId,
    codes: &[CodeHash],
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<()> {
    put_recovery_codes(&tx.identity, id, codes, now).await?;
    note_and_tell(tx, id, AccountEvent::RecoveryCodesMade, from, now).await
}

async fn put_recovery_codes(
    tx: &IdentityTx,
    id: UserId,
    codes: &[CodeHash],
    now: DateTime<Utc>,
) -> Result<()> {
    let before = recovery_codes::table.filter(recovery_codes::user_id.eq(id));
    diesel::delete(before).execute(&mut tx.conn()).await?;
    let rows: Vec<_> = codes
        .iter()
        .map(|hash| {
            (
                recovery_codes::user_id.eq(id),
                recovery_codes::code_hash.eq(hash.as_slice()),
                recovery_codes::created_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(recovery_codes::table).values(rows).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Has codes of the app open nothing any more, and signing in take the password alone, unless there are passkeys: answers
/// whether there are none. `SECOND_FACTOR_OFF`: there is no app.
pub async fn remove(tx: &AccountTx, id: UserId, from: &Origin, now: DateTime<Utc>) -> Result<bool> {
    let identity = &tx.identity;
    crate::users::lock(identity, id).await?;
    let confirmed = totp_secrets::table.find(id).filter(totp_secrets::confirmed_at.is_not_null());
    let removed = diesel::delete(confirmed).execute(&mut identity.conn()).await?;
    if removed == 0 {
        return Err(Code::SecondFactorOff.into());
    }
    let is_last = turn_off_without(identity, id, now).await?;
    let event = if is_last { AccountEvent::SecondFactorOff } else { AccountEvent::AppRemoved };
    note_and_tell(tx, id, event, from, now).await?;
    Ok(is_last)
}
