//! How often somebody may ask: the table of buckets, and how a client learns what is left.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use domain::rejection::{Code, Extra, Rejection};
use queue::{Bucket, Quota, TooMany};
use std::time::Duration;

use crate::problem::{Problem, Result};
use crate::request;
use crate::state::State;

const QUARTER: Duration = Duration::from_mins(15);

/// Sign-up, sign-in and what belongs to it, by address and by email address.
pub const AUTH: Bucket = Bucket { name: "auth", most: 30, window: QUARTER };
/// What a member calls by token, by user.
pub const MEMBER: Bucket = Bucket { name: "member", most: 600, window: Duration::from_mins(1) };
/// What programs call, by key.
pub const KEY: Bucket = Bucket { name: "key", most: 300, window: Duration::from_mins(1) };
/// What all programs of a tenant call together.
pub const TENANT: Bucket = Bucket { name: "tenant", most: 1_000, window: Duration::from_mins(1) };
/// Failed sign-ins, by email address and address, whether it is known or not.
pub const LOGIN: Bucket = Bucket { name: "login", most: 20, window: QUARTER };
/// Failed sign-ins from everywhere, by email address: so many that one address alone locks nobody out.
pub const LOGIN_ANYWHERE: Bucket = Bucket { name: "login_anywhere", most: 200, window: QUARTER };
/// Failed sign-ins from a browser in which that user was signed in before, by browser: nobody else's guesses count there.
pub const LOGIN_DEVICE: Bucket = Bucket { name: "login_device", most: 20, window: QUARTER };
/// Mails that let somebody sign in whom others have locked out, by email address.
pub const UNLOCK: Bucket = Bucket { name: "unlock", most: 1, window: Duration::from_hours(1) };
/// Codes of a second factor that are tried, by user.
pub const SECOND_FACTOR: Bucket = Bucket { name: "second_factor", most: 10, window: Duration::from_hours(1) };
/// Exchanges of refresh tokens, by address: an office is many people.
pub const REFRESH: Bucket = Bucket { name: "refresh", most: 600, window: QUARTER };
/// Verification mails asked for again, by email address.
pub const VERIFICATION: Bucket = Bucket { name: "verification", most: 3, window: Duration::from_hours(1) };
/// Mails to get in again, by email address.
pub const RESET: Bucket = Bucket { name: "reset", most: 3, window: Duration::from_hours(1) };
/// Links by which a customer signs in, by tenant and email address, whether it is known or not.
pub const CUSTOMER_LINK: Bucket = Bucket { name: "customer_link", most: 3, window: Duration::from_hours(1) };
/// The same, by tenant.
pub const CUSTOMER_LINKS: Bucket =
    Bucket { name: "customer_links", most: 300, window: Duration::from_hours(1) };
/// Changes of address that a user asks for, each of which writes to somebody.
pub const EMAIL_CHANGE: Bucket = Bucket { name: "email_change", most: 5, window: Duration::from_hours(1) };
/// Invitations, each of which writes to somebody, by tenant.
pub const INVITATION: Bucket = Bucket { name: "invitation", most: 30, window: Duration::from_hours(1) };
/// What anybody may read, by address.
pub const READ: Bucket = Bucket { name: "read", most: 600, window: QUARTER };
/// What anybody may write, by address.
pub const WRITE: Bucket = Bucket { name: "write", most: 100, window: QUARTER };
/// Files that anybody may send, by address.
pub const UPLOAD: Bucket = Bucket { name: "upload", most: 30, window: QUARTER };
/// Guesses at a booking's code, by address and by code.
pub const LOOKUP: Bucket = Bucket { name: "lookup", most: 20, window: QUARTER };

impl State {
    /// Takes one of what `key` has left in the bucket. The answer's headers tell what is left then.
    pub async fn take(&self, bucket: Bucket, key: &str) -> Result<()> {
        self.try_take(bucket, key).await.map_err(too_many)
    }

    /// Like [`State::take`] for who answers an empty bucket otherwise: the error is the seconds to wait.
    pub async fn try_take(&self, bucket: Bucket, key: &str) -> Result<(), u64> {
        match self.limits.take(bucket, key).await {
            Ok(quota) => {
                if let Some(quota) = quota {
                    request::note(quota);
                }
                Ok(())
            }
            Err(TooMany(quota)) => {
                request::note(quota);
                Err(quota.wait())
            }
        }
    }
}

/// The refusal of whoever has to wait so many seconds.
pub fn too_many(retry_after: u64) -> Problem {
    Rejection::from(Code::TooManyRequests).with(Extra::RetryAfter { retry_after }).into()
}

/// Of two buckets, the one that a client must mind: with less left, or later full again.
pub fn tighter(one: Quota, other: Quota) -> Quota {
    if (one.left, other.full_in) <= (other.left, one.full_in) { one } else { other }
}

/// Writes how a bucket stands as `RateLimit-Limit`, `-Remaining` and `-Reset` (draft-ietf-httpapi-ratelimit-headers-03,
/// the form in common use).
pub fn tell(headers: &mut HeaderMap, quota: Quota) {
    for (name, value) in [
        ("ratelimit-limit", quota.most),
        ("ratelimit-remaining", quota.left),
        ("ratelimit-reset", quota.seconds()),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_with_least_left_is_told() {
        let quota = |left, seconds| Quota {
            most: 30,
            left,
            full_in: Duration::from_secs(seconds),
            next_in: Duration::ZERO,
        };
        for (one, other) in [(quota(3, 10), quota(4, 900)), (quota(0, 900), quota(0, 10))] {
            assert_eq!(tighter(one, other), one);
            assert_eq!(tighter(other, one), one);
        }
    }
}
