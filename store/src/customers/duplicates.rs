//! Customers who may be one: of the same telephone number, or of the same name.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Uuid};
use diesel_async::RunQueryDsl;
use domain::id::CustomerId;
use futures_util::join;

use super::Customer;
use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::explain::explain;
use crate::schema::customers;

/// Most groups of each sort, and most customers of a group.
const MOST_GROUPS: i64 = 25;
const MOST_OF_A_GROUP: usize = 6;

/// Some who may be one.
#[derive(Clone, Debug)]
pub struct Group {
    /// Whether it is the number that they share, and not the name.
    pub is_by_phone: bool,
    /// Two at least, six at most, the longest known first.
    pub customers: Vec<Customer>,
}

#[derive(QueryableByName)]
struct Shared {
    #[diesel(sql_type = Text)]
    key: String,
}

const SHARED_PHONES: &str = "SELECT phone_e164 AS key FROM customers
    WHERE tenant_id = $1 AND phone_e164 IS NOT NULL GROUP BY phone_e164 HAVING count(*) > 1 ORDER BY 1 LIMIT $2";
const SHARED_NAMES: &str = "SELECT name_key AS key FROM customers
    WHERE tenant_id = $1 GROUP BY name_key HAVING count(*) > 1 ORDER BY 1 LIMIT $2";

/// The first groups by number, then those by name; who is in one already makes no other.
pub async fn list(tx: &TenantTx) -> Result<Vec<Group>> {
    let (phones, names) = join!(shared(tx, SHARED_PHONES), shared(tx, SHARED_NAMES));
    let (phones, names) = (phones?, names?);
    let by_phone: Vec<Customer> = of_tenant(tx)
        .filter(customers::phone_e164.eq_any(phones.iter().map(Some).collect::<Vec<_>>()))
        .load(&mut tx.conn())
        .await?;
    let by_name: Vec<Customer> =
        of_tenant(tx).filter(customers::name_key.eq_any(&names)).load(&mut tx.conn()).await?;
    let mut groups: Vec<Group> = Vec::new();
    for phone in &phones {
        let of_it = by_phone.iter().filter(|one| one.phone_e164.as_ref() == Some(phone));
        add(&mut groups, true, of_it.cloned().collect());
    }
    for name in &names {
        let of_it = by_name.iter().filter(|one| one.name_key == *name);
        add(&mut groups, false, of_it.cloned().collect());
    }
    Ok(groups)
}

fn add(groups: &mut Vec<Group>, is_by_phone: bool, mut customers: Vec<Customer>) {
    customers.truncate(MOST_OF_A_GROUP);
    let is_known =
        |group: &Group| customers.iter().all(|one| group.customers.iter().any(|other| other.id == one.id));
    if customers.len() > 1 && !groups.iter().any(is_known) {
        groups.push(Group { is_by_phone, customers });
    }
}

/// Who may be the same as this one, at most three.
pub async fn of(tx: &TenantTx, customer: &Customer) -> Result<Vec<Customer>> {
    // Each by its own index.
    let by_name = of_tenant(tx).filter(customers::name_key.eq(&customer.name_key)).limit(4);
    let mut found: Vec<Customer> = by_name.load(&mut tx.conn()).await?;
    if let Some(phone) = &customer.phone_e164 {
        let by_phone: Vec<Customer> =
            of_tenant(tx).filter(customers::phone_e164.eq(phone)).limit(4).load(&mut tx.conn()).await?;
        let new = |one: &Customer| found.iter().all(|known| known.id != one.id);
        let others: Vec<Customer> = by_phone.into_iter().filter(new).collect();
        found.extend(others);
    }
    found.retain(|one| one.id != customer.id);
    found.truncate(3);
    Ok(found)
}

#[diesel::dsl::auto_type]
fn of_tenant(tx: &TenantTx) -> _ {
    let tenant_id: domain::id::TenantId = tx.tenant();
    let selection: diesel::dsl::AsSelect<Customer, diesel::pg::Pg> = Customer::as_select();
    customers::table.filter(customers::tenant_id.eq(tenant_id)).order(customers::id).select(selection)
}

async fn shared(tx: &TenantTx, sql: &str) -> Result<Vec<String>> {
    let query = diesel::sql_query(sql).bind::<Uuid, _>(tx.tenant()).bind::<BigInt, _>(MOST_GROUPS);
    let found: Vec<Shared> = cached(query).load(&mut tx.conn()).await?;
    Ok(found.into_iter().map(|shared| shared.key).collect())
}

/// PostgreSQL's plans for what is shared.
#[doc(hidden)]
pub async fn explain_shared(tx: &TenantTx) -> Result<Vec<String>> {
    let mut plan = Vec::new();
    for sql in [SHARED_PHONES, SHARED_NAMES] {
        plan.extend(
            explain(tx, diesel::sql_query(sql).bind::<Uuid, _>(tx.tenant()).bind::<BigInt, _>(MOST_GROUPS))
                .await?,
        );
    }
    Ok(plan)
}

/// Both of a pair, in the order that they are asked for.
pub async fn pair(tx: &TenantTx, one: CustomerId, other: CustomerId) -> Result<(Customer, Customer)> {
    let (one, other) = join!(super::find(tx, one), super::find(tx, other));
    Ok((one?, other?))
}
