//! The pages: complete HTML from the server, which work without a script.

pub mod booking;
pub mod manage;
pub mod outbox;

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use domain::locale::Locale;
use domain::rejection::{Code, Kind};
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, Result, failed};
use crate::request;
use crate::state::State;

/// Nothing from elsewhere, no script, nobody's frame.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                          base-uri 'none'; frame-ancestors 'none'";

/// The style sheet of all pages.
const STYLE: &str = include_str!("../../../assets/plain.css");

pub fn configure(config: &mut web::ServiceConfig, is_development: bool) {
    config
        .route("/assets/plain.css", web::get().to(style))
        .route("/api/docs", web::get().to(crate::openapi::page))
        .service(
            web::resource("/manage/{token}")
                .route(web::get().to(manage::show))
                .route(web::post().to(manage::cancel)),
        )
        .service(
            web::resource("/verify/{token}")
                .route(web::get().to(manage::ask_to_verify))
                .route(web::post().to(manage::verify)),
        );
    if is_development {
        config
            .route("/dev/outbox", web::get().to(outbox::list))
            .route("/dev/outbox/{id}", web::get().to(outbox::show))
            .route("/dev/outbox/{id}/html", web::get().to(outbox::html))
            .route("/dev/outbox/{id}/attachments/{index}", web::get().to(outbox::attachment));
    }
    // Last: whatever is no name of ours may be a tenant's.
    config.route("/{tenant}", web::get().to(booking::home)).service(
        web::resource("/{tenant}/book")
            .route(web::get().to(booking::choose))
            .route(web::post().to(booking::book)),
    );
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(STYLE)
}

/// Renders a page.
pub(crate) fn render(
    state: &State,
    status: StatusCode,
    name: &str,
    context: &impl Serialize,
) -> Result<HttpResponse> {
    let html =
        state.templates.page(&format!("pages/{name}.html"), context).map_err(|error| failed(&error))?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(html))
}

/// After a form: the browser gets the page that shows what came of it.
pub(crate) fn see(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

/// A refusal as a page.
#[derive(Serialize)]
struct Refusal {
    lang: &'static str,
    status: u16,
    code: &'static str,
    request_id: String,
}

/// Answers with a page whatever happens: a refusal becomes one that says so.
pub(crate) async fn answer(
    state: &State,
    lang: Locale,
    page: impl Future<Output = Result<HttpResponse>>,
) -> HttpResponse {
    match page.await {
        Ok(response) => response,
        Err(problem) => refuse(state, lang, &problem),
    }
}

pub(crate) fn refuse(state: &State, lang: Locale, problem: &Problem) -> HttpResponse {
    use actix_web::ResponseError;

    let status = match problem.code() {
        // A link that opens nothing is a page that is not there.
        Code::LinkInvalid => StatusCode::NOT_FOUND,
        _ => problem.status_code(),
    };
    let code = match problem.code().kind() {
        Kind::NotFound => "not-found",
        _ if problem.code() == Code::LinkInvalid => "not-found",
        Kind::TooMany => "too-many",
        Kind::Internal | Kind::Unavailable => "failed",
        _ => "refused",
    };
    let context = Refusal { lang: lang.name(), status: status.as_u16(), code, request_id: request::id() };
    render(state, status, "refusal", &context).unwrap_or_else(|problem| problem.error_response())
}

/// A form that was sent: `application/x-www-form-urlencoded`, at most 16 KiB.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(_request: &HttpRequest, body: &mut Payload) -> Self::Future {
        const MAX: usize = 16 * 1024;
        let mut body = body.take();
        Box::pin(async move {
            let mut bytes = web::BytesMut::new();
            while let Some(chunk) = body.next().await {
                let chunk = chunk.map_err(|_broken_off| Problem::from(Code::MalformedQuery))?;
                if bytes.len() + chunk.len() > MAX {
                    return Err(Code::BodyTooLarge.into());
                }
                bytes.extend_from_slice(&chunk);
            }
            if bytes.contains(&0) || bytes.windows(3).any(|window| window == b"%00") {
                return Err(Code::MalformedQuery.into());
            }
            serde_urlencoded::from_bytes(&bytes).map(Self).map_err(|_malformed| Code::MalformedQuery.into())
        })
    }
}
