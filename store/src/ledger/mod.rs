//! The ledger of background work as relays and workers see it: jobs of all tenants, by the role `harmony_system`.
//!
//! A row is the whole truth about a job. It is leased while `state = 'ready' AND lease_until > now()`; leases are dated
//! by PostgreSQL's clock alone, due times by the clock of whoever calls. `deliveries - attempt - 1` leases were lost.

mod lease;
mod schedule;
mod settle;
mod tally;
mod upkeep;

pub use lease::{HEADS, Head, LEASE, LEASE_CAPPED, Leased, Place, Share};
pub use settle::Failure;
pub use tally::{Minute, Outcomes, Worker};
pub use upkeep::{Depth, QueueSettings};

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use domain::id::{JobId, TenantId};
use jobs::Delivery;
use secrecy::{ExposeSecret, SecretString};
use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// How long a statement, or the wait for a connection, may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the ledger did not answer. The connection of a failed statement is closed, never used again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no connection to the ledger: {0}")]
    Unreachable(String),
    #[error("the ledger did not answer within {} s", PATIENCE.as_secs())]
    Silent,
    #[error("the ledger refused: {0}")]
    Refused(diesel::result::Error),
}

impl Error {
    /// Whether it is the statement, not the connection, that failed: repeating it may never help.
    pub const fn is_refusal(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error::DatabaseError};
        matches!(self, Self::Refused(error) if !matches!(error, DatabaseError(DatabaseErrorKind::ClosedConnection, _)))
    }

    /// Logs what does not happen because of it, unless PostgreSQL is away: the ledger says that by itself.
    pub fn tell(&self, what: &str) {
        if self.is_refusal() {
            tracing::warn!(error = %self, "{what}");
        } else {
            tracing::debug!(error = %self, "{what}");
        }
    }
}

/// What tells one delivery of a job from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    pub tenant_id: TenantId,
    pub id: JobId,
    pub deliveries: i16,
}

impl From<&Delivery> for Held {
    fn from(delivery: &Delivery) -> Self {
        Self { tenant_id: delivery.tenant_id, id: delivery.id, deliveries: delivery.deliveries }
    }
}

/// All jobs, through connections of the role `harmony_system`. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    pool: Pool<AsyncPgConnection>,
    /// It was when somebody last asked.
    away: Arc<AtomicBool>,
}

impl Ledger {
    /// `pool` connects as `harmony_system`.
    pub fn new(pool: Pool<AsyncPgConnection>) -> Self {
        Self { pool, away: Arc::default() }
    }

    /// A pool of its own at a postgres:// URL, whose user is replaced. Connects when it is first used.
    pub fn open(database_url: &SecretString, connections: NonZeroUsize) -> Result<Self, Error> {
        let unreachable = |why: &str| Error::Unreachable(why.to_owned());
        // The parser's own words would repeat a part of the URL, perhaps the password.
        let mut url = Url::parse(database_url.expose_secret())
            .map_err(|_error| unreachable("the database URL is not of the form postgres://host:port/name"))?;
        url.set_username("harmony_system").map_err(|()| unreachable("the database URL has no host"))?;
        let mut config = ManagerConfig::<AsyncPgConnection>::default();
        // A broken connection is closed by the statement that meets it: no need to ask before each.
        config.recycling_method = RecyclingMethod::Fast;
        let manager = AsyncDieselConnectionManager::new_with_config(url.as_str(), config);
        let pool = Pool::builder(manager).max_size(connections.get()).build();
        Ok(Self::new(pool.map_err(|error| unreachable(&error.to_string()))?))
    }

    async fn conn(&self) -> Result<Object<AsyncPgConnection>, Error> {
        let conn = match tokio::time::timeout(PATIENCE, self.pool.get()).await {
            Ok(Ok(conn)) => Ok(conn),
            Ok(Err(error)) => Err(Error::Unreachable(error.to_string())),
            Err(_elapsed) => Err(Error::Silent),
        };
        if let Err(error) = &conn {
            self.note(Some(error));
        }
        conn
    }

    /// Returns the connection to its pool, or closes it after an error: who knows what it still has to say.
    fn kept<T>(&self, conn: Object<AsyncPgConnection>, result: Result<T, Error>) -> Result<T, Error> {
        if result.is_err() {
            drop(Object::take(conn));
        }
        self.note(result.as_ref().err().filter(|error| !error.is_refusal()));
        result
    }

    /// Says once that PostgreSQL is away, and once that it is back.
    fn note(&self, away: Option<&Error>) {
        match away {
            Some(error) if !self.away.swap(true, Ordering::Relaxed) => {
                tracing::warn!(%error, "PostgreSQL is away");
            }
            None if self.away.load(Ordering::Relaxed) && self.away.swap(false, Ordering::Relaxed) => {
                tracing::info!("PostgreSQL is back");
            }
            _ => {}
        }
    }
}

async fn within<T>(statement: impl Future<Output = QueryResult<T>>) -> Result<T, Error> {
    match tokio::time::timeout(PATIENCE, statement).await {
        Ok(result) => result.map_err(Error::Refused),
        Err(_elapsed) => Err(Error::Silent),
    }
}

fn columns(jobs: &[Held]) -> (Vec<Uuid>, Vec<Uuid>, Vec<i16>) {
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for job in jobs {
        columns.0.push(job.tenant_id.0);
        columns.1.push(job.id.0);
        columns.2.push(job.deliveries);
    }
    columns
}

/// Whole milliseconds, for `$n * interval '1 ms'`; 24 days at most.
fn ms(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}
