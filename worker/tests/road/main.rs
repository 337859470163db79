//! The road against a real PostgreSQL and a real Redis: what it promises, and what it promises when things break.

#[cfg(test)]
mod chaos;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod suspects;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod upkeep;
