//! A visit booked: somebody for each service, one after the other, all of it or none.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection;
use domain::booking::lifecycle::HOLD;
use domain::booking::{self, BookingDraft, Next, Status, Then};
use domain::id::{BookingId, ServiceId, StaffId};
use domain::plan::Feature;
use domain::rejection::{Code, Rejection};
use domain::slots::{Assigned, Slot};
use domain::wall_clock::Interval;

use super::{places, whole};
use crate::TenantTx;
use crate::availability::{self, Catalogue, Services, Wish};
use crate::bookings::create::{Making, book, least_busy};
use crate::bookings::time::{self, Place};
use crate::bookings::{Appointment, told_confirmed};
use crate::error::Result;

/// How often somebody else is looked for when another was faster.
const MOST_ROUNDS: usize = 100;

/// What a booking has of the visit that it is one service of.
pub(in crate::bookings) struct Leg {
    /// The first booking of the visit; none: it is this one.
    pub(in crate::bookings) visit_id: Option<BookingId>,
    pub(in crate::bookings) place: Place,
    /// Of the whole visit.
    pub(in crate::bookings) status: Status,
    pub(in crate::bookings) held_until: Option<DateTime<Utc>>,
}

/// Who does one of the services, and why they.
struct Choice {
    staff_id: Option<StaffId>,
    assigned: Assigned,
}

/// Books all services of the draft.
pub(in crate::bookings) async fn create(tx: &TenantTx, making: Making<'_>) -> Result<Appointment> {
    let (draft, now) = (making.draft, making.now);
    if draft.seats != 1 {
        return Err(
            Rejection::invalid("/seats", "OUT_OF_RANGE", "must be 1 in a visit of several services").into()
        );
    }
    let wish = Wish::for_service(draft.service_id).with_any(draft.staff_id).followed_by(draft.then()?);
    let day = (draft.start.date_naive(), draft.start.date_naive());
    let window = Interval::new(draft.start, draft.start + TimeDelta::seconds(1));
    for _ in 0..MOST_ROUNDS {
        // Read without the locks, to know whose are needed; the locks decide.
        let mut services = availability::services(tx, wish, day).await?;
        let contact = draft.contact(&country(&services))?;
        services.read_taken(tx, window).await?;
        let visit = services.visit(draft.start, now).ok_or(Code::SlotUnavailable)?;
        let chosen = choose(tx, &services, &visit.legs).await?;
        let staff = services.each.iter().zip(&chosen).flat_map(|(service, choice)| match choice.staff_id {
            Some(id) => vec![id],
            None => service.staff_ids(),
        });
        let staff: Vec<StaffId> = staff.collect();
        let ids: Vec<ServiceId> = services.each.iter().map(|service| service.service.id).collect();
        (&mut tx.conn()).batch_execute("SAVEPOINT visit").await?;
        time::raise(tx, &staff, &ids).await?;
        let mut locked = availability::services(tx, with(wish, &chosen)?, day).await?;
        locked.read_taken(tx, window).await?;
        let team = locked.each.iter().flat_map(|service| &service.team);
        // Somebody joined those who do a service together, whose lock was not taken.
        let is_locked = team.into_iter().all(|member| staff.contains(&member.staff.id));
        if is_locked && locked.visit(draft.start, now).is_some() {
            return Box::pin(write(tx, locked, chosen, contact, making)).await;
        }
        // Somebody was faster: who is left is looked for without them. Each round has lost to a booking that stands.
        (&mut tx.conn()).batch_execute("ROLLBACK TO SAVEPOINT visit; RELEASE SAVEPOINT visit").await?;
    }
    Err(Code::SlotUnavailable.into())
}

fn country(services: &Services) -> String {
    services.each.as_slice().first().map(|service| service.tenant.country.clone()).unwrap_or_default()
}

/// The same with somebody for each.
fn with(wish: Wish, chosen: &[Choice]) -> Result<Wish> {
    let mut staff = chosen.iter().map(|choice| choice.staff_id);
    let first = staff.next().flatten();
    let next = |(next, staff_id): (Next, _)| Next { staff_id, ..next };
    let then = Then::new(wish.then.iter().zip(staff).map(next)).map_err(|why| why.at("/then"))?;
    Ok(wish.with_any(first).followed_by(then))
}

