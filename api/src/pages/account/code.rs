//! The second step of signing in: a code or a passkey, for whoever has given the right password.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use domain::id::{TenantId, UserId};
use domain::link::Purpose;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::users::User;
use store::{passkeys, second_factors};

use super::login::{Asked, enter, enter_tenant, retry_later};
use super::passkey::{Ceremony, PasskeyForm};
use crate::extract::Anybody;
use crate::pages::form::{Flaw, Form, flaws, refuses_a_person};
use crate::pages::{Reader, local_path, render, see};
use crate::problem::{Problem, Result};
use crate::{account, cookies};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    code: String,
    /// Where to go then; a path of ours.
    next: String,
}

#[derive(Serialize)]
struct Page<'a> {
    next: &'a str,
    /// Whether an app makes codes; else there are recovery codes alone.
    has_app: bool,
    /// What their passkeys are asked, if they have any.
    passkey: Option<Ceremony>,
    passkey_host: Option<String>,
    errors: Vec<Flaw>,
}

pub async fn show(reader: Reader, anybody: Result<Anybody>, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let anybody = anybody?;
            let asked: Asked = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
            match waiting(&anybody, &request).await? {
                Some(waiting) => page(&reader, &anybody, &waiting.user, &asked.next, None).await,
                None => Ok(see("/login")),
            }
        })
        .await
}

pub async fn create(
    reader: Reader,
    anybody: Result<Anybody>,
    request: HttpRequest,
    form: Result<Form<CodeForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, Form(form)) = (anybody?, form?);
            let Some(waiting) = waiting(&anybody, &request).await? else { return Ok(see("/login")) };
            let Waiting { user, tenant_id, is_tenant_only } = &waiting;
            let code = Some(form.code.as_str());
            let passed = account::pass_second_factor(&anybody, user, *tenant_id, *is_tenant_only, code).await;
            answer(&reader, &anybody, &request, &waiting, &form.next, passed).await
        })
        .await
}

pub async fn create_by_passkey(
    reader: Reader,
    anybody: Result<Anybody>,
    request: HttpRequest,
    form: Result<Form<PasskeyForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, Form(form)) = (anybody?, form?);
            let Some(waiting) = waiting(&anybody, &request).await? else { return Ok(see("/login")) };
            let Waiting { user, tenant_id, is_tenant_only } = &waiting;
            let passed =
                account::pass_by_passkey(&anybody, user, *tenant_id, *is_tenant_only, form.answered());
            let passed = Box::pin(passed).await;
            answer(&reader, &anybody, &request, &waiting, &form.next, passed).await
        })
        .await
}

/// Lets in whoever has passed; others are told why not.
async fn answer(
    reader: &Reader,
    anybody: &Anybody,
    request: &HttpRequest,
    waiting: &Waiting,
    next: &str,
    passed: Result<()>,
) -> Result<HttpResponse> {
    let Waiting { user, tenant_id, is_tenant_only } = waiting;
    match passed {
        Ok(()) => {
            let mut response = match tenant_id.filter(|_| *is_tenant_only) {
                Some(only) => enter_tenant(anybody, request, user.id, only, next).await?,
                None => enter(anybody, request, user, *tenant_id, next).await?,
            };
            cookies::set(&mut response, &cookies::no_second_step());
            Ok(response)
        }
        Err(problem) if refuses_a_person(&problem) => page(reader, anybody, user, next, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

/// Who has the first step behind them.
struct Waiting {
    user: User,
    /// Where they will be.
    tenant_id: Option<TenantId>,
    /// Whether there alone: that tenant's own provider brought them.
    is_tenant_only: bool,
}

/// Who has given the right password in this browser lately, or was brought by their tenant's provider.
async fn waiting(anybody: &Anybody, request: &HttpRequest) -> Result<Option<Waiting>> {
    let Some(token) = cookies::read(request, cookies::SECOND_STEP) else { return Ok(None) };
    let open = |purpose| anybody.state.links.open(token, purpose, anybody.now);
    let Some(link) = open(Purpose::SecondStep).or_else(|| open(Purpose::SecondStepOfTenant)) else {
        return Ok(None);
    };
    let is_tenant_only = link.purpose == Purpose::SecondStepOfTenant;
    let identity = anybody.state.store.identity();
    let user = identity.statement(async |tx| store::users::find(tx, UserId(link.subject)).await).await?;
    let tenant_id = Some(link.tenant_id).filter(|id| *id != TenantId::PLATFORM);
    Ok(Some(Waiting { user, tenant_id, is_tenant_only }))
}

async fn page(
    reader: &Reader,
    anybody: &Anybody,
    user: &User,
    next: &str,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (identity, id) = (anybody.state.store.identity(), user.id);
    let (has_app, has_passkey) = identity
        .transaction(async |tx| {
            let has_app = second_factors::find_totp(tx, id).await?.is_some();
            Ok::<_, store::Error>((has_app, !passkeys::list(tx, id).await?.is_empty()))
        })
        .await?;
    let passkey_host = account::passkey_host(&anybody.state).filter(|_| has_passkey);
    let passkey = match &passkey_host {
        Some(_) => challenge(anybody, id).await?,
        None => None,
    };
    let (status, errors) = match refused {
        Some(problem) => (problem.status_code(), flaws(problem, &[], reader.text(reader.lang()))?),
        None => (StatusCode::OK, Vec::new()),
    };
    let mut frame = reader.frame(reader.lang());
    frame.is_personal = true;
    let next = local_path(next).unwrap_or_default();
    let content = Page { next, has_app, passkey, passkey_host, errors };
    let response = render(&reader.state, &frame, status, "account/code", &content)?;
    Ok(match refused {
        Some(problem) => retry_later(response, problem),
        None => response,
    })
}

/// What a passkey of theirs is asked; nothing of whoever has asked too often: there are codes.
async fn challenge(anybody: &Anybody, id: UserId) -> Result<Option<Ceremony>> {
    match account::ask_for_sign_in(anybody, Some(id)).await {
        Ok(challenge) => Ok(Some(challenge.into())),
        Err(problem) if problem.code() == Code::TooManyRequests => Ok(None),
        Err(problem) => Err(problem),
    }
}
