//! Which websites may show a tenant's booking pages in a frame.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::schema::tenants;
use crate::tenants::{Tenant, before};

/// Writes which websites these are. With `version`, refuses when it is no longer the tenant's.
pub async fn set_origins(
    tx: &TenantTx,
    origins: &[String],
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Tenant> {
    let before = before(tx, version).await?;
    let after = Tenant {
        embed_origins: domain::embedding::origins(origins)?,
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    diesel::update(tenants::table.find(tx.tenant()))
        .set((
            tenants::embed_origins.eq(&after.embed_origins),
            tenants::version.eq(after.version),
            tenants::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    let change = Change {
        action: "tenant.set_embedding",
        subject: after.tenant_id.0,
        before: Some(&before),
        after: Some(&after),
    };
    audit::record(tx, by, change, now).await?;
    Ok(after)
}
