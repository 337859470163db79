//! Jobs about bookings that recur.

use domain::id::SeriesId;
use futures_util::join;
use jobs::JobError;
use providers::mail::{Email, Mailbox};
use store::bookings::Appointment;
use store::messages::{self, About, Audience, Claim};
use store::tenants::Tenant;
use templates::{BookingMail, Brand, Mail, SeriesMail};

use crate::context::Context;
use crate::messages::deliver;
use crate::outcome::{from_store, from_template};
use crate::runtime::Envelope;

/// Tells the customer of all that still stand, once.
pub(crate) async fn send_confirmation(
    context: &Context,
    envelope: &Envelope,
    series_id: SeriesId,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let tenant_door = context.store.tenant(envelope.tenant_id);
    let read: Result<Option<(Tenant, Vec<Appointment>, Claim)>, store::Error> = tenant_door
        .transaction(async |tx| {
            let (found, tenant) =
                join!(store::bookings::find_series(tx, series_id), store::tenants::find(tx));
            let ((_, mut appointments), tenant) = (found?, tenant?);
            appointments.retain(|one| one.booking.status.stands() && one.booking.starts_at > now);
            let Some(first) = appointments.first() else { return Ok(None) };
            let about = About {
                subject: series_id.0,
                kind: "series_confirmation",
                channel: "email",
                sequence: 0,
                audience: Audience::Customer,
            };
            let (recipient, provider) = (&first.booking.contact_email, context.mailer.provider());
            let claim = messages::claim_for_customer(tx, about, recipient, provider, now).await?;
            Ok(Some((tenant, appointments, claim)))
        })
        .await;
    let (tenant, appointments, id) = match read.map_err(from_store)? {
        Some((tenant, appointments, Claim::Send(id))) => (tenant, appointments, id),
        Some((.., Claim::Suppressed)) => {
            return Err(JobError::dropped(
                "suppressed: too many for one day and no owner has proven their address",
            ));
        }
        Some((.., Claim::Sent)) | None => return Err(JobError::dropped("told already, or over")),
    };
    let Some(first) = appointments.first() else { return Ok(()) };
    let booking = &first.booking;
    let mail = Mail::SeriesConfirmation(SeriesMail {
        dates: appointments.iter().map(|one| one.booking.starts_at).collect(),
        first: BookingMail {
            lang: booking.locale,
            tenant: Brand::from(&tenant),
            booking: first.into(),
            customer_name: booking.contact_name.clone(),
            manage_url: context.links.manage(booking.tenant_id, booking.id, booking.ends_at),
            summary_url: None,
            cancellation_reason: None,
            held_until: None,
        },
    });
    let rendered = context.templates.mail(&mail).map_err(|error| from_template(&error))?;
    let email = Email {
        id,
        date: now,
        from: context.mailer.sender(&tenant.name),
        reply_to: tenant.contact_email.clone().map(|address| Mailbox { name: tenant.name.clone(), address }),
        to: Mailbox { name: booking.contact_name.clone(), address: booking.contact_email.clone() },
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        calendar: None,
        attachments: Vec::new(),
    };
    deliver(context, &tenant_door, &email).await
}
