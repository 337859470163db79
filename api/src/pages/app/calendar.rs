//! The day by staff: who works when, who comes, what is free.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use domain::booking::Status;
use domain::id::{BookingId, ServiceId};
use domain::rejection::YEARS;
use domain::role::Permission;
use domain::wall_clock::Interval;
use serde::{Deserialize, Serialize};
use store::bookings::Booking;
use store::calendar::{self, Column, Day};
use store::services::Which;

use super::bookings::Sheet;
use crate::extract::{PageMember, Query, Read};
use crate::pages::{Reader, render};
use crate::problem::Result;

/// Minutes of one row of the grid.
const ROW: i64 = 5;
/// The grid shows at least these hours.
const FIRST_HOUR: i64 = 9;
const LAST_HOUR: i64 = 18;
/// Colours of events, by category.
const TONES: [&str; 4] = ["teal", "amber", "blue", "rose"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    date: Option<String>,
    booking: Option<String>,
}

#[derive(Serialize)]
struct Content {
    current: &'static str,
    /// Where the page stands in the tenant's events.
    live: String,
    date: NaiveDate,
    today: NaiveDate,
    previous: NaiveDate,
    next: NaiveDate,
    zone: &'static str,
    currency: String,
    booked: usize,
    pending: usize,
    price_minor: i64,
    deposit_minor: i64,
    /// Of a hundred; −1: nobody works.
    occupancy: i64,
    legend: Vec<Legend>,
    grid: Grid,
    /// The booking that is open.
    sheet: Option<Sheet>,
    may_book: bool,
}

#[derive(Serialize)]
struct Legend {
    name: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct Grid {
    /// How many there are: what the grid is as high as.
    hours: i64,
    /// Minute of the day at which it begins.
    start: i64,
    labels: Vec<HourLabel>,
    /// Row of the time that it is, today.
    now: Option<i64>,
    now_time: String,
    columns: Vec<GridColumn>,
}

#[derive(Serialize)]
struct HourLabel {
    row: i64,
    text: String,
}

#[derive(Serialize)]
struct GridColumn {
    id: String,
    name: String,
    tone: &'static str,
    is_off: bool,
    /// Of a hundred; −1: they don't work.
    load: i64,
    blocks: Vec<Block>,
    /// Half hours that are free.
    cells: Vec<Cell>,
    events: Vec<Event>,
}

/// Time that nobody can book.
#[derive(Serialize)]
struct Block {
    row: i64,
    span: i64,
    /// `break` between two working times, `before` and `after` them, `off` without any.
    kind: &'static str,
    /// Of `before`: when work begins.
    until: String,
}

#[derive(Serialize)]
struct Cell {
    row: i64,
    span: i64,
    time: String,
}

#[derive(Serialize)]
struct Event {
    id: BookingId,
    row: i64,
    span: i64,
    from: String,
    to: String,
    name: String,
    service: String,
    tone: &'static str,
    status: &'static str,
    size: &'static str,
    has_note: bool,
    is_open: bool,
}

pub async fn show(
    reader: Reader,
    member: PageMember<Read>,
    question: Result<Query<Question>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(question) = question?;
            let (frame, tenant) = member.frame(&reader).await?;
            let zone = tenant.timezone;
            let today = member.now.with_timezone(&zone).date_naive();
            let date = question.date.as_deref().and_then(parse_date).unwrap_or(today);
            let open: Option<BookingId> = question.booking.as_deref().and_then(|id| id.parse().ok());
            let (live, day, offers, open) = member
                .tenant
                .read(async |tx| {
                    let live = store::events::cursor(tx).await?;
                    let day = calendar::day(tx, date, zone).await?;
                    let offers = store::services::page(tx, Which::All, None, 500).await?;
                    let open = match open {
                        Some(id) => store::bookings::find(tx, id).await.ok(),
                        None => None,
                    };
                    Ok::<_, store::Error>((live, day, offers, open))
                })
                .await?;
            let tones = Tones::new(offers.iter().map(|offer| {
                (offer.service.id, offer.service.category.as_deref().unwrap_or(&offer.service.name))
            }));
            let sheet = open
                .map(|appointment| Sheet::new(&member, appointment, format!("/app/calendar?date={date}")));
            let day = day.unwrap_or_else(|| empty(zone, &tenant.currency, member.now));
            let may_book = member.role.may(Permission::ManageBookings);
            let content = content(&day, (date, today), &tones, sheet, member.now);
            let content = Content { live: live.to_string(), may_book, ..content };
            render(&member.state, &frame, StatusCode::OK, "app/calendar", &content)
        })
        .await
}

