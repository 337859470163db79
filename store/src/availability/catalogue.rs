//! A service with who provides it and what is taken of their time: all that the slot engine is asked with.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use diesel::dsl::array;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking;
use domain::id::{ServiceId, StaffId};
use domain::locale::Locale;
use domain::plan::Plan;
use domain::rejection::Code;
use domain::slots::{Agenda, Slot, SlotRules};
use domain::wall_clock::Interval;
use futures_util::join;

use super::taken::{starts, taken};
use super::team::{Provider, TeamMember, providers};
use super::{Moved, REACH_AFTER, REACH_BEFORE, Wish};
use crate::TenantTx;
use crate::error::Result;
use crate::hours;
use crate::schema::{services, tenants};
use crate::services::named;
use crate::tenants::Zone;

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

    /// What is free in `window`. Where a booking stands that looks for another time is none.
    pub(super) fn slots(&self, window: Interval, now: DateTime<Utc>) -> Vec<Slot> {
        let mut slots = self.rules().slots(&self.team_agendas(), window, now);
        if let Some(moved) = self.moved
            && let Some(present) = slots.iter_mut().find(|slot| slot.start == moved.start)
        {
            present.staff_ids.retain(|id| *id != moved.staff_id);
            slots.retain(|slot| !slot.staff_ids.is_empty());
        }
        slots
    }

    /// Whether the booking that looks for another time is there already.
    pub(super) fn is_present(&self, staff_id: StaffId, start: DateTime<Utc>) -> bool {
        self.moved.is_some_and(|moved| (moved.staff_id, moved.start) == (staff_id, start))
    }

    /// The start that only staying would take: of the booking that looks for another time, if nobody else offers it.
    pub(super) fn stays(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let moved = self.moved?;
        let rules = self.rules();
        let mut offers =
            self.team.iter().filter(|member| rules.is_offered(&member.agenda(), moved.start, now));
        let is_own = offers.next().is_some_and(|member| member.staff.id == moved.staff_id);
        (is_own && offers.next().is_none()).then_some(moved.start)
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
