//! Who is to be reminded of what: the platform finds the tenants whose evening has come, each tenant its bookings.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::booking::Status;
use domain::id::{BookingId, TenantId};
use domain::wall_clock::Interval;

use crate::cached::cached;
use crate::error::Result;
use crate::schema::bookings;
use crate::{SystemTx, TenantTx};

/// The zones that tenants live in, by one index descent each.
const ZONES: &str = "\
WITH RECURSIVE z(name) AS (
  (SELECT timezone FROM tenants ORDER BY timezone LIMIT 1)
  UNION ALL
  SELECT (SELECT t.timezone FROM tenants t WHERE t.timezone > z.name ORDER BY t.timezone LIMIT 1)
  FROM z WHERE z.name IS NOT NULL)
SELECT name FROM z WHERE name IS NOT NULL";

const TENANTS: &str = "\
SELECT tenant_id FROM tenants WHERE timezone = $1 AND tenant_id > $2 ORDER BY tenant_id LIMIT $3";

#[derive(QueryableByName)]
struct Zone {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    tenant_id: TenantId,
}

/// The IANA names of all zones that tenants live in.
pub async fn zones(tx: &SystemTx) -> Result<Vec<String>> {
    let zones: Vec<Zone> = cached(sql_query(ZONES)).load(&mut tx.conn()).await?;
    Ok(zones.into_iter().map(|zone| zone.name).collect())
}

/// The next tenants of a zone after that one, in the order of their ids, `limit` at most.
pub async fn tenants_of(tx: &SystemTx, zone: &str, after: TenantId, limit: i64) -> Result<Vec<TenantId>> {
    let query = sql_query(TENANTS).bind::<Text, _>(zone).bind::<SqlUuid, _>(after).bind::<BigInt, _>(limit);
    let tenants: Vec<Named> = cached(query).load(&mut tx.conn()).await?;
    Ok(tenants.into_iter().map(|tenant| tenant.tenant_id).collect())
}

/// The next tenants after that one, in the order of their ids, `limit` at most.
pub async fn tenants(tx: &SystemTx, after: TenantId, limit: i64) -> Result<Vec<TenantId>> {
    const ALL: &str = "SELECT tenant_id FROM tenants WHERE tenant_id > $1 ORDER BY tenant_id LIMIT $2";
    let query = sql_query(ALL).bind::<SqlUuid, _>(after).bind::<BigInt, _>(limit);
    let tenants: Vec<Named> = cached(query).load(&mut tx.conn()).await?;
    Ok(tenants.into_iter().map(|tenant| tenant.tenant_id).collect())
}

/// The confirmed bookings that start within `day` and were made before `made_before`, with their sequences, after that
/// one in the order of start and id, `limit` at most.
pub async fn due(
    tx: &TenantTx,
    day: Interval,
    made_before: DateTime<Utc>,
    after: (DateTime<Utc>, BookingId),
    limit: i64,
) -> Result<Vec<(DateTime<Utc>, BookingId, i32)>> {
    Ok(bookings::table
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .filter(bookings::status.eq(Status::Confirmed))
        .filter(bookings::starts_at.ge(day.start.max(after.0)))
        .filter(bookings::starts_at.lt(day.end))
        .filter(bookings::created_at.lt(made_before))
        .filter(bookings::starts_at.gt(after.0).or(bookings::id.gt(after.1)))
        .order((bookings::starts_at, bookings::id))
        .limit(limit)
        .select((bookings::starts_at, bookings::id, bookings::sequence))
        .load(&mut tx.conn())
        .await?)
}