/// A date that calendars show.
pub(super) fn parse_date(text: &str) -> Option<NaiveDate> {
    use chrono::Datelike;
    text.parse::<NaiveDate>().ok().filter(|date| YEARS.contains(&date.year()))
}

/// A date that never was: in its zone it was skipped.
fn empty(timezone: Tz, currency: &str, now: DateTime<Utc>) -> Day {
    Day { timezone, currency: currency.to_owned(), window: Interval::new(now, now), columns: Vec::new() }
}

/// Which colour a service has: one for each category, as long as there are colours.
struct Tones {
    of_service: BTreeMap<ServiceId, usize>,
    names: Vec<String>,
}

impl Tones {
    fn new<'a>(services: impl Iterator<Item = (ServiceId, &'a str)>) -> Self {
        let mut tones = Self { of_service: BTreeMap::new(), names: Vec::new() };
        for (id, name) in services {
            let place = tones.names.iter().position(|known| known == name).unwrap_or_else(|| {
                tones.names.push(name.to_owned());
                tones.names.len() - 1
            });
            tones.of_service.insert(id, place);
        }
        tones
    }

    fn of(&self, service: ServiceId) -> &'static str {
        tone(self.of_service.get(&service).copied().unwrap_or_default())
    }

    /// What the colours of these services mean.
    fn legend(&self, services: &[ServiceId]) -> Vec<Legend> {
        let is_shown = |place: usize| {
            services.iter().any(|service| self.of_service.get(service).copied() == Some(place))
        };
        let names = self.names.iter().enumerate().filter(|(place, _)| is_shown(*place)).take(6);
        names.map(|(place, name)| Legend { name: name.clone(), tone: tone(place) }).collect()
    }
}

fn tone(place: usize) -> &'static str {
    TONES.get(place % TONES.len()).copied().unwrap_or("teal")
}

fn content(
    day: &Day,
    (date, today): (NaiveDate, NaiveDate),
    tones: &Tones,
    sheet: Option<Sheet>,
    now: DateTime<Utc>,
) -> Content {
    let bookings = || day.columns.iter().flat_map(|column| &column.bookings);
    let is_paid = |booking: &&Booking| booking.status != Status::NoShow;
    let minutes: i64 = day.columns.iter().map(Column::minutes).sum();
    let booked: i64 = day.columns.iter().map(Column::booked_minutes).sum();
    let services: Vec<ServiceId> = bookings().map(|booking| booking.service_id).collect();
    let open = sheet.as_ref().map(|sheet| sheet.id);
    Content {
        current: "calendar",
        live: String::new(),
        date,
        today,
        previous: date.pred_opt().unwrap_or(date),
        next: date.succ_opt().unwrap_or(date),
        zone: day.timezone.name(),
        currency: day.currency.clone(),
        booked: services.len(),
        pending: bookings().filter(|booking| booking.status == Status::Pending).count(),
        price_minor: bookings().filter(is_paid).map(|booking| booking.price_cents).sum(),
        deposit_minor: bookings().filter(is_paid).map(|booking| booking.deposit_cents).sum(),
        occupancy: share(booked, minutes).unwrap_or(-1),
        legend: tones.legend(&services),
        grid: Grid::new(day, date == today, tones, open, now),
        sheet,
        may_book: false,
    }
}

/// Of a hundred.
fn share(part: i64, whole: i64) -> Option<i64> {
    (part * 100).checked_div(whole).map(|share| share.min(100))
}

/// Rows of one grid, for instants of its day.
struct Scale {
    zone: Tz,
    window: Interval,
    /// Minute of the day of the first row.
    start: i64,
    rows: i64,
}

impl Scale {
    /// Minute of the day, as a clock on the wall shows it; what lies outside of the day is at its end.
    fn minute(&self, at: DateTime<Utc>) -> i64 {
        if at <= self.window.start {
            0
        } else if at >= self.window.end {
            24 * 60
        } else {
            let local = at.with_timezone(&self.zone);
            i64::from(local.hour()) * 60 + i64::from(local.minute())
        }
    }

    /// First row, from 1, and number of rows, at least one; none: it is not on the grid.
    fn place(&self, range: Interval) -> Option<(i64, i64)> {
        let row = |at| ((self.minute(at) - self.start) / ROW).clamp(0, self.rows);
        let (from, to) = (row(range.start), row(range.end));
        // On the night of a clock change a range may end before it begins.
        let span = (to - from).max(1);
        (from < self.rows && range.end > self.window.start).then_some((from + 1, span))
    }

