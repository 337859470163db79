//! The form by which a member books for a customer: found or new, one service or several, once or again and again, within
//! the hours or outside of them.

mod form;

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use domain::booking::visit::MOST_NEXT;
use domain::customer;
use domain::id::{BookingId, CustomerId, ServiceId};
use domain::intake::{Kind, Question};
use domain::location::Location;
use domain::rejection::{Alternative, Code, Extra};
use serde::{Deserialize, Serialize};
use store::availability::{self, Wish};
use store::bookings::{self, Planned};
use store::customers::Known;
use store::idempotency;
use store::services::{Offer, Which};
use store::staff::StaffMember;
use store::tenants::Tenant;

use self::form::BookingForm;
use super::super::calendar::parse_date;
use super::super::done;
use super::super::told::Told;
use super::Choice;
use crate::bookings::{under_a_code, with_alternatives};
use crate::extract::{ManageBookings, PageMember, Query};
use crate::pages::form::{Flaw, Form, Pairs, settled};
use crate::pages::questions::{Asked, asked};
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result, failed};
use crate::random;

/// Most customers that are offered to choose from.
const MOST_FOUND: i64 = 6;
const FIELDS: [(&str, &str); 14] = [
    ("/service_id", "service_id"),
    ("/then*", "then"),
    ("/staff_id", "staff_id"),
    ("/seats", "seats"),
    ("/start", "start"),
    ("/time", "time"),
    ("/outside_hours", "outside"),
    ("/recurrence", "repeat"),
    ("/customer_id", "find"),
    ("/customer/name", "name"),
    ("/customer/email", "email"),
    ("/customer/phone", "phone"),
    ("/address", "address"),
    ("/internal_note", "internal_note"),
];

#[derive(Serialize)]
struct Content {
    current: &'static str,
    form: BookingForm,
    errors: Vec<Flaw>,
    services: Vec<Choice>,
    staff: Vec<Choice>,
    /// What is done right after it, and one more to choose as long as there is room.
    then: Vec<String>,
    /// What can follow.
    next: Vec<Choice>,
    /// What the services ask; what a file answers is the customer's to send.
    questions: Vec<Asked>,
    /// Of what recurs, what is taken, and what could be done about it; else nothing.
    occurrences: Vec<Planned>,
    /// How many seats a group session of the chosen service has; 1: there are none.
    capacity: i32,
    /// Whether it takes place at the customer's.
    is_at_customer: bool,
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
            Box::pin(show_with(&reader, &member, form, None, Vec::new())).await
        })
        .await
}

/// Everything that the form offers for what is chosen so far.
struct Offered {
    offers: Vec<Offer>,
    staff: Vec<StaffMember>,
    times: Vec<Time>,
    questions: Vec<Question>,
    found: Vec<Known>,
}

async fn show_with(
    reader: &Reader,
    member: &PageMember<ManageBookings>,
    mut form: BookingForm,
    refused: Option<&Problem>,
    planned: Vec<Planned>,
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
    let names: Vec<(String, String)> = offered.questions.iter().map(Asked::field).collect();
    let names = names.iter().map(|(pointer, name)| (pointer.as_str(), name.as_str()));
    let fields: Vec<(&str, &str)> = FIELDS.into_iter().chain(names).collect();
    let told = Told::by(refused, &fields, reader, &frame)?;
    let alternatives = match refused.and_then(|problem| problem.0.extra.as_deref()) {
        Some(Extra::Alternatives { alternatives }) => alternatives.clone(),
        _ => Vec::new(),
    };
    let words = customer::wanted(&form.find);
    let is_chosen = |offer: &&Offer| offer.service.id.to_string() == form.service_id;
    let (capacity, location) = offered
        .offers
        .iter()
        .find(is_chosen)
        .map_or((1, Location::default()), |offer| (offer.service.capacity, offer.service.location));
    let has_room = form.then.len() < MOST_NEXT && capacity <= 1;
    let content = Content {
        current: "bookings",
        capacity,
        is_at_customer: location.is_at_customer(),
        then: form.then.iter().cloned().chain(has_room.then(String::new)).collect(),
        next: offered
            .offers
            .iter()
            .filter(|offer| offer.service.capacity <= 1 && offer.service.location == location)
            .map(|offer| Choice { value: offer.service.id.to_string(), label: offer.service.name.clone() })
            .collect(),
        questions: Asked::all(&offered.questions, &form.answers, None),
        occurrences: planned,
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
    let wanted: Option<ServiceId> = form.service_id.parse().ok();
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
            // What can't follow, or no longer, does not.
            let follows = |id: &String| {
                let fits = |offer: &Offer| offer.service.capacity <= 1 && offer.service.id.to_string() == *id;
                offers.iter().any(fits)
            };
            let mut form = form.clone();
            form.then.retain(follows);
            form.then.truncate(MOST_NEXT);
            let (times, questions) = match service {
                Some(service) => {
                    let wish = form.wish(service);
                    let mut questions = asked(tx, wish).await?.concat();
                    questions.retain(|question| question.kind != Kind::File);
                    (times(tx, wish, date, now).await?, questions)
                }
                None => (Vec::new(), Vec::new()),
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
            Ok::<_, store::Error>((service, form.then, Offered { offers, staff, times, questions, found }))
        })
        .await?;
    let (service, then, offered) = offered;
    form.then = then;
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
        Err(error) if matches!(error.code(), Some(Code::NotFound | Code::Invalid)) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let label = |start: DateTime<Utc>| start.with_timezone(&day.timezone).format("%H:%M").to_string();
    Ok(day.slots.iter().map(|slot| Time { start: slot.start, label: label(slot.start) }).collect())
}

