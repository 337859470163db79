//! The table of pages as JSON, for the tests that walk through all of them in a browser.

use actix_web::HttpResponse;
use serde::Serialize;

use crate::pages::table::{self, Access};

#[derive(Serialize)]
struct Line {
    method: String,
    path: &'static str,
    access: &'static str,
}

pub async fn list() -> HttpResponse {
    let lines: Vec<Line> = table::pages()
        .into_iter()
        .map(|page| Line {
            method: page.method.to_string(),
            path: page.path,
            access: match page.access {
                Access::Anybody => "anybody",
                Access::Visitor => "visitor",
                Access::Member(_) => "member",
                Access::Operator => "operator",
                Access::Development => "development",
            },
        })
        .collect();
    HttpResponse::Ok().json(lines)
}
