//! Jobs one by one and many at a time.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::id::{JobId, TenantId};
use domain::job::JobState;
use domain::rejection::{Code, Rejection};
use serde::{Deserialize, Serialize};
use store::console::{self, Deed, Filter, Line, Many};
use utoipa::{IntoParams, ToSchema};

use super::{Done, Key, Named, all, cursor};
use crate::extract::{Json, Operator, Query};
use crate::list::Page;
use crate::problem::Result;

/// A job.
#[derive(Serialize, ToSchema)]
pub struct JobView {
    /// `00000000-0000-0000-0000-000000000000`: it is the platform's own.
    tenant_id: TenantId,
    /// Null: it is the platform's own.
    tenant_slug: Option<String>,
    id: JobId,
    queue: String,
    kind: String,
    state: JobState,
    /// Whether it gives way to others.
    is_bulk: bool,
    /// When it is due; of a dead one, when it died.
    run_at: DateTime<Utc>,
    /// Runs that ended in an error.
    attempt: i16,
    /// How often it was handed to a worker.
    deliveries: i16,
    leased_until: Option<DateTime<Utc>>,
    last_error: Option<String>,
}

impl From<Line> for JobView {
    fn from(line: Line) -> Self {
        Self {
            tenant_id: line.tenant_id,
            tenant_slug: line.slug,
            id: line.id,
            queue: line.queue,
            kind: line.kind,
            state: line.state,
            is_bulk: line.is_bulk,
            run_at: line.run_at,
            attempt: line.attempt,
            deliveries: line.deliveries,
            leased_until: line.leased_until,
            last_error: line.last_error,
        }
    }
}

/// A run that ended in an error.
#[derive(Serialize, ToSchema)]
pub struct FailureView {
    attempt: i32,
    at: DateTime<Utc>,
    error: String,
}

/// How far a long job is.
#[derive(Serialize, ToSchema)]
pub struct ProgressView {
    done: i32,
    /// Null: not known yet.
    total: Option<i32>,
    started_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
pub struct JobDetailView {
    #[serde(flatten)]
    job: JobView,
    /// Ids of what it is about, and plain facts.
    #[schema(value_type = Object)]
    payload: serde_json::Value,
    /// The last runs that ended in an error, 20 at most, the oldest first.
    failures: Vec<FailureView>,
    /// Of the request that enqueued it: a W3C traceparent.
    trace: Option<String>,
    dedup_key: Option<String>,
    progress: Option<ProgressView>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct JobsQuestion {
    /// Its name; all.
    #[param(value_type = Option<String>)]
    queue: Option<Named>,
    /// `due`, `leased`, `scheduled` or `dead`; `dead`.
    #[param(value_type = Option<String>)]
    state: Option<JobState>,
    kind: Option<String>,
    /// Its slug or its id.
    tenant: Option<String>,
    /// The id of a job or of a tenant, a tenant's slug, the beginning of a kind or a part of the last error. A page looks
    /// at 5,000 jobs and may be empty: `next_cursor` goes on.
    search: Option<String>,
    /// 1..=200; 50.
    limit: Option<i64>,
    /// From the page before.
    cursor: Option<String>,
}

pub async fn list(operator: Operator, Query(question): Query<JobsQuestion>) -> Result<HttpResponse> {
    let limit = question.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Rejection::invalid("?limit", "OUT_OF_RANGE", "must be between 1 and 200").into());
    }
    let after = match question.cursor.as_deref() {
        Some(text) => Some(cursor::read(text).ok_or(Code::MalformedCursor)?),
        None => None,
    };
    let mut filter = Filter {
        queue: question.queue.map(|Named(queue)| queue),
        state: question.state.unwrap_or_default(),
        kind: question.kind,
        tenant: None,
        search: question.search.map(|text| text.chars().take(200).collect()),
        after,
    };
    let system = operator.state.store.system();
    let found: store::Result<_> = system
        .transaction(async |tx| {
            if let Some(text) = &question.tenant {
                // Nobody of that name has no jobs.
                let Some(tenant) = console::tenant(tx, text).await? else {
                    return Ok(console::Found::default());
                };
                filter.tenant = Some(tenant);
            }
            console::list(tx, &filter, limit).await
        })
        .await;
    let found = found?;
    Ok(HttpResponse::Ok().json(Page {
        data: found.jobs.into_iter().map(JobView::from).collect(),
        next_cursor: found.next.as_ref().map(cursor::write),
    }))
}

pub async fn show(operator: Operator, key: Key) -> Result<HttpResponse> {
    let (tenant_id, id) = *key;
    let system = operator.state.store.system();
    let job = system.transaction(async |tx| console::find(tx, tenant_id, id).await).await?;
    let failures = job.failures.into_iter();
    Ok(HttpResponse::Ok().json(JobDetailView {
        job: job.line.into(),
        payload: job.payload,
        failures: failures
            .map(|run| FailureView { attempt: run.attempt, at: run.at, error: run.error })
            .collect(),
        trace: job.trace,
        dedup_key: job.dedup_key,
        progress: job.progress.map(|far| ProgressView {
            done: far.done,
            total: far.total,
            started_at: far.started_at,
            updated_at: far.updated_at,
            ended_at: far.ended_at,
        }),
    }))
}

pub async fn retry(operator: Operator, key: Key) -> Result<HttpResponse> {
    let (by, now) = (operator.by(), operator.now);
    let system = operator.state.store.system();
    system.transaction(async |tx| console::retry(tx, *key, None, &by, now).await).await?;
    show(operator, key).await
}

pub async fn destroy(operator: Operator, key: Key) -> Result<HttpResponse> {
    let (by, now) = (operator.by(), operator.now);
    let system = operator.state.store.system();
    system.transaction(async |tx| console::delete(tx, *key, None, &by, now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Which dead jobs are meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadJobs {
    #[schema(value_type = String, example = "email")]
    queue: Named,
    /// All.
    kind: Option<String>,
    /// The slug or the id of a tenant; all.
    tenant: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Changed {
    jobs: usize,
    /// There were more than one request changes: send it again.
    has_more: bool,
}

impl From<Done> for Changed {
    fn from(done: Done) -> Self {
        Self { jobs: done.jobs, has_more: done.goes_on }
    }
}

pub async fn retry_all(operator: Operator, Json(body): Json<DeadJobs>) -> Result<HttpResponse> {
    change(operator, Deed::Retry, body).await
}

pub async fn delete_all(operator: Operator, Json(body): Json<DeadJobs>) -> Result<HttpResponse> {
    change(operator, Deed::Delete, body).await
}

async fn change(operator: Operator, deed: Deed, body: DeadJobs) -> Result<HttpResponse> {
    let DeadJobs { queue: Named(queue), kind, tenant } = body;
    let system = operator.state.store.system();
    let tenant = match tenant {
        Some(text) => {
            let known = system.transaction(async |tx| console::tenant(tx, &text).await).await?;
            Some(known.ok_or_else(|| Rejection::invalid("/tenant", "UNKNOWN", "names no tenant"))?)
        }
        None => None,
    };
    let many = Many { queue, kind, tenant, until: operator.now };
    let done = all(&operator.state, deed, &many, &operator.by()).await?;
    Ok(HttpResponse::Ok().json(Changed::from(done)))
}
