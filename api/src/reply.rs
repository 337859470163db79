//! The shapes of answers that all nouns share.

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use serde::Serialize;

/// One thing with its version, for `If-Match`.
pub fn versioned(body: &impl Serialize, version: i64) -> HttpResponse {
    HttpResponse::Ok().insert_header((ETAG, format!("\"{version}\""))).json(body)
}
