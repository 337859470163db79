//! Jobs of the queue `maintenance`: the platform tidies up.

use crate::context::Context;
use chrono::{DateTime, TimeDelta, Utc};
use jobs::JobError;
use store::ledger::Error;

/// Removed by one statement: short transactions, and a run that is cut off has done something.
const BATCH: i64 = 1_000;
/// An Idempotency-Key answers for this long.
const KEPT_KEYS: TimeDelta = TimeDelta::hours(24);

/// The link of a customer is over after a quarter of an hour.
const KEPT_SIGN_INS: TimeDelta = TimeDelta::hours(24);

/// Removes the sessions that have ended, the links of customers that are over, the idempotency keys that are too old, the
/// changes that no plan keeps any longer, and what the fleet keeps for a while: dead jobs for 30 days. May run twice.
pub(crate) async fn sweep_expired(context: &Context) -> Result<(), JobError> {
    let now = context.clock.now();
    let ledger = &context.ledger;
    let sessions = in_batches(now, async |before| ledger.remove_sessions(before, BATCH).await).await?;
    let customers =
        in_batches(now, async |before| ledger.remove_customer_sessions(before, BATCH).await).await?;
    let sign_ins =
        in_batches(now - KEPT_SIGN_INS, async |before| ledger.remove_customer_sign_ins(before, BATCH).await)
            .await?;
    let keys =
        in_batches(now - KEPT_KEYS, async |before| ledger.remove_idempotency_keys(before, BATCH).await)
            .await?;
    let records = in_batches(now, async |now| ledger.remove_old_records(now, BATCH).await).await?;
    let changes = in_batches(now, async |now| ledger.remove_audit_events(now, BATCH).await).await?;
    tracing::info!(sessions, customers, sign_ins, keys, changes, records, "swept what had expired");
    Ok(())
}

async fn in_batches(
    before: DateTime<Utc>,
    remove: impl AsyncFn(DateTime<Utc>) -> Result<usize, Error>,
) -> Result<usize, JobError> {
    let mut total = 0;
    loop {
        let removed = remove(before).await.map_err(|error| JobError::Retry(error.to_string()))?;
        if removed == 0 {
            return Ok(total);
        }
        total += removed;
    }
}
