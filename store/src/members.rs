//! The members of a tenant: who they are and as what, who is invited, who comes and goes.

use chrono::{DateTime, Utc};
use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::access::Role;
use domain::contact::Email;
use domain::id::{InvitationId, StaffId, TenantId, UserId};
use domain::link::TO_JOIN;
use domain::plan::{Limit, Plan};
use domain::rejection::{Code, Rejection};
use jobs::Job;
use serde::Serialize;

use crate::audit::{By, Change};
use crate::error::Result;
use crate::schema::{invitations, memberships, staff, tenants, users};
use crate::users::User;
use crate::{AccountTx, IdentityTx, TenantTx, audit};

/// Somebody who can sign in to a tenant.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = memberships)]
pub struct Member {
    pub user_id: UserId,
    pub role: Role,
    pub created_at: DateTime<Utc>,
    #[diesel(select_expression = users::email_key)]
    pub email_key: String,
    #[diesel(select_expression = users::full_name)]
    pub full_name: String,
    #[diesel(select_expression = users::email)]
    pub email: String,
    #[diesel(select_expression = users::has_second_factor)]
    pub has_second_factor: bool,
    #[diesel(select_expression = users::last_login_at)]
    pub last_login_at: Option<DateTime<Utc>>,
}

/// All members, the oldest first; at most 500.
pub async fn list(tx: &IdentityTx, tenant_id: TenantId) -> Result<Vec<Member>> {
    Ok(memberships::table
        .inner_join(users::table)
        .filter(memberships::tenant_id.eq(tenant_id))
        .order((memberships::created_at, memberships::user_id))
        .select(Member::as_select())
        .limit(500)
        .load(&mut tx.conn())
        .await?)
}

/// Somebody who is asked to become a member.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = invitations)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub email_key: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
    pub created_by: UserId,
    pub expires_at: DateTime<Utc>,
}

/// What the trail keeps of a member.
#[derive(Serialize)]
struct Facts<'a> {
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

#[auto_type]
fn can_be_accepted(now: DateTime<Utc>) -> _ {
    invitations::accepted_at
        .is_null()
        .and(invitations::revoked_at.is_null())
        .and(invitations::expires_at.gt(now))
}

/// The invitations that can be accepted, the newest first; at most 500.
pub async fn invitations(tx: &TenantTx, now: DateTime<Utc>) -> Result<Vec<Invitation>> {
    Ok(invitations::table
        .filter(invitations::tenant_id.eq(tx.tenant()))
        .filter(can_be_accepted(now))
        .order((invitations::created_at.desc(), invitations::id.desc()))
        .select(Invitation::as_select())
        .limit(500)
        .load(&mut tx.conn())
        .await?)
}

/// How many can be accepted: each takes the place of a member.
pub async fn count_invitations(tx: &TenantTx, now: DateTime<Utc>) -> Result<i64> {
    Ok(invitations::table
        .filter(invitations::tenant_id.eq(tx.tenant()))
        .filter(can_be_accepted(now))
        .count()
        .get_result(&mut tx.conn())
        .await?)
}

