//! What a tenant asks of customers who cancel, move or stay away. A booking keeps the policy it was made under.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::deposit_cents;
use crate::rejection::{Code, Fields, Rejection};

/// The longest window: 30 days.
pub const MOST_MINUTES: i32 = 30 * 24 * 60;

/// What is absent is as in [`Policy::default`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Jsonb))]
#[serde(default)]
pub struct Policy {
    /// Until how many minutes before the start customers cancel by themselves, 0..=43,200; none: only members do.
    pub cancel_minutes: Option<i32>,
    /// The same of moving.
    pub move_minutes: Option<i32>,
    /// What is cancelled so many minutes before the start, or earlier, is free: 0..=43,200.
    pub free_minutes: i32,
    /// Of what is cancelled later.
    pub late_fee: Fee,
    /// Of who stays away.
    pub no_show_fee: Fee,
}
crate::sql::json!(Policy);

/// What is asked for, seen from the price of a booking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Fee {
    #[default]
    Nothing,
    /// The deposit is kept.
    Deposit,
    /// A part of the price, 1..=10,000 hundredths of a percent.
    Price { basis_points: i32 },
}

/// The deposit is kept of who cancels in the last 24 hours, or stays away.
impl Default for Policy {
    fn default() -> Self {
        Self {
            cancel_minutes: Some(0),
            move_minutes: Some(0),
            free_minutes: 24 * 60,
            late_fee: Fee::Deposit,
            no_show_fee: Fee::Deposit,
        }
    }
}

impl Policy {
    /// Asks nothing.
    pub const FREE: Self = Self {
        cancel_minutes: Some(0),
        move_minutes: Some(0),
        free_minutes: 0,
        late_fee: Fee::Nothing,
        no_show_fee: Fee::Nothing,
    };

    /// Refuses windows and fees out of their ranges.
    pub fn checked(self) -> Result<Self, Rejection> {
        let mut fields = Fields::default();
        let windows = [
            ("/cancel_minutes", self.cancel_minutes),
            ("/move_minutes", self.move_minutes),
            ("/free_minutes", Some(self.free_minutes)),
        ];
        for (pointer, minutes) in windows {
            fields.range(pointer, minutes.unwrap_or(0), 0, MOST_MINUTES);
        }
        for (pointer, fee) in [("/late_fee/rate", self.late_fee), ("/no_show_fee/rate", self.no_show_fee)] {
            if let Fee::Price { basis_points } = fee
                && !(1..=10_000).contains(&basis_points)
            {
                fields.add(pointer, "OUT_OF_RANGE", "must be more than 0, and at most 1");
            }
        }
        fields.finish()?;
        Ok(self)
    }

    /// What it costs of a booking of that price and deposit, in minor units.
    pub fn costs(&self, price_cents: i64, deposit_cents: i64) -> Costs {
        Costs {
            late_cents: self.late_fee.cents(price_cents, deposit_cents),
            no_show_cents: self.no_show_fee.cents(price_cents, deposit_cents),
        }
    }

    /// What it means for a booking that begins then.
    pub fn terms(&self, starts_at: DateTime<Utc>, costs: Costs) -> Terms {
        let before = |minutes: i32| starts_at - TimeDelta::minutes(i64::from(minutes));
        let free_until = before(self.free_minutes);
        // What would cost to cancel is not moved far ahead instead, to be cancelled for nothing there.
        let latest_move = if costs.late_cents > 0 { free_until } else { starts_at };
        Terms {
            cancel_until: self.cancel_minutes.map(before),
            move_until: self.move_minutes.map(|minutes| before(minutes).min(latest_move)),
            free_until,
            costs,
        }
    }
}

impl Fee {
    fn cents(self, price_cents: i64, deposit: i64) -> i64 {
        match self {
            Self::Nothing => 0,
            Self::Deposit => deposit,
            Self::Price { basis_points } => deposit_cents(price_cents, basis_points),
        }
    }
}

/// What a policy costs, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Costs {
    pub late_cents: i64,
    pub no_show_cents: i64,
}

/// What can be said of cancelling in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cancelling {
    /// `never`: not online; `late`: it costs after `until`; `until`: not after that; `free`: until it begins.
    pub kind: &'static str,
    pub until: DateTime<Utc>,
    pub late_cents: i64,
}

/// A policy as it is for one booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// The last moment at which the customer can cancel; none: only members do.
    pub cancel_until: Option<DateTime<Utc>>,
    pub move_until: Option<DateTime<Utc>>,
    /// The last moment at which it costs nothing.
    pub free_until: DateTime<Utc>,
    pub costs: Costs,
}

