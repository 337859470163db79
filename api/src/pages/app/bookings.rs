//! Bookings as members see them: the list, one of them, and what can be done with it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::booking::{self, Outcome, Status};
use domain::id::{BookingId, CustomerId, ServiceId, StaffId};
use domain::role::Permission;
use domain::wall_clock;
use serde::{Deserialize, Serialize};
use store::bookings::{self, Appointment, Booking, Filter};

use super::{done, next_page};
use crate::extract::{Allows, ManageBookings, PageMember, Path, Query, Read};
use crate::list::PageQuestion;
use crate::pages::form::{Flaw, Form, flaws};
use crate::pages::{Reader, local_path, render, see};
use crate::problem::{Problem, Result};

/// Rows of one page of the list.
const ROWS: i64 = 30;

/// A booking with what its reader may do now.
#[derive(Serialize)]
pub struct Sheet {
    pub id: BookingId,
    pub code: String,
    pub status: &'static str,
    pub customer_id: CustomerId,
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub service_id: ServiceId,
    pub service: String,
    pub staff_id: StaffId,
    pub staff: String,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub zone: &'static str,
    pub duration_minutes: i32,
    pub price_minor: i64,
    pub deposit_minor: i64,
    pub currency: String,
    pub note: Option<String>,
    pub internal_note: Option<String>,
    pub reason: Option<String>,
    pub version: i64,
    /// Date of its calendar.
    pub date: NaiveDate,
    pub may: May,
    /// The page to come back to after something was done.
    pub back: String,
    /// Where it is cancelled.
    pub cancel_url: String,
}

/// What can be done with a booking now, by who reads it.
#[expect(clippy::struct_excessive_bools, reason = "each is a button that is there or not")]
#[derive(Serialize)]
pub struct May {
    pub confirm: bool,
    pub complete: bool,
    pub miss: bool,
    pub cancel: bool,
    pub reschedule: bool,
    pub note: bool,
}

impl May {
    fn new(booking: &Booking, is_allowed: bool, now: DateTime<Utc>) -> Self {
        let (status, start) = (booking.status, booking.starts_at);
        let may_close = is_allowed && booking::may_close(status, start, now).is_ok();
        Self {
            confirm: is_allowed && booking::may_confirm(status, start, now).is_ok(),
            complete: may_close && status != Status::Completed,
            miss: may_close && status != Status::NoShow,
            cancel: is_allowed && booking::may_cancel(status, start, now).is_ok(),
            reschedule: is_allowed && booking::may_reschedule(status, start, now).is_ok(),
            note: is_allowed,
        }
    }
}

