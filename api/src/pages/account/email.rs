//! What the links open in the mails about a new address: a button, because programs that look into mail open every link.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::link::Purpose;
use serde::Serialize;

use crate::account;
use crate::extract::{Anybody, Path};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see_with};
use crate::problem::Result;

#[derive(Serialize)]
struct Link<'a> {
    token: &'a str,
    /// The address that the account has then.
    email: &'a str,
    what: &'static str,
}

pub async fn ask(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader.answer(async { page(&reader, &anybody?, &token?, Purpose::ConfirmEmail).await }).await
}

pub async fn confirm(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            account::confirm_email(&anybody?, &token?).await?;
            Ok(see_with("/app/account", &Flash::ok("account-email-confirmed")))
        })
        .await
}

pub async fn ask_undo(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader.answer(async { page(&reader, &anybody?, &token?, Purpose::UndoEmail).await }).await
}

pub async fn undo(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            account::undo_email(&anybody?, &token?).await?;
            Ok(see_with("/forgot", &Flash::ok("account-email-undone")))
        })
        .await
}

async fn page(reader: &Reader, anybody: &Anybody, token: &str, purpose: Purpose) -> Result<HttpResponse> {
    let change = account::leads_to_email(anybody, token, purpose).await?;
    let undoes = purpose == Purpose::UndoEmail;
    let email = if undoes { &change.old_email } else { &change.email };
    let what = if undoes { "undo" } else { "confirm" };
    let content = Link { token, email, what };
    render(&reader.state, &reader.frame(reader.lang()), StatusCode::OK, "account/email", &content)
}
