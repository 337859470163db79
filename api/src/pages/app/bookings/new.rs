//! The form by which a member books for a customer: found or new, within the hours or outside of them.

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use domain::booking::{BookingDraft, Consents, Notify};
use domain::customer;
use domain::id::{BookingId, CustomerId, ServiceId, StaffId};
use domain::intake::AllGiven;
use domain::rejection::{Alternative, Code, Extra, Rejection};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::availability::{self, Wish};
use store::bookings::{self, Desk};
use store::customers::Known;
use store::idempotency;
use store::services::{Offer, Which};
use store::staff::StaffMember;
use store::tenants::Tenant;

use super::super::calendar::parse_date;
use super::super::done;
use super::super::told::Told;
use super::{Choice, at_time};
use crate::bookings::{under_a_code, with_alternatives};
use crate::extract::{ManageBookings, PageMember, Query};
use crate::pages::form::{Flaw, Form, settled};
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result, failed};
use crate::random;

/// Most customers that are offered to choose from.
const MOST_FOUND: i64 = 6;
const FIELDS: [(&str, &str); 10] = [
    ("/service_id", "service_id"),
    ("/staff_id", "staff_id"),
    ("/seats", "seats"),
    ("/start", "start"),
    ("/time", "time"),
    ("/customer_id", "find"),
    ("/customer/name", "name"),
    ("/customer/email", "email"),
    ("/customer/phone", "phone"),
    ("/internal_note", "internal_note"),
];

/// What is chosen and typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct BookingForm {
    service_id: String,
    /// Empty: anybody.
    staff_id: String,
    /// Of a group session; empty: one.
    seats: String,
    date: String,
    /// One of the times that are free, RFC 3339.
    start: String,
    /// `on`: at `time`, whatever the hours.
    outside: String,
    time: String,
    /// By what a customer is looked for.
    find: String,
    /// Empty: a new one.
    customer_id: String,
    name: String,
    email: String,
    phone: String,
    /// `on`: the customer gets a confirmation.
    notify: String,
    internal_note: String,
    /// What the form is sent with, once.
    key: String,
    /// Not empty: nothing is booked yet, only shown again.
    show: String,
}

impl BookingForm {
    fn seats(&self) -> i32 {
        self.seats.trim().parse().unwrap_or(1)
    }
}

#[derive(Serialize)]
struct Content {
    current: &'static str,
    form: BookingForm,
    errors: Vec<Flaw>,
    services: Vec<Choice>,
    staff: Vec<Choice>,
    /// How many seats a group session of the chosen service has; 1: there are none.
    capacity: i32,
    zone: &'static str,
    times: Vec<Time>,
    /// Instead of a time that is gone.
    alternatives: Vec<Time>,
    found: Vec<FoundCustomer>,
    /// Somebody was looked for, and nobody found.
    finds_nothing: bool,
    today: NaiveDate,
}

#[derive(Serialize)]
struct Time {
    start: DateTime<Utc>,
    label: String,
}

#[derive(Serialize)]
struct FoundCustomer {
    id: String,
    name: String,
    email: String,
    phone: Option<String>,
    /// They can't book by themselves.
    is_blocked: bool,
}

impl From<Known> for FoundCustomer {
    fn from(Known { customer, block, .. }: Known) -> Self {
        Self {
            id: customer.id.to_string(),
            name: customer.name,
            email: customer.email,
            phone: customer.phone_e164,
            is_blocked: block.is_some(),
        }
    }
}

pub async fn new(
    reader: Reader,
    member: PageMember<ManageBookings>,
    question: Result<Query<BookingForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(mut form) = question?;
            "on".clone_into(&mut form.notify);
            form.key.clear();
            show_with(&reader, &member, form, None).await
        })
        .await
}

/// Everything that the form offers for what is chosen so far.
struct Offered {
    offers: Vec<Offer>,
    staff: Vec<StaffMember>,
    times: Vec<Time>,
    found: Vec<Known>,
}

