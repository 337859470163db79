//! Harmony's own front page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

use crate::pages::{Reader, render};

#[derive(Serialize)]
struct Welcome {}

pub async fn show(reader: Reader) -> HttpResponse {
    let frame = reader.frame(reader.lang());
    reader
        .answer(async { render(&reader.state, &frame, StatusCode::OK, "public/welcome", &Welcome {}) })
        .await
}
