//! Staff members: who or what can be booked.

use actix_web::HttpResponse;
use chrono_tz::Tz;
use domain::id::{ServiceId, StaffId, UserId};
use domain::staff::StaffDraft;
use serde::{Deserialize, Serialize};
use store::staff::StaffMember;
use utoipa::{IntoParams, ToSchema};

use crate::extract::{
    Caller, IfMatch, Json, ManageCatalogue, Path, Query, Read, Submission, Visitor, present, required,
};
use crate::idempotency::Answer;
use crate::limit::READ;
use crate::list::PageQuestion;
use crate::problem::Result;
use crate::reply::versioned;

#[derive(Serialize, ToSchema)]
pub struct StaffView {
    id: StaffId,
    name: String,
    email: Option<String>,
    /// The user who signs in as them, if any.
    user_id: Option<UserId>,
    /// Null: the tenant's.
    #[schema(value_type = Option<String>)]
    timezone: Option<Tz>,
    /// Null: no maximum.
    max_daily_bookings: Option<i32>,
    /// Percent of what the others get of the bookings that name nobody.
    weight: i32,
    version: i64,
}

impl From<StaffMember> for StaffView {
    fn from(staff: StaffMember) -> Self {
        Self {
            id: staff.id,
            name: staff.name,
            email: staff.email,
            user_id: staff.user_id,
            timezone: staff.timezone,
            max_daily_bookings: staff.max_daily_bookings,
            weight: staff.weight,
            version: staff.version,
        }
    }
}

/// What a visitor sees of a staff member.
#[derive(Serialize, ToSchema)]
pub struct PublicStaff {
    pub id: StaffId,
    pub name: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateStaff {
    name: String,
    email: Option<String>,
    #[schema(value_type = Option<String>, example = "Europe/Paris")]
    timezone: Option<Tz>,
    /// 1..=1000
    max_daily_bookings: Option<i32>,
    /// 10..=1000; 100.
    weight: Option<i32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent and null are two things (RFC 7396)")]
pub struct UpdateStaff {
    #[serde(default, deserialize_with = "required")]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    timezone: Option<Option<Tz>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i32>)]
    max_daily_bookings: Option<Option<i32>>,
    #[serde(default, deserialize_with = "required")]
    weight: Option<i32>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ProvidersOf {
    /// Only who provides this service.
    #[param(value_type = Option<String>)]
    service_id: Option<ServiceId>,
    /// 1..=200; 50.
    limit: Option<i64>,
    /// From the page before.
    cursor: Option<String>,
}

pub async fn list(caller: Caller<Read>, Query(question): Query<PageQuestion>) -> Result<HttpResponse> {
    let wanted = question.read()?;
    let staff = caller
        .tenant
        .transaction(async |tx| store::staff::page(tx, &[], wanted.after, wanted.and_one()).await)
        .await?;
    Ok(HttpResponse::Ok().json(wanted.page(staff, place, StaffView::from)))
}

fn place(caller: &StaffMember) -> (i32, StaffId) {
    (caller.position, caller.id)
}

pub async fn create(caller: Caller<ManageCatalogue>, submission: Submission<CreateStaff>) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by());
    caller
        .once(&submission, async |tx| {
            let body = &submission.body;
            let draft = StaffDraft {
                name: body.name.clone(),
                email: body.email.clone(),
                timezone: body.timezone,
                max_daily_bookings: body.max_daily_bookings,
                weight: body.weight.unwrap_or(StaffDraft::USUAL_WEIGHT),
            };
            let staff = store::staff::add(tx, draft, &by, now).await?;
            Answer::created(&StaffView::from(staff))
        })
        .await
}

pub async fn show(caller: Caller<Read>, id: Path<StaffId>) -> Result<HttpResponse> {
    let staff = caller.tenant.transaction(async |tx| store::staff::find(tx, *id).await).await?;
    let version = staff.version;
    Ok(versioned(&StaffView::from(staff), version))
}

pub async fn update(
    caller: Caller<ManageCatalogue>,
    id: Path<StaffId>,
    IfMatch(version): IfMatch,
    Json(body): Json<UpdateStaff>,
) -> Result<HttpResponse> {
    let by = caller.by();
    let change = |staff: &StaffMember| StaffDraft {
        name: body.name.unwrap_or_else(|| staff.name.clone()),
        email: body.email.unwrap_or_else(|| staff.email.clone()),
        timezone: body.timezone.unwrap_or(staff.timezone),
        max_daily_bookings: body.max_daily_bookings.unwrap_or(staff.max_daily_bookings),
        weight: body.weight.unwrap_or(staff.weight),
    };
    let staff = caller
        .tenant
        .transaction(async |tx| store::staff::update(tx, *id, change, version, &by, caller.now).await)
        .await?;
    let version = staff.version;
    Ok(versioned(&StaffView::from(staff), version))
}

pub async fn destroy(caller: Caller<ManageCatalogue>, id: Path<StaffId>) -> Result<HttpResponse> {
    let by = caller.by();
    caller.tenant.transaction(async |tx| store::staff::remove(tx, *id, &by, caller.now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who can be booked, by name alone.
pub async fn list_public(visitor: Visitor, Query(of): Query<ProvidersOf>) -> Result<HttpResponse> {
    visitor.state.take(READ, &visitor.ip).await?;
    let wanted = PageQuestion { limit: of.limit, cursor: of.cursor }.read()?;
    let staff: Vec<StaffMember> = visitor
        .tenant
        .transaction(async |tx| {
            let named = match of.service_id {
                Some(id) => store::services::find(tx, id).await?.staff_ids,
                None => Vec::new(),
            };
            store::staff::page(tx, &named, wanted.after, wanted.and_one()).await
        })
        .await?;
    let view = |caller: StaffMember| PublicStaff { id: caller.id, name: caller.name };
    Ok(HttpResponse::Ok().json(wanted.page(staff, place, view)))
}
