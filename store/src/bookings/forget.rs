//! Bookings of which nobody knows any more whose they were: books are kept by law, names are not.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Timestamptz, Uuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::id::{BookingId, DocumentId, IntakeFileId};
use jobs::Job;

use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;

/// $1: the tenant, $2: bookings. Files that were sent, which no booking has any more then.
const FILES: &str = "\
UPDATE intake_files SET booking_id = NULL, name = kind WHERE tenant_id = $1 AND booking_id = ANY ($2) RETURNING id";

/// What was made of them.
const DOCUMENTS: &str = "\
SELECT id FROM documents WHERE tenant_id = $1 AND subject_id = ANY ($2) AND kind = 'booking_summary'";

/// $3: the moment.
const FORGET: [&str; 3] = [
    "UPDATE messages SET recipient = '', error = NULL WHERE tenant_id = $1 AND audience = 'customer' AND recipient <> ''
       AND subject_id IN (SELECT unnest($2) UNION
         SELECT b.series_id FROM bookings b WHERE b.tenant_id = $1 AND b.id = ANY ($2))",
    "DELETE FROM booking_terms WHERE tenant_id = $1 AND booking_id = ANY ($2)",
    "UPDATE bookings SET contact_name = '', contact_email = '', contact_email_key = '', contact_phone = NULL,
       address = NULL, note = NULL, internal_note = NULL, answers = NULL, cancellation_reason = NULL,
       customer_timezone = NULL, notify_email = false, notify_sms = false, version = version + 1, updated_at = $3
     WHERE tenant_id = $1 AND id = ANY ($2)",
];

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = Uuid)]
    id: uuid::Uuid,
}

/// Forgets who these were for and what people wrote of them; their files follow.
pub(crate) async fn forget(tx: &TenantTx, ids: &[BookingId], now: DateTime<Utc>) -> Result<()> {
    let files = named(tx, FILES, ids).await?.into_iter();
    let documents = named(tx, DOCUMENTS, ids).await?.into_iter();
    for sql in FORGET {
        let query = sql_query(sql)
            .bind::<Uuid, _>(tx.tenant())
            .bind::<Array<Uuid>, _>(ids)
            .bind::<Timestamptz, _>(now);
        cached(query).execute(&mut tx.conn()).await?;
    }
    let drops: Vec<Job> = files
        .map(|file| Job::DropIntakeFile { file_id: IntakeFileId(file.id) })
        .chain(documents.map(|one| Job::DropDocument { document_id: DocumentId(one.id) }))
        .collect();
    if drops.is_empty() {
        return Ok(());
    }
    tx.enqueue(&drops, now).await
}

async fn named(tx: &TenantTx, sql: &'static str, ids: &[BookingId]) -> Result<Vec<One>> {
    let query = sql_query(sql).bind::<Uuid, _>(tx.tenant()).bind::<Array<Uuid>, _>(ids);
    Ok(cached(query).load(&mut tx.conn()).await?)
}
