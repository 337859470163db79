//! Bookings that recur: planned first, so that whoever asks sees what would become of each, then booked all or none. Each is
//! a booking like any other: checked, counted, moved and cancelled by itself.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::booking::series::{FARTHEST_SHIFT, OnConflict, starts};
use domain::booking::{self, BookingDraft, Charge, Status};
use domain::id::{BookingId, SeriesId, ServiceId, StaffId, TenantId, UserId};
use domain::intake::{AllGiven, Answering};
use domain::plan::Feature;
use domain::recurrence::Rule;
use domain::rejection::{Code, Rejection};
use domain::slots::nearest;
use domain::wall_clock::Interval;
use jobs::Job;
use serde::Serialize;

use super::create::{Making, create_with};
use super::desk::{Desk, of_customer};
use super::{Appointment, Booking, cancel, time, with_staff};
use crate::TenantTx;
use crate::audit::By;
use crate::availability::{self, Catalogue, Wish};
use crate::error::Result;
use crate::schema::{booking_series, bookings, staff};

/// What recurs, as it was asked for.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = booking_series, treat_none_as_default_value = false)]
pub struct Series {
    pub tenant_id: TenantId,
    pub id: SeriesId,
    pub service_id: ServiceId,
    /// An RRULE of RFC 5545, on the wall clock of the tenant's zone then.
    pub recurrence: String,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

/// A series to be booked: the first of its bookings, and how it recurs.
#[derive(Clone, Debug)]
pub struct SeriesDraft {
    pub first: BookingDraft,
    pub rule: Rule,
    pub on_conflict: OnConflict,
    /// A member books it: nobody's approval is waited for, nor a deposit. It takes place within the hours.
    pub desk: Option<Desk>,
}

/// One occurrence, before it is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Planned {
    pub start: DateTime<Utc>,
    pub is_free: bool,
    /// Of one that is not, the nearest start that is.
    pub nearest: Option<DateTime<Utc>>,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct SeriesPlan {
    /// Who provides it all: who was named, or of those who do, whoever is free most often. None: all together.
    pub staff_id: Option<StaffId>,
    pub occurrences: Vec<Planned>,
}

/// What was booked.
#[derive(Clone, Debug)]
pub struct Booked {
    pub series: Series,
    pub appointments: Vec<Appointment>,
    /// Those whose time was taken and for which there was no other.
    pub left_out: Vec<DateTime<Utc>>,
}

/// What would become of each occurrence; nothing is booked, and nothing locked.
pub async fn plan_series(tx: &TenantTx, draft: &SeriesDraft, now: DateTime<Utc>) -> Result<SeriesPlan> {
    let (catalogue, starts) = read(tx, draft, now).await?;
    let staff_id = provider(&catalogue, draft, &starts, now);
    // Nothing is shifted to where another one is, or will be.
    let mut others = starts.clone();
    let occurrences = starts
        .into_iter()
        .map(|start| {
            let is_free = offers(&catalogue, staff_id, start, now);
            let nearest = if is_free { None } else { shifted(&catalogue, staff_id, start, &others, now) };
            others.extend(nearest);
            Planned { start, is_free, nearest }
        })
        .collect();
    Ok(SeriesPlan { staff_id, occurrences })
}

/// Books all occurrences. One whose time is taken is treated as the draft says; where nothing is left to book, and with
/// [`OnConflict::Refuse`] where one is taken, nothing is. `random` makes the public codes.
pub async fn create_series(
    tx: &TenantTx,
    draft: &SeriesDraft,
    mut random: impl FnMut() -> u32,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Booked> {
    booking::check_start(draft.first.start)?;
    let (mut catalogue, starts) = read(tx, draft, now).await?;
    let staff_id = provider(&catalogue, draft, &starts, now);
    // All locks at once: each occurrence takes no other.
    let staff: Vec<StaffId> = match staff_id {
        Some(id) => vec![id],
        None => catalogue.staff_ids(),
    };
    time::raise(tx, &staff, &[draft.first.service_id]).await?;
    let series = Series {
        tenant_id: tx.tenant(),
        id: SeriesId::mint(now),
        service_id: draft.first.service_id,
        recurrence: draft.rule.to_string(),
        created_at: now,
        created_by: by.user(),
    };
    diesel::insert_into(booking_series::table).values(&series).execute(&mut tx.conn()).await?;
    let first = match &draft.desk {
        Some(desk) => of_customer(tx, &draft.first, desk).await?,
        None => draft.first.clone(),
    };
    let internal_note = draft.desk.as_ref().map(Desk::note).transpose()?.flatten();
    let is_ours = draft.desk.is_some();
    let mut booked = Booked { series, appointments: Vec::new(), left_out: Vec::new() };
    for &start in &starts {
        let mut wanted = Some(start);
        while let Some(at) = wanted.take() {
            (&mut tx.conn()).batch_execute("SAVEPOINT occurrence").await?;
            let mut one = BookingDraft { start: at, staff_id, ..first.clone() };
            // What the service asks is answered once.
            let is_first = booked.appointments.is_empty();
            if !is_first {
                one.answers = AllGiven::new();
            }
            let making = Making {
                is_ours,
                internal_note: internal_note.clone().filter(|_| is_first),
                answering: if is_first && !is_ours { Answering::Customer } else { Answering::Desk },
                series_id: Some(booked.series.id),
                ..Making::of(&one, random(), by, now)
            };
            match Box::pin(create_with(tx, making)).await {
                Ok(appointment) => {
                    (&mut tx.conn()).batch_execute("RELEASE SAVEPOINT occurrence").await?;
                    booked.appointments.push(appointment);
                }
                Err(error) => {
                    (&mut tx.conn())
                        .batch_execute("ROLLBACK TO SAVEPOINT occurrence; RELEASE SAVEPOINT occurrence")
                        .await?;
                    wanted = match (error.code(), draft.on_conflict) {
                        (Some(Code::PublicCodeTaken), _) => Some(at),
                        (Some(Code::SlotUnavailable), OnConflict::Shift) if at == start => {
                            // Under the lock it is known what is free now.
                            catalogue.read_taken(tx, around(start)).await?;
                            shifted(&catalogue, staff_id, start, &starts, now)
                        }
                        (Some(Code::SlotUnavailable), OnConflict::Skip | OnConflict::Shift) => None,
                        _ => return Err(error),
                    };
                    if wanted.is_none() {
                        booked.left_out.push(start);
                    }
                }
            }
        }
    }
    if booked.appointments.is_empty() {
        return Err(Code::SlotUnavailable.into());
    }
    // What waits for approval is told when it is confirmed.
    let is_told = booked.appointments.iter().all(|one| one.booking.status == Status::Confirmed);
    if is_told && draft.first.notify.email {
        tx.enqueue(&[Job::SendSeriesConfirmation { series_id: booked.series.id }], now).await?;
    }
    Ok(booked)
}

/// The catalogue with all that is taken while the series lasts, and its starts.
async fn read(
    tx: &TenantTx,
    draft: &SeriesDraft,
    now: DateTime<Utc>,
) -> Result<(Catalogue, Vec<DateTime<Utc>>)> {
    let first = &draft.first;
    if !first.then.is_empty() {
        let detail = "is not offered for a visit of several services";
        return Err(Rejection::invalid("/recurrence", "UNAVAILABLE", detail).into());
    }
    let wish = Wish::for_service(first.service_id).with_any(first.staff_id).with_seats(first.seats);
    let day = first.start.date_naive();
    let near = availability::catalogue(tx, wish, (day, day)).await?;
    let deposit = domain::booking::deposit_cents(near.service.price_cents, near.service.deposit_basis_points);
    if draft.desk.is_none() && deposit > 0 && near.tenant.plan.has(Feature::Deposits) {
        let detail = "is not offered for what asks for a deposit";
        return Err(Rejection::invalid("/recurrence", "UNAVAILABLE", detail).into());
    }
    let starts = starts(&draft.rule, first.start, near.tenant.timezone)?;
    // Only the first one has to lie within the horizon.
    let last_day = now.with_timezone(&near.tenant.timezone).date_naive()
        + TimeDelta::days(near.service.horizon_days.into());
    if first.start.with_timezone(&near.tenant.timezone).date_naive() > last_day {
        return Err(Code::SlotUnavailable.into());
    }
    let last = starts.as_slice().last().copied().unwrap_or(first.start);
    let dates = (day, (last + FARTHEST_SHIFT).date_naive());
    let mut catalogue = availability::catalogue(tx, wish.beyond_horizon(), dates).await?;
    catalogue.read_taken(tx, Interval::new(first.start - FARTHEST_SHIFT, last + FARTHEST_SHIFT)).await?;
    Ok((catalogue, starts))
}

/// Who provides all of it: whoever was named; of a collective service all; else whoever is free at most of the starts, the
/// first of them in their order.
fn provider(
    catalogue: &Catalogue,
    draft: &SeriesDraft,
    starts: &[DateTime<Utc>],
    now: DateTime<Utc>,
) -> Option<StaffId> {
    if catalogue.service.is_collective {
        return None;
    }
    draft.first.staff_id.or_else(|| {
        catalogue.ask(now, |demand, team| {
            let free =
                |agenda| starts.iter().filter(|start| demand.is_offered(&[agenda], **start, now)).count();
            // Of those who are as often free, the first.
            let best = team.iter().rev().max_by_key(|agenda| free(**agenda))?;
            Some(best.staff)
        })
    })
}

/// Whether that staff member, or all together, offer this start.
fn offers(catalogue: &Catalogue, staff: Option<StaffId>, start: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    catalogue.ask(now, |demand, team| match staff {
        None => demand.is_offered(team, start, now),
        Some(id) => team.iter().any(|agenda| agenda.staff == id && demand.is_offered(&[*agenda], start, now)),
    })
}

/// The nearest start to that one that is free and leaves `others` of the series their time: of the same day first, then of
/// those around it.
fn shifted(
    catalogue: &Catalogue,
    staff: Option<StaffId>,
    start: DateTime<Utc>,
    others: &[DateTime<Utc>],
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let zone = catalogue.tenant.timezone;
    let mut slots = catalogue.slots(around(start), now);
    slots.retain(|slot| {
        staff.is_none_or(|id| slot.staff_ids.contains(&id))
            && others.iter().all(|other| *other == start || catalogue.leaves(slot.start, *other))
    });
    let date = start.with_timezone(&zone).date_naive();
    let (same_day, others): (Vec<_>, Vec<_>) =
        slots.into_iter().partition(|slot| slot.start.with_timezone(&zone).date_naive() == date);
    let found = nearest(&same_day, start, 1).into_iter().chain(nearest(&others, start, 1)).next();
    found.map(|slot| slot.start)
}

fn around(start: DateTime<Utc>) -> Interval {
    Interval::new(start - FARTHEST_SHIFT, start + FARTHEST_SHIFT)
}

/// What recurs, and all of its bookings by their start.
pub async fn find_series(tx: &TenantTx, id: SeriesId) -> Result<(Series, Vec<Appointment>)> {
    let series = booking_series::table
        .find((tx.tenant(), id))
        .select(Series::as_select())
        .first(&mut tx.conn())
        .await?;
    let rows: Vec<(Booking, String)> = with_staff()
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .filter(bookings::series_id.eq(id))
        .order((bookings::starts_at, bookings::id))
        .select((Booking::as_select(), staff::name))
        .load(&mut tx.conn())
        .await?;
    let appointment = |(booking, staff_name)| Appointment::of(booking, staff_name);
    Ok((series, rows.into_iter().map(appointment).collect()))
}

/// Cancels a booking and all that come after it in its series and still stand. All or none: where a customer may not
/// cancel the first, nothing is cancelled.
pub async fn cancel_later(
    tx: &TenantTx,
    id: BookingId,
    charge: Charge,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Vec<Appointment>> {
    let from = super::find(tx, id).await?.booking;
    let Some(series_id) = from.series_id else {
        return Ok(vec![Box::pin(cancel(tx, id, charge, by, now)).await?]);
    };
    // All of them first, in one order: of two who cancel at once the second finds what the first has left.
    let later: Vec<BookingId> = bookings::table
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .filter(bookings::series_id.eq(series_id))
        .filter(bookings::starts_at.ge(from.starts_at))
        .filter(bookings::status.eq_any([Status::Pending, Status::Confirmed]))
        .order((bookings::starts_at, bookings::id))
        .select(bookings::id)
        .for_no_key_update()
        .load(&mut tx.conn())
        .await?;
    let mut cancelled = Vec::with_capacity(later.len());
    for id in later {
        cancelled.push(Box::pin(cancel(tx, id, charge, by, now)).await?);
    }
    if cancelled.is_empty() { Err(Code::BookingNotCancellable.into()) } else { Ok(cancelled) }
}
