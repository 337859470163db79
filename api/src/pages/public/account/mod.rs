//! What a customer who is signed in sees of theirs on the site of a tenant: what they booked, what they wait for, who they are.

pub mod sign_in;

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use chrono::{DateTime, NaiveDate, Utc};
use domain::booking::Status;
use domain::customer::CustomerDraft;
use domain::id::SeriesId;
use domain::locale::Locale;
use domain::rejection::Code;
use domain::waitlist;
use serde::{Deserialize, Serialize};
use store::bookings::{self, Appointment, Filter};
use store::customers::{self, accounts, consents};
use store::waitlist::Waiting;

use super::site::shop;
use crate::bookings::manage_url;
use crate::cookies;
use crate::customer_account::{Account, signed_in};
use crate::extract::{Query, Visitor};
use crate::limit::{READ, WRITE};
use crate::pages::form::{Flaw, Form, flaws};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see, see_with};
use crate::problem::{Problem, Result};

/// Most bookings that are shown: the latest.
const MOST: i64 = 200;

/// Where the API points, and the input that holds it, in the order of the form.
const FIELDS: &[(&str, &str)] = &[("/name", "name"), ("/phone", "phone")];

/// A booking as a line.
#[derive(Serialize)]
struct Booked {
    service_name: String,
    staff_name: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    zone: &'static str,
    status: Status,
    /// Where it is managed.
    url: String,
}

/// What is still ahead of bookings that recur.
#[derive(Serialize)]
struct Recurring {
    service_name: String,
    zone: &'static str,
    /// How many.
    count: usize,
    next: DateTime<Utc>,
    /// Where the next is managed, and all are listed.
    url: String,
}

#[derive(Serialize)]
struct Waits {
    service_name: String,
    staff_name: Option<String>,
    from: NaiveDate,
    to: NaiveDate,
    status: waitlist::Status,
    url: String,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    #[serde(skip_serializing)]
    csrf: String,
    name: String,
    phone: String,
    locale: String,
    /// Not empty: the tenant may send news.
    news: String,
}

