//! Files that workers made, by signed links.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, RETRY_AFTER};
use domain::id::BookingId;
use domain::link::Purpose;
use domain::rejection::Code;
use providers::files::FilePath;

use crate::extract::{Anybody, Path};
use crate::limit::READ;
use crate::problem::{Result, failed};

/// The newest summary of the booking that the link names. The mail with the link never waits for the file: before it is
/// made, the answer is 202 with the time to come back.
pub async fn show(anybody: Anybody, token: Path<String>) -> Result<HttpResponse> {
    let state = &anybody.state;
    state.take(READ, &anybody.ip).await?;
    let link = state.open(&token, Purpose::BookingSummary)?;
    let tenant = state.store.tenant(link.tenant_id);
    let found = tenant
        .transaction(async |tx| {
            let booking = store::bookings::find(tx, BookingId(link.subject)).await?.booking;
            // What the summary says is no longer so.
            if !booking.status.stands() {
                return Err(Code::NotFound.into());
            }
            store::documents::find_latest(tx, "booking_summary", link.subject).await
        })
        .await?;
    let Some(document) = found else {
        return Ok(HttpResponse::Accepted()
            .insert_header((RETRY_AFTER, "2"))
            .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
            .body("The document is being made. Come back in a moment."));
    };
    let path = FilePath::new(document.tenant_id, &document.path).map_err(|error| failed(&error))?;
    let bytes = state.files.get(&path).await.map_err(|error| failed(&error))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, document.content_type))
        .insert_header((CONTENT_DISPOSITION, "inline; filename=\"booking.pdf\""))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .body(bytes))
}
