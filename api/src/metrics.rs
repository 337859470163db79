//! Figures of the API for Prometheus. A tenant is never a label.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};
use store::Store;

pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    duration: HistogramVec,
    pool: IntGaugeVec,
    streams: IntGauge,
    slot_cache: IntCounterVec,
}

impl Metrics {
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("harmony_requests_total", "Requests answered, by method, route and status."),
            &["method", "route", "status"],
        )?;
        let duration = HistogramVec::new(
            HistogramOpts::new("harmony_request_seconds", "Time to answer a request, by route.")
                .buckets(vec![0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]),
            &["route"],
        )?;
        let pool = IntGaugeVec::new(
            Opts::new("harmony_database_connections", "Connections of the pool: open, idle, waited for."),
            &["state"],
        )?;
        let streams = IntGauge::new("harmony_streams", "Streams of events that are open.")?;
        let slot_cache = IntCounterVec::new(
            Opts::new(
                "harmony_slot_cache_reads_total",
                "Questions for free slots, by how they were answered.",
            ),
            &["outcome"],
        )?;
        registry.register(Box::new(slot_cache.clone()))?;
        registry.register(Box::new(streams.clone()))?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(duration.clone()))?;
        registry.register(Box::new(pool.clone()))?;
        Ok(Self { registry, requests, duration, pool, streams, slot_cache })
    }

    /// By outcome: see [`store::availability::Outcome`].
    pub fn slot_cache(&self) -> IntCounterVec {
        self.slot_cache.clone()
    }

    pub fn request(&self, method: &Method, route: &str, status: StatusCode, elapsed: Duration) {
        // Methods are whatever a client sends: only those we know become labels.
        let method = match *method {
            Method::GET => "GET",
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            Method::HEAD => "HEAD",
            Method::OPTIONS => "OPTIONS",
            _ => "other",
        };
        self.requests.with_label_values(&[method, route, status.as_str()]).inc();
        self.duration.with_label_values(&[route]).observe(elapsed.as_secs_f64());
    }

    /// The text format of Prometheus, version 0.0.4.
    pub fn render(&self, store: &Store, streams: usize) -> Vec<u8> {
        self.streams.set(i64::try_from(streams).unwrap_or(i64::MAX));
        let (open, idle, waiting) = store.pool_status();
        for (state, count) in [("open", open), ("idle", idle), ("waiting", waiting)] {
            self.pool.with_label_values(&[state]).set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        let mut text = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.registry.gather(), &mut text) {
            tracing::error!(%error, "the figures can't be written");
        }
        text
    }
}
