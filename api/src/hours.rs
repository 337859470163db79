//! Weekly hours and pauses, closures and one-off openings.

use actix_web::HttpResponse;
use chrono::{Days, NaiveDate};
use domain::hours::{MinuteRange, Owner, RuleKind, TimeOfDay, WeeklyRange};
use domain::id::{ClosureId, OpeningId, ServiceId, StaffId};
use domain::rejection::Rejection;
use serde::{Deserialize, Serialize};
use store::TenantTx;
use store::hours::{self, Closure, Opening, WeekOf};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Caller, Json, ManageCatalogue, Path, Query, Read, Submission};
use crate::idempotency::Answer;
use crate::list::{Page, PageQuestion};
use crate::problem::Result;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct WeekQuestion {
    /// Of this staff member; without it and `service_id`, of the tenant.
    #[param(value_type = Option<String>)]
    staff_id: Option<StaffId>,
    /// Of this service, which is offered within them alone.
    #[param(value_type = Option<String>)]
    service_id: Option<ServiceId>,
    /// Of the week that holds from this date on; without it, of the one from the beginning.
    effective_from: Option<NaiveDate>,
}

impl WeekQuestion {
    fn week(&self) -> Result<WeekOf> {
        let owner = match (self.staff_id, self.service_id) {
            (None, None) => Owner::Tenant,
            (Some(id), None) => Owner::Staff(id),
            (None, Some(id)) => Owner::Service(id),
            (Some(_), Some(_)) => {
                let detail = "must be left out where staff_id is given";
                return Err(Rejection::invalid("?service_id", "INVALID", detail).into());
            }
        };
        Ok(WeekOf { owner, from: self.effective_from })
    }
}

/// The rules of one week, all of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    rules: Vec<WeeklyRange>,
}

