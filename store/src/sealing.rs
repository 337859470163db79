//! What is said of a person and has to be forgettable: sealed by AES-256-GCM (NIST SP 800-38D) with a key of theirs, so
//! that it is gone where the key is.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::CustomerId;
use domain::rejection::Code;
use serde_json::{Value, json};

use crate::TenantTx;
use crate::error::Result;
use crate::schema::customer_keys;

/// The one field of a value that is sealed.
const SEALED: &str = "sealed";

/// A customer's key; whoever has none yet gets one.
pub(crate) async fn key_of(tx: &TenantTx, id: CustomerId) -> Result<Vec<u8>> {
    let mut key = [0; 32];
    rand::fill(&mut key).map_err(|_no_randomness| Code::Internal)?;
    diesel::insert_into(customer_keys::table)
        .values((
            customer_keys::tenant_id.eq(tx.tenant()),
            customer_keys::customer_id.eq(id),
            customer_keys::key.eq(key.as_slice()),
        ))
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    let own = customer_keys::table.find((tx.tenant(), id)).select(customer_keys::key);
    Ok(own.first(&mut tx.conn()).await?)
}

/// Seals a value for one place: elsewhere it does not open.
pub(crate) fn seal(key: &[u8], place: &str, value: &Value) -> Result<Value> {
    let mut text = value.to_string().into_bytes();
    let nonce = cipher(key)
        .and_then(|key| key.seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut text).ok())
        .ok_or(Code::Internal)?;
    let sealed = [nonce.as_ref(), text.as_slice()].concat();
    Ok(json!({ SEALED: URL_SAFE_NO_PAD.encode(sealed) }))
}

/// Whether a value was sealed.
pub(crate) fn is_sealed(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| fields.len() == 1 && fields.contains_key(SEALED))
}

/// What was sealed for this place. None: it was with another key.
pub(crate) fn open(key: &[u8], place: &str, value: &Value) -> Option<Value> {
    let sealed = URL_SAFE_NO_PAD.decode(value.get(SEALED)?.as_str()?).ok()?;
    let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut text = text.to_vec();
    let opened =
        cipher(key)?.open_in_place(Nonce::from(nonce), Aad::from(place.as_bytes()), &mut text).ok()?;
    serde_json::from_slice(opened).ok()
}

fn cipher(key: &[u8]) -> Option<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM, key).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_at_its_place_alone() {
        let (value, key) = (json!({"name": "Ana"}), [7; 32]);
        let sealed = seal(&key, "a", &value).unwrap();
        assert!(is_sealed(&sealed) && !is_sealed(&value) && !sealed.to_string().contains("Ana"));
        assert_ne!(sealed, seal(&key, "a", &value).unwrap());
        assert_eq!(open(&key, "a", &sealed), Some(value.clone()));
        assert_eq!(open(&[8; 32], "a", &sealed), None);
        assert_eq!(open(&key, "b", &sealed), None);
        for forged in [json!({"sealed": "x"}), json!({"sealed": 1}), json!({}), value] {
            assert_eq!(open(&key, "a", &forged), None);
        }
    }
}
