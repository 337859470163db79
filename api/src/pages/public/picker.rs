//! The month that says where there is room, and the slots of one of its days: for a new booking and for one that moves.

use chrono::{DateTime, Datelike, Days, NaiveDate, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use domain::id::StaffId;
use domain::rejection::YEARS;
use domain::slots::MAX_COUNTED_DAYS;
use serde::Serialize;
use store::TenantTx;
use store::availability::{self, Day, Free, Wish};

use super::site::tone_of;
use crate::availability::AHEAD;

/// Weeks that are shown at once.
const WEEKS: u64 = 5;
/// So many slots or fewer are the last ones of a day.
const FEW: u32 = 3;

/// What was asked for: a date, and where the weeks begin.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    pub date: Option<NaiveDate>,
    pub from: Option<NaiveDate>,
}

impl Asked {
    /// From a query: what is no date, or one that no calendar shows, was not asked for.
    pub fn parse(date: &str, from: &str) -> Self {
        let read = |text: &str| {
            let date: NaiveDate = text.parse().ok()?;
            YEARS.contains(&date.year()).then_some(date)
        };
        Self { date: read(date), from: read(from) }
    }
}

#[derive(Serialize)]
pub struct Picker {
    pub zone: &'static str,
    pub today: NaiveDate,
    /// The day whose slots are shown.
    pub date: NaiveDate,
    /// In the middle of the weeks: what they are called by.
    pub first: NaiveDate,
    pub last: NaiveDate,
    weeks: Vec<Vec<Cell>>,
    earlier_url: Option<String>,
    later_url: Option<String>,
    pub parts: Vec<Part>,
    /// Slots of the day.
    count: usize,
    /// The first date with room after the day shown.
    next: Option<Next>,
    /// Who is free first, the soonest first.
    soonest: Vec<Soonest>,
    pub is_open: bool,
}

#[derive(Serialize)]
struct Cell {
    date: NaiveDate,
    number: u32,
    slots: u32,
    is_few: bool,
    is_past: bool,
    is_current: bool,
    /// None: there is no room.
    url: Option<String>,
}

/// A part of a day that has slots.
#[derive(Debug, Serialize)]
pub struct Part {
    pub name: &'static str,
    pub slots: Vec<Slot>,
}

#[derive(Debug, Serialize)]
pub struct Slot {
    pub start: DateTime<Utc>,
    /// On the wall clock.
    pub time: String,
    pub url: String,
    /// Of group sessions.
    pub seats_left: Option<u32>,
    pub is_current: bool,
}

#[derive(Serialize)]
struct Next {
    date: NaiveDate,
    url: String,
}

#[derive(Serialize)]
struct Soonest {
    name: String,
    tone: &'static str,
    start: DateTime<Utc>,
    url: String,
}

/// Makes the addresses of a picker: it is part of several pages.
pub struct Urls<'a> {
    /// Of the same page for another day, or other weeks.
    pub day: &'a dyn Fn(Option<NaiveDate>, Option<NaiveDate>) -> String,
    /// Of the page after a start was chosen, with somebody in particular.
    pub slot: &'a dyn Fn(DateTime<Utc>, Option<StaffId>) -> String,
}

/// Reads the weeks and the day, of the zone that times are shown in. Without a date the first one that has room.
pub async fn read(
    tx: &TenantTx,
    wish: Wish,
    zone: Tz,
    asked: Asked,
    urls: &Urls<'_>,
    now: DateTime<Utc>,
) -> store::Result<Picker> {
    let today = now.with_timezone(&zone).date_naive();
    let earliest = monday(today);
    // No weeks begin before this one: there is no room in what is over.
    let first = asked.from.or(asked.date).map_or(earliest, |date| monday(date).max(earliest));
    let to = after(first, u64::from(MAX_COUNTED_DAYS) - 1);
    let counts = availability::days(tx, wish, (first, to), Some(zone), now).await?;
    let with_room = |after: Option<NaiveDate>| {
        counts
            .iter()
            .find(|(date, slots)| *slots > 0 && after.is_none_or(|day| *date > day))
            .map(|(date, _)| *date)
    };
    let in_weeks = |date: NaiveDate| date >= first && date < self::after(first, WEEKS * 7);
    let date = asked
        .date
        .filter(|date| *date >= today && (asked.from.is_none() || in_weeks(*date)))
        .or_else(|| with_room(None).filter(|date| in_weeks(*date)))
        .unwrap_or_else(|| first.max(today));
    let day = availability::day(tx, wish, date, Some(zone), now).await?;
    let free = if wish.staff_id.is_none() {
        availability::first_of_each(tx, wish, AHEAD, now).await?
    } else {
        Vec::new()
    };
    let next = with_room(Some(date)).map(|date| Next { date, url: (urls.day)(Some(date), None) });
    let count = day.slots.len();
    let earlier = first.checked_sub_days(Days::new(WEEKS * 7)).map(|date| date.max(earliest));
    Ok(Picker {
        zone: zone.name(),
        today,
        date,
        first: first.max(today),
        last: after(first, WEEKS * 7 - 1),
        weeks: weeks(first, date, today, &counts, urls),
        earlier_url: earlier.filter(|_| first > earliest).map(|date| (urls.day)(None, Some(date))),
        later_url: later(first, today).map(|date| (urls.day)(None, Some(date))),
        parts: parts(&day, None, &|start| (urls.slot)(start, wish.staff_id)),
        count,
        next: next.filter(|_| count == 0),
        soonest: soonest(free, urls),
        is_open: day.is_open,
    })
}

