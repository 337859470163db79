//! The services of a tenant: the list, and the form of one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use domain::id::{ServiceId, StaffId};
use domain::rejection::{Code, Fields, Rejection};
use domain::service::{Rate, ServiceDraft};
use serde::Serialize;
use store::services::{Offer, Which};
use store::staff::StaffMember;
use store::tenants::Tenant;

use super::typed::{Difference, Typed, differences, joined, number};
use crate::extract::{ManageCatalogue, PageMember, Path, Read};
use crate::images::Shown;
use crate::pages::form::{Flaw, Pairs, flaws, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[
    ("/name", "name"),
    ("/category", "category"),
    ("/description", "description"),
    ("/duration_minutes", "duration"),
    ("/price_cents", "price"),
    ("/deposit_rate", "deposit"),
    ("/buffer_before_minutes", "buffer_before"),
    ("/buffer_after_minutes", "buffer_after"),
    ("/min_notice_minutes", "notice"),
    ("/horizon_days", "horizon"),
    ("/slot_step_minutes", "step"),
    ("/staff_ids*", "staff_ids"),
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

/// What was typed of a service, or stands there.
#[derive(Default, Serialize)]
struct ServiceForm {
    name: String,
    category: String,
    description: String,
    duration: String,
    price: String,
    /// Percent.
    deposit: String,
    buffer_before: String,
    buffer_after: String,
    notice: String,
    horizon: String,
    step: String,
    auto_confirm: bool,
    is_active: bool,
    staff_ids: Vec<String>,
    version: String,
}

impl ServiceForm {
    fn of(offer: &Offer, currency: &str) -> Self {
        let service = &offer.service;
        Self {
            name: service.name.clone(),
            category: service.category.clone().unwrap_or_default(),
            description: service.description.clone().unwrap_or_default(),
            duration: service.duration_minutes.to_string(),
            price: templates::typed_amount(service.price_cents, currency),
            deposit: percent(service.deposit_basis_points),
            buffer_before: service.buffer_before_minutes.to_string(),
            buffer_after: service.buffer_after_minutes.to_string(),
            notice: service.min_notice_minutes.to_string(),
            horizon: service.horizon_days.to_string(),
            step: service.slot_step_minutes.map(|step| step.to_string()).unwrap_or_default(),
            auto_confirm: service.auto_confirm,
            is_active: service.is_active,
            staff_ids: offer.staff_ids.iter().map(StaffId::to_string).collect(),
            version: service.version.to_string(),
        }
    }

    /// What a new service begins with.
    fn blank() -> Self {
        let text = str::to_owned;
        Self {
            duration: text("60"),
            deposit: text("0"),
            buffer_before: text("0"),
            buffer_after: text("0"),
            notice: text("0"),
            horizon: text("90"),
            auto_confirm: true,
            is_active: true,
            ..Self::default()
        }
    }

    fn typed(typed: &Typed) -> Self {
        Self {
            name: typed.text("name"),
            category: typed.text("category"),
            description: typed.text("description"),
            duration: typed.text("duration"),
            price: typed.text("price"),
            deposit: typed.text("deposit"),
            buffer_before: typed.text("buffer_before"),
            buffer_after: typed.text("buffer_after"),
            notice: typed.text("notice"),
            horizon: typed.text("horizon"),
            step: typed.text("step"),
            auto_confirm: typed.has("auto_confirm"),
            is_active: typed.has("is_active"),
            staff_ids: typed.all("staff_ids").map(str::to_owned).collect(),
            version: typed.text("version"),
        }
    }

    fn draft(&self, tenant: &Tenant) -> Result<ServiceDraft, Rejection> {
        let mut fields = Fields::default();
        let or_none = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        let price_cents = templates::parse_amount(&self.price, &tenant.currency).unwrap_or_else(|| {
            let code = if self.price.trim().is_empty() { "REQUIRED" } else { "INVALID" };
            fields.add("/price_cents", code, "must be an amount");
            0
        });
        let deposit_rate =
            basis_points(&self.deposit).and_then(Rate::from_basis_points).unwrap_or_else(|| {
                fields.add("/deposit_rate", "INVALID", "must be a percentage");
                Rate::default()
            });
        let staff_ids: Vec<StaffId> = self.staff_ids.iter().filter_map(|id| id.parse().ok()).collect();
        if staff_ids.len() != self.staff_ids.len() {
            fields.add("/staff_ids", "UNKNOWN", "names nobody");
        }
        let draft = ServiceDraft {
            name: self.name.clone(),
            category: or_none(&self.category),
            description: or_none(&self.description),
            duration_minutes: number(&mut fields, "/duration_minutes", &self.duration, 60),
            buffer_before_minutes: number(&mut fields, "/buffer_before_minutes", &self.buffer_before, 0),
            buffer_after_minutes: number(&mut fields, "/buffer_after_minutes", &self.buffer_after, 0),
            price_cents,
            deposit_rate,
            min_notice_minutes: number(&mut fields, "/min_notice_minutes", &self.notice, 0),
            horizon_days: number(&mut fields, "/horizon_days", &self.horizon, 90),
            slot_step_minutes: or_none(&self.step)
                .map(|step| number(&mut fields, "/slot_step_minutes", &step, 5)),
            auto_confirm: self.auto_confirm,
            is_active: self.is_active,
            staff_ids,
        };
        joined(fields, draft.checked(tenant.plan))
    }

    /// Its labels and values in their order.
    fn shown(&self, staff: &[StaffMember]) -> Vec<(&'static str, String)> {
        let on = |is_on: bool| if is_on { "✓" } else { "–" }.to_owned();
        let named = staff.iter().filter(|member| self.staff_ids.contains(&member.id.to_string()));
        vec![
            ("app-service-name", self.name.clone()),
            ("app-service-category", self.category.clone()),
            ("app-service-description", self.description.clone()),
            ("app-service-duration", self.duration.clone()),
            ("app-service-price", self.price.clone()),
            ("app-service-deposit", self.deposit.clone()),
            ("app-service-buffer-before", self.buffer_before.clone()),
            ("app-service-buffer-after", self.buffer_after.clone()),
            ("app-service-notice", self.notice.clone()),
            ("app-service-horizon", self.horizon.clone()),
            ("app-service-step", self.step.clone()),
            ("app-service-auto-confirm", on(self.auto_confirm)),
            ("app-service-active", on(self.is_active)),
            ("app-service-staff", named.map(|member| member.name.clone()).collect::<Vec<_>>().join(", ")),
        ]
    }
}

/// 3,050 as `30.5`.
fn percent(basis_points: i32) -> String {
    let text = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `30,5 %` as 3,050.
fn basis_points(text: &str) -> Option<i32> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '%').collect();
    let plain = plain.replace(',', ".");
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 3 || rest.len() > 2 || !is_digits(whole) || !is_digits(rest) {
        return None;
    }
    let or_zero = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i32>().ok() };
    Some(or_zero(whole)? * 100 + or_zero(&format!("{rest:0<2}"))?)
}

