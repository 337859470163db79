//! The team of a tenant: the list, and the form of one staff member.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use chrono_tz::Tz;
use domain::access::Permission;
use domain::id::StaffId;
use domain::rejection::{Code, Fields, Rejection};
use domain::staff::StaffDraft;
use serde::{Deserialize, Serialize};
use store::staff::StaffMember;

use super::told::Told;
use super::typed::{Difference, differences, joined, number, shown_version};
use crate::extract::{Allows, ManageCatalogue, PageMember, Path, Read};
use crate::pages::form::{Choice, Flaw, Form, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with, zones};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[
    ("/name", "name"),
    ("/email", "email"),
    ("/timezone", "timezone"),
    ("/max_daily_bookings", "max_daily_bookings"),
    ("/weight", "weight"),
];

#[derive(Serialize)]
struct List {
    current: &'static str,
    is_archive: bool,
    staff: Vec<Line>,
    may_manage: bool,
}

#[derive(Serialize)]
struct Line {
    id: StaffId,
    name: String,
    email: Option<String>,
    max_daily_bookings: Option<i32>,
    /// Who signs in as them is here.
    is_you: bool,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct StaffForm {
    name: String,
    email: String,
    timezone: String,
    max_daily_bookings: String,
    /// Percent; empty: as much as the others.
    weight: String,
    version: String,
}

impl StaffForm {
    fn of(staff: &StaffMember) -> Self {
        Self {
            name: staff.name.clone(),
            email: staff.email.clone().unwrap_or_default(),
            timezone: staff.timezone.map(|zone| zone.name().to_owned()).unwrap_or_default(),
            max_daily_bookings: staff.max_daily_bookings.map(|max| max.to_string()).unwrap_or_default(),
            weight: staff.weight.to_string(),
            version: staff.version.to_string(),
        }
    }

    fn draft(&self) -> Result<StaffDraft, Rejection> {
        let mut fields = Fields::default();
        let timezone = match self.timezone.as_str() {
            "" => None,
            name => fields.take("/timezone", name.parse::<Tz>()),
        };
        let max = self.max_daily_bookings.trim();
        let draft = StaffDraft {
            name: self.name.clone(),
            email: Some(self.email.clone()),
            timezone,
            max_daily_bookings: (!max.is_empty()).then(|| number(&mut fields, "/max_daily_bookings", max, 1)),
            weight: match self.weight.trim() {
                "" => StaffDraft::USUAL_WEIGHT,
                typed => number(&mut fields, "/weight", typed, StaffDraft::USUAL_WEIGHT),
            },
        };
        joined(fields, draft.checked())
    }

    fn shown(&self) -> Vec<(&'static str, String)> {
        vec![
            ("app-staff-name", self.name.clone()),
            ("app-staff-email", self.email.clone()),
            ("app-staff-zone", self.timezone.clone()),
            ("app-staff-max", self.max_daily_bookings.clone()),
            ("app-staff-weight", self.weight.clone()),
        ]
    }
}

#[derive(Serialize)]
struct Edit<'a> {
    current: &'static str,
    id: Option<StaffId>,
    form: &'a StaffForm,
    errors: Vec<Flaw>,
    differences: Vec<Difference>,
    zones: Vec<Choice>,
    may_manage: bool,
}

pub async fn list(reader: Reader, member: PageMember<Read>, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let (frame, _) = member.frame(&reader).await?;
            let is_archive = request.query_string().contains("archived=1");
            let staff: Vec<StaffMember> = member
                .tenant
                .read(async |tx| {
                    if is_archive {
                        store::staff::list_archived(tx).await
                    } else {
                        store::staff::list(tx).await
                    }
                })
                .await?;
            let line = |one: StaffMember| Line {
                id: one.id,
                name: one.name,
                email: one.email,
                max_daily_bookings: one.max_daily_bookings,
                is_you: one.user_id == Some(member.user_id),
            };
            let content = List {
                current: "staff",
                is_archive,
                staff: staff.into_iter().map(line).collect(),
                may_manage: member.role.may(Permission::ManageCatalogue),
            };
            render(&member.state, &frame, StatusCode::OK, "app/staff", &content)
        })
        .await
}

