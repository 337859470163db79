//! Messages: one row each, so that none goes out twice by plan.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;
use domain::id::{MessageId, TenantId};
use domain::tenant::UNPROVEN_MAILS_A_DAY;
use uuid::Uuid;

use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::schema::{messages, tenants};
use crate::{line, users};

/// What is told to whom: of all messages with the first four, one is sent.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub subject: Uuid,
    pub kind: &'a str,
    pub channel: &'static str,
    /// Of the subject: each change is told once.
    pub sequence: i32,
    pub audience: Audience,
}

/// Who reads a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Customer,
    Member,
}

impl Audience {
    const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Member => "member",
        }
    }
}

/// What is to be done about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a claimed message is sent"]
pub enum Claim {
    /// Send it, under this id.
    Send(MessageId),
    /// It was sent already.
    Sent,
    /// It is not sent; its row says why.
    Suppressed,
    /// It is not sent, and there is no row: whom it is about has another address now, or was erased.
    Gone,
}

/// A message to a customer, as members see it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = messages)]
pub struct Message {
    pub kind: String,
    pub channel: String,
    /// `sending`, `sent`, `failed` or `suppressed`.
    pub status: String,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
}

/// What the customer was told of a booking, from the first to the last; at most 50.
pub async fn told(tx: &TenantTx, subject: Uuid) -> Result<Vec<Message>> {
    Ok(messages::table
        .filter(messages::tenant_id.eq(tx.tenant()))
        .filter(messages::subject_id.eq(subject))
        .filter(messages::audience.eq(Audience::Customer.name()))
        .order((messages::created_at, messages::id))
        .select(Message::as_select())
        .limit(50)
        .load(&mut tx.conn())
        .await?)
}

#[derive(Insertable)]
#[diesel(table_name = messages, treat_none_as_default_value = false)]
struct NewMessage<'a> {
    tenant_id: TenantId,
    id: MessageId,
    subject_id: Uuid,
    kind: &'a str,
    channel: &'a str,
    sequence: i32,
    recipient: &'a str,
    status: &'a str,
    provider: &'a str,
    created_at: DateTime<Utc>,
    audience: &'a str,
}

/// Claims the message. A run that died between sending and recording leaves it claimed; the next gets the same id, hence
/// the same Message-ID, so that the recipient's side can tell the two are one.
pub async fn claim(
    tx: &TenantTx,
    about: About<'_>,
    recipient: &str,
    provider: &str,
    now: DateTime<Utc>,
) -> Result<Claim> {
    add(tx, about, recipient, provider, now).await?;
    find(tx, about).await
}

/// The line of those who erase a customer; who writes down where a message goes is beside it.
pub(crate) const ERASING: &str = "erasing";

/// $1: the tenant, $2: what a message is about, $3: where it goes.
const IS_THEIRS: &str = "\
SELECT EXISTS (SELECT 1 FROM customers WHERE tenant_id = $1 AND id = $2 AND email = $3)
  OR EXISTS (SELECT 1 FROM bookings WHERE tenant_id = $1 AND id = $2 AND contact_email = $3)
  OR EXISTS (SELECT 1 FROM bookings WHERE tenant_id = $1 AND series_id = $2 AND contact_email = $3)
  OR EXISTS (SELECT 1 FROM waitlist_entries WHERE tenant_id = $1 AND id = $2 AND contact_email = $3) AS is_theirs";

#[derive(QueryableByName)]
struct IsTheirs {
    #[diesel(sql_type = Bool)]
    is_theirs: bool,
}

/// A message to a customer: a tenant whose owner has not proven their address may send so many a day. The address was read
/// before: whoever erases its customer meanwhile is seen here, or finds the row.
pub async fn claim_for_customer(
    tx: &TenantTx,
    about: About<'_>,
    recipient: &str,
    provider: &str,
    now: DateTime<Utc>,
) -> Result<Claim> {
    line::beside(tx, ERASING).await?;
    let query = diesel::sql_query(IS_THEIRS)
        .bind::<diesel::sql_types::Uuid, _>(tx.tenant())
        .bind::<diesel::sql_types::Uuid, _>(about.subject)
        .bind::<Text, _>(recipient);
    let found: IsTheirs = cached(query).get_result(&mut tx.conn()).await?;
    if !found.is_theirs {
        return Ok(Claim::Gone);
    }
    if users::owners(tx).await?.iter().any(|owner| owner.contact.email_verified_at.is_some()) {
        claim(tx, about, recipient, provider, now).await
    } else {
        claim_unproven(tx, about, recipient, provider, now).await
    }
}

