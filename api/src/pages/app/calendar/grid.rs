//! Columns of time: who works when, who comes, what is free. Of one day and several people, or of one person and several
//! days.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::booking::Act;
use domain::hours::TimeOfDay;
use domain::id::{BookingId, StaffId};
use domain::wall_clock::Interval;
use serde::Serialize;
use store::bookings::Booking;
use store::calendar::{Column, Day};
use store::private_events::Busy;

use super::View;
use crate::pages::public::site::tone_of;

/// Minutes of one row of the grid.
const ROW: i32 = 5;
const ROWS_OF_AN_HOUR: i32 = 60 / ROW;
/// The grid shows at least these hours.
const FIRST_HOUR: i32 = 9;
const LAST_HOUR: i32 = 18;

#[derive(Serialize)]
pub(super) struct Grid {
    /// How many there are: what the grid is as high as.
    hours: i32,
    /// Minute of the day at which it begins.
    start: i32,
    labels: Vec<HourLabel>,
    /// Row of the time that it is, if today is shown.
    now: Option<i32>,
    now_time: String,
    columns: Vec<GridColumn>,
}

#[derive(Serialize)]
struct HourLabel {
    row: i32,
    text: TimeOfDay,
}

#[derive(Serialize)]
struct GridColumn {
    /// Of its elements, unlike any other's.
    id: String,
    staff_id: StaffId,
    date: NaiveDate,
    /// Of its month.
    number: u32,
    is_today: bool,
    name: String,
    tone: &'static str,
    /// Of a hundred; none: they don't work.
    load: Option<i64>,
    blocks: Vec<Block>,
    /// Half hours that are free.
    cells: Vec<Cell>,
    /// What they do besides.
    busy: Vec<Besides>,
    events: Vec<Event>,
}

/// A private event.
#[derive(Serialize)]
struct Besides {
    row: i32,
    span: i32,
    title: String,
    from: String,
    to: String,
    all_day: bool,
    href: String,
}

/// Time that nobody can book.
#[derive(Serialize)]
struct Block {
    row: i32,
    span: i32,
    /// `break` between two working times, `before` and `after` them, `off` without any.
    kind: &'static str,
    /// Of `before`: when work begins.
    until: Option<TimeOfDay>,
}

#[derive(Serialize)]
struct Cell {
    row: i32,
    span: i32,
    time: TimeOfDay,
}

#[derive(Serialize)]
struct Event {
    /// Of its element: what several provide together stands in the columns of all.
    element: String,
    id: BookingId,
    /// Of what can be put elsewhere by hand.
    hold: Option<Hold>,
    row: i32,
    span: i32,
    from: String,
    to: String,
    name: String,
    service: String,
    /// Of a group session: how many are taken.
    seats: Option<i32>,
    tone: &'static str,
    status: &'static str,
    size: &'static str,
    has_note: bool,
    is_open: bool,
}

/// By what a booking is put elsewhere.
#[derive(Serialize)]
struct Hold {
    version: i64,
    minutes: i32,
}

/// Of a hundred.
pub(super) fn share(part: i64, whole: i64) -> Option<i64> {
    (part * 100).checked_div(whole).map(|share| share.min(100))
}

/// Rows of one grid, for instants of its day.
struct Scale {
    zone: Tz,
    window: Interval,
    /// Minute of the day of the first row.
    start: i32,
    rows: i32,
}

impl Scale {
    /// Minute of the day, as a clock on the wall shows it; what lies outside of the day is at its end.
    fn minute(&self, at: DateTime<Utc>) -> i32 {
        TimeOfDay::at(at, self.window, self.zone).minute().into()
    }

    /// First row, from 1, and number of rows, at least one; none: it is not on the grid.
    fn place(&self, range: Interval) -> Option<(i32, i32)> {
        let row = |at| ((self.minute(at) - self.start) / ROW).clamp(0, self.rows);
        let (from, to) = (row(range.start), row(range.end));
        // On the night of a clock change a range may end before it begins.
        let span = (to - from).max(1);
        (from < self.rows && range.end > self.window.start).then_some((from + 1, span))
    }

    /// When a row begins.
    fn time(&self, row: i32) -> Option<TimeOfDay> {
        TimeOfDay::from_minute(self.start + (row - 1) * ROW).ok()
    }
}

