//! Who may sign in to the tenant, and as what.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::access::Role;
use domain::contact::Email;
use domain::id::{InvitationId, TenantId, UserId};
use domain::locale::Locale;
use domain::rejection::{Code, Rejection};
use serde::{Deserialize, Serialize};
use store::audit::By;
use store::members::{self, Invitation, Member as TeamMember};
use store::tenant_access;
use utoipa::ToSchema;

use crate::account::{self, Own};
use crate::auth::{self, SignedInTenant};
use crate::extract::{Account, Anybody, Json, ManageTeam, Member, OwnTenant, Path};
use crate::limit::INVITATION;
use crate::problem::Result;
use crate::state::State;

#[derive(Serialize, ToSchema)]
pub struct MembersView {
    /// The oldest membership first.
    members: Vec<MemberView>,
}

#[derive(Serialize, ToSchema)]
pub struct MemberView {
    /// The user's.
    id: UserId,
    full_name: String,
    email: String,
    role: Role,
    has_second_factor: bool,
    last_login_at: Option<DateTime<Utc>>,
    since: DateTime<Utc>,
}

impl From<TeamMember> for MemberView {
    fn from(member: TeamMember) -> Self {
        Self {
            id: member.user_id,
            full_name: member.full_name,
            email: member.email,
            role: member.role,
            has_second_factor: member.has_second_factor,
            last_login_at: member.last_login_at,
            since: member.created_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct InvitationsView {
    /// Those that can be accepted, the newest first.
    invitations: Vec<InvitationView>,
}

#[derive(Serialize, ToSchema)]
pub struct InvitationView {
    id: InvitationId,
    email: String,
    role: Role,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl From<Invitation> for InvitationView {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id,
            email: invitation.email,
            role: invitation.role,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvitation {
    email: String,
    role: Role,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMember {
    role: Role,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferOwnership {
    /// Who is the owner then; whoever gives the tenant away stays as an administrator.
    member_id: UserId,
    current_password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// From the link in the mail.
    token: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinByInvitation {
    /// From the link in the mail.
    token: String,
    full_name: String,
    /// 10 to 200 characters that are not easy to guess.
    password: String,
    /// The tenant's.
    locale: Option<Locale>,
}

pub async fn list(member: Member<ManageTeam>) -> Result<HttpResponse> {
    let identity = member.state.store.identity();
    let tenant_id = member.tenant.id();
    let members = identity.statement(async |tx| members::list(tx, tenant_id).await).await?;
    let members = members.into_iter().map(MemberView::from).collect();
    Ok(HttpResponse::Ok().json(MembersView { members }))
}

pub async fn update(
    member: Member<ManageTeam>,
    id: Path<UserId>,
    Json(body): Json<UpdateMember>,
) -> Result<HttpResponse> {
    change_role(&member.own(), &member.by(), *id, body.role).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn change_role(own: &Own<'_>, by: &By, id: UserId, role: Role) -> Result<()> {
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| members::change_role(tx, id, role, by, own.now).await).await?;
    Ok(())
}

/// Another, by whoever may; oneself, by everybody.
pub async fn destroy(member: Member<Account>, id: Path<UserId>) -> Result<HttpResponse> {
    remove(&member.own(), &member.by(), *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn remove(own: &Own<'_>, by: &By, id: UserId) -> Result<()> {
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| members::remove(tx, id, by, own.now).await).await?;
    Ok(())
}

pub async fn list_invitations(member: Member<ManageTeam>) -> Result<HttpResponse> {
    let now = member.now;
    let open = member.tenant.read(async |tx| members::invitations(tx, now).await).await?;
    let invitations = open.into_iter().map(InvitationView::from).collect();
    Ok(HttpResponse::Ok().json(InvitationsView { invitations }))
}

pub async fn invite(member: Member<ManageTeam>, Json(body): Json<CreateInvitation>) -> Result<HttpResponse> {
    let invitation = send(&member.own(), &member.by(), &body.email, body.role).await?;
    Ok(HttpResponse::Created().json(InvitationView::from(invitation)))
}

/// Writes to somebody: only whoever has proven an address of their own does, and not without end.
pub(crate) async fn send(own: &Own<'_>, by: &By, address: &str, role: Role) -> Result<Invitation> {
    let email =
        Email::parse(address).map_err(|why| Rejection::invalid("/email", "INVALID", why.to_string()))?;
    let identity = own.state.store.identity();
    let user = identity.statement(async |tx| store::users::find(tx, own.user_id).await).await?;
    if user.email_verified_at.is_none() {
        return Err(Code::EmailNotVerified.into());
    }
    own.state.take(INVITATION, &own.tenant_id.to_string()).await?;
    let door = own.state.store.accounts();
    Ok(door
        .transaction(own.tenant_id, async |tx| members::invite(tx, &email, role, by, own.now).await)
        .await?)
}

pub async fn revoke(member: Member<ManageTeam>, id: Path<InvitationId>) -> Result<HttpResponse> {
    withdraw(&member.own(), &member.by(), *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn withdraw(own: &Own<'_>, by: &By, id: InvitationId) -> Result<()> {
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| members::revoke(tx, id, by, own.now).await).await?;
    Ok(())
}

pub async fn transfer(
    member: Member<OwnTenant>,
    Json(body): Json<TransferOwnership>,
) -> Result<HttpResponse> {
    give(&member.own(), &member.by(), body.member_id, body.current_password).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn give(own: &Own<'_>, by: &By, to: UserId, password: String) -> Result<()> {
    own.prove(password).await?;
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| members::transfer(tx, own.user_id, to, by, own.now).await)
        .await?;
    Ok(())
}

/// By whoever is signed in with the invited address.
pub async fn accept(member: Member<Account>, Json(body): Json<AcceptInvitation>) -> Result<HttpResponse> {
    let (tenant_id, role) = account::join(&member.own(), &body.token).await?;
    let door = member.state.store.tenant(tenant_id);
    let tenant = door.read(async |tx| store::tenants::find(tx).await).await?;
    Ok(HttpResponse::Ok().json(SignedInTenant::of(tenant, role)))
}

/// By whoever has no account yet.
pub async fn join(anybody: Anybody, Json(body): Json<JoinByInvitation>) -> Result<HttpResponse> {
    let (user, tenant, role) =
        Box::pin(account::join_as_new(&anybody, &body.token, &body.full_name, body.password, body.locale))
            .await?;
    let signed_in = auth::sign_in(&anybody, &user, Some((tenant, role))).await?;
    Ok(HttpResponse::Created().json(signed_in))
}

/// How the tenant's people sign in.
#[derive(Serialize, ToSchema)]
pub struct SecurityView {
    /// Whether members without a second factor reach nothing.
    second_factor_required: bool,
    /// How many have none.
    members_without: usize,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSecurity {
    second_factor_required: bool,
}

pub async fn security(member: Member<ManageTeam>) -> Result<HttpResponse> {
    security_of(&member.state, member.tenant.id()).await
}

async fn security_of(state: &State, tenant_id: TenantId) -> Result<HttpResponse> {
    let (access, team) = state
        .store
        .identity()
        .transaction(async |tx| {
            let access = tenant_access::find(tx, tenant_id).await?;
            Ok::<_, store::Error>((access, members::list(tx, tenant_id).await?))
        })
        .await?;
    Ok(HttpResponse::Ok().json(SecurityView {
        second_factor_required: access.second_factor_required_at.is_some(),
        members_without: team.iter().filter(|one| !one.has_second_factor).count(),
    }))
}

pub async fn update_security(
    member: Member<OwnTenant>,
    Json(body): Json<UpdateSecurity>,
) -> Result<HttpResponse> {
    require_second_factor(&member.own(), &member.by(), body.second_factor_required).await?;
    security_of(&member.state, member.tenant.id()).await
}

/// Asks a second factor of every member, or of nobody. Whoever asks has one: they would lock themselves out.
pub(crate) async fn require_second_factor(own: &Own<'_>, by: &By, is_required: bool) -> Result<()> {
    let identity = own.state.store.identity();
    let user = identity.statement(async |tx| store::users::find(tx, own.user_id).await).await?;
    if is_required && !user.has_second_factor {
        return Err(Code::SecondFactorRequired.into());
    }
    let door = own.state.store.accounts();
    let set = async |tx: &mut store::AccountTx| {
        tenant_access::require_second_factor(tx, is_required, by, own.now).await
    };
    Ok(door.transaction(own.tenant_id, set).await?)
}
