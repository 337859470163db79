//! Tenants, for operators: found, looked at, suspended.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::id::TenantId;
use domain::plan::{Limit, Plan};
use domain::rejection::Rejection;
use serde::{Deserialize, Serialize};
use store::audit::By;
use store::console::tenants::{self, Filter, Row};
use store::tenant_access;
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Json, Operator, Path, Query};
use crate::list::PageQuestion;
use crate::problem::Result;
use crate::state::State;

#[derive(Serialize, ToSchema)]
pub struct TenantSummary {
    id: TenantId,
    slug: String,
    name: String,
    plan: Plan,
    created_at: DateTime<Utc>,
    suspended_at: Option<DateTime<Utc>>,
    suspended_reason: Option<String>,
    members: i64,
    /// Counted in the newest month that anything was.
    bookings: i64,
}

impl From<Row> for TenantSummary {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            plan: row.plan,
            created_at: row.created_at,
            suspended_at: row.suspended_at,
            suspended_reason: row.suspended_reason,
            members: row.members,
            bookings: row.bookings,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct TenantOfPlatform {
    tenant: TenantSummary,
    usage: Vec<UsageView>,
}

#[derive(Serialize, ToSchema)]
pub struct UsageView {
    limit: Limit,
    used: i64,
    max: Option<i64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TenantsQuestion {
    /// Part of the name, or the beginning of the address.
    q: Option<String>,
    plan: Option<Plan>,
    suspended: Option<bool>,
    /// 1..=200; 50.
    limit: Option<i64>,
    /// From the page before.
    cursor: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// 1 to 2,000 characters; the tenant reads it.
    reason: String,
}

/// The newest first.
pub async fn list(operator: Operator, Query(question): Query<TenantsQuestion>) -> Result<HttpResponse> {
    let wanted = PageQuestion { limit: question.limit, cursor: question.cursor }.read()?;
    let filter = Filter {
        words: question.q.unwrap_or_default().trim().chars().take(200).collect(),
        plan: question.plan,
        is_suspended: question.suspended,
        after: wanted.after,
    };
    let system = operator.state.store.system();
    let found = system.transaction(async |tx| tenants::list(tx, &filter, wanted.and_one()).await).await?;
    let page = wanted.page(found, |last| (last.created_at, last.id), TenantSummary::from);
    Ok(HttpResponse::Ok().json(page))
}

pub async fn show(operator: Operator, id: Path<TenantId>) -> Result<HttpResponse> {
    reply(&operator.state, *id).await
}

async fn reply(state: &State, id: TenantId) -> Result<HttpResponse> {
    let (row, used) = state.store.system().transaction(async |tx| tenants::find(tx, id).await).await?;
    let plan = row.plan;
    let usage =
        used.into_iter().map(|(limit, _, used)| UsageView { limit, used, max: plan.allowance(limit) });
    Ok(HttpResponse::Ok().json(TenantOfPlatform { usage: usage.collect(), tenant: row.into() }))
}

pub async fn suspend(
    operator: Operator,
    id: Path<TenantId>,
    Json(body): Json<Suspension>,
) -> Result<HttpResponse> {
    set_suspension(&operator.state, *id, operator.by(), Some(&body.reason), operator.now).await?;
    reply(&operator.state, *id).await
}

pub async fn reinstate(operator: Operator, id: Path<TenantId>) -> Result<HttpResponse> {
    set_suspension(&operator.state, *id, operator.by(), None, operator.now).await?;
    reply(&operator.state, *id).await
}

/// Suspends for a reason, or reinstates without one.
pub(crate) async fn set_suspension(
    state: &State,
    id: TenantId,
    by: By,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let by = by.because(reason)?;
    if reason.is_some() && by.reason().is_none() {
        return Err(Rejection::invalid("/reason", "REQUIRED", "is needed").into());
    }
    let system = state.store.system();
    system
        .transaction(async |tx| match reason {
            Some(_) => tenant_access::suspend(tx, id, &by, now).await,
            None => tenant_access::reinstate(tx, id, &by, now).await,
        })
        .await?;
    // Other processes forget it within a minute.
    state.directory.forget(id);
    Ok(())
}
