//! A booking moved to another time: by the customer who made it, or by a member for them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{BookingId, StaffId};
use domain::rejection::{Alternative, Code, Extra, Rejection};
use serde::Deserialize;
use store::availability::{self, Wish};
use store::bookings::{self, Arrangement, Move};
use utoipa::ToSchema;

use crate::bookings::{BookingView, guess};
use crate::extract::{Caller, ManageBookings, Path, Submission, Visitor};
use crate::idempotency::Answer;
use crate::problem::{Problem, Result};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleByCode {
    /// The address the booking was made with.
    email: String,
    start: DateTime<Utc>,
    /// Without it whoever provides it already.
    staff_id: Option<StaffId>,
    /// At most 2,000 characters.
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleBooking {
    start: DateTime<Utc>,
    /// Without it whoever provides it already.
    staff_id: Option<StaffId>,
    /// False. True: whatever the hours, the notice and the horizon, as long as the time is not taken.
    outside_hours: Option<bool>,
    /// At most 2,000 characters: the history tells it, the customer is not told.
    reason: Option<String>,
}

pub async fn create_public(
    visitor: Visitor,
    code: Path<String>,
    submission: Submission<RescheduleByCode>,
) -> Result<Answer> {
    let (code, email) = guess(&visitor, &code, &submission.body.email).await?;
    let (now, by) = (visitor.now, visitor.by().because(submission.body.reason.as_deref())?);
    let to = Move { start: submission.body.start, staff_id: submission.body.staff_id };
    let moved = visitor
        .once(&submission, async |tx| {
            let id = bookings::find_by_code(tx, &code, &email.key).await?.booking.id;
            let appointment = bookings::reschedule(tx, id, to, &by, now).await?;
            Answer::ok(&BookingView::new(&visitor.state, appointment))
        })
        .await;
    match moved {
        Err(problem) if problem.code() == Code::SlotUnavailable => {
            let id = visitor
                .tenant
                .read(async |tx| bookings::find_by_code(tx, &code, &email.key).await)
                .await?
                .booking
                .id;
            Err(with_alternatives(&visitor.tenant, id, to, Moving::Visit, now).await)
        }
        moved => moved,
    }
}

pub async fn create(
    caller: Caller<ManageBookings>,
    id: Path<BookingId>,
    submission: Submission<RescheduleBooking>,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by().because(submission.body.reason.as_deref())?);
    let to = Move { start: submission.body.start, staff_id: submission.body.staff_id };
    let moved = caller
        .once(&submission, async |tx| {
            let appointment = if submission.body.outside_hours == Some(true) {
                let (start, staff_id) = (Some(to.start), to.staff_id);
                let to = Arrangement { start, staff_id, outside_hours: true, ..Arrangement::default() };
                bookings::arrange(tx, *id, &to, &by, now).await?
            } else {
                bookings::reschedule_with_visit(tx, *id, to, &by, now).await?
            };
            Answer::ok(&caller.view(appointment))
        })
        .await;
    match moved {
        Err(problem) if problem.code() == Code::SlotUnavailable => {
            let is_alone = submission.body.outside_hours == Some(true);
            let moving = if is_alone { Moving::Alone } else { Moving::WithVisit };
            Err(with_alternatives(&caller.tenant, *id, to, moving, now).await)
        }
        moved => moved,
    }
}

/// What a start is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moving {
    /// Of the visit.
    Visit,
    /// Of the booking, with which its visit moves.
    WithVisit,
    /// Of the booking, which moves by itself.
    Alone,
}

/// The refusal of a start that is not free, with the nearest that are. Without them when they can't be read.
async fn with_alternatives(
    tenant: &store::Tenant,
    id: BookingId,
    to: Move,
    moving: Moving,
    now: DateTime<Utc>,
) -> Problem {
    let found: Result<Vec<Alternative>, store::Error> = tenant
        .read(async |tx| {
            let booking = bookings::find(tx, id).await?.booking;
            let wish = match moving {
                Moving::Alone => Wish::to_move_alone(tx, &booking).await?,
                Moving::Visit | Moving::WithVisit => Wish::to_move(tx, &booking).await?,
            };
            let wish = wish.with(to.staff_id.unwrap_or(booking.staff_id));
            let ahead = match moving {
                Moving::WithVisit => {
                    booking.starts_at - bookings::find_visit(tx, id).await?.booking.starts_at
                }
                Moving::Visit | Moving::Alone => TimeDelta::zero(),
            };
            let found = availability::alternatives(tx, wish, to.start - ahead, now).await?;
            Ok(found.into_iter().map(|one| Alternative { start: one.start + ahead, ..one }).collect())
        })
        .await;
    let alternatives = found.unwrap_or_else(|error| {
        tracing::warn!(%error, "no alternatives for a start that is not free");
        Vec::new()
    });
    Rejection::from(Code::SlotUnavailable).with(Extra::Alternatives { alternatives }).into()
}
