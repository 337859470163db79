//! What members do with bookings: book for a customer, write a note, say how it ended.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::{self, BookingDraft, Outcome};
use domain::id::{BookingId, CustomerId};
use domain::intake::Answering;
use domain::rejection::{Code, Rejection};
use domain::slots::Assigned;

use super::create::{Making, book, create_with, everybody, named};
use super::{Appointment, Booking, happened, visit};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::availability::{self, Wish};
use crate::customers;
use crate::error::Result;
use crate::events;
use crate::schema::bookings;
use crate::tenants::check_version;

/// What a member may say beside what a customer says.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    /// Somebody who is known: their profile stands for name, address, number and language.
    pub customer_id: Option<CustomerId>,
    /// At any time that is not taken, whatever the hours, the notice and the horizon; of a named staff member.
    pub outside_hours: bool,
    pub internal_note: Option<String>,
}

/// Books on behalf of a customer. Nobody's approval is waited for: whoever would give it is booking.
pub async fn create_at_desk(
    tx: &TenantTx,
    draft: &BookingDraft,
    desk: &Desk,
    random: u32,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    let internal_note = desk.note()?;
    let draft = of_customer(tx, draft, desk).await?;
    let making = Making {
        is_ours: true,
        answering: Answering::Desk,
        internal_note,
        ..Making::of(&draft, random, by, now)
    };
    if !desk.outside_hours {
        return Box::pin(create_with(tx, making)).await;
    }
    booking::check_start(draft.start)?;
    if !draft.then.is_empty() {
        let detail = "is for one service";
        return Err(Rejection::invalid("/outside_hours", "UNAVAILABLE", detail).into());
    }
    let wish = Wish::for_service(draft.service_id).with_any(draft.staff_id).with_seats(draft.seats);
    let one = match draft.staff_id {
        Some(id) => named(tx, wish, id, draft.start).await?,
        None => None,
    };
    let (catalogue, assigned) = if let Some(catalogue) = one {
        (catalogue, Assigned::Named)
    } else {
        let day = draft.start.date_naive();
        let team = availability::catalogue(tx, wish, (day, day)).await?;
        if !team.service.is_collective {
            let detail = "must be named outside of the hours";
            return Err(Rejection::invalid("/staff_id", "REQUIRED", detail).into());
        }
        (everybody(tx, wish, &team, draft.start).await?, Assigned::Everybody)
    };
    let contact = draft.contact(&catalogue.tenant.country)?;
    draft.check_seats(catalogue.service.capacity)?;
    if !catalogue.is_free(draft.start) {
        return Err(Code::SlotUnavailable.into());
    }
    Box::pin(book(tx, catalogue, contact, assigned, making)).await
}

impl Desk {
    pub(super) fn note(&self) -> Result<Option<String>> {
        note(self.internal_note.as_deref())
    }
}

/// The draft with the profile of who it is for, where they are known.
pub(super) async fn of_customer(tx: &TenantTx, draft: &BookingDraft, desk: &Desk) -> Result<BookingDraft> {
    let Some(id) = desk.customer_id else { return Ok(draft.clone()) };
    let known = customers::find(tx, id).await.map_err(|error| match error.code() {
        Some(Code::NotFound) => {
            Rejection::invalid("/customer_id", "INVALID", "must be one of your customers").into()
        }
        _ => error,
    })?;
    Ok(BookingDraft {
        name: known.name,
        email: known.email,
        phone: known.phone_e164,
        locale: Some(draft.locale.unwrap_or(known.locale)),
        ..draft.clone()
    })
}

fn note(note: Option<&str>) -> Result<Option<String>> {
    let lines = note.map(|note| domain::text::lines(note, 2_000)).transpose();
    Ok(lines.map_err(|why| Rejection::invalid("/internal_note", "INVALID", why.to_string()))?.flatten())
}

/// Writes, changes or takes away what members note for themselves.
pub async fn annotate(
    tx: &TenantTx,
    id: BookingId,
    internal_note: Option<&str>,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    let internal_note = note(internal_note)?;
    // All of its visit, as always: what follows may change more of it.
    let visit = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    let this = visit.into_iter().find(|one| one.booking.id == id).ok_or(Code::NotFound)?;
    let Appointment { booking: before, staff_name, .. } = this;
    check_version(version, before.version)?;
    if before.internal_note == internal_note {
        return Ok(Appointment::of(before, staff_name));
    }
    let after = Booking { internal_note, version: before.version + 1, updated_at: now, ..before.clone() };
    save(tx, &before, &after, ("booking.updated", "booking.update"), by, now).await?;
    Ok(Appointment::of(after, staff_name))
}

/// Says how a booking ended, with all of its visit; who stayed away owes what its policy asks. What was said wrongly can be
/// said again; said twice, it is said once.
pub async fn close(
    tx: &TenantTx,
    id: BookingId,
    outcome: Outcome,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    let before = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    let whole = visit::whole(before.clone())?;
    let status = outcome.act().of(whole.booking.status, whole.booking.starts_at, now)?;
    if whole.booking.status == status {
        return Ok(whole);
    }
    // Owed once for all of it.
    let mut fee_cents = match outcome {
        Outcome::NoShow => whole.booking.terms().costs.no_show_cents,
        Outcome::Completed => 0,
    };
    let names = match outcome {
        Outcome::Completed => ("booking.completed", "booking.complete"),
        Outcome::NoShow => ("booking.missed", "booking.miss"),
    };
    let mut closed = Vec::with_capacity(before.len());
    for Appointment { booking: before, staff_name, .. } in before {
        let fee_cents = std::mem::take(&mut fee_cents);
        let after =
            Booking { status, fee_cents, version: before.version + 1, updated_at: now, ..before.clone() };
        save(tx, &before, &after, names, by, now).await?;
        closed.push(Appointment::of(after, staff_name));
    }
    visit::whole(closed)
}

/// Asks the fee no longer of who cancelled late or stayed away, for any of the visit. Twice is once.
pub async fn waive_fee(tx: &TenantTx, id: BookingId, by: &By, now: DateTime<Utc>) -> Result<Appointment> {
    for Appointment { booking: before, .. } in Box::pin(visit::find_visit_for_update(tx, id)).await? {
        if before.fee_cents > 0 {
            let after =
                Booking { fee_cents: 0, version: before.version + 1, updated_at: now, ..before.clone() };
            save(tx, &before, &after, ("booking.updated", "booking.waive_fee"), by, now).await?;
        }
    }
    super::find(tx, id).await
}

async fn save(
    tx: &TenantTx,
    before: &Booking,
    after: &Booking,
    (event, action): (&'static str, &'static str),
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(bookings::table.find((tx.tenant(), after.id)))
        .set((
            bookings::status.eq(after.status),
            bookings::fee_cents.eq(after.fee_cents),
            bookings::internal_note.eq(&after.internal_note),
            bookings::version.eq(after.version),
            bookings::updated_at.eq(after.updated_at),
        ))
        .execute(&mut tx.conn())
        .await?;
    events::record(tx, happened(event, after), now).await?;
    let change = Change { action, subject: after.id.0, before: Some(before), after: Some(after) };
    audit::record(tx, by, change, now).await
}
