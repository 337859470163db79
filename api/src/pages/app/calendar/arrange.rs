//! A booking put elsewhere in the calendar by hand, by a script: the answer says where it is now, or why it is not. Without
//! a script the form that moves a booking does the same.

use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::id::{BookingId, StaffId};
use domain::rejection::Rejection;
use serde::{Deserialize, Serialize};
use store::bookings::{self, Appointment, Arrangement};

use super::super::bookings::at_time;
use super::super::typed::shown_version;
use crate::extract::{ManageBookings, PageMember, Path};
use crate::pages::Reader;
use crate::pages::form::Form;
use crate::pages::frame::Frame;
use crate::problem::{Problem, Result, failed};

/// Where it was dropped.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ArrangeForm {
    staff_id: String,
    date: String,
    time: String,
    /// What it lasts.
    minutes: String,
    version: String,
    /// Not empty: what was done a moment ago is taken back.
    undo: String,
}

/// Where it is now.
#[derive(Serialize)]
struct Arranged {
    version: i64,
    from: String,
    to: String,
    /// The same for a person.
    text: String,
}

#[derive(Serialize)]
struct Refused {
    code: &'static str,
    text: String,
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<BookingId>>,
    form: Result<Form<ArrangeForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let (frame, tenant) = member.frame(&reader).await?;
            match Box::pin(arrange(&member, id, &form, tenant.timezone)).await {
                Ok(arranged) => {
                    Ok(HttpResponse::Ok().json(said(arranged, !form.undo.is_empty(), &reader, &frame)?))
                }
                Err(problem) => refused(&problem, &reader, &frame),
            }
        })
        .await
}

async fn arrange(
    member: &PageMember<ManageBookings>,
    id: BookingId,
    form: &ArrangeForm,
    zone: Tz,
) -> Result<Appointment> {
    let (now, by) = (member.now, member.by());
    member
        .tenant
        .transaction(async |tx| {
            // What is not there is told before what is wrong with the form.
            bookings::find(tx, id).await?;
            Ok(bookings::arrange(tx, id, &form.read(zone)?, &by, now).await?)
        })
        .await
}

impl ArrangeForm {
    fn read(&self, zone: Tz) -> Result<Arrangement> {
        let start: DateTime<Utc> = at_time(&self.date, &self.time, zone)
            .ok_or_else(|| Rejection::invalid("/time", "INVALID", "must be a time of that day"))?;
        let staff_id: StaffId = self
            .staff_id
            .parse()
            .map_err(|_no_id| Rejection::invalid("/staff_id", "INVALID", "must be a staff member"))?;
        Ok(Arrangement {
            start: Some(start),
            staff_id: Some(staff_id),
            duration_minutes: self.minutes.parse().ok(),
            outside_hours: false,
            takes_back: !self.undo.is_empty(),
            version: shown_version(&self.version),
        })
    }
}

fn said(arranged: Appointment, is_undone: bool, reader: &Reader, frame: &Frame) -> Result<Arranged> {
    let Appointment { booking, staff_name, .. } = arranged;
    let local = |at: DateTime<Utc>| at.with_timezone(&booking.timezone).format("%H:%M").to_string();
    let (from, to) = (local(booking.starts_at), local(booking.ends_at));
    let words = [
        ("name", booking.contact_name.as_str()),
        ("from", from.as_str()),
        ("to", to.as_str()),
        ("staff", staff_name.as_str()),
    ];
    let key = if is_undone { "calendar-put-back" } else { "calendar-arranged" };
    let text = reader.text(frame.lang).t_with(key, &words).map_err(|error| failed(&error))?;
    Ok(Arranged { version: booking.version, from, to, text })
}

fn refused(problem: &Problem, reader: &Reader, frame: &Frame) -> Result<HttpResponse> {
    let code = match problem.0.errors.as_slice().first() {
        Some(error) if error.pointer == "/staff_id" => "STAFF",
        Some(error) if error.pointer == "/duration_minutes" => "DURATION",
        _ => problem.code().text(),
    };
    let text = reader
        .text(frame.lang)
        .t_with("calendar-refused", &[("code", code)])
        .map_err(|error| failed(&error))?;
    Ok(HttpResponse::build(problem.status_code()).json(Refused { code: problem.code().text(), text }))
}
