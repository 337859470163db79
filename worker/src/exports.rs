//! Exports: everything of one kind, as a file.

use domain::id::DocumentId;
use domain::locale::Locale;
use domain::sheet::cell;
use jobs::JobError;
use providers::files::FilePath;
use sha2::{Digest, Sha256};
use store::customers::{self, Customer, Filter};
use store::documents::{self, Document};
use store::progress;

use crate::context::Context;
use crate::outcome::from_store;
use crate::runtime::Envelope;

/// Read by one transaction.
const PAGE: i64 = 500;

/// Writes all customers into a file of which only the newest is kept. May run twice: then the file is written anew.
pub(crate) async fn export_customers(context: &Context, envelope: &Envelope) -> Result<(), JobError> {
    let (tenant, job) = (context.store.tenant(envelope.tenant_id), (envelope.job_id, envelope.job.kind()));
    let begun: store::Result<_> = tenant
        .transaction(async |tx| {
            let (lang, total) = (store::tenants::find(tx).await?.locale, customers::count(tx).await?);
            progress::report(tx, job, 0, Some(total), context.clock.now()).await?;
            Ok((lang, total))
        })
        .await;
    let (lang, total) = begun.map_err(from_store)?;
    let mut sheet = Sheet::new(context, lang)?;
    let (mut done, mut after) = (0, None);
    loop {
        let page: store::Result<_> = tenant
            .read(async |tx| customers::list(tx, &Filter { after, ..Filter::default() }, PAGE).await)
            .await;
        let page = page.map_err(from_store)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for customer in &page {
            sheet.add(customer)?;
        }
        done += i32::try_from(page.len()).unwrap_or(i32::MAX);
        let told: store::Result<()> = tenant
            .transaction(async |tx| {
                let total = Some(total.max(done));
                progress::report(tx, job, done, total, context.clock.now()).await
            })
            .await;
        told.map_err(from_store)?;
    }
    let bytes = sheet.bytes()?;
    let (now, id) = (context.clock.now(), envelope.job_id);
    let path = format!("exports/customers-{id}.csv");
    let file = FilePath::new(envelope.tenant_id, &path).map_err(|error| JobError::Dead(error.to_string()))?;
    let document = Document {
        tenant_id: envelope.tenant_id,
        id: DocumentId::mint(now),
        kind: "customer_export".to_owned(),
        subject_id: id.0,
        sequence: 0,
        path,
        content_type: "text/csv; charset=utf-8".to_owned(),
        size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: Sha256::digest(&bytes).to_vec(),
        created_at: now,
    };
    context.files.put(&file, bytes).await.map_err(|error| JobError::Retry(error.to_string()))?;
    let ended: store::Result<_> = tenant
        .transaction(async |tx| {
            documents::add(tx, &document).await?;
            progress::end(tx, job, done, now).await?;
            documents::remove_others(tx, "customer_export", id.0).await
        })
        .await;
    for path in ended.map_err(from_store)? {
        // One that stays is a file without a row: nobody reaches it.
        if let Ok(file) = FilePath::new(envelope.tenant_id, &path)
            && let Err(error) = context.files.delete(&file).await
        {
            tracing::warn!(%error, "an old export is left");
        }
    }
    Ok(())
}

/// Comma-separated values (RFC 4180) as spreadsheets open them by a click: in UTF-8 and saying so, with semicolons where
/// commas are for decimals, and without formulas.
struct Sheet {
    rows: csv::Writer<Vec<u8>>,
}

impl Sheet {
    fn new(context: &Context, lang: Locale) -> Result<Self, JobError> {
        let words = context.templates.texts().of(lang);
        let delimiter = if lang == Locale::Fr { b';' } else { b',' };
        let mut writer = csv::WriterBuilder::new();
        writer.delimiter(delimiter).terminator(csv::Terminator::CRLF);
        let mut rows = writer.from_writer("\u{feff}".into());
        for key in
            ["export-name", "export-email", "export-phone", "export-language", "export-note", "export-since"]
        {
            let word = words.t(key).map_err(|error| JobError::Dead(error.to_string()))?;
            rows.write_field(word).map_err(unwritten)?;
        }
        rows.write_record(None::<&[u8]>).map_err(unwritten)?;
        Ok(Self { rows })
    }

    fn add(&mut self, customer: &Customer) -> Result<(), JobError> {
        let since = customer.created_at.date_naive().to_string();
        let (phone, note) = (
            customer.phone_e164.as_deref().unwrap_or_default(),
            customer.note.as_deref().unwrap_or_default(),
        );
        let texts = [&customer.name, &customer.email, phone, customer.locale.name(), note, &since];
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
