//! The fleet as operators see it and act on it, of all tenants: queues, jobs, what became of runs. And, to its own
//! people, the work of one tenant.
//!
//! Nothing here may cost more because there is much to do: what is counted is counted to an end, what is listed is read
//! in the order of an index, and what takes too long all the same is given up.

mod actions;
pub mod demo;
mod jobs;
mod own;
mod queues;
pub mod support;
pub mod tenants;

pub use actions::{Bulk, Deed, Many, batch, count_dead, delete, pause, resume, retry, set_per_tenant};
pub use jobs::{Attempt, Filter, Found, JobDetail, Line, Place, find, list, tenant, tenant_name};
pub use own::{Failed, Own, OwnKind, own};
pub use queues::{
    COUNTED, Kind, Overview, SCHEDULED_COUNTED, Settings, Slice, Span, Worker, kinds, overview, settings,
    slices, workers,
};

use diesel_async::SimpleAsyncConnection;

use crate::SystemTx;
use crate::error::Result;

/// Ends every statement of the transaction after some seconds. Compiling them would take longer than they do; and as long
/// as nobody counted the rows of the ledger, a scan of all of them, or of all of an index before the first is told, looks
/// cheaper than it is.
async fn bound(tx: &SystemTx) -> Result<()> {
    let mut conn = tx.conn();
    let limits = "SET LOCAL statement_timeout = '8s'; SET LOCAL jit = off; \
         SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off";
    Ok(conn.batch_execute(limits).await?)
}
