//! Work for later: a job is written in the transaction that makes it needed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::id::{JobId, TenantId};
use jobs::Job;

use crate::error::Result;
use crate::schema::jobs as table;
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

#[derive(Insertable)]
#[diesel(table_name = table)]
struct NewJob {
    tenant_id: TenantId,
    id: JobId,
    queue: &'static str,
    kind: &'static str,
    payload: serde_json::Value,
    run_at: DateTime<Utc>,
}

async fn insert(
    mut conn: &AsyncPgConnection,
    tenant_id: TenantId,
    jobs: &[Job],
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<NewJob> = jobs
        .iter()
        .map(|job| NewJob {
            tenant_id,
            id: JobId::mint(now),
            queue: job.policy().queue.name(),
            kind: job.kind(),
            payload: job.payload(),
            run_at: now,
        })
        .collect();
    diesel::insert_into(table::table).values(rows).execute(&mut conn).await?;
    Ok(())
}
