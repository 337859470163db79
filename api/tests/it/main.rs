//! The API and the pages, through a real server on a real PostgreSQL.

#[cfg(test)]
mod account;
#[cfg(test)]
mod api_keys;
#[cfg(test)]
mod approval;
mod arrangements;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod bookings;
#[cfg(test)]
mod bookings_staff;
#[cfg(test)]
mod calendar_feeds;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod consents;
#[cfg(test)]
mod console;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod cors;
#[cfg(test)]
mod customer_accounts;
#[cfg(test)]
mod customers;
#[cfg(test)]
mod customers_blocks;
#[cfg(test)]
mod customers_imports;
#[cfg(test)]
mod customers_merges;
#[cfg(test)]
mod customers_tags;
#[cfg(test)]
mod document;
#[cfg(test)]
mod embedding;
#[cfg(test)]
mod erasure;
#[cfg(test)]
mod group_sessions;
#[cfg(test)]
mod holds;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod hours;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod images;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod location;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod oidc;
#[cfg(test)]
mod oidc_hostile;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod pages_access;
#[cfg(test)]
mod pages_account;
#[cfg(test)]
mod pages_calendar;
mod pages_calendar_views;
#[cfg(test)]
mod pages_consents;
#[cfg(test)]
mod pages_customers;
#[cfg(test)]
mod pages_desk;
#[cfg(test)]
mod pages_events;
#[cfg(test)]
mod pages_export;
#[cfg(test)]
mod pages_hours;
#[cfg(test)]
mod pages_ops;
#[cfg(test)]
mod pages_pictures;
#[cfg(test)]
mod pages_public;
#[cfg(test)]
mod pages_session;
#[cfg(test)]
mod pages_setup;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod private_events;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod races;
#[cfg(test)]
mod races_rounds;
#[cfg(test)]
mod reminders;
#[cfg(test)]
mod reschedule;
#[cfg(test)]
mod resources;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod scans;
#[cfg(test)]
mod search;
#[cfg(test)]
mod second_factor;
#[cfg(test)]
mod series;
#[cfg(test)]
mod slot_cache;
#[cfg(test)]
mod slots;
#[cfg(test)]
mod sso;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod strangers_ended;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod support;
#[cfg(test)]
mod takeover;
#[cfg(test)]
mod team;
#[cfg(test)]
mod tenant_access;
#[cfg(test)]
mod things;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod translations;
#[cfg(test)]
mod visits;
#[cfg(test)]
mod waitlist;
