//! Customers: listed, found, written down and changed by members.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::customer::{self, CustomerDraft};
use domain::id::CustomerId;
use domain::locale::Locale;
use serde::{Deserialize, Serialize};
use store::customers::{Customer, Filter};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{
    IfMatch, Json, ManageBookings, Member, Path, Query, Read, Submission, present, required,
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
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

impl From<Customer> for CustomerView {
    fn from(customer: Customer) -> Self {
        Self {
            id: customer.id,
            name: customer.name,
            email: customer.email,
            phone: customer.phone_e164,
            locale: customer.locale,
            note: customer.note,
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
}

impl UpdateCustomer {
    fn apply(self, draft: CustomerDraft) -> CustomerDraft {
        CustomerDraft {
            name: self.name.unwrap_or(draft.name),
            email: self.email.unwrap_or(draft.email),
            phone: self.phone.unwrap_or(draft.phone),
            locale: self.locale.unwrap_or(draft.locale),
            note: self.note.unwrap_or(draft.note),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CustomersQuestion {
    /// Beginnings of words of the name, of the address, or of the number.
    q: Option<String>,
    /// 1..=200; 50.
    limit: Option<i64>,
    /// From the page before.
    cursor: Option<String>,
}

pub async fn list(member: Member<Read>, Query(question): Query<CustomersQuestion>) -> Result<HttpResponse> {
    let wanted = PageQuestion { limit: question.limit, cursor: question.cursor }.read()?;
    let words = customer::wanted(question.q.as_deref().unwrap_or_default());
    let filter = Filter { words, after: wanted.after };
    let found =
        member.tenant.read(async |tx| store::customers::list(tx, &filter, wanted.and_one()).await).await?;
    Ok(HttpResponse::Ok().json(wanted.page(found, |last| last.id, CustomerView::from)))
}

pub async fn create(
    member: Member<ManageBookings>,
    submission: Submission<CreateCustomer>,
) -> Result<Answer> {
    let (now, by) = (member.now, member.by());
    member
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
            };
            let customer = store::customers::add(tx, &draft, &by, now).await?;
            Answer::created(&CustomerView::from(customer))
        })
        .await
}

pub async fn show(member: Member<Read>, id: Path<CustomerId>) -> Result<HttpResponse> {
    let customer = member.tenant.read(async |tx| store::customers::find(tx, *id).await).await?;
    let version = customer.version;
    Ok(versioned(&CustomerView::from(customer), version))
}

pub async fn update(
    member: Member<ManageBookings>,
    id: Path<CustomerId>,
    IfMatch(version): IfMatch,
    Json(body): Json<UpdateCustomer>,
) -> Result<HttpResponse> {
    let (now, by) = (member.now, member.by());
    let change = |draft| body.apply(draft);
    let customer = member
        .tenant
        .transaction(async |tx| store::customers::update(tx, *id, change, version, &by, now).await)
        .await?;
    let version = customer.version;
    Ok(versioned(&CustomerView::from(customer), version))
}
