//! Which starts a service offers. Slots are reckoned, never stored.

mod assignment;
mod known;
mod starts;
mod team;
mod visit;

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::hours::Calendar;
use crate::id::{RoomId, StaffId};
use crate::wall_clock::{Interval, MINUTE, Span, day_of_second, day_start, second_at_or_after};

pub use assignment::{Assigned, Load, least_loaded_first};
pub use known::{Asked, Known, count_known_by_date};
pub use starts::Starts;
pub use team::{MAX_COUNTED_DAYS, Slot, TeamStarts, nearest};
pub use visit::{Leg, Visit, Visits, count_visits_by_date, visits};

/// What a service asks of a slot. Minutes are elapsed minutes. Rules that [`SlotRules::check`] refuses offer
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotRules {
    /// 5..=1440
    pub duration_minutes: i32,
    /// 0..=480; buffers and duration together last a day at most.
    pub buffer_before_minutes: i32,
    /// 0..=480
    pub buffer_after_minutes: i32,
    /// From one start to the next, 5..=1440.
    pub step_minutes: i32,
    /// Between now and the first start, 0..=525,600.
    pub min_notice_minutes: i32,
    /// Local dates after today on which a slot may start, 0..=730.
    pub horizon_days: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlotRulesError {
    #[error("Choose a duration of 5 minutes to 24 hours.")]
    Duration,
    #[error("Choose a buffer of 0 minutes to 8 hours, before and after.")]
    Buffer,
    #[error("Shorten the duration or the buffers: together they may last 24 hours at most.")]
    LongerThanADay,
    #[error("Choose a slot every 5 minutes to every 24 hours.")]
    Step,
    #[error("Choose a minimum notice of 0 minutes to 365 days.")]
    Notice,
    #[error("Choose a horizon of 0 to 730 days.")]
    Horizon,
}

/// What a service demands: its rules, and what it needs beside the time of one staff member.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    pub rules: SlotRules,
    /// It takes place within these hours alone. None: whenever those who provide it work.
    pub hours: Option<Calendar<'a>>,
    /// It takes one of these rooms, with its buffers. None: it needs none.
    pub rooms: Option<&'a [Room<'a>]>,
    /// The whole team provides it together. Else any one of them.
    pub is_collective: bool,
    /// How many seats a group session has, 1..=1000. With 1 there are no sessions: each booking has its own time.
    pub capacity: u32,
    /// How many of them are wanted, from 1 on.
    pub seats: u32,
}

/// A room, a chair, a machine: used by one at a time.
#[derive(Clone, Copy, Debug)]
pub struct Room<'a> {
    pub id: RoomId,
    /// As of [`Agenda::busy`].
    pub busy: &'a [Interval],
}

/// What is known of one staff member's time.
#[derive(Clone, Copy, Debug)]
pub struct Agenda<'a> {
    pub staff: StaffId,
    pub calendar: Calendar<'a>,
    /// Bookings, widened by their own buffers, and busy blocks: at least those that meet
    /// [`SlotRules::reach`]. Any order; sorted by start they are read in place. An empty interval blocks
    /// nothing.
    pub busy: &'a [Interval],
    /// The most bookings that may start on one date of the hours' zone.
    pub max_daily_bookings: Option<u32>,
    /// Starts of the bookings that count for the maximum: at least those within [`Calendar::whole_days`]. Any
    /// order. Read only when there is a maximum.
    pub booking_starts: &'a [DateTime<Utc>],
    /// Group sessions of the service that this staff member holds, by start.
    pub sessions: &'a [Session],
}

/// A group session that somebody has booked already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub start: DateTime<Utc>,
    pub seats_left: u32,
}

impl From<SlotRules> for Demand<'_> {
    /// Of one staff member for one customer, in no room, at any time of work.
    fn from(rules: SlotRules) -> Self {
        Self { rules, hours: None, rooms: None, is_collective: false, capacity: 1, seats: 1 }
    }
}

impl SlotRules {
    /// The longest a service lasts, its buffers included.
    pub const LONGEST: TimeDelta = TimeDelta::hours(24);
    /// The longest buffer on one side.
    pub const LONGEST_BUFFER: TimeDelta = TimeDelta::hours(8);

    pub fn check(&self) -> Result<(), SlotRulesError> {
        let buffers = [self.buffer_before_minutes, self.buffer_after_minutes];
        let rules = [
            ((5..=1440).contains(&self.duration_minutes), SlotRulesError::Duration),
            (buffers.iter().all(|buffer| (0..=480).contains(buffer)), SlotRulesError::Buffer),
            ((5..=1440).contains(&self.step_minutes), SlotRulesError::Step),
            ((0..=525_600).contains(&self.min_notice_minutes), SlotRulesError::Notice),
            ((0..=730).contains(&self.horizon_days), SlotRulesError::Horizon),
        ];
        for (holds, error) in rules {
            if !holds {
                return Err(error);
            }
        }
        let whole = self.duration_minutes + self.buffer_before_minutes + self.buffer_after_minutes;
        if whole > 1440 { Err(SlotRulesError::LongerThanADay) } else { Ok(()) }
    }

    /// From the first second that leaves the notice to the end of the horizon, a date of `zone`.
    fn bounds(&self, zone: Tz, now: DateTime<Utc>) -> Option<Span> {
        let (today, _) = day_of_second(zone, now.timestamp())?;
        let days = u64::try_from(self.horizon_days).ok()?;
        Some(Span {
            start: second_at_or_after(now) + seconds(self.min_notice_minutes),
            end: day_start(zone, today.checked_add_days(Days::new(days + 1))?)?,
        })
    }

    /// The time in which something busy may take away a start of `window`: what to read of a staff member's
    /// bookings and busy blocks. None when it can't be represented.
    pub fn reach(&self, window: Interval) -> Option<Interval> {
        let after = self.duration_minutes.checked_add(self.buffer_after_minutes)?;
        Some(Interval::new(
            window.start.checked_sub_signed(TimeDelta::minutes(self.buffer_before_minutes.into()))?,
            window.end.checked_add_signed(TimeDelta::minutes(after.into()))?,
        ))
    }
}

impl Demand<'_> {
    /// Those of a team who provide it together: each alone, or all.
    pub fn parties<'t, T>(&self, team: &'t [T]) -> std::slice::Chunks<'t, T> {
        team.chunks(if self.is_collective { team.len().max(1) } else { 1 })
    }
}

fn seconds(minutes: i32) -> i64 {
    i64::from(minutes) * MINUTE
}