#[derive(Serialize)]
struct Edit<'a> {
    current: &'static str,
    /// None: a new one.
    id: Option<ServiceId>,
    form: &'a ServiceForm,
    errors: Vec<Flaw>,
    differences: Vec<Difference>,
    staff: Vec<Person>,
    categories: Vec<String>,
    currency: &'a str,
    has_deposits: bool,
    steps: Vec<i32>,
    notices: Vec<i32>,
    may_manage: bool,
    slug: &'a str,
}

#[derive(Serialize)]
struct Person {
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
            let line = |Offer { service, staff_ids, image }: Offer| Line {
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
                may_manage: member.role.may(domain::role::Permission::ManageCatalogue),
            };
            render(&member.state, &frame, StatusCode::OK, "app/services", &content)
        })
        .await
}

pub async fn new(reader: Reader, member: PageMember<ManageCatalogue>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            page(&member, &frame, &tenant, None, &ServiceForm::blank(), Told::nothing()).await
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
                    let told = Told::of(&problem, &reader, &frame)?;
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
            let form = ServiceForm::of(&offer, &tenant.currency);
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
                        store::services::update(tx, id, |_before| draft, plan, version, &by, now).await
                    })
                    .await
                    .map_err(Problem::from),
                Err(refusal) => Err(refusal.into()),
            };
            match updated {
                Ok(_) => Ok(see_with("/app/services", &Flash::ok("app-saved"))),
                Err(problem) if problem.code() == Code::NotFound => Err(problem),
                Err(problem) if refuses_a_person(&problem) => {
                    let mut told = Told::of(&problem, &reader, &frame)?;
                    if problem.code() == Code::VersionMismatch {
                        let (offer, staff) = member
                            .tenant
                            .read(async |tx| {
                                let offer = store::services::find(tx, id).await?;
                                Ok::<_, store::Error>((offer, store::staff::list(tx).await?))
                            })
                            .await?;
                        let saved = ServiceForm::of(&offer, &tenant.currency);
                        told.differences = differences(&form.shown(&staff), saved.shown(&staff));
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

/// What a form is told when it was refused.
pub(super) struct Told {
    pub status: StatusCode,
    pub errors: Vec<Flaw>,
    pub differences: Vec<Difference>,
}

impl Told {
    pub(super) fn nothing() -> Self {
        Self { status: StatusCode::OK, errors: Vec::new(), differences: Vec::new() }
    }

    fn of(problem: &Problem, reader: &Reader, frame: &Frame) -> Result<Self> {
        Self::by(problem, FIELDS, reader, frame)
    }

    pub(super) fn by(
        problem: &Problem,
        fields: &[(&str, &str)],
        reader: &Reader,
        frame: &Frame,
    ) -> Result<Self> {
        let errors = flaws(problem, fields, reader.text(frame.lang))?;
        Ok(Self { status: problem.status_code(), errors, differences: Vec::new() })
    }
}

async fn page<P: crate::extract::Allows>(
    member: &PageMember<P>,
    frame: &Frame,
    tenant: &Tenant,
    id: Option<ServiceId>,
    form: &ServiceForm,
    told: Told,
) -> Result<HttpResponse> {
    let (staff, offers): (Vec<StaffMember>, Vec<Offer>) = member
        .tenant
        .read(async |tx| {
            Ok::<_, store::Error>((store::staff::list(tx).await?, store::services::list(tx).await?))
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
    let person = |one: StaffMember| Person {
        is_named: form.staff_ids.contains(&one.id.to_string()),
        id: one.id.to_string(),
        name: one.name,
    };
    let content = Edit {
        current: "services",
        id,
        form,
        errors: told.errors,
        differences: told.differences,
        staff: staff.into_iter().map(person).collect(),
        categories,
        currency: &tenant.currency,
        has_deposits: tenant.plan.has(domain::plan::Feature::Deposits),
        steps: with(&STEPS, &form.step),
        notices: with(&NOTICES, &form.notice),
        may_manage: member.role.may(domain::role::Permission::ManageCatalogue),
        slug: &tenant.slug,
    };
    render(&member.state, frame, told.status, "app/service", &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_read_as_it_is_written() {
        for (text, points) in
            [("30", 3_000), ("30,5", 3_050), ("30.25 %", 3_025), ("100", 10_000), ("", 0), ("0", 0)]
        {
            assert_eq!(basis_points(text), Some(points), "{text}");
        }
        for text in ["-1", "x", "30.125", "1000", "3.0.0"] {
            assert_eq!(basis_points(text), None, "{text}");
        }
        assert_eq!((percent(3_050), percent(0), percent(10_000)), ("30.5".into(), "0".into(), "100".into()));
    }
}
