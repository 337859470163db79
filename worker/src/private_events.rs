//! Private events that recur: each night a day more of them comes within reach of bookings.

use domain::id::StaffId;
use jobs::{Job, JobError};

use crate::context::Context;
use crate::outcome::from_store;
use crate::runtime::Envelope;
use crate::tenants;

/// Has every tenant look after its own.
pub(crate) async fn extend_tenants(context: &Context) -> Result<(), JobError> {
    tenants::enqueue_for_each(context, &Job::ExtendPrivateEvents {}, store::reminders::tenants).await
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
