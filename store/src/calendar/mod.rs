//! What a calendar shows: who works when, who comes, and what they do besides; and when the tenant itself is open.

mod month;

use chrono::NaiveDate;
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::hours::{Calendar, Closure, Hours, Owner, TimeOfDay};
use domain::id::StaffId;
use domain::wall_clock::{self, Interval};
use futures_util::join;
use uuid::Uuid;

use crate::TenantTx;
use crate::availability::{self, MAX_ALLOCATION, TeamMember};
use crate::bookings::{self, Appointment, Booking, Filter};
use crate::error::Result;
use crate::hours::{Exception, exceptions, hours, weekly_rules};
use crate::private_events::{Busy, BusyFilter, busy};
use crate::schema::allocations;

pub use month::{Entry, Month, MonthDay, explain_month, month};

/// Most bookings that a calendar shows at once.
pub const MOST: i64 = 2_000;

/// Some dates of the tenant, in order.
#[derive(Debug)]
pub struct Days {
    pub timezone: Tz,
    pub currency: String,
    /// Those that no clock skips.
    pub days: Vec<Day>,
    /// There are more bookings than [`MOST`]: the last are missing.
    pub is_cut: bool,
}

/// One date.
#[derive(Debug)]
pub struct Day {
    pub date: NaiveDate,
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
    /// What they provide together with others, of whom another is the first: in whose column it is one of the bookings.
    pub shared: Vec<Booking>,
    /// What they do besides, by start.
    pub busy: Vec<Busy>,
}

impl Day {
    /// The bookings that begin on the date: what its figures are of. What began the evening before is in those of
    /// that evening.
    pub fn begun(&self) -> impl Iterator<Item = &Booking> {
        let bookings = self.columns.iter().flat_map(|column| &column.bookings);
        bookings.filter(|booking| self.window.start <= booking.starts_at)
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
        let mut all: Vec<&Booking> = self.bookings.iter().chain(&self.shared).collect();
        all.sort_by_key(|booking| (booking.starts_at, booking.id));
        let mut parties: Vec<Vec<&Booking>> = Vec::new();
        for booking in all {
            let is_same = |party: &&mut Vec<&Booking>| {
                booking.group_session_id.is_some()
                    && party.iter().any(|other| other.group_session_id == booking.group_session_id)
            };
            match parties.iter_mut().find(is_same) {
                Some(party) => party.push(booking),
                None => parties.push(vec![booking]),
            }
        }
        parties.into_iter()
    }
}

/// The days from one date to another, both included; of one staff member, or of all. Few round trips, however many days,
/// people and bookings there are.
pub async fn days(
    tx: &TenantTx,
    (from, to): (NaiveDate, NaiveDate),
    only: Option<StaffId>,
    timezone: Tz,
) -> Result<Days> {
    let windows: Vec<(NaiveDate, Interval)> = from
        .iter_days()
        .take_while(|date| *date <= to)
        .filter_map(|date| Some((date, wall_clock::day(timezone, date)?)))
        .filter(|(_, window)| !window.is_empty())
        .collect();
    let whole = match (windows.as_slice().first(), windows.last()) {
        (Some((_, first)), Some((_, last))) => Interval::new(first.start, last.end),
        _ => Interval::new(chrono::DateTime::UNIX_EPOCH, chrono::DateTime::UNIX_EPOCH),
    };
    let filter =
        Filter { from: Some(whole.start - MAX_ALLOCATION), to: Some(whole.end), ..Filter::default() };
    let besides = BusyFilter { from: whole.start, to: Some(whole.end), ..BusyFilter::default() };
    let (team, listed, besides) = join!(
        availability::everybody(tx, (from, to)),
        bookings::list_standing(tx, &filter, MOST + 1),
        busy(tx, &besides, MOST)
    );
    let ((terms, team), mut listed, besides) = (team?, listed?, besides?);
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let is_cut = listed.len() > most;
    listed.truncate(most);
    let others = others(tx, &listed).await?;
    let days = windows
        .into_iter()
        .map(|(date, window)| {
            let mut columns = columns(&team, &listed, &others, window);
            for one in &besides {
                let of = columns.iter_mut().find(|column| column.staff_id == one.event.staff_id);
                if let Some(column) = of
                    && Interval::new(one.occurs_from, one.occurs_until).meets(&window)
                {
                    column.busy.push(one.clone());
                }
            }
            columns.retain(|column| only.is_none_or(|id| column.staff_id == id));
            Day { date, window, columns }
        })
        .collect();
    Ok(Days { timezone: terms.timezone, currency: terms.currency, days, is_cut })
}

/// Who else takes part in what several provide together, by what holds their time. Where there is nothing of that kind,
/// nothing is asked.
async fn others(tx: &TenantTx, listed: &[Appointment]) -> Result<Vec<(Uuid, Uuid)>> {
    let collective = listed.iter().map(|one| &one.booking).filter(|booking| booking.is_collective());
    let holders: Vec<Uuid> = collective.map(Booking::holder).collect();
    if holders.is_empty() {
        return Ok(Vec::new());
    }
    Ok(allocations::table
        .filter(allocations::tenant_id.eq(tx.tenant()))
        .filter(allocations::owner_id.eq_any(holders))
        .filter(allocations::counted_at.is_not_null())
        .filter(allocations::released_at.is_null())
        .select((allocations::owner_id, allocations::resource_id))
        .load(&mut tx.conn())
        .await?)
}

fn columns(
    team: &[TeamMember],
    listed: &[Appointment],
    others: &[(Uuid, Uuid)],
    window: Interval,
) -> Vec<Column> {
    let mut columns: Vec<Column> = team
        .iter()
        .map(|member| Column::new(member.staff.id, &member.staff.name, member.working(window)))
        .collect();
    let is_shown = |one: &&Appointment| {
        let booking = &one.booking;
        booking.starts_at < window.end && window.start < booking.ends_at
    };
    for Appointment { booking, staff_name, .. } in listed.iter().filter(is_shown) {
        if let Some(column) = columns.iter_mut().find(|column| column.staff_id == booking.staff_id) {
            column.bookings.push(booking.clone());
        } else {
            let mut column = Column::new(booking.staff_id, staff_name, Vec::new());
            column.bookings.push(booking.clone());
            columns.push(column);
        }
        let holder = booking.holder();
        for (_, id) in others.iter().filter(|(owner, id)| *owner == holder && *id != booking.staff_id.0) {
            if let Some(column) = columns.iter_mut().find(|column| column.staff_id.0 == *id) {
                column.shared.push(booking.clone());
            }
        }
    }
    columns
}

impl Column {
    fn new(staff_id: StaffId, name: &str, working: Vec<Interval>) -> Self {
        Self {
            staff_id,
            name: name.to_owned(),
            working,
            bookings: Vec::new(),
            shared: Vec::new(),
            busy: Vec::new(),
        }
    }
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
