//! A provider of OpenID Connect that is none of ours: `tests/oidc`, in a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chrono::{DateTime, Utc};
use domain::identity::Provider;
use providers::oidc::{Client as OidcClient, Oidc};
use reqwest::{Client, redirect};
use url::Url;

use crate::app::oidc;
use crate::browser::Browser;

/// The provider. Dropped, it ends.
pub struct IdentityProvider {
    process: Child,
    pub issuer: String,
    client: Client,
}

impl IdentityProvider {
    /// Starts one that believes it is then.
    pub fn start(now: DateTime<Utc>) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oidc");
        assert!(folder.join("node_modules").exists(), "Run `make test`: it installs what tests/oidc needs.");
        let mut process = Command::new("node")
            .arg(folder.join("provider.mjs"))
            .env("NOW", now.to_rfc3339())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut issuer = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut issuer).unwrap();
        assert!(issuer.starts_with("http://"), "tests/oidc/provider.mjs does not start");
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self { process, issuer: issuer.trim().to_owned(), client }
    }

    /// Its host and port.
    pub fn host(&self) -> &str {
        self.issuer.trim_start_matches("http://")
    }

    /// Who Harmony is there: `harmony`, or `harmony-ec` of other signatures and another way to tell the secret.
    pub fn client(&self, id: &str) -> OidcClient {
        OidcClient::new(&self.issuer, id.to_owned(), Self::SECRET.into())
    }

    /// What Harmony proves it by.
    pub const SECRET: &'static str = "the secret: of harmony & co";

    /// What a platform has that knows it as Google.
    pub fn as_google(&self) -> Oidc {
        oidc(self.host(), vec![(Provider::Google, self.client("harmony"))])
    }

    /// Signs somebody in as a browser would that was sent there; an empty name refuses. Answers where the browser is sent back
    /// to: path and query.
    pub async fn visit(&self, address: &Url, login: &str) -> String {
        let mut cookies: BTreeMap<String, String> = BTreeMap::new();
        let mut at = address.clone();
        for _ in 0..10 {
            if at.path().starts_with("/interaction/") && !login.is_empty() {
                at.query_pairs_mut().append_pair("login", login);
            }
            let known: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = self.client.get(at.clone()).header("cookie", known.join("; "));
            let answer = request.send().await.unwrap();
            for cookie in answer.headers().get_all("set-cookie") {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let (status, location) = (answer.status(), answer.headers().get("location").cloned());
            let Some(location) = location else { panic!("{at}: {status} {}", answer.text().await.unwrap()) };
            at = at.join(location.to_str().unwrap()).unwrap();
            if at.path().ends_with("/callback") {
                return format!("{}?{}", at.path(), at.query().unwrap_or_default());
            }
        }
        panic!("nobody is sent back: {at}")
    }

    /// Gives it other keys.
    pub async fn rotate(&self) {
        self.client.get(format!("{}/rotation", self.issuer)).send().await.unwrap();
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Browser<'_> {
    /// Opens an address of ours that sends the browser elsewhere. Answers where.
    pub async fn leave(&mut self, address: &str) -> Url {
        let answer = self.request("GET", address).await;
        self.keep(&answer);
        let to = answer.header("location");
        assert!(
            answer.status == 303 && to.contains("://"),
            "{address}: {} {to} {}",
            answer.status,
            answer.text
        );
        to.parse().unwrap()
    }
}
