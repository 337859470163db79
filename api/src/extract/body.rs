//! What the body says.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use domain::rejection::{Code, Rejection};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

use super::objects::Strict;
use crate::problem::{Problem, Result};

/// Most bytes of a JSON body.
const MAX_BODY: usize = 64 * 1024;

/// Most bytes of what a refusal says of one value: some of it may be what was sent.
pub(super) const LONGEST_DETAIL: usize = 300;

/// How long a body may take to arrive.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A JSON body. Unknown fields are refused, so that a typo is never silently lost.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, body: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), body.take());
        Box::pin(async move { Ok(Self(parse(&read(&request, body).await?)?)) })
    }
}

/// A JSON body that may be sent twice: with the key and the hash that tell whether it was.
#[derive(Debug)]
pub struct Submission<T> {
    pub body: T,
    /// From `Idempotency-Key`: 1 to 255 visible characters of ASCII.
    pub key: Option<String>,
    /// SHA-256 of method, path and body.
    pub hash: [u8; 32],
}

impl<T: DeserializeOwned + 'static> FromRequest for Submission<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, body: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), body.take());
        Box::pin(async move {
            let key = match request.headers().get(IDEMPOTENCY_KEY).map(|key| key.to_str()) {
                None => None,
                Some(Ok(key))
                    if (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) =>
                {
                    Some(key.to_owned())
                }
                Some(_) => {
                    return Err(Rejection::new(
                        Code::MalformedHeader,
                        "Idempotency-Key must have 1 to 255 visible characters of ASCII.",
                    )
                    .into());
                }
            };
            let bytes = read(&request, body).await?;
            let mut hash = Sha256::new();
            if key.is_some() {
                hash.update(request.method().as_str());
                hash.update(request.path());
                hash.update(&bytes);
            }
            Ok(Self { body: parse(&bytes)?, key, hash: hash.finalize().into() })
        })
    }
}

/// The body, if it is JSON, fits and arrives in time.
async fn read(request: &HttpRequest, body: Payload) -> Result<Bytes> {
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Code::UnsupportedMediaType.into());
    }
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Err(Code::BodyTooLarge.into());
    }
    tokio::time::timeout(PATIENCE, collect(body, MAX_BODY)).await.map_err(|_late| Code::RequestTimeout)?
}

/// At most `most` bytes.
pub(crate) async fn collect(mut body: Payload, most: usize) -> Result<Bytes> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_broken_off| Problem::from(Code::MalformedJson))?;
        if bytes.len() + chunk.len() > most {
            return Err(Code::BodyTooLarge.into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // PostgreSQL keeps no U+0000. Only a body that spells one is worth a second look.
    if bytes.windows(6).any(|window| window.eq_ignore_ascii_case(br"\u0000")) {
        let value: serde_json::Value =
            serde_json::from_slice(bytes).map_err(|_malformed| Code::MalformedJson)?;
        if let Some(pointer) = null_character(&value, String::new()) {
            return Err(Rejection::invalid(pointer, "INVALID", "must not contain U+0000").into());
        }
    }
    // Whatever is no object is refused as a whole, so first it must be JSON as a whole.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        serde_json::from_slice::<serde::de::IgnoredAny>(bytes).map_err(|_malformed| Code::MalformedJson)?;
        return Err(Rejection::invalid("", "WRONG_TYPE", "must be an object").into());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value =
        serde_path_to_error::deserialize(Strict(&mut deserializer)).map_err(|error| refusal(&error))?;
    deserializer.end().map_err(|_more| Code::MalformedJson)?;
    Ok(value)
}

fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    use serde_path_to_error::Segment;

    if !error.inner().is_data() {
        return Code::MalformedJson.into();
    }
    let mut pointer = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => pointer = format!("{pointer}/{index}"),
            Segment::Map { key } => {
                pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let mut detail = error.inner().to_string();
    // The place in the bytes helps nobody who has a pointer.
    if let Some(at) = detail.rfind(" at line ") {
        detail.truncate(at);
    }
    let code = code_of(&detail);
    if let Some(name) = quoted(&detail).filter(|_| matches!(code, "UNKNOWN_FIELD" | "REQUIRED"))
        && !pointer.ends_with(&format!("/{name}"))
    {
        pointer = format!("{pointer}/{name}");
    }
    detail.truncate(detail.floor_char_boundary(LONGEST_DETAIL));
    Rejection::invalid(pointer, code, detail).into()
}

/// The code for what serde says is wrong.
pub(super) fn code_of(detail: &str) -> &'static str {
    if detail.starts_with("unknown field") {
        "UNKNOWN_FIELD"
    } else if detail.starts_with("missing field") {
        "REQUIRED"
    } else if detail.starts_with("invalid type") {
        "WRONG_TYPE"
    } else {
        "INVALID"
    }
}

fn quoted(detail: &str) -> Option<&str> {
    detail.split('`').nth(1).filter(|name| name.len() <= 100)
}

fn null_character(value: &serde_json::Value, pointer: String) -> Option<String> {
    match value {
        serde_json::Value::String(text) => text.contains('\0').then_some(pointer),
        serde_json::Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| null_character(item, format!("{pointer}/{index}"))),
        serde_json::Value::Object(fields) => fields.iter().find_map(|(name, item)| {
            let inner = format!("{pointer}/{}", name.replace('\0', "?"));
            if name.contains('\0') { Some(inner) } else { null_character(item, inner) }
        }),
        _ => None,
    }
}

/// For a field of a PATCH (RFC 7396) that can't be taken away: absent leaves it as it is, null is refused.
pub fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// For a field of a PATCH (RFC 7396): absent leaves it as it is, null takes it away.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
