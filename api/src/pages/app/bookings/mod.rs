//! Bookings as members see them: their list, one of them, and what can be done with it.

pub mod cancel;
pub mod detail;
pub mod list;
pub mod new;
pub mod reschedule;

use chrono::{DateTime, NaiveDate, Utc};
use domain::booking::{self, Status};
use domain::id::{BookingId, CustomerId, ServiceId, StaffId};
use domain::role::Permission;
use domain::slots::Assigned;
use serde::Serialize;
use store::TenantTx;
use store::bookings::{Appointment, Booking};

use crate::extract::{Allows, PageMember};
use crate::pages::local_path;

/// A booking with what its reader may do now.
#[derive(Serialize)]
pub struct Sheet {
    pub id: BookingId,
    pub code: String,
    pub status: &'static str,
    pub customer_id: CustomerId,
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub service_id: ServiceId,
    pub service: String,
    pub staff_id: StaffId,
    pub staff: String,
    /// Why it is with them.
    pub assigned: Option<Assigned>,
    /// Only on the booking's own page and in its drawer.
    pub room: Option<String>,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub zone: &'static str,
    pub duration_minutes: i32,
    pub price_minor: i64,
    pub deposit_minor: i64,
    pub currency: String,
    pub note: Option<String>,
    pub internal_note: Option<String>,
    pub reason: Option<String>,
    pub version: i64,
    /// Date of its calendar.
    pub date: NaiveDate,
    pub may: May,
    /// The page to come back to after something was done.
    pub back: String,
    /// Where it is cancelled.
    pub cancel_url: String,
}

/// What can be done with a booking now, by who reads it.
#[expect(clippy::struct_excessive_bools, reason = "each is a button that is there or not")]
#[derive(Serialize)]
pub struct May {
    pub confirm: bool,
    pub complete: bool,
    pub miss: bool,
    pub cancel: bool,
    pub reschedule: bool,
    pub note: bool,
}

impl May {
    fn new(booking: &Booking, is_allowed: bool, now: DateTime<Utc>) -> Self {
        let (status, start) = (booking.status, booking.starts_at);
        let may_close = is_allowed && booking::may_close(status, start, now).is_ok();
        Self {
            confirm: is_allowed && booking::may_confirm(status, start, now).is_ok(),
            complete: may_close && status != Status::Completed,
            miss: may_close && status != Status::NoShow,
            cancel: is_allowed && booking::may_cancel(status, start, now).is_ok(),
            reschedule: is_allowed && booking::may_reschedule(status, start, now).is_ok(),
            note: is_allowed,
        }
    }
}

impl Sheet {
    pub fn new<P: Allows>(member: &PageMember<P>, appointment: Appointment, back: String) -> Self {
        let Appointment { booking, staff_name } = appointment;
        let assigned = booking.assigned();
        let is_allowed = member.role.may(Permission::ManageBookings);
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("back", &back).finish();
        Self {
            cancel_url: format!("/app/bookings/{}/cancellation?{query}", booking.id),
            may: May::new(&booking, is_allowed, member.now),
            id: booking.id,
            code: booking.public_code,
            status: booking.status.name(),
            customer_id: booking.customer_id,
            name: booking.contact_name,
            email: booking.contact_email,
            phone: booking.contact_phone,
            service_id: booking.service_id,
            service: booking.service_name,
            staff_id: booking.staff_id,
            staff: staff_name,
            assigned,
            room: None,
            from: booking.starts_at,
            to: booking.ends_at,
            zone: booking.timezone.name(),
            duration_minutes: booking.duration_minutes,
            price_minor: booking.price_cents,
            deposit_minor: booking.deposit_cents,
            currency: booking.currency,
            note: booking.note,
            internal_note: booking.internal_note,
            reason: booking.cancellation_reason,
            version: booking.version,
            date: booking.starts_at.with_timezone(&booking.timezone).date_naive(),
            back,
        }
    }
}

/// The booking with the name of its room, if it has one.
pub(super) async fn find(tx: &TenantTx, id: BookingId) -> store::Result<(Appointment, Option<String>)> {
    let appointment = store::bookings::find(tx, id).await?;
    let room = match appointment.booking.room_id {
        Some(id) => Some(store::rooms::name(tx, id).await?),
        None => None,
    };
    Ok((appointment, room))
}

/// Where somebody came from, on this site; else the page of the booking.
fn back(asked: &str, id: BookingId) -> String {
    local_path(asked).map_or_else(|| format!("/app/bookings/{id}"), str::to_owned)
}

/// One of several things to choose.
#[derive(Serialize)]
pub(super) struct Choice {
    pub value: String,
    pub label: String,
}
