//! When a service can be booked: reads what the slot engine needs, in two flights, and asks it.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::Status;
use domain::hours::{Calendar, Closure, Hours, WeeklyRange};
use domain::id::{ServiceId, StaffId, TenantId};
use domain::plan::{self, Limit};
use domain::rejection::{Alternative, Code};
use domain::slots::{self, Agenda, Slot, SlotRules};
use domain::wall_clock::{self, Interval};
use futures_util::join;

use crate::TenantTx;
use crate::error::Result;
use crate::explain::explain;
use crate::hours::{self, Rules};
use crate::schema::{allocations, bookings};
use crate::services::{self, Offer};
use crate::staff::{self, StaffMember};
use crate::tenants::{self, Tenant};
use crate::usage;

/// Longest time that one allocation takes: the table checks it, so who looks for overlaps looks back no further.
pub const MAX_ALLOCATION: TimeDelta = TimeDelta::hours(24);

/// How far before a window the grid of its first range may begin.
const GRID_REACH: Days = Days::new(16);

/// One tenant's service with everybody who provides it and when they work: all that the answer depends on but for the
/// time that is taken.
#[derive(Debug)]
pub struct Catalogue {
    pub tenant: Tenant,
    pub offer: Offer,
    pub team: Vec<TeamMember>,
}

/// Who provides it, and when they work.
#[derive(Debug)]
pub struct TeamMember {
    pub staff: StaffMember,
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

/// Reads the catalogue for an active service; `from` is the first date asked for. Named, only that staff member.
pub(crate) async fn catalogue(
    tx: &TenantTx,
    service_id: ServiceId,
    only: Option<StaffId>,
    from: NaiveDate,
) -> Result<Catalogue> {
    let since = from.checked_sub_days(GRID_REACH).unwrap_or(from);
    let (tenant, offer, everybody, rules, breaks, closures, openings) = join!(
        tenants::find(tx),
        services::find(tx, service_id),
        staff::list(tx),
        hours::opening::all(tx),
        hours::pause::all(tx),
        hours::closures(tx, since),
        hours::openings(tx, since),
    );
    let (tenant, offer, everybody) = (tenant?, offer?, everybody?);
    let (rules, breaks, closures, openings) = (rules?, breaks?, closures?, openings?);
    if !offer.service.is_active {
        return Err(Code::NotFound.into());
    }
    let provides = |member: &StaffMember| {
        (offer.staff_ids.is_empty() || offer.staff_ids.contains(&member.id))
            && only.is_none_or(|id| id == member.id)
    };
    let team = everybody
        .into_iter()
        .filter(provides)
        .map(|staff| TeamMember::new(&tenant, staff, &rules, &breaks, &closures, &openings))
        .collect::<Result<Vec<_>>>()?;
    if only.is_some() && team.is_empty() {
        return Err(Code::NotFound.into());
    }
    Ok(Catalogue { tenant, offer, team })
}

impl TeamMember {
    /// A staff member with weekly hours of their own has those and their own pauses, in their own zone; without, the
    /// tenant's week, its pauses and theirs. Their one-off openings come before the tenant's of the same date.
    fn new(
        tenant: &Tenant,
        staff: StaffMember,
        rules: &Rules,
        breaks: &Rules,
        closures: &[hours::Closure],
        openings: &[hours::Opening],
    ) -> Result<Self> {
        let of = |rules: &Rules, owner: Option<StaffId>| -> Vec<WeeklyRange> {
            rules.iter().filter(|(of, _)| *of == owner).map(|(_, range)| *range).collect()
        };
        let own_zone = staff.timezone.unwrap_or(tenant.timezone);
        let own_rules = of(rules, Some(staff.id));
        let own_openings = openings.iter().filter(|opening| opening.staff_id == Some(staff.id));
        let mut dates =
            own_openings.map(|opening| Ok((opening.date, opening.range()?))).collect::<Result<Vec<_>>>()?;
        let mut pauses = of(breaks, Some(staff.id));
        let hours = if own_rules.is_empty() {
            pauses.extend(of(breaks, None));
            for opening in openings.iter().filter(|opening| opening.staff_id.is_none()) {
                if !openings.iter().any(|own| own.staff_id == Some(staff.id) && own.date == opening.date) {
                    dates.push((opening.date, opening.range()?));
                }
            }
            Hours::new(tenant.timezone, of(rules, None), pauses, dates)
        } else {
            Hours::new(own_zone, own_rules, pauses, dates)
        };
        let closures = closures
            .iter()
            .filter(|closure| closure.staff_id.is_none_or(|id| id == staff.id))
            .map(|closure| Closure {
                timezone: if closure.staff_id.is_some() { own_zone } else { tenant.timezone },
                starts_on: closure.starts_on,
                ends_on: closure.ends_on,
            })
            .collect();
        Ok(Self { staff, hours, closures, busy: Vec::new(), booking_starts: Vec::new() })
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
        let service = &self.offer.service;
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
        let limited = self.team.iter().any(|member| member.staff.max_daily_bookings.is_some());
        // A date of any zone lies within two days of the window.
        let days = Interval::new(window.start - TimeDelta::days(2), window.end + TimeDelta::days(2));
        let (taken, starts) = join!(taken(tx, &ids, reach), async {
            if limited { starts(tx, &ids, days).await } else { Ok(Vec::new()) }
        });
        let (taken, starts) = (taken?, starts?);
        for member in &mut self.team {
            let id = member.staff.id;
            member.busy = taken.iter().filter(|(of, _)| *of == id).map(|(_, interval)| *interval).collect();
            member.booking_starts =
                starts.iter().filter(|(of, _)| *of == id).map(|(_, start)| *start).collect();
        }
        Ok(())
    }

