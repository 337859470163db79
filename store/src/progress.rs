//! How far long jobs are, for whoever waits for them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::JobId;

use crate::TenantTx;
use crate::error::Result;
use crate::events::{self, Happened};
use crate::schema::job_progress;

/// A long job, as who waits for it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = job_progress)]
pub struct Progress {
    pub job_id: JobId,
    /// Of the job.
    pub kind: String,
    pub done: i32,
    /// `None`: not known yet.
    pub total: Option<i32>,
    pub started_at: DateTime<Utc>,
    /// When it was last told of.
    pub updated_at: DateTime<Utc>,
    /// `None`: it runs, or waits to run again.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Notes that a job has done `done` of `total`, and tells who follows the tenant. A run that begins anew begins at 0.
pub async fn report(
    tx: &TenantTx,
    job: (JobId, &str),
    done: i32,
    total: Option<i32>,
    now: DateTime<Utc>,
) -> Result<()> {
    note(tx, job, (done, total), None, now).await
}

/// Notes that a job has ended.
pub async fn end(tx: &TenantTx, job: (JobId, &str), done: i32, now: DateTime<Utc>) -> Result<()> {
    note(tx, job, (done, Some(done)), Some(now), now).await
}

async fn note(
    tx: &TenantTx,
    (job_id, kind): (JobId, &str),
    (done, total): (i32, Option<i32>),
    ended_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    let how_far = (
        job_progress::done.eq(done),
        job_progress::total.eq(total),
        job_progress::updated_at.eq(now),
        job_progress::ended_at.eq(ended_at),
    );
    diesel::insert_into(job_progress::table)
        .values((
            job_progress::tenant_id.eq(tx.tenant()),
            job_progress::job_id.eq(job_id),
            job_progress::kind.eq(kind),
            job_progress::started_at.eq(now),
            how_far,
        ))
        .on_conflict((job_progress::tenant_id, job_progress::job_id))
        .do_update()
        .set(how_far)
        .execute(&mut tx.conn())
        .await?;
    let happened = Happened {
        name: "job.progressed",
        subject: job_id.0,
        version: i64::from(done),
        data: serde_json::json!({"kind": kind, "done": done, "total": total}),
    };
    events::record(tx, happened, now).await
}

/// The last one of a kind that was begun.
pub async fn latest(tx: &TenantTx, kind: &str) -> Result<Option<Progress>> {
    Ok(job_progress::table
        .filter(job_progress::tenant_id.eq(tx.tenant()))
        .filter(job_progress::kind.eq(kind))
        .order(job_progress::started_at.desc())
        .select(Progress::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}
