//! A service with who provides it and what is taken of their time: all that the slot engine is asked with.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use diesel::dsl::array;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::{self, Policy};
use domain::hours::{Calendar, Hours, Owner};
use domain::id::{RoomId, ServiceId, StaffId, TenantId};
use domain::locale::Locale;
use domain::location::Location;
use domain::plan::Plan;
use domain::rejection::Code;
use domain::slots::{Agenda, Demand, Room, Session, Slot, SlotRules};
use domain::translation::{ServiceWords, Translations};
use domain::wall_clock::Interval;
use futures_util::join;
use uuid::Uuid;

use super::taken::{starts, taken};
use super::team::{Provider, TeamMember, providers};
use super::{Moved, REACH_AFTER, REACH_BEFORE, Wish};
use crate::TenantTx;
use crate::error::Result;
use crate::group_sessions::{self, GroupSession};
use crate::hours;
use crate::rooms;
use crate::schema::{services, tenants};
use crate::services::named;
use crate::tenants::Zone;

/// The step of a member who moves a booking, who need not keep to the service's.
const DESK_STEP_MINUTES: i32 = 5;

/// One tenant's service with everybody who provides it and when they work: all that the answer depends on but for the
/// time that is taken. Not one column more than that and a booking need: it is read for each.
#[derive(Debug)]
pub struct Catalogue {
    pub tenant: Terms,
    pub service: Bookable,
    pub team: Vec<TeamMember>,
    /// The service's own.
    hours: Option<Hours>,
    /// Of which it takes one, in their order. None: it needs none.
    rooms: Option<Vec<RoomTime>>,
    /// Of the service and this team, in the window that was read.
    sessions: Vec<GroupSession>,
    /// How many are wanted.
    pub seats: i32,
    moved: Option<Moved>,
    /// Somebody was asked for.
    pub(crate) is_named: bool,
    /// What holds the time that is free to the booking that looks for another.
    pub(super) frees: Vec<Uuid>,
}

/// A room, and when it is taken.
#[derive(Debug)]
struct RoomTime {
    id: RoomId,
    busy: Vec<Interval>,
}

/// What of a tenant its bookings depend on or copy.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = tenants)]
pub struct Terms {
    pub tenant_id: TenantId,
    #[diesel(deserialize_as = Zone)]
    pub timezone: Tz,
    pub locale: Locale,
    pub currency: String,
    pub country: String,
    pub plan: Plan,
    pub code_prefix: String,
    pub policy: Policy,
}

/// What of a service its slots depend on and its bookings copy.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = services)]
pub struct Bookable {
    pub id: ServiceId,
    pub name: String,
    pub translations: Translations<ServiceWords>,
    pub duration_minutes: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub location: Location,
    pub travel_minutes: i32,
    pub price_cents: i64,
    pub deposit_basis_points: i32,
    pub capacity: i32,
    pub min_notice_minutes: i32,
    pub horizon_days: i32,
    pub bookable_until: Option<NaiveDate>,
    pub slot_step_minutes: Option<i32>,
    pub auto_confirm: bool,
    pub is_active: bool,
    pub is_collective: bool,
}

/// The furthest horizon that a service can have, in days.
pub(super) const FURTHEST_HORIZON: i32 = 730;

