//! What happened to a booking, who did it, and what it changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::id::{BookingId, EventId};
use serde::Deserialize;
use uuid::Uuid;

use super::find;
use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;

/// What is told of a booking as it was before or after a change.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Facts {
    pub status: domain::booking::Status,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub staff_id: domain::id::StaffId,
    /// Owed by who cancelled late or stayed away.
    #[serde(default)]
    pub fee_cents: i64,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    pub id: EventId,
    /// A noun and a verb: `booking.cancel`.
    pub action: String,
    /// `user`, `customer`, `operator` or `system`.
    pub actor: String,
    /// Of a member, as long as they are one.
    pub actor_name: Option<String>,
    pub occurred_at: DateTime<Utc>,
    /// As whoever did it gave it.
    pub reason: Option<String>,
    pub before: Option<Facts>,
    pub after: Option<Facts>,
}

/// From the first to the last, at most 200: in the order in which they were made, whenever they were asked for.
pub async fn history(tx: &TenantTx, id: BookingId) -> Result<Vec<Change>> {
    const CHANGES: &str =
        "SELECT a.id, a.action, a.actor_kind, coalesce(m.full_name, k.name) AS full_name, a.occurred_at, a.reason, a.before, a.after
        FROM audit_events a LEFT JOIN LATERAL member_contact(a.actor_id) m ON a.actor_id IS NOT NULL
        LEFT JOIN api_keys k ON k.tenant_id = a.tenant_id AND k.id = a.actor_id AND a.actor_kind = 'api_key'
        WHERE a.tenant_id = $1 AND a.subject_id = $2
        ORDER BY (a.after->>'version')::bigint, a.occurred_at, a.id LIMIT 200";
    find(tx, id).await?;
    let query =
        diesel::sql_query(CHANGES).bind::<sql_types::Uuid, _>(tx.tenant()).bind::<sql_types::Uuid, _>(id);
    let rows: Vec<Row> = cached(query).load(&mut tx.conn()).await?;
    Ok(rows.into_iter().map(Change::from).collect())
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    action: String,
    #[diesel(sql_type = sql_types::Text)]
    actor_kind: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    full_name: Option<String>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    reason: Option<String>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Jsonb>)]
    before: Option<serde_json::Value>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Jsonb>)]
    after: Option<serde_json::Value>,
}

impl From<Row> for Change {
    fn from(row: Row) -> Self {
        let facts = |value: Option<serde_json::Value>| serde_json::from_value(value?).ok();
        Self {
            id: EventId(row.id),
            action: row.action,
            actor: row.actor_kind,
            actor_name: row.full_name,
            occurred_at: row.occurred_at,
            reason: row.reason,
            before: facts(row.before),
            after: facts(row.after),
        }
    }
}
