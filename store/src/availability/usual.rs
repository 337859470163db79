//! Free time of no service in particular: as long as the tenant's appointments usually are, with the usual break after each.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{ServiceId, StaffId};
use domain::location::Location;
use domain::rejection::Code;
use domain::translation::Translations;
use uuid::Uuid;

use super::catalogue::{Bookable, Catalogue, FURTHEST_HORIZON};
use super::team::everybody;
use super::{Day, day_of};
use crate::TenantTx;
use crate::error::Result;
use crate::schema::tenants;

/// When one staff member, or anybody, is free on a date: one of `viewer`'s, or of the tenant's zone.
pub async fn usual_day(
    tx: &TenantTx,
    staff_id: Option<StaffId>,
    date: NaiveDate,
    viewer: Option<Tz>,
    now: DateTime<Utc>,
) -> Result<Day> {
    let usual = (tenants::default_duration_minutes, tenants::default_break_minutes);
    let (duration_minutes, break_minutes) =
        tenants::table.find(tx.tenant()).select(usual).first(&mut tx.conn()).await?;
    let (tenant, mut team) = everybody(tx, (date, date)).await?;
    team.retain(|member| staff_id.is_none_or(|id| id == member.staff.id));
    if staff_id.is_some() && team.is_empty() {
        return Err(Code::NotFound.into());
    }
    let service = Bookable {
        id: ServiceId(Uuid::nil()),
        name: String::new(),
        translations: Translations::default(),
        duration_minutes,
        buffer_before_minutes: 0,
        buffer_after_minutes: break_minutes,
        location: Location::Business,
        travel_minutes: 0,
        price_cents: 0,
        deposit_basis_points: 0,
        capacity: 1,
        min_notice_minutes: 0,
        horizon_days: FURTHEST_HORIZON,
        bookable_until: None,
        slot_step_minutes: None,
        auto_confirm: true,
        is_active: true,
        is_collective: false,
    };
    day_of(tx, Catalogue::of(tenant, service, team), date, viewer, now).await
}
