//! PostgreSQL: the tenant transaction, queries and operations, the job ledger. Only here is diesel spoken.

pub mod cached;
pub mod ledger;
