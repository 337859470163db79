//! The wall times that a rule comes to, period by period. A period's dates are those that pass all of the rule's parts,
//! its times the product of hours, minutes and seconds; neither the product nor the series is ever written out, and every
//! date that is looked at counts as work.

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc, Weekday,
};
use chrono_tz::Tz;

use super::{End, Frequency, Rule, Series};
use crate::wall_clock::{self, DAY, Interval};

/// Most that one question may take, in dates and times looked at: tens of milliseconds.
pub const MOST_WORK: u32 = 500_000;

/// Furthest that an instant lies from its wall time read as UTC, and one day for the moves of clocks.
const SKEW: TimeDelta = TimeDelta::hours(48);

/// One of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// What the rule says: it names the occurrence for good (RECURRENCE-ID).
    pub wall: NaiveDateTime,
    /// When that is.
    pub at: DateTime<Utc>,
}

/// Why a series is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    #[error("comes to too many occurrences")]
    Occurrences,
    #[error("takes too long to reckon")]
    Work,
}

pub(super) fn occurrences(
    series: &Series,
    window: Interval,
    most: usize,
) -> Result<Vec<Occurrence>, TooMuch> {
    let mut found: Vec<Occurrence> = Vec::new();
    let take = |wall: NaiveDateTime, found: &mut Vec<Occurrence>| -> Result<(), TooMuch> {
        let Some(at) = wall_clock::at(series.zone, wall) else { return Ok(()) };
        if at < window.start || at >= window.end || series.left_out.contains(&wall) {
            return Ok(());
        }
        if found.len() >= most {
            return Err(TooMuch::Occurrences);
        }
        found.push(Occurrence { wall, at });
        Ok(())
    };
    for wall in &series.added {
        take(*wall, &mut found)?;
    }
    match &series.rule {
        None => take(series.start, &mut found)?,
        Some(rule) => {
            let from = window.start.naive_utc() - SKEW;
            let to = window.end.naive_utc() + SKEW;
            let mut walls = Walls::new(rule, series.start, series.zone, from);
            while let Some(wall) = walls.next()?.filter(|wall| *wall < to) {
                take(wall, &mut found)?;
            }
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|one| one.wall);
    Ok(found)
}

/// The wall times of a rule, in order.
struct Walls<'a> {
    rule: &'a Rule,
    parts: Parts,
    start: NaiveDateTime,
    zone: Tz,
    /// The start itself has not been told.
    is_first: bool,
    /// Of a rule that ends after a number.
    left: Option<u32>,
    period: i64,
    set: Set,
    work: u32,
}

/// What a rule says, with what it leaves open taken from its start.
struct Parts {
    weekdays: Vec<Weekday>,
    month_days: Vec<i8>,
    months: Vec<u8>,
    hours: Vec<u8>,
    minutes: Vec<u8>,
    seconds: Vec<u8>,
}

/// The wall times of one period: each date with each time, or those of them that BYSETPOS chooses.
#[derive(Default)]
struct Set {
    dates: Vec<NaiveDate>,
    hours: Vec<u8>,
    minutes: Vec<u8>,
    seconds: Vec<u8>,
    /// Ascending; none: all of them.
    chosen: Option<Vec<u64>>,
    next: u64,
}

impl Set {
    fn len(&self) -> u64 {
        [self.dates.len(), self.hours.len(), self.minutes.len(), self.seconds.len()]
            .into_iter()
            .map(|len| u64::try_from(len).unwrap_or(u64::MAX))
            .product()
    }

    fn get(&self, place: u64) -> Option<NaiveDateTime> {
        let part = |place: u64, list: &[u8]| -> Option<(u64, u32)> {
            let len = u64::try_from(list.len()).ok()?;
            let value = list.get(usize::try_from(place.checked_rem(len)?).ok()?)?;
            Some((place.checked_div(len)?, u32::from(*value)))
        };
        let (place, second) = part(place, &self.seconds)?;
        let (place, minute) = part(place, &self.minutes)?;
        let (place, hour) = part(place, &self.hours)?;
        let date = self.dates.get(usize::try_from(place).ok()?)?;
        date.and_hms_opt(hour, minute, second)
    }

