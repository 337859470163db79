//! When a service can be booked: reads what the slot engine needs, in two flights, and asks it.

mod catalogue;
mod shelf;
mod taken;
mod team;
mod usual;
mod visits;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::booking::{Next, Then};
use domain::id::{BookingId, ServiceId, StaffId};
use domain::plan::{self, Limit, Plan};
use domain::rejection::Alternative;
use domain::slots::{self, Agenda, Slot};
use domain::wall_clock::{self, Interval};
use futures_util::join;
use uuid::Uuid;

pub use self::catalogue::{Bookable, Catalogue, Terms};
pub(crate) use self::catalogue::{around, around_but, catalogue};
pub use self::shelf::{Book, Look, Outcome, Shelf};
pub(crate) use self::taken::booked;
#[doc(hidden)]
pub use self::taken::explain_taken;
pub(crate) use self::team::everybody;
pub use self::team::{Provider, TeamMember};
pub use self::usual::usual_day;
pub(crate) use self::visits::{Services, services};
use crate::TenantTx;
use crate::bookings::{self, Booking};
use crate::error::Result;
use crate::group_sessions;
use crate::usage;

/// Longest time that one allocation takes: the table checks it, so who looks for overlaps looks back no further.
pub const MAX_ALLOCATION: TimeDelta = TimeDelta::hours(24);

/// How far before a window the grid of its first range may begin, in dates of any zone.
const REACH_BEFORE: Days = Days::new(16);

/// How far after a window what starts in it may end, in dates of any zone.
const REACH_AFTER: Days = Days::new(3);

/// What somebody looks for: a service, of one staff member or of anybody.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub service_id: ServiceId,
    pub staff_id: Option<StaffId>,
    /// From 1 on; more than a service has are never free.
    pub seats: i32,
    /// What is done right after it, in the same visit.
    pub then: Then,
    /// Whatever the horizon of the service.
    is_beyond_horizon: bool,
    moved: Option<Moved>,
}

/// What a booking that looks for another time leaves behind, and what it needs.
#[derive(Clone, Copy, Debug)]
struct Moved {
    booking: BookingId,
    /// It is one of several of a visit, which all move.
    is_visit: bool,
    /// What holds the time that is free to it: itself, or the group session of which it has all seats that are taken.
    frees: Option<Uuid>,
    staff_id: StaffId,
    start: DateTime<Utc>,
    duration_minutes: i32,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
    /// A member looks, who need not keep to what is offered.
    at_desk: bool,
}

impl Wish {
    /// Of anybody who provides it.
    pub const fn for_service(service_id: ServiceId) -> Self {
        let then = Then::NONE;
        Self { service_id, staff_id: None, seats: 1, then, is_beyond_horizon: false, moved: None }
    }

    /// Another time for a booking, of anybody who provides its service. What it alone takes now is free to it, and it lasts
    /// what it was booked for, whatever the service has become. Where it is already is none of the times. A visit moves as a
    /// whole, and everybody stays with what they do of it.
    pub async fn to_move(tx: &TenantTx, booking: &Booking) -> Result<Self> {
        let alone = Self::to_move_alone(tx, booking).await?;
        let is_visit = bookings::visit::is_of_several(tx, booking).await?;
        Ok(Self { moved: alone.moved.map(|moved| Moved { is_visit, ..moved }), ..alone })
    }

    /// The same of a booking by itself, whatever else is done in its visit.
    pub async fn to_move_alone(tx: &TenantTx, booking: &Booking) -> Result<Self> {
        let is_shared = match booking.group_session_id {
            Some(session) => group_sessions::find(tx, session).await?.seats_taken > booking.seats,
            None => false,
        };
        let own = Self::of_own_time(booking);
        let moved = own.moved.map(|moved| Moved { frees: moved.frees.filter(|_holder| !is_shared), ..moved });
        Ok(Self { moved, ..own })
    }

    /// The same of a booking that shares its time with nobody.
    fn of_own_time(booking: &Booking) -> Self {
        let moved = Moved {
            booking: booking.id,
            is_visit: false,
            frees: Some(booking.holder()),
            staff_id: booking.staff_id,
            start: booking.starts_at,
            duration_minutes: booking.duration_minutes,
            buffer_before_minutes: booking.buffer_before_minutes,
            buffer_after_minutes: booking.buffer_after_minutes,
            at_desk: false,
        };
        Self { moved: Some(moved), ..Self::for_service(booking.service_id).with_seats(booking.seats) }
    }

    /// Nothing stands already that would move.
    const fn is_new(&self) -> bool {
        self.moved.is_none()
    }

    /// Of a booking that a member moves: whatever the notice and the horizon, and every five minutes.
    #[must_use]
    pub(crate) fn at_desk(self) -> Self {
        Self { moved: self.moved.map(|moved| Moved { at_desk: true, ..moved }), ..self }
    }

    /// So many seats of a group session.
    #[must_use]
    pub const fn with_seats(self, seats: i32) -> Self {
        Self { seats, ..self }
    }

    /// With what is done right after it.
    #[must_use]
    pub const fn followed_by(self, then: Then) -> Self {
        Self { then, ..self }
    }

