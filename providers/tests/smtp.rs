//! The mailer against a real SMTP server: `smtp_server.py`, whose recipients' names ask for failures.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use chrono::DateTime;
use clap::Parser;
use domain::id::MessageId;
use providers::mail::{Attachment, Calendar, CalendarMethod, Email, MailConfig, Mailbox, Mailer, SendError};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

struct Server {
    ports: Value,
    // Killed when dropped.
    _process: Child,
}

impl Server {
    async fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(python())
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp_server.py"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Python starts");
        let mut ports = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut ports).await.unwrap();
        assert!(
            !ports.is_empty(),
            "The mail server did not start: run `make test`, which installs aiosmtpd."
        );
        Self { ports: serde_json::from_str(&ports).unwrap(), _process: process }
    }

    fn url(&self, scheme: &str, user: &str, query: &str) -> String {
        format!("{scheme}://{user}127.0.0.1:{}{query}", self.ports["smtp"])
    }

    fn plain(&self) -> Mailer {
        mailer(&["--smtp-url", &self.url("smtp", "", "?tls=none")])
    }

    async fn inbox(&self) -> Vec<Value> {
        let port = self.ports["inbox"].as_u64().unwrap();
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
        let mut lines = String::new();
        stream.read_to_string(&mut lines).await.unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no main.rs that reads the environment for it")]
fn python() -> String {
    let prepared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.harmony/venv/bin/python");
    std::env::var("TEST_PYTHON").unwrap_or_else(|_unset| {
        assert!(
            prepared.exists(),
            "No Python with aiosmtpd: run `make test`, which prepares it in .harmony/venv."
        );
        prepared.to_str().unwrap().to_owned()
    })
}

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    mail: MailConfig,
}

fn mailer(arguments: &[&str]) -> Mailer {
    let fixed = ["test", "--mail-transport", "smtp", "--mail-from", "Harmony <no-reply@example.com>"];
    Program::parse_from([&fixed, arguments].concat()).mail.mailer().unwrap()
}

fn email(mailer: &Mailer, to: &str) -> Email {
    Email {
        id: MessageId("019ab4c2-0000-7000-8000-000000000001".parse().unwrap()),
        date: DateTime::from_timestamp(1_795_511_700, 0).unwrap(),
        from: mailer.sender("Studio Mirabelle"),
        reply_to: None,
        to: Mailbox { name: "Zoë Łódzka".to_owned(), address: to.to_owned() },
        subject: "Réservation confirmée".to_owned(),
        text: "Bonjour Zoë,\n.\nune ligne d'un seul point, et\n..deux\n".to_owned(),
        html: "<p>Bonjour Zoë</p>".to_owned(),
        calendar: Some(Calendar {
            method: CalendarMethod::Request,
            ics: "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n".to_owned(),
        }),
        attachments: vec![Attachment {
            filename: "résumé.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes: vec![0xff; 200_000],
        }],
    }
}

async fn send(mailer: &Mailer, to: &str) -> Result<(), SendError> {
    mailer.send(&email(mailer, to)).await
}

fn refused(reason: &str) -> Result<(), SendError> {
    Err(SendError::Refused(reason.to_owned()))
}

fn later(after: Option<u64>, reason: &str) -> Result<(), SendError> {
    Err(SendError::Later(after.map(Duration::from_secs), reason.to_owned()))
}

#[tokio::test]
async fn a_message_arrives_whole() {
    let server = Server::start(&[]).await;
    let mailer = server.plain();
    send(&mailer, "zoe@example.org").await.unwrap();
    let inbox = server.inbox().await;
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0]["from"], "no-reply@example.com");
    assert_eq!(inbox[0]["to"], serde_json::json!(["zoe@example.org"]));
    let content = decode(inbox[0]["content"].as_str().unwrap());
    let message = mail_parser::MessageParser::default().parse(&content).unwrap();
    assert_eq!(message.subject(), Some("Réservation confirmée"));
    assert_eq!(message.message_id(), Some("019ab4c2-0000-7000-8000-000000000001@example.com"));
    assert_eq!(
        message.body_text(0).unwrap().replace("\r\n", "\n"),
        "Bonjour Zoë,\n.\nune ligne d'un seul point, et\n..deux\n"
    );
    assert_eq!(message.parts.last().unwrap().contents(), vec![0xff; 200_000]);
}

#[tokio::test]
async fn messages_share_a_connection_until_the_server_has_enough() {
    let server = Server::start(&["--per-connection", "2"]).await;
    let mailer = server.plain();
    for _ in 0..5 {
        send(&mailer, "zoe@example.org").await.unwrap();
    }
    let connections: Vec<u64> =
        server.inbox().await.iter().map(|message| message["connection"].as_u64().unwrap()).collect();
    assert_eq!(connections, [1, 1, 2, 2, 3]);
}

#[tokio::test]
async fn what_the_server_refuses_for_good_is_told_from_what_it_takes_later() {
    let server = Server::start(&[]).await;
    let mailer = server.plain();
    for (to, outcome) in [
        ("unknown@example.org", refused("recipient: 550 5.1.1")),
        ("unknown-bare@example.org", refused("recipient: 550")),
        ("spam@example.org", refused("content: 554 5.7.1")),
        ("full@example.org", later(None, "recipient: 452 4.2.2")),
        ("stranger@example.org", later(Some(300), "recipient: 451 4.7.1")),
        ("gone-at-recipient@example.org", later(None, "recipient: the server hung up or made no sense")),
        ("gone-at-content@example.org", later(None, "content: the server hung up or made no sense")),
        ("not an address", refused("the recipient's address is not an email address")),
    ] {
        let got = send(&mailer, to).await;
        assert_eq!(got, outcome, "{to}");
        let text = got.unwrap_err().to_string();
        assert!(!text.contains('@') && !text.contains("example"), "{text}");
        // The next message is not harmed by the failure before it.
        send(&mailer, "zoe@example.org").await.unwrap();
    }
    assert_eq!(server.inbox().await.len(), 8);
}

