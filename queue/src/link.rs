//! One connection to Redis that comes back by itself.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, Pipeline, RedisError};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// How long a blocking read waits for the first message.
pub(crate) const BLOCK: Duration = Duration::from_secs(1);
/// How long an answer may take: longer than a blocking read does.
const PATIENCE: Duration = Duration::from_secs(3);
const CONNECTING: Duration = Duration::from_secs(1);
/// Between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(100);

/// Where Redis is.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Redis")]
pub struct RedisConfig {
    /// Redis 7.0 or later. It carries what PostgreSQL keeps, and may be emptied at any time.
    #[arg(long = "redis-url", env = "REDIS_URL", value_name = "URL", hide_env_values = true)]
    pub url: SecretString,
    /// What all keys and channels begin with: two deployments may share one Redis.
    #[arg(long = "redis-prefix", env = "REDIS_PREFIX", value_name = "WORD", default_value = "harmony")]
    pub prefix: String,
}

/// Why Redis did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing was sent: whatever was asked has certainly not happened.
    #[error("no connection to Redis: {0}")]
    Unreachable(RedisError),
    /// It may have happened all the same.
    #[error("Redis: {0}")]
    Unanswered(RedisError),
}

/// A connection, made when it is first used and made anew after any error: a multiplexed connection does not recover,
/// and nobody knows what a failed one still has to say.
pub struct Link {
    client: Client,
    connection: Option<MultiplexedConnection>,
    away: bool,
}

impl Link {
    /// Connects to nothing yet. An error: the URL is none.
    pub fn new(config: &RedisConfig) -> Result<Self, Error> {
        let client = Client::open(config.url.expose_secret()).map_err(Error::Unreachable)?;
        Ok(Self { client, connection: None, away: false })
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
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
            let config = AsyncConnectionConfig::new()
                .set_response_timeout(Some(PATIENCE))
                .set_connection_timeout(Some(CONNECTING));
            let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
            connecting.await.map_err(Error::Unreachable)?
        };
        let answer = commands.query_async(&mut connection).await.map_err(Error::Unanswered)?;
        // Only now: a call that was dropped half-way must not leave its answer to the next one.
        self.connection = Some(connection);
        Ok(answer)
    }
}
