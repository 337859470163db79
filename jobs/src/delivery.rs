//! One delivery of a job, as it travels through Redis: fixed fields, the kind, the payload. A worker reads nothing else
//! to start.

use domain::id::{JobId, TenantId};
use uuid::Uuid;

/// A leased job on its way to a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub tenant_id: TenantId,
    pub id: JobId,
    /// Not to be started after this: milliseconds since 1970, by PostgreSQL's clock. The middle of its lease.
    pub start_by_ms: i64,
    /// Runs that ended in an error.
    pub attempt: i16,
    /// Leases, this one included: what tells one delivery of a job from the next.
    pub deliveries: i16,
    pub kind: String,
    pub payload: Vec<u8>,
}

/// Bytes that are no delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a delivery")]
pub struct Malformed;

impl Delivery {
    /// Where `start_by_ms` lies in the bytes, counted from 1: for scripts that look at a message without taking it.
    pub const START_BY_AT: usize = 33;

    pub fn to_bytes(&self) -> Vec<u8> {
        let kind = self.kind.as_bytes();
        let mut out = Vec::with_capacity(45 + kind.len() + self.payload.len());
        out.extend_from_slice(self.tenant_id.0.as_bytes());
        out.extend_from_slice(self.id.0.as_bytes());
        out.extend_from_slice(&self.start_by_ms.to_le_bytes());
        out.extend_from_slice(&self.attempt.to_le_bytes());
        out.extend_from_slice(&self.deliveries.to_le_bytes());
        out.push(u8::try_from(kind.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(kind.get(..usize::from(u8::MAX)).unwrap_or(kind));
        out.extend_from_slice(&self.payload);
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (tenant_id, rest) = bytes.split_first_chunk().ok_or(Malformed)?;
        let (id, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (start_by, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (attempt, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (deliveries, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (kind_length, rest) = rest.split_first().ok_or(Malformed)?;
        let (kind, payload) = rest.split_at_checked(usize::from(*kind_length)).ok_or(Malformed)?;
        Ok(Self {
            tenant_id: TenantId(Uuid::from_bytes(*tenant_id)),
            id: JobId(Uuid::from_bytes(*id)),
            start_by_ms: i64::from_le_bytes(*start_by),
            attempt: i16::from_le_bytes(*attempt),
            deliveries: i16::from_le_bytes(*deliveries),
            kind: str::from_utf8(kind).map_err(|_not_text| Malformed)?.to_owned(),
            payload: payload.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_survives_the_road_and_a_cut_one_is_refused() {
        let delivery = Delivery {
            tenant_id: TenantId(Uuid::from_u128(1)),
            id: JobId(Uuid::from_u128(2)),
            start_by_ms: 1_900_000_000_123,
            attempt: 3,
            deliveries: 5,
            kind: "sweep_expired".to_owned(),
            payload: b"{}".to_vec(),
        };
        let bytes = delivery.to_bytes();
        assert_eq!(Delivery::from_bytes(&bytes), Ok(delivery.clone()));
        let at = Delivery::START_BY_AT - 1;
        assert_eq!(bytes[at..at + 8], delivery.start_by_ms.to_le_bytes());
        for length in 0..45 + delivery.kind.len() {
            assert_eq!(Delivery::from_bytes(&bytes[..length]), Err(Malformed));
        }
    }
}
