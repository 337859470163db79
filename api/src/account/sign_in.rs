//! Signing in.

use chrono::{DateTime, Utc};
use domain::access::Role;
use domain::contact::Email;
use domain::id::{SessionId, TenantId, UserId};
use domain::link::Purpose;
use domain::rejection::{Code, Extra, Rejection};
use domain::text;
use jobs::Job;
use store::accounts;
use store::sessions::{self, Session};
use store::tenants::Tenant;
use store::users::{self, User};

use crate::extract::Anybody;
use crate::limit::{AUTH, LOGIN, LOGIN_ANYWHERE, LOGIN_DEVICE, UNLOCK};
use crate::problem::Result;
use crate::state::State;
use crate::tokens;

/// Whose password it is, and to which tenant they go: that of the slug, without one that of the oldest membership. An
/// operator needs none. Whoever has a second factor has yet to pass it. `device` is what a browser has of having been
/// signed in before. Unknown, known and locked are answered alike, after as long.
pub async fn authenticate(
    anybody: &Anybody,
    address: &str,
    password: String,
    slug: Option<&str>,
    device: Option<&str>,
) -> Result<(User, Option<(Tenant, Role)>)> {
    let state = &anybody.state;
    state.take(AUTH, &anybody.ip).await?;
    let email = Email::parse(address).ok();
    let identity = state.store.identity();
    let found = match &email {
        Some(email) => identity.statement(async |tx| users::find_by_email(tx, &email.key).await).await?,
        None => None,
    };
    let (user, hash) = found.unzip();
    let device = device.filter(|token| user.as_ref().is_some_and(|user| is_known(anybody, token, user.id)));
    let locked = match (&email, device) {
        (Some(_), Some(token)) => state.try_take(LOGIN_DEVICE, &named(token)).await.err(),
        (Some(email), None) => count_try(state, &email.key, &anybody.ip).await.err(),
        (None, _) => None,
    };
    // Where there is nothing to compare with, it takes as long.
    let hash = hash.flatten().filter(|_| locked.is_none());
    let matches = state.passwords.verify(password, hash).await?;
    if let Some(retry_after) = locked {
        if let Some(user) = &user {
            offer_to_unlock(anybody, user).await?;
        }
        let refusal = Rejection::from(Code::InvalidCredentials);
        return Err(refusal.with(Extra::RetryAfter { retry_after }).into());
    }
    let Some(user) = user.filter(|_| matches) else {
        return Err(Code::InvalidCredentials.into());
    };
    if let Some(token) = device {
        state.limits.forget(LOGIN_DEVICE, &named(token)).await;
    }
    // Only failures count; the password alone may not be all.
    if !user.has_second_factor {
        forget_failures(state, &user.email_key, &anybody.ip).await;
    }
    let membership = membership(anybody, &user, slug, Code::InvalidCredentials).await?;
    Ok((user, membership))
}

/// To which tenant somebody goes: that of the slug, without one that of the oldest membership. An operator needs none;
/// others are refused, by `refusal`.
pub(super) async fn membership(
    anybody: &Anybody,
    user: &User,
    slug: Option<&str>,
    refusal: Code,
) -> Result<Option<(Tenant, Role)>> {
    let (state, identity) = (&anybody.state, anybody.state.store.identity());
    let memberships: Vec<(TenantId, Role)> =
        identity.statement(async |tx| users::memberships(tx, user.id).await).await?;
    let wanted = match slug {
        Some(slug) => match state.tenant(slug).await {
            Ok(tenant) => Some(tenant.id()),
            Err(problem) if problem.code() == Code::NotFound => return Err(refusal.into()),
            Err(problem) => return Err(problem),
        },
        None => None,
    };
    let membership = memberships.into_iter().find(|(id, _)| wanted.is_none_or(|wanted| wanted == *id));
    let Some((tenant_id, role)) = membership else {
        let needs_none = user.is_operator && wanted.is_none();
        return if needs_none { Ok(None) } else { Err(refusal.into()) };
    };
    let tenant = state.store.tenant(tenant_id).transaction(async |tx| store::tenants::find(tx).await).await?;
    Ok(Some((tenant, role)))
}

/// Whether that user was signed in before in the browser that has this.
fn is_known(anybody: &Anybody, device: &str, user_id: UserId) -> bool {
    let link = anybody.state.links.open(device, Purpose::KnownDevice, anybody.now);
    link.is_some_and(|link| link.subject == user_id.0)
}

/// A browser as the limiter knows it: what it holds stays with it.
fn named(device: &str) -> String {
    text::hex(&tokens::hash(device))
}

/// Mails a link by which somebody signs in whom others have locked out, now and then.
async fn offer_to_unlock(anybody: &Anybody, user: &User) -> Result<()> {
    if anybody.state.limits.take(UNLOCK, &user.email_key).await.is_err() {
        return Ok(());
    }
    let identity = anybody.state.store.identity();
    let memberships = identity.statement(async |tx| users::memberships(tx, user.id).await).await?;
    let Some((tenant_id, _)) = memberships.into_iter().next() else { return Ok(()) };
    let job = Job::SendUnlockLink { user_id: user.id, locked_at: anybody.now };
    let tenant = anybody.state.store.tenant(tenant_id);
    Ok(tenant.transaction(async |tx| tx.enqueue(&[job], anybody.now).await).await?)
}

/// Has the guesses of others not count for the user that the link names, here; answers what makes this browser a known one.
pub async fn unlock(anybody: &Anybody, token: &str) -> Result<String> {
    let user = locked_out(anybody, token).await?;
    forget_failures(&anybody.state, &user.email_key, &anybody.ip).await;
    Ok(anybody.state.links.known_device(user.id, anybody.now))
}

/// Whose link it is.
pub async fn locked_out(anybody: &Anybody, token: &str) -> Result<User> {
    let link = anybody.state.open(token, Purpose::Unlock)?;
    let identity = anybody.state.store.identity();
    Ok(identity.statement(async |tx| users::find(tx, UserId(link.subject)).await).await?)
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
    let session = new_session(anybody, user_id, tenant_id, anybody.now + sessions::IDLE);
    open(anybody, &session, before).await
}

/// The same by the word of the tenant's own provider: a session that leads there, and to nothing of the account itself.
pub async fn open_in_tenant(
    anybody: &Anybody,
    user_id: UserId,
    tenant_id: TenantId,
    before: Option<&str>,
) -> Result<String> {
    let session = new_session(anybody, user_id, Some(tenant_id), anybody.now + sessions::IDLE);
    open(anybody, &Session { tenant_only: true, ..session }, before).await
}

pub(super) async fn open(anybody: &Anybody, session: &Session, before: Option<&str>) -> Result<String> {
    let (user_id, now) = (session.user_id, anybody.now);
    let cookie = tokens::random_token();
    let identity = anybody.state.store.identity();
    identity
        .transaction(async |tx| {
            if let Some(before) = before {
                sessions::revoke_in_browser(tx, &tokens::hash(before), now).await?;
            }
            sessions::open_in_browser(tx, session, &tokens::hash(&cookie)).await?;
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
        tenant_only: false,
        support_reason: None,
    }
}
