//! Imports: customers from files, batch after batch.

use domain::id::{ImportId, TenantId};
use domain::imports::{self, State, Table};
use jobs::JobError;
use providers::files::{FilePath, FilesError};
use store::customers::imports as files;
use store::customers::imports::{Import, ReadRow};
use store::progress;

use crate::context::Context;
use crate::outcome::from_store;
use crate::runtime::Envelope;

/// Rows of one transaction.
const BATCH: usize = 250;

/// Brings the rows of a file in. May run twice, at once even: each batch says where it begins, and what was dealt with is
/// not dealt with again. In the end the file is removed.
pub(crate) async fn import_customers(
    context: &Context,
    envelope: &Envelope,
    id: ImportId,
) -> Result<(), JobError> {
    let tenant = context.store.tenant(envelope.tenant_id);
    let begun: store::Result<_> =
        tenant.read(async |tx| Ok((files::find(tx, id).await?, store::tenants::find(tx).await?))).await;
    let (mut import, own) = begun.map_err(from_store)?;
    if import.state == State::Started {
        let table = read(context, envelope.tenant_id, id).await?;
        let fields = import.fields();
        while import.state == State::Started {
            let from = usize::try_from(import.done).unwrap_or(0);
            let batch: Vec<ReadRow> = table
                .rows
                .iter()
                .skip(from)
                .take(BATCH)
                .map(|row| ReadRow {
                    line: row.line,
                    read: imports::read(&fields, row, own.locale, &own.country),
                })
                .collect();
            if batch.is_empty() {
                return Err(JobError::Dead("the file has fewer rows than it had".to_owned()));
            }
            import = Box::pin(bring(context, envelope, &import, &batch, &own.country)).await?;
        }
    }
    remove_file(context, envelope.tenant_id, id).await
}

async fn bring(
    context: &Context,
    envelope: &Envelope,
    import: &Import,
    batch: &[ReadRow],
    country: &str,
) -> Result<Import, JobError> {
    let (now, job) = (context.clock.now(), (envelope.job_id, envelope.job.kind()));
    let tenant = context.store.tenant(envelope.tenant_id);
    let brought: store::Result<Import> = tenant
        .transaction(async |tx| {
            let after = files::bring(tx, import.id, import.done, batch, country, now).await?;
            if after.state == State::Done {
                progress::end(tx, job, after.done, now).await?;
            } else {
                progress::report(tx, job, after.done, Some(after.total), now).await?;
            }
            Ok(after)
        })
        .await;
    brought.map_err(from_store)
}

async fn read(context: &Context, tenant_id: TenantId, id: ImportId) -> Result<Table, JobError> {
    let bytes = match context.files.get(&path(tenant_id, id)?).await {
        Err(FilesError::NotFound) => return Err(JobError::Dead("the file is gone".to_owned())),
        bytes => bytes.map_err(|error| JobError::Retry(error.to_string()))?,
    };
    // It could be read when it was sent.
    Table::read(&bytes).map_err(|error| JobError::Dead(error.to_string()))
}

fn path(tenant_id: TenantId, id: ImportId) -> Result<FilePath, JobError> {
    FilePath::new(tenant_id, &files::path(id)).map_err(|error| JobError::Dead(error.to_string()))
}

async fn remove_file(context: &Context, tenant_id: TenantId, id: ImportId) -> Result<(), JobError> {
    let removed = context.files.delete(&path(tenant_id, id)?).await;
    removed.map_err(|error| JobError::Retry(error.to_string()))
}

/// Removes the file of an import, then what is known of it: a run that is cut off is not the end of it.
pub(crate) async fn drop_import(
    context: &Context,
    tenant_id: TenantId,
    id: ImportId,
) -> Result<(), JobError> {
    remove_file(context, tenant_id, id).await?;
    let tenant = context.store.tenant(tenant_id);
    tenant.transaction(async |tx| files::forget(tx, id).await).await.map_err(from_store)
}
