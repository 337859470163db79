//! Pictures: taken, shown, removed.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::id::{ImageId, ServiceId, TenantId};
use domain::image;
use domain::rejection::{Code, Rejection};
use providers::files::{FilePath, FilesError};
use providers::images::{self, ImageError, Picture, Purpose};
use serde::Serialize;
use store::audit::By;
use store::images::{Image, Place};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::extract::{Anybody, Caller, IfMatch, ManageCatalogue, ManageTenant, Path, Upload};
use crate::problem::{Problem, Result, failed};
use crate::state::State;
use crate::{services, tenant};

/// A picture in all its widths.
#[derive(Serialize, ToSchema)]
pub struct ImageView {
    id: ImageId,
    /// Of the largest variant.
    width: i32,
    height: i32,
    /// The narrowest first.
    variants: Vec<VariantView>,
}

#[derive(Serialize, ToSchema)]
pub struct VariantView {
    width: u32,
    /// Relative to where the API is. What it leads to never changes.
    url: String,
}

impl From<Image> for ImageView {
    fn from(image: Image) -> Self {
        let variants = image.variants().into_iter().map(|(width, url)| VariantView { width, url }).collect();
        Self { id: image.id, width: image.width, height: image.height, variants }
    }
}

/// As `<img>` wants it told.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// The variant for who can't choose.
    pub src: String,
    pub srcset: String,
    pub width: i32,
    pub height: i32,
}

impl From<&Image> for Shown {
    fn from(image: &Image) -> Self {
        let variants = image.variants();
        let choice = variants.iter().rfind(|(width, _)| *width <= 640).or(variants.last());
        Self {
            src: choice.map(|(_, address)| address.clone()).unwrap_or_default(),
            srcset: variants
                .iter()
                .map(|(width, address)| format!("{address} {width}w"))
                .collect::<Vec<_>>()
                .join(", "),
            width: image.width,
            height: image.height,
        }
    }
}

/// Pictures that are unfolded at one time, in all: each may take some hundred megabytes.
static TABLES: Semaphore = Semaphore::const_new(2);

/// Who puts a picture in its place, and to which version of what it belongs to.
pub(crate) struct Hanging<'a> {
    pub(crate) place: Place,
    pub(crate) version: Option<i64>,
    pub(crate) by: &'a By,
    pub(crate) now: DateTime<Utc>,
}

/// Judges the picture, keeps its files, then puts it in its place. `pointer` is the field that a refusal names.
pub(crate) async fn hang(
    state: &State,
    tenant: &store::Tenant,
    hanging: Hanging<'_>,
    bytes: web::Bytes,
    pointer: &str,
) -> Result<()> {
    let Hanging { place, version, by, now } = hanging;
    // Before the work: pictures of what is not there are not even looked at.
    if let Place::Service(id) = place {
        tenant.read(async |tx| store::services::find(tx, id).await).await?;
    }
    let purpose = if place == Place::Logo { Purpose::Logo } else { Purpose::Photo };
    let picture = prepare(bytes, purpose, pointer).await?;
    let image = Image {
        tenant_id: tenant.id(),
        id: ImageId::mint(now),
        format: picture.format,
        width: i32::try_from(picture.width).unwrap_or(i32::MAX),
        height: i32::try_from(picture.height).unwrap_or(i32::MAX),
        size_bytes: i64::try_from(picture.size()).unwrap_or(i64::MAX),
        created_at: now,
        created_by: by.user(),
    };
    tenant.transaction(async |tx| store::images::announce(tx, image.id, now).await).await?;
    for variant in picture.variants {
        let file = image::file(image.id, variant.width, image.format);
        let path = FilePath::new(tenant.id(), &file).map_err(|error| failed(&error))?;
        state.files.put(&path, variant.bytes).await.map_err(|error| failed(&error))?;
    }
    tenant.transaction(async |tx| store::images::set(tx, place, &image, version, by, now).await).await?;
    Ok(())
}

async fn prepare(bytes: web::Bytes, purpose: Purpose, pointer: &str) -> Result<Picture> {
    let _place = TABLES.acquire().await.map_err(|closed| failed(&closed))?;
    let prepared = tokio::task::spawn_blocking(move || images::prepare(&bytes, purpose)).await;
    match prepared {
        Ok(Ok(picture)) => Ok(picture),
        Ok(Err(ImageError::TooManyBytes)) => Err(Code::BodyTooLarge.into()),
        Ok(Err(why)) => Err(Rejection::invalid(pointer, why.code(), why.to_string()).into()),
        // A decoder that gave up on what nobody should have sent.
        Err(panic) => {
            tracing::warn!(%panic, "a picture broke its decoder");
            let why = ImageError::Broken;
            Err(Rejection::invalid(pointer, why.code(), why.to_string()).into())
        }
    }
}

