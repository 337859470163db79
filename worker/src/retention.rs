//! What is kept no longer than it may be: each night a day less is known of who came.

use domain::id::CustomerId;
use jobs::{Job, JobError};
use store::retention;

use crate::context::Context;
use crate::outcome::from_store;
use crate::runtime::Envelope;
use crate::tenants;

/// Removes the accounts that lead nowhere, and has every tenant look after its own.
pub(crate) async fn retain(context: &Context) -> Result<(), JobError> {
    let (system, now) = (context.store.system(), context.clock.now());
    let removed: store::Result<_> =
        system.transaction(async |tx| retention::remove_unused_users(tx, now).await).await;
    tracing::info!(users = removed.map_err(from_store)?, "removed the accounts that nobody used");
    tenants::enqueue_for_each(context, &Job::ForgetOldRecords {}, store::reminders::tenants).await
}

/// Forgets who came long ago and who has not come since, a batch by one transaction. May run twice.
pub(crate) async fn forget(context: &Context, envelope: &Envelope) -> Result<(), JobError> {
    let (tenant, now) = (context.store.tenant(envelope.tenant_id), context.clock.now());
    loop {
        let is_more: store::Result<_> =
            tenant.transaction(async |tx| retention::forget_bookings(tx, now).await).await;
        if !is_more.map_err(from_store)? {
            break;
        }
    }
    let mut after: Option<CustomerId> = None;
    loop {
        let last: store::Result<_> =
            tenant.transaction(async |tx| retention::forget_customers(tx, after, now).await).await;
        match last.map_err(from_store)? {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    let entries: store::Result<_> =
        tenant.transaction(async |tx| retention::forget_entries(tx, now).await).await;
    entries.map_err(from_store)?;
    Ok(())
}
