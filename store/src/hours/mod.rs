//! The hours of each week: of the tenant, of a staff member, or of a service; from the beginning, or from a date on.

mod dates;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::hours::{Hours, MinuteRange, Owner, RuleKind, Weekday, WeeklyRange};
use domain::id::{RuleId, ServiceId, StaffId, TenantId};
use domain::rejection::{Code, Fields, Rejection};
use domain::setup::SetupStep;
use futures_util::join;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::{Error, Result};
use crate::schema::{services, staff, weekly_rules};
use crate::setup;
use crate::staff::{raise_all_schedules, raise_schedule};
use crate::waitlist;

pub use dates::{
    Closure, Opening, add_closure, add_opening, closures, openings, page_of_closures, page_of_openings,
    remove_closure, remove_opening,
};
pub(crate) use dates::{Exception, exceptions};

/// Most weekly ranges of one kind that a week can have.
const MAX_RULES: usize = 7 * 12;

/// Most weeks that one owner can have, each from another date on.
const MAX_WEEKS: usize = 50;

/// One week of somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekOf {
    pub owner: Owner,
    /// The date from which it holds. None: from the beginning.
    pub from: Option<NaiveDate>,
}

impl From<Owner> for WeekOf {
    fn from(owner: Owner) -> Self {
        Self { owner, from: None }
    }
}

/// A rule of the week, as the engine wants it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WeeklyRule {
    kind: RuleKind,
    week: WeekOf,
    range: WeeklyRange,
}

/// Every weekly rule of the tenant, its staff and its services.
pub(crate) async fn weekly_rules(tx: &TenantTx) -> Result<Vec<WeeklyRule>> {
    type Row = (RuleKind, Option<StaffId>, Option<ServiceId>, Option<NaiveDate>, i16, i16, i16);
    let rows: Vec<Row> = weekly_rules::table
        .filter(weekly_rules::tenant_id.eq(tx.tenant()))
        .select((
            weekly_rules::kind,
            weekly_rules::staff_id,
            weekly_rules::service_id,
            weekly_rules::effective_from,
            weekly_rules::weekday,
            weekly_rules::start_minute,
            weekly_rules::end_minute,
        ))
        .load(&mut tx.conn())
        .await?;
    rows.into_iter()
        .map(|(kind, member, service, from, day, start, end)| {
            let owner = match (member, service) {
                (Some(id), _) => Owner::Staff(id),
                (None, Some(id)) => Owner::Service(id),
                (None, None) => Owner::Tenant,
            };
            Ok(WeeklyRule { kind, week: WeekOf { owner, from }, range: weekly(day, start, end)? })
        })
        .collect()
}

/// Whether somebody has openings of their own, of whichever week.
pub(crate) fn has_own(rules: &[WeeklyRule], owner: Owner) -> bool {
    rules.iter().any(|rule| rule.week.owner == owner && rule.kind == RuleKind::Opening)
}

/// The breaks of an owner's first week.
pub(crate) fn breaks(rules: &[WeeklyRule], owner: Owner) -> Vec<WeeklyRange> {
    ranges(rules, owner.into(), RuleKind::Break)
}

/// An owner's hours, all weeks of them, with breaks that hold in each.
pub(crate) fn hours(
    timezone: Tz,
    rules: &[WeeklyRule],
    owner: Owner,
    pauses: &[WeeklyRange],
    openings: Vec<(NaiveDate, MinuteRange)>,
) -> Hours {
    let week = |from: Option<NaiveDate>| {
        let week = WeekOf { owner, from };
        let breaks = [&ranges(rules, week, RuleKind::Break), pauses].concat();
        (ranges(rules, week, RuleKind::Opening), breaks)
    };
    let own = rules.iter().filter(|rule| rule.week.owner == owner && rule.kind == RuleKind::Opening);
    let dates: BTreeSet<NaiveDate> = own.filter_map(|rule| rule.week.from).collect();
    let (first, breaks) = week(None);
    dates.into_iter().fold(Hours::new(timezone, first, breaks, openings), |hours, date| {
        let (rules, breaks) = week(Some(date));
        hours.with_week_from(date, rules, breaks)
    })
}

fn ranges(rules: &[WeeklyRule], week: WeekOf, kind: RuleKind) -> Vec<WeeklyRange> {
    rules.iter().filter(|rule| rule.week == week && rule.kind == kind).map(|rule| rule.range).collect()
}

/// The rules of one kind of a week, by weekday and start. An owner who is not there has none to show.
pub async fn rules(tx: &TenantTx, kind: RuleKind, week: WeekOf) -> Result<Vec<WeeklyRange>> {
    check_owner(tx, week.owner).await?;
    list_rules(tx, kind, week).await
}

async fn list_rules(tx: &TenantTx, kind: RuleKind, week: WeekOf) -> Result<Vec<WeeklyRange>> {
    let rows: Vec<(i16, i16, i16)> = rules_of(tx, kind, week)
        .order((weekly_rules::weekday, weekly_rules::start_minute))
        .select((weekly_rules::weekday, weekly_rules::start_minute, weekly_rules::end_minute))
        .load(&mut tx.conn())
        .await?;
    rows.into_iter().map(|(day, start, end)| weekly(day, start, end)).collect()
}