#[tokio::test]
async fn a_blocked_sender_is_our_fault_and_loses_no_message() {
    let server = Server::start(&[]).await;
    let mailer = server.plain();
    let mut email = email(&mailer, "zoe@example.org");
    email.from.address = "blocked@example.com".to_owned();
    assert_eq!(mailer.send(&email).await, later(None, "sender: 550 5.7.1"));
}

#[tokio::test]
async fn a_hanging_server_holds_nobody_and_its_late_answer_is_not_taken_for_another() {
    let server = Server::start(&[]).await;
    let mailer = mailer(&["--smtp-timeout-seconds", "1", "--smtp-url", &server.url("smtp", "", "?tls=none")]);
    send(&mailer, "zoe@example.org").await.unwrap();
    for to in ["hang-at-recipient@example.org", "hang-at-content@example.org"] {
        let before = Instant::now();
        assert_eq!(send(&mailer, to).await, later(None, "no answer from the mail server in 1 s"));
        assert!(before.elapsed() < Duration::from_secs(3));
        send(&mailer, "zoe@example.org").await.unwrap();
    }
    assert_eq!(server.inbox().await.len(), 3);
}

#[tokio::test]
async fn a_server_that_says_nothing_or_is_not_there_is_tried_later() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}?tls=none", silent.local_addr().unwrap());
    let mailer_ = mailer(&["--smtp-timeout-seconds", "1", "--smtp-url", &url]);
    assert_eq!(send(&mailer_, "zoe@example.org").await, later(None, "no answer from the mail server in 1 s"));
    drop(silent);
    let mailer_ = mailer(&["--smtp-url", &url]);
    assert_eq!(send(&mailer_, "zoe@example.org").await, later(None, "no connection, the network failed"));
}

#[tokio::test]
async fn a_server_that_restarts_between_messages_is_found_again() {
    let first = Server::start(&[]).await;
    let mailer = first.plain();
    send(&mailer, "zoe@example.org").await.unwrap();
    drop(first);
    let Err(SendError::Later(None, _)) = send(&mailer, "zoe@example.org").await else {
        panic!("the server is gone");
    };
}

#[tokio::test]
async fn messages_and_passwords_travel_encrypted() {
    for (tls, scheme) in [("starttls", "smtp"), ("smtps", "smtps")] {
        let server = Server::start(&["--tls", tls, "--auth"]).await;
        let url = server.url(scheme, "harmony:p%40ss%20word@", "");
        let authority = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(authority.path(), server.ports["authority"].as_str().unwrap()).unwrap();
        let trusting = mailer(&["--smtp-url", &url, "--smtp-ca-file", authority.path().to_str().unwrap()]);
        send(&trusting, "zoe@example.org").await.unwrap();
        let inbox = server.inbox().await;
        assert_eq!(inbox[0]["encrypted"], true, "{tls}");
        assert_eq!(inbox[0]["user"], "harmony", "{tls}");
        // An unknown authority is not trusted.
        let Err(SendError::Later(None, reason)) =
            send(&mailer(&["--smtp-url", &url]), "zoe@example.org").await
        else {
            panic!("sent to a server nobody vouches for");
        };
        assert!(reason.starts_with("no "), "{reason}");
        assert_eq!(server.inbox().await.len(), 1);
    }
}

#[tokio::test]
async fn a_server_without_encryption_is_not_spoken_to_when_it_is_required() {
    let server = Server::start(&[]).await;
    let mailer = mailer(&["--smtp-url", &server.url("smtp", "", "")]);
    let Err(SendError::Later(None, reason)) = send(&mailer, "zoe@example.org").await else {
        panic!("sent in the open");
    };
    assert_eq!(reason, "no encryption, the server lacks what we need");
    assert!(server.inbox().await.is_empty());
}

#[tokio::test]
async fn a_wrong_password_loses_no_message() {
    let server = Server::start(&["--auth"]).await;
    let mailer = mailer(&["--smtp-url", &server.url("smtp", "harmony:wrong@", "?tls=none")]);
    assert_eq!(send(&mailer, "zoe@example.org").await, later(None, "signing in failed, 535 5.7.8"));
}

#[tokio::test]
async fn many_messages_at_once_all_arrive_once() {
    let server = Server::start(&[]).await;
    let mailer = server.plain();
    let sends = (0..40).map(|n| {
        let mailer = mailer.clone();
        async move { send(&mailer, &format!("guest-{n}@example.org")).await }
    });
    for outcome in futures_util::future::join_all(sends).await {
        outcome.unwrap();
    }
    let mut to: Vec<String> =
        server.inbox().await.iter().map(|message| message["to"][0].as_str().unwrap().to_owned()).collect();
    to.sort_unstable();
    to.dedup();
    assert_eq!(to.len(), 40);
}

fn decode(base64: &str) -> Vec<u8> {
    mail_parser::decoders::base64::base64_decode(base64.as_bytes()).unwrap()
}