pub async fn create(reader: Reader, member: PageMember<ManageBookings>, form: Result<Pairs>) -> HttpResponse {
    reader
        .answer(async {
            let Form(pairs) = form?;
            let mut form = BookingForm::read(&pairs);
            if !form.show.is_empty() {
                return Box::pin(show_with(&reader, &member, form, None, Vec::new())).await;
            }
            match settled(async || Box::pin(book(&member, &form)).await).await {
                Ok(Came::Booked(Booked { id, date })) => {
                    Ok(done(&format!("/app/calendar?date={date}&booking={id}"), "calendar-flash-booked"))
                }
                Ok(Came::Taken(planned)) => Box::pin(show_with(&reader, &member, form, None, planned)).await,
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
                    Box::pin(show_with(&reader, &member, form, Some(&problem), Vec::new())).await
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

/// What came of the form.
enum Came {
    Booked(Booked),
    /// Nothing yet: some of what recurs is taken, and nobody said what is to become of it.
    Taken(Vec<Planned>),
}

async fn book(member: &PageMember<ManageBookings>, form: &BookingForm) -> Result<Came> {
    let (tenant, staff, asked): (Tenant, Vec<StaffMember>, Vec<Vec<Question>>) = member
        .tenant
        .read(async |tx| {
            let asked = match form.service_id.parse() {
                Ok(service) => asked(tx, form.wish(service)).await?,
                Err(_none) => Vec::new(),
            };
            Ok::<_, store::Error>((store::tenants::find(tx).await?, store::staff::list(tx).await?, asked))
        })
        .await?;
    // Where there is one, it is that one.
    let alone = if let [one] = staff.as_slice() { Some(one.id) } else { None };
    let wanted = form.wanted(&asked, alone, tenant.timezone, &tenant.country)?;
    let (now, by) = (member.now, member.by());
    let series = wanted.series();
    if let (Some(draft), Some((_, None))) = (&series, &wanted.rule) {
        let plan = member.tenant.read(async |tx| bookings::plan_series(tx, draft, now).await).await?;
        if plan.occurrences.iter().any(|one| !one.is_free) {
            return Ok(Came::Taken(plan.occurrences));
        }
    }
    let request = idempotency::Request {
        scope: format!("user {}", member.user_id),
        key: form.key.chars().filter(char::is_ascii_alphanumeric).take(64).collect(),
        hash: form.hash(),
    };
    let booked = under_a_code(async |random| {
        let create = async |tx: &mut store::TenantTx| {
            if let Some(kept) = idempotency::begin(tx, &request).await? {
                return serde_json::from_value(kept.body).map_err(|error| failed(&error));
            }
            let booking = match &series {
                None => {
                    let (draft, desk) = (&wanted.draft, &wanted.desk);
                    bookings::create_at_desk(tx, draft, desk, random, &by, now).await?.booking
                }
                Some(draft) => {
                    let series = bookings::create_series(tx, draft, random::number, &by, now);
                    let booked = Box::pin(series).await?;
                    booked.appointments.into_iter().next().ok_or(Code::SlotUnavailable)?.booking
                }
            };
            let date = booking.starts_at.with_timezone(&booking.timezone).date_naive();
            let booked = Booked { id: booking.id, date };
            let body = serde_json::to_value(&booked).map_err(|error| failed(&error))?;
            idempotency::finish(tx, &request, &idempotency::Answer { status: 201, body }, now).await?;
            Ok(booked)
        };
        member.tenant.transaction(create).await
    });
    match booked.await {
        Err(problem) if problem.code() == Code::SlotUnavailable && series.is_none() => {
            Err(with_alternatives(&member.tenant, &wanted.draft, now).await)
        }
        booked => booked.map(Came::Booked),
    }
}
