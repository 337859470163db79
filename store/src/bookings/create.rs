//! A booking made: by a customer or for one, of a named staff member, of anybody, or of all together.

use chrono::{DateTime, Days, TimeDelta, Utc, Weekday};
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::booking::lifecycle::HOLD;
use domain::booking::{self, BookingDraft, Consents, Contact, Status};
use domain::id::{BookingId, CustomerId, SeriesId, StaffId};
use domain::intake::Answering;
use domain::plan::{self, Feature, Limit};
use domain::rejection::Code;
use domain::slots::{Assigned, Load, least_loaded_first};
use domain::wall_clock::{self, Interval};
use futures_util::join;
use jobs::Job;

use super::time::{self, Place};
use super::visit::{self, Leg};
use super::{Appointment, Booking, happened, told_confirmed};
use crate::TenantTx;
use crate::audit::{self, By};
use crate::availability::{self, Catalogue, Provider, Wish};
use crate::customers;
use crate::error::{OnConstraint, Result};
use crate::events;
use crate::group_sessions;
use crate::intake;
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
    Box::pin(create_with(tx, Making::of(draft, random, by, now))).await
}

/// Keeps a time for somebody who waits for one, until then.
pub(crate) async fn create_offer(
    tx: &TenantTx,
    draft: &BookingDraft,
    kept_until: DateTime<Utc>,
    random: u32,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    let making = Making {
        kept_until: Some(kept_until),
        // Nobody is there to be asked.
        answering: Answering::Desk,
        ..Making::of(draft, random, By::SYSTEM, now)
    };
    Box::pin(create_with(tx, making)).await
}

/// A booking to be made, and how.
pub(super) struct Making<'a> {
    pub(super) draft: &'a BookingDraft,
    /// A member makes it: nobody's approval is waited for.
    pub(super) is_ours: bool,
    /// It is offered, and kept until then.
    pub(super) kept_until: Option<DateTime<Utc>>,
    /// It recurs: what is told is told of all together, and only the first one minds the horizon.
    pub(super) series_id: Option<SeriesId>,
    /// It is one service of a visit: what is told is told of all together.
    pub(super) leg: Option<Leg>,
    /// Who answers what the service asks.
    pub(super) answering: Answering,
    pub(super) internal_note: Option<String>,
    pub(super) random: u32,
    pub(super) by: &'a By,
    pub(super) now: DateTime<Utc>,
}

impl<'a> Making<'a> {
    /// As a customer books.
    pub(super) const fn of(draft: &'a BookingDraft, random: u32, by: &'a By, now: DateTime<Utc>) -> Self {
        Self {
            draft,
            is_ours: false,
            kept_until: None,
            series_id: None,
            leg: None,
            answering: Answering::Customer,
            internal_note: None,
            random,
            by,
            now,
        }
    }
}

pub(super) async fn create_with(tx: &TenantTx, making: Making<'_>) -> Result<Appointment> {
    let Making { draft, now, .. } = making;
    booking::check_start(draft.start)?;
    if !draft.then.is_empty() {
        return Box::pin(visit::create(tx, making)).await;
    }
    let mut wish = Wish::for_service(draft.service_id).with_seats(draft.seats);
    if making.series_id.is_some() {
        wish = wish.beyond_horizon();
    }
    if let Some(id) = draft.staff_id
        && let Some(catalogue) = named(tx, wish.with(id), id, draft.start).await?
    {
        let contact = draft.contact(&catalogue.tenant.country)?;
        draft.check_seats(catalogue.service.capacity)?;
        if !catalogue.offers(draft.start, now) {
            return Err(Code::SlotUnavailable.into());
        }
        return Box::pin(book(tx, catalogue, contact, Assigned::Named, making)).await;
    }
    // Read without the lock, to pass over who is taken already; the lock decides.
    let day = draft.start.date_naive();
    let mut team = availability::catalogue(tx, wish.with_any(draft.staff_id), (day, day)).await?;
    let contact = draft.contact(&team.tenant.country)?;
    draft.check_seats(team.service.capacity)?;
    if team.service.is_collective {
        let catalogue = everybody(tx, wish, &team, draft.start).await?;
        if !catalogue.offers(draft.start, now) {
            return Err(Code::SlotUnavailable.into());
        }
        return Box::pin(book(tx, catalogue, contact, Assigned::Everybody, making)).await;
    }
    if team.service.capacity > 1 {
        group_sessions::line_up(tx, draft.service_id, draft.start).await?;
    }
    team.read_taken(tx, Interval::new(draft.start, draft.start + TimeDelta::seconds(1))).await?;
    for (id, assigned) in candidates(tx, &team, draft.start, now).await? {
        // A savepoint, so that a candidate who is not free gives the lock back: two who look for anybody never hold one
        // and wait for the other's.
        (&mut tx.conn()).batch_execute("SAVEPOINT candidate").await?;
        time::raise(tx, &[id], &[draft.service_id]).await?;
        let catalogue = availability::around(tx, wish.with(id), id, draft.start).await?;
        if catalogue.offers(draft.start, now) {
            return Box::pin(book(tx, catalogue, contact, assigned, making)).await;
        }
        (&mut tx.conn())
            .batch_execute("ROLLBACK TO SAVEPOINT candidate; RELEASE SAVEPOINT candidate")
            .await?;
    }
    Err(Code::SlotUnavailable.into())
}

