//! What keeps the ledger and the platform's tables in order: schedules, figures, the end of what expired.

use super::{Error, Ledger, kept, within};
use crate::cached::cached;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Json, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::id::{JobId, TenantId};
use jobs::{Job, Queue};

/// Compare-and-set and insert in one statement, hence in one transaction.
const FIRE: &str = "\
WITH tick AS (
  INSERT INTO schedule_ticks AS s (name, last_tick) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET last_tick = excluded.last_tick WHERE s.last_tick < excluded.last_tick
  RETURNING last_tick)
INSERT INTO jobs (tenant_id, id, queue, kind, payload, run_at)
SELECT $3, $4, $5, $6, $7, $8 FROM tick";

/// Each tenant's oldest ready job by one index descent; counts end at $2 so that a backlog stays cheap to look at.
const DEPTH: &str = "\
WITH RECURSIVE t(tenant, at) AS (
  (SELECT tenant_id, run_at FROM jobs WHERE queue = $1 AND state = 'ready' ORDER BY tenant_id, run_at LIMIT 1)
  UNION ALL
  SELECT n.tenant_id, n.run_at FROM t CROSS JOIN LATERAL (
    SELECT j.tenant_id, j.run_at FROM jobs j WHERE j.queue = $1 AND j.state = 'ready' AND j.tenant_id > t.tenant
    ORDER BY j.tenant_id, j.run_at LIMIT 1) n)
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
    /// Enqueues the platform's `job`, due at `now`, for the tick of the schedule `name`, unless that tick or a later one has fired:
    /// once, however many ask.
    pub async fn fire(
        &self,
        (name, tick): (&str, DateTime<Utc>),
        id: JobId,
        job: &Job,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(FIRE)
                .bind::<Text, _>(name)
                .bind::<Timestamptz, _>(tick)
                .bind::<SqlUuid, _>(TenantId::PLATFORM)
                .bind::<SqlUuid, _>(id)
                .bind::<Text, _>(job.policy().queue.name())
                .bind::<Text, _>(job.kind())
                .bind::<Json, _>(job.payload())
                .bind::<Timestamptz, _>(now),
        );
        let result = within(query.execute(&mut *conn)).await;
        Ok(kept(conn, result)? == 1)
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
}
