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
        insert(self.conn(), self.tenant(), jobs, now).await
    }
}

impl SystemTx {
    /// Enqueues jobs of the platform's own, due now.
    pub async fn enqueue(&self, jobs: &[Job], now: DateTime<Utc>) -> Result<()> {
        for job in jobs {
            self.will_wake(job.policy().queue);
        }
        insert(self.conn(), TenantId::PLATFORM, jobs, now).await
    }
}

/// One statement for any number, prepared once: it travels with others and is never waited for to be prepared.
const INSERT: &str = "INSERT INTO jobs (tenant_id, id, queue, kind, payload, run_at)
    SELECT $1, id, queue, kind, payload, $2
    FROM unnest($3, $4, $5, $6) AS job (id, queue, kind, payload)";

async fn insert(
    mut conn: &AsyncPgConnection,
    tenant_id: TenantId,
    jobs: &[Job],
    now: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<JobId> = jobs.iter().map(|_job| JobId::mint(now)).collect();
    let queues: Vec<&str> = jobs.iter().map(|job| job.policy().queue.name()).collect();
    let kinds: Vec<&str> = jobs.iter().map(Job::kind).collect();
    let payloads: Vec<serde_json::Value> = jobs.iter().map(Job::payload).collect();
    let insert = sql_query(INSERT)
        .bind::<Uuid, _>(tenant_id)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Array<Text>, _>(queues)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<Json>, _>(payloads);
    cached(insert).execute(&mut conn).await?;
    Ok(())
}
