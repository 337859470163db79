//! Mail by SMTP: connections kept open between messages, and answers sorted into "never" and "not now".

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Severity;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::mime::{self, Wire};
use super::{Email, SendError};

/// Connections kept open, and for how long: servers hang up after five minutes or sooner (RFC 5321, 4.5.3.2.7).
const IDLE_CONNECTIONS: usize = 4;
const IDLE_TIME: Duration = Duration::from_mins(1);
/// A server that still lives answers NOOP at once.
const PROBE_TIME: Duration = Duration::from_secs(2);
/// Servers that grey-list say 450 or 451 to strangers and let them in some minutes later.
const GREYLIST_TIME: Duration = Duration::from_mins(5);

/// A mail server and how to talk to it.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) credentials: Option<Credentials>,
    /// The name this machine greets with.
    pub(super) hello: String,
    /// For one message, from connecting to the last answer.
    pub(super) timeout: Duration,
}

pub(super) enum Security {
    Tls(TlsParameters),
    StartTls(TlsParameters),
    Opportunistic(TlsParameters),
    None,
}

#[derive(Clone)]
pub struct Smtp(Arc<Inner>);

struct Inner {
    server: Server,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl Smtp {
    pub(super) fn new(server: Server) -> Self {
        Self(Arc::new(Inner { server, idle: Mutex::new(Vec::new()) }))
    }

    pub(super) async fn send(&self, email: &Email) -> Result<(), SendError> {
        let wire = mime::write(email)?;
        let allowed = self.0.server.timeout;
        // A connection lives in the future that uses it: when that is dropped half-way, so is the connection. It never
        // goes back among the idle ones with an answer of this message still to come.
        match timeout(allowed, Box::pin(self.0.deliver(&wire))).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => Err(later(format!("no answer from the mail server in {} s", allowed.as_secs()))),
        }
    }
}

impl Inner {
    async fn deliver(&self, wire: &Wire) -> Result<(), SendError> {
        if let Some(mut connection) = self.take_idle().await {
            match transmit(&mut connection, wire).await {
                Ok(()) => {
                    self.park(connection);
                    return Ok(());
                }
                // Some servers take so many messages a connection and then say so, or hang up: a new one decides.
                Err(failure) => {
                    connection.abort().await;
                    if failure.stage != Stage::Mail {
                        return Err(failure.into());
                    }
                }
            }
        }
        let mut connection = self.server.connect().await?;
        match transmit(&mut connection, wire).await {
            Ok(()) => {
                self.park(connection);
                Ok(())
            }
            Err(failure) => {
                connection.abort().await;
                Err(failure.into())
            }
        }
    }

    /// An open connection whose server still answers.
    async fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let Idle { mut connection, since } =
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() < IDLE_TIME
                && timeout(PROBE_TIME, connection.test_connected()).await.is_ok_and(|lives| lives)
            {
                return Some(connection);
            }
        }
    }

    fn park(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_CONNECTIONS {
            idle.push(Idle { connection, since: Instant::now() });
        }
    }
}

impl Server {
    /// Whatever fails here is the server's or our settings' fault, never the message's: later.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let hello = ClientId::Domain(self.hello.clone());
        let address = (self.host.as_str(), self.port);
        let connected = match &self.security {
            Security::Tls(tls) => {
                let tls = Some(tls.clone());
                AsyncSmtpConnection::connect_tokio1(address, Some(self.timeout), &hello, tls, None).await
            }
            Security::StartTls(_) | Security::Opportunistic(_) | Security::None => {
                let failed = |_which| later("no connection, the network failed".to_owned());
                let stream = open(address).await.map_err(failed)?;
                AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await
            }
        };
        let mut connection =
            connected.map_err(|error| later(format!("no connection, {}", describe(&error))))?;
        let upgrade = match &self.security {
            Security::StartTls(tls) => Some(tls),
            Security::Opportunistic(tls) if connection.can_starttls() => Some(tls),
            _ => None,
        };
        if let Some(tls) = upgrade {
            connection
                .starttls(tls.clone(), &hello)
                .await
                .map_err(|error| later(format!("no encryption, {}", describe(&error))))?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
                .map_err(|error| later(format!("signing in failed, {}", describe(&error))))?;
        }
        Ok(connection)
    }
}

