//! Programs in browsers that are served elsewhere: which websites may read the API's answers (Fetch standard, 3.2).

use std::str::FromStr;

use actix_cors::Cors;
use actix_web::http::header::{
    AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH, LOCATION,
    RETRY_AFTER,
};
use actix_web::middleware::Condition;
use domain::embedding;

/// How long a browser remembers the answer to its question, in seconds: the most that Chromium does.
const REMEMBERED: usize = 7_200;

/// The origins (RFC 6454) whose pages may speak to the API. They bring their token along: no cookie goes with what they ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<String>);

impl FromStr for Origins {
    type Err = String;

    /// Such as `https://app.example.org,http://localhost:3000`; empty: none.
    fn from_str(text: &str) -> Result<Self, String> {
        let named = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        named
            .map(|name| embedding::origin(name).map_err(|why| format!("{name:?} {why}")))
            .collect::<Result<Vec<_>, _>>()
            .map(Self)
    }
}

impl Origins {
    /// Says nothing without any: browsers then keep every other website out.
    pub fn cors(&self) -> Condition<Cors> {
        let named = |name: &'static str| HeaderName::from_static(name);
        let all = Cors::default()
            .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
            .allowed_headers([
                AUTHORIZATION,
                CONTENT_TYPE,
                IF_MATCH,
                IF_NONE_MATCH,
                named("idempotency-key"),
                named("last-event-id"),
            ])
            .expose_headers([
                ETAG,
                LOCATION,
                RETRY_AFTER,
                CONTENT_DISPOSITION,
                named("x-request-id"),
                named("ratelimit-limit"),
                named("ratelimit-remaining"),
                named("ratelimit-reset"),
            ])
            .max_age(REMEMBERED);
        let cors = self.0.iter().fold(all, |cors, origin| cors.allowed_origin(origin));
        Condition::new(!self.0.is_empty(), cors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_websites_are_named() {
        let two: Origins = "https://App.example.org/, http://localhost:3000".parse().unwrap();
        assert_eq!(two.0, ["https://app.example.org", "http://localhost:3000"]);
        assert_eq!("".parse(), Ok(Origins::default()));
        for text in
            ["*", "https://*.example.org", "http://app.example.org", "https://app.example.org/page", "null"]
        {
            assert!(text.parse::<Origins>().is_err(), "{text}");
        }
    }
}
