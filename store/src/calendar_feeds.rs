//! Addresses at which other calendars read a staff member's: made, renewed, taken back, and what they show.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool, Date, Int4, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::id::{StaffId, TenantId, UserId};
use domain::private_event::UNFOLDED_AHEAD;
use serde::Serialize;
use uuid::Uuid;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::cached::cached;
use crate::error::Result;
use crate::schema::calendar_feeds;
use crate::staff;

/// How much of the past a feed shows.
const BACK: TimeDelta = TimeDelta::days(30);
/// Most entries of a feed.
const MOST: i32 = 20_000;

#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = calendar_feeds, treat_none_as_default_value = false)]
pub struct Feed {
    pub tenant_id: TenantId,
    pub staff_id: StaffId,
    #[serde(skip)]
    pub token_hash: Vec<u8>,
    pub shows_details: bool,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

/// The feed of a staff member, if they have one.
pub async fn find(tx: &TenantTx, staff_id: StaffId) -> Result<Option<Feed>> {
    staff::find(tx, staff_id).await?;
    row(tx, staff_id).await
}

async fn row(tx: &TenantTx, staff_id: StaffId) -> Result<Option<Feed>> {
    Ok(calendar_feeds::table
        .find((tx.tenant(), staff_id))
        .select(Feed::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Makes an address, or a new one: from then on the one before leads nowhere.
pub async fn renew(
    tx: &TenantTx,
    staff_id: StaffId,
    token_hash: [u8; 32],
    shows_details: bool,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Feed> {
    let before = find(tx, staff_id).await?;
    let after = Feed {
        tenant_id: tx.tenant(),
        staff_id,
        token_hash: token_hash.to_vec(),
        shows_details,
        version: before.as_ref().map_or(1, |before| before.version + 1),
        created_at: now,
        updated_at: now,
        created_by: by.user(),
    };
    // Of two who make one at once, the later's stands.
    diesel::insert_into(calendar_feeds::table)
        .values(&after)
        .on_conflict((calendar_feeds::tenant_id, calendar_feeds::staff_id))
        .do_update()
        .set((
            calendar_feeds::token_hash.eq(&after.token_hash),
            calendar_feeds::shows_details.eq(shows_details),
            calendar_feeds::version.eq(calendar_feeds::version + 1),
            calendar_feeds::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    record(tx, "calendar_feed.renew", staff_id, before.as_ref(), Some(&after), by, now).await?;
    Ok(after)
}

/// What it shows from now on; its address stays.
pub async fn update(
    tx: &TenantTx,
    staff_id: StaffId,
    shows_details: bool,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Feed> {
    let Some(before) = find(tx, staff_id).await? else {
        return Err(domain::rejection::Code::NotFound.into());
    };
    let after = Feed { shows_details, version: before.version + 1, updated_at: now, ..before.clone() };
    diesel::update(calendar_feeds::table.find((tx.tenant(), staff_id)))
        .set((
            calendar_feeds::shows_details.eq(shows_details),
            calendar_feeds::version.eq(calendar_feeds::version + 1),
            calendar_feeds::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    record(tx, "calendar_feed.update", staff_id, Some(&before), Some(&after), by, now).await?;
    Ok(after)
}

/// Takes the address back: it leads nowhere.
pub async fn revoke(tx: &TenantTx, staff_id: StaffId, by: &By, now: DateTime<Utc>) -> Result<()> {
    let Some(before) = find(tx, staff_id).await? else { return Ok(()) };
    diesel::delete(calendar_feeds::table.find((tx.tenant(), staff_id))).execute(&mut tx.conn()).await?;
    record(tx, "calendar_feed.revoke", staff_id, Some(&before), None, by, now).await
}

async fn record(
    tx: &TenantTx,
    action: &'static str,
    staff_id: StaffId,
    before: Option<&Feed>,
    after: Option<&Feed>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    audit::record(tx, by, Change { action, subject: staff_id.0, before, after }, now).await
}

/// A line of a feed: the staff member, one of their bookings, or an occurrence of a private event.
#[derive(Clone, Debug, QueryableByName)]
pub struct Entry {
    /// `feed`, `booking` or `busy`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    /// Of what takes whole days: its dates, the last one after it.
    #[diesel(sql_type = diesel::sql_types::Nullable<Date>)]
    pub first_date: Option<chrono::NaiveDate>,
    #[diesel(sql_type = diesel::sql_types::Nullable<Date>)]
    pub last_date: Option<chrono::NaiveDate>,
    /// Who comes, or what is done; of the feed, the staff member's name.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// Of a booking the service; of a private event its note; of the feed the tenant's name.
    #[diesel(sql_type = Text)]
    pub detail: String,
    /// Of a booking its public code; of a private event which occurrence it is; of the feed the tenant's language.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// Of a booking at the customer's, where that is.
    #[diesel(sql_type = diesel::sql_types::Nullable<Text>)]
    pub address: Option<String>,
    #[diesel(sql_type = Bool)]
    pub is_tentative: bool,
    #[diesel(sql_type = Int4)]
    pub sequence: i32,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Of the feed; of what it shows, the same.
    #[diesel(sql_type = Bool)]
    pub shows_details: bool,
}

/// What the feed with this token shows, first the line of the feed itself; nothing: there is none. One statement, each part
/// by an index.
pub async fn entries(tx: &TenantTx, token_hash: [u8; 32], now: DateTime<Utc>) -> Result<Vec<Entry>> {
    let query = diesel::sql_query(ENTRIES)
        .bind::<SqlUuid, _>(tx.tenant())
        .bind::<Binary, _>(token_hash.to_vec())
        .bind::<Timestamptz, _>(now - BACK)
        .bind::<Timestamptz, _>(now + UNFOLDED_AHEAD)
        .bind::<Int4, _>(MOST);
    Ok(cached(query).load(&mut tx.conn()).await?)
}

const ENTRIES: &str = "\
WITH feed AS (
  SELECT f.tenant_id, f.staff_id, f.shows_details, f.updated_at, s.name AS staff, t.name AS tenant, t.locale
  FROM calendar_feeds f
  JOIN staff s ON s.tenant_id = f.tenant_id AND s.id = f.staff_id AND s.archived_at IS NULL
  JOIN tenants t ON t.tenant_id = f.tenant_id
  WHERE f.tenant_id = $1 AND f.token_hash = $2)
SELECT 'feed' AS kind, staff_id AS id, updated_at AS starts_at, updated_at AS ends_at, NULL::date AS first_date,
  NULL::date AS last_date, staff AS title, tenant AS detail, locale AS code, NULL AS address, false AS is_tentative, 0 AS sequence,
  updated_at, shows_details FROM feed
UNION ALL (
SELECT 'booking', b.id, b.starts_at, b.ends_at, NULL, NULL, b.contact_name, b.service_name, b.public_code, b.address,
  b.status IN ('held', 'pending'), b.sequence, b.updated_at, feed.shows_details
FROM feed
JOIN allocations a ON a.tenant_id = feed.tenant_id AND a.resource_id = feed.staff_id AND a.released_at IS NULL
JOIN LATERAL (
  SELECT * FROM bookings own WHERE own.tenant_id = a.tenant_id AND own.id = a.owner_id
  UNION ALL
  SELECT * FROM bookings seat WHERE seat.tenant_id = a.tenant_id AND seat.group_session_id = a.owner_id) b ON true
WHERE a.tenant_id = $1 AND a.starts_at >= $3 AND a.starts_at < $4
  AND b.status IN ('held', 'pending', 'confirmed', 'completed')
ORDER BY b.starts_at, b.id LIMIT $5)
UNION ALL (
SELECT 'busy', e.id, k.occurs_from, k.occurs_until,
  CASE WHEN e.all_day THEN k.occurrence::date END,
  CASE WHEN e.all_day THEN (k.occurrence + (e.ends_at_wall - e.starts_at_wall))::date END,
  e.title, coalesce(e.note, ''), to_char(k.occurrence, 'YYYYMMDDHH24MISS'), NULL, false, (e.version - 1)::int, e.updated_at, feed.shows_details
FROM feed JOIN busy_blocks k ON k.tenant_id = feed.tenant_id AND k.staff_id = feed.staff_id
JOIN private_events e ON e.tenant_id = k.tenant_id AND e.id = k.private_event_id
WHERE k.tenant_id = $1 AND k.starts_at >= $3 AND k.starts_at < $4 AND k.starts_at = k.occurs_from
ORDER BY k.starts_at, k.id LIMIT $5)";
