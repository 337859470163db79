//! What the public sees: Harmony's front page, and the site of each tenant.

pub mod booking;
pub mod manage;
pub mod welcome;

use actix_web::http::Method;

use super::table::{Access, Page, page};

pub fn routes() -> Vec<Page> {
    vec![
        page(Method::GET, "/", Access::Anybody, welcome::show),
        page(Method::GET, "/manage/{token}", Access::Anybody, manage::show),
        page(Method::POST, "/manage/{token}", Access::Anybody, manage::cancel),
        page(Method::GET, "/{tenant}", Access::Visitor, booking::home),
        page(Method::GET, "/{tenant}/book", Access::Visitor, booking::choose),
        page(Method::POST, "/{tenant}/book", Access::Visitor, booking::book),
    ]
}
