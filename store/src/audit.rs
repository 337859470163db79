//! Who did what, and from where.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{ApiKeyId, EventId, TenantId, UserId};
use domain::rejection::Rejection;
use serde::Serialize;
use uuid::Uuid;

use crate::error::Result;
use crate::schema::audit_events;
use crate::{SystemTx, TenantTx};

/// Who acts, and why.
#[derive(Clone, Debug)]
pub struct By {
    actor: Actor,
    ip: Option<String>,
    reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    Member(UserId),
    /// A program, by its key.
    ApiKey(ApiKeyId),
    /// Somebody who looks after the platform.
    Operator(UserId),
    /// Somebody on a public page.
    Customer,
    System,
}

impl By {
    pub const SYSTEM: &'static Self = &Self::new(Actor::System, None);

    const fn new(actor: Actor, ip: Option<String>) -> Self {
        Self { actor, ip, reason: None }
    }

    pub const fn member(id: UserId, ip: Option<String>) -> Self {
        Self::new(Actor::Member(id), ip)
    }

    pub const fn api_key(id: ApiKeyId, ip: Option<String>) -> Self {
        Self::new(Actor::ApiKey(id), ip)
    }

    pub const fn operator(id: UserId, ip: Option<String>) -> Self {
        Self::new(Actor::Operator(id), ip)
    }

    pub const fn customer(ip: Option<String>) -> Self {
        Self::new(Actor::Customer, ip)
    }

    /// For a reason that they give, of at most 2,000 characters; an empty one is none. The history tells it to members; of
    /// what is cancelled its customer is told it, too.
    pub fn because(self, reason: Option<&str>) -> Result<Self> {
        let reason = match reason {
            Some(reason) => domain::text::lines(reason, 2_000)
                .map_err(|why| Rejection::invalid("/reason", "INVALID", why.to_string()))?,
            None => None,
        };
        Ok(Self { reason, ..self })
    }

    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    pub fn is_customer(&self) -> bool {
        self.actor == Actor::Customer
    }

    /// The user, where there is one: what `created_by` keeps.
    pub const fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::Member(id) | Actor::Operator(id) => Some(id),
            Actor::ApiKey(_) | Actor::Customer | Actor::System => None,
        }
    }

    const fn id(&self) -> Option<Uuid> {
        match self.actor {
            Actor::Member(UserId(id)) | Actor::Operator(UserId(id)) | Actor::ApiKey(ApiKeyId(id)) => Some(id),
            Actor::Customer | Actor::System => None,
        }
    }

    const fn kind(&self) -> &'static str {
        match self.actor {
            Actor::Member(_) => "user",
            Actor::ApiKey(_) => "api_key",
            Actor::Operator(_) => "operator",
            Actor::Customer => "customer",
            Actor::System => "system",
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
    actor_id: Option<Uuid>,
    action: &'static str,
    subject_kind: &'static str,
    subject_id: Uuid,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
    ip: Option<String>,
    reason: Option<String>,
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
    NewAuditEvent {
        tenant_id,
        id: EventId::mint(now),
        actor_kind: by.kind(),
        actor_id: by.id(),
        action: change.action,
        subject_kind: change.action.split_once('.').map_or(change.action, |(noun, _)| noun),
        subject_id: change.subject,
        before: change.before.and_then(|before| serde_json::to_value(before).ok()),
        after: change.after.and_then(|after| serde_json::to_value(after).ok()),
        ip: by.ip.clone(),
        reason: by.reason.clone(),
        occurred_at: now,
    }
}
