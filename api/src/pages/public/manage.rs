//! What links in messages open: a booking to see and cancel, an address to prove.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::booking::{Status, may_cancel};
use domain::id::BookingId;
use domain::link::Purpose;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::audit::By;
use store::bookings::{self, Appointment};
use store::tenants::Tenant;

use crate::extract::{Anybody, Path};
use crate::limit::READ;
use crate::pages::form::Form;
use crate::pages::{Reader, render, see};
use crate::problem::Result;

#[derive(Serialize)]
struct Manage {
    shop_name: String,
    shop_slug: String,
    address: Option<String>,
    public_code: String,
    status: Status,
    service_name: String,
    staff_name: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    timezone: &'static str,
    price_cents: i64,
    currency: String,
    may_cancel: bool,
}

pub async fn show(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token) = (anybody?, token?);
            anybody.state.take(READ, &anybody.ip).await?;
            let link = anybody.state.open(&token, Purpose::ManageBooking)?;
            let (tenant, appointment): (Tenant, Appointment) = anybody
                .state
                .store
                .tenant(link.tenant_id)
                .transaction(async |tx| {
                    let appointment = bookings::find(tx, BookingId(link.subject)).await?;
                    Ok::<_, store::Error>((store::tenants::find(tx).await?, appointment))
                })
                .await?;
            let Appointment { booking, staff_name } = appointment;
            let lang = reader.lang.unwrap_or(booking.locale);
            let frame = reader.frame(lang).of(&tenant, &anybody.state.pages.brands);
            let context = Manage {
                shop_name: tenant.name,
                shop_slug: tenant.slug,
                address: tenant.address,
                may_cancel: may_cancel(booking.status, booking.starts_at, anybody.now).is_ok(),
                public_code: booking.public_code,
                status: booking.status,
                service_name: booking.service_name,
                staff_name,
                starts_at: booking.starts_at,
                ends_at: booking.ends_at,
                timezone: booking.timezone.name(),
                price_cents: booking.price_cents,
                currency: booking.currency,
            };
            render(&anybody.state, &frame, StatusCode::OK, "manage", &context)
        })
        .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelForm {
    #[serde(default)]
    reason: String,
}

pub async fn cancel(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    form: Result<Form<CancelForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token, Form(form)) = (anybody?, token?, form?);
            let link = anybody.state.open(&token, Purpose::ManageBooking)?;
            let by = By::Customer { ip: Some(anybody.ip.clone()) };
            let cancelled: Result<Appointment, store::Error> = anybody
                .state
                .store
                .tenant(link.tenant_id)
                .transaction(async |tx| {
                    bookings::cancel(tx, BookingId(link.subject), Some(&form.reason), &by, anybody.now).await
                })
                .await;
            match cancelled {
                // Cancelled twice, or too late: the page shows how it stands.
                Err(error) if error.code() != Some(Code::BookingNotCancellable) => Err(error.into()),
                _ => Ok(see(&format!("/manage/{}", *token))),
            }
        })
        .await
}
