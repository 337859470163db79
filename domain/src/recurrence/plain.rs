//! Rules as people say them: those that a page can tell in a sentence.

use chrono::{NaiveDate, NaiveDateTime, Weekday};
use chrono_tz::Tz;

use super::{End, Frequency, Rule};

/// A rule in plain words: every so many of what, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    pub every: u16,
    pub pattern: Pattern,
    pub ending: Ending,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    Days,
    /// On these, from Monday on; at least one.
    Weeks(Vec<Weekday>),
    /// On a day of the month, 1..=31; -1 is the last.
    MonthsOn(i8),
    MonthsOnNth(Nth, Weekday),
    /// On the day and month of the start.
    Years,
}

/// Which one of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nth {
    First,
    Second,
    Third,
    Fourth,
    Fifth,
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Never,
    Times(u32),
    /// Included.
    On(NaiveDate),
}

impl Nth {
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
            Self::Fourth => "fourth",
            Self::Fifth => "fifth",
            Self::Last => "last",
        }
    }

    const fn of(number: i8) -> Option<Self> {
        Some(match number {
            1 => Self::First,
            2 => Self::Second,
            3 => Self::Third,
            4 => Self::Fourth,
            5 => Self::Fifth,
            -1 => Self::Last,
            _ => return None,
        })
    }
}

impl Rule {
    /// The rule in plain words, for a series that starts then; none: it has no simple ones.
    pub fn plain(&self, start: NaiveDateTime, zone: Tz) -> Option<Plain> {
        use chrono::Datelike;
        let is_bare = self.is_of_dates()
            && self.by_set_position.is_empty()
            && self.by_week_number.is_empty()
            && self.by_year_day.is_empty()
            && self.by_month.is_empty();
        if !is_bare {
            return None;
        }
        let ending = match self.end {
            End::Never => Ending::Never,
            End::After(count) => Ending::Times(count),
            End::OnDate(date) => Ending::On(date),
            End::At(wall) => Ending::On(wall.date()),
            End::AtInstant(at) => Ending::On(at.with_timezone(&zone).date_naive()),
        };
        let pattern = match (self.frequency, self.by_day.as_slice(), self.by_month_day.as_slice()) {
            (Frequency::Daily, [], []) => Pattern::Days,
            (Frequency::Weekly, [], []) => Pattern::Weeks(vec![start.weekday()]),
            (Frequency::Weekly, days, []) => Pattern::Weeks(days.iter().map(|day| day.weekday).collect()),
            (Frequency::Monthly, [], []) => Pattern::MonthsOn(i8::try_from(start.day()).ok()?),
            (Frequency::Monthly, [], [day]) if *day >= -1 => Pattern::MonthsOn(*day),
            (Frequency::Monthly, [day], []) => Pattern::MonthsOnNth(Nth::of(day.nth?)?, day.weekday),
            (Frequency::Yearly, [], []) => Pattern::Years,
            _ => return None,
        };
        Some(Plain { every: self.interval, pattern, ending })
    }
}
