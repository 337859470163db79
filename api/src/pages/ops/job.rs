//! One job: what it is, what became of its runs, what can be done.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::id::{JobId, TenantId};
use domain::job::JobState;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::SystemTx;
use store::console::{self, JobDetail};

use super::{JobRow, settled};
use crate::console::Key;
use crate::extract::PageOperator;
use crate::pages::form::Form;
use crate::pages::{Reader, query, render};
use crate::problem::{Problem, Result};

#[derive(Serialize)]
struct Detail {
    current: &'static str,
    job: JobRow,
    made_at: Option<DateTime<Utc>>,
    payload: String,
    /// The latest first.
    failures: Vec<Failure>,
    trace: Option<String>,
    dedup_key: Option<String>,
    progress: Option<Far>,
    may_retry: bool,
    may_delete: bool,
    back: String,
}

#[derive(Serialize)]
struct Failure {
    attempt: i32,
    at: DateTime<Utc>,
    error: String,
}

/// How far it is.
#[derive(Serialize)]
struct Far {
    done: i32,
    total: Option<i32>,
    updated_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct Gone {
    current: &'static str,
}

impl Detail {
    fn new(found: JobDetail, now: DateTime<Utc>) -> Self {
        let (seconds, nanos) = found.line.id.0.get_timestamp().map(|at| at.to_unix()).unwrap_or_default();
        let state = found.line.state;
        let pairs = [("queue", found.line.queue.as_str()), ("state", state.name())];
        Self {
            current: "jobs",
            made_at: i64::try_from(seconds)
                .ok()
                .filter(|seconds| *seconds > 0)
                .and_then(|seconds| DateTime::from_timestamp(seconds, nanos)),
            payload: serde_json::to_string_pretty(&found.payload).unwrap_or_default(),
            failures: found
                .failures
                .into_iter()
                .rev()
                .map(|run| Failure { attempt: run.attempt, at: run.at, error: run.error })
                .collect(),
            trace: found.trace,
            dedup_key: found.dedup_key,
            progress: found.progress.filter(|far| far.ended_at.is_none()).map(|far| Far {
                done: far.done,
                total: far.total,
                updated_at: far.updated_at,
            }),
            may_retry: matches!(state, JobState::Dead | JobState::Scheduled),
            may_delete: state != JobState::Leased,
            back: format!("/ops/jobs?{}", query(&pairs)),
            job: JobRow::new(found.line, now),
        }
    }
}

async fn find(operator: &PageOperator, key: Key) -> Result<Detail> {
    let (tenant_id, id) = *key;
    let system = operator.state.store.system();
    let found = system.transaction(async |tx| console::find(tx, tenant_id, id).await).await?;
    Ok(Detail::new(found, operator.now))
}

pub async fn show(reader: Reader, operator: PageOperator, key: Result<Key>) -> HttpResponse {
    look(&reader, &operator, key, "ops/job").await
}

pub async fn ask_delete(reader: Reader, operator: PageOperator, key: Result<Key>) -> HttpResponse {
    look(&reader, &operator, key, "ops/job_delete").await
}

/// One that is not there is done, as likely as not: the page says so, also to one that follows it.
async fn look(reader: &Reader, operator: &PageOperator, key: Result<Key>, page: &str) -> HttpResponse {
    reader
        .answer(async {
            let frame = operator.frame(reader);
            match find(operator, key?).await {
                Ok(detail) => render(&operator.state, &frame, StatusCode::OK, page, &detail),
                Err(problem) if problem.code() == Code::NotFound => {
                    let gone = Gone { current: "jobs" };
                    render(&operator.state, &frame, StatusCode::NOT_FOUND, "ops/job_gone", &gone)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// How the job stood on the page that the form is of.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Seen {
    state: String,
}

pub async fn retry(
    reader: Reader,
    operator: PageOperator,
    key: Result<Key>,
    form: Result<Form<Seen>>,
) -> HttpResponse {
    let (by, now) = (operator.by(), operator.now);
    let retry = async |tx: &mut SystemTx, key, seen| console::retry(tx, key, seen, &by, now).await;
    act(&reader, &operator, (key, form), retry, "ops-flash-retried").await
}

pub async fn delete(
    reader: Reader,
    operator: PageOperator,
    key: Result<Key>,
    form: Result<Form<Seen>>,
) -> HttpResponse {
    let (by, now) = (operator.by(), operator.now);
    let delete = async |tx: &mut SystemTx, key, seen| console::delete(tx, key, seen, &by, now).await;
    act(&reader, &operator, (key, form), delete, "ops-flash-deleted").await
}

async fn act(
    reader: &Reader,
    operator: &PageOperator,
    (key, form): (Result<Key>, Result<Form<Seen>>),
    work: impl AsyncFnOnce(&mut SystemTx, (TenantId, JobId), Option<JobState>) -> store::Result<()>,
    flash: &'static str,
) -> HttpResponse {
    reader
        .answer(async {
            let (key, Form(form)) = (key?, form?);
            let seen = JobState::from_name(&form.state);
            let system = operator.state.store.system();
            let done = system.transaction(async |tx| work(tx, *key, seen).await).await;
            settled(done.map_err(Problem::from), &after(seen), flash)
        })
        .await
}

/// Where those are among which the job was.
fn after(seen: Option<JobState>) -> String {
    format!("/ops/jobs?state={}", seen.unwrap_or_default().name())
}
