//! Jobs about documents that were made.

use domain::id::{DocumentId, TenantId};
use jobs::JobError;
use providers::files::{FilePath, FilesError};

use crate::context::Context;
use crate::outcome::from_store;

/// Removes a document and its file. May run twice.
pub(crate) async fn drop_document(
    context: &Context,
    tenant_id: TenantId,
    document_id: DocumentId,
) -> Result<(), JobError> {
    let tenant = context.store.tenant(tenant_id);
    let found: Result<_, store::Error> =
        tenant.read(async |tx| store::documents::find(tx, document_id).await).await;
    let document = found.map_err(from_store)?.ok_or_else(|| JobError::dropped("the document is gone"))?;
    let path =
        FilePath::new(tenant_id, &document.path).map_err(|error| JobError::Retry(error.to_string()))?;
    match context.files.delete(&path).await {
        Ok(()) | Err(FilesError::NotFound) => {}
        Err(error) => return Err(JobError::Retry(error.to_string())),
    }
    let removed: Result<_, store::Error> =
        tenant.transaction(async |tx| store::documents::forget(tx, document_id).await).await;
    removed.map_err(from_store)
}
