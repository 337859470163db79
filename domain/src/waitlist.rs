//! The waitlist: who would come if a time became free, and how long it is theirs when it does.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::booking::{Contact, Told, contact};
use crate::hours::TimeOfDay;
use crate::id::{ServiceId, StaffId};
use crate::locale::Locale;
use crate::rejection::{Fields, Rejection};
use crate::wall_clock;

/// Furthest day that somebody waits for, from today on.
pub const FURTHEST: Days = Days::new(365);
/// Most entries of one address that wait at a time.
pub const MOST_OF_ONE: i64 = 3;
/// Most entries of a tenant that wait at a time.
pub const MOST: i64 = 1_000;
/// How long a time is kept for whom it is offered to.
pub const OFFER: TimeDelta = TimeDelta::hours(2);
/// Nothing is offered that begins sooner: nobody could come.
pub const LATEST_OFFER: TimeDelta = TimeDelta::minutes(30);
/// Nobody has to answer at night: what is offered from 20:00 on is kept until 10:00.
const EVENING: u32 = 20;
const MORNING: u32 = 8;
const ANSWER_BY_MINUTE: u16 = 10 * 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema), schema(as = WaitlistStatus))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// For a time to become free.
    Waiting,
    /// One is kept for them, as a booking that is held.
    Offered,
    /// They took it.
    Booked,
    /// They did not take it.
    Lapsed,
    /// They wait no longer: they said so, or a member did.
    Withdrawn,
}
crate::sql::text!(Status);

impl Status {
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Offered, Self::Booked, Self::Lapsed, Self::Withdrawn];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Booked => "booked",
            Self::Lapsed => "lapsed",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What somebody waits for, as they say it.
#[derive(Clone, Debug)]
pub struct WaitlistDraft {
    pub service_id: ServiceId,
    /// None: of anybody who provides it.
    pub staff_id: Option<StaffId>,
    /// Of a group session; 1 of any other service.
    pub seats: i32,
    pub window: Window,
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    /// None: the tenant's.
    pub locale: Option<Locale>,
    /// Where to come, of what takes place at the customer's.
    pub address: Option<String>,
    pub note: Option<String>,
}

/// When they would come: dates and times of the tenant's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// Not before that time of the day.
    pub earliest: Option<TimeOfDay>,
    /// Beginning before that time of the day.
    pub latest: Option<TimeOfDay>,
}

impl WaitlistDraft {
    /// Who waits, in the forms that are kept; `country` is where a national telephone number belongs.
    pub fn checked(&self, today: NaiveDate, capacity: i32, country: &str) -> Result<Contact, Rejection> {
        let mut fields = Fields::default();
        fields.range("/seats", self.seats, 1, capacity.max(1));
        let Window { from, to, earliest, latest } = self.window;
        let furthest = today.checked_add_days(FURTHEST).unwrap_or(today);
        if from > furthest || from < today.checked_sub_days(FURTHEST).unwrap_or(today) {
            fields.add("/from", "OUT_OF_RANGE", "must lie within a year");
        }
        if to < from {
            fields.add("/to", "BACKWARDS", "must not be before the first day");
        } else if to < today {
            fields.add("/to", "PAST", "must not be over");
        } else if to > furthest {
            fields.add("/to", "OUT_OF_RANGE", "must lie within a year");
        }
        if let (Some(earliest), Some(latest)) = (earliest, latest)
            && latest <= earliest
        {
            fields.add("/latest", "BACKWARDS", "must be after the earliest time");
        }
        let told = Told {
            name: &self.name,
            email: &self.email,
            phone: self.phone.as_deref(),
            address: self.address.as_deref(),
            note: self.note.as_deref(),
        };
        let contact = contact(told, country);
        match contact {
            Ok(contact) => {
                fields.finish()?;
                Ok(contact)
            }
            Err(mut rejection) => {
                rejection.errors.extend(fields.into_rejection().errors);
                Err(rejection)
            }
        }
    }
}

impl Window {
    /// Whether they would come at that start.
    pub fn takes(&self, start: DateTime<Utc>, zone: Tz) -> bool {
        let local = start.with_timezone(&zone);
        let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap_or(0);
        (self.from..=self.to).contains(&local.date_naive())
            && self.earliest.is_none_or(|earliest| earliest.minute() <= minute)
            && self.latest.is_none_or(|latest| minute < latest.minute())
    }
}