    fn time(&self, row: i64) -> String {
        let minute = self.start + (row - 1) * ROW;
        format!("{:02}:{:02}", minute / 60, minute % 60)
    }
}

impl Grid {
    fn new(day: &Day, is_today: bool, tones: &Tones, open: Option<BookingId>, now: DateTime<Utc>) -> Self {
        let mut scale = Scale { zone: day.timezone, window: day.window, start: 0, rows: 288 };
        let ranges = day.columns.iter().flat_map(|column| {
            let booked = column.bookings.iter().map(|one| Interval::new(one.starts_at, one.ends_at));
            column.working.iter().copied().chain(booked)
        });
        let (mut first, mut last) = (FIRST_HOUR, LAST_HOUR);
        for range in ranges {
            first = first.min(scale.minute(range.start) / 60);
            last = last.max((scale.minute(range.end) + 59) / 60);
        }
        // An hour of air before the first, as far as there is one.
        let first = (first - 1).max(0);
        scale.start = first * 60;
        scale.rows = (last - first) * 60 / ROW;
        let label = |hour: i64| HourLabel { row: (hour - first) * 12 + 1, text: format!("{hour:02}:00") };
        let now_row = (scale.minute(now) - scale.start) / ROW + 1;
        Self {
            hours: last - first,
            start: scale.start,
            labels: (first..last).map(label).collect(),
            now: (is_today && (1..=scale.rows).contains(&now_row)).then_some(now_row),
            now_time: now.with_timezone(&day.timezone).format("%H:%M").to_string(),
            columns: day
                .columns
                .iter()
                .enumerate()
                .map(|(place, column)| GridColumn::new(column, place, &scale, tones, open))
                .collect(),
        }
    }
}

impl GridColumn {
    fn new(column: &Column, place: usize, scale: &Scale, tones: &Tones, open: Option<BookingId>) -> Self {
        const AVATARS: [&str; 5] = ["a", "b", "c", "d", "e"];
        let events: Vec<Event> =
            column.bookings.iter().filter_map(|booking| Event::new(booking, scale, tones, open)).collect();
        let blocks = blocks(column, scale);
        Self {
            id: column.staff_id.to_string(),
            name: column.name.clone(),
            tone: AVATARS.get(place % AVATARS.len()).copied().unwrap_or("a"),
            is_off: column.working.is_empty(),
            load: share(column.booked_minutes(), column.minutes()).unwrap_or(-1),
            cells: cells(&blocks, &events, scale),
            blocks,
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
        blocks.push(Block { row, span: scale.rows + 1 - row, kind, until: String::new() });
    }
    blocks
}

/// Half hours that lie neither in a block nor in an event.
fn cells(blocks: &[Block], events: &[Event], scale: &Scale) -> Vec<Cell> {
    const HALF_HOUR: i64 = 30 / ROW;
    let taken: Vec<(i64, i64)> = blocks
        .iter()
        .map(|block| (block.row, block.row + block.span))
        .chain(events.iter().map(|event| (event.row, event.row + event.span)))
        .collect();
    let rows = (0..scale.rows / HALF_HOUR).map(|number| number * HALF_HOUR + 1);
    rows.filter(|row| taken.iter().all(|(from, to)| row + HALF_HOUR <= *from || *to <= *row))
        .map(|row| Cell { row, span: HALF_HOUR, time: scale.time(row) })
        .collect()
}

impl Event {
    fn new(booking: &Booking, scale: &Scale, tones: &Tones, open: Option<BookingId>) -> Option<Self> {
        let (row, span) = scale.place(Interval::new(booking.starts_at, booking.ends_at))?;
        let local = |at: DateTime<Utc>| at.with_timezone(&scale.zone).format("%H:%M").to_string();
        Some(Self {
            id: booking.id,
            row,
            span,
            from: local(booking.starts_at),
            to: local(booking.ends_at),
            name: booking.contact_name.clone(),
            service: booking.service_name.clone(),
            tone: tones.of(booking.service_id),
            status: booking.status.name(),
            size: match TimeDelta::minutes(span * ROW).num_minutes() {
                ..=25 => "xs",
                26..=40 => "sm",
                _ => "md",
            },
            has_note: booking.note.is_some() || booking.internal_note.is_some(),
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
        assert_eq!(scale().time(13), "09:00");
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
        };
        let told = |column: &Column| -> Vec<_> {
            blocks(column, &scale()).into_iter().map(|block| (block.kind, block.row, block.span)).collect()
        };
        assert_eq!(told(&column), [("before", 1, 24), ("break", 49, 12), ("after", 121, 24)]);
        assert_eq!(cells(&blocks(&column, &scale()), &[], &scale()).len(), 14);
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
