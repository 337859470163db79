//! A booking that is held for somebody: until they paid its deposit, or took the time that they waited for; or over.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::{Act, Status};
use domain::id::{BookingId, ServiceId};
use domain::plan::{self, Limit};
use domain::rejection::{Code, Rejection};
use domain::waitlist;
use futures_util::join;

use super::{Appointment, Booking, happened, time, told_confirmed, visit};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::events;
use crate::schema::{bookings, services};
use crate::usage;

/// Takes the deposit of a booking, or of all of its visit, as paid: it is confirmed, or waits for approval where the tenant
/// wants to give it. Paid twice, it is paid once. Of a payment and the end of its time, the first to get its row wins.
pub async fn pay_deposit(tx: &TenantTx, id: BookingId, by: &By, now: DateTime<Utc>) -> Result<Appointment> {
    let before = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    if before.iter().any(|one| one.booking.deposit_paid_at.is_some()) {
        return visit::whole(before);
    }
    let status = left(tx, &before, Act::Pay, now).await?;
    let after = |before: &Booking| Booking {
        status,
        held_until: None,
        deposit_paid_at: Some(now),
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    Box::pin(settle(tx, before, after, ("booking.deposit_paid", "booking.pay_deposit"), by, now)).await
}

/// Takes the time that is kept for whom it was offered to. Taken twice, it is taken once; what asks for a deposit is taken by
/// paying it.
pub async fn accept(tx: &TenantTx, id: BookingId, by: &By, now: DateTime<Utc>) -> Result<Appointment> {
    let before = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    let whole = visit::whole(before.clone())?;
    if matches!(whole.booking.status, Status::Confirmed | Status::Pending) {
        return Ok(whole);
    }
    let status = left(tx, &before, Act::Accept, now).await?;
    if whole.booking.deposit_cents > 0 {
        let detail = "Pay the deposit to take this time.";
        return Err(Rejection::new(Code::BookingNotConfirmable, detail).into());
    }
    let after = |before: &Booking| Booking {
        status,
        held_until: None,
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    Box::pin(settle(tx, before, after, ("booking.accepted", "booking.accept"), by, now)).await
}

/// What a hold becomes by that act of its customer: confirmed, or pending where the tenant wants to approve any of it.
async fn left(tx: &TenantTx, before: &[Appointment], act: Act, now: DateTime<Utc>) -> Result<Status> {
    let Some(Appointment { booking: first, .. }) = before.first() else { return Err(Code::NotFound.into()) };
    let ids: Vec<ServiceId> = before.iter().map(|one| one.booking.service_id).collect();
    let auto_confirm: Vec<bool> = services::table
        .filter(services::tenant_id.eq(tx.tenant()))
        .filter(services::id.eq_any(ids))
        .select(services::auto_confirm)
        .load(&mut tx.conn())
        .await?;
    let status = if auto_confirm.into_iter().all(|auto| auto) {
        act.of(first.status, first.starts_at, now)
    } else {
        act.of_for_approval(first.status, first.starts_at, now)
    };
    Ok(status?)
}

/// Writes what was waited for as it stands from now on; what is confirmed is told. `event` and `action` name it.
pub(super) async fn settle(
    tx: &TenantTx,
    before: Vec<Appointment>,
    after: impl Fn(&Booking) -> Booking,
    (event, action): (&'static str, &'static str),
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    let mut settled = Vec::with_capacity(before.len());
    for Appointment { booking: before, staff_name, .. } in before {
        let mut after = after(&before);
        if after.status == Status::Confirmed {
            after.agreed_at = after.agreed_at.or(Some(now));
        }
        let change = Change { action, subject: after.id.0, before: Some(&before), after: Some(&after) };
        let (updated, happened, audited) = join!(
            update(tx, &before, &after),
            events::record(tx, happened(event, &after), now),
            audit::record(tx, by, change, now),
        );
        updated?;
        happened?;
        audited?;
        settled.push(Appointment::of(after, staff_name));
    }
    let whole = visit::whole(settled)?;
    if whole.booking.status == Status::Confirmed {
        tx.enqueue(&told_confirmed(&whole.booking), now).await?;
    }
    Ok(whole)
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

/// Ends a hold whose time is over, with all of its visit: their time is free again, and the plan counts it no longer.
pub async fn expire(tx: &TenantTx, id: BookingId, now: DateTime<Utc>) -> Result<Hold> {
    let held = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    let Some(Appointment { booking: first, .. }) = held.as_slice().first() else { return Ok(Hold::Gone) };
    let (Some(until), Ok(status)) = (first.held_until, Act::Expire.of(first.status, first.starts_at, now))
    else {
        return Ok(Hold::Gone);
    };
    if now < until {
        return Ok(Hold::Until(until));
    }
    visit::raise(tx, &held).await?;
    for Appointment { booking: before, .. } in &held {
        let after = Booking { status, version: before.version + 1, updated_at: now, ..before.clone() };
        let change = Change {
            action: "booking.expire",
            subject: before.id.0,
            before: Some(before),
            after: Some(&after),
        };
        let (updated, released, happened, audited) = join!(
            update(tx, before, &after),
            time::release(tx, before, now),
            events::record(tx, happened("booking.expired", &after), now),
            audit::record(tx, By::SYSTEM, change, now),
        );
        updated?;
        released?;
        happened?;
        audited?;
    }
    usage::give_back(tx, Limit::BookingsPerMonth, plan::month_of(first.created_at, first.timezone)).await?;
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
            bookings::agreed_at.eq(after.agreed_at),
            bookings::deposit_paid_at.eq(after.deposit_paid_at),
            bookings::version.eq(after.version),
            bookings::updated_at.eq(after.updated_at),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
