//! Who did what, and from where.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::access::Role;
use domain::audit::{ACTIONS, PlatformAct};
use domain::id::{ApiKeyId, CustomerId, EventId, TenantId, UserId};
use domain::plan;
use domain::rejection::Rejection;
use jobs::Job;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::cached::cached;
use crate::error::Result;
use crate::schema::{audit_events, memberships, tenants};
use crate::{SystemTx, TenantTx, sealing, trace};

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

    /// Somebody of the platform, who acts for a tenant's support or for itself.
    pub const fn is_operator(&self) -> bool {
        matches!(self.actor, Actor::Operator(_))
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
    /// A noun and a verb, one of [`ACTIONS`]: `service.update`.
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
    before: Option<Value>,
    after: Option<Value>,
    ip: Option<String>,
    reason: Option<String>,
    request_id: Option<String>,
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

/// The same of a change of what is known of a customer, sealed with their key.
pub async fn record_of<B: Serialize, A: Serialize>(
    tx: &TenantTx,
    customer_id: CustomerId,
    by: &By,
    change: Change<'_, B, A>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut row = row(tx.tenant(), by, &change, now);
    let key = sealing::key_of(tx, customer_id).await?;
    for (value, place) in [(&mut row.before, BEFORE), (&mut row.after, AFTER)] {
        if let Some(known) = value {
            *known = sealing::seal(&key, &at(row.id, place), known)?;
        }
    }
    diesel::insert_into(audit_events::table).values(row).execute(&mut tx.conn()).await?;
    Ok(())
}

/// The same of what the platform does to a tenant, or to its own. Answers the row's id.
pub async fn record_for<B: Serialize, A: Serialize>(
    tx: &SystemTx,
    tenant_id: TenantId,
    by: &By,
    change: Change<'_, B, A>,
    now: DateTime<Utc>,
) -> Result<EventId> {
    let row = row(tenant_id, by, &change, now);
    let id = row.id;
    diesel::insert_into(audit_events::table).values(row).execute(&mut tx.conn()).await?;
    Ok(id)
}

/// The same of what all owners of the tenant are mailed besides, with the reason that `by` gives. `before`: what was the
/// reason of what ends.
pub(crate) async fn record_and_tell(
    tx: &SystemTx,
    tenant_id: TenantId,
    by: &By,
    (act, before): (PlatformAct, Option<&str>),
    now: DateTime<Utc>,
) -> Result<()> {
    let change =
        Change::<_, ()> { action: act.action(), subject: tenant_id.0, before: before.as_ref(), after: None };
    let event_id = record_for(tx, tenant_id, by, change, now).await?;
    let owners: Vec<UserId> = memberships::table
        .filter(memberships::tenant_id.eq(tenant_id))
        .filter(memberships::role.eq(Role::Owner))
        .select(memberships::user_id)
        .load(&mut tx.conn())
        .await?;
    let jobs: Vec<Job> =
        owners.into_iter().map(|user_id| Job::SendPlatformNotice { user_id, event_id }).collect();
    tx.enqueue_of(tenant_id, &jobs, now).await
}

/// What the platform did to the tenant.
#[derive(Clone, Debug)]
pub struct Told {
    pub act: PlatformAct,
    /// Of what was done; of what ends by it, why that was.
    pub reason: Option<String>,
    pub occurred_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_events)]
struct Done {
    action: String,
    reason: Option<String>,
    before: Option<Value>,
    occurred_at: DateTime<Utc>,
}

/// `None`: there is no such event, or owners are not told of it.
pub async fn told(tx: &TenantTx, id: EventId) -> Result<Option<Told>> {
    let done: Option<Done> = audit_events::table
        .filter(audit_events::tenant_id.eq(tx.tenant()))
        .filter(audit_events::id.eq(id))
        .select(Done::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(done.and_then(|done| {
        let before = done.before.as_ref().and_then(Value::as_str).map(str::to_owned);
        let (act, reason) = (PlatformAct::of_action(&done.action)?, done.reason.or(before));
        Some(Told { act, reason, occurred_at: done.occurred_at })
    }))
}

fn row<B: Serialize, A: Serialize>(
    tenant_id: TenantId,
    by: &By,
    change: &Change<'_, B, A>,
    now: DateTime<Utc>,
) -> NewAuditEvent {
    debug_assert!(ACTIONS.contains(&change.action), "{} is not in domain::audit", change.action);
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
        request_id: trace::request_id(),
        occurred_at: now,
    }
}

const BEFORE: &str = "before";
const AFTER: &str = "after";

/// Where a value is sealed.
fn at(id: EventId, place: &str) -> String {
    format!("audit_events/{id}/{place}")
}

