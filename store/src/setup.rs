//! The first steps of a tenant, and what its start page shows of today.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::Status;
use domain::setup::SetupStep;
use domain::wall_clock::Interval;

use crate::TenantTx;
use crate::bookings::{self, Appointment, Filter};
use crate::error::Result;
use crate::schema::{bookings as appointments, services, setup_steps};

/// Notes that a step was taken; the first time counts.
pub async fn mark(tx: &TenantTx, step: SetupStep, now: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(setup_steps::table)
        .values((
            setup_steps::tenant_id.eq(tx.tenant()),
            setup_steps::step.eq(step),
            setup_steps::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The steps that were taken.
pub async fn steps(tx: &TenantTx) -> Result<Vec<SetupStep>> {
    Ok(setup_steps::table
        .filter(setup_steps::tenant_id.eq(tx.tenant()))
        .select(setup_steps::step)
        .load(&mut tx.conn())
        .await?)
}

/// Whether anything can be booked.
pub async fn has_service(tx: &TenantTx) -> Result<bool> {
    let any = services::table
        .filter(services::tenant_id.eq(tx.tenant()))
        .filter(services::archived_at.is_null())
        .filter(services::is_active);
    Ok(diesel::select(diesel::dsl::exists(any)).get_result(&mut tx.conn()).await?)
}

/// Bookings that wait for an answer and are not over.
pub async fn count_pending(tx: &TenantTx, now: DateTime<Utc>) -> Result<i64> {
    Ok(appointments::table
        .filter(appointments::tenant_id.eq(tx.tenant()))
        .filter(appointments::status.eq(Status::Pending))
        .filter(appointments::starts_at.gt(now))
        .select(count_star())
        .first(&mut tx.conn())
        .await?)
}

/// The bookings of a day that take place, by start; at most 500.
pub async fn bookings_of(tx: &TenantTx, day: Interval) -> Result<Vec<Appointment>> {
    let filter = Filter { from: Some(day.start), to: Some(day.end), ..Filter::default() };
    let mut of_day = bookings::list(tx, &filter, 500).await?;
    of_day.retain(|appointment| appointment.booking.status != Status::Cancelled);
    Ok(of_day)
}

/// The next bookings that take place, by start; at most `most`.
pub async fn next_bookings(tx: &TenantTx, now: DateTime<Utc>, most: usize) -> Result<Vec<Appointment>> {
    let filter = Filter { from: Some(now), ..Filter::default() };
    // Some of them are cancelled; who cancels half of all has other worries.
    let limit = i64::try_from(most).unwrap_or(50).saturating_mul(4);
    let mut next = bookings::list(tx, &filter, limit).await?;
    next.retain(|appointment| appointment.booking.status != Status::Cancelled);
    next.truncate(most);
    Ok(next)
}
