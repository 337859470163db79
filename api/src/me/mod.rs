//! Whoever is signed in: who they are, and what they change of that.

pub mod passkeys;
pub mod second_factor;
pub mod sessions;
pub mod tenants;

use actix_web::HttpResponse;
use domain::access::Role;
use domain::locale::Locale;
use domain::rejection::Rejection;
use domain::text;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{account_data, accounts};
use utoipa::ToSchema;

use crate::account;
use crate::auth::UserView;
use crate::extract::{Account, Anybody, Json, Member};
use crate::problem::Result;

#[derive(Serialize, ToSchema)]
pub struct Me {
    user: UserView,
    role: Role,
    /// The address that the user wants to have and has not proven yet.
    awaited_email: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMe {
    full_name: Option<String>,
    /// Of pages and mails.
    locale: Option<Locale>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    current_password: String,
    /// 10 to 200 characters that are not easy to guess.
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEmail {
    email: String,
    current_password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveMe {
    current_password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByToken {
    /// From the link in the mail.
    token: String,
}

pub async fn show(member: Member<Account>) -> Result<HttpResponse> {
    let identity = member.state.store.identity();
    let (user, awaited_email) = identity
        .transaction(async |tx| {
            let user = store::users::find(tx, member.user_id).await?;
            Ok::<_, store::Error>((user, accounts::awaited_email(tx, member.user_id, member.now).await?))
        })
        .await?;
    Ok(HttpResponse::Ok().json(Me { user: (&user).into(), role: member.role, awaited_email }))
}

pub async fn update(member: Member<Account>, Json(body): Json<UpdateMe>) -> Result<HttpResponse> {
    let name = body.full_name.as_deref().map(text::name).transpose();
    let name = name.map_err(|why| Rejection::invalid("/full_name", "INVALID", why.to_string()))?;
    let identity = member.state.store.identity();
    let (id, now) = (member.user_id, member.now);
    let user = identity
        .transaction(async |tx| accounts::update(tx, id, name.as_deref(), body.locale, now).await)
        .await?;
    Ok(HttpResponse::Ok().json(UserView::from(&user)))
}

pub async fn change_password(
    member: Member<Account>,
    Json(body): Json<ChangePassword>,
) -> Result<HttpResponse> {
    account::change_password(&member.own(), body.current_password, body.password).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 202, whether the address is another's or not.
pub async fn change_email(member: Member<Account>, Json(body): Json<ChangeEmail>) -> Result<HttpResponse> {
    account::ask_for_email(&member.own(), body.current_password, &body.email).await?;
    Ok(HttpResponse::Accepted().finish())
}

pub async fn withdraw_email(member: Member<Account>) -> Result<HttpResponse> {
    account::withdraw_email(&member.own()).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub async fn confirm_email(anybody: Anybody, Json(body): Json<ByToken>) -> Result<HttpResponse> {
    account::confirm_email(&anybody, &body.token).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub async fn undo_email(anybody: Anybody, Json(body): Json<ByToken>) -> Result<HttpResponse> {
    account::undo_email(&anybody, &body.token).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// By kind: `user`, `memberships`, `sessions`, `events`, `email_changes`, `identities`, `passkeys`,
/// `recovery_codes` (how many).
#[derive(Serialize, ToSchema)]
pub struct AccountData(Value);

pub async fn data(member: Member<Account>) -> Result<HttpResponse> {
    let identity = member.state.store.identity();
    let data = identity.statement(async |tx| account_data::of(tx, member.user_id).await).await?;
    Ok(HttpResponse::Ok().json(AccountData(data)))
}

/// Every membership ends, and the account with it.
pub async fn destroy(member: Member<Account>, Json(body): Json<RemoveMe>) -> Result<HttpResponse> {
    account::remove(&member.own(), body.current_password).await?;
    Ok(HttpResponse::NoContent().finish())
}
