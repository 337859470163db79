//! What keeps the ledger and the platform's tables in order: settings, figures, the end of what expired.

use super::{Error, Ledger, within};
use crate::cached::cached;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::plan::{self, Plan};
use jobs::Queue;

/// The tenants with ready jobs by one index descent each, and the oldest job of each and its priority that waits by
/// another. Counts end at $2 so that a backlog stays cheap to look at. What is leased stands at the beginning of each
/// tenant's jobs: the fewer tenants, the further one looks.
const DEPTH: &str = "\
WITH RECURSIVE t(tenant) AS (
  (SELECT tenant_id FROM jobs WHERE queue = $1 AND state = 'ready'
   ORDER BY tenant_id, priority, run_at, id LIMIT 1)
  UNION ALL
  SELECT n.tenant_id FROM t CROSS JOIN LATERAL (
    SELECT j.tenant_id FROM jobs j WHERE j.queue = $1 AND j.state = 'ready' AND j.tenant_id > t.tenant
    ORDER BY j.tenant_id, j.priority, j.run_at, j.id LIMIT 1) n),
heads AS MATERIALIZED (SELECT tenant, priority FROM (SELECT tenant FROM t LIMIT 10000) t
  CROSS JOIN (VALUES (0), (1)) p(priority)),
first AS MATERIALIZED (SELECT * FROM heads LIMIT 1000)
SELECT
  (SELECT min(head.run_at) FROM heads CROSS JOIN LATERAL (
     SELECT j.run_at FROM jobs j WHERE j.queue = $1 AND j.state = 'ready' AND j.tenant_id = heads.tenant
       AND j.priority = heads.priority AND j.lease_until < now() ORDER BY j.run_at, j.id LIMIT 1) head) AS oldest,
  (SELECT count(*) FROM (SELECT FROM jobs WHERE queue = $1 AND state = 'ready' LIMIT $2) ready) AS ready,
  (SELECT count(*) FROM (SELECT FROM jobs WHERE queue = $1 AND state = 'dead' LIMIT $2) dead) AS dead,
  (SELECT count(*) FROM first CROSS JOIN LATERAL (
     SELECT lease_until FROM jobs j WHERE j.queue = $1 AND j.state = 'ready' AND j.tenant_id = first.tenant
       AND j.priority = first.priority ORDER BY j.run_at, j.id
     LIMIT (SELECT 40000 / greatest(count(*), 1) + 50 FROM first)) head WHERE head.lease_until > now()) AS leased,
  (SELECT count(*) > 1000 FROM heads) AS is_part";

const EXPIRED_SESSIONS: &str = "\
DELETE FROM sessions WHERE id = ANY (ARRAY(
  SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2))";

const EXPIRED_CUSTOMER_SESSIONS: &str = "\
DELETE FROM customer_sessions s USING (
  SELECT tenant_id, id FROM customer_sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2) old
WHERE s.tenant_id = old.tenant_id AND s.id = old.id";

const OLD_CUSTOMER_SIGN_INS: &str = "\
DELETE FROM customer_sign_ins s USING (
  SELECT tenant_id, id FROM customer_sign_ins WHERE created_at < $1 ORDER BY created_at LIMIT $2) old
WHERE s.tenant_id = old.tenant_id AND s.id = old.id";

/// Of each tenant by one index descent. $1 to $3: from when on each plan keeps them; $4: before when a downgrade was to count.
const OLD_AUDIT_EVENTS: &str = "\
DELETE FROM audit_events a USING (
  SELECT old.tenant_id, old.id FROM tenants t CROSS JOIN LATERAL (
    SELECT e.tenant_id, e.id FROM audit_events e WHERE e.tenant_id = t.tenant_id AND e.occurred_at <
      CASE WHEN t.plan = 'enterprise' OR t.downgraded_at > $4 THEN $3 WHEN t.plan = 'pro' THEN $2 ELSE $1 END
    ORDER BY e.occurred_at LIMIT $5) old LIMIT $5) old
WHERE a.tenant_id = old.tenant_id AND a.id = old.id";

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
    /// When the oldest job that waits for a worker became due.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest: Option<DateTime<Utc>>,
    /// Ready jobs, leased ones included; no more than the limit asked with.
    #[diesel(sql_type = BigInt)]
    pub ready: i64,
    /// No more than the limit asked with.
    #[diesel(sql_type = BigInt)]
    pub dead: i64,
    /// Of the ready ones; of the first 500 tenants alone, if there are more.
    #[diesel(sql_type = BigInt)]
    pub leased: i64,
    /// There are more tenants than the leased jobs were counted of.
    #[diesel(sql_type = Bool)]
    pub is_part: bool,
}

