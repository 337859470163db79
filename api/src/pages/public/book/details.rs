//! For whom: the form that books. What was typed is kept whatever happens, and a time that is gone offers others.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use domain::booking::{BookingDraft, Consents, NextDraft, Notify};
use domain::intake::{self, Answering, Kind};
use domain::rejection::{Alternative, Code, FieldError, Rejection};
use domain::text::hex;
use futures_util::join;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::availability;

use super::series::{self, Booked};
use super::{Choice, Chosen, Step, time_url};
use crate::bookings;
use crate::customer_account::signed_in;
use crate::extract::{Filled, Query, Submission, Visitor};
use crate::limit::{READ, WRITE};
use crate::pages::form::{Flaw, flaws, settled};
use crate::pages::public::picker::{Part, parts};
use crate::pages::public::site::Line;
use crate::pages::questions::{AnswerForm, Asked, asked};
use crate::pages::{Reader, render, see};
use crate::problem::{Problem, Result, failed};
use crate::random;

/// Where the API points, and the input that holds it, in the order of the form.
const FIELDS: &[(&str, &str)] = &[
    ("/start", "start"),
    ("/customer/name", "name"),
    ("/customer/email", "email"),
    ("/customer/phone", "phone"),
    ("/address", "address"),
    ("/note", "note"),
    ("/recurrence", "repeat"),
];

/// What was typed, to be shown again when something is wrong.
#[derive(Clone, Default, Serialize)]
pub struct BookingForm {
    service_id: String,
    /// Empty: anybody.
    staff_id: String,
    /// Of a group session; empty: one.
    seats: String,
    /// What is done right after it, in the same visit.
    then: String,
    start: String,
    /// Random: the same form sent twice books once.
    key: String,
    name: String,
    email: String,
    phone: String,
    /// Where to come, of what takes place at the customer's.
    address: String,
    note: String,
    /// Not empty: the tenant may send news.
    news: String,
    /// Every so many weeks; empty: once.
    pub(super) repeat: String,
    /// How often in all.
    pub(super) times: String,
    /// What becomes of those whose time is taken; empty: it is asked.
    pub(super) on_conflict: String,
    /// Not empty: nothing is booked yet, only shown again, in another language.
    show: String,
    /// It says who is signed in.
    #[serde(skip)]
    is_personal: bool,
    #[serde(skip)]
    pub(super) answers: AnswerForm,
}

#[derive(Serialize)]
struct Details {
    steps: Vec<Step>,
    service: Line,
    staff_name: Option<String>,
    /// The start that was chosen, while it is free.
    start: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
    zone: &'static str,
    form: BookingForm,
    /// What the service asks.
    questions: Vec<Asked>,
    /// One of them is answered by a file.
    takes_files: bool,
    errors: Vec<Flaw>,
    /// The start that was chosen is not free.
    is_gone: bool,
    is_closed: bool,
    /// The nearest starts that are free, when the one chosen is not.
    nearest: Vec<DateTime<Utc>>,
    /// The others of its day.
    parts: Vec<Part>,
    time_url: String,
    /// How often it may recur in all; empty: it does not.
    times: Vec<u32>,
}

/// What came of sending the form.
struct Refused {
    status: StatusCode,
    code: Code,
    errors: Vec<Flaw>,
}

pub async fn show(
    reader: Reader,
    visitor: Result<Visitor>,
    request: HttpRequest,
    choice: Result<Query<Choice>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Query(choice)) = (visitor?, choice?);
            visitor.state.take(READ, &visitor.ip).await?;
            let mut form = BookingForm {
                service_id: choice.service_id.clone(),
                staff_id: choice.staff_id.clone(),
                seats: choice.seats.clone(),
                then: choice.then.clone(),
                start: choice.start.clone(),
                key: new_key(),
                ..BookingForm::default()
            };
            // In a frame on another site browsers keep no cookie of ours.
            if !reader.is_embedded {
                form.fill(&request, &visitor).await?;
            }
            Box::pin(page(&reader, &visitor, form, None)).await
        })
        .await
}

