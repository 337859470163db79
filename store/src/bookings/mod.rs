//! Bookings: made, found, moved, cancelled. Races are decided by the lock on a staff member's schedule and, whatever happens,
//! by the exclusion constraint on allocations.

mod arrange;
mod counts;
mod create;
mod desk;
pub(crate) mod forget;
mod history;
mod hold;
mod list;
mod reschedule;
mod series;
mod time;
pub(crate) mod visit;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::{self, Act, Charge, Policy, Status, Terms};
use domain::id::{
    BookingId, CustomerId, GroupSessionId, RoomId, SeriesId, ServiceId, StaffId, TenantId, UserId,
};
use domain::locale::Locale;
use domain::rejection::{Code, Rejection};
use domain::slots::Assigned;
use domain::wall_clock::Interval;
use jobs::Job;
use serde::Serialize;
use uuid::Uuid;

use crate::TenantTx;
use crate::audit::{self, By};
use crate::error::Result;
use crate::events::{self, Happened};
use crate::schema::{bookings, staff};
use crate::staff::OptionalZone;
use crate::tenants::Zone;
use crate::waitlist;

pub use reschedule::{Move, reschedule, reschedule_with_visit};

/// The log has it without whom it is for and what people wrote: that is forgotten with its customer, the log is not.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = bookings, treat_none_as_default_value = false)]
pub struct Booking {
    pub tenant_id: TenantId,
    pub id: BookingId,
    pub public_code: String,
    pub status: Status,
    pub service_id: ServiceId,
    /// Of a collective service, the first of those who provide it.
    pub staff_id: StaffId,
    pub room_id: Option<RoomId>,
    /// The time is its own without one.
    pub group_session_id: Option<GroupSessionId>,
    /// Of those it recurs with.
    pub series_id: Option<SeriesId>,
    /// The first booking of the visit of several services that it is one of.
    pub visit_id: Option<BookingId>,
    pub seats: i32,
    /// Found by the address when it is inserted.
    #[diesel(skip_insertion)]
    #[serde(skip)]
    pub customer_id: CustomerId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    #[diesel(deserialize_as = Zone, serialize_as = Zone)]
    pub timezone: chrono_tz::Tz,
    pub service_name: String,
    /// The same in the language of its customer, where the tenant has said it in that.
    pub told_name: Option<String>,
    pub duration_minutes: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    /// Of all its seats, as the deposit.
    pub price_cents: i64,
    pub deposit_cents: i64,
    pub currency: String,
    #[serde(skip)]
    pub contact_name: String,
    #[serde(skip)]
    pub contact_email: String,
    #[serde(skip)]
    pub contact_email_key: String,
    #[serde(skip)]
    pub contact_phone: Option<String>,
    pub locale: Locale,
    #[diesel(deserialize_as = OptionalZone, serialize_as = OptionalZone)]
    pub customer_timezone: Option<chrono_tz::Tz>,
    pub notify_email: bool,
    pub notify_sms: bool,
    pub terms_accepted_at: Option<DateTime<Utc>>,
    pub marketing_accepted_at: Option<DateTime<Utc>>,
    /// Where to come, of what takes place at the customer's.
    #[serde(skip)]
    pub address: Option<String>,
    #[serde(skip)]
    pub note: Option<String>,
    /// Of members, for members.
    #[serde(skip)]
    pub internal_note: Option<String>,
    /// Why it is with them; [`Booking::assigned`] reads it. None of what was kept elsewhere.
    pub assigned: Option<serde_json::Value>,
    /// What the service asked, with its words then; [`Booking::answers`] reads it.
    #[serde(skip)]
    pub answers: Option<serde_json::Value>,
    /// Until when its deposit can be paid.
    pub held_until: Option<DateTime<Utc>>,
    /// When it was confirmed first.
    pub agreed_at: Option<DateTime<Utc>>,
    pub deposit_paid_at: Option<DateTime<Utc>>,
    /// The tenant's as it was when it was booked.
    pub policy: Policy,
    /// What the customer owes who cancelled late or stayed away; a deposit that was paid is a part of it.
    pub fee_cents: i64,
    pub sequence: i32,
    pub cancelled_at: Option<DateTime<Utc>>,
    #[serde(skip)]
    pub cancellation_reason: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

pub use arrange::{Arrangement, SECOND_THOUGHT, arrange};
pub use counts::{Figures, count_pending, explain_count_pending, figures, next};
pub use create::create;
pub(crate) use create::create_offer;
pub use desk::{Desk, annotate, close, create_at_desk, waive_fee};
pub use history::{Change, Facts, history};
pub use hold::{Hold, accept, expire, pay_deposit};
pub use list::{Filter, explain_list, list, list_standing, search};

pub use series::{
    Booked, Planned, Series, SeriesDraft, SeriesPlan, cancel_later, create_series, find_series, plan_series,
};
pub use visit::{Service as VisitService, find_for_customer, find_visit};

impl Booking {
    /// The time it takes from its staff member: the appointment and the buffers around it.
    pub fn taken(&self) -> Interval {
        let (start, end) = booking::taken(
            self.starts_at,
            self.ends_at,
            self.buffer_before_minutes,
            self.buffer_after_minutes,
        );
        Interval::new(start, end)
    }

