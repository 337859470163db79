//! Seven days as a list, to read and to print.

use chrono::NaiveDate;
use serde::Serialize;
use store::calendar::{Column, Day, Days};

use super::week::Besides;
use super::{Kind, Line, View};

#[derive(Serialize)]
pub(super) struct Board {
    days: Vec<ListDay>,
    is_cut: bool,
}

#[derive(Serialize)]
struct ListDay {
    date: NaiveDate,
    href: String,
    is_today: bool,
    /// Nobody works.
    is_closed: bool,
    lines: Vec<Line>,
    busy: Vec<Absence>,
}

/// What somebody does besides.
#[derive(Serialize)]
struct Absence {
    staff: String,
    #[serde(flatten)]
    besides: Besides,
}

impl Board {
    pub(super) fn new(days: &Days, view: &View<'_>) -> Self {
        Self { days: days.days.iter().map(|day| ListDay::new(day, view)).collect(), is_cut: days.is_cut }
    }
}

impl ListDay {
    fn new(day: &Day, view: &View<'_>) -> Self {
        let absences = |column: &Column| {
            let staff = column.name.clone();
            let of = Besides::of(column, view).into_iter();
            of.map(move |besides| Absence { staff: staff.clone(), besides }).collect::<Vec<_>>()
        };
        let mut parties: Vec<_> = day
            .columns
            .iter()
            .flat_map(|column| column.parties().map(move |party| (column, party)))
            .filter(|(_, party)| party.iter().any(|one| day.window.start <= one.starts_at))
            // What several provide together is one line, of the first of them, unless another alone is shown.
            .filter(|(column, party)| {
                let is_own = party.iter().any(|one| one.staff_id == column.staff_id);
                is_own || view.place.staff.is_some()
            })
            .collect();
        parties.sort_by_key(|(_, party)| party.as_slice().first().map(|one| (one.starts_at, one.id)));
        let line = |(column, party): &(&Column, Vec<_>)| Line::new(party, day, &column.name, view);
        Self {
            date: day.date,
            href: view.place.as_a(Kind::Day).on(day.date).url(),
            is_today: day.date == view.today,
            is_closed: day.columns.iter().all(|column| column.working.is_empty()),
            lines: parties.iter().filter_map(line).collect(),
            busy: day.columns.iter().flat_map(absences).collect(),
        }
    }
}