impl Sheet {
    pub fn new<P: Allows>(member: &PageMember<P>, appointment: Appointment, back: String) -> Self {
        let Appointment { booking, staff_name } = appointment;
        let is_allowed = member.role.may(Permission::ManageBookings);
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("back", &back).finish();
        Self {
            cancel_url: format!("/app/bookings/{}/cancellation?{query}", booking.id),
            may: May::new(&booking, is_allowed, member.now),
            id: booking.id,
            code: booking.public_code,
            status: booking.status.name(),
            customer_id: booking.customer_id,
            name: booking.contact_name,
            email: booking.contact_email,
            phone: booking.contact_phone,
            service_id: booking.service_id,
            service: booking.service_name,
            staff_id: booking.staff_id,
            staff: staff_name,
            from: booking.starts_at,
            to: booking.ends_at,
            zone: booking.timezone.name(),
            duration_minutes: booking.duration_minutes,
            price_minor: booking.price_cents,
            deposit_minor: booking.deposit_cents,
            currency: booking.currency,
            note: booking.note,
            internal_note: booking.internal_note,
            reason: booking.cancellation_reason,
            version: booking.version,
            date: booking.starts_at.with_timezone(&booking.timezone).date_naive(),
            back,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuestion {
    period: String,
    status: String,
    staff_id: String,
    q: String,
    cursor: Option<String>,
}

#[derive(Serialize)]
struct List {
    current: &'static str,
    live: String,
    period: &'static str,
    status: String,
    staff_id: String,
    q: String,
    is_narrowed: bool,
    staff: Vec<Choice>,
    rows: Vec<Sheet>,
    next: String,
    may_book: bool,
}

/// One of several things to choose.
#[derive(Serialize)]
pub(super) struct Choice {
    pub value: String,
    pub label: String,
}

/// Stretches of time that the list shows, the first unless another is chosen.
const PERIODS: [&str; 5] = ["upcoming", "today", "week", "past", "all"];

/// From when, until when, and whether the latest come first.
fn period(
    name: &str,
    zone: chrono_tz::Tz,
    now: DateTime<Utc>,
) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>, bool) {
    let day = wall_clock::day(zone, now.with_timezone(&zone).date_naive());
    let (start, end) = day.map_or((now, now), |day| (day.start, day.end));
    match name {
        "today" => (Some(start), Some(end), false),
        "week" => (Some(start), Some(start + TimeDelta::days(7)), false),
        "past" => (None, Some(now), true),
        "all" => (None, None, true),
        _ => (Some(start), None, false),
    }
}

pub async fn list(
    reader: Reader,
    member: PageMember<Read>,
    question: Result<Query<ListQuestion>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(question) = question?;
            let (frame, tenant) = member.frame(&reader).await?;
            let chosen = PERIODS.into_iter().find(|known| *known == question.period).unwrap_or("upcoming");
            let (from, to, latest_first) = period(chosen, tenant.timezone, member.now);
            // A cursor that is none leads to the beginning.
            let page_of = |cursor| PageQuestion { limit: Some(ROWS), cursor }.read();
            let wanted = page_of(question.cursor.clone()).or_else(|_no_cursor| page_of(None))?;
            let typed: String = question.q.chars().take(100).collect();
            let words = domain::customer::wanted(&typed);
            let code = domain::booking::beginning_of_code(&typed);
            let finds_nothing = words.is_empty() && code.is_none() && !typed.trim().is_empty();
            let filter = Filter {
                from,
                to,
                status: Status::from_name(&question.status),
                staff_id: question.staff_id.parse().ok(),
                words,
                code,
                latest_first,
                after: wanted.after,
                ..Filter::default()
            };
            let limit = if finds_nothing { 0 } else { wanted.and_one() };
            let (live, found, staff) = member
                .tenant
                .read(async |tx| {
                    let live = store::events::cursor(tx).await?;
                    let found = bookings::list(tx, &filter, limit).await?;
                    Ok::<_, store::Error>((live, found, store::staff::list(tx).await?))
                })
                .await?;
            let place = |last: &Appointment| (last.booking.starts_at, last.booking.id);
            let page = wanted.page(found, place, |one| Sheet::new(&member, one, String::new()));
            let next = page.next_cursor.map(|cursor| {
                let asked = [
                    ("period", chosen),
                    ("status", &question.status),
                    ("staff_id", &question.staff_id),
                    ("q", &typed),
                ];
                next_page("/app/bookings", &asked, &cursor)
            });
            let content = List {
                current: "bookings",
                live: live.to_string(),
                period: chosen,
                is_narrowed: !typed.is_empty() || filter.status.is_some() || filter.staff_id.is_some(),
                status: filter.status.map_or("", Status::name).to_owned(),
                staff_id: filter.staff_id.map(|id| id.to_string()).unwrap_or_default(),
                q: typed,
                staff: staff
                    .into_iter()
                    .map(|one| Choice { value: one.id.to_string(), label: one.name })
                    .collect(),
                rows: page.data,
                next: next.unwrap_or_default(),
                may_book: member.role.may(Permission::ManageBookings),
            };
            render(&member.state, &frame, StatusCode::OK, "app/bookings", &content)
        })
        .await
}

#[derive(Serialize)]
struct Detail {
    current: &'static str,
    live: String,
    sheet: Sheet,
    history: Vec<Happened>,
    errors: Vec<Flaw>,
    /// What was typed and refused.
    internal_note: String,
    manage_url: String,
    /// How often this customer has booked, this one among them; at most so many are counted.
    visits: usize,
}

