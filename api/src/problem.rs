//! What a client is told when something was refused or failed: `application/problem+json` (RFC 9457).

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use domain::rejection::{Code, Extra, FieldError, Kind, Rejection};
use serde::Serialize;
use utoipa::ToSchema;

use crate::request;

pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// A refusal on its way out; whatever failed inside is logged and told to nobody.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Problem(pub Box<Rejection>);

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Names the kind of problem; its last part is the code.
    #[serde(rename = "type")]
    type_: String,
    title: &'static str,
    status: u16,
    /// Stable: branch on it.
    #[schema(example = "SLOT_UNAVAILABLE")]
    code: &'static str,
    /// For a person.
    detail: String,
    errors: Vec<FieldError>,
    /// Tell it to support.
    request_id: String,
    #[serde(flatten)]
    #[schema(ignore)]
    extra: Option<Extra>,
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self(Box::new(rejection))
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Rejection::from(code).into()
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Rejected(rejection) => rejection.into(),
            store::Error::Unavailable(why) => {
                tracing::warn!(%why, "the database is not available");
                Code::Unavailable.into()
            }
            store::Error::Database(error) => failed(&error),
        }
    }
}

/// Something of ours failed: the log gets the reason, the client a request id.
pub fn failed(error: &dyn std::error::Error) -> Problem {
    tracing::error!(error = %error, "the request failed");
    Code::Internal.into()
}

impl Problem {
    pub const fn code(&self) -> Code {
        self.0.code
    }

    fn body(&self) -> ProblemBody {
        let Rejection { code, detail, errors, extra } = self.0.as_ref().clone();
        ProblemBody {
            type_: format!(
                "https://harmony.example/problems/{}",
                code.text().to_lowercase().replace('_', "-")
            ),
            title: status(code.kind()).canonical_reason().unwrap_or_default(),
            status: status(code.kind()).as_u16(),
            code: code.text(),
            detail,
            errors,
            request_id: request::id(),
            extra: extra.map(|extra| *extra),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(self.0.code.kind())
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self.0.extra.as_deref() {
            Some(Extra::RetryAfter { retry_after }) => {
                response.insert_header((RETRY_AFTER, retry_after.to_string()));
            }
            _ if self.0.code == Code::Unavailable => {
                response.insert_header((RETRY_AFTER, "1"));
            }
            _ if self.0.code.kind() == Kind::Unauthenticated => {
                response.insert_header((WWW_AUTHENTICATE, "Bearer"));
            }
            _ => {}
        }
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        response.body(serde_json::to_vec(&self.body()).unwrap_or_default())
    }
}

/// The one place where a refusal gets its status.
const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Plan => StatusCode::PAYMENT_REQUIRED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Method => StatusCode::METHOD_NOT_ALLOWED,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::Late => StatusCode::REQUEST_TIMEOUT,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}
