//! Bookings: made, found, moved, cancelled. Races are decided by the lock on a staff member's schedule and, whatever happens,
//! by the exclusion constraint on allocations.

mod counts;
mod desk;
mod history;
mod list;
mod reschedule;

use chrono::{DateTime, Days, TimeDelta, Utc, Weekday};
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::booking::{self, BookingDraft, Contact, Status};
use domain::id::{AllocationId, BookingId, CustomerId, ServiceId, StaffId, TenantId, UserId};
use domain::locale::Locale;
use domain::plan::{self, Limit};
use domain::rejection::Code;
use domain::slots::{Load, least_loaded_first};
use domain::wall_clock::{self, Interval};
use futures_util::join;
use jobs::Job;
use serde::Serialize;

use crate::TenantTx;
use crate::audit::{self, By};
use crate::availability::{self, Catalogue, Wish};
use crate::customers;
use crate::error::{OnConstraint, Result};
use crate::events::{self, Happened};
use crate::schema::{allocations, bookings, customers as people, staff};
use crate::staff::{OptionalZone, raise_schedule};
use crate::tenants::Zone;
use crate::usage;

pub use reschedule::{Move, reschedule};

#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = bookings, treat_none_as_default_value = false)]
pub struct Booking {
    pub tenant_id: TenantId,
    pub id: BookingId,
    pub public_code: String,
    pub status: Status,
    pub service_id: ServiceId,
    pub staff_id: StaffId,
    /// Found by the address when it is inserted.
    #[diesel(skip_insertion)]
    pub customer_id: CustomerId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    #[diesel(deserialize_as = Zone, serialize_as = Zone)]
    pub timezone: chrono_tz::Tz,
    pub service_name: String,
    pub duration_minutes: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub price_cents: i64,
    pub deposit_cents: i64,
    pub currency: String,
    pub contact_name: String,
    pub contact_email: String,
    pub contact_email_key: String,
    pub contact_phone: Option<String>,
    pub locale: Locale,
    #[diesel(deserialize_as = OptionalZone, serialize_as = OptionalZone)]
    pub customer_timezone: Option<chrono_tz::Tz>,
    pub notify_email: bool,
    pub notify_sms: bool,
    pub terms_accepted_at: Option<DateTime<Utc>>,
    pub marketing_accepted_at: Option<DateTime<Utc>>,
    pub note: Option<String>,
    /// Of members, for members.
    pub internal_note: Option<String>,
    pub sequence: i32,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub cancellation_reason: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

pub use counts::{Figures, count_pending, explain_count_pending, figures, next};
pub use desk::{Desk, annotate, close, create_at_desk};
pub use history::{Change, Facts, history};
pub use list::{Filter, explain_list, list, list_standing, search};

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
}

/// A booking with the name of who provides it: what pages and messages show.
#[derive(Clone, Debug)]
pub struct Appointment {
    pub booking: Booking,
    pub staff_name: String,
}

/// Books. `random` makes the public code; on `Code::PublicCodeTaken` (one in a hundred thousand for a tenant of ten
/// thousand bookings) call again with another.
pub async fn create(
    tx: &TenantTx,
    draft: &BookingDraft,
    random: u32,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    create_with(tx, Making { draft, is_ours: false, internal_note: None, random, by, now }).await
}

/// A booking to be made, and how.
struct Making<'a> {
    draft: &'a BookingDraft,
    /// A member makes it: nobody's approval is waited for.
    is_ours: bool,
    internal_note: Option<String>,
    random: u32,
    by: &'a By,
    now: DateTime<Utc>,
}

