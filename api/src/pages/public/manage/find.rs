//! A booking found by its code and the address it was made with, for who has lost the mail.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::bookings;

use super::super::site::shop;
use crate::bookings::{guess, manage_url};
use crate::extract::Visitor;
use crate::limit::READ;
use crate::pages::form::{Flaw, Form, flaws};
use crate::pages::{Reader, render, see};
use crate::problem::Result;

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FindForm {
    code: String,
    email: String,
}

#[derive(Serialize)]
struct Find {
    form: FindForm,
    errors: Vec<Flaw>,
}

pub async fn show(reader: Reader, visitor: Result<Visitor>) -> HttpResponse {
    reader
        .answer(async {
            let visitor = visitor?;
            visitor.state.take(READ, &visitor.ip).await?;
            page(&reader, &visitor, FindForm::default(), None).await
        })
        .await
}

async fn page(
    reader: &Reader,
    visitor: &Visitor,
    form: FindForm,
    refused: Option<&crate::problem::Problem>,
) -> Result<HttpResponse> {
    let (tenant, logo) = visitor.tenant.read(async |tx| shop(tx).await).await?;
    let frame = reader.tenant_frame(&tenant, logo.as_ref());
    let text = reader.text(frame.lang);
    let errors = refused.map(|problem| flaws(problem, &[], text)).transpose()?.unwrap_or_default();
    let status = refused.map_or(StatusCode::OK, ResponseError::status_code);
    render(&visitor.state, &frame, status, "public/find", &Find { form, errors })
}

/// A wrong code and a wrong address are the same to whoever asks.
pub async fn create(reader: Reader, visitor: Result<Visitor>, form: Result<Form<FindForm>>) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Form(form)) = (visitor?, form?);
            match Box::pin(find(&visitor, &form)).await {
                Ok(url) => Ok(see(&reader.onward(&url, &[]))),
                Err(problem) if matches!(problem.code(), Code::BookingNotFound | Code::TooManyRequests) => {
                    Box::pin(page(&reader, &visitor, form, Some(&problem))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn find(visitor: &Visitor, form: &FindForm) -> Result<String> {
    let (code, email) = guess(visitor, &form.code, &form.email).await?;
    let appointment =
        visitor.tenant.read(async |tx| bookings::find_by_code(tx, &code, &email.key).await).await?;
    Ok(manage_url(&visitor.state, &appointment.booking))
}
