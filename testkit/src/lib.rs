//! What tests stand on: a database of their own, a server of their own, and a small vocabulary to talk to it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "whatever fails here fails the test that needs it"
)]

mod app;
mod browser;
mod database;
mod fleet;
mod html;
mod oidc;
mod operator;
mod request;
mod salon;
mod stream;

pub use app::{TestApp, oidc, redis, sign_up};
pub use browser::Browser;
pub use database::Database;
pub use oidc::IdentityProvider;
pub use operator::Operator;
pub use request::{Answer, Request};
pub use salon::Salon;
pub use stream::{Message, Stream};