    /// What its time is held by: itself, or its group session.
    pub const fn holder(&self) -> Uuid {
        match self.group_session_id {
            Some(session) => session.0,
            None => self.id.0,
        }
    }

    /// Until when its deposit can be paid, while that is waited for.
    pub fn payable_until(&self) -> Option<DateTime<Utc>> {
        self.held_until.filter(|_until| self.status == Status::Held && self.deposit_cents > 0)
    }

    /// Until when it can be taken by whom it is offered to, where nothing is to be paid.
    pub fn offered_until(&self) -> Option<DateTime<Utc>> {
        self.held_until.filter(|_until| self.status == Status::Held && self.deposit_cents == 0)
    }

    /// What cancelling, moving and staying away ask. As long as it is not agreed, they ask nothing; what was moved by the
    /// customer and is to be approved again had been agreed.
    pub fn terms(&self) -> Terms {
        let policy = if self.agreed_at.is_some() { self.policy } else { Policy::FREE };
        policy.terms(self.starts_at, policy.costs(self.price_cents, self.deposit_cents))
    }

    /// What was booked, with its seats where they are several: `Yoga × 3`.
    pub fn title(&self) -> String {
        self.titled(&self.service_name)
    }

    /// [`Booking::title`] in the language of its customer.
    pub fn told_title(&self) -> String {
        self.titled(self.told_name())
    }

    pub fn told_name(&self) -> &str {
        self.told_name.as_deref().unwrap_or(&self.service_name)
    }

    fn titled(&self, name: &str) -> String {
        match self.seats {
            ..=1 => name.to_owned(),
            seats => format!("{name} × {seats}"),
        }
    }

    /// Whether all who provide its service do so together, so that nobody was chosen.
    pub fn is_collective(&self) -> bool {
        self.assigned() == Some(Assigned::Everybody)
    }

    /// Why it is with whom it is, as far as that is known.
    pub fn assigned(&self) -> Option<Assigned> {
        serde_json::from_value(self.assigned.clone()?).ok()
    }
}

/// A booking with the name of who provides it: what pages and messages show.
#[derive(Clone, Debug)]
pub struct Appointment {
    pub booking: Booking,
    pub staff_name: String,
    /// Of a visit that is told as one booking, what it is made of; else nothing.
    pub services: Vec<visit::Service>,
}

impl Appointment {
    /// One by itself.
    pub(crate) const fn of(booking: Booking, staff_name: String) -> Self {
        Self { booking, staff_name, services: Vec::new() }
    }

