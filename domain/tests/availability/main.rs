//! Wall clock, hours and slots, seen from outside.

mod clock_changes;
mod counting;
mod diary;
mod hours;
mod offers;
mod properties;
mod reference;
mod slots;
mod team;
mod visits;
mod wall_clock;