pub async fn new(reader: Reader, member: PageMember<ManageCatalogue>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, _) = member.frame(&reader).await?;
            page(&reader, &member, &frame, None, &StaffForm::default(), Told::nothing())
        })
        .await
}

pub async fn create(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    form: Result<Form<StaffForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (Form(form), by, now) = (form?, member.by(), member.now);
            let added: Result<StaffMember> = match form.draft() {
                Ok(draft) => {
                    let add = async |tx: &mut store::TenantTx| store::staff::add(tx, draft, &by, now).await;
                    member.tenant.transaction(add).await.map_err(Problem::from)
                }
                Err(refusal) => Err(refusal.into()),
            };
            match added {
                Ok(_) => Ok(see_with("/app/staff", &Flash::ok("app-staff-added"))),
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, _) = member.frame(&reader).await?;
                    let told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    page(&reader, &member, &frame, None, &form, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn edit(reader: Reader, member: PageMember<Read>, id: Result<Path<StaffId>>) -> HttpResponse {
    reader
        .answer(async {
            let id = *id?;
            let (frame, _) = member.frame(&reader).await?;
            let staff = member.tenant.read(async |tx| store::staff::find(tx, id).await).await?;
            page(&reader, &member, &frame, Some(id), &StaffForm::of(&staff), Told::nothing())
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<StaffId>>,
    form: Result<Form<StaffForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(mut form), by, now) = (*id?, form?, member.by(), member.now);
            let version = shown_version(&form.version);
            // Who is not there is told before what is wrong with them.
            member.tenant.read(async |tx| store::staff::find(tx, id).await).await?;
            let updated: Result<StaffMember> = match form.draft() {
                Ok(draft) => member
                    .tenant
                    .transaction(async |tx| {
                        store::staff::update(tx, id, |_before| draft, version, &by, now).await
                    })
                    .await
                    .map_err(Problem::from),
                Err(refusal) => Err(refusal.into()),
            };
            match updated {
                Ok(_) => Ok(see_with("/app/staff", &Flash::ok("app-saved"))),
                Err(problem) if problem.code() == Code::NotFound => Err(problem),
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, _) = member.frame(&reader).await?;
                    let mut told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    if problem.code() == Code::VersionMismatch {
                        let staff = member.tenant.read(async |tx| store::staff::find(tx, id).await).await?;
                        let saved = StaffForm::of(&staff);
                        told.differences = differences(&form.shown(), saved.shown());
                        form.version = saved.version;
                    }
                    page(&reader, &member, &frame, Some(id), &form, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn archive(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<StaffId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, by, now) = (*id?, member.by(), member.now);
            let removed: Result<(), store::Error> =
                member.tenant.transaction(async |tx| store::staff::remove(tx, id, &by, now).await).await;
            match removed {
                Err(error) if error.code() == Some(Code::LastStaffMember) => {
                    let flash = Flash::bad("app-staff-last");
                    Ok(see_with(&format!("/app/staff/{id}"), &flash))
                }
                removed => {
                    removed?;
                    Ok(see_with("/app/staff", &Flash::ok("app-staff-archived")))
                }
            }
        })
        .await
}

pub async fn restore(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<StaffId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, by, now) = (*id?, member.by(), member.now);
            member.tenant.transaction(async |tx| store::staff::restore(tx, id, &by, now).await).await?;
            Ok(see_with("/app/staff", &Flash::ok("app-staff-restored")))
        })
        .await
}

fn page<P: Allows>(
    reader: &Reader,
    member: &PageMember<P>,
    frame: &Frame,
    id: Option<StaffId>,
    form: &StaffForm,
    told: Told,
) -> Result<HttpResponse> {
    let text = reader.text(frame.lang);
    let own = text.t("app-staff-zone-own").map_err(|error| crate::problem::failed(&error))?;
    let mut choices = vec![Choice { value: String::new(), label: own }];
    choices.extend(zones::choices());
    let content = Edit {
        current: "staff",
        id,
        form,
        errors: told.errors,
        differences: told.differences,
        zones: choices,
        may_manage: member.role.may(Permission::ManageCatalogue),
    };
    render(&member.state, frame, told.status, "app/staff_member", &content)
}
