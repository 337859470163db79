//! What a tenant keeps no longer than it may: see [`domain::privacy`].

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Timestamptz, Uuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::id::{BookingId, CustomerId};
use domain::privacy;

use crate::audit::By;
use crate::bookings::forget::forget;
use crate::cached::cached;
use crate::customers::erasure;
use crate::error::Result;
use crate::{SystemTx, TenantTx};

/// In one transaction.
const BATCH: i64 = 200;

/// What began before $2 and has a name still, the oldest first. What lies before the mark was forgotten already.
const OLD_BOOKINGS: &str = "\
SELECT b.id, b.starts_at FROM bookings b WHERE b.tenant_id = $1 AND b.starts_at < $2
  AND b.starts_at >= coalesce((SELECT t.forgotten_until FROM tenants t WHERE t.tenant_id = $1), '-infinity')
  AND b.contact_email_key <> '' ORDER BY b.starts_at, b.id LIMIT $3";

const MARK: &str = "UPDATE tenants SET forgotten_until = $2 WHERE tenant_id = $1";

#[derive(QueryableByName)]
struct OldBooking {
    #[diesel(sql_type = Uuid)]
    id: BookingId,
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
}

/// Forgets who came to the next bookings that are too old. False: there are no more.
pub async fn forget_bookings(tx: &TenantTx, now: DateTime<Utc>) -> Result<bool> {
    let before = privacy::kept_from(now);
    let query = sql_query(OLD_BOOKINGS)
        .bind::<Uuid, _>(tx.tenant())
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(BATCH);
    let old: Vec<OldBooking> = cached(query).load(&mut tx.conn()).await?;
    let is_more = old.len() == usize::try_from(BATCH).unwrap_or(usize::MAX);
    let ids: Vec<BookingId> = old.iter().map(|one| one.id).collect();
    if !ids.is_empty() {
        forget(tx, &ids, now).await?;
    }
    let mark = old.last().filter(|_last| is_more).map_or(before, |last| last.starts_at);
    let query = sql_query(MARK).bind::<Uuid, _>(tx.tenant()).bind::<Timestamptz, _>(mark);
    cached(query).execute(&mut tx.conn()).await?;
    Ok(is_more)
}

/// Who has neither come nor been written about since $2, and is not kept out: that stays known.
const UNUSED_CUSTOMERS: &str = "\
SELECT c.id FROM customers c WHERE c.tenant_id = $1 AND c.erased_at IS NULL AND c.updated_at < $2
  AND ($3::uuid IS NULL OR c.id > $3)
  AND NOT EXISTS (SELECT FROM bookings b WHERE b.tenant_id = $1 AND b.customer_id = c.id AND b.starts_at >= $2)
  AND NOT EXISTS (SELECT FROM customer_blocks k WHERE k.tenant_id = $1 AND k.customer_id = c.id)
ORDER BY c.id LIMIT $4";

#[derive(QueryableByName)]
struct Customer {
    #[diesel(sql_type = Uuid)]
    id: CustomerId,
}

/// Erases the next customers who have not come for too long, of those after that one. `None`: there are no more.
pub async fn forget_customers(
    tx: &TenantTx,
    after: Option<CustomerId>,
    now: DateTime<Utc>,
) -> Result<Option<CustomerId>> {
    let query = sql_query(UNUSED_CUSTOMERS)
        .bind::<Uuid, _>(tx.tenant())
        .bind::<Timestamptz, _>(privacy::kept_from(now))
        .bind::<Nullable<Uuid>, _>(after)
        .bind::<BigInt, _>(BATCH);
    let unused: Vec<Customer> = cached(query).load(&mut tx.conn()).await?;
    for customer in &unused {
        erasure::erase(tx, customer.id, By::SYSTEM, now).await?;
    }
    Ok(unused.last().map(|last| last.id))
}

/// What waited for days that are long over.
const OLD_ENTRIES: &str = "\
UPDATE waitlist_entries SET contact_name = '', contact_email = '', contact_email_key = '', contact_phone = NULL,
  address = NULL, note = NULL WHERE tenant_id = $1 AND created_at < $2 AND to_date < $2::date
  AND status <> 'waiting' AND contact_email_key <> ''";

pub async fn forget_entries(tx: &TenantTx, now: DateTime<Utc>) -> Result<usize> {
    let query =
        sql_query(OLD_ENTRIES).bind::<Uuid, _>(tx.tenant()).bind::<Timestamptz, _>(privacy::kept_from(now));
    Ok(cached(query).execute(&mut tx.conn()).await?)
}

#[derive(QueryableByName)]
struct Removed {
    #[diesel(sql_type = BigInt)]
    removed: i64,
}

/// Removes the accounts that lead nowhere and that nobody has used for too long; how many.
pub async fn remove_unused_users(tx: &SystemTx, now: DateTime<Utc>) -> Result<i64> {
    let query = sql_query("SELECT remove_unused_users($1) AS removed")
        .bind::<Timestamptz, _>(privacy::unused_since(now));
    let removed: Removed = cached(query).get_result(&mut tx.conn()).await?;
    Ok(removed.removed)
}
