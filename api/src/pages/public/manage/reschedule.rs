//! Moved by the customer: the same month and slots as for a new booking, then once more what was and what will be.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use domain::id::StaffId;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::audit::By;
use store::availability::{self, Wish};
use store::bookings::{self, Appointment, Move};

use super::{Opened, Ticket};
use crate::availability::AHEAD;
use crate::extract::{Anybody, Path, Query};
use crate::limit::WRITE;
use crate::pages::base::with_query;
use crate::pages::form::{Flaw, Form, flaws};
use crate::pages::public::picker::{self, Asked, Picker, Urls};
use crate::pages::public::site::go;
use crate::pages::{Reader, render, see};
use crate::problem::{Problem, Result};

/// Which day is looked at, and which start was chosen.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    date: String,
    from: String,
    start: String,
    /// `anybody`: not only whoever provides it already.
    with: String,
}

#[derive(Serialize)]
struct Reschedule {
    ticket: Ticket,
    picker: Option<Picker>,
    /// The start that was chosen: to be confirmed.
    chosen: Option<Chosen>,
    errors: Vec<Flaw>,
    /// The same page for everybody who provides it, or only for whoever does already; none: there is nobody else.
    other_url: Option<String>,
    is_with_anybody: bool,
}

#[derive(Serialize)]
struct Chosen {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    staff_id: StaffId,
    staff_name: String,
    back_url: String,
    with: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct MoveForm {
    start: String,
    staff_id: String,
    with: String,
    reason: String,
}

pub async fn show(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    choice: Result<Query<Choice>>,
) -> HttpResponse {
    reader
        .answer(async {
            let opened = Opened::read(anybody, token).await?;
            let Query(choice) = choice?;
            Box::pin(page(&reader, &opened, &choice, None)).await
        })
        .await
}

/// A page of this address for another day, other weeks, a start.
fn url(
    opened: &Opened,
    with: &str,
    date: Option<NaiveDate>,
    from: Option<NaiveDate>,
    start: Option<DateTime<Utc>>,
) -> String {
    let text = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let start = start.map(|start| start.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default();
    let pairs = [("date", text(date)), ("from", text(from)), ("start", start), ("with", with.to_owned())];
    with_query(
        &format!("{}/move", opened.url()),
        &pairs.each_ref().map(|(name, value)| (*name, value.as_str())),
    )
}

async fn page(
    reader: &Reader,
    opened: &Opened,
    choice: &Choice,
    refused: Option<(StatusCode, Vec<Flaw>)>,
) -> Result<HttpResponse> {
    let ticket = opened.ticket(reader);
    if !ticket.may_move {
        return Ok(go(&opened.url()));
    }
    let booking = &opened.appointment.booking;
    let (zone, now) = (opened.tenant.timezone, opened.anybody.now);
    let start: Option<DateTime<Utc>> =
        choice.start.parse().ok().filter(|start| domain::booking::check_start(*start).is_ok());
    let read = opened
        .door
        .read(async |tx| {
            let everybody = Wish::to_move(tx, booking).await?;
            // Who provides it by now: whoever did may have left.
            let team = availability::first_of_each(tx, everybody, AHEAD, now).await?;
            let has_own = team.iter().any(|one| one.staff_id == booking.staff_id);
            let is_with_anybody = choice.with == "anybody" || !has_own;
            let wish = if is_with_anybody { everybody } else { everybody.with(booking.staff_id) };
            let chosen = match start {
                Some(start) => {
                    let date = start.with_timezone(&zone).date_naive();
                    let day = availability::day(tx, wish, date, None, now).await?;
                    let slot = day.slots.into_iter().find(|slot| slot.start == start);
                    slot.and_then(|slot| {
                        // The same person, where they are free.
                        let own = slot.staff_ids.iter().find(|id| **id == booking.staff_id);
                        let staff_id = *own.or(slot.staff_ids.first())?;
                        let member = team.iter().find(|one| one.staff_id == staff_id)?;
                        Some(Chosen {
                            start,
                            end: slot.end,
                            staff_id,
                            staff_name: member.name.clone(),
                            back_url: url(opened, &choice.with, Some(date), None, None),
                            with: choice.with.clone(),
                        })
                    })
                }
                None => None,
            };
            let asked = Asked::parse(&choice.date, &choice.from);
            let urls = Urls {
                day: &|date, from| url(opened, &choice.with, date, from, None),
                slot: &|start, _| url(opened, &choice.with, None, None, Some(start)),
            };
            let picker = match &chosen {
                Some(_) if refused.is_none() => None,
                _ => Some(picker::read(tx, wish, zone, asked, &urls, now).await?),
            };
            let other_url = (has_own && team.len() > 1).then(|| {
                url(opened, if is_with_anybody { "" } else { "anybody" }, asked.date, asked.from, None)
            });
            Ok::<_, store::Error>((chosen, picker, other_url, is_with_anybody))
        })
        .await;
    let (chosen, picker, other_url, is_with_anybody) = match read {
        Ok(read) => read,
        // The service is offered no more: nobody can say when it would be free.
        Err(error) if error.code() == Some(Code::NotFound) => (None, None, None, false),
        Err(error) => return Err(error.into()),
    };
    let is_gone = start.is_some() && chosen.is_none() && refused.is_none() && picker.is_some();
    let frame = opened.frame(reader);
    let text = reader.text(frame.lang);
    let (status, errors) = match refused {
        Some(refused) => refused,
        None if is_gone => (StatusCode::OK, flaws(&Code::SlotUnavailable.into(), &[], text)?),
        None => (StatusCode::OK, Vec::new()),
    };
    let chosen = chosen.filter(|_| picker.is_none());
    let content = Reschedule { ticket, picker, chosen, errors, other_url, is_with_anybody };
    render(&opened.anybody.state, &frame, status, "public/move", &content)
}

pub async fn create(
    reader: Reader,
    anybody: Result<Anybody>,
    token: Result<Path<String>>,
    form: Result<Form<MoveForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let opened = Opened::read(anybody, token).await?;
            let Form(form) = form?;
            let anybody = &opened.anybody;
            anybody.state.take(WRITE, &anybody.ip).await?;
            let Ok(start) = form.start.parse::<DateTime<Utc>>() else {
                return Ok(see(&format!("{}/move", opened.url())));
            };
            let by = By::customer(Some(anybody.ip.clone())).because(Some(&form.reason))?;
            let (id, now) = (opened.appointment.booking.id, anybody.now);
            let to = Move { start, staff_id: form.staff_id.parse().ok() };
            let moving = opened.door.transaction(async |tx| bookings::reschedule(tx, id, to, &by, now).await);
            let moved: Result<Appointment, store::Error> = Box::pin(moving).await;
            match moved {
                Ok(_) => Ok(see(&format!("{}?moved=1", opened.url()))),
                // Cancelled meanwhile, or too late: the page shows how it stands.
                Err(error) if error.code() == Some(Code::BookingNotMovable) => Ok(see(&opened.url())),
                Err(error)
                    if matches!(
                        error.code(),
                        Some(Code::SlotUnavailable | Code::Invalid | Code::NotFound)
                    ) =>
                {
                    let problem: Problem = Code::SlotUnavailable.into();
                    let text = reader.text(opened.frame(&reader).lang);
                    let refused = (problem.status_code(), flaws(&problem, &[], text)?);
                    // The day that was wanted, with what is left of it.
                    let date = start.with_timezone(&opened.tenant.timezone).date_naive();
                    let choice = Choice { date: date.to_string(), with: form.with, ..Choice::default() };
                    Box::pin(page(&reader, &opened, &choice, Some(refused))).await
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
}
