//! The dashboard: what members of a tenant see of it, and do with its bookings, its customers and its set-up.

pub mod access;
pub mod account;
pub mod api_keys;
pub mod audit;
pub mod bookings;
pub mod brand;
pub mod calendar;
pub mod customers;
pub mod days;
pub mod embedding;
pub mod events;
pub mod exports;
pub mod feeds;
pub mod hours;
pub mod jobs;
pub mod pictures;
pub mod plan;
pub mod policy;
pub mod rooms;
pub mod search;
pub mod services;
pub mod settings;
pub mod sign_on;
pub mod staff;
pub mod start;
pub mod stream;
pub mod tenants;
pub mod told;
pub mod typed;
pub mod waitlist;

use actix_web::HttpResponse;
use actix_web::http::Method;
use domain::access::Permission;

use super::frame::Flash;
use super::see_with;
use super::table::{Access, Page, page};

pub fn routes() -> Vec<Page> {
    let mut pages = day();
    pages.extend(setup());
    pages.extend(account::routes());
    pages
}

/// The calendar, bookings and customers.
fn day() -> Vec<Page> {
    let (get, post) = (|| Method::GET, || Method::POST);
    let (read, desk) = (Access::Member(Permission::Read), Access::Member(Permission::ManageBookings));
    let manager = Access::Member(Permission::ManageCatalogue);
    let owner = Access::Member(Permission::ManageTenant);
    vec![
        page(get(), "/app/calendar", read, calendar::show),
        page(get(), "/app/events", read, events::list),
        page(get(), "/app/events/new", manager, events::form::new),
        page(post(), "/app/events/new", manager, events::form::create),
        page(get(), "/app/events/{id}", manager, events::form::edit),
        page(post(), "/app/events/{id}", manager, events::form::update),
        page(post(), "/app/events/{id}/remove", manager, events::form::destroy),
        page(get(), "/app/stream", read, stream::show),
        page(get(), "/app/search", read, search::show),
        page(get(), "/app/bookings", read, bookings::list::show),
        page(get(), "/app/waitlist", read, waitlist::show),
        page(post(), "/app/waitlist/{id}/leave", desk, waitlist::remove),
        page(get(), "/app/bookings/new", desk, bookings::new::new),
        page(post(), "/app/bookings/new", desk, bookings::new::create),
        page(get(), "/app/bookings/{id}", read, bookings::detail::show),
        page(get(), "/app/intake-files/{id}", read, bookings::detail::file),
        page(post(), "/app/bookings/{id}/confirmation", desk, bookings::detail::confirm),
        page(post(), "/app/bookings/{id}/completion", desk, bookings::detail::complete),
        page(post(), "/app/bookings/{id}/no-show", desk, bookings::detail::miss),
        page(post(), "/app/bookings/{id}/fee-waiver", desk, bookings::detail::waive_fee),
        page(post(), "/app/bookings/{id}/note", desk, bookings::detail::note),
        page(get(), "/app/bookings/{id}/cancellation", desk, bookings::cancel::ask),
        page(post(), "/app/bookings/{id}/cancellation", desk, bookings::cancel::update),
        page(get(), "/app/bookings/{id}/move", desk, bookings::reschedule::ask),
        page(post(), "/app/bookings/{id}/move", desk, bookings::reschedule::update),
        page(post(), "/app/bookings/{id}/arrangement", desk, calendar::arrange::update),
        page(get(), "/app/customers", read, customers::list),
        page(get(), "/app/customers/new", desk, customers::form::new),
        page(post(), "/app/customers/new", desk, customers::form::create),
        page(get(), "/app/customers/blocked", read, customers::blocked),
        page(get(), "/app/customers/duplicates", manager, customers::duplicates::list),
        page(get(), "/app/customers/merge", manager, customers::duplicates::ask),
        page(post(), "/app/customers/merge", manager, customers::duplicates::merge),
        page(get(), "/app/customers/import", manager, customers::imports::new),
        page(post(), "/app/customers/import", manager, customers::imports::create),
        page(get(), "/app/customers/imports/{id}", manager, customers::imports::show),
        page(post(), "/app/customers/imports/{id}", manager, customers::imports::start),
        page(get(), "/app/customers/imports/{id}/report", manager, customers::imports::report),
        page(get(), "/app/customers/export", manager, exports::show),
        page(post(), "/app/customers/export", manager, exports::create),
        page(get(), "/app/customers/export/file", manager, exports::download),
        page(get(), "/app/customers/{id}", read, customers::profile::show),
        page(get(), "/app/customers/{id}/edit", desk, customers::form::edit),
        page(post(), "/app/customers/{id}/edit", desk, customers::form::update),
        page(post(), "/app/customers/{id}/consent", desk, customers::profile::consent),
        page(get(), "/app/customers/{id}/data", owner, customers::profile::data),
        page(post(), "/app/customers/{id}/erasure", owner, customers::profile::erase),
        page(post(), "/app/customers/{id}/block", desk, customers::profile::block),
        page(post(), "/app/customers/{id}/block/removal", desk, customers::profile::unblock),
    ]
}

