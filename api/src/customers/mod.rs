//! Customers: listed, found, written down and changed by members.

pub mod blocks;
pub mod consents;
pub mod erasure;
pub mod imports;
pub mod merges;

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::customer::{self, CustomerDraft};
use domain::id::CustomerId;
use domain::locale::Locale;
use serde::{Deserialize, Serialize};
use store::customers::tags::TagCount;
use store::customers::{Filter, Known};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{
    Caller, IfMatch, Json, ManageBookings, Path, Query, Read, Submission, present, required,
};
use crate::idempotency::Answer;
use crate::list::PageQuestion;
use crate::problem::Result;
use crate::reply::versioned;

#[derive(Serialize, ToSchema)]
pub struct CustomerView {
    pub id: CustomerId,
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    /// Of messages.
    pub locale: Locale,
    /// What members note for themselves.
    pub note: Option<String>,
    /// In alphabetical order, as they were typed first.
    pub tags: Vec<String>,
    /// null: they may book by themselves.
    pub block: Option<blocks::BlockView>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

impl From<Known> for CustomerView {
    fn from(Known { customer, tags, block }: Known) -> Self {
        Self {
            id: customer.id,
            name: customer.name,
            email: customer.email,
            phone: customer.phone_e164,
            locale: customer.locale,
            note: customer.note,
            tags,
            block: block.map(blocks::BlockView::from),
            version: customer.version,
            created_at: customer.created_at,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCustomer {
    name: String,
    email: String,
    phone: Option<String>,
    /// The tenant's.
    locale: Option<Locale>,
    note: Option<String>,
    /// At most 20, each of 1 to 40 characters without comma and semicolon; compared without case and accents.
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent and null are two things (RFC 7396)")]
pub struct UpdateCustomer {
    #[serde(default, deserialize_with = "required")]
    name: Option<String>,
    #[serde(default, deserialize_with = "required")]
    email: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "required")]
    locale: Option<Locale>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    note: Option<Option<String>>,
    /// All of them.
    #[serde(default, deserialize_with = "required")]
    tags: Option<Vec<String>>,
}

impl UpdateCustomer {
    fn apply(self, draft: CustomerDraft) -> CustomerDraft {
        CustomerDraft {
            name: self.name.unwrap_or(draft.name),
            email: self.email.unwrap_or(draft.email),
            phone: self.phone.unwrap_or(draft.phone),
            locale: self.locale.unwrap_or(draft.locale),
            note: self.note.unwrap_or(draft.note),
            tags: self.tags.unwrap_or(draft.tags),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CustomersQuestion {
    /// Beginnings of words of the name, of the address, or of the number.
    q: Option<String>,
    /// One that they have, in any spelling.
    tag: Option<String>,
    /// Those who can't book by themselves, and no others.
    blocked: Option<bool>,
    /// 1..=200; 50.
    limit: Option<i64>,
    /// From the page before.
    cursor: Option<String>,
}

pub async fn list(caller: Caller<Read>, Query(question): Query<CustomersQuestion>) -> Result<HttpResponse> {
    let wanted = PageQuestion { limit: question.limit, cursor: question.cursor }.read()?;
    let words = customer::wanted(question.q.as_deref().unwrap_or_default());
    let filter = Filter {
        words,
        tag_key: question.tag.as_deref().map(customer::tag_key),
        is_blocked: question.blocked.unwrap_or_default(),
        after: wanted.after,
    };
    let found = caller
        .tenant
        .read(async |tx| {
            let found = store::customers::list(tx, &filter, wanted.and_one()).await?;
            store::customers::known(tx, found).await
        })
        .await?;
    Ok(HttpResponse::Ok().json(wanted.page(found, |last| last.customer.id, CustomerView::from)))
}

/// A tag in use.
#[derive(Serialize, ToSchema)]
pub struct TagView {
    name: String,
    /// How many customers have it.
    customers: i64,
}

#[derive(Serialize, ToSchema)]
pub struct TagsView {
    /// In alphabetical order, the first 200.
    data: Vec<TagView>,
}

pub async fn tags(caller: Caller<Read>) -> Result<HttpResponse> {
    let tags = caller.tenant.read(async |tx| store::customers::tags::in_use(tx).await).await?;
    let view = |tag: TagCount| TagView { name: tag.name, customers: tag.customers };
    Ok(HttpResponse::Ok().json(TagsView { data: tags.into_iter().map(view).collect() }))
}

pub async fn create(
    caller: Caller<ManageBookings>,
    submission: Submission<CreateCustomer>,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by());
    caller
        .once(&submission, async |tx| {
            let body = &submission.body;
            let locale = match body.locale {
                Some(locale) => locale,
                None => store::tenants::find(tx).await?.locale,
            };
            let draft = CustomerDraft {
                name: body.name.clone(),
                email: body.email.clone(),
                phone: body.phone.clone(),
                locale,
                note: body.note.clone(),
                tags: body.tags.clone(),
            };
            let customer = store::customers::add(tx, &draft, &by, now).await?;
            Answer::created(&CustomerView::from(customer))
        })
        .await
}

pub async fn show(caller: Caller<Read>, id: Path<CustomerId>) -> Result<HttpResponse> {
    let customer = caller.tenant.read(async |tx| store::customers::find_known(tx, *id).await).await?;
    let version = customer.customer.version;
    Ok(versioned(&CustomerView::from(customer), version))
}

pub async fn update(
    caller: Caller<ManageBookings>,
    id: Path<CustomerId>,
    IfMatch(version): IfMatch,
    Json(body): Json<UpdateCustomer>,
) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    let change = |draft| body.apply(draft);
    let customer = caller
        .tenant
        .transaction(async |tx| store::customers::update(tx, *id, change, version, &by, now).await)
        .await?;
    let version = customer.customer.version;
    Ok(versioned(&CustomerView::from(customer), version))
}
