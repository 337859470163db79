//! Services: what can be booked.

use actix_web::HttpResponse;
use chrono::NaiveDate;
use domain::id::{RoomId, ServiceId, StaffId};
use domain::intake::Question;
use domain::locale::Locale;
use domain::location::Location;
use domain::service::{Rate, ServiceDraft};
use domain::translation::{ServiceWords, Translations};
use serde::{Deserialize, Serialize};
use store::services::{Categories, Offer, Which};
use store::tenants::Tenant;
use utoipa::{IntoParams, ToSchema};

use crate::extract::{
    Caller, IfMatch, Json, ManageCatalogue, Path, Query, Read, Submission, Visitor, present, required,
};
use crate::idempotency::Answer;
use crate::images::ImageView;
use crate::intake::PublicQuestion;
use crate::limit::READ;
use crate::list::PageQuestion;
use crate::problem::{Problem, Result};
use crate::reply::versioned;

#[derive(Serialize, ToSchema)]
pub struct ServiceView {
    id: ServiceId,
    name: String,
    category: Option<String>,
    description: Option<String>,
    /// By language.
    translations: Translations<ServiceWords>,
    image: Option<ImageView>,
    duration_minutes: i32,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
    location: Location,
    /// To the customer, and again on the way back.
    travel_minutes: i32,
    price_cents: i64,
    currency: String,
    #[schema(value_type = f64)]
    deposit_rate: Rate,
    /// How many seats a group session has; 1: each booking has its own time.
    capacity: i32,
    min_notice_minutes: i32,
    horizon_days: i32,
    /// The last date on which it may take place, where that is nearer.
    bookable_until: Option<NaiveDate>,
    /// Null: the duration.
    slot_step_minutes: Option<i32>,
    auto_confirm: bool,
    is_active: bool,
    /// All who provide it do so together.
    is_collective: bool,
    /// Who provides it; empty: everybody, also later.
    staff_ids: Vec<StaffId>,
    /// It takes one of these rooms; empty: none.
    room_ids: Vec<RoomId>,
    version: i64,
}

impl ServiceView {
    fn new(offer: Offer, tenant: &Tenant) -> Self {
        let Offer { service, staff_ids, room_ids, image } = offer;
        Self {
            id: service.id,
            name: service.name,
            category: service.category,
            description: service.description,
            translations: service.translations,
            image: image.map(ImageView::from),
            duration_minutes: service.duration_minutes,
            buffer_before_minutes: service.buffer_before_minutes,
            buffer_after_minutes: service.buffer_after_minutes,
            location: service.location,
            travel_minutes: service.travel_minutes,
            price_cents: service.price_cents,
            currency: tenant.currency.clone(),
            deposit_rate: Rate::from_basis_points(service.deposit_basis_points).unwrap_or_default(),
            capacity: service.capacity,
            min_notice_minutes: service.min_notice_minutes,
            horizon_days: service.horizon_days,
            bookable_until: service.bookable_until,
            slot_step_minutes: service.slot_step_minutes,
            auto_confirm: service.auto_confirm,
            is_active: service.is_active,
            is_collective: service.is_collective,
            staff_ids,
            room_ids,
            version: service.version,
        }
    }
}

/// What a visitor sees of a service.
#[derive(Serialize, ToSchema)]
pub struct PublicService {
    pub id: ServiceId,
    pub name: String,
    pub category: Option<String>,
    pub description: Option<String>,
    pub image: Option<ImageView>,
    pub duration_minutes: i32,
    /// `customer`: whoever provides it comes to the customer, and a booking needs an address.
    pub location: Location,
    pub price_cents: i64,
    pub currency: String,
    #[schema(value_type = f64)]
    pub deposit_rate: Rate,
    /// How many seats a group session has; 1: each booking has its own time.
    pub capacity: i32,
    /// Everybody who provides it does so together: nobody is chosen.
    pub is_collective: bool,
    /// What it asks whoever books it, in this order.
    pub questions: Vec<PublicQuestion>,
}

