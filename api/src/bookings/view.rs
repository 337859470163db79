//! Bookings as they are told.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::access::Permission;
use domain::booking::{Status, Terms};
use domain::id::{BookingId, CustomerId, GroupSessionId, QuestionId, RoomId, SeriesId, ServiceId, StaffId};
use domain::intake::{Answer, Kind};
use domain::slots::Assigned;
use serde::Serialize;
use store::bookings::Appointment;
use utoipa::ToSchema;

use super::manage_url;
use super::visit::VisitServiceView;
use crate::extract::{Allows, Caller};
use crate::state::State;

/// What a customer is told of their booking.
#[derive(Serialize, ToSchema)]
pub struct BookingView {
    public_code: String,
    status: Status,
    service: BookedService,
    staff: BookedStaff,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    /// The zone the appointment takes place in.
    #[schema(value_type = String)]
    timezone: Tz,
    /// Where to come, of what takes place at the customer's; null: at the business, or not known.
    address: Option<String>,
    /// 1 but of group sessions.
    seats: i32,
    /// Of all seats, as the deposit.
    price_cents: i64,
    currency: String,
    deposit: Deposit,
    policy: BookedPolicy,
    /// Owed by who cancelled late or stayed away; a deposit that was paid is a part of it.
    fee_cents: i64,
    /// Where to see and cancel it: for the customer, and for members who may cancel.
    #[serde(skip_serializing_if = "Option::is_none")]
    manage_url: Option<String>,
    cancelled_at: Option<DateTime<Utc>>,
    /// Of a visit of several services, each of them; else nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    services: Vec<VisitServiceView>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct BookedService {
    pub(super) id: ServiceId,
    pub(super) name: String,
    pub(super) duration_minutes: i32,
}

#[derive(Serialize, ToSchema)]
pub(super) struct BookedStaff {
    pub(super) id: StaffId,
    pub(super) name: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Deposit {
    amount_cents: i64,
    status: DepositStatus,
    /// Where the customer pays it, while the booking is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_url: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DepositStatus {
    /// None is asked for.
    None,
    /// To be paid: by `pay_url` while the booking is held, else to the tenant.
    Due,
    Paid,
}

/// What the customer agreed to: it stays as it was when they booked.
#[derive(Serialize, ToSchema)]
pub(super) struct BookedPolicy {
    /// The last moment at which the customer can cancel; null: only the business does.
    cancel_until: Option<DateTime<Utc>>,
    /// The same of moving.
    move_until: Option<DateTime<Utc>>,
    /// The last moment at which cancelling costs nothing.
    free_until: DateTime<Utc>,
    /// What it costs later.
    late_fee_cents: i64,
    /// Of who stays away.
    no_show_fee_cents: i64,
}

impl From<Terms> for BookedPolicy {
    fn from(terms: Terms) -> Self {
        Self {
            cancel_until: terms.cancel_until,
            move_until: terms.move_until,
            free_until: terms.free_until,
            late_fee_cents: terms.costs.late_cents,
            no_show_fee_cents: terms.costs.no_show_cents,
        }
    }
}

/// What a member sees of a booking.
#[derive(Serialize, ToSchema)]
pub struct MemberBookingView {
    id: BookingId,
    #[serde(flatten)]
    booking: BookingView,
    customer: BookedCustomer,
    note: Option<String>,
    /// What the service asked, with its words then, and what was answered.
    answers: Vec<AnswerView>,
    /// What members note for themselves.
    internal_note: Option<String>,
    cancellation_reason: Option<String>,
    room_id: Option<RoomId>,
    /// The bookings of one group session share it.
    group_session_id: Option<GroupSessionId>,
    /// Those that it recurs with share it.
    series_id: Option<SeriesId>,
    /// The services of one visit share it.
    visit_id: Option<BookingId>,
    /// Why it is with whom it is; null: not known.
    assigned: Option<Assigned>,
    version: i64,
    created_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AnswerView {
    question_id: QuestionId,
    label: String,
    /// The same as its customer read it, in their language; null: as it is.
    told: Option<String>,
    kind: Kind,
    /// A text, a list, a number, a date, true; of a file its id, name and size.
    #[schema(value_type = Object)]
    value: serde_json::Value,
}

impl From<&Answer> for AnswerView {
    fn from(answer: &Answer) -> Self {
        let mut said = serde_json::to_value(&answer.said).unwrap_or_default();
        Self {
            question_id: answer.question_id,
            label: answer.label.clone(),
            told: answer.told.as_ref().map(|told| told.label.clone()),
            kind: answer.said.kind(),
            value: said.get_mut("value").map(serde_json::Value::take).unwrap_or_default(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct BookedCustomer {
    id: CustomerId,
    name: String,
    email: String,
    phone: Option<String>,
}

impl BookingView {
    /// As its customer sees it.
    pub fn new(state: &State, appointment: Appointment) -> Self {
        Self::of(state, appointment.as_told())
    }

    fn of(state: &State, appointment: Appointment) -> Self {
        let Appointment { booking, staff_name, services } = appointment;
        let manage_url = manage_url(state, &booking);
        let policy = booking.terms().into();
        let payable_until = booking.payable_until();
        let deposit = Deposit {
            amount_cents: booking.deposit_cents,
            status: match (booking.deposit_cents, booking.deposit_paid_at) {
                (..=0, _) => DepositStatus::None,
                (_, None) => DepositStatus::Due,
                (_, Some(_)) => DepositStatus::Paid,
            },
            pay_url: payable_until.map(|_until| format!("{manage_url}/checkout")),
            expires_at: payable_until,
        };
        Self {
            manage_url: Some(manage_url),
            public_code: booking.public_code,
            status: booking.status,
            service: BookedService {
                id: booking.service_id,
                name: booking.service_name,
                duration_minutes: booking.duration_minutes,
            },
            staff: BookedStaff { id: booking.staff_id, name: staff_name },
            start: booking.starts_at,
            end: booking.ends_at,
            timezone: booking.timezone,
            address: booking.address,
            seats: booking.seats,
            price_cents: booking.price_cents,
            currency: booking.currency,
            deposit,
            policy,
            fee_cents: booking.fee_cents,
            cancelled_at: booking.cancelled_at,
            services: services.into_iter().map(VisitServiceView::from).collect(),
        }
    }
}

impl<P: Allows> Caller<P> {
    /// A booking as they may see it.
    pub fn view(&self, appointment: Appointment) -> MemberBookingView {
        let booking = &appointment.booking;
        MemberBookingView {
            id: booking.id,
            customer: BookedCustomer {
                id: booking.customer_id,
                name: booking.contact_name.clone(),
                email: booking.contact_email.clone(),
                phone: booking.contact_phone.clone(),
            },
            note: booking.note.clone(),
            answers: booking.answers().iter().map(AnswerView::from).collect(),
            internal_note: booking.internal_note.clone(),
            cancellation_reason: booking.cancellation_reason.clone(),
            room_id: booking.room_id,
            group_session_id: booking.group_session_id,
            series_id: booking.series_id,
            visit_id: booking.visit_id,
            assigned: booking.assigned(),
            version: booking.version,
            created_at: booking.created_at,
            booking: {
                let mut view = BookingView::of(&self.state, appointment);
                // Whoever has the link can cancel.
                if !self.may(Permission::ManageBookings) {
                    view.manage_url = None;
                    view.deposit.pay_url = None;
                }
                view
            },
        }
    }
}
