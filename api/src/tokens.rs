//! Access tokens: JWTs signed with Ed25519. They carry session and tenant, never a role: what somebody may do is asked of
//! PostgreSQL each time, so that a revoked session or role ends at once.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{SessionId, TenantId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::sessions::TokenHash;

use crate::random;

/// How long an access token is good for.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// By how many seconds the clocks of two processes may differ: each is refused at start when it is 2 s off PostgreSQL's.
const SKEW: i64 = 5;
/// Whom access tokens are for: what else a key of theirs may come to sign opens nothing here (RFC 8725, 3.9).
const AUDIENCE: &str = "harmony";
/// Bytes; ours have 400. Nothing longer is decoded.
const LONGEST: usize = 2_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// The tenant it acts in.
    pub tid: TenantId,
    pub aud: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
}

/// The keys of access tokens: the newest signs, all verify.
pub struct Tokens {
    keys: Vec<(String, DecodingKey)>,
    signing: (String, EncodingKey),
}

#[derive(Debug, thiserror::Error)]
#[error("the key {0} is no Ed25519 key")]
pub struct BadKey(String);

impl Tokens {
    /// Keys as PKCS#8, oldest first; at least one.
    pub fn new(keys: Vec<(String, Vec<u8>)>) -> Result<Self, BadKey> {
        let mut signing = None;
        let mut verifying = Vec::with_capacity(keys.len());
        for (name, der) in keys {
            let pair = Ed25519KeyPair::from_pkcs8(&der).map_err(|_rejected| BadKey(name.clone()))?;
            verifying.push((name.clone(), DecodingKey::from_ed_der(pair.public_key().as_ref())));
            signing = Some((name, EncodingKey::from_ed_der(&der)));
        }
        Ok(Self { keys: verifying, signing: signing.ok_or_else(|| BadKey("jwt-1".to_owned()))? })
    }

    pub fn sign(&self, user: UserId, session: SessionId, tenant: TenantId, now: DateTime<Utc>) -> String {
        let claims = Claims {
            sub: user,
            sid: session,
            tid: tenant,
            aud: AUDIENCE.to_owned(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
        };
        let (name, key) = &self.signing;
        jsonwebtoken::encode(&header(name), &claims, key).expect("claims of numbers and ids can be signed")
    }

    /// `None`: not ours, for somebody else, not yet good, or over.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Claims> {
        if token.len() > LONGEST {
            return None;
        }
        let claimed = jsonwebtoken::decode_header(token).ok()?;
        let (name, key) = self.keys.iter().find(|(name, _)| claimed.kid.as_ref() == Some(name))?;
        // We write each header ourselves: one that says more names a key of its own, or something critical that we ignore.
        if claimed != header(name) {
            return None;
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        // The time is ours, not the library's.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation).ok()?.claims;
        let now = now.timestamp();
        (claims.nbf.saturating_sub(SKEW) <= now && now < claims.exp).then_some(claims)
    }
}

/// The one header of tokens that this key signs.
fn header(kid: &str) -> Header {
    Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::EdDSA) }
}

/// A refresh token, or the cookie of a session: 32 random bytes. PostgreSQL keeps its hash alone.
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(random::bytes::<32>())
}

/// As scripts and browsers write bytes (RFC 4648, 5).
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}
