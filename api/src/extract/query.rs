//! What the address and the headers say.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};
use domain::rejection::{Code, Rejection};
use serde::de::DeserializeOwned;

use super::body::LONGEST_DETAIL;
use crate::problem::{Problem, Result};

/// The query of the address. Unknown and malformed parameters are refused by their names.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T> {
    if query.contains("%00") || query.contains('\0') {
        return Err(Rejection::invalid("?", "INVALID", "must not contain U+0000").into());
    }
    let deserializer = serde_urlencoded::Deserializer::new(url::form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let name = error.path().to_string();
        let mut detail = error.into_inner().to_string();
        let code = super::body::code_of(&detail);
        detail.truncate(detail.floor_char_boundary(LONGEST_DETAIL));
        Rejection::invalid(format!("?{}", name.trim_matches('.')), code, detail).into()
    })
}

/// A part of the address. One that can't be what it should be names nothing: 404.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T> Deref for Path<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let info = request.match_info();
        // The part before, `{tenant}`, belongs to who asks.
        let own = info.iter().filter(|(name, _)| *name != "tenant").map(|(_, value)| value).last();
        let value = own.filter(|value| !value.contains('\0')).map(str::to_owned);
        let parsed = value.and_then(|value| {
            T::deserialize(serde::de::value::StringDeserializer::<serde::de::value::Error>::new(value)).ok()
        });
        ready(parsed.map(Self).ok_or_else(|| Code::NotFound.into()))
    }
}

/// The version a change was made to, from `If-Match: "3"`; `None` without the header or with `*`.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub Option<i64>);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        ready(match request.headers().get(IF_MATCH).map(|value| value.to_str().unwrap_or("?").trim()) {
            None | Some("*") => Ok(Self(None)),
            Some(tag) => {
                let version = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
                match version.and_then(|version| version.parse().ok()) {
                    Some(version) => Ok(Self(Some(version))),
                    // A tag that we never gave matches nothing.
                    None => Err(Code::VersionMismatch.into()),
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::PageQuestion;

    #[test]
    fn what_was_asked_is_repeated_only_in_part() {
        for query in [format!("limit={}", "é".repeat(1_000)), format!("{}=1", "x".repeat(2_000))] {
            let problem = parse::<PageQuestion>(&query).unwrap_err();
            assert!(problem.0.errors.iter().all(|error| error.detail.len() <= LONGEST_DETAIL), "{problem:?}");
        }
    }
}
