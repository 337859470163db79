//! The start page: what is left to do first, and what today brings.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use domain::booking::Status;
use domain::rejection::Code;
use domain::setup::SetupStep;
use domain::wall_clock;
use futures_util::join;
use serde::Serialize;
use store::bookings::{self, Appointment};
use store::tenants::Tenant;

use crate::extract::{ManageCatalogue, PageMember, Read};
use crate::pages::{Reader, render, see};

/// How many of the next bookings are shown.
const NEXT: i64 = 6;

#[derive(Serialize)]
struct Start {
    current: &'static str,
    today: NaiveDate,
    timezone: &'static str,
    /// None: done, or nobody wants to see it.
    steps: Option<Vec<Step>>,
    done: usize,
    bookings: i64,
    /// Of what is earned today, in the tenant's currency.
    revenue_cents: i64,
    currency: String,
    pending: i64,
    next: Vec<Line>,
    url: String,
    is_verified: bool,
}

#[derive(Serialize)]
struct Step {
    /// Names its words and its icon.
    name: &'static str,
    icon: &'static str,
    href: String,
    is_done: bool,
}

#[derive(Serialize)]
struct Line {
    id: domain::id::BookingId,
    starts_at: DateTime<Utc>,
    timezone: &'static str,
    service_name: String,
    staff_name: String,
    customer_name: String,
    is_pending: bool,
    is_today: bool,
}

pub async fn show(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            let today = member.now.with_timezone(&tenant.timezone).date_naive();
            let day = wall_clock::day(tenant.timezone, today).ok_or(Code::Internal)?;
            let (steps, has_service, figures, next) = member
                .tenant
                .read(async |tx| {
                    let (steps, has_service, figures, next) = join!(
                        store::setup::steps(tx),
                        store::setup::has_service(tx),
                        bookings::figures(tx, day),
                        bookings::next(tx, member.now, NEXT),
                    );
                    Ok::<_, store::Error>((steps?, has_service?, figures?, next?))
                })
                .await?;
            let step = |name, icon, href: &str, is_done| Step { name, icon, href: href.to_owned(), is_done };
            let list = vec![
                step("hours", "clock", "/app/hours", steps.contains(&SetupStep::Hours)),
                step("service", "scissors", "/app/services/new", has_service),
                step("page", "eye", "/app/look", steps.contains(&SetupStep::Page)),
                step("link", "share-2", "/app/settings/link", steps.contains(&SetupStep::Link)),
            ];
            let done = list.iter().filter(|step| step.is_done).count();
            let is_wanted = done < list.len() && !steps.contains(&SetupStep::Dismissed);
            let may_do = member.role.may(domain::access::Permission::ManageCatalogue);
            let line = |Appointment { booking, staff_name, .. }: Appointment| Line {
                is_today: booking.starts_at < day.end,
                id: booking.id,
                starts_at: booking.starts_at,
                timezone: booking.timezone.name(),
                service_name: booking.title(),
                staff_name,
                customer_name: booking.contact_name,
                is_pending: booking.status == Status::Pending,
            };
            let content = Start {
                current: "start",
                today,
                timezone: tenant.timezone.name(),
                steps: (is_wanted && may_do).then_some(list),
                done,
                bookings: figures.bookings,
                revenue_cents: figures.price_cents,
                currency: tenant.currency,
                pending: frame.app.as_ref().map_or(0, |shell| shell.pending),
                next: next.into_iter().map(line).collect(),
                url: format!("{}/{}", member.state.links.public_url(), tenant.slug),
                is_verified: member.session.is_verified,
            };
            render(&member.state, &frame, StatusCode::OK, "app/start", &content)
        })
        .await
}

/// Leads to the public page, and notes that it was looked at.
pub async fn look(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let now = member.now;
            let tenant: Tenant = member
                .tenant
                .transaction(async |tx| {
                    store::setup::mark(tx, SetupStep::Page, now).await?;
                    store::tenants::find(tx).await
                })
                .await?;
            Ok(see(&format!("/{}", tenant.slug)))
        })
        .await
}

pub async fn dismiss(reader: Reader, member: PageMember<ManageCatalogue>) -> HttpResponse {
    reader
        .answer(async {
            let now = member.now;
            member
                .tenant
                .transaction(async |tx| store::setup::mark(tx, SetupStep::Dismissed, now).await)
                .await?;
            Ok(see("/app"))
        })
        .await
}
