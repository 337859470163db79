//! Customers who sign in on the site of their tenant by a link to their mailbox. They are no users and never members: a
//! session is of one customer of one tenant.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{CustomerId, CustomerSessionId, CustomerSignInId};
use domain::rejection::Code;
use jobs::Job;

use super::{Customer, addresses, blocks, find_for_update};
use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::schema::{customer_addresses, customer_sessions, customer_sign_ins};
use crate::sessions::TokenHash;

/// How long a session lives unused.
pub const IDLE: TimeDelta = TimeDelta::days(30);
/// How long a session lives at most.
pub const MOST: TimeDelta = TimeDelta::days(90);
/// Use is written down no oftener than this: a page that is read need not write.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(15);

/// Notes that somebody wants to sign in with this address, and has a job mail the link. Whether the address leads to a
/// customer is looked up there: to ask takes the same time either way.
pub async fn ask(tx: &TenantTx, id: CustomerSignInId, email_key: &str, now: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(customer_sign_ins::table)
        .values((
            customer_sign_ins::tenant_id.eq(tx.tenant()),
            customer_sign_ins::id.eq(id),
            customer_sign_ins::email_key.eq(email_key),
            customer_sign_ins::created_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    tx.enqueue(&[Job::SendCustomerSignIn { sign_in_id: id }], now).await
}

/// Who may sign in by a link that was not used yet, and when it was asked for. The caller says whether that is too long ago.
pub async fn asked(tx: &TenantTx, id: CustomerSignInId) -> Result<Option<(Customer, DateTime<Utc>)>> {
    let asked: Option<(String, DateTime<Utc>)> = customer_sign_ins::table
        .find((tx.tenant(), id))
        .filter(customer_sign_ins::used_at.is_null())
        .select((customer_sign_ins::email_key, customer_sign_ins::created_at))
        .first(&mut tx.conn())
        .await
        .optional()?;
    let Some((email_key, asked_at)) = asked else { return Ok(None) };
    let Some(customer_id) = led_to(tx, &email_key).await? else { return Ok(None) };
    if !blocks::of(tx, &[customer_id]).await?.is_empty() {
        return Ok(None);
    }
    Ok(Some((super::find(tx, customer_id).await?, asked_at)))
}

async fn led_to(tx: &TenantTx, email_key: &str) -> Result<Option<CustomerId>> {
    Ok(addresses::find(tx, &[email_key]).await?.remove(email_key))
}

/// Uses a link up and opens a session of the customer to whom its address leads now.
///
/// # Errors
/// `LINK_INVALID`: it was used before, or whoever asked for it is no customer, or one who is blocked.
pub async fn sign_in(
    tx: &TenantTx,
    id: CustomerSignInId,
    cookie: &TokenHash,
    now: DateTime<Utc>,
) -> Result<CustomerId> {
    let unused =
        customer_sign_ins::table.find((tx.tenant(), id)).filter(customer_sign_ins::used_at.is_null());
    let email_key: Option<String> = diesel::update(unused)
        .set(customer_sign_ins::used_at.eq(now))
        .returning(customer_sign_ins::email_key)
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    let email_key = email_key.ok_or(Code::LinkInvalid)?;
    let customer_id = led_to(tx, &email_key).await?.ok_or(Code::LinkInvalid)?;
    // Whoever blocks, merges or erases them at this moment comes before, or ends this session with the others.
    find_for_update(tx, customer_id).await.map_err(|error| {
        if error.code() == Some(Code::NotFound) { Code::LinkInvalid.into() } else { error }
    })?;
    if !blocks::of(tx, &[customer_id]).await?.is_empty() {
        return Err(Code::LinkInvalid.into());
    }
    diesel::insert_into(customer_sessions::table)
        .values((
            customer_sessions::tenant_id.eq(tx.tenant()),
            customer_sessions::id.eq(CustomerSessionId::mint(now)),
            customer_sessions::customer_id.eq(customer_id),
            customer_sessions::token_hash.eq(cookie.as_slice()),
            customer_sessions::created_at.eq(now),
            customer_sessions::last_seen_at.eq(now),
            customer_sessions::expires_at.eq(now + IDLE),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(customer_id)
}

/// Whose browser it is.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = customer_sessions)]
pub struct InBrowser {
    pub id: CustomerSessionId,
    pub customer_id: CustomerId,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

impl InBrowser {
    /// When it ends if it is used now; none: it was seen lately.
    pub fn prolonged(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (now - self.last_seen_at >= SEEN_EVERY).then(|| (now + IDLE).min(self.created_at + MOST))
    }
}

/// The live session of this tenant that a cookie stands for.
pub async fn in_browser(tx: &TenantTx, cookie: &TokenHash, now: DateTime<Utc>) -> Result<Option<InBrowser>> {
    Ok(customer_sessions::table
        .filter(customer_sessions::tenant_id.eq(tx.tenant()))
        .filter(customer_sessions::token_hash.eq(cookie.as_slice()))
        .filter(customer_sessions::ended_at.is_null())
        .filter(customer_sessions::expires_at.gt(now))
        .select(InBrowser::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Notes that a session is used, and has it end then.
pub async fn prolong(
    tx: &TenantTx,
    id: CustomerSessionId,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let seen = (customer_sessions::last_seen_at.eq(now), customer_sessions::expires_at.eq(until));
    let prolonged = diesel::update(customer_sessions::table.find((tx.tenant(), id))).set(seen);
    cached(prolonged).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Ends one session.
pub async fn end(tx: &TenantTx, id: CustomerSessionId, now: DateTime<Utc>) -> Result<()> {
    let live = customer_sessions::table.find((tx.tenant(), id)).filter(customer_sessions::ended_at.is_null());
    diesel::update(live).set(customer_sessions::ended_at.eq(now)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Has links that were mailed to any address of these customers open nothing any more: it may lead to somebody else now.
pub(crate) async fn forget_links(tx: &TenantTx, ids: &[CustomerId]) -> Result<()> {
    let theirs = customer_addresses::table
        .filter(customer_addresses::tenant_id.eq(tx.tenant()))
        .filter(customer_addresses::customer_id.eq_any(ids))
        .select(customer_addresses::email_key);
    let asked = customer_sign_ins::table
        .filter(customer_sign_ins::tenant_id.eq(tx.tenant()))
        .filter(customer_sign_ins::email_key.eq_any(theirs));
    diesel::delete(asked).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Ends all sessions of a customer.
pub async fn end_all(tx: &TenantTx, id: CustomerId, now: DateTime<Utc>) -> Result<()> {
    let live = customer_sessions::table
        .filter(customer_sessions::tenant_id.eq(tx.tenant()))
        .filter(customer_sessions::customer_id.eq(id))
        .filter(customer_sessions::ended_at.is_null());
    diesel::update(live).set(customer_sessions::ended_at.eq(now)).execute(&mut tx.conn()).await?;
    Ok(())
}
