//! The same time again and again: when some of it is taken, what to do is asked before anything is booked.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::booking::BookingDraft;
use domain::booking::series::OnConflict;
use domain::recurrence::{End, Frequency, Rule};
use domain::rejection::Code;
use serde::Serialize;
use store::bookings::{self, Planned, SeriesDraft, SeriesPlan};

use super::details::BookingForm;
use super::{Chosen, Step, time_url};
use crate::extract::{Submission, Visitor};
use crate::pages::public::site::Line;
use crate::pages::{Reader, render};
use crate::problem::Result;
use crate::series;

/// What is offered: every so many weeks.
const WEEKS: [u16; 4] = [1, 2, 3, 4];
/// How often in all, at most: who wants more asks the tenant.
pub(super) const MOST_TIMES: u32 = 12;

/// How a form says that it recurs; none: once.
pub(super) fn rule(repeat: &str, times: &str) -> Option<Rule> {
    let weeks = repeat.parse().ok().filter(|weeks| WEEKS.contains(weeks))?;
    let times = times.parse().unwrap_or(2).clamp(2, MOST_TIMES);
    Some(Rule::every(weeks, Frequency::Weekly).ending(End::After(times)))
}

#[derive(Serialize)]
struct Content<'a> {
    steps: Vec<Step>,
    service: Line,
    staff_name: Option<String>,
    zone: &'static str,
    form: &'a BookingForm,
    /// What was answered, by the names of the inputs.
    answers: Vec<(String, String)>,
    occurrences: Vec<Planned>,
    /// How many of them are free, and could be in all.
    free: usize,
    possible: usize,
    time_url: String,
}

/// Books the series and answers where to go on; where some of it is taken and nothing was said of that, the page that
/// asks.
pub(super) async fn book(
    reader: &Reader,
    visitor: &Visitor,
    form: &BookingForm,
    draft: BookingDraft,
    rule: Rule,
    submission: &Submission<()>,
) -> Result<Booked> {
    let said = OnConflict::from_name(&form.on_conflict);
    let draft = SeriesDraft { first: draft, rule, on_conflict: said.unwrap_or_default(), desk: None };
    if said.is_none() {
        let now = visitor.now;
        let plan = visitor.tenant.read(async |tx| bookings::plan_series(tx, &draft, now).await).await?;
        if plan.occurrences.iter().any(|one| !one.is_free) {
            return Ok(Booked::Asked(page(reader, visitor, form, plan).await?));
        }
    }
    let answer = series::book(visitor, submission, &draft).await?;
    let url = answer.body().pointer("/bookings/0/manage_url").and_then(serde_json::Value::as_str);
    Ok(Booked::At(reader.onward(url.ok_or(Code::Internal)?, &[("done", "1")])))
}

/// What came of it.
pub(super) enum Booked {
    /// The address of the first one.
    At(String),
    /// A page that asks what to do.
    Asked(HttpResponse),
}

async fn page(
    reader: &Reader,
    visitor: &Visitor,
    form: &BookingForm,
    plan: SeriesPlan,
) -> Result<HttpResponse> {
    let wish = form.choice().wish()?.with_any(plan.staff_id);
    let (chosen, staff_name) = visitor
        .tenant
        .read(async |tx| {
            let chosen = Chosen::read(tx, reader, wish).await?;
            let staff_name = chosen.staff_name(wish.staff_id)?;
            Ok::<_, store::Error>((chosen, staff_name))
        })
        .await?;
    let free = plan.occurrences.iter().filter(|one| one.is_free).count();
    let possible = plan.occurrences.iter().filter(|one| one.is_free || one.nearest.is_some()).count();
    let frame = reader.tenant_frame(&chosen.tenant, chosen.logo.as_ref());
    let content = Content {
        steps: chosen.way().steps("details", wish),
        time_url: time_url(&chosen.base, wish, None, None),
        zone: chosen.tenant.timezone.name(),
        service: chosen.line,
        staff_name,
        answers: form.answers.hidden(),
        form,
        occurrences: plan.occurrences,
        free,
        possible,
    };
    render(&visitor.state, &frame, StatusCode::OK, "public/book_series", &content)
}
