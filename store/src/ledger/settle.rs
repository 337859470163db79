//! The ends of jobs.

use super::{Error, Ledger, within};
use crate::cached::cached;
use chrono::{DateTime, Utc};
use diesel::sql_query;
use diesel::sql_types::{Array, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::id::{JobId, TenantId};
use uuid::Uuid;

const DONE: &str = "\
DELETE FROM jobs USING unnest($1::uuid[], $2::uuid[]) k(tenant, id)
WHERE jobs.tenant_id = k.tenant AND jobs.id = k.id";

/// Of two workers that failed at the same attempt only the first counts. A dead job's time is that of its death, and
/// another may have its key. Its failures are 20 at most.
const FAILED: &str = "\
UPDATE jobs SET state = CASE WHEN k.at IS NULL THEN 'dead' ELSE 'scheduled' END, run_at = coalesce(k.at, $6),
  attempt = jobs.attempt + 1, last_error = k.error,
  lease_until = '-infinity', apart = CASE WHEN k.at IS NULL THEN apart ELSE 0 END,
  dedup_key = CASE WHEN k.at IS NULL THEN NULL ELSE dedup_key END,
  failures = CASE WHEN jsonb_array_length(failures) >= 20 THEN failures - 0 ELSE coalesce(failures, '[]') END
    || jsonb_build_object('attempt', jobs.attempt + 1, 'at', $6, 'error', k.error)
FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::text[]) k(tenant, id, attempt, at, error)
WHERE jobs.tenant_id = k.tenant AND jobs.id = k.id AND jobs.attempt = k.attempt AND jobs.state = 'ready'";

/// A run that ended in an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub tenant_id: TenantId,
    pub id: JobId,
    /// Of the delivery that failed.
    pub attempt: i16,
    /// When to try again; `None`: never, the job is dead.
    pub again_at: Option<DateTime<Utc>>,
    pub error: String,
}

impl Ledger {
    /// Removes jobs whose work is done. May be repeated.
    pub async fn done(&self, jobs: &[(TenantId, JobId)]) -> Result<usize, Error> {
        if jobs.is_empty() {
            return Ok(0);
        }
        let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) = jobs.iter().map(|(tenant, id)| (tenant.0, id.0)).unzip();
        let mut conn = self.conn().await?;
        let query = cached(sql_query(DONE).bind::<Array<SqlUuid>, _>(tenants).bind::<Array<SqlUuid>, _>(ids));
        let result = within(query.execute(&mut *conn)).await;
        self.kept(conn, result)
    }

    /// Counts a failed run of each job, ended at `now`: scheduled again, or dead. May be repeated.
    pub async fn failed(&self, failures: &[Failure], now: DateTime<Utc>) -> Result<usize, Error> {
        if failures.is_empty() {
            return Ok(0);
        }
        let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) =
            failures.iter().map(|failure| (failure.tenant_id.0, failure.id.0)).unzip();
        let (attempts, times): (Vec<i16>, Vec<Option<DateTime<Utc>>>) =
            failures.iter().map(|failure| (failure.attempt, failure.again_at)).unzip();
        let errors: Vec<&str> = failures.iter().map(|failure| failure.error.as_str()).collect();
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(FAILED)
                .bind::<Array<SqlUuid>, _>(tenants)
                .bind::<Array<SqlUuid>, _>(ids)
                .bind::<Array<SmallInt>, _>(attempts)
                .bind::<Array<Nullable<Timestamptz>>, _>(times)
                .bind::<Array<Text>, _>(errors)
                .bind::<Timestamptz, _>(now),
        );
        let result = within(query.execute(&mut *conn)).await;
        self.kept(conn, result)
    }
}
