//! The account of whoever is signed in, whatever tenant they are in.

pub mod profile;
pub mod security;

use actix_web::http::Method;
use domain::access::Permission;

use crate::pages::table::{Access, Page, page};

pub(super) fn routes() -> Vec<Page> {
    let read = Access::Member(Permission::Read);
    let (get, post) = (|| Method::GET, || Method::POST);
    vec![
        page(get(), "/app/account", read, profile::show),
        page(post(), "/app/account", read, profile::update),
        // Where a form was refused, as long as the page is loaded again.
        page(get(), "/app/account/email", read, profile::show),
        page(post(), "/app/account/email", read, profile::change_email),
        page(post(), "/app/account/email/withdrawal", read, profile::withdraw_email),
        page(get(), "/app/account/security", read, security::show),
        page(get(), "/app/account/password", read, security::show),
        page(post(), "/app/account/password", read, security::change_password),
        page(post(), "/app/account/sessions/end", read, security::end_others),
        page(post(), "/app/account/sessions/{id}/end", read, security::end),
    ]
}
