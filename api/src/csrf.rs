//! Proof that a form was sent from a page of ours (OWASP, Cross-Site Request Forgery Prevention): the browser says so,
//! and, for whoever is signed in, the form carries a token that only their pages have.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::rejection::Code;
use futures_util::stream;
use url::Url;

use crate::cookies;
use crate::extract::{PATIENCE, collect, operator_if_any, session_if_any, upload};
use crate::pages::Reader;
use crate::problem::{Problem, Result};
use crate::random;
use crate::state::State;

/// The input that carries the token.
pub const FIELD: &str = "csrf";
/// The input that says of which tenant the page was: in another window its user may have gone to another since.
const TENANT: &str = "tenant_id";
/// Its place for requests that are no forms.
const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Most bytes of a form, and of what stands before the files of one that has files.
const MAX: usize = 64 * 1024;

const LENGTH: usize = 32;

/// A token for the session of this cookie. Masked by random bytes, so that it is another on each page and compression
/// tells nothing of it (BREACH).
pub fn token(cookie: &str) -> String {
    let mask = random::bytes::<LENGTH>();
    let mut token = mask.to_vec();
    token.extend(mac(cookie).as_ref().iter().zip(mask).map(|(byte, mask)| byte ^ mask));
    URL_SAFE_NO_PAD.encode(token)
}

/// Whether the token is of the session of this cookie.
pub fn fits(token: &str, cookie: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
    let Some((mask, masked)) = bytes.split_first_chunk::<LENGTH>() else { return false };
    let mac: Vec<u8> = masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    masked.len() == LENGTH && hmac::verify(&key(cookie), MESSAGE, &mac).is_ok()
}

const MESSAGE: &[u8] = b"csrf";

fn mac(cookie: &str) -> hmac::Tag {
    hmac::sign(&key(cookie), MESSAGE)
}

/// The cookie is the secret: whoever has it needs no token.
fn key(cookie: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, cookie.as_bytes())
}

/// Around every page: what changes something must come from a page of ours.
pub async fn same_origin<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if changes_something(&request) && !is_same_origin(request.request()) {
        return refuse(request).await;
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}

/// Around the pages of members: what changes something must carry the session's token besides, and be of a page of the
/// tenant that the session is in. Whoever is not signed in finds out further on, and nothing of what they send is read.
pub async fn signed<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if changes_something(&request) {
        if !is_same_origin(request.request()) {
            return refuse(request).await;
        }
        if let Some(cookie) = cookies::read(request.request(), cookies::SESSION).map(str::to_owned) {
            let session = match session_if_any(request.request()).await {
                Ok(session) => session,
                Err(problem) => return answer(request, &problem).await,
            };
            if let Some(session) = session {
                let sent = match Sent::read(&mut request).await {
                    Ok(sent) => sent,
                    Err(problem) => return answer(request, &problem).await,
                };
                let is_own = sent.token.is_some_and(|token| fits(&token, &cookie));
                let is_here = sent.tenant.is_none_or(|tenant| tenant == session.tenant_id.to_string());
                if !is_own || !is_here {
                    return refuse(request).await;
                }
            }
        }
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}

/// Around the pages of operators, who may be in no tenant: what changes something must carry the session's token.
pub async fn operated<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if changes_something(&request) {
        if !is_same_origin(request.request()) {
            return refuse(request).await;
        }
        let cookie = cookies::read(request.request(), cookies::SESSION).map(str::to_owned);
        let operator = match operator_if_any(request.request()).await {
            Ok(operator) => operator,
            Err(problem) => return answer(request, &problem).await,
        };
        if let Some((cookie, _operator)) = cookie.zip(operator) {
            let sent = match Sent::read(&mut request).await {
                Ok(sent) => sent,
                Err(problem) => return answer(request, &problem).await,
            };
            if !sent.token.is_some_and(|token| fits(&token, &cookie)) {
                return refuse(request).await;
            }
        }
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}

fn changes_something(request: &ServiceRequest) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD)
}

async fn refuse<B: MessageBody>(request: ServiceRequest) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    tracing::warn!("a form was refused that no page of ours sent, or one that is too old");
    answer(request, &Code::FormRefused.into()).await
}

