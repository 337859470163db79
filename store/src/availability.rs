//! When a service can be booked: reads what the slot engine needs, in two flights, and asks it.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use diesel::dsl::array;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::{self, Status};
use domain::hours::{Calendar, Closure, Hours, RuleKind};
use domain::id::{ServiceId, StaffId, TenantId};
use domain::locale::Locale;
use domain::plan::{self, Limit, Plan};
use domain::rejection::{Alternative, Code};
use domain::slots::{self, Agenda, Slot, SlotRules};
use domain::wall_clock::{self, Interval};
use futures_util::join;

use crate::TenantTx;
use crate::bookings::Booking;
use crate::error::Result;
use crate::explain::explain;
use crate::hours::{self, Exception, WeeklyRule};
use crate::schema::{allocations, bookings, services, staff, tenants};
use crate::services::named;
use crate::staff::OptionalZone;
use crate::tenants::Zone;
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
    moved: Option<Moved>,
}

/// What a booking that looks for another time leaves behind, and what it needs.
#[derive(Clone, Copy, Debug)]
struct Moved {
    staff_id: StaffId,
    start: DateTime<Utc>,
    taken: Interval,
    duration_minutes: i32,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
}

impl Wish {
    /// Of anybody who provides it.
    pub const fn for_service(service_id: ServiceId) -> Self {
        Self { service_id, staff_id: None, moved: None }
    }

