//! Randomness, where handlers get it from.

use aws_lc_rs::rand;

/// `N` random bytes, fit for secrets.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

pub fn number() -> u32 {
    u32::from_le_bytes(bytes())
}
