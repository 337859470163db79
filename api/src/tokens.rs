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

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// The tenant it acts in.
    pub tid: TenantId,
    pub iat: i64,
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
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
        };
        let (name, key) = &self.signing;
        let header = Header { kid: Some(name.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, key).expect("claims of numbers and ids can be signed")
    }

    /// `None`: not ours, or over.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let kid = header.kid?;
        let (_, key) = self.keys.iter().find(|(name, _)| *name == kid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        // The time is ours, not the library's.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation).ok()?.claims;
        (claims.exp > now.timestamp()).then_some(claims)
    }
}

/// A refresh token, or the cookie of a session: 32 random bytes. PostgreSQL keeps its hash alone.
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(random::bytes::<32>())
}

pub fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}
