//! The second step of signing in: a code, for whoever has given the right password.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use domain::id::{TenantId, UserId};
use domain::link::Purpose;
use serde::{Deserialize, Serialize};
use store::users::User;

use super::login::{Asked, enter, enter_tenant, retry_later};
use crate::extract::Anybody;
use crate::pages::form::{Flaw, Form, flaws, refuses_a_person};
use crate::pages::{Reader, local_path, render, see};
use crate::problem::Result;
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
    errors: Vec<Flaw>,
}

pub async fn show(reader: Reader, anybody: Result<Anybody>, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let asked: Asked = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
            match waiting(&anybody?, &request).await? {
                Some(_) => page(&reader, StatusCode::OK, &asked.next, Vec::new()),
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
            let Some(Waiting { user, tenant_id, is_tenant_only }) = waiting(&anybody, &request).await? else {
                return Ok(see("/login"));
            };
            let code = Some(form.code.as_str());
            match account::pass_second_factor(&anybody, &user, tenant_id, is_tenant_only, code).await {
                Ok(()) => {
                    let mut response = match tenant_id.filter(|_| is_tenant_only) {
                        Some(only) => enter_tenant(&anybody, &request, user.id, only, &form.next).await?,
                        None => enter(&anybody, &request, &user, tenant_id, &form.next).await?,
                    };
                    cookies::set(&mut response, &cookies::no_second_step());
                    Ok(response)
                }
                Err(problem) if refuses_a_person(&problem) => {
                    let told = flaws(&problem, &[], reader.text(reader.lang()))?;
                    Ok(retry_later(page(&reader, problem.status_code(), &form.next, told)?, &problem))
                }
                Err(problem) => Err(problem),
            }
        })
        .await
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

fn page(reader: &Reader, status: StatusCode, next: &str, errors: Vec<Flaw>) -> Result<HttpResponse> {
    let next = local_path(next).unwrap_or_default();
    render(&reader.state, &reader.frame(reader.lang()), status, "account/code", &Page { next, errors })
}
