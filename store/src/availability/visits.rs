//! When a visit of several services can be booked, or a booked one moved.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::id::StaffId;
use domain::rejection::Rejection;
use domain::slots::{self, Agenda, Leg, Room, Slot, Visit};
use domain::wall_clock::{self, Interval};
use futures_util::future::join_all;

use super::{Catalogue, Day, Free, Wish, catalogue, is_open};
use crate::TenantTx;
use crate::bookings;
use crate::error::Result;

/// The services of a visit in their order, each with who provides it and what is taken of their time.
pub(crate) struct Services {
    pub(crate) each: Vec<Catalogue>,
    /// Where the visit stands that looks for another time.
    present: Option<DateTime<Utc>>,
}

/// Reads them all at once.
pub(crate) async fn services(tx: &TenantTx, wish: Wish, dates: (NaiveDate, NaiveDate)) -> Result<Services> {
    let mut present = None;
    let (wishes, frees) = match wish.moved {
        Some(moved) => {
            let booked = bookings::visit::standing(tx, moved.booking).await?;
            let alone = |booking: &bookings::Booking| {
                let wish = Wish::of_own_time(booking);
                wish.with_any((!booking.is_collective()).then_some(booking.staff_id))
            };
            let ids = booked.iter().map(|one| one.id.0).collect();
            present = booked.as_slice().first().map(|one| one.starts_at);
            (booked.iter().map(alone).collect::<Vec<_>>(), ids)
        }
        None => (wish.each().collect(), Vec::new()),
    };
    let read = join_all(wishes.iter().map(|one| catalogue(tx, *one, dates))).await;
    let mut each = read.into_iter().collect::<Result<Vec<_>>>()?;
    for (place, service) in each.iter_mut().enumerate() {
        if service.service.capacity > 1 {
            let pointer =
                place.checked_sub(1).map_or("/service_id".to_owned(), |at| format!("/then/{at}/service_id"));
            let detail = "has seats: it can't be one of several services of a visit";
            return Err(Rejection::invalid(pointer, "UNAVAILABLE", detail).into());
        }
        service.frees.clone_from(&frees);
    }
    let mut places = each.iter().map(|service| service.service.location);
    let first = places.next();
    // What was booked stays movable, whatever its services have become.
    if let Some(at) = places.position(|place| Some(place) != first).filter(|_| present.is_none()) {
        let detail = "takes place elsewhere: a visit has one place";
        return Err(Rejection::invalid(format!("/then/{at}/service_id"), "UNAVAILABLE", detail).into());
    }
    Ok(Services { each, present })
}

impl Services {
    /// When each begins in a visit that begins at `start`.
    pub(crate) fn starts(&self, start: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let mut at = start;
        let next = |service: &Catalogue| {
            let start = at;
            at += service.duration();
            start
        };
        self.each.iter().map(next).collect()
    }

    /// Reads what is taken and may take away a start in `window`.
    pub(crate) async fn read_taken(&mut self, tx: &TenantTx, window: Interval) -> Result<()> {
        let starts = self.starts(window.start);
        let lasts = window.end - window.start;
        let reads = self.each.iter_mut().zip(starts).map(|(service, start)| {
            let window = Interval::new(start, start + lasts);
            service.read_taken(tx, window)
        });
        join_all(reads).await.into_iter().collect()
    }

    /// Asks the engine, with what each service demands and everybody's time.
    fn ask<T>(&self, now: DateTime<Utc>, question: impl FnOnce(&[Leg<'_, '_>]) -> T) -> T {
        let rooms: Vec<Option<Vec<Room<'_>>>> = self.each.iter().map(Catalogue::rooms).collect();
        let teams: Vec<Vec<Agenda<'_>>> = self.each.iter().map(Catalogue::agendas).collect();
        let parts = self.each.iter().zip(rooms.iter().zip(&teams));
        let legs: Vec<Leg<'_, '_>> = parts
            .map(|(service, (rooms, team))| Leg { demand: service.demand(rooms.as_deref(), now), team })
            .collect();
        question(&legs)
    }

    /// The visits that start in `window`, but for where the one stands that is moved.
    fn visits(&self, window: Interval, now: DateTime<Utc>) -> Vec<Visit> {
        self.ask(now, |legs| {
            slots::visits(legs, window, now).filter(|visit| start_of(visit) != self.present).collect()
        })
    }

    /// The visit at `start`, with who is free for each service, if it is offered.
    pub(crate) fn visit(&self, start: DateTime<Utc>, now: DateTime<Utc>) -> Option<Visit> {
        self.visits(Interval::new(start, start + TimeDelta::seconds(1)), now).into_iter().next()
    }

    /// Where the visit stands that is moved, if it could be booked there.
    fn stays(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let start = self.present?;
        let window = Interval::new(start, start + TimeDelta::seconds(1));
        self.ask(now, |legs| slots::visits(legs, window, now).next().map(|_visit| start))
    }

