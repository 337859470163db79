//! The queues at a glance, and each by itself with what became of its runs.

use ::jobs::Queue;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::job::quantile;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::SystemTx;
use store::console::{self, COUNTED, Kind, Overview, SCHEDULED_COUNTED, Slice, Worker};

use super::charts::{Chart, Draft};
use crate::console::Named;
use crate::console::range::Range;
use crate::extract::{PageOperator, Path, Query};
use crate::pages::form::{Flaw, Form, flaws, refuses_a_person};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result};

/// A job that is due for longer has somebody wait.
const LATE_MS: i64 = 60_000;

#[derive(Serialize)]
struct List {
    current: &'static str,
    queues: Vec<Glance>,
    workers: Vec<Process>,
    /// Whether anything hands out jobs.
    is_dispatched: bool,
    /// Whether jobs have a way to the workers.
    has_redis: bool,
}

/// A queue at a glance.
#[derive(Serialize)]
struct Glance {
    name: &'static str,
    due: i64,
    leased: i64,
    running: i64,
    scheduled: i64,
    dead: i64,
    /// Whether a count ended before everything was counted.
    has_more: HasMore,
    oldest_ms: Option<i64>,
    is_late: bool,
    /// Lately something was given up, or most runs failed.
    is_failing: bool,
    paused_at: Option<DateTime<Utc>>,
    per_tenant: Option<i32>,
    /// 0: as many as there are.
    default_per_tenant: i32,
    workers: i64,
    places: i64,
    /// Of the last hour.
    spark: String,
    runs: i64,
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one for each count")]
struct HasMore {
    due: bool,
    leased: bool,
    scheduled: bool,
    dead: bool,
}

impl Glance {
    fn new(overview: &Overview, range: Range, slices: &[Slice], now: DateTime<Utc>) -> Self {
        // Those of the last quarter of an hour, or as little as there is.
        let recent = match range {
            Range::Hour => 15,
            Range::Day => 2,
            Range::Week => 1,
        };
        let recent = slices.iter().rev().take(recent);
        let (ended, again, dead) = recent.fold((0, 0, 0), |(ended, again, dead), slice| {
            (ended + slice.done + slice.dropped, again + slice.again, dead + slice.dead)
        });
        let oldest_ms = overview.oldest.map(|at| (now - at).num_milliseconds().max(0));
        Self {
            name: overview.queue.name(),
            due: overview.due,
            leased: overview.leased,
            running: overview.running,
            scheduled: overview.scheduled,
            dead: overview.dead,
            has_more: HasMore {
                due: overview.due + overview.leased >= COUNTED,
                leased: overview.is_part,
                scheduled: overview.scheduled >= SCHEDULED_COUNTED,
                dead: overview.dead >= COUNTED,
            },
            oldest_ms,
            is_late: oldest_ms.is_some_and(|ms| ms > LATE_MS),
            is_failing: dead > 0 || again > ended,
            paused_at: overview.settings.paused_at,
            per_tenant: overview.settings.per_tenant,
            default_per_tenant: overview.queue.per_tenant().unwrap_or(0),
            workers: overview.workers,
            places: overview.places,
            spark: String::new(),
            runs: slices.iter().map(Slice::runs).sum(),
        }
    }
}

/// A process of the fleet.
#[derive(Serialize)]
struct Process {
    queue: String,
    host: String,
    version: String,
    places: i32,
    running: i32,
    started_at: DateTime<Utc>,
    up_ms: i64,
}

impl Process {
    fn new(worker: Worker, now: DateTime<Utc>) -> Self {
        Self {
            queue: worker.queue,
            host: worker.host,
            version: worker.version,
            places: worker.places,
            running: worker.running,
            up_ms: (now - worker.started_at).num_milliseconds(),
            started_at: worker.started_at,
        }
    }
}

pub async fn list(reader: Reader, operator: PageOperator) -> HttpResponse {
    reader
        .answer(async {
            let (frame, now) = (operator.frame(&reader), operator.now);
            let span = Range::Hour.span(now);
            let system = operator.state.store.system();
            let read: store::Result<_> = system
                .transaction(async |tx| {
                    let (queues, workers) = console::overview(tx, &Queue::ALL, now).await?;
                    let mut slices = Vec::new();
                    for queue in Queue::ALL {
                        slices.push(console::slices(tx, queue, span).await?);
                    }
                    Ok((queues, slices, workers))
                })
                .await;
            let (queues, slices, workers) = read?;
            let text = reader.text(frame.lang);
            let mut glances = Vec::new();
            for (queue, slices) in queues.into_iter().zip(&slices) {
                let mut glance = Glance::new(&queue, Range::Hour, slices, now);
                glance.spark = Draft { text, range: Range::Hour, span, slices }
                    .spark(&format!("spark-{}", glance.name))?;
                glances.push(glance);
            }
            let content = List {
                current: "queues",
                queues: glances,
                has_redis: operator.state.limits.ping().await,
                is_dispatched: workers.iter().any(|worker| worker.queue == "dispatch"),
                workers: workers.into_iter().map(|worker| Process::new(worker, now)).collect(),
            };
            render(&operator.state, &frame, StatusCode::OK, "ops/queues", &content)
        })
        .await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    range: String,
}

#[derive(Serialize)]
struct Detail {
    current: &'static str,
    queue: Glance,
    range: &'static str,
    ranges: [&'static str; 3],
    charts: Vec<Chart>,
    kinds: Vec<KindRow>,
    workers: Vec<Process>,
    form: SettingsForm,
    errors: Vec<Flaw>,
}

/// What became of the runs of one kind.
#[derive(Serialize)]
struct KindRow {
    kind: String,
    done: i64,
    dropped: i64,
    again: i64,
    dead: i64,
    /// Milliseconds that half and 95 of 100 stayed below.
    waited: [Option<i64>; 2],
    ran: [Option<i64>; 2],
}

impl From<Kind> for KindRow {
    fn from(kind: Kind) -> Self {
        let Slice { done, dropped, again, dead, waited, ran } = kind.runs;
        let below = |counts: &[i64]| [500, 950].map(|per_mille| quantile(counts, per_mille));
        Self { kind: kind.kind, done, dropped, again, dead, waited: below(&waited), ran: below(&ran) }
    }
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct SettingsForm {
    /// Empty: as it comes.
    per_tenant: String,
}

pub async fn show(
    reader: Reader,
    operator: PageOperator,
    name: Result<Path<Named>>,
    question: Result<Query<Question>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (Named(queue), Query(question)) = (*name?, question?);
            page(&reader, &operator, queue, &question.range, None).await
        })
        .await
}

async fn page(
    reader: &Reader,
    operator: &PageOperator,
    queue: Queue,
    range: &str,
    refused: Option<(SettingsForm, &Problem)>,
) -> Result<HttpResponse> {
    let (frame, now) = (operator.frame(reader), operator.now);
    let range = Range::from_name(range).unwrap_or_default();
    let span = range.span(now);
    let system = operator.state.store.system();
    let read: store::Result<_> = system
        .transaction(async |tx| {
            let (overview, workers) = console::overview(tx, &[queue], now).await?;
            let slices = console::slices(tx, queue, span).await?;
            Ok((overview, workers, slices, console::kinds(tx, queue, span).await?))
        })
        .await;
    let (overview, workers, slices, kinds) = read?;
    let overview = overview.into_iter().next().ok_or(Code::NotFound)?;
    let text = reader.text(frame.lang);
    let draft = Draft { text, range, span, slices: &slices };
    let set = overview.settings.per_tenant.map(|most| most.to_string()).unwrap_or_default();
    let (form, status, errors) = match refused {
        Some((form, problem)) => {
            let told = flaws(problem, &[("/per_tenant", "per_tenant")], text)?;
            (form, StatusCode::UNPROCESSABLE_ENTITY, told)
        }
        None => (SettingsForm { per_tenant: set }, StatusCode::OK, Vec::new()),
    };
    let content = Detail {
        current: "queues",
        queue: Glance::new(&overview, range, &slices, now),
        range: range.name(),
        ranges: Range::ALL.map(Range::name),
        charts: vec![draft.throughput()?, draft.waited()?, draft.ran()?],
        kinds: kinds.into_iter().map(KindRow::from).collect(),
        workers: workers
            .into_iter()
            .filter(|worker| worker.queue == queue.name())
            .map(|worker| Process::new(worker, now))
            .collect(),
        form,
        errors,
    };
    render(&operator.state, &frame, status, "ops/queue", &content)
}

pub async fn pause(reader: Reader, operator: PageOperator, name: Result<Path<Named>>) -> HttpResponse {
    let (by, now) = (operator.by(), operator.now);
    let act = async |tx: &mut SystemTx, queue| console::pause(tx, queue, &by, now).await.map(drop);
    set(&reader, &operator, name, act, "ops-flash-paused").await
}

pub async fn resume(reader: Reader, operator: PageOperator, name: Result<Path<Named>>) -> HttpResponse {
    let (by, now) = (operator.by(), operator.now);
    let act = async |tx: &mut SystemTx, queue| console::resume(tx, queue, &by, now).await.map(drop);
    set(&reader, &operator, name, act, "ops-flash-resumed").await
}

async fn set(
    reader: &Reader,
    operator: &PageOperator,
    name: Result<Path<Named>>,
    act: impl AsyncFnOnce(&mut SystemTx, Queue) -> store::Result<()>,
    key: &str,
) -> HttpResponse {
    reader
        .answer(async {
            let Named(queue) = *name?;
            operator.state.store.system().transaction(async |tx| act(tx, queue).await).await?;
            Ok(see_with(&format!("/ops/queues/{}", queue.name()), &Flash::ok(key)))
        })
        .await
}

pub async fn update(
    reader: Reader,
    operator: PageOperator,
    name: Result<Path<Named>>,
    form: Result<Form<SettingsForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (Named(queue), Form(form)) = (*name?, form?);
            let (by, now) = (operator.by(), operator.now);
            let most = match form.per_tenant.trim() {
                "" => None,
                // What is no number is refused as one that is out of range.
                text => Some(text.parse().unwrap_or(0)),
            };
            let system = operator.state.store.system();
            let set: store::Result<_> =
                system.transaction(async |tx| console::set_per_tenant(tx, queue, most, &by, now).await).await;
            match set.map_err(Problem::from) {
                Ok(_settings) => {
                    let address = format!("/ops/queues/{}", queue.name());
                    Ok(see_with(&address, &Flash::ok("ops-flash-saved")))
                }
                Err(problem) if refuses_a_person(&problem) => {
                    page(&reader, &operator, queue, "", Some((form, &problem))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}
