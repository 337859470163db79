//! End clients of a tenant, one for each email address.

pub mod accounts;
mod addresses;
pub mod blocks;
pub mod consents;
pub mod duplicates;
pub mod erasure;
mod figures;
pub mod imports;
pub mod merges;
pub mod tags;
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
use futures_util::join;
use serde::Serialize;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::{OnConstraint, Result};
use crate::events::{self, Happened};
use crate::explain::explain;
use crate::schema::{customers, tenants};
use crate::tenants::check_version;
use crate::waitlist;

use addresses::NewCustomer;
pub(crate) use addresses::find as of_addresses;
pub use blocks::Block;
pub use figures::{Figures, figures};

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

/// A customer, with what members keep of them beside the profile.
#[derive(Clone, Debug, Serialize)]
pub struct Known {
    #[serde(flatten)]
    pub customer: Customer,
    /// In the order of their keys, as they were typed first.
    pub tags: Vec<String>,
    /// None: they may book by themselves.
    pub block: Option<Block>,
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
        phone_e164,
        locale,
        note: None,
        created_at: now,
        created_by: None,
    };
    addresses::meet(tx, &customer, customer::terms(name, email, phone_e164)).await.map(|_is_new| ())
}

fn name_key(name: &str) -> String {
    domain::text::words(name).join(" ")
}

/// What a list of customers is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Beginnings of words, all of which they have: see [`customer::wanted`].
    pub words: Vec<String>,
    /// A tag that they have: see [`customer::tag_key`].
    pub tag_key: Option<String>,
    /// Those who can't book by themselves, and no others.
    pub is_blocked: bool,
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
    Ok(list_query(tx, filter, after, limit).load(&mut tx.conn()).await?)
}

/// Those that follow, by name, on the one of this name's key and id; at most `limit`. What is renamed meanwhile changes
/// nothing for the others.
pub async fn follow(tx: &TenantTx, after: Option<(String, CustomerId)>, limit: i64) -> Result<Vec<Customer>> {
    Ok(list_query(tx, &Filter::default(), after, limit).load(&mut tx.conn()).await?)
}

/// PostgreSQL's plan for a list.
#[doc(hidden)]
pub async fn explain_list(tx: &TenantTx, filter: &Filter, limit: i64) -> Result<Vec<String>> {
    explain(tx, list_query(tx, filter, None, limit)).await
}

