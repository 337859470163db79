//! Bookings: made, looked up and cancelled by customers; listed and cancelled by members.

pub mod desk;
mod view;
pub(crate) mod visit;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::booking::{BookingDraft, Charge, Notify, Status, parse_public_code};
use domain::contact::Email;
use domain::id::{BookingId, CustomerId, GroupSessionId, ServiceId, StaffId};
use domain::intake::{AllGiven, Given};
use domain::locale::Locale;
use domain::rejection::{Alternative, Code, Extra, Fields, Rejection};
use serde::Deserialize;
use store::audit::By;
use store::availability::{self, Wish};
use store::bookings::{self, Appointment, Booking, Filter};
use templates::{Invite, Method};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Caller, Json, ManageBookings, Path, Query, Read, Submission, Visitor};
use crate::idempotency::Answer;
use crate::limit::{LOOKUP, WRITE};
use crate::list::PageQuestion;
use crate::problem::{Problem, Result};
use crate::random;
use crate::reply::versioned;
use crate::state::State;

pub use desk::{
    BookingHistory, CloseBooking, CreateBookingForCustomer, UpdateBooking, WaiveFee, complete,
    create as create_for_customer, history, miss, update, waive_fee,
};
pub use view::{BookingView, MemberBookingView};
pub use visit::NextService;

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBooking {
    service_id: ServiceId,
    /// A start that availability lists.
    start: DateTime<Utc>,
    /// Without it anybody, the least busy first.
    staff_id: Option<StaffId>,
    /// Of a group session, 1..=its capacity; 1.
    seats: Option<i32>,
    customer: CustomerBody,
    notifications: Option<Notifications>,
    consents: Option<Consents>,
    /// Of messages; the tenant's.
    locale: Option<Locale>,
    /// Where the customer is. Messages print the zone the appointment takes place in.
    #[schema(value_type = Option<String>)]
    timezone: Option<Tz>,
    /// Where to come; required where the service's `location` is `customer`, else not kept. At most 500 characters.
    address: Option<String>,
    note: Option<String>,
    /// By the ids of the service's questions: a text, a number, true for a consent, a list for choices; of a file, the id that
    /// sending it answered.
    #[schema(value_type = Option<std::collections::HashMap<String, Given>>)]
    answers: Option<AllGiven>,
    /// What is done right after it, in the same visit, in this order; at most 4. All of it is booked or none.
    then: Option<Vec<NextService>>,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerBody {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) phone: Option<String>,
}

#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Notifications {
    /// True.
    email: Option<bool>,
    /// False.
    sms: Option<bool>,
}

#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consents {
    terms: Option<bool>,
    marketing: Option<bool>,
}

impl CreateBooking {
    pub(crate) fn draft(&self) -> BookingDraft {
        let notifications = self.notifications.clone().unwrap_or_default();
        let consents = self.consents.clone().unwrap_or_default();
        BookingDraft {
            service_id: self.service_id,
            start: self.start,
            staff_id: self.staff_id,
            seats: self.seats.unwrap_or(1),
            name: self.customer.name.clone(),
            email: self.customer.email.clone(),
            phone: self.customer.phone.clone(),
            locale: self.locale,
            timezone: self.timezone,
            notify: Notify {
                email: notifications.email.unwrap_or(true),
                sms: notifications.sms.unwrap_or(false),
            },
            accepts: domain::booking::Consents {
                terms: consents.terms.unwrap_or(false),
                marketing: consents.marketing.unwrap_or(false),
            },
            address: self.address.clone(),
            note: self.note.clone(),
            answers: self.answers.clone().unwrap_or_default(),
            then: visit::drafts(self.then.as_ref()),
        }
    }
}

pub fn manage_url(state: &State, booking: &Booking) -> String {
    state.links.manage(booking.tenant_id, booking.id, booking.ends_at)
}

pub async fn create_public(visitor: Visitor, submission: Submission<CreateBooking>) -> Result<Answer> {
    visitor.state.take(WRITE, &visitor.ip).await?;
    let draft = submission.body.draft();
    match create(&visitor, &submission, &draft).await {
        Err(problem) if problem.code() == Code::SlotUnavailable => {
            Err(with_alternatives(&visitor.tenant, &draft, visitor.now).await)
        }
        booked => booked,
    }
}

/// Books for a visitor, once for each key of `submission`, by the API or by a page.
pub(crate) async fn create<T>(
    visitor: &Visitor,
    submission: &Submission<T>,
    draft: &BookingDraft,
) -> Result<Answer> {
    let (now, by) = (visitor.now, visitor.by());
    let booked = under_a_code(async |random| {
        let create = async |tx: &mut store::TenantTx| {
            let appointment = bookings::create(tx, draft, random, &by, now).await?;
            Answer::created(&BookingView::new(&visitor.state, appointment))
        };
        visitor.once(submission, create).await
    });
    booked.await.map_err(told_to_a_customer)
}

