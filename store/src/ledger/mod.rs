//! The ledger of background work as relays and workers see it: jobs of all tenants, by the role `harmony_system`.
//!
//! A row is the whole truth about a job. It is leased while `state = 'ready' AND lease_until > now()`; leases are dated
//! by PostgreSQL's clock alone, due times by the clock of whoever calls. `deliveries - attempt - 1` leases were lost.

mod upkeep;

pub use upkeep::Depth;

use crate::cached::cached;
use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{QueryResult, QueryableByName, sql_query};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::id::{JobId, TenantId};
use jobs::{Delivery, Queue};
use secrecy::{ExposeSecret, SecretString};
use std::future::Future;
use std::num::NonZeroUsize;
use std::time::Duration;
use url::Url;
use uuid::Uuid;

const PROMOTE: &str = "\
WITH due AS MATERIALIZED (
  SELECT ctid AS row FROM jobs WHERE state = 'scheduled' AND run_at <= $1 ORDER BY run_at LIMIT $2
  FOR UPDATE SKIP LOCKED),
moved AS (UPDATE jobs SET state = 'ready' FROM due WHERE jobs.ctid = due.row RETURNING jobs.queue)
SELECT queue, count(*) AS jobs FROM moved GROUP BY queue";

/// The next tenants with ready jobs by one index descent each, whatever their backlog, and who of them is deep. Public,
/// like `LEASE`, so that a test can pin its plan down.
pub const HEADS: &str = "\
WITH RECURSIVE t(id) AS (
  (SELECT tenant_id FROM jobs WHERE queue = $1 AND state = 'ready' AND tenant_id >= $2 ORDER BY tenant_id LIMIT 1)
  UNION ALL
  SELECT (SELECT j.tenant_id FROM jobs j WHERE j.queue = $1 AND j.state = 'ready' AND j.tenant_id > t.id
          ORDER BY j.tenant_id LIMIT 1)
  FROM t WHERE t.id IS NOT NULL)
SELECT id AS tenant_id,
  EXISTS (SELECT FROM jobs j WHERE j.queue = $1 AND j.state = 'ready' AND j.tenant_id = t.id OFFSET $3) AS deep
FROM t WHERE id IS NOT NULL LIMIT $4";

/// Each tenant's oldest jobs that nobody holds. Two relays never get the same row: the row lock while one decides, the
/// lease afterwards.
pub const LEASE: &str = "\
WITH due AS MATERIALIZED (
  SELECT j.row FROM unnest($2::uuid[], $3::int[]) h(tenant, n)
  CROSS JOIN LATERAL (
    SELECT j.ctid AS row FROM jobs j
    WHERE j.queue = $1 AND j.state = 'ready' AND j.tenant_id = h.tenant AND j.lease_until < now()
    ORDER BY j.run_at, j.id LIMIT h.n FOR UPDATE SKIP LOCKED) j)
UPDATE jobs SET deliveries = deliveries + 1, lease_until = now() + $4 * interval '1 ms'
FROM due WHERE jobs.ctid = due.row
RETURNING tenant_id, id, kind, attempt, deliveries, lease_until, payload::text AS payload";

const CRASHED: &str = "\
UPDATE jobs SET state = 'dead', last_error = 'crashed', lease_until = '-infinity'
FROM unnest($1::uuid[], $2::uuid[], $3::smallint[]) k(tenant, id, deliveries)
WHERE jobs.tenant_id = k.tenant AND jobs.id = k.id AND jobs.deliveries = k.deliveries AND jobs.state = 'ready'";

const DONE: &str = "\
DELETE FROM jobs USING unnest($1::uuid[], $2::uuid[]) k(tenant, id)
WHERE jobs.tenant_id = k.tenant AND jobs.id = k.id";

/// Of two workers that failed at the same attempt only the first counts.
const FAILED: &str = "\
UPDATE jobs SET state = CASE WHEN k.at IS NULL THEN 'dead' ELSE 'scheduled' END, run_at = coalesce(k.at, jobs.run_at),
  attempt = jobs.attempt + 1, last_error = k.error, lease_until = '-infinity'
FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::text[]) k(tenant, id, attempt, at, error)
WHERE jobs.tenant_id = k.tenant AND jobs.id = k.id AND jobs.attempt = k.attempt AND jobs.state = 'ready'";

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

