//! Placeholder.

#[cfg(feature = "pdf")]
pub mod render_pdf;
