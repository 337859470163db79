//! The websites that may show the tenant's booking pages in a frame.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use store::tenants::Tenant;
use utoipa::ToSchema;

use crate::extract::{IfMatch, Json, ManageTenant, Member, Read};
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

pub async fn show(member: Member<Read>) -> Result<HttpResponse> {
    Ok(reply(member.tenant.read(async |tx| store::tenants::find(tx).await).await?))
}

pub async fn replace(
    member: Member<ManageTenant>,
    IfMatch(version): IfMatch,
    Json(body): Json<EmbeddingBody>,
) -> Result<HttpResponse> {
    let (now, by) = (member.now, member.by());
    let set = async |tx: &mut store::TenantTx| {
        store::embedding::set_origins(tx, &body.origins, version, &by, now).await
    };
    Ok(reply(Box::pin(member.tenant.transaction(set)).await?))
}
