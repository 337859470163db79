//! Where a list of jobs goes on: all that its order is made of, for the job itself may be gone by then.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike};
use domain::id::{JobId, TenantId};
use domain::rejection::YEARS;
use store::console::Place;
use uuid::Uuid;

pub fn write(place: &Place) -> String {
    let mut bytes = vec![place.queue];
    bytes.extend_from_slice(place.tenant_id.0.as_bytes());
    bytes.extend_from_slice(&place.priority.to_be_bytes());
    bytes.extend_from_slice(&place.run_at.timestamp_micros().to_be_bytes());
    bytes.extend_from_slice(place.id.0.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `None`: it is none of ours.
pub fn read(cursor: &str) -> Option<Place> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (queue, rest) = bytes.split_first()?;
    let (tenant_id, rest) = rest.split_first_chunk()?;
    let (priority, rest) = rest.split_first_chunk()?;
    let (run_at, id) = rest.split_first_chunk()?;
    let run_at = DateTime::from_timestamp_micros(i64::from_be_bytes(*run_at))?;
    let place = Place {
        queue: *queue,
        tenant_id: TenantId(Uuid::from_bytes(*tenant_id)),
        priority: i16::from_be_bytes(*priority),
        run_at,
        id: JobId(Uuid::from_slice(id).ok()?),
    };
    // What PostgreSQL's timestamps can't hold was never one of ours.
    YEARS.contains(&run_at.year()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_where_it_was_made() {
        let place = Place {
            queue: 2,
            tenant_id: TenantId(Uuid::from_u128(7)),
            priority: 1,
            run_at: "2030-03-05T09:00:00.000001Z".parse().unwrap(),
            id: JobId(Uuid::from_u128(9)),
        };
        assert_eq!(read(&write(&place)), Some(place));
        for text in ["", "A", "%%%", &"A".repeat(57), &"A".repeat(58), &"_".repeat(58), &"A".repeat(200)] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
