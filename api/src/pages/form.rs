//! Forms: how they are read, and what a person is told of what is wrong with them.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::rejection::{Code, FieldError, Kind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use templates::Text;

use crate::extract::{PATIENCE, collect};
use crate::problem::{Problem, Result, failed};

/// A form that was sent: `application/x-www-form-urlencoded`, at most 64 KiB. A name that comes several times fills a
/// `Vec` only by `serde`'s own means; see [`Pairs`].
pub struct Form<T>(pub T);

/// The same as its pairs, in their order, for forms with rows.
pub type Pairs = Form<Vec<(String, String)>>;

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(_request: &HttpRequest, body: &mut Payload) -> Self::Future {
        const MAX: usize = 64 * 1024;
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

/// Something wrong with a form: the field it is about, if it is about one, and the sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flaw {
    /// The input's name; empty: the form as a whole.
    pub field: String,
    pub text: String,
}

/// One of several values to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

/// Whether a form can say what is wrong; what failed on our side has a page of its own.
pub fn refuses_a_person(problem: &Problem) -> bool {
    !matches!(problem.code().kind(), Kind::Internal | Kind::Unavailable)
}

/// Does the work of a form that may be sent twice: the second waits for what comes of the first, and gets the same.
pub async fn settled<T>(work: impl AsyncFn() -> Result<T>) -> Result<T> {
    for _ in 0..WAITS {
        match work().await {
            Err(problem) if problem.code() == Code::IdempotencyInProgress => tokio::time::sleep(WAIT).await,
            done => return done,
        }
    }
    work().await
}

/// Between two looks at whether a form's first sending is done, and how often: three seconds in all.
const WAIT: Duration = Duration::from_millis(100);
const WAITS: u32 = 30;

/// What is wrong, in the order of the form: `fields` names for each pointer of the API the input that holds it. What
/// points elsewhere is told of the form as a whole. The words are `flaw-<field>`'s, if there are such, else `flaw`'s.
pub fn flaws(problem: &Problem, fields: &[(&str, &str)], text: Text<'_>) -> Result<Vec<Flaw>> {
    let errors = &problem.0.errors;
    if errors.is_empty() {
        let text =
            text.t_with("flaw-code", &[("code", problem.code().text())]).map_err(|error| failed(&error))?;
        return Ok(vec![Flaw { field: String::new(), text }]);
    }
    let place = |error: &FieldError| {
        fields.iter().position(|(pointer, _)| {
            error.pointer == *pointer
                || pointer.strip_suffix('*').is_some_and(|start| error.pointer.starts_with(start))
        })
    };
    let mut placed: Vec<_> = errors.iter().map(|error| (place(error).unwrap_or(usize::MAX), error)).collect();
    placed.sort_by_key(|(place, _)| *place);
    let mut flaws: Vec<Flaw> = Vec::new();
    for (place, error) in placed {
        let field = fields.get(place).map_or("", |(_, name)| *name);
        if !field.is_empty() && flaws.iter().any(|flaw| flaw.field == field) {
            continue;
        }
        let named = [("code", error.code), ("field", field)];
        let text = text.t_with("flaw", &named).map_err(|error| failed(&error))?;
        flaws.push(Flaw { field: field.to_owned(), text });
    }
    Ok(flaws)
}

/// What asks for the present password and nothing else.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    pub current_password: String,
}
