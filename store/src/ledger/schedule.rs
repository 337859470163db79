//! What fires by the clock: exactly once, however many ask.

use super::{Error, Ledger, within};
use crate::cached::cached;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Bool, Json, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::id::{JobId, TenantId};
use jobs::Job;
use std::collections::HashMap;

const TICKS: &str = "SELECT name, last_tick FROM schedule_ticks";

/// Compare-and-set and insert in one statement, hence in one transaction.
const FIRE: &str = "\
WITH tick AS (
  INSERT INTO schedule_ticks AS s (name, last_tick) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET last_tick = excluded.last_tick WHERE s.last_tick = $3
  RETURNING last_tick),
job AS (
  INSERT INTO jobs (tenant_id, id, queue, kind, payload, priority, run_at)
  SELECT $5, $6, $7, $8, $9, $10, $11 FROM tick WHERE $4)
SELECT EXISTS (SELECT FROM tick) AS won";

#[derive(QueryableByName)]
struct Tick {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Timestamptz)]
    last_tick: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Won {
    #[diesel(sql_type = Bool)]
    won: bool,
}

impl Ledger {
    /// When each schedule last ticked.
    pub async fn ticks(&self) -> Result<HashMap<String, DateTime<Utc>>, Error> {
        let mut conn = self.conn().await?;
        let result = within(cached(sql_query(TICKS)).load::<Tick>(&mut *conn)).await;
        Ok(self.kept(conn, result)?.into_iter().map(|tick| (tick.name, tick.last_tick)).collect())
    }

    /// Advances the schedule `name` from `last` to `tick`, unless somebody else has, and enqueues the platform's `job`,
    /// due at `now`, if it `fires`. True: it was this call that did.
    pub async fn fire(
        &self,
        (name, last, tick): (&str, Option<DateTime<Utc>>, DateTime<Utc>),
        fires: bool,
        (id, job): (JobId, &Job),
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let policy = job.policy();
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(FIRE)
                .bind::<Text, _>(name)
                .bind::<Timestamptz, _>(tick)
                .bind::<Nullable<Timestamptz>, _>(last)
                .bind::<Bool, _>(fires)
                .bind::<SqlUuid, _>(TenantId::PLATFORM)
                .bind::<SqlUuid, _>(id)
                .bind::<Text, _>(policy.queue.name())
                .bind::<Text, _>(job.kind())
                .bind::<Json, _>(job.payload())
                .bind::<SmallInt, _>(policy.priority.code())
                .bind::<Timestamptz, _>(now),
        );
        let result = within(query.get_result::<Won>(&mut *conn)).await;
        Ok(self.kept(conn, result)?.won)
    }
}
