//! End clients of a tenant, one for each email address.

pub(crate) mod terms;

use chrono::{DateTime, Utc};
use diesel::dsl::{AsSelect, IntoBoxed};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::contact::Email;
use domain::customer::{self, CustomerDraft, Profile};
use domain::id::{CustomerId, TenantId, UserId};
use domain::locale::Locale;
use domain::rejection::Code;
use serde::Serialize;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::{OnConstraint, Result};
use crate::events::{self, Happened};
use crate::explain::explain;
use crate::schema::{customers, tenants};
use crate::tenants::check_version;

#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = customers, treat_none_as_default_value = false)]
pub struct Customer {
    pub tenant_id: TenantId,
    pub id: CustomerId,
    pub name: String,
    /// The words of the name as they are compared and sorted.
    pub name_key: String,
    pub email: String,
    pub email_key: String,
    pub phone_e164: Option<String>,
    pub locale: Locale,
    /// For members alone.
    pub note: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

struct NewCustomer<'a> {
    id: CustomerId,
    name: &'a str,
    name_key: String,
    email: &'a str,
    email_key: &'a str,
    phone_e164: Option<String>,
    locale: Locale,
    created_at: DateTime<Utc>,
}

/// Makes the address known. Who is known already stays as they are: an anonymous booking never changes a profile.
pub async fn meet(
    tx: &TenantTx,
    name: &str,
    email: &Email,
    phone_e164: Option<&str>,
    locale: Locale,
    now: DateTime<Utc>,
) -> Result<()> {
    let customer = NewCustomer {
        id: CustomerId::mint(now),
        name,
        name_key: name_key(name),
        email: &email.address,
        email_key: &email.key,
        phone_e164: phone_e164.map(str::to_owned),
        locale,
        created_at: now,
    };
    terms::meet(tx, &customer, customer::terms(name, email, phone_e164)).await
}

fn name_key(name: &str) -> String {
    domain::text::words(name).join(" ")
}

/// What a list of customers is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Beginnings of words, all of which they have: see [`customer::wanted`].
    pub words: Vec<String>,
    /// The last one of the page before.
    pub after: Option<CustomerId>,
}

type Listed = diesel::dsl::Select<customers::table, AsSelect<Customer, Pg>>;

/// By name, at most `limit`.
pub async fn list(tx: &TenantTx, filter: &Filter, limit: i64) -> Result<Vec<Customer>> {
    let after = match filter.after {
        Some(id) => Some((find(tx, id).await.map_err(|_gone| Code::MalformedCursor)?.name_key, id)),
        None => None,
    };
    Ok(list_query(tx, &filter.words, after, limit).load(&mut tx.conn()).await?)
}

/// Those that follow, by name, on the one of this name's key and id; at most `limit`. What is renamed meanwhile changes
/// nothing for the others.
pub async fn follow(tx: &TenantTx, after: Option<(String, CustomerId)>, limit: i64) -> Result<Vec<Customer>> {
    Ok(list_query(tx, &[], after, limit).load(&mut tx.conn()).await?)
}

/// PostgreSQL's plan for a list.
#[doc(hidden)]
pub async fn explain_list(tx: &TenantTx, words: &[String], limit: i64) -> Result<Vec<String>> {
    explain(tx, list_query(tx, words, None, limit)).await
}

fn list_query(
    tx: &TenantTx,
    words: &[String],
    after: Option<(String, CustomerId)>,
    limit: i64,
) -> IntoBoxed<'static, Listed, Pg> {
    let mut query = QueryDsl::select(customers::table, Customer::as_select())
        .into_boxed()
        .filter(customers::tenant_id.eq(tx.tenant()))
        .order((customers::name_key, customers::id))
        .limit(limit);
    for word in words {
        let known = terms::known_as(tx.tenant(), word.clone(), terms::end_of(word));
        query = query.filter(customers::id.eq_any(known));
    }
    if let Some((name_key, id)) = after {
        // The first condition is one for the index, which begins there.
        let further = customers::name_key.ne(name_key.clone()).or(customers::id.gt(id));
        query = query.filter(customers::name_key.ge(name_key)).filter(further);
    }
    query
}