fn monday(date: NaiveDate) -> NaiveDate {
    date.week(Weekday::Mon).first_day()
}

fn after(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(date)
}

/// The weeks after these, while there may be room: no service is offered more than two years ahead.
fn later(first: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    let next = first.checked_add_days(Days::new(WEEKS * 7))?;
    ((next - today).num_days() <= 731).then_some(next)
}

fn weeks(
    first: NaiveDate,
    current: NaiveDate,
    today: NaiveDate,
    counts: &[(NaiveDate, u32)],
    urls: &Urls<'_>,
) -> Vec<Vec<Cell>> {
    let cell = |place: u64| {
        let date = after(first, place);
        let slots = counts.iter().find(|(counted, _)| *counted == date).map_or(0, |(_, slots)| *slots);
        Cell {
            date,
            number: date.day(),
            slots,
            is_few: (1..=FEW).contains(&slots),
            is_past: date < today,
            is_current: date == current,
            url: (slots > 0).then(|| (urls.day)(Some(date), Some(first))),
        }
    };
    (0..WEEKS).map(|week| (0..7).map(|day| cell(week * 7 + day)).collect()).collect()
}

/// The slots of a day by its parts.
pub fn parts(day: &Day, current: Option<DateTime<Utc>>, url: &dyn Fn(DateTime<Utc>) -> String) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for slot in &day.slots {
        let local = slot.start.with_timezone(&day.timezone);
        let name = match local.hour() {
            0..12 => "morning",
            12..18 => "afternoon",
            _ => "evening",
        };
        let slot = Slot {
            start: slot.start,
            time: local.format("%H:%M").to_string(),
            url: url(slot.start),
            seats_left: (day.capacity > 1).then_some(slot.seats_left),
            is_current: current == Some(slot.start),
        };
        match parts.last_mut().filter(|part| part.name == name) {
            Some(part) => part.slots.push(slot),
            None => parts.push(Part { name, slots: vec![slot] }),
        }
    }
    parts
}

/// Of a team of several, the four who are free first.
fn soonest(free: Vec<Free>, urls: &Urls<'_>) -> Vec<Soonest> {
    if free.len() < 2 {
        return Vec::new();
    }
    let mut shown: Vec<_> = free
        .into_iter()
        .enumerate()
        .filter_map(|(place, one)| Some((one.start?, place, one.staff_id, one.name)))
        .collect();
    shown.sort_unstable_by_key(|(start, place, ..)| (*start, *place));
    let shown = shown.into_iter().take(4);
    shown
        .map(|(start, _, staff_id, name)| Soonest {
            name,
            tone: tone_of(staff_id),
            start,
            url: (urls.slot)(start, Some(staff_id)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_no_date_was_not_asked_for() {
        for text in ["", "0000-01-01", "9999-12-31", "2026-02-30", "yesterday", "1999-12-31"] {
            let asked = Asked::parse(text, text);
            assert!(asked.date.is_none() && asked.from.is_none(), "{text}");
        }
        assert_eq!(Asked::parse("2026-11-24", "").date, Some(day("2026-11-24")));
    }

    #[test]
    fn weeks_begin_on_mondays_and_say_where_there_is_room() {
        let urls = Urls {
            day: &|date, from| format!("{}/{}", date.unwrap_or_default(), from.unwrap_or_default()),
            slot: &|start, _| start.to_string(),
        };
        let (first, today) = (day("2026-11-16"), day("2026-11-21"));
        let counts = [(day("2026-11-21"), 2), (day("2026-11-24"), 9)];
        let weeks = weeks(first, day("2026-11-24"), today, &counts, &urls);
        let cells: Vec<&Cell> = weeks.iter().flatten().collect();
        assert_eq!((weeks.len(), cells.len()), (5, 35));
        let linked: Vec<(u32, bool, bool)> = cells
            .iter()
            .filter(|cell| cell.url.is_some())
            .map(|cell| (cell.number, cell.is_few, cell.is_current))
            .collect();
        assert_eq!(linked, [(21, true, false), (24, false, true)]);
        assert_eq!(cells.iter().filter(|cell| cell.is_past).count(), 5);
        assert!(later(day("2026-11-16"), today).is_some() && later(day("2028-11-20"), today).is_none());
    }
}
