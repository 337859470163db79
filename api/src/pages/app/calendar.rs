//! The day by staff: who works when, who comes, what is free.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::booking::Status;
use domain::hours::TimeOfDay;
use domain::id::{BookingId, ServiceId};
use domain::rejection::{Code, YEARS};
use domain::role::Permission;
use domain::wall_clock::Interval;
use futures_util::join;
use serde::{Deserialize, Serialize};
use store::TenantTx;
use store::bookings::Booking;
use store::calendar::{self, Column, Day};
use store::private_events::Busy;
use store::services::Which;

use super::bookings::{Found, Sheet};
use crate::extract::{PageMember, Query, Read};
use crate::pages::public::site::tone_of;
use crate::pages::{Reader, render};
use crate::problem::Result;

/// Minutes of one row of the grid.
const ROW: i32 = 5;
const ROWS_OF_AN_HOUR: i32 = 60 / ROW;
/// The grid shows at least these hours.
const FIRST_HOUR: i32 = 9;
const LAST_HOUR: i32 = 18;
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
    /// Of a hundred; none: nobody works.
    occupancy: Option<i64>,
    legend: Vec<Legend>,
    grid: Grid,
    /// The booking that is open.
    sheet: Option<Sheet>,
    may_book: bool,
    /// To take time outside of bookings.
    may_take: bool,
}

#[derive(Serialize)]
struct Legend {
    name: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct Grid {
    /// How many there are: what the grid is as high as.
    hours: i32,
    /// Minute of the day at which it begins.
    start: i32,
    labels: Vec<HourLabel>,
    /// Row of the time that it is, today.
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
    id: String,
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
    id: BookingId,
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
            let (day, offers, open) = member
                .tenant
                .read(async |tx| {
                    let (day, offers, open) = join!(
                        calendar::day(tx, date, zone),
                        store::services::page(tx, Which::All, None, 500),
                        find(tx, open),
                    );
                    Ok::<_, store::Error>((day?, offers?, open?))
                })
                .await?;
            let tones = Tones::new(offers.iter().map(|offer| {
                (offer.service.id, offer.service.category.as_deref().unwrap_or(&offer.service.name))
            }));
            let sheet = open.map(|found| found.sheet(&member, format!("/app/calendar?date={date}")));
            let day = day.unwrap_or_else(|| empty(zone, &tenant.currency, member.now));
            let may_book = member.role.may(Permission::ManageBookings);
            let may_take = member.role.may(Permission::ManageCatalogue);
            let content = content(&day, (date, today), &tones, sheet, may_book, member.now);
            let content = Content { may_take, ..content };
            render(&member.state, &frame, StatusCode::OK, "app/calendar", &content)
        })
        .await
}

