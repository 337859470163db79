//! What is known of a customer, all of it, for them to read (GDPR, articles 15 and 20), and its erasure (article 17): what was
//! booked stands, because books are kept by law, and nobody knows by whom.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Jsonb, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use domain::booking::Status;
use domain::id::{BookingId, CustomerId};
use domain::rejection::Code;
use serde_json::Value;

use super::{find_for_update, happened};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::bookings::forget::forget;
use crate::cached::cached;
use crate::error::Result;
use crate::events;
use crate::line;
use crate::messages::ERASING;
use crate::schema::bookings;

/// Addresses that were theirs and are nobody else's now: what waits for them bears their address alone.
const ADDRESSES: &str = "\
SELECT address FROM (
  SELECT a.email_key AS address FROM customer_addresses a WHERE a.tenant_id = $1 AND a.customer_id = $2
  UNION SELECT b.contact_email_key FROM bookings b WHERE b.tenant_id = $1 AND b.customer_id = $2
) one WHERE address <> '' AND NOT EXISTS (SELECT 1 FROM customer_addresses a
  WHERE a.tenant_id = $1 AND a.email_key = one.address AND a.customer_id <> $2) ORDER BY address";

#[derive(QueryableByName)]
struct Address {
    #[diesel(sql_type = Text)]
    address: String,
}

async fn addresses(tx: &TenantTx, id: CustomerId) -> Result<Vec<String>> {
    let query = sql_query(ADDRESSES).bind::<Uuid, _>(tx.tenant()).bind::<Uuid, _>(id);
    let found: Vec<Address> = cached(query).load(&mut tx.conn()).await?;
    Ok(found.into_iter().map(|one| one.address).collect())
}

/// $1: the tenant, $2: the customer, $3: their addresses. What PostgreSQL derives for its own use is left out.
const DATA: &str = "\
SELECT jsonb_build_object(
  'customer', to_jsonb(c) - '{tenant_id,name_key,email_key,erased_at,created_by}'::text[],
  'addresses', to_jsonb($3),
  'tags', (SELECT coalesce(jsonb_agg(t.name ORDER BY t.tag_key), '[]') FROM customer_tags t
    WHERE t.tenant_id = $1 AND t.customer_id = $2),
  'block', (SELECT to_jsonb(b) - '{tenant_id,customer_id,created_by}'::text[] FROM customer_blocks b
    WHERE b.tenant_id = $1 AND b.customer_id = $2),
  'consents', (SELECT coalesce(jsonb_agg(to_jsonb(s) - '{tenant_id,customer_id,recorded_by}'::text[]
    ORDER BY s.recorded_at, s.id), '[]') FROM consents s WHERE s.tenant_id = $1 AND s.customer_id = $2),
  'sessions', (SELECT coalesce(jsonb_agg(jsonb_build_object('created_at', s.created_at, 'last_seen_at', s.last_seen_at,
    'expires_at', s.expires_at, 'ended_at', s.ended_at) ORDER BY s.created_at, s.id), '[]') FROM customer_sessions s
    WHERE s.tenant_id = $1 AND s.customer_id = $2),
  'bookings', (SELECT coalesce(jsonb_agg(to_jsonb(b) - '{tenant_id,contact_email_key,created_by,assigned}'::text[]
    ORDER BY b.starts_at, b.id), '[]') FROM bookings b WHERE b.tenant_id = $1 AND b.customer_id = $2),
  'files', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'booking_id', f.booking_id, 'name', f.name,
    'kind', f.kind, 'size_bytes', f.size_bytes) ORDER BY f.id), '[]') FROM intake_files f
    JOIN bookings b ON b.tenant_id = f.tenant_id AND b.id = f.booking_id WHERE f.tenant_id = $1 AND b.customer_id = $2),
  'waitlist', (SELECT coalesce(jsonb_agg(to_jsonb(w) - '{tenant_id,contact_email_key,created_by}'::text[]
    ORDER BY w.created_at, w.id), '[]') FROM waitlist_entries w WHERE w.tenant_id = $1 AND w.contact_email_key = ANY ($3)),
  'messages', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'channel', m.channel, 'recipient', m.recipient,
    'status', m.status, 'created_at', m.created_at, 'sent_at', m.sent_at) ORDER BY m.created_at, m.id), '[]')
    FROM messages m WHERE m.tenant_id = $1 AND m.audience = 'customer' AND m.subject_id IN (
      SELECT b.id FROM bookings b WHERE b.tenant_id = $1 AND b.customer_id = $2
      UNION ALL SELECT b.series_id FROM bookings b WHERE b.tenant_id = $1 AND b.customer_id = $2
      UNION ALL SELECT $2
      UNION ALL SELECT d.id FROM customer_merges d WHERE d.tenant_id = $1 AND d.kept_id = $2
      UNION ALL SELECT w.id FROM waitlist_entries w WHERE w.tenant_id = $1 AND w.contact_email_key = ANY ($3)))
) AS data
FROM customers c WHERE c.tenant_id = $1 AND c.id = $2";

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Jsonb)]
    data: Value,
}

