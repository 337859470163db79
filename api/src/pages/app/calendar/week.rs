//! A week: of one, a column for each day; of several, a line for each of them with what the days bring.

use chrono::{Datelike, NaiveDate};
use domain::id::StaffId;
use serde::Serialize;
use store::calendar::{Column, Day, Days};

use super::grid::{Grid, href_of, share};
use super::{Kind, Line, Place, View};
use crate::pages::public::site::tone_of;

/// Most bookings that one place shows; the others are on their day.
const MOST: usize = 4;

#[derive(Serialize)]
pub(super) struct Board {
    /// Of one.
    grid: Option<Grid>,
    /// Whose it is.
    name: String,
    /// Of several.
    heads: Vec<Head>,
    rows: Vec<Row>,
    is_cut: bool,
}

#[derive(Serialize)]
struct Head {
    date: NaiveDate,
    /// Of its month.
    number: u32,
    href: String,
    is_today: bool,
    booked: usize,
}

/// One staff member.
#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    tone: &'static str,
    /// Their own week.
    href: String,
    load: Option<i64>,
    cells: Vec<Cell>,
}

/// Their day.
#[derive(Serialize)]
struct Cell {
    date: NaiveDate,
    href: String,
    /// Where one is booked.
    add_url: String,
    is_today: bool,
    /// They don't work.
    is_off: bool,
    busy: Vec<Besides>,
    lines: Vec<Line>,
    /// Not shown.
    more: usize,
}

#[derive(Serialize)]
pub(super) struct Besides {
    title: String,
    from: String,
    to: String,
    all_day: bool,
    href: String,
}

impl Board {
    pub(super) fn new(days: &Days, view: &View<'_>) -> Self {
        let mut people: Vec<(StaffId, &str)> = Vec::new();
        for column in days.days.iter().flat_map(|day| &day.columns) {
            if people.iter().all(|(id, _)| *id != column.staff_id) {
                people.push((column.staff_id, &column.name));
            }
        }
        let is_one = people.len() == 1;
        let shown: Vec<(&Day, &Column)> =
            days.days.iter().flat_map(|day| day.columns.iter().map(move |column| (day, column))).collect();
        let head = |day: &Day| Head {
            date: day.date,
            number: day.date.day(),
            href: view.place.as_a(Kind::Day).on(day.date).url(),
            is_today: day.date == view.today,
            booked: day.begun().count(),
        };
        let row = |(id, name): &(StaffId, &str)| {
            let own = Place { staff: Some(*id), ..view.place };
            let columns = || shown.iter().filter(|(_, column)| column.staff_id == *id);
            let minutes: i64 = columns().map(|(_, column)| column.minutes()).sum();
            let booked: i64 = columns().map(|(_, column)| column.booked_minutes()).sum();
            let cell = |day: &Day| {
                let column = day.columns.iter().find(|column| column.staff_id == *id);
                Cell::new(day, column, own, view)
            };
            Row {
                id: id.to_string(),
                name: (*name).to_owned(),
                tone: tone_of(*id),
                href: own.url(),
                load: share(booked, minutes),
                cells: days.days.iter().map(cell).collect(),
            }
        };
        Self {
            grid: is_one.then(|| Grid::new(&shown, view)),
            name: if is_one { people.iter().map(|(_, name)| *name).collect() } else { String::new() },
            heads: if is_one { Vec::new() } else { days.days.iter().map(head).collect() },
            rows: if is_one { Vec::new() } else { people.iter().map(row).collect() },
            is_cut: days.is_cut,
        }
    }
}

impl Cell {
    fn new(day: &Day, column: Option<&Column>, own: Place, view: &View<'_>) -> Self {
        let parties: Vec<_> = column.map(|column| column.parties().collect()).unwrap_or_default();
        let name = column.map_or("", |column| column.name.as_str());
        let lines = parties.iter().take(MOST).filter_map(|party| Line::new(party, day, name, view));
        let staff = own.staff.map(|id| id.to_string()).unwrap_or_default();
        Self {
            date: day.date,
            href: own.as_a(Kind::Day).on(day.date).url(),
            add_url: format!("/app/bookings/new?date={}&staff_id={staff}", day.date),
            is_today: day.date == view.today,
            is_off: column.is_none_or(|column| column.working.is_empty()),
            busy: column.map(|column| Besides::of(column, view)).unwrap_or_default(),
            lines: lines.collect(),
            more: parties.len().saturating_sub(MOST),
        }
    }
}

impl Besides {
    pub(super) fn of(column: &Column, view: &View<'_>) -> Vec<Self> {
        let besides = |one: &store::private_events::Busy| Self {
            title: one.event.title.clone(),
            from: view.local(one.occurs_from),
            to: view.local(one.occurs_until),
            all_day: one.event.all_day,
            href: href_of(one),
        };
        column.busy.iter().map(besides).collect()
    }
}
