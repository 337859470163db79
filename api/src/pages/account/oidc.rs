//! Signing in by the word of others: on the way to a provider, and back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use domain::id::TenantId;
use domain::identity::Provider;
use domain::rejection::{Code, Rejection};
use domain::slug;
use serde::{Deserialize, Serialize};
use store::identities::Source;

use super::login::{Asked, enter, enter_tenant, to_second_step, to_second_step_of_tenant};
use crate::account::{self, Begun, Declined, Finished, Returned};
use crate::cookies;
use crate::extract::{Anybody, Path, session_if_any};
use crate::pages::form::{Flaw, flaws};
use crate::pages::frame::Flash;
use crate::pages::{Reader, local_path, render, see, see_with};
use crate::problem::Result;

/// Where somebody says that what came back is theirs.
const CONFIRMATION: &str = "/app/account/identities/confirmation";

/// What a provider adds to our address.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    state: String,
    code: String,
    error: String,
    iss: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Question {
    /// The public address of a business, or what somebody takes for it.
    business: String,
}

#[derive(Serialize)]
struct SignOn<'a> {
    business: &'a str,
    /// Whose provider it is; none: it is yet to be said.
    tenant_name: Option<String>,
    errors: Vec<Flaw>,
}

/// To a provider of the platform's.
pub async fn start(
    reader: Reader,
    anybody: Result<Anybody>,
    provider: Result<Path<String>>,
    request: HttpRequest,
) -> HttpResponse {
    reader.answer(async { go(&anybody?, &request, Source::Platform(named(&provider?)?)).await }).await
}

pub async fn finish(
    reader: Reader,
    anybody: Result<Anybody>,
    provider: Result<Path<String>>,
    request: HttpRequest,
) -> HttpResponse {
    reader.answer(async { come(&anybody?, &request, Source::Platform(named(&provider?)?)).await }).await
}

fn named(provider: &str) -> Result<Provider> {
    Ok(Provider::from_name(provider).ok_or(Code::NotFound)?)
}

/// Asks whose provider it is to be; whoever has said so goes on.
pub async fn ask(reader: Reader, anybody: Result<Anybody>, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            anybody?;
            let Question { business } =
                serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
            let business = business.trim().to_lowercase();
            if slug::parse(&business).is_ok() {
                return Ok(see(&format!("/sso/{business}")));
            }
            if business.is_empty() {
                return page(&reader, StatusCode::OK, "", None, Vec::new());
            }
            let refused = Rejection::invalid("/business", "INVALID", "is no public address of a business");
            let told = flaws(&refused.into(), &[("/business", "business")], reader.text(reader.lang()))?;
            page(&reader, StatusCode::UNPROCESSABLE_ENTITY, &business, None, told)
        })
        .await
}

/// A tenant's own provider: a button, so that nobody is sent away who did not want to.
pub async fn show(reader: Reader, anybody: Result<Anybody>, slug: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, slug) = (anybody?, slug?);
            let Some(id) = tenant(&anybody, &slug).await? else { return Ok(declined(Declined::NotSetUp)) };
            let door = anybody.state.store.tenant(id);
            let found = door.read(async |tx| {
                let tenant = store::tenants::find(tx).await?;
                Ok::<_, store::Error>((tenant.name, store::sso::find_in_plan(tx).await?))
            });
            match found.await? {
                (name, Some(_)) => page(&reader, StatusCode::OK, &slug, Some(name), Vec::new()),
                (_, None) => Ok(declined(Declined::NotSetUp)),
            }
        })
        .await
}

/// To a tenant's own provider.
pub async fn start_of_tenant(
    reader: Reader,
    anybody: Result<Anybody>,
    slug: Result<Path<String>>,
    request: HttpRequest,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, slug) = (anybody?, slug?);
            match tenant(&anybody, &slug).await? {
                Some(id) => go(&anybody, &request, Source::Tenant(id)).await,
                None => Ok(declined(Declined::NotSetUp)),
            }
        })
        .await
}

pub async fn finish_of_tenant(
    reader: Reader,
    anybody: Result<Anybody>,
    id: Result<Path<TenantId>>,
    request: HttpRequest,
) -> HttpResponse {
    reader.answer(async { come(&anybody?, &request, Source::Tenant(*id?)).await }).await
}

/// The tenant of that address, if there is one.
async fn tenant(anybody: &Anybody, slug: &str) -> Result<Option<TenantId>> {
    if slug::parse(slug).is_err() {
        return Ok(None);
    }
    match anybody.state.tenant(slug).await {
        Ok(tenant) => Ok(Some(tenant.id())),
        Err(problem) if problem.code() == Code::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}

async fn go(anybody: &Anybody, request: &HttpRequest, source: Source) -> Result<HttpResponse> {
    let asked: Asked = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
    let next = local_path(&asked.next).unwrap_or_default();
    // What was sent away before in other windows comes back all the same.
    let browser = cookies::read(request, cookies::AWAY).filter(|value| value.len() == 43);
    match Box::pin(account::begin(anybody, source, browser, next)).await? {
        Begun::Sent { address, browser } => {
            let mut response = see(address.as_str());
            cookies::set(&mut response, &cookies::away(&browser));
            Ok(response)
        }
        Begun::Declined(why) => Ok(declined(why)),
    }
}

async fn come(anybody: &Anybody, request: &HttpRequest, source: Source) -> Result<HttpResponse> {
    let Answer { state, code, error, iss } =
        serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
    let returned = Returned { state, code, error, issuer: iss };
    let browser = cookies::read(request, cookies::AWAY);
    let finished = Box::pin(account::finish(anybody, source, browser, &returned)).await?;
    let (user, tenant_id, next) = match finished {
        Finished::Known { user, tenant_id, next } => (user, tenant_id, next),
        Finished::Offered => {
            let is_in = session_if_any(request).await?.is_some();
            // Else the form to sign in comes first, and leads back.
            let new = Flash::ok("account-identity-new");
            return Ok(if is_in { see(CONFIRMATION) } else { see_with(CONFIRMATION, &new) });
        }
        Finished::Declined(why) => return Ok(declined(why)),
    };
    let only = tenant_id.filter(|_| matches!(source, Source::Tenant(_)));
    let mut response = match (only, user.has_second_factor) {
        (Some(only), true) => to_second_step_of_tenant(anybody, &user, only, &next),
        (Some(only), false) => enter_tenant(anybody, request, user.id, only, &next).await?,
        (None, true) => to_second_step(anybody, &user, tenant_id, &next),
        (None, false) => enter(anybody, request, &user, tenant_id, &next).await?,
    };
    cookies::set(&mut response, &cookies::not_away());
    Ok(response)
}

fn declined(why: Declined) -> HttpResponse {
    see_with("/login", &Flash::bad(why.key()))
}

fn page(
    reader: &Reader,
    status: StatusCode,
    business: &str,
    tenant_name: Option<String>,
    errors: Vec<Flaw>,
) -> Result<HttpResponse> {
    let content = SignOn { business, tenant_name, errors };
    render(&reader.state, &reader.frame(reader.lang()), status, "account/sso", &content)
}
