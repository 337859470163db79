//! Other calendars: what their files say.

pub mod ics;