/// How many there are.
pub async fn count(tx: &TenantTx) -> Result<i32> {
    let all = customers::table.filter(customers::tenant_id.eq(tx.tenant())).count();
    Ok(i32::try_from(all.get_result::<i64>(&mut tx.conn()).await?).unwrap_or(i32::MAX))
}

pub async fn find(tx: &TenantTx, id: CustomerId) -> Result<Customer> {
    Ok(customers::table.find((tx.tenant(), id)).select(Customer::as_select()).first(&mut tx.conn()).await?)
}

async fn country(tx: &TenantTx) -> Result<String> {
    Ok(tenants::table.find(tx.tenant()).select(tenants::country).first(&mut tx.conn()).await?)
}

/// Writes somebody down. An address that is known already is refused: there is a profile to change.
pub async fn add(tx: &TenantTx, draft: &CustomerDraft, by: &By, now: DateTime<Utc>) -> Result<Customer> {
    let Profile { name, email, phone_e164, locale, note } = draft.profile(&country(tx).await?)?;
    let terms = customer::terms(&name, &email, phone_e164.as_deref());
    let customer = Customer {
        tenant_id: tx.tenant(),
        id: CustomerId::mint(now),
        name_key: name_key(&name),
        name,
        email: email.address,
        email_key: email.key,
        phone_e164,
        locale,
        note,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: by.user(),
    };
    diesel::insert_into(customers::table)
        .values(&customer)
        .execute(&mut tx.conn())
        .await
        .on_constraint("customers_email", Code::CustomerExists)?;
    terms::replace(tx, customer.id, terms).await?;
    events::record(tx, happened("customer.created", &customer), now).await?;
    let change: Change<'_, (), _> =
        Change { action: "customer.create", subject: customer.id.0, before: None, after: Some(&customer) };
    audit::record(tx, by, change, now).await?;
    Ok(customer)
}

/// Changes a profile. What was booked keeps the contact it was booked with.
pub async fn update(
    tx: &TenantTx,
    id: CustomerId,
    change: impl FnOnce(CustomerDraft) -> CustomerDraft,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Customer> {
    let before: Customer = customers::table
        .find((tx.tenant(), id))
        .select(Customer::as_select())
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?;
    check_version(version, before.version)?;
    let draft = change(CustomerDraft {
        name: before.name.clone(),
        email: before.email.clone(),
        phone: before.phone_e164.clone(),
        locale: before.locale,
        note: before.note.clone(),
    });
    let Profile { name, email, phone_e164, locale, note } = draft.profile(&country(tx).await?)?;
    let terms = customer::terms(&name, &email, phone_e164.as_deref());
    let after = Customer {
        name_key: name_key(&name),
        name,
        email: email.address,
        email_key: email.key,
        phone_e164,
        locale,
        note,
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    diesel::update(customers::table.find((tx.tenant(), id)))
        .set((
            customers::name.eq(&after.name),
            customers::name_key.eq(&after.name_key),
            customers::email.eq(&after.email),
            customers::email_key.eq(&after.email_key),
            customers::phone_e164.eq(&after.phone_e164),
            customers::locale.eq(after.locale),
            customers::note.eq(&after.note),
            customers::version.eq(after.version),
            customers::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await
        .on_constraint("customers_email", Code::CustomerExists)?;
    terms::replace(tx, id, terms).await?;
    events::record(tx, happened("customer.updated", &after), now).await?;
    let change =
        Change { action: "customer.update", subject: id.0, before: Some(&before), after: Some(&after) };
    audit::record(tx, by, change, now).await?;
    Ok(after)
}

fn happened(name: &'static str, customer: &Customer) -> Happened {
    Happened { name, subject: customer.id.0, version: customer.version, data: serde_json::json!({}) }
}
