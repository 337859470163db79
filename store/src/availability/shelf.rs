//! Weeks of starts that are kept on a shelf outside, so that they are reckoned once for all who ask.
//!
//! What is kept is true for one version of the tenant's schedules. Each write that touches a start raises one of them in
//! its transaction, so what is found under the version that a reader sees is never older than the reader. Notice, horizon
//! and the plan's allowance depend on the time: they are applied on reading.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use diesel::QueryableByName;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::id::{ServiceId, StaffId, TenantId};
use domain::plan::Plan;
use domain::rejection::Code;
use domain::slots::{Asked, Known};
use domain::wall_clock::Interval;
use futures_util::future::BoxFuture;
use futures_util::join;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::catalogue::{Catalogue, catalogue, horizon};
use super::{Wish, takes_bookings};
use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::tenants::Zone;

/// Where weeks are kept. It may lose everything at any time, and must not make anybody wait long.
pub trait Shelf: Send + Sync {
    /// `None`: it is away.
    fn look<'a>(&'a self, book: Book, weeks: &'a [i64]) -> BoxFuture<'a, Option<Look>>;
    fn keep(&self, book: Book, weeks: Vec<(i64, Vec<u8>)>) -> BoxFuture<'_, ()>;
    fn count(&self, outcome: Outcome);
}

/// All that is kept of one service at one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Book {
    pub tenant_id: TenantId,
    pub service_id: ServiceId,
    pub version: i64,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Look {
    /// Of each week that was asked for.
    pub weeks: Vec<Option<Vec<u8>>>,
    /// Whoever asked is the one to fill what is missing; for a moment nobody else is told so.
    pub is_ours: bool,
}

/// How a question was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was there.
    Hit,
    /// Another filled it while we waited.
    Waited,
    /// Reckoned, and kept.
    Computed,
    /// Reckoned each time: a week of it is too large to be kept.
    TooLarge,
    /// Reckoned: the shelf is away.
    Away,
}

/// Seconds of a week. The first began at 1970-01-01T00:00:00Z.
const WEEK: i64 = 7 * 24 * 60 * 60;

/// Nothing is offered later than this: no horizon is longer.
const FARTHEST: TimeDelta = TimeDelta::days(732);

/// Most bytes of a week: 2,000 starts with twelve who offer each.
const LARGEST: usize = 32 * 1024;

/// How long somebody waits for another to fill a week, look by look, before they reckon it themselves.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(20),
    Duration::from_millis(40),
];

/// Raised with the form of what is kept, so that nobody reads another form.
const FORM: u8 = 1;

/// One week of a service.
#[derive(Debug, Serialize, Deserialize)]
struct Week {
    capacity: i32,
    bookable_until: Option<NaiveDate>,
    /// Of the first of each party.
    names: Vec<String>,
    known: Known,
}

/// The weeks of a window, for one who asks.
pub(super) struct Weeks {
    pub(super) timezone: Tz,
    pub(super) is_open: bool,
    each: Vec<Week>,
}

#[derive(QueryableByName)]
struct Current {
    #[diesel(sql_type = sql_types::BigInt)]
    version: i64,
    #[diesel(sql_type = sql_types::Text)]
    plan: Plan,
    #[diesel(sql_type = sql_types::Text, deserialize_as = Zone)]
    timezone: Tz,
}

/// The weeks of a window, which is told for the tenant's zone. `None`: they must be reckoned.
pub(super) async fn weeks(
    tx: &TenantTx,
    wish: Wish,
    window: impl FnOnce(Tz) -> Option<Interval>,
    now: DateTime<Utc>,
) -> Result<Option<Weeks>> {
    let Some(shelf) = tx.shelf().filter(|_| wish.is_new()) else { return Ok(None) };
    // Before everything that depends on it: what is read after it is as new, or newer.
    let Current { version, plan, timezone } = current(tx).await?;
    let Some(window) = window(timezone) else { return Ok(None) };
    let numbers = numbers(window, now);
    let book = Book { tenant_id: tx.tenant(), service_id: wish.service_id, version };
    let (weeks, open) =
        join!(find_or_fill(tx, &shelf, book, &numbers, now), takes_bookings(tx, plan, timezone, now));
    let Some(weeks) = weeks? else { return Ok(None) };
    if wish.staff_id.is_some_and(|id| !weeks.iter().any(|week| week.known.has(id))) {
        return Err(Code::NotFound.into());
    }
    Ok(Some(Weeks { timezone, is_open: open?, each: weeks }))
}

/// The sum of all versions, each of which only ever rises: it names what was committed until now.
async fn current(tx: &TenantTx) -> Result<Current> {
    const CURRENT: &str = "SELECT t.plan, t.timezone, t.schedule_version + coalesce(
          (SELECT sum(s.schedule_version) FROM staff s WHERE s.tenant_id = $1), 0)::bigint AS version
        FROM tenants t WHERE t.tenant_id = $1";
    let query = diesel::sql_query(CURRENT).bind::<sql_types::Uuid, _>(tx.tenant());
    Ok(cached(query).get_result(&mut tx.conn()).await?)
}

/// The weeks in which a start of the window can be offered; where none can, the present one, which says what is there.
fn numbers(window: Interval, now: DateTime<Utc>) -> Vec<i64> {
    let of = |instant: DateTime<Utc>| instant.timestamp().div_euclid(WEEK);
    let first = of(window.start.max(now));
    let last = of(window.end.min(now + FARTHEST));
    if first > last { vec![of(now)] } else { (first..=last).collect() }
}

fn window(first: i64, last: i64) -> Option<Interval> {
    let instant = |week: i64| DateTime::from_timestamp(week.checked_mul(WEEK)?, 0);
    Some(Interval::new(instant(first)?, instant(last.checked_add(1)?)?))
}

