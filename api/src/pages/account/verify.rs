//! What the link in the mail to a new user opens.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use domain::link::Purpose;
use domain::rejection::Kind;
use serde::{Deserialize, Serialize};
use store::sessions::InBrowser;

use super::login;
use crate::account;
use crate::extract::{Anybody, Path, session_if_any};
use crate::pages::form::{Flaw, Form, flaws, refuses_a_person};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see_with};
use crate::problem::Result;

#[derive(Serialize)]
struct Verify<'a> {
    token: &'a str,
    /// Whoever has signed in already is not asked for it again.
    needs_password: bool,
    errors: Vec<Flaw>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct VerifyForm {
    password: String,
}

/// A button, because programs that look into mail open every link in it.
pub async fn ask(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    request: HttpRequest,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token) = (anybody?, token?);
            let needs_password = signed_in(&anybody, &request, &token).await?.is_none();
            page(&reader, StatusCode::OK, &token, needs_password, Vec::new())
        })
        .await
}

/// Proves the address, by the password of whoever signed up with it, and signs them in.
pub async fn verify(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    request: HttpRequest,
    form: Result<Form<VerifyForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token, Form(form)) = (anybody?, token?, form?);
            let done = || see_with("/app", &Flash::ok("account-verified"));
            if signed_in(&anybody, &request, &token).await?.is_some() {
                account::verify_email(&anybody, &token).await?;
                return Ok(done());
            }
            match Box::pin(account::verify_own_email(&anybody, &token, form.password)).await {
                Ok((user, tenant_id)) if user.has_second_factor => {
                    Ok(login::to_second_step(&anybody, &user, Some(tenant_id), ""))
                }
                Ok((user, tenant_id)) => {
                    login::signed_in(&anybody, &request, user.id, Some(tenant_id), done()).await
                }
                Err(problem) if refuses_a_person(&problem) && problem.code().kind() != Kind::NotFound => {
                    let told = flaws(&problem, &[("/password", "password")], reader.text(reader.lang()))?;
                    page(&reader, problem.status_code(), &token, true, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// The session of the browser, if it is one of the user that the link is for.
async fn signed_in(anybody: &Anybody, request: &HttpRequest, token: &str) -> Result<Option<InBrowser>> {
    let link = anybody.state.open(token, Purpose::VerifyEmail)?;
    Ok(session_if_any(request).await?.filter(|session| session.user_id.0 == link.subject))
}

fn page(
    reader: &Reader,
    status: StatusCode,
    token: &str,
    needs_password: bool,
    errors: Vec<Flaw>,
) -> Result<HttpResponse> {
    let content = Verify { token, needs_password, errors };
    render(&reader.state, &reader.frame(reader.lang()), status, "account/verify", &content)
}
