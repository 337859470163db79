//! Passwords: which are good enough, and how they are kept. Hashed with Argon2id, each takes 19 MiB and tens of
//! milliseconds: never on a thread that serves others.

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};

use crate::rejection::Rejection;
use crate::text;

/// The least that OWASP's Password Storage Cheat Sheet asks for: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("the numbers are within Argon2's ranges");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Of a password that nobody knows, 32 random bytes that were thrown away: verified in the place of a hash that is not
/// there, it takes as long. Written down, for whoever starts would pay 19 MiB to make another.
pub const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$zLydCr3/LvOrkXmZcFnnig$q+nhm164N6L6hD6ZwSmHUs+r8uMuZGdeVMqDaifNfcs";

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    #[error("must have at least 10 characters")]
    TooShort,
    #[error("must have at most 200 characters")]
    TooLong,
    #[error("is too easy to guess: put words together that do not belong together")]
    Guessable,
}

impl Weakness {
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "TOO_SHORT",
            Self::TooLong => "TOO_LONG",
            Self::Guessable => "GUESSABLE",
        }
    }
}

impl From<Weakness> for Rejection {
    fn from(why: Weakness) -> Self {
        Self::invalid("/password", why.code(), why.to_string())
    }
}

/// Whether a password may be chosen: 10 to 200 characters, of whatever classes, that are no common password and take over
/// 10⁸ guesses as zxcvbn counts them (Wheeler, USENIX Security 2016; NIST SP 800-63B, 3.1.1.2). `known` is what others
/// know of its owner: it helps nobody.
pub fn check(password: &str, known: &[&str]) -> Result<(), Weakness> {
    match password.chars().take(201).count() {
        0..10 => return Err(Weakness::TooShort),
        201.. => return Err(Weakness::TooLong),
        _ => {}
    }
    let words: Vec<String> = known.iter().flat_map(|known| text::words(known)).collect();
    let inputs: Vec<&str> =
        known.iter().copied().chain(words.iter().map(String::as_str)).chain(["harmony"]).collect();
    let strength = zxcvbn::zxcvbn(password, &inputs).score();
    if strength < zxcvbn::Score::Three { Err(Weakness::Guessable) } else { Ok(()) }
}

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
    fn what_is_easily_guessed_is_no_password() {
        let known = ["camille@maison-camille.example", "Camille Martin", "Maison Camille"];
        let check = |password: &str| check(password, &known);
        for short in ["", "Xk3#9vQ!z"] {
            assert_eq!(check(short), Err(Weakness::TooShort), "{short}");
        }
        assert_eq!(check(&"é&x".repeat(67)), Err(Weakness::TooLong));
        for weak in [
            "1234567890",
            "Password123!",
            "azertyuiop",
            "motdepasse1",
            "aaaaaaaaaaaaaaaaaaaa",
            "camille@maison-camille.example",
            "Maison Camille 2026",
            "harmonyharmony",
        ] {
            assert_eq!(check(weak), Err(Weakness::Guessable), "{weak}");
        }
        // No class of characters is asked for.
        for strong in [
            "correct horse battery",
            "quatre lapins sous la pluie",
            "Tr0ub4dor&3",
            "カワウソは川で朝ごはんを食べる",
        ] {
            assert_eq!(check(strong), Ok(()), "{strong}");
        }
    }

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
