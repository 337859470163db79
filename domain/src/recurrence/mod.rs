//! What recurs: rules of RFC 5545 and the wall times they come to. Reckoned on the wall clock of an IANA zone, so that a
//! lesson at 13:00 stays at 13:00 whatever the clocks do; turned into instants as `wall_clock` does.

mod expand;
mod parse;
mod plain;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc, Weekday};
use chrono_tz::Tz;

pub use expand::{MOST_WORK, Occurrence, TooMuch};
pub use parse::RuleError;
pub use plain::{Ending, Nth, Pattern, Plain};

use crate::rejection::YEARS;
use crate::wall_clock::{self, Interval};

/// How often the period of a rule comes round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frequency {
    Secondly,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// When a rule ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    Never,
    /// After so many occurrences, those that are left out included.
    After(u32),
    /// The whole of this local date is in.
    OnDate(NaiveDate),
    /// This wall time is in.
    At(NaiveDateTime),
    /// This instant is in.
    AtInstant(DateTime<Utc>),
}

/// A weekday, or of a month or year the nth of them: from its end where n is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Day {
    pub nth: Option<i8>,
    pub weekday: Weekday,
}

/// A rule of RFC 5545, 3.3.10. It is read from text and checked there: what stands here can be reckoned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    frequency: Frequency,
    interval: u16,
    end: End,
    by_second: Vec<u8>,
    by_minute: Vec<u8>,
    by_hour: Vec<u8>,
    by_day: Vec<Day>,
    by_month_day: Vec<i8>,
    by_year_day: Vec<i16>,
    by_week_number: Vec<i8>,
    by_month: Vec<u8>,
    by_set_position: Vec<i16>,
    week_start: Weekday,
}

impl Rule {
    /// A rule without limits and parts: what it leaves open comes from its start.
    pub const fn every(interval: u16, frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: if interval == 0 { 1 } else { interval },
            end: End::Never,
            by_second: Vec::new(),
            by_minute: Vec::new(),
            by_hour: Vec::new(),
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_year_day: Vec::new(),
            by_week_number: Vec::new(),
            by_month: Vec::new(),
            by_set_position: Vec::new(),
            week_start: Weekday::Mon,
        }
    }

    pub const fn frequency(&self) -> Frequency {
        self.frequency
    }

    pub const fn end(&self) -> End {
        self.end
    }

    #[must_use]
    pub const fn ending(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// On these days of the week, of a weekly rule.
    #[must_use]
    pub fn on(mut self, weekdays: &[Weekday]) -> Self {
        self.by_day = weekdays.iter().map(|weekday| Day { nth: None, weekday: *weekday }).collect();
        self
    }

    /// On the nth of a weekday in its month, of a monthly rule; -1 is the last.
    #[must_use]
    pub fn on_nth(mut self, nth: i8, weekday: Weekday) -> Self {
        self.by_day = vec![Day { nth: Some(nth), weekday }];
        self
    }

    /// Whether all that it comes to lies at the time of day of its start: what an event of whole days wants.
    pub fn is_of_dates(&self) -> bool {
        self.frequency >= Frequency::Daily
            && self.by_hour.is_empty()
            && self.by_minute.is_empty()
            && self.by_second.is_empty()
    }
}

/// What recurs, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The first occurrence, whether the rule comes to it or not (RFC 5545, 3.8.5.3).
    pub start: NaiveDateTime,
    pub zone: Tz,
    pub rule: Option<Rule>,
    /// Wall times that come in addition (RDATE).
    pub added: Vec<NaiveDateTime>,
    /// Wall times that are left out (EXDATE).
    pub left_out: Vec<NaiveDateTime>,
}

impl Series {
    /// What happens once.
    pub const fn once(start: NaiveDateTime, zone: Tz) -> Self {
        Self { start, zone, rule: None, added: Vec::new(), left_out: Vec::new() }
    }

    #[must_use]
    pub fn by(self, rule: Rule) -> Self {
        Self { rule: Some(rule), ..self }
    }

    /// Its occurrences that start within `window`, in order, each wall time once. More than `most`, or what takes more than
    /// [`MOST_WORK`] to find out, is an error: nothing is half told. A wall time in the gap of a clock change moves later by
    /// the gap; of one that comes twice it is the first. Dates that the zone skipped are left out.
    pub fn occurrences(&self, window: Interval, most: usize) -> Result<Vec<Occurrence>, TooMuch> {
        expand::occurrences(self, window, most)
    }

    /// Its rule with its end told as an instant, as RFC 5545 wants it where the start has a zone.
    pub fn rule_with_instant(&self) -> Option<Rule> {
        let rule = self.rule.clone()?;
        let last = match rule.end {
            End::OnDate(date) => {
                wall_clock::day(self.zone, date).map(|day| day.end - chrono::TimeDelta::seconds(1))
            }
            End::At(wall) => wall_clock::at(self.zone, wall),
            End::Never | End::After(_) | End::AtInstant(_) => None,
        };
        Some(match last {
            Some(last) => rule.ending(End::AtInstant(last)),
            None => rule,
        })
    }

    /// The rule of those that come at `from` or later, and of those before: a series cut in two. `before` counts the
    /// occurrences of the rule before `from`.
    pub fn cut(&self, from: NaiveDateTime, before: u32) -> (Option<Rule>, Option<Rule>) {
        let Some(rule) = self.rule.clone() else { return (None, None) };
        let last = from - chrono::TimeDelta::seconds(1);
        let (head, tail) = match rule.end {
            End::After(count) => (End::After(before.max(1)), End::After(count.saturating_sub(before).max(1))),
            end => (End::At(last), end),
        };
        (Some(rule.clone().ending(head)), Some(rule.ending(tail)))
    }
}

/// Years that series may lie in: those of requests, and the century before for what others wrote.
pub fn is_of_our_time(wall: NaiveDateTime) -> bool {
    (1900..=*YEARS.end()).contains(&wall.year())
}
