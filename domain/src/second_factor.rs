//! The second factor: codes of an app that change every half minute (TOTP, RFC 6238), and recovery codes for whoever has
//! lost it.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

use crate::id::UserId;

/// Bytes of a secret: as long as HMAC-SHA-1's result (RFC 4226, 4).
pub const SECRET_LEN: usize = 20;
/// Recovery codes that are made at a time.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code: too many to guess, so that a plain hash keeps them.
pub const RECOVERY_LEN: usize = 10;

/// Where a user's secret is sealed for.
pub fn place(id: UserId) -> String {
    format!("totp {id}")
}

/// What an app and we share. Six digits, half a minute, SHA-1: what every app knows.
pub struct SharedSecret(Totp);

impl SharedSecret {
    /// `None`: not of the length it should have.
    pub fn new(secret: &[u8], account: &str) -> Option<Self> {
        let totp = Builder::new()
            .with_secret(Secret::from(secret))
            // A colon would part the issuer from the account.
            .with_account_name(account.replace(':', "_"))
            .with_issuer(Some("Harmony"))
            .build()
            .ok()
            .filter(|_| secret.len() == SECRET_LEN)?;
        Some(Self(totp))
    }

    /// The half minute since 1970 that a code is of, if it is one of now, of the one before or of the next: clocks differ.
    /// Whoever asks has each accepted once (RFC 6238, 5.2).
    pub fn step(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let time = u64::try_from(now.timestamp()).ok()?;
        i64::try_from(self.0.check(&code, time)?).ok()
    }

    /// What an app shows at that time.
    pub fn code(&self, at: DateTime<Utc>) -> Option<String> {
        Some(self.0.generate(u64::try_from(at.timestamp()).ok()?).to_string())
    }

    /// In the letters that are typed into an app (RFC 4648, base 32).
    pub fn letters(&self) -> String {
        self.0.secret().to_base32()
    }

    /// What its QR code says (Key Uri Format of Google Authenticator).
    pub fn url(&self) -> Option<String> {
        self.0.to_url().ok()
    }
}

/// A code that is good once, in the place of an app's. It can't be printed but by what shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

/// Letters and digits that nobody takes for one another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl RecoveryCode {
    pub fn new(random: [u8; RECOVERY_LEN]) -> Self {
        let number = random.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        let letter = |at: usize| {
            let index = usize::try_from(number >> (5 * (15 - at)) & 31).unwrap_or(0);
            char::from(LETTERS.get(index).copied().unwrap_or(b'0'))
        };
        Self((0..16).map(letter).collect())
    }

    /// As somebody types it: any case, with or without dashes, O for 0, I and L for 1. `None`: it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let letters =
            text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            });
        let code: String = letters.take(17).collect();
        let is_known = |c: char| u8::try_from(c).is_ok_and(|byte| LETTERS.contains(&byte));
        (code.len() == 16 && code.chars().all(is_known)).then_some(Self(code))
    }

    /// What is kept of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// In groups of four, as it is written down.
impl std::fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, letter) in self.0.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// RFC 6238, appendix B: SHA-1, of whose eight digits an app shows the last six.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let secret = SharedSecret::new(b"12345678901234567890", "ana@example.org").unwrap();
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(secret.step(code.split_at(2).1, at(seconds)), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_a_step_early_or_late_and_no_more() {
        let secret = SharedSecret::new(b"12345678901234567890", "ana@example.org").unwrap();
        for (seconds, step) in [(29, None), (30, Some(2)), (89, Some(2)), (119, Some(2)), (120, None)] {
            // That of the seconds 60 to 89.
            assert_eq!(secret.step(" 359 152 ", at(seconds)), step, "{seconds}");
        }
        for wrong in ["", "35915", "3591522", "35915a", "000000", "３５９１５２"] {
            assert_eq!(secret.step(wrong, at(60)), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_is_told_by_a_url_of_the_known_form() {
        let secret = SharedSecret::new(b"12345678901234567890", "ana@example.org").unwrap();
        assert_eq!(secret.letters(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let url = secret.url().unwrap();
        assert!(url.starts_with("otpauth://totp/Harmony"), "{url}");
        assert!(
            url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && url.contains("issuer=Harmony"),
            "{url}"
        );
        assert!(SharedSecret::new(b"short", "ana").is_none());
        assert!(SharedSecret::new(&[0; 21], "ana").is_none());
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        let code = RecoveryCode::new([0, 68, 50, 20, 199, 66, 84, 182, 53, 207]);
        assert_eq!(code.to_string(), "0123-4567-89AB-CDEF");
        for typed in
            ["0123-4567-89AB-CDEF", " o123 4567 89ab cdef ", "OI23456789ABCDEF", "ol23-4567-89ab-cdef"]
        {
            assert!(RecoveryCode::parse(typed) == Some(code.clone()), "{typed}");
        }
        for wrong in [
            "",
            "123456",
            "0123-4567-89AB-CDE",
            "0123-4567-89AB-CDEF0",
            "U123-4567-89AB-CDEF",
            "é123-4567-89AB-CDEF",
        ] {
            assert!(RecoveryCode::parse(wrong).is_none(), "{wrong}");
        }
        assert_eq!(RecoveryCode::new([255; 10]).to_string(), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        assert_ne!(code.hash(), RecoveryCode::new([1; 10]).hash());
    }
}
