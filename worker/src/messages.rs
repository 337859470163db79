//! The last steps of every message: send it, note what came of it.

use domain::id::MessageId;
use jobs::JobError;
use providers::mail::{Email, Mailbox, SendError};
use store::Tenant;
use store::messages::{self, Claim};
use templates::Mail;

use crate::context::Context;
use crate::outcome::{from_mail, from_store, from_template};

/// What was read for a message, and the claim to send it; none: nothing is to be said.
pub(crate) type Read<T> = Result<Option<(T, Claim)>, store::Error>;

/// What was read for a message that is to be sent, and its id; `over` says why there is none.
pub(crate) fn claimed<T>(read: Read<T>, over: &'static str) -> Result<(T, MessageId), JobError> {
    match read.map_err(from_store)? {
        Some((read, Claim::Send(id))) => Ok((read, id)),
        Some((_, Claim::Suppressed)) => {
            Err(JobError::dropped("suppressed: too many for one day and no owner has proven their address"))
        }
        Some((_, Claim::Sent | Claim::Gone)) | None => Err(JobError::dropped(over)),
    }
}

/// Writes a mail in the name of a tenant, which gets the replies.
pub(crate) fn write(
    context: &Context,
    tenant: &store::tenants::Tenant,
    id: MessageId,
    to: Mailbox,
    mail: &Mail,
) -> Result<Email, JobError> {
    let reply_to = tenant.contact_email.clone().map(|address| Mailbox { name: tenant.name.clone(), address });
    Ok(Email { reply_to, ..written(context, &tenant.name, id, to, mail)? })
}

/// Writes a mail in the name of Harmony, which nobody replies to.
pub(crate) fn write_as_harmony(
    context: &Context,
    id: MessageId,
    to: Mailbox,
    mail: &Mail,
) -> Result<Email, JobError> {
    written(context, "Harmony", id, to, mail)
}

fn written(
    context: &Context,
    sender: &str,
    id: MessageId,
    to: Mailbox,
    mail: &Mail,
) -> Result<Email, JobError> {
    let rendered = context.templates.mail(mail).map_err(|error| from_template(&error))?;
    Ok(Email {
        id,
        date: context.clock.now(),
        from: context.mailer.sender(sender),
        reply_to: None,
        to,
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        calendar: None,
        attachments: Vec::new(),
    })
}

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
    // What a server refuses for good is not sent again, so it must be noted.
    if let Err(SendError::Refused(_)) = sent {
        noted.map_err(from_store)?;
        return sent.map_err(from_mail);
    }
    sent.map_err(from_mail)?;
    noted.map_err(from_store)
}
