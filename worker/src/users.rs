//! Jobs about people who sign in.

use chrono::{DateTime, Utc};
use domain::id::{ResetId, UserId};
use domain::link::TO_RESET;
use jobs::JobError;
use providers::mail::{Email, Mailbox};
use store::messages::{self, About, Audience, Claim};
use store::tenants::Tenant;
use store::users::Contact;
use templates::{AccountMail, Mail, VerificationMail};

use crate::context::Context;
use crate::messages::deliver;
use crate::outcome::{from_store, from_template};
use crate::runtime::Envelope;

/// Asks a new user to prove their address.
pub(crate) async fn send_verification(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
) -> Result<(), JobError> {
    let verify_url = context.links.verify_email(envelope.tenant_id, user_id, context.clock.now());
    send(
        context,
        envelope,
        user_id,
        "email_verification",
        |contact| contact.email_verified_at.is_none(),
        |contact, tenant| {
            Mail::EmailVerification(VerificationMail {
                lang: contact.locale,
                full_name: contact.full_name.clone(),
                tenant_name: tenant.name.clone(),
                verify_url,
            })
        },
    )
    .await
}

/// Lets a user choose a new password. Too late, it would be a link that opens nothing.
pub(crate) async fn send_password_reset(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
    reset_id: ResetId,
    asked_at: DateTime<Utc>,
) -> Result<(), JobError> {
    if context.clock.now() >= asked_at + TO_RESET {
        return Err(JobError::dropped("the link would be over already"));
    }
    let url = context.links.reset_password(envelope.tenant_id, reset_id, asked_at);
    let mail = |contact: &Contact, _: &Tenant| Mail::PasswordReset(account_mail(contact, url));
    send(context, envelope, user_id, "password_reset", |_| true, mail).await
}

/// Tells a user that there is an account already.
pub(crate) async fn send_reminder(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
) -> Result<(), JobError> {
    let url = format!("{}/login", context.links.public_url());
    let mail = |contact: &Contact, _: &Tenant| Mail::AccountReminder(account_mail(contact, url));
    send(context, envelope, user_id, "account_reminder", |_| true, mail).await
}

fn account_mail(contact: &Contact, url: String) -> AccountMail {
    AccountMail { lang: contact.locale, full_name: contact.full_name.clone(), url }
}

/// Sends a user what `is_due` to them. Each time it is asked for is a message of its own: the job is its subject.
async fn send(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
    kind: &'static str,
    is_due: impl FnOnce(&Contact) -> bool,
    mail: impl FnOnce(&Contact, &Tenant) -> Mail,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let tenant_door = context.store.tenant(envelope.tenant_id);
    let read: Result<Option<(Tenant, Contact, Claim)>, store::Error> = tenant_door
        .transaction(async |tx| {
            let contact = store::users::contact(tx, user_id).await?;
            let Some(contact) = contact.filter(is_due) else { return Ok(None) };
            let about = About {
                subject: envelope.job_id.0,
                kind,
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
        return Err(JobError::dropped("gone, no longer due, or sent already"));
    };
    let rendered = context.templates.mail(&mail(&contact, &tenant)).map_err(|error| from_template(&error))?;
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
