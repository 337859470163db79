//! Providers that lie.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::identity::Provider;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use providers::oidc::Client;
use serde_json::{Value, json};
use testkit::{Browser, TestApp};
use url::Url;

pub(crate) const SECRET: &str = "a client secret";

/// A key, as whoever signs has it and as others read it.
struct Key {
    encoding: EncodingKey,
    public: Value,
}

impl Key {
    fn new(kid: &str) -> Self {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let der = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, der.as_ref()).unwrap();
        // Uncompressed: a 4, then both coordinates.
        let point = pair.public_key().as_ref();
        let public = json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65]),
        });
        Self { encoding: EncodingKey::from_ec_der(der.as_ref()), public }
    }

    fn sign(&self, kid: Option<&str>, claims: &Value) -> String {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &self.encoding).unwrap()
    }
}

/// What a provider answers, by path.
#[derive(Default)]
struct Answers {
    document: Value,
    keys: Value,
    token: String,
    /// Paths that were asked.
    asked: Vec<String>,
}

/// A provider that answers whatever the test wants.
pub(crate) struct Liar {
    pub(crate) issuer: String,
    address: SocketAddr,
    answers: Arc<Mutex<Answers>>,
    key: Key,
}

impl Liar {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let issuer = format!("http://{address}");
        let key = Key::new("one");
        let document = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
        });
        let answers = Answers { document, keys: json!({"keys": [key.public]}), ..Answers::default() };
        let answers = Arc::new(Mutex::new(answers));
        let shared = answers.clone();
        std::thread::spawn(move || {
            for visitor in listener.incoming() {
                answer(visitor.unwrap(), &shared);
            }
        });
        Self { issuer, address, answers, key }
    }

    fn client(&self) -> Client {
        Client::new(&self.issuer, "harmony".to_owned(), SECRET.into())
    }

    /// What an honest provider would say of somebody.
    fn claims(&self, app: &TestApp, nonce: &str, subject: &str) -> Value {
        let now = app.now().timestamp();
        json!({
            "iss": self.issuer, "aud": "harmony", "sub": subject, "nonce": nonce, "iat": now, "exp": now + 300,
            "email": "ana@example.org", "email_verified": true,
        })
    }

    fn gives(&self, token: String) {
        self.answers.lock().unwrap().token = token;
    }

    /// Says honestly that this subject has answered what was asked.
    pub(crate) fn says(&self, app: &TestApp, sent: &Sent, subject: &str) {
        self.gives(self.key.sign(Some("one"), &self.claims(app, &sent.nonce, subject)));
    }

    /// Whether it was asked for a token since it was asked that last.
    pub(crate) fn was_asked_for_a_token(&self) -> bool {
        std::mem::take(&mut self.answers.lock().unwrap().asked).contains(&"/token".to_owned())
    }
}

fn answer(mut visitor: TcpStream, answers: &Mutex<Answers>) {
    let (mut read, mut buffer) = (Vec::new(), [0; 8_192]);
    let path = loop {
        let Ok(count @ 1..) = visitor.read(&mut buffer) else { return };
        read.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&read).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next()?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            break head.split(' ').nth(1).unwrap_or_default().to_owned();
        }
    };
    let mut answers = answers.lock().unwrap();
    let body = match path.as_str() {
        "/.well-known/openid-configuration" => answers.document.to_string(),
        "/keys" => answers.keys.to_string(),
        "/token" => {
            json!({"access_token": "x", "token_type": "Bearer", "id_token": answers.token}).to_string()
        }
        _ => "{}".to_owned(),
    };
    answers.asked.push(path);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _written = visitor.write_all(format!("{head}{body}").as_bytes());
}

pub(crate) async fn app_with(liar: &Liar) -> TestApp {
    TestApp::start_with(|state| {
        state.oidc = testkit::oidc(&liar.address.to_string(), vec![(Provider::Google, liar.client())]);
    })
    .await
    .ignore_jobs()
}

/// Where a browser was sent, and with what.
pub(crate) struct Sent {
    state: String,
    nonce: String,
}

impl Sent {
    pub(crate) async fn from(browser: &mut Browser<'_>, path: &str) -> Self {
        let address: Url = browser.leave(path).await;
        let value = |name: &str| {
            address.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned()).unwrap()
        };
        Self { state: value("state"), nonce: value("nonce") }
    }

    pub(crate) fn back(&self, path: &str) -> String {
        format!("{path}/callback?code=x&state={}", self.state)
    }
}

pub(crate) const GOOGLE: &str = "/login/oidc/google";

/// What came of a token that is made of what was asked.
async fn outcome(app: &TestApp, liar: &Liar, token: impl Fn(Value) -> String) -> String {
    let mut browser = Browser::new(app);
    let sent = Sent::from(&mut browser, GOOGLE).await;
    liar.gives(token(liar.claims(app, &sent.nonce, "ana")));
    browser.open(&sent.back(GOOGLE)).await;
    assert!(!browser.cookies.contains_key("__Host-session"));
    browser.page.text.clone()
}

