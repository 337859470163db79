//! Two customers who are one: what the duplicate had moves to the one who is kept, and the duplicate is no more.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Uuid;
use diesel_async::RunQueryDsl;
use domain::customer::{MOST_TAGS, joined_notes};
use domain::id::CustomerId;
use domain::rejection::{Code, Rejection};
use serde::Serialize;

use super::{Customer, Known, accounts, blocks, happened, known};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::cached::cached;
use crate::error::Result;
use crate::events;
use crate::schema::{bookings, customer_addresses, customer_merges, customers};
use crate::tenants::check_version;

/// Which two, and as what the caller read them.
#[derive(Clone, Copy, Debug)]
pub struct Merge {
    pub kept: CustomerId,
    pub duplicate: CustomerId,
    pub kept_version: Option<i64>,
    pub duplicate_version: Option<i64>,
}

#[derive(Serialize)]
struct Both<'a> {
    kept: &'a Known,
    duplicate: &'a Known,
}

/// The tables that point to customers, and so those that a merge has to know. A test holds it against PostgreSQL's catalogue.
#[doc(hidden)]
pub const POINTING: [&str; 8] = [
    "bookings",
    "consents",
    "customer_addresses",
    "customer_blocks",
    "customer_merges",
    "customer_sessions",
    "customer_tags",
    "customer_terms",
];

/// Makes one customer of two, for good: bookings with their consents, notes, tags, search words, addresses and blocks move.
/// The profile of the kept one stands; a number is taken over where they have none. Notes or tags that are too many
/// together are refused. The duplicate's sessions are over: who they are now is for whoever reads their mail to prove anew.
///
/// First the addresses are locked, as a booking locks them, then both customers, ids ascending: a booking made meanwhile is
/// either moved or finds the kept one, and of two merges that cross the second finds nobody.
pub async fn merge(tx: &TenantTx, wanted: Merge, by: &By, now: DateTime<Utc>) -> Result<Known> {
    let Merge { kept, duplicate, kept_version, duplicate_version } = wanted;
    if kept == duplicate {
        return Err(Code::SameCustomer.into());
    }
    let both = [kept, duplicate];
    let _addresses: Vec<String> = customer_addresses::table
        .filter(customer_addresses::tenant_id.eq(tx.tenant()))
        .filter(customer_addresses::customer_id.eq_any(both))
        .order(customer_addresses::email_key)
        .select(customer_addresses::email_key)
        .for_update()
        .load(&mut tx.conn())
        .await?;
    let found: Vec<Customer> = customers::table
        .filter(customers::tenant_id.eq(tx.tenant()))
        .filter(customers::id.eq_any(both))
        .order(customers::id)
        .select(Customer::as_select())
        .for_update()
        .load(&mut tx.conn())
        .await?;
    let found = known(tx, found).await?;
    let of = |id| found.iter().find(|one| one.customer.id == id).ok_or(Code::NotFound);
    let (keeps, goes) = (of(kept)?, of(duplicate)?);
    check_version(kept_version, keeps.customer.version)?;
    check_version(duplicate_version, goes.customer.version)?;
    let customer = Customer {
        note: joined_notes(keeps.customer.note.as_deref(), goes.customer.note.as_deref())?,
        phone_e164: keeps.customer.phone_e164.clone().or_else(|| goes.customer.phone_e164.clone()),
        version: keeps.customer.version + 1,
        updated_at: now,
        ..keeps.customer.clone()
    };
    diesel::update(customers::table.find((tx.tenant(), kept)))
        .set((
            customers::note.eq(&customer.note),
            customers::phone_e164.eq(&customer.phone_e164),
            customers::version.eq(customer.version),
            customers::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    accounts::forget_links(tx, &both).await?;
    diesel::update(
        bookings::table
            .filter(bookings::tenant_id.eq(tx.tenant()))
            .filter(bookings::customer_id.eq(duplicate)),
    )
    .set(bookings::customer_id.eq(kept))
    .execute(&mut tx.conn())
    .await?;
    for sql in MOVES {
        let query = diesel::sql_query(sql)
            .bind::<Uuid, _>(tx.tenant())
            .bind::<Uuid, _>(kept)
            .bind::<Uuid, _>(duplicate);
        cached(query).execute(&mut tx.conn()).await?;
    }
    blocks::merge(tx, &customer, duplicate).await?;
    diesel::insert_into(customer_merges::table)
        .values((
            customer_merges::tenant_id.eq(tx.tenant()),
            customer_merges::id.eq(duplicate),
            customer_merges::kept_id.eq(kept),
            customer_merges::merged_at.eq(now),
            customer_merges::merged_by.eq(by.user()),
        ))
        .execute(&mut tx.conn())
        .await?;
    diesel::delete(customers::table.find((tx.tenant(), duplicate))).execute(&mut tx.conn()).await?;
    let merged = super::find_known(tx, kept).await?;
    if merged.tags.len() > MOST_TAGS {
        let detail = format!("must be at most {MOST_TAGS} of both together");
        return Err(Rejection::invalid("/tags", "TOO_MANY", detail).into());
    }
    events::record(tx, happened("customer.merged", &customer), now).await?;
    let before = Both { kept: keeps, duplicate: goes };
    let change =
        Change { action: "customer.merge", subject: kept.0, before: Some(&before), after: Some(&merged) };
    audit::record_of(tx, kept, by, change, now).await?;
    Ok(merged)
}

/// What the duplicate ($3) had is the kept one's ($2): what both have stays once.
const MOVES: [&str; 5] = [
    "UPDATE consents SET customer_id = $2 WHERE tenant_id = $1 AND customer_id = $3",
    "UPDATE customer_addresses SET customer_id = $2 WHERE tenant_id = $1 AND customer_id = $3",
    "UPDATE customer_merges SET kept_id = $2 WHERE tenant_id = $1 AND kept_id = $3",
    "INSERT INTO customer_tags (tenant_id, customer_id, tag_key, name)
       SELECT tenant_id, $2, tag_key, name FROM customer_tags WHERE tenant_id = $1 AND customer_id = $3
       ON CONFLICT DO NOTHING",
    "INSERT INTO customer_terms (tenant_id, customer_id, term)
       SELECT tenant_id, $2, term FROM customer_terms WHERE tenant_id = $1 AND customer_id = $3
       ON CONFLICT DO NOTHING",
];

/// Whom a duplicate was merged into.
pub async fn find(tx: &TenantTx, duplicate: CustomerId) -> Result<Option<CustomerId>> {
    Ok(customer_merges::table
        .find((tx.tenant(), duplicate))
        .select(customer_merges::kept_id)
        .first(&mut tx.conn())
        .await
        .optional()?)
}
