//! What a process says, and to whom: JSON lines to machines, plain lines to a terminal.

use std::io::IsTerminal;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What is logged.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Logs")]
pub struct LogConfig {
    /// From which level on, by target: `info`, `warn,worker=debug`.
    #[arg(long, env = "LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
    /// Logs for eyes, not for machines.
    #[arg(long, env = "HARMONY_DEVELOPMENT")]
    pub development: bool,
}

/// Where logs go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    Stdout,
    Stderr,
}

/// To be called once, first thing.
pub fn start(config: &LogConfig, sink: Sink) -> anyhow::Result<()> {
    let filter: Targets = config.log.parse()?;
    let writer = match sink {
        Sink::Stdout => BoxMakeWriter::new(std::io::stdout),
        Sink::Stderr => BoxMakeWriter::new(std::io::stderr),
    };
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer);
    let logs = tracing_subscriber::registry();
    let started = if config.development || std::io::stdout().is_terminal() {
        logs.with(lines.with_filter(filter)).try_init()
    } else {
        logs.with(lines.json().flatten_event(true).with_span_list(false).with_filter(filter)).try_init()
    };
    started.map_err(|error| anyhow::anyhow!("the log does not start: {error}"))
}
