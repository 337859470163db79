//! Connections to PostgreSQL: of one role, a pool for each thread.

use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use secrecy::{ExposeSecret, SecretString};
use thread_local::ThreadLocal;

use crate::error::{Error, Result};

/// Longest that anybody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// The connections that log in as one role. What comes in on a connection is read by the thread that opened it; used by
/// that thread alone, no answer has to wake another.
#[derive(Clone)]
pub(crate) struct Pools {
    url: SecretString,
    /// Of each thread.
    connections: usize,
    of_threads: Arc<ThreadLocal<Pool<AsyncPgConnection>>>,
}

impl Pools {
    pub(crate) fn new(url: SecretString, connections: usize) -> Self {
        Self { url, connections, of_threads: Arc::default() }
    }

    /// The pool of this thread.
    pub(crate) fn here(&self) -> Result<&Pool<AsyncPgConnection>> {
        self.of_threads.get_or_try(|| {
            let mut config = ManagerConfig::default();
            // Whether the connection is still there is known without asking PostgreSQL each time: its end is noticed when it
            // happens, and what is not noticed fails the first statement, with or without a question before.
            config.recycling_method = RecyclingMethod::Fast;
            let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(
                self.url.expose_secret(),
                config,
            );
            Pool::builder(manager)
                .max_size(self.connections)
                .runtime(Runtime::Tokio1)
                .wait_timeout(Some(PATIENCE))
                .create_timeout(Some(PATIENCE))
                .recycle_timeout(Some(PATIENCE))
                .build()
                .map_err(|error| Error::Unavailable(error.to_string()))
        })
    }

    /// A connection of this thread's pool.
    pub(crate) async fn get(&self) -> Result<Object<AsyncPgConnection>> {
        self.here()?.get().await.map_err(|error| Error::Unavailable(error.to_string()))
    }

    /// A connection of nobody's pool.
    pub(crate) async fn connect(&self) -> Result<AsyncPgConnection> {
        let connect = AsyncPgConnection::establish(self.url.expose_secret());
        let connected = tokio::time::timeout(PATIENCE, connect)
            .await
            .map_err(|_elapsed| Error::Unavailable("PostgreSQL does not answer".to_owned()))?;
        match connected {
            Ok(connection) => Ok(connection),
            Err(error) => Err(Error::Unavailable(cause(self.url.expose_secret(), &error).await)),
        }
    }

    /// Connections of all threads: open, idle, waited for.
    pub(crate) fn status(&self) -> (usize, usize, usize) {
        self.of_threads.iter().map(Pool::status).fold((0, 0, 0), |(open, idle, waiting), pool| {
            (open + pool.size, idle + pool.available, waiting + pool.waiting)
        })
    }
}

/// Why there is no connection: what PostgreSQL said, or what the way to it did, for the client does not tell. Of the URL
/// nothing but host and port.
pub(crate) async fn cause(url: &str, error: &diesel::ConnectionError) -> String {
    let place = url.parse::<url::Url>().ok().and_then(|url| {
        Some((url.host_str()?.trim_matches(['[', ']']).to_owned(), url.port().unwrap_or(5432)))
    });
    let Some((host, port)) = place else { return error.to_string() };
    let tried = tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect((host.as_str(), port))).await;
    match tried {
        Ok(Ok(_)) => format!("{host}:{port}: {error}"),
        Ok(Err(why)) => format!("{host}:{port}: {why}"),
        Err(_elapsed) => format!("{host}:{port} does not answer"),
    }
}
