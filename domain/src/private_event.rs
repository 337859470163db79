//! Private events: time of a staff member's that is taken outside of bookings, once or again and again.

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::recurrence::{self, Frequency, Rule, Series, TooMuch};
use crate::rejection::{Fields, Rejection};
use crate::text;
use crate::wall_clock::{self, Interval};

/// How far ahead occurrences are written out: the longest horizon of bookings, and some days for a job that is late.
pub const UNFOLDED_AHEAD: TimeDelta = TimeDelta::days(740);
/// How far back: what calendars show of the past.
pub const UNFOLDED_BACK: TimeDelta = TimeDelta::days(366);
/// Most occurrences of one event within that time: every day has one, weekdays three.
pub const MOST_OCCURRENCES: usize = 3_500;
/// Longest that an event lasts, once.
const LONGEST: TimeDelta = TimeDelta::days(366);
/// Longest that one lasts that recurs.
const LONGEST_RECURRING: TimeDelta = TimeDelta::days(31);
/// Most exceptions of one series.
pub const MOST_EXCEPTIONS: usize = 1_000;

/// What somebody says of an event, not yet checked. Times are those of the wall clock of `timezone`.
#[derive(Clone, Debug)]
pub struct PrivateEventDraft {
    pub title: String,
    pub note: Option<String>,
    pub timezone: Tz,
    pub all_day: bool,
    /// Of whole days: the first one's midnight.
    pub start: NaiveDateTime,
    /// Of whole days: the midnight after the last.
    pub end: NaiveDateTime,
    /// An RRULE of RFC 5545.
    pub recurrence: Option<String>,
    pub added: Vec<NaiveDateTime>,
    pub left_out: Vec<NaiveDateTime>,
}

/// What stands once it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub title: String,
    pub note: Option<String>,
    pub timezone: Tz,
    pub all_day: bool,
    pub start: NaiveDateTime,
    pub end: NaiveDateTime,
    pub rule: Option<Rule>,
    pub added: Vec<NaiveDateTime>,
    pub left_out: Vec<NaiveDateTime>,
}

/// One occurrence, and the time that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub occurrence: NaiveDateTime,
    pub during: Interval,
}

/// Which occurrences of a series a change is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    /// This one alone.
    This(NaiveDateTime),
    /// This one and those after it.
    Later(NaiveDateTime),
}

impl PrivateEventDraft {
    /// Checks what people type; the pointers are those of the API.
    pub fn checked(self) -> Result<Checked, Rejection> {
        let mut fields = Fields::default();
        fields.year("/start", self.start.date());
        self.check(fields)
    }

    /// Checks what other calendars wrote: it may have begun long ago.
    pub fn checked_import(self) -> Result<Checked, Rejection> {
        let mut fields = Fields::default();
        if !recurrence::is_of_our_time(self.start) {
            fields.add("/start", "OUT_OF_RANGE", "must lie between the years 1900 and 2200");
        }
        self.check(fields)
    }

    fn check(self, mut fields: Fields) -> Result<Checked, Rejection> {
        let title = fields.take("/title", text::line(&self.title, 255));
        let note =
            self.note.as_deref().and_then(|note| fields.take("/note", text::lines(note, 2_000)).flatten());
        let rule = self.recurrence.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let rule = rule.and_then(|text| fields.take("/recurrence", text.parse::<Rule>()));
        let longest = if rule.is_some() { LONGEST_RECURRING } else { LONGEST };
        if self.end <= self.start {
            fields.add("/end", "BACKWARDS", "must be after the start");
        } else if self.end - self.start > longest {
            let detail = format!("must be at most {} days after the start", longest.num_days());
            fields.add("/end", "OUT_OF_RANGE", detail);
        }
        let is_midnight = |wall: NaiveDateTime| wall.time() == NaiveTime::MIN;
        if self.all_day && !(is_midnight(self.start) && is_midnight(self.end)) {
            fields.add("/start", "INVALID", "must be a date where all_day is set");
        }
        let is_too_often =
            |rule: &Rule| rule.frequency() < Frequency::Hourly || (self.all_day && !rule.is_of_dates());
        if rule.as_ref().is_some_and(is_too_often) {
            fields.add("/recurrence", "OUT_OF_RANGE", "recurs more often than its events may");
        }
        if self.added.len() > MOST_EXCEPTIONS || self.left_out.len() > MOST_EXCEPTIONS {
            fields.add("/recurrence", "TOO_MANY", "has more than 1000 exceptions");
        }
        let Some(title) = title else { return Err(fields.into_rejection()) };
        fields.finish()?;
        let sorted = |mut walls: Vec<NaiveDateTime>| {
            walls.sort_unstable();
            walls.dedup();
            walls
        };
        Ok(Checked {
            title,
            note,
            timezone: self.timezone,
            all_day: self.all_day,
            start: self.start,
            end: self.end,
            rule,
            added: sorted(self.added),
            left_out: sorted(self.left_out),
        })
    }
}

impl Checked {
    pub fn series(&self) -> Series {
        Series {
            start: self.start,
            zone: self.timezone,
            rule: self.rule.clone(),
            added: self.added.clone(),
            left_out: self.left_out.clone(),
        }
    }

