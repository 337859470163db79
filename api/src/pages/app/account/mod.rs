//! The account of whoever is signed in, whatever tenant they are in.

pub mod identities;
pub mod passkeys;
pub mod profile;
pub mod second_factor;
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
        page(get(), "/app/account/removal", read, profile::show),
        page(post(), "/app/account/removal", read, profile::remove),
        page(get(), "/app/account/data", read, profile::data),
        page(get(), "/app/account/security", read, security::show),
        page(get(), "/app/account/password", read, security::show),
        page(post(), "/app/account/password", read, security::change_password),
        page(get(), "/app/account/two-factor", read, second_factor::show),
        page(post(), "/app/account/two-factor", read, second_factor::begin),
        page(get(), "/app/account/two-factor/confirmation", read, second_factor::show),
        page(post(), "/app/account/two-factor/confirmation", read, second_factor::confirm),
        page(get(), "/app/account/two-factor/codes", read, second_factor::ask_codes),
        page(post(), "/app/account/two-factor/codes", read, second_factor::renew_codes),
        page(get(), "/app/account/two-factor/removal", read, second_factor::ask_removal),
        page(post(), "/app/account/two-factor/removal", read, second_factor::remove),
        page(get(), "/app/account/passkeys", read, passkeys::show),
        page(post(), "/app/account/passkeys", read, passkeys::create),
        page(get(), "/app/account/passkeys/challenge", read, passkeys::show),
        page(post(), "/app/account/passkeys/challenge", read, passkeys::begin),
        page(get(), "/app/account/passkeys/{id}", read, passkeys::edit),
        page(post(), "/app/account/passkeys/{id}", read, passkeys::rename),
        page(get(), "/app/account/passkeys/{id}/removal", read, passkeys::edit),
        page(post(), "/app/account/passkeys/{id}/removal", read, passkeys::remove),
        page(get(), "/app/account/identities/confirmation", read, identities::ask),
        page(post(), "/app/account/identities/confirmation", read, identities::confirm),
        page(get(), "/app/account/identities/{id}/removal", read, identities::ask_removal),
        page(post(), "/app/account/identities/{id}/removal", read, identities::remove),
        page(post(), "/app/account/sessions/end", read, security::end_others),
        page(post(), "/app/account/sessions/{id}/end", read, security::end),
    ]
}
