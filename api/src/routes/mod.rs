//! Every address there is: method, path, who may, what goes in and comes out. The router, the OpenAPI document and the
//! tests of access all read this one table.

mod identity;
mod tenants;

use std::collections::BTreeSet;

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{FromRequest, Handler, HttpResponse, Responder, ResponseError, guard, web};
use domain::access::Permission;
use domain::rejection::Code;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, ToSchema};

use crate::list::Page;
use crate::problem::Problem;
use crate::{calendar_feeds, console, documents, health, images};

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Anybody,
    /// Everybody, on the pages of the tenant named in the path.
    Visitor,
    /// A member with this permission.
    Member(Permission),
    /// The same, or a program whose key has the scope of that name.
    Caller(Permission),
    /// Who looks after the platform: for others there is nothing there.
    Operator,
}

/// A type of a body, for the OpenAPI document.
#[derive(Clone, Copy)]
pub struct Body {
    pub name: fn() -> String,
    pub schema: fn() -> RefOr<Schema>,
    /// Schemas that it refers to.
    pub parts: fn(&mut Vec<(String, RefOr<Schema>)>),
}

/// One line of the table.
pub struct Route {
    pub method: Method,
    /// Below `/api/v1`, unless it begins with another known prefix.
    pub path: &'static str,
    pub about: &'static str,
    pub access: Access,
    pub takes: Option<Body>,
    /// Whether the body is a file: `file` of a form, or alone.
    pub takes_file: bool,
    pub query: Option<fn() -> Vec<Parameter>>,
    /// The status of a success and its body.
    pub status: u16,
    pub replies: Option<Body>,
    handler: Box<dyn Fn() -> actix_web::Route>,
}

impl Route {
    pub(crate) fn takes<T: ToSchema + 'static>(mut self) -> Self {
        self.takes = Some(body::<T>());
        self
    }

    const fn takes_file(mut self) -> Self {
        self.takes_file = true;
        self
    }

    pub(crate) fn asks<T: IntoParams>(mut self) -> Self {
        self.query = Some(|| T::into_params(|| Some(ParameterIn::Query)));
        self
    }

    pub(crate) fn replies<T: ToSchema + 'static>(mut self, status: u16) -> Self {
        self.status = status;
        self.replies = Some(body::<T>());
        self
    }

    /// A page of a list. What it lists has to be named here: the page's own schema refers to it and does not bring it.
    pub(crate) fn lists<T: ToSchema + 'static>(mut self) -> Self {
        self.replies = Some(Body {
            // Each kind of page by a name of its own.
            name: || format!("{}Page", T::name()),
            parts: |parts| {
                parts.push((T::name().into_owned(), T::schema()));
                T::schemas(parts);
            },
            ..body::<Page<T>>()
        });
        self
    }

    /// A success without a body.
    pub(crate) const fn answers(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

fn body<T: ToSchema + 'static>() -> Body {
    Body { name: || T::name().into_owned(), schema: T::schema, parts: T::schemas }
}

pub(crate) fn route<F, Args>(
    method: &Method,
    path: &'static str,
    access: Access,
    handler: F,
    about: &'static str,
) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let route_method = method.clone();
    Route {
        method: method.clone(),
        path,
        about,
        access,
        takes: None,
        takes_file: false,
        query: None,
        status: 200,
        replies: None,
        handler: Box::new(move || {
            let route = if route_method == Method::GET {
                web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
            } else {
                web::method(route_method.clone())
            };
            route.to(handler.clone())
        }),
    }
}

/// The API, in the order of its document.
pub fn api() -> Vec<Route> {
    let mut routes = identity::routes();
    routes.extend(tenants::routes());
    routes.extend(console::routes());
    routes
}

/// What stands beside the API: health and files.
pub fn root() -> Vec<Route> {
    let get = &Method::GET;
    vec![
        route(get, "/health/live", Access::Anybody, health::live, "The process answers"),
        route(get, "/health/ready", Access::Anybody, health::ready, "It can serve")
            .replies::<health::Health>(200),
        route(get, "/health", Access::Anybody, health::show, "What works").replies::<health::Health>(200),
        route(get, "/media/{owner}/{file}", Access::Anybody, images::show, "A picture"),
        route(
            get,
            "/ical/{token}",
            Access::Anybody,
            calendar_feeds::calendar,
            "A calendar by its secret address",
        ),
        route(get, "/files/{token}", Access::Anybody, documents::show, "A file by its signed link"),
    ]
}

/// Puts a table into the router: one resource a path, so that another method is a 405 and not a 404.
pub fn configure(config: &mut web::ServiceConfig, routes: &[Route]) {
    let paths: BTreeSet<&'static str> = routes.iter().map(|route| route.path).collect();
    for path in paths {
        let mut resource = web::resource(path);
        let mut allow = String::new();
        for route in routes.iter().filter(|route| route.path == path) {
            resource = resource.route((route.handler)());
            allow = format!("{allow}{}{}", if allow.is_empty() { "" } else { ", " }, route.method);
            if route.method == Method::GET {
                allow.push_str(", HEAD");
            }
        }
        let other = move || {
            let allow = allow.clone();
            async move { method_not_allowed(&allow) }
        };
        config.service(resource.default_service(web::to(other)));
    }
}

fn method_not_allowed(allow: &str) -> HttpResponse {
    let mut response = Problem::from(Code::MethodNotAllowed).error_response();
    if let Ok(allow) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}
