//! What is told of an event: a booking or an occurrence of a private event.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::booking::Status;
use domain::id::{PrivateEventId, ServiceId, StaffId};
use domain::wall_clock;
use serde::{Deserialize, Serialize};
use store::bookings::Appointment;
use store::private_events::{Busy, Overlaps, PrivateEvent};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    Booking,
    /// A private event: time taken outside of bookings.
    Busy,
}

/// A booking, or an occurrence of a private event.
#[derive(Serialize, ToSchema)]
pub struct EventView {
    id: Uuid,
    kind: EventKind,
    staff_id: StaffId,
    staff_name: String,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    #[schema(value_type = String)]
    timezone: Tz,
    /// Of a booking who comes.
    title: String,
    note: Option<String>,
    pub(super) version: i64,
    #[serde(flatten)]
    of_kind: OfKind,
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum OfKind {
    Booking(OfBooking),
    Busy(OfBusy),
}

#[derive(Serialize, ToSchema)]
struct OfBooking {
    status: Status,
    public_code: String,
    service_id: ServiceId,
    service_name: String,
    client_email: String,
}

#[derive(Serialize, ToSchema)]
struct OfBusy {
    all_day: bool,
    /// An RRULE of RFC 5545; null: it happens once.
    recurrence: Option<String>,
    /// Which one of its series: what the rule says, on the wall clock of `timezone`.
    occurrence: NaiveDateTime,
    /// Of one that was changed apart from its series, the series.
    series_id: Option<PrivateEventId>,
    is_imported: bool,
    /// The bookings that it lies on: told to who makes or changes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    overlaps: Option<OverlapsView>,
}

#[derive(Serialize, ToSchema)]
struct OverlapsView {
    count: usize,
    /// Public codes of the first twenty.
    codes: Vec<String>,
}

impl From<Overlaps> for OverlapsView {
    fn from(overlaps: Overlaps) -> Self {
        Self { count: overlaps.count, codes: overlaps.codes }
    }
}

impl From<Appointment> for EventView {
    fn from(Appointment { booking, staff_name, .. }: Appointment) -> Self {
        Self {
            id: booking.id.0,
            kind: EventKind::Booking,
            staff_id: booking.staff_id,
            staff_name,
            start: booking.starts_at,
            end: booking.ends_at,
            timezone: booking.timezone,
            title: booking.contact_name,
            note: booking.internal_note,
            version: booking.version,
            of_kind: OfKind::Booking(OfBooking {
                status: booking.status,
                public_code: booking.public_code,
                service_id: booking.service_id,
                service_name: booking.service_name,
                client_email: booking.contact_email,
            }),
        }
    }
}

impl EventView {
    fn of_busy(event: PrivateEvent, staff_name: String, occurs: Occurs, overlaps: Option<Overlaps>) -> Self {
        Self {
            id: event.id.0,
            kind: EventKind::Busy,
            staff_id: event.staff_id,
            staff_name,
            start: occurs.start,
            end: occurs.end,
            timezone: event.timezone,
            title: event.title,
            note: event.note,
            version: event.version,
            of_kind: OfKind::Busy(OfBusy {
                all_day: event.all_day,
                recurrence: event.recurrence,
                occurrence: occurs.occurrence,
                series_id: event.series_id,
                is_imported: event.external_uid.is_some(),
                overlaps: overlaps.map(OverlapsView::from),
            }),
        }
    }

    /// A private event by itself: its first occurrence.
    pub(super) fn of_series(event: PrivateEvent, staff_name: String, overlaps: Option<Overlaps>) -> Self {
        let occurs = Occurs::first(&event);
        Self::of_busy(event, staff_name, occurs, overlaps)
    }
}

#[derive(Clone, Copy)]
struct Occurs {
    occurrence: NaiveDateTime,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Occurs {
    fn first(event: &PrivateEvent) -> Self {
        // A date that its zone skipped has no instant: nor has it a block.
        let at = |wall: NaiveDateTime| wall_clock::at(event.timezone, wall).unwrap_or(wall.and_utc());
        Self {
            occurrence: event.starts_at_wall,
            start: at(event.starts_at_wall),
            end: at(event.ends_at_wall),
        }
    }
}

impl From<Busy> for EventView {
    fn from(busy: Busy) -> Self {
        let occurs = Occurs { occurrence: busy.occurrence, start: busy.occurs_from, end: busy.occurs_until };
        Self::of_busy(busy.event, busy.staff_name, occurs, None)
    }
}
