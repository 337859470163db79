//! What the link in an invitation opens.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use domain::id::UserId;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::sessions::{self, InBrowser};

use super::login::signed_in;
use crate::account::{self, Invited, Own};
use crate::extract::{Anybody, Path, session_if_any};
use crate::pages::form::{Flaw, Form, flaws, refuses_a_person};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see_with};
use crate::problem::Result;
use crate::{cookies, csrf};

const FIELDS: &[(&str, &str)] = &[("/full_name", "full_name"), ("/password", "password")];

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct JoinForm {
    full_name: String,
    #[serde(skip_serializing)]
    password: String,
    /// The session's, where there is one.
    #[serde(skip_serializing)]
    csrf: String,
}

#[derive(Serialize)]
struct Invitation<'a> {
    token: &'a str,
    tenant_name: String,
    email: String,
    role: &'static str,
    /// Who reads it: `new`, without an account; `known`, who has yet to sign in; `signed_in`; `other`, signed in as somebody
    /// else.
    who: &'static str,
    csrf: Option<String>,
    form: &'a JoinForm,
    errors: Vec<Flaw>,
}

pub async fn ask(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    request: HttpRequest,
) -> HttpResponse {
    reader
        .answer(async {
            page(&reader, &anybody?, &request, &token?, &JoinForm::default(), (StatusCode::OK, Vec::new()))
                .await
        })
        .await
}

/// Becomes a member: as whoever is signed in, or with an account that is made.
pub async fn accept(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    request: HttpRequest,
    form: Result<Form<JoinForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token, Form(form)) = (anybody?, token?, form?);
            let done = || see_with("/app", &Flash::ok("account-joined"));
            if let Some(session) = session_if_any(&request).await? {
                if session.standing.is_tenant_only {
                    return Err(Code::PasswordRequired.into());
                }
                let cookie = cookies::read(&request, cookies::SESSION).unwrap_or_default();
                if !csrf::fits(&form.csrf, cookie) {
                    return Err(Code::FormRefused.into());
                }
                let (tenant_id, _role) = account::join(&own(&anybody, &session), &token).await?;
                let identity = anybody.state.store.identity();
                identity.transaction(async |tx| sessions::switch(tx, session.id, tenant_id).await).await?;
                return Ok(done());
            }
            let (name, password, locale) = (&form.full_name, form.password.clone(), reader.lang());
            let joined = account::join_as_new(&anybody, &token, name, password, Some(locale));
            match Box::pin(joined).await {
                Ok((user, tenant, _role)) => {
                    signed_in(&anybody, &request, user.id, Some(tenant.tenant_id), done()).await
                }
                Err(problem) if refuses_a_person(&problem) && !problem.0.errors.is_empty() => {
                    let told = flaws(&problem, FIELDS, reader.text(reader.lang()))?;
                    page(&reader, &anybody, &request, &token, &form, (problem.status_code(), told)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

fn own<'a>(anybody: &'a Anybody, session: &InBrowser) -> Own<'a> {
    Own {
        state: &anybody.state,
        user_id: session.user_id,
        tenant_id: session.tenant_id,
        session_id: session.id,
        origin: anybody.origin(),
        now: anybody.now,
    }
}

async fn page(
    reader: &Reader,
    anybody: &Anybody,
    request: &HttpRequest,
    token: &str,
    form: &JoinForm,
    (status, errors): (StatusCode, Vec<Flaw>),
) -> Result<HttpResponse> {
    let Invited { tenant, invitation, is_known } = account::invited(anybody, token).await?;
    let session = session_if_any(request).await?;
    let reader_id: Option<UserId> = session.as_ref().map(|session| session.user_id);
    let who = match reader_id {
        Some(id) => {
            let identity = anybody.state.store.identity();
            let user = identity.statement(async |tx| store::users::find(tx, id).await).await?;
            if user.email_key == invitation.email_key { "signed_in" } else { "other" }
        }
        None if is_known => "known",
        None => "new",
    };
    let cookie = cookies::read(request, cookies::SESSION);
    let content = Invitation {
        token,
        tenant_name: tenant.name,
        email: invitation.email,
        role: invitation.role.name(),
        who,
        csrf: cookie.filter(|_| session.is_some()).map(csrf::token),
        form,
        errors,
    };
    render(&reader.state, &reader.frame(reader.lang()), status, "account/invitation", &content)
}
