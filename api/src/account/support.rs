//! An operator acts in a tenant for its support: for a reason, with their password, for an hour.

use chrono::{DateTime, Utc};
use domain::access::support_reason;
use domain::id::TenantId;
use store::audit::By;
use store::console::support;
use store::sessions::{self, InBrowser, Session};

use super::Own;
use super::sign_in::{new_session, open};
use crate::extract::Anybody;
use crate::problem::Result;
use crate::state::State;

/// The cookie of a session in the tenant, in the place of the one of `before`. `operator` is about that tenant. 404: there is
/// none.
pub async fn begin_support(
    anybody: &Anybody,
    operator: &Own<'_>,
    reason: &str,
    password: String,
    before: Option<&str>,
) -> Result<String> {
    let reason = support_reason(reason)?;
    operator.prove(password).await?;
    let (tenant_id, now) = (operator.tenant_id, anybody.now);
    let by = By::operator(operator.user_id, Some(anybody.ip.clone())).because(Some(&reason))?;
    // First: nobody is in a tenant whose log does not say so.
    let system = anybody.state.store.system();
    system.transaction(async |tx| support::begin(tx, tenant_id, &by, now).await).await?;
    let session = new_session(anybody, operator.user_id, Some(tenant_id), now + sessions::SUPPORT);
    open(anybody, &Session { tenant_only: true, support_reason: Some(reason), ..session }, before).await
}

/// Ends it before its time.
pub async fn end_support(
    state: &State,
    session: &InBrowser,
    tenant_id: TenantId,
    by: By,
    now: DateTime<Utc>,
) -> Result<()> {
    let by = by.because(session.support_reason.as_deref())?;
    let identity = state.store.identity();
    identity.transaction(async |tx| sessions::revoke(tx, session.id, now).await).await?;
    state.store.system().transaction(async |tx| support::end(tx, tenant_id, &by, now).await).await?;
    Ok(())
}
