//! The slots of a cluster: each key is in one of 16,384, and each slot is at one node.

use std::ops::RangeInclusive;

const SLOTS: u16 = 16_384;

/// Some of the slots.
pub(crate) struct Slots(Vec<RangeInclusive<u16>>);

impl Slots {
    pub(crate) fn all() -> Self {
        Self(vec![0..=SLOTS - 1])
    }

    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Whoever needs no slot is content with none.
    pub(crate) fn have(&self, slot: Option<u16>) -> bool {
        slot.is_none_or(|slot| self.0.iter().any(|range| range.contains(&slot)))
    }
}

impl FromIterator<RangeInclusive<u16>> for Slots {
    fn from_iter<T: IntoIterator<Item = RangeInclusive<u16>>>(ranges: T) -> Self {
        Self(ranges.into_iter().collect())
    }
}

/// The slot of a key: CRC-16 (XMODEM) of what stands in its first braces, or of all of it if nothing does.
pub(crate) fn slot(key: &[u8]) -> u16 {
    let position = |bytes: &[u8], sought| bytes.iter().position(|byte| *byte == sought);
    let tag = position(key, b'{').and_then(|open| key.get(open + 1..)).and_then(|rest| {
        let close = position(rest, b'}').filter(|close| *close > 0)?;
        rest.get(..close)
    });
    let shift = |crc: u16, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
    let crc =
        tag.unwrap_or(key).iter().fold(0, |crc, byte| (0..8).fold(crc ^ (u16::from(*byte) << 8), shift));
    crc % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `CLUSTER KEYSLOT` says.
    #[test]
    fn the_slot_of_a_key_is_that_of_its_braces() {
        for (key, expected) in [
            ("", 0),
            ("123456789", 12_739),
            ("foo", 12_182),
            ("bar", 5_061),
            ("a{foo}b", 12_182),
            ("a{foo}{bar}", 12_182),
            ("{}foo", 9_500),
            ("foo{}{bar}", 8_363),
            ("foo{{bar}}zap", 4_015),
        ] {
            assert_eq!(slot(key.as_bytes()), expected, "{key}");
        }
    }

    #[test]
    fn who_needs_no_slot_is_content() {
        let some: Slots = [0..=5, 10..=10].into_iter().collect();
        assert_eq!([0, 5, 6, 10, 11].map(|slot| some.have(Some(slot))), [true, true, false, true, false]);
        assert!(some.have(None) && Slots::none().have(None) && !Slots::none().have(Some(0)));
        assert!(Slots::all().have(Some(16_383)));
    }
}
