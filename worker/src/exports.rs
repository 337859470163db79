//! Exports: everything of one kind, as a file.

use chrono_tz::Tz;
use domain::id::{DocumentId, JobId, TenantId};
use domain::locale::Locale;
use domain::sheet::cell;
use jobs::JobError;
use providers::files::FilePath;
use sha2::{Digest, Sha256};
use store::customers::{self, Known};
use store::documents::Document;
use store::{exports, progress};

use crate::context::Context;
use crate::outcome::from_store;
use crate::runtime::Envelope;

/// Read by one transaction.
const PAGE: i64 = 500;
/// How often it tells how far it is, at most.
const STEPS: i32 = 50;

/// Writes all customers into a file of which only the newest is kept. May run twice: then the file is written anew.
pub(crate) async fn export_customers(context: &Context, envelope: &Envelope) -> Result<(), JobError> {
    let (tenant, job) = (context.store.tenant(envelope.tenant_id), (envelope.job_id, envelope.job.kind()));
    let begun: store::Result<_> = tenant
        .transaction(async |tx| {
            let (own, total) = (store::tenants::find(tx).await?, customers::count(tx).await?);
            progress::report(tx, job, 0, Some(total), context.clock.now()).await?;
            // Before there is a file: one that nobody knows of is removed too.
            exports::will_expire(tx, envelope.job_id, context.clock.now()).await?;
            Ok((own, total))
        })
        .await;
    let (own, total) = begun.map_err(from_store)?;
    let mut sheet = Sheet::new(context, own.locale, own.timezone)?;
    let (mut done, mut told, mut after) = (0, 0, None);
    loop {
        let page: store::Result<Vec<Known>> = tenant
            .read(async |tx| {
                let page = customers::follow(tx, after, PAGE).await?;
                customers::known(tx, page).await
            })
            .await;
        let page = page.map_err(from_store)?;
        let Some(last) = page.last() else { break };
        after = Some((last.customer.name_key.clone(), last.customer.id));
        for customer in &page {
            sheet.add(customer)?;
        }
        done += i32::try_from(page.len()).unwrap_or(i32::MAX);
        if done - told < total / STEPS {
            continue;
        }
        told = done;
        let reported: store::Result<()> = tenant
            .transaction(async |tx| {
                let total = Some(total.max(done));
                progress::report(tx, job, done, total, context.clock.now()).await
            })
            .await;
        reported.map_err(from_store)?;
    }
    let bytes = sheet.bytes()?;
    let (now, id) = (context.clock.now(), envelope.job_id);
    let path = exports::path(id);
    let file = FilePath::new(envelope.tenant_id, &path).map_err(|error| JobError::Dead(error.to_string()))?;
    let document = Document {
        tenant_id: envelope.tenant_id,
        id: DocumentId::mint(now),
        kind: exports::DOCUMENT.to_owned(),
        subject_id: id.0,
        sequence: 0,
        path,
        content_type: "text/csv; charset=utf-8".to_owned(),
        size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: Sha256::digest(&bytes).to_vec(),
        created_at: now,
    };
    context.files.put(&file, bytes).await.map_err(|error| JobError::Retry(error.to_string()))?;
    let ended: store::Result<()> = tenant
        .transaction(async |tx| {
            exports::made(tx, &document, now).await?;
            progress::end(tx, job, done, now).await
        })
        .await;
    ended.map_err(from_store)
}

/// Removes the file of an export: the row last, so that a run that is cut off is not the end of it.
pub(crate) async fn drop_export(
    context: &Context,
    tenant_id: TenantId,
    export_id: JobId,
) -> Result<(), JobError> {
    let path = exports::path(export_id);
    let file = FilePath::new(tenant_id, &path).map_err(|error| JobError::Dead(error.to_string()))?;
    context.files.delete(&file).await.map_err(|error| JobError::Retry(error.to_string()))?;
    let tenant = context.store.tenant(tenant_id);
    tenant.transaction(async |tx| exports::forget(tx, export_id).await).await.map_err(from_store)
}

/// Comma-separated values (RFC 4180) as spreadsheets open them by a click: in UTF-8 and saying so, with semicolons where
/// commas are for decimals, and without formulas.
struct Sheet {
    rows: csv::Writer<Vec<u8>>,
    timezone: Tz,
    yes: String,
}

impl Sheet {
    fn new(context: &Context, lang: Locale, timezone: Tz) -> Result<Self, JobError> {
        let words = context.templates.texts().of(lang);
        let delimiter = if lang == Locale::Fr { b';' } else { b',' };
        let mut writer = csv::WriterBuilder::new();
        // Always in quotes: what is opened with the other separator does not fall apart.
        writer.delimiter(delimiter).terminator(csv::Terminator::CRLF).quote_style(csv::QuoteStyle::Always);
        let mut rows = writer.from_writer("\u{feff}".into());
        let word = |key| words.t(key).map_err(|error| JobError::Dead(error.to_string()));
        for key in [
            "export-name",
            "export-email",
            "export-phone",
            "export-language",
            "export-tags",
            "export-note",
            "export-blocked",
            "export-since",
        ] {
            rows.write_field(word(key)?).map_err(unwritten)?;
        }
        rows.write_record(None::<&[u8]>).map_err(unwritten)?;
        Ok(Self { rows, timezone, yes: word("export-yes")? })
    }

    fn add(&mut self, Known { customer, tags, block }: &Known) -> Result<(), JobError> {
        let since = customer.created_at.with_timezone(&self.timezone).date_naive().to_string();
        let texts: [&str; 8] = [
            &customer.name,
            &customer.email,
            customer.phone_e164.as_deref().unwrap_or_default(),
            customer.locale.name(),
            &tags.join(", "),
            customer.note.as_deref().unwrap_or_default(),
            if block.is_some() { &self.yes } else { "" },
            &since,
        ];
        self.rows.write_record(texts.map(cell)).map_err(unwritten)
    }

    fn bytes(self) -> Result<Vec<u8>, JobError> {
        self.rows.into_inner().map_err(|error| JobError::Retry(error.to_string()))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unwritten(error: csv::Error) -> JobError {
    JobError::Retry(error.to_string())
}
