//! Answers to requests that may be sent twice, kept in the transaction of the first.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::rejection::Code;

use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::schema::idempotency_keys;

/// Which request it is: who sent it, by which key, and what it said.
#[derive(Clone, Debug)]
pub struct Request {
    /// The caller: one caller's keys are nothing to another.
    pub scope: String,
    pub key: String,
    /// SHA-256 of method, path and body.
    pub hash: [u8; 32],
}

/// An answer as it was given.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: serde_json::Value,
}

/// Looks for the answer of an earlier request with this key and holds the key until the transaction ends. Refuses while
/// the first is still running, and when it said something else.
pub async fn begin(tx: &TenantTx, request: &Request) -> Result<Option<Answer>> {
    let lock =
        diesel::sql_query("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free")
            .bind::<diesel::sql_types::Text, _>(format!("{} {} {}", tx.tenant(), request.scope, request.key));
    let free: Free = cached(lock).get_result(&mut tx.conn()).await?;
    if !free.free {
        return Err(Code::IdempotencyInProgress.into());
    }
    let found: Option<(Vec<u8>, i16, serde_json::Value)> = idempotency_keys::table
        .find((tx.tenant(), &request.scope, &request.key))
        .select((idempotency_keys::request_hash, idempotency_keys::status, idempotency_keys::response))
        .first(&mut tx.conn())
        .await
        .optional()?;
    match found {
        None => Ok(None),
        Some((hash, status, body)) if hash == request.hash => {
            Ok(Some(Answer { status: u16::try_from(status).unwrap_or(200), body }))
        }
        Some(_) => Err(Code::IdempotencyMismatch.into()),
    }
}

/// Keeps the answer, if the transaction commits.
pub async fn finish(tx: &TenantTx, request: &Request, answer: &Answer, now: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::tenant_id.eq(tx.tenant()),
            idempotency_keys::scope.eq(&request.scope),
            idempotency_keys::key.eq(&request.key),
            idempotency_keys::request_hash.eq(request.hash.as_slice()),
            idempotency_keys::status.eq(i16::try_from(answer.status).unwrap_or(200)),
            idempotency_keys::response.eq(&answer.body),
            idempotency_keys::created_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Free {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    free: bool,
}
