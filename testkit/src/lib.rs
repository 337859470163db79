//! What tests stand on: a database of their own, a server of their own, and a small vocabulary to talk to it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "whatever fails here fails the test that needs it"
)]

mod app;
mod database;
mod fleet;
mod request;
mod salon;
mod stream;

pub use app::{TestApp, sign_up};
pub use database::Database;
pub use request::{Answer, Request};
pub use salon::Salon;
pub use stream::{Message, Stream};
