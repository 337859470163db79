//! Staff members: who or what can be booked.

use chrono_tz::Tz;

use crate::contact::Email;
use crate::rejection::{Fields, Rejection};
use crate::text;

/// A staff member as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffDraft {
    pub name: String,
    pub email: Option<String>,
    /// Of their own hours; none: the tenant's.
    pub timezone: Option<Tz>,
    pub max_daily_bookings: Option<i32>,
    /// Percent of what the others get of the bookings that name nobody.
    pub weight: i32,
}

impl StaffDraft {
    /// As much as the others.
    pub const USUAL_WEIGHT: i32 = 100;

    pub fn checked(mut self) -> Result<Self, Rejection> {
        let mut fields = Fields::default();
        self.name = fields.take("/name", text::name(&self.name)).unwrap_or_default();
        self.email = match self.email.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(address) => fields.take("/email", Email::parse(address)).map(|email| email.address),
        };
        if let Some(max) = self.max_daily_bookings {
            fields.range("/max_daily_bookings", max, 1, 1_000);
        }
        fields.range("/weight", self.weight, 10, 1_000);
        fields.finish()?;
        Ok(self)
    }
}
