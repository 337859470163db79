//! Work for later: a job is written in the transaction that makes it needed.

use chrono::{DateTime, Utc};
use diesel::sql_query;
use diesel::sql_types::{Array, Json, Nullable, SmallInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::id::{JobId, TenantId};
use jobs::Job;

use crate::cached::cached;
use crate::error::Result;
use crate::{SystemTx, TenantTx, trace};

impl TenantTx {
    /// Enqueues jobs of this tenant, due now. Whoever waits for them is woken after the commit.
    pub async fn enqueue(&self, jobs: &[Job], now: DateTime<Utc>) -> Result<()> {
        for job in jobs {
            self.will_wake(job.policy().queue);
        }
        insert(self.conn(), self.tenant(), New { jobs, keys: None, due: None }, now).await
    }

    /// Like [`Self::enqueue`], for later: due at `due`.
    pub async fn enqueue_for(&self, jobs: &[Job], due: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        insert(self.conn(), self.tenant(), New { jobs, keys: None, due: Some(due) }, now).await
    }

    /// Like [`Self::enqueue`], each under a key of the tenant's: while a job of that key waits or runs, another is
    /// left out.
    pub async fn enqueue_once(&self, keyed: &[(String, Job)], now: DateTime<Utc>) -> Result<()> {
        let (keys, jobs): (Vec<&str>, Vec<Job>) =
            keyed.iter().map(|(key, job)| (key.as_str(), job.clone())).unzip();
        for job in &jobs {
            self.will_wake(job.policy().queue);
        }
        insert(self.conn(), self.tenant(), New { jobs: &jobs, keys: Some(&keys), due: None }, now).await
    }
}

impl SystemTx {
    /// Enqueues jobs of the platform's own, due now.
    pub async fn enqueue(&self, jobs: &[Job], now: DateTime<Utc>) -> Result<()> {
        for job in jobs {
            self.will_wake(job.policy().queue);
        }
        insert(self.conn(), TenantId::PLATFORM, New { jobs, keys: None, due: None }, now).await
    }

    /// Enqueues jobs of a tenant, due now.
    pub async fn enqueue_of(&self, tenant_id: TenantId, jobs: &[Job], now: DateTime<Utc>) -> Result<()> {
        for job in jobs {
            self.will_wake(job.policy().queue);
        }
        insert(self.conn(), tenant_id, New { jobs, keys: None, due: None }, now).await
    }

    /// Enqueues a job for each of the tenants, due now.
    pub async fn enqueue_for_each(&self, tenants: &[TenantId], job: &Job, now: DateTime<Utc>) -> Result<()> {
        const EACH: &str =
            "INSERT INTO jobs (tenant_id, id, queue, kind, payload, priority, state, run_at, trace)
            SELECT tenant, id, $1, $2, $3, $4, 'ready', $5, $6 FROM unnest($7, $8) AS job (tenant, id)";
        let policy = job.policy();
        self.will_wake(policy.queue);
        let ids: Vec<JobId> = tenants.iter().map(|_tenant| JobId::mint(now)).collect();
        let each = sql_query(EACH)
            .bind::<Text, _>(policy.queue.name())
            .bind::<Text, _>(job.kind())
            .bind::<Json, _>(job.payload())
            .bind::<SmallInt, _>(policy.priority.code())
            .bind::<Timestamptz, _>(now)
            .bind::<Nullable<Text>, _>(trace::current())
            .bind::<Array<Uuid>, _>(tenants)
            .bind::<Array<Uuid>, _>(ids);
        cached(each).execute(&mut self.conn()).await?;
        Ok(())
    }
}

/// What is to be written.
struct New<'a> {
    jobs: &'a [Job],
    /// One for each job.
    keys: Option<&'a [&'a str]>,
    /// `None`: now.
    due: Option<DateTime<Utc>>,
}

/// One statement for any number, prepared once: it travels with others and is never waited for to be prepared.
const INSERT: &str =
    "INSERT INTO jobs (tenant_id, id, queue, kind, payload, priority, state, run_at, dedup_key, trace)
    SELECT $1, id, queue, kind, payload, priority, $2, $3, dedup_key, $4
    FROM unnest($5, $6, $7, $8, $9, $10) AS job (id, queue, kind, payload, priority, dedup_key)
    ON CONFLICT (tenant_id, dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING";

async fn insert(
    mut conn: &AsyncPgConnection,
    tenant_id: TenantId,
    New { jobs, keys, due }: New<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<JobId> = jobs.iter().map(|_job| JobId::mint(now)).collect();
    let queues: Vec<&str> = jobs.iter().map(|job| job.policy().queue.name()).collect();
    let kinds: Vec<&str> = jobs.iter().map(Job::kind).collect();
    let payloads: Vec<serde_json::Value> = jobs.iter().map(Job::payload).collect();
    let priorities: Vec<i16> = jobs.iter().map(|job| job.policy().priority.code()).collect();
    let keys = keys.map_or_else(|| vec![None; jobs.len()], |keys| keys.iter().copied().map(Some).collect());
    let insert = sql_query(INSERT)
        .bind::<Uuid, _>(tenant_id)
        .bind::<Text, _>(if due.is_some() { "scheduled" } else { "ready" })
        .bind::<Timestamptz, _>(due.unwrap_or(now))
        .bind::<Nullable<Text>, _>(trace::current())
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Array<Text>, _>(queues)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<Json>, _>(payloads)
        .bind::<Array<SmallInt>, _>(priorities)
        .bind::<Array<Nullable<Text>>, _>(keys);
    cached(insert).execute(&mut conn).await?;
    Ok(())
}
