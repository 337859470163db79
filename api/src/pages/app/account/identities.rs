//! What others know an account by: linked by its user, with the password, and taken away alike.

use actix_web::{HttpRequest, HttpResponse};
use domain::id::IdentityId;
use domain::identity::Provider;
use domain::rejection::Code;
use serde::Serialize;
use store::identities::{self, Identity, Source};

use super::super::done;
use super::super::told::Told;
use crate::extract::{Account, PageMember, Path};
use crate::pages::form::{Flaw, Form, PasswordForm, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result};
use crate::{account, cookies};

const FIELDS: &[(&str, &str)] = &[("/current_password", "current_password")];
const SECURITY: &str = "/app/account/security";

#[derive(Serialize)]
struct Page {
    current: &'static str,
    tab: &'static str,
    /// Whom to take away; none: to link what waits.
    id: Option<IdentityId>,
    provider: Option<&'static str>,
    /// Whose provider it is, where it is a tenant's own.
    tenant_name: Option<String>,
    email: String,
    errors: Vec<Flaw>,
}

/// One line of the page of security.
#[derive(Serialize)]
pub(super) struct IdentityRow {
    id: IdentityId,
    provider: Option<&'static str>,
    tenant_name: Option<String>,
    email: String,
}

/// What an account is known by, in the words of the page of security.
pub(super) async fn rows(member: &PageMember<Account>, all: Vec<Identity>) -> Result<Vec<IdentityRow>> {
    let mut rows = Vec::with_capacity(all.len());
    for one in all {
        let source = source_of(member, &one).await?;
        rows.push(IdentityRow { id: one.id, provider: source.0, tenant_name: source.1, email: one.email });
    }
    Ok(rows)
}

/// The name of the provider, or else that of the tenant whose own it is.
async fn source_of(
    member: &PageMember<Account>,
    identity: &Identity,
) -> Result<(Option<&'static str>, Option<String>)> {
    let tenant_name = match identity.tenant_id {
        Some(id) => {
            let tenant = member.state.store.tenant(id);
            Some(tenant.read(async |tx| store::tenants::find(tx).await).await?.name)
        }
        None => None,
    };
    Ok((identity.provider.map(Provider::name), tenant_name))
}

/// Whether what waits in this browser is theirs.
pub async fn ask(reader: Reader, member: PageMember<Account>, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let (frame, _) = member.frame(&reader).await?;
            offer(&member, &frame, &request, Told::nothing()).await
        })
        .await
}

pub async fn confirm(
    reader: Reader,
    member: PageMember<Account>,
    request: HttpRequest,
    form: Result<Form<PasswordForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let browser = cookies::read(&request, cookies::AWAY).unwrap_or_default();
            if account::offered(&member.own(), Some(browser)).await?.is_none() {
                return Ok(nothing_waits());
            }
            match account::confirm(&member.own(), browser, form.current_password).await {
                Ok(()) => {
                    let mut response = done(SECURITY, "app-identity-linked");
                    cookies::set(&mut response, &cookies::not_away());
                    Ok(response)
                }
                Err(problem) if problem.code() == Code::LinkInvalid => Ok(nothing_waits()),
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, _) = member.frame(&reader).await?;
                    let told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    offer(&member, &frame, &request, told).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

fn nothing_waits() -> HttpResponse {
    see_with(SECURITY, &Flash::bad("account-identity-late"))
}

/// The page of what waits; of a tenant that they are no member of, nothing is told.
async fn offer(
    member: &PageMember<Account>,
    frame: &Frame,
    request: &HttpRequest,
    told: Told,
) -> Result<HttpResponse> {
    let browser = cookies::read(request, cookies::AWAY);
    let Some(waits) = account::offered(&member.own(), browser).await? else { return Ok(nothing_waits()) };
    let (provider, tenant_name) = match waits.source {
        Source::Platform(provider) => (Some(provider.name()), None),
        Source::Tenant(id) => {
            let (identity, user_id) = (member.state.store.identity(), member.user_id);
            let is_member =
                identity.statement(async |tx| identities::is_member(tx, user_id, id).await).await?;
            if !is_member {
                return Ok(see_with(SECURITY, &Flash::bad("account-identity-no-member")));
            }
            let tenant = member.state.store.tenant(id);
            (None, Some(tenant.read(async |tx| store::tenants::find(tx).await).await?.name))
        }
    };
    let content = Page {
        current: "account",
        tab: "security",
        id: None,
        provider,
        tenant_name,
        email: waits.email,
        errors: told.errors,
    };
    render(&member.state, frame, told.status, "app/account_identity", &content)
}

pub async fn ask_removal(
    reader: Reader,
    member: PageMember<Account>,
    id: Result<Path<IdentityId>>,
) -> HttpResponse {
    reader.answer(async { removal(&reader, &member, *id?, None).await }).await
}

pub async fn remove(
    reader: Reader,
    member: PageMember<Account>,
    id: Result<Path<IdentityId>>,
    form: Result<Form<PasswordForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            match account::unlink(&member.own(), id, form.current_password).await {
                Ok(()) => Ok(done(SECURITY, "app-identity-unlinked")),
                Err(problem) if refuses_a_person(&problem) && problem.code() != Code::NotFound => {
                    removal(&reader, &member, id, Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn removal(
    reader: &Reader,
    member: &PageMember<Account>,
    id: IdentityId,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (identity, user_id) = (member.state.store.identity(), member.user_id);
    let found = identity.statement(async |tx| identities::find(tx, user_id, id).await).await?;
    let (frame, _) = member.frame(reader).await?;
    let told = Told::by(refused, FIELDS, reader, &frame)?;
    let (provider, tenant_name) = source_of(member, &found).await?;
    let content = Page {
        current: "account",
        tab: "security",
        id: Some(id),
        provider,
        tenant_name,
        email: found.email,
        errors: told.errors,
    };
    render(&member.state, &frame, told.status, "app/account_identity", &content)
}
