//! Becoming a member by an invitation.

use domain::access::Role;
use domain::contact::Email;
use domain::id::{InvitationId, TenantId};
use domain::link::Purpose;
use domain::locale::Locale;
use domain::rejection::{Code, Fields};
use domain::{password, text};
use store::audit::By;
use store::members::{self, Invitation};
use store::tenants::Tenant;
use store::users::{self, User};

use super::Own;
use crate::extract::Anybody;
use crate::limit::{AUTH, READ};
use crate::problem::Result;

/// What a link to accept an invitation leads to.
pub struct Invited {
    pub tenant: Tenant,
    pub invitation: Invitation,
    /// Whether there is an account with the address.
    pub is_known: bool,
}

/// The invitation that a link is for, while it can be accepted. Only whoever reads the invited address has the link, so
/// they may know of its account.
pub async fn invited(anybody: &Anybody, token: &str) -> Result<Invited> {
    anybody.state.take(READ, &anybody.ip).await?;
    let link = anybody.state.open(token, Purpose::Invitation)?;
    let door = anybody.state.store.tenant(link.tenant_id);
    let (tenant, invitation) = door
        .read(async |tx| {
            let id = InvitationId(link.subject);
            let invitation = members::find_invitation(tx, id, anybody.now).await?;
            Ok::<_, store::Error>((store::tenants::find(tx).await?, invitation))
        })
        .await?;
    let invitation = invitation.ok_or(Code::LinkInvalid)?;
    let identity = anybody.state.store.identity();
    let known = identity.statement(async |tx| users::find_by_email(tx, &invitation.email_key).await).await?;
    Ok(Invited { tenant, invitation, is_known: known.is_some() })
}

/// Whoever has no account yet: one is made with the address that the link has proven. `EMAIL_TAKEN`: there is one, sign in.
pub async fn join_as_new(
    anybody: &Anybody,
    token: &str,
    full_name: &str,
    new_password: String,
    locale: Option<Locale>,
) -> Result<(User, Tenant, Role)> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    let Invited { tenant, invitation, .. } = invited(anybody, token).await?;
    let mut fields = Fields::default();
    let name = fields.take("/full_name", text::name(full_name));
    if let Err(why) = password::check(&new_password, &[&invitation.email, full_name, &tenant.name]) {
        fields.add("/password", why.code(), why.to_string());
    }
    fields.finish()?;
    let email = Email::parse(&invitation.email).map_err(|_was_valid_once| Code::LinkInvalid)?;
    let now = anybody.now;
    let user = User {
        email_verified_at: Some(now),
        ..User::new(&email, name.unwrap_or_default(), locale.unwrap_or(tenant.locale), now)
    };
    let hash = anybody.state.passwords.hash(new_password).await?;
    let by = By::member(user.id, Some(anybody.ip.clone()));
    let door = anybody.state.store.accounts();
    let role = door
        .transaction(tenant.tenant_id, async |tx| {
            users::add(&tx.identity, &user, &hash).await?;
            members::join(tx, invitation.id, &user, &by, now).await
        })
        .await?;
    Ok((user, tenant, role))
}

/// Whoever is signed in with the invited address: of which tenant they are a member now, and as what. `FORBIDDEN`: it is
/// another's.
pub async fn join(own: &Own<'_>, token: &str) -> Result<(TenantId, Role)> {
    let link = own.state.open(token, Purpose::Invitation)?;
    let identity = own.state.store.identity();
    let user = identity.statement(async |tx| users::find(tx, own.user_id).await).await?;
    let (id, by) = (InvitationId(link.subject), By::member(user.id, own.origin.ip.clone()));
    let door = own.state.store.accounts();
    let role =
        door.transaction(link.tenant_id, async |tx| members::join(tx, id, &user, &by, own.now).await).await?;
    Ok((link.tenant_id, role))
}
