//! The file of all customers: asked for, watched while it is made, downloaded.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use chrono::{DateTime, Utc};
use domain::rejection::Code;
use providers::files::{FilePath, FilesError};
use serde::Serialize;
use store::exports;

use crate::extract::{ByOwnPeople, ManageCatalogue, PageMember};
use crate::pages::{Reader, render, see};
use crate::problem::failed;

const PAGE: &str = "/app/customers/export";

#[derive(Serialize)]
struct ExportPage {
    current: &'static str,
    /// `under_way`, `failed` or `idle`.
    state: &'static str,
    done: i32,
    /// 0: not known yet.
    total: i32,
    file: Vec<File>,
    timezone: String,
}

#[derive(Serialize)]
struct File {
    made_at: DateTime<Utc>,
    bytes: i64,
}

pub async fn show(reader: Reader, member: PageMember<ByOwnPeople<ManageCatalogue>>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            let export = member.tenant.read(async |tx| exports::find(tx).await).await?;
            let progress = export.progress.filter(|progress| progress.ended_at.is_none());
            let content = ExportPage {
                current: "customers",
                state: match (export.is_under_way, export.has_failed) {
                    (true, _) => "under_way",
                    (false, true) => "failed",
                    (false, false) => "idle",
                },
                done: progress.as_ref().map_or(0, |progress| progress.done),
                total: progress.and_then(|progress| progress.total).unwrap_or(0),
                file: export
                    .file
                    .map(|file| File { made_at: file.created_at, bytes: file.size_bytes })
                    .into_iter()
                    .collect(),
                timezone: tenant.timezone.to_string(),
            };
            render(&member.state, &frame, StatusCode::OK, "app/customers_export", &content)
        })
        .await
}

pub async fn create(reader: Reader, member: PageMember<ByOwnPeople<ManageCatalogue>>) -> HttpResponse {
    reader
        .answer(async {
            let (by, now, user) = (member.by(), member.now, member.session.user_id);
            member.tenant.transaction(async |tx| exports::request(tx, &by, user, now).await).await?;
            Ok(see(PAGE))
        })
        .await
}

pub async fn download(reader: Reader, member: PageMember<ByOwnPeople<ManageCatalogue>>) -> HttpResponse {
    reader
        .answer(async {
            let file = member.tenant.read(async |tx| exports::file(tx).await).await?;
            let file = file.ok_or(Code::NotFound)?;
            let name =
                reader.text(reader.lang()).t("calendar-export-file").map_err(|error| failed(&error))?;
            let path = FilePath::new(file.tenant_id, &file.path).map_err(|error| failed(&error))?;
            let bytes = match member.state.files.get(&path).await {
                Err(FilesError::NotFound) => Err(Code::NotFound.into()),
                other => other.map_err(|error| failed(&error)),
            }?;
            Ok(HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, file.content_type))
                .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
                .insert_header((CACHE_CONTROL, "private, no-store"))
                .body(bytes))
        })
        .await
}
