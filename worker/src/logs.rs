//! What a process says, and to whom: JSON lines to machines, plain lines to a terminal.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// What is logged.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Logs")]
pub struct LogConfig {
    /// From which level on, as of tracing's `EnvFilter`: `info`, `warn,worker=debug`.
    #[arg(long, env = "LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
    /// Logs for eyes, not for machines.
    #[arg(long, env = "HARMONY_DEVELOPMENT")]
    pub development: bool,
}

/// To be called once, first thing.
pub fn start(config: &LogConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    let started = if config.development || std::io::stdout().is_terminal() {
        logs.try_init()
    } else {
        logs.json().flatten_event(true).with_span_list(false).try_init()
    };
    started.map_err(|error| anyhow::anyhow!("the log does not start: {error}"))
}