/// The openings and the breaks of a week.
pub async fn week(tx: &TenantTx, week: WeekOf) -> Result<(Vec<WeeklyRange>, Vec<WeeklyRange>)> {
    check_owner(tx, week.owner).await?;
    let (openings, breaks) =
        join!(list_rules(tx, RuleKind::Opening, week), list_rules(tx, RuleKind::Break, week));
    Ok((openings?, breaks?))
}

/// The openings and the breaks that an owner has on a date, closures and one-off openings aside: a staff member without
/// hours of their own has the tenant's, and a service without any has none.
pub async fn week_on(
    tx: &TenantTx,
    owner: Owner,
    date: NaiveDate,
) -> Result<(Vec<WeeklyRange>, Vec<WeeklyRange>)> {
    let own = in_force(tx, owner, date).await?;
    let own_week = week(tx, own).await?;
    match owner {
        Owner::Staff(_) if own_week.0.is_empty() && own.from.is_none() => {
            week(tx, in_force(tx, Owner::Tenant, date).await?).await
        }
        _ => Ok(own_week),
    }
}

/// Which of an owner's weeks holds on a date.
async fn in_force(tx: &TenantTx, owner: Owner, date: NaiveDate) -> Result<WeekOf> {
    let from = week_dates(tx, owner).await?.into_iter().rfind(|from| *from <= date);
    Ok(WeekOf { owner, from })
}

/// The dates from which another week of the owner holds, in order.
pub async fn week_dates(tx: &TenantTx, owner: Owner) -> Result<Vec<NaiveDate>> {
    let dates: Vec<Option<NaiveDate>> = weekly_rules::table
        .filter(weekly_rules::tenant_id.eq(tx.tenant()))
        .filter(weekly_rules::kind.eq(RuleKind::Opening))
        .filter(weekly_rules::staff_id.is_not_distinct_from(owner.staff_id()))
        .filter(weekly_rules::service_id.is_not_distinct_from(owner.service_id()))
        .filter(weekly_rules::effective_from.is_not_null())
        .order(weekly_rules::effective_from)
        .select(weekly_rules::effective_from)
        .distinct()
        .load(&mut tx.conn())
        .await?;
    Ok(dates.into_iter().flatten().collect())
}

/// Replaces the openings and the breaks of a week, as long as what is there satisfies `is_known`: else somebody else has
/// replaced it meanwhile, and [`Code::VersionMismatch`] says so.
pub async fn replace_week(
    tx: &TenantTx,
    of: WeekOf,
    (openings, breaks): (Vec<WeeklyRange>, Vec<WeeklyRange>),
    is_known: impl FnOnce(&[WeeklyRange], &[WeeklyRange]) -> bool,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    check_rules(of, &openings)?;
    check_rules(of, &breaks)?;
    // Whoever saves at the same time waits here, and then sees what was saved.
    raise(tx, of.owner).await?;
    let there = week(tx, of).await?;
    if !is_known(&there.0, &there.1) {
        return Err(Code::VersionMismatch.into());
    }
    replace(tx, RuleKind::Opening, of, openings, by, now).await?;
    replace(tx, RuleKind::Break, of, breaks, by, now).await
}

