//! The time that private events take: written out occurrence by occurrence, read by whoever looks for overlaps.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{AsSelect, IntoBoxed};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::id::{BlockId, PrivateEventId, StaffId, TenantId};
use domain::private_event::{UNFOLDED_AHEAD, UNFOLDED_BACK, pieces, unfold};
use domain::rejection::{Code, Rejection};
use domain::wall_clock::Interval;

use super::PrivateEvent;
use crate::TenantTx;
use crate::availability::MAX_ALLOCATION;
use crate::cached::cached;
use crate::error::Result;
use crate::explain::explain;
use crate::schema::{busy_blocks, private_events, staff};
use crate::staff::raise_schedules;

/// Inserted by one statement, of 65,535 binds that it may have.
const BATCH: usize = 5_000;
/// Most blocks of one staff member: ten events for each day, all the time.
const MOST: i64 = 20_000;
/// Codes that an answer about overlaps names.
const NAMED: usize = 20;

#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = busy_blocks)]
pub(super) struct NewBlock {
    tenant_id: TenantId,
    id: BlockId,
    private_event_id: PrivateEventId,
    staff_id: StaffId,
    occurrence: NaiveDateTime,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    occurs_from: DateTime<Utc>,
    occurs_until: DateTime<Utc>,
}

/// An occurrence of a private event as lists and calendars show it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = busy_blocks)]
pub struct Busy {
    pub id: BlockId,
    /// Where it stands in its list: its start, or when its part began that the list begins with.
    pub starts_at: DateTime<Utc>,
    pub occurrence: NaiveDateTime,
    pub occurs_from: DateTime<Utc>,
    pub occurs_until: DateTime<Utc>,
    #[diesel(embed)]
    pub event: PrivateEvent,
    #[diesel(select_expression = staff::name)]
    pub staff_name: String,
}

/// Which occurrences a list has.
#[derive(Clone, Debug, Default)]
pub struct BusyFilter {
    /// That are not over then.
    pub from: DateTime<Utc>,
    /// That begin before.
    pub to: Option<DateTime<Utc>>,
    pub staff_id: Option<StaffId>,
    /// The last one of the page before.
    pub after: Option<(DateTime<Utc>, BlockId)>,
}

#[diesel::dsl::auto_type]
fn with_event() -> _ {
    let same_event = private_events::tenant_id
        .eq(busy_blocks::tenant_id)
        .and(private_events::id.eq(busy_blocks::private_event_id));
    let same_member = staff::tenant_id.eq(busy_blocks::tenant_id).and(staff::id.eq(busy_blocks::staff_id));
    busy_blocks::table
        .inner_join(private_events::table.on(same_event))
        .inner_join(staff::table.on(same_member))
}

type Listed = diesel::dsl::Select<with_event, AsSelect<Busy, Pg>>;

/// Each occurrence once, by where it begins in the list and id, at most `limit`.
pub async fn busy(tx: &TenantTx, filter: &BusyFilter, limit: i64) -> Result<Vec<Busy>> {
    Ok(busy_query(tx, filter, limit).load(&mut tx.conn()).await?)
}

/// PostgreSQL's plan for a list.
#[doc(hidden)]
pub async fn explain_busy(tx: &TenantTx, filter: &BusyFilter, limit: i64) -> Result<Vec<String>> {
    explain(tx, busy_query(tx, filter, limit)).await
}

fn busy_query(tx: &TenantTx, filter: &BusyFilter, limit: i64) -> IntoBoxed<'static, Listed, Pg> {
    // Of an occurrence of several days its first part, or the one in which the list begins.
    let first = busy_blocks::starts_at.eq(busy_blocks::occurs_from);
    let mut query = with_event()
        .filter(busy_blocks::tenant_id.eq(tx.tenant()))
        .filter(busy_blocks::starts_at.gt(filter.from - MAX_ALLOCATION))
        .filter(busy_blocks::ends_at.gt(filter.from))
        .filter(first.or(busy_blocks::starts_at.le(filter.from)))
        .order((busy_blocks::starts_at, busy_blocks::id))
        .select(Busy::as_select())
        .limit(limit)
        .into_boxed();
    if let Some(to) = filter.to {
        query = query.filter(busy_blocks::starts_at.lt(to));
    }
    if let Some(staff_id) = filter.staff_id {
        query = query.filter(busy_blocks::staff_id.eq(staff_id));
    }
    if let Some((at, id)) = filter.after {
        let same = busy_blocks::starts_at.eq(at).and(busy_blocks::id.gt(id));
        query = query.filter(busy_blocks::starts_at.gt(at).or(same));
    }
    query
}

/// The time that an event takes, of occurrences that start in the window.
fn of_event(event: &PrivateEvent, window: Interval, now: DateTime<Utc>) -> Result<Vec<NewBlock>> {
    let blocks = unfold(&event.series()?, event.length(), window)
        .map_err(|why| Rejection::invalid("/recurrence", "TOO_MANY", why.to_string()))?;
    let rows = blocks.into_iter().flat_map(|block| {
        pieces(block.during).map(move |piece| NewBlock {
            tenant_id: event.tenant_id,
            id: BlockId::mint(now),
            private_event_id: event.id,
            staff_id: event.staff_id,
            occurrence: block.occurrence,
            starts_at: piece.start,
            ends_at: piece.end,
            occurs_from: block.during.start,
            occurs_until: block.during.end,
        })
    });
    Ok(rows.collect())
}

/// The blocks of an event, and to when they reach: none, if that is all of them.
pub(super) fn unfolded(
    event: &PrivateEvent,
    now: DateTime<Utc>,
) -> Result<(Vec<NewBlock>, Option<DateTime<Utc>>)> {
    let recurs = event.recurrence.is_some() || !event.added.is_empty();
    // What happens once is there whenever it was, and whenever it will be.
    let window = if recurs { around(now) } else { all_calendars() };
    Ok((of_event(event, window, now)?, recurs.then_some(window.end)))
}

