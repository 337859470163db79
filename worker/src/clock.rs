//! The time, passed to whoever needs it.

use chrono::{DateTime, Utc};
use std::sync::Arc;

/// Within a second of PostgreSQL's clock, or deliveries are refused as late or started too late.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The machine's own.
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place where a worker's time comes from")]
        Self::new(Utc::now)
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}
