//! The form by which a member moves a booking to another time, or to somebody else.

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::id::{BookingId, StaffId};
use domain::rejection::{Code, Rejection};
use serde::{Deserialize, Serialize};
use store::availability::{self, Wish};
use store::bookings::{self, Arrangement, Move};

use super::super::calendar::parse_date;
use super::super::done;
use super::super::told::Told;
use super::super::typed::shown_version;
use super::{Choice, Sheet, at_time};
use crate::extract::{ManageBookings, PageMember, Path, Query};
use crate::pages::form::{Flaw, Form};
use crate::pages::{Reader, render, see};
use crate::problem::{Problem, Result};

/// What is chosen.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct MoveForm {
    staff_id: String,
    date: String,
    /// One of the times that are free, RFC 3339. Empty: it stays when it is.
    start: String,
    /// `on`: at `time`, whatever the hours.
    outside: String,
    time: String,
    /// What it lasts, in minutes.
    minutes: String,
    version: String,
    /// Not empty: nothing is moved yet, only shown again.
    show: String,
    /// `service`: of a visit, this one alone.
    scope: String,
    reason: String,
}

const FIELDS: [(&str, &str); 5] = [
    ("/start", "start"),
    ("/time", "time"),
    ("/staff_id", "staff_id"),
    ("/duration_minutes", "minutes"),
    ("/reason", "reason"),
];

#[derive(Serialize)]
struct Content {
    current: &'static str,
    sheet: Sheet,
    form: MoveForm,
    errors: Vec<Flaw>,
    staff: Vec<Choice>,
    times: Vec<Time>,
    previous: NaiveDate,
    next: NaiveDate,
}

#[derive(Serialize)]
struct Time {
    start: DateTime<Utc>,
    label: String,
}

pub async fn ask(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<BookingId>>,
    question: Result<Query<MoveForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Query(form)) = (*id?, question?);
            Box::pin(show_with(&reader, &member, id, form, None)).await
        })
        .await
}

async fn show_with(
    reader: &Reader,
    member: &PageMember<ManageBookings>,
    id: BookingId,
    mut form: MoveForm,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (frame, tenant) = member.frame(reader).await?;
    let now = member.now;
    let zone = tenant.timezone;
    let chosen: Option<StaffId> = form.staff_id.parse().ok();
    let asked = parse_date(&form.date);
    let (found, staff, times, date) = member
        .tenant
        .read(async |tx| {
            let found = super::find(tx, id).await?;
            let appointment = &found.appointment;
            let staff = store::staff::list(tx).await?;
            let own = appointment.booking.starts_at.with_timezone(&zone).date_naive();
            let date = asked.unwrap_or(own);
            let booking = &appointment.booking;
            let wish = match form.scope.as_str() {
                "service" => Wish::to_move_alone(tx, booking).await?,
                _ => Wish::to_move(tx, booking).await?,
            };
            let wish = wish.with(chosen.unwrap_or(booking.staff_id));
            let times = match availability::day(tx, wish, date, None, now).await {
                Ok(day) => day.slots.iter().map(|slot| slot.start).collect(),
                // Who was chosen does not do this, or nobody does it any longer.
                Err(error) if error.code() == Some(Code::NotFound) => Vec::new(),
                Err(error) => return Err(error),
            };
            Ok::<_, store::Error>((found, staff, times, date))
        })
        .await?;
    let sheet = found.sheet(member, format!("/app/bookings/{id}"));
    if !sheet.may.reschedule && refused.is_none() {
        return Ok(see(&format!("/app/bookings/{id}")));
    }
    form.staff_id = chosen.unwrap_or(sheet.staff_id).to_string();
    form.date = date.to_string();
    if form.minutes.is_empty() {
        form.minutes = sheet.duration_minutes.to_string();
    }
    // Whoever is told that it has changed sees how it is now.
    if form.version.is_empty() || refused.is_some_and(|problem| problem.code() == Code::VersionMismatch) {
        form.version = sheet.version.to_string();
    }
    let told = Told::by(refused, &FIELDS, reader, &frame)?;
    let label = |start: DateTime<Utc>| start.with_timezone(&zone).format("%H:%M").to_string();
    let content = Content {
        current: "bookings",
        errors: told.errors,
        staff: staff.into_iter().map(|one| Choice { value: one.id.to_string(), label: one.name }).collect(),
        times: times.into_iter().map(|start| Time { start, label: label(start) }).collect(),
        previous: date.pred_opt().unwrap_or(date),
        next: date.succ_opt().unwrap_or(date),
        sheet,
        form,
    };
    render(&member.state, &frame, told.status, "app/booking_move", &content)
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<BookingId>>,
    form: Result<Form<MoveForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            if !form.show.is_empty() {
                return Box::pin(show_with(&reader, &member, id, form, None)).await;
            }
            let (_frame, tenant) = member.frame(&reader).await?;
            match Box::pin(change(&member, id, &form, tenant.timezone)).await {
                Ok(date) => {
                    Ok(done(&format!("/app/calendar?date={date}&booking={id}"), "calendar-flash-moved"))
                }
                Err(problem)
                    if matches!(
                        problem.code(),
                        Code::SlotUnavailable
                            | Code::OutsideHours
                            | Code::Invalid
                            | Code::BookingNotMovable
                            | Code::VersionMismatch
                    ) =>
                {
                    Box::pin(show_with(&reader, &member, id, form, Some(&problem))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn change(
    member: &PageMember<ManageBookings>,
    id: BookingId,
    form: &MoveForm,
    zone: Tz,
) -> Result<NaiveDate> {
    let is_outside = !form.outside.is_empty();
    let typed = if is_outside { at_time(&form.date, &form.time, zone) } else { form.start.parse().ok() };
    let minutes: Option<i32> = form.minutes.trim().parse().ok();
    let by = member.by().because(Some(&form.reason))?;
    let (now, version) = (member.now, shown_version(&form.version));
    let staff_id: Option<StaffId> = form.staff_id.parse().ok();
    let moved = member
        .tenant
        .transaction(async |tx| {
            let booking = bookings::find(tx, id).await?.booking;
            let is_resized = minutes.is_some_and(|minutes| minutes != booking.duration_minutes);
            let missing = |pointer| Rejection::invalid(pointer, "REQUIRED", "must be one of the times");
            match typed {
                None if is_outside => return Err(missing("/time").into()),
                None if !is_resized => return Err(missing("/start").into()),
                _ => {}
            }
            if version.is_some_and(|version| version != booking.version) {
                return Err(Code::VersionMismatch.into());
            }
            // A visit moves as a whole, unless this service alone is meant.
            let visit = bookings::find_visit(tx, id).await?.services;
            let is_whole = visit.len() > 1 && form.scope != "service";
            if let Some(start) = typed
                && (booking.group_session_id.is_some() || is_whole)
            {
                let staff_id = staff_id.filter(|_id| !is_whole);
                return bookings::reschedule(tx, id, Move { start, staff_id }, &by, now).await;
            }
            let to = Arrangement {
                start: typed,
                staff_id,
                duration_minutes: minutes,
                outside_hours: is_outside,
                version,
                ..Arrangement::default()
            };
            bookings::arrange(tx, id, &to, &by, now).await
        })
        .await?
        .booking;
    Ok(moved.starts_at.with_timezone(&moved.timezone).date_naive())
}
