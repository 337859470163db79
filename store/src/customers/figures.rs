//! What a customer's bookings come to.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use domain::id::CustomerId;

use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;

/// A customer in figures.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Figures {
    /// How many there are, without the cancelled.
    #[diesel(sql_type = BigInt)]
    pub bookings: i64,
    #[diesel(sql_type = BigInt)]
    pub cancelled: i64,
    #[diesel(sql_type = BigInt)]
    pub no_shows: i64,
    /// Of what was completed, or confirmed and is over; of bookings in this currency alone.
    #[diesel(sql_type = BigInt)]
    pub spent_cents: i64,
    /// The latest that has begun and was neither cancelled nor missed.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_at: Option<DateTime<Utc>>,
    /// When they last agreed to the terms; and to messages of other kinds, unless they took that back.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub terms_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub marketing_at: Option<DateTime<Utc>>,
}

/// Of all bookings of a customer, as of `now`; money in `currency` (ISO 4217).
pub async fn figures(tx: &TenantTx, id: CustomerId, currency: &str, now: DateTime<Utc>) -> Result<Figures> {
    const FIGURES: &str = "SELECT
          count(*) FILTER (WHERE status NOT IN ('cancelled', 'expired')) AS bookings,
          count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
          count(*) FILTER (WHERE status = 'no_show') AS no_shows,
          COALESCE(sum(price_cents) FILTER (WHERE currency = $3
            AND (status = 'completed' OR (status = 'confirmed' AND ends_at <= $4))), 0)::bigint AS spent_cents,
          max(starts_at) FILTER (WHERE status NOT IN ('cancelled', 'expired', 'no_show') AND starts_at <= $4) AS last_at,
          min(starts_at) FILTER (WHERE status IN ('held', 'pending', 'confirmed') AND starts_at > $4) AS next_at,
          (SELECT max(c.recorded_at) FROM consents c
            WHERE c.tenant_id = $1 AND c.customer_id = $2 AND c.kind = 'terms') AS terms_at,
          (SELECT CASE WHEN c.is_given THEN c.recorded_at END FROM consents c
            WHERE c.tenant_id = $1 AND c.customer_id = $2 AND c.kind = 'marketing'
            ORDER BY c.recorded_at DESC, c.id DESC LIMIT 1) AS marketing_at
        FROM bookings WHERE tenant_id = $1 AND customer_id = $2";
    let query = diesel::sql_query(FIGURES)
        .bind::<Uuid, _>(tx.tenant())
        .bind::<Uuid, _>(id)
        .bind::<Text, _>(currency)
        .bind::<Timestamptz, _>(now);
    Ok(cached(query).get_result(&mut tx.conn()).await?)
}
