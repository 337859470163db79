//! What customers agreed to, and took back: each time it was said, and never changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use domain::booking::Consents;
use domain::consent::{Kind, Source};
use domain::id::{BookingId, ConsentId, CustomerId, UserId};

use super::find_for_update;
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::cached::cached;
use crate::error::Result;
use crate::schema::consents;

/// One line of the log.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = consents)]
pub struct Consent {
    pub kind: Kind,
    pub is_given: bool,
    pub source: Source,
    /// The booking it was said with.
    pub subject_id: Option<uuid::Uuid>,
    /// The member who wrote it down.
    pub recorded_by: Option<UserId>,
    pub recorded_at: DateTime<Utc>,
}

/// Most lines that are told at a time.
const MOST: i64 = 200;

/// The latest 200, latest first.
pub async fn list(tx: &TenantTx, id: CustomerId) -> Result<Vec<Consent>> {
    Ok(consents::table
        .filter(consents::tenant_id.eq(tx.tenant()))
        .filter(consents::customer_id.eq(id))
        .order((consents::recorded_at.desc(), consents::id.desc()))
        .limit(MOST)
        .select(Consent::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// The customer by the address they booked with, as the booking itself finds them.
const WITH_BOOKING: &str = "\
INSERT INTO consents (tenant_id, id, customer_id, kind, is_given, source, subject_id, recorded_by, recorded_at)
SELECT $1, said.id, (SELECT a.customer_id FROM customer_addresses a WHERE a.tenant_id = $1 AND a.email_key = $2),
  said.kind, true, $5, $6, $7, $8
FROM unnest($3, $4) said(id, kind)";

/// What was agreed to with a booking. Does nothing if nothing was.
pub(crate) async fn with_booking(
    tx: &TenantTx,
    (booking, email_key): (BookingId, &str),
    agreed: Consents,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let kinds = [(Kind::Terms, agreed.terms), (Kind::Marketing, agreed.marketing)];
    let kinds: Vec<&str> =
        kinds.into_iter().filter(|(_kind, is_given)| *is_given).map(|(kind, _given)| kind.name()).collect();
    if kinds.is_empty() {
        return Ok(());
    }
    let ids: Vec<ConsentId> = kinds.iter().map(|_kind| ConsentId::mint(now)).collect();
    let source = if by.is_customer() { Source::Booking } else { Source::Member };
    let query = sql_query(WITH_BOOKING)
        .bind::<Uuid, _>(tx.tenant())
        .bind::<Text, _>(email_key)
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Text, _>(source)
        .bind::<Uuid, _>(booking)
        .bind::<Nullable<Uuid>, _>(by.user())
        .bind::<Timestamptz, _>(now);
    cached(query).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Writes down that somebody agreed to messages about other things, or took that back. The same said twice is written
/// once.
pub async fn set_marketing(
    tx: &TenantTx,
    id: CustomerId,
    is_given: bool,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    find_for_update(tx, id).await?;
    let said: Option<bool> = consents::table
        .filter(consents::tenant_id.eq(tx.tenant()))
        .filter(consents::customer_id.eq(id))
        .filter(consents::kind.eq(Kind::Marketing))
        .order((consents::recorded_at.desc(), consents::id.desc()))
        .select(consents::is_given)
        .first(&mut tx.conn())
        .await
        .optional()?;
    let before = said.unwrap_or(false);
    if before == is_given {
        return Ok(());
    }
    diesel::insert_into(consents::table)
        .values((
            consents::tenant_id.eq(tx.tenant()),
            consents::id.eq(ConsentId::mint(now)),
            consents::customer_id.eq(id),
            consents::kind.eq(Kind::Marketing),
            consents::is_given.eq(is_given),
            consents::source.eq(if by.is_customer() { Source::Customer } else { Source::Member }),
            consents::recorded_by.eq(by.user()),
            consents::recorded_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    let change =
        Change { action: "customer.consent", subject: id.0, before: Some(&before), after: Some(&is_given) };
    audit::record_of(tx, id, by, change, now).await
}
