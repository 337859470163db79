//! Bookings that recur: what would become of each, then all of them; a series as it stands, and its end.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::booking::series::OnConflict;
use domain::id::{SeriesId, StaffId};
use domain::recurrence::Rule;
use domain::rejection::Rejection;
use serde::{Deserialize, Serialize};
use store::bookings::{self, Booked, Planned, SeriesDraft, SeriesPlan};
use utoipa::ToSchema;

use crate::bookings::{
    BookingView, CreateBooking, CreateBookingForCustomer, MemberBookingView, told_to_a_customer,
};
use crate::extract::{Caller, Json, ManageBookings, Path, Read, Submission, Visitor};
use crate::idempotency::Answer;
use crate::limit::{READ, WRITE};
use crate::problem::Result;
use crate::random;

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSeries {
    /// The first one.
    booking: CreateBooking,
    /// An RRULE of RFC 5545 on the tenant's wall clock, which ends: 2..=52 bookings within a year, one a day at most.
    #[schema(example = "FREQ=WEEKLY;COUNT=10")]
    recurrence: String,
    /// `refuse`.
    on_conflict: Option<OnConflict>,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSeriesForCustomer {
    /// The first one.
    booking: CreateBookingForCustomer,
    /// An RRULE of RFC 5545 on the tenant's wall clock, which ends: 2..=52 bookings within a year, one a day at most.
    #[schema(example = "FREQ=WEEKLY;COUNT=10")]
    recurrence: String,
    /// `refuse`.
    on_conflict: Option<OnConflict>,
}

pub(crate) fn rule(text: &str) -> Result<Rule> {
    let rule = text.parse::<Rule>();
    Ok(rule.map_err(|why| Rejection::invalid("/recurrence", "INVALID", why.to_string()))?)
}

impl CreateSeries {
    fn draft(&self) -> Result<SeriesDraft> {
        Ok(SeriesDraft {
            first: self.booking.draft(),
            rule: rule(&self.recurrence)?,
            on_conflict: self.on_conflict.unwrap_or_default(),
            desk: None,
        })
    }
}

impl CreateSeriesForCustomer {
    fn draft(&self) -> Result<SeriesDraft> {
        let (first, desk) = self.booking.read()?;
        if desk.outside_hours {
            let detail = "must not be set: a series takes place within the hours";
            return Err(Rejection::invalid("/booking/outside_hours", "UNAVAILABLE", detail).into());
        }
        Ok(SeriesDraft {
            first,
            rule: rule(&self.recurrence)?,
            on_conflict: self.on_conflict.unwrap_or_default(),
            desk: Some(desk),
        })
    }
}

/// What would become of each.
#[derive(Serialize, ToSchema)]
pub struct SeriesPreview {
    /// Who would provide them all; null: all who provide the service together.
    staff_id: Option<StaffId>,
    occurrences: Vec<PlannedView>,
}

#[derive(Serialize, ToSchema)]
struct PlannedView {
    start: DateTime<Utc>,
    is_free: bool,
    /// Of one that is not free, where it would be shifted to; null: nowhere.
    nearest: Option<DateTime<Utc>>,
}

impl From<SeriesPlan> for SeriesPreview {
    fn from(plan: SeriesPlan) -> Self {
        let view = |Planned { start, is_free, nearest }| PlannedView { start, is_free, nearest };
        Self { staff_id: plan.staff_id, occurrences: plan.occurrences.into_iter().map(view).collect() }
    }
}

#[derive(Serialize, ToSchema)]
pub struct SeriesView {
    id: SeriesId,
    recurrence: String,
    bookings: Vec<BookingView>,
    /// Those whose time was taken and for which there was no other.
    left_out: Vec<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
pub struct MemberSeriesView {
    id: SeriesId,
    recurrence: String,
    bookings: Vec<MemberBookingView>,
    /// Those whose time was taken and for which there was no other; empty of a series that is read later.
    left_out: Vec<DateTime<Utc>>,
}

pub async fn preview_public(visitor: Visitor, Json(body): Json<CreateSeries>) -> Result<HttpResponse> {
    visitor.state.take(READ, &visitor.ip).await?;
    let draft = body.draft()?;
    let now = visitor.now;
    let plan = visitor.tenant.read(async |tx| bookings::plan_series(tx, &draft, now).await).await?;
    Ok(HttpResponse::Ok().json(SeriesPreview::from(plan)))
}

pub async fn preview(
    caller: Caller<ManageBookings>,
    Json(body): Json<CreateSeriesForCustomer>,
) -> Result<HttpResponse> {
    let (draft, now) = (body.draft()?, caller.now);
    let plan = caller.tenant.read(async |tx| bookings::plan_series(tx, &draft, now).await).await?;
    Ok(HttpResponse::Ok().json(SeriesPreview::from(plan)))
}

pub async fn create_public(visitor: Visitor, submission: Submission<CreateSeries>) -> Result<Answer> {
    visitor.state.take(WRITE, &visitor.ip).await?;
    let draft = submission.body.draft()?;
    book(&visitor, &submission, &draft).await
}

/// Books for a visitor, once for each key of `submission`, by the API or by a page.
pub(crate) async fn book<T>(
    visitor: &Visitor,
    submission: &Submission<T>,
    draft: &SeriesDraft,
) -> Result<Answer> {
    let (now, by) = (visitor.now, visitor.by());
    let create = async |tx: &mut store::TenantTx| {
        let Booked { series, appointments, left_out } =
            Box::pin(bookings::create_series(tx, draft, random::number, &by, now)).await?;
        let view = |one| BookingView::new(&visitor.state, one);
        Answer::created(&SeriesView {
            id: series.id,
            recurrence: series.recurrence,
            bookings: appointments.into_iter().map(view).collect(),
            left_out,
        })
    };
    visitor.once(submission, create).await.map_err(told_to_a_customer)
}

pub async fn create(
    caller: Caller<ManageBookings>,
    submission: Submission<CreateSeriesForCustomer>,
) -> Result<Answer> {
    let (draft, now, by) = (submission.body.draft()?, caller.now, caller.by());
    caller
        .once(&submission, async |tx| {
            let Booked { series, appointments, left_out } =
                Box::pin(bookings::create_series(tx, &draft, random::number, &by, now)).await?;
            let view = |one| caller.view(one);
            Answer::created(&MemberSeriesView {
                id: series.id,
                recurrence: series.recurrence,
                bookings: appointments.into_iter().map(view).collect(),
                left_out,
            })
        })
        .await
}

/// A series as it stands: what was moved or cancelled, too.
pub async fn show(caller: Caller<Read>, id: Path<SeriesId>) -> Result<HttpResponse> {
    let (series, appointments) = caller.tenant.read(async |tx| bookings::find_series(tx, *id).await).await?;
    let view = |one| caller.view(one);
    Ok(HttpResponse::Ok().json(MemberSeriesView {
        id: series.id,
        recurrence: series.recurrence,
        bookings: appointments.into_iter().map(view).collect(),
        left_out: Vec::new(),
    }))
}
