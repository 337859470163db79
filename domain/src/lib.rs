//! The rules of Harmony: pure functions over plain values. No I/O, no clock, no async runtime.

pub mod hours;
pub mod id;
pub mod slots;
pub mod wall_clock;
