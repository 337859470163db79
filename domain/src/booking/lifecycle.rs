//! What becomes of a booking: its states, and what leads from one to another. All of it is in [`TRANSITIONS`].

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::rejection::{Code, Rejection};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It waits for its deposit, and takes its time until then.
    Held,
    /// It waits for the tenant's approval.
    Pending,
    Confirmed,
    Completed,
    NoShow,
    Cancelled,
    /// Its deposit was not paid in time.
    Expired,
}
crate::sql::text!(Status);

impl Status {
    pub const ALL: [Self; 7] = [
        Self::Held,
        Self::Pending,
        Self::Confirmed,
        Self::Completed,
        Self::NoShow,
        Self::Cancelled,
        Self::Expired,
    ];

    /// Those that take their time, or took it.
    pub const STANDING: [Self; 5] =
        [Self::Held, Self::Pending, Self::Confirmed, Self::Completed, Self::NoShow];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether its price and its time count in the figures of a day: it was not cancelled, and nobody stayed away.
    pub const fn is_earned(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed | Self::Completed)
    }

    /// Those that count.
    pub fn earned() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|status| status.is_earned())
    }

    /// Whether it takes its time, or took it.
    pub fn stands(self) -> bool {
        Self::STANDING.contains(&self)
    }
}

/// How long a booking waits for its deposit; never beyond its own start.
pub const HOLD: TimeDelta = TimeDelta::minutes(15);

/// What is done with a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The deposit is paid.
    Pay,
    /// Who waited for it takes the time that was kept for them.
    Accept,
    /// The time to pay it is over.
    Expire,
    /// A member approves, or does without the deposit.
    Confirm,
    Reschedule,
    Cancel,
    /// The customer came.
    Complete,
    /// The customer stayed away.
    Miss,
}

/// When something may be done, seen from the start of the booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Before,
    /// From its start on.
    Begun,
    Always,
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    pub act: Act,
    pub from: Status,
    pub to: Status,
    /// Where a customer's wish needs the tenant's approval.
    pub to_for_approval: Status,
    pub when: When,
}

/// All that can become of a booking. What was said wrongly of how it ended can be said again.
pub const TRANSITIONS: [Transition; 18] = {
    use Status::{Cancelled, Completed, Confirmed, Expired, Held, NoShow, Pending};
    use When::{Always, Before, Begun};
    [
        line(Act::Pay, Held, Confirmed, Before).or(Pending),
        line(Act::Accept, Held, Confirmed, Before).or(Pending),
        line(Act::Expire, Held, Expired, Always),
        line(Act::Confirm, Held, Confirmed, Before),
        line(Act::Confirm, Pending, Confirmed, Before),
        line(Act::Reschedule, Pending, Pending, Before),
        line(Act::Reschedule, Confirmed, Confirmed, Before).or(Pending),
        line(Act::Cancel, Held, Cancelled, Before),
        line(Act::Cancel, Pending, Cancelled, Before),
        line(Act::Cancel, Confirmed, Cancelled, Before),
        line(Act::Complete, Pending, Completed, Begun),
        line(Act::Complete, Confirmed, Completed, Begun),
        line(Act::Complete, Completed, Completed, Begun),
        line(Act::Complete, NoShow, Completed, Begun),
        line(Act::Miss, Pending, NoShow, Begun),
        line(Act::Miss, Confirmed, NoShow, Begun),
        line(Act::Miss, Completed, NoShow, Begun),
        line(Act::Miss, NoShow, NoShow, Begun),
    ]
};

const fn line(act: Act, from: Status, to: Status, when: When) -> Transition {
    Transition { act, from, to, to_for_approval: to, when }
}

impl Transition {
    const fn or(self, to_for_approval: Status) -> Self {
        Self { to_for_approval, ..self }
    }
}

impl When {
    fn holds(self, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        match self {
            Self::Before => now < starts_at,
            Self::Begun => starts_at <= now,
            Self::Always => true,
        }
    }
}

