//! How a job is run and what its end means.

use crate::Queue;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::time::Duration;

/// A job's line in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub queue: Queue,
    pub priority: Priority,
    /// Runs in all; the last failure makes the job dead.
    pub attempts: i16,
    /// For one run.
    pub timeout: Duration,
    pub backoff: Backoff,
}

impl Policy {
    pub(crate) const fn new(queue: Queue, attempts: i16, timeout_seconds: u64) -> Self {
        let timeout = Duration::from_secs(timeout_seconds);
        Self { queue, priority: Priority::Normal, attempts, timeout, backoff: Backoff::DEFAULT }
    }

    pub(crate) const fn bulk(self) -> Self {
        Self { priority: Priority::Bulk, ..self }
    }

    /// Waits of up to `base` seconds after the first failure, of up to `cap` after the later ones.
    pub(crate) const fn backoff(self, base: u64, cap: u64) -> Self {
        Self { backoff: Backoff { base: Duration::from_secs(base), cap: Duration::from_secs(cap) }, ..self }
    }
}

/// Who shares a lane with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// At once, as long as the tenant has little to do.
    Normal,
    /// Imports, exports, campaigns: always with those who have a backlog.
    Bulk,
}

impl Priority {
    /// As the ledger keeps it.
    pub const fn code(self) -> i16 {
        match self {
            Self::Normal => 0,
            Self::Bulk => 1,
        }
    }
}

/// How long a failed job waits for its next run: anything from nothing to `base` × 2^attempt, `cap` at most, each as
/// likely ("full jitter"), so that what failed together does not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    pub base: Duration,
    pub cap: Duration,
}

impl Backoff {
    pub const DEFAULT: Self = Self { base: Duration::from_secs(2), cap: Duration::from_mins(15) };
    /// Of a job that a worker can't read: in a rolling release a newer one may.
    pub const UNREAD: Self = Self { base: Duration::from_mins(1), cap: Duration::from_mins(15) };

    /// The longest wait. `attempt` counts the runs that failed before the one that just did.
    pub fn longest(self, attempt: i16) -> Duration {
        let factor = 2_u32.saturating_pow(u32::try_from(attempt).unwrap_or(0));
        self.base.saturating_mul(factor).min(self.cap)
    }
}

/// Why a run did not do the work. Messages reach the ledger and the operators: no personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobError {
    /// Again, after the backoff of its attempt.
    #[error("{0}")]
    Retry(String),
    /// Again, not before this long; it counts as an attempt. For a provider's `Retry-After`.
    #[error("later: {1}")]
    Later(Duration, String),
    /// Never again, and nothing is wrong: the row it was about is gone or has moved on.
    #[error("dropped: {0}")]
    Drop(Cow<'static, str>),
    /// Never again, and somebody should look: it is kept as dead.
    #[error("{0}")]
    Dead(String),
}

impl JobError {
    /// [`Self::Drop`] for this reason.
    pub const fn dropped(why: &'static str) -> Self {
        Self::Drop(Cow::Borrowed(why))
    }

    /// What follows from it, in a word.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Retry(_) => "retry",
            Self::Later(..) => "later",
            Self::Drop(_) => "drop",
            Self::Dead(_) => "dead",
        }
    }
}
