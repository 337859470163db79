//! How a job is run and what its end means.

use crate::Queue;
use std::time::Duration;

/// A job's line in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub queue: Queue,
    /// Runs in all; the last failure makes the job dead.
    pub attempts: i16,
    /// For one run.
    pub timeout: Duration,
}

impl Policy {
    pub(crate) const fn new(queue: Queue, attempts: i16, timeout_seconds: u64) -> Self {
        Self { queue, attempts, timeout: Duration::from_secs(timeout_seconds) }
    }
}

/// Why a run did not do the work. Messages reach the ledger and the operators: no personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// Again, after the backoff of its attempt.
    #[error("{0}")]
    Retry(String),
    /// Again, not before this long; it counts as an attempt. For a provider's `Retry-After`.
    #[error("later: {1}")]
    Later(Duration, String),
    /// Never again, and nothing is wrong: the row it was about is gone or has moved on.
    #[error("dropped: {0}")]
    Drop(&'static str),
    /// Never again, and somebody should look: it is kept as dead.
    #[error("{0}")]
    Dead(String),
}
