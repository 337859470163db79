//! The member who is signed in.

use actix_web::HttpResponse;
use domain::role::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::UserView;
use crate::extract::{Member, Read};
use crate::problem::Result;

#[derive(Serialize, ToSchema)]
pub struct Me {
    user: UserView,
    role: Role,
}

pub async fn show(member: Member<Read>) -> Result<HttpResponse> {
    let identity = member.state.store.identity();
    let user = identity.statement(async |tx| store::users::find(tx, member.user_id).await).await?;
    Ok(HttpResponse::Ok().json(Me { user: (&user).into(), role: member.role }))
}
