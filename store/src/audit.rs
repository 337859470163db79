//! Who did what, and from where.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{EventId, TenantId, UserId};
use serde::Serialize;
use uuid::Uuid;

use crate::error::Result;
use crate::schema::audit_events;
use crate::{SystemTx, TenantTx};

/// Who acts.
#[derive(Clone, Debug)]
pub enum By {
    Member {
        id: UserId,
        ip: Option<String>,
    },
    /// Somebody who looks after the platform.
    Operator {
        id: UserId,
        ip: Option<String>,
    },
    /// Somebody on a public page.
    Customer {
        ip: Option<String>,
    },
    System,
}

impl By {
    /// The user, where there is one: what `created_by` keeps.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Member { id, .. } | Self::Operator { id, .. } => Some(*id),
            Self::Customer { .. } | Self::System => None,
        }
    }
}

/// One change: what was done to what, with what stood there before and after.
#[derive(Debug)]
pub struct Change<'a, B: Serialize = (), A: Serialize = ()> {
    /// A noun and a verb: `service.update`.
    pub action: &'static str,
    pub subject: Uuid,
    pub before: Option<&'a B>,
    pub after: Option<&'a A>,
}

#[derive(Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
struct NewAuditEvent {
    tenant_id: TenantId,
    id: EventId,
    actor_kind: &'static str,
    actor_id: Option<UserId>,
    action: &'static str,
    subject_kind: &'static str,
    subject_id: Uuid,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
    ip: Option<String>,
    occurred_at: DateTime<Utc>,
}

/// The one place that writes the trail, in the transaction of the change itself.
pub async fn record<B: Serialize, A: Serialize>(
    tx: &TenantTx,
    by: &By,
    change: Change<'_, B, A>,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = row(tx.tenant(), by, &change, now);
    diesel::insert_into(audit_events::table).values(row).execute(&mut tx.conn()).await?;
    Ok(())
}

/// The same of what the platform does to a tenant, or to its own.
pub async fn record_for<B: Serialize, A: Serialize>(
    tx: &SystemTx,
    tenant_id: TenantId,
    by: &By,
    change: Change<'_, B, A>,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = row(tenant_id, by, &change, now);
    diesel::insert_into(audit_events::table).values(row).execute(&mut tx.conn()).await?;
    Ok(())
}

fn row<B: Serialize, A: Serialize>(
    tenant_id: TenantId,
    by: &By,
    change: &Change<'_, B, A>,
    now: DateTime<Utc>,
) -> NewAuditEvent {
    let (actor_kind, actor_id, ip) = match by {
        By::Member { id, ip } => ("user", Some(*id), ip.clone()),
        By::Operator { id, ip } => ("operator", Some(*id), ip.clone()),
        By::Customer { ip } => ("customer", None, ip.clone()),
        By::System => ("system", None, None),
    };
    NewAuditEvent {
        tenant_id,
        id: EventId::mint(now),
        actor_kind,
        actor_id,
        action: change.action,
        subject_kind: change.action.split_once('.').map_or(change.action, |(noun, _)| noun),
        subject_id: change.subject,
        before: change.before.and_then(|before| serde_json::to_value(before).ok()),
        after: change.after.and_then(|after| serde_json::to_value(after).ok()),
        ip,
        occurred_at: now,
    }
}
