//! Sign-up, sign-in, and the tokens that stand for it.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::access::Role;
use domain::id::{SessionId, TenantId, UserId};
use domain::locale::Locale;
use domain::plan::Plan;
use domain::rejection::{Code, Rejection};
use domain::slug;
use domain::tenant::{SignUpDraft, TenantDraft};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::accounts;
use store::sessions::{self, Rotation};
use store::tenants::{SignedUp, Tenant};
use store::users::User;
use utoipa::{IntoParams, ToSchema};

use crate::account::Answered;
use crate::extract::{Anybody, Json, Query};
use crate::limit::{READ, REFRESH};
use crate::me::passkeys::PasskeyChallenge;
use crate::problem::Result;
use crate::state::State;
use crate::{account, tokens};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    #[schema(example = "ana@example.org")]
    email: String,
    /// 10 to 200 characters.
    password: String,
    full_name: String,
    tenant: RegisterTenant,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterTenant {
    name: String,
    /// The public address; one is made from the name.
    slug: Option<String>,
    /// IANA name.
    #[schema(value_type = String, example = "Europe/Paris")]
    timezone: Tz,
    locale: Option<Locale>,
    /// ISO 4217; EUR.
    currency: Option<String>,
    /// ISO 3166-1 alpha-2; FR.
    country: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    email: String,
    password: String,
    /// Of whoever has a second factor: six digits of their app, or a recovery code.
    totp_code: Option<String>,
    /// Or, in the place of a code, one of their passkeys.
    passkey: Option<PasskeyAnswer>,
    /// The slug of the tenant to sign in to; without it the oldest membership.
    tenant: Option<String>,
}

