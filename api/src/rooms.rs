//! Rooms: what services take beside somebody's time.

use actix_web::HttpResponse;
use domain::id::RoomId;
use domain::room::RoomDraft;
use serde::{Deserialize, Serialize};
use store::rooms::{self, Room};
use utoipa::ToSchema;

use crate::extract::{IfMatch, Json, ManageCatalogue, Member, Path, Query, Read, Submission};
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
pub async fn list(member: Member<Read>, Query(question): Query<PageQuestion>) -> Result<HttpResponse> {
    let wanted = question.read()?;
    let rooms = member.tenant.read(async |tx| rooms::page(tx, wanted.after, wanted.and_one()).await).await?;
    Ok(HttpResponse::Ok().json(wanted.page(rooms, |last| (last.position, last.id), RoomView::from)))
}

pub async fn create(member: Member<ManageCatalogue>, submission: Submission<CreateRoom>) -> Result<Answer> {
    let (now, by) = (member.now, member.by());
    member
        .once(&submission, async |tx| {
            let draft = RoomDraft { name: submission.body.name.clone() };
            Answer::created(&RoomView::from(rooms::add(tx, draft, &by, now).await?))
        })
        .await
}

pub async fn show(member: Member<Read>, id: Path<RoomId>) -> Result<HttpResponse> {
    let room = member.tenant.read(async |tx| rooms::find(tx, *id).await).await?;
    let version = room.version;
    Ok(versioned(&RoomView::from(room), version))
}

pub async fn update(
    member: Member<ManageCatalogue>,
    id: Path<RoomId>,
    IfMatch(version): IfMatch,
    Json(body): Json<UpdateRoom>,
) -> Result<HttpResponse> {
    let by = member.by();
    let change = |room: &Room| RoomDraft { name: body.name.unwrap_or_else(|| room.name.clone()) };
    let room = member
        .tenant
        .transaction(async |tx| rooms::update(tx, *id, change, version, &by, member.now).await)
        .await?;
    let version = room.version;
    Ok(versioned(&RoomView::from(room), version))
}

pub async fn destroy(member: Member<ManageCatalogue>, id: Path<RoomId>) -> Result<HttpResponse> {
    let by = member.by();
    member.tenant.transaction(async |tx| rooms::remove(tx, *id, &by, member.now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
