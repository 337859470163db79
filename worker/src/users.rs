//! Jobs about people who sign in.

use chrono::{DateTime, Utc};
use domain::device;
use domain::id::{AccountEventId, EmailChangeId, EventId, InvitationId, ResetId, UserId};
use domain::link::{TO_CONFIRM, TO_RESET, TO_UNLOCK};
use jobs::JobError;
use providers::mail::Mailbox;
use store::accounts::{self, Addresses};
use store::audit;
use store::members::{self, Invitation};
use store::messages::{self, About, Audience};
use store::tenants::Tenant;
use store::users::Contact;
use templates::{
    AccountMail, AccountMatter, AccountOrigin, InvitationMail, Mail, PlatformMail, VerificationMail,
};

use crate::context::Context;
use crate::messages::{Read, claimed, deliver, write_as_harmony};
use crate::outcome::from_store;
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
    let mail =
        |contact: &Contact, _: &Tenant| Mail::Account(account_mail(contact, AccountMatter::ResetLink, url));
    send(context, envelope, user_id, "password_reset", |_| true, mail).await
}

/// Lets a user sign in whom others have locked out. Too late, it would be a link that opens nothing.
pub(crate) async fn send_unlock_link(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
    locked_at: DateTime<Utc>,
) -> Result<(), JobError> {
    if context.clock.now() >= locked_at + TO_UNLOCK {
        return Err(JobError::dropped("the link would be over already"));
    }
    let url = context.links.unlock(envelope.tenant_id, user_id, locked_at);
    let mail =
        |contact: &Contact, _: &Tenant| Mail::Account(account_mail(contact, AccountMatter::UnlockLink, url));
    send(context, envelope, user_id, "unlock_link", |_| true, mail).await
}

/// Tells a user that there is an account already.
pub(crate) async fn send_reminder(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
) -> Result<(), JobError> {
    let url = format!("{}/login", context.links.public_url());
    let mail =
        |contact: &Contact, _: &Tenant| Mail::Account(account_mail(contact, AccountMatter::Reminder, url));
    send(context, envelope, user_id, "account_reminder", |_| true, mail).await
}

/// Has a user prove the address that they want to have. Too late, it would be a link that opens nothing.
pub(crate) async fn send_email_confirmation(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
    change_id: EmailChangeId,
    asked_at: DateTime<Utc>,
) -> Result<(), JobError> {
    if context.clock.now() >= asked_at + TO_CONFIRM {
        return Err(JobError::dropped("the link would be over already"));
    }
    let Addresses { email, confirmed_at, .. } = addresses(context, envelope, user_id, change_id).await?;
    if confirmed_at.is_some() {
        return Err(JobError::dropped("the address is proven already"));
    }
    let url = context.links.confirm_email(envelope.tenant_id, change_id, asked_at);
    let mail = |contact: &Contact, _: &Tenant| {
        Mail::Account(account_mail(contact, AccountMatter::EmailConfirmation, url))
    };
    send_to(context, envelope, user_id, "email_confirmation", Some(email), |_| true, mail).await
}

/// Tells a user, where they are reached until now, of the address that is to be theirs, and how to undo it.
pub(crate) async fn send_email_change_notice(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
    change_id: EmailChangeId,
    asked_at: DateTime<Utc>,
) -> Result<(), JobError> {
    let Addresses { old_email, email, .. } = addresses(context, envelope, user_id, change_id).await?;
    let url = context.links.undo_email(envelope.tenant_id, change_id, asked_at);
    let mail = |contact: &Contact, _: &Tenant| {
        Mail::Account(AccountMail { email, ..account_mail(contact, AccountMatter::EmailChange, url) })
    };
    send_to(context, envelope, user_id, "email_change", Some(old_email), |_| true, mail).await
}

async fn addresses(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
    change_id: EmailChangeId,
) -> Result<Addresses, JobError> {
    let tenant = context.store.tenant(envelope.tenant_id);
    let found = tenant.read(async |tx| accounts::addresses(tx, user_id, change_id).await).await;
    found.map_err(from_store)?.ok_or_else(|| JobError::dropped("the change was undone, or overtaken"))
}