/// How long a statement, or the wait for a connection, may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the ledger did not answer. The connection of a failed statement is closed, never used again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no connection to the ledger: {0}")]
    Unreachable(String),
    #[error("the ledger did not answer within {} s", PATIENCE.as_secs())]
    Silent,
    #[error("the ledger refused: {0}")]
    Refused(diesel::result::Error),
}

impl Error {
    /// Whether it is the statement, not the connection, that failed: repeating it may never help.
    pub const fn is_refusal(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error::DatabaseError};
        matches!(self, Self::Refused(error) if !matches!(error, DatabaseError(DatabaseErrorKind::ClosedConnection, _)))
    }
}

/// A tenant with ready jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Head {
    #[diesel(sql_type = SqlUuid)]
    pub tenant_id: TenantId,
    /// Has more ready jobs, leased ones included, than the limit asked with.
    #[diesel(sql_type = Bool)]
    pub deep: bool,
}

/// What tells one delivery of a job from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    pub tenant_id: TenantId,
    pub id: JobId,
    pub deliveries: i16,
}

impl From<&Delivery> for Held {
    fn from(delivery: &Delivery) -> Self {
        Self { tenant_id: delivery.tenant_id, id: delivery.id, deliveries: delivery.deliveries }
    }
}

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

#[derive(QueryableByName)]
struct Promoted {
    #[diesel(sql_type = Text)]
    queue: String,
    #[diesel(sql_type = BigInt)]
    jobs: i64,
}

#[derive(QueryableByName)]
struct Leased {
    #[diesel(sql_type = SqlUuid)]
    tenant_id: TenantId,
    #[diesel(sql_type = SqlUuid)]
    id: JobId,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = SmallInt)]
    attempt: i16,
    #[diesel(sql_type = SmallInt)]
    deliveries: i16,
    #[diesel(sql_type = Timestamptz)]
    lease_until: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    payload: String,
}

/// All jobs, through connections of the role `harmony_system`. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    pool: Pool<AsyncPgConnection>,
}

impl Ledger {
    /// `pool` connects as `harmony_system`.
    pub const fn new(pool: Pool<AsyncPgConnection>) -> Self {
        Self { pool }
    }

    /// A pool of its own at a postgres:// URL, whose user is replaced. Connects when it is first used.
    pub fn open(database_url: &SecretString, connections: NonZeroUsize) -> Result<Self, Error> {
        let unreachable = |why: &str| Error::Unreachable(why.to_owned());
        // The parser's own words would repeat a part of the URL, perhaps the password.
        let mut url = Url::parse(database_url.expose_secret())
            .map_err(|_error| unreachable("the database URL is not of the form postgres://host:port/name"))?;
        url.set_username("harmony_system").map_err(|()| unreachable("the database URL has no host"))?;
        let mut config = ManagerConfig::<AsyncPgConnection>::default();
        // A broken connection is closed by the statement that meets it: no need to ask before each.
        config.recycling_method = RecyclingMethod::Fast;
        let manager = AsyncDieselConnectionManager::new_with_config(url.as_str(), config);
        let pool = Pool::builder(manager).max_size(connections.get()).build();
        Ok(Self::new(pool.map_err(|error| unreachable(&error.to_string()))?))
    }

    /// Makes up to `limit` scheduled jobs ready that are due at `now`; says how many of which queue. Queues that this
    /// release does not know are counted too, by their names.
    pub async fn promote(&self, now: DateTime<Utc>, limit: i64) -> Result<Vec<(String, i64)>, Error> {
        let mut conn = self.conn().await?;
        let query = cached(sql_query(PROMOTE).bind::<Timestamptz, _>(now).bind::<BigInt, _>(limit));
        let result = within(query.load::<Promoted>(&mut *conn)).await;
        Ok(kept(conn, result)?.into_iter().map(|row| (row.queue, row.jobs)).collect())
    }

