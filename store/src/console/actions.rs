//! What is done to jobs and queues by hand. Each change is in the trail of whom it concerns, in its own transaction;
//! after the commit the relays are woken, and whoever follows the console is told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::id::{JobId, TenantId};
use domain::job::{JobState, MOST_PER_TENANT};
use domain::rejection::{Code, Rejection};
use jobs::Queue;
use serde::Serialize;
use uuid::Uuid;

use super::bound;
use super::queues::{Settings, settings};
use crate::SystemTx;
use crate::audit::{self, By, Change};
use crate::error::Result;

/// Jobs of one transaction.
const BATCH: i64 = 500;

/// A job as the trail remembers it.
#[derive(QueryableByName, Serialize)]
struct Standing {
    #[diesel(sql_type = Text)]
    queue: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = SmallInt)]
    attempt: i16,
    #[diesel(sql_type = Nullable<Text>)]
    last_error: Option<String>,
    #[diesel(sql_type = Bool)]
    #[serde(skip)]
    is_leased: bool,
}

impl Standing {
    fn state(&self) -> JobState {
        match self.state.as_str() {
            "scheduled" => JobState::Scheduled,
            "dead" => JobState::Dead,
            _ if self.is_leased => JobState::Leased,
            _ => JobState::Due,
        }
    }

    fn wake(&self, tx: &SystemTx) {
        if let Some(queue) = Queue::of_name(&self.queue) {
            tx.will_wake(queue);
        }
    }
}

/// Locks a job and says how it stands. `seen`: how it stood for whoever acts; they are told when it does no longer.
async fn lock(tx: &SystemTx, tenant_id: TenantId, id: JobId, seen: Option<JobState>) -> Result<Standing> {
    const LOCK: &str =
        "SELECT queue, kind, state, attempt, last_error, lease_until > now() AS is_leased FROM jobs
        WHERE tenant_id = $1 AND id = $2 FOR UPDATE";
    bound(tx).await?;
    let query = sql_query(LOCK).bind::<SqlUuid, _>(tenant_id).bind::<SqlUuid, _>(id);
    let standing: Vec<Standing> = query.load(&mut tx.conn()).await?;
    let standing = standing.into_iter().next().ok_or(Code::NotFound)?;
    // A scheduled one becomes due by itself, a due one is taken: that is no news to whoever acts.
    let was_dead = |state| state == JobState::Dead;
    match seen {
        Some(seen) if was_dead(seen) != was_dead(standing.state()) => Err(Code::JobChanged.into()),
        _ => Ok(standing),
    }
}

/// All attempts of a dead job are before it again. What may have killed its workers is remembered: it runs apart again.
const REVIVE: &str = "UPDATE jobs SET state = 'ready', run_at = $3, lease_until = '-infinity', attempt = 0,
    deliveries = CASE WHEN apart > 0 THEN 2 ELSE 0 END, apart = 0";

/// Makes a dead job due, as if it had never run: all its attempts are before it again, what failed is remembered. A
/// scheduled one is due now. One that is due is refused, and so is one with the workers.
pub async fn retry(
    tx: &SystemTx,
    (tenant_id, id): (TenantId, JobId),
    seen: Option<JobState>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    // One that is scheduled keeps the count of its attempts.
    const OWN: &str = "UPDATE jobs SET state = 'ready', run_at = $3, lease_until = '-infinity'
        WHERE tenant_id = $1 AND id = $2";
    let before = lock(tx, tenant_id, id, seen).await?;
    let revive = format!("{REVIVE} WHERE tenant_id = $1 AND id = $2");
    let sql = match before.state() {
        JobState::Dead => revive.as_str(),
        JobState::Scheduled => OWN,
        JobState::Leased => return Err(Code::JobRunning.into()),
        JobState::Due => return Err(Code::JobNotRetryable.into()),
    };
    let query =
        sql_query(sql).bind::<SqlUuid, _>(tenant_id).bind::<SqlUuid, _>(id).bind::<Timestamptz, _>(now);
    query.execute(&mut tx.conn()).await?;
    before.wake(tx);
    tx.will_tell();
    let change = Change::<_, ()> { action: "job.retry", subject: id.0, before: Some(&before), after: None };
    audit::record_for(tx, tenant_id, by, change, now).await?;
    Ok(())
}

