//! From due to leased and back: what relays do, and what keeps a lease.

use super::{Error, Held, Ledger, columns, ms, within};
use crate::cached::cached;
use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::id::{JobId, TenantId};
use jobs::{Delivery, Priority, Queue};
use std::time::Duration;
use uuid::Uuid;

const PROMOTE: &str = "\
WITH due AS MATERIALIZED (
  SELECT ctid AS row FROM jobs WHERE state = 'scheduled' AND run_at <= $1 ORDER BY run_at LIMIT $2
  FOR UPDATE SKIP LOCKED),
moved AS (UPDATE jobs SET state = 'ready' FROM due WHERE jobs.ctid = due.row RETURNING jobs.queue)
SELECT queue, count(*) AS jobs FROM moved GROUP BY queue";

/// The next tenants and priorities with ready jobs by one index descent each, whatever their backlog, and who of them
/// is deep. Public, like `LEASE`, so that a test can pin its plan down.
pub const HEADS: &str = "\
WITH RECURSIVE t(tenant_id, priority) AS (
  (SELECT tenant_id, priority FROM jobs
   WHERE queue = $1 AND state = 'ready' AND (tenant_id, priority) > ($2, $3) ORDER BY tenant_id, priority LIMIT 1)
  UNION ALL
  SELECT n.tenant_id, n.priority FROM t CROSS JOIN LATERAL (
    SELECT j.tenant_id, j.priority FROM jobs j
    WHERE j.queue = $1 AND j.state = 'ready' AND (j.tenant_id, j.priority) > (t.tenant_id, t.priority)
    ORDER BY j.tenant_id, j.priority LIMIT 1) n)
SELECT tenant_id, priority, EXISTS (
  SELECT FROM jobs j WHERE j.queue = $1 AND j.state = 'ready' AND j.tenant_id = t.tenant_id AND j.priority = t.priority
  OFFSET $4) AS deep
FROM t LIMIT $5";

/// Each head's oldest jobs that nobody holds, after the one named ($6, $7): what was done lately still lies before it,
/// dead, until it is vacuumed. Two relays never get the same row: the row lock while one decides, the lease afterwards.
/// From the commit of a pause on nothing is leased.
pub const LEASE: &str = "\
WITH due AS MATERIALIZED (
  SELECT j.row FROM unnest($2::uuid[], $3::smallint[], $4::int[], $6::timestamptz[], $7::uuid[])
    h(tenant, priority, n, run_at, id)
  CROSS JOIN LATERAL (
    SELECT j.ctid AS row FROM jobs j
    WHERE j.queue = $1 AND j.state = 'ready' AND j.tenant_id = h.tenant AND j.priority = h.priority
      AND (j.run_at, j.id) > (h.run_at, h.id) AND j.lease_until < now()
    ORDER BY j.run_at, j.id LIMIT h.n FOR UPDATE SKIP LOCKED) j
  WHERE NOT EXISTS (SELECT FROM queue_settings WHERE queue = $1 AND paused_at IS NOT NULL))
UPDATE jobs SET deliveries = deliveries + 1, lease_until = now() + $5 * interval '1 ms'
FROM due WHERE jobs.ctid = due.row
RETURNING tenant_id, priority, id, kind, run_at, attempt, deliveries, lease_until, trace, payload::text AS payload";

/// The same of the first $6 jobs of each head alone, whatever lies before them. What is leased stays ready until it is
/// settled, hence among them: no more than $6 are out at a time, without counting. (A job that becomes ready late, with an earlier due time than
/// those that are out, may push one of them out of sight and be one too many.)
pub const LEASE_CAPPED: &str = "\
WITH due AS MATERIALIZED (
  SELECT j.row FROM unnest($2::uuid[], $3::smallint[], $4::int[]) h(tenant, priority, n)
  CROSS JOIN LATERAL (
    SELECT k.ctid AS row FROM (
      SELECT j.ctid AS row FROM jobs j
      WHERE j.queue = $1 AND j.state = 'ready' AND j.tenant_id = h.tenant AND j.priority = h.priority
      ORDER BY j.run_at, j.id LIMIT $6) first
    JOIN jobs k ON k.ctid = first.row
    WHERE k.lease_until < now() LIMIT h.n FOR UPDATE OF k SKIP LOCKED) j
  WHERE NOT EXISTS (SELECT FROM queue_settings WHERE queue = $1 AND paused_at IS NOT NULL))
