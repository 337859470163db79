//! What is measured of jobs, for Prometheus. The tenant is never a label.

use crate::tally::Run;
use chrono::{DateTime, Utc};
use jobs::Queue;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};
use store::ledger::Depth;

/// Upper bounds of the histogram of durations, in seconds.
const SECONDS: [f64; 12] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0];

/// Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    ended: IntCounterVec,
    waited: HistogramVec,
    seconds: HistogramVec,
    running: IntGaugeVec,
    ready: IntGaugeVec,
    dead: IntGaugeVec,
    oldest: IntGaugeVec,
    paused: IntGaugeVec,
}

impl Metrics {
    pub fn new() -> Result<Self, prometheus::Error> {
        let gauge = |name: &str, help: &str| IntGaugeVec::new(Opts::new(name, help), &["queue"]);
        let histogram = |name: &str, help: &str| {
            HistogramVec::new(HistogramOpts::new(name, help).buckets(SECONDS.to_vec()), &["queue", "kind"])
        };
        let metrics = Self {
            registry: Registry::new(),
            ended: IntCounterVec::new(
                Opts::new("harmony_jobs_total", "Runs that ended: done, dropped, again or dead."),
                &["queue", "kind", "outcome"],
            )?,
            waited: histogram("harmony_job_wait_seconds", "From due to started.")?,
            seconds: histogram("harmony_job_seconds", "How long runs took.")?,
            running: gauge("harmony_jobs_running", "Jobs running in this process.")?,
            ready: gauge(
                "harmony_jobs_ready",
                "Jobs due or running, seen by the dispatcher; 100000 at most.",
            )?,
            dead: gauge("harmony_jobs_dead", "Jobs that failed for good; 100000 at most.")?,
            paused: gauge("harmony_queue_paused", "1: an operator has paused it; then it counts as empty.")?,
            oldest: gauge("harmony_jobs_oldest_seconds", "Since when the oldest ready job is due.")?,
        };
        metrics.registry.register(Box::new(metrics.ended.clone()))?;
        metrics.registry.register(Box::new(metrics.waited.clone()))?;
        metrics.registry.register(Box::new(metrics.seconds.clone()))?;
        for gauge in [&metrics.running, &metrics.ready, &metrics.dead, &metrics.oldest, &metrics.paused] {
            metrics.registry.register(Box::new(gauge.clone()))?;
        }
        Ok(metrics)
    }

    pub(crate) fn started(&self, queue: Queue) {
        self.running.with_label_values(&[queue.name()]).inc();
    }

    pub(crate) fn ended(&self, queue: Queue, run: &Run) {
        let (queue, kind) = (queue.name(), run.kind);
        self.running.with_label_values(&[queue]).dec();
        self.ended.with_label_values(&[queue, kind, run.outcome]).inc();
        self.waited.with_label_values(&[queue, kind]).observe(run.waited.as_secs_f64());
        self.seconds.with_label_values(&[queue, kind]).observe(run.ran.as_secs_f64());
    }

    /// A run that shutdown cut off, which is given back.
    pub(crate) fn cut(&self, queue: Queue) {
        self.running.with_label_values(&[queue.name()]).dec();
    }

    /// Who scales workers by these must not scale them for what is paused.
    pub(crate) fn depth(&self, queue: Queue, depth: Depth, is_paused: bool, now: DateTime<Utc>) {
        let depth = if is_paused { Depth { ready: 0, oldest: None, ..depth } } else { depth };
        self.paused.with_label_values(&[queue.name()]).set(is_paused.into());
        self.ready.with_label_values(&[queue.name()]).set(depth.ready);
        self.dead.with_label_values(&[queue.name()]).set(depth.dead);
        let age = depth.oldest.map_or(0, |due| (now - due).num_seconds().max(0));
        self.oldest.with_label_values(&[queue.name()]).set(age);
    }

    /// Prometheus' text format.
    pub fn text(&self) -> Result<Vec<u8>, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}
