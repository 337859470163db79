//! Files with customers: sent, looked at, brought in by a job.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use domain::id::ImportId;
use domain::imports::{Column, Field, OnKnown, State, Table};
use domain::locale::Locale;
use domain::rejection::Rejection;
use domain::sheet::cell;
use providers::files::FilePath;
use serde::{Deserialize, Serialize};
use store::audit::By;
use store::customers::imports::{self, Import, RowFlaw, Status};
use templates::Text;
use utoipa::ToSchema;

use crate::extract::{Caller, Json, ManageCatalogue, Path, TableUpload, Upload};
use crate::problem::{Problem, Result, failed};
use crate::state;

/// Most refused rows that an answer has; the report has all.
const MOST_FLAWS: i64 = 100;
/// Most that the report has: a flaw for each field of each row, and more than there can be.
const ALL_FLAWS: i64 = 500_000;

#[derive(Serialize, ToSchema)]
pub struct ImportView {
    id: ImportId,
    state: State,
    /// It was started and its job died: it can be started again, and goes on where it was.
    has_failed: bool,
    file_name: String,
    /// As the Encoding Standard (WHATWG) names it.
    encoding: String,
    delimiter: String,
    columns: Vec<Column>,
    /// What each column says; null: nothing that is kept.
    fields: Vec<Option<Field>>,
    known: OnKnown,
    /// Rows of the file, and how many of them are dealt with.
    total: i32,
    done: i32,
    /// New customers.
    made: i32,
    updated: i32,
    /// Known customers who stayed as they were.
    skipped: i32,
    refused: i32,
    /// What was wrong with refused rows, the first 100.
    flaws: Vec<RowFlawView>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// Something wrong with a row.
#[derive(Serialize, ToSchema)]
pub struct RowFlawView {
    /// Of the file, from 1: where the row begins.
    line: i32,
    /// A field, or `row`.
    field: String,
    code: String,
    /// What stood there, its first 100 characters.
    value: String,
}

impl ImportView {
    fn new(Status { import, has_failed }: Status, flaws: Vec<RowFlaw>) -> Self {
        let flaw = |flaw: RowFlaw| RowFlawView {
            line: flaw.line,
            field: flaw.field,
            code: flaw.code,
            value: flaw.value,
        };
        Self {
            columns: import.columns(),
            fields: import.fields(),
            id: import.id,
            state: import.state,
            has_failed,
            file_name: import.file_name,
            encoding: import.encoding,
            delimiter: import.delimiter,
            known: import.known,
            total: import.total,
            done: import.done,
            made: import.made,
            updated: import.updated,
            skipped: import.skipped,
            refused: import.refused,
            flaws: flaws.into_iter().map(flaw).collect(),
            created_at: import.created_at,
            ended_at: import.ended_at,
        }
    }
}

/// Reads a file, keeps it, and notes what its columns likely say. Nothing of it is brought in.
pub(crate) async fn take(
    state: &state::State,
    tenant: &store::Tenant,
    upload: Upload,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Import> {
    let Upload { file, name } = upload;
    let bytes = file.ok_or_else(|| Rejection::invalid("/file", "REQUIRED", "must be a file"))?;
    let (bytes, table) = read(bytes).await?;
    let id = ImportId::mint(now);
    let path = FilePath::new(tenant.id(), &imports::path(id)).map_err(|error| failed(&error))?;
    tenant.transaction(async |tx| imports::will_expire(tx, id, now).await).await?;
    state.files.put(&path, bytes).await.map_err(|error| failed(&error))?;
    let name: String = name.chars().filter(|c| !c.is_control()).take(255).collect();
    let name = if name.trim().is_empty() { "customers.csv".to_owned() } else { name };
    Ok(tenant.transaction(async |tx| imports::add(tx, id, &name, &table, by, now).await).await?)
}

/// Ten megabytes take a while: other requests are not kept waiting.
async fn read(bytes: Bytes) -> Result<(Bytes, Table)> {
    let read = tokio::task::spawn_blocking(move || (Table::read(&bytes), bytes)).await;
    let (table, bytes) = read.map_err(|error| failed(&error))?;
    match table {
        Ok(table) => Ok((bytes, table)),
        Err(why) => Err(Rejection::invalid("/file", why.code(), why.to_string()).into()),
    }
}

pub async fn create(
    caller: Caller<ManageCatalogue>,
    TableUpload(upload): TableUpload,
) -> Result<HttpResponse> {
    let import = take(&caller.state, &caller.tenant, upload, &caller.by(), caller.now).await?;
    Ok(HttpResponse::Created().json(ImportView::new(Status { import, has_failed: false }, Vec::new())))
}

pub async fn show(caller: Caller<ManageCatalogue>, id: Path<ImportId>) -> Result<HttpResponse> {
    let view: store::Result<ImportView> = caller
        .tenant
        .read(async |tx| {
            let status = imports::status(tx, *id).await?;
            Ok(ImportView::new(status, imports::flaws(tx, *id, MOST_FLAWS).await?))
        })
        .await;
    Ok(HttpResponse::Ok().json(view?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartImport {
    /// One for each column; left out: as they are told by the import.
    fields: Option<Vec<Option<Field>>>,
    /// What becomes of customers who are known by their address.
    #[serde(default)]
    known: OnKnown,
}

pub async fn start(
    caller: Caller<ManageCatalogue>,
    id: Path<ImportId>,
    Json(body): Json<StartImport>,
) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    let StartImport { fields, known } = body;
    let started: store::Result<Import> =
        caller.tenant.transaction(async |tx| imports::start(tx, *id, fields, known, &by, now).await).await;
    let status = Status { import: started?, has_failed: false };
    Ok(HttpResponse::Accepted().json(ImportView::new(status, Vec::new())))
}

pub async fn report(caller: Caller<ManageCatalogue>, id: Path<ImportId>) -> Result<HttpResponse> {
    let read: store::Result<_> = caller
        .tenant
        .read(async |tx| {
            imports::find(tx, *id).await?;
            Ok((store::tenants::find(tx).await?.locale, imports::flaws(tx, *id, ALL_FLAWS).await?))
        })
        .await;
    let (locale, flaws) = read?;
    report_of(caller.state.pages.templates.texts().of(locale), locale, &flaws)
}

/// What was wrong, as a table for a spreadsheet: without formulas.
pub(crate) fn report_of(words: Text<'_>, locale: Locale, flaws: &[RowFlaw]) -> Result<HttpResponse> {
    let delimiter = if locale == Locale::Fr { b';' } else { b',' };
    let mut rows = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::from("\u{feff}"));
    let word = |key: &str, with: &[(&str, &str)]| words.t_with(key, with).map_err(|error| failed(&error));
    let head = [
        "customers-report-line",
        "customers-report-column",
        "customers-report-value",
        "customers-report-why",
    ];
    let head = head.into_iter().map(|key| word(key, &[])).collect::<Result<Vec<_>>>()?;
    rows.write_record(head).map_err(unwritten)?;
    for flaw in flaws {
        let column = word("customers-field", &[("field", &flaw.field)])?;
        let why = word("customers-flaw", &[("field", &flaw.field), ("code", &flaw.code)])?;
        let texts = [flaw.line.to_string(), column, flaw.value.clone(), why];
        rows.write_record(texts.map(|text| cell(&text))).map_err(unwritten)?;
    }
    let bytes = rows.into_inner().map_err(|error| failed(&error))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"import-report.csv\""))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(bytes))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unwritten(error: csv::Error) -> Problem {
    failed(&error)
}
