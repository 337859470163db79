//! A database for each test, cloned from a template that is migrated once.

use std::time::Duration;

use api::clock::Clock;
use domain::id::SessionId;
use store::migrate;
use tokio_postgres::{Client, NoTls};
use url::Url;

/// Held while the template is looked for, made, or another one is dropped.
const LOCK: i64 = 4_210_502;

/// A database that was killed with its test is dropped after this long.
const ABANDONED: Duration = Duration::from_mins(30);

/// A database of this build's schema, empty, dropped with this value.
#[derive(Debug)]
pub struct Database {
    name: String,
    server: Url,
}

impl Database {
    /// Clones the template.
    pub async fn create() -> Self {
        let server = server();
        let admin = connect(&server).await;
        let template = template(&admin, &server).await;
        let name = format!("t_{}", unique());
        admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
        Self { name, server }
    }

    /// A database without anything in it, for tests of migrations.
    pub async fn empty() -> Self {
        let server = server();
        let name = format!("t_{}", unique());
        connect(&server).await.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        Self { name, server }
    }

    /// Its address, as an administrator.
    pub fn url(&self) -> Url {
        let mut url = self.server.clone();
        url.set_path(&self.name);
        url
    }

    /// Its address, as a role.
    pub fn url_as(&self, role: &str) -> Url {
        let mut url = self.url();
        url.set_username(role).unwrap();
        url
    }

    /// A connection as an administrator, for what no door lets through. Times that it reads as texts are in UTC, whatever
    /// the server's zone.
    pub async fn admin(&self) -> Client {
        let admin = connect(&self.url()).await;
        admin.batch_execute("SET timezone = 'UTC'").await.unwrap();
        admin
    }

    /// A connection as a role.
    pub async fn connect_as(&self, role: &str) -> Client {
        connect(&self.url_as(role)).await
    }
}

impl Drop for Database {
    /// As well as it can: what is left is dropped by a later test.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        aside(async move {
            let admin = connect(&server).await;
            drop(admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await);
        });
    }
}

/// Runs `work` on a thread and a runtime of its own, at most 20 seconds: for drops, which can't wait for their own
/// runtime. `None`: it took longer, or panicked.
pub(crate) fn aside<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        let done = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(20), work).await.ok() });
        runtime.shutdown_background();
        done
    })
    .join()
    .ok()
    .flatten()
}

fn server() -> Url {
    #[expect(clippy::disallowed_methods, reason = "tests have no main to read the environment")]
    let url = std::env::var("TEST_DATABASE_URL");
    url.expect(
        "TEST_DATABASE_URL is not set: run the tests by `make test`, which starts a PostgreSQL for them",
    )
    .parse()
    .expect("TEST_DATABASE_URL is an administrator's address: postgres://USER@HOST:PORT/postgres")
}

pub(crate) async fn connect(url: &Url) -> Client {
    let (client, connection) = tokio_postgres::connect(url.as_str(), NoTls).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with its client")]
    tokio::spawn(connection);
    client
}

/// The template's name; makes it if it is missing. It is renamed only when it is whole, and takes no connections from
/// then on, so that it can always be cloned.
async fn template(admin: &Client, server: &Url) -> String {
    let name = format!("tpl_{}", migrate::fingerprint());
    let is_there = "SELECT FROM pg_database WHERE datname = $1";
    if admin.query_opt(is_there, &[&name]).await.unwrap().is_some() {
        return name;
    }
    admin.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.unwrap();
    if admin.query_opt(is_there, &[&name]).await.unwrap().is_none() {
        sweep(admin).await;
        let unfinished = format!("tpl_unfinished_{}", migrate::fingerprint());
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")).await.unwrap();
        let mut url = server.clone();
        url.set_path(&unfinished);
        migrate(&url).await;
        for sql in [
            format!("ALTER DATABASE {unfinished} WITH ALLOW_CONNECTIONS false"),
            format!(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{unfinished}'"
            ),
            format!("ALTER DATABASE {unfinished} RENAME TO {name}"),
        ] {
            admin.batch_execute(&sql).await.unwrap();
        }
    }
    admin.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await.unwrap();
    name
}

/// Roles belong to the whole server: tests of another build that make them at the same time get in the way for a moment.
async fn migrate(url: &Url) {
    let mut tries = 0;
    while let Err(error) = migrate::run(url.as_str(), None, Clock::System.now()).await {
        tries += 1;
        assert!(tries < 10, "the template could not be made: {error}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Drops templates of other builds and databases of tests that were killed, where nobody uses them.
async fn sweep(admin: &Client) {
    let databases = "SELECT datname FROM pg_database d WHERE datname ~ '^(tpl|t)_[0-9a-z_]+$'
        AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)";
    let now = u64::try_from(Clock::System.now().timestamp_millis()).unwrap();
    for row in admin.query(databases, &[]).await.unwrap() {
        let name: String = row.get(0);
        let age = name.strip_prefix("t_").and_then(|id| {
            let (seconds, nanos) = uuid::Uuid::try_parse(id).ok()?.get_timestamp()?.to_unix();
            Some(now.saturating_sub(seconds * 1_000 + u64::from(nanos) / 1_000_000))
        });
        if age.is_none_or(|age| u128::from(age) > ABANDONED.as_millis()) {
            // Somebody else may be faster, or have just begun to use it.
            drop(admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).await);
        }
    }
}

/// 32 hexadecimal digits that begin with the time.
pub(crate) fn unique() -> String {
    SessionId::mint(Clock::System.now()).0.simple().to_string()
}
