//! A tenant's own provider, by whose word its members sign in to it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::identity::ConnectionDraft;
use domain::plan::{Feature, Plan};
use domain::rejection::{Code, Rejection};
use serde::Serialize;

use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::schema::{sso_connections, tenants};
use crate::{AccountTx, TenantTx, identities};

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sso_connections)]
pub struct Connection {
    pub issuer: String,
    pub client_id: String,
    /// See `providers::vault`.
    pub sealed_secret: Vec<u8>,
    /// Of the addresses it may speak of; none: of all.
    pub domains: Vec<String>,
    pub created_at: DateTime<Utc>,
}

/// What the trail keeps of it.
#[derive(Serialize)]
struct Facts<'a> {
    issuer: &'a str,
    client_id: &'a str,
    domains: &'a [String],
}

impl Connection {
    fn facts(&self) -> Facts<'_> {
        Facts { issuer: &self.issuer, client_id: &self.client_id, domains: &self.domains }
    }

    /// Whether a draft is of another provider, or of another client there: nothing that the former has said or been told
    /// is worth anything then.
    pub fn is_another(&self, draft: &ConnectionDraft) -> bool {
        self.issuer != draft.issuer || self.client_id != draft.client_id
    }
}

/// The tenant's provider, if it has one.
pub async fn find(tx: &TenantTx) -> Result<Option<Connection>> {
    let own = sso_connections::table.find(tx.tenant()).select(Connection::as_select());
    Ok(own.first(&mut tx.conn()).await.optional()?)
}

/// The tenant's provider, if its plan has that.
pub async fn find_in_plan(tx: &TenantTx) -> Result<Option<Connection>> {
    let found: Option<(Connection, Plan)> = sso_connections::table
        .inner_join(tenants::table)
        .filter(sso_connections::tenant_id.eq(tx.tenant()))
        .select((Connection::as_select(), tenants::plan))
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.filter(|(_, plan)| plan.has(Feature::SingleSignOn)).map(|(connection, _)| connection))
}

/// Sets the tenant's provider; `sealed_secret`, none: as it was. Another provider than before knows nobody: what the former
/// knew users by is forgotten, its sessions end, and its secret is not the other's. Refused by a plan without.
pub async fn set(
    tx: &AccountTx,
    draft: &ConnectionDraft,
    sealed_secret: Option<Vec<u8>>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    lock(&tx.tenant).await?.require(Feature::SingleSignOn)?;
    let before = find(&tx.tenant).await?;
    let is_another = before.as_ref().is_some_and(|before| before.is_another(draft));
    let kept = before.as_ref().filter(|_| !is_another).map(|before| before.sealed_secret.clone());
    let sealed_secret = sealed_secret
        .or(kept)
        .ok_or_else(|| Rejection::invalid("/client_secret", "REQUIRED", "must not be empty"))?;
    if is_another {
        identities::forget_all_of(&tx.identity, tx.tenant.tenant(), now).await?;
    }
    let created_at = before.as_ref().map_or(now, |before| before.created_at);
    let after = Connection {
        issuer: draft.issuer.clone(),
        client_id: draft.client_id.clone(),
        sealed_secret,
        domains: draft.domains.clone(),
        created_at,
    };
    let fields = (
        sso_connections::issuer.eq(&after.issuer),
        sso_connections::client_id.eq(&after.client_id),
        sso_connections::sealed_secret.eq(&after.sealed_secret),
        sso_connections::domains.eq(&after.domains),
        sso_connections::updated_at.eq(now),
    );
    diesel::insert_into(sso_connections::table)
        .values((
            sso_connections::tenant_id.eq(tx.tenant.tenant()),
            sso_connections::created_at.eq(created_at),
            fields,
        ))
        .on_conflict(sso_connections::tenant_id)
        .do_update()
        .set(fields)
        .execute(&mut tx.tenant.conn())
        .await?;
    let facts_before = before.as_ref().map(Connection::facts);
    let change = Change {
        action: "tenant.set_sign_on",
        subject: tx.tenant.tenant().0,
        before: facts_before.as_ref(),
        after: Some(&after.facts()),
    };
    audit::record(&tx.tenant, by, change, now).await
}

/// Takes the tenant's provider away, and all that it knew users by. Of a tenant without one: nothing.
pub async fn remove(tx: &AccountTx, by: &By, now: DateTime<Utc>) -> Result<()> {
    lock(&tx.tenant).await?;
    let before = find(&tx.tenant).await?.ok_or(Code::NotFound)?;
    let own = sso_connections::table.find(tx.tenant.tenant());
    diesel::delete(own).execute(&mut tx.tenant.conn()).await?;
    identities::forget_all_of(&tx.identity, tx.tenant.tenant(), now).await?;
    let change = Change::<_, ()> {
        action: "tenant.remove_sign_on",
        subject: tx.tenant.tenant().0,
        before: Some(&before.facts()),
        after: None,
    };
    audit::record(&tx.tenant, by, change, now).await
}

/// Has others wait who change it, and answers the plan.
async fn lock(tx: &TenantTx) -> Result<Plan> {
    Ok(tenants::table
        .find(tx.tenant())
        .select(tenants::plan)
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?)
}
