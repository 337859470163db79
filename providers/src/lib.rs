//! The outside world, one folder each: what Harmony sends to and keeps with others, for real or in a sandbox.

pub mod files;
pub mod mail;
pub mod secrets;
