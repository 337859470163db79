//! What processes tell of themselves: lines of log, and traces for a collector that is asked for.

mod fields;
mod logs;
mod traces;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

pub use logs::Sink;
pub use opentelemetry::KeyValue;
pub use opentelemetry::trace::{SpanBuilder, SpanKind, Status};
pub use traces::Span;
use url::Url;

/// What is told, and to whom.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Telemetry")]
pub struct TelemetryConfig {
    /// From which level on, by target: `info`, `warn,worker=debug`.
    #[arg(long, env = "LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
    /// Where a collector takes OTLP over HTTP: `http://collector:4318`. Not given: no traces.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<Url>,
    /// The share of traces that is exported, 0 to 1: the same ones by all processes.
    #[arg(long, env = "OTEL_TRACES_SAMPLER_ARG", value_name = "SHARE", default_value_t = 1.0, value_parser = share)]
    pub trace_share: f64,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "a number from 0 to 1".to_owned())
}

/// Held while the process runs: tells what is left to tell when it is dropped, for two seconds at most.
#[must_use]
#[derive(Debug)]
pub struct Telemetry {
    exporter: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

impl Telemetry {
    const LAST_WORDS: Duration = Duration::from_secs(2);

    /// To be called once, first thing. `service` is what traces call the process; `is_for_eyes`: logs in plain lines,
    /// not as JSON.
    pub fn start(
        config: &TelemetryConfig,
        service: &str,
        sink: Sink,
        is_for_eyes: bool,
    ) -> anyhow::Result<Self> {
        logs::start(&config.log, sink, is_for_eyes)?;
        let endpoint = config.otlp_endpoint.as_ref();
        let exporter = endpoint.map(|endpoint| traces::start(endpoint, config.trace_share, service));
        Ok(Self { exporter: exporter.transpose()? })
    }
}

/// How a process ends: an error is one line of log, or of standard error where errors are not logged.
pub fn end(result: anyhow::Result<()>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    if tracing::enabled!(tracing::Level::ERROR) {
        tracing::error!(error = format!("{error:#}"), "ends");
    } else {
        // Nobody is left to be told if that fails too.
        let _unheard = writeln!(std::io::stderr(), "Error: {error:#}");
    }
    ExitCode::FAILURE
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        let ended = self.exporter.as_ref().map(|exporter| exporter.shutdown_with_timeout(Self::LAST_WORDS));
        if let Some(Err(error)) = ended {
            tracing::warn!(%error, "traces were left unsaid");
        }
    }
}
