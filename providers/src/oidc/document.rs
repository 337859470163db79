//! What a provider tells of itself: its document (OpenID Connect Discovery 1.0) and its keys (RFC 7517).

use std::time::Instant;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::{Client, OidcError};
use crate::outgoing::Outgoing;

/// Most keys of a provider that are looked at.
const MOST_KEYS: usize = 50;

/// The issuer of documents that speak for many tenants of Microsoft's: each has an issuer of its own.
const OF_MANY: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

/// What is known of a provider.
#[derive(Clone)]
pub(super) struct Known {
    pub document: Document,
    pub keys: Vec<Key>,
    pub read_at: Instant,
    /// The keys alone may be younger.
    pub keys_read_at: Instant,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Document {
    issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    jwks_uri: Url,
    /// Without it, by `Authorization: Basic`.
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

impl Document {
    pub(super) async fn read(outgoing: &Outgoing, client: &Client) -> Result<Self, OidcError> {
        let address = format!("{}/.well-known/openid-configuration", client.issuer.trim_end_matches('/'));
        let address = address
            .parse::<Url>()
            .map_err(|_malformed| OidcError::Misconfigured("its issuer is no address"))?;
        let document: Self = json(outgoing, &address).await?;
        let expected = if client.is_of_many { OF_MANY } else { client.issuer.as_str() };
        if document.issuer != expected {
            return Err(OidcError::Misconfigured("its document names another issuer"));
        }
        for endpoint in [&document.authorization_endpoint, &document.token_endpoint, &document.jwks_uri] {
            outgoing.check(endpoint)?;
        }
        Ok(document)
    }

    pub(super) async fn keys(&self, outgoing: &Outgoing) -> Result<Vec<Key>, OidcError> {
        #[derive(Deserialize)]
        struct Keys {
            keys: Vec<Value>,
        }
        let Keys { keys } = json(outgoing, &self.jwks_uri).await?;
        // A key of a kind that nobody here knows makes none of the others worse.
        Ok(keys.into_iter().take(MOST_KEYS).filter_map(|key| serde_json::from_value(key).ok()).collect())
    }

    /// Whether the token endpoint wants the secret in the form, and not in a header.
    pub(super) fn wants_secret_in_form(&self) -> bool {
        let takes = |method: &str| self.token_endpoint_auth_methods_supported.iter().any(|one| one == method);
        takes("client_secret_post") && !takes("client_secret_basic")
    }

    /// The issuer that a token must name: of a document for many, that of the tenant which the token says it is of.
    pub(super) fn issuer_of(&self, tenant: Option<&str>) -> Option<String> {
        if self.issuer != OF_MANY {
            return Some(self.issuer.clone());
        }
        let tenant = tenant?.parse::<uuid::Uuid>().ok()?;
        Some(OF_MANY.replace("{tenantid}", &tenant.hyphenated().to_string()))
    }
}

/// A key that signs tokens.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Key {
    /// Whose tokens alone, where a document speaks for many.
    #[serde(default)]
    issuer: Option<String>,
    #[serde(flatten)]
    jwk: Jwk,
}

impl Key {
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.jwk.common.key_id.as_deref() == Some(name)
    }

    /// Whether it signs by this algorithm: a key is for what it says it is for, and for nothing else.
    pub(super) fn fits(&self, algorithm: Algorithm) -> bool {
        let common = &self.jwk.common;
        let is_for_signatures =
            common.public_key_use.as_ref().is_none_or(|of| *of == PublicKeyUse::Signature);
        let named = common.key_algorithm;
        let is_kind = match (algorithm, &self.jwk.algorithm) {
            (Algorithm::RS256, AlgorithmParameters::RSA(_)) => {
                named.is_none_or(|own| own == KeyAlgorithm::RS256)
            }
            (Algorithm::ES256, AlgorithmParameters::EllipticCurve(key)) => {
                key.curve == EllipticCurve::P256 && named.is_none_or(|own| own == KeyAlgorithm::ES256)
            }
            _ => false,
        };
        is_for_signatures && is_kind
    }

    /// Whether it may sign tokens of this issuer.
    pub(super) fn may_sign_for(&self, issuer: &str) -> bool {
        self.issuer.as_deref().is_none_or(|own| own == issuer || own == OF_MANY)
    }

    pub(super) fn decoding(&self) -> Result<DecodingKey, OidcError> {
        DecodingKey::from_jwk(&self.jwk)
            .map_err(|_malformed| OidcError::Misconfigured("a key of its can't be read"))
    }
}

async fn json<T: DeserializeOwned>(outgoing: &Outgoing, address: &Url) -> Result<T, OidcError> {
    let answer = outgoing.get(address).await?;
    if answer.status != 200 {
        return Err(OidcError::Misconfigured("its documents are not there"));
    }
    serde_json::from_slice(&answer.body)
        .map_err(|_malformed| OidcError::Misconfigured("its documents can't be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(issuer: &str) -> Document {
        serde_json::from_value(serde_json::json!({
            "issuer": issuer,
            "authorization_endpoint": "https://example.org/a",
            "token_endpoint": "https://example.org/t",
            "jwks_uri": "https://example.org/k",
        }))
        .unwrap()
    }

    #[test]
    fn of_many_the_token_says_whose_it_is_and_only_by_a_number() {
        let one = "https://example.org";
        assert_eq!(document(one).issuer_of(Some("x")).as_deref(), Some(one));
        let many = document(OF_MANY);
        let tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";
        let issuer = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";
        assert_eq!(many.issuer_of(Some(tenant)).as_deref(), Some(issuer));
        for tenant in [None, Some(""), Some("common"), Some("x/../y"), Some("{tenantid}")] {
            assert_eq!(many.issuer_of(tenant), None, "{tenant:?}");
        }
    }

    #[test]
    fn a_key_signs_what_it_is_for() {
        let rsa = serde_json::json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "1"});
        let key = |name: &str, value: &str| -> Key {
            let mut key = rsa.clone();
            key[name] = value.into();
            serde_json::from_value(key).unwrap()
        };
        assert!(key("use", "sig").fits(Algorithm::RS256) && key("alg", "RS256").fits(Algorithm::RS256));
        assert!(!key("use", "enc").fits(Algorithm::RS256) && !key("alg", "RS512").fits(Algorithm::RS256));
        assert!(!key("use", "sig").fits(Algorithm::ES256) && !key("use", "sig").fits(Algorithm::HS256));
        assert!(key("use", "sig").is_named("1") && !key("use", "sig").is_named("2"));
        let secret = serde_json::json!({"kty": "oct", "k": "AQAB"});
        let secret: Key = serde_json::from_value(secret).unwrap();
        assert!(
            ![Algorithm::HS256, Algorithm::RS256, Algorithm::ES256].into_iter().any(|one| secret.fits(one))
        );
        let own = key("issuer", "https://one.example");
        assert!(own.may_sign_for("https://one.example") && !own.may_sign_for("https://two.example"));
        assert!(key("issuer", OF_MANY).may_sign_for("https://two.example"));
    }
}
