//! Accounts: what the API and the pages do alike when somebody signs up, signs in, or has forgotten how.

use chrono::{DateTime, Utc};
use domain::contact::Email;
use domain::id::{ResetId, SessionId, TenantId, UserId};
use domain::link::Purpose;
use domain::rejection::{Code, Extra, Rejection};
use domain::role::Role;
use domain::slug;
use domain::tenant::{self, SignUpDraft, TenantDraft};
use jobs::Job;
use queue::Bucket;
use store::SignUpTx;
use store::sessions::{self, Session};
use store::tenants::{SignedUp, Tenant};
use store::users::{self, User};

use crate::extract::Anybody;
use crate::limit::{AUTH, LOGIN, LOGIN_ANYWHERE, RESET, VERIFICATION};
use crate::problem::Result;
use crate::state::State;
use crate::{random, tokens};

/// Signs up a user and their tenant. A slug that is taken is told before an address is, so that nobody learns by one of
/// the other.
pub async fn register(anybody: &Anybody, draft: SignUpDraft) -> Result<SignedUp> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    let password = draft.password.clone();
    let sign_up = draft.checked()?;
    check_slug(anybody, sign_up.tenant.slug.as_deref()).await?;
    let hash = anybody.state.passwords.hash(password).await?;
    let TenantDraft { name, slug, .. } = sign_up.tenant.clone();
    under_a_slug(&anybody.state, &name, slug, anybody.now, async |tx, slug| {
        store::tenants::sign_up(tx, sign_up.clone(), slug, &hash, anybody.now).await
    })
    .await
}

async fn check_slug(anybody: &Anybody, slug: Option<&str>) -> Result<()> {
    let Some(slug) = slug else { return Ok(()) };
    let identity = anybody.state.store.identity();
    let taken = identity.statement(async |tx| store::tenants::resolve(tx, slug).await).await?;
    if taken.is_some() { Err(Code::SlugTaken.into()) } else { Ok(()) }
}

/// Makes a tenant under the slug that was asked for, or else under one made from its name.
pub async fn under_a_slug<T>(
    state: &State,
    name: &str,
    asked: Option<String>,
    now: DateTime<Utc>,
    make: impl AsyncFn(&SignUpTx, String) -> Result<T, store::Error>,
) -> Result<T> {
    let suggested = slug::suggest(name);
    // A name that is taken is not the asker's fault when we chose it: add something and try again.
    for attempt in 0..5 {
        let slug = match (&asked, attempt) {
            (Some(slug), _) => slug.clone(),
            (None, 0) => suggested.clone(),
            (None, _) => format!("{suggested}-{:05x}", random::number() & 0xf_ffff),
        };
        let door = state.store.sign_up();
        let made = door.transaction(TenantId::mint(now), async |tx| make(tx, slug).await).await;
        match made {
            Err(error) if error.code() == Some(Code::SlugTaken) && asked.is_none() => {}
            made => return Ok(made?),
        }
    }
    Err(Code::SlugTaken.into())
}

/// Who signs in, and to which tenant: that of the slug, without one that of the oldest membership. An operator needs
/// none.
pub async fn authenticate(
    anybody: &Anybody,
    address: &str,
    password: String,
    slug: Option<&str>,
) -> Result<(User, Option<(Tenant, Role)>)> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    let email = Email::parse(address).ok();
    if let Some(email) = &email {
        let taken = match anybody.state.try_take(LOGIN_ANYWHERE, &email.key).await {
            Ok(()) => anybody.state.try_take(LOGIN, &from_here(anybody, &email.key)).await,
            Err(retry_after) => Err(retry_after),
        };
        if let Err(retry_after) = taken {
            // The same answer as for a wrong password, known or not.
            let refusal = Rejection::from(Code::InvalidCredentials);
            return Err(refusal.with(Extra::RetryAfter { retry_after }).into());
        }
    }
    let identity = anybody.state.store.identity();
    let found = match &email {
        Some(email) => identity.statement(async |tx| users::find_by_email(tx, &email.key).await).await?,
        None => None,
    };
    let (user, hash) = found.unzip();
    // As long for an unknown address as for a known one.
    let matches = anybody.state.passwords.verify(password, hash).await?;
    let Some(user) = user.filter(|_| matches) else {
        return Err(Code::InvalidCredentials.into());
    };
    // Only failures count.
    forget_failures(anybody, &user.email_key).await;
    let memberships: Vec<(TenantId, Role)> = identity
        .transaction(async |tx| {
            users::note_login(tx, user.id, anybody.now).await?;
            users::memberships(tx, user.id).await
        })
        .await?;
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

fn from_here(anybody: &Anybody, email_key: &str) -> String {
    format!("{email_key} {}", anybody.ip)
}

/// Whoever has proven who they are is locked out by nobody's guesses.
async fn forget_failures(anybody: &Anybody, email_key: &str) {
    anybody.state.limits.forget(LOGIN_ANYWHERE, email_key).await;
    anybody.state.limits.forget(LOGIN, &from_here(anybody, email_key)).await;
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
            sessions::open_in_browser(tx, &session, &tokens::hash(&cookie)).await
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
        expires_at,
        revoked_at: None,
    }
}

