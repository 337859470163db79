//! Jobs about bookings: messages to the customer, the summary as a PDF.

use domain::booking::Status;
use domain::id::{BookingId, MessageId};
use futures_util::join;
use jobs::JobError;
use providers::mail::{Calendar, CalendarMethod, Email, Mailbox};
use store::bookings::{Appointment, Hold};
use store::messages::{About, Audience, claim_for_customer};
use store::tenants::Tenant;
use templates::{BookingMail, Brand, Invite, Mail, Method};

use crate::context::Context;
use crate::messages::{self, Read, claimed, deliver};
use crate::outcome::{from_store, from_template};
use crate::runtime::Envelope;

/// Which of the messages about a booking.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    Confirmation,
    Cancellation,
    Reschedule,
    Reminder,
    /// A time is kept for who waited for one.
    Offer,
}

/// Reads, sends, records. A run that died after sending is repeated with the same Message-ID. A tenant whose owner has
/// not proven their address may send so many a day.
pub(crate) async fn send(
    context: &Context,
    envelope: &Envelope,
    message: Message,
    booking_id: BookingId,
    sequence: i32,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let tenant_door = context.store.tenant(envelope.tenant_id);
    let kind = match message {
        Message::Confirmation => "booking_confirmation",
        Message::Cancellation => "booking_cancellation",
        Message::Reschedule => "booking_reschedule",
        Message::Reminder => "booking_reminder",
        Message::Offer => "waitlist_offer",
    };
    let read: Read<(Tenant, Appointment)> = tenant_door
        .transaction(async |tx| {
            let (appointment, tenant) =
                join!(store::bookings::find_visit(tx, booking_id), store::tenants::find(tx));
            let (appointment, tenant) = (appointment?, tenant?);
            let booking = &appointment.booking;
            // Nobody is reminded of what is over or no longer stands, nor offered what is gone.
            let is_due = match message {
                Message::Reminder => booking.status == Status::Confirmed && now < booking.starts_at,
                Message::Offer => booking.status == Status::Held,
                Message::Confirmation | Message::Cancellation | Message::Reschedule => true,
            };
            // Of a visit all is told with its first service.
            if (booking.id, booking.sequence) != (booking_id, sequence) || !is_due {
                return Ok(None);
            }
            let audience = Audience::Customer;
            let about = About { subject: booking_id.0, kind, channel: "email", sequence, audience };
            let (recipient, provider) = (&appointment.booking.contact_email, context.mailer.provider());
            let claim = claim_for_customer(tx, about, recipient, provider, now).await?;
            Ok(Some(((tenant, appointment), claim)))
        })
        .await;
    let ((tenant, appointment), id) = claimed(read, "told already, or the booking has moved on")?;
    let email = write(context, &tenant, &appointment, message, id)?;
    deliver(context, &tenant_door, &email).await
}

/// What calendars are sent of a booking that stands.
const REQUEST: (Method, CalendarMethod) = (Method::Request, CalendarMethod::Request);

fn write(
    context: &Context,
    tenant: &Tenant,
    appointment: &Appointment,
    message: Message,
    id: MessageId,
) -> Result<Email, JobError> {
    let now = context.clock.now();
    let booking = &appointment.booking;
    let manage_url = context.links.manage(booking.tenant_id, booking.id, booking.ends_at);
    let mail = BookingMail {
        lang: booking.locale,
        tenant: Brand::from(tenant),
        booking: appointment.into(),
        customer_name: booking.contact_name.clone(),
        manage_url: manage_url.clone(),
        // What waits for approval has none of its new time yet.
        summary_url: (!matches!(booking.status, Status::Pending | Status::Held))
            .then(|| context.links.summary(booking.tenant_id, booking.id, booking.ends_at)),
        cancellation_reason: booking.cancellation_reason.clone(),
        held_until: booking.held_until,
    };
    let (mail, methods) = match message {
        Message::Confirmation => (Mail::BookingConfirmation(mail), Some(REQUEST)),
        Message::Cancellation => {
            (Mail::BookingCancellation(mail), Some((Method::Cancel, CalendarMethod::Cancel)))
        }
        Message::Reschedule => (Mail::BookingReschedule(mail), Some(REQUEST)),
        Message::Reminder => (Mail::BookingReminder(mail), Some(REQUEST)),
        // Nothing stands in a calendar before it is taken.
        Message::Offer => (Mail::WaitlistOffer(mail), None),
    };
    let public_url = context.links.public_url();
    let calendar = methods.map(|(method, calendar_method)| Calendar {
        method: calendar_method,
        ics: Invite::of(tenant, appointment, method, public_url, manage_url, now).to_ics(),
    });
    let to = Mailbox { name: booking.contact_name.clone(), address: booking.contact_email.clone() };
    Ok(Email { calendar, ..messages::write(context, tenant, id, to, &mail)? })
}