async fn put(state: &State, tenant: &store::Tenant, hanging: Hanging<'_>, upload: Upload) -> Result<()> {
    let missing = || Problem::from(Rejection::invalid("/file", "REQUIRED", "must be a picture"));
    let bytes = upload.file.ok_or_else(missing)?;
    hang(state, tenant, hanging, bytes, "/file").await
}

pub async fn put_of_service(
    caller: Caller<ManageCatalogue>,
    id: Path<ServiceId>,
    IfMatch(version): IfMatch,
    upload: Upload,
) -> Result<HttpResponse> {
    let (by, now) = (caller.by(), caller.now);
    let hanging = Hanging { place: Place::Service(*id), version, by: &by, now };
    put(&caller.state, &caller.tenant, hanging, upload).await?;
    services::reply(&caller.tenant, *id).await
}

pub async fn destroy_of_service(
    caller: Caller<ManageCatalogue>,
    id: Path<ServiceId>,
    IfMatch(version): IfMatch,
) -> Result<HttpResponse> {
    let (by, place) = (caller.by(), Place::Service(*id));
    remove(&caller.tenant, Hanging { place, version, by: &by, now: caller.now }).await
}

pub async fn put_logo(
    caller: Caller<ManageTenant>,
    version: IfMatch,
    upload: Upload,
) -> Result<HttpResponse> {
    put_of_tenant(caller, Place::Logo, version, upload).await
}

pub async fn put_cover(
    caller: Caller<ManageTenant>,
    version: IfMatch,
    upload: Upload,
) -> Result<HttpResponse> {
    put_of_tenant(caller, Place::Cover, version, upload).await
}

async fn put_of_tenant(
    caller: Caller<ManageTenant>,
    place: Place,
    IfMatch(version): IfMatch,
    upload: Upload,
) -> Result<HttpResponse> {
    let (by, now) = (caller.by(), caller.now);
    put(&caller.state, &caller.tenant, Hanging { place, version, by: &by, now }, upload).await?;
    tenant::reply(&caller.tenant).await
}

pub async fn destroy_logo(caller: Caller<ManageTenant>, IfMatch(version): IfMatch) -> Result<HttpResponse> {
    let by = caller.by();
    remove(&caller.tenant, Hanging { place: Place::Logo, version, by: &by, now: caller.now }).await
}

pub async fn destroy_cover(caller: Caller<ManageTenant>, IfMatch(version): IfMatch) -> Result<HttpResponse> {
    let by = caller.by();
    remove(&caller.tenant, Hanging { place: Place::Cover, version, by: &by, now: caller.now }).await
}

async fn remove(tenant: &store::Tenant, hanging: Hanging<'_>) -> Result<HttpResponse> {
    let Hanging { place, version, by, now } = hanging;
    tenant.transaction(async |tx| store::images::remove(tx, place, version, by, now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A variant, to anybody: its address says everything, and what it leads to never changes. No database is asked.
pub async fn show(anybody: Anybody, request: HttpRequest) -> Result<HttpResponse> {
    let part = |name| request.match_info().get(name).unwrap_or_default();
    let (owner, name) = (part("owner"), part("file"));
    let tenant: TenantId = owner.parse().map_err(|_nobody| Code::NotFound)?;
    // One spelling each: a cache keeps what stands at an address.
    if owner != tenant.to_string() {
        return Err(Code::NotFound.into());
    }
    let (id, width, format) = image::parse(name).ok_or(Code::NotFound)?;
    let path = FilePath::new(tenant, &image::file(id, width, format)).map_err(|error| failed(&error))?;
    let bytes = match anybody.state.files.get(&path).await {
        Err(FilesError::NotFound) => return Err(Code::NotFound.into()),
        bytes => bytes.map_err(|error| failed(&error))?,
    };
    let tag = format!("\"{id}-{width}\"");
    let known = request.headers().get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let is_known = known.is_some_and(|tags| {
        tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag || known.trim() == "*")
    });
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((ETAG, tag))
        .insert_header((CONTENT_TYPE, format.content_type()))
        .insert_header((CONTENT_DISPOSITION, "inline"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    Ok(if is_known { response.finish() } else { response.body(bytes) })
}
