//! Files of all of a tenant's rows of one kind: asked for, under way, made.

use ::jobs::Job;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{JobId, UserId};

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::documents::{self, Document};
use crate::error::Result;
use crate::progress::{self, Progress};
use crate::schema::jobs;

/// Of the job; its key too, while it waits or runs: who asks twice gets one.
const KIND: &str = "export_customers";
/// Of the files.
pub const DOCUMENT: &str = "customer_export";
/// How long a file can be downloaded: it holds people's data.
const KEPT: TimeDelta = TimeDelta::days(7);

/// How it stands with the file of all customers.
#[derive(Clone, Debug)]
pub struct Export {
    /// A job waits or runs.
    pub is_under_way: bool,
    /// A job died since the last file was made.
    pub has_failed: bool,
    /// Of the job that was begun last.
    pub progress: Option<Progress>,
    /// The newest that was made.
    pub file: Option<Document>,
}

/// Asks for a file of all customers.
pub async fn request(tx: &TenantTx, by: &By, asked_by: UserId, now: DateTime<Utc>) -> Result<()> {
    tx.enqueue_once(&[(KIND.to_owned(), Job::ExportCustomers { asked_by })], now).await?;
    let change: Change<'_> =
        Change { action: "customer.export", subject: tx.tenant().0, before: None, after: None };
    audit::record(tx, by, change, now).await
}

pub async fn find(tx: &TenantTx) -> Result<Export> {
    let file = file(tx).await?;
    let own = || jobs::table.filter(jobs::tenant_id.eq(tx.tenant()));
    let under_way = diesel::select(diesel::dsl::exists(own().filter(jobs::dedup_key.eq(KIND))));
    let since = file.as_ref().map_or(DateTime::UNIX_EPOCH, |file| file.created_at);
    let dead =
        own().filter(jobs::state.eq("dead")).filter(jobs::run_at.gt(since)).filter(jobs::kind.eq(KIND));
    Ok(Export {
        is_under_way: under_way.get_result(&mut tx.conn()).await?,
        has_failed: diesel::select(diesel::dsl::exists(dead)).get_result(&mut tx.conn()).await?,
        progress: progress::latest(tx, KIND).await?,
        file,
    })
}

/// Has the file that a job makes removed when its time is over, whatever becomes of the job.
pub async fn will_expire(tx: &TenantTx, export_id: JobId, now: DateTime<Utc>) -> Result<()> {
    tx.enqueue_for(&[Job::DropExport { export_id }], now + KEPT, now).await
}

/// Where the file lies that a job made, or would have.
pub fn path(export_id: JobId) -> String {
    format!("exports/customers-{export_id}.csv")
}

/// Forgets the file that a job made, if it did.
pub async fn forget(tx: &TenantTx, export_id: JobId) -> Result<()> {
    documents::remove(tx, DOCUMENT, export_id.0).await
}

/// Notes the file that a job made, and has those before it removed.
pub async fn made(tx: &TenantTx, document: &Document, now: DateTime<Utc>) -> Result<()> {
    let older = documents::others(tx, DOCUMENT, document.subject_id).await?;
    let drops: Vec<Job> = older.into_iter().map(|id| Job::DropExport { export_id: JobId(id) }).collect();
    documents::add(tx, document).await?;
    tx.enqueue(&drops, now).await
}

/// The newest that was made.
pub async fn file(tx: &TenantTx) -> Result<Option<Document>> {
    documents::newest(tx, DOCUMENT).await
}
