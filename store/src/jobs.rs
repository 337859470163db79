//! Work for later: a job is written in the transaction that makes it needed.

use chrono::{DateTime, Utc};
use diesel::sql_query;
use diesel::sql_types::{Array, Json, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::id::{JobId, TenantId};
use jobs::Job;

use crate::cached::cached;
use crate::error::Result;
use crate::{SystemTx, TenantTx};

impl TenantTx {
    /// Enqueues jobs of this tenant, due now. Whoever waits for them is woken after the commit.
    pub async fn enqueue(&self, jobs: &[Job], now: DateTime<Utc>) -> Result<()> {
        for job in jobs {
            self.will_wake(job.policy().queue);
        }
        insert(self.conn(), self.tenant(), jobs, "ready", now, now).await
    }

    /// Like [`Self::enqueue`], for later: due at `due`.
    pub async fn enqueue_for(&self, jobs: &[Job], due: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        insert(self.conn(), self.tenant(), jobs, "scheduled", due, now).await
    }
}

impl SystemTx {
    /// Enqueues jobs of the platform's own, due now.
    pub async fn enqueue(&self, jobs: &[Job], now: DateTime<Utc>) -> Result<()> {
        for job in jobs {
            self.will_wake(job.policy().queue);
        }
        insert(self.conn(), TenantId::PLATFORM, jobs, "ready", now, now).await
    }
}

/// One statement for any number, prepared once: it travels with others and is never waited for to be prepared.
const INSERT: &str = "INSERT INTO jobs (tenant_id, id, queue, kind, payload, state, run_at)
    SELECT $1, id, queue, kind, payload, $2, $3
    FROM unnest($4, $5, $6, $7) AS job (id, queue, kind, payload)";

async fn insert(
    mut conn: &AsyncPgConnection,
    tenant_id: TenantId,
    jobs: &[Job],
    state: &str,
    due: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<JobId> = jobs.iter().map(|_job| JobId::mint(now)).collect();
    let queues: Vec<&str> = jobs.iter().map(|job| job.policy().queue.name()).collect();
    let kinds: Vec<&str> = jobs.iter().map(Job::kind).collect();
    let payloads: Vec<serde_json::Value> = jobs.iter().map(Job::payload).collect();
    let insert = sql_query(INSERT)
        .bind::<Uuid, _>(tenant_id)
        .bind::<Text, _>(state)
        .bind::<Timestamptz, _>(due)
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Array<Text>, _>(queues)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<Json>, _>(payloads);
    cached(insert).execute(&mut conn).await?;
    Ok(())
}
