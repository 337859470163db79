//! Jobs about those who wait for a time.

use domain::hours::TimeOfDay;
use domain::id::WaitlistEntryId;
use domain::rejection::Code;
use domain::waitlist::Status;
use domain::wall_clock::Interval;
use futures_util::join;
use jobs::JobError;
use providers::mail::Mailbox;
use store::messages::{self, About, Audience};
use store::tenants::Tenant;
use store::waitlist::Waiting;
use templates::{Brand, Mail, WaitlistMail};

use crate::context::Context;
use crate::messages::{Read, claimed, deliver, write};
use crate::outcome::from_store;
use crate::runtime::Envelope;

/// Offers time that became free, one entry a transaction, until nobody is left who would come then. Done again, it goes on:
/// what is kept for somebody is not free.
pub(crate) async fn offer_freed_time(
    context: &Context,
    envelope: &Envelope,
    freed: Interval,
) -> Result<(), JobError> {
    let tenant = context.store.tenant(envelope.tenant_id);
    loop {
        let now = context.clock.now();
        let random = rand::random();
        let offer = async |tx: &mut store::TenantTx| store::waitlist::offer(tx, freed, random, now).await;
        let offered: Result<_, store::Error> = tenant.transaction(offer).await;
        match offered {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(()),
            // Another number.
            Err(error) if error.code() == Some(Code::PublicCodeTaken) => {}
            Err(error) => return Err(from_store(error)),
        }
    }
}

/// Tells somebody that they are on the list.
pub(crate) async fn send_welcome(
    context: &Context,
    envelope: &Envelope,
    entry_id: WaitlistEntryId,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let tenant_door = context.store.tenant(envelope.tenant_id);
    let read: Read<(Tenant, Waiting)> = tenant_door
        .transaction(async |tx| {
            let (waiting, tenant) = join!(store::waitlist::find(tx, entry_id), store::tenants::find(tx));
            let (waiting, tenant) = (waiting?, tenant?);
            if waiting.entry.status == Status::Withdrawn {
                return Ok(None);
            }
            let about = About {
                subject: entry_id.0,
                kind: "waitlist_welcome",
                channel: "email",
                sequence: 0,
                audience: Audience::Customer,
            };
            let (recipient, provider) = (&waiting.entry.contact_email, context.mailer.provider());
            let claim = messages::claim_for_customer(tx, about, recipient, provider, now).await?;
            Ok(Some(((tenant, waiting), claim)))
        })
        .await;
    let ((tenant, waiting), id) = claimed(read, "told already, or gone")?;
    let entry = &waiting.entry;
    let window = entry.window();
    let clock = |time: Option<TimeOfDay>| time.map(|time| time.to_string());
    let mail = Mail::WaitlistWelcome(WaitlistMail {
        lang: entry.locale,
        tenant: Brand::from(&tenant),
        customer_name: entry.contact_name.clone(),
        service_name: waiting.told_name,
        staff_name: waiting.staff_name,
        from: window.from,
        to: window.to,
        earliest: clock(window.earliest),
        latest: clock(window.latest),
        leave_url: context.links.waitlist(entry.tenant_id, entry.id, window.to),
    });
    let to = Mailbox { name: entry.contact_name.clone(), address: entry.contact_email.clone() };
    deliver(context, &tenant_door, &write(context, &tenant, id, to, &mail)?).await
}
