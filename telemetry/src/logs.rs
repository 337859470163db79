//! Lines of log: JSON to machines, plain to eyes.

use anyhow::Context;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::fields::Fields;

/// Where logs go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    Stdout,
    Stderr,
}

pub(crate) fn start(filter: &str, sink: Sink, is_for_eyes: bool) -> anyhow::Result<()> {
    let wanted: Targets = if filter.trim().is_empty() { "info" } else { filter }.parse().context("LOG")?;
    // A client that speaks no HTTP is no error of ours, and may come back a thousand times.
    let filter = Targets::new().with_target("actix_http", LevelFilter::OFF).with_targets(wanted.iter());
    let filter = filter.with_default(wanted.default_level().unwrap_or(LevelFilter::OFF));
    let writer = match sink {
        Sink::Stdout => BoxMakeWriter::new(std::io::stdout),
        Sink::Stderr => BoxMakeWriter::new(std::io::stderr),
    };
    let logs = tracing_subscriber::registry();
    let started = if is_for_eyes {
        let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer);
        logs.with(lines.compact().with_filter(filter)).try_init()
    } else {
        logs.with(json(writer).with_filter(filter)).try_init()
    };
    started.context("the log does not start")
}

/// One object a line, with the fields of the innermost span.
pub(crate) fn json<S>(
    writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static,
) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer()
        .event_format(tracing_subscriber::fmt::format().json().flatten_event(true).with_span_list(false))
        .fmt_fields(Fields)
        .with_ansi(false)
        .with_writer(writer)
}
