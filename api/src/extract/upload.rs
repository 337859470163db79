//! What a form with a file says, or a file alone.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use domain::rejection::{Code, Rejection};
use futures_util::{StreamExt, stream};
use multer::{Constraints, Multipart, SizeLimit};

use crate::problem::{Problem, Result};

/// Most bytes of a file, and some more for what stands around it in a form.
const MOST: usize = providers::images::MOST_BYTES + 64 * 1024;
/// What is too large is still heard to this end: a browser that is cut off shows an error of its own and not ours.
const HEARD: usize = 3 * MOST;
/// How long it may take to arrive, over a telephone too.
const PATIENCE: Duration = Duration::from_mins(2);
/// Most bytes of a field that is no file.
const MOST_OF_A_FIELD: u64 = 4_096;

/// `multipart/form-data` with a file named `file`, or a picture as the whole body. A file of no bytes is none: browsers send
/// one when nothing was chosen.
#[derive(Debug, Default)]
pub struct Upload {
    pub file: Option<Bytes>,
    /// As it is called where it comes from; empty when nobody said so.
    pub name: String,
}

/// The same with a calendar (RFC 5545).
#[derive(Debug, Default)]
pub struct CalendarUpload(pub Upload);

/// The same with a table: comma-separated values, of a type that browsers and programs give them.
#[derive(Debug, Default)]
pub struct TableUpload(pub Upload);

impl FromRequest for Upload {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, body: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), body.take());
        Box::pin(take(request, body, |essence| essence.starts_with("image/"), "a picture"))
    }
}

impl FromRequest for CalendarUpload {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, body: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), body.take());
        let is_calendar = |essence: &str| essence == "text/calendar";
        Box::pin(async move { take(request, body, is_calendar, "a calendar").await.map(Self) })
    }
}

impl FromRequest for TableUpload {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, body: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), body.take());
        let is_table = |essence: &str| essence.starts_with("text/") || essence == "application/vnd.ms-excel";
        Box::pin(async move { take(request, body, is_table, "a table").await.map(Self) })
    }
}

async fn take(
    request: HttpRequest,
    body: Payload,
    is_wanted: impl Fn(&str) -> bool,
    what: &str,
) -> Result<Upload> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let content_type = header(CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let boundary = multer::parse_boundary(content_type).ok();
    let is_file = is_wanted(&essence) || essence == "application/octet-stream";
    if boundary.is_none() && !is_file {
        let why = format!("Send {what}, alone or as `file` of multipart/form-data.");
        return Err(Rejection::new(Code::UnsupportedMediaType, why).into());
    }
    let Heard { bytes, is_whole } = hear(request.headers(), body).await?;
    if !is_whole {
        return Err(too_large());
    }
    match boundary {
        Some(boundary) => read(bytes, boundary).await,
        None => Ok(Upload { file: Some(bytes).filter(|bytes| !bytes.is_empty()), name: String::new() }),
    }
}

fn too_large() -> Problem {
    Rejection::new(Code::BodyTooLarge, "A file may have at most 10 MB.").into()
}

/// What arrived of a body.
pub(crate) struct Heard {
    /// All of it, or its beginning.
    pub bytes: Bytes,
    /// Whether it is as large as it may be at most.
    pub is_whole: bool,
}

/// Reads a body with files; of one that is too large only the beginning is kept.
pub(crate) async fn hear(headers: &HeaderMap, body: Payload) -> Result<Heard> {
    let announced =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > HEARD) {
        return Err(too_large());
    }
    let arriving = tokio::time::timeout(PATIENCE, collect(body));
    arriving.await.map_err(|_late| Code::RequestTimeout)?
}

async fn collect(mut body: Payload) -> Result<Heard> {
    let mut bytes = BytesMut::new();
    let mut heard = 0_usize;
    while let Some(chunk) = body.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            // It was heard before, for its token.
            Err(PayloadError::Overflow) => return Err(too_large()),
            Err(_broken_off) => return Err(unreadable()),
        };
        heard += chunk.len();
        if heard > HEARD {
            break;
        }
        if heard <= MOST {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(Heard { bytes: bytes.freeze(), is_whole: heard <= MOST })
}

fn unreadable() -> Problem {
    Rejection::invalid("", "INVALID", "can't be read as multipart/form-data").into()
}

async fn read(bytes: Bytes, boundary: String) -> Result<Upload> {
    let whole = stream::once(std::future::ready(Ok::<_, std::io::Error>(bytes)));
    let limits = SizeLimit::new().per_field(MOST_OF_A_FIELD).for_field("file", u64::MAX);
    let mut form = Multipart::with_constraints(whole, boundary, Constraints::new().size_limit(limits));
    let mut upload = Upload::default();
    while let Some(field) = form.next_field().await.map_err(|_malformed| unreadable())? {
        if field.name() == Some("file") {
            upload.name = field.file_name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|_malformed| unreadable())?;
            upload.file = Some(bytes).filter(|bytes| !bytes.is_empty());
        }
    }
    Ok(upload)
}