/// Replaces all rules of one kind of a week. A staff member without any opening has the tenant's week, a service without
/// any is offered at all times; who gets a week from a date on keeps until then what they had. Without openings a week
/// from a date on is none.
pub async fn replace_rules(
    tx: &TenantTx,
    kind: RuleKind,
    week: WeekOf,
    ranges: Vec<WeeklyRange>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Vec<WeeklyRange>> {
    check_rules(week, &ranges)?;
    raise(tx, week.owner).await?;
    replace(tx, kind, week, ranges, by, now).await?;
    list_rules(tx, kind, week).await
}

async fn replace(
    tx: &TenantTx,
    kind: RuleKind,
    week: WeekOf,
    ranges: Vec<WeeklyRange>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let before = list_rules(tx, kind, week).await?;
    if kind == RuleKind::Opening && week.from.is_some() && !ranges.is_empty() {
        let dates = week_dates(tx, week.owner).await?;
        if dates.len() >= MAX_WEEKS && before.is_empty() {
            return Err(Code::TooManyOfThese.into());
        }
        if dates.is_empty() {
            keep_until_then(tx, week, by, now).await?;
        }
    }
    diesel::delete(rules_of(tx, kind, week)).execute(&mut tx.conn()).await?;
    if kind == RuleKind::Opening && week.from.is_some() && ranges.is_empty() {
        // A week that is none has no breaks either.
        diesel::delete(rules_of(tx, RuleKind::Break, week)).execute(&mut tx.conn()).await?;
    }
    insert(tx, kind, week, &ranges, by, now).await?;
    waitlist::freed_by_hours(tx, now).await?;
    if kind == RuleKind::Opening && week.owner.service_id().is_none() {
        setup::mark(tx, SetupStep::Hours, now).await?;
    }
    let action = match kind {
        RuleKind::Opening => "opening_rules.replace",
        RuleKind::Break => "break_rules.replace",
    };
    let subject = week.owner.id().unwrap_or(tx.tenant().0);
    let change = Change { action, subject, before: Some(&before), after: Some(&ranges) };
    audit::record(tx, by, change, now).await
}

/// Writes down what an owner without hours of their own has until `week` begins: of a staff member, the tenant's weeks.
async fn keep_until_then(tx: &TenantTx, week: WeekOf, by: &By, now: DateTime<Utc>) -> Result<()> {
    let owner = week.owner;
    match owner {
        Owner::Tenant => Ok(()),
        _ if !list_rules(tx, RuleKind::Opening, owner.into()).await?.is_empty() => Ok(()),
        Owner::Service(_) => {
            let day = stored(MinuteRange::new(0, 1_440))?;
            let kept: Vec<_> = Weekday::all().map(|weekday| WeeklyRange { weekday, range: day }).collect();
            insert(tx, RuleKind::Opening, owner.into(), &kept, by, now).await
        }
        Owner::Staff(_) => {
            let later = week_dates(tx, Owner::Tenant).await?.into_iter().map(Some);
            for from in std::iter::once(None).chain(later.filter(|date| *date < week.from)) {
                for kind in [RuleKind::Opening, RuleKind::Break] {
                    let kept = list_rules(tx, kind, WeekOf { owner: Owner::Tenant, from }).await?;
                    insert(tx, kind, WeekOf { owner, from }, &kept, by, now).await?;
                }
            }
            Ok(())
        }
    }
}

async fn insert(
    tx: &TenantTx,
    kind: RuleKind,
    week: WeekOf,
    ranges: &[WeeklyRange],
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<_> = ranges
        .iter()
        .map(|rule| {
            (
                weekly_rules::tenant_id.eq(tx.tenant()),
                weekly_rules::id.eq(RuleId::mint(now)),
                weekly_rules::kind.eq(kind),
                weekly_rules::staff_id.eq(week.owner.staff_id()),
                weekly_rules::service_id.eq(week.owner.service_id()),
                weekly_rules::effective_from.eq(week.from),
                weekly_rules::weekday.eq(i16::from(rule.weekday.number())),
                weekly_rules::start_minute.eq(minute(rule.range.start().minute())),
                weekly_rules::end_minute.eq(minute(rule.range.end().minute())),
                weekly_rules::created_at.eq(now),
                weekly_rules::created_by.eq(by.user()),
            )
        })
        .collect();
    diesel::insert_into(weekly_rules::table).values(rows).execute(&mut tx.conn()).await?;
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn rules_of(tx: &TenantTx, kind: RuleKind, week: WeekOf) -> _ {
    let tenant_id: TenantId = tx.tenant();
    let staff_id: Option<StaffId> = week.owner.staff_id();
    let service_id: Option<ServiceId> = week.owner.service_id();
    let from: Option<NaiveDate> = week.from;
    weekly_rules::table
        .filter(weekly_rules::tenant_id.eq(tenant_id))
        .filter(weekly_rules::kind.eq(kind))
        .filter(weekly_rules::staff_id.is_not_distinct_from(staff_id))
        .filter(weekly_rules::service_id.is_not_distinct_from(service_id))
        .filter(weekly_rules::effective_from.is_not_distinct_from(from))
}

/// Takes the lock on whose availability changes: one staff member's, or everybody's.
async fn raise(tx: &TenantTx, owner: Owner) -> Result<()> {
    check_owner(tx, owner).await?;
    match owner {
        Owner::Staff(id) => raise_schedule(tx, id).await.map(|_version| ()),
        Owner::Tenant | Owner::Service(_) => raise_all_schedules(tx).await,
    }
}

/// Refuses an owner who is not there, or no longer.
async fn check_owner(tx: &TenantTx, owner: Owner) -> Result<()> {
    let is_there = match owner {
        Owner::Tenant => true,
        Owner::Staff(id) => {
            let member = staff::table.find((tx.tenant(), id)).filter(staff::archived_at.is_null());
            diesel::select(diesel::dsl::exists(member)).get_result(&mut tx.conn()).await?
        }
        Owner::Service(id) => {
            let service = services::table.find((tx.tenant(), id)).filter(services::archived_at.is_null());
            diesel::select(diesel::dsl::exists(service)).get_result(&mut tx.conn()).await?
        }
    };
    if is_there { Ok(()) } else { Err(Code::NotFound.into()) }
}

fn check_rules(week: WeekOf, rules: &[WeeklyRange]) -> Result<()> {
    if rules.len() > MAX_RULES {
        let detail = format!("must have at most {MAX_RULES} items");
        return Err(Rejection::invalid("/rules", "TOO_LONG", detail).into());
    }
    let mut fields = Fields::default();
    if let Some(from) = week.from {
        fields.year("?effective_from", from);
    }
    Ok(fields.finish()?)
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
