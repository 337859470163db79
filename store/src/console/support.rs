//! What a tenant is told of an operator who acts in it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::audit::PlatformAct;
use domain::id::TenantId;
use domain::rejection::Code;

use crate::SystemTx;
use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::schema::tenants;

/// Writes down that `by` acts in the tenant from now on, and why; its owners are mailed it. 404: there is no such tenant.
pub async fn begin(tx: &SystemTx, tenant_id: TenantId, by: &By, now: DateTime<Utc>) -> Result<()> {
    let there = tenants::table.find(tenant_id).select(tenants::tenant_id);
    let there: Option<TenantId> = there.first(&mut tx.conn()).await.optional()?;
    there.ok_or(Code::NotFound)?;
    audit::record_and_tell(tx, tenant_id, by, (PlatformAct::Support, None), now).await
}

/// Writes down that they have stopped. What runs out is not written down: it does an hour after it began.
pub async fn end(tx: &SystemTx, tenant_id: TenantId, by: &By, now: DateTime<Utc>) -> Result<()> {
    let change = Change::<(), ()> { action: "support.end", subject: tenant_id.0, before: None, after: None };
    audit::record_for(tx, tenant_id, by, change, now).await?;
    Ok(())
}