    /// All that is done, in its order.
    pub fn services(&self) -> impl Iterator<Item = ServiceId> {
        std::iter::once(self.service_id).chain(self.then.iter().map(|next| next.service_id))
    }

    /// Of several services.
    pub fn is_visit(&self) -> bool {
        !self.then.is_empty() || self.moved.is_some_and(|moved| moved.is_visit)
    }

    /// A wish for each service of a visit.
    fn each(self) -> impl Iterator<Item = Self> {
        let next = |Next { service_id, staff_id }| Self { service_id, staff_id, then: Then::NONE, ..self };
        std::iter::once(Self { then: Then::NONE, ..self })
            .chain(self.then.iter().map(next).collect::<Vec<_>>())
    }

    /// Whoever it was asked of.
    #[must_use]
    pub fn of_anybody(self) -> Self {
        let next = |next: Next| Next { staff_id: None, ..next };
        let then = Then::new(self.then.iter().map(next)).unwrap_or(self.then);
        Self { staff_id: None, then, ..self }
    }

    /// As far ahead as there are horizons.
    #[must_use]
    pub const fn beyond_horizon(self) -> Self {
        Self { is_beyond_horizon: true, ..self }
    }

    /// Of this staff member alone.
    #[must_use]
    pub const fn with(self, staff_id: StaffId) -> Self {
        Self { staff_id: Some(staff_id), ..self }
    }

    /// Of this staff member alone, if one is named.
    #[must_use]
    pub const fn with_any(self, staff_id: Option<StaffId>) -> Self {
        Self { staff_id, ..self }
    }
}

/// The slots of one date.
#[derive(Debug)]
pub struct Day {
    pub date: NaiveDate,
    /// The zone that the date is one of.
    pub timezone: Tz,
    /// False: the tenant takes no bookings for now, so there are no slots.
    pub is_open: bool,
    /// How many seats a group session of the service has; 1: there are none.
    pub capacity: i32,
    pub slots: Vec<Slot>,
}

/// Whether the tenant's plan lets it take one more booking this month.
async fn is_open(tx: &TenantTx, tenant: &Terms, now: DateTime<Utc>) -> Result<bool> {
    takes_bookings(tx, tenant.plan, tenant.timezone, now).await
}

/// Whether a tenant on this plan, in this zone, may take one more booking this month.
pub async fn takes_bookings(tx: &TenantTx, plan: Plan, timezone: Tz, now: DateTime<Utc>) -> Result<bool> {
    match plan.allowance(Limit::BookingsPerMonth) {
        None => Ok(true),
        Some(max) => {
            let month = plan::month_of(now, timezone);
            Ok(usage::used(tx, Limit::BookingsPerMonth, month).await? < max)
        }
    }
}

/// The slots of one date. The date is one of `viewer`'s, or of the tenant's zone: a viewer's zone only regroups.
pub async fn day(
    tx: &TenantTx,
    wish: Wish,
    date: NaiveDate,
    viewer: Option<Tz>,
    now: DateTime<Utc>,
) -> Result<Day> {
    if wish.is_visit() {
        return Box::pin(visits::day(tx, wish, date, viewer, now)).await;
    }
    let window = |zone| wall_clock::day(viewer.unwrap_or(zone), date);
    if let Some(weeks) = shelf::weeks(tx, wish, window, now).await? {
        let timezone = viewer.unwrap_or(weeks.timezone);
        let window = window(timezone).filter(|_| weeks.is_open);
        let slots = window.iter().flat_map(|window| weeks.ask(wish, *window, now));
        let slots = slots.flat_map(|(known, asked)| known.slots(asked)).collect();
        return Ok(Day { date, timezone, is_open: weeks.is_open, capacity: weeks.capacity(), slots });
    }
    day_of(tx, catalogue(tx, wish, (date, date)).await?, date, viewer, now).await
}

async fn day_of(
    tx: &TenantTx,
    mut catalogue: Catalogue,
    date: NaiveDate,
    viewer: Option<Tz>,
    now: DateTime<Utc>,
) -> Result<Day> {
    let timezone = viewer.unwrap_or(catalogue.tenant.timezone);
    let capacity = catalogue.service.capacity;
    let Some(window) = wall_clock::day(timezone, date) else {
        return Ok(Day { date, timezone, is_open: true, capacity, slots: Vec::new() });
    };
    let tenant = catalogue.tenant.clone();
    let (read, open) = join!(catalogue.read_taken(tx, window), is_open(tx, &tenant, now));
    read?;
    // What is moved is counted already.
    let is_open = open? || !catalogue.is_new();
    let slots = if is_open { catalogue.slots(window, now) } else { Vec::new() };
    Ok(Day { date, timezone, is_open, capacity, slots })
}

