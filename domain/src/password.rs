//! Passwords: hashed with Argon2id. Each takes 19 MiB and tens of milliseconds: never on a thread that serves others.

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};

/// The least that OWASP's Password Storage Cheat Sheet asks for: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("the numbers are within Argon2's ranges");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Of a password that nobody knows, 32 random bytes that were thrown away: verified in the place of a hash that is not
/// there, it takes as long. Written down, for whoever starts would pay 19 MiB to make another.
pub const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$zLydCr3/LvOrkXmZcFnnig$q+nhm164N6L6hD6ZwSmHUs+r8uMuZGdeVMqDaifNfcs";

/// The PHC string of a password, with a salt of random bytes. A password is at most 200 characters, which Argon2 takes.
pub fn hash(password: &str, salt: [u8; 16]) -> String {
    argon2()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("Argon2 takes 16 bytes of salt and any password that fits in a request")
        .to_string()
}

/// Whether it is the password. A string that is no hash matches nothing.
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_alone() {
        let kept = hash("correct horse", [1; 16]);
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse", &kept));
        assert!(!verify("correct horsf", &kept));
        assert_ne!(hash("correct horse", [2; 16]), kept);
        assert!(!verify("correct horse", "nonsense"));
        assert!(!verify("", NOBODYS));
        // As dear to verify as any.
        let shape = |hash: &str| hash.split('$').map(str::to_owned).take(4).collect::<Vec<_>>();
        assert_eq!((shape(NOBODYS), NOBODYS.len()), (shape(&kept), kept.len()));
    }
}
