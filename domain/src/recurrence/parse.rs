//! Rules as text, RFC 5545, 3.3.10: read, checked and printed.

use std::fmt::{self, Display, Write as _};
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::{Day, End, Frequency, Rule};

/// Longest text of a rule: the longest sensible one, a year of day numbers, has fewer octets.
const LONGEST: usize = 2_000;

/// Why a text is no rule; the sentence follows the field's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error("must have at most {LONGEST} characters")]
    TooLong,
    #[error("must consist of parts like FREQ=WEEKLY, parted by semicolons")]
    Malformed,
    #[error("must name FREQ")]
    NoFrequency,
    #[error("names {0} twice")]
    Twice(&'static str),
    #[error("has a part that is not of RFC 5545")]
    UnknownPart,
    #[error("has no valid {0}")]
    Part(&'static str),
    #[error("must not have both UNTIL and COUNT")]
    TwoEnds,
    #[error("must not have {0} with this FREQ")]
    Misplaced(&'static str),
    #[error("must have BYSETPOS beside another BY part alone")]
    NothingToChoose,
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(RuleError::TooLong);
        }
        // Some calendars repeat the name of the property.
        let text = text.strip_prefix("RRULE:").unwrap_or(text);
        let mut frequency = None;
        let mut rule = Self::every(1, Frequency::Daily);
        let mut seen: Vec<&'static str> = Vec::new();
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(RuleError::Malformed)?;
            let name = NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name.trim()));
            let name = name.ok_or(RuleError::UnknownPart)?;
            if seen.contains(&name) {
                return Err(RuleError::Twice(name));
            }
            seen.push(name);
            let value = value.trim();
            let wrong = RuleError::Part(name);
            match name {
                "FREQ" => frequency = Some(Frequency::of_name(value).ok_or(wrong)?),
                "INTERVAL" => rule.interval = number(value, 1, 9_999).ok_or(wrong)?,
                "COUNT" => rule.end = End::After(number(value, 1, 1_000_000).ok_or(wrong)?),
                "UNTIL" => rule.end = until(value).ok_or(wrong)?,
                // A leap second is the second before it: the wall clocks of zones have none.
                "BYSECOND" => {
                    let seconds = list(value, |one| number::<u8>(one, 0, 60)).ok_or(wrong)?;
                    rule.by_second = seconds.into_iter().map(|second| second.min(59)).collect();
                }
                "BYMINUTE" => rule.by_minute = list(value, |one| number(one, 0, 59)).ok_or(wrong)?,
                "BYHOUR" => rule.by_hour = list(value, |one| number(one, 0, 23)).ok_or(wrong)?,
                "BYDAY" => rule.by_day = list(value, day).ok_or(wrong)?,
                "BYMONTHDAY" => rule.by_month_day = list(value, |one| signed(one, 31)).ok_or(wrong)?,
                "BYYEARDAY" => rule.by_year_day = list(value, |one| signed(one, 366)).ok_or(wrong)?,
                "BYWEEKNO" => rule.by_week_number = list(value, |one| signed(one, 53)).ok_or(wrong)?,
                "BYMONTH" => rule.by_month = list(value, |one| number(one, 1, 12)).ok_or(wrong)?,
                "BYSETPOS" => rule.by_set_position = list(value, |one| signed(one, 366)).ok_or(wrong)?,
                _ => rule.week_start = weekday(value).ok_or(wrong)?,
            }
        }
        rule.frequency = frequency.ok_or(RuleError::NoFrequency)?;
        if seen.contains(&"COUNT") && seen.contains(&"UNTIL") {
            return Err(RuleError::TwoEnds);
        }
        rule.checked()
    }
}

impl Rule {
    /// What RFC 5545 forbids together, and lists in one order.
    fn checked(mut self) -> Result<Self, RuleError> {
        use Frequency::{Daily, Monthly, Weekly, Yearly};
        let misplaced = |part| Err(RuleError::Misplaced(part));
        let numbered = self.by_day.iter().any(|day| day.nth.is_some());
        if numbered && (!matches!(self.frequency, Monthly | Yearly) || !self.by_week_number.is_empty()) {
            return misplaced("a number in BYDAY");
        }
        if self.frequency == Monthly
            && self.by_month.is_empty()
            && self.by_day.iter().any(|day| day.is_beyond_a_month())
        {
            return misplaced("a number in BYDAY that no month has");
        }
        if !self.by_month_day.is_empty() && self.frequency == Weekly {
            return misplaced("BYMONTHDAY");
        }
        if !self.by_year_day.is_empty() && matches!(self.frequency, Daily | Weekly | Monthly) {
            return misplaced("BYYEARDAY");
        }
        if !self.by_week_number.is_empty() && self.frequency != Yearly {
            return misplaced("BYWEEKNO");
        }
        if !self.by_set_position.is_empty() && !self.has_parts() {
            return Err(RuleError::NothingToChoose);
        }
        sort(&mut self.by_second);
        sort(&mut self.by_minute);
        sort(&mut self.by_hour);
        sort(&mut self.by_month_day);
        sort(&mut self.by_year_day);
        sort(&mut self.by_week_number);
        sort(&mut self.by_month);
        sort(&mut self.by_set_position);
        self.by_day.sort_unstable_by_key(|day| (day.nth, day.weekday.num_days_from_monday()));
        self.by_day.dedup();
        Ok(self)
    }

