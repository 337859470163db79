//! Who may sign in to the tenant: members, invitations, what each role may do.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::access::{Permission, Role};
use domain::id::{InvitationId, UserId};
use domain::plan::Limit;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::{members, tenant_access};

use super::done;
use super::told::Told;
use crate::extract::{Allows, ManageTeam, OwnTenant, PageMember, Path};
use crate::pages::form::{Choice, Flaw, Form, refuses_a_person};
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result};
use crate::team;

const PAGE: &str = "/app/settings/access";
const FIELDS: &[(&str, &str)] = &[
    ("/email", "email"),
    ("/role", "role"),
    ("/member_id", "member_id"),
    ("/current_password", "current_password"),
];

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct InvitationForm {
    email: String,
    role: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RoleForm {
    role: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OwnerForm {
    member_id: String,
    current_password: String,
}

#[derive(Serialize)]
struct Access<'a> {
    current: &'static str,
    tab: &'static str,
    members: Vec<MemberRow>,
    invitations: Vec<InvitationRow>,
    form: &'a InvitationForm,
    /// What whoever looks may give, as the names of roles.
    roles: Vec<&'static str>,
    /// Who could own the tenant.
    heirs: Vec<Choice>,
    table: Vec<PermissionRow>,
    every_role: Vec<&'static str>,
    used: usize,
    /// None: as many as one likes.
    max: Option<i64>,
    is_verified: bool,
    /// What an owner is asked of it.
    second_factor: Option<SecondFactor>,
    timezone: &'static str,
    errors: Vec<Flaw>,
}

#[derive(Serialize)]
struct MemberRow {
    id: UserId,
    full_name: String,
    email: String,
    role: &'static str,
    has_second_factor: bool,
    last_login_at: Option<DateTime<Utc>>,
    is_self: bool,
    /// Whether whoever looks may change it.
    may_change: bool,
}

#[derive(Serialize)]
struct InvitationRow {
    id: InvitationId,
    email: String,
    role: &'static str,
    expires_at: DateTime<Utc>,
    may_change: bool,
}

#[derive(Serialize)]
struct SecondFactor {
    /// Whether whoever looks has one.
    is_own: bool,
    is_required: bool,
    /// Members who have none.
    without: usize,
}

/// One line of the table in `domain::access`.
#[derive(Serialize)]
struct PermissionRow {
    permission: &'static str,
    /// By role, as the columns.
    is_in: Vec<bool>,
}

pub async fn show(reader: Reader, member: PageMember<ManageTeam>) -> HttpResponse {
    reader.answer(async { page(&reader, &member, &InvitationForm::default(), None).await }).await
}

pub async fn invite(
    reader: Reader,
    member: PageMember<ManageTeam>,
    form: Result<Form<InvitationForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let role = Role::from_name(&form.role).unwrap_or(Role::Viewer);
            let sent = team::send(&member.own(), &member.by(), &form.email, role).await.map(|_invitation| ());
            outcome(&reader, &member, &form, sent, "app-access-invited").await
        })
        .await
}

pub async fn revoke(
    reader: Reader,
    member: PageMember<ManageTeam>,
    id: Result<Path<InvitationId>>,
) -> HttpResponse {
    reader
        .answer(async {
            team::withdraw(&member.own(), &member.by(), *id?).await?;
            Ok(done(PAGE, "app-access-revoked"))
        })
        .await
}

pub async fn change_role(
    reader: Reader,
    member: PageMember<ManageTeam>,
    id: Result<Path<UserId>>,
    form: Result<Form<RoleForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let role = Role::from_name(&form.role).unwrap_or(Role::Viewer);
            let changed = team::change_role(&member.own(), &member.by(), id, role).await;
            outcome(&reader, &member, &InvitationForm::default(), changed, "app-access-changed").await
        })
        .await
}

pub async fn remove(
    reader: Reader,
    member: PageMember<ManageTeam>,
    id: Result<Path<UserId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let removed = team::remove(&member.own(), &member.by(), *id?).await;
            outcome(&reader, &member, &InvitationForm::default(), removed, "app-access-removed").await
        })
        .await
}

