//! Tenants as operators find them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::id::TenantId;
use domain::plan::{Limit, Plan};
use domain::rejection::Code;

use super::bound;
use crate::SystemTx;
use crate::cached::cached;
use crate::error::Result;
use crate::schema::usage;

/// Which tenants to show: all that fit all of it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of the name, or the beginning of the address.
    pub words: String,
    pub plan: Option<Plan>,
    pub is_suspended: Option<bool>,
    pub after: Option<(DateTime<Utc>, TenantId)>,
}

#[derive(Clone, Debug, QueryableByName)]
pub struct Row {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub id: TenantId,
    #[diesel(sql_type = Text)]
    pub slug: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub plan: Plan,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub suspended_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub suspended_reason: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub members: i64,
    /// Counted in the newest month that anything was.
    #[diesel(sql_type = BigInt)]
    pub bookings: i64,
}

const LIST: &str = "\
SELECT t.tenant_id AS id, t.slug, t.name, t.plan, t.created_at, a.suspended_at, a.suspended_reason,
  (SELECT count(*) FROM memberships m WHERE m.tenant_id = t.tenant_id) AS members,
  coalesce((SELECT u.used FROM usage u WHERE u.tenant_id = t.tenant_id AND u.\"limit\" = 'bookings_per_month'
    ORDER BY u.period_start DESC LIMIT 1), 0) AS bookings
FROM tenants t LEFT JOIN tenant_access a ON a.tenant_id = t.tenant_id
WHERE ($1 = '' OR position(lower($1) IN lower(t.name)) > 0 OR starts_with(t.slug, lower($1)))
  AND ($2 IS NULL OR t.plan = $2) AND ($3 IS NULL OR (a.suspended_at IS NOT NULL) = $3)
  AND ($6 IS NULL OR t.tenant_id = $6)
  AND ($4 IS NULL OR (t.created_at, t.tenant_id) < ($4, $5))
ORDER BY t.created_at DESC, t.tenant_id DESC LIMIT $7";

/// The newest first.
pub async fn list(tx: &SystemTx, filter: &Filter, limit: i64) -> Result<Vec<Row>> {
    select(tx, filter, None, limit).await
}

/// One of them, and what it uses of its plan's limits in their newest periods.
pub async fn find(tx: &SystemTx, id: TenantId) -> Result<(Row, Vec<(Limit, NaiveDate, i64)>)> {
    let row = select(tx, &Filter::default(), Some(id), 1).await?.into_iter().next().ok_or(Code::NotFound)?;
    let used: Vec<(Limit, NaiveDate, i64)> = usage::table
        .filter(usage::tenant_id.eq(id.0))
        .distinct_on(usage::limit)
        .order((usage::limit, usage::period_start.desc()))
        .select((usage::limit, usage::period_start, usage::used))
        .load(&mut tx.conn())
        .await?;
    Ok((row, used))
}

async fn select(tx: &SystemTx, filter: &Filter, id: Option<TenantId>, limit: i64) -> Result<Vec<Row>> {
    bound(tx).await?;
    let (at, last) = filter.after.unzip();
    let query = diesel::sql_query(LIST)
        .bind::<Text, _>(filter.words.clone())
        .bind::<Nullable<Text>, _>(filter.plan)
        .bind::<Nullable<Bool>, _>(filter.is_suspended)
        .bind::<Nullable<Timestamptz>, _>(at)
        .bind::<Nullable<diesel::sql_types::Uuid>, _>(last)
        .bind::<Nullable<diesel::sql_types::Uuid>, _>(id)
        .bind::<BigInt, _>(limit);
    Ok(cached(query).load(&mut tx.conn()).await?)
}
