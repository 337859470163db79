//! How much of a plan's limits is used.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl;
use diesel_async::RunQueryDsl;
use domain::plan::{self, Limit, Plan};
use jobs::Job;

use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::schema::usage;

/// Counts one more and answers the count. Refuses the one over the limit, whatever races: the row is the lock, so take
/// it last. Where a warning is due, it is enqueued.
pub async fn raise(
    tx: &TenantTx,
    plan: Plan,
    limit: Limit,
    period_start: NaiveDate,
    now: DateTime<Utc>,
) -> Result<i64> {
    let allowance = plan.allowance(limit);
    // The condition below guards what is counted already, not the first.
    if allowance == Some(0) {
        return Err(plan.reached(limit, 0).into());
    }
    let counted = diesel::insert_into(usage::table)
        .values((
            usage::tenant_id.eq(tx.tenant().0),
            usage::limit.eq(limit),
            usage::period_start.eq(period_start),
            usage::used.eq(1),
        ))
        .on_conflict((usage::tenant_id, usage::limit, usage::period_start))
        .do_update()
        .set(usage::used.eq(usage::used + 1));
    let within = FilterDsl::filter(counted, usage::used.lt(allowance.unwrap_or(i64::MAX)));
    let raised: Option<i64> =
        cached(within.returning(usage::used)).get_result(&mut tx.conn()).await.optional()?;
    let max = allowance.unwrap_or(i64::MAX);
    let used = raised.ok_or_else(|| plan.reached(limit, max))?;
    if let Some(percent) = plan::warning_at(max, used) {
        tx.enqueue(&[Job::SendLimitWarning { limit, period_start, percent }], now).await?;
    }
    Ok(used)
}

/// Counts `more` of what goes on over the limit, and is paid for then. Where a warning is due, it is enqueued.
pub async fn meter(
    tx: &TenantTx,
    plan: Plan,
    limit: Limit,
    period_start: NaiveDate,
    more: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let used: i64 = diesel::insert_into(usage::table)
        .values((
            usage::tenant_id.eq(tx.tenant().0),
            usage::limit.eq(limit),
            usage::period_start.eq(period_start),
            usage::used.eq(more),
        ))
        .on_conflict((usage::tenant_id, usage::limit, usage::period_start))
        .do_update()
        .set(usage::used.eq(usage::used + more))
        .returning(usage::used)
        .get_result(&mut tx.conn())
        .await?;
    if let Some(max) = plan.allowance(limit)
        && let Some(percent) = plan::warning_between(max, used - more, used)
    {
        tx.enqueue(&[Job::SendLimitWarning { limit, period_start, percent }], now).await?;
    }
    Ok(())
}

/// Counts one less of a period: what was counted came to nothing.
pub async fn give_back(tx: &TenantTx, limit: Limit, period_start: NaiveDate) -> Result<()> {
    let counted = usage::table.find((tx.tenant().0, limit, period_start));
    diesel::update(FilterDsl::filter(counted, usage::used.gt(0)))
        .set(usage::used.eq(usage::used - 1))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Counts `more` of what is counted for good, such as bytes kept, or less when it is negative. Refuses what the plan has
/// no room for, whatever races: the row is the lock, so take it last. Less is never refused.
pub async fn change(tx: &TenantTx, plan: Plan, limit: Limit, more: i64) -> Result<()> {
    let max = plan.allowance(limit).unwrap_or(i64::MAX);
    let period_start = plan::for_good();
    if more > max {
        return Err(plan.does_not_fit(limit, max, used(tx, limit, period_start).await?).into());
    }
    let counted = diesel::insert_into(usage::table)
        .values((
            usage::tenant_id.eq(tx.tenant().0),
            usage::limit.eq(limit),
            usage::period_start.eq(period_start),
            usage::used.eq(more.max(0)),
        ))
        .on_conflict((usage::tenant_id, usage::limit, usage::period_start))
        .do_update()
        .set(usage::used.eq(usage::used + more));
    // Of who has too much already, because their plan got smaller, only more is refused.
    let most_before = if more > 0 { max - more } else { i64::MAX };
    let within = FilterDsl::filter(counted, usage::used.le(most_before));
    if within.execute(&mut tx.conn()).await? == 0 {
        return Err(plan.does_not_fit(limit, max, used(tx, limit, period_start).await?).into());
    }
    Ok(())
}

/// What is used in the period that began on `period_start`, and of what is counted for good.
pub async fn list(tx: &TenantTx, period_start: NaiveDate) -> Result<Vec<(Limit, i64)>> {
    Ok(QueryDsl::filter(
        usage::table,
        usage::tenant_id.eq(tx.tenant().0).and(usage::period_start.eq_any([period_start, plan::for_good()])),
    )
    .select((usage::limit, usage::used))
    .load(&mut tx.conn())
    .await?)
}

/// Used of one limit in one period; nothing counted is 0.
pub async fn used(tx: &TenantTx, limit: Limit, period_start: NaiveDate) -> Result<i64> {
    let used = usage::table
        .find((tx.tenant().0, limit, period_start))
        .select(usage::used)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(used.unwrap_or(0))
}
