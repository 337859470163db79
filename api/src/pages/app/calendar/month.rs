//! A month at a glance: how many come each day, and the first of them.

use chrono::{Datelike, NaiveDate};
use domain::id::BookingId;
use serde::Serialize;
use store::calendar::{Entry, Month, MonthDay};

use super::{Figures, Kind, Place, View};

/// Most bookings of one date.
pub(super) const FIRST: i64 = 3;
/// Most private events of one date.
const MOST_BUSY: usize = 2;

#[derive(Serialize)]
pub(super) struct Board {
    weeks: Vec<Vec<Cell>>,
}

/// One date.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a look of its own")]
struct Cell {
    date: NaiveDate,
    number: u32,
    /// Its day.
    href: String,
    is_today: bool,
    is_past: bool,
    /// Of the month before or after.
    is_other: bool,
    /// Nobody works.
    is_closed: bool,
    total: i64,
    lines: Vec<Short>,
    busy: Vec<String>,
    /// Not shown.
    more: i64,
}

#[derive(Serialize)]
struct Short {
    id: BookingId,
    href: String,
    time: String,
    name: String,
    tone: &'static str,
    status: &'static str,
}

impl Board {
    pub(super) fn new(month: &Month, view: &View<'_>) -> Self {
        let cells: Vec<&MonthDay> = month.days.iter().collect();
        Self {
            weeks: cells
                .chunk_by(|one, other| one.date.iso_week() == other.date.iso_week())
                .map(|week| week.iter().map(|day| Cell::new(day, view)).collect())
                .collect(),
        }
    }
}

impl Cell {
    fn new(day: &MonthDay, view: &View<'_>) -> Self {
        let short = |entry: &Entry| Short {
            id: entry.id,
            href: view.opened(entry.id),
            time: view.local(entry.starts_at),
            name: if entry.is_group { &entry.service_name } else { &entry.contact_name }.clone(),
            tone: view.tones.of(entry.service_id),
            status: entry.status.name(),
        };
        let shown = i64::try_from(day.first.len()).unwrap_or(FIRST);
        Self {
            date: day.date,
            number: day.date.day(),
            href: view.place.as_a(Kind::Day).on(day.date).url(),
            is_today: day.date == view.today,
            is_past: day.date < view.today,
            is_other: day.date.month() != view.place.date.month(),
            is_closed: day.minutes == 0,
            total: day.total,
            lines: day.first.iter().map(short).collect(),
            busy: day.busy.iter().take(MOST_BUSY).map(|one| one.event.title.clone()).collect(),
            more: day.total - shown,
        }
    }
}

/// Of the month itself, without the days before and after that fill its weeks.
pub(super) fn figures(month: &Month, place: Place) -> Figures {
    let (first, last) = place.month();
    let mut figures = Figures::default();
    for day in month.days.iter().filter(|day| (first..=last).contains(&day.date)) {
        figures.booked += day.total;
        figures.pending += day.pending;
        figures.price_minor += day.price_cents;
    }
    figures
}