impl Act {
    /// The state that follows, or why there is none.
    pub fn of(self, from: Status, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<Status, Rejection> {
        self.transition(from, starts_at, now).map(|line| line.to)
    }

    /// The same where a customer wishes it and the tenant is to approve.
    pub fn of_for_approval(
        self,
        from: Status,
        starts_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Status, Rejection> {
        self.transition(from, starts_at, now).map(|line| line.to_for_approval)
    }

    /// Whether there is one.
    pub fn is_open(self, from: Status, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.transition(from, starts_at, now).is_ok()
    }

    fn transition(
        self,
        from: Status,
        starts_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<&'static Transition, Rejection> {
        let known = TRANSITIONS.iter().find(|line| (line.act, line.from) == (self, from));
        match known {
            Some(line) if line.when.holds(starts_at, now) => Ok(line),
            Some(_) => Err(self.out_of_time()),
            None => Err(self.refused(from)),
        }
    }

    const fn code(self) -> Code {
        match self {
            Self::Pay | Self::Expire => Code::BookingNotPayable,
            Self::Accept | Self::Confirm => Code::BookingNotConfirmable,
            Self::Reschedule => Code::BookingNotMovable,
            Self::Cancel => Code::BookingNotCancellable,
            Self::Complete | Self::Miss => Code::BookingNotClosable,
        }
    }

    fn out_of_time(self) -> Rejection {
        match self {
            Self::Cancel => {
                Rejection::new(self.code(), "This booking has begun and can no longer be cancelled.")
            }
            Self::Reschedule => {
                Rejection::new(self.code(), "This booking has begun and can no longer be moved.")
            }
            Self::Complete | Self::Miss => Rejection::new(self.code(), "This booking has not begun yet."),
            Self::Pay | Self::Accept | Self::Expire | Self::Confirm => self.code().into(),
        }
    }

    fn refused(self, from: Status) -> Rejection {
        match (self, from) {
            (Self::Cancel, Status::Cancelled) => {
                Rejection::new(self.code(), "This booking is cancelled already.")
            }
            (_, Status::Cancelled) => Rejection::new(self.code(), "This booking is cancelled."),
            (_, Status::Expired) => {
                Rejection::new(self.code(), "It was not paid or taken in time: this booking is over.")
            }
            (Self::Reschedule, Status::Held) => {
                Rejection::new(self.code(), "This booking can be moved once its deposit is paid.")
            }
            _ => self.code().into(),
        }
    }
}

/// How a booking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The customer came.
    Completed,
    NoShow,
}

impl Outcome {
    /// What says so.
    pub const fn act(self) -> Act {
        match self {
            Self::Completed => Act::Complete,
            Self::NoShow => Act::Miss,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: [Act; 8] = [
        Act::Pay,
        Act::Accept,
        Act::Expire,
        Act::Confirm,
        Act::Reschedule,
        Act::Cancel,
        Act::Complete,
        Act::Miss,
    ];

    fn start() -> DateTime<Utc> {
        "2026-11-21T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for status in Status::ALL {
            assert_eq!(Status::from_name(status.name()), Some(status));
        }
        assert_eq!(Status::from_name("late"), None);
    }

    #[test]
    fn nothing_is_earned_with_who_cancels_or_stays_away_or_has_not_paid() {
        let earned: Vec<Status> = Status::earned().collect();
        assert_eq!(earned, [Status::Pending, Status::Confirmed, Status::Completed]);
    }

    #[test]
    fn what_no_longer_stands_never_stands_again() {
        for status in Status::ALL.into_iter().filter(|status| !status.stands()) {
            assert!(TRANSITIONS.iter().all(|line| line.from != status), "{status:?}");
        }
    }

    #[test]
    fn each_state_is_left_in_one_way_by_each_act() {
        for (place, line) in TRANSITIONS.iter().enumerate() {
            let twins = TRANSITIONS.iter().filter(|other| (other.act, other.from) == (line.act, line.from));
            assert_eq!(twins.count(), 1, "line {place}");
            // Only a hold ends as expired, and only by its time.
            assert_eq!(line.to == Status::Expired, line.act == Act::Expire, "line {place}");
        }
    }

    #[test]
    fn the_start_divides_what_can_be_done() {
        let (before, after) = (start() - TimeDelta::seconds(1), start());
        for act in ACTS {
            for status in Status::ALL {
                let (early, late) =
                    (act.is_open(status, start(), before), act.is_open(status, start(), after));
                match act {
                    Act::Complete | Act::Miss => assert!(!early, "{act:?} {status:?}"),
                    Act::Expire => assert_eq!(early, late),
                    Act::Pay | Act::Accept | Act::Confirm | Act::Reschedule | Act::Cancel => {
                        assert!(!late, "{act:?} {status:?}");
                    }
                }
            }
        }
        assert!(Act::Cancel.is_open(Status::Confirmed, start(), before));
        assert!(Act::Reschedule.is_open(Status::Pending, start(), before));
        assert!(!Act::Reschedule.is_open(Status::Held, start(), before));
        assert!(Act::Complete.is_open(Status::NoShow, start(), after));
    }

    #[test]
    fn who_needs_approval_waits_for_it_after_a_move_and_after_paying() {
        let before = start() - TimeDelta::hours(1);
        let both = |act: Act, from| {
            (act.of(from, start(), before).ok(), act.of_for_approval(from, start(), before).ok())
        };
        let confirmed_or_pending = (Some(Status::Confirmed), Some(Status::Pending));
        assert_eq!(both(Act::Reschedule, Status::Confirmed), confirmed_or_pending);
        assert_eq!(both(Act::Pay, Status::Held), confirmed_or_pending);
        assert_eq!(both(Act::Cancel, Status::Held), (Some(Status::Cancelled), Some(Status::Cancelled)));
    }
}
