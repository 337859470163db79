//! A booking moved to another time, or to somebody else: checked like a new one, and its old time is free to it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::{self, Act, Status};
use domain::id::{BookingId, StaffId};
use domain::rejection::{Code, Rejection};
use domain::slots::Assigned;
use futures_util::join;
use jobs::Job;

use super::time::{self, Place};
use super::{Appointment, Booking, happened, visit};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::availability::{self, Catalogue, Wish};
use crate::error::{Error, Result};
use crate::events;
use crate::schema::bookings;
use crate::tenants::Zone;

/// Where a booking is to go.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    pub start: DateTime<Utc>,
    /// None: whoever provides it already.
    pub staff_id: Option<StaffId>,
}

/// Moves the booking, with all of its visit, and tells the customer; `to` is where the visit begins. What it lasts and costs
/// stays as it was booked; a customer's move of what needs approval waits for it again. To where it is already is no move:
/// nothing happens.
pub async fn reschedule(
    tx: &TenantTx,
    id: BookingId,
    to: Move,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    booking::check_start(to.start)?;
    let legs = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    if legs.len() > 1 {
        // Everybody stays with what they do of it.
        let is_other = legs
            .as_slice()
            .first()
            .is_none_or(|one| to.staff_id.is_some_and(|id| id != one.booking.staff_id));
        if is_other {
            return Err(somebody_else());
        }
        return Box::pin(visit::reschedule(tx, legs, to.start, by, now)).await;
    }
    let Some(Appointment { booking: before, staff_name, .. }) = legs.into_iter().next() else {
        return Err(Code::NotFound.into());
    };
    let status = Act::Reschedule.of(before.status, before.starts_at, now)?;
    if by.is_customer() {
        before.terms().check_move(now)?;
    }
    // Of those who provide it together nobody is chosen.
    let to = Move { staff_id: to.staff_id.filter(|_| !before.is_collective()), ..to };
    let staff_id = to.staff_id.unwrap_or(before.staff_id);
    if (to.start, staff_id) == (before.starts_at, before.staff_id) {
        return Ok(Appointment::of(before, staff_name));
    }
    let catalogue = lock(tx, &before, staff_id, to.start, std::convert::identity).await.map_err(|error| {
        // The service is offered no more, or its provider has left: nobody can say when it would be free.
        match error.code() {
            Some(Code::NotFound) if to.staff_id.is_none() => Error::from(Code::BookingNotMovable),
            _ => error,
        }
    })?;
    if !catalogue.offers(to.start, now) {
        return Err(Code::SlotUnavailable.into());
    }
    let needs_approval = !catalogue.service.auto_confirm && by.is_customer();
    let wanted = Booking {
        status: if needs_approval {
            Act::Reschedule.of_for_approval(before.status, before.starts_at, now)?
        } else {
            status
        },
        assigned: match to.staff_id {
            Some(_) => serde_json::to_value(Assigned::Named).ok(),
            None => before.assigned.clone(),
        },
        ..before.clone()
    };
    let (after, place, staff_name) = placed(catalogue, wanted, to.start, now)?;
    write(tx, (&before, &after), &place, "booking.reschedule", by, now).await?;
    tx.enqueue(&told_rescheduled(&after), now).await?;
    Ok(Appointment::of(after, staff_name))
}

fn somebody_else() -> Error {
    let detail = "must stay who it is in a visit of several services";
    Rejection::invalid("/staff_id", "UNAVAILABLE", detail).into()
}

/// The same by a member, who says when this booking begins: the rest of its visit moves with it.
pub async fn reschedule_with_visit(
    tx: &TenantTx,
    id: BookingId,
    to: Move,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    booking::check_start(to.start)?;
    let visit = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    let to = match (visit.as_slice(), visit.iter().find(|one| one.booking.id == id)) {
        ([first, _, ..], Some(Appointment { booking: this, .. })) => {
            if to.staff_id.is_some_and(|staff| staff != this.staff_id) {
                return Err(somebody_else());
            }
            Move { start: to.start - (this.starts_at - first.booking.starts_at), staff_id: None }
        }
        _ => to,
    };
    Box::pin(reschedule(tx, id, to, by, now)).await?;
    super::find(tx, id).await
}

