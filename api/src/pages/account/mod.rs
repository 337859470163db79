//! Pages of an account: signing up and in, proving an address.

pub mod verify;

use actix_web::http::Method;

use super::table::{Access, Page, page};

pub fn routes() -> Vec<Page> {
    vec![
        page(Method::GET, "/verify/{token}", Access::Anybody, verify::ask),
        page(Method::POST, "/verify/{token}", Access::Anybody, verify::verify),
    ]
}
