//! Nothing suits: the form that joins the waitlist.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono::{Days, NaiveDate};
use domain::hours::TimeOfDay;
use domain::rejection::{Code, Fields};
use domain::waitlist::{WaitlistDraft, Window};
use serde::{Deserialize, Serialize};
use store::audit::By;
use store::waitlist::{self, Entry};

use super::{Choice, Chosen, Step, time_url};
use crate::extract::{Query, Visitor};
use crate::limit::{READ, WRITE};
use crate::pages::form::{Flaw, Form, flaws};
use crate::pages::public::site::Line;
use crate::pages::{Reader, render, see};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[
    ("/from", "from"),
    ("/to", "to"),
    ("/customer/name", "name"),
    ("/customer/email", "email"),
    ("/customer/phone", "phone"),
    ("/address", "address"),
    ("/note", "note"),
];

/// How far ahead the form begins.
const AHEAD: Days = Days::new(14);

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WaitlistForm {
    service_id: String,
    /// Empty: anybody.
    staff_id: String,
    /// Of a group session; empty: one.
    seats: String,
    from: String,
    to: String,
    /// Of the day: `morning`, `afternoon`, `evening`; else any.
    part: String,
    name: String,
    email: String,
    phone: String,
    address: String,
    note: String,
}

impl WaitlistForm {
    fn choice(&self) -> Choice {
        Choice {
            service_id: self.service_id.clone(),
            staff_id: self.staff_id.clone(),
            seats: self.seats.clone(),
            ..Choice::default()
        }
    }

    /// Until noon, from noon to five, from five on.
    fn times(&self) -> (Option<TimeOfDay>, Option<TimeOfDay>) {
        let hour = |hour: i32| TimeOfDay::from_minute(hour * 60).ok();
        match self.part.as_str() {
            "morning" => (None, hour(12)),
            "afternoon" => (hour(12), hour(17)),
            "evening" => (hour(17), None),
            _ => (None, None),
        }
    }

    fn draft(&self, reader: &Reader) -> Result<WaitlistDraft> {
        let wish = self.choice().wish()?;
        let mut fields = Fields::default();
        let from = fields.take("/from", self.from.parse::<NaiveDate>());
        let to = fields.take("/to", self.to.parse::<NaiveDate>());
        let (Some(from), Some(to)) = (from, to) else {
            return Err(fields.into_rejection().into());
        };
        let (earliest, latest) = self.times();
        Ok(WaitlistDraft {
            service_id: wish.service_id,
            staff_id: wish.staff_id,
            seats: wish.seats,
            window: Window { from, to, earliest, latest },
            name: self.name.clone(),
            email: self.email.clone(),
            phone: Some(self.phone.clone()),
            // Messages come in the language of the page.
            locale: reader.lang,
            address: Some(self.address.clone()),
            note: Some(self.note.clone()),
        })
    }
}

#[derive(Serialize)]
struct Content {
    steps: Vec<Step>,
    service: Line,
    staff_name: Option<String>,
    form: WaitlistForm,
    errors: Vec<Flaw>,
    today: NaiveDate,
    time_url: String,
}

pub async fn show(reader: Reader, visitor: Result<Visitor>, choice: Result<Query<Choice>>) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Query(choice)) = (visitor?, choice?);
            visitor.state.take(READ, &visitor.ip).await?;
            let form = WaitlistForm {
                service_id: choice.service_id.clone(),
                staff_id: choice.staff_id.clone(),
                seats: choice.seats.clone(),
                from: choice.date.clone(),
                ..WaitlistForm::default()
            };
            page(&reader, &visitor, form, None).await
        })
        .await
}

async fn page(
    reader: &Reader,
    visitor: &Visitor,
    mut form: WaitlistForm,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let wish = form.choice().wish()?;
    let (chosen, staff_name) = visitor
        .tenant
        .read(async |tx| {
            let chosen = Chosen::read(tx, reader, wish).await?;
            let staff_name = chosen.staff_name(wish.staff_id)?;
            Ok::<_, store::Error>((chosen, staff_name))
        })
        .await?;
    let today = visitor.now.with_timezone(&chosen.tenant.timezone).date_naive();
    if refused.is_none() {
        let from = form.from.parse::<NaiveDate>().unwrap_or(today).max(today);
        form.from = from.to_string();
        form.to = from.checked_add_days(AHEAD).unwrap_or(from).to_string();
    }
    let frame = reader.tenant_frame(&chosen.tenant, chosen.logo.as_ref());
    let (status, errors) = match refused {
        Some(problem) => (problem.status_code(), flaws(problem, FIELDS, reader.text(frame.lang))?),
        None => (StatusCode::OK, Vec::new()),
    };
    let content = Content {
        steps: chosen.way().steps("time", wish),
        time_url: time_url(&chosen.base, wish, None, None),
        service: chosen.line,
        staff_name,
        form,
        errors,
        today,
    };
    render(&visitor.state, &frame, status, "public/book_waitlist", &content)
}

pub async fn create(
    reader: Reader,
    visitor: Result<Visitor>,
    form: Result<Form<WaitlistForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Form(form)) = (visitor?, form?);
            let joined = match visitor.state.take(WRITE, &visitor.ip).await {
                Ok(()) => join(&reader, &visitor, &form).await,
                Err(problem) => {
                    // To show the form again is to read.
                    visitor.state.take(READ, &visitor.ip).await?;
                    Err(problem)
                }
            };
            match joined {
                Ok(entry) => {
                    let url = crate::waitlist::manage_url(&visitor.state, &entry);
                    Ok(see(&reader.onward(&url, &[("done", "1")])))
                }
                Err(problem)
                    if matches!(
                        problem.code(),
                        Code::Invalid
                            | Code::ContactTheBusiness
                            | Code::TooManyOfThese
                            | Code::TooManyRequests
                    ) =>
                {
                    page(&reader, &visitor, form, Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn join(reader: &Reader, visitor: &Visitor, form: &WaitlistForm) -> Result<Entry> {
    let (draft, by) = (form.draft(reader)?, By::customer(Some(visitor.ip.clone())));
    let now = visitor.now;
    let join = async |tx: &mut store::TenantTx| waitlist::join(tx, &draft, &by, now).await;
    let joined: store::Result<Entry> = visitor.tenant.transaction(join).await;
    Ok(joined?)
}
