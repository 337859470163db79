//! The fleet: what runs the jobs, what relays them, and one async function per job.

mod bookings;
pub mod clock;
pub mod context;
mod customers;
pub mod dispatch;
mod documents;
mod exports;
mod images;
mod imports;
mod intake;
mod layers;
mod maintenance;
mod messages;
pub mod metrics;
pub mod outcome;
pub mod perform;
mod private_events;
pub mod process;
mod relay;
mod reminders;
#[cfg(feature = "pdf")]
pub mod render_pdf;
mod retention;
pub mod runtime;
pub mod schedule;
mod series;
pub mod serve;
mod settle;
pub mod suspect;
mod tally;
mod tenants;
mod usage;
mod users;
mod waitlist;

/// Every job is some dozen small things, made and dropped.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
