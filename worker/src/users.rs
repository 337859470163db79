//! Jobs about people who sign in.

use domain::id::UserId;
use jobs::JobError;
use providers::mail::{Email, Mailbox};
use store::messages::{self, About, Audience, Claim};
use store::tenants::Tenant;
use store::users::Contact;
use templates::{Mail, VerificationMail};

use crate::context::Context;
use crate::messages::deliver;
use crate::outcome::{from_store, from_template};
use crate::runtime::Envelope;

/// Asks a new user to prove their address. Each time it is asked for is a message of its own: the job is its subject.
pub(crate) async fn send_verification(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let tenant_door = context.store.tenant(envelope.tenant_id);
    let read: Result<Option<(Tenant, Contact, Claim)>, store::Error> = tenant_door
        .transaction(async |tx| {
            let Some(contact) = store::users::contact(tx, user_id).await? else { return Ok(None) };
            if contact.email_verified_at.is_some() {
                return Ok(None);
            }
            let about = About {
                subject: envelope.job_id.0,
                kind: "email_verification",
                channel: "email",
                sequence: 0,
                audience: Audience::Member,
            };
            let claim = messages::claim(tx, about, &contact.email, context.mailer.provider(), now).await?;
            let tenant = store::tenants::find(tx).await?;
            Ok(Some((tenant, contact, claim)))
        })
        .await;
    let Some((tenant, contact, Claim::Send(id))) = read.map_err(from_store)? else {
        return Err(JobError::Drop("gone, proven, or sent already"));
    };
    let mail = Mail::EmailVerification(VerificationMail {
        lang: contact.locale,
        full_name: contact.full_name.clone(),
        tenant_name: tenant.name,
        verify_url: context.links.verify_email(envelope.tenant_id, user_id, now),
    });
    let rendered = context.templates.mail(&mail).map_err(|error| from_template(&error))?;
    let email = Email {
        id,
        date: now,
        from: context.mailer.sender("Harmony"),
        reply_to: None,
        to: Mailbox { name: contact.full_name, address: contact.email },
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        calendar: None,
        attachments: Vec::new(),
    };
    deliver(context, &tenant_door, &email).await
}
