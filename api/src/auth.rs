//! Sign-up, sign-in, and the tokens that stand for it.

use actix_web::HttpResponse;
use chrono_tz::Tz;
use domain::contact::Email;
use domain::id::{SessionId, TenantId, UserId};
use domain::link::Purpose;
use domain::locale::Locale;
use domain::plan::Plan;
use domain::rejection::{Code, Extra, Rejection};
use domain::role::Role;
use domain::slug;
use domain::tenant::SignUpDraft;
use serde::{Deserialize, Serialize};
use store::sessions::{self, Rotation, Session};
use store::tenants::{SignedUp, Tenant};
use store::users::{self, User};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Anybody, Json, Query};
use crate::limit::{AUTH, LOGIN, READ, REFRESH, VERIFICATION};
use crate::problem::Result;
use crate::{random, tokens};

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
pub struct ResendVerification {
    email: String,
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
    tenant: SignedInTenant,
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
}

#[derive(Serialize, ToSchema)]
pub struct SignedInTenant {
    id: TenantId,
    slug: String,
    name: String,
    plan: Plan,
    role: Role,
}

/// A new pair of tokens.
#[derive(Serialize, ToSchema)]
pub struct TokenPair {
    access_token: String,
    refresh_token: String,
    expires_in: i64,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.clone(),
            full_name: user.full_name.clone(),
            locale: user.locale,
            email_verified: user.email_verified_at.is_some(),
        }
    }
}

pub async fn register(anybody: Anybody, Json(body): Json<Register>) -> Result<HttpResponse> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    let password = body.password.clone();
    let sign_up = SignUpDraft {
        email: body.email,
        password: body.password,
        full_name: body.full_name,
        tenant_name: body.tenant.name,
        slug: body.tenant.slug,
        timezone: body.tenant.timezone,
        locale: body.tenant.locale.unwrap_or_default(),
        currency: body.tenant.currency.unwrap_or_else(|| "EUR".to_owned()),
        country: body.tenant.country.unwrap_or_else(|| "FR".to_owned()),
    }
    .checked()?;
    let hash = anybody.state.passwords.hash(password).await?;
    let asked = sign_up.slug.clone();
    let suggested = slug::suggest(&sign_up.tenant_name);
    // A name that is taken is not the asker's fault when we chose it: add something and try again.
    for attempt in 0..5 {
        let slug = match (&asked, attempt) {
            (Some(slug), _) => slug.clone(),
            (None, 0) => suggested.clone(),
            (None, _) => format!("{suggested}-{:05x}", random::number() & 0xf_ffff),
        };
        let tenant_id = TenantId::mint(anybody.now);
        let (sign_up, now) = (sign_up.clone(), anybody.now);
        let door = anybody.state.store.sign_up();
        let signed_up: Result<SignedUp, store::Error> = door
            .transaction(tenant_id, async |tx| store::tenants::sign_up(tx, sign_up, slug, &hash, now).await)
            .await;
        match signed_up {
            Err(error) if error.code() == Some(Code::SlugTaken) && asked.is_none() => {}
            signed_up => {
                let SignedUp { user, tenant } = signed_up?;
                let body = sign_in(&anybody, &user, &tenant, Role::Owner).await?;
                return Ok(HttpResponse::Created().json(body));
            }
        }
    }
    Err(Code::SlugTaken.into())
}

pub async fn login(anybody: Anybody, Json(body): Json<Login>) -> Result<HttpResponse> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    let email = Email::parse(&body.email).ok();
    if let Some(email) = &email
        && let Err(retry_after) = anybody.state.try_take(LOGIN, &email.key).await
    {
        // The same answer as for a wrong password, known or not.
        return Err(Rejection::from(Code::InvalidCredentials).with(Extra::RetryAfter { retry_after }).into());
    }
    let identity = anybody.state.store.identity();
    let found = match &email {
        Some(email) => identity.statement(async |tx| users::find_by_email(tx, &email.key).await).await?,
        None => None,
    };
    let (user, hash) = found.unzip();
    // As long for an unknown address as for a known one.
    let matches = anybody.state.passwords.verify(body.password, hash).await?;
    let Some(user) = user.filter(|_| matches) else {
        return Err(Code::InvalidCredentials.into());
    };
    // Only failures count.
    anybody.state.limits.forget(LOGIN, &user.email_key).await;
    let memberships: Vec<(TenantId, Role)> = identity
        .transaction(async |tx| {
            users::note_login(tx, user.id, anybody.now).await?;
            users::memberships(tx, user.id).await
        })
        .await?;
    let wanted = match &body.tenant {
        Some(slug) => match anybody.state.tenant(slug).await {
            Ok(tenant) => Some(tenant.id()),
            Err(problem) if problem.code() == Code::NotFound => return Err(Code::InvalidCredentials.into()),
            Err(problem) => return Err(problem),
        },
        None => None,
    };
    let membership = memberships.into_iter().find(|(id, _)| wanted.is_none_or(|wanted| wanted == *id));
    let (tenant_id, role) = membership.ok_or(Code::InvalidCredentials)?;
    let tenant: Tenant =
        anybody.state.store.tenant(tenant_id).transaction(async |tx| store::tenants::find(tx).await).await?;
    Ok(HttpResponse::Ok().json(sign_in(&anybody, &user, &tenant, role).await?))
}

