//! The addresses that lead to customers: their own, and those of the duplicates that were merged into them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::id::{CustomerId, UserId};
use domain::locale::Locale;
use domain::rejection::Code;

use crate::TenantTx;
use crate::cached::cached;
use crate::error::{OnConstraint, Result};
use crate::schema::customer_addresses;

/// Somebody to be made known.
pub(super) struct NewCustomer<'a> {
    pub(super) id: CustomerId,
    pub(super) name: &'a str,
    pub(super) name_key: String,
    pub(super) email: &'a str,
    pub(super) email_key: &'a str,
    pub(super) phone_e164: Option<&'a str>,
    pub(super) locale: Locale,
    pub(super) note: Option<&'a str>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) created_by: Option<UserId>,
}

/// Adds the customer with their terms, unless the address leads to somebody: then nothing happens, and the answer is no.
/// The address comes first, always: who adds the same one at the same time waits there.
pub(super) async fn meet(tx: &TenantTx, customer: &NewCustomer<'_>, terms: Vec<String>) -> Result<bool> {
    const MEET: &str = "WITH address AS (
          INSERT INTO customer_addresses (tenant_id, email_key, customer_id)
          VALUES ($1, $6, $2)
          ON CONFLICT (tenant_id, email_key) DO NOTHING RETURNING customer_id),
        met AS (
          INSERT INTO customers
            (tenant_id, id, name, name_key, email, email_key, phone_e164, locale, note, created_at, updated_at, created_by)
          SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11 FROM address RETURNING id)
        INSERT INTO customer_terms (tenant_id, customer_id, term) SELECT $1, met.id, term FROM met, unnest($12) term";
    let query = diesel::sql_query(MEET)
        .bind::<sql_types::Uuid, _>(tx.tenant())
        .bind::<sql_types::Uuid, _>(customer.id)
        .bind::<sql_types::Text, _>(customer.name)
        .bind::<sql_types::Text, _>(customer.name_key.as_str())
        .bind::<sql_types::Text, _>(customer.email)
        .bind::<sql_types::Text, _>(customer.email_key)
        .bind::<sql_types::Nullable<sql_types::Text>, _>(customer.phone_e164)
        .bind::<sql_types::Text, _>(customer.locale)
        .bind::<sql_types::Nullable<sql_types::Text>, _>(customer.note)
        .bind::<sql_types::Timestamptz, _>(customer.created_at)
        .bind::<sql_types::Nullable<sql_types::Uuid>, _>(customer.created_by)
        .bind::<sql_types::Array<sql_types::Text>, _>(terms);
    // Everybody has a term, the address.
    let written =
        cached(query).execute(&mut tx.conn()).await.on_constraint("customers_email", Code::CustomerExists)?;
    Ok(written > 0)
}

/// Adds those whose addresses lead to nobody; answers who was added. Of two with one address, one is.
pub(super) async fn meet_all(
    tx: &TenantTx,
    customers: &[NewCustomer<'_>],
    (now, by): (DateTime<Utc>, Option<UserId>),
) -> Result<HashSet<CustomerId>> {
    const MEET: &str = "WITH given AS (
          SELECT * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9)
            AS given (id, name, name_key, email, email_key, phone_e164, locale, note)),
        address AS (
          INSERT INTO customer_addresses (tenant_id, email_key, customer_id)
          SELECT $1, email_key, id FROM given ORDER BY email_key
          ON CONFLICT (tenant_id, email_key) DO NOTHING RETURNING customer_id)
        INSERT INTO customers
          (tenant_id, id, name, name_key, email, email_key, phone_e164, locale, note, created_at, updated_at, created_by)
        SELECT $1, given.*, $10, $10, $11 FROM given JOIN address ON address.customer_id = given.id RETURNING id";
    #[derive(QueryableByName)]
    struct Added {
        #[diesel(sql_type = sql_types::Uuid)]
        id: CustomerId,
    }
    let texts = |of: fn(&NewCustomer<'_>) -> String| customers.iter().map(of).collect::<Vec<String>>();
    let query = diesel::sql_query(MEET)
        .bind::<sql_types::Uuid, _>(tx.tenant())
        .bind::<sql_types::Array<sql_types::Uuid>, _>(customers.iter().map(|one| one.id).collect::<Vec<_>>())
        .bind::<sql_types::Array<sql_types::Text>, _>(texts(|one| one.name.to_owned()))
        .bind::<sql_types::Array<sql_types::Text>, _>(texts(|one| one.name_key.clone()))
        .bind::<sql_types::Array<sql_types::Text>, _>(texts(|one| one.email.to_owned()))
        .bind::<sql_types::Array<sql_types::Text>, _>(texts(|one| one.email_key.to_owned()))
        .bind::<sql_types::Array<sql_types::Nullable<sql_types::Text>>, _>(
            customers.iter().map(|one| one.phone_e164).collect::<Vec<_>>(),
        )
        .bind::<sql_types::Array<sql_types::Text>, _>(texts(|one| one.locale.name().to_owned()))
        .bind::<sql_types::Array<sql_types::Nullable<sql_types::Text>>, _>(
            customers.iter().map(|one| one.note).collect::<Vec<_>>(),
        )
        .bind::<sql_types::Timestamptz, _>(now)
        .bind::<sql_types::Nullable<sql_types::Uuid>, _>(by);
    let added: Vec<Added> = cached(query).load(&mut tx.conn()).await?;
    Ok(added.into_iter().map(|added| added.id).collect())
}

/// Has an address lead to a customer in the place of `former`. One that leads to somebody else is refused; one that was a
/// duplicate's of theirs is their own.
pub(super) async fn change(tx: &TenantTx, id: CustomerId, former: &str, email_key: &str) -> Result<()> {
    const LEAD: &str =
        "INSERT INTO customer_addresses (tenant_id, email_key, customer_id) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, email_key) DO UPDATE SET customer_id = EXCLUDED.customer_id
          WHERE customer_addresses.customer_id = EXCLUDED.customer_id";
    let query = diesel::sql_query(LEAD)
        .bind::<sql_types::Uuid, _>(tx.tenant())
        .bind::<sql_types::Text, _>(email_key)
        .bind::<sql_types::Uuid, _>(id);
    if cached(query).execute(&mut tx.conn()).await? == 0 {
        return Err(Code::CustomerExists.into());
    }
    diesel::delete(customer_addresses::table.find((tx.tenant(), former))).execute(&mut tx.conn()).await?;
    Ok(())
}

/// All that lead to a customer.
pub(super) async fn of(tx: &TenantTx, id: CustomerId) -> Result<Vec<String>> {
    Ok(customer_addresses::table
        .filter(customer_addresses::tenant_id.eq(tx.tenant()))
        .filter(customer_addresses::customer_id.eq(id))
        .order(customer_addresses::email_key)
        .select(customer_addresses::email_key)
        .load(&mut tx.conn())
        .await?)
}

/// Whom these addresses lead to; one that leads to nobody is not there.
pub(crate) async fn find(tx: &TenantTx, email_keys: &[&str]) -> Result<HashMap<String, CustomerId>> {
    let found: Vec<(String, CustomerId)> = customer_addresses::table
        .filter(customer_addresses::tenant_id.eq(tx.tenant()))
        .filter(customer_addresses::email_key.eq_any(email_keys))
        .select((customer_addresses::email_key, customer_addresses::customer_id))
        .load(&mut tx.conn())
        .await?;
    Ok(found.into_iter().collect())
}
