//! Wall clock, hours and slots, seen from outside.

mod counting;
mod diary;
mod hours;
mod properties;
mod reference;
mod slots;
mod team;
mod wall_clock;
