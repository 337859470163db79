//! Working time of a staff member in UTC, from hours, breaks, one-off openings and closures; and its grid.

use std::cmp::Ordering;

use chrono::{Datelike, Days, NaiveDate};
use chrono_tz::Tz;

use super::{Closure, Hours, MinuteRange, Weekday, WeeklyRange};
use crate::wall_clock::{DAY, Interval, Span};
use crate::wall_clock::{
    day_of_second, day_span, day_start, end_second, instant, second_at_or_after, start_second,
};

/// Longest window that is read: what lies later in it is left out. Two years of horizon and a margin.
pub const MAX_WINDOW_DAYS: i64 = 800;

/// When one staff member works: their own hours or the tenant's, less the closures of both, each in its
/// owner's zone.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    pub hours: &'a Hours,
    pub closures: &'a [Closure],
}

/// A stretch of working time with one grid: starts are `anchor`, `anchor + step`, … before `starts_before`;
/// what starts there must end by `ends_by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GridPart {
    pub(crate) anchor: i64,
    pub(crate) starts_before: i64,
    pub(crate) ends_by: i64,
}

impl Calendar<'_> {
    /// The working ranges within a window: in order, cut off at the window's ends, one where they overlap or
    /// touch.
    ///
    /// Breaks are taken from the ranges of their own date only. A one-off opening replaces rules and breaks
    /// of its date, but a closed date stays closed.
    pub fn working_ranges(&self, window: Interval) -> Vec<Interval> {
        let window = Span { start: window.start.timestamp(), end: second_at_or_after(window.end) };
        let spans = self.working_spans(window);
        spans
            .into_iter()
            .filter_map(|span| Some(Interval::new(instant(span.start)?, instant(span.end)?)))
            .collect()
    }

    /// The window, widened to whole days of the hours' zone: the bookings of these days decide about a daily
    /// maximum. None outside of the years 1..=9999.
    pub fn whole_days(&self, window: Interval) -> Option<Interval> {
        let (_, first) = day_of_second(self.hours.timezone, window.start.timestamp())?;
        let (_, last) = day_of_second(self.hours.timezone, second_at_or_after(window.end).checked_sub(1)?)?;
        Some(Interval::new(instant(first.start)?, instant(last.end)?))
    }

    /// Working time in a window, in order, one where ranges overlap or touch.
    fn working_spans(&self, window: Span) -> Vec<Span> {
        let window = Span {
            start: window.start,
            end: window.end.min(window.start.saturating_add(MAX_WINDOW_DAYS * DAY)),
        };
        self.try_working_spans(window).unwrap_or_default()
    }

    fn try_working_spans(&self, window: Span) -> Option<Vec<Span>> {
        if window.start >= window.end {
            return None;
        }
        let zone = self.hours.timezone;
        // A range that ends in a gap may run on into the next date.
        let first = day_of_second(zone, window.start)?.0.pred_opt()?;
        let last = day_of_second(zone, window.end)?.0;
        let mut open = Vec::new();
        let mut of_date = OfDate::default();
        let mut date = first;
        while date <= last {
            self.add_ranges_of(date, &mut of_date, &mut open);
            date = date.succ_opt()?;
        }
        merge(&mut open);
        let mut closed = self.closed_spans(first, last);
        let mut working = Vec::with_capacity(open.len());
        merge(&mut closed);
        subtract(&open, &closed, &mut working);
        working.retain_mut(|span| {
            span.start = span.start.max(window.start);
            span.end = span.end.min(window.end);
            span.start < span.end
        });
        Some(working)
    }

    fn add_ranges_of(&self, date: NaiveDate, of_date: &mut OfDate, open: &mut Vec<Span>) {
        let zone = self.hours.timezone;
        let openings = equal_range(&self.hours.openings, |(day, _)| day.cmp(&date));
        if !openings.is_empty() {
            open.extend(openings.iter().filter_map(|(_, range)| span_of(zone, date, *range)));
            return;
        }
        let (week, weekday) = (self.hours.week_of(date), Weekday::of(date));
        of_date.take(zone, date, weekly(&week.rules, weekday), weekly(&week.breaks, weekday));
        subtract(&of_date.rules, &of_date.breaks, open);
    }

    /// The closures that may matter from `first` to `last`, dates of the hours' zone, unsorted.
    fn closed_spans(&self, first: NaiveDate, last: NaiveDate) -> Vec<Span> {
        // Two zones are at most two dates apart.
        let first = first.checked_sub_days(Days::new(3)).unwrap_or(NaiveDate::MIN);
        let last = last.checked_add_days(Days::new(3)).unwrap_or(NaiveDate::MAX);
        let near = self.closures.iter().filter(|closure| {
            closure.starts_on <= closure.ends_on && closure.starts_on <= last && closure.ends_on >= first
        });
        near.filter_map(|closure| {
            let start = day_start(closure.timezone, closure.starts_on.max(first))?;
            let end = day_span(closure.timezone, closure.ends_on.min(last))?.end;
            (start < end).then_some(Span { start, end })
        })
        .collect()
    }
}

