//! A day as its calendar shows it: who works when, and who comes.

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::booking::Status;
use domain::id::StaffId;
use domain::wall_clock::{self, Interval};
use futures_util::join;

use crate::TenantTx;
use crate::availability::{self, MAX_ALLOCATION};
use crate::bookings::{self, Appointment, Booking, Filter};
use crate::error::Result;

/// Most bookings that one day shows.
const MOST: i64 = 2_000;

/// One date of the tenant.
#[derive(Debug)]
pub struct Day {
    pub timezone: Tz,
    pub currency: String,
    /// The time that the date takes.
    pub window: Interval,
    /// Everybody who can be booked, in their order, and whoever else is booked on this date.
    pub columns: Vec<Column>,
}

/// One staff member's day.
#[derive(Debug)]
pub struct Column {
    pub staff_id: StaffId,
    pub name: String,
    /// When they work, within the day.
    pub working: Vec<Interval>,
    /// By start, without the cancelled.
    pub bookings: Vec<Booking>,
}

impl Column {
    /// Minutes of work in the day.
    pub fn minutes(&self) -> i64 {
        self.working.iter().map(|range| (range.end - range.start).num_minutes()).sum()
    }

    /// Minutes for which somebody comes, or came.
    pub fn booked_minutes(&self) -> i64 {
        self.bookings.iter().map(|booking| i64::from(booking.duration_minutes)).sum()
    }
}

/// The day of a date; `None`: no calendar shows it.
pub async fn day(tx: &TenantTx, date: NaiveDate, timezone: Tz) -> Result<Option<Day>> {
    let Some(window) = wall_clock::day(timezone, date).filter(|window| !window.is_empty()) else {
        return Ok(None);
    };
    let filter =
        Filter { from: Some(window.start - MAX_ALLOCATION), to: Some(window.end), ..Filter::default() };
    let (team, listed) = join!(availability::everybody(tx, (date, date)), bookings::list(tx, &filter, MOST));
    let ((terms, team), listed) = (team?, listed?);
    let mut columns: Vec<Column> = team
        .iter()
        .map(|member| Column {
            staff_id: member.staff.id,
            name: member.staff.name.clone(),
            working: member.working(window),
            bookings: Vec::new(),
        })
        .collect();
    let is_shown = |booking: &Booking| booking.status != Status::Cancelled && booking.ends_at > window.start;
    for Appointment { booking, staff_name } in listed.into_iter().filter(|one| is_shown(&one.booking)) {
        match columns.iter_mut().find(|column| column.staff_id == booking.staff_id) {
            Some(column) => column.bookings.push(booking),
            None => columns.push(Column {
                staff_id: booking.staff_id,
                name: staff_name,
                working: Vec::new(),
                bookings: vec![booking],
            }),
        }
    }
    Ok(Some(Day { timezone: terms.timezone, currency: terms.currency, window, columns }))
}
