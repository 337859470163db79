//! By which words customers are found.

use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::id::{CustomerId, TenantId};

use super::NewCustomer;
use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::schema::customer_terms;

/// The customers who have a term in this range: `from` is what it begins with.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn known_as(tenant_id: TenantId, from: String, to: String) -> _ {
    customer_terms::table
        .filter(customer_terms::tenant_id.eq(tenant_id))
        .filter(customer_terms::term.ge(from))
        .filter(customer_terms::term.lt(to))
        .select(customer_terms::customer_id)
}

/// Where the terms end that begin with `word`: terms are compared by their bytes.
pub(crate) fn end_of(word: &str) -> String {
    format!("{word}{}", char::MAX)
}

/// Adds the customer with their terms, unless the address is known: then nothing happens.
pub(super) async fn meet(tx: &TenantTx, customer: &NewCustomer<'_>, terms: Vec<String>) -> Result<()> {
    const MEET: &str = "WITH met AS (
          INSERT INTO customers (tenant_id, id, name, name_key, email, email_key, phone_e164, locale, created_at, updated_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
          ON CONFLICT (tenant_id, email_key) DO NOTHING RETURNING id)
        INSERT INTO customer_terms (tenant_id, customer_id, term) SELECT $1, met.id, term FROM met, unnest($10) term";
    let query = diesel::sql_query(MEET)
        .bind::<sql_types::Uuid, _>(tx.tenant())
        .bind::<sql_types::Uuid, _>(customer.id)
        .bind::<sql_types::Text, _>(customer.name)
        .bind::<sql_types::Text, _>(customer.name_key.as_str())
        .bind::<sql_types::Text, _>(customer.email)
        .bind::<sql_types::Text, _>(customer.email_key)
        .bind::<sql_types::Nullable<sql_types::Text>, _>(customer.phone_e164.as_deref())
        .bind::<sql_types::Text, _>(customer.locale)
        .bind::<sql_types::Timestamptz, _>(customer.created_at)
        .bind::<sql_types::Array<sql_types::Text>, _>(terms);
    cached(query).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Has the customer found by these terms and no others.
pub(super) async fn replace(tx: &TenantTx, id: CustomerId, terms: Vec<String>) -> Result<()> {
    let own = customer_terms::table
        .filter(customer_terms::tenant_id.eq(tx.tenant()))
        .filter(customer_terms::customer_id.eq(id));
    diesel::delete(own).execute(&mut tx.conn()).await?;
    let rows: Vec<_> = terms
        .into_iter()
        .map(|term| {
            (
                customer_terms::tenant_id.eq(tx.tenant()),
                customer_terms::customer_id.eq(id),
                customer_terms::term.eq(term),
            )
        })
        .collect();
    diesel::insert_into(customer_terms::table).values(rows).execute(&mut tx.conn()).await?;
    Ok(())
}
