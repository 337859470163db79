//! What the public sees: Harmony's front page, and the site of each tenant.

pub mod account;
pub mod book;
pub mod head;
pub mod home;
pub mod legal;
pub mod manage;
pub mod picker;
pub mod qr;
pub mod site;
pub mod waitlist;
pub mod welcome;

use actix_web::http::Method;

use super::assets;
use super::table::{Access, Page, page};

pub fn routes() -> Vec<Page> {
    use Access::{Anybody, Visitor};
    vec![
        page(Method::GET, "/", Anybody, welcome::show),
        page(Method::GET, "/robots.txt", Anybody, head::robots),
        page(Method::GET, "/sitemap.xml", Anybody, head::sitemap),
        page(Method::GET, "/manage/{token}", Anybody, manage::show),
        page(Method::GET, "/manage/{token}/calendar.ics", Anybody, manage::calendar),
        page(Method::GET, "/manage/{token}/move", Anybody, manage::reschedule::show),
        page(Method::POST, "/manage/{token}/move", Anybody, manage::reschedule::create),
        page(Method::GET, "/manage/{token}/checkout", Anybody, manage::checkout::show),
        page(Method::POST, "/manage/{token}/checkout", Anybody, manage::checkout::pay),
        page(Method::GET, "/manage/{token}/cancel", Anybody, manage::cancel::show),
        page(Method::POST, "/manage/{token}/cancel", Anybody, manage::cancel::create),
        page(Method::POST, "/manage/{token}/accept", Anybody, manage::offer::accept),
        page(Method::GET, "/waitlist/{token}", Anybody, waitlist::show),
        page(Method::POST, "/waitlist/{token}/leave", Anybody, waitlist::leave),
        page(Method::GET, "/embed.js", Anybody, assets::embed),
        page(Method::GET, "/embed/{tenant}", Visitor, book::services),
        page(Method::GET, "/embed/{tenant}/book", Visitor, book::services),
        page(Method::POST, "/embed/{tenant}/book", Visitor, book::details::create),
        page(Method::GET, "/embed/{tenant}/book/staff", Visitor, book::staff),
        page(Method::GET, "/embed/{tenant}/book/time", Visitor, book::time),
        page(Method::GET, "/embed/{tenant}/book/details", Visitor, book::details::show),
        page(Method::GET, "/embed/{tenant}/book/waitlist", Visitor, book::waitlist::show),
        page(Method::POST, "/embed/{tenant}/book/waitlist", Visitor, book::waitlist::create),
        page(Method::GET, "/embed/{tenant}/manage/{token}", Visitor, manage::show),
        page(Method::GET, "/embed/{tenant}/waitlist/{token}", Visitor, waitlist::show),
        page(Method::GET, "/{tenant}", Visitor, home::show),
        page(Method::GET, "/{tenant}/book", Visitor, book::services),
        page(Method::POST, "/{tenant}/book", Visitor, book::details::create),
        page(Method::GET, "/{tenant}/book/staff", Visitor, book::staff),
        page(Method::GET, "/{tenant}/book/time", Visitor, book::time),
        page(Method::GET, "/{tenant}/book/details", Visitor, book::details::show),
        page(Method::GET, "/{tenant}/book/waitlist", Visitor, book::waitlist::show),
        page(Method::POST, "/{tenant}/book/waitlist", Visitor, book::waitlist::create),
        page(Method::GET, "/{tenant}/manage", Visitor, manage::find::show),
        page(Method::POST, "/{tenant}/manage", Visitor, manage::find::create),
        page(Method::GET, "/{tenant}/account", Visitor, account::show),
        page(Method::POST, "/{tenant}/account", Visitor, account::sign_in::ask),
        page(Method::POST, "/{tenant}/account/profile", Visitor, account::update),
        page(Method::POST, "/{tenant}/account/sign-out", Visitor, account::sign_out),
        page(Method::GET, "/{tenant}/account/sign-in/{token}", Visitor, account::sign_in::show),
        page(Method::POST, "/{tenant}/account/sign-in/{token}", Visitor, account::sign_in::create),
        page(Method::GET, "/{tenant}/privacy", Visitor, legal::privacy),
        page(Method::GET, "/{tenant}/terms", Visitor, legal::terms),
        page(Method::GET, "/{tenant}/legal", Visitor, legal::notice),
        page(Method::GET, "/{tenant}/manifest.webmanifest", Visitor, head::manifest),
        page(Method::GET, "/{tenant}/icon.svg", Visitor, head::icon),
    ]
}
