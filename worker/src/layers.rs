//! What a delivery goes through inside an apalis worker: settled ( traced ( performed ) ).

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::outcome::Outcome;
use crate::runtime::Envelope;
use crate::settle::Finished;
use crate::suspect::{Suspects, run_apart};
use crate::tally::{Run, Tally};
use apalis_core::error::BoxDynError;
use apalis_core::layers::{Layer, Service};
use apalis_core::task::Task;
use futures_util::future::BoxFuture;
use jobs::{Backoff, Delivery, Job, JobError, Policy, Queue};
use queue::Hall;
use rand::rngs::StdRng;
use std::any::Any;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use store::trace;
use telemetry::{KeyValue, Span, SpanBuilder, SpanKind};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

/// How a run ended.
pub(crate) struct Ended {
    /// `None`: shutdown cut it off, as if it had never been started.
    result: Option<Result<(), JobError>>,
    /// Runs that the job has in all, and how long it waits for the next.
    attempts: i16,
    backoff: Backoff,
    kind: &'static str,
    lasted: Duration,
}

/// Runs of a job that no worker can read.
const UNREAD: i16 = 5;

impl Ended {
    /// In a rolling release a newer worker may know it: it is dead only after some minutes, with the reason.
    fn unread(error: String) -> Self {
        let (result, lasted) = (Some(Err(JobError::Retry(error))), Duration::ZERO);
        Self { result, attempts: UNREAD, backoff: Backoff::UNREAD, kind: "unknown", lasted }
    }
}

/// Runs a job: reads it, calls its function, or has a suspect run apart, and catches what may come of it. A panic and a
/// run over its time are failures like others, and count as attempts.
#[derive(Clone)]
pub(crate) struct Perform<C, H> {
    pub(crate) context: C,
    pub(crate) handler: H,
    pub(crate) policy: fn(&Job) -> Policy,
    /// `None`: suspects run like others.
    pub(crate) suspects: Option<Suspects>,
    pub(crate) cut: CancellationToken,
}

impl<C, H> Service<Task<Delivery>> for Perform<C, H>
where
    C: Clone + 'static,
    H: AsyncFn(&C, Envelope) -> Result<(), JobError> + Clone + 'static,
{
    type Response = Ended;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Ended, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, task: Task<Delivery>) -> Self::Future {
        let delivery = task.args;
        let job = match Job::parse(&delivery.kind, &delivery.payload) {
            Ok(job) => job,
            Err(error) => {
                let error = format!("not a job this worker knows: {error}");
                return Box::pin(std::future::ready(Ok(Ended::unread(error))));
            }
        };
        let Policy { attempts, timeout, backoff, .. } = (self.policy)(&job);
        let (kind, cut, started) = (job.kind(), self.cut.clone(), Instant::now());
        // A task of its own: jobs need not be Send, apalis' tasks must; and a panic ends there.
        let run = if let Some(suspects) = self.suspects.as_ref().filter(|_apart| delivery.is_suspect()) {
            let suspects = suspects.clone();
            let run = async move { run_apart(&suspects, &delivery).await };
            tokio::task::spawn_local(run.in_current_span())
        } else {
            let (context, handler) = (self.context.clone(), self.handler.clone());
            let envelope = Envelope::new(&delivery, job);
            let traceparent = delivery.traceparent().map(str::to_owned);
            let run = async move { handler(&context, envelope).await };
            let run = trace::within(traceparent, run);
            tokio::task::spawn_local(run.in_current_span())
        };
        let run = AbortOnDropHandle::new(run);
        Box::pin(async move {
            let result = tokio::select! {
                ended = tokio::time::timeout(timeout, run) => Some(match ended {
                    Ok(Ok(result)) => result,
                    Ok(Err(failed)) => Err(JobError::Retry(words_of(failed))),
                    Err(_elapsed) => Err(JobError::Retry(format!("ran for more than {timeout:?}"))),
                }),
                () = cut.cancelled() => None,
            };
            Ok(Ended { result, attempts, backoff, kind, lasted: started.elapsed() })
        })
    }
}

fn words_of(failed: tokio::task::JoinError) -> String {
    match failed.try_into_panic() {
        Ok(panic) => panicked(&*panic),
        Err(cancelled) => cancelled.to_string(),
    }
}

pub(crate) fn panicked(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("without a word"))
}

/// Names in every line of log which job wrote it.
#[derive(Clone, Copy)]
pub(crate) struct Trace {
    pub(crate) queue: Queue,
}

#[derive(Clone)]
pub(crate) struct Traced<S> {
    inner: S,
    queue: Queue,
}

impl<S> Layer<S> for Trace {
    type Service = Traced<S>;

    fn layer(&self, inner: S) -> Traced<S> {
        Traced { inner, queue: self.queue }
    }
}