/// What an authenticator has answered to a challenge of `POST /auth/passkeys/challenge`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAnswer {
    /// Of the challenge.
    token: String,
    /// What `navigator.credentials.get` answers, as `toJSON` writes it.
    #[schema(value_type = Object)]
    credential: Map<String, Value>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyLogin {
    /// Of the challenge.
    token: String,
    /// What `navigator.credentials.get` answers, as `toJSON` writes it.
    #[schema(value_type = Object)]
    credential: Map<String, Value>,
    /// The slug of the tenant to sign in to; without it the oldest membership.
    tenant: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshToken {
    refresh_token: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {
    /// From the link in the mail.
    token: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByEmail {
    email: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// From the link in the mail.
    token: String,
    /// 10 to 200 characters.
    password: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SlugQuestion {
    slug: String,
}

#[derive(Serialize, ToSchema)]
pub struct SlugAnswer {
    slug: String,
    available: bool,
}

/// Who is signed in, and how to stay so.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    user: UserView,
    /// Null: an operator of the platform who is in none.
    tenant: Option<SignedInTenant>,
    /// For `Authorization: Bearer`.
    access_token: String,
    /// To be exchanged once for the next pair.
    refresh_token: String,
    /// Seconds that the access token is good for.
    expires_in: i64,
}

#[derive(Serialize, ToSchema)]
pub struct UserView {
    id: UserId,
    email: String,
    full_name: String,
    locale: Locale,
    email_verified: bool,
    /// Whether signing in takes more than the password.
    has_second_factor: bool,
}

#[derive(Serialize, ToSchema)]
pub struct SignedInTenant {
    id: TenantId,
    slug: String,
    name: String,
    plan: Plan,
    role: Role,
}

impl SignedInTenant {
    pub fn of(tenant: Tenant, role: Role) -> Self {
        Self { id: tenant.tenant_id, slug: tenant.slug, name: tenant.name, plan: tenant.plan, role }
    }
}

impl From<RegisterTenant> for TenantDraft {
    fn from(body: RegisterTenant) -> Self {
        Self {
            name: body.name,
            slug: body.slug,
            timezone: body.timezone,
            locale: body.locale.unwrap_or_default(),
            currency: body.currency.unwrap_or_else(|| "EUR".to_owned()),
            country: body.country.unwrap_or_else(|| "FR".to_owned()),
        }
    }
}

/// A new pair of tokens.
#[derive(Serialize, ToSchema)]
pub struct TokenPair {
    access_token: String,
    refresh_token: String,
    expires_in: i64,
}

impl TokenPair {
    pub fn of(
        state: &State,
        user_id: UserId,
        session_id: SessionId,
        tenant_id: TenantId,
        refresh_token: String,
        now: DateTime<Utc>,
    ) -> Self {
        let access_token = state.tokens.sign(user_id, session_id, tenant_id, now);
        Self { access_token, refresh_token, expires_in: tokens::LIFETIME.num_seconds() }
    }
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.clone(),
            full_name: user.full_name.clone(),
            locale: user.locale,
            email_verified: user.email_verified_at.is_some(),
            has_second_factor: user.has_second_factor,
        }
    }
}

pub async fn register(anybody: Anybody, Json(body): Json<Register>) -> Result<HttpResponse> {
    let draft = SignUpDraft {
        email: body.email,
        password: body.password,
        full_name: body.full_name,
        tenant: body.tenant.into(),
    };
    let SignedUp { user, tenant } = account::register(&anybody, draft).await?;
    let body = sign_in(&anybody, &user, Some((tenant, Role::Owner))).await?;
    Ok(HttpResponse::Created().json(body))
}

pub async fn login(anybody: Anybody, Json(body): Json<Login>) -> Result<HttpResponse> {
    let (user, membership) =
        account::authenticate(&anybody, &body.email, body.password, body.tenant.as_deref(), None).await?;
    let tenant_id = membership.as_ref().map(|(tenant, _role)| tenant.tenant_id);
    if let Some(PasskeyAnswer { token, credential }) = body.passkey {
        let answered = Answered { token, credential };
        account::pass_by_passkey(&anybody, &user, tenant_id, false, answered).await?;
    } else {
        account::pass_second_factor(&anybody, &user, tenant_id, false, body.totp_code.as_deref()).await?;
    }
    Ok(HttpResponse::Ok().json(sign_in(&anybody, &user, membership).await?))
}

/// For whoever it may be: which passkey it is, the answer says.
pub async fn ask_for_passkey(anybody: Anybody) -> Result<HttpResponse> {
    let challenge = account::ask_for_sign_in(&anybody, None).await?;
    Ok(HttpResponse::Ok().json(PasskeyChallenge::from(challenge)))
}

/// A passkey is all that is asked: its user was verified by what holds it.
pub async fn login_by_passkey(anybody: Anybody, Json(body): Json<PasskeyLogin>) -> Result<HttpResponse> {
    let PasskeyLogin { token, credential, tenant } = body;
    let answered = Answered { token, credential };
    let (user, membership) = account::sign_in_by_passkey(&anybody, answered, tenant.as_deref()).await?;
    Ok(HttpResponse::Ok().json(sign_in(&anybody, &user, membership).await?))
}

/// Opens a session.
pub(crate) async fn sign_in(
    anybody: &Anybody,
    user: &User,
    membership: Option<(Tenant, Role)>,
) -> Result<SignedIn> {
    let now = anybody.now;
    let tenant_id = membership.as_ref().map(|(tenant, _role)| tenant.tenant_id);
    let session = account::new_session(anybody, user.id, tenant_id, now + sessions::LIFETIME);
    let refresh_token = tokens::random_token();
    let identity = anybody.state.store.identity();
    identity
        .transaction(async |tx| {
            sessions::open(tx, &session, &tokens::hash(&refresh_token)).await?;
            accounts::note_sign_in(tx, user.id, &anybody.origin(), now).await
        })
        .await?;
    Ok(SignedIn {
        user: user.into(),
        tenant: membership.map(|(tenant, role)| SignedInTenant::of(tenant, role)),
        access_token: anybody.state.tokens.sign(user.id, session.id, within(tenant_id), now),
        refresh_token,
        expires_in: tokens::LIFETIME.num_seconds(),
    })
}

/// What a token names as the tenant of a session that is in none: nobody is a member of the platform's.
fn within(tenant_id: Option<TenantId>) -> TenantId {
    tenant_id.unwrap_or(TenantId::PLATFORM)
}

pub async fn refresh(anybody: Anybody, Json(body): Json<RefreshToken>) -> Result<HttpResponse> {
    anybody.state.take(REFRESH, &anybody.ip).await?;
    let (token, next) = (tokens::hash(&body.refresh_token), tokens::random_token());
    let identity = anybody.state.store.identity();
    // A reused token revokes the session: that is committed, and then refused.
    let rotation = identity
        .transaction(async |tx| sessions::rotate(tx, &token, &tokens::hash(&next), anybody.now).await)
        .await?;
    match rotation {
        Rotation::Renewed(session) => {
            let tenant_id = within(session.tenant_id);
            let (user_id, now) = (session.user_id, anybody.now);
            Ok(HttpResponse::Ok().json(TokenPair::of(
                &anybody.state,
                user_id,
                session.id,
                tenant_id,
                next,
                now,
            )))
        }
        Rotation::Reused => {
            tracing::warn!("a refresh token came twice: its session is revoked");
            Err(Code::SessionEnded.into())
        }
        Rotation::Unknown => Err(Code::SessionEnded.into()),
    }
}

pub async fn logout(anybody: Anybody, Json(body): Json<RefreshToken>) -> Result<HttpResponse> {
    let token = tokens::hash(&body.refresh_token);
    let identity = anybody.state.store.identity();
    identity.transaction(async |tx| sessions::revoke_by_token(tx, &token, anybody.now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub async fn verify_email(anybody: Anybody, Json(body): Json<VerifyEmail>) -> Result<HttpResponse> {
    account::verify_email(&anybody, &body.token).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Always 202: it tells nobody whether there is such an account.
pub async fn resend_verification(anybody: Anybody, Json(body): Json<ByEmail>) -> Result<HttpResponse> {
    account::resend_verification(&anybody, &body.email).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Always 202, as above.
pub async fn forgot_password(anybody: Anybody, Json(body): Json<ByEmail>) -> Result<HttpResponse> {
    account::forgot_password(&anybody, &body.email).await?;
    Ok(HttpResponse::Accepted().finish())
}

pub async fn reset_password(anybody: Anybody, Json(body): Json<ResetPassword>) -> Result<HttpResponse> {
    account::reset_password(&anybody, &body.token, body.password).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub async fn slug_available(anybody: Anybody, Query(question): Query<SlugQuestion>) -> Result<HttpResponse> {
    anybody.state.take(READ, &anybody.ip).await?;
    slug::parse(&question.slug).map_err(|why| Rejection::invalid("?slug", "INVALID", why.to_string()))?;
    let identity = anybody.state.store.identity();
    let taken = identity.statement(async |tx| store::tenants::resolve(tx, &question.slug).await).await?;
    Ok(HttpResponse::Ok().json(SlugAnswer { slug: question.slug, available: taken.is_none() }))
}