#[derive(Serialize)]
struct Content {
    email: String,
    /// From the first to the last.
    upcoming: Vec<Booked>,
    /// From the last to the first, and what was cancelled.
    past: Vec<Booked>,
    series: Vec<Recurring>,
    waiting: Vec<Waits>,
    form: ProfileForm,
    errors: Vec<Flaw>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct After {
    /// They just asked for a link.
    sent: String,
}

/// The address of the account on the site that a request is for.
fn address(request: &HttpRequest) -> String {
    format!("/{}/account", request.match_info().get("tenant").unwrap_or_default())
}

pub async fn show(
    reader: Reader,
    visitor: Result<Visitor>,
    request: HttpRequest,
    after: Result<Query<After>>,
) -> HttpResponse {
    reader
        .answer(async {
            let visitor = visitor?;
            visitor.state.take(READ, &visitor.ip).await?;
            if let Some(account) = signed_in(&request, &visitor).await? {
                return Box::pin(page(&reader, &visitor, &account, None)).await;
            }
            let is_sent = after.is_ok_and(|Query(after)| after.sent == "1");
            sign_in::page(&reader, &visitor, is_sent).await
        })
        .await
}

/// The account; with what was typed and why it was refused, if it was.
async fn page(
    reader: &Reader,
    visitor: &Visitor,
    account: &Account,
    refused: Option<(ProfileForm, &Problem)>,
) -> Result<HttpResponse> {
    let (id, now) = (account.session.customer_id, visitor.now);
    let filter = Filter { customer_id: Some(id), latest_first: true, ..Filter::default() };
    let (tenant, logo, customer, figures, appointments, waiting) = visitor
        .tenant
        .read(async |tx| {
            let (tenant, logo) = shop(tx).await?;
            let customer = customers::find(tx, id).await?;
            let figures = customers::figures(tx, id, &tenant.currency, now).await?;
            let appointments = bookings::list(tx, &filter, MOST).await?;
            let waiting = store::waitlist::of_customer(tx, id).await?;
            Ok::<_, store::Error>((tenant, logo, customer, figures, appointments, waiting))
        })
        .await?;
    let (mut upcoming, past): (Vec<Appointment>, Vec<Appointment>) =
        appointments.into_iter().partition(|Appointment { booking, .. }| {
            let stands = matches!(booking.status, Status::Held | Status::Pending | Status::Confirmed);
            stands && booking.ends_at > now
        });
    upcoming.reverse();
    let booked = |Appointment { booking, staff_name, .. }: Appointment| Booked {
        service_name: booking.told_title(),
        url: reader.onward(&manage_url(&visitor.state, &booking), &[]),
        staff_name,
        starts_at: booking.starts_at,
        ends_at: booking.ends_at,
        zone: booking.timezone.name(),
        status: booking.status,
    };
    let waits = |Waiting { entry, told_name, staff_name, .. }: Waiting| Waits {
        service_name: told_name,
        staff_name,
        from: entry.from_date,
        to: entry.to_date,
        status: entry.status,
        url: reader.onward(&visitor.state.links.waitlist(entry.tenant_id, entry.id, entry.to_date), &[]),
    };
    let mut frame = reader.tenant_frame(&tenant, logo.as_ref());
    frame.csrf = Some(account.csrf());
    let text = reader.text(frame.lang);
    let status = refused.as_ref().map_or(StatusCode::OK, |(_, problem)| problem.status_code());
    let (form, errors) = if let Some((form, problem)) = refused {
        (form, flaws(problem, FIELDS, text)?)
    } else {
        let news = if figures.marketing_at.is_some() { "on" } else { "" };
        let form = ProfileForm {
            csrf: String::new(),
            name: customer.name,
            phone: customer.phone_e164.unwrap_or_default(),
            locale: customer.locale.name().to_owned(),
            news: news.to_owned(),
        };
        (form, Vec::new())
    };
    let content = Content {
        email: customer.email,
        series: recurring(reader, visitor, &upcoming),
        upcoming: upcoming.into_iter().map(booked).collect(),
        past: past.into_iter().map(booked).collect(),
        waiting: waiting.into_iter().map(waits).collect(),
        form,
        errors,
    };
    render(&visitor.state, &frame, status, "public/account", &content)
}

/// What recurs of these, which come from the first to the last.
fn recurring(reader: &Reader, visitor: &Visitor, upcoming: &[Appointment]) -> Vec<Recurring> {
    let mut series: BTreeMap<SeriesId, Recurring> = BTreeMap::new();
    for Appointment { booking, .. } in upcoming {
        let Some(id) = booking.series_id else { continue };
        let one = series.entry(id).or_insert_with(|| Recurring {
            service_name: booking.told_title(),
            zone: booking.timezone.name(),
            count: 0,
            next: booking.starts_at,
            url: reader.onward(&manage_url(&visitor.state, booking), &[]),
        });
        one.count += 1;
    }
    series.into_values().collect()
}

/// Changes who they are; their address is not changed here, for it is what they sign in by.
pub async fn update(
    reader: Reader,
    visitor: Result<Visitor>,
    request: HttpRequest,
    form: Result<Form<ProfileForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Form(form)) = (visitor?, form?);
            visitor.state.take(WRITE, &visitor.ip).await?;
            let address = address(&request);
            let Some(account) = signed_in(&request, &visitor).await? else { return Ok(see(&address)) };
            account.check(&form.csrf)?;
            match Box::pin(save(&visitor, &account, &form)).await {
                Ok(()) => Ok(see_with(&address, &Flash::ok("public-account-saved"))),
                Err(problem) if problem.code() == Code::Invalid => {
                    Box::pin(page(&reader, &visitor, &account, Some((form, &problem)))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn save(visitor: &Visitor, account: &Account, form: &ProfileForm) -> Result<()> {
    let (id, by, now) = (account.session.customer_id, visitor.by(), visitor.now);
    let change = |draft: CustomerDraft| CustomerDraft {
        name: form.name.clone(),
        phone: Some(form.phone.clone()),
        locale: Locale::from_name(&form.locale).unwrap_or(draft.locale),
        ..draft
    };
    Ok(visitor
        .tenant
        .transaction(async |tx| {
            customers::update(tx, id, change, None, &by, now).await?;
            consents::set_marketing(tx, id, !form.news.is_empty(), &by, now).await
        })
        .await?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignOutForm {
    csrf: String,
    /// Not empty: in all browsers.
    everywhere: String,
}

pub async fn sign_out(
    reader: Reader,
    visitor: Result<Visitor>,
    request: HttpRequest,
    form: Result<Form<SignOutForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Form(form)) = (visitor?, form?);
            visitor.state.take(WRITE, &visitor.ip).await?;
            let mut response = see_with(&address(&request), &Flash::ok("public-account-signed-out"));
            if let Some(account) = signed_in(&request, &visitor).await? {
                account.check(&form.csrf)?;
                let (session, now) = (&account.session, visitor.now);
                visitor
                    .tenant
                    .transaction(async |tx| {
                        if form.everywhere.is_empty() {
                            accounts::end(tx, session.id, now).await
                        } else {
                            accounts::end_all(tx, session.customer_id, now).await
                        }
                    })
                    .await?;
            }
            cookies::set(&mut response, &cookies::no_customer());
            Ok(response)
        })
        .await
}