    fn choose(&mut self, positions: &[i16]) {
        let len = self.len();
        let place = |position: &i16| match u64::from(position.unsigned_abs()) {
            from_start if *position > 0 => from_start.checked_sub(1).filter(|place| *place < len),
            from_end => len.checked_sub(from_end),
        };
        let mut chosen: Vec<u64> = positions.iter().filter_map(place).collect();
        chosen.sort_unstable();
        chosen.dedup();
        self.chosen = Some(chosen);
    }
}

impl Iterator for Set {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        let place = match &self.chosen {
            Some(chosen) => *chosen.get(usize::try_from(self.next).ok()?)?,
            None => self.next,
        };
        self.next += 1;
        self.get(place)
    }
}

impl<'a> Walls<'a> {
    /// Those before `from` may be left out.
    fn new(rule: &'a Rule, start: NaiveDateTime, zone: Tz, from: NaiveDateTime) -> Self {
        let left = match rule.end {
            End::After(count) => Some(count),
            _ => None,
        };
        let parts = Parts::new(rule, start);
        let mut walls =
            Self { rule, parts, start, zone, is_first: true, left, period: 0, set: Set::default(), work: 0 };
        // What has to be counted is counted from the start.
        if left.is_none() && from > start {
            walls.period = walls.period_of(from);
        }
        walls
    }

    /// The next one; none: the rule has ended.
    fn next(&mut self) -> Result<Option<NaiveDateTime>, TooMuch> {
        if self.left == Some(0) {
            return Ok(None);
        }
        let wall = if self.is_first {
            self.is_first = false;
            Some(self.start)
        } else {
            self.after_start()?
        };
        if let Some(left) = &mut self.left {
            *left -= 1;
        }
        Ok(wall.filter(|wall| !self.is_over(*wall)))
    }

