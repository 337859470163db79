//! The services of a tenant: the list, and the page of one.

pub mod form;
pub mod questions;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use domain::id::ServiceId;
use domain::rejection::Code;
use serde::Serialize;
use store::rooms::Room;
use store::services::{Offer, Which};
use store::staff::StaffMember;
use store::tenants::Tenant;

use form::ServiceForm;

use super::told::Told;
use super::typed::{Difference, Typed, differences};
use crate::extract::{ManageCatalogue, PageMember, Path, Read};
use crate::images::Shown;
use crate::pages::form::{Flaw, Pairs, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[
    ("/name", "name"),
    ("/category", "category"),
    ("/description", "description"),
    ("/translations/fr/name", "name-fr"),
    ("/translations/fr/category", "category-fr"),
    ("/translations/fr/description", "description-fr"),
    ("/translations/en/name", "name-en"),
    ("/translations/en/category", "category-en"),
    ("/translations/en/description", "description-en"),
    ("/duration_minutes", "duration"),
    ("/price_cents", "price"),
    ("/deposit_rate", "deposit"),
    ("/capacity", "capacity"),
    ("/buffer_before_minutes", "buffer_before"),
    ("/location", "location"),
    ("/travel_minutes", "travel"),
    ("/buffer_after_minutes", "buffer_after"),
    ("/min_notice_minutes", "notice"),
    ("/horizon_days", "horizon"),
    ("/bookable_until", "until"),
    ("/slot_step_minutes", "step"),
    ("/staff_ids*", "staff_ids"),
    ("/room_ids*", "room_ids"),
];

/// Minutes between starts to choose from.
const STEPS: [i32; 7] = [5, 10, 15, 20, 30, 45, 60];
/// Minutes of notice to choose from.
const NOTICES: [i32; 9] = [0, 30, 60, 120, 240, 720, 1_440, 2_880, 10_080];

#[derive(Serialize)]
struct List {
    current: &'static str,
    is_archive: bool,
    services: Vec<Line>,
    currency: String,
    may_manage: bool,
}

#[derive(Serialize)]
struct Line {
    id: ServiceId,
    name: String,
    category: Option<String>,
    duration_minutes: i32,
    price_cents: i64,
    is_active: bool,
    auto_confirm: bool,
    /// Who provides it; nobody named: everybody.
    staff: Vec<String>,
    picture: Option<Shown>,
}

#[derive(Serialize)]
struct Edit<'a> {
    current: &'static str,
    /// None: a new one.
    id: Option<ServiceId>,
    form: &'a ServiceForm,
    errors: Vec<Flaw>,
    differences: Vec<Difference>,
    staff: Vec<Choosable>,
    /// Those that are archived only where the service names them.
    rooms: Vec<Choosable>,
    categories: Vec<String>,
    currency: &'a str,
    has_deposits: bool,
    steps: Vec<i32>,
    notices: Vec<i32>,
    may_manage: bool,
    slug: &'a str,
}

/// Somebody, or a room, that the service may name.
#[derive(Serialize)]
struct Choosable {
    id: String,
    name: String,
    is_named: bool,
}

pub async fn list(reader: Reader, member: PageMember<Read>, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            let is_archive = request.query_string().contains("archived=1");
            let which = if is_archive { Which::Archived } else { Which::All };
            let (offers, staff): (Vec<Offer>, Vec<StaffMember>) = member
                .tenant
                .read(async |tx| {
                    let offers = store::services::page(tx, which, None, 500).await?;
                    Ok::<_, store::Error>((offers, store::staff::list(tx).await?))
                })
                .await?;
            let line = |Offer { service, staff_ids, image, .. }: Offer| Line {
                picture: image.as_ref().map(Shown::from),
                id: service.id,
                name: service.name,
                category: service.category,
                duration_minutes: service.duration_minutes,
                price_cents: service.price_cents,
                is_active: service.is_active,
                auto_confirm: service.auto_confirm,
                staff: staff
                    .iter()
                    .filter(|one| staff_ids.contains(&one.id))
                    .map(|one| one.name.clone())
                    .collect(),
            };
            let content = List {
                current: "services",
                is_archive,
                services: offers.into_iter().map(line).collect(),
                currency: tenant.currency,
                may_manage: member.role.may(domain::access::Permission::ManageCatalogue),
            };
            render(&member.state, &frame, StatusCode::OK, "app/services", &content)
        })
        .await
}

pub async fn new(reader: Reader, member: PageMember<ManageCatalogue>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            page(&member, &frame, &tenant, None, &ServiceForm::blank(&tenant), Told::nothing()).await
        })
        .await
}

