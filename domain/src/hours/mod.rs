//! Weekly hours, pauses, one-off openings and closures, as their owner types them.

#[cfg(feature = "utoipa")]
mod schema;
mod working_time;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::id::{ServiceId, StaffId};
use crate::wall_clock::Interval;

pub use working_time::{Calendar, MAX_WINDOW_DAYS, open_ranges};
pub(crate) use working_time::{CommonTime, GridPart};

/// A wall time, in minutes from midnight: 0..=1440, of which 1440 (`24:00`) ends a day and can start nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

/// An ISO 8601 weekday, 1 = Monday … 7 = Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct Weekday(u8);

/// Wall times of one date, from `start` 0..=1439 to just before `end` 1..=1440, in minutes from midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinuteRange {
    start: u16,
    end: u16,
}

/// What a rule of the week says of its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
pub enum RuleKind {
    /// Work.
    Opening,
    /// A pause from it.
    Break,
}
crate::sql::text!(RuleKind);

impl RuleKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Break => "break",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Opening, Self::Break].into_iter().find(|kind| kind.name() == name)
    }
}

/// Whose hours they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    Tenant,
    Staff(StaffId),
    /// It is offered within them alone.
    Service(ServiceId),
}

impl Owner {
    /// Of this staff member, or of the tenant.
    pub fn of_staff(id: Option<StaffId>) -> Self {
        id.map_or(Self::Tenant, Self::Staff)
    }

    pub const fn staff_id(self) -> Option<StaffId> {
        if let Self::Staff(id) = self { Some(id) } else { None }
    }

    pub const fn service_id(self) -> Option<ServiceId> {
        if let Self::Service(id) = self { Some(id) } else { None }
    }

    /// None of the tenant, whose id is known.
    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::Tenant => None,
            Self::Staff(id) => Some(id.0),
            Self::Service(id) => Some(id.0),
        }
    }
}

/// A range of each week. In JSON: `{"weekday": 1, "start": "09:00", "end": "17:30"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "WeeklyRangeBody", into = "WeeklyRangeBody")]
pub struct WeeklyRange {
    pub weekday: Weekday,
    pub range: MinuteRange,
}

/// The hours of one owner: the tenant, a staff member with hours of their own, or a service that is not offered at any
/// time. Wall times are in the owner's zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    timezone: Tz,
    /// By the date from which they hold; before the second it is the first.
    weeks: Vec<Week>,
    /// By date.
    openings: Vec<(NaiveDate, MinuteRange)>,
}

/// What repeats each week, from a date on until another week does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// None: since ever.
    from: Option<NaiveDate>,
    /// By weekday, then start. Ranges of a weekday neither overlap nor touch.
    rules: Vec<WeeklyRange>,
    breaks: Vec<WeeklyRange>,
}

/// Whole local dates off in the zone of the closure's owner, first and last included. Nothing when `ends_on`
/// is before `starts_on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closure {
    pub timezone: Tz,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    #[error("`{0}` is not a time of day. Write `HH:MM`, from `00:00` to `23:59`, or `24:00` as an end.")]
    NotATime(String),
    #[error("{0} is not a weekday. Write a number from 1 (Monday) to 7 (Sunday).")]
    NotAWeekday(i32),
    #[error("A range cannot start at `24:00`. Start the next day at `00:00`.")]
    StartsAtMidnightEnd,
    #[error(
        "A range must end after it starts, and `{start}` to `{end}` does not. Split hours over midnight in two."
    )]
    EndsBeforeStart { start: TimeOfDay, end: TimeOfDay },
    #[error("Minute {0} is not within a day. Give 0 to 1440.")]
    NotAMinute(i32),
}

impl TimeOfDay {
    pub fn from_minute(minute: impl Into<i32>) -> Result<Self, HoursError> {
        let minute = minute.into();
        match u16::try_from(minute) {
            Ok(valid @ 0..=1440) => Ok(Self(valid)),
            _ => Err(HoursError::NotAMinute(minute)),
        }
    }

    /// What a clock in the zone shows at an instant of a day: `00:00` until it begins, `24:00` when it is over.
    pub fn at(instant: DateTime<Utc>, day: Interval, zone: Tz) -> Self {
        if instant <= day.start {
            return Self(0);
        }
        if instant >= day.end {
            return Self(1440);
        }
        let local = instant.with_timezone(&zone);
        Self(u16::try_from(local.hour() * 60 + local.minute()).expect("it is less than 1440"))
    }

    /// Minutes from midnight, 0..=1440.
    pub fn minute(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
        let parse = || {
            let [h, hh, b':', m, mm] = *text.as_bytes() else { return None };
            let (hour, minute) = (digit(h)? * 10 + digit(hh)?, digit(m)? * 10 + digit(mm)?);
            (minute < 60 && hour * 60 + minute <= 1440).then_some(Self(hour * 60 + minute))
        };
        parse().ok_or_else(|| HoursError::NotATime(text.chars().take(20).collect()))
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeOfDayVisitor)
    }
}

struct TimeOfDayVisitor;

