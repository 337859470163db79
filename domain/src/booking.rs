//! Bookings: their states, their public code, what may be done with them.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::contact::{self, Email};
use crate::id::{ServiceId, StaffId};
use crate::locale::Locale;
use crate::rejection::{Code, Fields, Rejection};
use crate::text;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It waits for the tenant's approval.
    Pending,
    Confirmed,
    Completed,
    NoShow,
    Cancelled,
}
crate::sql::text!(Status);

impl Status {
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Confirmed, Self::Completed, Self::NoShow, Self::Cancelled];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether its price and its time count in the figures of a day: it was not cancelled, and nobody stayed away.
    pub const fn is_earned(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed | Self::Completed)
    }

    /// Those that count.
    pub fn earned() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|status| status.is_earned())
    }
}

/// A booking as a customer asks for it.
#[derive(Clone, Debug)]
pub struct BookingDraft {
    pub service_id: ServiceId,
    pub start: DateTime<Utc>,
    /// None: anybody who provides it, the least busy first.
    pub staff_id: Option<StaffId>,
    /// Of a group session; 1 of any other service.
    pub seats: i32,
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    /// None: the tenant's.
    pub locale: Option<Locale>,
    pub timezone: Option<Tz>,
    pub notify: Notify,
    pub accepts: Consents,
    pub note: Option<String>,
}

/// By which channels the customer wants to hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notify {
    pub email: bool,
    pub sms: bool,
}

/// What the customer agreed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consents {
    pub terms: bool,
    pub marketing: bool,
}

/// Who the booking is for, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    pub email: Email,
    pub phone_e164: Option<String>,
    pub note: Option<String>,
}

impl BookingDraft {
    /// Who it is for, in the forms that are kept; `country` is where a national telephone number belongs.
    pub fn contact(&self, country: &str) -> Result<Contact, Rejection> {
        let mut fields = Fields::default();
        let name = fields.take("/customer/name", text::name(&self.name));
        let email = fields.take("/customer/email", Email::parse(&self.email));
        let phone_e164 = match self.phone.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(number) => fields.take("/customer/phone", contact::phone(number, country)),
        };
        let note =
            self.note.as_deref().and_then(|note| fields.take("/note", text::lines(note, 2_000)).flatten());
        match (name, email) {
            (Some(name), Some(email)) => {
                fields.finish()?;
                Ok(Contact { name, email, phone_e164, note })
            }
            _ => Err(fields.into_rejection()),
        }
    }

    /// Refuses more seats than a service has, and less than one.
    pub fn check_seats(&self, capacity: i32) -> Result<(), Rejection> {
        let mut fields = Fields::default();
        fields.range("/seats", self.seats, 1, capacity.max(1));
        fields.finish()
    }
}

/// Whether the booking may be cancelled now: while it is ahead, once.
pub fn may_cancel(status: Status, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Rejection> {
    match status {
        Status::Pending | Status::Confirmed if now < starts_at => Ok(()),
        Status::Pending | Status::Confirmed => Err(Rejection::new(
            Code::BookingNotCancellable,
            "This booking has begun and can no longer be cancelled.",
        )),
        Status::Cancelled => {
            Err(Rejection::new(Code::BookingNotCancellable, "This booking is cancelled already."))
        }
        Status::Completed | Status::NoShow => Err(Code::BookingNotCancellable.into()),
    }
}

/// How a booking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The customer came.
    Completed,
    NoShow,
}

impl Outcome {
    pub const fn status(self) -> Status {
        match self {
            Self::Completed => Status::Completed,
            Self::NoShow => Status::NoShow,
        }
    }
}

/// Whether it may be said now how the booking ended: once it has begun, and again when it was said wrongly.
pub fn may_close(status: Status, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Rejection> {
    match status {
        Status::Cancelled => Err(Rejection::new(Code::BookingNotClosable, "This booking is cancelled.")),
        _ if now < starts_at => {
            Err(Rejection::new(Code::BookingNotClosable, "This booking has not begun yet."))
        }
        _ => Ok(()),
    }
}

/// Whether the booking may be moved to another time now: while it is ahead and not cancelled.
pub fn may_reschedule(status: Status, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Rejection> {
    match status {
        Status::Pending | Status::Confirmed if now < starts_at => Ok(()),
        Status::Pending | Status::Confirmed => {
            Err(Rejection::new(Code::BookingNotMovable, "This booking has begun and can no longer be moved."))
        }
        Status::Cancelled => Err(Rejection::new(Code::BookingNotMovable, "This booking is cancelled.")),
        Status::Completed | Status::NoShow => Err(Code::BookingNotMovable.into()),
    }
}

/// Refuses a start that no calendar shows, before anything is asked of it.
pub fn check_start(start: DateTime<Utc>) -> Result<(), Rejection> {
    let mut fields = Fields::default();
    fields.year("/start", start);
    fields.finish()
}

/// Whether the booking may be confirmed now: while it waits for it and is ahead.
pub fn may_confirm(status: Status, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Rejection> {
    match status {
        Status::Pending if now < starts_at => Ok(()),
        _ => Err(Code::BookingNotConfirmable.into()),
    }
}

/// The time a booking takes from its staff member: the appointment and the buffers around it.
pub fn taken(
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
) -> (DateTime<Utc>, DateTime<Utc>) {
    (
        starts_at - TimeDelta::minutes(i64::from(buffer_before_minutes)),
        ends_at + TimeDelta::minutes(i64::from(buffer_after_minutes)),
    )
}

/// What is due before the appointment, in minor units: the price times the rate, half a unit rounded up.
pub fn deposit_cents(price_cents: i64, basis_points: i32) -> i64 {
    (price_cents * i64::from(basis_points) + 5_000) / 10_000
}

/// Letters and digits that are not mistaken for one another when read out or written down.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A public code, `XX-XXXXXX`: the tenant's two letters and six of 32 signs, from 30 random bits.
pub fn public_code(prefix: &str, random: u32) -> String {
    let mut code = String::with_capacity(9);
    code.push_str(prefix);
    code.push('-');
    for place in 0..6_u32 {
        let index = usize::try_from((random >> (5 * place)) & 31).unwrap_or(0);
        code.extend(ALPHABET.get(index).map(|sign| char::from(*sign)));
    }
    code
}

/// The two letters that a tenant's codes begin with, from its name: the first of its first two words, or the first two
/// letters of its only one.
pub fn code_prefix(name: &str) -> String {
    let plain = crate::slug::suggest(name).to_ascii_uppercase();
    let words: Vec<&str> =
        plain.split('-').filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase())).collect();
    let letters: String = match words.as_slice() {
        [first, second, ..] => first.chars().take(1).chain(second.chars().take(1)).collect(),
        [only] => only.chars().filter(char::is_ascii_uppercase).take(2).collect(),
        [] => String::new(),
    };
    format!("{letters:H<2}")
}

/// A code as somebody typed it: spaces and dashes as they please, in any case; `None` when it can't be one.
pub fn parse_public_code(text: &str) -> Option<String> {
    let signs: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(9).collect();
    if signs.len() != 8 || !signs.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
        return None;
    }
    let signs = signs.to_ascii_uppercase();
    let (prefix, rest) = signs.split_at_checked(2)?;
    Some(format!("{prefix}-{rest}"))
}

