//! Jobs about files that were sent as answers.

use domain::id::{IntakeFileId, TenantId};
use domain::intake;
use jobs::JobError;
use providers::files::{FilePath, FilesError};

use crate::context::Context;
use crate::outcome::from_store;

/// Removes a file that no booking has taken. May run twice.
pub(crate) async fn drop_file(
    context: &Context,
    tenant_id: TenantId,
    file_id: IntakeFileId,
) -> Result<(), JobError> {
    let tenant = context.store.tenant(tenant_id);
    let forgotten: Result<_, store::Error> =
        tenant.transaction(async |tx| store::intake::files::forget(tx, file_id).await).await;
    if !forgotten.map_err(from_store)? {
        return Err(JobError::dropped("a booking has taken the file"));
    }
    let path = FilePath::new(tenant_id, &intake::file(file_id));
    let path = path.map_err(|error| JobError::Retry(error.to_string()))?;
    match context.files.delete(&path).await {
        Ok(()) | Err(FilesError::NotFound) => Ok(()),
        Err(error) => Err(JobError::Retry(error.to_string())),
    }
}