impl Grid {
    /// One column for each of these, side by side.
    pub(super) fn new(shown: &[(&Day, &Column)], view: &View<'_>) -> Self {
        let zone = view.zone;
        let hour_of = |day: &Day, at| i32::from(TimeOfDay::at(at, day.window, zone).minute());
        let (mut first, mut last) = (FIRST_HOUR, LAST_HOUR);
        for (day, column) in shown {
            let booked = column.parties().filter_map(|party| {
                let one = party.as_slice().first()?;
                Some(Interval::new(one.starts_at, one.ends_at))
            });
            let busy = column.busy.iter().filter(|one| !one.event.all_day);
            let busy = busy.map(|one| Interval::new(one.occurs_from, one.occurs_until));
            for range in column.working.iter().copied().chain(booked).chain(busy) {
                first = first.min(hour_of(day, range.start) / 60);
                last = last.max((hour_of(day, range.end) + 59) / 60);
            }
        }
        // An hour of air before the first, as far as there is one.
        let first = (first - 1).max(0);
        let (start, rows) = (first * 60, (last - first) * ROWS_OF_AN_HOUR);
        let scale = |day: &Day| Scale { zone, window: day.window, start, rows };
        let label = |hour: i32| {
            let row = (hour - first) * ROWS_OF_AN_HOUR + 1;
            Some(HourLabel { row, text: TimeOfDay::from_minute(hour * 60).ok()? })
        };
        let today = shown.iter().find(|(day, _)| day.date == view.today);
        let now_row = today.map(|(day, _)| (scale(day).minute(view.now) - start) / ROW + 1);
        let column = |(day, column): &(&Day, &Column)| GridColumn::new(day, column, &scale(day), view);
        Self {
            hours: last - first,
            start,
            labels: (first..last).filter_map(label).collect(),
            now: now_row.filter(|row| (1..=rows).contains(row)),
            now_time: view.now.with_timezone(&zone).format("%H:%M").to_string(),
            columns: shown.iter().map(column).collect(),
        }
    }
}

impl GridColumn {
    fn new(day: &Day, column: &Column, scale: &Scale, view: &View<'_>) -> Self {
        let event = |party: Vec<&Booking>| Event::new(&party, column, scale, view);
        let events: Vec<Event> = column.parties().filter_map(event).collect();
        let blocks = blocks(column, scale);
        let busy: Vec<Besides> = column.busy.iter().filter_map(|one| Besides::new(one, scale)).collect();
        let taken: Vec<(i32, i32)> = blocks
            .iter()
            .map(|block| (block.row, block.row + block.span))
            .chain(busy.iter().map(|one| (one.row, one.row + one.span)))
            .chain(events.iter().map(|event| (event.row, event.row + event.span)))
            .collect();
        Self {
            id: if view.is_week { day.date.to_string() } else { column.staff_id.to_string() },
            staff_id: column.staff_id,
            date: day.date,
            number: day.date.day(),
            is_today: day.date == view.today,
            name: column.name.clone(),
            tone: tone_of(column.staff_id),
            load: share(column.booked_minutes(), column.minutes()),
            cells: if view.may_book { cells(&taken, scale) } else { Vec::new() },
            blocks,
            busy,
            events,
        }
    }
}

/// What lies around and between the working times.
fn blocks(column: &Column, scale: &Scale) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut row = 1;
    let mut kind = if column.working.is_empty() { "off" } else { "before" };
    for (from, span) in column.working.iter().filter_map(|range| scale.place(*range)) {
        if from > row {
            blocks.push(Block { row, span: from - row, kind, until: scale.time(from) });
        }
        row = from + span;
        kind = "break";
    }
    if row <= scale.rows {
        let kind = if kind == "off" { "off" } else { "after" };
        blocks.push(Block { row, span: scale.rows + 1 - row, kind, until: None });
    }
    blocks
}

/// Half hours that nothing lies on.
fn cells(taken: &[(i32, i32)], scale: &Scale) -> Vec<Cell> {
    const HALF_HOUR: i32 = ROWS_OF_AN_HOUR / 2;
    let rows = (0..scale.rows / HALF_HOUR).map(|number| number * HALF_HOUR + 1);
    rows.filter(|row| taken.iter().all(|(from, to)| row + HALF_HOUR <= *from || *to <= *row))
        .filter_map(|row| Some(Cell { row, span: HALF_HOUR, time: scale.time(row)? }))
        .collect()
}

/// Where a private event is changed.
pub(super) fn href_of(busy: &Busy) -> String {
    format!("/app/events/{}?occurrence={}", busy.event.id, busy.occurrence.format("%Y-%m-%dT%H:%M:%S"))
}

impl Besides {
    fn new(busy: &Busy, scale: &Scale) -> Option<Self> {
        let (row, span) = scale.place(Interval::new(busy.occurs_from, busy.occurs_until))?;
        let local = |at: DateTime<Utc>| at.with_timezone(&scale.zone).format("%H:%M").to_string();
        Some(Self {
            row,
            span,
            title: busy.event.title.clone(),
            from: local(busy.occurs_from),
            to: local(busy.occurs_until),
            all_day: busy.event.all_day,
            href: href_of(busy),
        })
    }
}