async fn create_with(tx: &TenantTx, making: Making<'_>) -> Result<Appointment> {
    let Making { draft, now, .. } = making;
    booking::check_start(draft.start)?;
    let wish = Wish::for_service(draft.service_id);
    if let Some(id) = draft.staff_id {
        // The lock first, and alone: what is sent after it was granted reads what stays true until we commit.
        raise_schedule(tx, id).await?;
        let catalogue = availability::around(tx, wish.with(id), id, draft.start).await?;
        let contact = draft.contact(&catalogue.tenant.country)?;
        if !catalogue.offers(draft.start, now) {
            return Err(Code::SlotUnavailable.into());
        }
        return book(tx, catalogue, contact, making).await;
    }
    // Without the lock, to pass over who is taken already; the lock decides.
    let day = draft.start.date_naive();
    let mut team = availability::catalogue(tx, wish, (day, day)).await?;
    team.read_taken(tx, Interval::new(draft.start, draft.start + TimeDelta::seconds(1))).await?;
    let contact = draft.contact(&team.tenant.country)?;
    for id in candidates(tx, &team, draft.start, now).await? {
        // A savepoint, so that a candidate who is not free gives the lock back: two who look for anybody never hold one
        // and wait for the other's.
        (&mut tx.conn()).batch_execute("SAVEPOINT candidate").await?;
        raise_schedule(tx, id).await?;
        let catalogue = availability::around(tx, wish.with(id), id, draft.start).await?;
        if catalogue.offers(draft.start, now) {
            return book(tx, catalogue, contact, making).await;
        }
        (&mut tx.conn())
            .batch_execute("ROLLBACK TO SAVEPOINT candidate; RELEASE SAVEPOINT candidate")
            .await?;
    }
    Err(Code::SlotUnavailable.into())
}

