//! Which starts one staff member offers for a service. Slots are reckoned, never stored.

mod team;

use std::borrow::Cow;

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::hours::{Calendar, GridPart};
use crate::id::StaffId;
use crate::wall_clock::{Interval, MINUTE, Span, day_of_second, day_start, instant, second_at_or_after};

pub use team::{Load, MAX_COUNTED_DAYS, Slot, TeamStarts, least_loaded_first, nearest};

/// What a service asks of a slot. Minutes are elapsed minutes. Rules that [`SlotRules::check`] refuses offer
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// The starts that a staff member offers in `window`, ascending, with at least the notice from `now` and
    /// within the horizon, so that any window ends. The answer for a window is the sum of the answers for its
    /// parts.
    pub fn starts<'a>(&self, agenda: &Agenda<'a>, window: Interval, now: DateTime<Utc>) -> Starts<'a> {
        self.try_starts(agenda, window, now).unwrap_or_default()
    }

    /// Whether the staff member offers exactly this start: so when, and only when, [`SlotRules::starts`]
    /// lists it.
    pub fn is_offered(&self, agenda: &Agenda<'_>, start: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let Some(end) = start.checked_add_signed(TimeDelta::seconds(1)) else { return false };
        self.starts(agenda, Interval::new(start, end), now).next() == Some(start)
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

    fn try_starts<'a>(
        &self,
        agenda: &Agenda<'a>,
        window: Interval,
        now: DateTime<Utc>,
    ) -> Option<Starts<'a>> {
        self.check().ok()?;
        let zone = agenda.calendar.hours.timezone();
        let (today, _) = day_of_second(zone, now.timestamp())?;
        let days = u64::try_from(self.horizon_days).ok()?;
        let horizon = day_start(zone, today.checked_add_days(Days::new(days + 1))?)?;
        let earliest = second_at_or_after(now) + seconds(self.min_notice_minutes);
        let window = Span {
            start: second_at_or_after(window.start).max(earliest),
            end: second_at_or_after(window.end).min(horizon),
        };
        if window.start >= window.end {
            return None;
        }
        let duration = seconds(self.duration_minutes);
        let step = seconds(self.step_minutes);
        let mut parts = agenda.calendar.grid(window, duration);
        for part in &mut parts {
            let passed = (window.start - part.anchor).max(0);
            part.anchor += (passed + step - 1) / step * step;
        }
        Some(Starts {
            parts: parts.into_iter(),
            part: None,
            duration,
            step,
            before: seconds(self.buffer_before_minutes),
            after: duration + seconds(self.buffer_after_minutes),
            busy: BusyTime::new(agenda.busy),
            full_days: agenda.max_daily_bookings.map(|max| FullDays::new(zone, max, agenda.booking_starts)),
        })
    }
}

fn seconds(minutes: i32) -> i64 {
    i64::from(minutes) * MINUTE
}

/// Offered starts, ascending: see [`SlotRules::starts`].
#[derive(Default)]
pub struct Starts<'a> {
    parts: std::vec::IntoIter<GridPart>,
    part: Option<GridPart>,
    duration: i64,
    step: i64,
    before: i64,
    /// From the start to the end of the buffer after.
    after: i64,
    busy: BusyTime<'a>,
    full_days: Option<FullDays>,
}

impl Starts<'_> {
    fn next_second(&mut self) -> Option<i64> {
        loop {
            let Some(start) = self.next_on_grid() else {
                self.part = Some(self.parts.next()?);
                continue;
            };
            let is_free = !self.busy.meets(start - self.before, start + self.after);
            if is_free && !self.full_days.as_mut().is_some_and(|days| days.is_full(start)) {
                return Some(start);
            }
        }
    }

    fn next_on_grid(&mut self) -> Option<i64> {
        let part = self.part.as_mut()?;
        let start = part.anchor;
        part.anchor += self.step;
        (start < part.starts_before && start + self.duration <= part.ends_by).then_some(start)
    }
}

impl Iterator for Starts<'_> {
    type Item = DateTime<Utc>;

    fn next(&mut self) -> Option<DateTime<Utc>> {
        self.next_second().and_then(instant)
    }
}

/// Busy intervals, read once, for questions that only move forward.
#[derive(Default)]
struct BusyTime<'a> {
    /// By start.
    intervals: Cow<'a, [Interval]>,
    /// How many of them start before the end of the last question.
    begun: usize,
    /// When the last of these ends: one that began earlier may last longer.
    busy_until: Option<i64>,
}

impl<'a> BusyTime<'a> {
    fn new(busy: &'a [Interval]) -> Self {
        let mut intervals = Cow::Borrowed(busy);
        if !busy.is_sorted_by_key(|interval| interval.start) {
            intervals.to_mut().sort_unstable_by_key(|interval| interval.start);
        }
        Self { intervals, begun: 0, busy_until: None }
    }

    fn meets(&mut self, start: i64, end: i64) -> bool {
        while let Some(busy) = self.intervals.get(self.begun).filter(|busy| busy.start.timestamp() < end) {
            if !busy.is_empty() {
                self.busy_until = self.busy_until.max(Some(second_at_or_after(busy.end)));
            }
            self.begun += 1;
        }
        self.busy_until.is_some_and(|until| start < until)
    }
}

/// Dates on which the daily maximum is reached, for questions that only move forward.
struct FullDays {
    zone: Tz,
    max: u32,
    /// Seconds, ascending.
    bookings: Vec<i64>,
    day_ends: Option<i64>,
    is_full: bool,
}

impl FullDays {
    fn new(zone: Tz, max: u32, booking_starts: &[DateTime<Utc>]) -> Self {
        let mut bookings: Vec<i64> = booking_starts.iter().map(DateTime::timestamp).collect();
        bookings.sort_unstable();
        Self { zone, max, bookings, day_ends: None, is_full: false }
    }

    fn is_full(&mut self, start: i64) -> bool {
        if self.day_ends.is_none_or(|end| start >= end) {
            let Some((_, day)) = day_of_second(self.zone, start) else { return true };
            let before = |second: i64| self.bookings.partition_point(|&booking| booking < second);
            let booked = before(day.end) - before(day.start);
            self.is_full = !u32::try_from(booked).is_ok_and(|booked| booked < self.max);
            self.day_ends = Some(day.end);
        }
        self.is_full
    }
}