/// The lock on all who provide a collective service, and what is taken of their time.
pub(super) async fn everybody(
    tx: &TenantTx,
    wish: Wish,
    team: &Catalogue,
    start: DateTime<Utc>,
) -> Result<Catalogue> {
    let ids = team.staff_ids();
    let first = ids.as_slice().first().copied().ok_or(Code::SlotUnavailable)?;
    time::raise(tx, &ids, &[team.service.id]).await?;
    let catalogue = availability::around(tx, wish, first, start).await?;
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
    let (ids, services) = ([id], [wish.service_id]);
    let (savepoint, locked) = join!(savepoint, time::raise(tx, &ids, &services));
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
    // Who holds the group session already, the fullest first: no second one begins beside it.
    let mut holding: Vec<_> =
        catalogue.sessions_at(start).filter(|one| free.contains(&one.staff_id)).collect();
    holding.sort_by_key(|session| session.seats_left());
    let holding = holding.into_iter().map(|session| (session.staff_id, Assigned::Session));
    let others: Vec<_> =
        team.into_iter().filter(|member| holding.clone().all(|(id, _)| id != member.id)).collect();
    let others = if let [] | [_] = others.as_slice() {
        others.into_iter().map(|member| (member.id, Assigned::OnlyOne)).collect()
    } else {
        least_busy(tx, catalogue, &others, start).await?
    };
    Ok(holding.chain(others).collect())
}

