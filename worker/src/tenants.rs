//! Jobs of the platform that are one job of each tenant.

use domain::id::TenantId;
use jobs::{Job, JobError};
use store::SystemTx;
use uuid::Uuid;

use crate::context::Context;
use crate::outcome::from_store;

/// Enqueued by one transaction.
const BATCH: i64 = 500;

/// Enqueues the job for every tenant that `next` finds: so many at most, after that one, in the order of their ids.
pub(crate) async fn enqueue_for_each(
    context: &Context,
    job: &Job,
    next: impl AsyncFn(&SystemTx, TenantId, i64) -> store::Result<Vec<TenantId>>,
) -> Result<(), JobError> {
    let (system, now) = (context.store.system(), context.clock.now());
    let mut after = TenantId(Uuid::nil());
    loop {
        let page: store::Result<_> = system
            .transaction(async |tx| {
                let page = next(tx, after, BATCH).await?;
                tx.enqueue_for_each(&page, job, now).await?;
                Ok(page)
            })
            .await;
        let Some(last) = page.map_err(from_store)?.pop() else { return Ok(()) };
        after = last;
    }
}
