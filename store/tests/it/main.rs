//! What PostgreSQL holds by itself, whatever the code above it does.

#[cfg(test)]
mod allocations;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod console;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod zones;
