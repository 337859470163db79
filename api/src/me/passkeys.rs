//! The passkeys of whoever is signed in.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::id::PasskeyId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::passkeys::{self, Passkey};
use utoipa::ToSchema;

use crate::account::{self, Answered, Challenge};
use crate::extract::{Account, Json, Member, Path};
use crate::problem::Result;

#[derive(Serialize, ToSchema)]
pub struct PasskeysView {
    /// The oldest first; at most ten.
    passkeys: Vec<PasskeyView>,
}

#[derive(Serialize, ToSchema)]
pub struct PasskeyView {
    pub id: PasskeyId,
    pub name: String,
    /// Whether it signs in without the password. Not since that was chosen anew by mail: remove it and add it again.
    pub signs_in_alone: bool,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        let Passkey { id, name, alone, created_at, last_used_at, .. } = passkey;
        Self { id, name, signs_in_alone: alone, created_at, last_used_at }
    }
}

/// What an authenticator is asked. It waits five minutes for the answer, and takes one.
#[derive(Serialize, ToSchema)]
pub struct PasskeyChallenge {
    /// Comes with the answer.
    token: String,
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    #[schema(value_type = Object)]
    public_key: Value,
}

impl From<Challenge> for PasskeyChallenge {
    fn from(challenge: Challenge) -> Self {
        Self { token: challenge.token, public_key: challenge.public_key }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskForPasskey {
    current_password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPasskey {
    /// Of the challenge.
    token: String,
    /// 1 to 100 characters.
    #[schema(example = "Phone")]
    name: String,
    /// What `navigator.credentials.create` answers, as `toJSON` writes it.
    #[schema(value_type = Object)]
    credential: Map<String, Value>,
}

/// A passkey that was just added.
#[derive(Serialize, ToSchema)]
pub struct NewPasskey {
    passkey: PasskeyView,
    /// With the first second factor: ten, each good once in the place of it. Nobody is told them again.
    recovery_codes: Vec<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenamePasskey {
    /// 1 to 100 characters.
    name: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovePasskey {
    current_password: String,
}

pub async fn list(member: Member<Account>) -> Result<HttpResponse> {
    let (identity, user_id) = (member.state.store.identity(), member.user_id);
    let all = identity.statement(async |tx| passkeys::list(tx, user_id).await).await?;
    let passkeys = all.into_iter().map(PasskeyView::from).collect();
    Ok(HttpResponse::Ok().json(PasskeysView { passkeys }))
}

pub async fn ask(member: Member<Account>, Json(body): Json<AskForPasskey>) -> Result<HttpResponse> {
    let challenge = account::ask_for_passkey(&member.own(), body.current_password).await?;
    Ok(HttpResponse::Ok().json(PasskeyChallenge::from(challenge)))
}

pub async fn create(member: Member<Account>, Json(body): Json<AddPasskey>) -> Result<HttpResponse> {
    let answered = Answered { token: body.token, credential: body.credential };
    let (passkey, codes) = account::add_passkey(&member.own(), &body.name, answered).await?;
    let recovery_codes = codes.iter().map(ToString::to_string).collect();
    Ok(HttpResponse::Created().json(NewPasskey { passkey: passkey.into(), recovery_codes }))
}

pub async fn update(
    member: Member<Account>,
    id: Path<PasskeyId>,
    Json(body): Json<RenamePasskey>,
) -> Result<HttpResponse> {
    account::rename_passkey(&member.own(), *id, &body.name).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub async fn destroy(
    member: Member<Account>,
    id: Path<PasskeyId>,
    Json(body): Json<RemovePasskey>,
) -> Result<HttpResponse> {
    account::remove_passkey(&member.own(), *id, body.current_password).await?;
    Ok(HttpResponse::NoContent().finish())
}