async fn find_or_fill(
    tx: &TenantTx,
    shelf: &Arc<dyn Shelf>,
    book: Book,
    numbers: &[i64],
    now: DateTime<Utc>,
) -> Result<Option<Vec<Week>>> {
    let mut pauses = PAUSES.into_iter();
    let mut outcome = Outcome::Hit;
    let found = loop {
        let Some(look) = shelf.look(book, numbers).await else {
            shelf.count(Outcome::Away);
            return Ok(None);
        };
        if look.weeks.iter().flatten().any(Vec::is_empty) {
            shelf.count(Outcome::TooLarge);
            return Ok(None);
        }
        let is_whole = look.weeks.len() == numbers.len() && look.weeks.iter().all(Option::is_some);
        let found: Vec<Option<Week>> = numbers
            .iter()
            .zip(look.weeks.into_iter().chain(std::iter::repeat(None)))
            .map(|(number, kept)| decode(book, *number, &kept?))
            .collect();
        if found.iter().all(Option::is_some) {
            shelf.count(outcome);
            return Ok(Some(found.into_iter().flatten().collect()));
        }
        // What is there and says nothing is nobody's to wait for.
        let pause = pauses.next().filter(|_| !look.is_ours && !is_whole);
        let Some(pause) = pause else { break found };
        outcome = Outcome::Waited;
        tokio::time::sleep(pause).await;
    };
    let weeks = fill(tx, shelf, book, numbers, found, now).await?;
    shelf.count(Outcome::Computed);
    Ok(Some(weeks))
}

/// Reckons what is missing, and keeps it.
async fn fill(
    tx: &TenantTx,
    shelf: &Arc<dyn Shelf>,
    book: Book,
    numbers: &[i64],
    found: Vec<Option<Week>>,
    now: DateTime<Utc>,
) -> Result<Vec<Week>> {
    let missing = || numbers.iter().zip(&found).filter(|(_, week)| week.is_none()).map(|(number, _)| *number);
    let (first, last) = (missing().min().unwrap_or_default(), missing().max().unwrap_or_default());
    let whole = window(first, last).ok_or(Code::NotFound)?;
    let dates = (whole.start.date_naive(), whole.end.date_naive());
    let mut catalogue = catalogue(tx, Wish::for_service(book.service_id), dates).await?;
    catalogue.read_taken(tx, whole).await?;
    let mut kept = Vec::new();
    let mut weeks = Vec::with_capacity(numbers.len());
    for (number, week) in numbers.iter().zip(found) {
        let week = if let Some(week) = week {
            week
        } else {
            let week = Week::of(&catalogue, window(*number, *number).ok_or(Code::NotFound)?, now);
            kept.push((*number, encode(book, *number, &week)));
            week
        };
        weeks.push(week);
    }
    shelf.keep(book, kept).await;
    Ok(weeks)
}

/// Empty: it is too large.
fn encode(book: Book, number: i64, week: &Week) -> Vec<u8> {
    let Ok(mut bytes) = postcard::to_allocvec(week) else { return Vec::new() };
    if bytes.len() > LARGEST {
        return Vec::new();
    }
    let seal = seal(book, number, &bytes);
    bytes.extend(seal);
    bytes
}

/// `None`: it is not what we have kept there.
fn decode(book: Book, number: i64, kept: &[u8]) -> Option<Week> {
    let (bytes, sealed) = kept.split_last_chunk::<8>()?;
    if *sealed != seal(book, number, bytes) {
        return None;
    }
    postcard::from_bytes(bytes).ok()
}

/// Says that the bytes are whole and belong there.
fn seal(book: Book, number: i64, bytes: &[u8]) -> [u8; 8] {
    let hash = Sha256::new()
        .chain_update([FORM])
        .chain_update(book.tenant_id.0)
        .chain_update(book.service_id.0)
        .chain_update(book.version.to_be_bytes())
        .chain_update(number.to_be_bytes())
        .chain_update(bytes)
        .finalize();
    hash.first_chunk().copied().unwrap_or_default()
}

impl Week {
    fn of(catalogue: &Catalogue, window: Interval, now: DateTime<Utc>) -> Self {
        let known = catalogue.ask(now, |demand, team| demand.known(team, window));
        let name = |id| catalogue.team.iter().find(|member| member.staff.id == id);
        let names = known.first_of_each().filter_map(|id| Some(name(id)?.staff.name.clone())).collect();
        let service = &catalogue.service;
        Self { capacity: service.capacity, bookable_until: service.bookable_until, names, known }
    }
}

impl Weeks {
    /// Seats of a group session.
    pub(super) fn capacity(&self) -> i32 {
        self.each.as_slice().first().map_or(1, |week| week.capacity)
    }

    /// Each week, with what is asked of it.
    pub(super) fn ask(
        &self,
        wish: Wish,
        window: Interval,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = (&Known, Asked)> {
        self.each.iter().map(move |week| {
            let horizon_days =
                horizon(week.known.rules().horizon_days, week.bookable_until, self.timezone, now);
            let seats = u32::try_from(wish.seats).unwrap_or(0);
            (&week.known, Asked { staff_id: wish.staff_id, seats, horizon_days, window, now })
        })
    }

    /// Whether they are of the same party.
    pub(super) fn works_with(&self, first: StaffId, id: StaffId) -> bool {
        self.each.as_slice().first().is_some_and(|week| week.known.works_with(first, id))
    }

    /// Whoever comes first in each party, with their name.
    pub(super) fn parties(&self) -> impl Iterator<Item = (StaffId, &str)> {
        let first = self.each.as_slice().first().into_iter();
        first.flat_map(|week| week.known.first_of_each().zip(week.names.iter().map(String::as_str)))
    }
}
