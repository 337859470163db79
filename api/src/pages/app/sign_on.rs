//! The tenant's own provider, by whose word its members sign in to it.

use actix_web::HttpResponse;
use domain::identity::ConnectionDraft;
use domain::plan::Feature;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::identities::Source;
use store::sso::Connection;

use super::done;
use super::told::Told;
use crate::account;
use crate::extract::{OwnTenant, PageMember};
use crate::pages::form::{Flaw, Form, PasswordForm, refuses_a_person};
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result};

const PAGE: &str = "/app/settings/sign-on";
const FIELDS: &[(&str, &str)] = &[
    ("/issuer", "issuer"),
    ("/client_id", "client_id"),
    ("/client_secret", "client_secret"),
    ("/domains", "domains"),
    ("/current_password", "current_password"),
];

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct SignOnForm {
    issuer: String,
    client_id: String,
    /// Empty: as it was.
    #[serde(skip_serializing)]
    client_secret: String,
    /// With commas or spaces between them.
    domains: String,
    #[serde(skip_serializing)]
    current_password: String,
}

impl SignOnForm {
    fn of(connection: Connection) -> Self {
        Self {
            issuer: connection.issuer,
            client_id: connection.client_id,
            domains: connection.domains.join(", "),
            ..Self::default()
        }
    }

    fn draft(&self) -> ConnectionDraft {
        let domains = self.domains.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
        ConnectionDraft {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            domains: domains.map(str::to_owned).collect(),
        }
    }
}

#[derive(Serialize)]
struct Content<'a> {
    current: &'static str,
    tab: &'static str,
    form: &'a SignOnForm,
    is_in_plan: bool,
    /// Whether there is one.
    is_set: bool,
    /// What the provider wants to know of us.
    redirect_uri: String,
    /// Where members sign in.
    address: String,
    errors: Vec<Flaw>,
}

pub async fn show(reader: Reader, member: PageMember<OwnTenant>) -> HttpResponse {
    reader.answer(async { page(&reader, &member, None, None).await }).await
}

pub async fn update(
    reader: Reader,
    member: PageMember<OwnTenant>,
    form: Result<Form<SignOnForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let (own, by, password) = (member.own(), member.by(), form.current_password.clone());
            let secret = form.client_secret.trim().to_owned();
            let set = Box::pin(account::set_sign_on(&own, &by, form.draft(), secret, password)).await;
            match set {
                Ok(()) => Ok(done(PAGE, "app-sign-on-set")),
                Err(problem) if refuses_a_person(&problem) => {
                    page(&reader, &member, Some(&form), Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn remove(
    reader: Reader,
    member: PageMember<OwnTenant>,
    form: Result<Form<PasswordForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            match account::remove_sign_on(&member.own(), &member.by(), form.current_password).await {
                Ok(()) => Ok(done(PAGE, "app-sign-on-removed")),
                Err(problem) if refuses_a_person(&problem) && problem.code() != Code::NotFound => {
                    page(&reader, &member, None, Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// `typed` is what a form was refused with; without it, what is set.
async fn page(
    reader: &Reader,
    member: &PageMember<OwnTenant>,
    typed: Option<&SignOnForm>,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (frame, tenant) = member.frame(reader).await?;
    let told = Told::by(refused, FIELDS, reader, &frame)?;
    let found = member.tenant.read(async |tx| store::sso::find(tx).await).await?;
    let is_set = found.is_some();
    let saved = found.map(SignOnForm::of).unwrap_or_default();
    let state = &member.state;
    let content = Content {
        current: "settings",
        tab: "sign-on",
        form: typed.unwrap_or(&saved),
        is_in_plan: tenant.plan.has(Feature::SingleSignOn),
        is_set,
        redirect_uri: account::redirect_uri(state, Source::Tenant(member.tenant.id())),
        address: format!("{}/sso/{}", state.links.public_url(), tenant.slug),
        errors: told.errors,
    };
    render(state, &frame, told.status, "app/sign_on", &content)
}
