//! Jobs about bookings that recur.

use domain::id::SeriesId;
use futures_util::join;
use jobs::JobError;
use providers::mail::{Attachment, Email, Mailbox};
use store::bookings::Appointment;
use store::messages::{self, About, Audience};
use store::tenants::Tenant;
use templates::{BookingMail, Brand, Invite, Mail, Method, SeriesMail};

use crate::context::Context;
use crate::messages::{Read, claimed, deliver, write};
use crate::runtime::Envelope;

/// Tells the customer of all that still stand, once.
pub(crate) async fn send_confirmation(
    context: &Context,
    envelope: &Envelope,
    series_id: SeriesId,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let tenant_door = context.store.tenant(envelope.tenant_id);
    let read: Read<(Tenant, Vec<Appointment>)> = tenant_door
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
            Ok(Some(((tenant, appointments), claim)))
        })
        .await;
    let ((tenant, appointments), id) = claimed(read, "told already, or over")?;
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
    let to = Mailbox { name: booking.contact_name.clone(), address: booking.contact_email.clone() };
    let calendar = Attachment {
        filename: "invite.ics".to_owned(),
        content_type: "text/calendar; method=PUBLISH; charset=utf-8".to_owned(),
        bytes: calendar(context, &tenant, &appointments).into_bytes(),
    };
    let email = Email { attachments: vec![calendar], ..write(context, &tenant, id, to, &mail)? };
    deliver(context, &tenant_door, &email).await
}

/// Every date as the entry that a later mail about it changes. It is a file and no invitation in the mail's body: there
/// mail programs take one appointment.
fn calendar(context: &Context, tenant: &Tenant, appointments: &[Appointment]) -> String {
    let entry = |appointment: &Appointment| {
        let booking = &appointment.booking;
        let manage_url = context.links.manage(booking.tenant_id, booking.id, booking.ends_at);
        let public_url = context.links.public_url();
        Invite::of(tenant, appointment, Method::Publish, public_url, manage_url, context.clock.now())
    };
    Invite::published(&appointments.iter().map(entry).collect::<Vec<_>>())
}