/// Removes a job for good. One that is with the workers is refused: its run would go on.
pub async fn delete(
    tx: &SystemTx,
    (tenant_id, id): (TenantId, JobId),
    seen: Option<JobState>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let before = lock(tx, tenant_id, id, seen).await?;
    if before.state() == JobState::Leased {
        return Err(Code::JobRunning.into());
    }
    let query = sql_query("DELETE FROM jobs WHERE tenant_id = $1 AND id = $2")
        .bind::<SqlUuid, _>(tenant_id)
        .bind::<SqlUuid, _>(id);
    query.execute(&mut tx.conn()).await?;
    tx.will_tell();
    let change = Change::<_, ()> { action: "job.delete", subject: id.0, before: Some(&before), after: None };
    audit::record_for(tx, tenant_id, by, change, now).await?;
    Ok(())
}

/// Which dead jobs are meant.
#[derive(Clone, Debug)]
pub struct Many {
    pub queue: Queue,
    /// `None`: of every kind.
    pub kind: Option<String>,
    /// `None`: of all tenants.
    pub tenant: Option<TenantId>,
    /// None that died later: whoever acts has not seen them.
    pub until: DateTime<Utc>,
}

/// What came of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bulk {
    pub jobs: usize,
    /// There may be others: call again, in a transaction of its own.
    pub goes_on: bool,
}

/// How many are meant; counts no further than `limit`.
pub async fn count_dead(tx: &SystemTx, many: &Many, limit: i64) -> Result<i64> {
    const COUNT: &str = "SELECT count(*) AS jobs FROM (SELECT FROM jobs WHERE queue = $1 AND state = 'dead'
        AND ($2 IS NULL OR kind = $2) AND ($3 IS NULL OR tenant_id = $3) AND run_at <= $4 LIMIT $5) meant";
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        jobs: i64,
    }
    bound(tx).await?;
    let query = sql_query(COUNT)
        .bind::<Text, _>(many.queue.name())
        .bind::<Nullable<Text>, _>(many.kind.clone())
        .bind::<Nullable<SqlUuid>, _>(many.tenant)
        .bind::<Timestamptz, _>(many.until)
        .bind::<BigInt, _>(limit);
    let counted: Counted = query.get_result(&mut tx.conn()).await?;
    Ok(counted.jobs)
}

#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = SqlUuid)]
    tenant_id: TenantId,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What the trail of a tenant says of a batch.
#[derive(Serialize)]
struct Batch<'a> {
    queue: &'a str,
    kind: Option<&'a str>,
    jobs: Vec<Uuid>,
}

/// What is done with dead jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Makes them due.
    Retry,
    /// Removes them.
    Delete,
}

/// Does it with a batch of dead jobs, the oldest first. What somebody else has just locked is theirs.
pub async fn batch(tx: &SystemTx, deed: Deed, many: &Many, by: &By, now: DateTime<Utc>) -> Result<Bulk> {
    bound(tx).await?;
    let (action, verb) = match deed {
        Deed::Retry => ("job.retry_all", format!("{REVIVE} FROM chosen")),
        Deed::Delete => ("job.delete_all", "DELETE FROM jobs USING chosen".to_owned()),
    };
    let sql = format!(
        "WITH chosen AS MATERIALIZED (
           SELECT tenant_id AS tenant, id AS job FROM jobs WHERE queue = $1 AND state = 'dead'
             AND ($2 IS NULL OR kind = $2) AND ($4 IS NULL OR tenant_id = $4) AND run_at <= $5
           ORDER BY run_at, id LIMIT $6 FOR UPDATE SKIP LOCKED)
         {verb} WHERE jobs.tenant_id = chosen.tenant AND jobs.id = chosen.job
         RETURNING jobs.tenant_id, jobs.id"
    );
    let query = sql_query(sql)
        .bind::<Text, _>(many.queue.name())
        .bind::<Nullable<Text>, _>(many.kind.clone())
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(many.tenant)
        .bind::<Timestamptz, _>(many.until)
        .bind::<BigInt, _>(BATCH);
    let changed: Vec<Changed> = query.load(&mut tx.conn()).await?;
    let jobs = changed.len();
    let mut tenants: BTreeMap<TenantId, Vec<Uuid>> = BTreeMap::new();
    for job in changed {
        tenants.entry(job.tenant_id).or_default().push(job.id);
    }
    for (tenant_id, jobs) in tenants {
        let before = Batch { queue: many.queue.name(), kind: many.kind.as_deref(), jobs };
        let change = Change::<_, ()> { action, subject: Uuid::nil(), before: Some(&before), after: None };
        audit::record_for(tx, tenant_id, by, change, now).await?;
    }
    if jobs > 0 {
        if deed == Deed::Retry {
            tx.will_wake(many.queue);
        }
        tx.will_tell();
    }
    Ok(Bulk { jobs, goes_on: i64::try_from(jobs).unwrap_or(i64::MAX) == BATCH })
}

