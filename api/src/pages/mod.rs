//! The pages: complete HTML from the server, which work without a script.

pub mod account;
pub mod answers;
pub mod app;
pub mod assets;
pub mod base;
pub mod dev;
pub mod form;
pub mod frame;
pub mod moved;
pub mod ops;
pub mod preferences;
pub mod public;
pub(crate) mod questions;
pub mod reader;
pub mod table;
pub mod zones;

use std::time::Instant;

use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, LOCATION, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use domain::rejection::Code;
use domain::text::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};
use templates::{TemplateError, Templates};

use self::assets::Assets;
use self::frame::{Brands, Flash, Frame};
pub use self::reader::Reader;
pub use self::table::configure;
use self::table::{Access, Page, page};
use crate::cookies;
use crate::problem::{Result, failed};
use crate::state::State;

/// What pages are made of.
pub struct Pages {
    pub templates: Templates,
    pub assets: Assets,
    pub brands: Brands,
}

impl Pages {
    pub fn load() -> std::result::Result<Self, TemplateError> {
        let assets = Assets::load();
        let templates = Templates::load_with_pages(|tera| assets.register(tera))?;
        Ok(Self { templates, assets, brands: Brands::default() })
    }
}

/// Harmony's own pages.
fn routes() -> Vec<Page> {
    let mut pages = vec![
        page(Method::GET, "/assets/{path:.*}", Access::Anybody, assets::show),
        page(Method::GET, "/api/docs", Access::Anybody, crate::openapi::page),
        page(Method::POST, "/preferences", Access::Anybody, preferences::update),
    ];
    pages.extend(account::routes());
    pages.extend(app::routes());
    pages.extend(ops::routes());
    pages
}

/// What a template sees: the language, the frame, and the page's own content beside them.
#[derive(Serialize)]
struct Context<'a, T> {
    lang: &'static str,
    frame: &'a Frame,
    #[serde(flatten)]
    content: &'a T,
}

/// Marks an answer that other sites may show in a frame: its policy says which.
pub struct Framed;

/// Renders the page `templates/pages/{name}.html`. A browser that has the very same already is told so (RFC 9110, 13.1.2).
pub fn render(
    state: &State,
    frame: &Frame,
    status: StatusCode,
    name: &str,
    content: &impl Serialize,
) -> Result<HttpResponse> {
    let context = Context { lang: frame.lang.name(), frame, content };
    let began = Instant::now();
    let html = state
        .pages
        .templates
        .page(&format!("pages/{name}.html"), &context)
        .map_err(|error| failed(&error))?;
    let took = began.elapsed();
    let policy = frame.policy();
    let mut response = HttpResponse::build(status);
    if !frame.ancestors.is_empty() {
        response.extensions_mut().insert(Framed);
    }
    // What `bench/pages` reads. In milliseconds.
    if state.outbox.is_some() {
        let micros = took.as_micros();
        let timing = format!("render;dur={}.{:03}", micros / 1_000, micros % 1_000);
        response.insert_header(("server-timing", timing));
    }
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy.clone()))
        .insert_header((VARY, "accept-language, cookie"));
    // What is somebody's own is kept nowhere; the rest may be kept and is asked for again.
    let is_own = frame.is_personal || frame.csrf.is_some() || frame.flash.is_some();
    if status == StatusCode::OK && !is_own {
        // Of the policy, too: what a browser keeps, it keeps with the policy that came with it.
        let hash: String = hex(&Sha256::digest(format!("{policy}\n{html}"))).chars().take(20).collect();
        // Weak: it may travel compressed or not.
        let etag = format!("W/\"{hash}\"");
        response.insert_header((CACHE_CONTROL, "private, no-cache"));
        response.insert_header((ETAG, etag.clone()));
        if frame.known.as_deref().is_some_and(|known| known.split(',').any(|one| one.trim() == etag)) {
            return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
        }
    }
    Ok(response.body(html))
}

/// After a form: the browser gets the page that shows what came of it.
pub fn see(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

/// The same, and the page says what came of it.
pub fn see_with(address: &str, flash: &Flash) -> HttpResponse {
    let mut response = see(address);
    cookies::set(&mut response, &cookies::flash(&format!("{}.{}", flash.tone, flash.key)));
    response
}

/// An address on this site: a path, with its query. `//elsewhere`, `/\elsewhere` and what has control characters lead
/// elsewhere in browsers (WHATWG URL, 4.4), and `/..//elsewhere` to the former, so they are none.
pub fn local_path(address: &str) -> Option<&str> {
    let rest = address.strip_prefix('/')?;
    let (path, _query) = rest.split_once(['?', '#']).unwrap_or((rest, ""));
    let leads_away = |segment: &str| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        matches!(plain.as_str(), "." | "..") || segment.contains('\\')
    };
    let is_odd = path.starts_with('/') || path.contains("//") || path.split('/').any(leads_away);
    (!is_odd && !address.chars().any(char::is_control) && address.len() <= 2_000).then_some(address)
}

/// A page that is only sent to, asked for, as by a browser that loads it again.
async fn method_not_allowed(reader: Reader) -> HttpResponse {
    reader.answer(async { Err(Code::MethodNotAllowed.into()) }).await
}

/// Where nothing is: a page for people, a problem for programs.
pub async fn not_found(request: HttpRequest, reader: Reader) -> Result<HttpResponse> {
    if let Some(answer) = moved::without_slash(&request) {
        return Ok(answer);
    }
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    if accepted.is_some_and(|types| types.contains("text/html")) {
        return Ok(reader.answer(async { Err(Code::NotFound.into()) }).await);
    }
    Err(Code::NotFound.into())
}

/// A query of those pairs that say something.
fn query(pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    query.finish()
}

/// The address of a list's next page: what was asked for, as far as anything was, and where to go on.
fn next_page(path: &str, asked: &[(&str, &str)], cursor: &str) -> String {
    let pairs: Vec<_> = asked.iter().copied().chain([("cursor", cursor)]).collect();
    format!("{path}?{}", query(&pairs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_stays_here() {
        for address in ["/", "/app", "/app/services?x=//y", "/é"] {
            assert_eq!(local_path(address), Some(address));
        }
        for address in [
            "",
            "app",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "/\t/evil",
            "/..//evil.example",
            "/%2E%2e//evil.example",
            "/a/..",
            "/a//b",
        ] {
            assert_eq!(local_path(address), None, "{address:?}");
        }
    }
}