pub async fn create(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let form = ServiceForm::typed(&Typed::from(pairs?));
            let (frame, tenant) = member.frame(&reader).await?;
            let (by, now) = (member.by(), member.now);
            let added: Result<Offer> = match form.draft(&tenant) {
                Ok(draft) => {
                    let plan = tenant.plan;
                    let add = async |tx: &mut store::TenantTx| {
                        store::services::add(tx, draft, plan, &by, now).await
                    };
                    member.tenant.transaction(add).await.map_err(Problem::from)
                }
                Err(refusal) => Err(refusal.into()),
            };
            match added {
                Ok(_) => Ok(see_with("/app/services", &Flash::ok("app-service-added"))),
                Err(problem) if refuses_a_person(&problem) => {
                    let told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    page(&member, &frame, &tenant, None, &form, told).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn edit(reader: Reader, member: PageMember<Read>, id: Result<Path<ServiceId>>) -> HttpResponse {
    reader
        .answer(async {
            let id = *id?;
            let (frame, tenant) = member.frame(&reader).await?;
            let offer = member.tenant.read(async |tx| store::services::find(tx, id).await).await?;
            let form = ServiceForm::of(&offer, &tenant);
            page(&member, &frame, &tenant, Some(id), &form, Told::nothing()).await
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<ServiceId>>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, typed) = (*id?, Typed::from(pairs?));
            let mut form = ServiceForm::typed(&typed);
            let (frame, tenant) = member.frame(&reader).await?;
            // What is not there is told before what is wrong with it.
            member.tenant.read(async |tx| store::services::find(tx, id).await).await?;
            let (by, now, plan, version) = (member.by(), member.now, tenant.plan, typed.version());
            let updated: Result<Offer> = match form.draft(&tenant) {
                Ok(draft) => member
                    .tenant
                    .transaction(async |tx| {
                        // Boxed: it carries a service three times.
                        Box::pin(store::services::update(tx, id, |_before| draft, plan, version, &by, now))
                            .await
                    })
                    .await
                    .map_err(Problem::from),
                Err(refusal) => Err(refusal.into()),
            };
            match updated {
                Ok(_) => Ok(see_with("/app/services", &Flash::ok("app-saved"))),
                Err(problem) if problem.code() == Code::NotFound => Err(problem),
                Err(problem) if refuses_a_person(&problem) => {
                    let mut told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    if problem.code() == Code::VersionMismatch {
                        let (offer, staff, rooms) = member
                            .tenant
                            .read(async |tx| {
                                let offer = store::services::find(tx, id).await?;
                                let (staff, rooms) =
                                    (store::staff::list(tx).await?, store::rooms::list(tx).await?);
                                Ok::<_, store::Error>((offer, staff, rooms))
                            })
                            .await?;
                        let saved = ServiceForm::of(&offer, &tenant);
                        told.differences =
                            differences(&form.shown(&staff, &rooms), saved.shown(&staff, &rooms));
                        // Whoever saves now has seen it.
                        form.version = saved.version;
                    }
                    page(&member, &frame, &tenant, Some(id), &form, told).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn archive(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<ServiceId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, by, now) = (*id?, member.by(), member.now);
            member.tenant.transaction(async |tx| store::services::remove(tx, id, &by, now).await).await?;
            Ok(see_with("/app/services", &Flash::ok("app-service-archived")))
        })
        .await
}

pub async fn restore(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<ServiceId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, by, now) = (*id?, member.by(), member.now);
            member.tenant.transaction(async |tx| store::services::restore(tx, id, &by, now).await).await?;
            Ok(see_with("/app/services", &Flash::ok("app-service-restored")))
        })
        .await
}

async fn page<P: crate::extract::Allows>(
    member: &PageMember<P>,
    frame: &Frame,
    tenant: &Tenant,
    id: Option<ServiceId>,
    form: &ServiceForm,
    told: Told,
) -> Result<HttpResponse> {
    let (staff, rooms, offers): (Vec<StaffMember>, Vec<Room>, Vec<Offer>) = member
        .tenant
        .read(async |tx| {
            let (staff, rooms) = (store::staff::list(tx).await?, store::rooms::list(tx).await?);
            Ok::<_, store::Error>((staff, rooms, store::services::list(tx).await?))
        })
        .await?;
    let mut categories: Vec<String> = offers.into_iter().filter_map(|offer| offer.service.category).collect();
    categories.sort();
    categories.dedup();
    let with = |choices: &[i32], typed: &str| {
        let mut choices = choices.to_vec();
        choices.extend(typed.parse::<i32>());
        choices.sort_unstable();
        choices.dedup();
        choices
    };
    let choosable =
        |id: String, name: String, named: &[String]| Choosable { is_named: named.contains(&id), id, name };
    let staff = staff.into_iter().map(|one| choosable(one.id.to_string(), one.name, &form.staff_ids));
    let is_shown = |room: &Room| room.archived_at.is_none() || form.room_ids.contains(&room.id.to_string());
    let rooms = rooms
        .into_iter()
        .filter(is_shown)
        .map(|room| choosable(room.id.to_string(), room.name, &form.room_ids));
    let content = Edit {
        current: "services",
        id,
        form,
        errors: told.errors,
        differences: told.differences,
        staff: staff.collect(),
        rooms: rooms.collect(),
        categories,
        currency: &tenant.currency,
        has_deposits: tenant.plan.has(domain::plan::Feature::Deposits),
        steps: with(&STEPS, &form.step),
        notices: with(&NOTICES, &form.notice),
        may_manage: member.role.may(domain::access::Permission::ManageCatalogue),
        slug: &tenant.slug,
    };
    render(&member.state, frame, told.status, "app/service", &content)
}
