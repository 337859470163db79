//! Recurrence rules: the examples of RFC 5545, clocks that change, rules of people who mean no good.

#[cfg(test)]
mod clocks;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod rfc5545;
#[cfg(test)]
mod support;
#[cfg(test)]
mod text;
