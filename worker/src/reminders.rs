//! Reminders: the platform finds the tenants whose evening has come, each tenant its bookings of tomorrow.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::id::BookingId;
use domain::reminder::{JUST_BOOKED, evenings, reminded_in_the_evening_of};
use domain::wall_clock;
use jobs::{Job, JobError};
use store::SystemTx;
use uuid::Uuid;

use crate::context::Context;
use crate::outcome::from_store;
use crate::runtime::Envelope;
use crate::tenants;

/// Enqueued by one transaction.
const BATCH: i64 = 500;

/// Has every tenant remind whose evening came after `since`, until `until`. What is enqueued twice is sent once: a
/// message knows its booking.
pub(crate) async fn remind_tenants(
    context: &Context,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), JobError> {
    let zones: store::Result<_> =
        context.store.system().transaction(async |tx| store::reminders::zones(tx).await).await;
    for name in zones.map_err(from_store)? {
        let Ok(zone) = name.parse::<Tz>() else {
            tracing::error!(zone = name, "no such time zone: its tenants do not remind");
            continue;
        };
        for date in evenings(zone, since, until) {
            let evening =
                async |tx: &SystemTx, after, most| store::reminders::tenants_of(tx, &name, after, most).await;
            tenants::enqueue_for_each(context, &Job::RemindOfBookings { date }, evening).await?;
        }
    }
    Ok(())
}

/// Has the customers reminded whose booking is on the day after `date`.
pub(crate) async fn remind_of_bookings(
    context: &Context,
    envelope: &Envelope,
    date: NaiveDate,
) -> Result<(), JobError> {
    let (tenant, now) = (context.store.tenant(envelope.tenant_id), context.clock.now());
    let mut after = (now, BookingId(Uuid::max()));
    loop {
        let page: store::Result<_> = tenant
            .transaction(async |tx| {
                let zone = store::tenants::find(tx).await?.timezone;
                let tomorrow = reminded_in_the_evening_of(date);
                let Some(day) = tomorrow.and_then(|date| wall_clock::day(zone, date)) else {
                    return Ok(Vec::new());
                };
                let due = store::reminders::due(tx, day, now - JUST_BOOKED, after, BATCH).await?;
                let keyed: Vec<(String, Job)> = due
                    .iter()
                    .map(|(_, booking_id, sequence)| {
                        let (booking_id, sequence) = (*booking_id, *sequence);
                        let job = Job::SendBookingReminder { booking_id, sequence };
                        (format!("reminder:{booking_id}:{sequence}"), job)
                    })
                    .collect();
                tx.enqueue_once(&keyed, now).await?;
                Ok(due)
            })
            .await;
        let Some((starts_at, id, _)) = page.map_err(from_store)?.pop() else { return Ok(()) };
        after = (starts_at, id);
    }
}
