//! PostgreSQL: the doors to it, the operations on it, the ledger of jobs. Only here is diesel spoken.

pub mod account_data;
pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod availability;
pub mod bookings;
pub mod cached;
pub mod calendar;
pub mod calendar_feeds;
pub mod console;
pub mod customers;
pub mod documents;
mod door;
pub mod embedding;
mod error;
pub mod events;
mod explain;
pub mod exports;
pub mod group_sessions;
pub mod hours;
pub mod idempotency;
pub mod identities;
pub mod images;
pub mod import;
pub mod intake;
pub mod jobs;
pub mod ledger;
mod line;
pub mod members;
pub mod messages;
pub mod migrate;
pub mod passkeys;
mod pools;
pub mod private_events;
pub mod progress;
pub mod reminders;
pub mod resealing;
pub mod retention;
pub mod rooms;
mod schema;
mod sealing;
pub mod search;
pub mod second_factors;
pub mod services;
pub mod sessions;
pub mod setup;
pub mod sso;
pub mod staff;
pub mod tenant_access;
pub mod tenants;
pub mod trace;
pub mod usage;
pub mod users;
pub mod waitlist;

pub use door::{
    AccountTx, Accounts, DatabaseConfig, Door, Identity, IdentityTx, Store, System, SystemTx, Tenant,
    TenantTx, Wake, Waker,
};
pub use error::{Error, OnConstraint, Result};