/// How many slots each of some dates has, `from` to `to` included; at most [`slots::MAX_COUNTED_DAYS`].
pub async fn days(
    tx: &TenantTx,
    wish: Wish,
    (from, to): (NaiveDate, NaiveDate),
    viewer: Option<Tz>,
    now: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, u32)>> {
    let count = u16::try_from((to - from).num_days() + 1).unwrap_or(0).min(slots::MAX_COUNTED_DAYS);
    if wish.is_visit() {
        let to = to.min(from + TimeDelta::days(i64::from(count) - 1));
        return Box::pin(visits::days(tx, wish, (from, to), viewer, now)).await;
    }
    let window = |zone| {
        let zone = viewer.unwrap_or(zone);
        Some(Interval::new(wall_clock::day(zone, from)?.start, wall_clock::day(zone, to)?.end))
    };
    if let Some(weeks) = shelf::weeks(tx, wish, window, now).await? {
        let timezone = viewer.unwrap_or(weeks.timezone);
        let Some(window) = window(timezone) else { return Ok(Vec::new()) };
        let asked = weeks.ask(wish, window, now);
        let mut counts = slots::count_known_by_date(asked, timezone, from, count);
        if !weeks.is_open {
            for (_, slots) in &mut counts {
                *slots = 0;
            }
        }
        return Ok(counts);
    }
    let mut catalogue = catalogue(tx, wish, (from, to)).await?;
    let timezone = viewer.unwrap_or(catalogue.tenant.timezone);
    let (Some(first), Some(last)) = (wall_clock::day(timezone, from), wall_clock::day(timezone, to)) else {
        return Ok(Vec::new());
    };
    let tenant = catalogue.tenant.clone();
    let window = Interval::new(first.start, last.end);
    let (read, open) = join!(catalogue.read_taken(tx, window), is_open(tx, &tenant, now));
    read?;
    let is_open = open? || wish.moved.is_some();
    let mut counts =
        catalogue.ask(now, |demand, team| demand.count_by_date(team, timezone, from, count, now));
    let stays = catalogue.stays(now).map(|start| start.with_timezone(&timezone).date_naive());
    for (date, slots) in &mut counts {
        if !is_open {
            *slots = 0;
        } else if stays == Some(*date) {
            *slots = slots.saturating_sub(1);
        }
    }
    Ok(counts)
}

/// Somebody who provides what is wished for.
#[derive(Clone, Debug)]
pub struct Free {
    pub staff_id: StaffId,
    pub name: String,
    /// Their first free start; none within so many days.
    pub start: Option<DateTime<Utc>>,
}

/// Everybody who provides what is wished for, in their order, with their first free start of the next `days` days; of a
/// collective service the first of them alone, for all.
pub async fn first_of_each(tx: &TenantTx, wish: Wish, days: Days, now: DateTime<Utc>) -> Result<Vec<Free>> {
    if wish.is_visit() {
        return Box::pin(visits::first_of_each(tx, wish, days, now)).await;
    }
    let today = now.date_naive();
    let Some(end) = now.checked_add_days(days) else { return Ok(Vec::new()) };
    let window = Interval::new(now, end);
    if let Some(weeks) = shelf::weeks(tx, wish, |_zone| Some(window), now).await? {
        let asked = || weeks.ask(wish, window, now).filter(|_| weeks.is_open);
        let wished =
            |(id, _): &(StaffId, &str)| wish.staff_id.is_none_or(|wished| weeks.works_with(*id, wished));
        let free = |(staff_id, name): (StaffId, &str)| Free {
            staff_id,
            name: name.to_owned(),
            start: asked().find_map(|(known, asked)| known.first_of(staff_id, asked)),
        };
        return Ok(weeks.parties().filter(wished).map(free).collect());
    }
    let mut catalogue = catalogue(tx, wish, (today, end.date_naive())).await?;
    let tenant = catalogue.tenant.clone();
    let (read, open) = join!(catalogue.read_taken(tx, window), is_open(tx, &tenant, now));
    read?;
    let is_open = open? || wish.moved.is_some();
    let starts: Vec<Option<DateTime<Utc>>> = catalogue.ask(now, |demand, team| {
        let first = |party: &[Agenda<'_>]| {
            let is_present = |start| party.iter().any(|one| catalogue.is_present(one.staff, start));
            demand.starts(party, window, now).find(|start| !is_present(*start)).filter(|_| is_open)
        };
        demand.parties(team).map(first).collect()
    });
    let free = |(member, start): (&TeamMember, _)| Free {
        staff_id: member.staff.id,
        name: member.staff.name.clone(),
        start,
    };
    Ok(catalogue.team.iter().zip(starts).map(free).collect())
}

/// The nearest starts that are free, for somebody whose wish is not: at most three, within two weeks.
pub async fn alternatives(
    tx: &TenantTx,
    wish: Wish,
    wanted: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Alternative>> {
    let window = Interval::new(wanted - TimeDelta::days(3), wanted + TimeDelta::days(11));
    let slots = if wish.is_visit() {
        visits::within(tx, wish, window, now).await?
    } else {
        let dates = (window.start.date_naive(), window.end.date_naive());
        let mut catalogue = catalogue(tx, wish, dates).await?;
        catalogue.read_taken(tx, window).await?;
        catalogue.slots(window, now)
    };
    let alternative =
        |slot: &Slot| Alternative { start: slot.start, end: slot.end, staff_ids: slot.staff_ids.clone() };
    Ok(slots::nearest(&slots, wanted, 3).into_iter().map(alternative).collect())
}