/// All that calendars hold.
fn all_calendars() -> Interval {
    let at = |text: &str, or: DateTime<Utc>| text.parse().unwrap_or(or);
    Interval::new(
        at("1899-12-30T00:00:00Z", DateTime::<Utc>::MIN_UTC),
        at("2201-01-03T00:00:00Z", DateTime::<Utc>::MAX_UTC),
    )
}

fn around(now: DateTime<Utc>) -> Interval {
    Interval::new(now - UNFOLDED_BACK, now + UNFOLDED_AHEAD)
}

/// Writes the blocks of an event anew.
pub(super) async fn rewrite(tx: &TenantTx, event: &PrivateEvent, blocks: &[NewBlock]) -> Result<()> {
    diesel::delete(
        busy_blocks::table
            .filter(busy_blocks::tenant_id.eq(tx.tenant()))
            .filter(busy_blocks::private_event_id.eq(event.id)),
    )
    .execute(&mut tx.conn())
    .await?;
    insert(tx, blocks).await
}

pub(super) async fn insert(tx: &TenantTx, blocks: &[NewBlock]) -> Result<()> {
    for batch in blocks.chunks(BATCH) {
        diesel::insert_into(busy_blocks::table).values(batch).execute(&mut tx.conn()).await?;
    }
    Ok(())
}

/// Refuses what would leave a staff member with more blocks than anybody has.
pub(super) async fn check_room(tx: &TenantTx, id: StaffId) -> Result<()> {
    let there: i64 = busy_blocks::table
        .filter(busy_blocks::tenant_id.eq(tx.tenant()))
        .filter(busy_blocks::staff_id.eq(id))
        .count()
        .get_result(&mut tx.conn())
        .await?;
    if there > MOST { Err(Code::TooManyOfThese.into()) } else { Ok(()) }
}

/// The bookings that an event lies on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlaps {
    pub count: usize,
    /// Of the first twenty.
    pub codes: Vec<String>,
}

/// The bookings to come that some events lie on: nobody is told but who made the event.
pub async fn overlaps(tx: &TenantTx, events: &[PrivateEventId], now: DateTime<Utc>) -> Result<Overlaps> {
    // Reckoned before the join: row-level security keeps an index from being searched by what is reckoned in it.
    const FOUND: &str = "\
WITH k AS MATERIALIZED (
  SELECT tenant_id, staff_id, starts_at, ends_at, starts_at - interval '24 hours' AS since FROM busy_blocks
  WHERE tenant_id = $1 AND private_event_id = ANY($2) AND ends_at > $3)
SELECT b.public_code AS code, min(b.starts_at) AS at FROM k
JOIN allocations a ON a.tenant_id = k.tenant_id AND a.resource_id = k.staff_id AND a.released_at IS NULL
  AND a.starts_at > k.since AND a.starts_at < k.ends_at AND a.ends_at > k.starts_at
JOIN bookings b ON b.tenant_id = a.tenant_id AND b.id = a.owner_id AND b.starts_at < k.ends_at AND b.ends_at > k.starts_at
GROUP BY b.public_code ORDER BY at, code LIMIT $4";
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        code: String,
    }
    let query = diesel::sql_query(FOUND)
        .bind::<SqlUuid, _>(tx.tenant())
        .bind::<diesel::sql_types::Array<SqlUuid>, _>(events)
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(1_000);
    let found: Vec<Found> = cached(query).load(&mut tx.conn()).await?;
    let count = found.len();
    Ok(Overlaps { count, codes: found.into_iter().take(NAMED).map(|found| found.code).collect() })
}

/// Staff members with events that have occurrences beyond what is written out, up to then; after one of them, in the order
/// of their ids.
pub async fn to_extend(tx: &TenantTx, now: DateTime<Utc>, after: Option<StaffId>) -> Result<Option<StaffId>> {
    let mut query = private_events::table
        .filter(private_events::tenant_id.eq(tx.tenant()))
        .filter(private_events::unfolded_until.lt(around(now).end))
        .order(private_events::staff_id)
        .select(private_events::staff_id)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(private_events::staff_id.gt(after));
    }
    Ok(query.first(&mut tx.conn()).await.optional()?)
}

/// Writes out what has come within reach of a staff member's series. One that has no more within reach is looked at again
/// when it has. Returns how many blocks there are more.
pub async fn extend(tx: &TenantTx, staff_id: StaffId, now: DateTime<Utc>) -> Result<usize> {
    raise_schedules(tx, &[staff_id]).await?;
    let until = around(now).end;
    let events: Vec<PrivateEvent> = private_events::table
        .filter(private_events::tenant_id.eq(tx.tenant()))
        .filter(private_events::staff_id.eq(staff_id))
        .filter(private_events::unfolded_until.lt(until))
        .order(private_events::id)
        .select(PrivateEvent::as_select())
        .load(&mut tx.conn())
        .await?;
    let mut all = Vec::new();
    for event in &events {
        let since = event.unfolded_until.unwrap_or(until);
        all.extend(of_event(event, Interval::new(since, until), now)?);
    }
    insert(tx, &all).await?;
    let ids: Vec<PrivateEventId> = events.iter().map(|event| event.id).collect();
    diesel::update(
        private_events::table
            .filter(private_events::tenant_id.eq(tx.tenant()))
            .filter(private_events::id.eq_any(ids)),
    )
    .set(private_events::unfolded_until.eq(until))
    .execute(&mut tx.conn())
    .await?;
    Ok(all.len())
}
