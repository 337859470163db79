//! A staff member's calendar and those of others: an address to subscribe to, and a file to take over.

use actix_web::HttpResponse;
use domain::id::StaffId;
use domain::rejection::{Code, Rejection};
use serde::{Deserialize, Serialize};

use super::told::Told;
use crate::calendar_feeds::{CalendarImportView, mint, take_over};
use crate::extract::{ByOwnPeople, CalendarUpload, ManageCatalogue, PageMember, Path};
use crate::pages::form::{Flaw, Form, refuses_a_person};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[("/file", "ics")];

#[derive(Serialize)]
struct Content {
    current: &'static str,
    id: StaffId,
    name: String,
    is_open: bool,
    shows_details: bool,
    /// The address: shown once.
    url: Option<String>,
    report: Option<CalendarImportView>,
    errors: Vec<Flaw>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct FeedForm {
    shows: String,
}

/// What the page says besides what stands there.
#[derive(Default)]
struct Said {
    url: Option<String>,
    report: Option<CalendarImportView>,
    refused: Option<Problem>,
}

pub async fn show(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    id: Result<Path<StaffId>>,
) -> HttpResponse {
    reader.answer(async { page(&reader, &member, *id?, Said::default()).await }).await
}

/// Makes an address, or a new one. It is shown by the answer itself: it is kept nowhere.
pub async fn create(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    id: Result<Path<StaffId>>,
    form: Result<Form<FeedForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form), by, now) = (*id?, form?, member.by(), member.now);
            let (url, hash) = mint(&member.state, member.tenant.id());
            let renew = async |tx: &mut store::TenantTx| {
                store::calendar_feeds::renew(tx, id, hash, form.shows == "details", &by, now).await
            };
            member.tenant.transaction(renew).await?;
            page(&reader, &member, id, Said { url: Some(url), ..Said::default() }).await
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    id: Result<Path<StaffId>>,
    form: Result<Form<FeedForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form), by, now) = (*id?, form?, member.by(), member.now);
            let update = async |tx: &mut store::TenantTx| {
                store::calendar_feeds::update(tx, id, form.shows == "details", &by, now).await
            };
            member.tenant.transaction(update).await?;
            Ok(see_with(&address(id), &Flash::ok("app-saved")))
        })
        .await
}

pub async fn revoke(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    id: Result<Path<StaffId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, by, now) = (*id?, member.by(), member.now);
            let revoke =
                async |tx: &mut store::TenantTx| store::calendar_feeds::revoke(tx, id, &by, now).await;
            member.tenant.transaction(revoke).await?;
            Ok(see_with(&address(id), &Flash::ok("feeds-revoked")))
        })
        .await
}

pub async fn import(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    id: Result<Path<StaffId>>,
    upload: Result<CalendarUpload>,
) -> HttpResponse {
    reader
        .answer(async {
            let id = *id?;
            let imported = match upload.map(|CalendarUpload(upload)| upload.file) {
                Ok(Some(bytes)) => {
                    let public_url = member.state.links.public_url();
                    take_over(&member.tenant, id, bytes, public_url, &member.by(), member.now).await
                }
                Ok(None) => Err(Rejection::invalid("/file", "REQUIRED", "must be a calendar file").into()),
                Err(problem) => Err(problem),
            };
            let said = match imported {
                Ok(report) => Said { report: Some(report), ..Said::default() },
                Err(problem) if problem.code() == Code::BodyTooLarge => {
                    let refused = Rejection::invalid("/file", "TOO_LONG", "may have at most 5 MB").into();
                    Said { refused: Some(refused), ..Said::default() }
                }
                Err(problem) if problem.code() != Code::NotFound && refuses_a_person(&problem) => {
                    Said { refused: Some(problem), ..Said::default() }
                }
                Err(problem) => return Err(problem),
            };
            page(&reader, &member, id, said).await
        })
        .await
}

fn address(id: StaffId) -> String {
    format!("/app/staff/{id}/calendar")
}

async fn page(
    reader: &Reader,
    member: &PageMember<ByOwnPeople<ManageCatalogue>>,
    id: StaffId,
    said: Said,
) -> Result<HttpResponse> {
    let (frame, _) = member.frame(reader).await?;
    let (staff, feed) = member
        .tenant
        .read(async |tx| {
            let staff = store::staff::find(tx, id).await?;
            Ok::<_, store::Error>((staff, store::calendar_feeds::find(tx, id).await?))
        })
        .await?;
    let told = Told::by(said.refused.as_ref(), FIELDS, reader, &frame)?;
    let content = Content {
        current: "staff",
        id,
        name: staff.name,
        is_open: feed.is_some(),
        shows_details: feed.is_none_or(|feed| feed.shows_details),
        url: said.url,
        report: said.report,
        errors: told.errors,
    };
    render(&member.state, &frame, told.status, "app/staff_calendar", &content)
}
