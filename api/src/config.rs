//! What the API can be told. `--help` is the documentation.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use providers::files::FilesConfig;
use providers::oidc::OidcConfig;
use providers::outgoing::OutgoingConfig;
use providers::secrets::SecretsConfig;
use queue::RedisConfig;
use store::DatabaseConfig;
use telemetry::TelemetryConfig;

use crate::cors::Origins;
use crate::proxies::Proxies;

/// Harmony's API: the tenant-scoped HTTP API and the public pages.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Config {
    /// Where to listen.
    #[arg(long, env = "BIND", default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,
    /// Where clients reach us: what links in messages begin with.
    #[arg(long, env = "PUBLIC_URL", default_value = "http://127.0.0.1:8080", value_parser = domain::link::public_url)]
    pub public_url: String,
    /// Where to serve /metrics; without it, nowhere.
    #[arg(long, env = "API_METRICS_BIND")]
    pub metrics_bind: Option<SocketAddr>,
    /// Threads that serve; the machine's cores.
    #[arg(long, env = "HTTP_WORKERS")]
    pub http_workers: Option<usize>,
    /// Networks of the proxies in front of us, which tell the client's address in X-Forwarded-For, such as `10.0.0.0/8,fd00::/8`.
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "")]
    pub trusted_proxies: Proxies,
    /// Websites whose scripts may speak to the API from browsers, such as `https://app.example.org`; empty: none.
    #[arg(long, env = "CORS_ORIGINS", default_value = "")]
    pub cors_origins: Origins,
    /// Shows /dev/outbox. Never where others can reach it.
    #[arg(long, env = "HARMONY_DEVELOPMENT")]
    pub development: bool,
    /// The folder where the sandbox of mail keeps its messages, for /dev/outbox.
    #[arg(long, env = "MAIL_SANDBOX_DIR", default_value = ".harmony/outbox")]
    pub mail_sandbox_dir: PathBuf,
    /// Multiplies how often clients may ask; 0: as often as they like.
    #[arg(long, env = "RATE_LIMIT_FACTOR", default_value_t = 1)]
    pub rate_limit_factor: u32,
    #[command(flatten)]
    pub telemetry: TelemetryConfig,
    #[command(flatten)]
    pub database: DatabaseConfig,
    #[command(flatten)]
    pub redis: RedisConfig,
    #[command(flatten)]
    pub files: FilesConfig,
    #[command(flatten)]
    pub secrets: SecretsConfig,
    #[command(flatten)]
    pub outgoing: OutgoingConfig,
    #[command(flatten)]
    pub oidc: OidcConfig,
}
