//! Who changed what: as a list, and all of it as a file.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use domain::id::EventId;
use domain::sheet;
use futures_util::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::audit::{self, Event, Filter};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::extract::{Member, Query, ReadAudit};
use crate::list::PageQuestion;
use crate::problem::{Problem, Result, failed};

/// Changes of a file that are read at a time.
const BATCH: i64 = 500;

#[derive(Serialize, ToSchema)]
pub struct AuditEventView {
    id: EventId,
    occurred_at: DateTime<Utc>,
    actor: AuditActor,
    /// A noun and a verb: `service.update`.
    action: String,
    subject_id: Option<Uuid>,
    before: Option<Value>,
    after: Option<Value>,
    /// What it said went with the customer it was about.
    is_erased: bool,
    reason: Option<String>,
    ip: Option<String>,
    request_id: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct AuditActor {
    /// `user`, `api_key`, `customer`, `operator` or `system`.
    kind: String,
    id: Option<Uuid>,
    /// Of a member or a key that is still there.
    name: Option<String>,
}

impl From<Event> for AuditEventView {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            occurred_at: event.occurred_at,
            actor: AuditActor { kind: event.actor_kind, id: event.actor_id, name: event.actor_name },
            action: event.action,
            subject_id: event.subject_id,
            before: event.before,
            after: event.after,
            is_erased: event.is_erased,
            reason: event.reason,
            ip: event.ip,
            request_id: event.request_id,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AuditQuestion {
    /// The noun of the action: `service`.
    subject: Option<String>,
    subject_id: Option<Uuid>,
    /// A user's or a key's.
    actor_id: Option<Uuid>,
    from: Option<DateTime<Utc>>,
    /// Before then.
    to: Option<DateTime<Utc>>,
    /// 1..=200; 50.
    limit: Option<i64>,
    /// From the page before.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AuditExportQuestion {
    #[param(inline)]
    format: Format,
    /// The noun of the action: `service`.
    subject: Option<String>,
    subject_id: Option<Uuid>,
    /// A user's or a key's.
    actor_id: Option<Uuid>,
    from: Option<DateTime<Utc>>,
    /// Before then.
    to: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Csv,
    /// One change a line.
    Json,
}

/// The newest first.
pub async fn list(member: Member<ReadAudit>, Query(question): Query<AuditQuestion>) -> Result<HttpResponse> {
    let AuditQuestion { subject, subject_id, actor_id, from, to, limit, cursor } = question;
    let wanted = PageQuestion { limit, cursor }.read()?;
    let filter = Filter { subject_kind: subject, subject_id, actor_id, from, to };
    let now = member.now;
    let read =
        async |tx: &mut store::TenantTx| audit::list(tx, &filter, wanted.after, wanted.and_one(), now).await;
    let found = member.tenant.read(read).await?;
    let page = wanted.page(found, |last| (last.occurred_at, last.id), AuditEventView::from);
    Ok(HttpResponse::Ok().json(page))
}

pub async fn export(
    member: Member<ReadAudit>,
    Query(question): Query<AuditExportQuestion>,
) -> Result<HttpResponse> {
    let AuditExportQuestion { format, subject, subject_id, actor_id, from, to } = question;
    let filter = Filter { subject_kind: subject, subject_id, actor_id, from, to };
    Ok(file(member.tenant, filter, format, member.now))
}

/// All that fits as a file, which is read while it is sent.
pub(crate) fn file(
    tenant: store::Tenant,
    filter: Filter,
    format: Format,
    now: DateTime<Utc>,
) -> HttpResponse {
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Json => ("application/x-ndjson", "ndjson"),
    };
    let name = format!("attachment; filename=\"audit-{}.{ending}\"", now.format("%Y-%m-%d"));
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_DISPOSITION, name))
        .streaming(pieces(tenant, filter, format, now))
}

/// Where the file has come to.
enum At {
    Beginning,
    After(DateTime<Utc>, EventId),
    End,
}

fn pieces(
    tenant: store::Tenant,
    filter: Filter,
    format: Format,
    now: DateTime<Utc>,
) -> impl Stream<Item = Result<Bytes>> {
    stream::try_unfold((tenant, filter, At::Beginning), move |(tenant, filter, at)| async move {
        let after = match at {
            At::Beginning => None,
            At::After(time, id) => Some((time, id)),
            At::End => return Ok(None),
        };
        let events = tenant
            .read(async |tx| audit::list(tx, &filter, after, BATCH, now).await)
            .await
            .map_err(Problem::from)?;
        let is_last = i64::try_from(events.len()).is_ok_and(|length| length < BATCH);
        let next =
            events.last().filter(|_| !is_last).map_or(At::End, |last| At::After(last.occurred_at, last.id));
        let piece = match format {
            Format::Csv => csv_of(events, after.is_none())?,
            Format::Json => lines_of(events)?,
        };
        Ok(Some((Bytes::from(piece), (tenant, filter, next))))
    })
}

fn lines_of(events: Vec<Event>) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for event in events {
        serde_json::to_writer(&mut lines, &AuditEventView::from(event)).map_err(|error| failed(&error))?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// RFC 4180; no cell is a formula.
fn csv_of(events: Vec<Event>, with_head: bool) -> Result<Vec<u8>> {
    let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if with_head {
        let head = [
            "occurred_at",
            "actor_kind",
            "actor_id",
            "actor",
            "action",
            "subject_id",
            "before",
            "after",
            "reason",
            "ip",
            "request_id",
        ];
        rows.write_record(head).map_err(|error| failed(&error))?;
    }
    for event in events {
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let json = |value: Option<Value>| value.map(|value| value.to_string()).unwrap_or_default();
        let cells = [
            event.occurred_at.to_rfc3339(),
            event.actor_kind,
            id(event.actor_id),
            event.actor_name.unwrap_or_default(),
            event.action,
            id(event.subject_id),
            json(event.before),
            json(event.after),
            event.reason.unwrap_or_default(),
            event.ip.unwrap_or_default(),
            event.request_id.unwrap_or_default(),
        ];
        rows.write_record(cells.map(|cell| sheet::cell(&cell))).map_err(|error| failed(&error))?;
    }
    rows.into_inner().map_err(|error| failed(&error))
}