UPDATE jobs SET deliveries = deliveries + 1, lease_until = now() + $5 * interval '1 ms'
FROM due WHERE jobs.ctid = due.row
RETURNING tenant_id, priority, id, kind, run_at, attempt, deliveries, lease_until, trace, payload::text AS payload";

const RENEW: &str = "\
UPDATE jobs SET lease_until = now() + $4 * interval '1 ms'
FROM unnest($1::uuid[], $2::uuid[], $3::smallint[]) k(tenant, id, deliveries)
WHERE jobs.tenant_id = k.tenant AND jobs.id = k.id AND jobs.deliveries = k.deliveries AND jobs.state = 'ready'
  AND jobs.lease_until > '-infinity'";

const GIVE_BACK: &str = "\
UPDATE jobs SET deliveries = jobs.deliveries - 1, lease_until = '-infinity'
FROM unnest($1::uuid[], $2::uuid[], $3::smallint[]) k(tenant, id, deliveries)
WHERE jobs.tenant_id = k.tenant AND jobs.id = k.id AND jobs.deliveries = k.deliveries AND jobs.state = 'ready'
  AND jobs.lease_until > '-infinity'";

const APART: &str = "\
UPDATE jobs SET apart = apart + 1 WHERE tenant_id = $1 AND id = $2 AND deliveries = $3 AND state = 'ready'
RETURNING apart";

#[derive(QueryableByName)]
struct Apart {
    #[diesel(sql_type = SmallInt)]
    apart: i16,
}

/// A tenant's ready jobs of one priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Head {
    #[diesel(sql_type = SqlUuid)]
    pub tenant_id: TenantId,
    /// The code of a [`Priority`].
    #[diesel(sql_type = SmallInt)]
    pub priority: i16,
    /// More of them, leased ones included, than the limit asked with.
    #[diesel(sql_type = Bool)]
    pub deep: bool,
}

impl Head {
    /// Before all others.
    pub const FIRST: (TenantId, i16) = (TenantId(Uuid::nil()), -1);

    pub const fn key(&self) -> (TenantId, i16) {
        (self.tenant_id, self.priority)
    }

    pub fn is_bulk(&self) -> bool {
        self.priority != Priority::Normal.code()
    }
}

/// Where a job stands among those of its head.
pub type Place = (DateTime<Utc>, JobId);

/// What is wanted of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub head: (TenantId, i16),
    /// At most.
    pub jobs: i32,
    /// Those behind this place alone; `None`: from the first on.
    pub after: Option<Place>,
}

/// A delivery, which head it is of, and where it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    pub priority: i16,
    pub place: Place,
    pub delivery: Delivery,
}

#[derive(QueryableByName)]
struct Promoted {
    #[diesel(sql_type = Text)]
    queue: String,
    #[diesel(sql_type = BigInt)]
    jobs: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    tenant_id: TenantId,
    #[diesel(sql_type = SmallInt)]
    priority: i16,
    #[diesel(sql_type = SqlUuid)]
    id: JobId,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Timestamptz)]
    run_at: DateTime<Utc>,
    #[diesel(sql_type = SmallInt)]
    attempt: i16,
    #[diesel(sql_type = SmallInt)]
    deliveries: i16,
    #[diesel(sql_type = Timestamptz)]
    lease_until: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    trace: Option<String>,
    #[diesel(sql_type = Text)]
    payload: String,
}

impl Row {
    /// Not to be started in the second half of `lease` (ms).
    fn leased(self, lease: i64) -> Leased {
        let delivery = Delivery {
            tenant_id: self.tenant_id,
            id: self.id,
            start_by_ms: self.lease_until.timestamp_millis() - lease / 2,
            due_ms: self.run_at.timestamp_millis(),
            attempt: self.attempt,
            deliveries: self.deliveries,
            kind: self.kind,
            trace: self.trace.unwrap_or_default(),
            payload: self.payload.into_bytes(),
        };
        Leased { priority: self.priority, place: (self.run_at, self.id), delivery }
    }
}

impl Ledger {
    /// Makes up to `limit` scheduled jobs ready that are due at `now`; says how many of which queue. Queues that this
    /// release does not know are counted too, by their names.
    pub async fn promote(&self, now: DateTime<Utc>, limit: i64) -> Result<Vec<(String, i64)>, Error> {
        let mut conn = self.conn().await?;
        let query = cached(sql_query(PROMOTE).bind::<Timestamptz, _>(now).bind::<BigInt, _>(limit));
        let result = within(query.load::<Promoted>(&mut *conn)).await;
        Ok(self.kept(conn, result)?.into_iter().map(|row| (row.queue, row.jobs)).collect())
    }

