//! What tells a page of the dashboard that it is no longer what it was.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};
use domain::rejection::Code;
use serde::Deserialize;

use crate::extract::{PageMember, Query, Read};
use crate::problem::Result;
use crate::stream::{Follower, Format, last_event_id};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    /// Where the page stands that asks.
    after: Option<String>,
}

/// Says that something has changed, not what it is: the page asks for itself again.
pub async fn show(
    member: PageMember<Read>,
    request: HttpRequest,
    Query(question): Query<Question>,
) -> Result<HttpResponse> {
    if request.method() == Method::HEAD {
        return Ok(HttpResponse::Ok().content_type("text/event-stream").finish());
    }
    let seat = member.state.hub.join(member.tenant.id(), member.session.id).ok_or(Code::TooManyRequests)?;
    let last = last_event_id(&request).filter(|id| !id.is_empty()).or(question.after);
    Ok(Follower::new(member.state.clone(), seat, last.as_deref(), Format::Changes).answer())
}
