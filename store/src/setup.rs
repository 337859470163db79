//! The first steps of a tenant.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::setup::SetupStep;

use crate::TenantTx;
use crate::error::Result;
use crate::schema::{services, setup_steps};

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
