//! What stands between a tenant and its people: a second factor that it asks of them, and the platform that suspends it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::audit::PlatformAct;
use domain::id::TenantId;
use domain::rejection::Code;

use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::schema::{tenant_access, tenants};
use crate::{AccountTx, IdentityTx, SystemTx};

#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = tenant_access)]
pub struct TenantAccess {
    pub second_factor_required_at: Option<DateTime<Utc>>,
    pub suspended_at: Option<DateTime<Utc>>,
    pub suspended_reason: Option<String>,
}

pub async fn find(tx: &IdentityTx, tenant_id: TenantId) -> Result<TenantAccess> {
    let found = tenant_access::table.find(tenant_id).select(TenantAccess::as_select());
    Ok(found.first(&mut tx.conn()).await.optional()?.unwrap_or_default())
}

/// Asks a second factor of every member from now on, or of nobody any more.
pub async fn require_second_factor(
    tx: &AccountTx,
    is_required: bool,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let tenant_id = tx.tenant.tenant();
    let before = find(&tx.identity, tenant_id).await?.second_factor_required_at.is_some();
    if before == is_required {
        return Ok(());
    }
    let since = tenant_access::second_factor_required_at.eq(is_required.then_some(now));
    diesel::insert_into(tenant_access::table)
        .values((tenant_access::tenant_id.eq(tenant_id), since))
        .on_conflict(tenant_access::tenant_id)
        .do_update()
        .set(since)
        .execute(&mut tx.identity.conn())
        .await?;
    let change = Change {
        action: "tenant.set_second_factor",
        subject: tenant_id.0,
        before: Some(&before),
        after: Some(&is_required),
    };
    audit::record(&tx.tenant, by, change, now).await
}

/// Lets nobody in any more, for the reason that `by` gives; owners are mailed it. 404: there is no such tenant.
pub async fn suspend(tx: &SystemTx, tenant_id: TenantId, by: &By, now: DateTime<Utc>) -> Result<()> {
    let suspended =
        (tenant_access::suspended_at.eq(Some(now)), tenant_access::suspended_reason.eq(by.reason()));
    set(tx, tenant_id, suspended, PlatformAct::Suspend, by, now).await
}

/// Lets everybody in again; owners are mailed that, too.
pub async fn reinstate(tx: &SystemTx, tenant_id: TenantId, by: &By, now: DateTime<Utc>) -> Result<()> {
    let back = (
        tenant_access::suspended_at.eq(None::<DateTime<Utc>>),
        tenant_access::suspended_reason.eq(None::<&str>),
    );
    set(tx, tenant_id, back, PlatformAct::Reinstate, by, now).await
}

type Suspension<'a> = (
    diesel::dsl::Eq<tenant_access::suspended_at, Option<DateTime<Utc>>>,
    diesel::dsl::Eq<tenant_access::suspended_reason, Option<&'a str>>,
);

/// Writes down that it is or is not suspended, unless it was so already.
async fn set(
    tx: &SystemTx,
    tenant_id: TenantId,
    to: Suspension<'_>,
    act: PlatformAct,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let there = tenants::table.find(tenant_id).select(tenants::tenant_id);
    let there: Option<TenantId> = there.first(&mut tx.conn()).await.optional()?;
    there.ok_or(Code::NotFound)?;
    let before = tenant_access::table.find(tenant_id).select(TenantAccess::as_select());
    let before: TenantAccess =
        before.for_update().first(&mut tx.conn()).await.optional()?.unwrap_or_default();
    if before.suspended_at.is_some() == (act == PlatformAct::Suspend) {
        return Ok(());
    }
    diesel::insert_into(tenant_access::table)
        .values((tenant_access::tenant_id.eq(tenant_id), to.0, to.1))
        .on_conflict(tenant_access::tenant_id)
        .do_update()
        .set(to)
        .execute(&mut tx.conn())
        .await?;
    audit::record_and_tell(tx, tenant_id, by, (act, before.suspended_reason.as_deref()), now).await
}
