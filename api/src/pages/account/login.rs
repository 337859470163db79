//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use domain::id::{TenantId, UserId};
use domain::identity::Provider;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::sessions;
use store::users::User;

use crate::extract::{Anybody, Leave, PageMember, operator_if_any, session_if_any};
use crate::pages::form::{Flaw, Form, flaws, refuses_a_person};
use crate::pages::frame::Flash;
use crate::pages::{Reader, local_path, render, see, see_with};
use crate::problem::{Problem, Result};
use crate::{account, cookies};

const FIELDS: &[(&str, &str)] = &[("/email", "email"), ("/password", "password")];
/// Where operators begin.
const CONSOLE: &str = "/ops/queues";

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct LoginForm {
    email: String,
    #[serde(skip_serializing)]
    password: String,
    /// Where to go then; a path of ours.
    next: String,
}

/// Which of the forms somebody stands before.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Door {
    /// Of the dashboard: for everybody.
    Members,
    /// Of the console: for operators.
    Operators,
}

#[derive(Serialize)]
struct Login<'a> {
    form: &'a LoginForm,
    /// By whose word one may sign in, too.
    providers: Vec<&'static str>,
    /// What they are asked with: where to go then.
    away: String,
    door: Door,
    /// Whose passkeys sign in, where there are any.
    passkey_host: Option<String>,
    errors: Vec<Flaw>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub(super) next: String,
}

/// The form; whoever is signed in goes on.
pub async fn show(reader: Reader, anybody: Result<Anybody>, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            anybody?;
            let asked: Asked = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
            if session_if_any(&request).await?.is_some_and(|session| !session.standing.is_tenant_only) {
                return Ok(see(local_path(&asked.next).unwrap_or("/app")));
            }
            if operator_if_any(&request).await?.is_some() {
                // They are in no tenant: what leads into one would lead back here.
                let on_console = local_path(&asked.next).filter(|next| next.starts_with("/ops"));
                return Ok(see(on_console.unwrap_or(CONSOLE)));
            }
            let form = LoginForm { next: asked.next, ..LoginForm::default() };
            page(&reader, StatusCode::OK, &form, Door::Members, Vec::new())
        })
        .await
}

/// The form of the console; an operator who is signed in goes on.
pub async fn show_to_operators(
    reader: Reader,
    anybody: Result<Anybody>,
    request: HttpRequest,
) -> HttpResponse {
    reader
        .answer(async {
            anybody?;
            let asked: Asked = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
            let next = local_path(&asked.next).unwrap_or(CONSOLE);
            if operator_if_any(&request).await?.is_some() {
                return Ok(see(next));
            }
            let form = LoginForm { next: next.to_owned(), ..LoginForm::default() };
            page(&reader, StatusCode::OK, &form, Door::Operators, Vec::new())
        })
        .await
}

pub async fn create(
    reader: Reader,
    anybody: Result<Anybody>,
    request: HttpRequest,
    form: Result<Form<LoginForm>>,
) -> HttpResponse {
    sign_in(reader, anybody, request, form, Door::Members).await
}

/// Whoever is no operator is told what a stranger is.
pub async fn create_for_operators(
    reader: Reader,
    anybody: Result<Anybody>,
    request: HttpRequest,
    form: Result<Form<LoginForm>>,
) -> HttpResponse {
    sign_in(reader, anybody, request, form, Door::Operators).await
}

