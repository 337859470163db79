//! The one client for addresses that users give us. It asks machines of the public internet alone, by https, follows
//! nobody elsewhere and reads no more than it must: whoever gives an address learns nothing of what is behind ours.

mod addresses;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, Method, redirect};
use url::{Host, Url};

use self::addresses::is_public;

/// Most bytes of an answer, unless [`Outgoing::taking`] says otherwise.
const LARGEST: usize = 256 * 1024;
/// For a connection, and for the whole of a question with its answer.
const PATIENCE: Patience = Patience { connect: Duration::from_secs(5), whole: Duration::from_secs(10) };

/// What is asked beside the public internet.
#[derive(Clone, Debug, clap::Args)]
pub struct OutgoingConfig {
    /// Machines that may be asked though they are none of the public internet, and without TLS, such as
    /// `127.0.0.1:9000,idp.internal:443`: whoever can name an address reaches them. For development.
    #[arg(long, env = "OUTGOING_ALLOW", default_value = "")]
    pub outgoing_allow: Allowed,
}

/// Hosts with their ports, as addresses name them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(Vec<(String, u16)>);

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let one = |text: &str| {
            let pair = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
            let (host, port) = pair.ok_or_else(|| format!("{text:?} is no host with its port"))?;
            Ok((host.to_ascii_lowercase(), port))
        };
        let named = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        named.map(one).collect::<Result<Vec<_>, String>>().map(Self)
    }
}

impl Allowed {
    fn has(&self, url: &Url) -> bool {
        let place = url.host_str().zip(url.port_or_known_default());
        place.is_some_and(|(host, port)| self.0.iter().any(|(own, at)| own == host && *at == port))
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// Nothing was asked.
    #[error("this address is not asked: {0}")]
    Refused(&'static str),
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    #[error("there was no answer in time")]
    Late,
    #[error("it can't be reached")]
    Unreachable(#[source] reqwest::Error),
}

/// What came back. A redirect is one: nobody follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// The client. Its clones share their connections.
#[derive(Clone)]
pub struct Outgoing {
    guarded: Client,
    /// For what is allowed by name.
    open: Client,
    allowed: Allowed,
    is_public: fn(IpAddr) -> bool,
    largest: usize,
}

#[derive(Clone, Copy)]
struct Patience {
    connect: Duration,
    whole: Duration,
}

const NOT_PUBLIC: &str = "it leads to no machine of the public internet";

impl Outgoing {
    /// Fails where the system has no certificate authorities.
    pub fn new(config: &OutgoingConfig) -> Result<Self, reqwest::Error> {
        Self::build(config.outgoing_allow.clone(), system(), is_public, PATIENCE)
    }

    fn build(
        allowed: Allowed,
        lookup: Lookup,
        is_public: fn(IpAddr) -> bool,
        patience: Patience,
    ) -> Result<Self, reqwest::Error> {
        let guarded = plain(patience).https_only(true).dns_resolver(Guard { lookup, is_public }).build()?;
        Ok(Self { guarded, open: plain(patience).build()?, allowed, is_public, largest: LARGEST })
    }

    /// The same for answers of at most so many bytes.
    #[must_use]
    pub fn taking(mut self, bytes: usize) -> Self {
        self.largest = bytes;
        self
    }

    /// Whether an address may be asked, as far as it tells by itself: its name is looked up when it is.
    pub fn check(&self, url: &Url) -> Result<(), OutgoingError> {
        self.client(url).map(|_client| ())
    }

    pub async fn get(&self, url: &Url) -> Result<Answer, OutgoingError> {
        self.send(Method::GET, url, HeaderMap::new(), Vec::new()).await
    }

    /// Sends a form, with what else the headers say.
    pub async fn post_form(
        &self,
        url: &Url,
        mut headers: HeaderMap,
        fields: &[(&str, &str)],
    ) -> Result<Answer, OutgoingError> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        self.send(Method::POST, url, headers, body.into_bytes()).await
    }

    pub async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, OutgoingError> {
        let mut request = self.client(url)?.request(method, url.clone()).headers(headers);
        if !body.is_empty() {
            request = request.body(body);
        }
        let mut response = request.send().await.map_err(failed)?;
        let (status, mut read) = (response.status().as_u16(), Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if read.len() + chunk.len() > self.largest {
                return Err(OutgoingError::TooLarge(self.largest));
            }
            read.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body: read })
    }

    fn client(&self, url: &Url) -> Result<&Client, OutgoingError> {
        let host = url.host().ok_or(OutgoingError::Refused("it names no host"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutgoingError::Refused("it has a user or a password"));
        }
        if matches!(url.scheme(), "http" | "https") && self.allowed.has(url) {
            return Ok(&self.open);
        }
        if url.scheme() != "https" {
            return Err(OutgoingError::Refused("it does not begin with https://"));
        }
        // Of a number nothing is looked up. However it was written, it is read as browsers do (WHATWG URL, 3.5).
        let number = match host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
        };
        if number.is_some_and(|address| !(self.is_public)(address)) {
            return Err(OutgoingError::Refused(NOT_PUBLIC));
        }
        Ok(&self.guarded)
    }
}

/// Without a proxy of the environment's, cookies, or a way elsewhere.
fn plain(patience: Patience) -> ClientBuilder {
    Client::builder()
        .no_proxy()
        .referer(false)
        .redirect(redirect::Policy::none())
        .connect_timeout(patience.connect)
        .timeout(patience.whole)
        .pool_max_idle_per_host(2)
        .user_agent("Harmony")
}

fn failed(error: reqwest::Error) -> OutgoingError {
    let mut source = error.source();
    while let Some(inner) = source {
        if inner.is::<NotPublic>() {
            return OutgoingError::Refused(NOT_PUBLIC);
        }
        source = inner.source();
    }
    // An address may carry a secret in its query.
    if error.is_timeout() { OutgoingError::Late } else { OutgoingError::Unreachable(error.without_url()) }
}

/// Finds the addresses of a name.
type Lookup = Arc<dyn Fn(String) -> LookingUp + Send + Sync>;
type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// As the machine does it.
fn system() -> Lookup {
    Arc::new(|name: String| -> LookingUp {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Looks names up and refuses those that lead where nobody may go. What it answers is what is connected to: nobody looks
/// a second time, when the answer may be another.
struct Guard {
    lookup: Lookup,
    is_public: fn(IpAddr) -> bool,
}

#[derive(Debug, thiserror::Error)]
#[error("a name leads to {0}, which is not of the public internet")]
struct NotPublic(IpAddr);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, is_public) = ((self.lookup)(name.as_str().to_owned()), self.is_public);
        Box::pin(async move {
            let found = found.await?;
            // One that is not public among others is no accident.
            if let Some(address) = found.iter().find(|address| !is_public(**address)) {
                return Err(NotPublic(*address).into());
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