/// Who may be free at `start`, the least busy first: fewest minutes booked that day, then that week, then their position.
async fn candidates(
    tx: &TenantTx,
    catalogue: &Catalogue,
    start: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<StaffId>> {
    let rules = catalogue.rules();
    let working = catalogue.team.iter().filter(|member| rules.is_offered(&member.agenda(), start, now));
    let team: Vec<_> = working.map(|member| &member.staff).collect();
    if let [] | [_] = team.as_slice() {
        return Ok(team.into_iter().map(|member| member.id).collect());
    }
    let zone = catalogue.tenant.timezone;
    let date = start.with_timezone(&zone).date_naive();
    let monday = date.week(Weekday::Mon).first_day();
    let (Some(today), Some(first), Some(after)) = (
        wall_clock::day(zone, date),
        wall_clock::day(zone, monday),
        monday.checked_add_days(Days::new(7)).and_then(|next| wall_clock::day(zone, next)),
    ) else {
        return Ok(Vec::new());
    };
    let ids: Vec<StaffId> = team.iter().map(|member| member.id).collect();
    let booked: Vec<(StaffId, DateTime<Utc>, i32)> = bookings::table
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .filter(bookings::staff_id.eq_any(ids))
        .filter(bookings::status.ne(Status::Cancelled))
        .filter(bookings::starts_at.ge(first.start))
        .filter(bookings::starts_at.lt(after.start))
        .select((bookings::staff_id, bookings::starts_at, bookings::duration_minutes))
        .load(&mut tx.conn())
        .await?;
    let mut loads: Vec<Load> = team
        .iter()
        .map(|member| {
            let own = booked.iter().filter(|(id, ..)| *id == member.id);
            let sum = |of: &mut dyn Iterator<Item = &(StaffId, DateTime<Utc>, i32)>| -> i64 {
                of.map(|(.., minutes)| i64::from(*minutes)).sum()
            };
            Load {
                staff: member.id,
                minutes_that_day: sum(&mut own
                    .clone()
                    .filter(|(_, at, _)| today.start <= *at && *at < today.end)),
                minutes_that_week: sum(&mut own.clone()),
                position: member.position,
            }
        })
        .collect();
    least_loaded_first(&mut loads);
    Ok(loads.into_iter().map(|load| load.staff).collect())
}

/// Writes it all in one flight. The lock is held and the time is free, so the constraint only ever speaks when somebody
/// wrote without the lock. The count of the plan comes last: it is the row that all bookings of a tenant share.
async fn book(
    tx: &TenantTx,
    catalogue: Catalogue,
    contact: Contact,
    making: Making<'_>,
) -> Result<Appointment> {
    let Making { draft, is_ours, internal_note, random, by, now } = making;
    let Catalogue { tenant, service, team, .. } = catalogue;
    let Some(member) = team.into_iter().next() else { return Err(Code::SlotUnavailable.into()) };
    let staff = member.staff;
    let mut booking = Booking {
        tenant_id: tx.tenant(),
        id: BookingId::mint(now),
        public_code: booking::public_code(&tenant.code_prefix, random),
        status: if service.auto_confirm || is_ours { Status::Confirmed } else { Status::Pending },
        service_id: service.id,
        staff_id: staff.id,
        customer_id: CustomerId(uuid::Uuid::nil()),
        starts_at: draft.start,
        ends_at: draft.start + TimeDelta::minutes(i64::from(service.duration_minutes)),
        timezone: tenant.timezone,
        service_name: service.name,
        duration_minutes: service.duration_minutes,
        buffer_before_minutes: service.buffer_before_minutes,
        buffer_after_minutes: service.buffer_after_minutes,
        price_cents: service.price_cents,
        deposit_cents: booking::deposit_cents(service.price_cents, service.deposit_basis_points),
        currency: tenant.currency,
        contact_name: contact.name,
        contact_email: contact.email.address.clone(),
        contact_email_key: contact.email.key.clone(),
        contact_phone: contact.phone_e164,
        locale: draft.locale.unwrap_or(tenant.locale),
        customer_timezone: draft.timezone,
        notify_email: draft.notify.email,
        notify_sms: draft.notify.sms,
        terms_accepted_at: draft.accepts.terms.then_some(now),
        marketing_accepted_at: draft.accepts.marketing.then_some(now),
        note: contact.note,
        internal_note,
        sequence: 0,
        cancelled_at: None,
        cancellation_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: by.user(),
    };
    let change: audit::Change<'_, (), _> = audit::Change {
        action: "booking.create",
        subject: booking.id.0,
        before: None,
        after: Some(&booking),
    };
    // What waits for approval is told when it is confirmed; what has begun is known to who came.
    let is_told = booking.status == Status::Confirmed && booking.starts_at > now;
    let jobs = if is_told { told_confirmed(&booking) } else { Vec::new() };
    let (met, inserted, allocated, happened, audited, enqueued, counted) = join!(
        customers::meet(
            tx,
            &booking.contact_name,
            &contact.email,
            booking.contact_phone.as_deref(),
            booking.locale,
            now
        ),
        insert(tx, &booking),
        allocate(tx, &booking, now),
        events::record(tx, happened("booking.created", &booking), now),
        audit::record(tx, by, change, now),
        tx.enqueue(&jobs, now),
        usage::raise(tx, tenant.plan, Limit::BookingsPerMonth, plan::month_of(now, tenant.timezone), now),
    );
    // In the order they were sent: after the first error PostgreSQL refuses the rest for that alone.
    met?;
    booking.customer_id = inserted?;
    allocated?;
    happened?;
    audited?;
    enqueued?;
    counted?;
    Ok(Appointment { booking, staff_name: staff.name })
}

async fn insert(tx: &TenantTx, booking: &Booking) -> Result<CustomerId> {
    let customer = people::table
        .filter(people::tenant_id.eq(tx.tenant()))
        .filter(people::email_key.eq(booking.contact_email_key.clone()))
        .select(people::id)
        .single_value()
        .assume_not_null();
    diesel::insert_into(bookings::table)
        .values((booking.clone(), bookings::customer_id.eq(customer)))
        .returning(bookings::customer_id)
        .get_result(&mut tx.conn())
        .await
        .on_constraint("bookings_public_code", Code::PublicCodeTaken)
}

