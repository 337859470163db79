//! Files that workers made, by what they show.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{DocumentId, TenantId};
use uuid::Uuid;

use crate::TenantTx;
use crate::error::Result;
use crate::schema::documents;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = documents, treat_none_as_default_value = false)]
pub struct Document {
    pub tenant_id: TenantId,
    pub id: DocumentId,
    pub kind: String,
    pub subject_id: Uuid,
    /// Of the subject when it was made.
    pub sequence: i32,
    pub path: String,
    pub content_type: String,
    pub size_bytes: i64,
    pub sha256: Vec<u8>,
    pub created_at: DateTime<Utc>,
}

/// Keeps it, unless the same was made before: then that one stands.
pub async fn add(tx: &TenantTx, document: &Document) -> Result<()> {
    diesel::insert_into(documents::table)
        .values(document)
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The newest of one kind about one subject.
pub async fn find_latest(tx: &TenantTx, kind: &str, subject: Uuid) -> Result<Option<Document>> {
    Ok(documents::table
        .filter(documents::tenant_id.eq(tx.tenant()))
        .filter(documents::kind.eq(kind))
        .filter(documents::subject_id.eq(subject))
        .order(documents::sequence.desc())
        .select(Document::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// The one of a kind that was made last, whatever it is about.
pub async fn newest(tx: &TenantTx, kind: &str) -> Result<Option<Document>> {
    Ok(documents::table
        .filter(documents::tenant_id.eq(tx.tenant()))
        .filter(documents::kind.eq(kind))
        .order(documents::created_at.desc())
        .select(Document::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// What the others of a kind are about.
pub async fn others(tx: &TenantTx, kind: &str, subject: Uuid) -> Result<Vec<Uuid>> {
    Ok(documents::table
        .filter(documents::tenant_id.eq(tx.tenant()))
        .filter(documents::kind.eq(kind))
        .filter(documents::subject_id.ne(subject))
        .select(documents::subject_id)
        .load(&mut tx.conn())
        .await?)
}

/// Forgets all of one kind about one subject.
pub async fn remove(tx: &TenantTx, kind: &str, subject: Uuid) -> Result<()> {
    let all = documents::table
        .filter(documents::tenant_id.eq(tx.tenant()))
        .filter(documents::kind.eq(kind))
        .filter(documents::subject_id.eq(subject));
    diesel::delete(all).execute(&mut tx.conn()).await?;
    Ok(())
}

/// One of them; `None`: it is gone.
pub async fn find(tx: &TenantTx, id: DocumentId) -> Result<Option<Document>> {
    let found = documents::table.find((tx.tenant(), id)).select(Document::as_select());
    Ok(found.first(&mut tx.conn()).await.optional()?)
}

/// Forgets one whose file is gone.
pub async fn forget(tx: &TenantTx, id: DocumentId) -> Result<()> {
    diesel::delete(documents::table.find((tx.tenant(), id))).execute(&mut tx.conn()).await?;
    Ok(())
}