impl Event {
    /// Of a booking, or of all of one group session.
    fn new(party: &[&Booking], column: &Column, scale: &Scale, view: &View<'_>) -> Option<Self> {
        let open = view.open;
        let booking = party.iter().find(|one| open == Some(one.id)).or(party.first())?;
        let is_group = booking.group_session_id.is_some();
        let (row, span) = scale.place(Interval::new(booking.starts_at, booking.ends_at))?;
        let local = |at: DateTime<Utc>| at.with_timezone(&scale.zone).format("%H:%M").to_string();
        let is_own = booking.staff_id == column.staff_id;
        let may_move = view.may_book && !is_group && !booking.is_collective();
        let may_move = may_move && Act::Reschedule.is_open(booking.status, booking.starts_at, view.now);
        Some(Self {
            element: if is_own {
                booking.id.to_string()
            } else {
                format!("{}-{}", booking.id, column.staff_id)
            },
            id: booking.id,
            hold: may_move.then_some(Hold { version: booking.version, minutes: booking.duration_minutes }),
            row,
            span,
            from: local(booking.starts_at),
            to: local(booking.ends_at),
            name: if is_group { &booking.service_name } else { &booking.contact_name }.clone(),
            service: if is_group { String::new() } else { booking.service_name.clone() },
            seats: is_group.then(|| party.iter().map(|one| one.seats).sum()),
            tone: view.tones.of(booking.service_id),
            status: booking.status.name(),
            size: match span * ROW {
                ..=25 => "xs",
                26..=40 => "sm",
                _ => "md",
            },
            has_note: party.iter().any(|one| one.note.is_some() || one.internal_note.is_some()),
            is_open: open == Some(booking.id),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn scale() -> Scale {
        // Paris is an hour ahead in March.
        let window = Interval::new(at("2030-03-04T23:00:00Z"), at("2030-03-05T23:00:00Z"));
        Scale { zone: chrono_tz::Europe::Paris, window, start: 8 * 60, rows: 144 }
    }

    #[test]
    fn a_range_lies_where_the_clock_on_the_wall_says() {
        let place = |from: &str, to: &str| scale().place(Interval::new(at(from), at(to)));
        assert_eq!(place("2030-03-05T08:00:00Z", "2030-03-05T08:50:00Z"), Some((13, 10)));
        assert_eq!(place("2030-03-05T07:00:00Z", "2030-03-05T07:01:00Z"), Some((1, 1)));
        // From the evening before, and into the next day.
        assert_eq!(place("2030-03-04T22:00:00Z", "2030-03-05T08:00:00Z"), Some((1, 12)));
        assert_eq!(place("2030-03-05T18:00:00Z", "2030-03-06T02:00:00Z"), Some((133, 12)));
        assert_eq!(place("2030-03-04T20:00:00Z", "2030-03-04T22:00:00Z"), None);
        assert_eq!(scale().time(13), TimeOfDay::from_minute(9 * 60).ok());
    }

    #[test]
    fn on_the_nights_of_a_clock_change_the_clock_on_the_wall_is_followed() {
        let night = |from: &str, to: &str| Scale {
            zone: chrono_tz::Europe::Paris,
            window: Interval::new(at(from), at(to)),
            start: 0,
            rows: 288,
        };
        // In spring 01:30 to 03:30 is an hour, and drawn as what the labels beside it say.
        let spring = night("2030-03-30T23:00:00Z", "2030-03-31T22:00:00Z");
        let hour = Interval::new(at("2030-03-31T00:30:00Z"), at("2030-03-31T01:30:00Z"));
        assert_eq!(spring.place(hour), Some((19, 24)));
        // In autumn half an hour from 02:45 ends at 02:15: it is seen, though it has no height of its own.
        let autumn = night("2030-10-26T22:00:00Z", "2030-10-27T23:00:00Z");
        let half = Interval::new(at("2030-10-27T00:45:00Z"), at("2030-10-27T01:15:00Z"));
        assert_eq!(autumn.place(half), Some((34, 1)));
        let three_hours = Interval::new(at("2030-10-26T23:00:00Z"), at("2030-10-27T03:00:00Z"));
        assert_eq!(autumn.place(three_hours), Some((13, 36)));
    }

    #[test]
    fn what_is_neither_worked_nor_booked_is_told_apart() {
        let range = |from: &str, to: &str| Interval::new(at(from), at(to));
        let mut column = Column {
            staff_id: domain::id::StaffId::mint(at("2030-03-04T08:00:00Z")),
            name: "Bea".to_owned(),
            working: vec![
                range("2030-03-05T09:00:00Z", "2030-03-05T11:00:00Z"),
                range("2030-03-05T12:00:00Z", "2030-03-05T17:00:00Z"),
            ],
            bookings: Vec::new(),
            shared: Vec::new(),
            busy: Vec::new(),
        };
        let told = |column: &Column| -> Vec<_> {
            blocks(column, &scale()).into_iter().map(|block| (block.kind, block.row, block.span)).collect()
        };
        assert_eq!(told(&column), [("before", 1, 24), ("break", 49, 12), ("after", 121, 24)]);
        let rows: Vec<(i32, i32)> =
            blocks(&column, &scale()).iter().map(|block| (block.row, block.row + block.span)).collect();
        assert_eq!(cells(&rows, &scale()).len(), 14);
        column.working.clear();
        assert_eq!(told(&column), [("off", 1, 144)]);
    }

    #[test]
    fn a_share_is_of_a_hundred_and_of_something() {
        assert_eq!(share(1, 3), Some(33));
        assert_eq!(share(5, 3), Some(100));
        assert_eq!(share(5, 0), None);
    }
}
