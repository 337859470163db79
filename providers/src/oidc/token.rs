//! What a provider says of somebody: an ID token (OpenID Connect Core 1.0, 2), believed only when all of it fits.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};
use serde::Deserialize;

use super::document::{Document, Key};
use super::{Client, OidcError, Verified};

/// By how many seconds a provider's clock may differ from ours.
const SKEW: i64 = 120;
/// Bytes; those of large directories have 5,000. Nothing longer is decoded.
const LONGEST: usize = 20_000;

#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    email: Option<String>,
    email_verified: Option<Flag>,
    /// Of Microsoft's: its tenant.
    tid: Option<String>,
    /// Of Microsoft's, where it is asked for: the tenant has proven that the domain of the address is its own.
    xms_edov: Option<Flag>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// A truth, as providers write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Bool(bool),
    Number(i64),
    Text(String),
}

impl Flag {
    fn is_set(&self) -> bool {
        match self {
            Self::Bool(value) => *value,
            Self::Number(value) => *value == 1,
            Self::Text(value) => matches!(value.as_str(), "true" | "1"),
        }
    }
}

/// How a token says it is signed. Of all algorithms two are taken, and no key that comes with the token.
pub(super) fn header(token: &str) -> Result<Header, OidcError> {
    if token.len() > LONGEST {
        return Err(OidcError::Untrue("it is too long"));
    }
    let header = decode_header(token).map_err(|_malformed| OidcError::Untrue("its head can't be read"))?;
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256) {
        return Err(OidcError::Untrue("it is signed by an algorithm that is not taken"));
    }
    if header.crit.is_some() {
        return Err(OidcError::Untrue("it has something critical that is not known"));
    }
    Ok(header)
}

/// The key that a token names; of a token that names none, the only one that fits.
pub(super) fn key<'a>(keys: &'a [Key], header: &Header) -> Option<&'a Key> {
    let mut fitting = keys.iter().filter(|key| key.fits(header.alg));
    match &header.kid {
        Some(name) => fitting.find(|key| key.is_named(name)),
        None => fitting.next().filter(|_| fitting.next().is_none()),
    }
}

/// Who it is, if the token is whole, for us, of now, and the answer to what was asked.
pub(super) fn verify(
    token: &str,
    header: &Header,
    key: &Key,
    document: &Document,
    client: &Client,
    nonce: &str,
    now: DateTime<Utc>,
) -> Result<Verified, OidcError> {
    let mut validation = Validation::new(header.alg);
    // The time is ours, not the library's, and so are the rules below.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let claims = decode::<Claims>(token, &key.decoding()?, &validation);
    let claims = claims.map_err(|_forged| OidcError::Untrue("its signature or its claims are wrong"))?.claims;
    claims.check(document, key, client, nonce, now.timestamp())?;
    Ok(claims.verified(client))
}

impl Claims {
    fn check(
        &self,
        document: &Document,
        key: &Key,
        client: &Client,
        nonce: &str,
        now: i64,
    ) -> Result<(), OidcError> {
        let untrue = |why| Err(OidcError::Untrue(why));
        if document.issuer_of(self.tid.as_deref()).is_none_or(|issuer| issuer != self.iss) {
            return untrue("it is of another issuer");
        }
        if !key.may_sign_for(&self.iss) {
            return untrue("its key is of another issuer");
        }
        let is_for_us = match &self.aud {
            Audience::One(one) => *one == client.client_id,
            // For others too: then it must have been given to us.
            Audience::Many(many) => {
                many.contains(&client.client_id) && (many.len() == 1 || self.azp.is_some())
            }
        };
        if !is_for_us || self.azp.as_ref().is_some_and(|party| *party != client.client_id) {
            return untrue("it is for somebody else");
        }
        if self.exp <= now - SKEW {
            return untrue("it is over");
        }
        if self.iat > now + SKEW || self.nbf.is_some_and(|from| from > now + SKEW) {
            return untrue("it is not yet good");
        }
        if self.nonce.as_deref() != Some(nonce) {
            return untrue("it answers another question");
        }
        if self.sub.is_empty() || self.sub.len() > 255 || self.sub.contains('\0') {
            return untrue("it names nobody");
        }
        Ok(())
    }

    fn verified(self, client: &Client) -> Verified {
        let is_proven = if client.is_of_many {
            // Anybody may write any address into a tenant of Microsoft's own: `email_verified` is none of its claims.
            self.xms_edov.is_some_and(|flag| flag.is_set())
        } else {
            self.email_verified.is_some_and(|flag| flag.is_set())
        };
        Verified { issuer: self.iss, subject: self.sub, email: self.email.filter(|_| is_proven) }
    }
}
