//! One day, a column for each who can be booked.

use serde::Serialize;
use store::calendar::{Column, Day, Days};

use super::View;
use super::grid::Grid;

#[derive(Serialize)]
pub(super) struct Board {
    grid: Grid,
}

impl Board {
    pub(super) fn new(days: &Days, view: &View<'_>) -> Self {
        let shown: Vec<(&Day, &Column)> =
            days.days.iter().flat_map(|day| day.columns.iter().map(move |column| (day, column))).collect();
        Self { grid: Grid::new(&shown, view) }
    }
}