impl Visitor<'_> for TimeOfDayVisitor {
    type Value = TimeOfDay;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time of day as `HH:MM`, from `00:00` to `23:59`, or `24:00` as an end")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<TimeOfDay, E> {
        text.parse().map_err(E::custom)
    }
}

impl Weekday {
    pub fn new(number: impl Into<i32>) -> Result<Self, HoursError> {
        let number = number.into();
        match u8::try_from(number) {
            Ok(valid @ 1..=7) => Ok(Self(valid)),
            _ => Err(HoursError::NotAWeekday(number)),
        }
    }

    pub fn of(date: NaiveDate) -> Self {
        Self(u8::try_from(date.weekday().number_from_monday()).expect("it is 1..=7"))
    }

    /// Monday to Sunday.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=7).map(Self)
    }

    /// 1..=7
    pub fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<i32> for Weekday {
    type Error = HoursError;

    fn try_from(number: i32) -> Result<Self, HoursError> {
        Self::new(number)
    }
}

impl From<Weekday> for i32 {
    fn from(weekday: Weekday) -> Self {
        weekday.0.into()
    }
}

impl MinuteRange {
    /// From minute `start`, 0..=1439, to just before minute `end`, 1..=1440.
    pub fn new(start: impl Into<i32>, end: impl Into<i32>) -> Result<Self, HoursError> {
        Self::between(TimeOfDay::from_minute(start)?, TimeOfDay::from_minute(end)?)
    }

    pub fn between(start: TimeOfDay, end: TimeOfDay) -> Result<Self, HoursError> {
        if start.0 == 1440 {
            return Err(HoursError::StartsAtMidnightEnd);
        }
        if start >= end {
            return Err(HoursError::EndsBeforeStart { start, end });
        }
        Ok(Self { start: start.0, end: end.0 })
    }

    pub fn start(self) -> TimeOfDay {
        TimeOfDay(self.start)
    }

    pub fn end(self) -> TimeOfDay {
        TimeOfDay(self.end)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "utoipa", schema(as = WeeklyRange))]
struct WeeklyRangeBody {
    weekday: Weekday,
    #[cfg_attr(feature = "utoipa", schema(example = "09:00"))]
    start: TimeOfDay,
    #[cfg_attr(feature = "utoipa", schema(example = "17:30"))]
    end: TimeOfDay,
}

impl TryFrom<WeeklyRangeBody> for WeeklyRange {
    type Error = HoursError;

    fn try_from(body: WeeklyRangeBody) -> Result<Self, HoursError> {
        Ok(Self { weekday: body.weekday, range: MinuteRange::between(body.start, body.end)? })
    }
}

impl From<WeeklyRange> for WeeklyRangeBody {
    fn from(weekly: WeeklyRange) -> Self {
        Self { weekday: weekly.weekday, start: weekly.range.start(), end: weekly.range.end() }
    }
}

impl Hours {
    /// Ranges may come in any order, overlap and repeat. A date with `openings` takes those instead of rules
    /// and breaks.
    pub fn new(
        timezone: Tz,
        rules: Vec<WeeklyRange>,
        breaks: Vec<WeeklyRange>,
        mut openings: Vec<(NaiveDate, MinuteRange)>,
    ) -> Self {
        openings.sort_unstable();
        Self { timezone, weeks: vec![Week::new(None, rules, breaks)], openings }
    }

    /// The same, but that from a date on another week holds: until that of a later date, whichever is added first. Of two
    /// weeks from one date it is the last that was added.
    #[must_use]
    pub fn with_week_from(
        mut self,
        date: NaiveDate,
        rules: Vec<WeeklyRange>,
        breaks: Vec<WeeklyRange>,
    ) -> Self {
        let place = self.weeks.partition_point(|week| week.from <= Some(date));
        self.weeks.insert(place, Week::new(Some(date), rules, breaks));
        self
    }

    pub fn timezone(&self) -> Tz {
        self.timezone
    }

    /// The week that holds on a date, one-off openings aside.
    pub fn week_of(&self, date: NaiveDate) -> &Week {
        let after = self.weeks.partition_point(|week| week.from <= Some(date));
        self.weeks.get(after.saturating_sub(1)).expect("the first holds since ever")
    }

    pub fn openings(&self) -> &[(NaiveDate, MinuteRange)] {
        &self.openings
    }
}

impl Week {
    fn new(from: Option<NaiveDate>, rules: Vec<WeeklyRange>, breaks: Vec<WeeklyRange>) -> Self {
        Self { from, rules: merged(rules), breaks: merged(breaks) }
    }

    /// The ranges that make it up, breaks included: sorted, and one where they overlap or touch.
    pub fn rules(&self) -> &[WeeklyRange] {
        &self.rules
    }

    pub fn breaks(&self) -> &[WeeklyRange] {
        &self.breaks
    }
}

fn merged(mut ranges: Vec<WeeklyRange>) -> Vec<WeeklyRange> {
    ranges.sort_unstable();
    ranges.dedup_by(|next, last| {
        let one = last.weekday == next.weekday && next.range.start <= last.range.end;
        if one {
            last.range.end = last.range.end.max(next.range.end);
        }
        one
    });
    ranges
}
