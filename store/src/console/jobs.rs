//! Jobs one by one: lists in the order of their indexes, and all there is to know of one.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Integer, Json, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::id::{JobId, TenantId};
use domain::job::JobState;
use domain::rejection::Code;
use jobs::Queue;
use uuid::Uuid;

use super::bound;
use crate::SystemTx;
use crate::error::Result;
use crate::progress::Progress;

/// Most rows of an index that one page looks at for those that fit: whoever asks goes on from there.
const LOOKED_AT: i64 = 5_000;

/// What every list shows of a job. A lease is in the past as `-infinity`, too.
const COLUMNS: &str =
    "j.tenant_id, j.id, j.queue, j.kind, j.priority, j.state, j.run_at, j.attempt, j.deliveries,
  CASE WHEN j.lease_until > now() THEN j.lease_until END AS leased_until, j.last_error";

/// Of one queue (the first of $1), tenant by tenant ($2: of one), from a place ($3..$6) on.
const READY: &str = "FROM jobs j WHERE j.queue = $1[1] AND j.state = 'ready' AND ($2 IS NULL OR j.tenant_id = $2)
  AND (j.tenant_id, j.priority, j.run_at, j.id)
    > (coalesce($3, '00000000-0000-0000-0000-000000000000'), coalesce($4, -1::smallint), coalesce($5, '-infinity'),
       coalesce($6, '00000000-0000-0000-0000-000000000000'))
  ORDER BY j.tenant_id, j.priority, j.run_at, j.id LIMIT $7";

/// Of one queue ($1). What is leased stands at the beginning of each tenant's jobs of each priority: the fewer tenants,
/// the further one looks.
const LEASED: &str = "FROM heads CROSS JOIN (VALUES (0), (1)) p(priority)
  CROSS JOIN LATERAL (
    SELECT * FROM jobs h WHERE h.queue = $1 AND h.state = 'ready' AND h.tenant_id = heads.id
      AND h.priority = p.priority ORDER BY h.run_at, h.id
    LIMIT (SELECT 20000 / greatest(count(*), 1) + 50 FROM heads)) j
  WHERE j.lease_until > now() ORDER BY j.run_at, j.id LIMIT $3";
const HEADS: &str = "WITH RECURSIVE t(id) AS (
    (SELECT tenant_id FROM jobs WHERE queue = $1 AND state = 'ready' AND ($2 IS NULL OR tenant_id = $2)
     ORDER BY tenant_id, priority, run_at, id LIMIT 1)
    UNION ALL
    SELECT (SELECT n.tenant_id FROM jobs n WHERE n.queue = $1 AND n.state = 'ready' AND n.tenant_id > t.id
              AND ($2 IS NULL OR n.tenant_id = $2) ORDER BY n.tenant_id, n.priority, n.run_at, n.id LIMIT 1)
    FROM t WHERE t.id IS NOT NULL),
  heads AS MATERIALIZED (SELECT id FROM t WHERE id IS NOT NULL LIMIT 500)";

const SCHEDULED: &str = "FROM jobs j WHERE j.state = 'scheduled' AND ($2 IS NULL OR j.tenant_id = $2)
  AND j.run_at >= coalesce($5, '-infinity')
  AND (j.run_at, j.tenant_id, j.id) > (coalesce($5, '-infinity'),
    coalesce($3, '00000000-0000-0000-0000-000000000000'), coalesce($6, '00000000-0000-0000-0000-000000000000'))
  ORDER BY j.run_at, j.tenant_id, j.id LIMIT $7";

/// The latest deaths of each queue, then of all of them.
const DEAD: &str = "FROM (SELECT j.* FROM unnest($1::text[]) q(name) CROSS JOIN LATERAL (
    SELECT * FROM jobs d WHERE d.queue = q.name AND d.state = 'dead'
      AND (d.run_at, d.id) < (coalesce($5, 'infinity'), coalesce($6, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    ORDER BY d.run_at DESC, d.id DESC LIMIT $7) j) j
  ORDER BY j.run_at DESC, j.id DESC LIMIT $7";
