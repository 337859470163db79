//! Files with customers: taken, started, brought in batch after batch, forgotten.

use ::jobs::Job;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::customer::{self, Tag};
use domain::id::{CustomerId, ImportId, TenantId, UserId};
use domain::imports::{self, Column, Field, Flaw, Given, OnKnown, State, Table};
use domain::rejection::{Code, Rejection};
use serde::Serialize;

use super::addresses::{self, NewCustomer};
use super::{name_key, tags, terms};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::{Error, Result};
use crate::schema::{customer_import_flaws as flaws, customer_imports as files, jobs};

/// How long a file and what came of it are kept: both hold people's data. The file itself goes when it is brought in.
const KEPT: TimeDelta = TimeDelta::days(7);

#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = files, treat_none_as_default_value = false)]
pub struct Import {
    pub tenant_id: TenantId,
    pub id: ImportId,
    pub state: State,
    pub file_name: String,
    pub encoding: String,
    pub delimiter: String,
    #[serde(skip)]
    header: serde_json::Value,
    fields: serde_json::Value,
    pub known: OnKnown,
    /// Rows of the file.
    pub total: i32,
    /// Those that are dealt with.
    pub done: i32,
    pub made: i32,
    pub updated: i32,
    pub skipped: i32,
    pub refused: i32,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl Import {
    pub fn columns(&self) -> Vec<Column> {
        serde_json::from_value(self.header.clone()).unwrap_or_default()
    }

    /// What each column says.
    pub fn fields(&self) -> Vec<Option<Field>> {
        serde_json::from_value(self.fields.clone()).unwrap_or_default()
    }
}

/// How it stands with an import.
#[derive(Clone, Debug)]
pub struct Status {
    pub import: Import,
    /// It was started, its job died, and it can be started again: it goes on where it was.
    pub has_failed: bool,
}

/// Something wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = flaws)]
pub struct RowFlaw {
    pub line: i32,
    pub field: String,
    pub code: String,
    pub value: String,
}

/// Where the file lies.
pub fn path(id: ImportId) -> String {
    format!("imports/customers-{id}.csv")
}

fn key(id: ImportId) -> String {
    format!("import_customers {id}")
}

/// Has the file removed when its time is over, whatever becomes of it. Before there is one.
pub async fn will_expire(tx: &TenantTx, id: ImportId, now: DateTime<Utc>) -> Result<()> {
    tx.enqueue_for(&[Job::DropImport { import_id: id }], now + KEPT, now).await
}

/// Notes a file that was kept, with what its columns likely say.
pub async fn add(
    tx: &TenantTx,
    id: ImportId,
    file_name: &str,
    table: &Table,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Import> {
    let import = Import {
        tenant_id: tx.tenant(),
        id,
        state: State::Uploaded,
        file_name: file_name.to_owned(),
        encoding: table.encoding.to_owned(),
        delimiter: table.delimiter.to_string(),
        header: serde_json::to_value(imports::columns(table)).unwrap_or_default(),
        fields: serde_json::to_value(imports::guess(&table.header)).unwrap_or_default(),
        known: OnKnown::default(),
        total: i32::try_from(table.rows.len()).unwrap_or(i32::MAX),
        done: 0,
        made: 0,
        updated: 0,
        skipped: 0,
        refused: 0,
        created_at: now,
        created_by: by.user(),
        ended_at: None,
    };
    diesel::insert_into(files::table).values(&import).execute(&mut tx.conn()).await?;
    Ok(import)
}

pub async fn find(tx: &TenantTx, id: ImportId) -> Result<Import> {
    Ok(files::table.find((tx.tenant(), id)).select(Import::as_select()).first(&mut tx.conn()).await?)
}

pub async fn status(tx: &TenantTx, id: ImportId) -> Result<Status> {
    // In this order: a job that was gone has written all that the row says by then.
    let is_under_way = is_under_way(tx, id).await?;
    let import = find(tx, id).await?;
    Ok(Status { has_failed: import.state == State::Started && !is_under_way, import })
}

/// The latest, at most `limit`.
pub async fn latest(tx: &TenantTx, limit: i64) -> Result<Vec<Import>> {
    Ok(files::table
        .filter(files::tenant_id.eq(tx.tenant()))
        .order(files::created_at.desc())
        .limit(limit)
        .select(Import::as_select())
        .load(&mut tx.conn())
        .await?)
}

async fn is_under_way(tx: &TenantTx, id: ImportId) -> Result<bool> {
    let own = jobs::table.filter(jobs::tenant_id.eq(tx.tenant())).filter(jobs::dedup_key.eq(key(id)));
    Ok(diesel::select(diesel::dsl::exists(own)).get_result(&mut tx.conn()).await?)
}

async fn find_for_update(tx: &TenantTx, id: ImportId) -> Result<Import> {
    Ok(files::table
        .find((tx.tenant(), id))
        .select(Import::as_select())
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?)
}

/// Has the file brought in, its columns read as `wanted` (one for each) or as was guessed. One whose job died goes on
/// where it was, as it was started.
pub async fn start(
    tx: &TenantTx,
    id: ImportId,
    wanted: Option<Vec<Option<Field>>>,
    known: OnKnown,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Import> {
    let before = find_for_update(tx, id).await?;
    let mut import = before.clone();
    match before.state {
        State::Uploaded => {
            let fields = wanted.unwrap_or_else(|| before.fields());
            if fields.len() != before.columns().len() {
                let detail = "must have one for each column of the file";
                return Err(Rejection::invalid("/fields", "INVALID", detail).into());
            }
            imports::check(&fields)?;
            import.fields = serde_json::to_value(fields).unwrap_or_default();
            import.known = known;
            import.state = State::Started;
        }
        State::Started if !is_under_way(tx, id).await? => {}
        State::Started | State::Done => return Err(Code::ImportStarted.into()),
    }
    diesel::update(files::table.find((tx.tenant(), id)))
        .set((files::fields.eq(&import.fields), files::known.eq(import.known), files::state.eq(import.state)))
        .execute(&mut tx.conn())
        .await?;
    tx.enqueue_once(&[(key(id), Job::ImportCustomers { import_id: id })], now).await?;
    let change =
        Change { action: "customer.import", subject: id.0, before: Some(&before), after: Some(&import) };
    audit::record(tx, by, change, now).await?;
    Ok(import)
}

/// A row, read.
#[derive(Debug)]
pub struct ReadRow {
    pub line: i32,
    pub read: Result<Given, Vec<Flaw>>,
}

/// Brings a batch in: the rows that follow on the first `from`. If they were dealt with already, by a run that was believed
/// dead, nothing happens. The answer says where to go on.
pub async fn bring(
    tx: &TenantTx,
    id: ImportId,
    from: i32,
    rows: &[ReadRow],
    country: &str,
    now: DateTime<Utc>,
) -> Result<Import> {
    let mut import = find_for_update(tx, id).await?;
    if import.state != State::Started || import.done != from {
        return Ok(import);
    }
    let by = import.created_by.map_or_else(|| By::SYSTEM.clone(), |id| By::member(id, None));
    let given: Vec<(i32, &Given)> =
        rows.iter().filter_map(|row| Some((row.line, row.read.as_ref().ok()?))).collect();
    let ids: Vec<CustomerId> = given.iter().map(|_row| CustomerId::mint(now)).collect();
    let new: Vec<NewCustomer<'_>> = given
        .iter()
        .zip(&ids)
        .map(|((_, Given { profile, .. }), id)| NewCustomer {
            id: *id,
            name: &profile.name,
            name_key: name_key(&profile.name),
            email: &profile.email.address,
            email_key: &profile.email.key,
            phone_e164: profile.phone_e164.as_deref(),
            locale: profile.locale,
            note: profile.note.as_deref(),
            created_at: now,
            created_by: by.user(),
        })
        .collect();
    let added = addresses::meet_all(tx, &new, (now, by.user())).await?;
    let (mut words, mut tagged, mut of_tags): (Vec<_>, Vec<CustomerId>, Vec<&Tag>) = Default::default();
    for ((_, Given { profile, .. }), id) in given.iter().zip(&ids).filter(|(_, id)| added.contains(id)) {
        let terms = customer::terms(&profile.name, &profile.email, profile.phone_e164.as_deref());
        words.extend(terms.into_iter().map(|term| (*id, term)));
        tagged.extend(profile.tags.iter().map(|_tag| *id));
        of_tags.extend(&profile.tags);
    }
    terms::add(tx, &words).await?;
    tags::add(tx, &tagged, &of_tags).await?;
    let others = given.iter().zip(&ids).filter(|(_, id)| !added.contains(id)).map(|(row, _)| *row);
    let known = known(tx, others.collect()).await?;
    let mut wrong: Vec<(i32, Flaw)> = Vec::new();
    for row in rows {
        let flaws = row.read.as_ref().err().into_iter().flatten();
        wrong.extend(flaws.map(|flaw| (row.line, flaw.clone())));
    }
    import.made += count(added.len());
    import.refused += count(rows.len() - given.len());
    for (customer, line, given) in known {
        match change(tx, (customer, given), import.known, country, (&by, now)).await? {
            Outcome::Updated => import.updated += 1,
            Outcome::Skipped => import.skipped += 1,
            Outcome::Refused(flaws) => {
                import.refused += 1;
                wrong.extend(flaws.into_iter().map(|flaw| (line, flaw)));
            }
        }
    }
    note(tx, id, &wrong).await?;
    import.done += count(rows.len());
    if import.done >= import.total {
        import.state = State::Done;
        import.ended_at = Some(now);
        import.header = without_samples(&import.columns());
    }
    diesel::update(files::table.find((tx.tenant(), id)))
        .set((
            files::state.eq(import.state),
            files::done.eq(import.done),
            files::made.eq(import.made),
            files::updated.eq(import.updated),
            files::skipped.eq(import.skipped),
            files::refused.eq(import.refused),
            files::ended_at.eq(import.ended_at),
            files::header.eq(&import.header),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(import)
}

/// What is brought in needs no examples any more: they are people.
fn without_samples(columns: &[Column]) -> serde_json::Value {
    let named = columns.iter().map(|column| Column { name: column.name.clone(), samples: Vec::new() });
    serde_json::to_value(named.collect::<Vec<_>>()).unwrap_or_default()
}

fn count(rows: usize) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}

/// Whom the rows' addresses lead to, ids ascending: whoever changes several at a time does so in one order.
async fn known<'a>(tx: &TenantTx, rows: Vec<(i32, &'a Given)>) -> Result<Vec<(CustomerId, i32, &'a Given)>> {
    let keys: Vec<&str> = rows.iter().map(|(_, given)| given.profile.email.key.as_str()).collect();
    let found = addresses::find(tx, &keys).await?;
    let mut known = Vec::with_capacity(rows.len());
    for (line, given) in rows {
        // Their address was taken away between two statements: the batch is tried again.
        let gone = || Error::Unavailable("a customer's address changed meanwhile".to_owned());
        known.push((*found.get(&given.profile.email.key).ok_or_else(gone)?, line, given));
    }
    known.sort_by_key(|(id, line, _)| (*id, *line));
    Ok(known)
}

enum Outcome {
    Updated,
    Skipped,
    Refused(Vec<Flaw>),
}

/// Changes a customer to what a row says, if that is wanted and anything else than what is known.
async fn change(
    tx: &TenantTx,
    (id, given): (CustomerId, &Given),
    known: OnKnown,
    country: &str,
    (by, now): (&By, DateTime<Utc>),
) -> Result<Outcome> {
    if known == OnKnown::Skip {
        return Ok(Outcome::Skipped);
    }
    let before = super::find_known(tx, id).await?.draft();
    let draft = given.onto(before.clone());
    match draft.profile(country) {
        Err(refusal) => Ok(Outcome::Refused(imports::flaws_of(&refusal, &draft))),
        Ok(after) if before.profile(country).as_ref() == Ok(&after) => Ok(Outcome::Skipped),
        Ok(_) => {
            super::update(tx, id, |known| given.onto(known), None, by, now).await?;
            Ok(Outcome::Updated)
        }
    }
}

async fn note(tx: &TenantTx, id: ImportId, wrong: &[(i32, Flaw)]) -> Result<()> {
    let rows: Vec<_> = wrong
        .iter()
        .map(|(line, flaw)| {
            (
                flaws::tenant_id.eq(tx.tenant()),
                flaws::import_id.eq(id),
                flaws::line.eq(line),
                flaws::field.eq(flaw.field),
                flaws::code.eq(flaw.code),
                flaws::value.eq(&flaw.value),
            )
        })
        .collect();
    diesel::insert_into(flaws::table).values(rows).on_conflict_do_nothing().execute(&mut tx.conn()).await?;
    Ok(())
}

/// What was wrong, by line, at most `limit`.
pub async fn flaws(tx: &TenantTx, id: ImportId, limit: i64) -> Result<Vec<RowFlaw>> {
    Ok(flaws::table
        .filter(flaws::tenant_id.eq(tx.tenant()))
        .filter(flaws::import_id.eq(id))
        .order((flaws::line, flaws::field))
        .limit(limit)
        .select(RowFlaw::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// Forgets an import and what was wrong with its rows. Who was brought in stays.
pub async fn forget(tx: &TenantTx, id: ImportId) -> Result<()> {
    diesel::delete(files::table.find((tx.tenant(), id))).execute(&mut tx.conn()).await?;
    Ok(())
}
