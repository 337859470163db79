//! Signing in by the word of somebody else: OpenID Connect 1.0 by authorization code with PKCE (RFC 7636).

mod config;
mod document;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::identity::Provider;
use jsonwebtoken::Header;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use self::document::{Document, Key, Known};
use crate::outgoing::{Outgoing, OutgoingError};

pub use self::config::{BadOidcConfig, OidcConfig};

/// How long what a provider tells of itself is believed.
const LIFETIME: Duration = Duration::from_hours(1);
/// How soon keys are read again for a token that names one that is not there.
const AGAIN: Duration = Duration::from_mins(1);
/// Most providers that are remembered.
const MOST: usize = 1_000;

/// Who we are at a provider.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its address, as its documents name it.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// Whether it is Microsoft's for all of its tenants, each of which is an issuer of its own.
    pub is_of_many: bool,
}

impl Client {
    pub fn new(issuer: &str, client_id: String, client_secret: SecretString) -> Self {
        Self { issuer: issuer.to_owned(), client_id, client_secret, is_of_many: false }
    }

    pub fn google(client_id: String, client_secret: SecretString) -> Self {
        Self::new("https://accounts.google.com", client_id, client_secret)
    }

    pub fn microsoft(client_id: String, client_secret: SecretString) -> Self {
        let issuer = "https://login.microsoftonline.com/common/v2.0";
        Self { is_of_many: true, ..Self::new(issuer, client_id, client_secret) }
    }

    /// What is remembered of its provider goes by this.
    fn name(&self) -> (String, bool) {
        (self.issuer.clone(), self.is_of_many)
    }
}

/// What a browser is sent with to a provider; it is kept here until the browser comes back.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Where the browser comes back to. No two providers have the same: what one of them was given, another never gets
    /// to see (RFC 9700, 4.4).
    pub redirect_uri: &'a str,
    pub nonce: &'a str,
    /// 43 to 128 characters (RFC 7636, 4.1).
    pub verifier: &'a str,
}

