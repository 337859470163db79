//! An operator's way in and out, and what tells their pages to look again.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};
use domain::id::TenantId;
use domain::rejection::Code;
use store::sessions;

use crate::extract::PageOperator;
use crate::pages::account::login::signed_out;
use crate::pages::{Reader, see};
use crate::problem::Result;
use crate::stream::watch;

pub async fn home(_operator: PageOperator) -> HttpResponse {
    see("/ops/queues")
}

pub async fn destroy(reader: Reader, operator: PageOperator) -> HttpResponse {
    reader
        .answer(async {
            let identity = operator.state.store.identity();
            let (session, now) = (operator.session.id, operator.now);
            identity.transaction(async |tx| sessions::revoke(tx, session, now).await).await?;
            Ok(signed_out("/ops/login", "account-signed-out"))
        })
        .await
}

/// Says that something has changed, not what it is: the page asks for itself again.
pub async fn stream(operator: PageOperator, request: HttpRequest) -> Result<HttpResponse> {
    if request.method() == Method::HEAD {
        return Ok(HttpResponse::Ok().content_type("text/event-stream").finish());
    }
    let seat =
        operator.state.hub.join(TenantId::PLATFORM, operator.session.id).ok_or(Code::TooManyRequests)?;
    Ok(watch::answer(operator.state.clone(), seat))
}
