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

/// The same with what answers a question: a picture or a PDF.
#[derive(Debug, Default)]
pub struct AnswerUpload(pub Upload);

/// A form that may have files: its fields in their order, and the files that have bytes, each with the name of its input
/// and its own. `application/x-www-form-urlencoded` of at most 256 KiB, or `multipart/form-data` of at most 32 MB.
#[derive(Debug, Default)]
pub struct Filled {
    pub pairs: Vec<(String, String)>,
    pub files: Vec<(String, String, Bytes)>,
}

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

impl FromRequest for AnswerUpload {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, body: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), body.take());
        let is_answer = |essence: &str| essence.starts_with("image/") || essence == "application/pdf";
        Box::pin(async move { take(request, body, is_answer, "a picture or a PDF").await.map(Self) })
    }
}

impl FromRequest for Filled {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, body: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), body.take());
        Box::pin(fill(request, body))
    }
}

/// Most bytes of a form with several files, and of one without.
const MOST_FILLED: usize = 32 * 1024 * 1024;
const MOST_PLAIN: usize = 256 * 1024;
/// Most files of a form.
const MOST_FILES: usize = 20;

async fn fill(request: HttpRequest, body: Payload) -> Result<Filled> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(content_type.unwrap_or_default()).ok();
    let most = if boundary.is_some() { MOST_FILLED } else { MOST_PLAIN };
    let Heard { bytes, is_whole } = hear_within(request.headers(), body, most).await?;
    if !is_whole {
        return Err(too_large());
    }
    let Some(boundary) = boundary else {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(&bytes).map_err(|_malformed| Code::MalformedQuery)?;
        return Filled { pairs, files: Vec::new() }.without_zeros();
    };
    let whole = stream::once(std::future::ready(Ok::<_, std::io::Error>(bytes)));
    let mut form = Multipart::new(whole, boundary);
    let mut filled = Filled::default();
    while let Some(field) = form.next_field().await.map_err(|_malformed| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|_malformed| unreadable())?;
        match file_name {
            Some(file_name) if !bytes.is_empty() && filled.files.len() < MOST_FILES => {
                filled.files.push((name, file_name, bytes));
            }
            // Nothing was chosen.
            Some(_) => {}
            None => {
                let text = String::from_utf8(bytes.to_vec()).map_err(|_binary| Code::MalformedQuery)?;
                filled.pairs.push((name, text));
            }
        }
    }
    let plain: usize = filled.pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
    if plain > MOST_PLAIN {
        return Err(too_large());
    }
    filled.without_zeros()
}

impl Filled {
    fn without_zeros(self) -> Result<Self> {
        let has_zero = |text: &str| text.contains('\0');
        let is_odd = self.pairs.iter().any(|(name, value)| has_zero(name) || has_zero(value));
        if is_odd { Err(Code::MalformedQuery.into()) } else { Ok(self) }
    }

    /// Of several the first; nothing is empty.
    pub fn text(&self, name: &str) -> String {
        let mut named = self.pairs.iter().filter(|(own, _)| own == name);
        named.next().map(|(_, value)| value.clone()).unwrap_or_default()
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
    hear_within(headers, body, MOST).await
}

async fn hear_within(headers: &HeaderMap, body: Payload, most: usize) -> Result<Heard> {
    let announced =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > HEARD.max(most)) {
        return Err(too_large());
    }
    let arriving = tokio::time::timeout(PATIENCE, collect(body, most));
    arriving.await.map_err(|_late| Code::RequestTimeout)?
}

async fn collect(mut body: Payload, most: usize) -> Result<Heard> {
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
        if heard > HEARD.max(most) {
            break;
        }
        if heard <= most {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(Heard { bytes: bytes.freeze(), is_whole: heard <= most })
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