/// Has nothing more of a queue handed out; what is out goes on. A queue that is paused stays so since when it was.
pub async fn pause(tx: &SystemTx, queue: Queue, by: &By, now: DateTime<Utc>) -> Result<Settings> {
    set(tx, queue, ("queue.pause", by), now, |before| Settings {
        paused_at: before.paused_at.or(Some(now)),
        ..before
    })
    .await
}

/// Has a queue go on.
pub async fn resume(tx: &SystemTx, queue: Queue, by: &By, now: DateTime<Utc>) -> Result<Settings> {
    set(tx, queue, ("queue.resume", by), now, |before| Settings { paused_at: None, ..before }).await
}

/// Sets how many jobs of one tenant, of each priority, may be out at a time; `None`: as the code has it.
pub async fn set_per_tenant(
    tx: &SystemTx,
    queue: Queue,
    per_tenant: Option<i32>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Settings> {
    if per_tenant.is_some_and(|most| !(1..=MOST_PER_TENANT).contains(&most)) {
        let why = format!("must be between 1 and {MOST_PER_TENANT}");
        return Err(Rejection::invalid("/per_tenant", "OUT_OF_RANGE", why).into());
    }
    set(tx, queue, ("queue.update", by), now, |before| Settings { per_tenant, ..before }).await
}

async fn set(
    tx: &SystemTx,
    queue: Queue,
    (action, by): (&'static str, &By),
    now: DateTime<Utc>,
    change: impl FnOnce(Settings) -> Settings,
) -> Result<Settings> {
    // The first one who sets anything makes the row, so that there is one to lock.
    const MAKE: &str =
        "INSERT INTO queue_settings (queue, updated_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    const LOCK: &str = "SELECT FROM queue_settings WHERE queue = $1 FOR UPDATE";
    const SET: &str =
        "UPDATE queue_settings SET paused_at = $2, per_tenant = $3, updated_at = $4 WHERE queue = $1";
    bound(tx).await?;
    let make = sql_query(MAKE).bind::<Text, _>(queue.name()).bind::<Timestamptz, _>(now);
    make.execute(&mut tx.conn()).await?;
    sql_query(LOCK).bind::<Text, _>(queue.name()).execute(&mut tx.conn()).await?;
    let before = settings(tx, queue).await?;
    let after = change(before);
    if after == before {
        return Ok(before);
    }
    let set = sql_query(SET)
        .bind::<Text, _>(queue.name())
        .bind::<Nullable<Timestamptz>, _>(after.paused_at)
        .bind::<Nullable<Integer>, _>(after.per_tenant)
        .bind::<Timestamptz, _>(now);
    set.execute(&mut tx.conn()).await?;
    tx.will_wake(queue);
    tx.will_tell();
    // A queue has a name and no id.
    let (before, after) =
        (Named { queue: queue.name(), settings: before }, Named { queue: queue.name(), settings: after });
    let change = Change { action, subject: Uuid::nil(), before: Some(&before), after: Some(&after) };
    audit::record_for(tx, TenantId::PLATFORM, by, change, now).await?;
    Ok(after.settings)
}

/// What the trail says of a queue.
#[derive(Serialize)]
struct Named {
    queue: &'static str,
    #[serde(flatten)]
    settings: Settings,
}
