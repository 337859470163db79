//! What else is done in the visit of a booking.

use chrono::{DateTime, Utc};
use domain::id::BookingId;
use serde::Serialize;
use store::bookings::{Appointment, VisitService};

/// One of the services of a visit.
#[derive(Serialize)]
pub(super) struct Part {
    id: BookingId,
    service: String,
    staff: String,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// It is the booking that is looked at.
    is_this: bool,
}

/// Those of a visit, as one; nothing of what is booked by itself.
pub(super) fn parts(visit: &Appointment, id: BookingId) -> Vec<Part> {
    let part = |one: &VisitService| Part {
        id: one.booking_id,
        service: one.service_name.clone(),
        staff: one.staff_name.clone(),
        from: one.starts_at,
        to: one.ends_at,
        is_this: one.booking_id == id,
    };
    visit.services.iter().map(part).collect()
}
