//! The outside world, one folder each: what Harmony sends to, takes from and keeps with others, for real or in a sandbox.

pub mod calendars;
pub mod files;
pub mod images;
pub mod mail;
pub mod oidc;
pub mod outgoing;
pub mod secrets;
pub mod vault;