impl Terms {
    /// Refuses what the customer is too late for, or is never to do alone.
    pub fn check_cancel(&self, now: DateTime<Utc>) -> Result<(), Rejection> {
        check(self.cancel_until, Code::BookingNotCancellable, now)
    }

    /// The same of moving.
    pub fn check_move(&self, now: DateTime<Utc>) -> Result<(), Rejection> {
        check(self.move_until, Code::BookingNotMovable, now)
    }

    /// As it is told to the customer of a booking that begins then.
    pub fn cancelling(&self, starts_at: DateTime<Utc>) -> Cancelling {
        let late_cents = self.costs.late_cents;
        let (kind, until) = match self.cancel_until {
            None => ("never", starts_at),
            Some(_) if late_cents > 0 => ("late", self.free_until),
            Some(until) if until < starts_at => ("until", until),
            Some(_) => ("free", starts_at),
        };
        Cancelling { kind, until, late_cents }
    }

    /// What the customer owes who cancels now.
    pub fn late_cents(&self, now: DateTime<Utc>) -> i64 {
        if now <= self.free_until { 0 } else { self.costs.late_cents }
    }
}

fn check(until: Option<DateTime<Utc>>, code: Code, now: DateTime<Utc>) -> Result<(), Rejection> {
    match until {
        Some(until) if now <= until => Ok(()),
        Some(_) => Err(Rejection::new(code, "It is too late to do this online. Please call the business.")),
        None => Err(Rejection::new(code, "This can't be done online. Please call the business.")),
    }
}

/// Whether what the policy asks is asked of this customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    Fee,
    Nothing,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-11-24T{time}:00Z").parse().unwrap()
    }

    fn hours(hours: i32) -> i32 {
        hours * 60
    }

    #[test]
    fn a_deposit_is_kept_of_who_cancels_late() {
        let policy = Policy { free_minutes: hours(2), ..Policy::default() };
        let terms = policy.terms(at("10:00"), policy.costs(4_000, 1_200));
        assert_eq!(terms.late_cents(at("08:00")), 0);
        assert_eq!(terms.late_cents(at("08:01")), 1_200);
        assert!(terms.check_cancel(at("09:59")).is_ok());
    }

    #[test]
    fn what_would_cost_is_not_moved_away_instead() {
        let policy = Policy { free_minutes: hours(2), ..Policy::default() };
        let with_fee = policy.terms(at("10:00"), policy.costs(4_000, 1_200));
        assert!(with_fee.check_move(at("08:00")).is_ok());
        assert!(with_fee.check_move(at("08:01")).is_err());
        let without = policy.terms(at("10:00"), policy.costs(4_000, 0));
        assert!(without.check_move(at("09:59")).is_ok());
    }

    #[test]
    fn customers_may_be_kept_from_both() {
        let policy = Policy { cancel_minutes: None, move_minutes: Some(hours(1)), ..Policy::default() };
        let terms = policy.terms(at("10:00"), policy.costs(0, 0));
        assert!(terms.check_cancel(at("00:00")).is_err());
        assert!(terms.check_move(at("09:00")).is_ok());
        assert!(terms.check_move(at("09:01")).is_err());
    }

    #[test]
    fn a_fee_is_a_part_of_the_price() {
        let half = Fee::Price { basis_points: 5_000 };
        let policy = Policy { no_show_fee: half, ..Policy::default() };
        assert_eq!(policy.costs(4_801, 0), Costs { late_cents: 0, no_show_cents: 2_401 });
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_place() {
        let wrong = Policy {
            cancel_minutes: Some(-1),
            move_minutes: Some(MOST_MINUTES + 1),
            free_minutes: -5,
            late_fee: Fee::Price { basis_points: 10_001 },
            no_show_fee: Fee::Price { basis_points: 0 },
        };
        let refusal = wrong.checked().unwrap_err();
        let places: Vec<&str> = refusal.errors.iter().map(|flaw| flaw.pointer.as_str()).collect();
        let expected =
            ["/cancel_minutes", "/move_minutes", "/free_minutes", "/late_fee/rate", "/no_show_fee/rate"];
        assert_eq!(places, expected);
    }

    #[test]
    fn what_was_kept_before_a_rule_existed_is_read() {
        assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
        let kept = serde_json::to_value(Policy { cancel_minutes: None, ..Policy::default() }).unwrap();
        assert_eq!(serde_json::from_value::<Policy>(kept).unwrap().cancel_minutes, None);
    }
}
