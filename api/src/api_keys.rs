//! Keys of the API: a tenant makes them for its programs.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::api_key::{self, Draft, Scope};
use domain::id::{ApiKeyId, UserId};
use serde::{Deserialize, Serialize};
use store::api_keys::{self, ApiKey};
use store::audit::By;
use utoipa::ToSchema;

use crate::account::Own;
use crate::extract::{Json, ManageKeys, Member, Path};
use crate::problem::Result;
use crate::random;

#[derive(Serialize, ToSchema)]
pub struct ApiKeysView {
    /// Those that are good, the newest first.
    api_keys: Vec<ApiKeyView>,
}

#[derive(Serialize, ToSchema)]
pub struct ApiKeyView {
    id: ApiKeyId,
    name: String,
    /// How the key begins.
    prefix: String,
    scopes: Vec<Scope>,
    created_at: DateTime<Utc>,
    created_by: Option<UserId>,
    /// None: until it is taken away.
    expires_at: Option<DateTime<Utc>>,
    /// Within some seconds.
    last_used_at: Option<DateTime<Utc>>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        let ApiKey { id, name, prefix, scopes, created_at, created_by, expires_at, last_used_at } = key;
        Self { id, name, prefix, scopes, created_at, created_by, expires_at, last_used_at }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKey {
    /// 1 to 100 characters.
    name: String,
    /// At least one.
    scopes: Vec<Scope>,
    /// Within ten years; without it until the key is taken away.
    expires_at: Option<DateTime<Utc>>,
    current_password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateApiKey {
    /// How long the old key stays good, 0 to 168; without it 24.
    overlap_hours: Option<i64>,
    current_password: String,
}

/// A key that was just made. It is told this once.
#[derive(Serialize, ToSchema)]
pub struct NewApiKey {
    /// For `Authorization: Bearer`.
    key: String,
    api_key: ApiKeyView,
}

pub async fn list(member: Member<ManageKeys>) -> Result<HttpResponse> {
    let now = member.now;
    let keys = member.tenant.read(async |tx| api_keys::list(tx, now).await).await?;
    Ok(HttpResponse::Ok().json(ApiKeysView { api_keys: keys.into_iter().map(ApiKeyView::from).collect() }))
}

pub async fn create(member: Member<ManageKeys>, Json(body): Json<CreateApiKey>) -> Result<HttpResponse> {
    let draft = Draft::new(&body.name, body.scopes, body.expires_at, member.now)?;
    let (key, made) = make(&member.own(), &member.by(), draft, body.current_password).await?;
    Ok(HttpResponse::Created().json(NewApiKey { key, api_key: made.into() }))
}

/// The key and what is kept of it. A session left open is not enough for what outlives it.
pub(crate) async fn make(own: &Own<'_>, by: &By, draft: Draft, password: String) -> Result<(String, ApiKey)> {
    own.prove(password).await?;
    let key = api_key::mint(own.tenant_id, random::bytes());
    let tenant = own.state.store.tenant(own.tenant_id);
    let made = tenant.transaction(async |tx| api_keys::add(tx, draft, &key, by, own.now).await).await?;
    Ok((key, made))
}

pub async fn rotate(
    member: Member<ManageKeys>,
    id: Path<ApiKeyId>,
    Json(body): Json<RotateApiKey>,
) -> Result<HttpResponse> {
    let hours = body.overlap_hours.unwrap_or(OVERLAP_HOURS);
    let (key, made) = replace(&member.own(), &member.by(), *id, hours, body.current_password).await?;
    Ok(HttpResponse::Created().json(NewApiKey { key, api_key: made.into() }))
}

/// How long a key that is replaced stays good, where nobody says.
pub(crate) const OVERLAP_HOURS: i64 = 24;

/// Another key in the place of one, which stays good for `hours`.
pub(crate) async fn replace(
    own: &Own<'_>,
    by: &By,
    id: ApiKeyId,
    hours: i64,
    password: String,
) -> Result<(String, ApiKey)> {
    let tenant = own.state.store.tenant(own.tenant_id);
    // Who names a key that is not there is not asked for a password.
    tenant.read(async |tx| api_keys::find(tx, id, own.now).await).await?;
    own.prove(password).await?;
    let key = api_key::mint(own.tenant_id, random::bytes());
    let made =
        tenant.transaction(async |tx| api_keys::rotate(tx, id, hours, &key, by, own.now).await).await?;
    Ok((key, made))
}

pub async fn destroy(member: Member<ManageKeys>, id: Path<ApiKeyId>) -> Result<HttpResponse> {
    let (by, now) = (member.by(), member.now);
    member.tenant.transaction(async |tx| api_keys::revoke(tx, *id, &by, now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
