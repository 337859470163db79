//! A tenant's public page: what can be booked, when, and the form that books it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Datelike, Days, NaiveDate, Timelike, Utc};
use domain::booking::{BookingDraft, Consents, Notify};
use domain::id::ServiceId;
use domain::rejection::{Code, FieldError, Rejection};
use domain::text::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::availability;
use store::services::Offer;
use store::tenants::Tenant;

use crate::bookings;
use crate::extract::{Query, Submission, Visitor};
use crate::limit::{READ, WRITE};
use crate::pages::form::Form;
use crate::pages::frame::Shop;
use crate::pages::{Reader, render, see};
use crate::problem::{Problem, Result};
use crate::random;

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
    shop: Shop,
    services: Vec<Line>,
}

pub async fn home(reader: Reader, visitor: Result<Visitor>) -> HttpResponse {
    reader
        .answer(async {
            let visitor = visitor?;
            visitor.state.take(READ, &visitor.ip).await?;
            let (tenant, offers) = visitor
                .tenant
                .transaction(async |tx| {
                    Ok::<_, store::Error>((store::tenants::find(tx).await?, store::services::list(tx).await?))
                })
                .await?;
            let active = offers.iter().filter(|offer| offer.service.is_active);
            let services = active.map(|offer| Line::new(offer, &tenant)).collect();
            let context = Home { shop: Shop::from(&tenant), services };
            render(&visitor.state, &reader.tenant_frame(&tenant), StatusCode::OK, "home", &context)
        })
        .await
}

/// Other parameters are let through: those who share a link add their own to count who follows it.
#[derive(Clone, Copy, Deserialize)]
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
    /// The date whose times were shown.
    #[serde(default)]
    date: String,
    /// Random: the same form sent twice books once.
    #[serde(default)]
    key: String,
    /// Empty when no time was chosen.
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
    shop: Shop,
    service: Line,
    today: NaiveDate,
    date: NaiveDate,
    previous: Option<NaiveDate>,
    next: Option<NaiveDate>,
    /// The seven days that `date` is shown among.
    week: Vec<WeekDay>,
    /// The first date after `date` that has room.
    soonest: Option<NaiveDate>,
    is_open: bool,
    parts: Vec<Part>,
    form: BookingForm,
    errors: Vec<FieldError>,
    /// The fields of the form that `errors` point at.
    invalid: Vec<&'static str>,
    /// The time was taken meanwhile.
    gone: bool,
}

#[derive(Serialize)]
struct WeekDay {
    date: NaiveDate,
    number: u32,
    /// 1 is Monday, 7 Sunday.
    weekday: u32,
    slots: u32,
}

/// A part of a day that has slots.
#[derive(Serialize)]
struct Part {
    name: &'static str,
    times: Vec<Time>,
}

#[derive(Serialize)]
struct Time {
    start: DateTime<Utc>,
    local: String,
}

/// Days whose slots are counted, to find one with room: six weeks.
const COUNTED: u64 = 42;

pub async fn choose(reader: Reader, visitor: Result<Visitor>, choice: Result<Query<Choice>>) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Query(choice)) = (visitor?, choice?);
            visitor.state.take(READ, &visitor.ip).await?;
            let blank = BookingForm { key: hex(&random::bytes::<16>()), ..BookingForm::default() };
            show_day(&reader, &visitor, choice, blank, StatusCode::OK, None).await
        })
        .await
}

/// The slots of a date with the form; after a refusal with what was typed and what was wrong.
async fn show_day(
    reader: &Reader,
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
    let (tenant, offer, day, counts) = visitor
        .tenant
        .transaction(async |tx| {
            let tenant = store::tenants::find(tx).await?;
            let offer = store::services::find(tx, service_id).await?;
            let today = now.with_timezone(&tenant.timezone).date_naive();
            let from = date.map_or(today, |date| week_start(date, today));
            let to = from.checked_add_days(Days::new(COUNTED - 1)).unwrap_or(from);
            let counts = availability::days(tx, service_id, None, (from, to), None, now).await?;
            let soonest = counts.iter().find(|(_, slots)| *slots > 0).map(|(date, _)| *date);
            let date = date.or(soonest).unwrap_or(today);
            let day = availability::day(tx, service_id, None, date, None, now).await?;
            Ok::<_, store::Error>((tenant, offer, day, counts))
        })
        .await?;
    let today = now.with_timezone(&tenant.timezone).date_naive();
    let errors = refused.map(|problem| problem.0.errors.clone()).unwrap_or_default();
    let soonest = counts.iter().find(|(date, slots)| *slots > 0 && *date > day.date).map(|(date, _)| *date);
    let context = Choose {
        shop: Shop::from(&tenant),
        service: Line::new(&offer, &tenant),
        today,
        date: day.date,
        previous: day.date.pred_opt().filter(|date| *date >= today),
        next: day.date.succ_opt(),
        week: week(day.date, today, &counts),
        soonest,
        is_open: day.is_open,
        parts: parts(&day),
        form,
        invalid: invalid(&errors),
        errors,
        gone: refused.is_some_and(|problem| problem.code() == Code::SlotUnavailable),
    };
    render(&visitor.state, &reader.tenant_frame(&tenant), status, "book", &context)
}

/// Weeks are counted from today on, so that none begins with days that are over.
fn week_start(date: NaiveDate, today: NaiveDate) -> NaiveDate {
    match u64::try_from((date - today).num_days()) {
        Ok(ahead) => date.checked_sub_days(Days::new(ahead % 7)).unwrap_or(date),
        Err(_is_over) => date,
    }
}

