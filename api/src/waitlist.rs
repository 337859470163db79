//! The waitlist: joined by customers, seen and joined for them by members; what is offered is taken or left.

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};
use domain::hours::TimeOfDay;
use domain::id::{BookingId, ServiceId, StaffId, WaitlistEntryId};
use domain::locale::Locale;
use domain::waitlist::{Status, WaitlistDraft, Window};
use serde::{Deserialize, Serialize};
use store::bookings;
use store::waitlist::{self, Entry, Waiting};
use utoipa::{IntoParams, ToSchema};

use crate::bookings::{BookingView, CustomerBody, guess};
use crate::extract::{Caller, ManageBookings, Path, Query, Read, Submission, Visitor};
use crate::idempotency::Answer;
use crate::limit::WRITE;
use crate::list::PageQuestion;
use crate::problem::Result;
use crate::state::State;

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinWaitlist {
    service_id: ServiceId,
    /// Without it anybody who provides it.
    staff_id: Option<StaffId>,
    /// Of a group session, 1..=its capacity; 1.
    seats: Option<i32>,
    /// The first date on which they would come, in the tenant's zone.
    from: NaiveDate,
    /// The last one, within a year.
    to: NaiveDate,
    /// Not before that time of the day.
    #[schema(value_type = Option<String>, example = "09:00")]
    earliest: Option<TimeOfDay>,
    /// Beginning before that time of the day.
    #[schema(value_type = Option<String>, example = "12:00")]
    latest: Option<TimeOfDay>,
    customer: CustomerBody,
    /// Of messages; the tenant's.
    locale: Option<Locale>,
    /// Where to come; required where the service's `location` is `customer`. At most 500 characters.
    address: Option<String>,
    note: Option<String>,
}

impl JoinWaitlist {
    fn draft(&self) -> WaitlistDraft {
        WaitlistDraft {
            service_id: self.service_id,
            staff_id: self.staff_id,
            seats: self.seats.unwrap_or(1),
            window: Window { from: self.from, to: self.to, earliest: self.earliest, latest: self.latest },
            name: self.customer.name.clone(),
            email: self.customer.email.clone(),
            phone: self.customer.phone.clone(),
            locale: self.locale,
            address: self.address.clone(),
            note: self.note.clone(),
        }
    }
}

/// What somebody is told who joined.
#[derive(Serialize, ToSchema)]
pub struct WaitlistView {
    status: Status,
    service_id: ServiceId,
    staff_id: Option<StaffId>,
    seats: i32,
    from: NaiveDate,
    to: NaiveDate,
    #[schema(value_type = Option<String>)]
    earliest: Option<TimeOfDay>,
    #[schema(value_type = Option<String>)]
    latest: Option<TimeOfDay>,
    /// Where they see it and leave.
    manage_url: String,
    created_at: DateTime<Utc>,
}

impl WaitlistView {
    fn new(state: &State, entry: &Entry) -> Self {
        let Window { from, to, earliest, latest } = entry.window();
        Self {
            status: entry.status,
            service_id: entry.service_id,
            staff_id: entry.staff_id,
            seats: entry.seats,
            from,
            to,
            earliest,
            latest,
            manage_url: manage_url(state, entry),
            created_at: entry.created_at,
        }
    }
}

pub(crate) fn manage_url(state: &State, entry: &Entry) -> String {
    state.links.waitlist(entry.tenant_id, entry.id, entry.to_date)
}

/// What a member sees of who waits.
#[derive(Serialize, ToSchema)]
pub struct MemberWaitlistView {
    id: WaitlistEntryId,
    status: Status,
    service: WaitedService,
    /// Null: anybody who provides it.
    staff_id: Option<StaffId>,
    seats: i32,
    from: NaiveDate,
    to: NaiveDate,
    #[schema(value_type = Option<String>)]
    earliest: Option<TimeOfDay>,
    #[schema(value_type = Option<String>)]
    latest: Option<TimeOfDay>,
    customer: WaitingCustomer,
    address: Option<String>,
    note: Option<String>,
    /// What was offered.
    booking_id: Option<BookingId>,
    version: i64,
    created_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
struct WaitedService {
    id: ServiceId,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct WaitingCustomer {
    name: String,
    email: String,
    phone: Option<String>,
}

impl From<Waiting> for MemberWaitlistView {
    fn from(waiting: Waiting) -> Self {
        let Waiting { entry, service_name, .. } = waiting;
        let Window { from, to, earliest, latest } = entry.window();
        Self {
            id: entry.id,
            status: entry.status,
            service: WaitedService { id: entry.service_id, name: service_name },
            staff_id: entry.staff_id,
            seats: entry.seats,
            from,
            to,
            earliest,
            latest,
            customer: WaitingCustomer {
                name: entry.contact_name,
                email: entry.contact_email,
                phone: entry.contact_phone,
            },
            address: entry.address,
            note: entry.note,
            booking_id: entry.booking_id,
            version: entry.version,
            created_at: entry.created_at,
        }
    }
}

pub async fn join_public(visitor: Visitor, submission: Submission<JoinWaitlist>) -> Result<Answer> {
    visitor.state.take(WRITE, &visitor.ip).await?;
    let (draft, now, by) = (submission.body.draft(), visitor.now, visitor.by());
    visitor
        .once(&submission, async |tx| {
            let entry = waitlist::join(tx, &draft, &by, now).await?;
            Answer::created(&WaitlistView::new(&visitor.state, &entry))
        })
        .await
}

pub async fn join(caller: Caller<ManageBookings>, submission: Submission<JoinWaitlist>) -> Result<Answer> {
    let (draft, now, by) = (submission.body.draft(), caller.now, caller.by());
    caller
        .once(&submission, async |tx| {
            let id = waitlist::join(tx, &draft, &by, now).await?.id;
            Answer::created(&MemberWaitlistView::from(waitlist::find(tx, id).await?))
        })
        .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct WaitlistQuestion {
    status: Option<Status>,
    /// 1..=200; 50.
    limit: Option<i64>,
    /// From the page before.
    cursor: Option<String>,
}

/// In the order in which they asked.
pub async fn list(caller: Caller<Read>, Query(question): Query<WaitlistQuestion>) -> Result<HttpResponse> {
    let wanted = PageQuestion { limit: question.limit, cursor: question.cursor }.read()?;
    let list = async |tx: &mut store::TenantTx| {
        waitlist::list(tx, question.status, wanted.after, wanted.and_one()).await
    };
    let found: Vec<Waiting> = caller.tenant.read(list).await?;
    let page = wanted.page(found, |last| (last.entry.created_at, last.entry.id), MemberWaitlistView::from);
    Ok(HttpResponse::Ok().json(page))
}

/// What is kept for them is given back.
pub async fn destroy(caller: Caller<ManageBookings>, id: Path<WaitlistEntryId>) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    let leave = async |tx: &mut store::TenantTx| waitlist::leave(tx, *id, &by, now).await;
    Box::pin(caller.tenant.transaction(leave)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptOffer {
    /// The address that the offer went to.
    email: String,
}

pub async fn accept(
    visitor: Visitor,
    code: Path<String>,
    submission: Submission<AcceptOffer>,
) -> Result<Answer> {
    let (code, email) = guess(&visitor, &code, &submission.body.email).await?;
    let (now, by) = (visitor.now, visitor.by());
    visitor
        .once(&submission, async |tx| {
            let id = bookings::find_by_code(tx, &code, &email.key).await?.booking.id;
            Answer::ok(&BookingView::new(&visitor.state, bookings::accept(tx, id, &by, now).await?))
        })
        .await
}