/// Of the plan's limits a customer is told no more than that bookings are closed for now.
pub(crate) fn told_to_a_customer(problem: Problem) -> Problem {
    if problem.code() == Code::PlanLimitReached { Code::PlanLimitReached.into() } else { problem }
}

/// Books under a code made of a random number. One that is taken already is nobody's fault: another one.
pub(crate) async fn under_a_code<T>(book: impl AsyncFn(u32) -> Result<T>) -> Result<T> {
    for _ in 0..3 {
        match book(random::number()).await {
            Err(problem) if problem.code() == Code::PublicCodeTaken => {}
            booked => return booked,
        }
    }
    Err(Code::Unavailable.into())
}

/// The refusal of a start that is not free, with the nearest that are. Without them when they can't be read.
pub(crate) async fn with_alternatives(
    tenant: &store::Tenant,
    draft: &BookingDraft,
    now: DateTime<Utc>,
) -> Problem {
    let wish = Wish::for_service(draft.service_id).with_any(draft.staff_id).with_seats(draft.seats);
    let wish = wish.followed_by(draft.then().unwrap_or_default());
    let start = draft.start;
    let found: Result<Vec<Alternative>, store::Error> =
        tenant.read(async |tx| availability::alternatives(tx, wish, start, now).await).await;
    let alternatives = found.unwrap_or_else(|error| {
        tracing::warn!(%error, "no alternatives for a start that is not free");
        Vec::new()
    });
    Rejection::from(Code::SlotUnavailable).with(Extra::Alternatives { alternatives }).into()
}

#[derive(Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// As in the confirmation; case, spaces and dashes don't matter.
    #[schema(example = "SE-4F7K2M")]
    code: String,
    /// The address the booking was made with.
    email: String,
}

pub async fn lookup_public(visitor: Visitor, Json(body): Json<Lookup>) -> Result<HttpResponse> {
    show_to_customer(visitor, body).await
}

pub async fn show_public(visitor: Visitor, Query(query): Query<Lookup>) -> Result<HttpResponse> {
    show_to_customer(visitor, query).await
}

async fn show_to_customer(visitor: Visitor, lookup: Lookup) -> Result<HttpResponse> {
    let (code, email) = guess(&visitor, &lookup.code, &lookup.email).await?;
    let appointment =
        visitor.tenant.transaction(async |tx| bookings::find_by_code(tx, &code, &email.key).await).await?;
    Ok(HttpResponse::Ok().json(BookingView::new(&visitor.state, appointment)))
}

/// How much is cancelled.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelScope {
    /// The booking, with all of its visit.
    #[default]
    This,
    /// Of a visit of several services this one alone; members only.
    Service,
    /// This one and all after it that still stand.
    Later,
}

/// Cancels, and answers how that one stands.
pub(crate) async fn cancel_in(
    tx: &store::TenantTx,
    id: BookingId,
    scope: CancelScope,
    charge: Charge,
    by: &By,
    now: DateTime<Utc>,
) -> store::Result<Appointment> {
    match scope {
        CancelScope::This => return bookings::cancel(tx, id, charge, by, now).await,
        CancelScope::Service if by.is_customer() => {
            return Err(Rejection::invalid("/scope", "UNAVAILABLE", "is the business's alone").into());
        }
        CancelScope::Service => return bookings::cancel_service(tx, id, charge, by, now).await,
        CancelScope::Later => Box::pin(bookings::cancel_later(tx, id, charge, by, now)).await?,
    };
    bookings::find_visit(tx, id).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelByCode {
    email: String,
    reason: Option<String>,
    /// `this`. Of bookings that recur, `later` ones may go with it.
    scope: Option<CancelScope>,
}

pub async fn cancel_public(
    visitor: Visitor,
    code: Path<String>,
    submission: Submission<CancelByCode>,
) -> Result<Answer> {
    let (code, email) = guess(&visitor, &code, &submission.body.email).await?;
    let (now, by) = (visitor.now, visitor.by().because(submission.body.reason.as_deref())?);
    visitor
        .once(&submission, async |tx| {
            let id = bookings::find_by_code(tx, &code, &email.key).await?.booking.id;
            let scope = submission.body.scope.unwrap_or_default();
            let appointment = cancel_in(tx, id, scope, Charge::Fee, &by, now).await?;
            Answer::ok(&BookingView::new(&visitor.state, appointment))
        })
        .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ByEmail {
    email: String,
}

pub async fn calendar_public(
    visitor: Visitor,
    code: Path<String>,
    Query(query): Query<ByEmail>,
) -> Result<HttpResponse> {
    let (code, email) = guess(&visitor, &code, &query.email).await?;
    let (appointment, tenant) = visitor
        .tenant
        .transaction(async |tx| {
            let appointment = bookings::find_by_code(tx, &code, &email.key).await?;
            Ok::<_, store::Error>((appointment, store::tenants::find(tx).await?))
        })
        .await?;
    let manage_url = manage_url(&visitor.state, &appointment.booking);
    let method = if appointment.booking.status.stands() { Method::Request } else { Method::Cancel };
    let invite =
        Invite::of(&tenant, &appointment, method, visitor.state.links.public_url(), manage_url, visitor.now);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"booking.ics\""))
        .body(invite.to_ics()))
}

