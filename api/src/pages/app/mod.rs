//! The dashboard: what a tenant's members do with its bookings, its customers and its set-up.

pub mod bookings;
pub mod calendar;
pub mod customers;
pub mod move_booking;
pub mod new_booking;
pub mod search;
pub mod stream;

use actix_web::HttpResponse;
use actix_web::http::Method;
use domain::role::Permission;

use super::frame::Flash;
use super::see_with;
use super::table::{Access, Page, page};

/// The calendar, bookings and customers.
pub fn routes() -> Vec<Page> {
    let (get, post) = (Method::GET, Method::POST);
    let (read, desk) = (Access::Member(Permission::Read), Access::Member(Permission::ManageBookings));
    vec![
        page(get.clone(), "/app/calendar", read, calendar::show),
        page(get.clone(), "/app/stream", read, stream::show),
        page(get.clone(), "/app/search", read, search::show),
        page(get.clone(), "/app/bookings", read, bookings::list),
        page(get.clone(), "/app/bookings/new", desk, new_booking::new),
        page(post.clone(), "/app/bookings/new", desk, new_booking::create),
        page(get.clone(), "/app/bookings/{id}", read, bookings::show),
        page(post.clone(), "/app/bookings/{id}/confirmation", desk, bookings::confirm),
        page(post.clone(), "/app/bookings/{id}/completion", desk, bookings::complete),
        page(post.clone(), "/app/bookings/{id}/no-show", desk, bookings::miss),
        page(post.clone(), "/app/bookings/{id}/note", desk, bookings::note),
        page(get.clone(), "/app/bookings/{id}/cancellation", desk, bookings::ask_cancel),
        page(post.clone(), "/app/bookings/{id}/cancellation", desk, bookings::cancel),
        page(get.clone(), "/app/bookings/{id}/move", desk, move_booking::ask),
        page(post.clone(), "/app/bookings/{id}/move", desk, move_booking::update),
        page(get.clone(), "/app/customers", read, customers::list),
        page(get.clone(), "/app/customers/new", desk, customers::new),
        page(post.clone(), "/app/customers/new", desk, customers::create),
        page(get.clone(), "/app/customers/{id}", read, customers::show),
        page(get, "/app/customers/{id}/edit", desk, customers::edit),
        page(post, "/app/customers/{id}/edit", desk, customers::update),
    ]
}

/// After a form was accepted: the page that shows what came of it, and one sentence of it.
fn done(address: &str, key: &str) -> HttpResponse {
    see_with(address, &Flash::ok(key))
}
