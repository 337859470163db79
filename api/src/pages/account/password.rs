//! A password that was forgotten, and the new one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use domain::rejection::Kind;
use serde::{Deserialize, Serialize};

use super::login::signed_out;
use crate::account;
use crate::extract::{Anybody, Path};
use crate::limit::READ;
use crate::pages::form::{Flaw, Form, flaws};
use crate::pages::{Reader, render, see};
use crate::problem::Result;

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct ForgotForm {
    email: String,
}

#[derive(Serialize)]
struct Forgot {
    /// The mail is on its way, if there is such an account.
    is_sent: bool,
}

pub async fn forgot(reader: Reader, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let content = Forgot { is_sent: request.query_string().contains("sent=1") };
            let frame = reader.frame(reader.lang());
            render(&reader.state, &frame, StatusCode::OK, "account/forgot", &content)
        })
        .await
}

pub async fn ask(reader: Reader, anybody: Result<Anybody>, form: Result<Form<ForgotForm>>) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, Form(form)) = (anybody?, form?);
            account::forgot_password(&anybody, &form.email).await?;
            Ok(see("/forgot?sent=1"))
        })
        .await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ResetForm {
    password: String,
}

#[derive(Serialize)]
struct Reset<'a> {
    token: &'a str,
    errors: Vec<Flaw>,
}

pub async fn choose(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token) = (anybody?, token?);
            anybody.state.take(READ, &anybody.ip).await?;
            account::may_reset_password(&anybody, &token).await?;
            page(&reader, StatusCode::OK, &token, Vec::new())
        })
        .await
}

pub async fn reset(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    form: Result<Form<ResetForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token, Form(form)) = (anybody?, token?, form?);
            match account::reset_password(&anybody, &token, form.password).await {
                // Whatever session this browser had is over too.
                Ok(()) => Ok(signed_out("/login", "account-password-changed")),
                Err(problem) if problem.code().kind() == Kind::Invalid && !problem.0.errors.is_empty() => {
                    let told = flaws(&problem, &[("/password", "password")], reader.text(reader.lang()))?;
                    page(&reader, problem.status_code(), &token, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

fn page(reader: &Reader, status: StatusCode, token: &str, errors: Vec<Flaw>) -> Result<HttpResponse> {
    let frame = reader.frame(reader.lang());
    render(&reader.state, &frame, status, "account/reset", &Reset { token, errors })
}