/// Until when a time that begins at `start` is kept for whom it is offered to now. None: it begins too soon to be offered.
pub fn offer_until(start: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if start - now < LATEST_OFFER {
        return None;
    }
    let local = now.with_timezone(&zone);
    let answer_on = match local.hour() {
        ..MORNING => Some(local.date_naive()),
        EVENING.. => local.date_naive().succ_opt(),
        _ => None,
    };
    let until = match answer_on {
        Some(date) => wall_clock::start_instant(zone, date, ANSWER_BY_MINUTE)?,
        None => now + OFFER,
    };
    Some(until.min(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> DateTime<Utc> {
        time.parse().unwrap()
    }

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn minute(minute: i32) -> TimeOfDay {
        TimeOfDay::from_minute(minute).unwrap()
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for status in Status::ALL {
            assert_eq!(Status::from_name(status.name()), Some(status));
        }
    }

    #[test]
    fn days_and_times_are_those_of_the_tenant() {
        let mornings = Window {
            from: date(24),
            to: date(25),
            earliest: Some(minute(8 * 60)),
            latest: Some(minute(12 * 60)),
        };
        let paris = Tz::Europe__Paris;
        for (start, takes) in [
            ("2026-11-24T07:00:00Z", true),
            ("2026-11-24T06:59:00Z", false),
            ("2026-11-24T10:59:00Z", true),
            ("2026-11-24T11:00:00Z", false),
            ("2026-11-26T08:00:00Z", false),
            ("2026-11-23T08:00:00Z", false),
        ] {
            assert_eq!(mornings.takes(at(start), paris), takes, "{start}");
        }
        let any = Window { earliest: None, latest: None, ..mornings };
        assert!(any.takes(at("2026-11-25T22:30:00Z"), paris));
        assert!(!any.takes(at("2026-11-25T23:30:00Z"), paris));
    }

    #[test]
    fn an_offer_lasts_two_hours_but_nobody_answers_at_night() {
        let paris = Tz::Europe__Paris;
        let far = at("2026-12-24T10:00:00Z");
        for (now, until) in [
            ("2026-11-24T10:00:00Z", "2026-11-24T12:00:00Z"),
            // 20:00 in Paris, then 01:00, then 07:59 and 08:00.
            ("2026-11-24T19:00:00Z", "2026-11-25T09:00:00Z"),
            ("2026-11-25T00:00:00Z", "2026-11-25T09:00:00Z"),
            ("2026-11-25T06:59:00Z", "2026-11-25T09:00:00Z"),
            ("2026-11-25T07:00:00Z", "2026-11-25T09:00:00Z"),
        ] {
            assert_eq!(offer_until(far, paris, at(now)), Some(at(until)), "{now}");
        }
        let soon = at("2026-11-24T11:00:00Z");
        assert_eq!(offer_until(soon, paris, at("2026-11-24T10:30:00Z")), Some(soon));
        assert_eq!(offer_until(soon, paris, at("2026-11-24T10:31:00Z")), None);
    }

    fn draft() -> WaitlistDraft {
        let id = uuid::Uuid::nil();
        WaitlistDraft {
            service_id: ServiceId(id),
            staff_id: None,
            seats: 1,
            window: Window { from: date(24), to: date(30), earliest: None, latest: None },
            name: "Ana".to_owned(),
            email: "ana@customer.example".to_owned(),
            phone: None,
            locale: None,
            address: None,
            note: None,
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        assert!(draft().checked(date(24), 1, "FR").is_ok());
        let wrong = WaitlistDraft {
            seats: 2,
            window: Window {
                from: date(23),
                to: date(22),
                earliest: Some(minute(600)),
                latest: Some(minute(600)),
            },
            name: " ".to_owned(),
            ..draft()
        };
        let refusal = wrong.checked(date(24), 1, "FR").unwrap_err();
        let places: Vec<&str> = refusal.errors.iter().map(|flaw| flaw.pointer.as_str()).collect();
        assert_eq!(places, ["/customer/name", "/seats", "/to", "/latest"]);
    }

    #[test]
    fn nobody_waits_for_what_is_over_or_too_far() {
        let over = Window { from: date(1), to: date(23), ..draft().window };
        assert!(WaitlistDraft { window: over, ..draft() }.checked(date(24), 1, "FR").is_err());
        let begun = Window { from: date(1), ..draft().window };
        assert!(WaitlistDraft { window: begun, ..draft() }.checked(date(24), 1, "FR").is_ok());
        let far = Window { to: NaiveDate::MAX, ..draft().window };
        assert!(WaitlistDraft { window: far, ..draft() }.checked(date(24), 1, "FR").is_err());
    }
}
