//! Secrets of others that we keep: sealed by AES-256-GCM (NIST SP 800-38D) in envelopes. Each value has a key of its own,
//! which a key of the deployment seals in its turn: to change the latter, no value is read.

use aws_lc_rs::aead::{AES_256_GCM, Aad, MAX_TAG_LEN, NONCE_LEN, Nonce, RandomizedNonceKey};
use secrecy::{ExposeSecret, SecretSlice};

const KEY_LEN: usize = 32;
/// Of a sealed key: its nonce, itself, its tag.
const SEALED_KEY_LEN: usize = NONCE_LEN + KEY_LEN + MAX_TAG_LEN;
/// The first byte of every envelope.
const VERSION: u8 = 1;

/// The keys of the deployment: the newest seals, all open.
pub struct Vault {
    keys: Vec<(String, RandomizedNonceKey)>,
}

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("there is no key, or one that has not 32 bytes or a name of more than 255")]
    BadKey,
    #[error("a value can't be sealed")]
    NotSealed,
    #[error("a sealed value is no longer what it was, or not of this place")]
    NotOpened,
    #[error("a value is sealed with a key that is not there")]
    UnknownKey,
}

impl Vault {
    /// Keys of 32 bytes with their names, oldest first; at least one.
    pub fn new(keys: Vec<(String, Vec<u8>)>) -> Result<Self, VaultError> {
        let keys: Result<Vec<_>, _> = keys.into_iter().map(|(name, key)| named(name, &key)).collect();
        let keys = keys?;
        if keys.is_empty() { Err(VaultError::BadKey) } else { Ok(Self { keys }) }
    }

    /// Seals a value for one place, such as a row's column: elsewhere it does not open.
    pub fn seal(&self, place: &str, value: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut own = [0; KEY_LEN];
        aws_lc_rs::rand::fill(&mut own).map_err(|_no_randomness| VaultError::NotSealed)?;
        let mut envelope = self.sealed_key(&own)?;
        envelope.extend(sealed(&key(&own)?, place, value)?);
        Ok(envelope)
    }

    /// What was sealed for this place.
    pub fn open(&self, place: &str, envelope: &[u8]) -> Result<SecretSlice<u8>, VaultError> {
        let (own, rest) = self.split(envelope)?;
        opened(&key(own.expose_secret())?, place, rest)
    }

    /// The same value by the newest key; `None`: it is sealed with that.
    pub fn renewed(&self, envelope: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        let (name, _) = read_name(envelope)?;
        if self.keys.last().is_some_and(|(newest, _)| newest.as_bytes() == name) {
            return Ok(None);
        }
        let (own, rest) = self.split(envelope)?;
        let mut renewed = self.sealed_key(own.expose_secret())?;
        renewed.extend_from_slice(rest);
        Ok(Some(renewed))
    }

    /// The head of an envelope: version, the name of the key that seals it, the value's own key.
    fn sealed_key(&self, own: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (name, newest) = self.keys.last().ok_or(VaultError::BadKey)?;
        let length = u8::try_from(name.len()).map_err(|_too_long| VaultError::BadKey)?;
        let mut head = vec![VERSION, length];
        head.extend_from_slice(name.as_bytes());
        head.extend(sealed(newest, name, own)?);
        Ok(head)
    }

    /// The value's own key, and the sealed value.
    fn split<'a>(&self, envelope: &'a [u8]) -> Result<(SecretSlice<u8>, &'a [u8]), VaultError> {
        let (name, rest) = read_name(envelope)?;
        let (own, value) = rest.split_at_checked(SEALED_KEY_LEN).ok_or(VaultError::NotOpened)?;
        let known = self.keys.iter().find(|(known, _)| known.as_bytes() == name);
        let (name, key) = known.ok_or(VaultError::UnknownKey)?;
        Ok((opened(key, name, own)?, value))
    }
}

fn read_name(envelope: &[u8]) -> Result<(&[u8], &[u8]), VaultError> {
    match envelope {
        [VERSION, length, rest @ ..] => {
            rest.split_at_checked(usize::from(*length)).ok_or(VaultError::NotOpened)
        }
        _ => Err(VaultError::NotOpened),
    }
}

