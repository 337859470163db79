//! What a demo's ledger has behind it: jobs that failed or wait, and runs of days before, written as they would stand.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_query;
use diesel::sql_types::{Array, Integer, Json, Jsonb, SmallInt, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use domain::id::{JobId, TenantId};
pub use jobs::Job;

use super::Slice;
use crate::SystemTx;
use crate::error::Result;

/// A job that was given up after all its attempts, a minute apart.
pub async fn failed(
    tx: &SystemTx,
    tenant_id: TenantId,
    job: &Job,
    error: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    const FAILED: &str = "INSERT INTO jobs
          (tenant_id, id, queue, kind, payload, state, run_at, attempt, deliveries, last_error, failures)
        VALUES ($1, $2, $3, $4, $5, 'dead', $6, $7, $7, $8, $9)";
    let attempts = job.policy().attempts;
    let run = |attempt: i16| {
        let at = at - TimeDelta::minutes(i64::from(attempts - attempt));
        serde_json::json!({"attempt": attempt, "at": at, "error": error})
    };
    let first = at - TimeDelta::minutes(i64::from(attempts));
    let query = sql_query(FAILED)
        .bind::<Uuid, _>(tenant_id)
        .bind::<Uuid, _>(JobId::mint(first))
        .bind::<Text, _>(job.policy().queue.name())
        .bind::<Text, _>(job.kind())
        .bind::<Json, _>(job.payload())
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(attempts)
        .bind::<Text, _>(error)
        .bind::<Jsonb, _>((1..=attempts).map(run).collect::<serde_json::Value>());
    query.execute(&mut tx.conn()).await?;
    Ok(())
}

/// A job that waits for its time.
pub async fn scheduled(
    tx: &SystemTx,
    tenant_id: TenantId,
    job: &Job,
    (due, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<()> {
    const SCHEDULED: &str = "INSERT INTO jobs (tenant_id, id, queue, kind, payload, state, run_at)
        VALUES ($1, $2, $3, $4, $5, 'scheduled', $6)";
    let query = sql_query(SCHEDULED)
        .bind::<Uuid, _>(tenant_id)
        .bind::<Uuid, _>(JobId::mint(now))
        .bind::<Text, _>(job.policy().queue.name())
        .bind::<Text, _>(job.kind())
        .bind::<Json, _>(job.payload())
        .bind::<Timestamptz, _>(due);
    query.execute(&mut tx.conn()).await?;
    Ok(())
}

/// What became of the runs of a kind in a minute.
pub async fn minute(tx: &SystemTx, job: &Job, minute: DateTime<Utc>, runs: &Slice) -> Result<()> {
    const MINUTE: &str =
        "INSERT INTO job_minutes (queue, kind, minute, done, dropped, again, dead, waited, ran)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let small = |value: i64| i32::try_from(value).unwrap_or(i32::MAX);
    let all = |values: &[i64]| values.iter().copied().map(small).collect::<Vec<i32>>();
    let query = sql_query(MINUTE)
        .bind::<Text, _>(job.policy().queue.name())
        .bind::<Text, _>(job.kind())
        .bind::<Timestamptz, _>(minute)
        .bind::<Integer, _>(small(runs.done))
        .bind::<Integer, _>(small(runs.dropped))
        .bind::<Integer, _>(small(runs.again))
        .bind::<Integer, _>(small(runs.dead))
        .bind::<Array<Integer>, _>(all(&runs.waited))
        .bind::<Array<Integer>, _>(all(&runs.ran));
    query.execute(&mut tx.conn()).await?;
    Ok(())
}
