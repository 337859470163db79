//! All of Redis: the road that leased jobs travel on, the wake-ups beside it, and the source of an apalis worker.
//!
//! Redis carries nothing that is not in PostgreSQL too. It may lose everything at any time: what was on the road comes
//! back when its lease ends.

mod backend;
mod limits;
mod link;
mod places;
mod road;
mod server;
mod shelf;
mod slots;
mod tickets;
mod wake;

pub use backend::{Clock, Fetch, Hall, Source, open};
pub use limits::{Bucket, Limits, Quota, TooMany};
pub use link::{Error, Link, RedisConfig};
pub use places::Places;
pub use road::{Lane, Road, Stale, Waiting};
pub use shelf::Shelf;
pub use tickets::Tickets;
pub use wake::{News, Waker, hear, listen};
