//! What a worker tells of itself: every few seconds what became of its runs, and that it is there.

use crate::clock::Clock;
use chrono::{DateTime, Utc};
use domain::job::{CLASSES, class_of};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::ledger::{Ledger, Minute, Worker};

/// How often it tells.
const EVERY: Duration = Duration::from_secs(5);

/// Counts what became of runs, by kind and minute. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<HashMap<(&'static str, i64), Minute>>>);

/// One run that has ended.
pub(crate) struct Run {
    pub(crate) kind: &'static str,
    /// As metrics name it.
    pub(crate) outcome: &'static str,
    /// From due to started.
    pub(crate) waited: Duration,
    pub(crate) ran: Duration,
}

impl Tally {
    pub(crate) fn count(&self, run: &Run, now: DateTime<Utc>) {
        let minute = now.timestamp().div_euclid(60);
        let mut minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = minutes.entry((run.kind, minute)).or_insert_with(|| Minute {
            minute: DateTime::from_timestamp(minute * 60, 0).unwrap_or(now),
            outcomes: store::ledger::Outcomes::default(),
            waited: [0; CLASSES],
            ran: [0; CLASSES],
        });
        match run.outcome {
            "done" => counts.outcomes.done += 1,
            "dropped" => counts.outcomes.dropped += 1,
            "again" => counts.outcomes.again += 1,
            _ => counts.outcomes.dead += 1,
        }
        for (classes, lasted) in [(&mut counts.waited, run.waited), (&mut counts.ran, run.ran)] {
            if let Some(class) = classes.get_mut(class_of(lasted)) {
                *class += 1;
            }
        }
    }

    /// Writes down what was counted. What the ledger does not take is forgotten: it is for looking at, nothing else.
    async fn write(&self, ledger: &Ledger, queue: &str) -> bool {
        let counted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let is_news = !counted.is_empty();
        for ((kind, _), minute) in counted {
            if let Err(error) = ledger.add_minute(queue, kind, &minute).await {
                tracing::debug!(%error, kind, "runs are left uncounted");
            }
        }
        is_news
    }

    /// Tells for as long as it is polled; calls `told` when something had run.
    pub(crate) async fn tell(
        &self,
        (ledger, clock): (&Ledger, &Clock),
        worker: &Worker,
        running: impl Fn() -> usize,
        told: impl Fn(),
    ) {
        loop {
            let running = i32::try_from(running()).unwrap_or(i32::MAX);
            if let Err(error) = ledger.see_worker(worker, running, clock.now()).await {
                tracing::debug!(%error, "a worker is not seen");
            }
            if self.write(ledger, worker.queue).await {
                told();
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Tells the last, and that the worker leaves.
    pub(crate) async fn leave(&self, ledger: &Ledger, worker: &Worker) {
        self.write(ledger, worker.queue).await;
        if let Err(error) = ledger.worker_left(worker).await {
            tracing::debug!(%error, "a worker left unseen");
        }
    }
}
