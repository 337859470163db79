//! Rooms: what services take beside somebody's time.

use actix_web::HttpResponse;
use domain::id::RoomId;
use domain::room::RoomDraft;
use serde::{Deserialize, Serialize};
use store::rooms::{self, Room};
use utoipa::ToSchema;

use crate::extract::{Caller, IfMatch, Json, ManageCatalogue, Path, Query, Read, Submission};
use crate::idempotency::Answer;
use crate::list::PageQuestion;
use crate::problem::Result;
use crate::reply::versioned;

#[derive(Serialize, ToSchema)]
pub struct RoomView {
    id: RoomId,
    name: String,
    version: i64,
}

impl From<Room> for RoomView {
    fn from(room: Room) -> Self {
        Self { id: room.id, name: room.name, version: room.version }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRoom {
    name: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRoom {
    name: Option<String>,
}

/// Those that are not archived.
pub async fn list(caller: Caller<Read>, Query(question): Query<PageQuestion>) -> Result<HttpResponse> {
    let wanted = question.read()?;
    let rooms = caller.tenant.read(async |tx| rooms::page(tx, wanted.after, wanted.and_one()).await).await?;
    Ok(HttpResponse::Ok().json(wanted.page(rooms, |last| (last.position, last.id), RoomView::from)))
}

pub async fn create(caller: Caller<ManageCatalogue>, submission: Submission<CreateRoom>) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by());
    caller
        .once(&submission, async |tx| {
            let draft = RoomDraft { name: submission.body.name.clone() };
            Answer::created(&RoomView::from(rooms::add(tx, draft, &by, now).await?))
        })
        .await
}

pub async fn show(caller: Caller<Read>, id: Path<RoomId>) -> Result<HttpResponse> {
    let room = caller.tenant.read(async |tx| rooms::find(tx, *id).await).await?;
    let version = room.version;
    Ok(versioned(&RoomView::from(room), version))
}

pub async fn update(
    caller: Caller<ManageCatalogue>,
    id: Path<RoomId>,
    IfMatch(version): IfMatch,
    Json(body): Json<UpdateRoom>,
) -> Result<HttpResponse> {
    let by = caller.by();
    let change = |room: &Room| RoomDraft { name: body.name.unwrap_or_else(|| room.name.clone()) };
    let room = caller
        .tenant
        .transaction(async |tx| rooms::update(tx, *id, change, version, &by, caller.now).await)
        .await?;
    let version = room.version;
    Ok(versioned(&RoomView::from(room), version))
}

pub async fn destroy(caller: Caller<ManageCatalogue>, id: Path<RoomId>) -> Result<HttpResponse> {
    let by = caller.by();
    caller.tenant.transaction(async |tx| rooms::remove(tx, *id, &by, caller.now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
