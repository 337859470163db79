//! Bookings: how they are asked for, what they take and cost; what becomes of them in [`lifecycle`], and what that costs in
//! [`policy`].

mod code;
pub mod lifecycle;
pub mod policy;
pub mod series;
pub mod visit;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::contact::{self, Email};
use crate::id::{ServiceId, StaffId};
use crate::intake::AllGiven;
use crate::locale::Locale;
use crate::rejection::{Fields, Rejection};
use crate::text;

pub use code::{beginning_of_code, code_prefix, parse_public_code, public_code};
pub use lifecycle::{Act, Outcome, Status};
pub use policy::{Charge, Policy, Terms};
pub use visit::{Next, Then};

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
    /// Where to come, of what takes place at the customer's.
    pub address: Option<String>,
    pub note: Option<String>,
    /// To what the service asks.
    pub answers: AllGiven,
    /// What is done right after it, in the same visit.
    pub then: Vec<NextDraft>,
}

/// A service that follows another, as it is asked for.
#[derive(Clone, Debug)]
pub struct NextDraft {
    pub next: Next,
    /// To what it asks.
    pub answers: AllGiven,
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
    pub address: Option<String>,
    pub note: Option<String>,
}

/// Who somebody says they are, as it was typed.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub phone: Option<&'a str>,
    pub address: Option<&'a str>,
    pub note: Option<&'a str>,
}

impl BookingDraft {
    /// Who it is for, in the forms that are kept; `country` is where a national telephone number belongs.
    pub fn contact(&self, country: &str) -> Result<Contact, Rejection> {
        let told = Told {
            name: &self.name,
            email: &self.email,
            phone: self.phone.as_deref(),
            address: self.address.as_deref(),
            note: self.note.as_deref(),
        };
        contact(told, country)
    }

    /// Refuses more seats than a service has, and less than one.
    pub fn check_seats(&self, capacity: i32) -> Result<(), Rejection> {
        let mut fields = Fields::default();
        fields.range("/seats", self.seats, 1, capacity.max(1));
        fields.finish()
    }

    /// What follows it, at most [`visit::MOST_NEXT`].
    pub fn then(&self) -> Result<Then, Rejection> {
        Then::new(self.then.iter().map(|one| one.next)).map_err(|why| why.at("/then"))
    }
}

/// Somebody as they tell who they are, in the forms that are kept; `country` is where a national telephone number belongs.
pub fn contact(told: Told<'_>, country: &str) -> Result<Contact, Rejection> {
    let Told { name, email, phone, address, note } = told;
    let mut fields = Fields::default();
    let name = fields.take("/customer/name", text::name(name));
    let email = fields.take("/customer/email", Email::parse(email));
    let phone_e164 = match phone.map(str::trim) {
        None | Some("") => None,
        Some(number) => fields.take("/customer/phone", contact::phone(number, country)),
    };
    let address = address.and_then(|address| fields.take("/address", text::lines(address, 500)).flatten());
    let note = note.and_then(|note| fields.take("/note", text::lines(note, 2_000)).flatten());
    match (name, email) {
        (Some(name), Some(email)) => {
            fields.finish()?;
            Ok(Contact { name, email, phone_e164, address, note })
        }
        _ => Err(fields.into_rejection()),
    }
}

/// Refuses a start that no calendar shows, before anything is asked of it.
pub fn check_start(start: DateTime<Utc>) -> Result<(), Rejection> {
    let mut fields = Fields::default();
    fields.year("/start", start);
    fields.finish()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deposit_is_a_part_of_the_price() {
        assert_eq!(deposit_cents(4_800, 3_000), 1_440);
        assert_eq!(deposit_cents(1, 5_000), 1);
        assert_eq!(deposit_cents(100_000_000, 10_000), 100_000_000);
        assert_eq!(deposit_cents(4_800, 0), 0);
    }
}
