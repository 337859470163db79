//! Who of several gets a booking that names nobody, and why.

use serde::{Deserialize, Serialize};

use crate::id::StaffId;

/// How much is booked with a staff member already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    pub staff: StaffId,
    /// On the local date of the start.
    pub minutes_that_day: i64,
    /// In the ISO week of that date.
    pub minutes_that_week: i64,
    /// Percent, 10..=1000: of two, whose weight is twice as much gets twice as many minutes.
    pub weight: i32,
    /// In the tenant's list of staff.
    pub position: i32,
}

/// Why somebody has a booking. Kept with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Assigned {
    /// They were asked for.
    Named,
    /// Nobody else was free.
    OnlyOne,
    /// Of those who were free they had the least to do for their weight.
    LeastLoaded {
        /// How many were free.
        free: u32,
        minutes_that_day: i64,
        minutes_that_week: i64,
        /// Percent.
        weight: i32,
    },
    /// They do the service before it, too.
    Along,
    /// They hold the group session already.
    Session,
    /// All who provide the service do it together.
    Everybody,
}

/// Orders the candidates for "any staff": fewest minutes booked that day for their weight, then that week, then by
/// position.
pub fn least_loaded_first(candidates: &mut [Load]) {
    candidates.sort_unstable_by(|one, other| {
        let weighed = |minutes: fn(&Load) -> i64| {
            let (ours, theirs) = (i64::from(one.weight.max(1)), i64::from(other.weight.max(1)));
            minutes(one).saturating_mul(theirs).cmp(&minutes(other).saturating_mul(ours))
        };
        weighed(|load| load.minutes_that_day)
            .then_with(|| weighed(|load| load.minutes_that_week))
            .then_with(|| (one.position, one.staff).cmp(&(other.position, other.staff)))
    });
}
