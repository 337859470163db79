//! The queues: how much waits, who works, what became of runs, and what is set.

use ::jobs::Queue;
use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::job::quantile;
use serde::{Deserialize, Serialize};
use store::console::{self, Kind, Overview, Settings, Slice, Worker};
use utoipa::{IntoParams, ToSchema};

use super::Named;
use super::range::Range;
use crate::extract::{Json, Operator, Path, Query, present};
use crate::problem::Result;

/// A queue at a glance. Counts end at 100,000, that of scheduled jobs at 20,000.
#[derive(Serialize, ToSchema)]
pub struct QueueView {
    queue: &'static str,
    /// Jobs that wait for a worker.
    due: i64,
    /// Handed to the workers.
    leased: i64,
    /// More than 500 tenants have jobs: `leased` counts those of the first 500 alone, `due` the others' with its own.
    leased_is_part: bool,
    /// Those of them that run, as the workers told last.
    running: i64,
    /// Wait for their time.
    scheduled: i64,
    /// Given up.
    dead: i64,
    /// Since when the oldest that waits for a worker is due.
    oldest_due_at: Option<DateTime<Utc>>,
    paused_at: Option<DateTime<Utc>>,
    /// Jobs of one tenant, of each priority, that may be out at a time, as it was set; null: `default_per_tenant`.
    per_tenant: Option<i32>,
    /// Null: as many as there are.
    default_per_tenant: Option<i32>,
    /// Processes that work.
    workers: i64,
    /// Jobs that they can run at a time.
    places: i64,
}

impl From<Overview> for QueueView {
    fn from(overview: Overview) -> Self {
        let Overview {
            queue,
            due,
            leased,
            is_part,
            running,
            scheduled,
            dead,
            oldest,
            settings,
            workers,
            places,
        } = overview;
        Self {
            queue: queue.name(),
            due,
            leased,
            leased_is_part: is_part,
            running,
            scheduled,
            dead,
            oldest_due_at: oldest,
            paused_at: settings.paused_at,
            per_tenant: settings.per_tenant,
            default_per_tenant: queue.per_tenant(),
            workers,
            places,
        }
    }
}

/// A process of the fleet.
#[derive(Serialize, ToSchema)]
pub struct WorkerView {
    /// Whose jobs it runs; `dispatch`: it hands out those of all.
    queue: String,
    host: String,
    version: String,
    places: i32,
    running: i32,
    started_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
}

impl From<Worker> for WorkerView {
    fn from(worker: Worker) -> Self {
        let Worker { queue, host, version, places, running, started_at, seen_at } = worker;
        Self { queue, host, version, places, running, started_at, seen_at }
    }
}

#[derive(Serialize, ToSchema)]
pub struct Fleet {
    queues: Vec<QueueView>,
    workers: Vec<WorkerView>,
}

/// What became of runs.
#[derive(Serialize, ToSchema)]
pub struct Runs {
    done: i64,
    /// There was nothing left to do.
    dropped: i64,
    /// Failed, and run again later.
    again: i64,
    /// Given up.
    dead: i64,
    /// From due to started.
    waited: Times,
    /// From started to ended.
    ran: Times,
}

/// Milliseconds that half, 95 and 99 of a hundred stayed below; null: there were none.
#[derive(Serialize, ToSchema)]
pub struct Times {
    #[serde(rename = "p50_ms")]
    p50: Option<i64>,
    #[serde(rename = "p95_ms")]
    p95: Option<i64>,
    #[serde(rename = "p99_ms")]
    p99: Option<i64>,
}

impl From<&[i64]> for Times {
    fn from(counts: &[i64]) -> Self {
        let below = |per_mille| quantile(counts, per_mille);
        Self { p50: below(500), p95: below(950), p99: below(990) }
    }
}

impl From<&Slice> for Runs {
    fn from(slice: &Slice) -> Self {
        let Slice { done, dropped, again, dead, waited, ran } = slice;
        let (waited, ran) = (waited.as_slice().into(), ran.as_slice().into());
        Self { done: *done, dropped: *dropped, again: *again, dead: *dead, waited, ran }
    }
}

#[derive(Serialize, ToSchema)]
pub struct SliceView {
    from: DateTime<Utc>,
    #[serde(flatten)]
    runs: Runs,
}

