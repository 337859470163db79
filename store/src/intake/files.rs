//! Files that were sent as answers. Nobody's until a booking takes them; then they count for the plan.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{BookingId, IntakeFileId, QuestionId, TenantId};
use domain::intake::{FileKind, Sent};
use domain::plan::{Limit, Plan};
use domain::rejection::{Code, Rejection};
use jobs::Job;

use crate::TenantTx;
use crate::error::Result;
use crate::schema::intake_files as files;
use crate::usage;

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = files, treat_none_as_default_value = false)]
pub struct IntakeFile {
    pub tenant_id: TenantId,
    pub id: IntakeFileId,
    pub question_id: QuestionId,
    pub booking_id: Option<BookingId>,
    pub name: String,
    pub kind: FileKind,
    pub size_bytes: i64,
    pub created_at: DateTime<Utc>,
}

/// What no booking has taken goes after this long.
const PATIENCE: TimeDelta = TimeDelta::hours(24);

/// Most bytes of a tenant that are nobody's: strangers send them.
const MOST_UNCLAIMED: i64 = 500_000_000;

/// Says that a file is about to be written, before it is: whatever happens next, it does not stay without a booking.
pub async fn announce(tx: &TenantTx, file: &IntakeFile, now: DateTime<Utc>) -> Result<()> {
    let unclaimed: i64 = files::table
        .filter(files::tenant_id.eq(tx.tenant()))
        .filter(files::booking_id.is_null())
        .select(diesel::dsl::sql::<diesel::sql_types::BigInt>("coalesce(sum(size_bytes), 0)::bigint"))
        .first(&mut tx.conn())
        .await?;
    if unclaimed.saturating_add(file.size_bytes) > MOST_UNCLAIMED {
        return Err(Code::TooManyRequests.into());
    }
    diesel::insert_into(files::table).values(file.clone()).execute(&mut tx.conn()).await?;
    tx.enqueue_for(&[Job::DropIntakeFile { file_id: file.id }], now + PATIENCE, now).await
}

/// Takes a file for a booking, once. Refuses what is not there, answers another question or is another booking's.
pub(super) async fn claim(
    tx: &TenantTx,
    id: IntakeFileId,
    question_id: QuestionId,
    booking_id: BookingId,
    pointer: &str,
    plan: Plan,
    now: DateTime<Utc>,
) -> Result<Sent> {
    let claimed: Option<(String, i64)> = diesel::update(
        files::table
            .filter(files::tenant_id.eq(tx.tenant()))
            .filter(files::id.eq(id))
            .filter(files::question_id.eq(question_id))
            .filter(files::booking_id.is_null())
            // One that is about to go may be gone when somebody wants it.
            .filter(files::created_at.gt(now - PATIENCE)),
    )
    .set(files::booking_id.eq(booking_id))
    .returning((files::name, files::size_bytes))
    .get_result(&mut tx.conn())
    .await
    .optional()?;
    let Some((name, size_bytes)) = claimed else {
        return Err(
            Rejection::invalid(pointer, "UNKNOWN", "is no file that was sent for this question").into()
        );
    };
    usage::change(tx, plan, Limit::StorageBytes, size_bytes).await.map_err(|error| match error.code() {
        Some(Code::PlanLimitReached) => {
            Rejection::invalid(pointer, "TOO_LARGE", "can't be taken: the business has no room for files")
                .into()
        }
        _ => error,
    })?;
    Ok(Sent { id, name, size_bytes })
}

/// A file of a booking.
pub async fn find_claimed(tx: &TenantTx, id: IntakeFileId) -> Result<IntakeFile> {
    Ok(files::table
        .find((tx.tenant(), id))
        .filter(files::booking_id.is_not_null())
        .select(IntakeFile::as_select())
        .first(&mut tx.conn())
        .await?)
}

/// Forgets a file that is nobody's. False: it is a booking's, and stays. Of one that is not there, true.
pub async fn forget(tx: &TenantTx, id: IntakeFileId) -> Result<bool> {
    let booking: Option<Option<BookingId>> = files::table
        .find((tx.tenant(), id))
        .select(files::booking_id)
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    if matches!(booking, Some(Some(_))) {
        return Ok(false);
    }
    diesel::delete(files::table.find((tx.tenant(), id))).execute(&mut tx.conn()).await?;
    Ok(true)
}
