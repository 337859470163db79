//! Customers from a file: sent, its columns looked at, brought in, and what came of it.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::id::ImportId;
use domain::imports::{Field, OnKnown};
use domain::rejection::{Code, Rejection};
use serde::Serialize;
use store::customers::imports::{self, Import, RowFlaw, Status};

use super::super::done;
use super::super::told::Told;
use super::super::typed::Typed;
use crate::customers::imports::{report_of, take};
use crate::extract::{ByOwnPeople, ManageCatalogue, PageMember, Path, TableUpload};
use crate::pages::form::{Flaw, Pairs, refuses_a_person};
use crate::pages::{Reader, render, see};
use crate::problem::{Problem, Result};

/// Most imports that the first page names, and most refused rows that the page of one shows.
const MOST: i64 = 5;
const MOST_FLAWS: i64 = 50;
const ALL_FLAWS: i64 = 500_000;

#[derive(Serialize)]
struct Upload {
    current: &'static str,
    rows: Vec<Sheet>,
    timezone: String,
    errors: Vec<Flaw>,
}

#[derive(Serialize)]
struct Sheet {
    id: ImportId,
    /// `uploaded`, `started`, `failed` or `done`.
    state: &'static str,
    file_name: String,
    encoding: String,
    /// `comma`, `semicolon` or `tab`.
    delimiter: &'static str,
    total: i32,
    done: i32,
    made: i32,
    updated: i32,
    skipped: i32,
    refused: i32,
    created_at: DateTime<Utc>,
}

impl Sheet {
    fn new(import: Import, has_failed: bool) -> Self {
        Self {
            id: import.id,
            state: if has_failed { "failed" } else { import.state.name() },
            file_name: import.file_name,
            encoding: import.encoding,
            delimiter: match import.delimiter.as_str() {
                "," => "comma",
                ";" => "semicolon",
                _ => "tab",
            },
            total: import.total,
            done: import.done,
            made: import.made,
            updated: import.updated,
            skipped: import.skipped,
            refused: import.refused,
            created_at: import.created_at,
        }
    }
}

async fn upload_page(
    reader: &Reader,
    member: &PageMember<ByOwnPeople<ManageCatalogue>>,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (frame, tenant) = member.frame(reader).await?;
    let latest = member.tenant.read(async |tx| imports::latest(tx, MOST).await).await?;
    let told = Told::by(refused, &[("/file", "table")], reader, &frame)?;
    let content = Upload {
        current: "customers",
        rows: latest.into_iter().map(|import| Sheet::new(import, false)).collect(),
        timezone: tenant.timezone.to_string(),
        errors: told.errors,
    };
    render(&member.state, &frame, told.status, "app/customers_import", &content)
}

pub async fn new(reader: Reader, member: PageMember<ByOwnPeople<ManageCatalogue>>) -> HttpResponse {
    reader.answer(upload_page(&reader, &member, None)).await
}

