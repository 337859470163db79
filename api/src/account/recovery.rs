//! Proving an address, and ways back in.

use std::time::Duration;

use domain::account::AccountEvent;
use domain::contact::Email;
use domain::id::{ResetId, TenantId, UserId};
use domain::link::{Link, Purpose};
use domain::password;
use domain::rejection::{Code, Rejection};
use jobs::Job;
use queue::Bucket;
use store::users::{self, User};
use store::{accounts, sessions};

use super::sign_in::{authenticate, forget_failures};
use crate::extract::Anybody;
use crate::limit::{AUTH, RESET, VERIFICATION};
use crate::problem::Result;

/// What an answer takes at the least that is the same whether or not an address is known: many times the work for either.
const PACE: Duration = Duration::from_millis(150);

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
pub async fn verify_own_email(anybody: &Anybody, token: &str, password: String) -> Result<(User, TenantId)> {
    let link = anybody.state.open(token, Purpose::VerifyEmail)?;
    let (identity, user_id) = (anybody.state.store.identity(), UserId(link.subject));
    let user = identity.statement(async |tx| users::find(tx, user_id).await).await?;
    authenticate(anybody, &user.email, password, None, None).await?;
    let (_user_id, tenant_id, _is_new) = verify_email(anybody, token).await?;
    Ok((user, tenant_id))
}

/// Mails another link to prove an address that is known and not proven. Tells nobody whether it did.
pub async fn resend_verification(anybody: &Anybody, address: &str) -> Result<()> {
    let written = write_to(anybody, address, VERIFICATION, async |user| {
        Ok(user.email_verified_at.is_none().then_some(Job::SendEmailVerification { user_id: user.id }))
    });
    paced(written).await
}

/// Mails a link to choose a new password to an address that is known. Tells nobody whether it did.
pub async fn forgot_password(anybody: &Anybody, address: &str) -> Result<()> {
    let written = write_to(anybody, address, RESET, async |user| {
        let (reset_id, now) = (ResetId::mint(anybody.now), anybody.now);
        let identity = anybody.state.store.identity();
        identity.transaction(async |tx| users::add_reset(tx, reset_id, user.id, now).await).await?;
        Ok(Some(Job::SendPasswordReset { user_id: user.id, reset_id, asked_at: now }))
    });
    paced(written).await
}

async fn paced(written: impl Future<Output = Result<()>>) -> Result<()> {
    let (written, ()) = tokio::join!(written, tokio::time::sleep(PACE));
    written
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
            let Some((user, _hash)) = users::find_by_email(tx, &email.key).await? else { return Ok(None) };
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
    asked_for_reset(anybody, token).await.map(|_asked| ())
}

/// The link, and whoever asked for it.
async fn asked_for_reset(anybody: &Anybody, token: &str) -> Result<(Link, UserId)> {
    let link = anybody.state.open(token, Purpose::ResetPassword)?;
    let identity = anybody.state.store.identity();
    let found = identity.statement(async |tx| users::find_reset(tx, ResetId(link.subject)).await).await?;
    Ok((link, found.ok_or(Code::LinkInvalid)?))
}

/// Sets a new password by the link from the mail, once, and ends all sessions of the user. Whoever opened the link has
/// proven the address too.
pub async fn reset_password(anybody: &Anybody, token: &str, password: String) -> Result<()> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    let (link, asked) = asked_for_reset(anybody, token).await?;
    let (identity, now) = (anybody.state.store.identity(), anybody.now);
    let user = identity.statement(async |tx| users::find(tx, asked).await).await?;
    password::check(&password, &[&user.email, &user.full_name]).map_err(Rejection::from)?;
    let hash = anybody.state.passwords.hash(password).await?;
    let door = anybody.state.store.accounts();
    let reset: Option<UserId> = door
        .transaction(link.tenant_id, async |tx| {
            let identity = &tx.identity;
            let Some(user_id) = users::reset_password(identity, ResetId(link.subject), &hash, now).await?
            else {
                return Ok(None);
            };
            users::verify_email(identity, user_id, now).await?;
            sessions::revoke_all(identity, user_id, None, now).await?;
            let event = AccountEvent::PasswordReset;
            accounts::note_and_tell(tx, user_id, event, &anybody.origin(), now).await?;
            Ok::<_, store::Error>(Some(user_id))
        })
        .await?;
    reset.ok_or(Code::LinkInvalid)?;
    forget_failures(&anybody.state, &user.email_key, &anybody.ip).await;
    Ok(())
}