/// Reads the catalogue for an active service; `from` and `to` are the first and the last date asked for.
pub(crate) async fn catalogue(
    tx: &TenantTx,
    wish: Wish,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Catalogue> {
    let from = from.checked_sub_days(REACH_BEFORE).unwrap_or(from);
    let to = to.checked_add_days(REACH_AFTER).unwrap_or(to);
    let (offered, everybody, rules, exceptions) = join!(
        offered(tx, wish.service_id),
        providers(tx),
        hours::weekly_rules(tx),
        hours::exceptions(tx, from, to),
    );
    let (tenant, mut service, named, rooms) = offered?;
    let (everybody, rules, exceptions) = (everybody?, rules?, exceptions?);
    if !service.is_active {
        return Err(Code::NotFound.into());
    }
    if wish.is_beyond_horizon {
        service.horizon_days = FURTHEST_HORIZON;
    }
    if let Some(moved) = wish.moved {
        // The grid stays the service's.
        service.slot_step_minutes = Some(service.slot_step_minutes.unwrap_or(service.duration_minutes));
        service.duration_minutes = moved.duration_minutes;
        service.buffer_before_minutes = moved.buffer_before_minutes;
        service.buffer_after_minutes = moved.buffer_after_minutes;
        if moved.at_desk {
            service.slot_step_minutes = Some(DESK_STEP_MINUTES);
            service.min_notice_minutes = 0;
            service.horizon_days = FURTHEST_HORIZON;
            service.bookable_until = None;
        }
    }
    // Of what all do together nobody is chosen.
    let only = wish.staff_id.filter(|_| !service.is_collective);
    let provides = |member: &Provider| {
        (named.is_empty() || named.contains(&member.id)) && only.is_none_or(|id| id == member.id)
    };
    let team = everybody
        .into_iter()
        .filter(provides)
        .map(|staff| TeamMember::new(&tenant, staff, &rules, &exceptions))
        .collect::<Vec<_>>();
    let is_there = |id: StaffId| team.iter().any(|member| member.staff.id == id);
    if wish.staff_id.is_some_and(|id| !is_there(id)) && wish.moved.is_none_or(|_| only.is_some()) {
        return Err(Code::NotFound.into());
    }
    let owner = Owner::Service(service.id);
    let hours =
        hours::has_own(&rules, owner).then(|| hours::hours(tenant.timezone, &rules, owner, &[], Vec::new()));
    Ok(Catalogue {
        hours,
        rooms,
        seats: wish.seats,
        moved: wish.moved,
        is_named: wish.staff_id.is_some(),
        frees: wish.moved.and_then(|moved| moved.frees).into_iter().collect(),
        ..Catalogue::of(tenant, service, team)
    })
}

/// The service with its tenant, who provides it (nobody named: everybody), and the rooms of which it takes one.
async fn offered(
    tx: &TenantTx,
    id: ServiceId,
) -> Result<(Terms, Bookable, Vec<StaffId>, Option<Vec<RoomTime>>)> {
    type Row = (Terms, Bookable, Vec<StaffId>, Vec<RoomId>, Vec<RoomId>);
    let (terms, mut service, staff, named, usable): Row = services::table
        .inner_join(tenants::table)
        .filter(services::tenant_id.eq(tx.tenant()))
        .filter(services::id.eq(id))
        .filter(services::archived_at.is_null())
        .select((
            Terms::as_select(),
            Bookable::as_select(),
            array(named(tx.tenant(), id)),
            array(rooms::of_service(tx.tenant(), id)),
            array(rooms::usable(tx.tenant(), id)),
        ))
        .first(&mut tx.conn())
        .await?;
    // Whoever comes to a customer is under way before and after.
    service.buffer_before_minutes += service.travel_minutes;
    service.buffer_after_minutes += service.travel_minutes;
    let time = |id| RoomTime { id, busy: Vec::new() };
    let rooms = (!named.is_empty()).then(|| usable.into_iter().map(time).collect());
    Ok((terms, service, staff, rooms))
}

impl Catalogue {
    /// Of a service without rooms, without hours of its own, for a new booking.
    pub(super) const fn of(tenant: Terms, service: Bookable, team: Vec<TeamMember>) -> Self {
        Self {
            tenant,
            service,
            team,
            hours: None,
            rooms: None,
            sessions: Vec::new(),
            seats: 1,
            moved: None,
            is_named: false,
            frees: Vec::new(),
        }
    }

    fn rules(&self) -> SlotRules {
        let service = &self.service;
        SlotRules {
            duration_minutes: service.duration_minutes,
            buffer_before_minutes: service.buffer_before_minutes,
            buffer_after_minutes: service.buffer_after_minutes,
            step_minutes: service.slot_step_minutes.unwrap_or(service.duration_minutes),
            min_notice_minutes: service.min_notice_minutes,
            horizon_days: service.horizon_days,
        }
    }

    /// Asks the engine, with what the service demands and everybody's time.
    pub(crate) fn ask<T>(
        &self,
        now: DateTime<Utc>,
        question: impl FnOnce(Demand<'_>, &[Agenda<'_>]) -> T,
    ) -> T {
        let rooms = self.rooms();
        question(self.demand(rooms.as_deref(), now), &self.agendas())
    }

    /// Of which it takes one.
    pub(super) fn rooms(&self) -> Option<Vec<Room<'_>>> {
        let rooms = self.rooms.as_ref()?;
        Some(rooms.iter().map(|room| Room { id: room.id, busy: &room.busy }).collect())
    }

    pub(super) fn agendas(&self) -> Vec<Agenda<'_>> {
        self.team.iter().map(TeamMember::agenda).collect()
    }

    /// What the engine is asked for, with the rooms of it.
    pub(super) fn demand<'a>(&'a self, rooms: Option<&'a [Room<'a>]>, now: DateTime<Utc>) -> Demand<'a> {
        let mut rules = self.rules();
        rules.horizon_days =
            horizon(rules.horizon_days, self.service.bookable_until, self.tenant.timezone, now);
        Demand {
            hours: self.hours.as_ref().map(|hours| Calendar { hours, closures: &[] }),
            rooms,
            is_collective: self.service.is_collective,
            capacity: u32::try_from(self.service.capacity).unwrap_or(1),
            // Less than none is none, of which nothing is offered.
            seats: u32::try_from(self.seats).unwrap_or(0),
            rules,
        }
    }

    /// What is free in `window`. Where a booking stands that looks for another time is none.
    pub(crate) fn slots(&self, window: Interval, now: DateTime<Utc>) -> Vec<Slot> {
        let mut slots = self.ask(now, |demand, team| demand.slots(team, window, now));
        if let Some(moved) = self.moved
            && let Some(present) = slots.iter_mut().find(|slot| slot.start == moved.start)
        {
            if self.service.is_collective {
                present.staff_ids.clear();
            }
            present.staff_ids.retain(|id| *id != moved.staff_id);
            slots.retain(|slot| !slot.staff_ids.is_empty());
        }
        slots
    }

    /// Nothing stands already that would move.
    pub(super) const fn is_new(&self) -> bool {
        self.moved.is_none()
    }

    /// Whether the booking that looks for another time is there already.
    pub(super) fn is_present(&self, staff_id: StaffId, start: DateTime<Utc>) -> bool {
        self.moved.is_some_and(|moved| (moved.staff_id, moved.start) == (staff_id, start))
    }

    /// The start that only staying would take: of the booking that looks for another time, if nobody else offers it.
    pub(super) fn stays(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let moved = self.moved?;
        self.ask(now, |demand, team| {
            if demand.is_collective {
                return demand.is_offered(team, moved.start, now).then_some(moved.start);
            }
            let mut offers = team.iter().filter(|agenda| demand.is_offered(&[**agenda], moved.start, now));
            let is_own = offers.next().is_some_and(|agenda| agenda.staff == moved.staff_id);
            (is_own && offers.next().is_none()).then_some(moved.start)
        })
    }

    /// Reads the time of the team and of the rooms that is taken and may take away a start in `window`.
    pub(crate) async fn read_taken(&mut self, tx: &TenantTx, window: Interval) -> Result<()> {
        let Some(reach) = self.rules().reach(window) else { return Ok(()) };
        let ids = self.resources();
        let (taken, starts, sessions) =
            join!(taken(tx, &ids, reach, &self.frees), self.starts(tx, window), self.sessions(tx, window));
        let (taken, starts) = (taken?, starts?);
        self.note(&taken, &starts, sessions?);
        Ok(())
    }

    /// The group sessions that somebody could join; where there are none, nothing is asked.
    async fn sessions(&self, tx: &TenantTx, window: Interval) -> Result<Vec<GroupSession>> {
        if self.service.capacity <= 1 {
            return Ok(Vec::new());
        }
        let ids = self.staff_ids();
        let mut sessions = group_sessions::open(tx, self.service.id, &ids, window).await?;
        // Which it leaves, and which ends with that.
        sessions.retain(|session| !self.frees.contains(&session.id.0));
        Ok(sessions)
    }

    /// The group sessions that begin at `start`.
    pub(crate) fn sessions_at(&self, start: DateTime<Utc>) -> impl Iterator<Item = &GroupSession> {
        self.sessions.iter().filter(move |session| session.starts_at == start)
    }

    /// The group session of the first of the team that begins at `start` and has seats enough.
    pub(crate) fn session_at(&self, start: DateTime<Utc>) -> Option<&GroupSession> {
        let first = self.team.as_slice().first()?.staff.id;
        self.sessions_at(start).find(|one| one.staff_id == first && one.seats_left() >= self.seats)
    }

    /// Those who provide it.
    pub(crate) fn staff_ids(&self) -> Vec<StaffId> {
        self.team.iter().map(|member| member.staff.id).collect()
    }

    /// Whoever and whatever a booking may take time from.
    fn resources(&self) -> Vec<Uuid> {
        let staff = self.team.iter().map(|member| member.staff.id.0);
        staff.chain(self.rooms.iter().flatten().map(|room| room.id.0)).collect()
    }

    /// Starts of the bookings that count for a daily maximum; where there is none, nothing is asked.
    async fn starts(&self, tx: &TenantTx, window: Interval) -> Result<Vec<(StaffId, DateTime<Utc>)>> {
        let limited = self.team.iter().filter(|member| member.staff.max_daily_bookings.is_some());
        let ids: Vec<StaffId> = limited.map(|member| member.staff.id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        // A date of any zone lies within two days of the window.
        let days = TimeDelta::days(2);
        starts(tx, &ids, Interval::new(window.start - days, window.end + days), &self.frees).await
    }

    fn note(
        &mut self,
        taken: &[(Uuid, Interval)],
        starts: &[(StaffId, DateTime<Utc>)],
        sessions: Vec<GroupSession>,
    ) {
        let of = |resource: Uuid| -> Vec<Interval> {
            taken.iter().filter(|(of, _)| *of == resource).map(|(_, interval)| *interval).collect()
        };
        for room in self.rooms.iter_mut().flatten() {
            room.busy = of(room.id.0);
        }
        for member in &mut self.team {
            let id = member.staff.id;
            member.busy = of(id.0);
            member.booking_starts =
                starts.iter().filter(|(of, _)| *of == id).map(|(_, start)| *start).collect();
            let own = sessions.iter().filter(|session| session.staff_id == id);
            member.sessions = own
                .map(|session| Session {
                    start: session.starts_at,
                    seats_left: u32::try_from(session.seats_left()).unwrap_or(0),
                })
                .collect();
        }
        self.sessions = sessions;
    }

    /// Whether one of the team offers this start; of a collective service, all of it.
    pub(crate) fn offers(&self, start: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.ask(now, |demand, team| demand.is_offered(team, start, now))
    }

    /// Whether those who would provide it work for as long as it lasts from this start on, and the service takes place then.
    pub(crate) fn is_worked(&self, start: DateTime<Utc>) -> bool {
        let wanted = Interval::new(start, start + self.duration());
        let own = self.hours.as_ref().map(|hours| Calendar { hours, closures: &[] }.working_ranges(wanted));
        let team = self.team.iter().map(|member| member.working(wanted));
        team.chain(own).all(|ranges| ranges == [wanted])
    }

    /// Whether nothing is taken of the time that a booking at this start takes, whatever the hours, or a group session has
    /// seats.
    pub(crate) fn is_free(&self, start: DateTime<Utc>) -> bool {
        if self.session_at(start).is_some() {
            return true;
        }
        let wanted = self.wanted(start);
        let is_free = |busy: &[Interval]| busy.iter().all(|busy| !busy.meets(&wanted));
        let mut team = self.team.iter().map(|member| is_free(&member.busy));
        let has_staff =
            if self.service.is_collective { team.all(|free| free) } else { team.any(|free| free) };
        has_staff && (self.rooms.is_none() || self.free_room(start).is_some())
    }

    /// The room that a booking at this start takes: the first that is free, if it needs one.
    pub(crate) fn free_room(&self, start: DateTime<Utc>) -> Option<RoomId> {
        let wanted = self.wanted(start);
        let mut rooms = self.rooms.iter().flatten();
        rooms.find(|room| room.busy.iter().all(|busy| !busy.meets(&wanted))).map(|room| room.id)
    }

    /// Whether what is booked at a start leaves what is booked at another its time: buffers may not meet either.
    pub(crate) fn leaves(&self, start: DateTime<Utc>, other: DateTime<Utc>) -> bool {
        !self.wanted(start).meets(&self.wanted(other))
    }

    /// Of what is booked, without its buffers.
    pub(crate) fn duration(&self) -> TimeDelta {
        TimeDelta::minutes(self.service.duration_minutes.into())
    }

    fn wanted(&self, start: DateTime<Utc>) -> Interval {
        let service = &self.service;
        let end = start + self.duration();
        let (from, to) =
            booking::taken(start, end, service.buffer_before_minutes, service.buffer_after_minutes);
        Interval::new(from, to)
    }
}