    const fn has_parts(&self) -> bool {
        !(self.by_second.is_empty()
            && self.by_minute.is_empty()
            && self.by_hour.is_empty()
            && self.by_day.is_empty()
            && self.by_month_day.is_empty()
            && self.by_year_day.is_empty()
            && self.by_week_number.is_empty()
            && self.by_month.is_empty())
    }
}

fn sort<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

const NAMES: [&str; 14] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYSECOND",
    "BYMINUTE",
    "BYHOUR",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
];

impl Frequency {
    const ALL: [(Self, &str); 7] = [
        (Self::Secondly, "SECONDLY"),
        (Self::Minutely, "MINUTELY"),
        (Self::Hourly, "HOURLY"),
        (Self::Daily, "DAILY"),
        (Self::Weekly, "WEEKLY"),
        (Self::Monthly, "MONTHLY"),
        (Self::Yearly, "YEARLY"),
    ];

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(one, _)| one)
    }

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(one, _)| *one == self).map_or("DAILY", |(_, name)| name)
    }
}

impl Day {
    const fn is_beyond_a_month(self) -> bool {
        matches!(self.nth, Some(nth) if nth > 5 || nth < -5)
    }
}

fn number<T: FromStr + PartialOrd + Copy>(text: &str, low: T, high: T) -> Option<T> {
    // `+5` is a number to Rust and none to RFC 5545.
    let value: T = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    (low <= value && value <= high).then_some(value)
}

/// From 1 to `most`, with or without a sign.
fn signed<T: TryFrom<i32>>(text: &str, most: i32) -> Option<T> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, text.strip_prefix('-')?),
        b'+' => (1, text.strip_prefix('+')?),
        _ => (1, text),
    };
    T::try_from(sign * number::<i32>(digits, 1, most)?).ok()
}

fn list<T>(text: &str, one: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|part| one(part.trim())).collect()
}

const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "MO"),
    (Weekday::Tue, "TU"),
    (Weekday::Wed, "WE"),
    (Weekday::Thu, "TH"),
    (Weekday::Fri, "FR"),
    (Weekday::Sat, "SA"),
    (Weekday::Sun, "SU"),
];

fn weekday(text: &str) -> Option<Weekday> {
    WEEKDAYS.into_iter().find(|(_, name)| name.eq_ignore_ascii_case(text)).map(|(weekday, _)| weekday)
}

fn name_of(weekday: Weekday) -> &'static str {
    WEEKDAYS.into_iter().find(|(one, _)| *one == weekday).map_or("MO", |(_, name)| name)
}

fn day(text: &str) -> Option<Day> {
    let (nth, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let nth = if nth.is_empty() { None } else { Some(signed(nth, 53)?) };
    Some(Day { nth, weekday: weekday(name)? })
}

/// A date, a wall time, or with `Z` an instant.
fn until(text: &str) -> Option<End> {
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    if date.len() != 8 || !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let date = NaiveDate::parse_from_str(date, "%Y%m%d").ok()?;
    let Some(time) = time else { return Some(End::OnDate(date)) };
    let digits = time.strip_suffix(['Z', 'z']).unwrap_or(time);
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let wall: NaiveDateTime = date.and_time(NaiveTime::parse_from_str(digits, "%H%M%S").ok()?);
    Some(if digits.len() == time.len() { End::At(wall) } else { End::AtInstant(wall.and_utc()) })
}

impl Display for Rule {
    /// As RFC 5545 writes it: what is read back is the same rule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", self.frequency.name())?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        match self.end {
            End::Never => {}
            End::After(count) => write!(f, ";COUNT={count}")?,
            End::OnDate(date) => write!(f, ";UNTIL={}", date.format("%Y%m%d"))?,
            End::At(wall) => write!(f, ";UNTIL={}", wall.format("%Y%m%dT%H%M%S"))?,
            End::AtInstant(at) => write!(f, ";UNTIL={}", at.format("%Y%m%dT%H%M%SZ"))?,
        }
        write_list(f, "BYMONTH", &self.by_month)?;
        write_list(f, "BYWEEKNO", &self.by_week_number)?;
        write_list(f, "BYYEARDAY", &self.by_year_day)?;
        write_list(f, "BYMONTHDAY", &self.by_month_day)?;
        write_list(f, "BYDAY", &self.by_day)?;
        write_list(f, "BYHOUR", &self.by_hour)?;
        write_list(f, "BYMINUTE", &self.by_minute)?;
        write_list(f, "BYSECOND", &self.by_second)?;
        write_list(f, "BYSETPOS", &self.by_set_position)?;
        if self.week_start != Weekday::Mon {
            write!(f, ";WKST={}", name_of(self.week_start))?;
        }
        Ok(())
    }
}

impl Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nth) = self.nth {
            write!(f, "{nth}")?;
        }
        f.write_str(name_of(self.weekday))
    }
}

fn write_list<T: Display>(f: &mut fmt::Formatter<'_>, name: &str, list: &[T]) -> fmt::Result {
    for (index, one) in list.iter().enumerate() {
        if index == 0 {
            write!(f, ";{name}={one}")?;
        } else {
            f.write_char(',')?;
            write!(f, "{one}")?;
        }
    }
    Ok(())
}
