//! A booking in the hands of whoever made it: what the link of their mail opens.

pub mod cancel;
pub mod checkout;
pub mod find;
pub mod offer;
pub mod reschedule;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::booking::policy::Cancelling;
use domain::booking::{Act, Next, Status, Terms, Then};
use domain::id::BookingId;
use domain::link::Purpose;
use serde::{Deserialize, Serialize};
use store::bookings::{self, Appointment, VisitService};
use store::images::Image;
use store::tenants::Tenant;
use templates::{Invite, Method};

use super::qr;
use super::site::{first_name, map_url, shop};
use crate::bookings::manage_url;
use crate::extract::{Anybody, Path, Query};
use crate::limit::READ;
use crate::pages::answers::Answered;
use crate::pages::base::Base;
use crate::pages::frame::Frame;
use crate::pages::{Reader, render};
use crate::problem::Result;

/// A booking as its customer sees it.
#[derive(Serialize)]
pub struct Ticket {
    code: String,
    status: Status,
    service_name: String,
    /// Of a visit of several services, each of them; else nothing.
    services: Vec<Part>,
    duration_minutes: i32,
    staff_name: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    date: NaiveDate,
    /// Of the month.
    day: u32,
    zone: &'static str,
    price_cents: i64,
    deposit_cents: i64,
    deposit_is_paid: bool,
    /// Until when its deposit can be paid.
    held_until: Option<DateTime<Utc>>,
    /// Until when it can be taken by whom it is offered to.
    offered_until: Option<DateTime<Utc>>,
    currency: String,
    first_name: String,
    email: String,
    reason: Option<String>,
    /// Where to come, of what takes place at the customer's.
    address: Option<String>,
    note: Option<String>,
    answers: Vec<Answered>,
    /// Where this page is; the others are below it.
    url: String,
    again_url: String,
    map_url: Option<String>,
    contact_email: Option<String>,
    /// What cancelling and staying away ask; none once nothing can be done any more.
    terms: Option<Terms>,
    cancelling: Cancelling,
    /// What cancelling costs now.
    late_cents: i64,
    /// What is owed.
    fee_cents: i64,
    may_cancel: bool,
    may_move: bool,
}

impl Ticket {
    fn new(base: &Base, tenant: &Tenant, appointment: &Appointment, token: &str, now: DateTime<Utc>) -> Self {
        let Appointment { booking, staff_name, services } = appointment;
        let terms = booking.terms();
        let may_cancel = Act::Cancel.is_open(booking.status, booking.starts_at, now);
        let date = booking.starts_at.with_timezone(&booking.timezone).date_naive();
        Self {
            code: booking.public_code.clone(),
            status: booking.status,
            service_name: booking.told_title(),
            services: services.iter().map(Part::from).collect(),
            duration_minutes: booking.duration_minutes,
            staff_name: staff_name.clone(),
            starts_at: booking.starts_at,
            ends_at: booking.ends_at,
            date,
            day: date.day(),
            zone: booking.timezone.name(),
            price_cents: booking.price_cents,
            deposit_cents: booking.deposit_cents,
            deposit_is_paid: booking.deposit_paid_at.is_some(),
            held_until: booking.payable_until(),
            offered_until: booking.offered_until(),
            currency: booking.currency.clone(),
            first_name: first_name(&booking.contact_name).to_owned(),
            email: booking.contact_email.clone(),
            reason: booking.cancellation_reason.clone(),
            address: booking.address.clone(),
            note: booking.note.clone(),
            answers: booking.answers().into_iter().map(|answer| answer.as_told().into()).collect(),
            url: format!("/manage/{token}"),
            again_url: base.to(
                "/book/time",
                &[("service_id", &booking.service_id.to_string()), ("then", &then(services).to_string())],
            ),
            map_url: tenant.address.as_deref().map(map_url),
            contact_email: tenant.contact_email.clone(),
            cancelling: terms.cancelling(booking.starts_at),
            late_cents: terms.late_cents(now),
            fee_cents: booking.fee_cents,
            may_cancel: may_cancel && terms.check_cancel(now).is_ok(),
            may_move: Act::Reschedule.is_open(booking.status, booking.starts_at, now)
                && terms.check_move(now).is_ok(),
            terms: (may_cancel && booking.status != Status::Held).then_some(terms),
        }
    }
}

/// What follows the first of them.
fn then(services: &[VisitService]) -> Then {
    let next = |one: &VisitService| Next { service_id: one.service_id, staff_id: None };
    Then::new(services.iter().skip(1).map(next)).unwrap_or_default()
}

/// One of the services of a visit.
#[derive(Serialize)]
struct Part {
    name: String,
    staff_name: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    price_cents: i64,
}

