//! A booking that is held for somebody: until they paid its deposit, or took the time that they waited for; or over.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::{Act, Status};
use domain::id::BookingId;
use domain::plan::{self, Limit};
use domain::rejection::{Code, Rejection};
use domain::waitlist;
use futures_util::join;

use super::{Appointment, Booking, find_for_update, happened, time, told_confirmed};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::events;
use crate::schema::{bookings, services};
use crate::usage;

/// Takes the deposit as paid: the booking is confirmed, or waits for approval where the tenant wants to give it. Paid twice,
/// it is paid once. Of a payment and the end of its time, the first to get its row wins.
pub async fn pay_deposit(tx: &TenantTx, id: BookingId, by: &By, now: DateTime<Utc>) -> Result<Appointment> {
    let Appointment { booking: before, staff_name } = find_for_update(tx, id).await?;
    if before.deposit_paid_at.is_some() {
        return Ok(Appointment { booking: before, staff_name });
    }
    let after = Booking {
        status: left(tx, &before, Act::Pay, now).await?,
        held_until: None,
        deposit_paid_at: Some(now),
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    settle(tx, &before, &after, ("booking.deposit_paid", "booking.pay_deposit"), by, now).await?;
    Ok(Appointment { booking: after, staff_name })
}

/// Takes the time that is kept for whom it was offered to. Taken twice, it is taken once; what asks for a deposit is taken by
/// paying it.
pub async fn accept(tx: &TenantTx, id: BookingId, by: &By, now: DateTime<Utc>) -> Result<Appointment> {
    let Appointment { booking: before, staff_name } = find_for_update(tx, id).await?;
    if matches!(before.status, Status::Confirmed | Status::Pending) {
        return Ok(Appointment { booking: before, staff_name });
    }
    let status = left(tx, &before, Act::Accept, now).await?;
    if before.deposit_cents > 0 {
        let detail = "Pay the deposit to take this time.";
        return Err(Rejection::new(Code::BookingNotConfirmable, detail).into());
    }
    let after =
        Booking { status, held_until: None, version: before.version + 1, updated_at: now, ..before.clone() };
    settle(tx, &before, &after, ("booking.accepted", "booking.accept"), by, now).await?;
    Ok(Appointment { booking: after, staff_name })
}

/// What a hold becomes by that act of its customer: confirmed, or pending where the tenant wants to approve.
async fn left(tx: &TenantTx, before: &Booking, act: Act, now: DateTime<Utc>) -> Result<Status> {
    let auto_confirm = services::table
        .find((tx.tenant(), before.service_id))
        .select(services::auto_confirm)
        .first(&mut tx.conn())
        .await?;
    let status = if auto_confirm {
        act.of(before.status, before.starts_at, now)
    } else {
        act.of_for_approval(before.status, before.starts_at, now)
    };
    Ok(status?)
}

/// Writes what was waited for as it stands from now on; what is confirmed is told. `event` and `action` name it.
pub(super) async fn settle(
    tx: &TenantTx,
    before: &Booking,
    after: &Booking,
    (event, action): (&'static str, &'static str),
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let jobs = if after.status == Status::Confirmed { told_confirmed(after) } else { Vec::new() };
    let change = Change { action, subject: after.id.0, before: Some(before), after: Some(after) };
    let (updated, happened, audited, enqueued) = join!(
        update(tx, before, after),
        events::record(tx, happened(event, after), now),
        audit::record(tx, by, change, now),
        tx.enqueue(&jobs, now),
    );
    updated?;
    happened?;
    audited?;
    enqueued
}

/// What became of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It has ended: nobody paid.
    Over,
    /// It was none any longer.
    Gone,
    /// It is not over before then.
    Until(DateTime<Utc>),
}

/// Ends a hold whose time is over: its time is free again, and the plan counts it no longer.
pub async fn expire(tx: &TenantTx, id: BookingId, now: DateTime<Utc>) -> Result<Hold> {
    let Appointment { booking: before, .. } = find_for_update(tx, id).await?;
    let (Some(until), Ok(status)) = (before.held_until, Act::Expire.of(before.status, before.starts_at, now))
    else {
        return Ok(Hold::Gone);
    };
    if now < until {
        return Ok(Hold::Until(until));
    }
    let held = time::held(tx, &before).await?;
    time::raise(tx, &held, before.service_id).await?;
    let after = Booking { status, version: before.version + 1, updated_at: now, ..before.clone() };
    let change =
        Change { action: "booking.expire", subject: id.0, before: Some(&before), after: Some(&after) };
    let month = plan::month_of(before.created_at, before.timezone);
    let (updated, released, happened, audited, lowered) = join!(
        update(tx, &before, &after),
        time::release(tx, &before, now),
        events::record(tx, happened("booking.expired", &after), now),
        audit::record(tx, &By::System, change, now),
        usage::give_back(tx, Limit::BookingsPerMonth, month),
    );
    updated?;
    released?;
    happened?;
    audited?;
    lowered?;
    Ok(Hold::Over)
}

/// Writes where it stands, and how with its deposit; of what was held for somebody who waited, what became of that.
async fn update(tx: &TenantTx, before: &Booking, after: &Booking) -> Result<()> {
    if before.status == Status::Held {
        let settled = match after.status {
            Status::Expired => waitlist::Status::Lapsed,
            _ => waitlist::Status::Booked,
        };
        crate::waitlist::settle(tx, after, settled, after.updated_at).await?;
    }
    diesel::update(bookings::table.find((tx.tenant(), after.id)))
        .set((
            bookings::status.eq(after.status),
            bookings::held_until.eq(after.held_until),
            bookings::deposit_paid_at.eq(after.deposit_paid_at),
            bookings::version.eq(after.version),
            bookings::updated_at.eq(after.updated_at),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