async fn sign_in(
    reader: Reader,
    anybody: Result<Anybody>,
    request: HttpRequest,
    form: Result<Form<LoginForm>>,
    door: Door,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, Form(form)) = (anybody?, form?);
            let next = match door {
                Door::Members => form.next.as_str(),
                Door::Operators => local_path(&form.next).unwrap_or(CONSOLE),
            };
            let device = cookies::read(&request, cookies::DEVICE);
            let password = form.password.clone();
            let known = account::authenticate(&anybody, &form.email, password, None, device).await;
            let known = match known {
                Ok((user, _)) if door == Door::Operators && !user.is_operator => {
                    Err(Code::InvalidCredentials.into())
                }
                known => known,
            };
            match known {
                Ok((user, membership)) => {
                    let tenant_id = membership.map(|(tenant, _role)| tenant.tenant_id);
                    if user.has_second_factor {
                        return Ok(to_second_step(&anybody, &user, tenant_id, next));
                    }
                    enter(&anybody, &request, &user, tenant_id, next).await
                }
                Err(problem) if refuses_a_person(&problem) => {
                    let told = flaws(&problem, FIELDS, reader.text(reader.lang()))?;
                    Ok(retry_later(page(&reader, problem.status_code(), &form, door, told)?, &problem))
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// A page that refuses, which says when to try again if its problem does.
pub(super) fn retry_later(mut response: HttpResponse, problem: &Problem) -> HttpResponse {
    if let Some(after) = problem.error_response().headers().get(RETRY_AFTER) {
        response.headers_mut().insert(RETRY_AFTER, after.clone());
    }
    response
}

/// Opens a session for somebody who has proven who they are; the response carries its cookie.
pub(super) async fn signed_in(
    anybody: &Anybody,
    request: &HttpRequest,
    user_id: UserId,
    tenant_id: Option<TenantId>,
    mut response: HttpResponse,
) -> Result<HttpResponse> {
    let before = cookies::read(request, cookies::SESSION);
    let cookie = account::open_in_browser(anybody, user_id, tenant_id, before).await?;
    cookies::set(&mut response, &cookies::session(&cookie));
    let device = anybody.state.links.known_device(user_id, anybody.now);
    cookies::set(&mut response, &cookies::device(&device));
    Ok(response)
}

/// The same, and goes where they wanted.
pub async fn enter(
    anybody: &Anybody,
    request: &HttpRequest,
    user: &User,
    tenant_id: Option<TenantId>,
    next: &str,
) -> Result<HttpResponse> {
    // Whoever is in no tenant is an operator.
    let home = if tenant_id.is_some() { "/app" } else { CONSOLE };
    signed_in(anybody, request, user.id, tenant_id, see(local_path(next).unwrap_or(home))).await
}

/// Opens a session for a member of whom their tenant's own provider has said who they are: for that tenant alone. The browser
/// is none that is known from now on: it proved nothing to us.
pub(super) async fn enter_tenant(
    anybody: &Anybody,
    request: &HttpRequest,
    user_id: UserId,
    tenant_id: TenantId,
    next: &str,
) -> Result<HttpResponse> {
    let before = cookies::read(request, cookies::SESSION);
    let cookie = account::open_in_tenant(anybody, user_id, tenant_id, before).await?;
    let mut response = see(local_path(next).unwrap_or("/app"));
    cookies::set(&mut response, &cookies::session(&cookie));
    Ok(response)
}

/// The password was right: the code comes next.
pub fn to_second_step(
    anybody: &Anybody,
    user: &User,
    tenant_id: Option<TenantId>,
    next: &str,
) -> HttpResponse {
    let tenant_id = tenant_id.unwrap_or(TenantId::PLATFORM);
    let token = anybody.state.links.second_step(tenant_id, user.id, anybody.now);
    second_step(&token, next)
}

/// The same of whoever will be in that tenant alone.
pub(super) fn to_second_step_of_tenant(
    anybody: &Anybody,
    user: &User,
    tenant_id: TenantId,
    next: &str,
) -> HttpResponse {
    second_step(&anybody.state.links.second_step_of_tenant(tenant_id, user.id, anybody.now), next)
}

fn second_step(token: &str, next: &str) -> HttpResponse {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    let mut response = see(&format!("/login/code?{query}"));
    cookies::set(&mut response, &cookies::second_step(token));
    response
}

fn page(
    reader: &Reader,
    status: StatusCode,
    form: &LoginForm,
    door: Door,
    errors: Vec<Flaw>,
) -> Result<HttpResponse> {
    let providers = reader.state.oidc.providers().map(Provider::name).collect();
    let mut away = url::form_urlencoded::Serializer::new(String::new());
    let away = away.append_pair("next", &form.next).finish();
    let passkey_host = account::passkey_host(&reader.state);
    let content = Login { form, providers, away, door, passkey_host, errors };
    render(&reader.state, &reader.frame(reader.lang()), status, "account/login", &content)
}

/// The form anew, where another way in was refused.
pub(super) fn again(reader: &Reader, next: String, problem: &Problem) -> Result<HttpResponse> {
    let door = if next.starts_with("/ops") { Door::Operators } else { Door::Members };
    let form = LoginForm { next, ..LoginForm::default() };
    let told = flaws(problem, FIELDS, reader.text(reader.lang()))?;
    Ok(retry_later(page(reader, problem.status_code(), &form, door, told)?, problem))
}

pub async fn destroy(reader: Reader, member: PageMember<Leave>) -> HttpResponse {
    reader
        .answer(async {
            if member.session.standing.is_support {
                let (tenant_id, by) = (member.tenant.id(), member.by());
                account::end_support(&member.state, &member.session, tenant_id, by, member.now).await?;
                return Ok(signed_out("/ops/login", "ops-support-ended"));
            }
            let identity = member.state.store.identity();
            identity
                .transaction(async |tx| sessions::revoke(tx, member.session.id, member.now).await)
                .await?;
            Ok(signed_out("/login", "account-signed-out"))
        })
        .await
}

/// To that form to sign in, without a session.
pub fn signed_out(door: &str, flash: &str) -> HttpResponse {
    let mut response = see_with(door, &Flash::ok(flash));
    cookies::set(&mut response, &cookies::no_session());
    response
}