/// The beginning of a code as it is kept, of at least three signs; `None`: no code begins like that.
pub fn beginning_of_code(text: &str) -> Option<String> {
    let signs: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(9).collect();
    if !(3..=8).contains(&signs.len()) || !signs.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
        return None;
    }
    let signs = signs.to_ascii_uppercase();
    let (prefix, rest) = signs.split_at_checked(2)?;
    prefix.bytes().all(|sign| sign.is_ascii_alphabetic()).then(|| format!("{prefix}-{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_easy_to_read_out_and_to_type_back() {
        assert_eq!(public_code("SE", 0), "SE-222222");
        assert_eq!(public_code("SE", u32::MAX), "SE-ZZZZZZ");
        let code = public_code("SE", 0x1234_5678);
        assert_eq!(parse_public_code(&code.to_lowercase().replace('-', " ")), Some(code));
        for text in ["", "SE", "SE-22222", "SE-2222222", "SE-22222é", "SE-22222\0"] {
            assert_eq!(parse_public_code(text), None, "{text}");
        }
    }

    #[test]
    fn a_code_is_recognised_by_its_beginning() {
        for (typed, code) in [("se-4", "SE-4"), ("SE4F7", "SE-4F7"), ("se 4f7k2m", "SE-4F7K2M")] {
            assert_eq!(beginning_of_code(typed).as_deref(), Some(code));
        }
        for typed in ["", "se", "se-", "1234", "se-4f7k2m9", "zoé", "a.b"] {
            assert_eq!(beginning_of_code(typed), None, "{typed}");
        }
    }

    #[test]
    fn nothing_is_earned_with_who_cancels_or_stays_away() {
        let earned: Vec<Status> = Status::earned().collect();
        assert_eq!(earned, [Status::Pending, Status::Confirmed, Status::Completed]);
    }

    #[test]
    fn what_has_begun_is_closed_unless_it_was_cancelled() {
        let start: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        for status in Status::ALL {
            assert_eq!(may_close(status, start, start).is_ok(), status != Status::Cancelled, "{status:?}");
            assert!(may_close(status, start, start - TimeDelta::seconds(1)).is_err());
        }
    }

    #[test]
    fn every_tenant_has_two_letters() {
        for (name, prefix) in
            [("Salon Élégance", "SE"), ("Zoé", "ZO"), ("北京", "ST"), ("1", "ST"), ("A", "SA")]
        {
            assert_eq!(code_prefix(name), prefix, "{name}");
        }
    }

    #[test]
    fn a_deposit_is_a_part_of_the_price() {
        assert_eq!(deposit_cents(4_800, 3_000), 1_440);
        assert_eq!(deposit_cents(1, 5_000), 1);
        assert_eq!(deposit_cents(100_000_000, 10_000), 100_000_000);
        assert_eq!(deposit_cents(4_800, 0), 0);
    }

    #[test]
    fn only_what_is_ahead_can_be_cancelled_and_once() {
        let start: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let before = start - TimeDelta::seconds(1);
        assert!(may_cancel(Status::Confirmed, start, before).is_ok());
        assert!(may_cancel(Status::Pending, start, before).is_ok());
        assert!(may_cancel(Status::Confirmed, start, start).is_err());
        for status in [Status::Cancelled, Status::Completed, Status::NoShow] {
            assert!(may_cancel(status, start, before).is_err());
        }
    }

    #[test]
    fn only_what_is_ahead_and_stands_can_be_moved() {
        let start: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let before = start - TimeDelta::seconds(1);
        for status in Status::ALL {
            let stands = matches!(status, Status::Pending | Status::Confirmed);
            assert_eq!(may_reschedule(status, start, before).is_ok(), stands, "{status:?}");
            assert!(may_reschedule(status, start, start).is_err(), "{status:?}");
        }
    }
}