/// Which changes to show: all that fit all of it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The noun: `service`.
    pub subject_kind: Option<String>,
    pub subject_id: Option<Uuid>,
    /// A user's or a key's.
    pub actor_id: Option<Uuid>,
    pub from: Option<DateTime<Utc>>,
    /// Before then.
    pub to: Option<DateTime<Utc>>,
}

/// One change as it is told.
#[derive(Clone, Debug, QueryableByName)]
pub struct Event {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub id: EventId,
    #[diesel(sql_type = Timestamptz)]
    pub occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub actor_kind: String,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    pub actor_id: Option<Uuid>,
    /// Of a member or a key that is still there.
    #[diesel(sql_type = Nullable<Text>)]
    pub actor_name: Option<String>,
    #[diesel(sql_type = Text)]
    pub action: String,
    #[diesel(sql_type = Text)]
    pub subject_kind: String,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    pub subject_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub before: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub after: Option<Value>,
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub request_id: Option<String>,
    /// Of the customer that it is about, as long as they are known.
    #[diesel(sql_type = Nullable<diesel::sql_types::Bytea>)]
    customer_key: Option<Vec<u8>>,
    /// Whether what it said went with the customer it was about.
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub is_erased: bool,
}

impl Event {
    /// Opens what is sealed, where there is a key.
    fn opened(mut self) -> Self {
        let id = self.id;
        for (value, place) in [(&mut self.before, BEFORE), (&mut self.after, AFTER)] {
            if let Some(sealed) = value.take_if(|value| sealing::is_sealed(value)) {
                let key = self.customer_key.as_deref();
                *value = key.and_then(|key| sealing::open(key, &at(id, place), &sealed));
                self.is_erased |= value.is_none();
            }
        }
        self
    }
}

const LIST: &str = "\
SELECT a.id, a.occurred_at, a.actor_kind, a.actor_id, coalesce(m.full_name, k.name) AS actor_name, a.action, a.subject_kind,
  a.subject_id, a.before, a.after, a.ip, a.reason, a.request_id, c.key AS customer_key,
  false AS is_erased
FROM audit_events a
LEFT JOIN LATERAL member_contact(a.actor_id) m ON a.actor_kind IN ('user', 'operator')
LEFT JOIN api_keys k ON k.tenant_id = a.tenant_id AND k.id = a.actor_id AND a.actor_kind = 'api_key'
LEFT JOIN customer_keys c ON c.tenant_id = a.tenant_id AND c.customer_id = a.subject_id AND a.subject_kind = 'customer'
WHERE a.tenant_id = $1 AND a.occurred_at >= $2 AND a.occurred_at < $3
  AND ($4 IS NULL OR a.subject_kind = $4) AND ($5 IS NULL OR a.subject_id = $5) AND ($6 IS NULL OR a.actor_id = $6)
  AND (a.occurred_at, a.id) < ($7, $8)
ORDER BY a.occurred_at DESC, a.id DESC LIMIT $9";

/// The changes that the tenant's plan keeps, the newest first, from the one after `after` on.
pub async fn list(
    tx: &TenantTx,
    filter: &Filter,
    after: Option<(DateTime<Utc>, EventId)>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Event>> {
    let (plan, downgraded_at) = tenants::table
        .find(tx.tenant())
        .select((tenants::plan, tenants::downgraded_at))
        .first(&mut tx.conn())
        .await?;
    let kept = plan::audit_kept_from(plan, downgraded_at, now);
    let from = filter.from.map_or(kept, |from| from.max(kept));
    // Every change there is was before the day after tomorrow, whatever the clocks of processes say.
    let to = filter.to.unwrap_or(now + TimeDelta::days(2));
    let (last_at, last_id) = after.unwrap_or((to, EventId(Uuid::max())));
    let query = diesel::sql_query(LIST)
        .bind::<diesel::sql_types::Uuid, _>(tx.tenant())
        .bind::<Timestamptz, _>(from)
        .bind::<Timestamptz, _>(to)
        .bind::<Nullable<Text>, _>(filter.subject_kind.clone())
        .bind::<Nullable<diesel::sql_types::Uuid>, _>(filter.subject_id)
        .bind::<Nullable<diesel::sql_types::Uuid>, _>(filter.actor_id)
        .bind::<Timestamptz, _>(last_at)
        .bind::<diesel::sql_types::Uuid, _>(last_id)
        .bind::<BigInt, _>(limit);
    let events: Vec<Event> = cached(query).load(&mut tx.conn()).await?;
    Ok(events.into_iter().map(Event::opened).collect())
}
