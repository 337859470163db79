//! Customers who can no longer book by themselves, recognised by their addresses and numbers under whatever name.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::customer::block_reason;
use domain::id::{CustomerId, TenantId, UserId};
use domain::rejection::Code;
use serde::Serialize;

use super::{Customer, accounts, addresses, find_for_update, happened};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::events;
use crate::schema::{blocked_contacts, customer_blocks, customers};

/// Since when and why somebody can't book by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = customer_blocks, treat_none_as_default_value = false)]
pub struct Block {
    pub tenant_id: TenantId,
    pub customer_id: CustomerId,
    /// For members alone.
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

/// Refuses a booking by somebody who is blocked, unless a member makes it. It says what to do and not why.
pub(crate) async fn check(
    tx: &TenantTx,
    is_ours: bool,
    email_key: &str,
    phone_e164: Option<&str>,
) -> Result<()> {
    if is_ours {
        return Ok(());
    }
    // Without a number the address, twice: one text for both.
    let known = blocked_contacts::table.filter(blocked_contacts::tenant_id.eq(tx.tenant())).filter(
        blocked_contacts::contact_key
            .eq(email_key)
            .or(blocked_contacts::contact_key.eq(phone_e164.unwrap_or(email_key))),
    );
    let is_blocked: bool = diesel::select(diesel::dsl::exists(known)).get_result(&mut tx.conn()).await?;
    if is_blocked { Err(Code::ContactTheBusiness.into()) } else { Ok(()) }
}

/// Blocks a customer, or changes why they are blocked. Where they were signed in, they no longer are.
pub async fn add(
    tx: &TenantTx,
    id: CustomerId,
    reason: Option<&str>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Block> {
    let reason = block_reason(reason)?;
    let customer = find_for_update(tx, id).await?;
    let before = of(tx, &[id]).await?.remove(&id);
    let block = Block {
        tenant_id: tx.tenant(),
        customer_id: id,
        reason,
        created_at: before.as_ref().map_or(now, |before| before.created_at),
        created_by: before.as_ref().map_or(by.user(), |before| before.created_by),
    };
    diesel::insert_into(customer_blocks::table)
        .values(&block)
        .on_conflict((customer_blocks::tenant_id, customer_blocks::customer_id))
        .do_update()
        .set(customer_blocks::reason.eq(&block.reason))
        .execute(&mut tx.conn())
        .await?;
    recognise(tx, &customer).await?;
    accounts::end_all(tx, id, now).await?;
    let change =
        Change { action: "customer.block", subject: id.0, before: before.as_ref(), after: Some(&block) };
    audit::record_of(tx, id, by, change, now).await?;
    events::record(tx, happened("customer.blocked", &customer), now).await?;
    Ok(block)
}

/// Has somebody who is blocked recognised by what leads to them now, and by what did before.
pub(super) async fn recognise(tx: &TenantTx, customer: &Customer) -> Result<()> {
    let keys = addresses::of(tx, customer.id).await?.into_iter().chain(customer.phone_e164.clone());
    recognise_by(tx, customer.id, keys.collect()).await
}

async fn recognise_by(tx: &TenantTx, id: CustomerId, keys: Vec<String>) -> Result<()> {
    let rows: Vec<_> = keys
        .into_iter()
        .map(|key| {
            (
                blocked_contacts::tenant_id.eq(tx.tenant()),
                blocked_contacts::contact_key.eq(key),
                blocked_contacts::customer_id.eq(id),
            )
        })
        .collect();
    diesel::insert_into(blocked_contacts::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Lets a customer book again. Of one who may already, nothing.
pub async fn remove(tx: &TenantTx, id: CustomerId, by: &By, now: DateTime<Utc>) -> Result<()> {
    let customer = find_for_update(tx, id).await?;
    let Some(before) = of(tx, &[id]).await?.remove(&id) else { return Ok(()) };
    diesel::delete(customer_blocks::table.find((tx.tenant(), id))).execute(&mut tx.conn()).await?;
    let change: Change<'_, _, ()> =
        Change { action: "customer.unblock", subject: id.0, before: Some(&before), after: None };
    audit::record_of(tx, id, by, change, now).await?;
    events::record(tx, happened("customer.unblocked", &customer), now).await
}

/// The blocks of these customers.
pub(super) async fn of(tx: &TenantTx, ids: &[CustomerId]) -> Result<HashMap<CustomerId, Block>> {
    let blocks: Vec<Block> = customer_blocks::table
        .filter(customer_blocks::tenant_id.eq(tx.tenant()))
        .filter(customer_blocks::customer_id.eq_any(ids))
        .select(Block::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(blocks.into_iter().map(|block| (block.customer_id, block)).collect())
}

/// Who is blocked, the latest first, at most `limit`.
pub async fn list(tx: &TenantTx, limit: i64) -> Result<Vec<(Customer, Block)>> {
    Ok(customer_blocks::table
        .inner_join(
            customers::table.on(customers::tenant_id
                .eq(customer_blocks::tenant_id)
                .and(customers::id.eq(customer_blocks::customer_id))),
        )
        .filter(customer_blocks::tenant_id.eq(tx.tenant()))
        .order((customer_blocks::created_at.desc(), customer_blocks::customer_id))
        .limit(limit)
        .select((Customer::as_select(), Block::as_select()))
        .load(&mut tx.conn())
        .await?)
}

/// Who is blocked.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn blocked(tenant_id: TenantId) -> _ {
    customer_blocks::table
        .filter(customer_blocks::tenant_id.eq(tenant_id))
        .select(customer_blocks::customer_id)
}

/// Moves what a duplicate is blocked for to the customer who is kept.
pub(super) async fn merge(tx: &TenantTx, kept: &Customer, duplicate: CustomerId) -> Result<()> {
    let mut blocks = of(tx, &[kept.id, duplicate]).await?;
    let Some(block) = blocks.remove(&duplicate) else {
        // The duplicate's contact leads to somebody who is blocked, or to nobody who is.
        return if blocks.contains_key(&kept.id) { recognise(tx, kept).await } else { Ok(()) };
    };
    if !blocks.contains_key(&kept.id) {
        let moved = Block { customer_id: kept.id, ..block };
        diesel::insert_into(customer_blocks::table).values(&moved).execute(&mut tx.conn()).await?;
        accounts::end_all(tx, kept.id, kept.updated_at).await?;
    }
    let keys: Vec<String> = blocked_contacts::table
        .filter(blocked_contacts::tenant_id.eq(tx.tenant()))
        .filter(blocked_contacts::customer_id.eq(duplicate))
        .select(blocked_contacts::contact_key)
        .load(&mut tx.conn())
        .await?;
    recognise_by(tx, kept.id, keys).await?;
    recognise(tx, kept).await
}