fn named(name: String, bytes: &[u8]) -> Result<(String, RandomizedNonceKey), VaultError> {
    let key = key(bytes)?;
    if name.len() > usize::from(u8::MAX) { Err(VaultError::BadKey) } else { Ok((name, key)) }
}

fn key(bytes: &[u8]) -> Result<RandomizedNonceKey, VaultError> {
    RandomizedNonceKey::new(&AES_256_GCM, bytes).map_err(|_wrong_length| VaultError::BadKey)
}

/// Nonce, what was sealed, tag.
fn sealed(key: &RandomizedNonceKey, place: &str, value: &[u8]) -> Result<Vec<u8>, VaultError> {
    let mut text = value.to_vec();
    let nonce = key
        .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut text)
        .map_err(|_too_long| VaultError::NotSealed)?;
    Ok([nonce.as_ref(), text.as_slice()].concat())
}

fn opened(key: &RandomizedNonceKey, place: &str, sealed: &[u8]) -> Result<SecretSlice<u8>, VaultError> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::NotOpened)?;
    let mut text = text.to_vec();
    let value = key
        .open_in_place(Nonce::from(nonce), Aad::from(place.as_bytes()), &mut text)
        .map_err(|_forged| VaultError::NotOpened)?;
    Ok(value.to_vec().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(names: &[(&str, u8)]) -> Vault {
        Vault::new(names.iter().map(|(name, byte)| ((*name).to_owned(), vec![*byte; KEY_LEN])).collect())
            .unwrap()
    }

    #[test]
    fn a_value_opens_where_it_was_sealed_and_nowhere_else() {
        let vault = vault(&[("seal-1", 1)]);
        let envelope = vault.seal("totp ana", b"secret").unwrap();
        assert_eq!(vault.open("totp ana", &envelope).unwrap().expose_secret(), b"secret");
        assert!(!envelope.windows(6).any(|bytes| bytes == b"secret"));
        // Each time by another key and nonce.
        assert_ne!(vault.seal("totp ana", b"secret").unwrap(), envelope);
        assert!(matches!(vault.open("totp bob", &envelope), Err(VaultError::NotOpened)));
        assert!(matches!(
            super::tests::vault(&[("seal-1", 2)]).open("totp ana", &envelope),
            Err(VaultError::NotOpened)
        ));
        assert!(matches!(
            super::tests::vault(&[("seal-2", 1)]).open("totp ana", &envelope),
            Err(VaultError::UnknownKey)
        ));
        for at in 0..envelope.len() {
            let mut forged = envelope.clone();
            forged[at] ^= 1;
            assert!(vault.open("totp ana", &forged).is_err(), "{at}");
            assert!(vault.open("totp ana", &envelope[..at]).is_err(), "{at}");
        }
    }

    #[test]
    fn a_new_key_seals_what_an_old_one_did_and_no_value_is_read() {
        let old = vault(&[("seal-1", 1)]);
        let both = vault(&[("seal-1", 1), ("seal-2", 2)]);
        let envelope = old.seal("here", b"secret").unwrap();
        assert_eq!(both.open("here", &envelope).unwrap().expose_secret(), b"secret");
        let renewed = both.renewed(&envelope).unwrap().unwrap();
        assert!(both.renewed(&renewed).unwrap().is_none());
        // The sealed value is the same, byte for byte.
        assert!(renewed.ends_with(&envelope[envelope.len() - 34..]));
        let new = vault(&[("seal-2", 2)]);
        assert_eq!(new.open("here", &renewed).unwrap().expose_secret(), b"secret");
        assert!(old.open("here", &renewed).is_err());
    }

    #[test]
    fn a_vault_has_keys_of_the_right_length() {
        assert!(Vault::new(Vec::new()).is_err());
        assert!(Vault::new(vec![("seal-1".to_owned(), vec![1; 31])]).is_err());
        assert!(Vault::new(vec![("x".repeat(256), vec![1; 32])]).is_err());
    }
}
