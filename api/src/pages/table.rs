//! Every page there is: method, path, who may see it. Each area tells its own by `routes`; the router, `/dev/routes` and
//! the tests of access read the one table that they make.

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{FromRequest, Handler, Responder, guard, web};
use domain::access::Permission;

use super::moved;
use crate::csrf;

/// Who may see a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Anybody,
    /// Everybody, on the site of the tenant named in the path.
    Visitor,
    /// Who is signed in and has this permission.
    Member(Permission),
    /// Who looks after the platform: for others the page is not there.
    Operator,
    /// Everybody, in development only: elsewhere the page is not there.
    Development,
}

/// One line of the table.
pub struct Page {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    handler: Box<dyn Fn() -> actix_web::Route>,
}

pub fn page<F, Args>(method: Method, path: &'static str, access: Access, handler: F) -> Page
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let of_route = method.clone();
    let handler = Box::new(move || {
        let route = if of_route == Method::GET {
            web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
        } else {
            web::route().method(of_route.clone())
        };
        let route = route.to(handler.clone());
        match access {
            Access::Member(_) => route.wrap(from_fn(csrf::signed)),
            Access::Operator => route.wrap(from_fn(csrf::operated)),
            Access::Visitor => route.wrap(from_fn(csrf::same_origin)).wrap(from_fn(moved::follow)),
            Access::Anybody | Access::Development => route.wrap(from_fn(csrf::same_origin)),
        }
    });
    Page { method, path, access, handler }
}

/// All pages. Those below a tenant's name come last: whatever is no name of ours may be a tenant's.
pub fn pages() -> Vec<Page> {
    let mut pages = super::routes();
    pages.extend(super::dev::routes());
    pages.extend(super::public::routes());
    pages
}

/// Registers the pages; methods of one path share a resource, so that another method is a 405 and not a 404.
pub fn configure(config: &mut web::ServiceConfig, is_development: bool) {
    let mut resources: Vec<(&'static str, Vec<actix_web::Route>)> = Vec::new();
    for page in pages() {
        if page.access == Access::Development && !is_development {
            continue;
        }
        let route = (page.handler)();
        match resources.iter_mut().find(|(path, _)| *path == page.path) {
            Some((_, routes)) => routes.push(route),
            None => resources.push((page.path, vec![route])),
        }
    }
    for (path, routes) in resources {
        let resource = routes.into_iter().fold(web::resource(path), actix_web::Resource::route);
        config.service(resource.default_service(web::to(super::method_not_allowed)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tenant_can_take_the_name_of_a_page() {
        for page in pages() {
            let first = page.path.trim_start_matches('/').split('/').next().unwrap_or_default();
            let first = first.split('.').next().unwrap_or_default();
            assert!(
                first.is_empty() || first.starts_with('{') || domain::slug::RESERVED.contains(&first),
                "{} begins with a name that a tenant could take",
                page.path
            );
        }
    }

    #[test]
    fn no_page_hides_behind_a_tenants_name() {
        let pages = pages();
        let first_of_tenants = pages.iter().position(|page| page.path.starts_with("/{tenant}")).unwrap();
        for page in pages.iter().skip(first_of_tenants) {
            assert!(page.path.starts_with("/{tenant}"), "{} comes after a tenant's pages", page.path);
        }
    }
}