#[derive(Serialize)]
struct Happened {
    action: String,
    actor: String,
    actor_name: Option<String>,
    at: DateTime<Utc>,
    /// Times of a move: where it was.
    from: Option<DateTime<Utc>>,
}

pub async fn show(reader: Reader, member: PageMember<Read>, id: Result<Path<BookingId>>) -> HttpResponse {
    reader.answer(async { show_with(&reader, &member, *id?, None, None).await }).await
}

/// The page of one booking, as it stands, and why something was refused.
async fn show_with<P: Allows>(
    reader: &Reader,
    member: &PageMember<P>,
    id: BookingId,
    refused: Option<&Problem>,
    typed: Option<&str>,
) -> Result<HttpResponse> {
    const MOST_COUNTED: i64 = 100;
    let (frame, _tenant) = member.frame(reader).await?;
    let (live, appointment, history, visits) = member
        .tenant
        .read(async |tx| {
            let live = store::events::cursor(tx).await?;
            let appointment = bookings::find(tx, id).await?;
            let of_customer =
                Filter { customer_id: Some(appointment.booking.customer_id), ..Filter::default() };
            let visits = bookings::list(tx, &of_customer, MOST_COUNTED).await?.len();
            let history = bookings::history(tx, id).await?;
            Ok::<_, store::Error>((live, appointment, history, visits))
        })
        .await?;
    let errors = match refused {
        Some(problem) => {
            let texts = member.state.pages.templates.texts().of(frame.lang);
            flaws(problem, &[("/internal_note", "internal_note"), ("/reason", "reason")], texts)?
        }
        None => Vec::new(),
    };
    let manage_url = crate::bookings::manage_url(&member.state, &appointment.booking);
    let sheet = Sheet::new(member, appointment, format!("/app/bookings/{id}"));
    let content = Detail {
        current: "bookings",
        live: live.to_string(),
        internal_note: typed.map_or_else(|| sheet.internal_note.clone().unwrap_or_default(), str::to_owned),
        manage_url: if sheet.may.note { manage_url } else { String::new() },
        history: history
            .into_iter()
            .rev()
            .map(|change| Happened {
                from: change
                    .before
                    .as_ref()
                    .zip(change.after.as_ref())
                    .filter(|(before, after)| before.starts_at != after.starts_at)
                    .map(|(before, _)| before.starts_at),
                action: change.action.trim_start_matches("booking.").to_owned(),
                actor: change.actor,
                actor_name: change.actor_name,
                at: change.occurred_at,
            })
            .collect(),
        errors,
        visits,
        sheet,
    };
    let status = refused.map_or(StatusCode::OK, ResponseError::status_code);
    render(&member.state, &frame, status, "app/booking", &content)
}

/// What comes with the button of an action.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Act {
    back: String,
}

impl Act {
    /// Where the button stood, on this site.
    fn back(&self, id: BookingId) -> String {
        local_path(&self.back).map_or_else(|| format!("/app/bookings/{id}"), str::to_owned)
    }
}

type Acting = PageMember<ManageBookings>;

pub async fn confirm(
    reader: Reader,
    member: Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<Act>>,
) -> HttpResponse {
    let (now, by) = (member.now, member.by());
    let confirm = async |tx: &mut store::TenantTx, id| bookings::confirm(tx, id, &by, now).await;
    act(&reader, &member, id, form, "calendar-flash-confirmed", confirm).await
}

pub async fn complete(
    reader: Reader,
    member: Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<Act>>,
) -> HttpResponse {
    let (now, by) = (member.now, member.by());
    let close =
        async |tx: &mut store::TenantTx, id| bookings::close(tx, id, Outcome::Completed, &by, now).await;
    act(&reader, &member, id, form, "calendar-flash-completed", close).await
}