impl<S> Service<Task<Delivery>> for Traced<S>
where
    S: Service<Task<Delivery>, Response = Ended, Future: Send + 'static>,
{
    type Response = Ended;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Ended, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut task: Task<Delivery>) -> Self::Future {
        let mut traced = traced(self.queue, &task.args);
        // What the job enqueues follows from this run of it.
        task.args.trace = traced.traceparent().unwrap_or_default();
        let Delivery { tenant_id, id, attempt, kind, .. } = &task.args;
        let (queue, trace_id) = (self.queue.name(), traced.trace_id().map(tracing::field::display));
        let span = tracing::info_span!("job", queue, kind, job = %id, tenant = %tenant_id, attempt, trace_id);
        let run = span.in_scope(|| self.inner.call(task));
        let run = async move {
            let ended = run.await;
            if let Ok(Ended { result: Some(Err(error)), .. }) = &ended
                && !matches!(error, JobError::Drop(_))
            {
                traced.fail(error.name());
            }
            ended
        };
        Box::pin(run.instrument(span))
    }
}

/// The run as a part of the trace that the job was enqueued in. Attributes have their names of the semantic conventions
/// for messaging (<https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/>).
fn traced(queue: Queue, delivery: &Delivery) -> Span {
    Span::start(delivery.traceparent(), || {
        let Delivery { tenant_id, id, attempt, kind, .. } = delivery;
        SpanBuilder::from_name(format!("process {kind}")).with_kind(SpanKind::Consumer).with_attributes([
            KeyValue::new("messaging.system", "harmony"),
            KeyValue::new("messaging.operation.type", "process"),
            KeyValue::new("messaging.destination.name", queue.name()),
            KeyValue::new("messaging.message.id", id.to_string()),
            KeyValue::new("harmony.job_kind", kind.clone()),
            KeyValue::new("harmony.job_attempt", i64::from(*attempt)),
            KeyValue::new("harmony.tenant_id", tenant_id.to_string()),
        ])
    })
}

/// Hands the end of each run to whoever writes it down, and frees its place.
#[derive(Clone)]
pub(crate) struct Settle {
    pub(crate) queue: Queue,
    pub(crate) hall: Hall,
    pub(crate) finished: mpsc::UnboundedSender<Finished>,
    pub(crate) rng: Arc<Mutex<StdRng>>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
    pub(crate) tally: Tally,
}

#[derive(Clone)]
pub(crate) struct Settled<S> {
    inner: S,
    settle: Settle,
}

impl<S> Layer<S> for Settle {
    type Service = Settled<S>;

    fn layer(&self, inner: S) -> Settled<S> {
        Settled { inner, settle: self.clone() }
    }
}

impl<S> Service<Task<Delivery>> for Settled<S>
where
    S: Service<Task<Delivery>, Response = Ended, Error = BoxDynError, Future: Send + 'static>,
{
    type Response = ();
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<(), Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // What is inside is always ready.
        self.inner.poll_ready(cx).map(|_ready| Ok(()))
    }

    fn call(&mut self, task: Task<Delivery>) -> Self::Future {
        let delivery = task.args.stub();
        let settle = self.settle.clone();
        let late = settle.clock.now().timestamp_millis().saturating_sub(delivery.due_ms);
        let waited = Duration::from_millis(u64::try_from(late).unwrap_or(0));
        let run = self.inner.call(task);
        settle.metrics.started(settle.queue);
        Box::pin(async move {
            let ended = run.await.unwrap_or_else(|error| Ended::unread(error.to_string()));
            settle.end(delivery, ended, waited);
            Ok(())
        })
    }
}

impl Settle {
    fn end(&self, delivery: Delivery, ended: Ended, waited: Duration) {
        let (job, tenant, kind) = (delivery.id, delivery.tenant_id, ended.kind);
        let Some(result) = ended.result else {
            tracing::info!(%job, %tenant, kind, "cut off: this worker was told to stop");
            self.metrics.cut(self.queue);
            self.hall.refuse(delivery);
            return;
        };
        let runs = (delivery.attempt, ended.attempts);
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = Outcome::of(result, runs, ended.backoff, &mut *rng);
        drop(rng);
        let run = Run { kind, outcome: outcome.name(), waited, ran: ended.lasted };
        self.metrics.ended(self.queue, &run);
        self.tally.count(&run, self.clock.now());
        match &outcome {
            Outcome::Done => tracing::debug!(%job, %tenant, kind, "done"),
            Outcome::Dropped(why) => tracing::info!(%job, %tenant, kind, %why, "dropped"),
            Outcome::Again { after, error } => {
                tracing::warn!(%job, %tenant, kind, attempt = delivery.attempt, ?after, error, "failed");
            }
            Outcome::Dead { error } => tracing::error!(%job, %tenant, kind, error, "dead"),
        }
        self.hall.places.ended(&delivery);
        if let Err(unheard) = self.finished.send(Finished { delivery, outcome }) {
            tracing::error!(job = %unheard.0.delivery.id, "ended unsettled: it runs again when its lease ends");
        }
    }
}
