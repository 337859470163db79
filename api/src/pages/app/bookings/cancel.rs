//! The form by which a member cancels a booking, with a reason.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use domain::booking::Charge;
use domain::id::BookingId;
use serde::{Deserialize, Serialize};

use super::super::done;
use super::super::told::Told;
use super::{Sheet, back, detail};
use crate::bookings::{CancelScope, cancel_in};
use crate::extract::{ManageBookings, PageMember, Path, Query};
use crate::pages::form::{Flaw, Form};
use crate::pages::{Reader, render, see};
use crate::problem::{Problem, Result};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CancelForm {
    reason: String,
    back: String,
    /// `on`: the customer owes what the policy asks.
    charge_fee: String,
    /// See [`CancelScope`]; empty: with all of its visit.
    scope: String,
}

#[derive(Serialize)]
struct Cancel {
    current: &'static str,
    sheet: Sheet,
    reason: String,
    scope: String,
    errors: Vec<Flaw>,
}

pub async fn ask(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<BookingId>>,
    question: Result<Query<CancelForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Query(form)) = (*id?, question?);
            let back = back(&form.back, id);
            show_with(&reader, &member, id, &form, back, None).await
        })
        .await
}

async fn show_with(
    reader: &Reader,
    member: &PageMember<ManageBookings>,
    id: BookingId,
    form: &CancelForm,
    back: String,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (frame, _tenant) = member.frame(reader).await?;
    let sheet = member.tenant.read(async |tx| super::find(tx, id).await).await?.sheet(member, back);
    if !sheet.may.cancel && refused.is_none() {
        return Ok(see(&format!("/app/bookings/{id}")));
    }
    let told = Told::by(refused, &[("/reason", "reason")], reader, &frame)?;
    let (reason, scope) = (form.reason.clone(), form.scope.clone());
    let content = Cancel { current: "bookings", sheet, reason, scope, errors: told.errors };
    render(&member.state, &frame, told.status, "app/booking_cancel", &content)
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<BookingId>>,
    form: Result<Form<CancelForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let (now, by) = (member.now, member.by());
            let back = back(&form.back, id);
            let charge = if form.charge_fee == "on" { Charge::Fee } else { Charge::Nothing };
            let scope = match form.scope.as_str() {
                "service" => CancelScope::Service,
                "later" => CancelScope::Later,
                _ => CancelScope::This,
            };
            let cancel = async |tx: &mut store::TenantTx| {
                cancel_in(tx, id, scope, charge, &by.because(Some(&form.reason))?, now).await
            };
            let cancelled: store::Result<_> = Box::pin(member.tenant.transaction(cancel)).await;
            match cancelled.map_err(Problem::from) {
                Ok(_) => Ok(done(&back, "calendar-flash-cancelled")),
                Err(problem) if problem.status_code() == StatusCode::CONFLICT => {
                    detail::show_with(&reader, &member, id, Some(&problem), None).await
                }
                Err(problem) if problem.status_code() == StatusCode::UNPROCESSABLE_ENTITY => {
                    show_with(&reader, &member, id, &form, back, Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}
