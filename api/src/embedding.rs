//! The websites that may show the tenant's booking pages in a frame.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use store::tenants::Tenant;
use utoipa::ToSchema;

use crate::extract::{Caller, IfMatch, Json, ManageTenant, Read};
use crate::problem::Result;
use crate::reply::versioned;

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingBody {
    /// At most ten, such as `https://www.example.org`: by https, without a path; by http localhost alone. Empty: the pages
    /// open by themselves and in no frame.
    origins: Vec<String>,
}

fn reply(tenant: Tenant) -> HttpResponse {
    versioned(&EmbeddingBody { origins: tenant.embed_origins }, tenant.version)
}

pub async fn show(caller: Caller<Read>) -> Result<HttpResponse> {
    Ok(reply(caller.tenant.read(async |tx| store::tenants::find(tx).await).await?))
}

pub async fn replace(
    caller: Caller<ManageTenant>,
    IfMatch(version): IfMatch,
    Json(body): Json<EmbeddingBody>,
) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    let set = async |tx: &mut store::TenantTx| {
        store::embedding::set_origins(tx, &body.origins, version, &by, now).await
    };
    Ok(reply(Box::pin(caller.tenant.transaction(set)).await?))
}
