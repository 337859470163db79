//! The tenant's own profile, its plan and what of it is used.

use std::collections::HashMap;

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::id::{ImageId, TenantId};
use domain::locale::Locale;
use domain::plan::{self, Feature, Limit, Plan};
use domain::tenant::TenantChanges;
use serde::{Deserialize, Serialize};
use store::images::Image;
use store::tenants::Tenant;
use utoipa::ToSchema;

use crate::extract::{Caller, IfMatch, Json, ManageTenant, Read, present, required};
use crate::images::ImageView;
use crate::problem::Result;
use crate::reply::versioned;
use crate::state::State;

#[derive(Serialize, ToSchema)]
pub struct TenantView {
    id: TenantId,
    slug: String,
    name: String,
    #[schema(value_type = String)]
    timezone: Tz,
    locale: Locale,
    currency: String,
    country: String,
    plan: Plan,
    contact_email: Option<String>,
    phone: Option<String>,
    address: Option<String>,
    city: Option<String>,
    about: Option<String>,
    website_url: Option<String>,
    instagram_url: Option<String>,
    legal_name: Option<String>,
    legal_form: Option<String>,
    publisher: Option<String>,
    siret: Option<String>,
    vat_id: Option<String>,
    accent_color: Option<String>,
    /// What an appointment usually lasts.
    default_duration_minutes: i32,
    /// What is usually kept free after it.
    default_break_minutes: i32,
    logo: Option<ImageView>,
    /// The picture above the public page.
    cover: Option<ImageView>,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TenantView {
    fn new(tenant: Tenant, mut images: HashMap<ImageId, Image>) -> Self {
        let mut image = |id: Option<ImageId>| id.and_then(|id| images.remove(&id)).map(ImageView::from);
        Self {
            logo: image(tenant.logo_image_id),
            cover: image(tenant.cover_image_id),
            id: tenant.tenant_id,
            slug: tenant.slug,
            name: tenant.name,
            timezone: tenant.timezone,
            locale: tenant.locale,
            currency: tenant.currency,
            country: tenant.country,
            plan: tenant.plan,
            contact_email: tenant.contact_email,
            phone: tenant.phone_e164,
            address: tenant.address,
            city: tenant.city,
            about: tenant.about,
            website_url: tenant.website_url,
            instagram_url: tenant.instagram_url,
            legal_name: tenant.legal_name,
            legal_form: tenant.legal_form,
            publisher: tenant.publisher,
            siret: tenant.siret,
            vat_id: tenant.vat_id,
            accent_color: tenant.accent_color,
            default_duration_minutes: tenant.default_duration_minutes,
            default_break_minutes: tenant.default_break_minutes,
            version: tenant.version,
            created_at: tenant.created_at,
            updated_at: tenant.updated_at,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent and null are two things (RFC 7396)")]
pub struct UpdateTenant {
    #[serde(default, deserialize_with = "required")]
    name: Option<String>,
    #[serde(default, deserialize_with = "required")]
    #[schema(value_type = Option<String>)]
    timezone: Option<Tz>,
    #[serde(default, deserialize_with = "required")]
    locale: Option<Locale>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    contact_email: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    address: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    city: Option<Option<String>>,
    /// What the public page says of the tenant, up to 2,000 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    about: Option<Option<String>>,
    /// `https://…`, or a host alone.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    website_url: Option<Option<String>>,
    /// An address at instagram.com, or a name such as `@maison.camille`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    instagram_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    legal_name: Option<Option<String>>,
    /// As the law wants it told, such as `SARL au capital de 5 000 €`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    legal_form: Option<Option<String>>,
    /// Who answers for what the public page says.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    publisher: Option<Option<String>>,
    /// 14 digits (France).
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    siret: Option<Option<String>>,
    /// With the country, such as `FR40303265045`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    vat_id: Option<Option<String>>,
    /// `#rrggbb`
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    accent_color: Option<Option<String>>,
    /// 5..=960: what new services begin with, and what `GET /slots` counts with.
    #[serde(default, deserialize_with = "required")]
    default_duration_minutes: Option<i32>,
    /// 0..=480: what `GET /slots` keeps free after each appointment.
    #[serde(default, deserialize_with = "required")]
    default_break_minutes: Option<i32>,
}

pub async fn show(caller: Caller<Read>) -> Result<HttpResponse> {
    reply(&caller.tenant).await
}

/// The profile, as it is now.
pub(crate) async fn reply(tenant: &store::Tenant) -> Result<HttpResponse> {
    let (tenant, images) = tenant
        .transaction(async |tx| {
            let tenant = store::tenants::find(tx).await?;
            let images = pictures(tx, &tenant).await?;
            Ok::<_, store::Error>((tenant, images))
        })
        .await?;
    let version = tenant.version;
    Ok(versioned(&TenantView::new(tenant, images), version))
}

async fn pictures(tx: &store::TenantTx, tenant: &Tenant) -> store::Result<HashMap<ImageId, Image>> {
    store::images::find_all(tx, [tenant.logo_image_id, tenant.cover_image_id]).await
}

pub async fn update(
    caller: Caller<ManageTenant>,
    IfMatch(version): IfMatch,
    Json(body): Json<UpdateTenant>,
) -> Result<HttpResponse> {
    let changes = TenantChanges {
        name: body.name,
        timezone: body.timezone,
        locale: body.locale,
        contact_email: body.contact_email,
        phone: body.phone,
        address: body.address,
        city: body.city,
        about: body.about,
        website_url: body.website_url,
        instagram_url: body.instagram_url,
        legal_name: body.legal_name,
        legal_form: body.legal_form,
        publisher: body.publisher,
        siret: body.siret,
        vat_id: body.vat_id,
        accent_color: body.accent_color,
        default_duration_minutes: body.default_duration_minutes,
        default_break_minutes: body.default_break_minutes,
    };
    let by = caller.by();
    let (tenant, images) = caller
        .tenant
        .transaction(async |tx| {
            let tenant = store::tenants::update(tx, changes, version, &by, caller.now).await?;
            let images = pictures(tx, &tenant).await?;
            Ok::<_, store::Error>((tenant, images))
        })
        .await?;
    let version = tenant.version;
    Ok(versioned(&TenantView::new(tenant, images), version))
}

#[derive(Serialize, ToSchema)]
pub struct PlanView {
    plan: Plan,
    limits: Vec<LimitView>,
    features: Vec<Feature>,
}

#[derive(Serialize, ToSchema)]
pub struct LimitView {
    limit: Limit,
    /// Null: no limit.
    max: Option<i64>,
    used: i64,
    /// When the count begins anew; null: never.
    resets_at: Option<DateTime<Utc>>,
}

/// How much of each limit is used, of monthly ones in that month. Whoever is invited takes the place of a member.
pub(crate) async fn used(
    state: &State,
    door: &store::Tenant,
    month: NaiveDate,
    now: DateTime<Utc>,
) -> Result<impl Fn(Limit) -> i64 + use<>> {
    let (counted, invited): (Vec<(Limit, i64)>, i64) = door
        .read(async |tx| {
            let counted = store::usage::list(tx, month).await?;
            Ok::<_, store::Error>((counted, store::members::count_invitations(tx, now).await?))
        })
        .await?;
    let identity = state.store.identity();
    let members = identity.statement(async |tx| store::users::count_members(tx, door.id()).await).await?;
    Ok(move |limit| match limit {
        Limit::Members => members + invited,
        _ => counted.iter().find(|(of, _)| *of == limit).map_or(0, |(_, used)| *used),
    })
}

pub async fn plan(caller: Caller<Read>) -> Result<HttpResponse> {
    let now = caller.now;
    let tenant = caller.tenant.read(async |tx| store::tenants::find(tx).await).await?;
    let month = plan::month_of(now, tenant.timezone);
    let used = used(&caller.state, &caller.tenant, month, now).await?;
    let limits = Limit::ALL
        .into_iter()
        .map(|limit| LimitView {
            limit,
            max: tenant.plan.allowance(limit),
            used: used(limit),
            resets_at: if limit.is_monthly() { plan::month_resets_at(month, tenant.timezone) } else { None },
        })
        .collect();
    let features = Feature::ALL.into_iter().filter(|feature| tenant.plan.has(*feature)).collect();
    Ok(HttpResponse::Ok().json(PlanView { plan: tenant.plan, limits, features }))
}
