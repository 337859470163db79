//! One connection to Redis that comes back by itself.

use crate::server::{Patience, Server};
use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, FromRedisValue, Pipeline, RedisError, ServerErrorKind};
use secrecy::SecretString;
use std::time::Duration;

/// How long a blocking read waits for the first message.
pub(crate) const BLOCK: Duration = Duration::from_secs(1);
/// An answer may take longer than a blocking read does.
const PATIENCE: Patience = Patience { connecting: CONNECTING, answer: Duration::from_secs(3) };
pub(crate) const CONNECTING: Duration = Duration::from_secs(1);
/// Between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(100);

/// Where Redis is.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Redis")]
pub struct RedisConfig {
    /// Redis 7.0 or later. It carries what PostgreSQL keeps, and may be emptied at any time.
    ///
    /// One server: redis://USER:PASSWORD@HOST:PORT
    ///
    /// A cluster, by some of its nodes: redis+cluster://USER:PASSWORD@HOST:PORT,HOST:PORT,HOST:PORT
    ///
    /// A master and its replicas, by their sentinels and the name these give the master:
    /// redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT,HOST:PORT/NAME. The user is that of the servers; sentinels
    /// that let nobody ask without one have the same.
    ///
    /// USER:PASSWORD@ is left out where Redis asks for none.
    #[arg(long = "redis-url", env = "REDIS_URL", value_name = "URL", hide_env_values = true)]
    pub url: SecretString,
    /// What all keys and channels begin with: two deployments may share one Redis.
    #[arg(long = "redis-prefix", env = "REDIS_PREFIX", value_name = "WORD", default_value = "harmony")]
    pub prefix: String,
}

/// Why Redis did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such address, or prefix. The reason repeats nothing of them.
    #[error("the URL of Redis: {0}")]
    Address(String),
    /// Nothing was sent, or who got it turned it away: whatever was asked has certainly not happened.
    #[error("nothing reached Redis: {0}")]
    Unreachable(RedisError),
    /// It may have happened all the same.
    #[error("Redis: {0}")]
    Unanswered(RedisError),
}

/// A connection, made when it is first used and made anew after any error: a multiplexed connection does not recover,
/// and nobody knows what a failed one still has to say.
pub struct Link {
    server: Server,
    /// Of the keys it is for.
    slot: Option<u16>,
    connection: Option<MultiplexedConnection>,
    away: bool,
}

impl Link {
    /// For commands without keys. Connects to nothing yet. An error: the URL is none.
    pub fn new(config: &RedisConfig) -> Result<Self, Error> {
        Ok(Self { server: Server::open(config)?, slot: None, connection: None, away: false })
    }

    /// For commands on this key, and on keys that a cluster keeps beside it.
    pub(crate) fn of(config: &RedisConfig, key: &str) -> Result<Self, Error> {
        let link = Self::new(config)?;
        Ok(Self { slot: Some(link.server.slot(key)), ..link })
    }

    /// Whether Redis answers.
    pub async fn ping(&mut self) -> Result<(), Error> {
        let mut pipe = redis::pipe();
        pipe.cmd("PING").ignore();
        self.run(&pipe).await
    }

    /// Runs the commands. After an error it waits a moment, so that whoever tries again at once does no harm.
    pub(crate) async fn run<T: FromRedisValue>(&mut self, commands: &Pipeline) -> Result<T, Error> {
        let result = self.attempt(commands).await;
        if let Err(error) = &result {
            if !std::mem::replace(&mut self.away, true) {
                tracing::warn!(%error, "Redis is away");
            }
            tokio::time::sleep(PAUSE).await;
        } else if std::mem::take(&mut self.away) {
            tracing::info!("Redis is back");
        }
        result
    }

    async fn attempt<T: FromRedisValue>(&mut self, commands: &Pipeline) -> Result<T, Error> {
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            self.server.connect(self.slot, PATIENCE).await.map_err(Error::Unreachable)?.to
        };
        let failed = |error| {
            // Of several commands the others may have been heard.
            let certain = commands.len() == 1 && turned_away(&error);
            if certain { Error::Unreachable(error) } else { Error::Unanswered(error) }
        };
        let answer = commands.query_async(&mut connection).await.map_err(failed)?;
        // Only now: a call that was dropped half-way must not leave its answer to the next one.
        self.connection = Some(connection);
        Ok(answer)
    }
}

/// Whether that is what a server says that does not do what it is asked: it is not, or no longer, the one who may, or it
/// is not ready. A script ends so before its first write.
fn turned_away(error: &RedisError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Server(
            ServerErrorKind::Moved
                | ServerErrorKind::Ask
                | ServerErrorKind::TryAgain
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::BusyLoading
        )
    )
}
