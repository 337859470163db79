//! Jobs about what is used of a plan.

use chrono::{Datelike, NaiveDate};
use domain::plan::{self, Limit};
use futures_util::join;
use jobs::JobError;
use providers::mail::Mailbox;
use store::messages::{self, About, Audience, Claim};
use store::tenants::Tenant;
use store::users::Owner;
use templates::{LimitMail, Mail};

use crate::context::Context;
use crate::messages::{deliver, write_as_harmony};
use crate::outcome::from_store;
use crate::runtime::Envelope;

/// Tells each owner once for a limit, a period and a percentage.
pub(crate) async fn send_limit_warning(
    context: &Context,
    envelope: &Envelope,
    limit: Limit,
    period_start: NaiveDate,
    percent: u8,
) -> Result<(), JobError> {
    let now = context.clock.now();
    let tenant_door = context.store.tenant(envelope.tenant_id);
    let read: Result<(Tenant, i64, Vec<Owner>), store::Error> = tenant_door
        .read(async |tx| {
            let (tenant, used, owners) = join!(
                store::tenants::find(tx),
                store::usage::used(tx, limit, period_start),
                store::users::owners(tx)
            );
            Ok((tenant?, used?, owners?))
        })
        .await;
    let (tenant, used, owners) = read.map_err(from_store)?;
    let month = plan::month_of(now, tenant.timezone);
    if limit.is_monthly() && period_start != month {
        return Err(JobError::dropped("the month is over"));
    }
    let max = tenant.plan.allowance(limit).filter(|max| plan::has_come_to(*max, used, percent));
    let Some(max) = max else {
        return Err(JobError::dropped("the plan includes more by now"));
    };
    let lifted_by = tenant.plan.lifted_by(limit);
    let mail = LimitMail {
        lang: tenant.locale,
        full_name: String::new(),
        tenant_name: tenant.name.clone(),
        limit,
        used,
        max,
        is_used_up: percent == 100,
        resets_at: plan::month_resets_at(month, tenant.timezone).filter(|_| limit.is_monthly()),
        timezone: tenant.timezone,
        lifted_by,
        lifted_max: lifted_by.and_then(|plan| plan.allowance(limit)),
    };
    let kind = format!("limit_warning_{}_{percent}", limit.name());
    let mut outcome = Ok(());
    for owner in owners {
        let about = About {
            subject: owner.id.0,
            kind: &kind,
            channel: "email",
            sequence: period_start.num_days_from_ce(),
            audience: Audience::Member,
        };
        match tell(context, &tenant_door, about, &owner, mail.clone()).await {
            // Whatever comes of one, the others are told.
            Ok(()) | Err(JobError::Drop(_)) => {}
            failed => outcome = failed,
        }
    }
    outcome
}

async fn tell(
    context: &Context,
    tenant_door: &store::Tenant,
    about: About<'_>,
    owner: &Owner,
    mail: LimitMail,
) -> Result<(), JobError> {
    let (now, contact) = (context.clock.now(), &owner.contact);
    let provider = context.mailer.provider();
    let claimed: Result<Claim, store::Error> = tenant_door
        .transaction(async |tx| messages::claim(tx, about, &contact.email, provider, now).await)
        .await;
    let Claim::Send(id) = claimed.map_err(from_store)? else {
        return Err(JobError::dropped("told already"));
    };
    let mail =
        Mail::LimitWarning(LimitMail { lang: contact.locale, full_name: contact.full_name.clone(), ..mail });
    let to = Mailbox { name: contact.full_name.clone(), address: contact.email.clone() };
    let email = write_as_harmony(context, id, to, &mail)?;
    deliver(context, tenant_door, &email).await
}
