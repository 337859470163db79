//! Closures and one-off openings: of the tenant, or of one staff member.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, SmallInt};
use diesel_async::RunQueryDsl;
use domain::hours::{MinuteRange, Owner};
use domain::id::{ClosureId, OpeningId, StaffId, TenantId, UserId};
use domain::rejection::{Code, Fields};
use serde::Serialize;

use super::{minute, raise, stored};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::schema::{closures, openings};
use crate::waitlist;

/// Most closures, and most openings, of a tenant that are not over.
const MOST_DATES: usize = 2_000;

/// Whole local dates off.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = closures, treat_none_as_default_value = false)]
pub struct Closure {
    pub tenant_id: TenantId,
    pub id: ClosureId,
    /// None: everybody.
    pub staff_id: Option<StaffId>,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

/// One-off hours of one date.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = openings, treat_none_as_default_value = false)]
pub struct Opening {
    pub tenant_id: TenantId,
    pub id: OpeningId,
    /// None: the tenant's own date.
    pub staff_id: Option<StaffId>,
    pub date: NaiveDate,
    pub start_minute: i16,
    pub end_minute: i16,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

impl Opening {
    pub fn range(&self) -> Result<MinuteRange> {
        stored(MinuteRange::new(self.start_minute, self.end_minute))
    }
}

/// A closure or a one-off opening, as the engine wants it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exception {
    /// None: the tenant's own.
    pub(crate) owner: Option<StaffId>,
    pub(crate) starts_on: NaiveDate,
    pub(crate) ends_on: NaiveDate,
    /// None: closed.
    pub(crate) hours: Option<MinuteRange>,
}

impl Exception {
    pub(crate) fn opening(&self) -> Option<(NaiveDate, MinuteRange)> {
        Some((self.starts_on, self.hours?))
    }
}

/// Closures and openings that concern dates from `from` to `to`, both included.
pub(crate) async fn exceptions(tx: &TenantTx, from: NaiveDate, to: NaiveDate) -> Result<Vec<Exception>> {
    type Row = (Option<StaffId>, NaiveDate, NaiveDate, Option<i16>, Option<i16>);
    let no_minute = || None::<i16>.into_sql::<Nullable<SmallInt>>();
    let closures = closures::table
        .filter(closures::tenant_id.eq(tx.tenant()))
        .filter(closures::ends_on.ge(from))
        .filter(closures::starts_on.le(to))
        .select((closures::staff_id, closures::starts_on, closures::ends_on, no_minute(), no_minute()));
    let openings = openings::table
        .filter(openings::tenant_id.eq(tx.tenant()))
        .filter(openings::date.between(from, to))
        .select((
            openings::staff_id,
            openings::date,
            openings::date,
            openings::start_minute.nullable(),
            openings::end_minute.nullable(),
        ));
    let rows: Vec<Row> = closures.union_all(openings).load(&mut tx.conn()).await?;
    rows.into_iter()
        .map(|(owner, starts_on, ends_on, start, end)| {
            let range = start.zip(end).map(|(start, end)| stored(MinuteRange::new(start, end)));
            Ok(Exception { owner, starts_on, ends_on, hours: range.transpose()? })
        })
        .collect()
}

/// Closures that end on `from` or later.
pub async fn closures(tx: &TenantTx, from: NaiveDate) -> Result<Vec<Closure>> {
    Ok(closures::table
        .filter(closures::tenant_id.eq(tx.tenant()))
        .filter(closures::ends_on.ge(from))
        .order((closures::starts_on, closures::id))
        .select(Closure::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// Part of that list: at most `limit`, those `after` a first date and an id.
pub async fn page_of_closures(
    tx: &TenantTx,
    from: NaiveDate,
    after: Option<(NaiveDate, ClosureId)>,
    limit: i64,
) -> Result<Vec<Closure>> {
    let mut query = closures::table
        .filter(closures::tenant_id.eq(tx.tenant()))
        .filter(closures::ends_on.ge(from))
        .order((closures::starts_on, closures::id))
        .select(Closure::as_select())
        .limit(limit)
        .into_boxed();
    if let Some((starts_on, id)) = after {
        let further = closures::starts_on.eq(starts_on).and(closures::id.gt(id));
        query = query.filter(closures::starts_on.gt(starts_on).or(further));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// Closes dates: `staff_id`, `starts_on`, `ends_on` and `reason` as asked for.
pub async fn add_closure(
    tx: &TenantTx,
    staff_id: Option<StaffId>,
    (starts_on, ends_on): (NaiveDate, NaiveDate),
    reason: Option<&str>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Closure> {
    let mut fields = Fields::default();
    if ends_on < starts_on {
        fields.add("/ends_on", "OUT_OF_RANGE", "must not be before starts_on");
    } else if (ends_on - starts_on).num_days() > 730 {
        fields.add("/ends_on", "OUT_OF_RANGE", "must be at most 730 days after starts_on");
    }
    fields.year("/starts_on", starts_on);
    let reason = reason.and_then(|reason| fields.take("/reason", domain::text::lines(reason, 255)).flatten());
    fields.finish()?;
    raise(tx, Owner::of_staff(staff_id)).await?;
    if closures(tx, now.date_naive()).await?.len() >= MOST_DATES {
        return Err(Code::TooManyOfThese.into());
    }
    let closure = Closure {
        tenant_id: tx.tenant(),
        id: ClosureId::mint(now),
        staff_id,
        starts_on,
        ends_on,
        reason,
        created_at: now,
        created_by: by.user(),
    };
    diesel::insert_into(closures::table).values(&closure).execute(&mut tx.conn()).await?;
    let change: Change<'_, (), _> =
        Change { action: "closure.create", subject: closure.id.0, before: None, after: Some(&closure) };
    audit::record(tx, by, change, now).await?;
    Ok(closure)
}

pub async fn remove_closure(tx: &TenantTx, id: ClosureId, by: &By, now: DateTime<Utc>) -> Result<()> {
    let closure: Closure =
        closures::table.find((tx.tenant(), id)).select(Closure::as_select()).first(&mut tx.conn()).await?;
    raise(tx, Owner::of_staff(closure.staff_id)).await?;
    diesel::delete(closures::table.find((tx.tenant(), id))).execute(&mut tx.conn()).await?;
    waitlist::freed_dates(tx, closure.starts_on, closure.ends_on, now).await?;
    let change: Change<'_, _, ()> =
        Change { action: "closure.remove", subject: id.0, before: Some(&closure), after: None };
    audit::record(tx, by, change, now).await
}

/// Openings on `from` or later.
pub async fn openings(tx: &TenantTx, from: NaiveDate) -> Result<Vec<Opening>> {
    Ok(openings::table
        .filter(openings::tenant_id.eq(tx.tenant()))
        .filter(openings::date.ge(from))
        .order((openings::date, openings::start_minute, openings::id))
        .select(Opening::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// Part of that list: at most `limit`, those `after` a date, a minute and an id.
pub async fn page_of_openings(
    tx: &TenantTx,
    from: NaiveDate,
    after: Option<(NaiveDate, i16, OpeningId)>,
    limit: i64,
) -> Result<Vec<Opening>> {
    let mut query = openings::table
        .filter(openings::tenant_id.eq(tx.tenant()))
        .filter(openings::date.ge(from))
        .order((openings::date, openings::start_minute, openings::id))
        .select(Opening::as_select())
        .limit(limit)
        .into_boxed();
    if let Some((date, minute, id)) = after {
        let same_start = openings::date.eq(date).and(openings::start_minute.eq(minute));
        let later = openings::date.eq(date).and(openings::start_minute.gt(minute));
        let further = later.or(same_start.and(openings::id.gt(id)));
        query = query.filter(openings::date.gt(date).or(further));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

pub async fn add_opening(
    tx: &TenantTx,
    staff_id: Option<StaffId>,
    date: NaiveDate,
    range: MinuteRange,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Opening> {
    let mut fields = Fields::default();
    fields.year("/date", date);
    fields.finish()?;
    raise(tx, Owner::of_staff(staff_id)).await?;
    if openings(tx, now.date_naive()).await?.len() >= MOST_DATES {
        return Err(Code::TooManyOfThese.into());
    }
    let opening = Opening {
        tenant_id: tx.tenant(),
        id: OpeningId::mint(now),
        staff_id,
        date,
        start_minute: minute(range.start().minute()),
        end_minute: minute(range.end().minute()),
        created_at: now,
        created_by: by.user(),
    };
    diesel::insert_into(openings::table).values(&opening).execute(&mut tx.conn()).await?;
    waitlist::freed_dates(tx, date, date, now).await?;
    let change: Change<'_, (), _> =
        Change { action: "opening.create", subject: opening.id.0, before: None, after: Some(&opening) };
    audit::record(tx, by, change, now).await?;
    Ok(opening)
}

pub async fn remove_opening(tx: &TenantTx, id: OpeningId, by: &By, now: DateTime<Utc>) -> Result<()> {
    let opening: Opening =
        openings::table.find((tx.tenant(), id)).select(Opening::as_select()).first(&mut tx.conn()).await?;
    raise(tx, Owner::of_staff(opening.staff_id)).await?;
    diesel::delete(openings::table.find((tx.tenant(), id))).execute(&mut tx.conn()).await?;
    let change: Change<'_, _, ()> =
        Change { action: "opening.remove", subject: id.0, before: Some(&opening), after: None };
    audit::record(tx, by, change, now).await
}
