//! Tests of the administrator's program, run as it is run.

#[cfg(test)]
mod operator;