/// Proves the address of the user that the link names. Answers them and their tenant, and whether it was not proven
/// before.
pub async fn verify_email(anybody: &Anybody, token: &str) -> Result<(UserId, TenantId, bool)> {
    let link = anybody.state.open(token, Purpose::VerifyEmail)?;
    let user_id = UserId(link.subject);
    let identity = anybody.state.store.identity();
    let is_new = identity.transaction(async |tx| users::verify_email(tx, user_id, anybody.now).await).await?;
    Ok((user_id, link.tenant_id, is_new))
}

/// The same by whoever has signed up, and nobody else: a link that only reached somebody does not make theirs an account
/// that another has opened in their name. Answers them and their tenant.
pub async fn verify_own_email(
    anybody: &Anybody,
    token: &str,
    password: String,
) -> Result<(UserId, TenantId)> {
    let link = anybody.state.open(token, Purpose::VerifyEmail)?;
    let (identity, user_id) = (anybody.state.store.identity(), UserId(link.subject));
    let user = identity.statement(async |tx| users::find(tx, user_id).await).await?;
    authenticate(anybody, &user.email, password, None).await?;
    let (user_id, tenant_id, _is_new) = verify_email(anybody, token).await?;
    Ok((user_id, tenant_id))
}

/// Mails another link to prove an address that is known and not proven. Tells nobody whether it did.
pub async fn resend_verification(anybody: &Anybody, address: &str) -> Result<()> {
    write_to(anybody, address, VERIFICATION, async |user| {
        Ok(user.email_verified_at.is_none().then_some(Job::SendEmailVerification { user_id: user.id }))
    })
    .await
}

/// Mails a link to choose a new password to an address that is known. Tells nobody whether it did.
pub async fn forgot_password(anybody: &Anybody, address: &str) -> Result<()> {
    write_to(anybody, address, RESET, async |user| {
        let (reset_id, now) = (ResetId::mint(anybody.now), anybody.now);
        let identity = anybody.state.store.identity();
        identity.transaction(async |tx| users::add_reset(tx, reset_id, user.id, now).await).await?;
        Ok(Some(Job::SendPasswordReset { user_id: user.id, reset_id, asked_at: now }))
    })
    .await
}

/// Mails to an address, if it is known, that it has an account already. Tells nobody whether it did.
pub async fn remind(anybody: &Anybody, address: &str) -> Result<()> {
    write_to(anybody, address, RESET, async |user| Ok(Some(Job::SendAccountReminder { user_id: user.id })))
        .await
}

/// Enqueues what `job` makes of the user with this address, if there is one, unless too much was mailed there.
async fn write_to(
    anybody: &Anybody,
    address: &str,
    bucket: Bucket,
    job: impl AsyncFnOnce(&User) -> Result<Option<Job>>,
) -> Result<()> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    let Ok(email) = Email::parse(address) else { return Ok(()) };
    // Silently: nobody is to fill another's mailbox, nor to learn that it is one.
    if anybody.state.limits.take(bucket, &email.key).await.is_err() {
        return Ok(());
    }
    let identity = anybody.state.store.identity();
    let found: Option<(User, TenantId)> = identity
        .transaction(async |tx| {
            let Some((user, _)) = users::find_by_email(tx, &email.key).await? else { return Ok(None) };
            let oldest = users::memberships(tx, user.id).await?.into_iter().next();
            Ok::<_, store::Error>(oldest.map(|(tenant_id, _)| (user, tenant_id)))
        })
        .await?;
    let Some((user, tenant_id)) = found else { return Ok(()) };
    if let Some(job) = job(&user).await? {
        let tenant = anybody.state.store.tenant(tenant_id);
        tenant.transaction(async |tx| tx.enqueue(&[job], anybody.now).await).await?;
    }
    Ok(())
}

/// Whether a link still lets somebody choose a password.
pub async fn may_reset_password(anybody: &Anybody, token: &str) -> Result<()> {
    let link = anybody.state.open(token, Purpose::ResetPassword)?;
    let identity = anybody.state.store.identity();
    let found = identity.statement(async |tx| users::find_reset(tx, ResetId(link.subject)).await).await?;
    found.map(|_user| ()).ok_or_else(|| Code::LinkInvalid.into())
}

/// Sets a new password by the link from the mail, once, and ends all sessions of the user. Whoever opened the link has
/// proven the address too.
pub async fn reset_password(anybody: &Anybody, token: &str, password: String) -> Result<()> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    may_reset_password(anybody, token).await?;
    let link = anybody.state.open(token, Purpose::ResetPassword)?;
    tenant::password(&password).map_err(|why| Rejection::invalid("/password", "INVALID", why))?;
    let hash = anybody.state.passwords.hash(password).await?;
    let (identity, now) = (anybody.state.store.identity(), anybody.now);
    let reset: Option<User> = identity
        .transaction(async |tx| {
            let Some(user_id) = users::reset_password(tx, ResetId(link.subject), &hash, now).await? else {
                return Ok(None);
            };
            users::verify_email(tx, user_id, now).await?;
            sessions::revoke_all(tx, user_id, now).await?;
            Ok::<_, store::Error>(Some(users::find(tx, user_id).await?))
        })
        .await?;
    let user = reset.ok_or(Code::LinkInvalid)?;
    forget_failures(anybody, &user.email_key).await;
    Ok(())
}
