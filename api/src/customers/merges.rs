//! Duplicates: two customers who are one.

use actix_web::HttpResponse;
use domain::id::CustomerId;
use serde::Deserialize;
use store::customers::merges::{self, Merge};
use utoipa::ToSchema;

use super::CustomerView;
use crate::extract::{Caller, IfMatch, Json, ManageCatalogue, Path};
use crate::problem::Result;
use crate::reply::versioned;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeDuplicate {
    duplicate_id: CustomerId,
    /// As it was read; left out: whatever it is now.
    duplicate_version: Option<i64>,
}

/// `If-Match` is the version of the customer who is kept.
pub async fn create(
    caller: Caller<ManageCatalogue>,
    id: Path<CustomerId>,
    IfMatch(kept_version): IfMatch,
    Json(body): Json<MergeDuplicate>,
) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    let MergeDuplicate { duplicate_id: duplicate, duplicate_version } = body;
    let wanted = Merge { kept: *id, duplicate, kept_version, duplicate_version };
    let merged = caller.tenant.transaction(async |tx| merges::merge(tx, wanted, &by, now).await).await?;
    let version = merged.customer.version;
    Ok(versioned(&CustomerView::from(merged), version))
}