const DEAD_OF_TENANT: &str = "FROM jobs j WHERE j.tenant_id = $2 AND j.state = 'dead' AND j.queue = ANY ($1)
  AND (j.run_at, j.id) < (coalesce($5, 'infinity'), coalesce($6, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
  ORDER BY j.run_at DESC, j.id DESC LIMIT $7";

/// Which jobs.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// `None`: of all queues.
    pub queue: Option<Queue>,
    pub state: JobState,
    pub kind: Option<String>,
    pub tenant: Option<TenantId>,
    /// The id of a job or of a tenant, a tenant's slug, the beginning of a kind, a part of an error.
    pub search: Option<String>,
    /// Those after this one.
    pub after: Option<Place>,
}

/// Where a job stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In [`Queue::ALL`].
    pub queue: u8,
    pub tenant_id: TenantId,
    pub priority: i16,
    pub run_at: DateTime<Utc>,
    pub id: JobId,
}

/// A job in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub tenant_id: TenantId,
    pub id: JobId,
    pub queue: String,
    pub kind: String,
    pub is_bulk: bool,
    pub state: JobState,
    /// When it is due; of a dead one, when it died.
    pub run_at: DateTime<Utc>,
    /// Runs that ended in an error.
    pub attempt: i16,
    /// Leases.
    pub deliveries: i16,
    pub leased_until: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    /// Of its tenant; `None`: it is the platform's own.
    pub slug: Option<String>,
    pub name: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub jobs: Vec<Line>,
    /// Where the next page begins; it may be that nothing of it fits. `None`: this is the last.
    pub next: Option<Place>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    tenant_id: TenantId,
    #[diesel(sql_type = SqlUuid)]
    id: JobId,
    #[diesel(sql_type = Text)]
    queue: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = SmallInt)]
    priority: i16,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Timestamptz)]
    run_at: DateTime<Utc>,
    #[diesel(sql_type = SmallInt)]
    attempt: i16,
    #[diesel(sql_type = SmallInt)]
    deliveries: i16,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    leased_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    last_error: Option<String>,
}

/// A row that was looked at, and whether it is one that is asked for.
#[derive(QueryableByName)]
struct Looked {
    #[diesel(embed)]
    job: Row,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    fits: bool,
    /// The number of the row, from 1.
    #[diesel(sql_type = BigInt)]
    place: i64,
}

impl Row {
    fn place(&self) -> Place {
        Place {
            queue: Queue::of_name(&self.queue).map_or(0, Queue::index),
            tenant_id: self.tenant_id,
            priority: self.priority,
            run_at: self.run_at,
            id: self.id,
        }
    }

    fn state(&self) -> JobState {
        match self.state.as_str() {
            "scheduled" => JobState::Scheduled,
            "dead" => JobState::Dead,
            _ if self.leased_until.is_some() => JobState::Leased,
            _ => JobState::Due,
        }
    }

    fn line(self, names: &HashMap<Uuid, (String, String)>) -> Line {
        let state = self.state();
        let (slug, name) = names.get(&self.tenant_id.0).cloned().unzip();
        let Self { tenant_id, id, queue, kind, priority, run_at, attempt, deliveries, .. } = self;
        let (leased_until, last_error) = (self.leased_until, self.last_error);
        let is_bulk = priority > 0;
        Line {
            tenant_id,
            id,
            queue,
            kind,
            is_bulk,
            state,
            run_at,
            attempt,
            deliveries,
            leased_until,
            last_error,
            slug,
            name,
        }
    }
}