/// The locks on whose time becomes free and whose is taken, and what is taken of the latter's. `how` it looks for it may
/// differ.
pub(super) async fn lock(
    tx: &TenantTx,
    before: &Booking,
    staff_id: StaffId,
    start: DateTime<Utc>,
    how: fn(Wish) -> Wish,
) -> Result<Catalogue> {
    let mut staff = time::held(tx, before).await?;
    // The rest of its visit gets other buffers.
    let siblings = visit::siblings(tx, before).await?;
    let mut services = vec![before.service_id];
    for sibling in &siblings {
        staff.extend(time::held(tx, sibling).await?);
        services.push(sibling.service_id);
    }
    if before.is_collective() {
        let day = start.date_naive();
        let wish = Wish::for_service(before.service_id);
        let team = availability::catalogue(tx, wish, (day, day)).await?.team;
        staff.extend(team.iter().map(|member| member.staff.id));
    } else {
        staff.push(staff_id);
    }
    time::raise(tx, &staff, &services).await?;
    // How many share its time is known under the lock.
    let wish = how(Wish::to_move_alone(tx, before).await?);
    // The time of what else is done in its visit is no obstacle with its buffers; where they meet, the constraint speaks.
    let siblings: Vec<_> = siblings.iter().map(Booking::holder).collect();
    let catalogue = availability::around_but(tx, wish, staff_id, start, &siblings).await?;
    // One who does it alone now did it with others, or the other way round: whose time it takes was not locked.
    let is_locked = catalogue.team.iter().all(|member| staff.contains(&member.staff.id));
    if is_locked { Ok(catalogue) } else { Err(Code::BookingNotMovable.into()) }
}

/// The booking as it will be at that start, with its place and the name of who provides it.
pub(super) fn placed(
    catalogue: Catalogue,
    wanted: Booking,
    start: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(Booking, Place, String)> {
    let place = Place::at(&catalogue, start, now)?;
    let (room_id, ends_at) = (place.room(&catalogue, start), place.end(&catalogue, start));
    let Catalogue { tenant, team, .. } = catalogue;
    let Some(member) = team.into_iter().next() else { return Err(Code::SlotUnavailable.into()) };
    let after = Booking {
        staff_id: member.staff.id,
        room_id,
        group_session_id: place.session().map(|session| session.id),
        starts_at: start,
        ends_at,
        timezone: tenant.timezone,
        sequence: wanted.sequence + 1,
        version: wanted.version + 1,
        updated_at: now,
        ..wanted
    };
    Ok((after, place, member.staff.name))
}

/// All of it in one flight: the locks are held and the time is free.
pub(super) async fn write(
    tx: &TenantTx,
    (before, after): (&Booking, &Booking),
    place: &Place,
    action: &'static str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    // In the order they are sent: after the first error PostgreSQL refuses the rest for that alone.
    let (released, put) =
        join!(time::release(tx, before, now), put(tx, (before, after), place, action, by, now));
    match (released, put) {
        // That somebody has the time is what failed first, whatever was refused after it.
        (Err(_), Err(refused)) if refused.code() == Some(Code::SlotUnavailable) => Err(refused),
        (released, put) => released.and(put),
    }
}

/// The same without giving its old time back.
pub(super) async fn put(
    tx: &TenantTx,
    (before, after): (&Booking, &Booking),
    place: &Place,
    action: &'static str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut event = happened("booking.rescheduled", after);
    if let Some(data) = event.data.as_object_mut() {
        let previous = serde_json::json!({
            "staff_id": before.staff_id,
            "starts_at": before.starts_at,
            "ends_at": before.ends_at,
        });
        data.insert("previous".to_owned(), previous);
    }
    let change = Change { action, subject: after.id.0, before: Some(before), after: Some(after) };
    let (taken, updated, happened, audited) = join!(
        time::take(tx, after, place, now),
        update(tx, after),
        events::record(tx, event, now),
        audit::record(tx, by, change, now),
    );
    taken?;
    updated?;
    happened?;
    audited
}

async fn update(tx: &TenantTx, after: &Booking) -> Result<()> {
    diesel::update(bookings::table.find((tx.tenant(), after.id)))
        .set((
            bookings::status.eq(after.status),
            bookings::staff_id.eq(after.staff_id),
            bookings::room_id.eq(after.room_id),
            bookings::group_session_id.eq(after.group_session_id),
            bookings::assigned.eq(&after.assigned),
            bookings::starts_at.eq(after.starts_at),
            bookings::ends_at.eq(after.ends_at),
            bookings::duration_minutes.eq(after.duration_minutes),
            bookings::timezone.eq(Zone(after.timezone)),
            bookings::sequence.eq(after.sequence),
            bookings::version.eq(after.version),
            bookings::updated_at.eq(after.updated_at),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What follows a move: the summary of what is confirmed, and the message if the customer wants one.
pub(super) fn told_rescheduled(booking: &Booking) -> Vec<Job> {
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
