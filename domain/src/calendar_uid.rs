//! The UIDs under which other calendars know our bookings and private events: the same for good.

use uuid::Uuid;

/// As an id is written.
const ID: usize = 36;
/// An occurrence as `%Y%m%d%H%M%S`.
const OCCURRENCE: usize = 14;

/// Of a booking.
pub fn of_booking(id: Uuid, public_url: &str) -> String {
    format!("{id}@{}", host(public_url))
}

/// Of one occurrence of a private event, written as `%Y%m%d%H%M%S`.
pub fn of_occurrence(id: Uuid, occurrence: &str, public_url: &str) -> String {
    format!("{id}-{occurrence}@{}", host(public_url))
}

/// The booking or private event of which a UID is, if it is one of this platform's. Whose it is, it does not say.
pub fn read(uid: &str, public_url: &str) -> Option<Uuid> {
    let (own, at) = uid.trim().rsplit_once('@')?;
    let (id, occurrence) = own.split_at_checked(ID)?;
    let is_occurrence = occurrence.strip_prefix('-').is_some_and(|digits| {
        digits.len() == OCCURRENCE && digits.bytes().all(|digit| digit.is_ascii_digit())
    });
    let is_ours = at.eq_ignore_ascii_case(host(public_url)) && (occurrence.is_empty() || is_occurrence);
    is_ours.then(|| Uuid::try_parse(id).ok()).flatten()
}

/// The host of an address of ours, without scheme, port and path.
pub fn host(public_url: &str) -> &str {
    let after = public_url.split_once("://").map_or(public_url, |(_scheme, after)| after);
    after.split([':', '/']).next().unwrap_or(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://harmony.example:8443/x";
    const ID: Uuid = Uuid::from_u128(0x019a_b4c2_0000_7000_8000_0000_0000_0001);

    #[test]
    fn what_is_written_is_read_again() {
        let booking = of_booking(ID, URL);
        assert_eq!(booking, "019ab4c2-0000-7000-8000-000000000001@harmony.example");
        let occurrence = of_occurrence(ID, "20300305100000", URL);
        for uid in [&booking, &occurrence, &booking.to_uppercase(), &format!(" {booking} ")] {
            assert_eq!(read(uid, URL), Some(ID), "{uid}");
        }
    }

    #[test]
    fn what_others_write_is_not_ours() {
        for uid in [
            "",
            "@harmony.example",
            "019ab4c2-0000-7000-8000-000000000001",
            "019ab4c2-0000-7000-8000-000000000001@other.example",
            "019ab4c2-0000-7000-8000-000000000001@harmony.example.org",
            "019ab4c2-0000-7000-8000-00000000000x@harmony.example",
            "019ab4c2000070008000000000000001@harmony.example",
            "019ab4c2-0000-7000-8000-000000000001-2030@harmony.example",
            "019ab4c2-0000-7000-8000-000000000001-2030030510000x@harmony.example",
            "019ab4c2-0000-7000-8000-000000000001+20300305100000@harmony.example",
            "019ab4c2-0000-7000-8000-00000000000é@harmony.example",
            "yoga@harmony.example",
        ] {
            assert_eq!(read(uid, URL), None, "{uid}");
        }
    }
}
