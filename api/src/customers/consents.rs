//! What customers agreed to, and took back.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::consent::{Kind, Source};
use domain::id::{CustomerId, UserId};
use serde::{Deserialize, Serialize};
use store::customers::consents::{self, Consent};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::extract::{Caller, Json, ManageBookings, Path, Read};
use crate::problem::Result;

/// One line of the log.
#[derive(Serialize, ToSchema)]
pub struct ConsentView {
    kind: Kind,
    /// False: it was taken back.
    given: bool,
    source: Source,
    /// The booking it was said with.
    booking_id: Option<Uuid>,
    /// The member who wrote it down.
    recorded_by: Option<UserId>,
    recorded_at: DateTime<Utc>,
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        Self {
            kind: consent.kind,
            given: consent.is_given,
            source: consent.source,
            booking_id: consent.subject_id,
            recorded_by: consent.recorded_by,
            recorded_at: consent.recorded_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ConsentsView {
    /// The latest 200, latest first.
    data: Vec<ConsentView>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMarketing {
    /// Whether they want messages about anything but their bookings.
    given: bool,
}

pub async fn list(caller: Caller<Read>, id: Path<CustomerId>) -> Result<HttpResponse> {
    let found: store::Result<_> = caller
        .tenant
        .read(async |tx| {
            store::customers::find(tx, *id).await?;
            consents::list(tx, *id).await
        })
        .await;
    let data = found?.into_iter().map(ConsentView::from).collect();
    Ok(HttpResponse::Ok().json(ConsentsView { data }))
}

pub async fn set_marketing(
    caller: Caller<ManageBookings>,
    id: Path<CustomerId>,
    Json(body): Json<SetMarketing>,
) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    caller
        .tenant
        .transaction(async |tx| consents::set_marketing(tx, *id, body.given, &by, now).await)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
