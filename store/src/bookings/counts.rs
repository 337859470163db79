//! What a start page tells of bookings: how many wait, what a day comes to, which are next.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use domain::booking::Status;
use domain::id::TenantId;
use domain::wall_clock::Interval;

use super::list::list_standing;
use super::{Appointment, Filter};
use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::explain::explain;
use crate::schema::bookings;

/// Bookings that wait for an answer and are ahead.
pub async fn count_pending(tx: &TenantTx, now: DateTime<Utc>) -> Result<i64> {
    Ok(cached(pending(tx, now).select(count_star())).get_result(&mut tx.conn()).await?)
}

/// PostgreSQL's plan for that count.
#[doc(hidden)]
pub async fn explain_count_pending(tx: &TenantTx, now: DateTime<Utc>) -> Result<Vec<String>> {
    explain(tx, pending(tx, now).select(count_star())).await
}

#[diesel::dsl::auto_type(no_type_alias)]
fn pending(tx: &TenantTx, now: DateTime<Utc>) -> _ {
    let tenant_id: TenantId = tx.tenant();
    // Written out: were it bound, a plan that is kept could not know that the index holds all that is asked for.
    let is_pending: SqlLiteral<Bool> = sql("bookings.status = 'pending'");
    bookings::table
        .filter(bookings::tenant_id.eq(tenant_id))
        .filter(is_pending)
        .filter(bookings::starts_at.gt(now))
}

/// What some bookings come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Figures {
    /// How many there are, without the cancelled and the expired.
    #[diesel(sql_type = BigInt)]
    pub bookings: i64,
    /// Of those that are earned: see [`Status::is_earned`].
    #[diesel(sql_type = BigInt)]
    pub price_cents: i64,
}

/// Of all that begin in a stretch of time.
pub async fn figures(tx: &TenantTx, range: Interval) -> Result<Figures> {
    const FIGURES: &str = "SELECT count(*) AS bookings,
          COALESCE(sum(price_cents) FILTER (WHERE status = ANY($4)), 0)::bigint AS price_cents
        FROM bookings
        WHERE tenant_id = $1 AND starts_at >= $2 AND starts_at < $3 AND status = ANY($5)";
    let query = diesel::sql_query(FIGURES)
        .bind::<Uuid, _>(tx.tenant())
        .bind::<Timestamptz, _>(range.start)
        .bind::<Timestamptz, _>(range.end)
        .bind::<Array<Text>, _>(Status::earned().collect::<Vec<_>>())
        .bind::<Array<Text>, _>(Status::STANDING.to_vec());
    Ok(cached(query).get_result(&mut tx.conn()).await?)
}

/// The next bookings that stand, by start; at most `most`.
pub async fn next(tx: &TenantTx, now: DateTime<Utc>, most: i64) -> Result<Vec<Appointment>> {
    list_standing(tx, &Filter { from: Some(now), ..Filter::default() }, most).await
}
