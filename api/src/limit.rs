//! How often somebody may ask: the table of buckets.

use domain::rejection::{Code, Extra, Rejection};
use queue::{Bucket, TooMany};
use std::time::Duration;

use crate::problem::Problem;

const QUARTER: Duration = Duration::from_mins(15);

/// Sign-up, sign-in and what belongs to it, by address and by email address.
pub const AUTH: Bucket = Bucket { name: "auth", most: 30, window: QUARTER };
/// Failed sign-ins, by email address, whether it is known or not.
pub const LOGIN: Bucket = Bucket { name: "login", most: 20, window: QUARTER };
/// Exchanges of refresh tokens, by address: an office is many people.
pub const REFRESH: Bucket = Bucket { name: "refresh", most: 600, window: QUARTER };
/// Verification mails asked for again, by email address.
pub const VERIFICATION: Bucket = Bucket { name: "verification", most: 3, window: Duration::from_hours(1) };
/// What anybody may read, by address.
pub const READ: Bucket = Bucket { name: "read", most: 600, window: QUARTER };
/// What anybody may write, by address.
pub const WRITE: Bucket = Bucket { name: "write", most: 100, window: QUARTER };
/// Guesses at a booking's code, by address and by code.
pub const LOOKUP: Bucket = Bucket { name: "lookup", most: 20, window: QUARTER };

impl From<TooMany> for Problem {
    fn from(too_many: TooMany) -> Self {
        let retry_after = too_many.retry_after.as_secs().max(1);
        Rejection::from(Code::TooManyRequests).with(Extra::RetryAfter { retry_after }).into()
    }
}