/// The time that some calendars have in common, at least one: of a staff member, of those who work together, of a service
/// with hours of its own.
#[derive(Clone, Debug)]
pub(crate) struct CommonTime<'a> {
    /// The zone of its hours is that of the grid.
    pub(crate) first: Calendar<'a>,
    pub(crate) others: Vec<Calendar<'a>>,
}

impl CommonTime<'_> {
    /// The parts of the grid with starts in `window`; working time is followed `reach` seconds beyond its
    /// end.
    ///
    /// A working range is one grid from its start, except that it begins anew each Monday 00:00 of the hours'
    /// zone that comes after a whole week, from the Monday before, of working time without a gap. So 24/7
    /// hours have a grid that depends on nothing but the rules, and the past is read for less than 14 days,
    /// and only when the range at the window's start began before that day.
    pub(crate) fn grid(&self, window: Span, reach: i64) -> Vec<GridPart> {
        self.try_grid(window, reach).unwrap_or_default()
    }

    fn try_grid(&self, window: Span, reach: i64) -> Option<Vec<GridPart>> {
        let zone = self.first.hours.timezone;
        let (date, today) = day_of_second(zone, window.start)?;
        let until = window.end.min(window.start.saturating_add(MAX_WINDOW_DAYS * DAY)).saturating_add(reach);
        let mut ranges = self.working_spans(Span { start: today.start, end: until });
        if ranges.first().is_some_and(|range| range.start == today.start && range.end > window.start) {
            let week_before = monday_at_or_before(date)?.checked_sub_days(Days::new(7))?;
            ranges = self.working_spans(Span { start: day_start(zone, week_before)?, end: until });
        }
        let mut parts = Vec::with_capacity(ranges.len());
        for range in ranges.into_iter().filter(|range| range.end > window.start && range.start < window.end) {
            let mut anchor = range.start;
            for cut in self.cuts(range).take_while(|&cut| cut < window.end) {
                parts.push(GridPart { anchor, starts_before: cut, ends_by: range.end });
                anchor = cut;
            }
            parts.push(GridPart { anchor, starts_before: range.end.min(window.end), ends_by: range.end });
        }
        parts.retain(|part| part.starts_before > window.start);
        Some(parts)
    }

    /// The Mondays at which a working range begins a new grid.
    fn cuts(&self, range: Span) -> impl Iterator<Item = i64> {
        let zone = self.first.hours.timezone;
        let first_monday = move || {
            let (date, _) = day_of_second(zone, range.start)?;
            let monday = monday_at_or_before(date)?;
            if day_start(zone, monday)? >= range.start {
                Some(monday)
            } else {
                monday.checked_add_days(Days::new(7))
            }
        };
        // A week with a clock change lacks an hour or, where a zone skipped a date, a day.
        let is_long = range.end - range.start > 5 * DAY;
        let first_monday = if is_long { first_monday() } else { None };
        std::iter::successors(first_monday, |monday| monday.checked_add_days(Days::new(7)))
            .skip(1)
            .map_while(move |monday| day_start(zone, monday))
            .take_while(move |&cut| cut < range.end)
    }

    /// The time in a window that is working time of all, in order.
    pub(crate) fn working_spans(&self, window: Span) -> Vec<Span> {
        let first = self.first.working_spans(window);
        self.others.iter().fold(first, |spans, other| {
            if spans.is_empty() { spans } else { intersection(&spans, &other.working_spans(window)) }
        })
    }
}