/// A booking, if one is asked for and it is there.
async fn find(tx: &TenantTx, id: Option<BookingId>) -> store::Result<Option<Found>> {
    let Some(id) = id else { return Ok(None) };
    match super::bookings::find(tx, id).await {
        Err(error) if error.code() == Some(Code::NotFound) => Ok(None),
        found => found.map(Some),
    }
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
    may_book: bool,
    now: DateTime<Utc>,
) -> Content {
    let shown = day.columns.iter().flat_map(|column| &column.bookings);
    let services: Vec<ServiceId> = shown.map(|booking| booking.service_id).collect();
    let earned = || day.begun().filter(|booking| booking.status.is_earned());
    let minutes: i64 = day.columns.iter().map(Column::minutes).sum();
    let booked: i64 = day.columns.iter().map(Column::booked_minutes).sum();
    let open = sheet.as_ref().map(|sheet| sheet.id);
    Content {
        current: "calendar",
        date,
        today,
        previous: date.pred_opt().unwrap_or(date),
        next: date.succ_opt().unwrap_or(date),
        zone: day.timezone.name(),
        currency: day.currency.clone(),
        booked: day.begun().count(),
        pending: day.begun().filter(|booking| booking.status == Status::Pending).count(),
        price_minor: earned().map(|booking| booking.price_cents).sum(),
        deposit_minor: earned().map(|booking| booking.deposit_cents).sum(),
        occupancy: share(booked, minutes),
        legend: tones.legend(&services),
        grid: Grid::new(day, date == today, tones, open, now),
        sheet,
        may_book,
        may_take: false,
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
    fn new(day: &Day, is_today: bool, tones: &Tones, open: Option<BookingId>, now: DateTime<Utc>) -> Self {
        let mut scale =
            Scale { zone: day.timezone, window: day.window, start: 0, rows: 24 * ROWS_OF_AN_HOUR };
        let ranges = day.columns.iter().flat_map(|column| {
            let booked = column.bookings.iter().map(|one| Interval::new(one.starts_at, one.ends_at));
            let busy = column.busy.iter().filter(|one| !one.event.all_day);
            let busy = busy.map(|one| Interval::new(one.occurs_from, one.occurs_until));
            column.working.iter().copied().chain(booked).chain(busy)
        });
        let (mut first, mut last) = (FIRST_HOUR, LAST_HOUR);
        for range in ranges {
            first = first.min(scale.minute(range.start) / 60);
            last = last.max((scale.minute(range.end) + 59) / 60);
        }
        // An hour of air before the first, as far as there is one.
        let first = (first - 1).max(0);
        scale.start = first * 60;
        scale.rows = (last - first) * ROWS_OF_AN_HOUR;
        let label = |hour: i32| {
            let row = (hour - first) * ROWS_OF_AN_HOUR + 1;
            Some(HourLabel { row, text: scale.time(row)? })
        };
        let now_row = (scale.minute(now) - scale.start) / ROW + 1;
        Self {
            hours: last - first,
            start: scale.start,
            labels: (first..last).filter_map(label).collect(),
            now: (is_today && (1..=scale.rows).contains(&now_row)).then_some(now_row),
            now_time: now.with_timezone(&day.timezone).format("%H:%M").to_string(),
            columns: day.columns.iter().map(|column| GridColumn::new(column, &scale, tones, open)).collect(),
        }
    }
}

impl GridColumn {
    fn new(column: &Column, scale: &Scale, tones: &Tones, open: Option<BookingId>) -> Self {
        let events: Vec<Event> =
            column.parties().filter_map(|party| Event::new(&party, scale, tones, open)).collect();
        let blocks = blocks(column, scale);
        let busy: Vec<Besides> = column.busy.iter().filter_map(|one| Besides::new(one, scale)).collect();
        let taken: Vec<(i32, i32)> = blocks
            .iter()
            .map(|block| (block.row, block.row + block.span))
            .chain(busy.iter().map(|one| (one.row, one.row + one.span)))
            .chain(events.iter().map(|event| (event.row, event.row + event.span)))
            .collect();
        Self {
            id: column.staff_id.to_string(),
            name: column.name.clone(),
            tone: tone_of(column.staff_id),
            load: share(column.booked_minutes(), column.minutes()),
            cells: cells(&taken, scale),
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
            href: format!(
                "/app/events/{}?occurrence={}",
                busy.event.id,
                busy.occurrence.format("%Y-%m-%dT%H:%M:%S")
            ),
        })
    }
}

impl Event {
    /// Of a booking, or of all of one group session.
    fn new(party: &[&Booking], scale: &Scale, tones: &Tones, open: Option<BookingId>) -> Option<Self> {
        let booking = party.iter().find(|one| open == Some(one.id)).or(party.first())?;
        let is_group = booking.group_session_id.is_some();
        let (row, span) = scale.place(Interval::new(booking.starts_at, booking.ends_at))?;
        let local = |at: DateTime<Utc>| at.with_timezone(&scale.zone).format("%H:%M").to_string();
        Some(Self {
            id: booking.id,
            row,
            span,
            from: local(booking.starts_at),
            to: local(booking.ends_at),
            name: if is_group { &booking.service_name } else { &booking.contact_name }.clone(),
            service: if is_group { String::new() } else { booking.service_name.clone() },
            seats: is_group.then(|| party.iter().map(|one| one.seats).sum()),
            tone: tones.of(booking.service_id),
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