/// A page of at most `limit` jobs. Due ones stand tenant by tenant, the oldest of each first; scheduled and leased ones
/// in the order of their time; dead ones the latest first. Of leased ones there is one page.
pub async fn list(tx: &SystemTx, filter: &Filter, limit: i64) -> Result<Found> {
    bound(tx).await?;
    let mut filter = filter.clone();
    if let Some(search) =
        filter.search.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    {
        if let Ok(id) = search.parse::<Uuid>() {
            let job = by_id(tx, JobId(id)).await?;
            if job.is_some() {
                return found(tx, job.into_iter().collect(), None).await;
            }
            filter.tenant = Some(TenantId(id));
        } else if let Some(tenant) = tenant(tx, &search).await? {
            filter.tenant = Some(tenant);
        } else {
            filter.search = Some(search);
        }
    }
    let queues: Vec<Queue> = filter.queue.map_or_else(|| Queue::ALL.to_vec(), |queue| vec![queue]);
    let limit_of_page = usize::try_from(limit).unwrap_or(0);
    match filter.state {
        JobState::Leased => {
            let mut rows = leased(tx, &filter, &queues).await?;
            rows.truncate(limit_of_page);
            found(tx, rows, None).await
        }
        JobState::Due => {
            let from = filter.after.map_or(0, |place| place.queue);
            let (mut rows, mut next): (Vec<Row>, _) = (Vec::new(), None);
            for queue in queues.into_iter().filter(|queue| queue.index() >= from) {
                let after = filter.after.filter(|place| place.queue == queue.index());
                let rest = limit_of_page - rows.len();
                let looked = look(tx, &filter, READY, &[queue], after, rest).await?;
                if rest == 0 && !looked.is_empty() {
                    // The page ended with the queue before, and this one has others.
                    next = rows.last().map(Row::place);
                    break;
                }
                let (more, goes_on) = page(looked, rest);
                rows.extend(more);
                if goes_on.is_some() {
                    next = goes_on;
                    break;
                }
            }
            found(tx, rows, next).await
        }
        JobState::Scheduled | JobState::Dead => {
            let source = match (filter.state, filter.tenant) {
                (JobState::Scheduled, _) => SCHEDULED,
                (_, Some(_)) => DEAD_OF_TENANT,
                (_, None) => DEAD,
            };
            let looked = look(tx, &filter, source, &queues, filter.after, limit_of_page).await?;
            let (rows, next) = page(looked, limit_of_page);
            found(tx, rows, next).await
        }
    }
}

/// Those of a source that fit, one more than asked for, and the last one that was looked at if there may be more.
async fn look(
    tx: &SystemTx,
    filter: &Filter,
    source: &str,
    queues: &[Queue],
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Looked>> {
    // What is handed out waits for nobody; a search is of the beginning of a kind or of a part of an error.
    let first = if source == READY { "j.leased_until IS NULL AND" } else { "" };
    let sql = format!(
        "SELECT * FROM (
           SELECT j.*, coalesce({first} j.queue = ANY ($11) AND ($8 IS NULL OR j.kind = $8)
             AND ($9 IS NULL OR starts_with(j.kind, lower($9)) OR strpos(lower(j.last_error), lower($9)) > 0), false) AS fits,
             row_number() OVER () AS place
           FROM (SELECT {COLUMNS} {source}) j) j
         WHERE fits OR place = $7 ORDER BY place LIMIT $10"
    );
    let names: Vec<&str> = queues.iter().map(|queue| queue.name()).collect();
    let query = sql_query(sql)
        .bind::<Array<Text>, _>(names.clone())
        .bind::<Nullable<SqlUuid>, _>(filter.tenant)
        .bind::<Nullable<SqlUuid>, _>(after.map(|place| place.tenant_id))
        .bind::<Nullable<SmallInt>, _>(after.map(|place| place.priority))
        .bind::<Nullable<Timestamptz>, _>(after.map(|place| place.run_at))
        .bind::<Nullable<SqlUuid>, _>(after.map(|place| place.id))
        .bind::<BigInt, _>(LOOKED_AT)
        .bind::<Nullable<Text>, _>(filter.kind.clone())
        .bind::<Nullable<Text>, _>(filter.search.clone())
        .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1))
        .bind::<Array<Text>, _>(names);
    Ok(query.load(&mut tx.conn()).await?)
}