fn week(date: NaiveDate, today: NaiveDate, counts: &[(NaiveDate, u32)]) -> Vec<WeekDay> {
    let days = week_start(date, today).iter_days().take(7);
    days.map(|date| WeekDay {
        date,
        number: date.day(),
        weekday: date.weekday().number_from_monday(),
        slots: counts.iter().find(|(counted, _)| *counted == date).map_or(0, |(_, slots)| *slots),
    })
    .collect()
}

fn parts(day: &availability::Day) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for slot in &day.slots {
        let local = slot.start.with_timezone(&day.timezone);
        let name = match local.hour() {
            0..12 => "morning",
            12..18 => "afternoon",
            _ => "evening",
        };
        let time = Time { start: slot.start, local: local.format("%H:%M").to_string() };
        match parts.last_mut().filter(|part| part.name == name) {
            Some(part) => part.times.push(time),
            None => parts.push(Part { name, times: vec![time] }),
        }
    }
    parts
}

/// The fields of the form that are wrong, in its order.
fn invalid(errors: &[FieldError]) -> Vec<&'static str> {
    const FIELDS: [(&str, &str); 5] = [
        ("/start", "start"),
        ("/customer/name", "name"),
        ("/customer/email", "email"),
        ("/customer/phone", "phone"),
        ("/note", "note"),
    ];
    let is_wrong = |pointer: &str| errors.iter().any(|error| error.pointer == pointer);
    FIELDS.into_iter().filter(|(pointer, _)| is_wrong(pointer)).map(|(_, field)| field).collect()
}

pub async fn book(reader: Reader, visitor: Result<Visitor>, form: Result<Form<BookingForm>>) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Form(form)) = (visitor?, form?);
            visitor.state.take(WRITE, &visitor.ip).await?;
            let service_id: ServiceId = form.service_id.parse().map_err(|_no_id| Code::NotFound)?;
            let choice = Choice { service_id, date: form.date.parse().ok() };
            match Box::pin(create(&reader, &visitor, service_id, &form)).await {
                Ok(url) => {
                    // Without the host: whoever came by another of its names stays there, as `form-action` wants.
                    Ok(see(url.strip_prefix(visitor.state.links.public_url()).unwrap_or(&url)))
                }
                // When bookings are closed by now, the page says so itself.
                Err(problem)
                    if matches!(
                        problem.code(),
                        Code::SlotUnavailable | Code::Invalid | Code::PlanLimitReached
                    ) =>
                {
                    let status = problem.status_code();
                    Box::pin(show_day(&reader, &visitor, choice, form, status, Some(&problem))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn create(
    reader: &Reader,
    visitor: &Visitor,
    service_id: ServiceId,
    form: &BookingForm,
) -> Result<String> {
    let now = visitor.now;
    let start: Option<DateTime<Utc>> = form.start.parse().ok();
    let draft = BookingDraft {
        service_id,
        start: start.unwrap_or(now),
        staff_id: None,
        name: form.name.clone(),
        email: form.email.clone(),
        phone: Some(form.phone.clone()),
        // Messages come in the language of the page.
        locale: reader.lang,
        timezone: None,
        notify: Notify { email: true, sms: false },
        accepts: Consents::default(),
        note: Some(form.note.clone()),
    };
    if start.is_none() {
        // All that is wrong is told at once, not the time first and the rest after it.
        let tenant = visitor.tenant.transaction(async |tx| store::tenants::find(tx).await).await?;
        let mut rejection = Rejection::invalid("/start", "REQUIRED", "must be one of the times");
        if let Err(contact) = draft.contact(&tenant.country) {
            rejection.errors.extend(contact.errors);
        }
        return Err(rejection.into());
    }
    // The form carries a key: sent twice, it books once.
    let mut hash = Sha256::new();
    for value in [&form.service_id, &form.start, &form.name, &form.email, &form.phone, &form.note] {
        hash.update(value);
        hash.update([0]);
    }
    let key = Some(form.key.clone()).filter(|key| (1..=64).contains(&key.len()));
    let submission = Submission { body: (), key, hash: hash.finalize().into() };
    let answer = bookings::create(visitor, &submission, &draft).await?;
    let manage_url = answer.body().get("manage_url").and_then(serde_json::Value::as_str);
    Ok(manage_url.ok_or(Code::Internal)?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_week_begins_with_days_that_are_over() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-21");
        for (date, start) in [
            ("2026-11-21", "2026-11-21"),
            ("2026-11-27", "2026-11-21"),
            ("2026-11-28", "2026-11-28"),
            ("2026-12-06", "2026-12-05"),
            ("2026-11-20", "2026-11-20"),
        ] {
            assert_eq!(week_start(day(date), today), day(start), "{date}");
        }
        let week = week(today, today, &[(today, 3)]);
        assert_eq!(week.len(), 7);
        assert_eq!(week.iter().map(|day| day.slots).collect::<Vec<_>>(), [3, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn errors_are_told_in_the_order_of_the_form() {
        let error = |pointer: &str| FieldError {
            pointer: pointer.to_owned(),
            code: "INVALID",
            detail: String::new(),
        };
        let errors = [error("/note"), error("/customer/email"), error("/elsewhere"), error("/start")];
        assert_eq!(invalid(&errors), ["start", "email", "note"]);
    }
}