async fn show_with(
    reader: &Reader,
    member: &PageMember<ManageBookings>,
    mut form: BookingForm,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (frame, tenant) = member.frame(reader).await?;
    let zone = tenant.timezone;
    let today = member.now.with_timezone(&zone).date_naive();
    let date = parse_date(&form.date).unwrap_or(today);
    form.date = date.to_string();
    let offered = offered(member, &mut form, date).await?;
    // Who comes from a free half hour of the calendar gets its time, if it can be booked so, or as it is.
    if form.start.is_empty() && form.outside.is_empty() && !form.time.is_empty() {
        match offered.times.iter().find(|time| time.label == form.time) {
            Some(time) => form.start = time.start.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            None => "on".clone_into(&mut form.outside),
        }
    }
    if form.key.is_empty() {
        form.key = domain::text::hex(&random::bytes::<16>());
    }
    let told = Told::by(refused, &FIELDS, reader, &frame)?;
    let alternatives = match refused.and_then(|problem| problem.0.extra.as_deref()) {
        Some(Extra::Alternatives { alternatives }) => alternatives.clone(),
        _ => Vec::new(),
    };
    let words = customer::wanted(&form.find);
    let is_chosen = |offer: &&Offer| offer.service.id.to_string() == form.service_id;
    let content = Content {
        current: "bookings",
        capacity: offered.offers.iter().find(is_chosen).map_or(1, |offer| offer.service.capacity),
        errors: told.errors,
        services: offered
            .offers
            .into_iter()
            .map(|offer| Choice { value: offer.service.id.to_string(), label: offer.service.name })
            .collect(),
        staff: offered
            .staff
            .into_iter()
            .map(|one| Choice { value: one.id.to_string(), label: one.name })
            .collect(),
        zone: zone.name(),
        times: offered.times,
        alternatives: alternatives
            .into_iter()
            .map(|Alternative { start, .. }| Time { start, label: String::new() })
            .collect(),
        finds_nothing: !words.is_empty() && offered.found.is_empty(),
        found: offered.found.into_iter().map(FoundCustomer::from).collect(),
        today,
        form,
    };
    render(&member.state, &frame, told.status, "app/booking_new", &content)
}

/// Reads what can be chosen. Without a choice, the first service is chosen.
async fn offered(
    member: &PageMember<ManageBookings>,
    form: &mut BookingForm,
    date: NaiveDate,
) -> Result<Offered> {
    let now = member.now;
    let words = customer::wanted(&form.find);
    let chosen: Option<CustomerId> = form.customer_id.parse().ok();
    let staff_id: Option<StaffId> = form.staff_id.parse().ok();
    let wanted: Option<ServiceId> = form.service_id.parse().ok();
    let seats = form.seats();
    let offered = member
        .tenant
        .read(async |tx| {
            let offers = store::services::page(tx, Which::Active, None, 500).await?;
            let staff = store::staff::list(tx).await?;
            let service = offers
                .iter()
                .map(|offer| offer.service.id)
                .find(|id| Some(*id) == wanted)
                .or_else(|| offers.first().map(|offer| offer.service.id));
            let times = match service {
                Some(service) => {
                    let wish = Wish::for_service(service).with_any(staff_id).with_seats(seats);
                    times(tx, wish, date, now).await?
                }
                None => Vec::new(),
            };
            let mut found = Vec::new();
            if !words.is_empty() {
                let filter = store::customers::Filter { words, ..Default::default() };
                found = store::customers::list(tx, &filter, MOST_FOUND).await?;
            }
            if let Some(id) = chosen
                && found.iter().all(|one| one.id != id)
                && let Ok(known) = store::customers::find(tx, id).await
            {
                found.insert(0, known);
            }
            let found = store::customers::known(tx, found).await?;
            Ok::<_, store::Error>((service, Offered { offers, staff, times, found }))
        })
        .await?;
    let (service, offered) = offered;
    form.service_id = service.map(|id| id.to_string()).unwrap_or_default();
    if offered.found.iter().all(|one| one.customer.id.to_string() != form.customer_id) {
        form.customer_id.clear();
    }
    Ok(offered)
}

