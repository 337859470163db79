//! A booking moved to another time, or to somebody else: checked like a new one, and its old time is free to it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::{self, Status};
use domain::id::{BookingId, StaffId};
use domain::rejection::Code;
use futures_util::join;
use jobs::Job;

use super::{Appointment, Booking, find_for_update, happened};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::availability::{self, Wish};
use crate::error::{Error, OnConstraint, Result};
use crate::events;
use crate::schema::{allocations, bookings};
use crate::staff::raise_schedule;
use crate::tenants::Zone;

/// Where a booking is to go.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    pub start: DateTime<Utc>,
    /// None: whoever provides it already.
    pub staff_id: Option<StaffId>,
}

/// Moves the booking and tells the customer. What it lasts and costs stays as it was booked; a customer's move of what
/// needs approval waits for it again. To where it is already is no move: nothing happens.
pub async fn reschedule(
    tx: &TenantTx,
    id: BookingId,
    to: Move,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    booking::check_start(to.start)?;
    let Appointment { booking: before, staff_name } = find_for_update(tx, id).await?;
    booking::may_reschedule(before.status, before.starts_at, now)?;
    let staff_id = to.staff_id.unwrap_or(before.staff_id);
    if (to.start, staff_id) == (before.starts_at, before.staff_id) {
        return Ok(Appointment { booking: before, staff_name });
    }
    raise_both(tx, before.staff_id, staff_id).await?;
    let wish = Wish::to_move(&before).with(staff_id);
    let catalogue = availability::around(tx, wish, staff_id, to.start).await.map_err(|error| {
        // The service is offered no more, or its provider has left: nobody can say when it would be free.
        match error.code() {
            Some(Code::NotFound) if to.staff_id.is_none() => Error::from(Code::BookingNotMovable),
            _ => error,
        }
    })?;
    if !catalogue.offers(to.start, now) {
        return Err(Code::SlotUnavailable.into());
    }
    let needs_approval = !catalogue.service.auto_confirm && matches!(by, By::Customer { .. });
    let (timezone, team) = (catalogue.tenant.timezone, catalogue.team);
    let Some(member) = team.into_iter().next() else { return Err(Code::SlotUnavailable.into()) };
    let after = Booking {
        status: if needs_approval { Status::Pending } else { before.status },
        staff_id,
        starts_at: to.start,
        ends_at: to.start + TimeDelta::minutes(i64::from(before.duration_minutes)),
        timezone,
        sequence: before.sequence + 1,
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    write(tx, &before, &after, by, now).await?;
    Ok(Appointment { booking: after, staff_name: member.staff.name })
}

/// The schedules of whose time becomes free and whose is taken, ids ascending as everywhere.
async fn raise_both(tx: &TenantTx, one: StaffId, other: StaffId) -> Result<()> {
    raise_schedule(tx, one.min(other)).await?;
    if one != other {
        raise_schedule(tx, one.max(other)).await?;
    }
    Ok(())
}

/// All of it in one flight: the locks are held and the time is free.
async fn write(tx: &TenantTx, before: &Booking, after: &Booking, by: &By, now: DateTime<Utc>) -> Result<()> {
    let mut event = happened("booking.rescheduled", after);
    if let Some(data) = event.data.as_object_mut() {
        let previous = serde_json::json!({
            "staff_id": before.staff_id,
            "starts_at": before.starts_at,
            "ends_at": before.ends_at,
        });
        data.insert("previous".to_owned(), previous);
    }
    let change = Change {
        action: "booking.reschedule",
        subject: after.id.0,
        before: Some(before),
        after: Some(after),
    };
    let jobs = told_rescheduled(after);
    let (updated, allocated, happened, audited, enqueued) = join!(
        update(tx, after),
        reallocate(tx, after),
        events::record(tx, event, now),
        audit::record(tx, by, change, now),
        tx.enqueue(&jobs, now),
    );
    // In the order they were sent: after the first error PostgreSQL refuses the rest for that alone.
    updated?;
    allocated?;
    happened?;
    audited?;
    enqueued?;
    Ok(())
}

async fn update(tx: &TenantTx, after: &Booking) -> Result<()> {
    diesel::update(bookings::table.find((tx.tenant(), after.id)))
        .set((
            bookings::status.eq(after.status),
            bookings::staff_id.eq(after.staff_id),
            bookings::starts_at.eq(after.starts_at),
            bookings::ends_at.eq(after.ends_at),
            bookings::timezone.eq(Zone(after.timezone)),
            bookings::sequence.eq(after.sequence),
            bookings::version.eq(after.version),
            bookings::updated_at.eq(after.updated_at),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The time it takes is one row, from the first day to the last.
async fn reallocate(tx: &TenantTx, after: &Booking) -> Result<()> {
    let taken = after.taken();
    diesel::update(
        allocations::table
            .filter(allocations::tenant_id.eq(tx.tenant()))
            .filter(allocations::owner_id.eq(after.id.0))
            .filter(allocations::released_at.is_null()),
    )
    .set((
        allocations::resource_id.eq(after.staff_id),
        allocations::starts_at.eq(taken.start),
        allocations::ends_at.eq(taken.end),
    ))
    .execute(&mut tx.conn())
    .await
    .on_constraint("allocations_no_overlap", Code::SlotUnavailable)
    .map(|_one| ())
}

/// What follows a move: the summary of what is confirmed, and the message if the customer wants one.
fn told_rescheduled(booking: &Booking) -> Vec<Job> {
    let (booking_id, sequence) = (booking.id, booking.sequence);
    let mut jobs = Vec::new();
    if booking.status == Status::Confirmed {
        jobs.push(Job::MakeBookingSummary { booking_id, sequence });
    }
    if booking.notify_email {
        jobs.push(Job::SendBookingReschedule { booking_id, sequence });
    }
    jobs
}
