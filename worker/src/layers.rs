//! What a delivery goes through inside an apalis worker: settled ( traced ( performed ) ).

use crate::metrics::Metrics;
use crate::outcome::{Backoff, Outcome};
use crate::runtime::Envelope;
use crate::settle::Finished;
use apalis_core::error::BoxDynError;
use apalis_core::layers::{Layer, Service};
use apalis_core::task::Task;
use futures_util::future::BoxFuture;
use jobs::{Delivery, Job, JobError, Policy, Queue};
use queue::Places;
use rand::rngs::StdRng;
use std::any::Any;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

/// How a run ended.
pub(crate) struct Ended {
    result: Result<(), JobError>,
    /// Runs that the job has in all.
    attempts: i16,
    kind: &'static str,
    lasted: Duration,
}

/// Runs a job: reads it, calls its function, and catches what may come of it. A panic, a run over its time and a run
/// that shutdown cut off are failures like others, and count as attempts.
#[derive(Clone)]
pub(crate) struct Perform<C, H> {
    pub(crate) context: C,
    pub(crate) handler: H,
    pub(crate) policy: fn(&Job) -> Policy,
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
                let result = Err(JobError::Dead(format!("not a job this worker knows: {error}")));
                let ended = Ended { result, attempts: 1, kind: "unknown", lasted: Duration::ZERO };
                return Box::pin(std::future::ready(Ok(ended)));
            }
        };
        let Policy { attempts, timeout, .. } = (self.policy)(&job);
        let (kind, cut, started) = (job.kind(), self.cut.clone(), Instant::now());
        let envelope =
            Envelope { tenant_id: delivery.tenant_id, job_id: delivery.id, attempt: delivery.attempt, job };
        let (context, handler) = (self.context.clone(), self.handler.clone());
        // A task of its own: jobs need not be Send, apalis' tasks must; and a panic ends there.
        let run = async move { handler(&context, envelope).await }.in_current_span();
        let run = AbortOnDropHandle::new(tokio::task::spawn_local(run));
        Box::pin(async move {
            let result = tokio::select! {
                ended = tokio::time::timeout(timeout, run) => match ended {
                    Ok(Ok(result)) => result,
                    Ok(Err(failed)) => Err(JobError::Retry(words_of(failed))),
                    Err(_elapsed) => Err(JobError::Retry(format!("ran for more than {timeout:?}"))),
                },
                () = cut.cancelled() => Err(JobError::Retry("cut off: its worker was told to stop".to_owned())),
            };
            Ok(Ended { result, attempts, kind, lasted: started.elapsed() })
        })
    }
}

fn words_of(failed: tokio::task::JoinError) -> String {
    match failed.try_into_panic() {
        Ok(panic) => format!("panicked: {}", message(&*panic)),
        Err(cancelled) => cancelled.to_string(),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
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
    S: Service<Task<Delivery>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = tracing::instrument::Instrumented<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, task: Task<Delivery>) -> Self::Future {
        let Delivery { tenant_id, id, attempt, kind, .. } = &task.args;
        let queue = self.queue.name();
        let span = tracing::info_span!("job", queue, kind, job = %id, tenant = %tenant_id, attempt);
        let future = span.in_scope(|| self.inner.call(task));
        future.instrument(span)
    }
}

/// Hands the end of each run to whoever writes it down, and frees its place.
#[derive(Clone)]
pub(crate) struct Settle {
    pub(crate) queue: Queue,
    pub(crate) places: Arc<Places>,
    pub(crate) finished: mpsc::UnboundedSender<Finished>,
    pub(crate) backoff: Backoff,
    pub(crate) rng: Arc<Mutex<StdRng>>,
    pub(crate) metrics: Metrics,
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
        let delivery = Delivery { kind: String::new(), payload: Vec::new(), ..task.args };
        let settle = self.settle.clone();
        let run = self.inner.call(task);
        settle.metrics.started(settle.queue);
        Box::pin(async move {
            let ended = run.await.unwrap_or_else(|error| Ended {
                result: Err(JobError::Retry(error.to_string())),
                attempts: i16::MAX,
                kind: "unknown",
                lasted: Duration::ZERO,
            });
            settle.end(delivery, ended);
            Ok(())
        })
    }
}

impl Settle {
    fn end(&self, delivery: Delivery, ended: Ended) {
        let runs = (delivery.attempt, ended.attempts);
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = Outcome::of(ended.result, runs, self.backoff, &mut *rng);
        drop(rng);
        self.metrics.ended(self.queue, ended.kind, outcome.name(), ended.lasted);
        let (job, tenant, kind) = (delivery.id, delivery.tenant_id, ended.kind);
        match &outcome {
            Outcome::Done => tracing::debug!(%job, %tenant, kind, "done"),
            Outcome::Dropped(why) => tracing::info!(%job, %tenant, kind, why, "dropped"),
            Outcome::Again { after, error } => {
                tracing::warn!(%job, %tenant, kind, attempt = delivery.attempt, ?after, error, "failed");
            }
            Outcome::Dead { error } => tracing::error!(%job, %tenant, kind, error, "dead"),
        }
        self.places.ended(&delivery);
        if let Err(unheard) = self.finished.send(Finished { delivery, outcome }) {
            tracing::error!(job = %unheard.0.delivery.id, "ended unsettled: it runs again when its lease ends");
        }
    }
}