fn list_query(
    tx: &TenantTx,
    filter: &Filter,
    after: Option<(String, CustomerId)>,
    limit: i64,
) -> IntoBoxed<'static, Listed, Pg> {
    let mut query = QueryDsl::select(customers::table, Customer::as_select())
        .into_boxed()
        .filter(customers::tenant_id.eq(tx.tenant()))
        .filter(customers::erased_at.is_null())
        .order((customers::name_key, customers::id))
        .limit(limit);
    for word in &filter.words {
        let known = terms::known_as(tx.tenant(), word.clone(), terms::end_of(word));
        query = query.filter(customers::id.eq_any(known));
    }
    if let Some(tag_key) = &filter.tag_key {
        query = query.filter(customers::id.eq_any(tags::tagged(tx.tenant(), tag_key.clone())));
    }
    if filter.is_blocked {
        query = query.filter(customers::id.eq_any(blocks::blocked(tx.tenant())));
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

/// The same with what members keep beside the profile.
pub async fn find_known(tx: &TenantTx, id: CustomerId) -> Result<Known> {
    let ids = [id];
    let (customer, tags, blocks) = join!(find(tx, id), tags::of(tx, &ids), blocks::of(tx, &ids));
    let (tags, block) = (tags?.remove(&id).unwrap_or_default(), blocks?.remove(&id));
    Ok(Known { customer: customer?, tags, block })
}

/// These with what members keep beside their profiles, in the same order.
pub async fn known(tx: &TenantTx, customers: Vec<Customer>) -> Result<Vec<Known>> {
    let ids: Vec<CustomerId> = customers.iter().map(|one| one.id).collect();
    let (tags, blocks) = join!(tags::of(tx, &ids), blocks::of(tx, &ids));
    let (mut tags, mut blocks) = (tags?, blocks?);
    let with = |customer: Customer| {
        let id = customer.id;
        Known { customer, tags: tags.remove(&id).unwrap_or_default(), block: blocks.remove(&id) }
    };
    Ok(customers.into_iter().map(with).collect())
}

/// One whose profile nobody else changes until the transaction ends. Bookings don't wait for it. Whoever was erased is not
/// there: nobody writes them down again.
async fn find_for_update(tx: &TenantTx, id: CustomerId) -> Result<Customer> {
    Ok(customers::table
        .find((tx.tenant(), id))
        .filter(customers::erased_at.is_null())
        .select(Customer::as_select())
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?)
}

async fn country(tx: &TenantTx) -> Result<String> {
    Ok(tenants::table.find(tx.tenant()).select(tenants::country).first(&mut tx.conn()).await?)
}

/// Writes somebody down. An address that leads to somebody already is refused: there is a profile to change.
pub async fn add(tx: &TenantTx, draft: &CustomerDraft, by: &By, now: DateTime<Utc>) -> Result<Known> {
    let Profile { name, email, phone_e164, locale, note, tags } = draft.profile(&country(tx).await?)?;
    let terms = customer::terms(&name, &email, phone_e164.as_deref());
    let new = NewCustomer {
        id: CustomerId::mint(now),
        name: &name,
        name_key: name_key(&name),
        email: &email.address,
        email_key: &email.key,
        phone_e164: phone_e164.as_deref(),
        locale,
        note: note.as_deref(),
        created_at: now,
        created_by: by.user(),
    };
    if !addresses::meet(tx, &new, terms).await? {
        return Err(Code::CustomerExists.into());
    }
    let tags = tags::replace(tx, new.id, &tags).await?;
    let known = Known { customer: find(tx, new.id).await?, tags, block: None };
    events::record(tx, happened("customer.created", &known.customer), now).await?;
    let change: Change<'_, (), _> =
        Change { action: "customer.create", subject: known.customer.id.0, before: None, after: Some(&known) };
    audit::record_of(tx, known.customer.id, by, change, now).await?;
    Ok(known)
}

/// Changes a profile. What was booked keeps the contact it was booked with; who waits, waits under the new address.
/// `FORBIDDEN`: an operator gives nobody another address, by which its owner would sign in as them.
pub async fn update(
    tx: &TenantTx,
    id: CustomerId,
    change: impl FnOnce(CustomerDraft) -> CustomerDraft,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Known> {
    find_for_update(tx, id).await?;
    let before = find_known(tx, id).await?;
    check_version(version, before.customer.version)?;
    let draft = change(before.draft());
    let Profile { name, email, phone_e164, locale, note, tags } = draft.profile(&country(tx).await?)?;
    let terms = customer::terms(&name, &email, phone_e164.as_deref());
    let after = Customer {
        name_key: name_key(&name),
        name,
        email: email.address,
        email_key: email.key,
        phone_e164,
        locale,
        note,
        version: before.customer.version + 1,
        updated_at: now,
        ..before.customer.clone()
    };
    if after.email_key != before.customer.email_key {
        if by.is_operator() {
            return Err(Code::Forbidden.into());
        }
        // Whoever reads the former mailbox may be somebody else.
        accounts::forget_links(tx, &[id]).await?;
        accounts::end_all(tx, id, now).await?;
        addresses::change(tx, id, &before.customer.email_key, &after.email_key).await?;
        waitlist::follow(tx, &before.customer.email_key, (&after.email, &after.email_key)).await?;
    }
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
    if before.block.is_some() {
        blocks::recognise(tx, &after).await?;
    }
    let tags = tags::replace(tx, id, &tags).await?;
    events::record(tx, happened("customer.updated", &after), now).await?;
    let after = Known { customer: after, tags, block: before.block.clone() };
    let change =
        Change { action: "customer.update", subject: id.0, before: Some(&before), after: Some(&after) };
    audit::record_of(tx, id, by, change, now).await?;
    Ok(after)
}

impl Known {
    /// As a member would write them down.
    pub fn draft(&self) -> CustomerDraft {
        CustomerDraft {
            name: self.customer.name.clone(),
            email: self.customer.email.clone(),
            phone: self.customer.phone_e164.clone(),
            locale: self.customer.locale,
            note: self.customer.note.clone(),
            tags: self.tags.clone(),
        }
    }
}

fn happened(name: &'static str, customer: &Customer) -> Happened {
    Happened { name, subject: customer.id.0, version: customer.version, data: serde_json::json!({}) }
}