    /// With services called as its customer knows them.
    #[must_use]
    pub fn as_told(mut self) -> Self {
        self.booking.service_name = self.booking.told_name().to_owned();
        for service in &mut self.services {
            service.service_name.clone_from(&service.told_name);
        }
        self
    }
}

/// What follows a confirmation: the summary, and the message if the customer wants one.
fn told_confirmed(booking: &Booking) -> Vec<Job> {
    let (booking_id, sequence) = (booking.id, booking.sequence);
    let mut jobs = vec![Job::MakeBookingSummary { booking_id, sequence }];
    if booking.notify_email {
        jobs.push(Job::SendBookingConfirmation { booking_id, sequence });
    }
    jobs
}

/// Confirms what waited for approval, or for a deposit that is done without, all of its visit, and tells the customer. Of two
/// who approve at once, the second finds it done.
pub async fn confirm(tx: &TenantTx, id: BookingId, by: &By, now: DateTime<Utc>) -> Result<Appointment> {
    let before = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    let first = before.as_slice().first().ok_or(Code::NotFound)?;
    let status = Act::Confirm.of(first.booking.status, first.booking.starts_at, now)?;
    let after = |before: &Booking| Booking {
        status,
        held_until: None,
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    Box::pin(hold::settle(tx, before, after, ("booking.confirmed", "booking.confirm"), by, now)).await
}

/// Cancels a booking, and all of its visit: gives the time back and tells the customer, with the reason. Customers are kept to
/// the policy they booked under, and never do without its fee.
pub async fn cancel(
    tx: &TenantTx,
    id: BookingId,
    charge: Charge,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    // The booking first, then the schedule it takes time from: a move might change whose that is.
    let before = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    Box::pin(cancel_all(tx, before, charge, by, now)).await
}

/// Cancels one service of a visit; the others stand, and the customer is told of both.
pub async fn cancel_service(
    tx: &TenantTx,
    id: BookingId,
    charge: Charge,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    let visit = Box::pin(visit::find_visit_for_update(tx, id)).await?;
    // What is left has its buffers back: the locks on whose time that is come with the others, in one order.
    visit::raise(tx, &visit).await?;
    let (this, rest): (Vec<_>, Vec<_>) = visit.into_iter().partition(|one| one.booking.id == id);
    let Ok(whole) = visit::whole(rest.clone()) else {
        return Box::pin(cancel_all(tx, this, charge, by, now)).await;
    };
    if whole.booking.status == Status::Held {
        let detail = "Its deposit is waited for, of all of the visit: cancel that.";
        return Err(Rejection::new(Code::BookingNotCancellable, detail).into());
    }
    let cancelled = Box::pin(cancel_all(tx, this, charge, by, now)).await?;
    let sequence = whole.booking.sequence.max(cancelled.booking.sequence);
    let jobs = visit::retold_without(tx, rest, sequence).await?;
    tx.enqueue(&jobs, now).await?;
    Ok(cancelled)
}

async fn cancel_all(
    tx: &TenantTx,
    before: Vec<Appointment>,
    charge: Charge,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    let whole = visit::whole(before.clone())?.booking;
    let status = Act::Cancel.of(whole.status, whole.starts_at, now)?;
    let terms = whole.terms();
    if by.is_customer() {
        terms.check_cancel(now)?;
    }
    // Asked once for all of it.
    let mut fee_cents = match charge {
        Charge::Fee => terms.late_cents(now),
        Charge::Nothing => 0,
    };
    visit::raise(tx, &before).await?;
    let mut cancelled = Vec::with_capacity(before.len());
    for Appointment { booking: before, staff_name, .. } in before {
        let after = Booking {
            status,
            cancelled_at: Some(now),
            cancellation_reason: by.reason().map(str::to_owned),
            fee_cents: std::mem::take(&mut fee_cents),
            sequence: whole.sequence + 1,
            version: before.version + 1,
            updated_at: now,
            ..before.clone()
        };
        write_cancelled(tx, &before, &after, by, now).await?;
        cancelled.push(Appointment::of(after, staff_name));
    }
    let whole = visit::whole(cancelled)?;
    let (booking_id, sequence) = (whole.booking.id, whole.booking.sequence);
    if whole.booking.notify_email {
        tx.enqueue(&[Job::SendBookingCancellation { booking_id, sequence }], now).await?;
    }
    Ok(whole)
}

async fn write_cancelled(
    tx: &TenantTx,
    before: &Booking,
    after: &Booking,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(bookings::table.find((tx.tenant(), after.id)))
        .set((
            bookings::status.eq(after.status),
            bookings::cancelled_at.eq(after.cancelled_at),
            bookings::cancellation_reason.eq(&after.cancellation_reason),
            bookings::fee_cents.eq(after.fee_cents),
            bookings::sequence.eq(after.sequence),
            bookings::version.eq(after.version),
            bookings::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    time::release(tx, before, now).await?;
    if before.status == Status::Held {
        waitlist::settle(tx, before, domain::waitlist::Status::Withdrawn, now).await?;
    }
    events::record(tx, happened("booking.cancelled", after), now).await?;
    let change = audit::Change {
        action: "booking.cancel",
        subject: after.id.0,
        before: Some(before),
        after: Some(after),
    };
    audit::record(tx, by, change, now).await
}

fn happened(name: &'static str, booking: &Booking) -> Happened {
    Happened {
        name,
        subject: booking.id.0,
        version: booking.version,
        data: serde_json::json!({
            "staff_id": booking.staff_id,
            "service_id": booking.service_id,
            "starts_at": booking.starts_at,
            "ends_at": booking.ends_at,
            "status": booking.status,
        }),
    }
}

/// Keys of two columns are no relation that diesel knows of.
#[diesel::dsl::auto_type]
fn with_staff() -> _ {
    let same_member = staff::tenant_id.eq(bookings::tenant_id).and(staff::id.eq(bookings::staff_id));
    bookings::table.inner_join(staff::table.on(same_member))
}

pub async fn find(tx: &TenantTx, id: BookingId) -> Result<Appointment> {
    let (booking, staff_name) = with_staff()
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .filter(bookings::id.eq(id))
        .select((Booking::as_select(), staff::name))
        .first(&mut tx.conn())
        .await?;
    Ok(Appointment::of(booking, staff_name))
}

async fn find_for_update(tx: &TenantTx, id: BookingId) -> Result<Appointment> {
    let booking: Booking = bookings::table
        .find((tx.tenant(), id))
        .select(Booking::as_select())
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?;
    let staff_name =
        staff::table.find((tx.tenant(), booking.staff_id)).select(staff::name).first(&mut tx.conn()).await?;
    Ok(Appointment::of(booking, staff_name))
}

/// By the code and the address it was made with, all of its visit as one. A wrong code and a wrong address are the same to the
/// caller.
pub async fn find_by_code(tx: &TenantTx, public_code: &str, email_key: &str) -> Result<Appointment> {
    let found: Option<(Booking, String)> = with_staff()
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .filter(bookings::public_code.eq(public_code))
        .select((Booking::as_select(), staff::name))
        .first(&mut tx.conn())
        .await
        .optional()?;
    match found {
        Some((booking, staff_name)) if booking.contact_email_key == email_key => {
            visit::of_customer(tx, Appointment::of(booking, staff_name)).await
        }
        _ => Err(Code::BookingNotFound.into()),
    }
}