    /// The first `limit` tenants from `from` on, in the order of their ids, that have ready jobs. Who has more than
    /// `shallow` of them is deep. The cost does not grow with a backlog.
    pub async fn heads(
        &self,
        queue: Queue,
        from: Uuid,
        shallow: i64,
        limit: i64,
    ) -> Result<Vec<Head>, Error> {
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(HEADS)
                .bind::<Text, _>(queue.name())
                .bind::<SqlUuid, _>(from)
                .bind::<BigInt, _>(shallow)
                .bind::<BigInt, _>(limit),
        );
        let result = within(query.load::<Head>(&mut *conn)).await;
        kept(conn, result)
    }

    /// Leases of each tenant the given number of its oldest free jobs. Not to be repeated when unanswered: perhaps it
    /// was committed, then those leases end by themselves.
    pub async fn lease(
        &self,
        queue: Queue,
        shares: &[(TenantId, i32)],
        lease: Duration,
    ) -> Result<Vec<Delivery>, Error> {
        let (tenants, limits): (Vec<Uuid>, Vec<i32>) =
            shares.iter().map(|(tenant, n)| (tenant.0, *n)).unzip();
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(LEASE)
                .bind::<Text, _>(queue.name())
                .bind::<Array<SqlUuid>, _>(tenants)
                .bind::<Array<Integer>, _>(limits)
                .bind::<Integer, _>(ms(lease)),
        );
        let result = within(query.load::<Leased>(&mut *conn)).await;
        let half = i64::from(ms(lease)) / 2;
        let delivery = |row: Leased| Delivery {
            tenant_id: row.tenant_id,
            id: row.id,
            start_by_ms: row.lease_until.timestamp_millis() - half,
            attempt: row.attempt,
            deliveries: row.deliveries,
            kind: row.kind,
            payload: row.payload.into_bytes(),
        };
        Ok(kept(conn, result)?.into_iter().map(delivery).collect())
    }

    /// Makes dead what went down with its worker too often.
    pub async fn crashed(&self, jobs: &[Held]) -> Result<usize, Error> {
        if jobs.is_empty() {
            return Ok(0);
        }
        let (tenants, ids, deliveries) = columns(jobs);
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(CRASHED)
                .bind::<Array<SqlUuid>, _>(tenants)
                .bind::<Array<SqlUuid>, _>(ids)
                .bind::<Array<SmallInt>, _>(deliveries),
        );
        let result = within(query.execute(&mut *conn)).await;
        kept(conn, result)
    }

    /// Removes jobs whose work is done. May be repeated.
    pub async fn done(&self, jobs: &[(TenantId, JobId)]) -> Result<usize, Error> {
        if jobs.is_empty() {
            return Ok(0);
        }
        let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) = jobs.iter().map(|(tenant, id)| (tenant.0, id.0)).unzip();
        let mut conn = self.conn().await?;
        let query = cached(sql_query(DONE).bind::<Array<SqlUuid>, _>(tenants).bind::<Array<SqlUuid>, _>(ids));
        let result = within(query.execute(&mut *conn)).await;
        kept(conn, result)
    }

    /// Counts a failed run of each job: scheduled again, or dead. May be repeated.
    pub async fn failed(&self, failures: &[Failure]) -> Result<usize, Error> {
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
                .bind::<Array<Text>, _>(errors),
        );
        let result = within(query.execute(&mut *conn)).await;
        kept(conn, result)
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
        kept(conn, result)
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
        kept(conn, result)
    }

    async fn conn(&self) -> Result<Object<AsyncPgConnection>, Error> {
        match tokio::time::timeout(PATIENCE, self.pool.get()).await {
            Ok(Ok(conn)) => Ok(conn),
            Ok(Err(error)) => Err(Error::Unreachable(error.to_string())),
            Err(_elapsed) => Err(Error::Silent),
        }
    }
}

async fn within<T>(statement: impl Future<Output = QueryResult<T>>) -> Result<T, Error> {
    match tokio::time::timeout(PATIENCE, statement).await {
        Ok(result) => result.map_err(Error::Refused),
        Err(_elapsed) => Err(Error::Silent),
    }
}

/// Returns the connection to its pool, or closes it after an error: who knows what it still has to say.
fn kept<T>(conn: Object<AsyncPgConnection>, result: Result<T, Error>) -> Result<T, Error> {
    if result.is_err() {
        drop(Object::take(conn));
    }
    result
}

fn columns(jobs: &[Held]) -> (Vec<Uuid>, Vec<Uuid>, Vec<i16>) {
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for job in jobs {
        columns.0.push(job.tenant_id.0);
        columns.1.push(job.id.0);
        columns.2.push(job.deliveries);
    }
    columns
}

/// Whole milliseconds, for `$n * interval '1 ms'`; 24 days at most.
fn ms(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}