    /// Whether it has occurrences beyond what is written out.
    pub fn goes_on(&self) -> bool {
        self.rule.is_some()
    }
}

/// The time that a series takes whose events last so long on the wall clock, of the occurrences that start in `window`.
pub fn unfold(series: &Series, length: TimeDelta, window: Interval) -> Result<Vec<Block>, TooMuch> {
    let found = series.occurrences(window, MOST_OCCURRENCES)?;
    let block = |one: recurrence::Occurrence| {
        let end = one.wall.checked_add_signed(length).and_then(|end| wall_clock::at(series.zone, end));
        // In the hour that a clock change leaves out or repeats, what it lasts is what was said.
        let end = end.filter(|end| *end > one.at).unwrap_or(one.at + length);
        Block { occurrence: one.wall, during: Interval::new(one.at, end) }
    };
    Ok(found.into_iter().map(block).collect())
}

/// Parts of at most 24 hours: what is kept of time that is taken.
pub fn pieces(during: Interval) -> impl Iterator<Item = Interval> {
    let day = TimeDelta::hours(24);
    let next = move |from: &DateTime<Utc>| Some(*from + day).filter(|from| *from < during.end);
    let starts = std::iter::successors(Some(during.start), next);
    starts.map(move |from| Interval::new(from, during.end.min(from + day)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn draft(start: &str, end: &str, recurrence: Option<&str>) -> PrivateEventDraft {
        PrivateEventDraft {
            title: "Lunch".to_owned(),
            note: None,
            timezone: chrono_tz::Europe::Berlin,
            all_day: false,
            start: wall(start),
            end: wall(end),
            recurrence: recurrence.map(str::to_owned),
            added: Vec::new(),
            left_out: Vec::new(),
        }
    }

    fn year() -> Interval {
        Interval::new("2026-01-01T00:00:00Z".parse().unwrap(), "2027-01-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_night_shift_takes_what_the_clocks_make_of_it() {
        let night = draft("2026-03-28T01:00:00", "2026-03-28T04:00:00", Some("FREQ=DAILY;COUNT=2"));
        let night = night.checked().unwrap();
        let hours = |series: &Series| -> Vec<i64> {
            let blocks = unfold(series, TimeDelta::hours(3), year()).unwrap();
            blocks.iter().map(|block| (block.during.end - block.during.start).num_hours()).collect()
        };
        assert_eq!(hours(&night.series()), [3, 2]);
        let autumn = draft("2026-10-24T01:00:00", "2026-10-24T04:00:00", Some("FREQ=DAILY;COUNT=2"));
        assert_eq!(hours(&autumn.checked().unwrap().series()), [3, 4]);
        // What lies in the hour that is left out is no time at all, and what is repeated is not turned around.
        let gap = draft("2026-03-29T02:00:00", "2026-03-29T02:30:00", None).checked().unwrap();
        let block = unfold(&gap.series(), TimeDelta::minutes(30), year()).unwrap();
        assert_eq!(
            block.first().unwrap().during.end - block.first().unwrap().during.start,
            TimeDelta::minutes(30)
        );
    }

    #[test]
    fn long_events_are_kept_in_pieces_of_a_day() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let during = Interval::new(at("2026-03-01T08:00:00Z"), at("2026-03-03T09:00:00Z"));
        let pieces: Vec<Interval> = pieces(during).collect();
        assert_eq!(pieces.len(), 3);
        assert_eq!(
            pieces.iter().map(|piece| (piece.end - piece.start).num_hours()).collect::<Vec<_>>(),
            [24, 24, 1]
        );
        assert_eq!(
            super::pieces(Interval::new(during.start, during.start + TimeDelta::hours(24))).count(),
            1
        );
    }

    #[test]
    fn what_no_calendar_holds_is_refused() {
        let refused = |draft: PrivateEventDraft| -> Vec<String> {
            draft.checked().unwrap_err().errors.into_iter().map(|error| error.pointer).collect()
        };
        let (start, end) = ("2026-03-02T12:00:00", "2026-03-02T13:00:00");
        assert_eq!(refused(draft(end, start, None)), ["/end"]);
        assert_eq!(refused(draft(start, start, None)), ["/end"]);
        assert_eq!(refused(draft(start, "2027-03-04T13:00:00", None)), ["/end"]);
        assert_eq!(refused(draft(start, "2026-05-02T13:00:00", Some("FREQ=YEARLY"))), ["/end"]);
        assert_eq!(refused(draft("1999-12-31T12:00:00", "1999-12-31T13:00:00", None)), ["/start"]);
        assert_eq!(refused(draft(start, end, Some("FREQ=SECONDLY"))), ["/recurrence"]);
        assert_eq!(refused(draft(start, end, Some("SOMETIMES"))), ["/recurrence"]);
        assert_eq!(refused(PrivateEventDraft { all_day: true, ..draft(start, end, None) }), ["/start"]);
        assert_eq!(
            refused(PrivateEventDraft { title: " ".to_owned(), ..draft(start, end, None) }),
            ["/title"]
        );
        assert_eq!(draft(start, end, Some(" ")).checked().unwrap().rule, None);
        assert!(
            draft("1995-03-02T12:00:00", "1995-03-02T13:00:00", Some("FREQ=WEEKLY")).checked_import().is_ok()
        );
    }
}
