//! A visit: bookings of several services in one coming. Each takes its own time of its own staff member; customers see them
//! as one, and they are confirmed, moved and cancelled together unless a member says otherwise.

mod create;
mod place;
mod reschedule;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{BookingId, ServiceId, StaffId};
use domain::rejection::Code;
use jobs::Job;

use super::reschedule::told_rescheduled;
use super::time;
use super::{Appointment, Booking, find, find_for_update, with_staff};
use crate::TenantTx;
use crate::error::Result;
use crate::schema::{bookings, staff};

pub(super) use create::{Leg, create};
use place::places;
pub(super) use place::{bare, make_room, settle};
pub(super) use reschedule::reschedule;

/// One of the services of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub booking_id: BookingId,
    pub service_id: ServiceId,
    pub service_name: String,
    /// In the language of the customer.
    pub told_name: String,
    pub staff_id: StaffId,
    pub staff_name: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub price_cents: i64,
}

impl From<&Appointment> for Service {
    fn from(Appointment { booking, staff_name, .. }: &Appointment) -> Self {
        Self {
            booking_id: booking.id,
            service_id: booking.service_id,
            service_name: booking.title(),
            told_name: booking.told_title(),
            staff_id: booking.staff_id,
            staff_name: staff_name.clone(),
            starts_at: booking.starts_at,
            ends_at: booking.ends_at,
            price_cents: booking.price_cents,
        }
    }
}

/// All of a visit, by start.
async fn all(tx: &TenantTx, visit: BookingId) -> Result<Vec<Appointment>> {
    let rows: Vec<(Booking, String)> = with_staff()
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .filter(bookings::visit_id.eq(visit))
        .order((bookings::starts_at, bookings::id))
        .select((Booking::as_select(), staff::name))
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(booking, staff_name)| Appointment::of(booking, staff_name)).collect())
}

/// Those of a visit that are one with that booking: on its date, and come to the same at the same time. What a member moved to
/// another day, cancelled or closed by itself is told by itself.
fn together(all: Vec<Appointment>, id: BookingId) -> Vec<Appointment> {
    let Some(this) = all.iter().find(|one| one.booking.id == id).map(|one| one.booking.clone()) else {
        return all;
    };
    let date = |booking: &Booking| booking.starts_at.with_timezone(&booking.timezone).date_naive();
    let mut together = all;
    together.retain(|Appointment { booking, .. }| {
        (booking.status, booking.cancelled_at, date(booking)) == (this.status, this.cancelled_at, date(&this))
    });
    together.sort_by_key(|one| (one.booking.starts_at, one.booking.id));
    together
}

/// The bookings that are one with this one, as one: from the start of the first to the end of the last, with all that they
/// cost. It has the id and the code of the one that was booked first, whatever comes first now: that is what its links, its
/// messages and its entry in calendars go by. There is at least one.
pub(super) fn whole(legs: Vec<Appointment>) -> Result<Appointment> {
    let named = |one: &&Appointment| (Some(one.booking.id) != one.booking.visit_id, one.booking.id);
    let named = legs.iter().min_by_key(named).ok_or(Code::NotFound)?.booking.clone();
    let services: Vec<Service> = legs.iter().map(Service::from).collect();
    let mut legs = legs.into_iter();
    let mut whole = legs.next().ok_or(Code::NotFound)?;
    if services.len() < 2 {
        return Ok(whole);
    }
    let mut staff = vec![whole.staff_name.clone()];
    (whole.booking.id, whole.booking.public_code) = (named.id, named.public_code);
    for Appointment { booking: leg, staff_name, .. } in legs {
        let sum = &mut whole.booking;
        sum.sequence = sum.sequence.max(leg.sequence);
        if sum.told_name.is_some() || leg.told_name.is_some() {
            sum.told_name = Some(format!("{} + {}", sum.told_name(), leg.told_name()));
        }
        sum.note = sum.note.take().or(leg.note);
        sum.service_name = format!("{} + {}", sum.service_name, leg.service_name);
        sum.ends_at = sum.ends_at.max(leg.ends_at);
        sum.buffer_after_minutes = leg.buffer_after_minutes;
        sum.price_cents += leg.price_cents;
        sum.deposit_cents += leg.deposit_cents;
        sum.fee_cents += leg.fee_cents;
        if let Some(serde_json::Value::Array(more)) = leg.answers {
            match &mut sum.answers {
                Some(serde_json::Value::Array(answers)) => answers.extend(more),
                answers => *answers = Some(serde_json::Value::Array(more)),
            }
        }
        if !staff.contains(&staff_name) {
            staff.push(staff_name);
        }
    }
    whole.booking.duration_minutes =
        i32::try_from((whole.booking.ends_at - whole.booking.starts_at).num_minutes()).unwrap_or(i32::MAX);
    whole.staff_name = staff.join(", ");
    whole.services = services;
    Ok(whole)
}