impl Depth {
    /// For the console, which asks by a transaction of its own.
    pub(crate) async fn of(
        conn: &mut &AsyncPgConnection,
        queue: Queue,
        limit: i64,
    ) -> diesel::QueryResult<Self> {
        cached(sql_query(DEPTH).bind::<Text, _>(queue.name()).bind::<BigInt, _>(limit)).get_result(conn).await
    }
}

impl Ledger {
    /// What operators set of the queues; those not in it are as the code has them.
    pub async fn settings(&self) -> Result<Vec<QueueSettings>, Error> {
        let mut conn = self.conn().await?;
        let result = within(cached(sql_query(SETTINGS)).load::<QueueSettings>(&mut *conn)).await;
        self.kept(conn, result)
    }

    /// Looks at a queue; counts no further than `limit`.
    pub async fn depth(&self, queue: Queue, limit: i64) -> Result<Depth, Error> {
        let conn = self.conn().await?;
        let result = within(Depth::of(&mut &*conn, queue, limit)).await;
        self.kept(conn, result)
    }

    /// Whether the database answers at all.
    pub async fn ping(&self) -> Result<(), Error> {
        let mut conn = self.conn().await?;
        let result = within(cached(sql_query("SELECT 1")).execute(&mut *conn)).await;
        self.kept(conn, result).map(drop)
    }

    /// Removes up to `limit` sessions that ended before `before`, with their refresh tokens; says how many.
    pub async fn remove_sessions(&self, before: DateTime<Utc>, limit: i64) -> Result<usize, Error> {
        let mut conn = self.conn().await?;
        let query =
            cached(sql_query(EXPIRED_SESSIONS).bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit));
        let result = within(query.execute(&mut *conn)).await;
        self.kept(conn, result)
    }

    /// Removes up to `limit` sessions of customers that ended before `before`; says how many.
    pub async fn remove_customer_sessions(&self, before: DateTime<Utc>, limit: i64) -> Result<usize, Error> {
        self.remove_before(EXPIRED_CUSTOMER_SESSIONS, before, limit).await
    }

    /// Removes up to `limit` links of customers that were asked for before `before`; says how many.
    pub async fn remove_customer_sign_ins(&self, before: DateTime<Utc>, limit: i64) -> Result<usize, Error> {
        self.remove_before(OLD_CUSTOMER_SIGN_INS, before, limit).await
    }

    async fn remove_before(
        &self,
        sql: &'static str,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<usize, Error> {
        let mut conn = self.conn().await?;
        let query = cached(sql_query(sql).bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit));
        let result = within(query.execute(&mut *conn)).await;
        self.kept(conn, result)
    }

    /// Removes up to `limit` idempotency keys made before `before`; says how many.
    pub async fn remove_idempotency_keys(&self, before: DateTime<Utc>, limit: i64) -> Result<usize, Error> {
        let mut conn = self.conn().await?;
        let query =
            cached(sql_query(OLD_IDEMPOTENCY_KEYS).bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit));
        let result = within(query.execute(&mut *conn)).await;
        self.kept(conn, result)
    }

    /// Removes up to `limit` changes that are written down for longer than their tenant's plan keeps them; says how many.
    pub async fn remove_audit_events(&self, now: DateTime<Utc>, limit: i64) -> Result<usize, Error> {
        let mut conn = self.conn().await?;
        let kept = |plan| plan::audit_kept_from(plan, None, now);
        let query = sql_query(OLD_AUDIT_EVENTS)
            .bind::<Timestamptz, _>(kept(Plan::Free))
            .bind::<Timestamptz, _>(kept(Plan::Pro))
            .bind::<Timestamptz, _>(kept(Plan::Enterprise))
            .bind::<Timestamptz, _>(now - plan::AUDIT_GRACE)
            .bind::<BigInt, _>(limit);
        let result = within(cached(query).execute(&mut *conn)).await;
        self.kept(conn, result)
    }

    /// Removes up to `limit` of each kind of record that is too old at `now`; says how many.
    pub async fn remove_old_records(&self, now: DateTime<Utc>, limit: i64) -> Result<usize, Error> {
        let mut total = 0;
        for sql in OLD_RECORDS {
            let mut conn = self.conn().await?;
            let query = cached(sql_query(sql).bind::<Timestamptz, _>(now).bind::<BigInt, _>(limit));
            let result = within(query.execute(&mut *conn)).await;
            total += self.kept(conn, result)?;
        }
        Ok(total)
    }
}
