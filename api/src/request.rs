//! Around every request: its id, its log line, its figures, the headers every answer carries.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use queue::Quota;
use store::trace;
use telemetry::{KeyValue, Span, SpanBuilder, SpanKind};
use tracing::Instrument;
use uuid::Uuid;

use crate::limit;
use crate::pages::Framed;
use crate::state::State;

tokio::task_local! {
    /// How the bucket stands that the client must mind, of those that something was taken of.
    static QUOTA: Rc<Cell<Option<Quota>>>;
}

/// What no page needs, and no script that gets into one may use (W3C Permissions Policy); what some do, in ours alone.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
    magnetometer=(), microphone=(), midi=(), payment=(), usb=(), clipboard-write=(self), \
    publickey-credentials-create=(self), publickey-credentials-get=(self)";
/// A browser that was here once comes back by TLS alone, for a year (RFC 6797).
const TLS_ALONE: &str = "max-age=31536000";
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request that is being answered; empty outside of one.
pub fn id() -> String {
    trace::request_id().unwrap_or_default()
}

/// Has the answer tell how a bucket stands: of several, the one with least left.
pub fn note(quota: Quota) {
    // Outside of a request there is nobody to tell.
    let _outside = QUOTA.try_with(|noted| {
        noted.set(Some(noted.get().map_or(quota, |other| limit::tighter(quota, other))));
    });
}

/// Runs everything else. Log lines name the route's pattern, never the address as it came: addresses hold tokens, codes
/// and email addresses.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let state = request.app_data::<web::Data<State>>().cloned();
    let id = given_id(&request).unwrap_or_else(|| match &state {
        Some(state) => Uuid::new_v7(uuid::Timestamp::from_unix(
            uuid::NoContext,
            u64::try_from(state.clock.now().timestamp()).unwrap_or(0),
            0,
        ))
        .to_string(),
        None => String::new(),
    });
    let method = request.method().clone();
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let mut traced = traced(&request, &route, &id);
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        %method,
        route,
        tenant_id = tracing::field::Empty,
        trace_id = traced.trace_id().map(tracing::field::display),
    );
    let quota = Rc::new(Cell::new(None));
    let answer = QUOTA.scope(quota.clone(), next.call(request).instrument(span.clone()));
    let answer = trace::within(traced.traceparent(), trace::of_request(id.clone(), answer));
    let mut response = boxed(answer).await?;
    let status = response.status();
    traced.tell(|| KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
    if status.is_server_error() {
        traced.fail("server error");
    }
    let elapsed = started.elapsed();
    if let Some(state) = &state {
        state.metrics.request(&method, &route, status, elapsed);
    }
    let ms = elapsed.as_millis();
    span.in_scope(|| {
        if let 500.. = status.as_u16() {
            tracing::error!(status = status.as_u16(), ms, "answered");
        } else {
            tracing::info!(status = status.as_u16(), ms, "answered");
        }
    });
    let is_framed = response.response().extensions().contains::<Framed>();
    let headers = response.headers_mut();
    if !is_framed {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if let Some(quota) = quota.get() {
        limit::tell(headers, quota);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Of documents alone: with each file of a page it would only be weight.
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind.is_some_and(|kind| kind.starts_with(b"text/html")) {
        headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    }
    // Only where the platform is reached by it: browsers hold others to it, too.
    if state.is_some_and(|state| state.links.public_url().starts_with("https://")) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TLS_ALONE));
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    Ok(response)
}

/// The request as a part of a trace: of the caller's, if it names one (<https://www.w3.org/TR/trace-context/>).
fn traced(request: &ServiceRequest, route: &str, id: &str) -> Span {
    let traceparent = request.headers().get(TRACEPARENT).and_then(|value| value.to_str().ok());
    Span::start(traceparent, || {
        let method = request.method();
        SpanBuilder::from_name(format!("{method} {route}")).with_kind(SpanKind::Server).with_attributes([
            KeyValue::new("http.request.method", method.to_string()),
            KeyValue::new("http.route", route.to_owned()),
            KeyValue::new("harmony.request_id", id.to_owned()),
        ])
    })
}

/// The future of a whole request is large: on the heap, it is not copied about.
fn boxed<F: Future>(future: F) -> std::pin::Pin<Box<F>> {
    Box::pin(future)
}

/// An id the caller chose: 1 to 64 letters, digits, dashes and underscores. Others are ignored.
fn given_id(request: &ServiceRequest) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let fits = (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    fits.then(|| id.to_owned())
}