#[derive(Serialize, ToSchema)]
pub struct RulesView {
    rules: Vec<WeeklyRange>,
    /// Null: from the beginning.
    effective_from: Option<NaiveDate>,
    /// The dates from which other weeks of this owner hold.
    other_weeks_from: Vec<NaiveDate>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateClosure {
    starts_on: NaiveDate,
    /// Included.
    ends_on: NaiveDate,
    /// Without it everybody.
    staff_id: Option<StaffId>,
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct ClosureView {
    id: ClosureId,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    staff_id: Option<StaffId>,
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOpening {
    date: NaiveDate,
    start: TimeOfDay,
    end: TimeOfDay,
    staff_id: Option<StaffId>,
}

#[derive(Serialize, ToSchema)]
pub struct OpeningView {
    id: OpeningId,
    date: NaiveDate,
    start: TimeOfDay,
    end: TimeOfDay,
    staff_id: Option<StaffId>,
}

impl From<Closure> for ClosureView {
    fn from(closure: Closure) -> Self {
        let Closure { id, starts_on, ends_on, staff_id, reason, .. } = closure;
        Self { id, starts_on, ends_on, staff_id, reason }
    }
}

impl RulesView {
    async fn new(tx: &TenantTx, week: WeekOf, rules: Vec<WeeklyRange>) -> store::Result<Self> {
        let mut others = hours::week_dates(tx, week.owner).await?;
        others.retain(|date| Some(*date) != week.from);
        Ok(Self { rules, effective_from: week.from, other_weeks_from: others })
    }
}

impl OpeningView {
    fn new(opening: &Opening) -> Result<Self> {
        let range = opening.range()?;
        Ok(Self {
            id: opening.id,
            date: opening.date,
            start: range.start(),
            end: range.end(),
            staff_id: opening.staff_id,
        })
    }
}

pub async fn show_opening_rules(caller: Caller<Read>, question: Query<WeekQuestion>) -> Result<HttpResponse> {
    show_rules(&caller, RuleKind::Opening, question).await
}

pub async fn show_break_rules(caller: Caller<Read>, question: Query<WeekQuestion>) -> Result<HttpResponse> {
    show_rules(&caller, RuleKind::Break, question).await
}

async fn show_rules(
    caller: &Caller<Read>,
    kind: RuleKind,
    Query(question): Query<WeekQuestion>,
) -> Result<HttpResponse> {
    let week = question.week()?;
    let view = caller
        .tenant
        .read(async |tx| {
            let rules = hours::rules(tx, kind, week).await?;
            RulesView::new(tx, week, rules).await
        })
        .await?;
    Ok(HttpResponse::Ok().json(view))
}

pub async fn replace_opening_rules(
    caller: Caller<ManageCatalogue>,
    question: Query<WeekQuestion>,
    body: Json<Rules>,
) -> Result<HttpResponse> {
    replace_rules(&caller, RuleKind::Opening, question, body).await
}

pub async fn replace_break_rules(
    caller: Caller<ManageCatalogue>,
    question: Query<WeekQuestion>,
    body: Json<Rules>,
) -> Result<HttpResponse> {
    replace_rules(&caller, RuleKind::Break, question, body).await
}

async fn replace_rules(
    caller: &Caller<ManageCatalogue>,
    kind: RuleKind,
    Query(question): Query<WeekQuestion>,
    Json(body): Json<Rules>,
) -> Result<HttpResponse> {
    let (now, by, week) = (caller.now, caller.by(), question.week()?);
    let view = caller
        .tenant
        .transaction(async |tx| {
            let rules = hours::replace_rules(tx, kind, week, body.rules, &by, now).await?;
            RulesView::new(tx, week, rules).await
        })
        .await?;
    Ok(HttpResponse::Ok().json(view))
}

/// Closures that are not over; yesterday may still be today somewhere.
pub async fn list_closures(
    caller: Caller<Read>,
    Query(question): Query<PageQuestion>,
) -> Result<HttpResponse> {
    let (from, wanted) = (yesterday(&caller), question.read()?);
    let closures = caller
        .tenant
        .transaction(async |tx| hours::page_of_closures(tx, from, wanted.after, wanted.and_one()).await)
        .await?;
    let page = wanted.page(closures, |last| (last.starts_on, last.id), ClosureView::from);
    Ok(HttpResponse::Ok().json(page))
}

pub async fn create_closure(
    caller: Caller<ManageCatalogue>,
    submission: Submission<CreateClosure>,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by());
    caller
        .once(&submission, async |tx| {
            let CreateClosure { starts_on, ends_on, staff_id, reason } = &submission.body;
            let dates = (*starts_on, *ends_on);
            let closure = hours::add_closure(tx, *staff_id, dates, reason.as_deref(), &by, now).await?;
            Answer::created(&ClosureView::from(closure))
        })
        .await
}

pub async fn destroy_closure(caller: Caller<ManageCatalogue>, id: Path<ClosureId>) -> Result<HttpResponse> {
    let by = caller.by();
    caller.tenant.transaction(async |tx| hours::remove_closure(tx, *id, &by, caller.now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Openings that are not over, as closures are listed.
pub async fn list_openings(
    caller: Caller<Read>,
    Query(question): Query<PageQuestion>,
) -> Result<HttpResponse> {
    let (from, wanted) = (yesterday(&caller), question.read()?);
    let openings = caller
        .tenant
        .transaction(async |tx| hours::page_of_openings(tx, from, wanted.after, wanted.and_one()).await)
        .await?;
    let Page { data, next_cursor } =
        wanted.page(openings, |last| (last.date, last.start_minute, last.id), |one| OpeningView::new(&one));
    let data = data.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(HttpResponse::Ok().json(Page { data, next_cursor }))
}

pub async fn create_opening(
    caller: Caller<ManageCatalogue>,
    submission: Submission<CreateOpening>,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by());
    caller
        .once(&submission, async |tx| {
            let CreateOpening { date, start, end, staff_id } = &submission.body;
            let range = MinuteRange::between(*start, *end)
                .map_err(|why| Rejection::invalid("/end", "INVALID", why.to_string()))?;
            let opening = hours::add_opening(tx, *staff_id, *date, range, &by, now).await?;
            Answer::created(&OpeningView::new(&opening)?)
        })
        .await
}

pub async fn destroy_opening(caller: Caller<ManageCatalogue>, id: Path<OpeningId>) -> Result<HttpResponse> {
    let by = caller.by();
    caller.tenant.transaction(async |tx| hours::remove_opening(tx, *id, &by, caller.now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn yesterday(caller: &Caller<Read>) -> NaiveDate {
    let today = caller.now.date_naive();
    today.checked_sub_days(Days::new(1)).unwrap_or(today)
}
