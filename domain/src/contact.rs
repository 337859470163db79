//! How a person is reached: email addresses and telephone numbers.

use crate::text;

/// Why an address or a number is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    #[error("must be an email address such as ana@example.org")]
    Email,
    #[error("must be a telephone number such as +33 6 12 34 56 78")]
    Phone,
}

/// An email address as typed, and the key it is compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    pub address: String,
    /// Lower case: two spellings of one address are one person.
    pub key: String,
}

impl Email {
    /// At most 254 octets with 64 before the `@` (RFC 5321, 4.5.3.1); of the characters RFC 5322 allows without quotes,
    /// and letters beyond ASCII (RFC 6531).
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(ContactError::Email)?;
        let local_fits = !local.is_empty()
            && local.len() <= 64
            && local.split('.').all(|part| !part.is_empty())
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-.".contains(c));
        // A top-level domain is no number (RFC 3696, 2), and who has an international name types it, not its encoding.
        let domain_fits = domain.contains('.')
            && domain.rsplit('.').next().is_some_and(|top| top.chars().any(char::is_alphabetic))
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.to_ascii_lowercase().starts_with("xn--")
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if !local_fits || !domain_fits || text.len() > 254 {
            return Err(ContactError::Email);
        }
        Ok(Self { address: text.to_owned(), key: text.to_lowercase() })
    }
}

/// Countries that write national numbers with a leading 0 and the calling codes it stands for.
const TRUNK_ZERO: [(&str, &str); 7] =
    [("FR", "33"), ("BE", "32"), ("CH", "41"), ("DE", "49"), ("AT", "43"), ("GB", "44"), ("NL", "31")];

/// A telephone number in the form of ITU-T E.164 (`+` and 8 to 15 digits). Spaces, dots, dashes and brackets are
/// dropped; a national number with a leading 0 is read as one of `country`.
pub fn phone(text: &str, country: &str) -> Result<String, ContactError> {
    let text = text::line(text, 40).map_err(|_not_a_line| ContactError::Phone)?;
    let compact: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '(' | ')' | '/')).collect();
    let digits = if let Some(digits) = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00")) {
        digits.to_owned()
    } else if let Some(national) = compact.strip_prefix('0') {
        let (_, code) = TRUNK_ZERO.iter().find(|(of, _)| *of == country).ok_or(ContactError::Phone)?;
        format!("{code}{national}")
    } else {
        return Err(ContactError::Phone);
    };
    let fits = (8..=15).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0');
    if fits { Ok(format!("+{digits}")) } else { Err(ContactError::Phone) }
}

/// The same number as it is dialled at home, in the countries that write it with a leading 0. `digits`: without the `+`.
pub fn national(digits: &str) -> Vec<String> {
    let home = |(_, code): &(&str, &str)| Some(format!("0{}", digits.strip_prefix(code)?));
    TRUNK_ZERO.iter().filter_map(home).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_in_two_spellings_is_one_person() {
        assert_eq!(
            Email::parse(" Ana@Example.ORG ").unwrap().key,
            Email::parse("ana@example.org").unwrap().key
        );
        assert_eq!(Email::parse("Ana@Example.org").unwrap().address, "Ana@Example.org");
    }

    #[test]
    fn what_no_server_would_take_is_refused() {
        for text in [
            "",
            "ana",
            "@example.org",
            "ana@",
            "ana@example",
            "a na@example.org",
            "ana@exa mple.org",
            "a..b@example.org",
            "ana@-example.org",
            "ana@example..org",
            "ana@example.org\r\nBcc: x@example.org",
            "<ana@example.org>",
            "a\"b@example.org",
            "ana@example.org,bob@example.org",
            "ana@xn--0.example",
            "ana@1.2.3.4",
        ] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
        assert!(Email::parse(&format!("{}@example.org", "a".repeat(65))).is_err());
        assert!(Email::parse(&format!("a@{}.org", "b.".repeat(130))).is_err());
        assert!(Email::parse("zoé+rdv@exemple.fr").is_ok());
    }

    #[test]
    fn numbers_come_out_in_one_form() {
        assert_eq!(phone("06 12 34 56 78", "FR").unwrap(), "+33612345678");
        assert_eq!(phone("+33 (6) 12.34.56-78", "BE").unwrap(), "+33612345678");
        assert_eq!(phone("0033612345678", "US").unwrap(), "+33612345678");
        for text in ["", "12", "abc", "06 12 34", "+0612345678", "+3361234567890123", "+33 6 12 34 56 7x"] {
            assert!(phone(text, "FR").is_err(), "{text}");
        }
        assert!(phone("06 12 34 56 78", "US").is_err());
    }
}
