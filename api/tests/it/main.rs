//! The API and the pages, through a real server on a real PostgreSQL.

#[cfg(test)]
mod identity;
#[cfg(test)]
mod races;
#[cfg(test)]
mod strangers;
