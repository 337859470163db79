//! Messages: one row each, so that none goes out twice by plan.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{MessageId, TenantId};
use uuid::Uuid;

use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::schema::messages;

/// What is told to whom: of all messages with these four, one is sent.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub subject: Uuid,
    pub kind: &'a str,
    pub channel: &'static str,
    /// Of the subject: each change is told once.
    pub sequence: i32,
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
}

/// Claims the message. `None`: it was sent already. A run that died between sending and recording leaves it claimed; the
/// next gets the same id, hence the same Message-ID, so that the recipient's side can tell the two are one.
pub async fn claim(
    tx: &TenantTx,
    about: About<'_>,
    recipient: &str,
    provider: &str,
    now: DateTime<Utc>,
) -> Result<Option<MessageId>> {
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
    };
    diesel::insert_into(messages::table).values(row).on_conflict_do_nothing().execute(&mut tx.conn()).await?;
    let (id, status): (MessageId, String) = messages::table
        .filter(messages::tenant_id.eq(tx.tenant()))
        .filter(messages::subject_id.eq(about.subject))
        .filter(messages::kind.eq(about.kind))
        .filter(messages::channel.eq(about.channel))
        .filter(messages::sequence.eq(about.sequence))
        .select((messages::id, messages::status))
        .first(&mut tx.conn())
        .await?;
    Ok((status != "sent").then_some(id))
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

/// `error` holds no address.
pub async fn note_failed(tx: &TenantTx, id: MessageId, error: &str) -> Result<()> {
    diesel::update(messages::table.find((tx.tenant(), id)))
        .set((messages::status.eq("failed"), messages::error.eq(error)))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
