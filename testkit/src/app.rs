//! The whole platform for one test: its server on a free port, its database, its outbox, its clock.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web;
use api::clock::Clock;
use api::cors::Origins;
use api::meter::Meter;
use api::metrics::Metrics;
use api::pages::Pages;
use api::password::Passwords;
use api::proxies::Proxies;
use api::server;
use api::slot_cache::SlotCache;
use api::state::{Directory, State};
use api::stream::Hub;
use api::tokens::Tokens;
use chrono::{DateTime, Utc};
use domain::identity::Provider;
use domain::link::{LinkKey, Links};
use providers::files::Files;
use providers::mail::sandbox::{self, Received};
use providers::oidc::{Client as OidcClient, Oidc};
use providers::outgoing::{Outgoing, OutgoingConfig};
use providers::secrets::new_token_key;
use providers::vault::Vault;
use queue::{Limits, RedisConfig, Tickets};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use store::{DatabaseConfig, Store};
use templates::Templates;

use crate::database::{Database, aside, connect};
use crate::request::Request;
use crate::salon::Salon;

/// Monday, 4 March 2030, nine o'clock in London: the time of every test, until it is moved.
const MONDAY: &str = "2030-03-04T09:00:00Z";

/// A platform that serves. Dropped, it stops, its database goes, and jobs that nobody ran fail the test.
pub struct TestApp {
    pub clock: Clock,
    /// Doors of the test's own to the same database.
    pub store: Store,
    /// What the server's handlers see.
    pub state: web::Data<State>,
    pub database: Database,
    client: Client,
    address: SocketAddr,
    server: Option<(ServerHandle, JoinHandle<()>)>,
    pub(crate) mail_templates: Arc<Templates>,
    folder: PathBuf,
    ignores_jobs: AtomicBool,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(|_state| {}).await
    }

    /// Starts with what the test puts in the place of a part of the state.
    pub async fn start_with(change: impl FnOnce(&mut State)) -> Self {
        let database = Database::create().await;
        let clock = Clock::fixed(MONDAY.parse().unwrap());
        let folder = std::env::temp_dir().join(format!("harmony_{}", crate::database::unique()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let hub = Hub::default();
        let metrics = Metrics::new().unwrap();
        let shelf = SlotCache::on(&redis(), &metrics);
        let mut state = State {
            store: open_with(&database, 8, hub.clone()).with_shelf(shelf),
            clock: clock.clone(),
            tokens: Tokens::new(vec![("jwt-1".to_owned(), new_token_key().unwrap())]).unwrap(),
            passwords: Passwords::new(),
            vault: Vault::new(vec![("seal-1".to_owned(), vec![7; 32])]).unwrap(),
            oidc: oidc("", Vec::new()),
            links: Links::new(LinkKey::new(api::random::bytes()), &format!("http://{address}")),
            files: Files::in_folder(&folder.join("files")).unwrap(),
            pages: Pages::load().unwrap(),
            metrics,
            tickets: Tickets::new(&Limits::none()),
            hub: hub.clone(),
            meter: Meter::default(),
            limits: Limits::none(),
            directory: Directory::default(),
            outbox: Some(folder.join("outbox")),
            proxies: Proxies::default(),
            origins: Origins::default(),
        };
        change(&mut state);
        let state = web::Data::new(state);
        let client = Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap();
        Self {
            server: Some(serve(listener, state.clone())),
            store: open(&database, 8),
            clock,
            mail_templates: Arc::new(Templates::load().unwrap()),
            state,
            database,
            client,
            address,
            folder,
            ignores_jobs: AtomicBool::new(false),
        }
    }

    /// For a test that is not about what happens afterwards: jobs may be left.
    #[must_use]
    pub fn ignore_jobs(self) -> Self {
        self.ignores_jobs.store(true, Ordering::Relaxed);
        self
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Doors to the same database, with so many connections each.
    pub fn doors(&self, connections: u16) -> Store {
        open(&self.database, connections)
    }

    /// Where the server listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A request to an address as it is, `/health` for example.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let method: Method = method.parse().unwrap();
        Request(self.client.request(method, format!("http://{}{path}", self.address)))
    }

    /// A request to an address below `/api/v1`, like those of the other methods.
    pub fn api(&self, method: &str, path: &str) -> Request {
        self.request(method, &format!("/api/v1{path}"))
    }

    pub fn get(&self, path: &str) -> Request {
        self.api("GET", path)
    }

    pub fn post(&self, path: &str) -> Request {
        self.api("POST", path)
    }

    pub fn put(&self, path: &str) -> Request {
        self.api("PUT", path)
    }

    pub fn patch(&self, path: &str) -> Request {
        self.api("PATCH", path)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.api("DELETE", path)
    }

    /// Signs up a tenant of this slug in Paris, with an owner whose address is `owner@{slug}.example`.
    pub async fn tenant(&self, slug: &str) -> Salon<'_> {
        self.tenant_in(slug, "Europe/Paris").await
    }

    pub async fn tenant_in(&self, slug: &str, timezone: &str) -> Salon<'_> {
        let body = sign_up(slug, timezone);
        let signed_in = self.post("/auth/register").json(&body).await.expect(201);
        Salon::new(self, slug, &signed_in)
    }

    /// Everything that was mailed, in the order in which it was written.
    pub async fn mails(&self) -> Vec<Received> {
        let outbox = self.outbox();
        let mut sent = Vec::new();
        for summary in sandbox::list(&outbox, 1_000).await.unwrap() {
            let file = std::fs::metadata(outbox.join(format!("{}.eml", summary.id))).unwrap();
            sent.push((file.modified().unwrap(), summary.id));
        }
        // The clock of a test stands still: of one moment ids tell no order.
        sent.sort_unstable();
        let mut mails = Vec::new();
        for (_, id) in sent {
            mails.extend(sandbox::read(&outbox, &id).await.unwrap());
        }
        mails
    }
}