#[derive(Serialize, ToSchema)]
pub struct KindView {
    kind: String,
    #[serde(flatten)]
    runs: Runs,
}

impl From<&Kind> for KindView {
    fn from(kind: &Kind) -> Self {
        Self { kind: kind.kind.clone(), runs: (&kind.runs).into() }
    }
}

#[derive(Serialize, ToSchema)]
pub struct QueueDetail {
    queue: QueueView,
    range: Range,
    /// Of each slice.
    minutes: i32,
    slices: Vec<SliceView>,
    /// Of all the range, the most frequent first.
    kinds: Vec<KindView>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct QueueQuestion {
    /// `1h`, by the minute; `24h`, by the quarter of an hour; `7d`, by two hours. `1h`.
    #[param(value_type = Option<String>)]
    range: Option<Range>,
}

#[derive(Serialize, ToSchema)]
pub struct QueueSettings {
    queue: &'static str,
    paused_at: Option<DateTime<Utc>>,
    per_tenant: Option<i32>,
}

impl QueueSettings {
    fn new(queue: Queue, settings: Settings) -> Self {
        Self { queue: queue.name(), paused_at: settings.paused_at, per_tenant: settings.per_tenant }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent and null are two things (RFC 7396)")]
pub struct UpdateQueue {
    /// 1 to 100,000; null: as it comes.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i32>)]
    per_tenant: Option<Option<i32>>,
}

pub async fn list(operator: Operator) -> Result<HttpResponse> {
    let (system, now) = (operator.state.store.system(), operator.now);
    let (queues, workers) =
        system.transaction(async |tx| console::overview(tx, &Queue::ALL, now).await).await?;
    let queues = queues.into_iter().map(QueueView::from).collect();
    Ok(HttpResponse::Ok()
        .json(Fleet { queues, workers: workers.into_iter().map(WorkerView::from).collect() }))
}

pub async fn show(
    operator: Operator,
    name: Path<Named>,
    Query(question): Query<QueueQuestion>,
) -> Result<HttpResponse> {
    let (Named(queue), range, now) = (*name, question.range.unwrap_or_default(), operator.now);
    let span = range.span(now);
    let read: store::Result<_> = operator
        .state
        .store
        .system()
        .transaction(async |tx| {
            let (overview, _workers) = console::overview(tx, &[queue], now).await?;
            Ok((overview, console::slices(tx, queue, span).await?, console::kinds(tx, queue, span).await?))
        })
        .await;
    let (overview, slices, kinds) = read?;
    let queue = overview.into_iter().next().ok_or(domain::rejection::Code::NotFound)?;
    let slices = span.starts().into_iter().zip(&slices);
    Ok(HttpResponse::Ok().json(QueueDetail {
        queue: queue.into(),
        range,
        minutes: span.minutes,
        slices: slices.map(|(from, slice)| SliceView { from, runs: slice.into() }).collect(),
        kinds: kinds.iter().map(KindView::from).collect(),
    }))
}

pub async fn pause(operator: Operator, name: Path<Named>) -> Result<HttpResponse> {
    let (Named(queue), by, now) = (*name, operator.by(), operator.now);
    let system = operator.state.store.system();
    let settings = system.transaction(async |tx| console::pause(tx, queue, &by, now).await).await?;
    Ok(HttpResponse::Ok().json(QueueSettings::new(queue, settings)))
}

pub async fn resume(operator: Operator, name: Path<Named>) -> Result<HttpResponse> {
    let (Named(queue), by, now) = (*name, operator.by(), operator.now);
    let system = operator.state.store.system();
    let settings = system.transaction(async |tx| console::resume(tx, queue, &by, now).await).await?;
    Ok(HttpResponse::Ok().json(QueueSettings::new(queue, settings)))
}

pub async fn update(
    operator: Operator,
    name: Path<Named>,
    Json(body): Json<UpdateQueue>,
) -> Result<HttpResponse> {
    let (Named(queue), by, now) = (*name, operator.by(), operator.now);
    let settings = operator
        .state
        .store
        .system()
        .transaction(async |tx| match body.per_tenant {
            Some(most) => console::set_per_tenant(tx, queue, most, &by, now).await,
            None => console::settings(tx, queue).await,
        })
        .await?;
    Ok(HttpResponse::Ok().json(QueueSettings::new(queue, settings)))
}