/// Without Nagle's algorithm: the dot that ends a message is written by itself, and would wait until the server has
/// acknowledged the message, which servers put off by 40 ms.
async fn open(address: (&str, u16)) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// How far a message got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Mail,
    Rcpt,
    Data,
}

struct Failure {
    stage: Stage,
    error: SendError,
}

impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

async fn transmit(connection: &mut AsyncSmtpConnection, wire: &Wire) -> Result<(), Failure> {
    let from: Option<Address> = wire.envelope.from().cloned();
    let parameters = parameters(connection, wire)?;
    connection.command(Mail::new(from, parameters)).await.map_err(|error| sort(Stage::Mail, &error))?;
    for to in wire.envelope.to() {
        connection.command(Rcpt::new(to.clone(), vec![])).await.map_err(|error| sort(Stage::Rcpt, &error))?;
    }
    connection.command(Data).await.map_err(|error| sort(Stage::Data, &error))?;
    connection.message(&wire.bytes).await.map_err(|error| sort(Stage::Data, &error))?;
    Ok(())
}

/// Only an address whose part before the @ is not ASCII makes a message so (RFC 6531).
fn parameters(connection: &AsyncSmtpConnection, wire: &Wire) -> Result<Vec<MailParameter>, Failure> {
    if wire.bytes.is_ascii() {
        return Ok(vec![]);
    }
    let server = connection.server_info();
    if server.supports_feature(Extension::SmtpUtfEight) && server.supports_feature(Extension::EightBitMime) {
        return Ok(vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)]);
    }
    let reason = "the mail server takes no address with letters beyond ASCII".to_owned();
    Err(Failure { stage: Stage::Rcpt, error: SendError::Refused(reason) })
}

/// "Never" is only what the server says for good about this recipient or this content. Before that, a 5xx means that
/// it will not talk to us (no sign-in, blocked sender): a person must mend that, and then the message can go.
fn sort(stage: Stage, error: &lettre::transport::smtp::Error) -> Failure {
    let what = match stage {
        Stage::Mail => "sender",
        Stage::Rcpt => "recipient",
        Stage::Data => "content",
    };
    let reason = format!("{what}: {}", describe(error));
    let error = match error.status().map(|code| (code.severity, u16::from(code))) {
        Some((Severity::PermanentNegativeCompletion, _)) if stage != Stage::Mail => {
            SendError::Refused(reason)
        }
        Some((_, 450 | 451)) if stage != Stage::Mail => SendError::Later(Some(GREYLIST_TIME), reason),
        _ => later(reason),
    };
    Failure { stage, error }
}

/// What happened, without the server's words: they may repeat the address. Of a reply, its code and its enhanced code
/// (RFC 3463).
fn describe(error: &lettre::transport::smtp::Error) -> String {
    if let Some(code) = error.status() {
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        return match words.split_whitespace().next().filter(|word| is_enhanced_code(word)) {
            Some(enhanced) => format!("{code} {enhanced}"),
            None => code.to_string(),
        };
    }
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_tls() {
        "TLS failed"
    } else if error.is_response() {
        "the server hung up or made no sense"
    } else if error.is_client() {
        "the server lacks what we need"
    } else {
        "the network failed"
    };
    kind.to_owned()
}

fn is_enhanced_code(word: &str) -> bool {
    let mut parts = word.split('.');
    let mut number = |digits: std::ops::RangeInclusive<usize>| {
        parts
            .next()
            .is_some_and(|part| digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    number(1..=1) && number(1..=3) && number(1..=3) && parts.next().is_none()
}

fn later(reason: String) -> SendError {
    SendError::Later(None, reason)
}

#[cfg(test)]
mod tests {
    use super::is_enhanced_code;

    #[test]
    fn only_an_enhanced_code_is_repeated() {
        for code in ["5.1.1", "4.7.650", "2.0.0"] {
            assert!(is_enhanced_code(code), "{code}");
        }
        for word in ["", "5.1", "5.1.1.1", "<zoe@example.org>", "5.1.x", "10.0.0.1", "1.2.3456"] {
            assert!(!is_enhanced_code(word), "{word}");
        }
    }
}
