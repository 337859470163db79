//! The tenants of whoever is signed in: to go from one to another, and to open one more.

use actix_web::HttpResponse;
use domain::id::TenantId;
use domain::rejection::Code;
use domain::tenant::TenantDraft;
use serde::Serialize;
use store::sessions;
use utoipa::ToSchema;

use crate::account;
use crate::auth::{RegisterTenant, SignedInTenant, TokenPair};
use crate::extract::{Account, Json, Member, Path};
use crate::problem::Result;
use crate::tokens;

#[derive(Serialize, ToSchema)]
pub struct TenantsView {
    /// The oldest membership first.
    tenants: Vec<SignedInTenant>,
}

pub async fn list(member: Member<Account>) -> Result<HttpResponse> {
    let identity = member.state.store.identity();
    let user_id = member.user_id;
    let memberships = identity.statement(async |tx| store::users::memberships(tx, user_id).await).await?;
    let mut tenants = Vec::with_capacity(memberships.len());
    for (id, role) in memberships {
        let door = member.state.store.tenant(id);
        let tenant = door.read(async |tx| store::tenants::find(tx).await).await?;
        tenants.push(SignedInTenant::of(tenant, role));
    }
    Ok(HttpResponse::Ok().json(TenantsView { tenants }))
}

/// A new pair of tokens, for that tenant; what the old pair opened is over.
pub async fn switch(member: Member<Account>, id: Path<TenantId>) -> Result<HttpResponse> {
    let (identity, next) = (member.state.store.identity(), tokens::random_token());
    let hash = tokens::hash(&next);
    let is_member = identity
        .transaction(async |tx| {
            let is_member = sessions::switch(tx, member.session_id, *id).await?;
            if is_member {
                sessions::renew(tx, member.session_id, &hash, member.now).await?;
            }
            Ok::<_, store::Error>(is_member)
        })
        .await?;
    if !is_member {
        return Err(Code::NotFound.into());
    }
    let (user_id, session_id) = (member.user_id, member.session_id);
    Ok(HttpResponse::Ok().json(TokenPair::of(&member.state, user_id, session_id, *id, next, member.now)))
}

/// Another one, of which the caller is the owner.
pub async fn create(member: Member<Account>, Json(body): Json<RegisterTenant>) -> Result<HttpResponse> {
    let (tenant, role) = account::open_tenant(&member.own(), TenantDraft::from(body)).await?;
    Ok(HttpResponse::Created().json(SignedInTenant::of(tenant, role)))
}