fn new_key() -> String {
    hex(&random::bytes::<16>())
}

/// The form with what was typed. Whether its start is free is looked up: a page may be old.
async fn page(
    reader: &Reader,
    visitor: &Visitor,
    form: BookingForm,
    refused: Option<Refused>,
) -> Result<HttpResponse> {
    let now = visitor.now;
    let choice = form.choice();
    let wish = choice.wish()?;
    let start = form.start();
    let (chosen, staff_name, day, nearest, questions) = visitor
        .tenant
        .read(async |tx| {
            let chosen = Chosen::read(tx, reader, wish).await?;
            let questions = asked(tx, wish).await?.concat();
            let staff_name = chosen.staff_name(wish.staff_id)?;
            let zone = reader.zone.unwrap_or(chosen.tenant.timezone);
            let date = start.unwrap_or(now).with_timezone(&zone).date_naive();
            let day = availability::day(tx, wish, date, Some(zone), now).await?;
            let is_free = day.slots.iter().any(|slot| Some(slot.start) == start);
            let nearest = if is_free || !day.is_open {
                Vec::new()
            } else {
                availability::alternatives(tx, wish, start.unwrap_or(now), now).await?
            };
            Ok::<_, store::Error>((chosen, staff_name, day, nearest, questions))
        })
        .await?;
    let free = day.slots.iter().find(|slot| Some(slot.start) == start);
    // Nothing was chosen, or nothing that could be: the step before.
    if start.is_none() && refused.is_none() {
        return Ok(super::go(&time_url(&chosen.base, wish, None, None)));
    }
    let is_closed =
        !day.is_open || refused.as_ref().is_some_and(|refused| refused.code == Code::PlanLimitReached);
    let (status, errors) =
        refused.map_or((StatusCode::OK, Vec::new()), |refused| (refused.status, refused.errors));
    let mut frame = reader.tenant_frame(&chosen.tenant, chosen.logo.as_ref());
    frame.is_personal = form.is_personal;
    let content = Details {
        steps: chosen.way().steps("details", wish),
        staff_name,
        start: free.map(|slot| slot.start),
        end: free.map(|slot| slot.end),
        zone: day.timezone.name(),
        errors,
        is_gone: free.is_none() && !is_closed,
        is_closed,
        nearest: nearest.iter().map(|alternative: &Alternative| alternative.start).collect(),
        parts: if free.is_none() { parts(&day, None, &|_| String::new()) } else { Vec::new() },
        time_url: time_url(&chosen.base, wish, Some(day.date), None),
        times: if chosen.line.deposit_cents > 0 || wish.is_visit() {
            Vec::new()
        } else {
            (2..=series::MOST_TIMES).collect()
        },
        takes_files: questions.iter().any(|question| question.kind == Kind::File),
        questions: Asked::all(&questions, &form.answers, Some(frame.lang)),
        form,
        service: chosen.line,
    };
    render(&visitor.state, &frame, status, "public/book_details", &content)
}

