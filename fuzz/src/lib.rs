//! What reads bytes from outside, each with what must hold of whatever it makes of them.

mod asked;
mod files;
mod typed;

pub use asked::{address, body, cursor, job, query, token};
pub use files::{calendar, picture, table};
pub use typed::{codes, contact, device, link, numbers, rule, text, web};

/// Bytes as text, when they are some.
fn words(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