    /// Reads what is taken of one staff member around a start, and says whether they offer it.
    pub(crate) async fn offers(
        &mut self,
        tx: &TenantTx,
        id: StaffId,
        start: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        self.team.retain(|member| member.staff.id == id);
        self.read_taken(tx, Interval::new(start, start + TimeDelta::seconds(1))).await?;
        let rules = self.rules();
        Ok(self.team.iter().any(|member| rules.is_offered(&member.agenda(), start, now)))
    }
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
async fn is_open(tx: &TenantTx, tenant: &Tenant, now: DateTime<Utc>) -> Result<bool> {
    match tenant.plan.allowance(Limit::BookingsPerMonth) {
        None => Ok(true),
        Some(max) => {
            let month = plan::month_of(now, tenant.timezone);
            Ok(usage::used(tx, Limit::BookingsPerMonth, month).await? < max)
        }
    }
}

/// The slots of one date. The date is one of `viewer`'s, or of the tenant's zone: a viewer's zone only regroups.
pub async fn day(
    tx: &TenantTx,
    service_id: ServiceId,
    only: Option<StaffId>,
    date: NaiveDate,
    viewer: Option<Tz>,
    now: DateTime<Utc>,
) -> Result<Day> {
    let mut catalogue = catalogue(tx, service_id, only, date).await?;
    let timezone = viewer.unwrap_or(catalogue.tenant.timezone);
    let Some(window) = wall_clock::day(timezone, date) else {
        return Ok(Day { date, timezone, is_open: true, slots: Vec::new() });
    };
    let tenant = catalogue.tenant.clone();
    let (read, open) = join!(catalogue.read_taken(tx, window), is_open(tx, &tenant, now));
    read?;
    let is_open = open?;
    let slots =
        if is_open { catalogue.rules().slots(&catalogue.team_agendas(), window, now) } else { Vec::new() };
    Ok(Day { date, timezone, is_open, slots })
}

/// How many slots each of some dates has, `from` to `to` included; at most [`slots::MAX_COUNTED_DAYS`].
pub async fn days(
    tx: &TenantTx,
    service_id: ServiceId,
    only: Option<StaffId>,
    (from, to): (NaiveDate, NaiveDate),
    viewer: Option<Tz>,
    now: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, u32)>> {
    let mut catalogue = catalogue(tx, service_id, only, from).await?;
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
    if !open? {
        for (_, slots) in &mut counts {
            *slots = 0;
        }
    }
    Ok(counts)
}

/// The nearest starts that are free, for somebody whose wish is not: at most three, within two weeks.
pub async fn alternatives(
    tx: &TenantTx,
    service_id: ServiceId,
    only: Option<StaffId>,
    wanted: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Alternative>> {
    let window = Interval::new(wanted - TimeDelta::days(3), wanted + TimeDelta::days(11));
    let mut catalogue = catalogue(tx, service_id, only, window.start.date_naive()).await?;
    catalogue.read_taken(tx, window).await?;
    let slots = catalogue.rules().slots(&catalogue.team_agendas(), window, now);
    let alternative =
        |slot: &Slot| Alternative { start: slot.start, end: slot.end, staff_ids: slot.staff_ids.clone() };
    Ok(slots::nearest(&slots, wanted, 3).into_iter().map(alternative).collect())
}