pub async fn create(reader: Reader, visitor: Result<Visitor>, filled: Result<Filled>) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, filled) = (visitor?, filled?);
            let mut form = BookingForm::read(&filled);
            if !form.show.is_empty() {
                visitor.state.take(READ, &visitor.ip).await?;
                return Box::pin(page(&reader, &visitor, form, None)).await;
            }
            let booked = match visitor.state.take(WRITE, &visitor.ip).await {
                Ok(()) => {
                    let hash = form.hash();
                    let flawed = form.answers.keep_files(&visitor).await?;
                    let form = &form;
                    settled(async || Box::pin(book(&reader, &visitor, form, hash, &flawed)).await).await
                }
                Err(problem) => {
                    // To show the form again is to read.
                    visitor.state.take(READ, &visitor.ip).await?;
                    Err(problem)
                }
            };
            let booked = booked.map_err(|problem| {
                let Some(wish) = form.choice().wish().ok().filter(|_| problem.code() == Code::NotFound)
                else {
                    return problem;
                };
                let anybody = wish.of_anybody();
                if (anybody.staff_id, anybody.then) == (wish.staff_id, wish.then) {
                    return problem;
                }
                // Who was chosen has left: somebody else may be free.
                form.staff_id.clear();
                form.then = anybody.then.to_string();
                Code::SlotUnavailable.into()
            });
            match booked {
                Ok(Booked::Asked(page)) => Ok(page),
                Ok(Booked::At(address)) => Ok(see(&address)),
                Err(problem)
                    if matches!(
                        problem.code(),
                        Code::SlotUnavailable
                            | Code::Invalid
                            | Code::PlanLimitReached
                            | Code::ContactTheBusiness
                            | Code::IdempotencyMismatch
                            | Code::TooManyRequests
                    ) =>
                {
                    if problem.code() == Code::IdempotencyMismatch {
                        // Somebody came back to the form of a booking that is made, for another one.
                        form.key = new_key();
                    }
                    let refused = refused(&reader, &visitor, &form, &problem).await?;
                    Box::pin(page(&reader, &visitor, form, Some(refused))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn refused(
    reader: &Reader,
    visitor: &Visitor,
    form: &BookingForm,
    problem: &Problem,
) -> Result<Refused> {
    let wish = form.choice().wish()?;
    let (tenant, questions) = visitor
        .tenant
        .read(async |tx| {
            Ok::<_, store::Error>((store::tenants::find(tx).await?, asked(tx, wish).await?.concat()))
        })
        .await?;
    let lang = reader.lang_of(&tenant);
    let mut names: Vec<(String, String)> =
        FIELDS.iter().map(|(pointer, name)| ((*pointer).to_owned(), (*name).to_owned())).collect();
    names.extend(questions.iter().map(Asked::field));
    let fields: Vec<(&str, &str)> =
        names.iter().map(|(pointer, name)| (pointer.as_str(), name.as_str())).collect();
    let text = reader.text(lang);
    let mut errors = flaws(problem, &fields, text)?;
    for question in &questions {
        let (_, name) = Asked::field(question);
        for flaw in errors.iter_mut().filter(|flaw| flaw.field == name) {
            // Which one it is, for who reads them all together.
            let label = question.wording(Some(lang)).label;
            let said = [("label", label.as_str()), ("text", flaw.text.as_str())];
            flaw.text = text.t_with("public-question-flaw", &said).map_err(|error| failed(&error))?;
        }
    }
    Ok(Refused { status: problem.status_code(), code: problem.code(), errors })
}

impl BookingForm {
    fn read(filled: &Filled) -> Self {
        Self {
            service_id: filled.text("service_id"),
            staff_id: filled.text("staff_id"),
            seats: filled.text("seats"),
            then: filled.text("then"),
            start: filled.text("start"),
            key: filled.text("key"),
            name: filled.text("name"),
            email: filled.text("email"),
            phone: filled.text("phone"),
            address: filled.text("address"),
            note: filled.text("note"),
            news: filled.text("news"),
            repeat: filled.text("repeat"),
            times: filled.text("times"),
            on_conflict: filled.text("on_conflict"),
            show: filled.text("show"),
            answers: AnswerForm::of(&filled.pairs, &filled.files),
            is_personal: false,
        }
    }

    /// Fills in who is signed in, if somebody is.
    async fn fill(&mut self, request: &HttpRequest, visitor: &Visitor) -> Result<()> {
        let Some(account) = signed_in(request, visitor).await? else { return Ok(()) };
        let id = account.session.customer_id;
        let customer = visitor.tenant.read(async |tx| store::customers::find(tx, id).await).await?;
        self.name = customer.name;
        self.email = customer.email;
        self.phone = customer.phone_e164.unwrap_or_default();
        self.is_personal = true;
        Ok(())
    }

    pub(super) fn choice(&self) -> Choice {
        Choice {
            service_id: self.service_id.clone(),
            staff_id: self.staff_id.clone(),
            seats: self.seats.clone(),
            then: self.then.clone(),
            ..Choice::default()
        }
    }

    fn start(&self) -> Option<DateTime<Utc>> {
        let start: DateTime<Utc> = self.start.parse().ok()?;
        domain::booking::check_start(start).is_ok().then_some(start)
    }

    /// What makes two forms the same.
    fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for value in [
            &self.service_id,
            &self.staff_id,
            &self.seats,
            &self.then,
            &self.start,
            &self.name,
            &self.email,
            &self.phone,
            &self.address,
            &self.note,
            &self.news,
            &self.repeat,
            &self.times,
            &self.on_conflict,
        ] {
            hash.update(value);
            hash.update([0]);
        }
        for said in self.answers.said() {
            hash.update(said);
            hash.update([0]);
        }
        hash.finalize().into()
    }
}

/// Books and answers where to go on.
async fn book(
    reader: &Reader,
    visitor: &Visitor,
    form: &BookingForm,
    hash: [u8; 32],
    flawed: &[FieldError],
) -> Result<Booked> {
    let wish = form.choice().wish()?;
    let start = form.start();
    let (tenant, service, questions) = visitor
        .tenant
        .read(async |tx| {
            let (tenant, offer, asked) =
                join!(store::tenants::find(tx), store::services::find(tx, wish.service_id), asked(tx, wish));
            Ok::<_, store::Error>((tenant?, offer?.service, asked?))
        })
        .await?;
    let mut answers = questions.iter().map(|asked| form.answers.given(asked));
    let draft = BookingDraft {
        service_id: wish.service_id,
        start: start.unwrap_or(visitor.now),
        staff_id: wish.staff_id,
        seats: wish.seats,
        name: form.name.clone(),
        email: form.email.clone(),
        phone: Some(form.phone.clone()),
        // Messages come in the language of the page.
        locale: reader.lang,
        timezone: reader.zone,
        notify: Notify { email: true, sms: false },
        // The terms: the page says so above its button.
        accepts: Consents { terms: true, marketing: !form.news.is_empty() },
        address: Some(form.address.clone()),
        note: Some(form.note.clone()),
        answers: answers.next().unwrap_or_default(),
        then: wish.then.iter().zip(answers).map(|(next, answers)| NextDraft { next, answers }).collect(),
    };
    // All that is wrong is told at once: the time, who it is for, and the answers.
    let mut errors = flawed.to_vec();
    if start.is_none() {
        errors.extend(Rejection::invalid("/start", "REQUIRED", "must be one of the times").errors);
    }
    let contact = draft.contact(&tenant.country);
    if let Err(flawed) = contact.and_then(|contact| service.location.address(contact.address)) {
        errors.extend(flawed.errors);
    }
    for asked in &questions {
        let given = form.answers.given(asked);
        let Err(answers) = intake::check(asked, &given, Answering::Customer, tenant.locale) else { continue };
        let is_told = |error: &FieldError| errors.iter().any(|known| known.pointer == error.pointer);
        let more: Vec<FieldError> = answers.errors.into_iter().filter(|error| !is_told(error)).collect();
        errors.extend(more);
    }
    if !errors.is_empty() {
        return Err(Rejection { errors, ..Code::Invalid.into() }.into());
    }
    // The form carries a key: sent twice, it books once.
    let key = Some(form.key.clone()).filter(|key| (1..=64).contains(&key.len()));
    let submission = Submission { body: (), key, hash };
    if let Some(rule) = series::rule(&form.repeat, &form.times) {
        return series::book(reader, visitor, form, draft, rule, &submission).await;
    }
    let answer = bookings::create(visitor, &submission, &draft).await?;
    let url = |place: &str| answer.body().pointer(place).and_then(serde_json::Value::as_str);
    // To the checkout first, where a deposit is waited for. Nobody pays in a frame: there the booking leads out to it.
    let pay_url = url("/deposit/pay_url").filter(|_| !reader.is_embedded);
    Ok(Booked::At(match pay_url {
        Some(url) => reader.onward(url, &[]),
        None => reader.onward(url("/manage_url").ok_or(Code::Internal)?, &[("done", "1")]),
    }))
}