/// The days after today on which a start is offered, of a service that ends with a date, if any.
pub(super) fn horizon(days: i32, last: Option<NaiveDate>, zone: Tz, now: DateTime<Utc>) -> i32 {
    let Some(last) = last else { return days };
    let today = now.with_timezone(&zone).date_naive();
    // Where it is over, less than no day: that is no horizon, and nothing is offered.
    days.min(i32::try_from((last - today).num_days()).unwrap_or(-1))
}

/// The catalogue of one staff member, or of all who do it together, with what is taken around one start.
pub(crate) async fn around(
    tx: &TenantTx,
    wish: Wish,
    id: StaffId,
    start: DateTime<Utc>,
) -> Result<Catalogue> {
    around_but(tx, wish, id, start, &[]).await
}

/// The same without what holds the time of some others.
pub(crate) async fn around_but(
    tx: &TenantTx,
    wish: Wish,
    id: StaffId,
    start: DateTime<Utc>,
    others: &[Uuid],
) -> Result<Catalogue> {
    let window = Interval::new(start, start + TimeDelta::seconds(1));
    // Of any service: which rules it has is read in the same flight.
    let reach = Interval::new(start - SlotRules::LONGEST_BUFFER, start + SlotRules::LONGEST);
    let (ids, day) = ([id.0], start.date_naive());
    let own = wish.moved.and_then(|moved| moved.frees);
    let frees: Vec<Uuid> = own.into_iter().chain(others.iter().copied()).collect();
    let (catalogue, own) = join!(catalogue(tx, wish.with(id), (day, day)), taken(tx, &ids, reach, &frees));
    let (mut catalogue, mut own) = (catalogue?, own?);
    catalogue.frees.clone_from(&frees);
    let others: Vec<Uuid> = catalogue.resources().into_iter().filter(|other| *other != id.0).collect();
    let (others, starts, sessions) = join!(
        taken(tx, &others, reach, &frees),
        catalogue.starts(tx, window),
        catalogue.sessions(tx, window)
    );
    own.extend(others?);
    catalogue.note(&own, &starts?, sessions?);
    Ok(catalogue)
}