pub async fn miss(
    reader: Reader,
    member: Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<Act>>,
) -> HttpResponse {
    let (now, by) = (member.now, member.by());
    let close = async |tx: &mut store::TenantTx, id| bookings::close(tx, id, Outcome::NoShow, &by, now).await;
    act(&reader, &member, id, form, "calendar-flash-missed", close).await
}

async fn act(
    reader: &Reader,
    member: &Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<Act>>,
    said: &'static str,
    work: impl AsyncFnOnce(&mut store::TenantTx, BookingId) -> store::Result<Appointment>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let acted = member.tenant.transaction(async |tx| work(tx, id).await).await;
            match acted.map_err(Problem::from) {
                Ok(_) => Ok(done(&form.back(id), said)),
                Err(problem) if problem.status_code() == StatusCode::CONFLICT => {
                    show_with(reader, member, id, Some(&problem), None).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NoteForm {
    internal_note: String,
    version: String,
}

pub async fn note(
    reader: Reader,
    member: Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<NoteForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let (now, by) = (member.now, member.by());
            let version = form.version.parse().ok();
            let noted: store::Result<_> = member
                .tenant
                .transaction(async |tx| {
                    bookings::annotate(tx, id, Some(&form.internal_note), version, &by, now).await
                })
                .await;
            match noted.map_err(Problem::from) {
                Ok(_) => Ok(done(&format!("/app/bookings/{id}"), "calendar-flash-noted")),
                Err(problem)
                    if matches!(
                        problem.status_code(),
                        StatusCode::PRECONDITION_FAILED | StatusCode::UNPROCESSABLE_ENTITY
                    ) =>
                {
                    let typed = Some(form.internal_note.as_str());
                    show_with(&reader, &member, id, Some(&problem), typed).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CancelForm {
    reason: String,
    back: String,
}

#[derive(Serialize)]
struct Cancel {
    current: &'static str,
    sheet: Sheet,
    reason: String,
    errors: Vec<Flaw>,
}

pub async fn ask_cancel(
    reader: Reader,
    member: Acting,
    id: Result<Path<BookingId>>,
    question: Result<Query<CancelForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Query(form)) = (*id?, question?);
            let back = local_path(&form.back).map_or_else(|| format!("/app/bookings/{id}"), str::to_owned);
            cancel_page(&reader, &member, id, (String::new(), back), None).await
        })
        .await
}

async fn cancel_page(
    reader: &Reader,
    member: &Acting,
    id: BookingId,
    (reason, back): (String, String),
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (frame, _tenant) = member.frame(reader).await?;
    let appointment = member.tenant.read(async |tx| bookings::find(tx, id).await).await?;
    let sheet = Sheet::new(member, appointment, back);
    if !sheet.may.cancel && refused.is_none() {
        return Ok(see(&format!("/app/bookings/{id}")));
    }
    let errors = match refused {
        Some(problem) => {
            let texts = member.state.pages.templates.texts().of(frame.lang);
            flaws(problem, &[("/reason", "reason")], texts)?
        }
        None => Vec::new(),
    };
    let status = refused.map_or(StatusCode::OK, ResponseError::status_code);
    let content = Cancel { current: "bookings", sheet, reason, errors };
    render(&member.state, &frame, status, "app/booking_cancel", &content)
}

pub async fn cancel(
    reader: Reader,
    member: Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<CancelForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let (now, by) = (member.now, member.by());
            let back = local_path(&form.back).map_or_else(|| format!("/app/bookings/{id}"), str::to_owned);
            let cancelled: store::Result<_> = member
                .tenant
                .transaction(async |tx| bookings::cancel(tx, id, Some(&form.reason), &by, now).await)
                .await;
            match cancelled.map_err(Problem::from) {
                Ok(_) => Ok(done(&back, "calendar-flash-cancelled")),
                Err(problem) if problem.status_code() == StatusCode::CONFLICT => {
                    show_with(&reader, &member, id, Some(&problem), None).await
                }
                Err(problem) if problem.status_code() == StatusCode::UNPROCESSABLE_ENTITY => {
                    cancel_page(&reader, &member, id, (form.reason.clone(), back), Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}
