//! Background work as those see it who look after it: where a job stands, and how long runs took.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where a job stands. One that is done is no longer there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker.
    Due,
    /// Handed to the workers: it runs, or is about to.
    Leased,
    /// Waits for its time.
    Scheduled,
    /// Given up: kept for somebody to look at.
    #[default]
    Dead,
}

impl JobState {
    pub const ALL: [Self; 4] = [Self::Due, Self::Leased, Self::Scheduled, Self::Dead];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Leased => "leased",
            Self::Scheduled => "scheduled",
            Self::Dead => "dead",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Most jobs of one tenant, of each priority, that a queue may be told to run at a time.
pub const MOST_PER_TENANT: i32 = 100_000;

/// Classes of durations: the one at `i` counts those of less than 2^i ms and no less than the one before.
pub const CLASSES: usize = 22;

/// The class in which a duration is counted: the bits of its whole ms.
pub fn class_of(lasted: Duration) -> usize {
    let bits = u128::BITS - lasted.as_millis().leading_zeros();
    usize::try_from(bits).unwrap_or(CLASSES).min(CLASSES - 1)
}

/// The duration, in whole ms, that `per_mille` of a thousand of what was counted stay below: within a class as if all were
/// spread evenly over it. `None`: nothing was counted. The last class, which has no end, counts as twice as wide as the
/// one before.
pub fn quantile(counts: &[i64], per_mille: u32) -> Option<i64> {
    let counts = || counts.iter().map(|count| i128::from((*count).max(0)));
    let all: i128 = counts().sum();
    if all == 0 {
        return None;
    }
    // In parts of a thousand of a run.
    let wanted = all * i128::from(per_mille.min(1_000));
    let (mut before, mut low, mut high) = (0_i128, 0_i128, 1_i128);
    for count in counts() {
        let here = count * 1_000;
        if count > 0 && before + here >= wanted {
            return i64::try_from(low + (high - low) * (wanted - before) / here).ok();
        }
        before += here;
        low = high;
        high *= 2;
    }
    i64::try_from(low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_ends_at_a_power_of_two() {
        for (millis, class) in
            [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (1_000, 10), (1_024, 11), (1 << 20, 21)]
        {
            assert_eq!(class_of(Duration::from_millis(millis)), class, "{millis} ms");
        }
        assert_eq!(class_of(Duration::from_micros(999)), 0);
        assert_eq!(class_of(Duration::MAX), CLASSES - 1);
    }

    #[test]
    fn a_quantile_lies_in_the_class_that_holds_it() {
        assert_eq!(quantile(&[0; CLASSES], 500), None);
        assert_eq!(quantile(&[], 500), None);
        // All of 64 to 128 ms.
        let mut counts = [0; CLASSES];
        counts[7] = 4;
        assert_eq!(quantile(&counts, 0), Some(64));
        assert_eq!(quantile(&counts, 500), Some(96));
        assert_eq!(quantile(&counts, 1_000), Some(128));
        // 99 quick ones and a slow one.
        let mut counts = [0; CLASSES];
        (counts[0], counts[10]) = (99, 1);
        assert_eq!(quantile(&counts, 950), Some(0));
        assert_eq!(quantile(&counts, 995), Some(768));
        let mut counts = [0; CLASSES];
        counts[CLASSES - 1] = i64::MAX;
        assert_eq!(quantile(&counts, 1_000), Some(1 << 21));
    }
}
