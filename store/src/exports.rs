//! Files of all of a tenant's rows of one kind: asked for, under way, made.

use ::jobs::Job;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::UserId;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::documents::{self, Document};
use crate::error::Result;
use crate::progress::{self, Progress};
use crate::schema::jobs;

/// Of the job, while it is in the ledger: who asks twice gets one.
const KEY: &str = "export_customers";

/// How it stands with the file of all customers.
#[derive(Clone, Debug)]
pub struct Export {
    /// A job waits or runs.
    pub is_under_way: bool,
    /// The last job died.
    pub has_failed: bool,
    /// Of the job that was begun last.
    pub progress: Option<Progress>,
    /// The newest that was made.
    pub file: Option<Document>,
}

/// Asks for a file of all customers.
pub async fn request(tx: &TenantTx, by: &By, asked_by: UserId, now: DateTime<Utc>) -> Result<()> {
    tx.enqueue_once(&[(KEY.to_owned(), Job::ExportCustomers { asked_by })], now).await?;
    let change: Change<'_> =
        Change { action: "customer.export", subject: tx.tenant().0, before: None, after: None };
    audit::record(tx, by, change, now).await
}

pub async fn find(tx: &TenantTx) -> Result<Export> {
    let state: Option<String> = jobs::table
        .filter(jobs::tenant_id.eq(tx.tenant()))
        .filter(jobs::dedup_key.eq(KEY))
        .select(jobs::state)
        .first(&mut tx.conn())
        .await
        .optional()?;
    let is_dead = state.as_deref() == Some("dead");
    Ok(Export {
        is_under_way: state.is_some() && !is_dead,
        has_failed: is_dead,
        progress: progress::latest(tx, "export_customers").await?,
        file: file(tx).await?,
    })
}

/// The newest that was made.
pub async fn file(tx: &TenantTx) -> Result<Option<Document>> {
    documents::newest(tx, "customer_export").await
}
