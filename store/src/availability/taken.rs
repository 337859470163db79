//! Time that is taken, and the bookings that count for a daily maximum.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{StaffId, TenantId};
use domain::slots::SlotRules;
use domain::wall_clock::Interval;
use uuid::Uuid;

use super::MAX_ALLOCATION;
use crate::TenantTx;
use crate::error::Result;
use crate::explain::explain;
use crate::schema::{allocations, busy_blocks};

/// Time taken from these staff members and rooms that meets `reach`, by bookings and by private events, `but` for what some
/// bookings or a session hold; by resource and start. Plain columns, not the range: its operators are not leakproof, and
/// would filter every booking of the tenant.
pub(crate) async fn taken(
    tx: &TenantTx,
    ids: &[Uuid],
    reach: Interval,
    but: &[Uuid],
) -> Result<Vec<(Uuid, Interval)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let since = reach.start - MAX_ALLOCATION;
    let booked = taken_query(tx.tenant(), ids, since, reach.start, reach.end);
    let busy = busy_query(tx.tenant(), ids, since, reach.start, reach.end);
    let mut rows: Vec<(Uuid, DateTime<Utc>, DateTime<Utc>)> = if but.is_empty() {
        booked.union_all(busy).load(&mut tx.conn()).await?
    } else {
        // Asked for on its own: the index that answers the other question does not know whose the time is.
        booked.filter(allocations::owner_id.ne_all(but)).union_all(busy).load(&mut tx.conn()).await?
    };
    rows.sort_unstable();
    Ok(rows.into_iter().map(|(id, start, end)| (id, Interval::new(start, end))).collect())
}

/// PostgreSQL's plan for reading what is taken.
#[doc(hidden)]
pub async fn explain_taken(tx: &TenantTx, ids: &[Uuid], reach: Interval) -> Result<Vec<String>> {
    let since = reach.start - MAX_ALLOCATION;
    let booked = taken_query(tx.tenant(), ids, since, reach.start, reach.end);
    explain(tx, booked.union_all(busy_query(tx.tenant(), ids, since, reach.start, reach.end))).await
}

#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn taken_query<'a>(
    tenant_id: TenantId,
    ids: &'a [Uuid],
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
        .select((allocations::resource_id, allocations::starts_at, allocations::ends_at))
}

/// Private events take time of staff members alone.
#[diesel::dsl::auto_type(no_type_alias)]
fn busy_query<'a>(
    tenant_id: TenantId,
    ids: &'a [Uuid],
    since: DateTime<Utc>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> _ {
    busy_blocks::table
        .filter(busy_blocks::tenant_id.eq(tenant_id))
        .filter(busy_blocks::staff_id.eq_any(ids))
        .filter(busy_blocks::starts_at.gt(since))
        .filter(busy_blocks::starts_at.lt(to))
        .filter(busy_blocks::ends_at.gt(from))
        .select((busy_blocks::staff_id, busy_blocks::starts_at, busy_blocks::ends_at))
}

/// When what counts for a daily maximum begins, `but` for some bookings or a session.
pub(super) async fn starts(
    tx: &TenantTx,
    ids: &[StaffId],
    days: Interval,
    but: &[Uuid],
) -> Result<Vec<(StaffId, DateTime<Utc>)>> {
    // What starts in those days may take time from a buffer before them on.
    let since = days.start - SlotRules::LONGEST_BUFFER;
    let query = standing(tx.tenant(), ids, since, days.end).select((
        allocations::resource_id,
        allocations::owner_id,
        allocations::counted_at,
    ));
    let rows: Vec<(Uuid, Uuid, Option<DateTime<Utc>>)> = query.load(&mut tx.conn()).await?;
    let others = rows.into_iter().filter(|(_, holder, _)| !but.contains(holder));
    Ok(others.filter_map(|(id, _, counted_at)| Some((StaffId(id), counted_at?))).collect())
}

/// The time that bookings take of staff members from a moment of `window` on, buffers included.
pub(crate) async fn booked(
    tx: &TenantTx,
    ids: &[StaffId],
    window: Interval,
) -> Result<Vec<(StaffId, Interval)>> {
    let rows: Vec<(Uuid, DateTime<Utc>, DateTime<Utc>)> =
        standing(tx.tenant(), ids, window.start, window.end)
            .select((allocations::resource_id, allocations::starts_at, allocations::ends_at))
            .load(&mut tx.conn())
            .await?;
    Ok(rows.into_iter().map(|(id, start, end)| (StaffId(id), Interval::new(start, end))).collect())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn standing<'a>(tenant_id: TenantId, ids: &'a [StaffId], from: DateTime<Utc>, to: DateTime<Utc>) -> _ {
    allocations::table
        .filter(allocations::tenant_id.eq(tenant_id))
        .filter(allocations::resource_id.eq_any(ids))
        .filter(allocations::released_at.is_null())
        .filter(allocations::starts_at.ge(from))
        .filter(allocations::starts_at.lt(to))
}