pub async fn create(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    upload: Result<TableUpload>,
) -> HttpResponse {
    reader
        .answer(async {
            let taken = match upload {
                Ok(TableUpload(upload)) => {
                    Box::pin(take(&member.state, &member.tenant, upload, &member.by(), member.now)).await
                }
                Err(problem) => Err(problem),
            };
            match taken.map_err(on_the_field) {
                Ok(import) => Ok(see(&address(import.id))),
                Err(problem) if refuses_a_person(&problem) => {
                    Box::pin(upload_page(&reader, &member, Some(&problem))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// What is too large is told where it was chosen.
fn on_the_field(problem: Problem) -> Problem {
    match problem.code() {
        Code::BodyTooLarge => {
            Rejection::invalid("/file", "TABLE_TOO_LARGE", "must have at most 10 MB").into()
        }
        _ => problem,
    }
}

fn address(id: ImportId) -> String {
    format!("/app/customers/imports/{id}")
}

#[derive(Serialize)]
struct Show {
    current: &'static str,
    import: Sheet,
    columns: Vec<ColumnSheet>,
    /// What a column can say.
    fields: [&'static str; 8],
    known: &'static str,
    flaws: Vec<FlawSheet>,
    has_more: bool,
    errors: Vec<Flaw>,
}

#[derive(Serialize)]
struct ColumnSheet {
    name: String,
    samples: Vec<String>,
    /// Empty: nothing that is kept.
    field: &'static str,
}

#[derive(Serialize)]
struct FlawSheet {
    line: i32,
    field: String,
    code: String,
    value: String,
}

impl From<RowFlaw> for FlawSheet {
    fn from(flaw: RowFlaw) -> Self {
        Self { line: flaw.line, field: flaw.field, code: flaw.code, value: flaw.value }
    }
}

async fn page(
    reader: &Reader,
    member: &PageMember<ByOwnPeople<ManageCatalogue>>,
    id: ImportId,
    typed: Option<(Vec<Option<Field>>, OnKnown)>,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (frame, _tenant) = member.frame(reader).await?;
    let read: store::Result<_> = member
        .tenant
        .read(async |tx| Ok((imports::status(tx, id).await?, imports::flaws(tx, id, MOST_FLAWS + 1).await?)))
        .await;
    let (Status { import, has_failed }, mut flaws) = read?;
    let most = usize::try_from(MOST_FLAWS).unwrap_or(0);
    let has_more = flaws.len() > most;
    flaws.truncate(most);
    let (fields, known) = typed.unwrap_or_else(|| (import.fields(), import.known));
    let column = |(index, column): (usize, domain::imports::Column)| ColumnSheet {
        field: fields.get(index).copied().flatten().map_or("", Field::name),
        name: column.name,
        samples: column.samples,
    };
    let told = Told::by(refused, &[("/fields*", "fields")], reader, &frame)?;
    let content = Show {
        current: "customers",
        columns: import.columns().into_iter().enumerate().map(column).collect(),
        fields: Field::ALL.map(Field::name),
        known: known.name(),
        import: Sheet::new(import, has_failed),
        flaws: flaws.into_iter().map(FlawSheet::from).collect(),
        has_more,
        errors: told.errors,
    };
    render(&member.state, &frame, told.status, "app/customers_import_one", &content)
}

pub async fn show(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    id: Result<Path<ImportId>>,
) -> HttpResponse {
    reader.answer(async { page(&reader, &member, *id?, None, None).await }).await
}

pub async fn start(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    id: Result<Path<ImportId>>,
    form: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, typed) = (*id?, Typed::from(form?));
            let fields: Vec<Option<Field>> = typed.all("field").map(Field::from_name).collect();
            let known = OnKnown::from_name(&typed.text("known")).unwrap_or_default();
            let wanted = Some(fields.clone()).filter(|fields| !fields.is_empty());
            let (now, by) = (member.now, member.by());
            let started: store::Result<Import> = member
                .tenant
                .transaction(async |tx| imports::start(tx, id, wanted, known, &by, now).await)
                .await;
            match started.map_err(Problem::from) {
                Ok(_) => Ok(done(&address(id), "customers-flash-import")),
                // Sent twice: it is on its way.
                Err(problem) if problem.code() == Code::ImportStarted => Ok(see(&address(id))),
                Err(problem) if problem.code() == Code::Invalid => {
                    Box::pin(page(&reader, &member, id, Some((fields, known)), Some(&problem))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn report(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    id: Result<Path<ImportId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let id = *id?;
            let read: store::Result<_> = member
                .tenant
                .read(async |tx| {
                    imports::find(tx, id).await?;
                    imports::flaws(tx, id, ALL_FLAWS).await
                })
                .await;
            let lang = reader.lang.unwrap_or(member.session.locale);
            report_of(reader.text(lang), lang, &read?)
        })
        .await
}
