//! Traces: what a request did, and the jobs that follow from it, as a collector shows them (W3C Trace Context, exported
//! as OTLP over HTTP). Without a collector a traceparent that came in still goes with the jobs.

use anyhow::Context as _;
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
    TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use std::sync::OnceLock;
use std::time::Duration;
use url::Url;

/// Not there: nobody wants traces.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// How long a collector may take for a batch.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn start(endpoint: &Url, share: f64, service: &str) -> anyhow::Result<SdkTracerProvider> {
    let traces = format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/'));
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(traces)
        .with_timeout(PATIENCE)
        .build()
        .context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        // By the trace's number alone: all processes take the same ones, and no client chooses.
        .with_sampler(Sampler::TraceIdRatioBased(share))
        .with_resource(Resource::builder().with_service_name(service.to_owned()).build())
        .build();
    if TRACER.set(provider.tracer("harmony")).is_err() {
        anyhow::bail!("traces were started twice");
    }
    Ok(provider)
}

/// A piece of work within a trace; it ends when this is dropped.
#[derive(Debug)]
pub struct Span {
    /// `None`: nobody wants traces.
    span: Option<opentelemetry_sdk::trace::Span>,
    context: SpanContext,
}

impl Span {
    /// Begins what `describe` tells of, as a part of the work that the W3C traceparent names. One that is none begins a
    /// trace of its own.
    pub fn start(traceparent: Option<&str>, describe: impl FnOnce() -> SpanBuilder) -> Self {
        let parent = traceparent.map_or(SpanContext::NONE, read);
        let Some(tracer) = TRACER.get() else { return Self { span: None, context: parent } };
        let parent = Context::new().with_remote_span_context(parent);
        let span = describe().start_with_context(tracer, &parent);
        Self { context: span.span_context().clone(), span: Some(span) }
    }

    /// What work that follows from this one is a part of; `None`: of nothing.
    pub fn traceparent(&self) -> Option<String> {
        self.context.is_valid().then(|| write(&self.context))
    }

    /// The trace's 32 hex digits.
    pub fn trace_id(&self) -> Option<impl std::fmt::Display + use<>> {
        self.context.is_valid().then(|| self.context.trace_id())
    }

    /// Tells more of it.
    pub fn tell(&mut self, attribute: impl FnOnce() -> KeyValue) {
        if let Some(span) = &mut self.span {
            span.set_attribute(attribute());
        }
    }

    /// It has gone wrong. `why` names a kind of failure, and nothing of what failed: traces leave the platform.
    pub fn fail(&mut self, why: &'static str) {
        if let Some(span) = &mut self.span {
            span.set_status(Status::error(why));
        }
    }
}

/// What a traceparent names (<https://www.w3.org/TR/trace-context/#traceparent-header-field-values>); anything else names
/// nothing. Later versions may say more after the flags.
fn read(traceparent: &str) -> SpanContext {
    parse(traceparent).unwrap_or(SpanContext::NONE)
}

fn parse(traceparent: &str) -> Option<SpanContext> {
    let (known, more) = traceparent.split_at_checked(55)?;
    let mut fields = known.split('-');
    let version = hex(fields.next()?, 2)?;
    let (trace, span) = (hex(fields.next()?, 32)?, hex(fields.next()?, 16)?);
    let flags = hex(fields.next()?, 2)?;
    let is_whole = fields.next().is_none()
        && if version == 0 { more.is_empty() } else { more.is_empty() || more.starts_with('-') };
    let flags = TraceFlags::new(u8::try_from(flags).ok()?) & TraceFlags::SAMPLED;
    let (trace, span) = (TraceId::from(trace), SpanId::from(u64::try_from(span).ok()?));
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    (version != 0xff && is_whole && context.is_valid()).then_some(context)
}

/// So many digits, all of them small.
fn hex(digits: &str, count: usize) -> Option<u128> {
    let are_small = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    (digits.len() == count && are_small).then(|| u128::from_str_radix(digits, 16).ok())?
}

fn write(context: &SpanContext) -> String {
    let flags = (context.trace_flags() & TraceFlags::SAMPLED).to_u8();
    format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of <https://www.w3.org/TR/trace-context/#traceparent-header-field-values>.
    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn went_on(traceparent: &str) -> Option<String> {
        Span::start(Some(traceparent), || unreachable!("nobody wants traces")).traceparent()
    }

    #[test]
    fn without_a_collector_a_traceparent_goes_on_as_it_came() {
        assert_eq!(went_on(GIVEN).as_deref(), Some(GIVEN));
        let span = Span::start(Some(GIVEN), SpanBuilder::default);
        assert_eq!(span.trace_id().unwrap().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        let later = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-what the future will bring";
        assert_eq!(went_on(later).as_deref(), Some(GIVEN));
        assert!(Span::start(None, SpanBuilder::default).traceparent().is_none());
    }

    #[test]
    fn what_is_no_traceparent_is_no_parent() {
        let long = GIVEN.repeat(200);
        for none in [
            "",
            "x",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-\u{e9}",
            &long,
        ] {
            assert_eq!(went_on(none), None, "{none}");
        }
    }
}
