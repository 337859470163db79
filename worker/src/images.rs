//! Jobs about pictures.

use domain::id::ImageId;
use domain::image;
use jobs::JobError;

use crate::context::Context;
use crate::outcome::from_store;
use crate::runtime::Envelope;

/// Removes the files of a picture that stands nowhere. May run twice.
pub(crate) async fn drop_image(
    context: &Context,
    envelope: &Envelope,
    image_id: ImageId,
) -> Result<(), JobError> {
    let tenant = context.store.tenant(envelope.tenant_id);
    let found: Result<_, store::Error> =
        tenant.read(async |tx| store::images::find(tx, image_id).await).await;
    if found.map_err(from_store)?.is_some() {
        return Err(JobError::dropped("the picture stands where it should"));
    }
    let removed = context.files.delete_folder(envelope.tenant_id, &image::folder(image_id)).await;
    removed.map_err(|error| JobError::Retry(error.to_string()))
}
