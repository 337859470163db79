//! What members do with bookings beside confirming and cancelling: book for a customer, note, close, look back.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::booking::{BookingDraft, Notify, Outcome, Status};
use domain::id::{BookingId, CustomerId, EventId, ServiceId, StaffId};
use domain::intake::{AllGiven, Given};
use domain::locale::Locale;
use domain::rejection::{Code, Rejection};
use serde::{Deserialize, Serialize};
use store::bookings::{self, Arrangement, Change, Desk, Facts};
use utoipa::ToSchema;

use super::{CustomerBody, NextService, Notifications, under_a_code, visit, with_alternatives};
use crate::extract::{Allows, Caller, IfMatch, Json, ManageBookings, Path, Read, Submission, present};
use crate::idempotency::Answer;
use crate::problem::Result;
use crate::reply::versioned;

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBookingForCustomer {
    service_id: ServiceId,
    /// A start that availability lists, or any with `outside_hours`.
    start: DateTime<Utc>,
    /// Without it anybody, the least busy first.
    staff_id: Option<StaffId>,
    /// Of a group session, 1..=its capacity; 1.
    seats: Option<i32>,
    /// Somebody who is known. Either this or `customer`.
    customer_id: Option<CustomerId>,
    customer: Option<CustomerBody>,
    notifications: Option<Notifications>,
    /// Of messages; the customer's.
    locale: Option<Locale>,
    /// Where to come, where the service's `location` is `customer`. At most 500 characters.
    address: Option<String>,
    /// What the customer said.
    note: Option<String>,
    /// What members note for themselves.
    internal_note: Option<String>,
    /// By the ids of the service's questions, as customers give them. What is not known may be left out.
    #[schema(value_type = Option<std::collections::HashMap<String, Given>>)]
    answers: Option<AllGiven>,
    /// What is done right after it, in the same visit, in this order; at most 4. All of it is booked or none.
    then: Option<Vec<NextService>>,
    /// False. True: whatever the hours, the notice and the horizon, of the named staff member, as long as their time is
    /// not taken.
    outside_hours: Option<bool>,
}

impl CreateBookingForCustomer {
    pub(crate) fn read(&self) -> Result<(BookingDraft, Desk)> {
        let (name, email, phone) = match (&self.customer, self.customer_id) {
            (Some(new), None) => (new.name.clone(), new.email.clone(), new.phone.clone()),
            // The profile is read where the booking is made.
            (None, Some(_)) => Default::default(),
            _ => {
                let detail = "must be given, or customer_id, and not both";
                return Err(Rejection::invalid("/customer", "REQUIRED", detail).into());
            }
        };
        let notifications = self.notifications.clone().unwrap_or_default();
        let draft = BookingDraft {
            service_id: self.service_id,
            start: self.start,
            staff_id: self.staff_id,
            seats: self.seats.unwrap_or(1),
            name,
            email,
            phone,
            locale: self.locale,
            timezone: None,
            notify: Notify {
                email: notifications.email.unwrap_or(true),
                sms: notifications.sms.unwrap_or(false),
            },
            accepts: domain::booking::Consents::default(),
            address: self.address.clone(),
            note: self.note.clone(),
            answers: self.answers.clone().unwrap_or_default(),
            then: visit::drafts(self.then.as_ref()),
        };
        let desk = Desk {
            customer_id: self.customer_id,
            outside_hours: self.outside_hours.unwrap_or(false),
            internal_note: self.internal_note.clone(),
        };
        Ok((draft, desk))
    }
}

pub async fn create(
    caller: Caller<ManageBookings>,
    submission: Submission<CreateBookingForCustomer>,
) -> Result<Answer> {
    let (draft, desk) = submission.body.read()?;
    match book(&caller, &submission, &draft, &desk).await {
        Err(problem) if problem.code() == Code::SlotUnavailable => {
            Err(with_alternatives(&caller.tenant, &draft, caller.now).await)
        }
        booked => booked,
    }
}