    fn zone(&self) -> Tz {
        self.each.as_slice().first().map_or(Tz::UTC, |service| service.tenant.timezone)
    }

    async fn is_open(&self, tx: &TenantTx, now: DateTime<Utc>) -> Result<bool> {
        match self.each.as_slice().first() {
            // What is moved is counted already.
            Some(service) => Ok(self.present.is_some() || is_open(tx, &service.tenant, now).await?),
            None => Ok(false),
        }
    }
}

fn start_of(visit: &Visit) -> Option<DateTime<Utc>> {
    visit.legs.first().map(|leg| leg.start)
}

/// From the first service to the last; with who is free for the first.
fn slot(visit: Visit) -> Option<Slot> {
    let end = visit.legs.last()?.end;
    let first = visit.legs.into_iter().next()?;
    Some(Slot { end, ..first })
}

pub(super) async fn day(
    tx: &TenantTx,
    wish: Wish,
    date: NaiveDate,
    viewer: Option<Tz>,
    now: DateTime<Utc>,
) -> Result<Day> {
    let mut services = services(tx, wish, (date, date)).await?;
    let timezone = viewer.unwrap_or_else(|| services.zone());
    let day = Day { date, timezone, is_open: true, capacity: 1, slots: Vec::new() };
    let Some(window) = wall_clock::day(timezone, date) else { return Ok(day) };
    services.read_taken(tx, window).await?;
    let is_open = services.is_open(tx, now).await?;
    let visits = if is_open { services.visits(window, now) } else { Vec::new() };
    Ok(Day { is_open, slots: visits.into_iter().filter_map(slot).collect(), ..day })
}

pub(super) async fn days(
    tx: &TenantTx,
    wish: Wish,
    (from, to): (NaiveDate, NaiveDate),
    viewer: Option<Tz>,
    now: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, u32)>> {
    let mut services = services(tx, wish, (from, to)).await?;
    let timezone = viewer.unwrap_or_else(|| services.zone());
    let (Some(first), Some(last)) = (wall_clock::day(timezone, from), wall_clock::day(timezone, to)) else {
        return Ok(Vec::new());
    };
    let window = Interval::new(first.start, last.end);
    services.read_taken(tx, window).await?;
    let is_open = services.is_open(tx, now).await?;
    let count = u16::try_from((to - from).num_days() + 1).unwrap_or(0);
    let mut counts = services.ask(now, |legs| slots::count_visits_by_date(legs, timezone, from, count, now));
    let stays = services.stays(now).map(|start| start.with_timezone(&timezone).date_naive());
    for (date, visits) in &mut counts {
        if !is_open {
            *visits = 0;
        } else if stays == Some(*date) {
            *visits = visits.saturating_sub(1);
        }
    }
    Ok(counts)
}

/// Each is asked for all that they provide of the visit; what they don't is anybody's.
pub(super) async fn first_of_each(
    tx: &TenantTx,
    wish: Wish,
    days: Days,
    now: DateTime<Utc>,
) -> Result<Vec<Free>> {
    let Some(end) = now.checked_add_days(days) else { return Ok(Vec::new()) };
    let window = Interval::new(now, end);
    let mut services = services(tx, wish, (now.date_naive(), end.date_naive())).await?;
    services.read_taken(tx, window).await?;
    let is_open = services.is_open(tx, now).await?;
    let first_of = |id: StaffId| {
        services.ask(now, |legs| {
            let legs: Vec<Leg<'_, '_>> = legs.iter().map(|leg| of_one(*leg, id)).collect();
            let mut starts = slots::visits(&legs, window, now).filter_map(|visit| start_of(&visit));
            starts.find(|start| Some(*start) != services.present)
        })
    };
    let Some(first) = services.each.as_slice().first() else { return Ok(Vec::new()) };
    let team = first.team.iter().take(if first.service.is_collective { 1 } else { usize::MAX });
    let free = team.map(|member| Free {
        staff_id: member.staff.id,
        name: member.staff.name.clone(),
        start: Some(member.staff.id).filter(|_| is_open).and_then(first_of),
    });
    Ok(free.collect())
}

/// Those of a team who are asked where somebody was chosen.
fn of_one<'a, 't>(leg: Leg<'a, 't>, id: StaffId) -> Leg<'a, 't> {
    let own = leg.team.iter().find(|agenda| agenda.staff == id && !leg.demand.is_collective);
    own.map_or(leg, |own| Leg { team: std::slice::from_ref(own), ..leg })
}

/// What starts in `window`.
pub(super) async fn within(
    tx: &TenantTx,
    wish: Wish,
    window: Interval,
    now: DateTime<Utc>,
) -> Result<Vec<Slot>> {
    let dates = (window.start.date_naive(), window.end.date_naive());
    let mut services = services(tx, wish, dates).await?;
    services.read_taken(tx, window).await?;
    Ok(services.visits(window, now).into_iter().filter_map(slot).collect())
}
