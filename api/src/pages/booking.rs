//! A tenant's public page: what can be booked, when, and the form that books it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use domain::booking::BookingDraft;
use domain::id::ServiceId;
use domain::locale::Locale;
use domain::rejection::{Code, FieldError};
use serde::{Deserialize, Serialize};
use store::availability;
use store::bookings::{self, Appointment};
use store::services::Offer;
use store::tenants::Tenant;

use super::{Form, answer, render, see};
use crate::bookings::manage_url;
use crate::extract::{Query, Visitor};
use crate::limit::{READ, WRITE};
use crate::problem::{Problem, Result};
use crate::random;

/// The tenant as its pages show it.
#[derive(Serialize)]
struct Shop {
    name: String,
    slug: String,
    address: Option<String>,
    phone: Option<String>,
    timezone: &'static str,
}

/// A service as its pages show it.
#[derive(Serialize)]
struct Line {
    id: ServiceId,
    name: String,
    description: Option<String>,
    duration_minutes: i32,
    price_cents: i64,
    currency: String,
}

impl From<&Tenant> for Shop {
    fn from(tenant: &Tenant) -> Self {
        Self {
            name: tenant.name.clone(),
            slug: tenant.slug.clone(),
            address: tenant.address.clone(),
            phone: tenant.phone_e164.clone(),
            timezone: tenant.timezone.name(),
        }
    }
}

impl Line {
    fn new(offer: &Offer, tenant: &Tenant) -> Self {
        let service = &offer.service;
        Self {
            id: service.id,
            name: service.name.clone(),
            description: service.description.clone(),
            duration_minutes: service.duration_minutes,
            price_cents: service.price_cents,
            currency: tenant.currency.clone(),
        }
    }
}

#[derive(Serialize)]
struct Home {
    lang: &'static str,
    shop: Shop,
    services: Vec<Line>,
}

pub async fn home(visitor: Visitor) -> HttpResponse {
    answer(&visitor.state, Locale::default(), async {
        visitor.state.limits.take(READ, &visitor.ip).await?;
        let (tenant, offers) = visitor
            .tenant
            .transaction(async |tx| {
                Ok::<_, store::Error>((store::tenants::find(tx).await?, store::services::list(tx).await?))
            })
            .await?;
        let active = offers.iter().filter(|offer| offer.service.is_active);
        let services = active.map(|offer| Line::new(offer, &tenant)).collect();
        let context = Home { lang: tenant.locale.name(), shop: Shop::from(&tenant), services };
        render(&visitor.state, StatusCode::OK, "home", &context)
    })
    .await
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    service_id: ServiceId,
    /// Without it the first date from today on that has room.
    date: Option<NaiveDate>,
}

/// What was typed, to be shown again when something is wrong.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingForm {
    service_id: String,
    #[serde(default)]
    start: String,
    name: String,
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    note: String,
}

#[derive(Serialize)]
struct Choose {
    lang: &'static str,
    shop: Shop,
    service: Line,
    date: NaiveDate,
    previous: Option<NaiveDate>,
    next: Option<NaiveDate>,
    is_open: bool,
    slots: Vec<Time>,
    form: BookingForm,
    errors: Vec<FieldError>,
    /// The time was taken meanwhile.
    gone: bool,
}

#[derive(Serialize)]
struct Time {
    start: DateTime<Utc>,
    local: String,
}

pub async fn choose(visitor: Visitor, Query(choice): Query<Choice>) -> HttpResponse {
    answer(&visitor.state, Locale::default(), async {
        visitor.state.limits.take(READ, &visitor.ip).await?;
        show_day(&visitor, choice, BookingForm::default(), StatusCode::OK, None).await
    })
    .await
}

/// The slots of a date with the form; after a refusal with what was typed and what was wrong.
async fn show_day(
    visitor: &Visitor,
    choice: Choice,
    form: BookingForm,
    status: StatusCode,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let now = visitor.now;
    let Choice { service_id, date } = choice;
    if date.is_some_and(|date| !(2000..=2200).contains(&date.year())) {
        return Err(Code::NotFound.into());
    }
    let (tenant, offer, day) = visitor
        .tenant
        .transaction(async |tx| {
            let tenant = store::tenants::find(tx).await?;
            let offer = store::services::find(tx, service_id).await?;
            let today = now.with_timezone(&tenant.timezone).date_naive();
            let date = match date {
                Some(date) => date,
                None => {
                    let to = today.checked_add_days(Days::new(31)).unwrap_or(today);
                    let counts = availability::days(tx, service_id, None, (today, to), None, now).await?;
                    counts.iter().find(|(_, slots)| *slots > 0).map_or(today, |(date, _)| *date)
                }
            };
            let day = availability::day(tx, service_id, None, date, None, now).await?;
            Ok::<_, store::Error>((tenant, offer, day))
        })
        .await?;
    let today = now.with_timezone(&tenant.timezone).date_naive();
    let context = Choose {
        lang: tenant.locale.name(),
        shop: Shop::from(&tenant),
        service: Line::new(&offer, &tenant),
        date: day.date,
        previous: day.date.pred_opt().filter(|date| *date >= today),
        next: day.date.succ_opt(),
        is_open: day.is_open,
        slots: day
            .slots
            .iter()
            .map(|slot| Time {
                start: slot.start,
                local: slot.start.with_timezone(&day.timezone).format("%H:%M").to_string(),
            })
            .collect(),
        form,
        errors: refused.map(|problem| problem.0.errors.clone()).unwrap_or_default(),
        gone: refused.is_some_and(|problem| problem.code() == Code::SlotUnavailable),
    };
    render(&visitor.state, status, "book", &context)
}

pub async fn book(visitor: Visitor, Form(form): Form<BookingForm>) -> HttpResponse {
    answer(&visitor.state, Locale::default(), async {
        visitor.state.limits.take(WRITE, &visitor.ip).await?;
        let service_id: ServiceId = form.service_id.parse().map_err(|_no_id| Code::NotFound)?;
        let Ok(start) = form.start.parse::<DateTime<Utc>>() else {
            let choice = Choice { service_id, date: None };
            let gone = Problem::from(Code::SlotUnavailable);
            return show_day(&visitor, choice, form, StatusCode::UNPROCESSABLE_ENTITY, Some(&gone)).await;
        };
        let draft = BookingDraft {
            service_id,
            start,
            staff_id: None,
            name: form.name.clone(),
            email: form.email.clone(),
            phone: Some(form.phone.clone()),
            locale: None,
            timezone: None,
            notify_email: true,
            notify_sms: false,
            accepts_terms: false,
            accepts_marketing: false,
            note: Some(form.note.clone()),
        };
        let (by, now) = (visitor.by(), visitor.now);
        let booked: Result<Appointment, store::Error> = visitor
            .tenant
            .transaction(async |tx| bookings::create(tx, &draft, random::number(), &by, now).await)
            .await;
        match booked.map_err(Problem::from) {
            Ok(appointment) => Ok(see(&manage_url(&visitor.state, &appointment.booking))),
            Err(problem) if matches!(problem.code(), Code::SlotUnavailable | Code::Invalid) => {
                let timezone =
                    visitor.tenant.transaction(async |tx| store::tenants::find(tx).await).await?.timezone;
                let date = Some(start.with_timezone(&timezone).date_naive());
                let choice = Choice { service_id, date };
                use actix_web::ResponseError;
                show_day(&visitor, choice, form, problem.status_code(), Some(&problem)).await
            }
            Err(problem) => Err(problem),
        }
    })
    .await
}