async fn answer<B: MessageBody>(
    request: ServiceRequest,
    problem: &Problem,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let reader = Reader::from_request(request.request(), &mut Payload::None).await?;
    Ok(request.into_response(reader.refuse(problem).await).map_into_right_body())
}

/// What the browser says of where a request comes from (Fetch, 3.2.5 and 3.4). One that says nothing is old, or none.
fn is_same_origin(request: &HttpRequest) -> bool {
    let header = |name: &HeaderName| text(request.headers(), name);
    let site_fits = header(&FETCH_SITE).is_none_or(|site| matches!(site, "same-origin" | "none"));
    site_fits
        && header(&ORIGIN).is_none_or(|origin| {
            let host = origin.split_once("://").map(|(_, host)| host);
            let state = request.app_data::<web::Data<State>>();
            let own = state.and_then(|state| Url::parse(state.links.public_url()).ok());
            (host.is_some() && host == header(&HOST))
                || own.is_some_and(|own| own.origin().ascii_serialization() == origin)
        })
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

/// What a request says of the page that it comes from.
struct Sent {
    token: Option<String>,
    tenant: Option<String>,
}

impl Sent {
    /// Reads it from the header or the form; the form is put back for the handler.
    async fn read(request: &mut ServiceRequest) -> Result<Self> {
        if let Some(token) = text(request.headers(), &HEADER) {
            return Ok(Self { token: Some(token.to_owned()), tenant: None });
        }
        let has_files = text(request.headers(), &CONTENT_TYPE)
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"));
        let payload = request.take_payload();
        let (sent, read) = if has_files {
            let upload::Heard { bytes, is_whole } = upload::hear(request.headers(), payload).await?;
            // One that is too large is refused where it was chosen, by the handler.
            let read = if is_whole { Ok(bytes.clone()) } else { Err(PayloadError::Overflow) };
            (Self::of(|name| in_multipart(&bytes, name)), read)
        } else {
            let body = tokio::time::timeout(PATIENCE, collect(payload, MAX));
            let bytes = body.await.map_err(|_late| Code::RequestTimeout)??;
            (Self::of(|name| in_form(&bytes, name)), Ok(bytes))
        };
        request.set_payload(Payload::Stream { payload: Box::pin(stream::iter([read])) });
        Ok(sent)
    }

    fn of(field: impl Fn(&str) -> Option<String>) -> Self {
        Self { token: field(FIELD), tenant: field(TENANT) }
    }
}

fn in_form(bytes: &[u8], name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(bytes);
    pairs.find(|(of, _)| of == name).map(|(_, value)| value.into_owned())
}

/// The first part of that name (RFC 7578); it stands before the files. Nobody but its page knows the token, so whatever
/// stands there proves it.
fn in_multipart(bytes: &[u8], name: &str) -> Option<String> {
    fn after<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
        let at = bytes.windows(mark.len()).position(|window| window == mark)?;
        bytes.get(at + mark.len()..)
    }
    let head = bytes.get(..MAX).unwrap_or(bytes);
    let part = after(head, format!("name=\"{name}\"").as_bytes())?;
    let value = after(part, b"\r\n\r\n")?;
    let end = value.windows(2).position(|window| window == b"\r\n")?;
    String::from_utf8(value.get(..end)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_session_and_another_each_time() {
        let (one, again) = (token("cookie"), token("cookie"));
        assert_ne!(one, again);
        assert!(fits(&one, "cookie") && fits(&again, "cookie"));
        assert!(!fits(&one, "another"));
        for wrong in ["", "A", "%%%", one.split_at(40).0, &format!("{one}AAAA")] {
            assert!(!fits(wrong, "cookie"), "{wrong}");
        }
    }

    #[test]
    fn a_token_is_found_in_a_form_with_files() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--x\r\n\
                    Content-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n\u{1}\u{2}\r\n--x--";
        assert_eq!(in_multipart(body.as_bytes(), FIELD).as_deref(), Some("abc"));
        assert_eq!(in_multipart(body.as_bytes(), TENANT), None);
        assert_eq!(in_multipart(b"--x--", FIELD), None);
        assert_eq!(in_form(b"a=1&csrf=a%2Db", FIELD).as_deref(), Some("a-b"));
    }
}
