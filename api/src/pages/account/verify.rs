//! What links in mails to users open.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::id::UserId;
use domain::link::Purpose;
use serde::Serialize;

use crate::extract::{Anybody, Path};
use crate::pages::{Reader, render};
use crate::problem::Result;

#[derive(Serialize)]
struct Verify {
    done: bool,
}

/// A button, because programs that look into mail open every link in it.
pub async fn ask(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token) = (anybody?, token?);
            anybody.state.open(&token, Purpose::VerifyEmail)?;
            render(
                &anybody.state,
                &reader.frame(reader.lang()),
                StatusCode::OK,
                "account/verify",
                &Verify { done: false },
            )
        })
        .await
}

pub async fn verify(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token) = (anybody?, token?);
            let link = anybody.state.open(&token, Purpose::VerifyEmail)?;
            let identity = anybody.state.store.identity();
            let user_id = UserId(link.subject);
            identity
                .transaction(async |tx| store::users::verify_email(tx, user_id, anybody.now).await)
                .await?;
            render(
                &anybody.state,
                &reader.frame(reader.lang()),
                StatusCode::OK,
                "account/verify",
                &Verify { done: true },
            )
        })
        .await
}
