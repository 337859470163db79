//! The time that bookings take from staff members and rooms, and the locks on it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{AllocationId, BookingId, ServiceId, StaffId, TenantId};
use domain::rejection::Code;
use futures_util::join;
use uuid::Uuid;

use super::Booking;
use crate::TenantTx;
use crate::error::{OnConstraint, Result};
use crate::rooms;
use crate::schema::allocations;
use crate::staff::raise_schedules;

/// Takes the locks that a change of bookings of a service takes: on these staff members, ids ascending, then on the rooms
/// of which the service takes one.
pub(super) async fn raise(tx: &TenantTx, staff: &[StaffId], service: ServiceId) -> Result<()> {
    let (staff, rooms) = join!(raise_schedules(tx, staff), rooms::raise(tx, service));
    staff?;
    rooms
}

/// Takes the booking's time from each of `resources`.
pub(super) async fn allocate(
    tx: &TenantTx,
    booking: &Booking,
    resources: &[Uuid],
    now: DateTime<Utc>,
) -> Result<()> {
    let taken = booking.taken();
    let rows: Vec<_> = resources
        .iter()
        .map(|resource| {
            (
                allocations::tenant_id.eq(tx.tenant()),
                allocations::id.eq(AllocationId::mint(now)),
                allocations::resource_id.eq(*resource),
                allocations::starts_at.eq(taken.start),
                allocations::ends_at.eq(taken.end),
                allocations::owner_kind.eq("booking"),
                allocations::owner_id.eq(booking.id),
            )
        })
        .collect();
    diesel::insert_into(allocations::table)
        .values(rows)
        .execute(&mut tx.conn())
        .await
        .on_constraint("allocations_no_overlap", Code::SlotUnavailable)
        .map(|_inserted| ())
}

/// Takes its time from `resources` instead of from those it was taken from.
pub(super) async fn reallocate(
    tx: &TenantTx,
    booking: &Booking,
    resources: &[Uuid],
    now: DateTime<Utc>,
) -> Result<()> {
    let (removed, allocated) = join!(remove(tx, booking.id), allocate(tx, booking, resources, now));
    removed?;
    allocated
}

async fn remove(tx: &TenantTx, id: BookingId) -> Result<()> {
    diesel::delete(held_by(tx.tenant(), id)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Gives its time back.
pub(super) async fn release(tx: &TenantTx, id: BookingId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(held_by(tx.tenant(), id))
        .set(allocations::released_at.eq(now))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The staff members whose time it takes, by id.
pub(super) async fn held(tx: &TenantTx, booking: &Booking) -> Result<Vec<StaffId>> {
    let resources: Vec<Uuid> = held_by(tx.tenant(), booking.id)
        .order(allocations::resource_id)
        .select(allocations::resource_id)
        .load(&mut tx.conn())
        .await?;
    let room = booking.room_id.map(|room| room.0);
    Ok(resources.into_iter().filter(|resource| Some(*resource) != room).map(StaffId).collect())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn held_by(tenant_id: TenantId, id: BookingId) -> _ {
    allocations::table
        .filter(allocations::tenant_id.eq(tenant_id))
        .filter(allocations::owner_id.eq(id))
        .filter(allocations::released_at.is_null())
}
