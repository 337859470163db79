//! Lists are pages: how long one is, where it begins, and where the next one does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::id::{
    BookingId, ClosureId, CustomerId, EventId, OpeningId, RoomId, ServiceId, StaffId, TenantId,
    WaitlistEntryId,
};
use domain::rejection::{Code, Rejection, YEARS};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::problem::Result;

const MINUTES_A_DAY: i64 = 24 * 60;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub data: Vec<T>,
    /// Where the next page begins; null: this is the last.
    pub next_cursor: Option<String>,
}

/// Which page of a list. A list with questions of its own has these two among them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PageQuestion {
    /// 1..=200; 50.
    pub limit: Option<i64>,
    /// From the page before.
    pub cursor: Option<String>,
}

impl PageQuestion {
    pub fn read<K: Key>(&self) -> Result<Wanted<K>> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(Rejection::invalid("?limit", "OUT_OF_RANGE", "must be between 1 and 200").into());
        }
        let after = match self.cursor.as_deref() {
            Some(cursor) => Some(read(cursor).ok_or(Code::MalformedCursor)?),
            None => None,
        };
        Ok(Wanted { after, limit })
    }

    /// A page of so many rows for a person: a cursor that is none leads to the beginning.
    pub fn read_kindly<K: Key>(rows: i64, cursor: Option<&str>) -> Result<Wanted<K>> {
        let page_of =
            |cursor: Option<&str>| Self { limit: Some(rows), cursor: cursor.map(str::to_owned) }.read();
        page_of(cursor).or_else(|_no_cursor| page_of(None))
    }
}

/// The page that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<K> {
    /// The last one of the page before.
    pub after: Option<K>,
    limit: i64,
}

impl<K: Key> Wanted<K> {
    /// How many to look for: one more than the page holds tells whether it is the last.
    pub const fn and_one(&self) -> i64 {
        self.limit + 1
    }

    /// Makes the page of what was found: `key` is where one stands in the list, `view` what is shown of it.
    pub fn page<T, V>(
        &self,
        mut found: Vec<T>,
        key: impl FnOnce(&T) -> K,
        view: impl FnMut(T) -> V,
    ) -> Page<V> {
        let size = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let is_last = found.len() <= size;
        found.truncate(size);
        let next_cursor = if is_last { None } else { found.last().map(|last| write(&key(last))) };
        Page { data: found.into_iter().map(view).collect(), next_cursor }
    }
}

/// Where something stands in its list: what the list is sorted by, and then its id.
pub trait Key: Copy {
    fn parts(self) -> (i64, Uuid);

    /// `None`: nothing in such a list stands there.
    fn from_parts(at: i64, id: Uuid) -> Option<Self>;
}

/// Lists that are sorted by a time; bookings and private events are in one.
impl Key for (DateTime<Utc>, Uuid) {
    fn parts(self) -> (i64, Uuid) {
        (self.0.timestamp_micros(), self.1)
    }

    fn from_parts(at: i64, id: Uuid) -> Option<Self> {
        let time = DateTime::from_timestamp_micros(at)?;
        // What PostgreSQL's timestamps can't hold was never one of ours.
        YEARS.contains(&time.year()).then_some((time, id))
    }
}

macro_rules! by_time {
    ($($id:ident),*) => {$(
        impl Key for (DateTime<Utc>, $id) {
            fn parts(self) -> (i64, Uuid) {
                (self.0, self.1.0).parts()
            }

            fn from_parts(at: i64, id: Uuid) -> Option<Self> {
                <(DateTime<Utc>, Uuid)>::from_parts(at, id).map(|(time, id)| (time, $id(id)))
            }
        }
    )*};
}

by_time!(BookingId, EventId, TenantId, WaitlistEntryId);

impl Key for (NaiveDate, ClosureId) {
    fn parts(self) -> (i64, Uuid) {
        (self.0.num_days_from_ce().into(), self.1.0)
    }

    fn from_parts(at: i64, id: Uuid) -> Option<Self> {
        Some((date(at)?, ClosureId(id)))
    }
}

impl Key for (NaiveDate, i16, OpeningId) {
    fn parts(self) -> (i64, Uuid) {
        (i64::from(self.0.num_days_from_ce()) * MINUTES_A_DAY + i64::from(self.1), self.2.0)
    }

    fn from_parts(at: i64, id: Uuid) -> Option<Self> {
        let minute = i16::try_from(at.rem_euclid(MINUTES_A_DAY)).ok()?;
        Some((date(at.div_euclid(MINUTES_A_DAY))?, minute, OpeningId(id)))
    }
}

fn date(day: i64) -> Option<NaiveDate> {
    let date = NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).ok()?)?;
    YEARS.contains(&date.year()).then_some(date)
}

/// Lists that are sorted by a position.
macro_rules! by_position {
    ($($id:ident),*) => {$(
        impl Key for (i32, $id) {
            fn parts(self) -> (i64, Uuid) {
                (self.0.into(), self.1.0)
            }

            fn from_parts(at: i64, id: Uuid) -> Option<Self> {
                Some((at.try_into().ok()?, $id(id)))
            }
        }
    )*};
}

by_position!(ServiceId, StaffId, RoomId);

/// A list that is sorted by what can change: only who came last is told, and read again.
impl Key for CustomerId {
    fn parts(self) -> (i64, Uuid) {
        (0, self.0)
    }

    fn from_parts(at: i64, id: Uuid) -> Option<Self> {
        (at == 0).then_some(Self(id))
    }
}

fn write(key: &impl Key) -> String {
    let (at, id) = key.parts();
    let mut bytes = at.to_be_bytes().to_vec();
    bytes.extend_from_slice(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn read<K: Key>(cursor: &str) -> Option<K> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (at, id) = bytes.split_first_chunk()?;
    K::from_parts(i64::from_be_bytes(*at), Uuid::from_slice(id).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again<K: Key>(key: K) -> K {
        read(&write(&key)).unwrap()
    }

    #[test]
    fn a_cursor_leads_back_to_where_it_was_made() {
        let id = Uuid::from_u128(7);
        let date = NaiveDate::from_ymd_opt(2030, 3, 5).unwrap();
        let start: DateTime<Utc> = "2030-03-05T09:00:00.000001Z".parse().unwrap();
        assert_eq!(again((start, BookingId(id))), (start, BookingId(id)));
        assert_eq!(again((date, ClosureId(id))), (date, ClosureId(id)));
        for minute in [0, 1_439] {
            assert_eq!(again((date, minute, OpeningId(id))), (date, minute, OpeningId(id)));
        }
        for position in [0, -1, i32::MAX, i32::MIN] {
            assert_eq!(again((position, StaffId(id))), (position, StaffId(id)));
        }
    }

    #[test]
    fn what_is_no_cursor_is_told_from_one() {
        for at in [i64::MIN, i64::MAX, -1, 0] {
            let mut bytes = at.to_be_bytes().to_vec();
            bytes.extend_from_slice(&[0; 16]);
            let cursor = URL_SAFE_NO_PAD.encode(bytes);
            assert_eq!(read::<(DateTime<Utc>, BookingId)>(&cursor), None);
            assert_eq!(read::<(NaiveDate, ClosureId)>(&cursor), None);
            assert_eq!(read::<(NaiveDate, i16, OpeningId)>(&cursor), None);
        }
        for text in ["", "A", "%%%", "AAAA", &"A".repeat(33), &"A".repeat(100)] {
            assert_eq!(read::<(i32, ServiceId)>(text), None, "{text}");
        }
    }
}
