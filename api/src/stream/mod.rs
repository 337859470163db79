//! What happens to a tenant, told while it happens: server-sent events that go on where a connection was lost.
//!
//! A stream keeps a cursor and nothing else. What it is woken by is only a hint: it asks PostgreSQL what it has not seen,
//! so nothing is missed, whatever got lost on the way.

mod follow;
mod hub;
pub mod watch;

use std::time::Duration;

use actix_web::http::header::HeaderName;
use actix_web::{HttpRequest, HttpResponse};
use domain::id::{SessionId, TenantId};
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Anybody, Member, Query, Read};
use crate::problem::Result;
use crate::tokens;

pub use follow::{Follower, Format};
pub use hub::{Hub, Seat};

/// How long a ticket lets in.
const TICKET: Duration = Duration::from_mins(1);

pub const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

#[derive(Serialize, ToSchema)]
pub struct StreamTicket {
    /// For `GET /stream`, once.
    ticket: String,
    /// Seconds.
    expires_in: u64,
}

/// A ticket for those who can't send a header: an address is all that `EventSource` takes, and addresses are written down
/// in many places, so what stands in it is worth nothing a moment later.
pub async fn create_ticket(member: Member<Read>) -> Result<HttpResponse> {
    let ticket = tokens::random_token();
    let holder = format!("{} {}", member.tenant.id(), member.session_id);
    member.state.tickets.keep(&name(&ticket), &holder, TICKET).await;
    Ok(HttpResponse::Created().json(StreamTicket { ticket, expires_in: TICKET.as_secs() }))
}

fn name(ticket: &str) -> String {
    domain::text::hex(&Sha256::digest(ticket.as_bytes()))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StreamQuestion {
    /// From `POST /stream/tickets`.
    ticket: String,
    /// The id of the last event that was received, to go on from there. A `Last-Event-ID` header comes first. Without
    /// either: from now on.
    last_event_id: Option<String>,
}

/// Events of the ticket's tenant. Each message is one event; its `id` is where to go on. `event: reset` instead: what was
/// asked for is not known any longer, read everything anew.
pub async fn show(
    anybody: Anybody,
    request: HttpRequest,
    Query(question): Query<StreamQuestion>,
) -> Result<HttpResponse> {
    let Anybody { state, now, .. } = anybody;
    let holder = state.tickets.redeem(&name(&question.ticket)).await.ok_or(Code::Unauthenticated)?;
    let (tenant, session) = parse(&holder).ok_or(Code::Internal)?;
    let identity = state.store.identity();
    let member =
        identity.statement(async |tx| store::sessions::member(tx, session, tenant, now).await).await?;
    let (_, standing) = member.ok_or(Code::SessionEnded)?;
    if let Some(code) = standing.refusal() {
        return Err(code.into());
    }
    let seat = state.hub.join(tenant, session).ok_or(Code::TooManyRequests)?;
    let last = last_event_id(&request).or(question.last_event_id);
    Ok(Follower::new(state, seat, last.as_deref(), Format::Events).answer())
}

fn parse(holder: &str) -> Option<(TenantId, SessionId)> {
    let (tenant, session) = holder.split_once(' ')?;
    Some((tenant.parse().ok()?, session.parse().ok()?))
}

/// Where a client that comes back was.
pub fn last_event_id(request: &HttpRequest) -> Option<String> {
    Some(request.headers().get(LAST_EVENT_ID)?.to_str().ok()?.to_owned())
}