/// Somebody of whom a provider says who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub issuer: String,
    pub subject: String,
    /// None: it has none, or does not say that it is theirs.
    pub email: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    #[error("the provider was not asked, or does not answer: {0}")]
    Unreachable(#[from] OutgoingError),
    #[error("the provider is not set up as it should be: {0}")]
    Misconfigured(&'static str),
    #[error("the provider does not take the code: {0}")]
    Refused(u16),
    #[error("the token is not believed: {0}")]
    Untrue(&'static str),
}

/// The providers, and what is known of each.
pub struct Oidc {
    outgoing: Outgoing,
    clients: Vec<(Provider, Client)>,
    /// By issuer, and whether it may speak for many: what is believed of one is not of the other.
    known: Mutex<HashMap<(String, bool), Arc<Known>>>,
    again: Duration,
}

impl Oidc {
    /// `clients` are those that the deployment is known to.
    pub fn new(outgoing: Outgoing, clients: Vec<(Provider, Client)>) -> Self {
        Self { outgoing, clients, known: Mutex::default(), again: AGAIN }
    }

    /// The same that reads keys again as soon as this after it has.
    #[must_use]
    pub fn reading_again_after(mut self, again: Duration) -> Self {
        self.again = again;
        self
    }

    /// Those that the deployment is known to, in their order.
    pub fn providers(&self) -> impl Iterator<Item = Provider> {
        self.clients.iter().map(|(provider, _)| *provider)
    }

    /// Who we are there, if it is set up.
    pub fn client(&self, provider: Provider) -> Option<&Client> {
        self.clients.iter().find(|(own, _)| *own == provider).map(|(_, client)| client)
    }

    /// Whether a provider is there, and is who it says it is. What is remembered does not count.
    pub async fn check(&self, client: &Client) -> Result<(), OidcError> {
        self.read(client).await.map(|_known| ())
    }

    /// Where to send a browser.
    pub async fn address(&self, client: &Client, asked: Asked<'_>, state: &str) -> Result<Url, OidcError> {
        let mut address = self.known(client).await?.document.authorization_endpoint.clone();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(asked.verifier));
        address.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", client.client_id.as_str()),
            ("redirect_uri", asked.redirect_uri),
            ("scope", "openid email"),
            ("state", state),
            ("nonce", asked.nonce),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]);
        Ok(address)
    }

    /// Exchanges the code that a browser came back with for who it is.
    pub async fn identity(
        &self,
        client: &Client,
        asked: Asked<'_>,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Verified, OidcError> {
        let known = self.known(client).await?;
        let token = self.exchange(client, &known.document, asked, code).await?;
        let header = token::header(&token)?;
        let (known, key) = self.key(client, known, &header).await?;
        token::verify(&token, &header, &key, &known.document, client, asked.nonce, now)
    }

    async fn exchange(
        &self,
        client: &Client,
        document: &Document,
        asked: Asked<'_>,
        code: &str,
    ) -> Result<String, OidcError> {
        #[derive(Deserialize)]
        struct Tokens {
            id_token: String,
        }
        let (id, secret) = (client.client_id.as_str(), client.client_secret.expose_secret());
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", asked.redirect_uri),
            ("code_verifier", asked.verifier),
        ];
        let mut headers = HeaderMap::new();
        if document.wants_secret_in_form() {
            fields.extend([("client_id", id), ("client_secret", secret)]);
        } else {
            headers.insert(AUTHORIZATION, basic(id, secret)?);
        }
        let answer = self.outgoing.post_form(&document.token_endpoint, headers, &fields).await?;
        if answer.status != 200 {
            return Err(OidcError::Refused(answer.status));
        }
        let tokens: Tokens = serde_json::from_slice(&answer.body)
            .map_err(|_malformed| OidcError::Misconfigured("its answer has no ID token"))?;
        Ok(tokens.id_token)
    }

    /// The key of a token. One that is not there may be new: then the keys are read again, now and then.
    async fn key(
        &self,
        client: &Client,
        known: Arc<Known>,
        header: &Header,
    ) -> Result<(Arc<Known>, Key), OidcError> {
        if let Some(key) = token::key(&known.keys, header).cloned() {
            return Ok((known, key));
        }
        let unknown = || OidcError::Untrue("it names a key that the provider has not");
        if known.keys_read_at.elapsed() < self.again {
            return Err(unknown());
        }
        let keys = known.document.keys(&self.outgoing).await?;
        let known = Arc::new(Known { keys, keys_read_at: Instant::now(), ..Known::clone(&known) });
        self.remember(client, &known);
        let key = token::key(&known.keys, header).cloned().ok_or_else(unknown)?;
        Ok((known, key))
    }

    async fn known(&self, client: &Client) -> Result<Arc<Known>, OidcError> {
        let remembered = self.lock().get(&client.name()).cloned();
        match remembered.filter(|known| known.read_at.elapsed() < LIFETIME) {
            Some(known) => Ok(known),
            None => self.read(client).await,
        }
    }

    async fn read(&self, client: &Client) -> Result<Arc<Known>, OidcError> {
        let document = Document::read(&self.outgoing, client).await?;
        let keys = document.keys(&self.outgoing).await?;
        let now = Instant::now();
        let known = Arc::new(Known { document, keys, read_at: now, keys_read_at: now });
        self.remember(client, &known);
        Ok(known)
    }

    fn remember(&self, client: &Client, known: &Arc<Known>) {
        let mut remembered = self.lock();
        if remembered.len() >= MOST {
            remembered.clear();
        }
        remembered.insert(client.name(), known.clone());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, bool), Arc<Known>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Name and secret of a client, each encoded as in a form first (RFC 6749, 2.3.1).
fn basic(id: &str, secret: &str) -> Result<HeaderValue, OidcError> {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
    let mut value = HeaderValue::from_str(&format!("Basic {pair}"))
        .map_err(|_never| OidcError::Misconfigured("its secret can't be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}
