//! A visit moved as a whole: everybody stays with what they do of it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::booking::Act;
use domain::rejection::Code;
use domain::wall_clock::Interval;

use super::{places, raise, whole};
use crate::TenantTx;
use crate::audit::By;
use crate::availability::{self, Catalogue, Wish};
use crate::bookings::reschedule::{put, told_rescheduled};
use crate::bookings::{Appointment, Booking, time};
use crate::error::{Error, Result};

/// Moves these bookings, which are one, so that the first begins at `start`.
pub(in crate::bookings) async fn reschedule(
    tx: &TenantTx,
    before: Vec<Appointment>,
    start: DateTime<Utc>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    let visit = whole(before.clone())?.booking;
    let is_by_customer = by.is_customer();
    let status = Act::Reschedule.of(visit.status, visit.starts_at, now)?;
    if is_by_customer {
        visit.terms().check_move(now)?;
    }
    if start == visit.starts_at {
        return whole(before);
    }
    let locked = raise(tx, &before).await?;
    let wish = Wish::to_move(tx, &visit).await?;
    let day = (start.date_naive(), start.date_naive());
    let services = availability::services(tx, wish, day).await.map_err(|error| match error.code() {
        // One of the services is offered no more, has seats now, or who does it has left.
        Some(Code::NotFound | Code::Invalid) => Error::from(Code::BookingNotMovable),
        _ => error,
    });
    let mut services = services?;
    // Somebody joined those who do a service together, whose lock was not taken.
    if services.each.iter().flat_map(Catalogue::staff_ids).any(|id| !locked.contains(&id)) {
        return Err(Code::BookingNotMovable.into());
    }
    services.read_taken(tx, Interval::new(start, start + TimeDelta::seconds(1))).await?;
    services.visit(start, now).ok_or(Code::SlotUnavailable)?;
    let needs_approval = is_by_customer && services.each.iter().any(|service| !service.service.auto_confirm);
    let status = if needs_approval {
        Act::Reschedule.of_for_approval(visit.status, visit.starts_at, now)?
    } else {
        status
    };
    let starts = services.starts(start);
    let places = places(&services, &starts);
    for one in &before {
        time::release(tx, &one.booking, now).await?;
    }
    let sequence = visit.sequence + 1;
    let mut moved = Vec::with_capacity(before.len());
    let each = before.into_iter().zip(&services.each).zip(starts.iter().zip(&places));
    for ((Appointment { booking: before, staff_name, .. }, service), (start, place)) in each {
        let after = Booking {
            status,
            room_id: place.room(service, *start),
            starts_at: *start,
            ends_at: *start + service.duration(),
            timezone: service.tenant.timezone,
            sequence,
            version: before.version + 1,
            updated_at: now,
            ..before.clone()
        };
        put(tx, (&before, &after), place, "booking.reschedule", by, now).await?;
        moved.push(Appointment::of(after, staff_name));
    }
    let moved = whole(moved)?;
    tx.enqueue(&told_rescheduled(&moved.booking), now).await?;
    Ok(moved)
}
