//! A month at a glance: how many come on each date, and the first of them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use domain::booking::Status;
use domain::id::{BookingId, ServiceId, StaffId};
use domain::wall_clock::{self, Interval};
use futures_util::join;

use super::MOST;
use crate::TenantTx;
use crate::availability;
use crate::cached::cached;
use crate::error::Result;
use crate::explain::explain;
use crate::private_events::{Busy, BusyFilter, busy};

/// Some dates of the tenant, in order.
#[derive(Debug)]
pub struct Month {
    pub currency: String,
    pub days: Vec<MonthDay>,
}

#[derive(Debug)]
pub struct MonthDay {
    pub date: NaiveDate,
    /// Minutes for which anybody works, all together.
    pub minutes: i64,
    /// Those who come: bookings, and group sessions as one.
    pub total: i64,
    /// What the bookings are paid that are earned, in minor units.
    pub price_cents: i64,
    /// That wait for an answer.
    pub pending: i64,
    /// The first of them, by start.
    pub first: Vec<Entry>,
    /// What somebody does besides.
    pub busy: Vec<Busy>,
}

/// One line of a date.
#[derive(Debug, QueryableByName)]
pub struct Entry {
    #[diesel(sql_type = Uuid)]
    pub id: BookingId,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub contact_name: String,
    #[diesel(sql_type = Text)]
    pub status: Status,
    #[diesel(sql_type = Uuid)]
    pub service_id: ServiceId,
    #[diesel(sql_type = Text)]
    pub service_name: String,
    #[diesel(sql_type = Bool)]
    pub is_group: bool,
    #[diesel(sql_type = Date)]
    day: NaiveDate,
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = BigInt)]
    price_cents: i64,
    #[diesel(sql_type = BigInt)]
    pending: i64,
}

const ENTRIES: &str = "WITH shown AS (
      SELECT b.id, b.starts_at, b.contact_name, b.status, b.service_id, b.service_name,
        b.group_session_id IS NOT NULL AS is_group, (b.starts_at AT TIME ZONE $4)::date AS day,
        row_number() OVER (PARTITION BY COALESCE(b.group_session_id, b.id) ORDER BY b.id) AS seat,
        b.price_cents
      FROM bookings b
      WHERE b.tenant_id = $1 AND b.starts_at >= $2 AND b.starts_at < $3 AND b.status = ANY($5)
        AND ($7 IS NULL OR b.staff_id = $7 OR b.assigned ->> 'how' = 'everybody' AND EXISTS (
          SELECT FROM allocations a WHERE a.tenant_id = $1
            AND a.owner_id = COALESCE(b.group_session_id, b.id) AND a.resource_id = $7
            AND a.released_at IS NULL))
    ), counted AS (
      SELECT *, row_number() OVER (PARTITION BY day ORDER BY seat > 1, starts_at, id) AS place,
        count(*) FILTER (WHERE seat = 1) OVER of_day AS total,
        COALESCE(sum(price_cents) FILTER (WHERE status = ANY($6)) OVER of_day, 0)::bigint AS price,
        count(*) FILTER (WHERE status = 'pending') OVER of_day AS pending
      FROM shown WINDOW of_day AS (PARTITION BY day)
    )
    SELECT id, starts_at, contact_name, status, service_id, service_name, is_group, day, total,
      price AS price_cents, pending
    FROM counted WHERE seat = 1 AND place <= $8 ORDER BY day, place";

/// What is asked, with its binds.
macro_rules! entries {
    ($query:expr, $tx:expr, $whole:expr, $only:expr, $timezone:expr, $first:expr) => {
        $query
            .bind::<Uuid, _>($tx.tenant())
            .bind::<Timestamptz, _>($whole.start)
            .bind::<Timestamptz, _>($whole.end)
            .bind::<Text, _>($timezone.name())
            .bind::<Array<Text>, _>(Status::STANDING.to_vec())
            .bind::<Array<Text>, _>(Status::earned().collect::<Vec<_>>())
            .bind::<Nullable<Uuid>, _>($only)
            .bind::<BigInt, _>($first)
    };
}

/// The dates from one to another, both included, with at most `first` entries each; of one staff member, or of all.
pub async fn month(
    tx: &TenantTx,
    (from, to): (NaiveDate, NaiveDate),
    only: Option<StaffId>,
    timezone: Tz,
    first: i64,
) -> Result<Month> {
    let whole = match (wall_clock::day(timezone, from), wall_clock::day(timezone, to)) {
        (Some(first), Some(last)) => Interval::new(first.start, last.end),
        _ => Interval::new(DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH),
    };
    let besides =
        BusyFilter { from: whole.start, to: Some(whole.end), staff_id: only, ..BusyFilter::default() };
    let entries = async {
        let query = entries!(diesel::sql_query(ENTRIES), tx, whole, only, timezone, first);
        Ok::<Vec<Entry>, crate::Error>(cached(query).load(&mut tx.conn()).await?)
    };
    let (team, entries, besides) =
        join!(availability::everybody(tx, (from, to)), entries, busy(tx, &besides, MOST));
    let ((terms, team), entries, besides) = (team?, entries?, besides?);
    let mut of_date: BTreeMap<NaiveDate, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        of_date.entry(entry.day).or_default().push(entry);
    }
    let shown = team.iter().filter(|member| only.is_none_or(|id| member.staff.id == id));
    let day = |date: NaiveDate| {
        let window = wall_clock::day(timezone, date).filter(|window| !window.is_empty())?;
        let first = of_date.remove(&date).unwrap_or_default();
        let working = shown.clone().flat_map(|member| member.working(window));
        let of_day = |one: &&Busy| Interval::new(one.occurs_from, one.occurs_until).meets(&window);
        Some(MonthDay {
            date,
            minutes: working.map(|range| (range.end - range.start).num_minutes()).sum(),
            total: first.as_slice().first().map_or(0, |entry| entry.total),
            price_cents: first.as_slice().first().map_or(0, |entry| entry.price_cents),
            pending: first.as_slice().first().map_or(0, |entry| entry.pending),
            busy: besides.iter().filter(of_day).cloned().collect(),
            first,
        })
    };
    let days = from.iter_days().take_while(|date| *date <= to).filter_map(day).collect();
    Ok(Month { currency: terms.currency, days })
}

/// PostgreSQL's plan for the entries.
#[doc(hidden)]
pub async fn explain_month(tx: &TenantTx, whole: Interval, timezone: Tz) -> Result<Vec<String>> {
    let only: Option<StaffId> = None;
    explain(tx, cached(entries!(diesel::sql_query(ENTRIES), tx, whole, only, timezone, 3_i64))).await
}