impl PublicService {
    fn new(offer: Offer, questions: Vec<Question>, tenant: &Tenant, locale: Option<Locale>) -> Self {
        let Offer { service, image, .. } = offer;
        let question = |question| PublicQuestion::new(question, locale);
        Self {
            id: service.id,
            name: service.name,
            category: service.category,
            description: service.description,
            image: image.map(ImageView::from),
            duration_minutes: service.duration_minutes,
            location: service.location,
            price_cents: service.price_cents,
            currency: tenant.currency.clone(),
            deposit_rate: Rate::from_basis_points(service.deposit_basis_points).unwrap_or_default(),
            capacity: service.capacity,
            is_collective: service.is_collective,
            questions: questions.into_iter().map(question).collect(),
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateService {
    name: String,
    category: Option<String>,
    description: Option<String>,
    /// By language, what visitors who speak it read instead; none.
    translations: Option<Translations<ServiceWords>>,
    /// 5..=1440, with the buffers at most 1440.
    duration_minutes: i32,
    /// 0..=480; 0.
    buffer_before_minutes: Option<i32>,
    /// 0..=480; 0.
    buffer_after_minutes: Option<i32>,
    /// Business.
    location: Option<Location>,
    /// 0..=240; 0. Where `location` is `customer`: kept free before and after, besides the buffers.
    travel_minutes: Option<i32>,
    /// Minor units, 0..=100,000,000.
    price_cents: i64,
    /// 0..=1 with at most four decimals; 0.
    #[schema(value_type = Option<f64>)]
    deposit_rate: Option<Rate>,
    /// 1..=1,000; 1. How many seats a group session has; 1: each booking has its own time.
    capacity: Option<i32>,
    /// 0..=525,600; 0.
    min_notice_minutes: Option<i32>,
    /// 0..=730; 90.
    horizon_days: Option<i32>,
    /// The last date on which it may take place; without it, as far as the horizon.
    bookable_until: Option<NaiveDate>,
    /// 5..=1440; the duration.
    slot_step_minutes: Option<i32>,
    /// True; false: each booking waits for approval.
    auto_confirm: Option<bool>,
    /// True.
    is_active: Option<bool>,
    /// False; true: all who provide it do so together.
    is_collective: Option<bool>,
    /// Empty: everybody, also later.
    staff_ids: Option<Vec<StaffId>>,
    /// It takes one of these rooms; empty: none.
    room_ids: Option<Vec<RoomId>>,
}

impl CreateService {
    fn draft(&self) -> ServiceDraft {
        ServiceDraft {
            name: self.name.clone(),
            category: self.category.clone(),
            description: self.description.clone(),
            translations: self.translations.clone().unwrap_or_default(),
            duration_minutes: self.duration_minutes,
            buffer_before_minutes: self.buffer_before_minutes.unwrap_or(0),
            buffer_after_minutes: self.buffer_after_minutes.unwrap_or(0),
            location: self.location.unwrap_or_default(),
            travel_minutes: self.travel_minutes.unwrap_or(0),
            price_cents: self.price_cents,
            deposit_rate: self.deposit_rate.unwrap_or_default(),
            capacity: self.capacity.unwrap_or(1),
            min_notice_minutes: self.min_notice_minutes.unwrap_or(0),
            horizon_days: self.horizon_days.unwrap_or(90),
            bookable_until: self.bookable_until,
            slot_step_minutes: self.slot_step_minutes,
            auto_confirm: self.auto_confirm.unwrap_or(true),
            is_active: self.is_active.unwrap_or(true),
            is_collective: self.is_collective.unwrap_or(false),
            staff_ids: self.staff_ids.clone().unwrap_or_default(),
            room_ids: self.room_ids.clone().unwrap_or_default(),
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent and null are two things (RFC 7396)")]
pub struct UpdateService {
    #[serde(default, deserialize_with = "required")]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    category: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// All of them: those that are not among them go.
    #[serde(default, deserialize_with = "required")]
    translations: Option<Translations<ServiceWords>>,
    #[serde(default, deserialize_with = "required")]
    duration_minutes: Option<i32>,
    #[serde(default, deserialize_with = "required")]
    buffer_before_minutes: Option<i32>,
    #[serde(default, deserialize_with = "required")]
    buffer_after_minutes: Option<i32>,
    #[serde(default, deserialize_with = "required")]
    location: Option<Location>,
    #[serde(default, deserialize_with = "required")]
    travel_minutes: Option<i32>,
    #[serde(default, deserialize_with = "required")]
    price_cents: Option<i64>,
    #[serde(default, deserialize_with = "required")]
    #[schema(value_type = Option<f64>)]
    deposit_rate: Option<Rate>,
    /// Group sessions that are ahead get as many seats, unless more are taken.
    #[serde(default, deserialize_with = "required")]
    capacity: Option<i32>,
    #[serde(default, deserialize_with = "required")]
    min_notice_minutes: Option<i32>,
    #[serde(default, deserialize_with = "required")]
    horizon_days: Option<i32>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NaiveDate>)]
    bookable_until: Option<Option<NaiveDate>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i32>)]
    slot_step_minutes: Option<Option<i32>>,
    #[serde(default, deserialize_with = "required")]
    auto_confirm: Option<bool>,
    #[serde(default, deserialize_with = "required")]
    is_active: Option<bool>,
    #[serde(default, deserialize_with = "required")]
    is_collective: Option<bool>,
    #[serde(default, deserialize_with = "required")]
    staff_ids: Option<Vec<StaffId>>,
    #[serde(default, deserialize_with = "required")]
    room_ids: Option<Vec<RoomId>>,
}

impl UpdateService {
    fn apply(self, draft: ServiceDraft) -> ServiceDraft {
        ServiceDraft {
            name: self.name.unwrap_or(draft.name),
            category: self.category.unwrap_or(draft.category),
            description: self.description.unwrap_or(draft.description),
            translations: self.translations.unwrap_or(draft.translations),
            duration_minutes: self.duration_minutes.unwrap_or(draft.duration_minutes),
            buffer_before_minutes: self.buffer_before_minutes.unwrap_or(draft.buffer_before_minutes),
            buffer_after_minutes: self.buffer_after_minutes.unwrap_or(draft.buffer_after_minutes),
            location: self.location.unwrap_or(draft.location),
            travel_minutes: self.travel_minutes.unwrap_or(draft.travel_minutes),
            price_cents: self.price_cents.unwrap_or(draft.price_cents),
            deposit_rate: self.deposit_rate.unwrap_or(draft.deposit_rate),
            capacity: self.capacity.unwrap_or(draft.capacity),
            min_notice_minutes: self.min_notice_minutes.unwrap_or(draft.min_notice_minutes),
            horizon_days: self.horizon_days.unwrap_or(draft.horizon_days),
            bookable_until: self.bookable_until.unwrap_or(draft.bookable_until),
            slot_step_minutes: self.slot_step_minutes.unwrap_or(draft.slot_step_minutes),
            auto_confirm: self.auto_confirm.unwrap_or(draft.auto_confirm),
            is_active: self.is_active.unwrap_or(draft.is_active),
            is_collective: self.is_collective.unwrap_or(draft.is_collective),
            staff_ids: self.staff_ids.unwrap_or(draft.staff_ids),
            room_ids: self.room_ids.unwrap_or(draft.room_ids),
        }
    }
}

pub async fn list(caller: Caller<Read>, Query(question): Query<PageQuestion>) -> Result<HttpResponse> {
    let wanted = question.read()?;
    let (tenant, offers) = caller
        .tenant
        .transaction(async |tx| {
            let offers = store::services::page(tx, Which::All, wanted.after, wanted.and_one()).await?;
            Ok::<_, store::Error>((store::tenants::find(tx).await?, offers))
        })
        .await?;
    let page = wanted.page(offers, place, |offer| ServiceView::new(offer, &tenant));
    Ok(HttpResponse::Ok().json(page))
}

fn place(offer: &Offer) -> (i32, ServiceId) {
    (offer.service.position, offer.service.id)
}

pub async fn create(
    caller: Caller<ManageCatalogue>,
    submission: Submission<CreateService>,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by());
    caller
        .once(&submission, async |tx| {
            let tenant = store::tenants::find(tx).await?;
            let draft = submission.body.draft();
            let offer = store::services::add(tx, draft, tenant.plan, &by, now).await?;
            Answer::created(&ServiceView::new(offer, &tenant))
        })
        .await
}

pub async fn show(caller: Caller<Read>, id: Path<ServiceId>) -> Result<HttpResponse> {
    reply(&caller.tenant, *id).await
}

/// One service, as it is now.
pub(crate) async fn reply(tenant: &store::Tenant, id: ServiceId) -> Result<HttpResponse> {
    let (tenant, offer) = tenant
        .transaction(async |tx| {
            Ok::<_, store::Error>((store::tenants::find(tx).await?, store::services::find(tx, id).await?))
        })
        .await?;
    let version = offer.service.version;
    Ok(versioned(&ServiceView::new(offer, &tenant), version))
}

pub async fn update(
    caller: Caller<ManageCatalogue>,
    id: Path<ServiceId>,
    IfMatch(version): IfMatch,
    Json(body): Json<UpdateService>,
) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    let (tenant, offer) = caller
        .tenant
        .transaction(async |tx| {
            let tenant = store::tenants::find(tx).await?;
            let change = |draft| body.apply(draft);
            let offer = store::services::update(tx, *id, change, tenant.plan, version, &by, now).await?;
            Ok::<_, Problem>((tenant, offer))
        })
        .await?;
    let version = offer.service.version;
    Ok(versioned(&ServiceView::new(offer, &tenant), version))
}

