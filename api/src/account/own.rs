//! What somebody who is signed in changes of their account.

use chrono::{DateTime, Utc};
use domain::access::Role;
use domain::account::AccountEvent;
use domain::contact::Email;
use domain::id::{EmailChangeId, SessionId, TenantId, UserId};
use domain::link::Purpose;
use domain::password;
use domain::rejection::{Code, Rejection};
use domain::tenant::TenantDraft;
use store::accounts::{self, EmailChange, Origin};
use store::audit::By;
use store::tenants::Tenant;
use store::users::{self, User};
use store::{AccountTx, members, sessions};

use super::sign_in::{count_try, forget_failures};
use super::under_a_slug;
use crate::extract::Anybody;
use crate::limit::{AUTH, EMAIL_CHANGE, READ, too_many};
use crate::problem::Result;
use crate::state::State;

/// Who is signed in, as what they may do to their own account needs it.
pub struct Own<'a> {
    pub state: &'a State,
    pub user_id: UserId,
    /// Mails go out in its name, to its member.
    pub tenant_id: TenantId,
    pub session_id: SessionId,
    pub origin: Origin,
    pub now: DateTime<Utc>,
}

impl Own<'_> {
    /// The user, if this is their password: a session that was left open is not enough to take an account over. Guesses
    /// count as those at the door do.
    pub(crate) async fn prove(&self, current: String) -> Result<User> {
        let (identity, ip) = (self.state.store.identity(), self.origin.ip.clone().unwrap_or_default());
        let (user, hash) =
            identity.statement(async |tx| users::find_with_password(tx, self.user_id).await).await?;
        count_try(self.state, &user.email_key, &ip).await.map_err(too_many)?;
        if !self.state.passwords.verify(current, hash).await? {
            return Err(Rejection::invalid("/current_password", "WRONG", "is not your password").into());
        }
        forget_failures(self.state, &user.email_key, &ip).await;
        Ok(user)
    }
}

/// Sets another password. All other sessions end.
pub async fn change_password(own: &Own<'_>, current: String, new: String) -> Result<()> {
    let user = own.prove(current).await?;
    password::check(&new, &[&user.email, &user.full_name]).map_err(Rejection::from)?;
    let hash = own.state.passwords.hash(new).await?;
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| {
        accounts::change_password(tx, user.id, &hash, own.session_id, &own.origin, own.now).await
    })
    .await?;
    Ok(())
}

/// Ends all sessions but this one.
pub async fn sign_out_elsewhere(own: &Own<'_>) -> Result<()> {
    let identity = own.state.store.identity();
    identity
        .transaction(async |tx| {
            sessions::revoke_all(tx, own.user_id, Some(own.session_id), own.now).await?;
            let event = AccountEvent::SignedOutElsewhere;
            accounts::note(tx, own.user_id, event, &own.origin, own.now).await
        })
        .await?;
    Ok(())
}

/// Opens one more tenant, of which the user is the owner.
pub async fn open_tenant(own: &Own<'_>, draft: TenantDraft) -> Result<(Tenant, Role)> {
    own.state.take(AUTH, &own.origin.ip.clone().unwrap_or_default()).await?;
    let draft = draft.checked()?;
    let (identity, now) = (own.state.store.identity(), own.now);
    let user = identity.statement(async |tx| users::find(tx, own.user_id).await).await?;
    let (name, asked) = (draft.name.clone(), draft.slug.clone());
    let make =
        async |tx: &AccountTx, slug: String| store::tenants::open(tx, &user, draft.clone(), slug, now).await;
    Ok((under_a_slug(own.state, &name, asked, now, make).await?, Role::Owner))
}

/// Writes to the address that somebody wants to have, for its proof, and to the one they have.
pub async fn ask_for_email(own: &Own<'_>, current: String, address: &str) -> Result<()> {
    let email =
        Email::parse(address).map_err(|why| Rejection::invalid("/email", "INVALID", why.to_string()))?;
    let user = own.prove(current).await?;
    if email.key == user.email_key {
        return Err(Rejection::invalid("/email", "SAME", "is your address already").into());
    }
    own.state.take(EMAIL_CHANGE, &user.id.to_string()).await?;
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| {
        accounts::ask_email_change(tx, &user, &email, &own.origin, own.now).await
    })
    .await?;
    Ok(())
}

/// Has the link to the new address open nothing any more.
pub async fn withdraw_email(own: &Own<'_>) -> Result<()> {
    let identity = own.state.store.identity();
    identity.transaction(async |tx| accounts::withdraw_email_change(tx, own.user_id, own.now).await).await?;
    Ok(())
}

/// What a link to confirm or to undo a change of address leads to.
pub async fn leads_to_email(anybody: &Anybody, token: &str, purpose: Purpose) -> Result<EmailChange> {
    anybody.state.take(READ, &anybody.ip).await?;
    let link = anybody.state.open(token, purpose)?;
    let identity = anybody.state.store.identity();
    let id = EmailChangeId(link.subject);
    let change = identity.statement(async |tx| accounts::find_email_change(tx, id).await).await?;
    let is_open = |change: &EmailChange| purpose == Purpose::UndoEmail || change.confirmed_at.is_none();
    change.filter(is_open).ok_or_else(|| Code::LinkInvalid.into())
}

/// Gives somebody the address that the link proves, once.
pub async fn confirm_email(anybody: &Anybody, token: &str) -> Result<()> {
    let change = leads_to_email(anybody, token, Purpose::ConfirmEmail).await?;
    let (identity, origin, now) = (anybody.state.store.identity(), anybody.origin(), anybody.now);
    identity.transaction(async |tx| accounts::confirm_email(tx, change.id, &origin, now).await).await?;
    Ok(())
}

/// Gives somebody their old address back, ends every session, and leaves no password.
pub async fn undo_email(anybody: &Anybody, token: &str) -> Result<()> {
    let change = leads_to_email(anybody, token, Purpose::UndoEmail).await?;
    let (identity, origin, now) = (anybody.state.store.identity(), anybody.origin(), anybody.now);
    identity.transaction(async |tx| accounts::undo_email(tx, change.id, &origin, now).await).await?;
    Ok(())
}

/// Deletes the account: every membership ends, and what is known of the user goes. `LAST_OWNER`: a tenant would have none.
pub async fn remove(own: &Own<'_>, current: String) -> Result<()> {
    let user = own.prove(current).await?;
    let (store, now) = (&own.state.store, own.now);
    let (owned_alone, memberships) = store
        .identity()
        .transaction(async |tx| {
            let owned_alone = members::owned_alone(tx, user.id).await?;
            Ok::<_, store::Error>((owned_alone, users::memberships(tx, user.id).await?))
        })
        .await?;
    // Before the first is left: all or nothing, but for who is made an owner meanwhile.
    if !owned_alone.is_empty() {
        return Err(Code::LastOwner.into());
    }
    let by = By::member(user.id, own.origin.ip.clone());
    for (tenant_id, _) in memberships {
        let left = async |tx: &mut AccountTx| members::remove(tx, user.id, &by, now).await;
        store.accounts().transaction(tenant_id, left).await?;
    }
    store.identity().statement(async |tx| accounts::remove(tx, user.id).await).await?;
    Ok(())
}
