//! A booking put elsewhere in the calendar by a member: at another time, with somebody else, longer or shorter.

use chrono::{DateTime, TimeDelta, Utc};
use domain::booking::{self, Act};
use domain::id::{BookingId, StaffId};
use domain::rejection::{Code, Rejection};
use domain::slots::{Assigned, SlotRules, SlotRulesError};

use super::reschedule::{lock, placed, told_rescheduled, write};
use super::{Appointment, Booking, visit};
use crate::TenantTx;
use crate::audit::By;
use crate::availability::{Catalogue, Wish};
use crate::error::{Error, Result};
use crate::tenants::check_version;

/// How long a member has to take back what they did before the customer is told.
pub const SECOND_THOUGHT: TimeDelta = TimeDelta::seconds(30);

/// What is to become of a booking. What is not named stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arrangement {
    pub start: Option<DateTime<Utc>>,
    pub staff_id: Option<StaffId>,
    /// 5..=1440
    pub duration_minutes: Option<i32>,
    /// At any time that is not taken, whatever the hours and the daily maximum.
    pub outside_hours: bool,
    /// It takes back what was done a moment ago: within [`SECOND_THOUGHT`] of it the customer is told of neither.
    pub takes_back: bool,
    /// The one that the member saw.
    pub version: Option<i64>,
}

/// Puts the booking there and tells the customer where it has gone. At the desk neither the notice nor the horizon nor the
/// service's steps count: whoever works then and is free will do. Its own time is free to it; what it costs stays. A
/// group session, of which it may have a few seats only, stays where it is.
pub async fn arrange(
    tx: &TenantTx,
    id: BookingId,
    to: &Arrangement,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    // Boxed here, once for all who call it.
    Box::pin(put(tx, id, to, by, now)).await
}

async fn put(
    tx: &TenantTx,
    id: BookingId,
    to: &Arrangement,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    // All of its visit, as always: what it leaves changes, too.
    let visit = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    let this = visit.iter().find(|one| one.booking.id == id).cloned().ok_or(Code::NotFound)?;
    let Appointment { booking: before, staff_name, .. } = this;
    check_version(to.version, before.version)?;
    let start = to.start.unwrap_or(before.starts_at);
    booking::check_start(start)?;
    // Of those who provide it together nobody is chosen.
    let staff_id = to.staff_id.filter(|_| !before.is_collective()).unwrap_or(before.staff_id);
    let duration_minutes = to.duration_minutes.unwrap_or(before.duration_minutes);
    let is_moved = (start, staff_id) != (before.starts_at, before.staff_id);
    if !is_moved && duration_minutes == before.duration_minutes {
        return Ok(Appointment::of(before, staff_name));
    }
    let status = Act::Reschedule.of(before.status, before.starts_at, now)?;
    if before.group_session_id.is_some() {
        return Err(Code::GroupSessionFixed.into());
    }
    let wanted = Booking { duration_minutes, ..before.clone() };
    check_duration(&wanted)?;
    let catalogue = lock(tx, &wanted, staff_id, start, Wish::at_desk).await.map_err(|error| {
        match error.code() {
            // The service is offered no more, or whoever provided it has left.
            Some(Code::NotFound) if staff_id == before.staff_id => Code::BookingNotMovable.into(),
            Some(Code::NotFound) => not_provided(),
            _ => error,
        }
    })?;
    check_free(&catalogue, start, to.outside_hours, now)?;
    let wanted = Booking {
        status,
        assigned: if staff_id == before.staff_id {
            before.assigned.clone()
        } else {
            serde_json::to_value(Assigned::Named).ok()
        },
        ..wanted
    };
    let staff = catalogue.staff_ids();
    let (after, place, staff_name) = placed(catalogue, wanted, start, now)?;
    // What is one with it now is told with it, and what it has left is told, too.
    let (own, left) = visit::parted(visit, &Appointment::of(after.clone(), staff_name.clone()));
    let is_alone = own.len() == 1;
    let place = if is_alone {
        place
    } else {
        visit::make_room(tx, &own).await?;
        visit::bare(&after, &staff)
    };
    let others = own.iter().filter(|one| one.booking.id != id).map(|one| one.booking.sequence);
    let sequence = others.max().unwrap_or(0).max(before.sequence) + 1;
    let whole = visit::whole(own.clone())?;
    let after = Booking { sequence, ..after };
    let action = if is_moved { "booking.reschedule" } else { "booking.resize" };
    write(tx, (&before, &after), &place, action, by, now).await?;
    let mut jobs = if is_alone {
        told_rescheduled(&after)
    } else {
        visit::settle(tx, &own).await?;
        visit::retold(tx, whole, sequence).await?
    };
    jobs.extend(visit::retold_without(tx, left, sequence).await?);
    let is_untold = to.takes_back && now < before.updated_at + SECOND_THOUGHT;
    if !is_untold {
        tx.enqueue_for(&jobs, now + SECOND_THOUGHT, now).await?;
    }
    Ok(Appointment::of(after, staff_name))
}

/// As of a service: alone, and with its buffers.
fn check_duration(booking: &Booking) -> Result<()> {
    let rules = SlotRules {
        duration_minutes: booking.duration_minutes,
        buffer_before_minutes: booking.buffer_before_minutes,
        buffer_after_minutes: booking.buffer_after_minutes,
        step_minutes: 5,
        min_notice_minutes: 0,
        horizon_days: 0,
    };
    match rules.check() {
        Err(why @ (SlotRulesError::Duration | SlotRulesError::LongerThanADay)) => {
            Err(Rejection::invalid("/duration_minutes", "OUT_OF_RANGE", why.to_string()).into())
        }
        _ => Ok(()),
    }
}

fn not_provided() -> Error {
    Rejection::invalid("/staff_id", "INVALID", "must provide the service").into()
}

/// Why nobody could have it then: because somebody else does, or because nobody works.
fn check_free(
    catalogue: &Catalogue,
    start: DateTime<Utc>,
    outside_hours: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    if outside_hours && catalogue.is_free(start) || catalogue.offers(start, now) {
        return Ok(());
    }
    if catalogue.is_free(start) && !catalogue.is_worked(start) {
        return Err(Code::OutsideHours.into());
    }
    Err(Code::SlotUnavailable.into())
}
