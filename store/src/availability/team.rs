//! Who can be booked, and when they work.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::hours::{Calendar, Closure, Hours, Owner};
use domain::id::StaffId;
use domain::slots::{Agenda, Session};
use domain::wall_clock::Interval;
use futures_util::join;

use super::catalogue::Terms;
use super::{REACH_AFTER, REACH_BEFORE};
use crate::TenantTx;
use crate::error::Result;
use crate::hours::{self, Exception, WeeklyRule};
use crate::schema::{staff, tenants};
use crate::staff::OptionalZone;

/// Who can be booked.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = staff)]
pub struct Provider {
    pub id: StaffId,
    pub name: String,
    #[diesel(deserialize_as = OptionalZone)]
    pub timezone: Option<Tz>,
    pub max_daily_bookings: Option<i32>,
    pub weight: i32,
    pub position: i32,
}

/// Who provides it, and when they work.
#[derive(Debug)]
pub struct TeamMember {
    pub staff: Provider,
    hours: Hours,
    closures: Vec<Closure>,
    pub(super) busy: Vec<Interval>,
    pub(super) booking_starts: Vec<DateTime<Utc>>,
    pub(super) sessions: Vec<Session>,
}

/// Everybody who is not archived, in their order.
pub(super) async fn providers(tx: &TenantTx) -> Result<Vec<Provider>> {
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
    pub(super) fn new(
        tenant: &Terms,
        staff: Provider,
        rules: &[WeeklyRule],
        exceptions: &[Exception],
    ) -> Self {
        let openings = |owner: Option<StaffId>| {
            exceptions.iter().filter(move |exception| exception.owner == owner).filter_map(Exception::opening)
        };
        let own = Some(staff.id);
        let owner = Owner::Staff(staff.id);
        let own_zone = staff.timezone.unwrap_or(tenant.timezone);
        let mut dates: Vec<_> = openings(own).collect();
        let hours = if hours::has_own(rules, owner) {
            hours::hours(own_zone, rules, owner, &[], dates)
        } else {
            dates.extend(openings(None).filter(|(date, _)| openings(own).all(|(taken, _)| taken != *date)));
            let pauses = hours::breaks(rules, owner);
            hours::hours(tenant.timezone, rules, Owner::Tenant, &pauses, dates)
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
        Self { staff, hours, closures, busy: Vec::new(), booking_starts: Vec::new(), sessions: Vec::new() }
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
            sessions: &self.sessions,
        }
    }
}
