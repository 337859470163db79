//! Customers who can no longer book by themselves.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::id::{CustomerId, UserId};
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::customers::{self, Block};
use utoipa::ToSchema;

use super::CustomerView;
use crate::extract::{Caller, Json, ManageBookings, Path, Read};
use crate::problem::Result;

#[derive(Serialize, ToSchema)]
pub struct BlockView {
    /// For members alone.
    reason: Option<String>,
    since: DateTime<Utc>,
    by: Option<UserId>,
}

impl From<Block> for BlockView {
    fn from(block: Block) -> Self {
        Self { reason: block.reason, since: block.created_at, by: block.created_by }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockCustomer {
    /// At most 500 characters.
    reason: Option<String>,
}

/// Of one who may book there is none.
pub async fn show(caller: Caller<Read>, id: Path<CustomerId>) -> Result<HttpResponse> {
    let known = caller.tenant.read(async |tx| customers::find_known(tx, *id).await).await?;
    Ok(HttpResponse::Ok().json(BlockView::from(known.block.ok_or(Code::NotFound)?)))
}

/// Of one who is blocked already, the reason changes.
pub async fn create(
    caller: Caller<ManageBookings>,
    id: Path<CustomerId>,
    Json(body): Json<BlockCustomer>,
) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    let blocked: store::Result<_> = caller
        .tenant
        .transaction(async |tx| {
            customers::blocks::add(tx, *id, body.reason.as_deref(), &by, now).await?;
            customers::find_known(tx, *id).await
        })
        .await;
    Ok(HttpResponse::Ok().json(CustomerView::from(blocked?)))
}

pub async fn destroy(caller: Caller<ManageBookings>, id: Path<CustomerId>) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    caller.tenant.transaction(async |tx| customers::blocks::remove(tx, *id, &by, now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