/// The page shows what came of it, and what was refused.
async fn outcome<P: Allows>(
    reader: &Reader,
    member: &PageMember<P>,
    form: &InvitationForm,
    done_so: Result<()>,
    key: &str,
) -> Result<HttpResponse> {
    match done_so {
        Ok(()) => Ok(done(PAGE, key)),
        Err(problem) if refuses_a_person(&problem) && problem.code() != Code::NotFound => {
            page(reader, member, form, Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

pub async fn transfer(
    reader: Reader,
    member: PageMember<OwnTenant>,
    form: Result<Form<OwnerForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let to = form.member_id.parse::<UserId>().unwrap_or(member.user_id);
            let given = team::give(&member.own(), &member.by(), to, form.current_password).await;
            outcome(&reader, &member, &InvitationForm::default(), given, "app-access-given").await
        })
        .await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct FactorForm {
    required: String,
}

pub async fn require_second_factor(
    reader: Reader,
    member: PageMember<OwnTenant>,
    form: Result<Form<FactorForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let is_required = !form?.0.required.is_empty();
            let set = team::require_second_factor(&member.own(), &member.by(), is_required).await;
            outcome(&reader, &member, &InvitationForm::default(), set, "app-access-factor-changed").await
        })
        .await
}

async fn page<P: Allows>(
    reader: &Reader,
    member: &PageMember<P>,
    form: &InvitationForm,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (frame, tenant) = member.frame(reader).await?;
    let told = Told::by(refused, FIELDS, reader, &frame)?;
    let (identity, id, now) = (member.state.store.identity(), member.user_id, member.now);
    let tenant_id = member.tenant.id();
    let (user, all, access) = identity
        .transaction(async |tx| {
            let user = store::users::find(tx, id).await?;
            let all = members::list(tx, tenant_id).await?;
            Ok::<_, Problem>((user, all, tenant_access::find(tx, tenant_id).await?))
        })
        .await?;
    let open = member.tenant.read(async |tx| members::invitations(tx, now).await).await?;
    let own = member.role;
    let heirs = all.iter().filter(|one| one.user_id != id).map(|one| Choice {
        value: one.user_id.to_string(),
        label: format!("{} · {}", one.full_name, one.email),
    });
    let content = Access {
        current: "settings",
        tab: "access",
        heirs: if own.may(Permission::OwnTenant) { heirs.collect() } else { Vec::new() },
        used: all.len() + open.len(),
        second_factor: own.may(Permission::OwnTenant).then(|| SecondFactor {
            is_own: user.has_second_factor,
            is_required: access.second_factor_required_at.is_some(),
            without: all.iter().filter(|one| !one.has_second_factor).count(),
        }),
        members: all.into_iter().map(|one| row(one, id, own)).collect(),
        invitations: open
            .into_iter()
            .map(|one| InvitationRow {
                id: one.id,
                email: one.email,
                role: one.role.name(),
                expires_at: one.expires_at,
                may_change: own.may_change(Some(one.role), None),
            })
            .collect(),
        form,
        roles: Role::ALL.into_iter().filter(|role| *role <= own).map(Role::name).collect(),
        table: Permission::ALL
            .into_iter()
            .map(|permission| PermissionRow {
                permission: permission.name(),
                is_in: Role::ALL.into_iter().map(|role| role.may(permission)).collect(),
            })
            .collect(),
        every_role: Role::ALL.into_iter().map(Role::name).collect(),
        max: tenant.plan.allowance(Limit::Members),
        is_verified: user.email_verified_at.is_some(),
        timezone: tenant.timezone.name(),
        errors: told.errors,
    };
    render(&member.state, &frame, told.status, "app/access", &content)
}

fn row(member: members::Member, looks: UserId, own: Role) -> MemberRow {
    MemberRow {
        is_self: member.user_id == looks,
        may_change: own.may_change(Some(member.role), None),
        id: member.user_id,
        full_name: member.full_name,
        email: member.email,
        role: member.role.name(),
        has_second_factor: member.has_second_factor,
        last_login_at: member.last_login_at,
    }
}