/// What the tenant offers, when, by whom and under which name.
fn setup() -> Vec<Page> {
    let read = Access::Member(Permission::Read);
    let catalogue = Access::Member(Permission::ManageCatalogue);
    let manage = Access::Member(Permission::ManageTenant);
    let team = Access::Member(Permission::ManageTeam);
    let keys = Access::Member(Permission::ManageKeys);
    let reads_audit = Access::Member(Permission::ReadAudit);
    let owner = Access::Member(Permission::OwnTenant);
    let (get, post) = (|| Method::GET, || Method::POST);
    vec![
        page(get(), "/app", read, start::show),
        page(get(), "/app/look", read, start::look),
        page(post(), "/app/setup/dismiss", catalogue, start::dismiss),
        page(get(), "/app/services", read, services::list),
        page(post(), "/app/services", catalogue, services::create),
        page(get(), "/app/services/new", catalogue, services::new),
        page(get(), "/app/services/{id}", read, services::edit),
        page(post(), "/app/services/{id}", catalogue, services::update),
        page(post(), "/app/services/{id}/archive", catalogue, services::archive),
        page(post(), "/app/services/{id}/restore", catalogue, services::restore),
        page(get(), "/app/services/{id}/questions", read, services::questions::show),
        page(post(), "/app/services/{id}/questions", catalogue, services::questions::update),
        page(get(), "/app/services/{id}/picture", catalogue, pictures::show_of_service),
        page(post(), "/app/services/{id}/picture", catalogue, pictures::put_of_service),
        page(post(), "/app/services/{id}/picture/removal", catalogue, pictures::remove_of_service),
        page(get(), "/app/settings/logo", manage, pictures::show_logo),
        page(post(), "/app/settings/logo", manage, pictures::put_logo),
        page(post(), "/app/settings/logo/removal", manage, pictures::remove_logo),
        page(get(), "/app/settings/cover", manage, pictures::show_cover),
        page(post(), "/app/settings/cover", manage, pictures::put_cover),
        page(post(), "/app/settings/cover/removal", manage, pictures::remove_cover),
        page(get(), "/app/hours", read, hours::show),
        page(post(), "/app/hours", catalogue, hours::update),
        // Where a form of days was refused, as long as the page is loaded again.
        page(get(), "/app/closures", read, hours::show),
        page(post(), "/app/closures", catalogue, days::create_closure),
        page(post(), "/app/closures/{id}/remove", catalogue, days::destroy_closure),
        page(get(), "/app/openings", read, hours::show),
        page(post(), "/app/openings", catalogue, days::create_opening),
        page(post(), "/app/openings/{id}/remove", catalogue, days::destroy_opening),
        page(get(), "/app/staff", read, staff::list),
        page(post(), "/app/staff", catalogue, staff::create),
        page(get(), "/app/staff/new", catalogue, staff::new),
        page(get(), "/app/staff/{id}", read, staff::edit),
        page(post(), "/app/staff/{id}", catalogue, staff::update),
        page(post(), "/app/staff/{id}/archive", catalogue, staff::archive),
        page(post(), "/app/staff/{id}/restore", catalogue, staff::restore),
        page(get(), "/app/staff/{id}/calendar", catalogue, feeds::show),
        page(post(), "/app/staff/{id}/calendar", catalogue, feeds::create),
        page(post(), "/app/staff/{id}/calendar/shows", catalogue, feeds::update),
        page(post(), "/app/staff/{id}/calendar/revoke", catalogue, feeds::revoke),
        page(post(), "/app/staff/{id}/calendar/import", catalogue, feeds::import),
        page(get(), "/app/rooms", read, rooms::show),
        page(post(), "/app/rooms", catalogue, rooms::create),
        page(post(), "/app/rooms/{id}", catalogue, rooms::update),
        page(post(), "/app/rooms/{id}/archive", catalogue, rooms::archive),
        page(post(), "/app/rooms/{id}/restore", catalogue, rooms::restore),
        page(get(), "/app/settings", read, settings::show),
        page(post(), "/app/settings", manage, settings::update),
        page(get(), "/app/settings/brand", read, brand::show),
        page(post(), "/app/settings/brand", manage, brand::update),
        page(get(), "/app/settings/policy", read, policy::show),
        page(post(), "/app/settings/policy", manage, policy::update),
        page(get(), "/app/settings/embedding", read, embedding::show),
        page(post(), "/app/settings/embedding", manage, embedding::update),
        page(get(), "/app/settings/link", read, brand::link),
        page(post(), "/app/settings/link", manage, brand::rename),
        page(post(), "/app/settings/link/shared", read, brand::shared),
        page(get(), "/app/settings/link/qr.svg", read, brand::qr),
        page(get(), "/app/settings/access", team, access::show),
        page(post(), "/app/settings/access", team, access::invite),
        page(post(), "/app/settings/access/invitations/{id}/revoke", team, access::revoke),
        page(post(), "/app/settings/access/members/{id}/role", team, access::change_role),
        page(post(), "/app/settings/access/members/{id}/removal", team, access::remove),
        // Where the form was refused, as long as the page is loaded again.
        page(get(), "/app/settings/access/second-factor", team, access::show),
        page(
            post(),
            "/app/settings/access/second-factor",
            Access::Member(Permission::OwnTenant),
            access::require_second_factor,
        ),
        page(get(), "/app/settings/access/ownership", team, access::show),
        page(
            post(),
            "/app/settings/access/ownership",
            Access::Member(Permission::OwnTenant),
            access::transfer,
        ),
        page(get(), "/app/settings/sign-on", owner, sign_on::show),
        page(post(), "/app/settings/sign-on", owner, sign_on::update),
        page(get(), "/app/settings/sign-on/removal", owner, sign_on::show),
        page(post(), "/app/settings/sign-on/removal", owner, sign_on::remove),
        page(get(), "/app/settings/api-keys", keys, api_keys::show),
        page(post(), "/app/settings/api-keys", keys, api_keys::create),
        page(post(), "/app/settings/api-keys/{id}/rotation", keys, api_keys::rotate),
        page(post(), "/app/settings/api-keys/{id}/revocation", keys, api_keys::revoke),
        page(get(), "/app/settings/audit", reads_audit, audit::show),
        page(get(), "/app/settings/audit/file", reads_audit, audit::export),
        page(get(), "/app/jobs", manage, jobs::show),
        page(post(), "/app/jobs/{id}/retry", manage, jobs::retry),
        page(get(), "/app/plan", read, plan::show),
        page(get(), "/app/tenants/new", read, tenants::new),
        page(post(), "/app/tenants/new", read, tenants::create),
        page(post(), "/app/tenants/{id}/switch", read, tenants::switch),
    ]
}

/// After a form was accepted: the page that shows what came of it, and one sentence of it.
fn done(address: &str, key: &str) -> HttpResponse {
    see_with(address, &Flash::ok(key))
}
