//! Jobs about customers who sign in.

use chrono::{DateTime, Utc};
use domain::id::CustomerSignInId;
use domain::link::TO_SIGN_IN;
use jobs::JobError;
use providers::mail::Mailbox;
use store::customers::Customer;
use store::customers::accounts;
use store::messages::{self, About, Audience};
use store::tenants::Tenant;
use templates::{Brand, CustomerSignInMail, Mail};

use crate::context::Context;
use crate::messages::{Read, claimed, deliver, write};
use crate::runtime::Envelope;

/// Lets a customer sign in, if the address that was typed leads to one who may. Too late, it would be a link that opens
/// nothing.
pub(crate) async fn send_sign_in(
    context: &Context,
    envelope: &Envelope,
    sign_in_id: CustomerSignInId,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let door = context.store.tenant(envelope.tenant_id);
    let read: Read<(Tenant, Customer, DateTime<Utc>)> = door
        .transaction(async |tx| {
            let Some((customer, asked_at)) = accounts::asked(tx, sign_in_id).await? else { return Ok(None) };
            if now >= asked_at + TO_SIGN_IN {
                return Ok(None);
            }
            let about = About {
                subject: customer.id.0,
                kind: "customer_sign_in",
                channel: "email",
                // Of the customer, so that it is erased with them: each second that they ask in is told once.
                sequence: sequence(&customer, asked_at),
                audience: Audience::Customer,
            };
            let provider = context.mailer.provider();
            let claim = messages::claim_for_customer(tx, about, &customer.email, provider, now).await?;
            Ok(Some(((store::tenants::find(tx).await?, customer, asked_at), claim)))
        })
        .await;
    let ((tenant, customer, asked_at), id) = claimed(read, "nobody's address, over, or sent already")?;
    let url = context.links.customer_sign_in(envelope.tenant_id, &tenant.slug, sign_in_id, asked_at);
    let mail = Mail::CustomerSignIn(CustomerSignInMail {
        lang: customer.locale,
        tenant: Brand::from(&tenant),
        customer_name: customer.name.clone(),
        url,
    });
    let to = Mailbox { name: customer.name, address: customer.email };
    deliver(context, &door, &write(context, &tenant, id, to, &mail)?).await
}

fn sequence(customer: &Customer, asked_at: DateTime<Utc>) -> i32 {
    i32::try_from((asked_at - customer.created_at).num_seconds()).unwrap_or(i32::MAX)
}
