//! Who asks for the console. Whoever is signed in and no operator finds nothing there, as at any address that is none.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::id::UserId;
use domain::rejection::Code;
use store::audit::By;
use store::sessions::{self, OperatorInBrowser};

use super::caller::{Anybody, anybody, bearer};
use super::page_member::{session_if_any, turned_away};
use crate::pages::Reader;
use crate::pages::frame::{Frame, Ops};
use crate::problem::{Problem, Result};
use crate::state::State;
use crate::{cookies, csrf, tokens};

/// An operator by bearer token: the user of its session, whatever tenant it is in.
pub struct Operator {
    pub state: web::Data<State>,
    pub user_id: UserId,
    pub ip: String,
    pub now: DateTime<Utc>,
}

impl Operator {
    pub fn by(&self) -> By {
        By::operator(self.user_id, Some(self.ip.clone()))
    }
}

impl FromRequest for Operator {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let (somebody, token) = (anybody(request), bearer(request));
        Box::pin(async move {
            let Anybody { state, ip, now, .. } = somebody?;
            let token = token.ok_or(Code::Unauthenticated)?;
            let claims = state.tokens.verify(&token, now).ok_or(Code::Unauthenticated)?;
            let identity = state.store.identity();
            let found = identity.statement(async |tx| sessions::operator(tx, claims.sid, now).await).await?;
            let (user_id, is_operator) = found.ok_or(Code::SessionEnded)?;
            if !is_operator {
                return Err(Code::NotFound.into());
            }
            Ok(Self { state, user_id, ip, now })
        })
    }
}

/// An operator by the session of their browser. Whoever is not signed in is sent to do so and comes back. A form came
/// with the session's token, or the handler is not reached: see [`csrf::operated`].
pub struct PageOperator {
    pub state: web::Data<State>,
    pub session: OperatorInBrowser,
    pub ip: String,
    pub now: DateTime<Utc>,
    cookie: String,
}

impl PageOperator {
    pub fn by(&self) -> By {
        By::operator(self.session.user_id, Some(self.ip.clone()))
    }

    /// What surrounds a page of the console. In the language that was chosen or is asked for, else in the user's own.
    pub fn frame(&self, reader: &Reader) -> Frame {
        let mut frame = reader.frame(reader.lang.unwrap_or(self.session.locale));
        frame.csrf = Some(csrf::token(&self.cookie));
        frame.ops = Some(Ops {
            user_name: self.session.full_name.clone(),
            has_tenant: self.session.tenant_id.is_some(),
        });
        frame
    }

    async fn find(request: &HttpRequest) -> Result<Self> {
        let Anybody { state, ip, now, .. } = anybody(request)?;
        let cookie = cookies::read(request, cookies::SESSION).ok_or(Code::Unauthenticated)?.to_owned();
        let Some(session) = operator_if_any(request).await? else {
            // Somebody else who is signed in finds nothing; whoever is not may be one.
            let somebody = session_if_any(request).await?;
            return Err(somebody.map_or(Code::SessionEnded, |_member| Code::NotFound).into());
        };
        if let Some(until) = session.prolonged(now) {
            let identity = state.store.identity();
            identity.statement(async |tx| sessions::prolong(tx, session.id, until, now).await).await?;
        }
        Ok(Self { state, session, ip, now, cookie })
    }
}

/// The operator whose browser a request comes from, if it is one's.
pub(crate) async fn operator_if_any(request: &HttpRequest) -> Result<Option<OperatorInBrowser>> {
    let Anybody { state, now, .. } = anybody(request)?;
    let Some(cookie) = cookies::read(request, cookies::SESSION) else { return Ok(None) };
    let (identity, hash) = (state.store.identity(), tokens::hash(cookie));
    Ok(identity.statement(async |tx| sessions::operator_in_browser(tx, &hash, now).await).await?)
}

impl FromRequest for PageOperator {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let problem = match Self::find(&request).await {
                Ok(operator) => return Ok(operator),
                Err(problem) => problem,
            };
            Err(turned_away(&request, problem, ("/ops/login", "/ops/queues")).await)
        })
    }
}
