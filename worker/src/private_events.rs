//! Private events that recur: each night a day more of them comes within reach of bookings.

use domain::id::{StaffId, TenantId};
use jobs::{Job, JobError};
use uuid::Uuid;

use crate::context::Context;
use crate::outcome::from_store;
use crate::runtime::Envelope;

/// Enqueued by one transaction.
const BATCH: i64 = 500;

/// Has every tenant look after its own.
pub(crate) async fn extend_tenants(context: &Context) -> Result<(), JobError> {
    let (system, now) = (context.store.system(), context.clock.now());
    let mut after = TenantId(Uuid::nil());
    loop {
        let page: store::Result<_> = system
            .transaction(async |tx| {
                let page = store::reminders::tenants(tx, after, BATCH).await?;
                tx.enqueue_for_each(&page, &Job::ExtendPrivateEvents {}, now).await?;
                Ok(page)
            })
            .await;
        let Some(last) = page.map_err(from_store)?.pop() else { return Ok(()) };
        after = last;
    }
}

/// Writes out what has come within reach, one staff member's by one transaction. Done twice, it is done once: each series
/// knows to when it is written out.
pub(crate) async fn extend(context: &Context, envelope: &Envelope) -> Result<(), JobError> {
    let (tenant, now) = (context.store.tenant(envelope.tenant_id), context.clock.now());
    let mut after: Option<StaffId> = None;
    loop {
        let extended: store::Result<_> = tenant
            .transaction(async |tx| {
                let next = store::private_events::to_extend(tx, now, after).await?;
                if let Some(staff_id) = next {
                    store::private_events::extend(tx, staff_id, now).await?;
                }
                Ok(next)
            })
            .await;
        match extended.map_err(from_store)? {
            Some(staff_id) => after = Some(staff_id),
            None => return Ok(()),
        }
    }
}
