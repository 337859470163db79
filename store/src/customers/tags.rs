//! What members sort their customers by.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Uuid};
use diesel_async::RunQueryDsl;
use domain::customer::Tag;
use domain::id::{CustomerId, TenantId};

use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::explain::explain;
use crate::schema::customer_tags;

/// Most tags that the list of those in use has.
const MOST: i64 = 200;

/// A tag in use.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct TagCount {
    /// As it is compared.
    #[diesel(sql_type = Text)]
    pub tag_key: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    /// How many customers have it.
    #[diesel(sql_type = BigInt)]
    pub customers: i64,
}

const IN_USE: &str = "SELECT tag_key, min(name) AS name, count(*) AS customers FROM customer_tags
    WHERE tenant_id = $1 GROUP BY tag_key ORDER BY tag_key LIMIT $2";

/// Those in use by their keys, the first 200.
pub async fn in_use(tx: &TenantTx) -> Result<Vec<TagCount>> {
    let query = diesel::sql_query(IN_USE).bind::<Uuid, _>(tx.tenant()).bind::<BigInt, _>(MOST);
    Ok(cached(query).load(&mut tx.conn()).await?)
}

/// PostgreSQL's plan for them.
#[doc(hidden)]
pub async fn explain_in_use(tx: &TenantTx) -> Result<Vec<String>> {
    explain(tx, diesel::sql_query(IN_USE).bind::<Uuid, _>(tx.tenant()).bind::<BigInt, _>(MOST)).await
}

/// Whose tag has this key.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn tagged(tenant_id: TenantId, tag_key: String) -> _ {
    customer_tags::table
        .filter(customer_tags::tenant_id.eq(tenant_id))
        .filter(customer_tags::tag_key.eq(tag_key))
        .select(customer_tags::customer_id)
}

/// The tags of each, in the order of their keys; who has none is not there.
pub(super) async fn of(tx: &TenantTx, ids: &[CustomerId]) -> Result<HashMap<CustomerId, Vec<String>>> {
    let rows: Vec<(CustomerId, String)> = customer_tags::table
        .filter(customer_tags::tenant_id.eq(tx.tenant()))
        .filter(customer_tags::customer_id.eq_any(ids))
        .order((customer_tags::customer_id, customer_tags::tag_key))
        .select((customer_tags::customer_id, customer_tags::name))
        .load(&mut tx.conn())
        .await?;
    let mut tags: HashMap<CustomerId, Vec<String>> = HashMap::new();
    for (id, name) in rows {
        tags.entry(id).or_default().push(name);
    }
    Ok(tags)
}

/// Gives each customer a tag: `customers` and `tags` go in pairs. One that others have already keeps its spelling; who has
/// it already keeps it.
pub(super) async fn add(tx: &TenantTx, customers: &[CustomerId], tags: &[&Tag]) -> Result<()> {
    const ADD: &str = "INSERT INTO customer_tags (tenant_id, customer_id, tag_key, name)
        SELECT $1, given.customer_id, given.tag_key, COALESCE(
          (SELECT known.name FROM customer_tags known
             WHERE known.tenant_id = $1 AND known.tag_key = given.tag_key COLLATE \"C\" LIMIT 1), given.name)
        FROM unnest($2, $3, $4) AS given (customer_id, tag_key, name)
        ON CONFLICT (tenant_id, customer_id, tag_key) DO NOTHING";
    if tags.is_empty() {
        return Ok(());
    }
    let keys: Vec<&str> = tags.iter().map(|tag| tag.key.as_str()).collect();
    let names: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
    let query = diesel::sql_query(ADD)
        .bind::<Uuid, _>(tx.tenant())
        .bind::<Array<Uuid>, _>(customers)
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<Text>, _>(names);
    cached(query).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Leaves a customer these tags and no others; answers them as they are spelled.
pub(super) async fn replace(tx: &TenantTx, id: CustomerId, tags: &[Tag]) -> Result<Vec<String>> {
    let keys: Vec<&str> = tags.iter().map(|tag| tag.key.as_str()).collect();
    let others = customer_tags::table
        .filter(customer_tags::tenant_id.eq(tx.tenant()))
        .filter(customer_tags::customer_id.eq(id))
        .filter(customer_tags::tag_key.ne_all(keys));
    diesel::delete(others).execute(&mut tx.conn()).await?;
    let tags: Vec<&Tag> = tags.iter().collect();
    add(tx, &vec![id; tags.len()], &tags).await?;
    Ok(of(tx, &[id]).await?.remove(&id).unwrap_or_default())
}
