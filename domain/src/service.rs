//! Services: what can be booked.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{RoomId, StaffId};
use crate::location::Location;
use crate::plan::{Feature, Plan};
use crate::rejection::{Fields, Rejection};
use crate::text;
use crate::translation::{ServiceWords, Translations};

/// A part of a whole, 0..=1, kept in basis points (1/10,000). Its JSON is a number such as `0.3`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Rate(i32);

impl Rate {
    pub const fn basis_points(self) -> i32 {
        self.0
    }

    pub fn from_basis_points(basis_points: i32) -> Option<Self> {
        (0..=10_000).contains(&basis_points).then_some(Self(basis_points))
    }
}

impl TryFrom<f64> for Rate {
    type Error = &'static str;

    #[expect(
        clippy::float_arithmetic,
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "the one place where a rate leaves the number that JSON has; the range is checked before the cast"
    )]
    fn try_from(rate: f64) -> Result<Self, Self::Error> {
        let basis_points = (rate * 10_000.0).round();
        if (0.0..=10_000.0).contains(&basis_points) && (basis_points - rate * 10_000.0).abs() < 1e-6 {
            Ok(Self(basis_points as i32))
        } else {
            Err("must be between 0 and 1 with at most four decimals")
        }
    }
}

impl From<Rate> for f64 {
    #[expect(
        clippy::float_arithmetic,
        reason = "the one place where a rate becomes the number that JSON has"
    )]
    fn from(rate: Rate) -> Self {
        Self::from(rate.0) / 10_000.0
    }
}

/// What is kept free before or after at most, the travel with it: in minutes.
const LONGEST_BUFFER: i32 = 480;

/// A service as it is asked for, defaults filled in. Minutes; the price in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDraft {
    pub name: String,
    pub category: Option<String>,
    pub description: Option<String>,
    pub translations: Translations<ServiceWords>,
    pub duration_minutes: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub location: Location,
    /// To a customer, and again on the way back; 0 where customers come.
    pub travel_minutes: i32,
    pub price_cents: i64,
    pub deposit_rate: Rate,
    /// How many seats a group session has; 1: each booking has its own time.
    pub capacity: i32,
    pub min_notice_minutes: i32,
    pub horizon_days: i32,
    /// The last date on which it may take place, where that is nearer than the horizon.
    pub bookable_until: Option<NaiveDate>,
    pub slot_step_minutes: Option<i32>,
    pub auto_confirm: bool,
    pub is_active: bool,
    /// All who provide it do so together.
    pub is_collective: bool,
    /// Who provides it; empty: everybody, also later.
    pub staff_ids: Vec<StaffId>,
    /// It takes one of these rooms; empty: none.
    pub room_ids: Vec<RoomId>,
}

impl ServiceDraft {
    /// Trims what was typed and refuses what makes no sense, all of it at once.
    pub fn checked(mut self, plan: Plan) -> Result<Self, Rejection> {
        let mut fields = Fields::default();
        self.name = fields.take("/name", text::name(&self.name)).unwrap_or_default();
        self.category = optional(&mut fields, "/category", self.category.as_deref(), 255);
        self.description = optional(&mut fields, "/description", self.description.as_deref(), 2_000);
        self.translations.check("/translations", |words, at| words.check(at, &mut fields));
        fields.range("/duration_minutes", self.duration_minutes, 5, 1_440);
        fields.range("/buffer_before_minutes", self.buffer_before_minutes, 0, LONGEST_BUFFER);
        fields.range("/buffer_after_minutes", self.buffer_after_minutes, 0, LONGEST_BUFFER);
        fields.range("/travel_minutes", self.travel_minutes, 0, 240);
        if !self.location.is_at_customer() {
            self.travel_minutes = 0;
        } else if self.capacity > 1 {
            fields.add("/location", "INVALID", "must be business: a group session has one place for all");
        }
        // Both are kept free together, as one buffer.
        let beside = self.buffer_before_minutes.max(self.buffer_after_minutes);
        if (0..=LONGEST_BUFFER).contains(&beside)
            && beside + self.travel_minutes.clamp(0, 240) > LONGEST_BUFFER
        {
            fields.add("/travel_minutes", "OUT_OF_RANGE", "must be at most 480 with the longer buffer");
        }
        let whole = i64::from(self.duration_minutes)
            + i64::from(self.buffer_before_minutes)
            + i64::from(self.buffer_after_minutes)
            + 2 * i64::from(self.travel_minutes);
        if whole > 1_440 && self.duration_minutes <= 1_440 {
            fields.add(
                "/duration_minutes",
                "OUT_OF_RANGE",
                "must be at most 1440 with its buffers and travels",
            );
        }
        fields.range("/price_cents", self.price_cents, 0, 100_000_000);
        fields.range("/capacity", self.capacity, 1, 1_000);
        fields.range("/min_notice_minutes", self.min_notice_minutes, 0, 525_600);
        fields.range("/horizon_days", self.horizon_days, 0, 730);
        if let Some(step) = self.slot_step_minutes {
            fields.range("/slot_step_minutes", step, 5, 1_440);
        }
        if let Some(date) = self.bookable_until {
            fields.year("/bookable_until", date);
        }
        if self.staff_ids.len() > 200 {
            fields.add("/staff_ids", "TOO_LONG", "must have at most 200 items");
        }
        if self.room_ids.len() > 200 {
            fields.add("/room_ids", "TOO_LONG", "must have at most 200 items");
        }
        self.staff_ids.sort_unstable();
        self.staff_ids.dedup();
        self.room_ids.sort_unstable();
        self.room_ids.dedup();
        fields.finish()?;
        if self.deposit_rate.basis_points() > 0 {
            plan.require(Feature::Deposits)?;
        }
        Ok(self)
    }
}