/// These staff members, the least busy at that time first.
pub(super) async fn least_busy(
    tx: &TenantTx,
    catalogue: &Catalogue,
    team: &[&Provider],
    start: DateTime<Utc>,
) -> Result<Vec<(StaffId, Assigned)>> {
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
    let booked = availability::booked(tx, &ids, Interval::new(first.start, after.start)).await?;
    let mut loads: Vec<Load> = team
        .iter()
        .map(|member| {
            let own = booked.iter().filter(|(id, _)| *id == member.id).map(|(_, taken)| taken);
            let that_day = own.clone().filter(|taken| today.start <= taken.start && taken.start < today.end);
            let minutes = |taken: &Interval| (taken.end - taken.start).num_minutes();
            Load {
                staff: member.id,
                minutes_that_day: that_day.map(minutes).sum(),
                minutes_that_week: own.map(minutes).sum(),
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
/// wrote without the lock. The count of the plan comes last, of a visit with its first service: it is the row that all bookings
/// of a tenant share.
pub(super) async fn book(
    tx: &TenantTx,
    catalogue: Catalogue,
    contact: Contact,
    assigned: Assigned,
    making: Making<'_>,
) -> Result<Appointment> {
    let Making { draft, is_ours, kept_until, series_id, leg, answering, internal_note, random, by, now } =
        making;
    // Of a visit the first: it counts and expires once. What files take of the plan is counted after that, here as elsewhere.
    let is_first = leg.as_ref().is_none_or(|leg| leg.visit_id.is_none());
    let id = BookingId::mint(now);
    let visit_id = leg.as_ref().map(|leg| leg.visit_id.unwrap_or(id));
    let waits = leg.as_ref().map(|leg| (leg.status, leg.held_until));
    let place = match leg {
        Some(leg) => leg.place,
        None => Place::at(&catalogue, draft.start, now)?,
    };
    let room_id = place.room(&catalogue, draft.start);
    let ends_at = place.end(&catalogue, draft.start);
    let Catalogue { tenant, service, team, .. } = catalogue;
    let price_cents = service.price_cents * i64::from(draft.seats);
    // What is held for somebody who waited was asked when they joined.
    let address = match kept_until {
        Some(_until) => contact.address.filter(|_| service.location.is_at_customer()),
        None => service.location.address(contact.address)?,
    };
    let Some(member) = team.into_iter().next() else { return Err(Code::SlotUnavailable.into()) };
    let staff = member.staff;
    let deposit_cents = if tenant.plan.has(Feature::Deposits) {
        booking::deposit_cents(price_cents, service.deposit_basis_points)
    } else {
        0
    };
    let is_held = kept_until.is_some() || deposit_cents > 0;
    let (status, held_until) = waits.unwrap_or_else(|| match (is_ours, is_held, service.auto_confirm) {
        (false, true, _) => (Status::Held, Some(draft.start.min(kept_until.unwrap_or(now + HOLD)))),
        (false, false, false) => (Status::Pending, None),
        _ => (Status::Confirmed, None),
    });
    let locale = draft.locale.unwrap_or(tenant.locale);
    let mut booking = Booking {
        tenant_id: tx.tenant(),
        id,
        public_code: booking::public_code(&tenant.code_prefix, random),
        status,
        service_id: service.id,
        staff_id: staff.id,
        room_id,
        group_session_id: place.session().map(|session| session.id),
        series_id,
        visit_id,
        seats: draft.seats,
        customer_id: CustomerId(uuid::Uuid::nil()),
        starts_at: draft.start,
        ends_at,
        timezone: tenant.timezone,
        told_name: service.translations.get(locale).and_then(|words| words.name.clone()),
        service_name: service.name,
        duration_minutes: i32::try_from((ends_at - draft.start).num_minutes())
            .unwrap_or(service.duration_minutes),
        buffer_before_minutes: service.buffer_before_minutes,
        buffer_after_minutes: service.buffer_after_minutes,
        price_cents,
        deposit_cents,
        currency: tenant.currency,
        contact_name: contact.name,
        contact_email: contact.email.address.clone(),
        contact_email_key: contact.email.key.clone(),
        contact_phone: contact.phone_e164,
        locale,
        customer_timezone: draft.timezone,
        notify_email: draft.notify.email,
        notify_sms: draft.notify.sms,
        terms_accepted_at: draft.accepts.terms.then_some(now),
        marketing_accepted_at: draft.accepts.marketing.then_some(now),
        address,
        note: contact.note,
        internal_note,
        assigned: serde_json::to_value(assigned).ok(),
        answers: None,
        held_until,
        agreed_at: (status == Status::Confirmed).then_some(now),
        deposit_paid_at: None,
        policy: tenant.policy,
        fee_cents: 0,
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
    // What waits for its deposit or for approval is told when it is confirmed; what has begun is known to who came.
    let is_alone = series_id.is_none() && visit_id.is_none();
    let is_told = booking.status == Status::Confirmed && booking.starts_at > now && is_alone;
    let jobs = if is_told { told_confirmed(&booking) } else { Vec::new() };
    let expiring = async {
        match held_until.filter(|_until| is_first) {
            Some(until) => tx.enqueue_for(&[Job::ExpireHold { booking_id: booking.id }], until, now).await,
            None => Ok(()),
        }
    };
    let (email_key, phone) = (&booking.contact_email_key, booking.contact_phone.as_deref());
    let counting = async {
        let month = plan::month_of(now, tenant.timezone);
        if !is_first {
            return Ok(());
        }
        usage::raise(tx, tenant.plan, Limit::BookingsPerMonth, month, now).await.map(|_count| ())
    };
    let agreed = async {
        let said = if is_first { draft.accepts } else { Consents::default() };
        customers::consents::with_booking(tx, (booking.id, email_key), said, by, now).await
    };
    // The session before who sits in it.
    let asked = [service.id];
    let (asked, allowed, met, taken, inserted, agreed, happened, audited, enqueued, expiring, counted) = join!(
        intake::of_services(tx, &asked),
        customers::blocks::check(tx, is_ours, email_key, phone),
        customers::meet(
            tx,
            &booking.contact_name,
            &contact.email,
            booking.contact_phone.as_deref(),
            booking.locale,
            now
        ),
        time::take(tx, &booking, &place, now),
        insert(tx, &booking),
        agreed,
        events::record(tx, happened("booking.created", &booking), now),
        audit::record(tx, by, change, now),
        tx.enqueue(&jobs, now),
        expiring,
        counting,
    );
    // In the order they were sent: after the first error PostgreSQL refuses the rest for that alone.
    let questions = asked?.remove(&service.id).unwrap_or_default();
    allowed?;
    met?;
    taken?;
    booking.customer_id = inserted?;
    agreed?;
    happened?;
    audited?;
    enqueued?;
    expiring?;
    counted?;
    let answers = domain::intake::check(&questions, &draft.answers, answering, booking.locale)?;
    intake::answers::keep(tx, &mut booking, answers, tenant.plan, now).await?;
    Ok(Appointment::of(booking, staff.name))
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
