//! Traces: a request and the jobs that follow from it are one, as a collector is told.

use crate::ground::pause;
use crate::stage::{Process, Stage, free_port};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What was told, with the service that told it.
type Told = Arc<Mutex<Vec<(String, Span)>>>;

/// A collector: takes OTLP over HTTP, in the messages that the protocol's authors publish.
struct Collector {
    url: String,
    told: Told,
}

impl Collector {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let told = Told::default();
        let hearing = told.clone();
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
                tokio::spawn(hear(stream, hearing.clone()));
            }
        });
        Self { url, told }
    }

    /// The span of this service and name, once it was told.
    async fn span(&self, service: &str, name: &str) -> Span {
        for _ in 0..1_000 {
            let told = self
                .told
                .lock()
                .unwrap()
                .iter()
                .find(|(by, span)| by == service && span.name == name)
                .cloned();
            if let Some((_, span)) = told {
                return span;
            }
            pause(20).await;
        }
        let names: Vec<_> =
            self.told.lock().unwrap().iter().map(|(by, span)| format!("{by}: {}", span.name)).collect();
        panic!("{service} tells nothing of {name}, only {names:?}");
    }
}

/// Requests, one after the other, as long as the client likes.
async fn hear(stream: TcpStream, told: Told) {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut head, mut line) = (String::new(), String::new());
        while line != "\r\n" {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            head.push_str(&line.to_lowercase());
        }
        assert!(head.starts_with("post /v1/traces "), "{head}");
        assert!(head.contains("content-type: application/x-protobuf"), "{head}");
        let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        for of_service in ExportTraceServiceRequest::decode(&*body).unwrap().resource_spans {
            let service = text(&of_service.resource.unwrap().attributes, "service.name").unwrap();
            let spans = of_service.scope_spans.into_iter().flat_map(|scope| scope.spans);
            told.lock().unwrap().extend(spans.map(|span| (service.clone(), span)));
        }
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

fn text(attributes: &[opentelemetry_proto::tonic::common::v1::KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{key} is {other:?}"),
    }
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[tokio::test]
async fn a_request_and_the_mail_that_follows_from_it_are_one_trace() {
    let (stage, collector, port) = (Stage::start().await, Collector::start().await, free_port());
    let traced = |name: &str| {
        let mut command = stage.command(name);
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url).env("OTEL_BSP_SCHEDULE_DELAY", "100");
        command
    };
    let mut api = Process::start(traced("api").env("BIND", format!("127.0.0.1:{port}")));
    let _fleet = [traced("dispatch"), traced("email")].map(|mut it| Process::start(&mut it));
    let url = format!("http://127.0.0.1:{port}");
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    while client.get(format!("{url}/health/ready")).send().await.is_err() {
        assert!(!api.has_ended());
        pause(20).await;
    }
    let body = json!({
        "email": "new@example.org", "password": "a long password indeed", "full_name": "New",
        "tenant": {"name": "New", "slug": "new-salon", "timezone": "Europe/Paris", "locale": "fr"},
    });
    let answer = client
        .post(format!("{url}/api/v1/auth/register"))
        .header("traceparent", format!("00-{TRACE}-{CALLER}-00"))
        .json(&body)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    assert_eq!(status, 201, "{}", answer.text().await.unwrap());

    // Whether it is told is not for the caller to say: its trace is not marked as recorded.
    let request = collector.span("api", "POST /api/v1/auth/register").await;
    assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.to_owned(), CALLER.to_owned()));
    assert_eq!(request.kind(), SpanKind::Server);
    assert_eq!(text(&request.attributes, "http.response.status_code").as_deref(), Some("201"));
    assert_eq!(text(&request.attributes, "http.route").as_deref(), Some("/api/v1/auth/register"));
    let job = collector.span("email", "process send_email_verification").await;
    assert_eq!((hex(&job.trace_id), &job.parent_span_id), (TRACE.to_owned(), &request.span_id));
    assert_eq!(job.kind(), SpanKind::Consumer);
    assert_eq!(text(&job.attributes, "messaging.destination.name").as_deref(), Some("email"));
    assert!(job.start_time_unix_nano >= request.start_time_unix_nano);

    // Nothing of a person leaves.
    let told = format!("{:?}", collector.told.lock().unwrap());
    assert!(!told.contains("new@example.org") && !told.contains("new-salon"), "{told}");

    // A request without a traceparent is a trace of its own; what has not been told yet is told before the end.
    client.get(format!("{url}/health/ready")).send().await.unwrap();
    assert!(api.stop(Duration::from_secs(10)).await);
    let alone = collector.span("api", "GET /health/ready").await;
    assert!(alone.parent_span_id.is_empty() && hex(&alone.trace_id) != TRACE);
}

#[tokio::test]
async fn a_collector_that_is_away_holds_up_nobody() {
    let (stage, port) = (Stage::start().await, free_port());
    let mut api = Process::start(
        stage
            .command("api")
            .env("BIND", format!("127.0.0.1:{port}"))
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://127.0.0.1:{}", free_port())),
    );
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    let ready = || client.get(format!("http://127.0.0.1:{port}/health/ready")).send();
    while ready().await.is_err() {
        assert!(!api.has_ended());
        pause(20).await;
    }
    for _ in 0..5_000 {
        assert_eq!(ready().await.unwrap().status(), 200);
    }
    assert!(api.stop(Duration::from_secs(10)).await);
}
