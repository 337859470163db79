//! Pictures of a tenant: its logo, its cover, and one of each service. Sent, replaced, taken away.

use actix_web::HttpResponse;
use domain::id::{ImageId, ServiceId};
use domain::rejection::{Code, Rejection};
use serde::Serialize;
use store::images::Place;

use super::told::Told;
use crate::extract::{Allows, ManageCatalogue, ManageTenant, PageMember, Path, Upload};
use crate::images::{Hanging, Shown, hang};
use crate::pages::form::{Flaw, refuses_a_person};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[("/file", "file")];

#[derive(Serialize)]
struct PicturePage {
    current: &'static str,
    /// `service`, `logo` or `cover`.
    place: &'static str,
    /// Of the service.
    name: String,
    action: String,
    back: String,
    /// The one that stands there, if one does.
    pictures: Vec<Shown>,
    errors: Vec<Flaw>,
}

fn action(place: Place) -> String {
    match place {
        Place::Service(id) => format!("/app/services/{id}/picture"),
        Place::Logo => "/app/settings/logo".to_owned(),
        Place::Cover => "/app/settings/cover".to_owned(),
    }
}

async fn show<P: Allows>(
    reader: &Reader,
    member: &PageMember<P>,
    place: Place,
    refused: Option<Problem>,
) -> Result<HttpResponse> {
    let (frame, tenant) = member.frame(reader).await?;
    let (name, id): (String, Option<ImageId>) = match place {
        Place::Service(id) => {
            let service = member.tenant.read(async |tx| store::services::find(tx, id).await).await?.service;
            (service.name, service.image_id)
        }
        Place::Logo => (tenant.name, tenant.logo_image_id),
        Place::Cover => (tenant.name, tenant.cover_image_id),
    };
    let found = member.tenant.read(async |tx| store::images::find_all(tx, [id]).await).await?;
    let told = Told::by(refused.as_ref(), FIELDS, reader, &frame)?;
    let (current, kind, back) = match place {
        Place::Service(id) => ("services", "service", format!("/app/services/{id}")),
        Place::Logo => ("settings", "logo", "/app/settings/brand".to_owned()),
        Place::Cover => ("settings", "cover", "/app/settings/brand".to_owned()),
    };
    let content = PicturePage {
        current,
        place: kind,
        name,
        action: action(place),
        back,
        pictures: found.values().map(Shown::from).collect(),
        errors: told.errors,
    };
    render(&member.state, &frame, told.status, "app/picture", &content)
}

async fn put<P: Allows>(
    reader: &Reader,
    member: &PageMember<P>,
    place: Place,
    upload: Result<Upload>,
) -> Result<HttpResponse> {
    let (by, now) = (member.by(), member.now);
    let hung = match upload.map(|upload| upload.file) {
        Ok(Some(bytes)) => {
            let hanging = Hanging { place, version: None, by: &by, now };
            Box::pin(hang(&member.state, &member.tenant, hanging, bytes, "/file")).await
        }
        Ok(None) => Err(Rejection::invalid("/file", "REQUIRED", "must be a picture").into()),
        Err(problem) => Err(problem),
    };
    match hung.map_err(on_the_field) {
        Ok(()) => Ok(see_with(&action(place), &Flash::ok("app-saved"))),
        Err(problem) if problem.code() == Code::NotFound => Err(problem),
        Err(problem) if refuses_a_person(&problem) => {
            Box::pin(show(reader, member, place, Some(problem))).await
        }
        Err(problem) => Err(problem),
    }
}

/// What is too large is told where it was chosen.
fn on_the_field(problem: Problem) -> Problem {
    match problem.code() {
        Code::BodyTooLarge => {
            Rejection::invalid("/file", "PICTURE_TOO_LARGE", "must have at most 10 MB").into()
        }
        _ => problem,
    }
}

async fn remove<P: Allows>(member: &PageMember<P>, place: Place) -> Result<HttpResponse> {
    let (by, now) = (member.by(), member.now);
    member.tenant.transaction(async |tx| store::images::remove(tx, place, None, &by, now).await).await?;
    Ok(see_with(&action(place), &Flash::ok("app-saved")))
}

pub async fn show_of_service(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<ServiceId>>,
) -> HttpResponse {
    reader.answer(async { show(&reader, &member, Place::Service(*id?), None).await }).await
}

pub async fn put_of_service(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<ServiceId>>,
    upload: Result<Upload>,
) -> HttpResponse {
    reader.answer(async { put(&reader, &member, Place::Service(*id?), upload).await }).await
}

pub async fn remove_of_service(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<ServiceId>>,
) -> HttpResponse {
    reader.answer(async { remove(&member, Place::Service(*id?)).await }).await
}

pub async fn show_logo(reader: Reader, member: PageMember<ManageTenant>) -> HttpResponse {
    reader.answer(show(&reader, &member, Place::Logo, None)).await
}

pub async fn put_logo(
    reader: Reader,
    member: PageMember<ManageTenant>,
    upload: Result<Upload>,
) -> HttpResponse {
    reader.answer(put(&reader, &member, Place::Logo, upload)).await
}

pub async fn remove_logo(reader: Reader, member: PageMember<ManageTenant>) -> HttpResponse {
    reader.answer(remove(&member, Place::Logo)).await
}

pub async fn show_cover(reader: Reader, member: PageMember<ManageTenant>) -> HttpResponse {
    reader.answer(show(&reader, &member, Place::Cover, None)).await
}

pub async fn put_cover(
    reader: Reader,
    member: PageMember<ManageTenant>,
    upload: Result<Upload>,
) -> HttpResponse {
    reader.answer(put(&reader, &member, Place::Cover, upload)).await
}

pub async fn remove_cover(reader: Reader, member: PageMember<ManageTenant>) -> HttpResponse {
    reader.answer(remove(&member, Place::Cover)).await
}
