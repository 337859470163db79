//! Pages for those who build Harmony. They are not there in production.

pub mod components;
pub mod outbox;
pub mod routes;

use actix_web::http::Method;

use super::table::{Access, Page, page};

pub fn routes() -> Vec<Page> {
    vec![
        page(Method::GET, "/dev/outbox", Access::Development, outbox::list),
        page(Method::GET, "/dev/outbox/{id}", Access::Development, outbox::show),
        page(Method::GET, "/dev/outbox/{id}/html", Access::Development, outbox::html),
        page(Method::GET, "/dev/outbox/{id}/attachments/{index}", Access::Development, outbox::attachment),
        page(Method::GET, "/dev/components", Access::Development, components::show),
        page(Method::GET, "/dev/routes", Access::Development, routes::list),
    ]
}
