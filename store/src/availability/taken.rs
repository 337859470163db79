//! Time that is taken, and the bookings that count for a daily maximum.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::Status;
use domain::id::{StaffId, TenantId};
use domain::wall_clock::Interval;

use super::MAX_ALLOCATION;
use crate::TenantTx;
use crate::error::Result;
use crate::explain::explain;
use crate::schema::{allocations, bookings};

/// Time taken from these staff members that meets `reach`, by staff member and start. Plain columns, not the range: its
/// operators are not leakproof, and would filter every booking of the tenant.
pub(crate) async fn taken(
    tx: &TenantTx,
    ids: &[StaffId],
    reach: Interval,
) -> Result<Vec<(StaffId, Interval)>> {
    let rows: Vec<(StaffId, DateTime<Utc>, DateTime<Utc>)> =
        taken_query(tx.tenant(), ids, reach.start - MAX_ALLOCATION, reach.start, reach.end)
            .load(&mut tx.conn())
            .await?;
    Ok(rows.into_iter().map(|(id, start, end)| (id, Interval::new(start, end))).collect())
}

/// PostgreSQL's plan for reading what is taken.
#[doc(hidden)]
pub async fn explain_taken(tx: &TenantTx, ids: &[StaffId], reach: Interval) -> Result<Vec<String>> {
    let query = taken_query(tx.tenant(), ids, reach.start - MAX_ALLOCATION, reach.start, reach.end);
    explain(tx, query).await
}

#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn taken_query<'a>(
    tenant_id: TenantId,
    ids: &'a [StaffId],
    since: DateTime<Utc>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> _ {
    allocations::table
        .filter(allocations::tenant_id.eq(tenant_id))
        .filter(allocations::resource_id.eq_any(ids))
        .filter(allocations::released_at.is_null())
        .filter(allocations::starts_at.gt(since))
        .filter(allocations::starts_at.lt(to))
        .filter(allocations::ends_at.gt(from))
        .order((allocations::resource_id, allocations::starts_at))
        .select((allocations::resource_id, allocations::starts_at, allocations::ends_at))
}

/// Starts of the bookings that count for a daily maximum.
pub(super) async fn starts(
    tx: &TenantTx,
    ids: &[StaffId],
    days: Interval,
) -> Result<Vec<(StaffId, DateTime<Utc>)>> {
    Ok(bookings::table
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .filter(bookings::staff_id.eq_any(ids))
        .filter(bookings::status.ne(Status::Cancelled))
        .filter(bookings::starts_at.ge(days.start))
        .filter(bookings::starts_at.lt(days.end))
        .order((bookings::staff_id, bookings::starts_at))
        .select((bookings::staff_id, bookings::starts_at))
        .load(&mut tx.conn())
        .await?)
}