/// All that is known of somebody. The files that they sent are named, and fetched one by one.
pub async fn data(tx: &TenantTx, id: CustomerId) -> Result<Value> {
    let query = sql_query(DATA)
        .bind::<Uuid, _>(tx.tenant())
        .bind::<Uuid, _>(id)
        .bind::<Array<Text>, _>(addresses(tx, id).await?);
    let known: Option<Known> = cached(query).get_result(&mut tx.conn()).await.optional()?;
    Ok(known.ok_or(Code::NotFound)?.data)
}

/// In this order: what leads to others goes after them. $3 is the moment, $4 their addresses.
const ERASE: [&str; 11] = [
    "DELETE FROM idempotency_keys k USING unnest($4) address
     WHERE k.tenant_id = $1 AND position(address IN lower(k.response::text)) > 0",
    "UPDATE messages m SET recipient = '', error = NULL WHERE m.tenant_id = $1 AND m.audience = 'customer'
       AND m.subject_id IN (SELECT w.id FROM waitlist_entries w WHERE w.tenant_id = $1 AND w.contact_email_key = ANY ($4)
         UNION ALL SELECT $2
         UNION ALL SELECT d.id FROM customer_merges d WHERE d.tenant_id = $1 AND d.kept_id = $2)",
    "UPDATE waitlist_entries w SET contact_name = '', contact_email = '', contact_email_key = '', contact_phone = NULL,
       address = NULL, note = NULL, status = CASE w.status WHEN 'waiting' THEN 'withdrawn' ELSE w.status END,
       version = w.version + 1, updated_at = $3
     WHERE w.tenant_id = $1 AND w.contact_email_key = ANY ($4)",
    "DELETE FROM customer_terms WHERE tenant_id = $1 AND customer_id = $2",
    "DELETE FROM customer_tags WHERE tenant_id = $1 AND customer_id = $2",
    "DELETE FROM customer_blocks WHERE tenant_id = $1 AND customer_id = $2",
    "DELETE FROM customer_sessions WHERE tenant_id = $1 AND customer_id = $2",
    "DELETE FROM customer_sign_ins WHERE tenant_id = $1 AND email_key = ANY ($4)",
    "DELETE FROM customer_addresses WHERE tenant_id = $1 AND customer_id = $2",
    "DELETE FROM customer_keys k WHERE k.tenant_id = $1 AND (k.customer_id = $2 OR k.customer_id IN
       (SELECT m.id FROM customer_merges m WHERE m.tenant_id = $1 AND m.kept_id = $2))",
    // Names are not empty; an address is one customer's.
    "UPDATE customers SET name = '—', name_key = 'erased ' || id, email = '', email_key = 'erased ' || id, phone_e164 = NULL, note = NULL,
       erased_at = $3, updated_at = $3, version = version + 1
     WHERE tenant_id = $1 AND id = $2",
];

/// Forgets who a customer was: nothing that names them is left but what members wrote of why they changed something. Refused
/// while anything of theirs is ahead: they are expected.
pub async fn erase(tx: &TenantTx, id: CustomerId, by: &By, now: DateTime<Utc>) -> Result<()> {
    // Before any row is held: who waits for one may be beside the line.
    line::up(tx, ERASING).await?;
    let customer = find_for_update(tx, id).await?;
    let theirs =
        bookings::table.filter(bookings::tenant_id.eq(tx.tenant())).filter(bookings::customer_id.eq(id));
    let ahead = theirs.filter(bookings::ends_at.gt(now)).filter(bookings::status.eq_any([
        Status::Held,
        Status::Pending,
        Status::Confirmed,
    ]));
    if diesel::select(exists(ahead)).get_result(&mut tx.conn()).await? {
        return Err(Code::CustomerExpected.into());
    }
    let booked: Vec<BookingId> = theirs.select(bookings::id).load(&mut tx.conn()).await?;
    let addresses = addresses(tx, id).await?;
    for sql in ERASE {
        let query = sql_query(sql)
            .bind::<Uuid, _>(tx.tenant())
            .bind::<Uuid, _>(id)
            .bind::<Timestamptz, _>(now)
            .bind::<Array<Text>, _>(&addresses);
        cached(query).execute(&mut tx.conn()).await?;
    }
    forget(tx, &booked, now).await?;
    events::record(tx, happened("customer.erased", &customer), now).await?;
    let change = Change::<(), ()> { action: "customer.erase", subject: id.0, before: None, after: None };
    audit::record(tx, by, change, now).await
}
