//! Answers that are given once: a POST sent twice with one key does its work once.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder};
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::TenantTx;
use store::idempotency::{self, Request};

use crate::extract::{Allows, Caller, Submission, Visitor};
use crate::problem::{Problem, Result, failed};

/// An answer that can be kept.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    body: serde_json::Value,
}

impl Answer {
    pub fn created(body: &impl Serialize) -> Result<Self> {
        Self::new(StatusCode::CREATED, body)
    }

    pub fn ok(body: &impl Serialize) -> Result<Self> {
        Self::new(StatusCode::OK, body)
    }

    /// What was answered, to be read back.
    pub const fn body(&self) -> &serde_json::Value {
        &self.body
    }

    fn new(status: StatusCode, body: &impl Serialize) -> Result<Self> {
        Ok(Self { status, body: serde_json::to_value(body).map_err(|error| failed(&error))? })
    }
}

impl Responder for Answer {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        HttpResponse::build(self.status).json(self.body)
    }
}

impl<P: Allows> Caller<P> {
    /// One transaction that does the work unless it was done: see [`Submission::once`].
    pub async fn once<T>(
        &self,
        submission: &Submission<T>,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<Answer>,
    ) -> Result<Answer> {
        let once = async |tx: &mut TenantTx| submission.once(tx, self.scope(), self.now, work).await;
        self.tenant.transaction(once).await
    }
}

impl Visitor {
    /// One transaction that does the work unless it was done: see [`Submission::once`].
    pub async fn once<T>(
        &self,
        submission: &Submission<T>,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<Answer>,
    ) -> Result<Answer> {
        let once = async |tx: &mut TenantTx| submission.once(tx, self.scope(), self.now, work).await;
        self.tenant.transaction(once).await
    }
}

impl<T> Submission<T> {
    /// Does the work unless it was done, in the transaction that keeps its answer. `scope` is the caller.
    async fn once(
        &self,
        tx: &mut TenantTx,
        scope: String,
        now: DateTime<Utc>,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<Answer>,
    ) -> Result<Answer> {
        let Some(key) = &self.key else {
            return work(tx).await;
        };
        let request = Request { scope, key: key.clone(), hash: self.hash };
        if let Some(kept) = idempotency::begin(tx, &request).await? {
            let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
            return Ok(Answer { status, body: kept.body });
        }
        let answer = work(tx).await?;
        let kept = idempotency::Answer { status: answer.status.as_u16(), body: answer.body.clone() };
        idempotency::finish(tx, &request, &kept, now).await.map_err(Problem::from)?;
        Ok(answer)
    }
}