pub(crate) fn optional(
    fields: &mut Fields,
    pointer: &str,
    value: Option<&str>,
    max: usize,
) -> Option<String> {
    fields.take(pointer, text::lines(value?, max)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn haircut() -> ServiceDraft {
        ServiceDraft {
            name: " Haircut ".to_owned(),
            category: None,
            description: Some(String::new()),
            translations: Translations::default(),
            duration_minutes: 45,
            buffer_before_minutes: 0,
            buffer_after_minutes: 15,
            location: Location::Business,
            travel_minutes: 0,
            price_cents: 4_800,
            deposit_rate: Rate::default(),
            capacity: 1,
            min_notice_minutes: 0,
            horizon_days: 90,
            bookable_until: None,
            slot_step_minutes: None,
            auto_confirm: true,
            is_active: true,
            is_collective: false,
            staff_ids: Vec::new(),
            room_ids: Vec::new(),
        }
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let refusal = ServiceDraft {
            name: String::new(),
            duration_minutes: 0,
            price_cents: -1,
            slot_step_minutes: Some(0),
            ..haircut()
        }
        .checked(Plan::Free)
        .unwrap_err();
        let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/duration_minutes", "/price_cents", "/slot_step_minutes"]);
    }

    #[test]
    fn an_appointment_with_its_buffers_fits_in_a_day() {
        let long = ServiceDraft { duration_minutes: 1_430, ..haircut() };
        assert_eq!(long.checked(Plan::Free).unwrap_err().errors[0].pointer, "/duration_minutes");
        let draft = haircut().checked(Plan::Free).unwrap();
        assert_eq!((draft.name.as_str(), draft.description), ("Haircut", None));
    }

    #[test]
    fn what_is_kept_free_is_at_most_a_buffer() {
        let far = |buffer, travel| ServiceDraft {
            location: Location::Customer,
            buffer_after_minutes: buffer,
            travel_minutes: travel,
            ..haircut()
        };
        assert!(far(240, 240).checked(Plan::Free).is_ok());
        let refused = far(241, 240).checked(Plan::Free).unwrap_err();
        assert_eq!(refused.errors[0].pointer, "/travel_minutes");
    }

    #[test]
    fn deposits_need_a_plan_that_has_them() {
        let draft = ServiceDraft { deposit_rate: Rate::try_from(0.3).unwrap(), ..haircut() };
        assert!(draft.clone().checked(Plan::Free).is_err());
        assert!(draft.checked(Plan::Pro).is_ok());
    }

    #[test]
    fn a_rate_is_exact() {
        assert_eq!(Rate::try_from(0.3).unwrap().basis_points(), 3_000);
        assert_eq!(Rate::try_from(1.0).unwrap().basis_points(), 10_000);
        for rate in [-0.1, 1.1, 0.333_33, f64::NAN, f64::INFINITY] {
            assert!(Rate::try_from(rate).is_err(), "{rate}");
        }
    }
}