/// Tells a user what happened to their account.
pub(crate) async fn send_account_notice(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
    event_id: AccountEventId,
) -> Result<(), JobError> {
    let tenant = context.store.tenant(envelope.tenant_id);
    let told = tenant.read(async |tx| accounts::told(tx, user_id, event_id).await).await;
    let told = told.map_err(from_store)?.ok_or_else(|| JobError::dropped("the user is gone"))?;
    let url = format!("{}/forgot", context.links.public_url());
    let mail = |contact: &Contact, tenant: &Tenant| {
        let about = AccountMatter::Event(told.kind);
        Mail::Account(AccountMail {
            from: Some(AccountOrigin {
                at: told.occurred_at,
                timezone: tenant.timezone,
                device: told.user_agent.as_deref().and_then(device::name),
                network: told.ip.as_deref().and_then(device::network),
            }),
            ..account_mail(contact, about, url)
        })
    };
    send(context, envelope, user_id, "account_notice", |_| true, mail).await
}

/// Tells an owner what the platform did to their tenant.
pub(crate) async fn send_platform_notice(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
    event_id: EventId,
) -> Result<(), JobError> {
    let tenant = context.store.tenant(envelope.tenant_id);
    let told = tenant.read(async |tx| audit::told(tx, event_id).await).await;
    let told = told.map_err(from_store)?.ok_or_else(|| JobError::dropped("the event is gone"))?;
    let mail = |contact: &Contact, tenant: &Tenant| {
        Mail::Platform(PlatformMail {
            lang: contact.locale,
            full_name: contact.full_name.clone(),
            tenant_name: tenant.name.clone(),
            act: told.act.name(),
            reason: told.reason,
            at: told.occurred_at,
            timezone: tenant.timezone,
        })
    };
    send(context, envelope, user_id, "platform_notice", |_| true, mail).await
}

/// Asks somebody to become a member, in the language of the tenant: they may have none of theirs yet.
pub(crate) async fn send_invitation(
    context: &Context,
    envelope: &Envelope,
    invitation_id: InvitationId,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let door = context.store.tenant(envelope.tenant_id);
    let read: Read<(Tenant, Invitation, String)> = door
        .transaction(async |tx| {
            let Some(invitation) = members::find_invitation(tx, invitation_id, now).await? else {
                return Ok(None);
            };
            let Some(inviter) = store::users::contact(tx, invitation.created_by).await? else {
                return Ok(None);
            };
            let about = About {
                subject: invitation_id.0,
                kind: "invitation",
                channel: "email",
                sequence: 0,
                audience: Audience::Member,
            };
            let provider = context.mailer.provider();
            let claim = messages::claim(tx, about, &invitation.email, provider, now).await?;
            Ok(Some(((store::tenants::find(tx).await?, invitation, inviter.full_name), claim)))
        })
        .await;
    let ((tenant, invitation, inviter), id) = claimed(read, "accepted, revoked, over, or sent already")?;
    let url = context.links.invitation(envelope.tenant_id, invitation_id, invitation.expires_at);
    let mail = Mail::Invitation(InvitationMail {
        lang: tenant.locale,
        tenant_name: tenant.name,
        inviter,
        role: invitation.role.name(),
        url,
    });
    let to = Mailbox { name: invitation.email.clone(), address: invitation.email };
    let email = write_as_harmony(context, id, to, &mail)?;
    deliver(context, &door, &email).await
}

fn account_mail(contact: &Contact, about: AccountMatter, url: String) -> AccountMail {
    AccountMail {
        lang: contact.locale,
        full_name: contact.full_name.clone(),
        about,
        url,
        email: String::new(),
        from: None,
    }
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
    send_to(context, envelope, user_id, kind, None, is_due, mail).await
}

/// The same to another address than theirs.
async fn send_to(
    context: &Context,
    envelope: &Envelope,
    user_id: UserId,
    kind: &'static str,
    address: Option<String>,
    is_due: impl FnOnce(&Contact) -> bool,
    mail: impl FnOnce(&Contact, &Tenant) -> Mail,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let tenant_door = context.store.tenant(envelope.tenant_id);
    let read: Read<(Tenant, Contact)> = tenant_door
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
            let contact = Contact { email: address.unwrap_or(contact.email), ..contact };
            let claim = messages::claim(tx, about, &contact.email, context.mailer.provider(), now).await?;
            let tenant = store::tenants::find(tx).await?;
            Ok(Some(((tenant, contact), claim)))
        })
        .await;
    let ((tenant, contact), id) = claimed(read, "gone, no longer due, or sent already")?;
    let mail = mail(&contact, &tenant);
    let to = Mailbox { name: contact.full_name, address: contact.email };
    let email = write_as_harmony(context, id, to, &mail)?;
    deliver(context, &tenant_door, &email).await
}
