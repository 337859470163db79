//! Signing in.

use chrono::{DateTime, Utc};
use domain::access::Role;
use domain::contact::Email;
use domain::id::{SessionId, TenantId, UserId};
use domain::rejection::{Code, Extra, Rejection};
use store::accounts;
use store::sessions::{self, Session};
use store::tenants::Tenant;
use store::users::{self, User};

use crate::extract::Anybody;
use crate::limit::{AUTH, LOGIN, LOGIN_ANYWHERE};
use crate::problem::Result;
use crate::state::State;
use crate::tokens;

/// Whose password it is, and to which tenant they go: that of the slug, without one that of the oldest membership. An
/// operator needs none. Whoever has a second factor has yet to pass it.
pub async fn authenticate(
    anybody: &Anybody,
    address: &str,
    password: String,
    slug: Option<&str>,
) -> Result<(User, Option<(Tenant, Role)>)> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    let email = Email::parse(address).ok();
    if let Some(email) = &email
        && let Err(retry_after) = count_try(&anybody.state, &email.key, &anybody.ip).await
    {
        // The same answer as for a wrong password, known or not.
        let refusal = Rejection::from(Code::InvalidCredentials);
        return Err(refusal.with(Extra::RetryAfter { retry_after }).into());
    }
    let identity = anybody.state.store.identity();
    let found = match &email {
        Some(email) => identity.statement(async |tx| users::find_by_email(tx, &email.key).await).await?,
        None => None,
    };
    let (user, hash) = found.unzip();
    // As long for an unknown address as for a known one.
    let matches = anybody.state.passwords.verify(password, hash.flatten()).await?;
    let Some(user) = user.filter(|_| matches) else {
        return Err(Code::InvalidCredentials.into());
    };
    // Only failures count; the password alone may not be all.
    if !user.has_second_factor {
        forget_failures(&anybody.state, &user.email_key, &anybody.ip).await;
    }
    let memberships: Vec<(TenantId, Role)> =
        identity.statement(async |tx| users::memberships(tx, user.id).await).await?;
    let wanted = match slug {
        Some(slug) => match anybody.state.tenant(slug).await {
            Ok(tenant) => Some(tenant.id()),
            Err(problem) if problem.code() == Code::NotFound => return Err(Code::InvalidCredentials.into()),
            Err(problem) => return Err(problem),
        },
        None => None,
    };
    let membership = memberships.into_iter().find(|(id, _)| wanted.is_none_or(|wanted| wanted == *id));
    let Some((tenant_id, role)) = membership else {
        let needs_none = user.is_operator && wanted.is_none();
        return if needs_none { Ok((user, None)) } else { Err(Code::InvalidCredentials.into()) };
    };
    let tenant =
        anybody.state.store.tenant(tenant_id).transaction(async |tx| store::tenants::find(tx).await).await?;
    Ok((user, Some((tenant, role))))
}

/// Counts a try to prove who somebody is, whether there is such an account or not. The error is the seconds to wait.
pub(super) async fn count_try(state: &State, email_key: &str, ip: &str) -> Result<(), u64> {
    state.try_take(LOGIN_ANYWHERE, email_key).await?;
    state.try_take(LOGIN, &from_here(email_key, ip)).await
}

/// Whoever has proven who they are is locked out by nobody's guesses.
pub(super) async fn forget_failures(state: &State, email_key: &str, ip: &str) {
    state.limits.forget(LOGIN_ANYWHERE, email_key).await;
    state.limits.forget(LOGIN, &from_here(email_key, ip)).await;
}

fn from_here(email_key: &str, ip: &str) -> String {
    format!("{email_key} {ip}")
}

/// Opens a session of a browser and answers the value of its cookie. Whatever session the browser had is over: nobody
/// keeps one that was planted.
pub async fn open_in_browser(
    anybody: &Anybody,
    user_id: UserId,
    tenant_id: Option<TenantId>,
    before: Option<&str>,
) -> Result<String> {
    let now = anybody.now;
    let session = new_session(anybody, user_id, tenant_id, now + sessions::IDLE);
    let cookie = tokens::random_token();
    let identity = anybody.state.store.identity();
    identity
        .transaction(async |tx| {
            if let Some(before) = before {
                sessions::revoke_in_browser(tx, &tokens::hash(before), now).await?;
            }
            sessions::open_in_browser(tx, &session, &tokens::hash(&cookie)).await?;
            accounts::note_sign_in(tx, user_id, &anybody.origin(), now).await
        })
        .await?;
    Ok(cookie)
}

pub(crate) fn new_session(
    anybody: &Anybody,
    user_id: UserId,
    tenant_id: Option<TenantId>,
    expires_at: DateTime<Utc>,
) -> Session {
    Session {
        id: SessionId::mint(anybody.now),
        user_id,
        tenant_id,
        user_agent: anybody.user_agent.clone(),
        ip: Some(anybody.ip.clone()),
        created_at: anybody.now,
        last_seen_at: anybody.now,
        expires_at,
        revoked_at: None,
    }
}