/// A visit after one of its services was changed by itself: what is one with it now, and what it was one with and is no
/// longer.
pub(super) fn parted(visit: Vec<Appointment>, after: &Appointment) -> (Vec<Appointment>, Vec<Appointment>) {
    let mut all = visit;
    all.retain(|one| one.booking.id != after.booking.id);
    let others = all.clone();
    all.push(after.clone());
    let own = together(all, after.booking.id);
    let is_own = |id| own.iter().any(|one| one.booking.id == id);
    let left = others.into_iter().filter(|one| !is_own(one.booking.id)).collect();
    (own, left)
}

/// A booking and all that is one with it, by start.
async fn legs(tx: &TenantTx, id: BookingId) -> Result<Vec<Appointment>> {
    let one = find(tx, id).await?;
    match one.booking.visit_id {
        Some(visit) => Ok(together(all(tx, visit).await?, id)),
        None => Ok(vec![one]),
    }
}

/// A booking with all that is one with it.
pub async fn find_visit(tx: &TenantTx, id: BookingId) -> Result<Appointment> {
    whole(legs(tx, id).await?)
}

/// The same for its customer: of a visit of which this booking no longer stands, what does.
pub async fn find_for_customer(tx: &TenantTx, id: BookingId) -> Result<Appointment> {
    let one = find(tx, id).await?;
    of_customer(tx, one).await
}

pub(super) async fn of_customer(tx: &TenantTx, one: Appointment) -> Result<Appointment> {
    let Some(visit) = one.booking.visit_id else { return Ok(one) };
    let all = all(tx, visit).await?;
    let stands = |one: &&Appointment| one.booking.status.stands();
    let standing = Some(&one).filter(stands).or_else(|| all.iter().find(stands));
    let id = standing.map_or(one.booking.id, |one| one.booking.id);
    whole(together(all, id))
}

/// Whether more than itself is one with it.
pub(crate) async fn is_of_several(tx: &TenantTx, booking: &Booking) -> Result<bool> {
    match booking.visit_id {
        Some(_) => Ok(standing(tx, booking.id).await?.len() > 1),
        None => Ok(false),
    }
}

/// The bookings that are one with this one.
pub(crate) async fn standing(tx: &TenantTx, id: BookingId) -> Result<Vec<Booking>> {
    Ok(legs(tx, id).await?.into_iter().map(|leg| leg.booking).collect())
}

/// All else that is one with it.
pub(super) async fn siblings(tx: &TenantTx, booking: &Booking) -> Result<Vec<Booking>> {
    if booking.visit_id.is_none() {
        return Ok(Vec::new());
    }
    let mut all = standing(tx, booking.id).await?;
    all.retain(|one| one.id != booking.id);
    Ok(all)
}

/// The bookings that are one with this one, locked: the whole visit is, always in the same order.
pub(super) async fn find_visit_for_update(tx: &TenantTx, id: BookingId) -> Result<Vec<Appointment>> {
    let visit: Option<BookingId> =
        bookings::table.find((tx.tenant(), id)).select(bookings::visit_id).first(&mut tx.conn()).await?;
    let Some(visit) = visit else { return Ok(vec![find_for_update(tx, id).await?]) };
    let _locked: Vec<BookingId> = bookings::table
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .filter(bookings::visit_id.eq(visit))
        .order(bookings::id)
        .select(bookings::id)
        .for_no_key_update()
        .load(&mut tx.conn())
        .await?;
    Ok(together(all(tx, visit).await?, id))
}

/// Takes the locks on all whose time these bookings take, and says whose that is.
pub(super) async fn raise(tx: &TenantTx, held: &[Appointment]) -> Result<Vec<StaffId>> {
    let mut staff = Vec::new();
    for one in held {
        staff.extend(time::held(tx, &one.booking).await?);
    }
    let services: Vec<ServiceId> = held.iter().map(|one| one.booking.service_id).collect();
    time::raise(tx, &staff, &services).await?;
    Ok(staff)
}

/// Counts a change for all that is told of together, as in calendars it is one entry, and what tells it.
pub(super) async fn retold(tx: &TenantTx, whole: Appointment, sequence: i32) -> Result<Vec<Job>> {
    let own = std::iter::once(whole.booking.id);
    let ids: Vec<BookingId> = own.chain(whole.services.iter().map(|service| service.booking_id)).collect();
    diesel::update(
        bookings::table.filter(bookings::tenant_id.eq(tx.tenant())).filter(bookings::id.eq_any(ids)),
    )
    .set(bookings::sequence.eq(sequence))
    .execute(&mut tx.conn())
    .await?;
    Ok(told_rescheduled(&Booking { sequence, ..whole.booking }))
}

/// The same of what is left of a visit, if anything, without a service that left it.
pub(super) async fn retold_without(tx: &TenantTx, rest: Vec<Appointment>, sequence: i32) -> Result<Vec<Job>> {
    if rest.is_empty() {
        return Ok(Vec::new());
    }
    settle(tx, &rest).await?;
    retold(tx, whole(rest)?, sequence).await
}
