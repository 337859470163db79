//! The console: what operators see of the fleet, and do to it.

pub mod bulk;
pub mod charts;
pub mod job;
pub mod jobs;
pub mod queues;
pub mod session;
pub mod tenants;

use actix_web::HttpResponse;
use actix_web::http::Method;
use domain::rejection::{Code, Kind};
use serde::Serialize;
use store::console::Line;

use super::frame::Flash;
use super::see_with;
use super::table::{Access, Page, page};
use crate::problem::{Problem, Result};

pub fn routes() -> Vec<Page> {
    let (get, post) = (|| Method::GET, || Method::POST);
    let operator = Access::Operator;
    vec![
        page(get(), "/ops", operator, session::home),
        page(get(), "/ops/stream", operator, session::stream),
        page(post(), "/ops/logout", operator, session::destroy),
        page(get(), "/ops/tenants", operator, tenants::list),
        page(get(), "/ops/tenants/{id}", operator, tenants::show),
        page(get(), "/ops/tenants/{id}/suspension", operator, tenants::show),
        page(post(), "/ops/tenants/{id}/suspension", operator, tenants::suspend),
        page(post(), "/ops/tenants/{id}/reinstatement", operator, tenants::reinstate),
        page(get(), "/ops/tenants/{id}/support", operator, tenants::show),
        page(post(), "/ops/tenants/{id}/support", operator, tenants::support),
        page(get(), "/ops/queues", operator, queues::list),
        page(get(), "/ops/queues/{queue}", operator, queues::show),
        page(post(), "/ops/queues/{queue}/pause", operator, queues::pause),
        page(post(), "/ops/queues/{queue}/resume", operator, queues::resume),
        page(post(), "/ops/queues/{queue}/settings", operator, queues::update),
        page(get(), "/ops/jobs", operator, jobs::list),
        page(get(), "/ops/jobs/retry", operator, bulk::ask_retry),
        page(post(), "/ops/jobs/retry", operator, bulk::retry),
        page(get(), "/ops/jobs/delete", operator, bulk::ask_delete),
        page(post(), "/ops/jobs/delete", operator, bulk::delete),
        page(get(), "/ops/jobs/{tenant_id}/{id}", operator, job::show),
        page(post(), "/ops/jobs/{tenant_id}/{id}/retry", operator, job::retry),
        page(get(), "/ops/jobs/{tenant_id}/{id}/delete", operator, job::ask_delete),
        page(post(), "/ops/jobs/{tenant_id}/{id}/delete", operator, job::delete),
    ]
}

/// A job as lists and its own page show it.
#[derive(Serialize)]
struct JobRow {
    href: String,
    id: String,
    kind: String,
    queue: String,
    state: &'static str,
    is_bulk: bool,
    run_at: chrono::DateTime<chrono::Utc>,
    /// Milliseconds until then; less than none: since then.
    until_ms: i64,
    attempt: i16,
    deliveries: i16,
    leased_until: Option<chrono::DateTime<chrono::Utc>>,
    error: String,
    tenant_id: String,
    /// None: it is the platform's own.
    slug: Option<String>,
    tenant: Option<String>,
}

impl JobRow {
    fn new(line: Line, now: chrono::DateTime<chrono::Utc>) -> Self {
        Self {
            href: format!("/ops/jobs/{}/{}", line.tenant_id, line.id),
            id: line.id.to_string(),
            kind: line.kind,
            queue: line.queue,
            state: line.state.name(),
            is_bulk: line.is_bulk,
            run_at: line.run_at,
            until_ms: (line.run_at - now).num_milliseconds(),
            attempt: line.attempt,
            deliveries: line.deliveries,
            leased_until: line.leased_until,
            error: line.last_error.unwrap_or_default(),
            tenant_id: line.tenant_id.to_string(),
            slug: line.slug,
            tenant: line.name,
        }
    }
}

/// After something was done, or could not be because the job has moved on: the list, and one sentence of it.
fn settled(done: Result<()>, address: &str, key: &str) -> Result<HttpResponse> {
    let flash = match done {
        Ok(()) => Flash::ok(key),
        Err(problem) => Flash::bad(unsettled(&problem).ok_or(problem)?),
    };
    Ok(see_with(address, &flash))
}

/// The words for a job that is not as it was seen.
pub(super) fn unsettled(problem: &Problem) -> Option<&'static str> {
    match problem.code() {
        Code::JobRunning => Some("ops-flash-running"),
        Code::NotFound => Some("ops-flash-gone"),
        code if code.kind() == Kind::Conflict => Some("ops-flash-changed"),
        _ => None,
    }
}
