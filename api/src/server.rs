//! The server: what it is made of, and how it starts and ends.

use std::net::TcpListener;

use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};
use domain::rejection::Code;

use crate::problem::Problem;
use crate::state::State;
use crate::{health, pages, request, routes};

/// Everything that is served, for the server and for tests alike.
pub fn configure(config: &mut web::ServiceConfig, state: &State) {
    config
        .service(
            web::scope("/api/v1")
                .wrap(state.origins.cors())
                .configure(|config| routes::configure(config, &routes::api()))
                .default_service(web::to(not_found)),
        )
        .configure(|config| routes::configure(config, &routes::root()))
        .configure(|config| pages::configure(config, state.outbox.is_some()))
        .default_service(web::to(pages::not_found));
}

async fn not_found() -> Result<&'static str, Problem> {
    Err(Code::NotFound.into())
}

/// Serves on `listener` until the process is told to stop; requests under way get 20 seconds.
pub fn serve(
    listener: TcpListener,
    state: web::Data<State>,
    workers: usize,
) -> std::io::Result<actix_web::dev::Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .wrap(Compress::default())
            .wrap(from_fn(request::around))
            .configure(|config| configure(config, &state))
    })
    .workers(workers)
    .shutdown_timeout(20)
    .client_request_timeout(std::time::Duration::from_secs(10))
    .listen(listener)?
    .run();
    Ok(server)
}

/// Serves the figures on an address of their own, which no client reaches.
pub fn serve_metrics(
    listener: TcpListener,
    state: web::Data<State>,
) -> std::io::Result<actix_web::dev::Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .route("/metrics", web::get().to(health::metrics))
            .route("/health/live", web::get().to(health::live))
            .route("/health/ready", web::get().to(health::ready))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}