impl TestApp {
    /// Where the files of tenants lie.
    pub fn files_folder(&self) -> PathBuf {
        self.folder.join("files")
    }

    pub(crate) fn outbox(&self) -> PathBuf {
        self.folder.join("outbox")
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.state.hub.close();
        if let Some((handle, thread)) = self.server.take() {
            // What was sent to the server's thread is heard there, whether or not anybody waits here.
            drop(handle.stop(false));
            drop(thread.join());
        }
        drop(std::fs::remove_dir_all(&self.folder));
        if self.ignores_jobs.load(Ordering::Relaxed) || std::thread::panicking() {
            return;
        }
        let url = self.database.url();
        let left = aside(async move {
            let rows = connect(&url).await.query("SELECT kind FROM jobs WHERE state = 'ready'", &[]).await;
            let mut left: BTreeMap<String, u32> = BTreeMap::new();
            for row in rows.unwrap_or_default() {
                *left.entry(row.get(0)).or_default() += 1;
            }
            left
        });
        assert!(left.as_ref().is_none_or(BTreeMap::is_empty), "jobs are left that nobody ran: {left:?}");
    }
}

/// The Redis of all tests, under a prefix of its own. Everybody passes its limits.
pub fn redis() -> Limits {
    #[expect(clippy::disallowed_methods, reason = "tests have no command line")]
    let url = std::env::var("TEST_REDIS_URL")
        .expect("TEST_REDIS_URL is not set: `make test` sets it, and starts what it names");
    let prefix = format!("test_{}", crate::database::unique());
    Limits::new(&RedisConfig { url: url.into(), prefix }, 0).unwrap()
}

/// Providers to sign in with, and whom they may be asked at beside the public internet. Keys are read again at once.
pub fn oidc(allowed: &str, clients: Vec<(Provider, OidcClient)>) -> Oidc {
    let outgoing = Outgoing::new(&OutgoingConfig { outgoing_allow: allowed.parse().unwrap() }).unwrap();
    Oidc::new(outgoing, clients).reading_again_after(Duration::ZERO)
}

fn open(database: &Database, connections: u16) -> Store {
    // Nobody hears of what it does: followers find it when they look by themselves.
    open_with(database, connections, Hub::default())
}

fn open_with(database: &Database, connections: u16, hub: Hub) -> Store {
    let config =
        DatabaseConfig { database_connections: connections, ..DatabaseConfig::at(database.url().as_str()) };
    Store::new(&config, 1, Arc::new(move |wake| hub.did(wake))).unwrap()
}

/// The real server, on threads of its own, so that it answers while the test's thread works.
fn serve(listener: TcpListener, state: web::Data<State>) -> (ServerHandle, JoinHandle<()>) {
    let (send, receive) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new()
            .block_on(async move {
                let server = server::serve(listener, state, 2)?;
                drop(send.send(server.handle()));
                server.await
            })
            .unwrap();
    });
    (receive.recv().unwrap(), thread)
}

/// The body of a sign-up that is accepted.
pub fn sign_up(slug: &str, timezone: &str) -> Value {
    json!({
        "email": format!("owner@{slug}.example"),
        "password": format!("the secret of {slug}"),
        "full_name": "Olga Owner",
        "tenant": {"name": format!("Salon {slug}"), "slug": slug, "timezone": timezone, "locale": "en"},
    })
}