async fn book(
    caller: &Caller<ManageBookings>,
    submission: &Submission<CreateBookingForCustomer>,
    draft: &BookingDraft,
    desk: &Desk,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by());
    under_a_code(async |random| {
        let create = async |tx: &mut store::TenantTx| {
            let appointment = bookings::create_at_desk(tx, draft, desk, random, &by, now).await?;
            Answer::created(&caller.view(appointment))
        };
        caller.once(submission, create).await
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent and null are two things (RFC 7396)")]
pub struct UpdateBooking {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    internal_note: Option<Option<String>>,
    /// From its start on, 5..=1440. It is checked like a new booking, its own time is free to it, and what it costs stays.
    duration_minutes: Option<i32>,
    /// False. True: the new end may lie outside of the hours, as long as the time is not taken.
    outside_hours: Option<bool>,
    /// At most 2,000 characters: the history tells it.
    reason: Option<String>,
}

pub async fn update(
    caller: Caller<ManageBookings>,
    id: Path<BookingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<UpdateBooking>,
) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by().because(body.reason.as_deref())?);
    let appointment = caller
        .tenant
        .transaction(async |tx| {
            // The first change is checked against what was seen; under its lock the second needs no check.
            let (mut appointment, mut version) = (None, version);
            if let Some(note) = &body.internal_note {
                appointment = Some(bookings::annotate(tx, *id, note.as_deref(), version, &by, now).await?);
                version = None;
            }
            if let Some(minutes) = body.duration_minutes {
                let to = Arrangement {
                    duration_minutes: Some(minutes),
                    outside_hours: body.outside_hours.unwrap_or(false),
                    version,
                    ..Arrangement::default()
                };
                appointment = Some(bookings::arrange(tx, *id, &to, &by, now).await?);
            }
            match appointment {
                Some(appointment) => Ok::<_, store::Error>(appointment),
                None => bookings::find(tx, *id).await,
            }
        })
        .await?;
    let version = appointment.booking.version;
    Ok(versioned(&caller.view(appointment), version))
}

/// Nothing need be said: `{}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBooking {
    /// At most 2,000 characters: the history tells it.
    reason: Option<String>,
}

pub async fn complete(
    caller: Caller<ManageBookings>,
    id: Path<BookingId>,
    submission: Submission<CloseBooking>,
) -> Result<Answer> {
    close(caller, *id, submission, Outcome::Completed).await
}

pub async fn miss(
    caller: Caller<ManageBookings>,
    id: Path<BookingId>,
    submission: Submission<CloseBooking>,
) -> Result<Answer> {
    close(caller, *id, submission, Outcome::NoShow).await
}

async fn close<P: Allows>(
    caller: Caller<P>,
    id: BookingId,
    submission: Submission<CloseBooking>,
    outcome: Outcome,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by().because(submission.body.reason.as_deref())?);
    caller
        .once(&submission, async |tx| {
            bookings::close(tx, id, outcome, &by, now).await?;
            let appointment = bookings::find(tx, id).await?;
            Answer::ok(&caller.view(appointment))
        })
        .await
}

/// Nothing need be said: `{}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiveFee {
    /// At most 2,000 characters: the history tells it.
    reason: Option<String>,
}

pub async fn waive_fee(
    caller: Caller<ManageBookings>,
    id: Path<BookingId>,
    submission: Submission<WaiveFee>,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by().because(submission.body.reason.as_deref())?);
    caller
        .once(&submission, async |tx| {
            let appointment = bookings::waive_fee(tx, *id, &by, now).await?;
            Answer::ok(&caller.view(appointment))
        })
        .await
}

/// What happened to a booking, from the first change to the last.
#[derive(Serialize, ToSchema)]
pub struct BookingHistory {
    data: Vec<BookingChange>,
}

#[derive(Serialize, ToSchema)]
pub struct BookingChange {
    id: EventId,
    /// `booking.create`, `booking.confirm`, `booking.accept`, `booking.pay_deposit`, `booking.expire`, `booking.reschedule`,
    /// `booking.resize`, `booking.cancel`, `booking.complete`, `booking.miss`, `booking.waive_fee`, `booking.update`.
    action: String,
    actor: Actor,
    occurred_at: DateTime<Utc>,
    /// Why, where whoever did it said so.
    reason: Option<String>,
    before: Option<BookingFacts>,
    after: Option<BookingFacts>,
}

#[derive(Serialize, ToSchema)]
pub struct Actor {
    /// `user`, `customer`, `operator` or `system`.
    kind: String,
    /// Of a member, as long as they are one.
    name: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct BookingFacts {
    status: Status,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    staff_id: StaffId,
    /// Owed by who cancelled late or stayed away.
    fee_cents: i64,
}

impl From<Facts> for BookingFacts {
    fn from(facts: Facts) -> Self {
        Self {
            status: facts.status,
            start: facts.starts_at,
            end: facts.ends_at,
            staff_id: facts.staff_id,
            fee_cents: facts.fee_cents,
        }
    }
}

impl From<Change> for BookingChange {
    fn from(change: Change) -> Self {
        Self {
            id: change.id,
            action: change.action,
            actor: Actor { kind: change.actor, name: change.actor_name },
            occurred_at: change.occurred_at,
            reason: change.reason,
            before: change.before.map(BookingFacts::from),
            after: change.after.map(BookingFacts::from),
        }
    }
}

pub async fn history(caller: Caller<Read>, id: Path<BookingId>) -> Result<HttpResponse> {
    let changes = caller.tenant.read(async |tx| bookings::history(tx, *id).await).await?;
    Ok(HttpResponse::Ok()
        .json(BookingHistory { data: changes.into_iter().map(BookingChange::from).collect() }))
}
