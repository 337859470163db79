//! A booking made: by a customer or for one, of a named staff member, of anybody, or of all together.

use chrono::{DateTime, Days, TimeDelta, Utc, Weekday};
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::booking::{self, BookingDraft, Contact, Status};
use domain::id::{BookingId, CustomerId, StaffId};
use domain::plan::{self, Limit};
use domain::rejection::Code;
use domain::slots::{Assigned, Load, least_loaded_first};
use domain::wall_clock::{self, Interval};
use futures_util::join;
use uuid::Uuid;

use super::{Appointment, Booking, happened, time, told_confirmed};
use crate::TenantTx;
use crate::audit::{self, By};
use crate::availability::{self, Catalogue, Wish};
use crate::customers;
use crate::error::{OnConstraint, Result};
use crate::events;
use crate::schema::{bookings, customer_addresses as addresses};
use crate::usage;

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
pub(super) struct Making<'a> {
    pub(super) draft: &'a BookingDraft,
    /// A member makes it: nobody's approval is waited for.
    pub(super) is_ours: bool,
    pub(super) internal_note: Option<String>,
    pub(super) random: u32,
    pub(super) by: &'a By,
    pub(super) now: DateTime<Utc>,
}

pub(super) async fn create_with(tx: &TenantTx, making: Making<'_>) -> Result<Appointment> {
    let Making { draft, now, .. } = making;
    booking::check_start(draft.start)?;
    let wish = Wish::for_service(draft.service_id);
    if let Some(id) = draft.staff_id
        && let Some(catalogue) = named(tx, wish.with(id), id, draft.start).await?
    {
        let contact = draft.contact(&catalogue.tenant.country)?;
        if !catalogue.offers(draft.start, now) {
            return Err(Code::SlotUnavailable.into());
        }
        return book(tx, catalogue, contact, Assigned::Named, making).await;
    }
    // Read without the lock, to pass over who is taken already; the lock decides.
    let day = draft.start.date_naive();
    let mut team = availability::catalogue(tx, wish.with_any(draft.staff_id), (day, day)).await?;
    let contact = draft.contact(&team.tenant.country)?;
    if team.service.is_collective {
        let catalogue = everybody(tx, &team, draft.start).await?;
        if !catalogue.offers(draft.start, now) {
            return Err(Code::SlotUnavailable.into());
        }
        return book(tx, catalogue, contact, Assigned::Everybody, making).await;
    }
    team.read_taken(tx, Interval::new(draft.start, draft.start + TimeDelta::seconds(1))).await?;
    for (id, assigned) in candidates(tx, &team, draft.start, now).await? {
        // A savepoint, so that a candidate who is not free gives the lock back: two who look for anybody never hold one
        // and wait for the other's.
        (&mut tx.conn()).batch_execute("SAVEPOINT candidate").await?;
        time::raise(tx, &[id], draft.service_id).await?;
        let catalogue = availability::around(tx, wish.with(id), id, draft.start).await?;
        if catalogue.offers(draft.start, now) {
            return book(tx, catalogue, contact, assigned, making).await;
        }
        (&mut tx.conn())
            .batch_execute("ROLLBACK TO SAVEPOINT candidate; RELEASE SAVEPOINT candidate")
            .await?;
    }
    Err(Code::SlotUnavailable.into())
}

/// The lock on all who provide a collective service, and what is taken of their time.
pub(super) async fn everybody(tx: &TenantTx, team: &Catalogue, start: DateTime<Utc>) -> Result<Catalogue> {
    let ids: Vec<StaffId> = team.team.iter().map(|member| member.staff.id).collect();
    let first = ids.as_slice().first().copied().ok_or(Code::SlotUnavailable)?;
    time::raise(tx, &ids, team.service.id).await?;
    let catalogue = availability::around(tx, Wish::for_service(team.service.id), first, start).await?;
    // Somebody joined them meanwhile, whose lock was not taken.
    let is_locked = catalogue.team.iter().all(|member| ids.contains(&member.staff.id));
    if is_locked { Ok(catalogue) } else { Err(Code::SlotUnavailable.into()) }
}