/// A token without a signature.
fn unsigned(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

#[tokio::test]
async fn a_token_is_believed_only_when_all_of_it_fits() {
    let liar = Liar::start();
    let app = app_with(&liar).await;
    let believed = "This account is not linked to Harmony yet.";
    let refused = "The other service has not said who you are.";
    let plain = outcome(&app, &liar, |claims| liar.key.sign(Some("one"), &claims)).await;
    assert!(plain.contains(believed), "{plain}");
    // The only key there is need not be named.
    let plain = outcome(&app, &liar, |claims| liar.key.sign(None, &claims)).await;
    assert!(plain.contains(believed), "{plain}");
    let now = app.now().timestamp();
    for (name, value) in [
        ("nonce", json!("another")),
        ("nonce", json!(null)),
        ("aud", json!("somebody")),
        ("aud", json!(["somebody", "else"])),
        ("aud", json!(["harmony", "somebody"])),
        ("aud", json!(null)),
        ("azp", json!("somebody")),
        ("iss", json!("https://accounts.google.com")),
        ("iss", json!(format!("{}/", liar.issuer))),
        ("exp", json!(now - 121)),
        ("exp", json!("tomorrow")),
        ("exp", json!(null)),
        ("iat", json!(now + 121)),
        ("nbf", json!(now + 121)),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
        ("sub", json!(null)),
    ] {
        let changed = |mut claims: Value| {
            claims[name] = value.clone();
            liar.key.sign(Some("one"), &claims)
        };
        let text = outcome(&app, &liar, changed).await;
        assert!(text.contains(refused), "{name}: {value}");
    }
    // For others, too, if it was given to us.
    let both = |mut claims: Value| {
        (claims["aud"], claims["azp"]) = (json!(["harmony", "somebody"]), json!("harmony"));
        liar.key.sign(Some("one"), &claims)
    };
    assert!(outcome(&app, &liar, both).await.contains(believed));
}

#[tokio::test]
async fn a_signature_is_by_a_key_of_the_provider_and_by_an_algorithm_that_is_taken() {
    let liar = Liar::start();
    let app = app_with(&liar).await;
    let refused = "The other service has not said who you are.";
    let other = Key::new("two");
    let by_other = [Some("one"), Some("two"), None];
    for kid in by_other {
        let text = outcome(&app, &liar, |claims| other.sign(kid, &claims)).await;
        assert!(text.contains(refused), "{kid:?}");
    }
    // A key that comes with the token counts for nothing.
    let brought = |claims: Value| {
        let public = serde_json::from_value(other.public.clone()).unwrap();
        let header = Header { jwk: Some(public), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims, &other.encoding).unwrap()
    };
    assert!(outcome(&app, &liar, brought).await.contains(refused));
    for alg in ["none", "None", "HS256", "RS256", "PS256", "EdDSA", ""] {
        let text = outcome(&app, &liar, |claims| {
            unsigned(&json!({"alg": alg, "typ": "JWT", "kid": "one"}), &claims, "")
        })
        .await;
        assert!(text.contains(refused), "{alg}");
    }
    // By the public key, or our own secret, as if it were shared.
    for shared in [liar.key.public["x"].as_str().unwrap(), SECRET] {
        let text = outcome(&app, &liar, |claims| {
            let header = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::HS256) };
            jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(shared.as_bytes())).unwrap()
        })
        .await;
        assert!(text.contains(refused));
    }
    for token in ["", "x", "x.y", "x.y.z", "....", "é.é.é"] {
        assert!(outcome(&app, &liar, |_claims| token.to_owned()).await.contains(refused), "{token}");
    }
    assert!(outcome(&app, &liar, |_claims| "x".repeat(30_000)).await.contains(refused));
}

#[tokio::test]
async fn a_document_names_the_issuer_that_it_was_asked_of_and_nothing_inside() {
    for (name, value) in [
        ("issuer", "https://accounts.google.com"),
        ("issuer", "https://login.microsoftonline.com/{tenantid}/v2.0"),
        ("token_endpoint", "http://169.254.169.254/latest/meta-data"),
        ("token_endpoint", "https://127.0.0.1:5432/"),
        ("jwks_uri", "file:///etc/passwd"),
        ("jwks_uri", "https://[::1]/"),
        ("authorization_endpoint", "javascript:alert(1)"),
    ] {
        let liar = Liar::start();
        liar.answers.lock().unwrap().document[name] = value.into();
        let app = app_with(&liar).await;
        let mut browser = Browser::new(&app);
        browser.open(GOOGLE).await;
        assert_eq!(browser.address, "/login", "{name}: {value}");
        assert!(browser.page.text.contains("The other service "), "{name}: {value}");
    }
}

#[tokio::test]
async fn an_answer_that_another_sends_is_not_told_to_the_provider() {
    let liar = Liar::start();
    let app = app_with(&liar).await;
    let mut browser = Browser::new(&app);
    let sent = Sent::from(&mut browser, GOOGLE).await;
    liar.says(&app, &sent, "ana");
    liar.was_asked_for_a_token();
    browser.open(&format!("{}&iss=https%3A%2F%2Faccounts.google.com", sent.back(GOOGLE))).await;
    assert!(browser.page.text.contains("has not said who you are"), "{}", browser.page.text);
    let sent = Sent::from(&mut browser, GOOGLE).await;
    browser.open(&sent.back("/login/oidc/microsoft")).await;
    assert!(browser.page.text.contains("has not said who you are"));
    assert!(!liar.was_asked_for_a_token());
}