/// Opens a session.
async fn sign_in(anybody: &Anybody, user: &User, tenant: &Tenant, role: Role) -> Result<SignedIn> {
    let now = anybody.now;
    let session = Session {
        id: SessionId::mint(now),
        user_id: user.id,
        tenant_id: Some(tenant.tenant_id),
        user_agent: anybody.user_agent.clone(),
        ip: Some(anybody.ip.clone()),
        created_at: now,
        expires_at: now + sessions::LIFETIME,
        revoked_at: None,
    };
    let refresh_token = tokens::refresh_token();
    let identity = anybody.state.store.identity();
    identity
        .transaction(async |tx| sessions::open(tx, &session, &tokens::hash(&refresh_token)).await)
        .await?;
    Ok(SignedIn {
        user: user.into(),
        tenant: SignedInTenant {
            id: tenant.tenant_id,
            slug: tenant.slug.clone(),
            name: tenant.name.clone(),
            plan: tenant.plan,
            role,
        },
        access_token: anybody.state.tokens.sign(user.id, session.id, tenant.tenant_id, now),
        refresh_token,
        expires_in: tokens::LIFETIME.num_seconds(),
    })
}

pub async fn refresh(anybody: Anybody, Json(body): Json<RefreshToken>) -> Result<HttpResponse> {
    anybody.state.take(REFRESH, &anybody.ip).await?;
    let (token, next) = (tokens::hash(&body.refresh_token), tokens::refresh_token());
    let identity = anybody.state.store.identity();
    // A reused token revokes the session: that is committed, and then refused.
    let rotation = identity
        .transaction(async |tx| sessions::rotate(tx, &token, &tokens::hash(&next), anybody.now).await)
        .await?;
    match rotation {
        Rotation::Renewed(session) => {
            let tenant_id = session.tenant_id.ok_or(Code::SessionEnded)?;
            Ok(HttpResponse::Ok().json(TokenPair {
                access_token: anybody.state.tokens.sign(session.user_id, session.id, tenant_id, anybody.now),
                refresh_token: next,
                expires_in: tokens::LIFETIME.num_seconds(),
            }))
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
    let link = anybody.state.open(&body.token, Purpose::VerifyEmail)?;
    let identity = anybody.state.store.identity();
    identity.transaction(async |tx| users::verify_email(tx, UserId(link.subject), anybody.now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Always 202: it tells nobody whether there is such an account.
pub async fn resend_verification(
    anybody: Anybody,
    Json(body): Json<ResendVerification>,
) -> Result<HttpResponse> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    let identity = anybody.state.store.identity();
    if let Ok(email) = Email::parse(&body.email)
        // Silently: nobody is to fill another's mailbox, nor to learn that it is one.
        && anybody.state.limits.take(VERIFICATION, &email.key).await.is_ok()
    {
        let unverified: Option<(UserId, TenantId)> = identity
            .transaction(async |tx| {
                let Some((user, _)) = users::find_by_email(tx, &email.key).await? else { return Ok(None) };
                let tenant = users::memberships(tx, user.id).await?.into_iter().next();
                Ok::<_, store::Error>(
                    tenant.filter(|_| user.email_verified_at.is_none()).map(|(tenant, _)| (user.id, tenant)),
                )
            })
            .await?;
        if let Some((user_id, tenant_id)) = unverified {
            let job = jobs::Job::SendEmailVerification { user_id };
            let tenant = anybody.state.store.tenant(tenant_id);
            tenant.transaction(async |tx| tx.enqueue(&[job], anybody.now).await).await?;
        }
    }
    Ok(HttpResponse::Accepted().finish())
}

pub async fn slug_available(anybody: Anybody, Query(question): Query<SlugQuestion>) -> Result<HttpResponse> {
    anybody.state.take(READ, &anybody.ip).await?;
    slug::parse(&question.slug).map_err(|why| Rejection::invalid("?slug", "INVALID", why.to_string()))?;
    let identity = anybody.state.store.identity();
    let taken = identity.statement(async |tx| store::tenants::resolve(tx, &question.slug).await).await?;
    Ok(HttpResponse::Ok().json(SlugAnswer { slug: question.slug, available: taken.is_none() }))
}
