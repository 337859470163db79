//! Whether we live, whether we can work, and our figures.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::State;

#[derive(Serialize, ToSchema)]
pub struct Health {
    status: &'static str,
    service: &'static str,
    version: &'static str,
    database: &'static str,
    redis: &'static str,
    /// Which release of the IANA time zone database it reckons with: of governments that changed their clocks since, it knows
    /// nothing.
    time_zones: &'static str,
    timestamp: DateTime<Utc>,
}

/// The process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({"status": "ok"}))
}

/// It can serve: PostgreSQL answers. Without Redis it serves too, degraded: jobs wait for the next tick.
pub async fn ready(state: web::Data<State>) -> HttpResponse {
    let health = look(&state).await;
    if health.database == "ok" {
        HttpResponse::Ok().json(health)
    } else {
        HttpResponse::ServiceUnavailable().json(health)
    }
}

pub async fn show(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(look(&state).await)
}

async fn look(state: &State) -> Health {
    let (database, redis) = futures_util::join!(state.store.ping(), state.limits.ping());
    let word = |ok: bool| if ok { "ok" } else { "unavailable" };
    Health {
        status: match (&database, redis) {
            (Ok(()), true) => "ok",
            (Ok(()), false) => "degraded",
            (Err(_), _) => "unavailable",
        },
        service: "api",
        version: env!("CARGO_PKG_VERSION"),
        database: word(database.is_ok()),
        redis: word(redis),
        time_zones: chrono_tz::IANA_TZDB_VERSION,
        timestamp: state.clock.now(),
    }
}

/// In the text format of Prometheus. On its own port: see `--metrics-bind`.
pub async fn metrics(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(state.metrics.render(&state.store, state.hub.count()))
}