    /// The first `limit` heads after the one named `after`, in the order of their tenants' ids. What has more than
    /// `shallow` jobs is deep. The cost does not grow with a backlog.
    pub async fn heads(
        &self,
        queue: Queue,
        (tenant, priority): (TenantId, i16),
        shallow: i64,
        limit: i64,
    ) -> Result<Vec<Head>, Error> {
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(HEADS)
                .bind::<Text, _>(queue.name())
                .bind::<SqlUuid, _>(tenant)
                .bind::<SmallInt, _>(priority)
                .bind::<BigInt, _>(shallow)
                .bind::<BigInt, _>(limit),
        );
        let result = within(query.load::<Head>(&mut *conn)).await;
        self.kept(conn, result)
    }

    /// Leases of each head the given number of its oldest free jobs; with a `cap`, of its first so many, from the first
    /// on. Not to be repeated when unanswered: perhaps it was committed, then those leases end by themselves.
    pub async fn lease(
        &self,
        queue: Queue,
        shares: &[Share],
        cap: Option<i32>,
        lease: Duration,
    ) -> Result<Vec<Leased>, Error> {
        let (tenants, priorities): (Vec<TenantId>, Vec<i16>) = shares.iter().map(|share| share.head).unzip();
        let limits: Vec<i32> = shares.iter().map(|share| share.jobs).collect();
        let mut conn = self.conn().await?;
        let query = sql_query(if cap.is_some() { LEASE_CAPPED } else { LEASE })
            .bind::<Text, _>(queue.name())
            .bind::<Array<SqlUuid>, _>(tenants)
            .bind::<Array<SmallInt>, _>(priorities)
            .bind::<Array<Integer>, _>(limits)
            .bind::<Integer, _>(ms(lease));
        let result = match cap {
            None => {
                let first = (DateTime::UNIX_EPOCH, JobId(Uuid::nil()));
                let after = shares.iter().map(|share| share.after.unwrap_or(first));
                let (times, ids): (Vec<DateTime<Utc>>, Vec<JobId>) = after.unzip();
                let query = query.bind::<Array<Timestamptz>, _>(times).bind::<Array<SqlUuid>, _>(ids);
                within(cached(query).load::<Row>(&mut *conn)).await
            }
            Some(cap) => {
                let query = query.bind::<BigInt, _>(i64::from(cap));
                within(cached(query).load::<Row>(&mut *conn)).await
            }
        };
        let lease = i64::from(ms(lease));
        Ok(self.kept(conn, result)?.into_iter().map(|row| row.leased(lease)).collect())
    }

    /// Leases anew, from now on, what is still running. May be repeated.
    pub async fn renew(&self, jobs: &[Held], lease: Duration) -> Result<usize, Error> {
        if jobs.is_empty() {
            return Ok(0);
        }
        let (tenants, ids, deliveries) = columns(jobs);
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(RENEW)
                .bind::<Array<SqlUuid>, _>(tenants)
                .bind::<Array<SqlUuid>, _>(ids)
                .bind::<Array<SmallInt>, _>(deliveries)
                .bind::<Integer, _>(ms(lease)),
        );
        let result = within(query.execute(&mut *conn)).await;
        self.kept(conn, result)
    }

    /// Counts that a suspect is run in a process of its own; says the how manieth time it is. `None`: the delivery is not
    /// this worker's any more.
    pub async fn apart(&self, job: Held) -> Result<Option<i16>, Error> {
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(APART)
                .bind::<SqlUuid, _>(job.tenant_id)
                .bind::<SqlUuid, _>(job.id)
                .bind::<SmallInt, _>(job.deliveries),
        );
        let result = within(query.load::<Apart>(&mut *conn)).await;
        Ok(self.kept(conn, result)?.into_iter().next().map(|row| row.apart))
    }

    /// Takes back deliveries that nobody started: due again at once, and not counted as lost. Not to be repeated when
    /// unanswered: it might meet the next delivery.
    pub async fn give_back(&self, jobs: &[Held]) -> Result<usize, Error> {
        if jobs.is_empty() {
            return Ok(0);
        }
        let (tenants, ids, deliveries) = columns(jobs);
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(GIVE_BACK)
                .bind::<Array<SqlUuid>, _>(tenants)
                .bind::<Array<SqlUuid>, _>(ids)
                .bind::<Array<SmallInt>, _>(deliveries),
        );
        let result = within(query.execute(&mut *conn)).await;
        self.kept(conn, result)
    }
}