async fn allocate(tx: &TenantTx, booking: &Booking, now: DateTime<Utc>) -> Result<()> {
    let taken = booking.taken();
    diesel::insert_into(allocations::table)
        .values((
            allocations::tenant_id.eq(tx.tenant()),
            allocations::id.eq(AllocationId::mint(now)),
            allocations::resource_id.eq(booking.staff_id),
            allocations::starts_at.eq(taken.start),
            allocations::ends_at.eq(taken.end),
            allocations::owner_kind.eq("booking"),
            allocations::owner_id.eq(booking.id),
        ))
        .execute(&mut tx.conn())
        .await
        .on_constraint("allocations_no_overlap", Code::SlotUnavailable)
        .map(|_one| ())
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

/// Confirms what waited for approval, and tells the customer. Of two who approve at once, the second finds it done.
pub async fn confirm(tx: &TenantTx, id: BookingId, by: &By, now: DateTime<Utc>) -> Result<Appointment> {
    let Appointment { booking: before, staff_name } = find_for_update(tx, id).await?;
    booking::may_confirm(before.status, before.starts_at, now)?;
    let after =
        Booking { status: Status::Confirmed, version: before.version + 1, updated_at: now, ..before.clone() };
    diesel::update(bookings::table.find((tx.tenant(), id)))
        .set((
            bookings::status.eq(after.status),
            bookings::version.eq(after.version),
            bookings::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    events::record(tx, happened("booking.confirmed", &after), now).await?;
    let change = audit::Change {
        action: "booking.confirm",
        subject: id.0,
        before: Some(&before),
        after: Some(&after),
    };
    audit::record(tx, by, change, now).await?;
    tx.enqueue(&told_confirmed(&after), now).await?;
    Ok(Appointment { booking: after, staff_name })
}

/// Cancels: gives the time back and tells the customer.
pub async fn cancel(
    tx: &TenantTx,
    id: BookingId,
    reason: Option<&str>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    let reason = match reason {
        Some(reason) => domain::text::lines(reason, 2_000)
            .map_err(|why| domain::rejection::Rejection::invalid("/reason", "INVALID", why.to_string()))?,
        None => None,
    };
    // The booking first, then the schedule it takes time from: a move might change whose that is.
    let Appointment { booking: before, staff_name } = find_for_update(tx, id).await?;
    booking::may_cancel(before.status, before.starts_at, now)?;
    raise_schedule(tx, before.staff_id).await?;
    let after = Booking {
        status: Status::Cancelled,
        cancelled_at: Some(now),
        cancellation_reason: reason,
        sequence: before.sequence + 1,
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    diesel::update(bookings::table.find((tx.tenant(), id)))
        .set((
            bookings::status.eq(after.status),
            bookings::cancelled_at.eq(after.cancelled_at),
            bookings::cancellation_reason.eq(&after.cancellation_reason),
            bookings::sequence.eq(after.sequence),
            bookings::version.eq(after.version),
            bookings::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    diesel::update(
        allocations::table
            .filter(allocations::tenant_id.eq(tx.tenant()))
            .filter(allocations::owner_id.eq(id.0))
            .filter(allocations::released_at.is_null()),
    )
    .set(allocations::released_at.eq(now))
    .execute(&mut tx.conn())
    .await?;
    events::record(tx, happened("booking.cancelled", &after), now).await?;
    let change =
        audit::Change { action: "booking.cancel", subject: id.0, before: Some(&before), after: Some(&after) };
    audit::record(tx, by, change, now).await?;
    if after.notify_email {
        tx.enqueue(&[Job::SendBookingCancellation { booking_id: id, sequence: after.sequence }], now).await?;
    }
    Ok(Appointment { booking: after, staff_name })
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
    Ok(Appointment { booking, staff_name })
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
    Ok(Appointment { booking, staff_name })
}

/// By the code and the address it was made with. A wrong code and a wrong address are the same to the caller.
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
            Ok(Appointment { booking, staff_name })
        }
        _ => Err(Code::BookingNotFound.into()),
    }
}