    /// Another time for a booking, of anybody who provides its service. What it takes now is free to it, and it lasts
    /// what it was booked for, whatever the service has become.
    pub fn to_move(booking: &Booking) -> Self {
        let moved = Moved {
            staff_id: booking.staff_id,
            start: booking.starts_at,
            taken: booking.taken(),
            duration_minutes: booking.duration_minutes,
            buffer_before_minutes: booking.buffer_before_minutes,
            buffer_after_minutes: booking.buffer_after_minutes,
        };
        Self { moved: Some(moved), ..Self::for_service(booking.service_id) }
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

/// One tenant's service with everybody who provides it and when they work: all that the answer depends on but for the
/// time that is taken. Not one column more than that and a booking need: it is read for each.
#[derive(Debug)]
pub struct Catalogue {
    pub tenant: Terms,
    pub service: Bookable,
    pub team: Vec<TeamMember>,
    moved: Option<Moved>,
}

/// What of a tenant its bookings depend on or copy.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = tenants)]
pub struct Terms {
    #[diesel(deserialize_as = Zone)]
    pub timezone: Tz,
    pub locale: Locale,
    pub currency: String,
    pub country: String,
    pub plan: Plan,
    pub code_prefix: String,
}

/// What of a service its slots depend on and its bookings copy.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = services)]
pub struct Bookable {
    pub id: ServiceId,
    pub name: String,
    pub duration_minutes: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub price_cents: i64,
    pub deposit_basis_points: i32,
    pub min_notice_minutes: i32,
    pub horizon_days: i32,
    pub slot_step_minutes: Option<i32>,
    pub auto_confirm: bool,
    pub is_active: bool,
}

/// Who can be booked.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = staff)]
pub struct Provider {
    pub id: StaffId,
    pub name: String,
    #[diesel(deserialize_as = OptionalZone)]
    pub timezone: Option<Tz>,
    pub max_daily_bookings: Option<i32>,
    pub position: i32,
}

/// Who provides it, and when they work.
#[derive(Debug)]
pub struct TeamMember {
    pub staff: Provider,
    hours: Hours,
    closures: Vec<Closure>,
    busy: Vec<Interval>,
    booking_starts: Vec<DateTime<Utc>>,
}

/// The slots of one date.
#[derive(Debug)]
pub struct Day {
    pub date: NaiveDate,
    /// The zone that the date is one of.
    pub timezone: Tz,
    /// False: the tenant takes no bookings for now, so there are no slots.
    pub is_open: bool,
    pub slots: Vec<Slot>,
}

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
    let (tenant, mut service, named) = offered?;
    let (everybody, rules, exceptions) = (everybody?, rules?, exceptions?);
    if !service.is_active {
        return Err(Code::NotFound.into());
    }
    if let Some(moved) = wish.moved {
        // The grid stays the service's.
        service.slot_step_minutes = Some(service.slot_step_minutes.unwrap_or(service.duration_minutes));
        service.duration_minutes = moved.duration_minutes;
        service.buffer_before_minutes = moved.buffer_before_minutes;
        service.buffer_after_minutes = moved.buffer_after_minutes;
    }
    let only = wish.staff_id;
    let provides = |member: &Provider| {
        (named.is_empty() || named.contains(&member.id)) && only.is_none_or(|id| id == member.id)
    };
    let team = everybody
        .into_iter()
        .filter(provides)
        .map(|staff| TeamMember::new(&tenant, staff, &rules, &exceptions))
        .collect::<Vec<_>>();
    if only.is_some() && team.is_empty() {
        return Err(Code::NotFound.into());
    }
    Ok(Catalogue { tenant, service, team, moved: wish.moved })
}

/// The service with its tenant, and who provides it; nobody named: everybody.
async fn offered(tx: &TenantTx, id: ServiceId) -> Result<(Terms, Bookable, Vec<StaffId>)> {
    Ok(services::table
        .inner_join(tenants::table)
        .filter(services::tenant_id.eq(tx.tenant()))
        .filter(services::id.eq(id))
        .filter(services::archived_at.is_null())
        .select((Terms::as_select(), Bookable::as_select(), array(named(tx.tenant(), id))))
        .first(&mut tx.conn())
        .await?)
}

/// Everybody who is not archived, in their order.
async fn providers(tx: &TenantTx) -> Result<Vec<Provider>> {
    Ok(staff::table
        .filter(staff::tenant_id.eq(tx.tenant()))
        .filter(staff::archived_at.is_null())
        .order((staff::position, staff::id))
        .select(Provider::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// Everybody who is not archived, with when they work on some dates, `from` to `to` included.
pub(crate) async fn everybody(
    tx: &TenantTx,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<(Terms, Vec<TeamMember>)> {
    let from = from.checked_sub_days(REACH_BEFORE).unwrap_or(from);
    let to = to.checked_add_days(REACH_AFTER).unwrap_or(to);
    let terms = async {
        let terms = tenants::table.find(tx.tenant()).select(Terms::as_select());
        Ok::<_, crate::Error>(terms.first(&mut tx.conn()).await?)
    };
    let (terms, everybody, rules, exceptions) =
        join!(terms, providers(tx), hours::weekly_rules(tx), hours::exceptions(tx, from, to));
    let (terms, everybody, rules, exceptions) = (terms?, everybody?, rules?, exceptions?);
    let team =
        everybody.into_iter().map(|staff| TeamMember::new(&terms, staff, &rules, &exceptions)).collect();
    Ok((terms, team))
}

impl TeamMember {
    /// When they work within a window, in order.
    pub(crate) fn working(&self, window: Interval) -> Vec<Interval> {
        self.calendar().working_ranges(window)
    }

    /// A staff member with weekly hours of their own has those and their own pauses, in their own zone; without, the
    /// tenant's week, its pauses and theirs. Their one-off openings come before the tenant's of the same date.
    fn new(tenant: &Terms, staff: Provider, rules: &[WeeklyRule], exceptions: &[Exception]) -> Self {
        let of = |kind: RuleKind, owner: Option<StaffId>| {
            let own = rules.iter().filter(move |rule| rule.kind == kind && rule.owner == owner);
            own.map(|rule| rule.range)
        };
        let openings = |owner: Option<StaffId>| {
            exceptions.iter().filter(move |exception| exception.owner == owner).filter_map(Exception::opening)
        };
        let own = Some(staff.id);
        let own_zone = staff.timezone.unwrap_or(tenant.timezone);
        let own_rules: Vec<_> = of(RuleKind::Opening, own).collect();
        let mut pauses: Vec<_> = of(RuleKind::Break, own).collect();
        let mut dates: Vec<_> = openings(own).collect();
        let hours = if own_rules.is_empty() {
            pauses.extend(of(RuleKind::Break, None));
            dates.extend(openings(None).filter(|(date, _)| openings(own).all(|(taken, _)| taken != *date)));
            Hours::new(tenant.timezone, of(RuleKind::Opening, None).collect(), pauses, dates)
        } else {
            Hours::new(own_zone, own_rules, pauses, dates)
        };
        let closures = exceptions
            .iter()
            .filter(|exception| exception.hours.is_none() && exception.owner.is_none_or(|id| id == staff.id))
            .map(|closure| Closure {
                timezone: if closure.owner.is_some() { own_zone } else { tenant.timezone },
                starts_on: closure.starts_on,
                ends_on: closure.ends_on,
            })
            .collect();
        Self { staff, hours, closures, busy: Vec::new(), booking_starts: Vec::new() }
    }

    fn calendar(&self) -> Calendar<'_> {
        Calendar { hours: &self.hours, closures: &self.closures }
    }

    /// Their time as the engine reads it.
    pub fn agenda(&self) -> Agenda<'_> {
        Agenda {
            staff: self.staff.id,
            calendar: self.calendar(),
            busy: &self.busy,
            max_daily_bookings: self.staff.max_daily_bookings.and_then(|max| u32::try_from(max).ok()),
            booking_starts: &self.booking_starts,
        }
    }
}

impl Catalogue {
    pub fn rules(&self) -> SlotRules {
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

    pub fn team_agendas(&self) -> Vec<Agenda<'_>> {
        self.team.iter().map(TeamMember::agenda).collect()
    }

    /// Reads the time of the team that is taken and may take away a start in `window`.
    pub(crate) async fn read_taken(&mut self, tx: &TenantTx, window: Interval) -> Result<()> {
        let Some(reach) = self.rules().reach(window) else { return Ok(()) };
        let ids: Vec<StaffId> = self.team.iter().map(|member| member.staff.id).collect();
        let (taken, starts) = join!(taken(tx, &ids, reach), self.starts(tx, &ids, window));
        let (taken, starts) = (taken?, starts?);
        self.note(&taken, &starts);
        Ok(())
    }

    /// Starts of the bookings that count for a daily maximum; where there is none, nothing is asked.
    async fn starts(
        &self,
        tx: &TenantTx,
        ids: &[StaffId],
        window: Interval,
    ) -> Result<Vec<(StaffId, DateTime<Utc>)>> {
        if self.team.iter().all(|member| member.staff.max_daily_bookings.is_none()) {
            return Ok(Vec::new());
        }
        // A date of any zone lies within two days of the window.
        let days = TimeDelta::days(2);
        starts(tx, ids, Interval::new(window.start - days, window.end + days)).await
    }

    fn note(&mut self, taken: &[(StaffId, Interval)], starts: &[(StaffId, DateTime<Utc>)]) {
        for member in &mut self.team {
            let id = member.staff.id;
            member.busy = taken.iter().filter(|(of, _)| *of == id).map(|(_, interval)| *interval).collect();
            member.booking_starts =
                starts.iter().filter(|(of, _)| *of == id).map(|(_, start)| *start).collect();
            if let Some(moved) = self.moved.filter(|moved| moved.staff_id == id) {
                // Nothing else overlaps what a booking takes, so what is equal to it is its own.
                member.busy.retain(|interval| *interval != moved.taken);
                let own = member.booking_starts.iter().position(|start| *start == moved.start);
                own.map(|place| member.booking_starts.remove(place));
            }
        }
    }

    /// Whether one of the team offers this start.
    pub(crate) fn offers(&self, start: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let rules = self.rules();
        self.team.iter().any(|member| rules.is_offered(&member.agenda(), start, now))
    }

    /// Whether nothing is taken of the time that a booking at this start takes, whatever the hours.
    pub(crate) fn is_free(&self, start: DateTime<Utc>) -> bool {
        let service = &self.service;
        let end = start + TimeDelta::minutes(i64::from(service.duration_minutes));
        let (from, to) =
            booking::taken(start, end, service.buffer_before_minutes, service.buffer_after_minutes);
        let wanted = Interval::new(from, to);
        self.team.iter().any(|member| member.busy.iter().all(|busy| !busy.meets(&wanted)))
    }
}

/// The catalogue of one staff member with what is taken around one start, in one flight.
pub(crate) async fn around(
    tx: &TenantTx,
    wish: Wish,
    id: StaffId,
    start: DateTime<Utc>,
) -> Result<Catalogue> {
    let window = Interval::new(start, start + TimeDelta::seconds(1));
    // Of any service: which rules it has is read in the same flight.
    let reach = Interval::new(start - SlotRules::LONGEST_BUFFER, start + SlotRules::LONGEST);
    let (ids, day) = ([id], start.date_naive());
    let (catalogue, taken) = join!(catalogue(tx, wish.with(id), (day, day)), taken(tx, &ids, reach));
    let (mut catalogue, taken) = (catalogue?, taken?);
    let starts = catalogue.starts(tx, &ids, window).await?;
    catalogue.note(&taken, &starts);
    Ok(catalogue)
}

/// Time taken from these staff members that meets `reach`, by staff member and start. Plain columns, not the range: its
/// operators are not leakproof, and would filter every booking of the tenant.
pub(crate) async fn taken(
    tx: &TenantTx,
    ids: &[StaffId],
    reach: Interval,
) -> Result<Vec<(StaffId, Interval)>> {
    let rows: Vec<(StaffId, DateTime<Utc>, DateTime<Utc>)> =
        taken_query(tx.tenant(), ids, reach.start - MAX_ALLOCATION, reach.start, reach.end)
            .load(&mut tx.conn())
            .await?;
    Ok(rows.into_iter().map(|(id, start, end)| (id, Interval::new(start, end))).collect())
}

/// PostgreSQL's plan for reading what is taken.
#[doc(hidden)]
pub async fn explain_taken(tx: &TenantTx, ids: &[StaffId], reach: Interval) -> Result<Vec<String>> {
    let query = taken_query(tx.tenant(), ids, reach.start - MAX_ALLOCATION, reach.start, reach.end);
    explain(tx, query).await
}

#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn taken_query<'a>(
    tenant_id: TenantId,
    ids: &'a [StaffId],
    since: DateTime<Utc>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> _ {
    allocations::table
        .filter(allocations::tenant_id.eq(tenant_id))
        .filter(allocations::resource_id.eq_any(ids))
        .filter(allocations::released_at.is_null())
        .filter(allocations::starts_at.gt(since))
        .filter(allocations::starts_at.lt(to))
        .filter(allocations::ends_at.gt(from))
        .order((allocations::resource_id, allocations::starts_at))
        .select((allocations::resource_id, allocations::starts_at, allocations::ends_at))
}

/// Starts of the bookings that count for a daily maximum.
async fn starts(tx: &TenantTx, ids: &[StaffId], days: Interval) -> Result<Vec<(StaffId, DateTime<Utc>)>> {
    Ok(bookings::table
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .filter(bookings::staff_id.eq_any(ids))
        .filter(bookings::status.ne(Status::Cancelled))
        .filter(bookings::starts_at.ge(days.start))
        .filter(bookings::starts_at.lt(days.end))
        .order((bookings::staff_id, bookings::starts_at))
        .select((bookings::staff_id, bookings::starts_at))
        .load(&mut tx.conn())
        .await?)
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
    let mut catalogue = catalogue(tx, wish, (date, date)).await?;
    let timezone = viewer.unwrap_or(catalogue.tenant.timezone);
    let Some(window) = wall_clock::day(timezone, date) else {
        return Ok(Day { date, timezone, is_open: true, slots: Vec::new() });
    };
    let tenant = catalogue.tenant.clone();
    let (read, open) = join!(catalogue.read_taken(tx, window), is_open(tx, &tenant, now));
    read?;
    // What is moved is counted already.
    let is_open = open? || wish.moved.is_some();
    let slots =
        if is_open { catalogue.rules().slots(&catalogue.team_agendas(), window, now) } else { Vec::new() };
    Ok(Day { date, timezone, is_open, slots })
}

/// How many slots each of some dates has, `from` to `to` included; at most [`slots::MAX_COUNTED_DAYS`].
pub async fn days(
    tx: &TenantTx,
    wish: Wish,
    (from, to): (NaiveDate, NaiveDate),
    viewer: Option<Tz>,
    now: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, u32)>> {
    let mut catalogue = catalogue(tx, wish, (from, to)).await?;
    let timezone = viewer.unwrap_or(catalogue.tenant.timezone);
    let count = u16::try_from((to - from).num_days() + 1).unwrap_or(0).min(slots::MAX_COUNTED_DAYS);
    let (Some(first), Some(last)) = (wall_clock::day(timezone, from), wall_clock::day(timezone, to)) else {
        return Ok(Vec::new());
    };
    let tenant = catalogue.tenant.clone();
    let window = Interval::new(first.start, last.end);
    let (read, open) = join!(catalogue.read_taken(tx, window), is_open(tx, &tenant, now));
    read?;
    let mut counts = catalogue.rules().count_by_date(&catalogue.team_agendas(), timezone, from, count, now);
    if !open? && wish.moved.is_none() {
        for (_, slots) in &mut counts {
            *slots = 0;
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

/// Everybody who provides what is wished for, in their order, with their first free start of the next `days` days.
pub async fn first_of_each(tx: &TenantTx, wish: Wish, days: Days, now: DateTime<Utc>) -> Result<Vec<Free>> {
    let today = now.date_naive();
    let Some(end) = now.checked_add_days(days) else { return Ok(Vec::new()) };
    let mut catalogue = catalogue(tx, wish, (today, end.date_naive())).await?;
    let window = Interval::new(now, end);
    let tenant = catalogue.tenant.clone();
    let (read, open) = join!(catalogue.read_taken(tx, window), is_open(tx, &tenant, now));
    read?;
    let is_open = open? || wish.moved.is_some();
    let rules = catalogue.rules();
    let free = |member: &TeamMember| Free {
        staff_id: member.staff.id,
        name: member.staff.name.clone(),
        start: rules.starts(&member.agenda(), window, now).next().filter(|_| is_open),
    };
    Ok(catalogue.team.iter().map(free).collect())
}

/// The nearest starts that are free, for somebody whose wish is not: at most three, within two weeks.
pub async fn alternatives(
    tx: &TenantTx,
    wish: Wish,
    wanted: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Alternative>> {
    let window = Interval::new(wanted - TimeDelta::days(3), wanted + TimeDelta::days(11));
    let dates = (window.start.date_naive(), window.end.date_naive());
    let mut catalogue = catalogue(tx, wish, dates).await?;
    catalogue.read_taken(tx, window).await?;
    let slots = catalogue.rules().slots(&catalogue.team_agendas(), window, now);
    let alternative =
        |slot: &Slot| Alternative { start: slot.start, end: slot.end, staff_ids: slot.staff_ids.clone() };
    Ok(slots::nearest(&slots, wanted, 3).into_iter().map(alternative).collect())
}
