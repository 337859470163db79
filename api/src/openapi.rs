//! The OpenAPI 3.1 document, made from the route table, and the page that shows it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, ResponseError, web};
use domain::locale::Locale;
use domain::rejection::Code;
use serde::Serialize;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathsBuilder,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder, Schema,
    ServerBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::pages::{self, Reader};
use crate::problem::{Problem, ProblemBody, Result, failed};
use crate::routes::{self, Access, Body, Route};

/// The document, from the table that the router has too.
pub fn document() -> OpenApi {
    document_of(routes::api())
}

/// What the page tells: all but what only the platform's operators call, who are nobody's customers.
fn told() -> impl Iterator<Item = Route> {
    routes::api().into_iter().filter(|route| route.access != Access::Operator)
}

/// All schemas that these routes speak of, by their names; one that several speak of is there several times.
fn spoken_of(routes: &[Route]) -> Vec<(String, RefOr<Schema>)> {
    let mut all = vec![("Problem".to_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut all);
    for body in routes.iter().flat_map(|route| [route.takes, route.replies]).flatten() {
        all.push(((body.name)(), (body.schema)()));
        (body.parts)(&mut all);
    }
    all
}

fn document_of(routes: impl IntoIterator<Item = Route>) -> OpenApi {
    let routes: Vec<Route> = routes.into_iter().collect();
    let mut components = ComponentsBuilder::new().security_scheme(
        "bearer",
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build()),
    );
    let mut paths = PathsBuilder::new();
    for route in &routes {
        paths = paths
            .path(route.path, utoipa::openapi::PathItem::new(method_of(&route.method), operation(route)));
    }
    for (name, schema) in spoken_of(&routes) {
        components = components.schema(name, schema);
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Harmony")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Appointments for organisations that live by them. Times are RFC 3339, money is in minor units, \
                     lists are pages, errors are problems (RFC 9457) with a stable code. Where requests are counted, \
                     RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset (seconds) tell what is left.",
                ))
                .build(),
        )
        .servers(Some([ServerBuilder::new().url("/api/v1").build()]))
        .paths(paths.build())
        .components(Some(components.build()))
        .build()
}

fn operation(route: &Route) -> utoipa::openapi::path::Operation {
    let mut operation = OperationBuilder::new()
        .summary(Some(route.about))
        .tag(first_word(route))
        .operation_id(Some(operation_id(route)));
    for name in route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(ObjectBuilder::new().schema_type(Type::String).build())),
        );
    }
    for parameter in route.query.map(|query| query()).unwrap_or_default() {
        operation = operation.parameter(parameter);
    }
    if let Some(body) = route.takes {
        operation = operation.request_body(Some(
            RequestBodyBuilder::new()
                .content("application/json", ContentBuilder::new().schema(Some(reference(body))).build())
                .required(Some(Required::True))
                .build(),
        ));
    }
    if route.takes_file {
        operation = operation.request_body(Some(a_file()));
    }
    let mut success = ResponseBuilder::new().description("Done");
    if let Some(body) = route.replies {
        success =
            success.content("application/json", ContentBuilder::new().schema(Some(reference(body))).build());
    }
    let problem = ResponseBuilder::new().description("A problem (RFC 9457); branch on its code").content(
        "application/problem+json",
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build(),
    );
    operation =
        operation.response(route.status.to_string(), success.build()).response("default", problem.build());
    if let Access::Member(_) | Access::Caller(_) | Access::Operator = route.access {
        operation = operation.security(SecurityRequirement::new("bearer", Vec::<String>::new()));
    }
    operation.build()
}

/// A file, as `file` of a form or alone.
fn a_file() -> RequestBody {
    let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
    let file = || ObjectBuilder::new().schema_type(Type::String).format(Some(binary.clone())).build();
    let form = ObjectBuilder::new().property("file", file()).required("file").build();
    RequestBodyBuilder::new()
        .content("multipart/form-data", ContentBuilder::new().schema(Some(form)).build())
        .content("image/*", ContentBuilder::new().schema(Some(file())).build())
        .content("text/calendar", ContentBuilder::new().schema(Some(file())).build())
        .required(Some(Required::True))
        .build()
}

