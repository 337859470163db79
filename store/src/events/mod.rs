//! What happened, for whoever follows: live pages, workflows, webhooks, history.

mod cursor;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::id::{EventId, TenantId};
use serde::Serialize;
use uuid::Uuid;

use crate::TenantTx;
use crate::cached::cached;
use crate::error::{Error, Result};
use crate::schema::domain_events;

pub use cursor::Cursor;
use cursor::Page;

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
    tx.will_tell();
    diesel::insert_into(domain_events::table).values(row).execute(&mut tx.conn()).await?;
    Ok(())
}

/// An event, as those see it who follow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    pub id: EventId,
    pub name: String,
    pub subject: Uuid,
    pub version: i64,
    pub occurred_at: DateTime<Utc>,
    pub data: serde_json::Value,
}

/// Where somebody stands who has seen everything until now.
pub async fn cursor(tx: &TenantTx) -> Result<Cursor> {
    let now = diesel::select(diesel::dsl::sql::<sql_types::Text>("pg_current_snapshot()::text"));
    let snapshot: String = now.get_result(&mut tx.conn()).await?;
    Cursor::parse(&snapshot)
        .ok_or_else(|| Error::Unavailable(format!("a snapshot of a form that nobody knows: {snapshot}")))
}

/// What somebody who stands at `cursor` has not seen, in the order of its transactions, at most `limit`; and where they
/// stand then. An event that commits late is in a later answer; none is in two. `None`: the cursor is of another
/// database, or of this one before it lost something.
pub async fn after(tx: &TenantTx, cursor: &Cursor, limit: i64) -> Result<Option<(Vec<Event>, Cursor)>> {
    // One statement: the events and the snapshot that shows them are of one moment.
    const UNSEEN: &str = "SELECT s.upto, e.tx, e.id, e.name, e.subject, e.version, e.occurred_at, e.data
        FROM (SELECT coalesce($2, pg_current_snapshot()::text) AS upto) s
        LEFT JOIN domain_events e ON e.tenant_id = $1 AND e.tx >= $3
          AND NOT pg_visible_in_snapshot(e.tx::text::xid8, $4::pg_snapshot)
          AND pg_visible_in_snapshot(e.tx::text::xid8, s.upto::pg_snapshot)
          AND (e.tx, e.id) > ($5, $6)
        ORDER BY e.tx, e.id LIMIT $7";
    let page = cursor.page();
    let query = diesel::sql_query(UNSEEN)
        .bind::<sql_types::Uuid, _>(tx.tenant())
        .bind::<sql_types::Nullable<sql_types::Text>, _>(page.map(|page| page.upto.to_string()))
        .bind::<sql_types::BigInt, _>(page.map_or_else(|| cursor.seen().oldest(), |page| page.tx))
        .bind::<sql_types::Text, _>(cursor.seen().to_string())
        .bind::<sql_types::BigInt, _>(page.map_or(-1, |page| page.tx))
        .bind::<sql_types::Uuid, _>(page.map_or(Uuid::nil(), |page| page.id))
        .bind::<sql_types::BigInt, _>(limit);
    let rows: Vec<Unseen> = cached(query).load(&mut tx.conn()).await?;
    let Some(upto) = rows.as_slice().first().and_then(|row| row.upto.parse().ok()) else { return Ok(None) };
    if cursor.seen().is_after(&upto) {
        return Ok(None);
    }
    let is_whole = i64::try_from(rows.len()).unwrap_or(i64::MAX) < limit;
    let last = rows.as_slice().last().and_then(|row| row.tx.zip(row.id));
    let next = match last {
        Some((tx, id)) if !is_whole => cursor.within(Page { upto, tx, id }),
        _ => Cursor::at(upto),
    };
    Ok(Some((rows.into_iter().filter_map(Unseen::event).collect(), next)))
}

#[derive(QueryableByName)]
struct Unseen {
    #[diesel(sql_type = sql_types::Text)]
    upto: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    tx: Option<i64>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    id: Option<Uuid>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    name: Option<String>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    subject: Option<Uuid>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    version: Option<i64>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    occurred_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Jsonb>)]
    data: Option<serde_json::Value>,
}

impl Unseen {
    /// None: there is nothing new, and the row only tells the snapshot.
    fn event(self) -> Option<Event> {
        Some(Event {
            id: EventId(self.id?),
            name: self.name?,
            subject: self.subject?,
            version: self.version?,
            occurred_at: self.occurred_at?,
            data: self.data?,
        })
    }
}
