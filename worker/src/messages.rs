//! The last steps of every message: send it, note what came of it.

use jobs::JobError;
use providers::mail::Email;
use store::Tenant;
use store::messages;

use crate::context::Context;
use crate::outcome::{from_mail, from_store};

/// Sends a message that was claimed. A run that dies between the server's yes and the note is repeated, with the same
/// Message-ID.
pub(crate) async fn deliver(context: &Context, tenant: &Tenant, email: &Email) -> Result<(), JobError> {
    let sent = context.mailer.send(email).await;
    let noted: Result<(), store::Error> = tenant
        .transaction(async |tx| match &sent {
            Ok(()) => messages::note_sent(tx, email.id, context.clock.now()).await,
            Err(error) => messages::note_failed(tx, email.id, &error.to_string()).await,
        })
        .await;
    sent.map_err(from_mail)?;
    noted.map_err(from_store)
}
