//! What the link opens in the mail to somebody whom others have locked out: a button, because programs that look into mail
//! open every link.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

use crate::extract::{Anybody, Path};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see_with};
use crate::problem::Result;
use crate::{account, cookies};

#[derive(Serialize)]
struct Unlock<'a> {
    token: &'a str,
    email: String,
}

pub async fn ask(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token) = (anybody?, token?);
            let email = account::locked_out(&anybody, &token).await?.email;
            let content = Unlock { token: &token, email };
            render(&reader.state, &reader.frame(reader.lang()), StatusCode::OK, "account/unlock", &content)
        })
        .await
}

pub async fn unlock(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let device = account::unlock(&anybody?, &token?).await?;
            let mut response = see_with("/login", &Flash::ok("account-unlocked"));
            cookies::set(&mut response, &cookies::device(&device));
            Ok(response)
        })
        .await
}
