//! The deposit, paid by the customer. The sandbox takes every payment: no money moves.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::rejection::Code;
use serde::Serialize;
use store::audit::By;
use store::bookings::{self, Appointment};

use super::{Opened, Ticket};
use crate::extract::{Anybody, Path};
use crate::limit::WRITE;
use crate::pages::public::site::go;
use crate::pages::{Reader, render, see};
use crate::problem::Result;

#[derive(Serialize)]
struct Checkout {
    ticket: Ticket,
}

/// What is to be paid, and until when; where nothing is, the booking.
pub async fn show(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let opened = Opened::read(anybody, token).await?;
            let ticket = opened.ticket(&reader);
            if ticket.held_until.is_none() {
                return Ok(go(&opened.url()));
            }
            let frame = opened.frame(&reader);
            render(&opened.anybody.state, &frame, StatusCode::OK, "public/checkout", &Checkout { ticket })
        })
        .await
}

pub async fn pay(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let opened = Opened::read(anybody, token).await?;
            let anybody = &opened.anybody;
            anybody.state.take(WRITE, &anybody.ip).await?;
            let by = By::customer(Some(anybody.ip.clone()));
            let id = opened.appointment.booking.id;
            let paid: Result<Appointment, store::Error> = opened
                .door
                .transaction(async |tx| bookings::pay_deposit(tx, id, &by, anybody.now).await)
                .await;
            match paid {
                Ok(_) => Ok(see(&format!("{}?done=1", opened.url()))),
                // Too late: the page shows how it stands.
                Err(error) if error.code() == Some(Code::BookingNotPayable) => Ok(see(&opened.url())),
                Err(error) => Err(error.into()),
            }
        })
        .await
}