impl From<&VisitService> for Part {
    fn from(service: &VisitService) -> Self {
        Self {
            name: service.told_name.clone(),
            staff_name: service.staff_name.clone(),
            starts_at: service.starts_at,
            ends_at: service.ends_at,
            price_cents: service.price_cents,
        }
    }
}

/// What a link opens: the tenant, the booking, and the door to them.
pub(super) struct Opened {
    pub(super) anybody: Anybody,
    pub(super) token: String,
    pub(super) door: store::Tenant,
    pub(super) tenant: Tenant,
    logo: Option<Image>,
    pub(super) appointment: Appointment,
}

impl Opened {
    pub(super) async fn read(anybody: Result<Anybody>, token: Result<Path<String>>) -> Result<Self> {
        let (anybody, token) = (anybody?, token?);
        anybody.state.take(READ, &anybody.ip).await?;
        let link = anybody.state.open(&token, Purpose::ManageBooking)?;
        let door = anybody.state.store.tenant(link.tenant_id);
        let ((tenant, logo), appointment) = door
            .read(async |tx| {
                let appointment = Box::pin(bookings::find_for_customer(tx, BookingId(link.subject))).await?;
                Ok::<_, store::Error>((shop(tx).await?, appointment))
            })
            .await?;
        Ok(Self { token: token.clone(), anybody, door, tenant, logo, appointment })
    }

    pub(super) fn url(&self) -> String {
        format!("/manage/{}", self.token)
    }

    pub(super) fn ticket(&self, reader: &Reader) -> Ticket {
        let base = reader.base(&self.tenant.slug);
        Ticket::new(&base, &self.tenant, &self.appointment, &self.token, self.anybody.now)
    }

    /// In the language of the booking, unless the reader chose one.
    pub(super) fn frame(&self, reader: &Reader) -> Frame {
        let lang = reader.choice.unwrap_or(self.appointment.booking.locale);
        reader.frame_of(lang, &self.tenant, self.logo.as_ref())
    }
}

/// What came of what was done before this page.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct After {
    /// It was just booked.
    done: String,
    /// It was just moved.
    moved: String,
}

#[derive(Serialize)]
struct Manage {
    ticket: Ticket,
    /// `booked`, `moved` or nothing.
    after: &'static str,
    qr: Option<String>,
    /// All that it recurs with, itself among them.
    series: Vec<Recurring>,
}

#[derive(Serialize)]
struct Recurring {
    start: DateTime<Utc>,
    status: Status,
    /// None: this one.
    url: Option<String>,
}

pub async fn show(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    after: Result<Query<After>>,
) -> HttpResponse {
    reader
        .answer(async {
            let opened = Opened::read(anybody, token).await?;
            let after = after.map(|Query(after)| after).unwrap_or_default();
            reader.admit(&opened.tenant)?;
            let ticket = opened.ticket(&reader);
            let series = recurring(&opened).await?;
            let stands = matches!(ticket.status, Status::Pending | Status::Confirmed);
            let content = Manage {
                after: match (after.done.as_str(), after.moved.as_str()) {
                    ("1", _) if stands => "booked",
                    (_, "1") if stands => "moved",
                    _ => "",
                },
                qr: if stands {
                    qr::svg(&manage_url(&opened.anybody.state, &opened.appointment.booking))
                } else {
                    None
                },
                series,
                ticket,
            };
            let frame = opened.frame(&reader);
            render(&opened.anybody.state, &frame, StatusCode::OK, "public/manage", &content)
        })
        .await
}

async fn recurring(opened: &Opened) -> Result<Vec<Recurring>> {
    let own = &opened.appointment.booking;
    let Some(id) = own.series_id else { return Ok(Vec::new()) };
    let (_, all) = opened.door.read(async |tx| bookings::find_series(tx, id).await).await?;
    let state = &opened.anybody.state;
    let view = |Appointment { booking, .. }: Appointment| {
        let url = manage_url(state, &booking);
        let path = url.strip_prefix(state.links.public_url()).unwrap_or(&url).to_owned();
        Recurring {
            start: booking.starts_at,
            status: booking.status,
            url: (booking.id != own.id).then_some(path),
        }
    };
    // Who a moved booking was given to later is not told of the others.
    let same = all.into_iter().filter(|one| one.booking.contact_email_key == own.contact_email_key);
    Ok(same.map(view).collect())
}

/// The booking for a calendar.
pub async fn calendar(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let Opened { anybody, tenant, appointment, .. } = Opened::read(anybody, token).await?;
            let manage_url = manage_url(&anybody.state, &appointment.booking);
            let method = if appointment.booking.status.stands() { Method::Request } else { Method::Cancel };
            let public_url = anybody.state.links.public_url();
            let invite = Invite::of(&tenant, &appointment, method, public_url, manage_url, anybody.now);
            Ok(HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8"))
                .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"booking.ics\""))
                .body(invite.to_ics()))
        })
        .await
}
