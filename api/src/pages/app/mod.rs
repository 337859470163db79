//! The dashboard: what members of a tenant see of it.

pub mod brand;
pub mod days;
pub mod hours;
pub mod plan;
pub mod services;
pub mod settings;
pub mod staff;
pub mod start;
pub mod tenants;
pub mod typed;

use actix_web::http::Method;
use domain::role::Permission;

use super::table::{Access, Page, page};

pub fn routes() -> Vec<Page> {
    let read = Access::Member(Permission::Read);
    let catalogue = Access::Member(Permission::ManageCatalogue);
    let manage = Access::Member(Permission::ManageTenant);
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
        page(get(), "/app/hours", read, hours::show),
        page(post(), "/app/hours", catalogue, hours::update),
        page(post(), "/app/closures", catalogue, days::create_closure),
        page(post(), "/app/closures/{id}/remove", catalogue, days::destroy_closure),
        page(post(), "/app/openings", catalogue, days::create_opening),
        page(post(), "/app/openings/{id}/remove", catalogue, days::destroy_opening),
        page(get(), "/app/staff", read, staff::list),
        page(post(), "/app/staff", catalogue, staff::create),
        page(get(), "/app/staff/new", catalogue, staff::new),
        page(get(), "/app/staff/{id}", read, staff::edit),
        page(post(), "/app/staff/{id}", catalogue, staff::update),
        page(post(), "/app/staff/{id}/archive", catalogue, staff::archive),
        page(post(), "/app/staff/{id}/restore", catalogue, staff::restore),
        page(get(), "/app/settings", read, settings::show),
        page(post(), "/app/settings", manage, settings::update),
        page(get(), "/app/settings/brand", read, brand::show),
        page(post(), "/app/settings/brand", manage, brand::update),
        page(get(), "/app/settings/link", read, brand::link),
        page(post(), "/app/settings/link", manage, brand::rename),
        page(post(), "/app/settings/link/shared", read, brand::shared),
        page(get(), "/app/settings/link/qr.svg", read, brand::qr),
        page(get(), "/app/settings/security", read, settings::security),
        page(post(), "/app/settings/security/sign-out", read, settings::sign_out_everywhere),
        page(get(), "/app/plan", read, plan::show),
        page(get(), "/app/tenants/new", read, tenants::new),
        page(post(), "/app/tenants/new", read, tenants::create),
        page(post(), "/app/tenants/{id}/switch", read, tenants::switch),
    ]
}
