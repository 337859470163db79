//! The pages: complete HTML from the server, which work without a script.

pub mod booking;
pub mod manage;
pub mod outbox;

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, RETRY_AFTER, VARY,
};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use domain::locale::Locale;
use domain::rejection::{Code, Kind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::tenants::Tenant;

use crate::extract::Path;
use crate::extract::{PATIENCE, collect};
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
        .route("/", web::get().to(welcome))
        .route("/assets/plain.css", web::get().to(style))
        .route("/assets/accents/{sheet}", web::get().to(accent))
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

/// The second style sheet of a tenant with a colour of its own, such as `/assets/accents/b4235a.css`. A policy that
/// allows no style inside of pages leaves only this way.
fn accent_sheet(tenant: &Tenant) -> Option<String> {
    let accent = templates::accent(Some(tenant.accent_color.as_deref()?));
    Some(format!("/assets/accents/{}.css", accent.color.trim_start_matches('#')))
}

async fn accent(sheet: Path<String>) -> Result<HttpResponse> {
    let digits = sheet.strip_suffix(".css").ok_or(Code::NotFound)?;
    let accent = templates::accent(Some(&format!("#{digits}")));
    // Another spelling of a colour, or none: not a name we gave.
    if accent.color.strip_prefix('#') != Some(digits) {
        return Err(Code::NotFound.into());
    }
    let css = format!(":root{{--accent:{};--on-accent:{}}}\n", accent.color, accent.on_color);
    Ok(HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(css))
}

/// Whoever reads a page.
pub struct Reader {
    pub state: web::Data<State>,
    /// What the browser asks for, when we speak it.
    pub lang: Option<Locale>,
    /// Where a refusal leads back to.
    home: String,
}

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        // A tenant's own page leads back to Harmony's, its other pages to it.
        let below = request.match_info().get("tenant").filter(|slug| request.path() != format!("/{slug}"));
        let slug = below.and_then(|slug| domain::slug::parse(slug).ok());
        ready(match request.app_data::<web::Data<State>>().cloned() {
            Some(state) => Ok(Self {
                state,
                lang: header.and_then(preferred),
                home: slug.map_or_else(|| "/".to_owned(), |slug| format!("/{slug}")),
            }),
            None => Err(Code::Internal.into()),
        })
    }
}

/// The language of ours that `Accept-Language` (RFC 9110, 12.5.4) prefers.
fn preferred(header: &str) -> Option<Locale> {
    let mut best: Option<(f32, Locale)> = None;
    for range in header.split(',').take(20) {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let weight: f32 = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0);
        let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        if let Some(locale) = Locale::from_name(&primary)
            && weight > best.map_or(0.0, |(weight, _)| weight)
        {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

impl Reader {
    /// The language of a page that is nobody's in particular.
    fn lang(&self) -> Locale {
        self.lang.unwrap_or_default()
    }

    /// Answers with a page whatever happens: a refusal becomes one that says so.
    pub(crate) async fn answer(&self, page: impl Future<Output = Result<HttpResponse>>) -> HttpResponse {
        page.await.unwrap_or_else(|problem| self.refuse(&problem))
    }

    pub(crate) fn refuse(&self, problem: &Problem) -> HttpResponse {
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
        let context = Refusal {
            lang: self.lang().name(),
            status: status.as_u16(),
            code,
            request_id: request::id(),
            home: &self.home,
        };
        let mut response = match render(&self.state, status, "refusal", &context) {
            Ok(response) => response,
            Err(problem) => return problem.error_response(),
        };
        // Such as when to try again.
        if let Some(after) = problem.error_response().headers().get(RETRY_AFTER) {
            response.headers_mut().insert(RETRY_AFTER, after.clone());
        }
        response
    }
}

/// A refusal as a page.
#[derive(Serialize)]
struct Refusal<'a> {
    lang: &'static str,
    status: u16,
    code: &'static str,
    request_id: String,
    home: &'a str,
}

/// Where nothing is: a page for people, a problem for programs.
pub async fn not_found(request: HttpRequest, reader: Reader) -> Result<HttpResponse> {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    if accepted.is_some_and(|types| types.contains("text/html")) {
        return Ok(reader.refuse(&Code::NotFound.into()));
    }
    Err(Code::NotFound.into())
}

#[derive(Serialize)]
struct Welcome {
    lang: &'static str,
    is_development: bool,
}

async fn welcome(reader: Reader) -> HttpResponse {
    let is_development = reader.state.outbox.is_some();
    let context = Welcome { lang: reader.lang().name(), is_development };
    reader.answer(async { render(&reader.state, StatusCode::OK, "welcome", &context) }).await
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
        .insert_header((VARY, "accept-language"))
        .body(html))
}

/// After a form: the browser gets the page that shows what came of it.
pub(crate) fn see(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

/// A form that was sent: `application/x-www-form-urlencoded`, at most 16 KiB.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(_request: &HttpRequest, body: &mut Payload) -> Self::Future {
        const MAX: usize = 16 * 1024;
        let body = body.take();
        Box::pin(async move {
            let bytes = tokio::time::timeout(PATIENCE, collect(body, MAX))
                .await
                .map_err(|_late| Code::RequestTimeout)??;
            if bytes.contains(&0) || bytes.windows(3).any(|window| window == b"%00") {
                return Err(Code::MalformedQuery.into());
            }
            serde_urlencoded::from_bytes(&bytes).map(Self).map_err(|_malformed| Code::MalformedQuery.into())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_in_the_language_that_the_browser_prefers() {
        for (header, locale) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", Some(Locale::Fr)),
            ("en-GB, fr;q=0.9", Some(Locale::En)),
            ("fr;q=0.5, en;q=0.7", Some(Locale::En)),
            ("de, FR;q=0.1", Some(Locale::Fr)),
            ("de-AT, *;q=0.5", None),
            ("en;q=0", None),
            ("en;q=x, ;;,=,", None),
            ("", None),
        ] {
            assert_eq!(preferred(header), locale, "{header}");
        }
    }
}
