//! What somebody waits for: what the link of their mail opens.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::NaiveDate;
use domain::id::WaitlistEntryId;
use domain::link::Purpose;
use domain::waitlist::Status;
use serde::{Deserialize, Serialize};
use store::audit::By;
use store::waitlist::{self, Waiting};

use super::site::shop;
use crate::extract::{Anybody, Path, Query};
use crate::limit::{READ, WRITE};
use crate::pages::{Reader, render, see};
use crate::problem::Result;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct After {
    /// They just joined.
    done: String,
}

#[derive(Serialize)]
struct Content {
    status: Status,
    is_new: bool,
    email: String,
    service_name: String,
    staff_name: Option<String>,
    seats: i32,
    from: NaiveDate,
    to: NaiveDate,
    earliest: Option<String>,
    latest: Option<String>,
    /// Its page, and where one leaves below it.
    url: String,
    /// Where the time is taken that is kept for them, or seen that they took.
    manage_url: Option<String>,
    again_url: String,
}

pub async fn show(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    after: Result<Query<After>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token) = (anybody?, token?);
            anybody.state.take(READ, &anybody.ip).await?;
            let link = anybody.state.open(&token, Purpose::Waitlist)?;
            let door = anybody.state.store.tenant(link.tenant_id);
            let ((tenant, logo), waiting, booking) = door
                .read(async |tx| {
                    let waiting = waitlist::find(tx, WaitlistEntryId(link.subject)).await?;
                    let booking = match waiting.entry.booking_id {
                        Some(id) => Some(store::bookings::find(tx, id).await?.booking),
                        None => None,
                    };
                    Ok::<_, store::Error>((shop(tx).await?, waiting, booking))
                })
                .await?;
            reader.admit(&tenant)?;
            let Waiting { entry, told_name, staff_name, .. } = waiting;
            let window = entry.window();
            let manage_url = booking.map(|booking| {
                let url = crate::bookings::manage_url(&anybody.state, &booking);
                url.strip_prefix(anybody.state.links.public_url()).unwrap_or(&url).to_owned()
            });
            let content = Content {
                status: entry.status,
                is_new: after.is_ok_and(|Query(after)| after.done == "1") && entry.status == Status::Waiting,
                email: entry.contact_email.clone(),
                service_name: told_name,
                staff_name,
                seats: entry.seats,
                from: window.from,
                to: window.to,
                earliest: window.earliest.map(|time| time.to_string()),
                latest: window.latest.map(|time| time.to_string()),
                url: format!("/waitlist/{}", *token),
                manage_url,
                again_url: reader
                    .base(&tenant.slug)
                    .to("/book/time", &[("service_id", &entry.service_id.to_string())]),
            };
            let lang = reader.choice.unwrap_or(entry.locale);
            let frame = reader.frame_of(lang, &tenant, logo.as_ref());
            render(&anybody.state, &frame, StatusCode::OK, "public/waitlist", &content)
        })
        .await
}

pub async fn leave(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, token) = (anybody?, token?);
            anybody.state.take(WRITE, &anybody.ip).await?;
            let link = anybody.state.open(&token, Purpose::Waitlist)?;
            let by = By::customer(Some(anybody.ip.clone()));
            let (id, now) = (WaitlistEntryId(link.subject), anybody.now);
            let leave = async |tx: &mut store::TenantTx| waitlist::leave(tx, id, &by, now).await;
            let door = anybody.state.store.tenant(link.tenant_id);
            let left: store::Result<_> = Box::pin(door.transaction(leave)).await;
            left?;
            Ok(see(&format!("/waitlist/{}", *token)))
        })
        .await
}