/// The lock on somebody who is asked for, and what is taken of their time. None of a collective service: of those who
/// provide it together nobody is chosen.
pub(super) async fn named(
    tx: &TenantTx,
    wish: Wish,
    id: StaffId,
    start: DateTime<Utc>,
) -> Result<Option<Catalogue>> {
    let mut conn = tx.conn();
    let savepoint = (&mut conn).batch_execute("SAVEPOINT named");
    // The lock alone: what is sent after it was granted reads what stays true until we commit.
    let ids = [id];
    let (savepoint, locked) = join!(savepoint, time::raise(tx, &ids, wish.service_id));
    savepoint?;
    locked?;
    let catalogue = availability::around(tx, wish, id, start).await?;
    if !catalogue.service.is_collective {
        return Ok(Some(catalogue));
    }
    // All of them are locked, ids ascending: this one would come out of turn.
    (&mut tx.conn()).batch_execute("ROLLBACK TO SAVEPOINT named").await?;
    Ok(None)
}

/// Who may be free at `start`, the least busy first, and why each would be chosen.
async fn candidates(
    tx: &TenantTx,
    catalogue: &Catalogue,
    start: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<(StaffId, Assigned)>> {
    let free: Vec<StaffId> = catalogue.ask(now, |demand, team| {
        let free = team.iter().filter(|agenda| demand.is_offered(&[**agenda], start, now));
        free.map(|agenda| agenda.staff).collect()
    });
    let team: Vec<_> =
        catalogue.team.iter().map(|member| &member.staff).filter(|one| free.contains(&one.id)).collect();
    if let [] | [_] = team.as_slice() {
        return Ok(team.into_iter().map(|member| (member.id, Assigned::OnlyOne)).collect());
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
                weight: member.weight,
                position: member.position,
            }
        })
        .collect();
    least_loaded_first(&mut loads);
    let free = u32::try_from(loads.len()).unwrap_or(u32::MAX);
    let why = |load: &Load| Assigned::LeastLoaded {
        free,
        minutes_that_day: load.minutes_that_day,
        minutes_that_week: load.minutes_that_week,
        weight: load.weight,
    };
    Ok(loads.iter().map(|load| (load.staff, why(load))).collect())
}

/// Writes it all in one flight. The lock is held and the time is free, so the constraint only ever speaks when somebody
/// wrote without the lock. The count of the plan comes last: it is the row that all bookings of a tenant share.
pub(super) async fn book(
    tx: &TenantTx,
    catalogue: Catalogue,
    contact: Contact,
    assigned: Assigned,
    making: Making<'_>,
) -> Result<Appointment> {
    let Making { draft, is_ours, internal_note, random, by, now } = making;
    let room_id = catalogue.free_room(draft.start);
    let Catalogue { tenant, service, team, .. } = catalogue;
    let resources: Vec<Uuid> =
        team.iter().map(|member| member.staff.id.0).chain(room_id.map(|room| room.0)).collect();
    let Some(member) = team.into_iter().next() else { return Err(Code::SlotUnavailable.into()) };
    let staff = member.staff;
    let mut booking = Booking {
        tenant_id: tx.tenant(),
        id: BookingId::mint(now),
        public_code: booking::public_code(&tenant.code_prefix, random),
        status: if service.auto_confirm || is_ours { Status::Confirmed } else { Status::Pending },
        service_id: service.id,
        staff_id: staff.id,
        room_id,
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
        assigned: serde_json::to_value(assigned).ok(),
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
    let (email_key, phone) = (&booking.contact_email_key, booking.contact_phone.as_deref());
    let (allowed, met, inserted, allocated, happened, audited, enqueued, counted) = join!(
        customers::blocks::check(tx, is_ours, email_key, phone),
        customers::meet(
            tx,
            &booking.contact_name,
            &contact.email,
            booking.contact_phone.as_deref(),
            booking.locale,
            now
        ),
        insert(tx, &booking),
        time::allocate(tx, &booking, &resources, now),
        events::record(tx, happened("booking.created", &booking), now),
        audit::record(tx, by, change, now),
        tx.enqueue(&jobs, now),
        usage::raise(tx, tenant.plan, Limit::BookingsPerMonth, plan::month_of(now, tenant.timezone), now),
    );
    // In the order they were sent: after the first error PostgreSQL refuses the rest for that alone.
    allowed?;
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
    // Locked, so that nobody is merged into another meanwhile.
    let customer = addresses::table
        .filter(addresses::tenant_id.eq(tx.tenant()))
        .filter(addresses::email_key.eq(booking.contact_email_key.clone()))
        .select(addresses::customer_id)
        .for_share()
        .single_value()
        .assume_not_null();
    diesel::insert_into(bookings::table)
        .values((booking.clone(), bookings::customer_id.eq(customer)))
        .returning(bookings::customer_id)
        .get_result(&mut tx.conn())
        .await
        .on_constraint("bookings_public_code", Code::PublicCodeTaken)
}
