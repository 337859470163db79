//! Cancelled by the customer: asked once more, with a reason if they like.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use domain::booking::Charge;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::audit::By;
use store::bookings::Appointment;

use super::{Opened, Ticket};
use crate::bookings::{CancelScope, cancel_in};
use crate::extract::{Anybody, Path};
use crate::limit::WRITE;
use crate::pages::form::{Flaw, Form, flaws};
use crate::pages::public::site::go;
use crate::pages::{Reader, render, see};
use crate::problem::{Problem, Result};

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CancelForm {
    reason: String,
    /// `later`: with all that come after it.
    scope: String,
}

#[derive(Serialize)]
struct Cancel {
    ticket: Ticket,
    /// It recurs: later ones may go with it.
    is_in_series: bool,
    form: CancelForm,
    errors: Vec<Flaw>,
}

pub async fn show(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let opened = Opened::read(anybody, token).await?;
            let ticket = opened.ticket(&reader);
            if !ticket.may_cancel {
                return Ok(go(&opened.url()));
            }
            let is_in_series = opened.appointment.booking.series_id.is_some();
            let content = Cancel { ticket, is_in_series, form: CancelForm::default(), errors: Vec::new() };
            let frame = opened.frame(&reader);
            render(&opened.anybody.state, &frame, StatusCode::OK, "public/cancel", &content)
        })
        .await
}

pub async fn create(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    form: Result<Form<CancelForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let opened = Opened::read(anybody, token).await?;
            let Form(form) = form?;
            let anybody = &opened.anybody;
            anybody.state.take(WRITE, &anybody.ip).await?;
            let by = By::customer(Some(anybody.ip.clone()));
            let id = opened.appointment.booking.id;
            let scope = if form.scope == "later" { CancelScope::Later } else { CancelScope::This };
            let cancel = async |tx: &mut store::TenantTx| {
                let by = by.because(Some(&form.reason))?;
                cancel_in(tx, id, scope, Charge::Fee, &by, anybody.now).await
            };
            let cancelled: Result<Appointment, store::Error> =
                Box::pin(opened.door.transaction(cancel)).await;
            match cancelled {
                // Cancelled twice, or too late: the page shows how it stands.
                Ok(_) => Ok(see(&opened.url())),
                Err(error) if error.code() == Some(Code::BookingNotCancellable) => Ok(see(&opened.url())),
                Err(error) if error.code() == Some(Code::Invalid) => {
                    let problem = Problem::from(error);
                    let frame = opened.frame(&reader);
                    let text = reader.text(frame.lang);
                    let errors = flaws(&problem, &[("/reason", "reason")], text)?;
                    let is_in_series = opened.appointment.booking.series_id.is_some();
                    let content = Cancel { ticket: opened.ticket(&reader), is_in_series, form, errors };
                    render(&anybody.state, &frame, problem.status_code(), "public/cancel", &content)
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
}