/// Like [`claim`], for a tenant none of whose owners has proven their address: of its messages to customers, so many a
/// day are sent; the others are kept as suppressed, with the reason.
pub async fn claim_unproven(
    tx: &TenantTx,
    about: About<'_>,
    recipient: &str,
    provider: &str,
    now: DateTime<Utc>,
) -> Result<Claim> {
    // One after the other, or two at once would both be the last that is allowed.
    let _locked: TenantId = tenants::table
        .find(tx.tenant())
        .select(tenants::tenant_id)
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?;
    let is_new = add(tx, about, recipient, provider, now).await?;
    let claim = find(tx, about).await?;
    let Claim::Send(id) = claim else { return Ok(claim) };
    // Another run of one that was counted before.
    if !is_new {
        return Ok(claim);
    }
    let of_the_day: i64 = messages::table
        .filter(messages::tenant_id.eq(tx.tenant()))
        .filter(messages::audience.eq(Audience::Customer.name()))
        .filter(messages::status.ne("suppressed"))
        .filter(messages::created_at.gt(now - TimeDelta::days(1)))
        .count()
        .get_result(&mut tx.conn())
        .await?;
    if of_the_day <= UNPROVEN_MAILS_A_DAY {
        return Ok(claim);
    }
    let reason = format!("over {UNPROVEN_MAILS_A_DAY} a day while no owner has proven their address");
    diesel::update(messages::table.find((tx.tenant(), id)))
        .set((messages::status.eq("suppressed"), messages::error.eq(reason)))
        .execute(&mut tx.conn())
        .await?;
    Ok(Claim::Suppressed)
}

/// Whether it was not there before.
async fn add(
    tx: &TenantTx,
    about: About<'_>,
    recipient: &str,
    provider: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let row = NewMessage {
        tenant_id: tx.tenant(),
        id: MessageId::mint(now),
        subject_id: about.subject,
        kind: about.kind,
        channel: about.channel,
        sequence: about.sequence,
        recipient,
        status: "sending",
        provider,
        created_at: now,
        audience: about.audience.name(),
    };
    let added = diesel::insert_into(messages::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    Ok(added > 0)
}

async fn find(tx: &TenantTx, about: About<'_>) -> Result<Claim> {
    let (id, status): (MessageId, String) = messages::table
        .filter(messages::tenant_id.eq(tx.tenant()))
        .filter(messages::subject_id.eq(about.subject))
        .filter(messages::kind.eq(about.kind))
        .filter(messages::channel.eq(about.channel))
        .filter(messages::sequence.eq(about.sequence))
        .select((messages::id, messages::status))
        .first(&mut tx.conn())
        .await?;
    Ok(match status.as_str() {
        "sent" => Claim::Sent,
        "suppressed" => Claim::Suppressed,
        _ => Claim::Send(id),
    })
}

pub async fn note_sent(tx: &TenantTx, id: MessageId, now: DateTime<Utc>) -> Result<()> {
    let sent = diesel::update(messages::table.find((tx.tenant(), id))).set((
        messages::status.eq("sent"),
        messages::sent_at.eq(now),
        messages::error.eq(None::<String>),
    ));
    cached(sent).execute(&mut tx.conn()).await?;
    Ok(())
}

/// `error` holds no address. What was sent meanwhile, by another worker that had the job when this one stood still, is
/// not failed.
pub async fn note_failed(tx: &TenantTx, id: MessageId, error: &str) -> Result<()> {
    diesel::update(messages::table.find((tx.tenant(), id)).filter(messages::status.ne("sent")))
        .set((messages::status.eq("failed"), messages::error.eq(error)))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
