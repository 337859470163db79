//! How a customer signs in: they ask for a link, and its page has a button, because programs that look into mail open every
//! link.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::super::site::shop;
use super::address;
use crate::extract::{Path, Visitor};
use crate::limit::READ;
use crate::pages::form::Form;
use crate::pages::{Reader, render, see};
use crate::problem::Result;
use crate::{cookies, customer_account};

#[derive(Serialize)]
struct Ask {
    /// They just asked.
    is_sent: bool,
}

/// The form that asks for a link.
pub(super) async fn page(reader: &Reader, visitor: &Visitor, is_sent: bool) -> Result<HttpResponse> {
    let (tenant, logo) = visitor.tenant.read(async |tx| shop(tx).await).await?;
    let frame = reader.tenant_frame(&tenant, logo.as_ref());
    render(&visitor.state, &frame, StatusCode::OK, "public/account_ask", &Ask { is_sent })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AskForm {
    email: String,
}

/// The answer is one for all addresses.
pub async fn ask(
    reader: Reader,
    visitor: Result<Visitor>,
    request: HttpRequest,
    form: Result<Form<AskForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Form(form)) = (visitor?, form?);
            customer_account::ask(&visitor, &form.email).await?;
            Ok(see(&format!("{}?sent=1", address(&request))))
        })
        .await
}

#[derive(Serialize)]
struct Link<'a> {
    token: &'a str,
    /// Who signs in: nobody is to go on as somebody else, by a link that they were sent.
    email: String,
}

pub async fn show(reader: Reader, visitor: Result<Visitor>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, token) = (visitor?, token?);
            visitor.state.take(READ, &visitor.ip).await?;
            let email = customer_account::asked(&visitor, &token).await?;
            let (tenant, logo) = visitor.tenant.read(async |tx| shop(tx).await).await?;
            let mut frame = reader.tenant_frame(&tenant, logo.as_ref());
            frame.is_personal = true;
            let content = Link { token: &token, email };
            render(&visitor.state, &frame, StatusCode::OK, "public/account_sign_in", &content)
        })
        .await
}

pub async fn create(
    reader: Reader,
    visitor: Result<Visitor>,
    request: HttpRequest,
    token: Result<Path<String>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, token) = (visitor?, token?);
            let before = customer_account::signed_in(&request, &visitor).await?;
            let cookie = customer_account::sign_in(&visitor, &token, before.as_ref()).await?;
            let mut response = see(&address(&request));
            cookies::set(&mut response, &cookies::customer(&cookie));
            Ok(response)
        })
        .await
}