async fn times(
    tx: &store::TenantTx,
    wish: Wish,
    date: NaiveDate,
    now: DateTime<Utc>,
) -> store::Result<Vec<Time>> {
    let day = match availability::day(tx, wish, date, None, now).await {
        Ok(day) => day,
        // Who was chosen does not do this.
        Err(error) if error.code() == Some(Code::NotFound) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let label = |start: DateTime<Utc>| start.with_timezone(&day.timezone).format("%H:%M").to_string();
    Ok(day.slots.iter().map(|slot| Time { start: slot.start, label: label(slot.start) }).collect())
}

pub async fn create(
    reader: Reader,
    member: PageMember<ManageBookings>,
    form: Result<Form<BookingForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(mut form) = form?;
            if !form.show.is_empty() {
                return show_with(&reader, &member, form, None).await;
            }
            match settled(async || Box::pin(book(&member, &form)).await).await {
                Ok(Booked { id, date }) => {
                    Ok(done(&format!("/app/calendar?date={date}&booking={id}"), "calendar-flash-booked"))
                }
                Err(problem)
                    if matches!(
                        problem.code(),
                        Code::SlotUnavailable
                            | Code::Invalid
                            | Code::PlanLimitReached
                            | Code::NotFound
                            | Code::IdempotencyMismatch
                    ) =>
                {
                    if problem.code() == Code::IdempotencyMismatch {
                        // Somebody came back to the form of a booking that is made, for another one.
                        form.key.clear();
                    }
                    Box::pin(show_with(&reader, &member, form, Some(&problem))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

#[derive(Serialize, Deserialize)]
struct Booked {
    id: BookingId,
    date: NaiveDate,
}

async fn book(member: &PageMember<ManageBookings>, form: &BookingForm) -> Result<Booked> {
    let (tenant, staff): (Tenant, Vec<StaffMember>) = member
        .tenant
        .read(async |tx| {
            Ok::<_, store::Error>((store::tenants::find(tx).await?, store::staff::list(tx).await?))
        })
        .await?;
    // Where there is one, it is that one.
    let alone = if let [one] = staff.as_slice() { Some(one.id) } else { None };
    let (draft, desk) = read(form, alone, tenant.timezone, &tenant.country)?;
    let (now, by) = (member.now, member.by());
    let mut hash = Sha256::new();
    hash.update(serde_json::to_vec(form).map_err(|error| failed(&error))?);
    let request = idempotency::Request {
        scope: format!("user {}", member.user_id),
        key: form.key.chars().filter(char::is_ascii_alphanumeric).take(64).collect(),
        hash: hash.finalize().into(),
    };
    let booked = under_a_code(async |random| {
        let create = async |tx: &mut store::TenantTx| {
            if let Some(kept) = idempotency::begin(tx, &request).await? {
                return serde_json::from_value(kept.body).map_err(|error| failed(&error));
            }
            let booking = bookings::create_at_desk(tx, &draft, &desk, random, &by, now).await?.booking;
            let date = booking.starts_at.with_timezone(&booking.timezone).date_naive();
            let booked = Booked { id: booking.id, date };
            let body = serde_json::to_value(&booked).map_err(|error| failed(&error))?;
            idempotency::finish(tx, &request, &idempotency::Answer { status: 201, body }, now).await?;
            Ok(booked)
        };
        member.tenant.transaction(create).await
    });
    match booked.await {
        Err(problem) if problem.code() == Code::SlotUnavailable => {
            Err(with_alternatives(&member.tenant, &draft, now).await)
        }
        booked => booked,
    }
}

/// What the form says, or all that is wrong with it at once.
fn read(form: &BookingForm, alone: Option<StaffId>, zone: Tz, country: &str) -> Result<(BookingDraft, Desk)> {
    let is_outside = !form.outside.is_empty();
    let start = if is_outside { at_time(&form.date, &form.time, zone) } else { form.start.parse().ok() };
    let customer_id: Option<CustomerId> = form.customer_id.parse().ok();
    let service_id: ServiceId = form
        .service_id
        .parse()
        .map_err(|_none| Rejection::invalid("/service_id", "REQUIRED", "is needed"))?;
    let draft = BookingDraft {
        service_id,
        start: start.unwrap_or_default(),
        staff_id: form.staff_id.parse().ok().or(alone),
        seats: form.seats(),
        name: form.name.clone(),
        email: form.email.clone(),
        phone: Some(form.phone.clone()),
        locale: None,
        timezone: None,
        notify: Notify { email: !form.notify.is_empty(), sms: false },
        accepts: Consents::default(),
        note: None,
        answers: AllGiven::new(),
        then: Vec::new(),
    };
    let mut errors = Vec::new();
    if start.is_none() {
        let (place, typed) = if is_outside { ("/time", &form.time) } else { ("/start", &form.start) };
        let code = if typed.is_empty() { "REQUIRED" } else { "INVALID" };
        errors.extend(Rejection::invalid(place, code, "must be a time").errors);
    }
    if is_outside && draft.staff_id.is_none() {
        errors.extend(Rejection::invalid("/staff_id", "REQUIRED", "must be named").errors);
    }
    if customer_id.is_none()
        && let Err(contact) = draft.contact(country)
    {
        errors.extend(contact.errors);
    }
    if !errors.is_empty() {
        return Err(Rejection { errors, ..Code::Invalid.into() }.into());
    }
    let internal_note = Some(form.internal_note.clone());
    Ok((draft, Desk { customer_id, outside_hours: is_outside, internal_note }))
}