/// The rows of the page, and where the next one begins.
fn page(looked: Vec<Looked>, limit: usize) -> (Vec<Row>, Option<Place>) {
    let mut rows: Vec<Row> = Vec::new();
    let mut end = None;
    for Looked { job, fits, place } in looked {
        if rows.len() == limit {
            return (rows, end);
        }
        end = Some(job.place());
        if fits {
            rows.push(job);
        }
        // The last one that was looked at: others may follow.
        if place == LOOKED_AT {
            return (rows, end);
        }
    }
    (rows, None)
}

/// Of all queues, the oldest first.
async fn leased(tx: &SystemTx, filter: &Filter, queues: &[Queue]) -> Result<Vec<Row>> {
    /// Of each queue.
    const MOST: i64 = 1_000;
    let sql = format!(
        "{HEADS} SELECT * FROM (SELECT {COLUMNS} {LEASED}) j WHERE ($4 IS NULL OR kind = $4)
           AND ($5 IS NULL OR starts_with(kind, lower($5)) OR strpos(lower(last_error), lower($5)) > 0)"
    );
    let mut rows: Vec<Row> = Vec::new();
    for queue in queues {
        let query = sql_query(sql.as_str())
            .bind::<Text, _>(queue.name())
            .bind::<Nullable<SqlUuid>, _>(filter.tenant)
            .bind::<BigInt, _>(MOST)
            .bind::<Nullable<Text>, _>(filter.kind.clone())
            .bind::<Nullable<Text>, _>(filter.search.clone());
        rows.extend(query.load::<Row>(&mut tx.conn()).await?);
    }
    rows.sort_by_key(|row| (row.run_at, row.id));
    Ok(rows)
}

/// A job whose tenant is not known: one descent of the primary key for each tenant there is.
async fn by_id(tx: &SystemTx, id: JobId) -> Result<Option<Row>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM (SELECT $2 AS tenant_id UNION ALL SELECT tenant_id FROM tenants) t
         CROSS JOIN LATERAL (SELECT * FROM jobs WHERE tenant_id = t.tenant_id AND id = $1 LIMIT 1) j LIMIT 1"
    );
    let query = sql_query(sql).bind::<SqlUuid, _>(id).bind::<SqlUuid, _>(TenantId::PLATFORM);
    let rows: Vec<Row> = query.load(&mut tx.conn()).await?;
    Ok(rows.into_iter().next())
}

/// The tenant that a slug or an id names.
pub async fn tenant(tx: &SystemTx, text: &str) -> Result<Option<TenantId>> {
    #[derive(QueryableByName)]
    struct Known {
        #[diesel(sql_type = SqlUuid)]
        tenant_id: TenantId,
    }
    if let Ok(id) = text.parse() {
        return Ok(Some(TenantId(id)));
    }
    let query =
        sql_query("SELECT tenant_id FROM tenants WHERE slug = lower($1) LIMIT 1").bind::<Text, _>(text);
    let known: Vec<Known> = query.load(&mut tx.conn()).await?;
    Ok(known.into_iter().next().map(|known| known.tenant_id))
}

/// What a tenant is called; `None`: it is the platform, or nobody.
pub async fn tenant_name(tx: &SystemTx, id: TenantId) -> Result<Option<String>> {
    Ok(names(tx, &[id.0]).await?.remove(&id.0).map(|(_slug, name)| name))
}

async fn found(tx: &SystemTx, rows: Vec<Row>, next: Option<Place>) -> Result<Found> {
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.tenant_id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = names(tx, &ids).await?;
    Ok(Found { jobs: rows.into_iter().map(|row| row.line(&names)).collect(), next })
}

