//! A day as its calendar shows it: who works when, and who comes; and when the tenant itself is open.

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::hours::{Calendar, Closure, Hours, Owner, TimeOfDay};
use domain::id::StaffId;
use domain::wall_clock::{self, Interval};
use futures_util::join;

use crate::TenantTx;
use crate::availability::{self, MAX_ALLOCATION};
use crate::bookings::{self, Appointment, Booking, Filter};
use crate::error::Result;
use crate::hours::{Exception, exceptions, hours, weekly_rules};
use crate::private_events::{Busy, BusyFilter, busy};

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
    /// What they do besides, by start.
    pub busy: Vec<Busy>,
}

impl Day {
    /// The bookings that begin on the date: what its figures are of. What began the evening before is in those of
    /// that evening.
    pub fn begun(&self) -> impl Iterator<Item = &Booking> {
        let bookings = self.columns.iter().flat_map(|column| &column.bookings);
        bookings.filter(|booking| booking.starts_at >= self.window.start)
    }
}

impl Column {
    /// Minutes of work in the day.
    pub fn minutes(&self) -> i64 {
        self.working.iter().map(|range| (range.end - range.start).num_minutes()).sum()
    }

    /// Minutes for which somebody comes, or came.
    pub fn booked_minutes(&self) -> i64 {
        let is_earned = |party: &Vec<&Booking>| party.iter().any(|booking| booking.status.is_earned());
        let earned = self.parties().filter(is_earned);
        earned.filter_map(|party| Some(i64::from(party.as_slice().first()?.duration_minutes))).sum()
    }

    /// Those who come together: each booking for itself, all of one group session as one. By start.
    pub fn parties(&self) -> impl Iterator<Item = Vec<&Booking>> {
        self.bookings.iter().enumerate().filter_map(|(place, booking)| {
            let is_same = |other: &&Booking| other.group_session_id == booking.group_session_id;
            if booking.group_session_id.is_none() {
                return Some(vec![booking]);
            }
            let is_first = !self.bookings.iter().take(place).any(|other| is_same(&other));
            is_first.then(|| self.bookings.iter().filter(is_same).collect())
        })
    }
}

/// The day of a date; `None`: no calendar shows it.
pub async fn day(tx: &TenantTx, date: NaiveDate, timezone: Tz) -> Result<Option<Day>> {
    let Some(window) = wall_clock::day(timezone, date).filter(|window| !window.is_empty()) else {
        return Ok(None);
    };
    let filter =
        Filter { from: Some(window.start - MAX_ALLOCATION), to: Some(window.end), ..Filter::default() };
    let besides = BusyFilter { from: window.start, to: Some(window.end), ..BusyFilter::default() };
    let (team, listed, besides) = join!(
        availability::everybody(tx, (date, date)),
        bookings::list_standing(tx, &filter, MOST),
        busy(tx, &besides, MOST)
    );
    let ((terms, team), listed, besides) = (team?, listed?, besides?);
    let mut columns: Vec<Column> = team
        .iter()
        .map(|member| Column {
            staff_id: member.staff.id,
            name: member.staff.name.clone(),
            working: member.working(window),
            bookings: Vec::new(),
            busy: Vec::new(),
        })
        .collect();
    let is_shown = |one: &Appointment| one.booking.ends_at > window.start;
    for Appointment { booking, staff_name } in listed.into_iter().filter(is_shown) {
        match columns.iter_mut().find(|column| column.staff_id == booking.staff_id) {
            Some(column) => column.bookings.push(booking),
            None => columns.push(Column {
                staff_id: booking.staff_id,
                name: staff_name,
                working: Vec::new(),
                bookings: vec![booking],
                busy: Vec::new(),
            }),
        }
    }
    for one in besides {
        if let Some(column) = columns.iter_mut().find(|column| column.staff_id == one.event.staff_id) {
            column.busy.push(one);
        }
    }
    Ok(Some(Day { timezone: terms.timezone, currency: terms.currency, window, columns }))
}

/// When the tenant itself is open, whoever of its staff works.
#[derive(Debug)]
pub struct Opening {
    pub hours: Hours,
    /// Of one date, its closures and one-off openings included, in wall times and in order.
    pub ranges: Vec<(TimeOfDay, TimeOfDay)>,
}

/// The tenant's hours, and what they come to on a date.
pub async fn opening(tx: &TenantTx, date: NaiveDate, timezone: Tz) -> Result<Opening> {
    // On the night of a clock change the evening before may run on into the date.
    let evening = date.pred_opt().unwrap_or(date);
    let (rules, exceptions) = join!(weekly_rules(tx), exceptions(tx, evening, date));
    let (rules, exceptions) = (rules?, exceptions?);
    let own = || exceptions.iter().filter(|exception| exception.owner.is_none());
    let openings = own().filter_map(Exception::opening).collect();
    let hours = hours(timezone, &rules, Owner::Tenant, &[], openings);
    let closed = own().filter(|exception| exception.hours.is_none());
    let closures: Vec<Closure> = closed
        .map(|closure| Closure { timezone, starts_on: closure.starts_on, ends_on: closure.ends_on })
        .collect();
    let ranges = wall_clock::day(timezone, date).map_or_else(Vec::new, |day| {
        let time = |at| TimeOfDay::at(at, day, timezone);
        let working = Calendar { hours: &hours, closures: &closures }.working_ranges(day);
        working.into_iter().map(|range| (time(range.start), time(range.end))).collect()
    });
    Ok(Opening { hours, ranges })
}
