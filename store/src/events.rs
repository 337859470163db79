//! What happened, for whoever follows: live pages, workflows, webhooks, history.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{EventId, TenantId};
use uuid::Uuid;

use crate::TenantTx;
use crate::error::Result;
use crate::schema::domain_events;

/// One thing that happened to one subject.
#[derive(Debug, Clone)]
pub struct Happened {
    /// A noun and a past participle: `booking.created`.
    pub name: &'static str,
    pub subject: Uuid,
    /// Of the subject, after it happened.
    pub version: i64,
    /// Ids and plain facts, nothing personal.
    pub data: serde_json::Value,
}

#[derive(Insertable)]
#[diesel(table_name = domain_events, treat_none_as_default_value = false)]
struct NewEvent {
    tenant_id: TenantId,
    id: EventId,
    name: &'static str,
    subject: Uuid,
    version: i64,
    occurred_at: DateTime<Utc>,
    data: serde_json::Value,
}

pub async fn record(tx: &TenantTx, happened: Happened, now: DateTime<Utc>) -> Result<()> {
    let Happened { name, subject, version, data } = happened;
    let row = NewEvent {
        tenant_id: tx.tenant(),
        id: EventId::mint(now),
        name,
        subject,
        version,
        occurred_at: now,
        data,
    };
    diesel::insert_into(domain_events::table).values(row).execute(&mut tx.conn()).await?;
    Ok(())
}