/// Somebody for each service: whoever was asked for, else whoever can stay with the customer, else whoever has the least to
/// do.
async fn choose(tx: &TenantTx, services: &Services, slots: &[Slot]) -> Result<Vec<Choice>> {
    let mut chosen: Vec<Choice> = Vec::with_capacity(slots.len());
    for (place, (service, slot)) in services.each.iter().zip(slots).enumerate() {
        if service.service.is_collective {
            chosen.push(Choice { staff_id: None, assigned: Assigned::Everybody });
            continue;
        }
        if service.is_named {
            let staff_id = slot.staff_ids.as_slice().first().copied();
            chosen.push(Choice { staff_id, assigned: Assigned::Named });
            continue;
        }
        let before = chosen.iter().rev().find_map(|choice| choice.staff_id);
        if let Some(id) = before.filter(|id| slot.staff_ids.contains(id)) {
            chosen.push(Choice { staff_id: Some(id), assigned: Assigned::Along });
            continue;
        }
        // Those who can do the rest, too, if anybody can.
        let rest: Vec<&Slot> = slots.iter().skip(place + 1).collect();
        let stays = |id: &StaffId| rest.iter().all(|slot| slot.staff_ids.contains(id));
        let (along, others): (Vec<StaffId>, Vec<StaffId>) = slot.staff_ids.iter().copied().partition(stays);
        let free = if along.is_empty() { others } else { along };
        let team: Vec<_> =
            service.team.iter().map(|member| &member.staff).filter(|one| free.contains(&one.id)).collect();
        let (id, assigned) = match team.as_slice() {
            [] => return Err(Code::SlotUnavailable.into()),
            [only] => (only.id, Assigned::OnlyOne),
            team => {
                let ordered = least_busy(tx, service, team, slot.start).await?;
                ordered.into_iter().next().ok_or(Code::SlotUnavailable)?
            }
        };
        chosen.push(Choice { staff_id: Some(id), assigned });
    }
    Ok(chosen)
}

async fn write(
    tx: &TenantTx,
    services: Services,
    chosen: Vec<Choice>,
    contact: booking::Contact,
    making: Making<'_>,
) -> Result<Appointment> {
    let (draft, now) = (making.draft, making.now);
    let starts = services.starts(draft.start);
    let places = places(&services, &starts);
    let status = status(&services, making.is_ours);
    let held_until = (status == Status::Held).then(|| draft.start.min(now + HOLD));
    let mut booked: Vec<Appointment> = Vec::with_capacity(places.len());
    let each = services.each.into_iter().zip(chosen).zip(starts).zip(places).enumerate();
    for (at, (((service, choice), start), place)) in each {
        let one = one(draft, at, start, choice.staff_id);
        let leg = Leg {
            visit_id: booked.as_slice().first().map(|first| first.booking.id),
            place,
            status,
            held_until,
        };
        let making = Making {
            draft: &one,
            leg: Some(leg),
            // Each needs a code of its own.
            random: making.random.wrapping_add(u32::try_from(at).unwrap_or(0).wrapping_mul(0x9E37_79B9)),
            internal_note: making.internal_note.clone().filter(|_| at == 0),
            ..making
        };
        booked.push(Box::pin(book(tx, service, contact.clone(), choice.assigned, making)).await?);
    }
    let whole = whole(booked)?;
    if whole.booking.status == Status::Confirmed && whole.booking.starts_at > now {
        tx.enqueue(&told_confirmed(&whole.booking), now).await?;
    }
    Ok(whole)
}

/// All of it waits for what any of it waits for.
fn status(services: &Services, is_ours: bool) -> Status {
    let has_deposit = |service: &Catalogue| {
        let Catalogue { tenant, service, .. } = service;
        tenant.plan.has(Feature::Deposits)
            && booking::deposit_cents(service.price_cents, service.deposit_basis_points) > 0
    };
    if is_ours {
        Status::Confirmed
    } else if services.each.iter().any(has_deposit) {
        Status::Held
    } else if services.each.iter().any(|service| !service.service.auto_confirm) {
        Status::Pending
    } else {
        Status::Confirmed
    }
}

/// The draft of one of its services.
fn one(draft: &BookingDraft, at: usize, start: DateTime<Utc>, staff_id: Option<StaffId>) -> BookingDraft {
    let next = at.checked_sub(1).and_then(|at| draft.then.get(at));
    let (service_id, answers) = match next {
        Some(next) => (next.next.service_id, next.answers.clone()),
        None => (draft.service_id, draft.answers.clone()),
    };
    // What the customer writes is written once.
    let note = draft.note.clone().filter(|_| at == 0);
    BookingDraft { service_id, start, staff_id, answers, note, then: Vec::new(), ..draft.clone() }
}
