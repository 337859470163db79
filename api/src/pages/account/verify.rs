//! What the link in the mail to a new user opens.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use domain::link::Purpose;
use serde::Serialize;

use crate::extract::{Anybody, Path};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see_with};
use crate::problem::Result;
use crate::{account, cookies};

#[derive(Serialize)]
struct Verify<'a> {
    token: &'a str,
    is_done: bool,
}

/// A button, because programs that look into mail open every link in it.
pub async fn ask(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token) = (anybody?, token?);
            anybody.state.open(&token, Purpose::VerifyEmail)?;
            page(&reader, &token, false)
        })
        .await
}

/// Proves the address. The first time it also signs in, as good a proof as a password; a browser in which somebody is
/// signed in keeps who it has.
pub async fn verify(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    request: HttpRequest,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token) = (anybody?, token?);
            let (user_id, tenant_id, is_new) = account::verify_email(&anybody, &token).await?;
            if !is_new || cookies::read(&request, cookies::SESSION).is_some() {
                return page(&reader, &token, true);
            }
            let cookie = account::open_in_browser(&anybody, user_id, tenant_id, None).await?;
            let mut response = see_with("/app", &Flash::ok("account-verified"));
            cookies::set(&mut response, &cookies::session(&cookie));
            Ok(response)
        })
        .await
}

fn page(reader: &Reader, token: &str, is_done: bool) -> Result<HttpResponse> {
    let frame = reader.frame(reader.lang());
    render(&reader.state, &frame, StatusCode::OK, "account/verify", &Verify { token, is_done })
}