/// Renders the summary, keeps the file, then its row: a file without a row is written over by the next run.
pub(crate) async fn make_summary(
    context: &Context,
    envelope: &Envelope,
    booking_id: BookingId,
    sequence: i32,
) -> Result<(), JobError> {
    use domain::id::DocumentId;
    use providers::files::FilePath;
    use sha2::{Digest, Sha256};
    use store::documents::{self, Document};
    use templates::BookingSummary;

    let now = context.clock.now();
    let tenant_door = context.store.tenant(envelope.tenant_id);
    let read: Result<(Tenant, Appointment), store::Error> = tenant_door
        .transaction(async |tx| {
            let appointment = store::bookings::find_visit(tx, booking_id).await?;
            Ok((store::tenants::find(tx).await?, appointment))
        })
        .await;
    let (tenant, appointment) = read.map_err(from_store)?;
    let booking = &appointment.booking;
    if booking.sequence != sequence {
        return Err(JobError::dropped("the booking has moved on"));
    }
    let summary = BookingSummary {
        lang: booking.locale,
        tenant: Brand::from(&tenant),
        booking: (&appointment).into(),
        customer_name: booking.contact_name.clone(),
        manage_url: context.links.manage(booking.tenant_id, booking.id, booking.ends_at),
        made_at: now,
    };
    let data = context.templates.booking_summary_data(&summary).map_err(|error| from_template(&error))?;
    let bytes = context.render("booking_summary.typ", data).await?;
    let path = format!("bookings/{booking_id}/summary-{sequence}.pdf");
    let file = FilePath::new(envelope.tenant_id, &path).map_err(|error| JobError::Dead(error.to_string()))?;
    let document = Document {
        tenant_id: envelope.tenant_id,
        id: DocumentId::mint(now),
        kind: "booking_summary".to_owned(),
        subject_id: booking_id.0,
        sequence,
        path,
        content_type: "application/pdf".to_owned(),
        size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: Sha256::digest(&bytes).to_vec(),
        created_at: now,
    };
    context.files.put(&file, bytes).await.map_err(|error| JobError::Retry(error.to_string()))?;
    tenant_door.transaction(async |tx| documents::add(tx, &document).await).await.map_err(from_store)
}

/// Ends a hold whose time is over. One that was paid meanwhile, or is gone, is left alone.
pub(crate) async fn expire_hold(
    context: &Context,
    envelope: &Envelope,
    booking_id: BookingId,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let door = context.store.tenant(envelope.tenant_id);
    let became: Result<Hold, store::Error> =
        door.transaction(async |tx| store::bookings::expire(tx, booking_id, now).await).await;
    match became.map_err(from_store)? {
        Hold::Over => Ok(()),
        Hold::Gone => Err(JobError::dropped("it is no longer held")),
        // The clock of the database is ahead of ours.
        Hold::Until(until) => {
            Err(JobError::Later((until - now).to_std().unwrap_or_default(), "it is still held".to_owned()))
        }
    }
}