fn reference(body: Body) -> Ref {
    Ref::from_schema_name((body.name)())
}

fn first_word(route: &Route) -> &'static str {
    route.path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// `get_public_tenant_services`
fn operation_id(route: &Route) -> String {
    let words = route.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(route.method.as_str().to_lowercase(), |id, word| format!("{id}_{word}"))
}

fn method_of(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

pub async fn show() -> HttpResponse {
    static DOCUMENT: LazyLock<web::Bytes> =
        LazyLock::new(|| serde_json::to_vec(&document()).unwrap_or_default().into());
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(DOCUMENT.clone())
}

/// One operation as the page shows it.
#[derive(Serialize)]
struct Line {
    method: String,
    path: &'static str,
    about: &'static str,
    access: &'static str,
    id: String,
    query: Vec<Parameter>,
    takes: Option<String>,
    replies: Option<String>,
    status: u16,
}

/// The operations whose paths begin with the same word.
#[derive(Serialize)]
struct Group {
    name: &'static str,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct SchemaText {
    name: String,
    text: String,
    /// Names of other schemas that it refers to.
    uses: BTreeSet<String>,
}

#[derive(Serialize)]
struct CodeLine {
    code: &'static str,
    status: u16,
    sentence: &'static str,
}

#[derive(Serialize)]
struct Docs<'a> {
    version: &'static str,
    url: &'a str,
    groups: Vec<Group>,
    schemas: Vec<SchemaText>,
    codes: Vec<CodeLine>,
}

/// The page: every operation, every schema, every code, without a script.
pub async fn page(reader: Reader) -> Result<HttpResponse> {
    let state = &reader.state;
    let context = Docs {
        version: env!("CARGO_PKG_VERSION"),
        url: state.links.public_url(),
        groups: groups(),
        schemas: schemas(&serde_json::to_value(document_of(told())).map_err(|error| failed(&error))?),
        codes: Code::ALL.iter().copied().map(code_line).collect(),
    };
    let mut response =
        pages::render(state, &reader.frame(Locale::En), StatusCode::OK, "dev/api_docs", &context)?;
    let cacheable = HeaderValue::from_static("public, max-age=300");
    response.headers_mut().insert(CACHE_CONTROL, cacheable);
    Ok(response)
}

fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for route in told() {
        let name = first_word(&route);
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.lines.push(line(&route)),
            None => groups.push(Group { name, lines: vec![line(&route)] }),
        }
    }
    groups
}

fn line(route: &Route) -> Line {
    Line {
        method: route.method.to_string(),
        path: route.path,
        about: route.about,
        access: match route.access {
            Access::Anybody => "anybody",
            Access::Visitor => "anybody, for the tenant of this slug",
            Access::Member(_) => "a member, by bearer token",
            Access::Caller(_) => "a member, by bearer token, or a program, by its key",
            Access::Operator => "an operator of the platform, by bearer token",
        },
        id: operation_id(route),
        query: route.query.map(|query| query()).unwrap_or_default(),
        takes: route.takes.map(|body| (body.name)()),
        replies: route.replies.map(|body| (body.name)()),
        status: route.status,
    }
}

fn schemas(document: &serde_json::Value) -> Vec<SchemaText> {
    let schemas = document.pointer("/components/schemas").and_then(serde_json::Value::as_object);
    let text = |(name, schema): (&String, &serde_json::Value)| {
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        let names = text.split("\"#/components/schemas/").skip(1);
        let uses = names.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
        SchemaText { name: name.clone(), text, uses }
    };
    schemas.into_iter().flatten().map(text).collect()
}

fn code_line(code: Code) -> CodeLine {
    let status = Problem::from(code).status_code().as_u16();
    CodeLine { code: code.text(), status, sentence: code.sentence() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn each_schema_has_a_name_of_its_own() {
        let mut known = BTreeMap::new();
        let mut shared = BTreeSet::new();
        for (name, schema) in spoken_of(&routes::api()) {
            let text = serde_json::to_string(&schema).unwrap();
            if known.entry(name.clone()).or_insert_with(|| text.clone()) != &text {
                shared.insert(name);
            }
        }
        assert_eq!(shared, BTreeSet::new(), "different things have these names: say `#[schema(as = …)]`");
    }
}
