//! Writes down how jobs ended, gives back what was not started, and renews the leases of what runs long.

use crate::clock::Clock;
use crate::outcome::Outcome;
use chrono::TimeDelta;
use jobs::Delivery;
use queue::Places;
use std::time::Duration;
use store::ledger::{Error, Failure, Held, Ledger};
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;

/// Written down by one statement, at most.
const BATCH: usize = 500;
/// Between two attempts to reach the ledger.
const PAUSE: Duration = Duration::from_millis(100);
/// A statement that PostgreSQL still refuses after this long is left: its jobs come back by their leases.
const REFUSED_FOR: Duration = Duration::from_secs(10);

/// A run that has ended.
pub(crate) struct Finished {
    /// Without kind and payload.
    pub(crate) delivery: Delivery,
    pub(crate) outcome: Outcome,
}

/// Whatever finished while the last statement ran is the next statement: no timer, one job at rest, 500 under load.
/// Any number may share the receiver. Ends when all senders are gone and all is written.
pub(crate) async fn settle(
    ledger: &Ledger,
    finished: &Mutex<mpsc::UnboundedReceiver<Finished>>,
    places: &Places,
    clock: &Clock,
) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        batch.clear();
        if finished.lock().await.recv_many(&mut batch, BATCH).await == 0 {
            return;
        }
        let now = clock.now();
        let (mut done, mut failures) = (Vec::new(), Vec::new());
        for Finished { delivery, outcome } in &batch {
            let Delivery { tenant_id, id, attempt, .. } = *delivery;
            let failure =
                |again_at, error: &String| Failure { tenant_id, id, attempt, again_at, error: error.clone() };
            match outcome {
                Outcome::Done | Outcome::Dropped(_) => done.push((tenant_id, id)),
                Outcome::Again { after, error } => {
                    let after = TimeDelta::from_std(*after).unwrap_or(TimeDelta::zero());
                    failures.push(failure(Some(now + after), error));
                }
                Outcome::Dead { error } => failures.push(failure(None, error)),
            }
        }
        until_written(async || ledger.done(&done).await).await;
        until_written(async || ledger.failed(&failures, now).await).await;
        places.settled(batch.iter().map(|finished| &finished.delivery));
    }
}

/// Repeats a statement that may run twice until the ledger has taken it.
async fn until_written(statement: impl AsyncFn() -> Result<usize, Error>) {
    let (mut refused, mut away) = (None::<Instant>, false);
    while let Err(error) = statement().await {
        if error.is_refusal() && refused.get_or_insert_with(Instant::now).elapsed() > REFUSED_FOR {
            tracing::error!(%error, "jobs that ended are left unsettled: they run again when their leases end");
            return;
        }
        if !std::mem::replace(&mut away, true) {
            error.tell("the ends of jobs wait for the ledger");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Gives back what was fetched and not started. Ends when all senders are gone.
pub(crate) async fn give_back(ledger: &Ledger, mut returned: mpsc::UnboundedReceiver<Delivery>) {
    let mut batch = Vec::with_capacity(BATCH);
    while returned.recv_many(&mut batch, BATCH).await > 0 {
        let held: Vec<Held> = batch.drain(..).map(|delivery| Held::from(&delivery)).collect();
        match ledger.give_back(&held).await {
            Ok(count) => tracing::debug!(count, "gave back what was not started"),
            Err(error) => error.tell("what was not started waits for its lease to end"),
        }
    }
}

/// Jobs in hand for an eighth of the lease get more of it: two chances before a relay may think one lost.
pub(crate) async fn heartbeat(ledger: &Ledger, places: &Places, lease: Duration) {
    let beat = lease / 8;
    loop {
        tokio::time::sleep(beat).await;
        let held: Vec<Held> = places.held_for(beat).iter().map(Held::from).collect();
        if let Err(error) = ledger.renew(&held, lease).await {
            error.tell("leases were not renewed");
        }
    }
}