/// Rules and breaks of one date in UTC, kept from date to date for their room.
#[derive(Default)]
struct OfDate {
    rules: Vec<Span>,
    breaks: Vec<Span>,
}

impl OfDate {
    fn take(&mut self, zone: Tz, date: NaiveDate, rules: &[WeeklyRange], breaks: &[WeeklyRange]) {
        for (spans, ranges) in [(&mut self.rules, rules), (&mut self.breaks, breaks)] {
            spans.clear();
            spans.extend(ranges.iter().filter_map(|weekly| span_of(zone, date, weekly.range)));
            merge(spans);
        }
    }
}

fn weekly(ranges: &[WeeklyRange], weekday: Weekday) -> &[WeeklyRange] {
    equal_range(ranges, |weekly| weekly.weekday.cmp(&weekday))
}

fn equal_range<T>(sorted: &[T], compare: impl Fn(&T) -> Ordering) -> &[T] {
    let from = sorted.partition_point(|item| compare(item).is_lt());
    let until = sorted.partition_point(|item| compare(item).is_le());
    sorted.get(from..until).unwrap_or_default()
}

/// The opening ranges of a weekday less its breaks, as a clock on the wall shows them: in order, one where they overlap
/// or touch.
pub fn open_ranges(opening: &[WeeklyRange], breaks: &[WeeklyRange], weekday: Weekday) -> Vec<MinuteRange> {
    let of_day = |ranges: &[WeeklyRange]| {
        let own = ranges.iter().filter(|weekly| weekly.weekday == weekday).map(|weekly| weekly.range);
        let mut minutes: Vec<Span> =
            own.map(|range| Span { start: range.start.into(), end: range.end.into() }).collect();
        merge(&mut minutes);
        minutes
    };
    let mut open = Vec::new();
    subtract(&of_day(opening), &of_day(breaks), &mut open);
    let range = |span: Span| {
        Some(MinuteRange { start: u16::try_from(span.start).ok()?, end: u16::try_from(span.end).ok()? })
    };
    open.into_iter().filter_map(range).collect()
}

/// None when nothing is left of the range on the night of a clock change.
fn span_of(zone: Tz, date: NaiveDate, range: MinuteRange) -> Option<Span> {
    let start = start_second(zone, date, range.start)?;
    let end = end_second(zone, date, range.end)?;
    (start < end).then_some(Span { start, end })
}

/// Sorts, and joins what overlaps or touches.
fn merge(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let one = next.start <= last.end;
        if one {
            last.end = last.end.max(next.end);
        }
        one
    });
}

/// Adds to `left` what remains of `spans` without `holes`; both are sorted and disjoint.
fn subtract(spans: &[Span], holes: &[Span], left: &mut Vec<Span>) {
    let mut holes = holes.iter().peekable();
    for span in spans {
        let mut start = span.start;
        while let Some(hole) = holes.peek().filter(|hole| hole.start < span.end) {
            if start < hole.start {
                left.push(Span { start, end: hole.start });
            }
            start = start.max(hole.end);
            if hole.end > span.end {
                break;
            }
            holes.next();
        }
        if start < span.end {
            left.push(Span { start, end: span.end });
        }
    }
}

/// What two sorted and disjoint lists have in common.
fn intersection(one: &[Span], other: &[Span]) -> Vec<Span> {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut common = Vec::new();
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        let span = Span { start: a.start.max(b.start), end: a.end.min(b.end) };
        if span.start < span.end {
            common.push(span);
        }
        if a.end <= b.end {
            one.next()
        } else {
            other.next()
        };
    }
    common
}

fn monday_at_or_before(date: NaiveDate) -> Option<NaiveDate> {
    date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into()))
}
