//! The API's process: reads the configuration, opens the doors, serves.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;

use actix_web::web;
use anyhow::Context;
use api::clock::Clock;
use api::config::Config;
use api::meter::{self, Meter};
use api::metrics::Metrics;
use api::pages::Pages;
use api::password::Passwords;
use api::server;
use api::slot_cache::SlotCache;
use api::state::{Directory, State};
use api::stream::Hub;
use api::tokens::Tokens;
use clap::Parser;
use domain::link::Links;
use providers::oidc::Oidc;
use providers::outgoing::Outgoing;
use queue::{Limits, Tickets, Waker};
use store::{Door, Store, Wake};
use telemetry::{Sink, Telemetry};
use tokio::signal::unix::{SignalKind, signal};

/// Requests allocate many small things: availability is answered 5 % more often than with glibc's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    telemetry::end(run(&Config::parse()))
}

#[actix_web::main]
async fn run(config: &Config) -> anyhow::Result<()> {
    let _telemetry = Telemetry::start(&config.telemetry, "api", Sink::Stdout, config.development)?;
    let listener = TcpListener::bind(config.bind)
        .with_context(|| format!("BIND {} can't be listened on", config.bind))?;
    let (waker, publisher) = Waker::open(&config.redis).context("REDIS_URL")?;
    actix_web::rt::spawn(publisher);
    let cores = || std::thread::available_parallelism().map_or(2, usize::from);
    let workers = config.http_workers.unwrap_or_else(cores).max(1);
    let hub = Hub::default();
    let heard = hub.clone();
    let hearing = config.redis.clone();
    actix_web::rt::spawn(async move { queue::hear(&hearing, |news| heard.heard(news)).await });
    let did = hub.clone();
    let woken = move |wake| {
        match wake {
            Wake::Queue(queue) => waker.wake(queue),
            Wake::Tenant(tenant) => waker.tell(tenant.0),
        }
        did.did(wake);
    };
    let store = Store::new(&config.database, workers, Arc::new(woken))?;
    let clock = Clock::System;
    store.check(|| clock.now(), &[Door::App, Door::Identity, Door::Accounts, Door::System]).await?;
    let limits = Limits::new(&config.redis, config.rate_limit_factor)?;
    let metrics = Metrics::new()?;
    let store = store.with_shelf(SlotCache::on(&limits, &metrics));
    let state = web::Data::new(State {
        tokens: Tokens::new(config.secrets.token_keys()?)?,
        passwords: Passwords::new(),
        vault: config.secrets.vault()?,
        oidc: Oidc::new(Outgoing::new(&config.outgoing)?, config.oidc.clients()?),
        links: Links::new(config.secrets.link_key()?, &config.public_url),
        files: config.files.files()?,
        pages: Pages::load()?,
        metrics,
        tickets: Tickets::new(&limits),
        limits,
        hub: hub.clone(),
        meter: Meter::default(),
        directory: Directory::default(),
        outbox: config.development.then(|| config.mail_sandbox_dir.clone()),
        proxies: config.trusted_proxies.clone(),
        origins: config.cors_origins.clone(),
        store,
        clock,
    });
    if let Some(address) = config.metrics_bind {
        let listener = TcpListener::bind(address)
            .with_context(|| format!("API_METRICS_BIND {address} can't be listened on"))?;
        actix_web::rt::spawn(server::serve_metrics(listener, state.clone())?);
    }
    tracing::info!(address = %config.bind, workers, "serves");
    actix_web::rt::spawn(close_when_told_to_stop(hub));
    actix_web::rt::spawn(meter::keep_writing(state.clone()));
    server::serve(listener, state.clone(), workers)?.await?;
    state.meter.write(&state.store, state.clock.now()).await;
    Ok(())
}

/// Streams have no end of their own, and the server waits for what is under way.
async fn close_when_told_to_stop(hub: Hub) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    hub.close();
}
