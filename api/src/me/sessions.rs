//! The sessions of whoever is signed in, and what happened to their account.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::device;
use domain::id::SessionId;
use serde::Serialize;
use store::accounts::Happened;
use store::sessions::{self, Listed};
use utoipa::ToSchema;

use crate::account;
use crate::extract::{Account, Member, Path};
use crate::problem::Result;

/// Most of what happened that is told.
pub const EVENTS: i64 = 50;

#[derive(Serialize, ToSchema)]
pub struct SessionsView {
    /// The one that was seen last first; at most 100.
    sessions: Vec<SessionView>,
}

#[derive(Serialize, ToSchema)]
pub struct SessionView {
    pub id: SessionId,
    /// As it tells of itself, such as "Firefox, Windows".
    pub device: Option<String>,
    /// Where it was opened: of IPv4 the /24, of IPv6 the /64.
    pub network: Option<String>,
    /// A browser, and not a client of the API.
    pub is_browser: bool,
    /// The one that asks.
    pub is_current: bool,
    pub created_at: DateTime<Utc>,
    /// To within a quarter of an hour.
    pub last_seen_at: DateTime<Utc>,
}

impl SessionView {
    pub fn of(session: &Listed, current: SessionId) -> Self {
        Self {
            id: session.id,
            device: session.user_agent.as_deref().and_then(device::name),
            network: session.ip.as_deref().and_then(device::network),
            is_browser: session.is_browser,
            is_current: session.id == current,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct AccountEventsView {
    /// The latest first; at most 50.
    events: Vec<AccountEventView>,
}

#[derive(Serialize, ToSchema)]
pub struct AccountEventView {
    /// Such as `signed_in` or `password_changed`.
    pub kind: &'static str,
    pub device: Option<String>,
    pub network: Option<String>,
    pub occurred_at: DateTime<Utc>,
}

impl From<Happened> for AccountEventView {
    fn from(event: Happened) -> Self {
        Self {
            kind: event.kind.name(),
            device: event.user_agent.as_deref().and_then(device::name),
            network: event.ip.as_deref().and_then(device::network),
            occurred_at: event.occurred_at,
        }
    }
}

pub async fn list(member: Member<Account>) -> Result<HttpResponse> {
    let identity = member.state.store.identity();
    let (user_id, now) = (member.user_id, member.now);
    let sessions = identity.statement(async |tx| sessions::list(tx, user_id, now).await).await?;
    let current = member.session_id;
    let sessions = sessions.iter().map(|session| SessionView::of(session, current)).collect();
    Ok(HttpResponse::Ok().json(SessionsView { sessions }))
}

pub async fn destroy(member: Member<Account>, id: Path<SessionId>) -> Result<HttpResponse> {
    let identity = member.state.store.identity();
    let (user_id, now) = (member.user_id, member.now);
    identity.statement(async |tx| sessions::revoke_of(tx, user_id, *id, now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// All but the one that asks.
pub async fn destroy_others(member: Member<Account>) -> Result<HttpResponse> {
    account::sign_out_elsewhere(&member.own()).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub async fn events(member: Member<Account>) -> Result<HttpResponse> {
    let identity = member.state.store.identity();
    let user_id = member.user_id;
    let events = identity.statement(async |tx| store::accounts::events(tx, user_id, EVENTS).await).await?;
    let events = events.into_iter().map(AccountEventView::from).collect();
    Ok(HttpResponse::Ok().json(AccountEventsView { events }))
}