/// One that can be accepted.
pub async fn find_invitation(
    tx: &TenantTx,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<Option<Invitation>> {
    Ok(invitations::table
        .find((tx.tenant(), id))
        .filter(can_be_accepted(now))
        .select(Invitation::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Has others wait who change the team, and answers the plan it has room in.
async fn lock(tx: &AccountTx) -> Result<Plan> {
    Ok(tenants::table
        .find(tx.tenant.tenant())
        .select(tenants::plan)
        .for_no_key_update()
        .first(&mut tx.tenant.conn())
        .await?)
}

/// Refuses one more than the plan has room for. Whoever is invited takes a place; call it under the lock.
fn check_room(plan: Plan, taken: usize) -> Result<()> {
    let taken = i64::try_from(taken).unwrap_or(i64::MAX);
    match plan.allowance(Limit::Members) {
        Some(max) if taken >= max => Err(plan.reached(Limit::Members, max).into()),
        _ => Ok(()),
    }
}

/// Asks somebody to become a member. Nobody gives a role that they have not.
pub async fn invite(
    tx: &AccountTx,
    email: &Email,
    role: Role,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Invitation> {
    let plan = lock(tx).await?;
    check_may(tx, by, None, Some(role)).await?;
    let tenant_id = tx.tenant.tenant();
    let members = list(&tx.identity, tenant_id).await?;
    if members.iter().any(|member| member.email_key == email.key) {
        return Err(Code::AlreadyMember.into());
    }
    let open = invitations(&tx.tenant, now).await?;
    if open.iter().any(|invitation| invitation.email_key == email.key) {
        return Err(Code::AlreadyInvited.into());
    }
    check_room(plan, members.len() + open.len())?;
    let invitation = Invitation {
        id: InvitationId::mint(now),
        email: email.address.clone(),
        email_key: email.key.clone(),
        role,
        created_at: now,
        created_by: by.user().ok_or(Code::Forbidden)?,
        expires_at: now + TO_JOIN,
    };
    diesel::insert_into(invitations::table)
        .values((
            invitations::tenant_id.eq(tenant_id),
            invitations::id.eq(invitation.id),
            invitations::email.eq(&invitation.email),
            invitations::email_key.eq(&invitation.email_key),
            invitations::role.eq(role),
            invitations::created_at.eq(now),
            invitations::created_by.eq(invitation.created_by),
            invitations::expires_at.eq(invitation.expires_at),
        ))
        .execute(&mut tx.tenant.conn())
        .await?;
    let facts = Facts { role, email: Some(&invitation.email) };
    record(tx, by, "invitation.create", invitation.id.0, None, Some(&facts), now).await?;
    tx.tenant.enqueue(&[Job::SendInvitation { invitation_id: invitation.id }], now).await?;
    Ok(invitation)
}

/// Has an invitation open nothing any more.
pub async fn revoke(tx: &AccountTx, id: InvitationId, by: &By, now: DateTime<Utc>) -> Result<()> {
    lock(tx).await?;
    let invitation = find_invitation(&tx.tenant, id, now).await?.ok_or(Code::NotFound)?;
    check_may(tx, by, Some(invitation.role), None).await?;
    diesel::update(invitations::table.find((tx.tenant.tenant(), id)))
        .set(invitations::revoked_at.eq(now))
        .execute(&mut tx.tenant.conn())
        .await?;
    let facts = Facts { role: invitation.role, email: Some(&invitation.email) };
    record(tx, by, "invitation.revoke", id.0, Some(&facts), None, now).await
}

/// Makes whoever was invited a member, once, and answers as what. Whoever accepts has proven the address, by the link or by
/// their account.
pub async fn join(
    tx: &AccountTx,
    id: InvitationId,
    user: &User,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Role> {
    let plan = lock(tx).await?;
    let (tenant, identity) = (&tx.tenant, &tx.identity);
    let invitation = find_invitation(tenant, id, now).await?.ok_or(Code::LinkInvalid)?;
    if invitation.email_key != user.email_key {
        return Err(Code::Forbidden.into());
    }
    let members = list(identity, tenant.tenant()).await?;
    if members.iter().any(|member| member.user_id == user.id) {
        return Err(Code::AlreadyMember.into());
    }
    // Their place was kept; a plan that has become smaller has none.
    check_room(plan, members.len())?;
    diesel::update(invitations::table.find((tenant.tenant(), id)))
        .set(invitations::accepted_at.eq(now))
        .execute(&mut tenant.conn())
        .await?;
    crate::users::add_membership(identity, tenant.tenant(), user.id, invitation.role, now).await?;
    link_staff(tenant, &invitation.email_key, user.id).await?;
    let facts = Facts { role: invitation.role, email: Some(&invitation.email) };
    record(tx, by, "member.join", user.id.0, None, Some(&facts), now).await?;
    Ok(invitation.role)
}

/// Whoever is bookable under that address is the same person.
async fn link_staff(tx: &TenantTx, email_key: &str, user_id: UserId) -> Result<()> {
    let with_address: Vec<(StaffId, Option<String>)> = staff::table
        .filter(staff::tenant_id.eq(tx.tenant()))
        .filter(staff::user_id.is_null())
        .filter(staff::email.is_not_null())
        .select((staff::id, staff::email))
        .load(&mut tx.conn())
        .await?;
    let is_theirs = |email: &str| Email::parse(email).is_ok_and(|email| email.key == email_key);
    for (id, _) in with_address.iter().filter(|(_, email)| email.as_deref().is_some_and(is_theirs)) {
        diesel::update(staff::table.find((tx.tenant(), *id)))
            .set(staff::user_id.eq(user_id))
            .execute(&mut tx.conn())
            .await?;
    }
    Ok(())
}

/// Has a member be something else. Nobody leaves a tenant without an owner.
pub async fn change_role(tx: &AccountTx, id: UserId, role: Role, by: &By, now: DateTime<Utc>) -> Result<()> {
    lock(tx).await?;
    let before = role_of(tx, id).await?;
    check_may(tx, by, Some(before), Some(role)).await?;
    if before == Role::Owner && role != Role::Owner {
        check_other_owner(tx, id).await?;
    }
    set_role(tx, id, role).await?;
    let (before, after) = (Facts { role: before, email: None }, Facts { role, email: None });
    record(tx, by, "member.change_role", id.0, Some(&before), Some(&after), now).await
}

/// Ends a membership: another's, by whoever may, or one's own.
pub async fn remove(tx: &AccountTx, id: UserId, by: &By, now: DateTime<Utc>) -> Result<()> {
    lock(tx).await?;
    let before = role_of(tx, id).await?;
    let leaves = by.user() == Some(id);
    if !leaves {
        check_may(tx, by, Some(before), None).await?;
    }
    if before == Role::Owner {
        check_other_owner(tx, id).await?;
    }
    let tenant_id = tx.tenant.tenant();
    diesel::delete(memberships::table.find((tenant_id, id))).execute(&mut tx.identity.conn()).await?;
    let linked = staff::table.filter(staff::tenant_id.eq(tenant_id)).filter(staff::user_id.eq(id));
    diesel::update(linked).set(staff::user_id.eq(None::<UserId>)).execute(&mut tx.tenant.conn()).await?;
    let action = if leaves { "member.leave" } else { "member.remove" };
    record(tx, by, action, id.0, Some(&Facts { role: before, email: None }), None, now).await
}

/// Gives the tenant to another member: they are its owner, whoever gives it an administrator.
pub async fn transfer(tx: &AccountTx, from: UserId, to: UserId, by: &By, now: DateTime<Utc>) -> Result<()> {
    lock(tx).await?;
    if from == to {
        return Err(Rejection::invalid("/member_id", "SAME", "is yourself").into());
    }
    check_may(tx, by, None, Some(Role::Owner)).await?;
    let before = role_of(tx, to).await?;
    set_role(tx, to, Role::Owner).await?;
    set_role(tx, from, Role::Admin).await?;
    let (before, after) = (Facts { role: before, email: None }, Facts { role: Role::Owner, email: None });
    record(tx, by, "tenant.transfer", to.0, Some(&before), Some(&after), now).await
}

/// By what whoever acts is now, under the lock: they may have become less since they asked.
async fn check_may(tx: &AccountTx, by: &By, from: Option<Role>, to: Option<Role>) -> Result<()> {
    let own = role_of(tx, by.user().ok_or(Code::Forbidden)?).await?;
    if own.may_change(from, to) { Ok(()) } else { Err(Code::Forbidden.into()) }
}

/// The tenants that would have no owner without somebody.
pub async fn owned_alone(tx: &IdentityTx, id: UserId) -> Result<Vec<TenantId>> {
    let others = diesel::alias!(memberships as others);
    let another = others
        .filter(others.field(memberships::tenant_id).eq(memberships::tenant_id))
        .filter(others.field(memberships::role).eq(Role::Owner))
        .filter(others.field(memberships::user_id).ne(id));
    Ok(memberships::table
        .filter(memberships::user_id.eq(id))
        .filter(memberships::role.eq(Role::Owner))
        .filter(diesel::dsl::not(diesel::dsl::exists(another)))
        .select(memberships::tenant_id)
        .load(&mut tx.conn())
        .await?)
}

async fn role_of(tx: &AccountTx, id: UserId) -> Result<Role> {
    Ok(memberships::table
        .find((tx.tenant.tenant(), id))
        .select(memberships::role)
        .first(&mut tx.identity.conn())
        .await?)
}

async fn set_role(tx: &AccountTx, id: UserId, role: Role) -> Result<()> {
    diesel::update(memberships::table.find((tx.tenant.tenant(), id)))
        .set(memberships::role.eq(role))
        .execute(&mut tx.identity.conn())
        .await?;
    Ok(())
}

async fn check_other_owner(tx: &AccountTx, id: UserId) -> Result<()> {
    let alone = owned_alone(&tx.identity, id).await?;
    if alone.contains(&tx.tenant.tenant()) { Err(Code::LastOwner.into()) } else { Ok(()) }
}

async fn record(
    tx: &AccountTx,
    by: &By,
    action: &'static str,
    subject: uuid::Uuid,
    before: Option<&Facts<'_>>,
    after: Option<&Facts<'_>>,
    now: DateTime<Utc>,
) -> Result<()> {
    audit::record(&tx.tenant, by, Change { action, subject, before, after }, now).await
}
