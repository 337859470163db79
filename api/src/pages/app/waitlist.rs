//! Who waits for a time, in the order in which they asked.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Permission;
use domain::id::{BookingId, WaitlistEntryId};
use domain::waitlist::Status;
use serde::Serialize;
use store::waitlist::{self, Waiting};

use super::done;
use crate::extract::{ManageBookings, PageMember, Path, Read};
use crate::pages::{Reader, render};
use crate::problem::Result;

/// Most that are shown of each kind: who has more reads them by the API.
const MOST: i64 = 200;

#[derive(Serialize)]
struct Content {
    current: &'static str,
    /// A time is kept for them.
    offered: Vec<Line>,
    waiting: Vec<Line>,
    slug: String,
    zone: &'static str,
    may_manage: bool,
}

#[derive(Serialize)]
struct Line {
    id: WaitlistEntryId,
    name: String,
    email: String,
    phone: Option<String>,
    service: String,
    staff: Option<String>,
    seats: i32,
    from: NaiveDate,
    to: NaiveDate,
    earliest: Option<String>,
    latest: Option<String>,
    address: Option<String>,
    note: Option<String>,
    booking_id: Option<BookingId>,
    since: DateTime<Utc>,
}

impl From<Waiting> for Line {
    fn from(waiting: Waiting) -> Self {
        let Waiting { entry, service_name, staff_name, .. } = waiting;
        let window = entry.window();
        Self {
            id: entry.id,
            name: entry.contact_name,
            email: entry.contact_email,
            phone: entry.contact_phone,
            service: service_name,
            staff: staff_name,
            seats: entry.seats,
            from: window.from,
            to: window.to,
            earliest: window.earliest.map(|time| time.to_string()),
            latest: window.latest.map(|time| time.to_string()),
            address: entry.address,
            note: entry.note,
            booking_id: entry.booking_id,
            since: entry.created_at,
        }
    }
}

pub async fn show(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            let (offered, waiting) = member
                .tenant
                .read(async |tx| {
                    let offered = waitlist::list(tx, Some(Status::Offered), None, MOST).await?;
                    Ok::<_, store::Error>((
                        offered,
                        waitlist::list(tx, Some(Status::Waiting), None, MOST).await?,
                    ))
                })
                .await?;
            let content = Content {
                current: "bookings",
                offered: offered.into_iter().map(Line::from).collect(),
                waiting: waiting.into_iter().map(Line::from).collect(),
                slug: tenant.slug,
                zone: tenant.timezone.name(),
                may_manage: member.role.may(Permission::ManageBookings),
            };
            render(&member.state, &frame, StatusCode::OK, "app/waitlist", &content)
        })
        .await
}

pub async fn remove(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<WaitlistEntryId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, now, by) = (*id?, member.now, member.by());
            let leave = async |tx: &mut store::TenantTx| waitlist::leave(tx, id, &by, now).await;
            let left: store::Result<_> = Box::pin(member.tenant.transaction(leave)).await;
            left?;
            Ok(done("/app/waitlist", "calendar-flash-waitlist-left"))
        })
        .await
}
