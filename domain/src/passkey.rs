//! Passkeys (W3C Web Authentication, level 3): what signs users in without a password.

use std::ops::RangeInclusive;

use chrono::TimeDelta;

/// How long a challenge waits for its answer.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// Most passkeys of a user.
pub const MOST: usize = 10;

/// Most characters of the name that its user gives one.
pub const MOST_OF_NAME: usize = 100;

/// Bytes of what an authenticator names a credential by (Web Authentication, 4, "Credential ID").
pub const CREDENTIAL_ID: RangeInclusive<usize> = 16..=1023;
