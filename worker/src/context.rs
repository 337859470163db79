//! What job functions work with.

use crate::clock::Clock;
use store::ledger::Ledger;

/// Passed to every job. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    pub ledger: Ledger,
    pub clock: Clock,
}
