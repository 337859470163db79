//! By which words customers are found.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{CustomerId, TenantId};

use super::addresses;
use crate::TenantTx;
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

/// Has the customer found by these terms, by the addresses that lead to them, and by nothing else.
pub(super) async fn replace(tx: &TenantTx, id: CustomerId, mut terms: Vec<String>) -> Result<()> {
    terms.extend(addresses::of(tx, id).await?);
    terms.sort_unstable();
    terms.dedup();
    let own = customer_terms::table
        .filter(customer_terms::tenant_id.eq(tx.tenant()))
        .filter(customer_terms::customer_id.eq(id));
    diesel::delete(own).execute(&mut tx.conn()).await?;
    add(tx, &terms.into_iter().map(|term| (id, term)).collect::<Vec<_>>()).await
}

/// Has customers found by these terms, too.
pub(super) async fn add(tx: &TenantTx, terms: &[(CustomerId, String)]) -> Result<()> {
    let rows: Vec<_> = terms
        .iter()
        .map(|(id, term)| {
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