    fn after_start(&mut self) -> Result<Option<NaiveDateTime>, TooMuch> {
        loop {
            for wall in self.set.by_ref() {
                self.work += 1;
                if self.work > MOST_WORK {
                    return Err(TooMuch::Work);
                }
                if wall > self.start {
                    return Ok(Some(wall));
                }
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    fn is_over(&self, wall: NaiveDateTime) -> bool {
        match self.rule.end {
            End::Never | End::After(_) => false,
            End::OnDate(date) => wall.date() > date,
            End::At(last) => wall > last,
            End::AtInstant(last) => wall_clock::at(self.zone, wall).is_some_and(|at| at > last),
        }
    }

    /// The set of the next period that may have one. False: no calendar shows it any more.
    fn fill(&mut self) -> Result<bool, TooMuch> {
        let Some(first) = self.first_of(self.period) else { return Ok(false) };
        // A period that begins after the end holds nothing.
        if !super::is_of_our_time(first) || self.is_over(first) {
            return Ok(false);
        }
        let (first_date, count) = (first.date(), self.days_of(first.date()));
        self.work += count;
        if self.work > MOST_WORK {
            return Err(TooMuch::Work);
        }
        let dates: Vec<NaiveDate> = first_date
            .iter_days()
            .take(usize::try_from(count).unwrap_or(0))
            .filter(|date| self.has(*date))
            .collect();
        self.set = self.timed(first, dates);
        if !self.rule.by_set_position.is_empty() {
            self.set.choose(&self.rule.by_set_position);
        }
        self.period = if self.set.dates.is_empty() && self.rule.frequency < Frequency::Daily {
            self.skip_from(first)
        } else {
            self.period.saturating_add(1)
        };
        Ok(true)
    }

    /// Of a period shorter than a day: its time, if the rule has it.
    fn timed(&self, first: NaiveDateTime, dates: Vec<NaiveDate>) -> Set {
        let Parts { hours, minutes, seconds, .. } = &self.parts;
        let own = |value: u32, list: &[u8], is_own: bool| -> Vec<u8> {
            let value = u8::try_from(value).unwrap_or(0);
            if !is_own {
                list.to_vec()
            } else if list.is_empty() || list.contains(&value) {
                vec![value]
            } else {
                Vec::new()
            }
        };
        let is_at_most = |frequency| self.rule.frequency <= frequency;
        let hours = own(first.hour(), hours, is_at_most(Frequency::Hourly));
        let minutes = own(first.minute(), minutes, is_at_most(Frequency::Minutely));
        let seconds = own(first.second(), seconds, is_at_most(Frequency::Secondly));
        let is_empty = hours.is_empty() || minutes.is_empty() || seconds.is_empty();
        Set {
            dates: if is_empty { Vec::new() } else { dates },
            hours,
            minutes,
            seconds,
            chosen: None,
            next: 0,
        }
    }

    /// After a time that the rule has not: the period in which the next day, hour or minute begins, whatever is wrong.
    fn skip_from(&self, first: NaiveDateTime) -> i64 {
        let lacks =
            |list: &[u8], value: u32| !list.is_empty() && !list.iter().any(|one| u32::from(*one) == value);
        let next = if !self.has(first.date()) {
            first.date().succ_opt().and_then(|date| date.and_hms_opt(0, 0, 0))
        } else if lacks(&self.parts.hours, first.hour()) {
            first.with_minute(0).and_then(|at| at.with_second(0)).map(|at| at + TimeDelta::hours(1))
        } else if lacks(&self.parts.minutes, first.minute()) {
            first.with_second(0).map(|at| at + TimeDelta::minutes(1))
        } else {
            None
        };
        let next_period = self.period.saturating_add(1);
        let Some(next) = next else { return next_period };
        let length = self.seconds_of_period();
        let passed = (next - self.base()).num_seconds();
        let period = passed.div_euclid(length) + i64::from(passed.rem_euclid(length) > 0);
        period.max(next_period)
    }

    /// The start, with what the periods run through set to their beginning.
    fn base(&self) -> NaiveDateTime {
        let time = |hour, minute, second| NaiveTime::from_hms_opt(hour, minute, second).unwrap_or_default();
        let (date, at) = (self.start.date(), self.start.time());
        match self.rule.frequency {
            Frequency::Secondly => self.start,
            Frequency::Minutely => date.and_time(time(at.hour(), at.minute(), 0)),
            Frequency::Hourly => date.and_time(time(at.hour(), 0, 0)),
            Frequency::Daily => date.and_time(NaiveTime::MIN),
            Frequency::Weekly => {
                let back = date.weekday().days_since(self.rule.week_start);
                date.checked_sub_days(Days::new(u64::from(back))).unwrap_or(date).and_time(NaiveTime::MIN)
            }
            Frequency::Monthly => date.with_day(1).unwrap_or(date).and_time(NaiveTime::MIN),
            Frequency::Yearly => {
                NaiveDate::from_ymd_opt(date.year(), 1, 1).unwrap_or(date).and_time(NaiveTime::MIN)
            }
        }
    }

    /// Of frequencies up to weekly.
    fn seconds_of_period(&self) -> i64 {
        let unit = match self.rule.frequency {
            Frequency::Secondly => 1,
            Frequency::Minutely => 60,
            Frequency::Hourly => 3_600,
            Frequency::Daily => DAY,
            Frequency::Weekly | Frequency::Monthly | Frequency::Yearly => 7 * DAY,
        };
        unit * i64::from(self.rule.interval)
    }

    /// When a period begins.
    fn first_of(&self, period: i64) -> Option<NaiveDateTime> {
        let base = self.base();
        let months = |each: i64| {
            let months =
                u32::try_from(period.checked_mul(each)?.checked_mul(self.rule.interval.into())?).ok()?;
            base.checked_add_months(Months::new(months))
        };
        match self.rule.frequency {
            Frequency::Yearly => months(12),
            Frequency::Monthly => months(1),
            _ => base
                .checked_add_signed(TimeDelta::try_seconds(period.checked_mul(self.seconds_of_period())?)?),
        }
    }

    /// The period that an instant lies in, or the gap after it.
    fn period_of(&self, wall: NaiveDateTime) -> i64 {
        let base = self.base();
        let interval = i64::from(self.rule.interval);
        let years = i64::from(wall.year()) - i64::from(base.year());
        match self.rule.frequency {
            Frequency::Yearly => years.div_euclid(interval),
            Frequency::Monthly => {
                (years * 12 + i64::from(wall.month()) - i64::from(base.month())).div_euclid(interval)
            }
            _ => (wall - base).num_seconds().div_euclid(self.seconds_of_period()),
        }
        .max(0)
    }

    /// How many dates a period has that begins on this one.
    fn days_of(&self, first: NaiveDate) -> u32 {
        match self.rule.frequency {
            Frequency::Yearly => days_of_year(first.year()),
            Frequency::Monthly => days_of_month(first),
            Frequency::Weekly => 7,
            _ => 1,
        }
    }

    /// Whether a date passes all parts of the rule.
    fn has(&self, date: NaiveDate) -> bool {
        let Rule { by_day, by_year_day, by_week_number, .. } = self.rule;
        let Parts { months, month_days, weekdays, .. } = &self.parts;
        let is_in = |months: &[u8]| months.iter().any(|month| u32::from(*month) == date.month());
        (months.is_empty() || is_in(months))
            && (weekdays.is_empty() || weekdays.contains(&date.weekday()))
            && (by_day.is_empty() || by_day.iter().any(|day| self.is_day(*day, date)))
            && (month_days.is_empty()
                || month_days.iter().any(|day| is_nth(i32::from(*day), date.day(), days_of_month(date))))
            && (by_year_day.is_empty()
                || by_year_day
                    .iter()
                    .any(|day| is_nth(i32::from(*day), date.ordinal(), days_of_year(date.year()))))
            && (by_week_number.is_empty() || {
                let (number, weeks) = week_number(date, self.rule.week_start);
                by_week_number.iter().any(|week| is_nth(i32::from(*week), number, weeks))
            })
    }

    fn is_day(&self, day: super::Day, date: NaiveDate) -> bool {
        if day.weekday != date.weekday() {
            return false;
        }
        let Some(nth) = day.nth else { return true };
        let of_month = self.rule.frequency == Frequency::Monthly || !self.rule.by_month.is_empty();
        let (day, days) = if of_month {
            (date.day(), days_of_month(date))
        } else {
            (date.ordinal(), days_of_year(date.year()))
        };
        // The first seven days have the first of each weekday, and so on; from the end likewise.
        if nth > 0 {
            day.div_ceil(7) == u32::from(nth.unsigned_abs())
        } else {
            (days - day) / 7 + 1 == u32::from(nth.unsigned_abs())
        }
    }
}

impl Parts {
    /// RFC 5545, 3.3.10: what is missing comes from the start.
    fn new(rule: &Rule, start: NaiveDateTime) -> Self {
        use Frequency::{Daily, Hourly, Minutely, Monthly, Weekly, Yearly};
        let no_dates = rule.by_day.is_empty() && rule.by_month_day.is_empty() && rule.by_year_day.is_empty();
        let small = |value: u32| u8::try_from(value).unwrap_or(0);
        let by_week = no_dates && (rule.frequency == Weekly || !rule.by_week_number.is_empty());
        let by_month_day = no_dates && !by_week && matches!(rule.frequency, Monthly | Yearly);
        let by_month = by_month_day && rule.frequency == Yearly && rule.by_month.is_empty();
        let or_own = |list: &[u8], value: u32, is_open: bool| {
            if list.is_empty() && is_open { vec![small(value)] } else { list.to_vec() }
        };
        Self {
            weekdays: if by_week { vec![start.weekday()] } else { Vec::new() },
            month_days: if by_month_day {
                vec![i8::try_from(start.day()).unwrap_or(1)]
            } else {
                rule.by_month_day.clone()
            },
            months: if by_month { vec![small(start.month())] } else { rule.by_month.clone() },
            hours: or_own(&rule.by_hour, start.hour(), rule.frequency >= Daily),
            minutes: or_own(&rule.by_minute, start.minute(), rule.frequency >= Hourly),
            seconds: or_own(&rule.by_second, start.second(), rule.frequency >= Minutely),
        }
    }
}

/// Whether the `number`th of `of` is the nth, from the end where n is negative.
fn is_nth(nth: i32, number: u32, of: u32) -> bool {
    if nth > 0 { number == nth.unsigned_abs() } else { number + nth.unsigned_abs() == of + 1 }
}

fn days_of_month(date: NaiveDate) -> u32 {
    u32::from(date.num_days_in_month())
}

fn days_of_year(year: i32) -> u32 {
    if NaiveDate::from_ymd_opt(year, 2, 29).is_some() { 366 } else { 365 }
}

/// The number of a date's week, and how many its year has: the first week is the first with four days in the year (ISO
/// 8601, for weeks that begin on any day). The week may be of the year before or after.
fn week_number(date: NaiveDate, week_start: Weekday) -> (u32, u32) {
    // The year of a week is that of its fourth day.
    let from_start = i64::from(date.weekday().days_since(week_start));
    let middle = date.checked_add_signed(TimeDelta::days(3 - from_start)).unwrap_or(date);
    let number = (middle.ordinal() - 1) / 7 + 1;
    // The fourth day of the last week is the last in the year that is that weekday.
    let weeks = number + (days_of_year(middle.year()) - middle.ordinal()) / 7;
    (number, weeks)
}