pub async fn destroy(caller: Caller<ManageCatalogue>, id: Path<ServiceId>) -> Result<HttpResponse> {
    let by = caller.by();
    caller.tenant.transaction(async |tx| store::services::remove(tx, *id, &by, caller.now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PublicListQuestion {
    /// 1..=200; 50.
    limit: Option<i64>,
    /// From the page before.
    cursor: Option<String>,
    /// In this language, as far as the tenant has said it in that; as the tenant wrote it.
    locale: Option<Locale>,
}

/// What anybody can book.
pub async fn list_public(
    visitor: Visitor,
    Query(question): Query<PublicListQuestion>,
) -> Result<HttpResponse> {
    visitor.state.take(READ, &visitor.ip).await?;
    let locale = question.locale;
    let wanted = PageQuestion { limit: question.limit, cursor: question.cursor }.read()?;
    let (tenant, offers, categories, mut questions) = visitor
        .tenant
        .transaction(async |tx| {
            let offers = store::services::page(tx, Which::Active, wanted.after, wanted.and_one()).await?;
            let ids: Vec<ServiceId> = offers.iter().map(|offer| offer.service.id).collect();
            let questions = store::intake::of_services(tx, &ids).await?;
            let categories = match locale {
                Some(locale) => Categories::find(tx, locale).await?,
                None => Categories::default(),
            };
            Ok::<_, store::Error>((store::tenants::find(tx).await?, offers, categories, questions))
        })
        .await?;
    let page = wanted.page(offers, place, |offer| {
        let questions = questions.remove(&offer.service.id).unwrap_or_default();
        let offer = match locale {
            Some(locale) => Offer { service: categories.told(offer.service, locale), ..offer },
            None => offer,
        };
        PublicService::new(offer, questions, &tenant, locale)
    });
    Ok(HttpResponse::Ok().json(page))
}