/// Slug and name of each tenant.
async fn names(tx: &SystemTx, ids: &[Uuid]) -> Result<HashMap<Uuid, (String, String)>> {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = SqlUuid)]
        tenant_id: Uuid,
        #[diesel(sql_type = Text)]
        slug: String,
        #[diesel(sql_type = Text)]
        name: String,
    }
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = sql_query("SELECT tenant_id, slug, name FROM tenants WHERE tenant_id = ANY ($1)")
        .bind::<Array<SqlUuid>, _>(ids);
    let named: Vec<Named> = query.load(&mut tx.conn()).await?;
    Ok(named.into_iter().map(|one| (one.tenant_id, (one.slug, one.name))).collect())
}

/// A run that ended in an error.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub struct Attempt {
    /// Counted from 1; from 1 again after a job was retried by hand.
    pub attempt: i32,
    pub at: DateTime<Utc>,
    pub error: String,
}

/// All there is to know about a job.
#[derive(Clone, Debug)]
pub struct JobDetail {
    pub line: Line,
    pub payload: serde_json::Value,
    /// The last runs that ended in an error, the oldest first.
    pub failures: Vec<Attempt>,
    /// A W3C traceparent, of the request that enqueued it.
    pub trace: Option<String>,
    pub dedup_key: Option<String>,
    pub progress: Option<Progress>,
}

/// One job; done or removed: 404.
pub async fn find(tx: &SystemTx, tenant_id: TenantId, id: JobId) -> Result<JobDetail> {
    #[derive(QueryableByName)]
    struct Whole {
        #[diesel(embed)]
        job: Row,
        #[diesel(sql_type = Json)]
        payload: serde_json::Value,
        #[diesel(sql_type = Nullable<Jsonb>)]
        failures: Option<serde_json::Value>,
        #[diesel(sql_type = Nullable<Text>)]
        trace: Option<String>,
        #[diesel(sql_type = Nullable<Text>)]
        dedup_key: Option<String>,
    }
    bound(tx).await?;
    let sql = format!(
        "SELECT {COLUMNS}, j.payload, j.failures, j.trace, j.dedup_key FROM jobs j
         WHERE j.tenant_id = $1 AND j.id = $2"
    );
    let query = sql_query(sql).bind::<SqlUuid, _>(tenant_id).bind::<SqlUuid, _>(id);
    let whole: Vec<Whole> = query.load(&mut tx.conn()).await?;
    let Whole { job, payload, failures, trace, dedup_key } =
        whole.into_iter().next().ok_or(Code::NotFound)?;
    let progress = progress(tx, tenant_id, id).await?;
    let names = names(tx, &[tenant_id.0]).await?;
    // What can't be read, of another release perhaps, is not shown; the last error still is.
    let failures = failures.and_then(|runs| serde_json::from_value(runs).ok()).unwrap_or_default();
    Ok(JobDetail { line: job.line(&names), payload, failures, trace, dedup_key, progress })
}

async fn progress(tx: &SystemTx, tenant_id: TenantId, id: JobId) -> Result<Option<Progress>> {
    #[derive(QueryableByName)]
    struct Far {
        #[diesel(sql_type = Text)]
        kind: String,
        #[diesel(sql_type = Integer)]
        done: i32,
        #[diesel(sql_type = Nullable<Integer>)]
        total: Option<i32>,
        #[diesel(sql_type = Timestamptz)]
        started_at: DateTime<Utc>,
        #[diesel(sql_type = Timestamptz)]
        updated_at: DateTime<Utc>,
        #[diesel(sql_type = Nullable<Timestamptz>)]
        ended_at: Option<DateTime<Utc>>,
    }
    let query = sql_query(
        "SELECT kind, done, total, started_at, updated_at, ended_at FROM job_progress
         WHERE tenant_id = $1 AND job_id = $2",
    );
    let query = query.bind::<SqlUuid, _>(tenant_id).bind::<SqlUuid, _>(id);
    let far: Vec<Far> = query.load(&mut tx.conn()).await?;
    Ok(far.into_iter().next().map(|far| Progress {
        job_id: id,
        kind: far.kind,
        done: far.done,
        total: far.total,
        started_at: far.started_at,
        updated_at: far.updated_at,
        ended_at: far.ended_at,
    }))
}
