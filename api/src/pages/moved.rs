//! Addresses of a tenant that lead to its present one: a former name, another spelling.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use domain::slug;

use super::base::EMBED;
use crate::state::State;

/// Around the pages of a tenant: by a name that it had one comes to the page below the name that it has.
pub async fn follow<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if matches!(*request.method(), Method::GET | Method::HEAD)
        && let Some(named) = request.match_info().get("tenant").map(str::to_owned)
        && let Some(present) = present(request.request(), &named).await
    {
        let answer = redirect(request.request(), &present);
        return Ok(request.into_response(answer).map_into_right_body());
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}

/// Another slug that this one stands for.
async fn present(request: &HttpRequest, named: &str) -> Option<String> {
    let spelled = named.to_ascii_lowercase();
    let slug = slug::parse(&spelled).ok()?;
    let state = request.app_data::<web::Data<State>>()?;
    let place = state.place(slug).await.ok()?;
    place.moved_to.or_else(|| (spelled != named).then_some(spelled))
}

/// Where nothing is: the same address without the slashes at its end, if it has any.
pub fn without_slash(request: &HttpRequest) -> Option<HttpResponse> {
    let path = request.path();
    let short = path.trim_end_matches('/');
    let is_local = path.starts_with('/') && !path.contains("//") && !path.contains('\\');
    (is_local && short != path && !short.is_empty() && *request.method() == Method::GET)
        .then(|| see(short, request.query_string()))
}

fn redirect(request: &HttpRequest, slug: &str) -> HttpResponse {
    let path = request.path().trim_start_matches('/');
    let (before, path) = match path.strip_prefix(EMBED).and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) => (format!("/{EMBED}"), rest),
        None => (String::new(), path),
    };
    let rest = path.split_once('/').map_or(String::new(), |(_, rest)| format!("/{rest}"));
    see(&format!("{before}/{slug}{rest}"), request.query_string())
}

/// Not for good: whoever has moved may come back.
fn see(path: &str, query: &str) -> HttpResponse {
    let mark = if query.is_empty() { "" } else { "?" };
    HttpResponse::Found()
        .insert_header((LOCATION, format!("{path}{mark}{query}")))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .finish()
}
