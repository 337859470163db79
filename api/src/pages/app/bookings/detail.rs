//! One booking, its history and its buttons.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use domain::booking::Outcome;
use domain::id::{BookingId, IntakeFileId};
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::audit::By;
use store::bookings::{self, Appointment, Filter};

use super::super::done;
use super::super::told::Told;
use super::super::typed::{Difference, differences, shown_version};
use super::{Sheet, back};
use crate::extract::{Allows, ManageBookings, PageMember, Path, Read};
use crate::pages::form::{Flaw, Form};
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result};

#[derive(Serialize)]
struct Detail {
    current: &'static str,
    sheet: Sheet,
    errors: Vec<Flaw>,
    differences: Vec<Difference>,
    /// What was typed and refused.
    internal_note: String,
    manage_url: String,
    /// How often this customer has booked, this one among them; at most so many are counted.
    visits: usize,
}

pub async fn show(reader: Reader, member: PageMember<Read>, id: Result<Path<BookingId>>) -> HttpResponse {
    reader.answer(async { show_with(&reader, &member, *id?, None, None).await }).await
}

/// A file that was sent as an answer.
pub async fn file(reader: Reader, member: PageMember<Read>, id: Result<Path<IntakeFileId>>) -> HttpResponse {
    reader.answer(async { crate::intake::read_file(&member.state, &member.tenant, *id?).await }).await
}

/// The page of one booking, as it stands, and why something was refused.
pub(super) async fn show_with<P: Allows>(
    reader: &Reader,
    member: &PageMember<P>,
    id: BookingId,
    refused: Option<&Problem>,
    typed: Option<&str>,
) -> Result<HttpResponse> {
    const MOST_COUNTED: i64 = 100;
    let (frame, _tenant) = member.frame(reader).await?;
    let (found, visits) = member
        .tenant
        .read(async |tx| {
            let found = super::find(tx, id).await?;
            let of_customer =
                Filter { customer_id: Some(found.appointment.booking.customer_id), ..Filter::default() };
            let visits = bookings::list(tx, &of_customer, MOST_COUNTED).await?.len();
            Ok::<_, store::Error>((found, visits))
        })
        .await?;
    let mut told = Told::by(refused, &[("/internal_note", "internal_note")], reader, &frame)?;
    let manage_url = crate::bookings::manage_url(&member.state, &found.appointment.booking);
    let sheet = found.sheet(member, format!("/app/bookings/{id}"));
    if let Some(typed) = typed
        && refused.is_some_and(|problem| problem.code() == Code::VersionMismatch)
    {
        let line = |text: &str| vec![("calendar-internal-note", text.to_owned())];
        told.differences =
            differences(&line(typed), line(sheet.internal_note.as_deref().unwrap_or_default()));
    }
    let content = Detail {
        current: "bookings",
        internal_note: typed.map_or_else(|| sheet.internal_note.clone().unwrap_or_default(), str::to_owned),
        manage_url: if sheet.may.note { manage_url } else { String::new() },
        errors: told.errors,
        differences: told.differences,
        visits,
        sheet,
    };
    render(&member.state, &frame, told.status, "app/booking", &content)
}

/// What comes with the button of an action.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Act {
    /// Where the button stood.
    back: String,
    reason: String,
}

type Acting = PageMember<ManageBookings>;

pub async fn confirm(
    reader: Reader,
    member: Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<Act>>,
) -> HttpResponse {
    let now = member.now;
    let confirm = async |tx: &mut store::TenantTx, id, by: By| bookings::confirm(tx, id, &by, now).await;
    act(&reader, &member, id, form, "calendar-flash-confirmed", confirm).await
}

pub async fn complete(
    reader: Reader,
    member: Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<Act>>,
) -> HttpResponse {
    close(&reader, &member, id, form, "calendar-flash-completed", Outcome::Completed).await
}

pub async fn miss(
    reader: Reader,
    member: Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<Act>>,
) -> HttpResponse {
    close(&reader, &member, id, form, "calendar-flash-missed", Outcome::NoShow).await
}

pub async fn waive_fee(
    reader: Reader,
    member: Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<Act>>,
) -> HttpResponse {
    let now = member.now;
    let waive = async |tx: &mut store::TenantTx, id, by: By| bookings::waive_fee(tx, id, &by, now).await;
    act(&reader, &member, id, form, "calendar-flash-waived", waive).await
}

async fn close(
    reader: &Reader,
    member: &Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<Act>>,
    said: &'static str,
    outcome: Outcome,
) -> HttpResponse {
    let now = member.now;
    let close = async |tx: &mut store::TenantTx, id, by: By| {
        Box::pin(bookings::close(tx, id, outcome, &by, now)).await
    };
    act(reader, member, id, form, said, close).await
}

async fn act(
    reader: &Reader,
    member: &Acting,
    id: Result<Path<BookingId>>,
    form: Result<Form<Act>>,
    said: &'static str,
    work: impl AsyncFnOnce(&mut store::TenantTx, BookingId, By) -> store::Result<Appointment>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let by = member.by().because(Some(&form.reason))?;
            let acted = member.tenant.transaction(async |tx| work(tx, id, by).await).await;
            match acted.map_err(Problem::from) {
                Ok(_) => Ok(done(&back(&form.back, id), said)),
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
            let version = shown_version(&form.version);
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