/// A code and an address as somebody gave them. What can't be either is no booking, and each try is counted, for the
/// address it comes from and for the code it is about.
pub(crate) async fn guess(visitor: &Visitor, code: &str, email: &str) -> Result<(String, Email)> {
    visitor.state.take(LOOKUP, &visitor.ip).await?;
    let code = parse_public_code(code).ok_or(Code::BookingNotFound)?;
    let email = Email::parse(email).map_err(|_no_address| Code::BookingNotFound)?;
    visitor.state.take(LOOKUP, &format!("{} {code}", visitor.tenant.id())).await?;
    Ok((code, email))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ListQuestion {
    /// Bookings that start then or later.
    from: Option<DateTime<Utc>>,
    /// Bookings that start before.
    to: Option<DateTime<Utc>>,
    status: Option<Status>,
    #[param(value_type = Option<String>)]
    staff_id: Option<StaffId>,
    #[param(value_type = Option<String>)]
    customer_id: Option<CustomerId>,
    /// The beginning of the code, or of words of the customer's name, address or number, or of the answers; at most 100 characters.
    q: Option<String>,
    /// Those with seats of one group session.
    #[param(value_type = Option<String>)]
    group_session_id: Option<GroupSessionId>,
    /// 1..=200; 50.
    limit: Option<i64>,
    /// From the page before.
    cursor: Option<String>,
}

pub async fn list(caller: Caller<Read>, Query(question): Query<ListQuestion>) -> Result<HttpResponse> {
    let wanted = PageQuestion { limit: question.limit, cursor: question.cursor }.read()?;
    let mut fields = Fields::default();
    for (name, time) in [("?from", question.from), ("?to", question.to)] {
        if let Some(time) = time {
            fields.year(name, time);
        }
    }
    let typed = question.q.unwrap_or_default();
    if typed.chars().nth(100).is_some() {
        fields.add("?q", "TOO_LONG", "must have at most 100 characters");
    }
    fields.finish()?;
    let words = domain::customer::wanted(&typed);
    let code = domain::booking::beginning_of_code(&typed);
    if words.is_empty() && code.is_none() && !typed.trim().is_empty() {
        return Ok(HttpResponse::Ok().json(wanted.page(Vec::new(), place, |one| one.booking.id)));
    }
    let filter = Filter {
        customer_id: question.customer_id,
        group_session_id: question.group_session_id,
        words,
        code,
        from: question.from,
        to: question.to,
        status: question.status,
        staff_id: question.staff_id,
        after: wanted.after,
        ..Filter::default()
    };
    let found =
        caller.tenant.transaction(async |tx| bookings::list(tx, &filter, wanted.and_one()).await).await?;
    let page = wanted.page(found, place, |one| caller.view(one));
    Ok(HttpResponse::Ok().json(page))
}

fn place(last: &Appointment) -> (DateTime<Utc>, BookingId) {
    (last.booking.starts_at, last.booking.id)
}

pub async fn show(caller: Caller<Read>, id: Path<BookingId>) -> Result<HttpResponse> {
    let appointment = caller.tenant.transaction(async |tx| bookings::find(tx, *id).await).await?;
    let version = appointment.booking.version;
    Ok(versioned(&caller.view(appointment), version))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelBooking {
    /// At most 2,000 characters: the customer reads it in the message and on their page, and the history tells it.
    reason: Option<String>,
    /// False. True: the customer cancels, and owes what the policy of the booking asks by now.
    charge_fee: Option<bool>,
    /// `this`. Of bookings that recur, `later` ones may go with it.
    scope: Option<CancelScope>,
}

/// Nothing is to be said: `{}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmBooking {}

pub async fn cancel(
    caller: Caller<ManageBookings>,
    id: Path<BookingId>,
    submission: Submission<CancelBooking>,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by().because(submission.body.reason.as_deref())?);
    caller
        .once(&submission, async |tx| {
            let charge =
                if submission.body.charge_fee.unwrap_or(false) { Charge::Fee } else { Charge::Nothing };
            let scope = submission.body.scope.unwrap_or_default();
            cancel_in(tx, *id, scope, charge, &by, now).await?;
            let appointment = bookings::find(tx, *id).await?;
            Answer::ok(&caller.view(appointment))
        })
        .await
}

pub async fn confirm(
    caller: Caller<ManageBookings>,
    id: Path<BookingId>,
    submission: Submission<ConfirmBooking>,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by());
    caller
        .once(&submission, async |tx| {
            bookings::confirm(tx, *id, &by, now).await?;
            let appointment = bookings::find(tx, *id).await?;
            Answer::ok(&caller.view(appointment))
        })
        .await
}
