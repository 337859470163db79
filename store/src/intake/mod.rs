//! Questions that services ask, and what is kept of the answers.

pub mod answers;
pub mod files;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{QuestionId, ServiceId, TenantId, UserId};
use domain::intake::{self, Decimal, Kind, Question, QuestionDraft};
use domain::rejection::{Code, Rejection};
use domain::translation::{QuestionWords, Translations};
use serde::Serialize;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::schema::{service_questions as questions, services};
use crate::tenants::check_version;

#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = questions, treat_none_as_default_value = false)]
struct Row {
    tenant_id: TenantId,
    id: QuestionId,
    service_id: ServiceId,
    position: i32,
    kind: Kind,
    label: String,
    help: Option<String>,
    is_required: bool,
    is_active: bool,
    options: Vec<String>,
    translations: Translations<QuestionWords>,
    min_thousandths: Option<i64>,
    max_thousandths: Option<i64>,
    created_at: DateTime<Utc>,
    created_by: Option<UserId>,
}

impl From<Row> for Question {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            label: row.label,
            help: row.help,
            is_required: row.is_required,
            is_active: row.is_active,
            options: row.options,
            translations: row.translations,
            min: row.min_thousandths.and_then(Decimal::from_thousandths),
            max: row.max_thousandths.and_then(Decimal::from_thousandths),
        }
    }
}

/// All of a service, in their order.
pub async fn of_service(tx: &TenantTx, id: ServiceId) -> Result<Vec<Question>> {
    Ok(rows(tx, id).await?.into_iter().map(Question::from).collect())
}

async fn rows(tx: &TenantTx, id: ServiceId) -> Result<Vec<Row>> {
    Ok(questions::table
        .filter(questions::tenant_id.eq(tx.tenant()))
        .filter(questions::service_id.eq(id))
        .order(questions::position)
        .select(Row::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// Those of some services that are asked now, in their order.
pub async fn of_services(tx: &TenantTx, ids: &[ServiceId]) -> Result<HashMap<ServiceId, Vec<Question>>> {
    let rows: Vec<Row> = questions::table
        .filter(questions::tenant_id.eq(tx.tenant()))
        .filter(questions::service_id.eq_any(ids))
        .filter(questions::is_active)
        .order((questions::service_id, questions::position))
        .select(Row::as_select())
        .load(&mut tx.conn())
        .await?;
    let mut asked: HashMap<ServiceId, Vec<Question>> = HashMap::new();
    for row in rows {
        asked.entry(row.service_id).or_default().push(row.into());
    }
    Ok(asked)
}

/// A question that is asked now, with its service.
pub async fn find_asked(tx: &TenantTx, id: QuestionId) -> Result<Question> {
    let row: Row = questions::table
        .inner_join(
            services::table
                .on(services::tenant_id.eq(questions::tenant_id).and(services::id.eq(questions::service_id))),
        )
        .filter(questions::tenant_id.eq(tx.tenant()))
        .filter(questions::id.eq(id))
        .filter(questions::is_active)
        .filter(services::is_active)
        .filter(services::archived_at.is_null())
        .select(Row::as_select())
        .first(&mut tx.conn())
        .await?;
    Ok(row.into())
}

/// The version of a service that is not archived: its questions have none of their own.
pub async fn version(tx: &TenantTx, id: ServiceId) -> Result<i64> {
    Ok(services::table
        .find((tx.tenant(), id))
        .filter(services::archived_at.is_null())
        .select(services::version)
        .first(&mut tx.conn())
        .await?)
}

/// Puts the questions of a service, in this order, in the place of those it had. What was answered stays as it was. Answers
/// the service's new version.
pub async fn replace(
    tx: &TenantTx,
    id: ServiceId,
    drafts: Vec<QuestionDraft>,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<i64> {
    let drafts = intake::check_questions(drafts)?;
    let current: i64 = services::table
        .find((tx.tenant(), id))
        .filter(services::archived_at.is_null())
        .select(services::version)
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?;
    check_version(version, current)?;
    let before = rows(tx, id).await?;
    let mut after = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let known = match draft.id {
            Some(known) => Some(before.iter().find(|row| row.id == known).ok_or_else(|| {
                Rejection::invalid(
                    format!("/questions/{index}/id"),
                    "UNKNOWN",
                    "is no question of this service",
                )
            })?),
            None => None,
        };
        after.push(Row {
            tenant_id: tx.tenant(),
            id: known.map_or_else(|| QuestionId::mint(now), |row| row.id),
            service_id: id,
            position: i32::try_from(index).unwrap_or(i32::MAX),
            kind: draft.kind,
            label: draft.label,
            help: draft.help,
            is_required: draft.is_required,
            is_active: draft.is_active,
            options: draft.options,
            translations: draft.translations,
            min_thousandths: draft.min.map(Decimal::thousandths),
            max_thousandths: draft.max.map(Decimal::thousandths),
            created_at: known.map_or(now, |row| row.created_at),
            created_by: known.map_or(by.user(), |row| row.created_by),
        });
    }
    let own =
        questions::table.filter(questions::tenant_id.eq(tx.tenant())).filter(questions::service_id.eq(id));
    diesel::delete(own).execute(&mut tx.conn()).await?;
    diesel::insert_into(questions::table).values(&after).execute(&mut tx.conn()).await?;
    diesel::update(services::table.find((tx.tenant(), id)))
        .set((services::version.eq(services::version + 1), services::updated_at.eq(now)))
        .execute(&mut tx.conn())
        .await?;
    let change =
        Change { action: "service.questions", subject: id.0, before: Some(&before), after: Some(&after) };
    audit::record(tx, by, change, now).await?;
    current.checked_add(1).ok_or_else(|| Code::Internal.into())
}
