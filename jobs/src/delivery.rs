//! One delivery of a job, as it travels through Redis: fixed fields, the kind, the trace, the payload. A worker reads
//! nothing else to start.

use domain::id::{JobId, TenantId};
use uuid::Uuid;

/// Lost this often, a job is a suspect: perhaps it is what kills its workers.
const SUSPECT: i16 = 2;

/// A leased job on its way to a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub tenant_id: TenantId,
    pub id: JobId,
    /// Not to be started after this: milliseconds since 1970, by PostgreSQL's clock. The middle of its lease.
    pub start_by_ms: i64,
    /// Since when it is due: milliseconds since 1970.
    pub due_ms: i64,
    /// Runs that ended in an error.
    pub attempt: i16,
    /// Leases, this one included: what tells one delivery of a job from the next.
    pub deliveries: i16,
    pub kind: String,
    /// Of the request that enqueued it: a W3C traceparent, or nothing.
    pub trace: String,
    pub payload: Vec<u8>,
}

/// Bytes that are no delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a delivery")]
pub struct Malformed;

impl Delivery {
    /// Where `start_by_ms` lies in the bytes, counted from 1: for scripts that look at a message without taking it.
    pub const START_BY_AT: usize = 33;
    /// Bytes before the kind, the trace and the payload.
    const FIXED: usize = 54;

    /// Leases before this one that ended with neither a result nor an error: their worker died, or Redis lost them.
    pub const fn lost(&self) -> i16 {
        self.deliveries.saturating_sub(self.attempt).saturating_sub(1)
    }

    /// To be run in a process of its own: what happens there tells whether it is the job that kills.
    pub const fn is_suspect(&self) -> bool {
        self.lost() >= SUSPECT
    }

    /// What the job is a part of: a W3C traceparent.
    pub fn traceparent(&self) -> Option<&str> {
        Some(self.trace.as_str()).filter(|trace| !trace.is_empty())
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, trace) = (short(&self.kind), short(&self.trace));
        let mut out = Vec::with_capacity(Self::FIXED + kind.len() + trace.len() + self.payload.len());
        out.extend_from_slice(self.tenant_id.0.as_bytes());
        out.extend_from_slice(self.id.0.as_bytes());
        out.extend_from_slice(&self.start_by_ms.to_le_bytes());
        out.extend_from_slice(&self.due_ms.to_le_bytes());
        out.extend_from_slice(&self.attempt.to_le_bytes());
        out.extend_from_slice(&self.deliveries.to_le_bytes());
        for text in [kind, trace] {
            out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
            out.extend_from_slice(text);
        }
        out.extend_from_slice(&self.payload);
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (tenant_id, rest) = bytes.split_first_chunk().ok_or(Malformed)?;
        let (id, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (start_by, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (due, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (attempt, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (deliveries, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (kind, rest) = text(rest)?;
        let (trace, payload) = text(rest)?;
        Ok(Self {
            tenant_id: TenantId(Uuid::from_bytes(*tenant_id)),
            id: JobId(Uuid::from_bytes(*id)),
            start_by_ms: i64::from_le_bytes(*start_by),
            due_ms: i64::from_le_bytes(*due),
            attempt: i16::from_le_bytes(*attempt),
            deliveries: i16::from_le_bytes(*deliveries),
            kind,
            trace,
            payload: payload.to_vec(),
        })
    }

    /// What tells it from others, without what it carries.
    #[must_use]
    pub fn stub(&self) -> Self {
        Self { kind: String::new(), trace: String::new(), payload: Vec::new(), ..*self }
    }
}

/// As much as one byte can count.
fn short(text: &str) -> &[u8] {
    let bytes = text.as_bytes();
    bytes.get(..usize::from(u8::MAX)).unwrap_or(bytes)
}

/// A text after its length, and what follows it.
fn text(bytes: &[u8]) -> Result<(String, &[u8]), Malformed> {
    let (length, rest) = bytes.split_first().ok_or(Malformed)?;
    let (text, rest) = rest.split_at_checked(usize::from(*length)).ok_or(Malformed)?;
    Ok((str::from_utf8(text).map_err(|_not_text| Malformed)?.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery() -> Delivery {
        Delivery {
            tenant_id: TenantId(Uuid::from_u128(1)),
            id: JobId(Uuid::from_u128(2)),
            start_by_ms: 1_900_000_000_123,
            due_ms: 1_900_000_000_000,
            attempt: 3,
            deliveries: 5,
            kind: "sweep_expired".to_owned(),
            trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned(),
            payload: b"{}".to_vec(),
        }
    }

    #[test]
    fn a_delivery_survives_the_road_and_a_cut_one_is_refused() {
        let delivery = delivery();
        let bytes = delivery.to_bytes();
        assert_eq!(Delivery::from_bytes(&bytes), Ok(delivery.clone()));
        let at = Delivery::START_BY_AT - 1;
        assert_eq!(bytes[at..at + 8], delivery.start_by_ms.to_le_bytes());
        let carried = delivery.kind.len() + delivery.trace.len();
        for length in 0..Delivery::FIXED + carried {
            assert_eq!(Delivery::from_bytes(&bytes[..length]), Err(Malformed));
        }
    }

    #[test]
    fn failures_are_no_losses() {
        let at = |attempt, deliveries| Delivery { attempt, deliveries, ..delivery() };
        assert!(!at(0, 1).is_suspect() && !at(7, 8).is_suspect() && !at(0, 2).is_suspect());
        assert!(at(0, 3).is_suspect() && at(5, 8).is_suspect());
    }
}
