//! Weekly hours and pauses, closures, one-off openings: of the tenant, or of one staff member.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::hours::{MinuteRange, Weekday, WeeklyRange};
use domain::id::{ClosureId, OpeningId, RuleId, StaffId, TenantId, UserId};
use domain::rejection::{Code, Fields, Rejection};
use serde::Serialize;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::{Error, Result};
use crate::schema::{break_rules, closures, opening_rules, openings, staff};
use crate::staff::{raise_all_schedules, raise_schedule};

/// Most closures, and most openings, of a tenant that are not over.
const MOST_DATES: usize = 2_000;

/// Most weekly ranges one owner can have.
const MAX_RULES: usize = 7 * 12;

/// Rules of the tenant (no staff member) and of its staff, as the engine wants them.
pub type Rules = Vec<(Option<StaffId>, WeeklyRange)>;

/// `opening_rules` and `break_rules` have the same columns and the same verbs.
macro_rules! weekly_rules {
    ($module:ident, $table:ident, $action:literal, $doc:literal) => {
        #[doc = $doc]
        pub mod $module {
            use super::*;

            /// Every rule of the tenant and its staff.
            pub(crate) async fn all(tx: &TenantTx) -> Result<Rules> {
                let rows: Vec<(Option<StaffId>, i16, i16, i16)> = $table::table
                    .filter($table::tenant_id.eq(tx.tenant()))
                    .select(($table::staff_id, $table::weekday, $table::start_minute, $table::end_minute))
                    .load(&mut tx.conn())
                    .await?;
                rows.into_iter()
                    .map(|(owner, day, start, end)| Ok((owner, weekly(day, start, end)?)))
                    .collect()
            }

            /// The rules of one owner, by weekday and start. A staff member who is not there is no owner.
            pub async fn list(tx: &TenantTx, owner: Option<StaffId>) -> Result<Vec<WeeklyRange>> {
                check_owner(tx, owner).await?;
                of(tx, owner).await
            }

            async fn of(tx: &TenantTx, owner: Option<StaffId>) -> Result<Vec<WeeklyRange>> {
                let rows: Vec<(i16, i16, i16)> = $table::table
                    .filter($table::tenant_id.eq(tx.tenant()))
                    .filter($table::staff_id.is_not_distinct_from(owner))
                    .order(($table::weekday, $table::start_minute))
                    .select(($table::weekday, $table::start_minute, $table::end_minute))
                    .load(&mut tx.conn())
                    .await?;
                rows.into_iter().map(|(day, start, end)| weekly(day, start, end)).collect()
            }

            /// Replaces all rules of one owner. A staff member without any inherits the tenant's.
            pub async fn replace(
                tx: &TenantTx,
                owner: Option<StaffId>,
                rules: Vec<WeeklyRange>,
                by: &By,
                now: DateTime<Utc>,
            ) -> Result<Vec<WeeklyRange>> {
                check_rules(&rules)?;
                raise(tx, owner).await?;
                let before = of(tx, owner).await?;
                diesel::delete(
                    $table::table
                        .filter($table::tenant_id.eq(tx.tenant()))
                        .filter($table::staff_id.is_not_distinct_from(owner)),
                )
                .execute(&mut tx.conn())
                .await?;
                let rows: Vec<_> = rules
                    .iter()
                    .map(|rule| {
                        (
                            $table::tenant_id.eq(tx.tenant()),
                            $table::id.eq(RuleId::mint(now)),
                            $table::staff_id.eq(owner),
                            $table::weekday.eq(i16::from(rule.weekday.number())),
                            $table::start_minute.eq(minute(rule.range.start().minute())),
                            $table::end_minute.eq(minute(rule.range.end().minute())),
                            $table::created_at.eq(now),
                            $table::created_by.eq(by.user()),
                        )
                    })
                    .collect();
                diesel::insert_into($table::table).values(rows).execute(&mut tx.conn()).await?;
                let subject = owner.map_or(tx.tenant().0, |member| member.0);
                let change = Change { action: $action, subject, before: Some(&before), after: Some(&rules) };
                audit::record(tx, by, change, now).await?;
                of(tx, owner).await
            }
        }
    };
}

weekly_rules!(opening, opening_rules, "opening_rules.replace", "When the week is open.");
weekly_rules!(pause, break_rules, "break_rules.replace", "When the week pauses.");

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
    raise(tx, staff_id).await?;
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
    raise(tx, closure.staff_id).await?;
    diesel::delete(closures::table.find((tx.tenant(), id))).execute(&mut tx.conn()).await?;
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
    raise(tx, staff_id).await?;
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
    let change: Change<'_, (), _> =
        Change { action: "opening.create", subject: opening.id.0, before: None, after: Some(&opening) };
    audit::record(tx, by, change, now).await?;
    Ok(opening)
}

pub async fn remove_opening(tx: &TenantTx, id: OpeningId, by: &By, now: DateTime<Utc>) -> Result<()> {
    let opening: Opening =
        openings::table.find((tx.tenant(), id)).select(Opening::as_select()).first(&mut tx.conn()).await?;
    raise(tx, opening.staff_id).await?;
    diesel::delete(openings::table.find((tx.tenant(), id))).execute(&mut tx.conn()).await?;
    let change: Change<'_, _, ()> =
        Change { action: "opening.remove", subject: id.0, before: Some(&opening), after: None };
    audit::record(tx, by, change, now).await
}

/// Takes the lock on whose availability changes: one staff member's, or everybody's.
async fn raise(tx: &TenantTx, owner: Option<StaffId>) -> Result<()> {
    check_owner(tx, owner).await?;
    match owner {
        Some(id) => raise_schedule(tx, id).await.map(|_version| ()),
        None => raise_all_schedules(tx).await,
    }
}

/// Refuses a staff member who is not there, or no longer.
async fn check_owner(tx: &TenantTx, owner: Option<StaffId>) -> Result<()> {
    let Some(id) = owner else { return Ok(()) };
    let known: Option<StaffId> = staff::table
        .find((tx.tenant(), id))
        .filter(staff::archived_at.is_null())
        .select(staff::id)
        .first(&mut tx.conn())
        .await
        .optional()?;
    if known.is_some() { Ok(()) } else { Err(Code::NotFound.into()) }
}

fn check_rules(rules: &[WeeklyRange]) -> Result<()> {
    if rules.len() > MAX_RULES {
        let detail = format!("must have at most {MAX_RULES} items");
        return Err(Rejection::invalid("/rules", "TOO_LONG", detail).into());
    }
    Ok(())
}

fn weekly(day: i16, start: i16, end: i16) -> Result<WeeklyRange> {
    Ok(WeeklyRange { weekday: stored(Weekday::new(day))?, range: stored(MinuteRange::new(start, end))? })
}

/// What the table's own checks let in.
fn stored<T, E: std::error::Error + Send + Sync + 'static>(result: std::result::Result<T, E>) -> Result<T> {
    result.map_err(|error| Error::Database(diesel::result::Error::DeserializationError(Box::new(error))))
}

fn minute(minute: u16) -> i16 {
    i16::try_from(minute).unwrap_or(i16::MAX)
}
