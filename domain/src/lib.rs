//! The rules of Harmony: pure functions over plain values. No I/O, no clock, no async runtime.

pub mod booking;
pub mod company;
pub mod contact;
pub mod customer;
pub mod hours;
pub mod id;
pub mod image;
pub mod job;
pub mod link;
pub mod locale;
pub mod password;
pub mod plan;
pub mod privacy;
pub mod rejection;
pub mod reminder;
pub mod role;
pub mod service;
pub mod setup;
pub mod sheet;
pub mod slots;
pub mod slug;
mod sql;
pub mod staff;
pub mod tenant;
pub mod text;
pub mod wall_clock;
pub mod web;
