//! What keeps the ledger and the platform's tables in order: settings, figures, the end of what expired.

use super::{Error, Ledger, kept, within};
use crate::cached::cached;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use jobs::Queue;

/// The oldest ready job of each tenant and priority by one index descent; counts end at $2 so that a backlog stays cheap
/// to look at.
const DEPTH: &str = "\
WITH RECURSIVE t(tenant, priority, at) AS (
  (SELECT tenant_id, priority, run_at FROM jobs WHERE queue = $1 AND state = 'ready'
   ORDER BY tenant_id, priority, run_at LIMIT 1)
  UNION ALL
  SELECT n.tenant_id, n.priority, n.run_at FROM t CROSS JOIN LATERAL (
    SELECT j.tenant_id, j.priority, j.run_at FROM jobs j
    WHERE j.queue = $1 AND j.state = 'ready' AND (j.tenant_id, j.priority) > (t.tenant, t.priority)
    ORDER BY j.tenant_id, j.priority, j.run_at LIMIT 1) n)
SELECT
  (SELECT min(at) FROM (SELECT at FROM t LIMIT $2) ages) AS oldest,
  (SELECT count(*) FROM (SELECT FROM jobs WHERE queue = $1 AND state = 'ready' LIMIT $2) ready) AS ready,
  (SELECT count(*) FROM (SELECT FROM jobs WHERE queue = $1 AND state = 'dead' LIMIT $2) dead) AS dead";

const EXPIRED_SESSIONS: &str = "\
DELETE FROM sessions WHERE id = ANY (ARRAY(
  SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2))";

const OLD_IDEMPOTENCY_KEYS: &str = "\
DELETE FROM idempotency_keys k USING (
  SELECT tenant_id, scope, key FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2) old
WHERE k.tenant_id = old.tenant_id AND k.scope = old.scope AND k.key = old.key";

/// Too old to be looked at: jobs that died, what was counted of runs, workers that fell silent, finished progress.
const OLD_RECORDS: [&str; 4] = [
    "DELETE FROM jobs WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM jobs WHERE state = 'dead' AND run_at < $1 - interval '30 days' LIMIT $2))",
    "DELETE FROM job_minutes WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM job_minutes WHERE minute < $1 - interval '8 days' LIMIT $2))",
    "DELETE FROM workers WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM workers WHERE seen_at < $1 - interval '1 day' LIMIT $2))",
    "DELETE FROM job_progress WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM job_progress WHERE updated_at < $1 - interval '30 days' LIMIT $2))",
];

const SETTINGS: &str = "SELECT queue, paused_at, per_tenant FROM queue_settings";

/// What operators set of a queue.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct QueueSettings {
    #[diesel(sql_type = Text)]
    pub queue: String,
    /// Since when nothing of it is leased.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub paused_at: Option<DateTime<Utc>>,
    /// Jobs of one tenant, of each priority, that may be out at a time.
    #[diesel(sql_type = Nullable<Integer>)]
    pub per_tenant: Option<i32>,
}

/// What waits in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Depth {
    /// When the oldest ready job, leased ones included, became due.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest: Option<DateTime<Utc>>,
    /// Ready jobs, leased ones included; no more than the limit asked with.
    #[diesel(sql_type = BigInt)]
    pub ready: i64,
    /// No more than the limit asked with.
    #[diesel(sql_type = BigInt)]
    pub dead: i64,
}

impl Ledger {
    /// What operators set of the queues; those not in it are as the code has them.
    pub async fn settings(&self) -> Result<Vec<QueueSettings>, Error> {
        let mut conn = self.conn().await?;
        let result = within(cached(sql_query(SETTINGS)).load::<QueueSettings>(&mut *conn)).await;
        kept(conn, result)
    }

    /// Looks at a queue; counts no further than `limit`.
    pub async fn depth(&self, queue: Queue, limit: i64) -> Result<Depth, Error> {
        let mut conn = self.conn().await?;
        let query = cached(sql_query(DEPTH).bind::<Text, _>(queue.name()).bind::<BigInt, _>(limit));
        let result = within(query.get_result::<Depth>(&mut *conn)).await;
        kept(conn, result)
    }

    /// Whether the database answers at all.
    pub async fn ping(&self) -> Result<(), Error> {
        let mut conn = self.conn().await?;
        let result = within(cached(sql_query("SELECT 1")).execute(&mut *conn)).await;
        kept(conn, result).map(drop)
    }

    /// Removes up to `limit` sessions that ended before `before`, with their refresh tokens; says how many.
    pub async fn remove_sessions(&self, before: DateTime<Utc>, limit: i64) -> Result<usize, Error> {
        let mut conn = self.conn().await?;
        let query =
            cached(sql_query(EXPIRED_SESSIONS).bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit));
        let result = within(query.execute(&mut *conn)).await;
        kept(conn, result)
    }

    /// Removes up to `limit` idempotency keys made before `before`; says how many.
    pub async fn remove_idempotency_keys(&self, before: DateTime<Utc>, limit: i64) -> Result<usize, Error> {
        let mut conn = self.conn().await?;
        let query =
            cached(sql_query(OLD_IDEMPOTENCY_KEYS).bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit));
        let result = within(query.execute(&mut *conn)).await;
        kept(conn, result)
    }

    /// Removes up to `limit` of each kind of record that is too old at `now`; says how many.
    pub async fn remove_old_records(&self, now: DateTime<Utc>, limit: i64) -> Result<usize, Error> {
        let mut total = 0;
        for sql in OLD_RECORDS {
            let mut conn = self.conn().await?;
            let query = cached(sql_query(sql).bind::<Timestamptz, _>(now).bind::<BigInt, _>(limit));
            let result = within(query.execute(&mut *conn)).await;
            total += kept(conn, result)?;
        }
        Ok(total)
    }
}
