//! How a person is reached: email addresses and telephone numbers.

use unicode_normalization::UnicodeNormalization;

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
    /// Lower case, in one form of Unicode, with the domain as the DNS finds it (UTS #46): two spellings of one mailbox are one
    /// person.
    pub key: String,
}

impl Email {
    /// At most 254 octets with 64 before the `@` (RFC 5321, 4.5.3.1); of the characters RFC 5322 allows without quotes,
    /// and letters beyond ASCII (RFC 6531).
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(ContactError::Email)?;
        let local: String = local.nfkc().collect();
        let local_fits = !local.is_empty()
            && local.len() <= 64
            && local.split('.').all(|part| !part.is_empty())
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-.".contains(c));
        let (host, found) = idna::domain_to_unicode(domain);
        // A top-level domain is no number (RFC 3696, 2), and who has an international name types it, not its encoding.
        let domain_fits = found.is_ok()
            && !domain.to_ascii_lowercase().split('.').any(|label| label.starts_with("xn--"))
            && host.contains('.')
            && host.rsplit('.').next().is_some_and(|top| top.chars().any(char::is_alphabetic))
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        // What is typed stands, where it is what the mail server is asked for.
        let domain = if host == domain.to_lowercase() { domain } else { &host };
        let address = format!("{local}@{domain}");
        if !local_fits || !domain_fits || text.len().max(address.len()) > 254 {
            return Err(ContactError::Email);
        }
        Ok(Self { key: format!("{}@{host}", local.to_lowercase()), address })
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

/// Calling codes of two digits; one that begins with 1 or 7 has one digit, any other three (ITU-T E.164, list of assigned
/// codes).
const TWO_DIGITS: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
    "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
    "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
];

/// What a number begins with, and how many of the digits after its calling code stand together.
const GROUPS: [(&str, &[usize]); 14] = [
    ("33", &[1, 2, 2, 2, 2]),
    ("32", &[3, 2, 2, 2]),
    ("322", &[1, 3, 2, 2]),
    ("323", &[1, 3, 2, 2]),
    ("324", &[1, 3, 2, 2]),
    ("329", &[1, 3, 2, 2]),
    ("32", &[2, 2, 2, 2]),
    ("41", &[2, 3, 2, 2]),
    ("447", &[4, 6]),
    ("442", &[2, 4, 4]),
    ("44", &[4, 6]),
    ("316", &[1, 8]),
    ("31", &[2, 3, 2, 2]),
    ("34", &[3, 2, 2, 2]),
];

/// A kept number as people write it: one of `country` as it is dialled there, any other with its calling code, in groups.
/// Read again in `country`, it is the same number.
pub fn readable_phone(number: &str, country: &str) -> String {
    let digits = number.strip_prefix('+').unwrap_or_default();
    let length = match digits.get(..2) {
        _ if digits.starts_with(['1', '7']) => 1,
        Some(first) if TWO_DIGITS.contains(&first) => 2,
        _ => 3,
    };
    let Some((code, rest)) = digits.split_at_checked(length) else { return number.to_owned() };
    let groups = groups(digits, rest);
    let home = format!("0{groups}");
    let is_at_home = TRUNK_ZERO.contains(&(country, code)) && phone(&home, country).as_deref() == Ok(number);
    if is_at_home { home } else { format!("+{code} {groups}") }
}

/// The digits after the calling code; where no custom is known, three and three, and four at the end.
fn groups(digits: &str, rest: &str) -> String {
    let is_custom = |(start, lengths): &&(&str, &[usize])| {
        digits.starts_with(start) && lengths.iter().sum::<usize>() == rest.len()
    };
    let custom = GROUPS.iter().find(is_custom).map(|(_, lengths)| *lengths).unwrap_or_default();
    let mut lengths = custom.iter().copied();
    let (mut groups, mut rest) = (Vec::new(), rest);
    while !rest.is_empty() {
        let length = lengths.next().unwrap_or(if rest.len() > 4 { 3 } else { rest.len() });
        let (group, others) = rest.split_at_checked(length).unwrap_or((rest, ""));
        groups.push(group);
        rest = others;
    }
    groups.join(" ")
}

/// The same number as it is dialled at home, in the countries that write it with a leading 0. `digits`: without the `+`.
pub fn national(digits: &str) -> Vec<String> {
    let home = |(_, code): &(&str, &str)| Some(format!("0{}", digits.strip_prefix(code)?));
    TRUNK_ZERO.iter().filter_map(home).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_address_in_two_spellings_is_one_person() {
        assert_eq!(
            Email::parse(" Ana@Example.ORG ").unwrap().key,
            Email::parse("ana@example.org").unwrap().key
        );
        assert_eq!(Email::parse("Ana@Example.org").unwrap().address, "Ana@Example.org");
        // The second form is full width, as Japanese keyboards write it; é is one sign, or two.
        for (one, other) in [
            ("ana@last.example", "ana@\u{ff4c}ast.example"),
            ("ana@last.example", "\u{ff41}na@last.example"),
            ("zo\u{e9}@caf\u{e9}.example", "ZOE\u{301}@CAFE\u{301}.example"),
        ] {
            assert_eq!(Email::parse(one).unwrap().key, Email::parse(other).unwrap().key, "{other}");
        }
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
            "\u{fdfa}@example.org",
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

    #[test]
    fn a_number_is_shown_as_it_is_written_at_home_and_abroad() {
        for (number, country, written) in [
            ("+33612345678", "FR", "06 12 34 56 78"),
            ("+33612345678", "BE", "+33 6 12 34 56 78"),
            ("+33612345678", "US", "+33 6 12 34 56 78"),
            ("+32470123456", "BE", "0470 12 34 56"),
            ("+3222123456", "BE", "02 212 34 56"),
            ("+3281223344", "BE", "081 22 33 44"),
            ("+41791234567", "CH", "079 123 45 67"),
            ("+447911123456", "GB", "07911 123456"),
            ("+442079460018", "FR", "+44 20 7946 0018"),
            ("+14155552671", "US", "+1 415 555 2671"),
            ("+390612345678", "FR", "+39 061 234 5678"),
            ("+352621123456", "FR", "+352 621 123 456"),
            ("+4915112345678", "DE", "0151 123 456 78"),
            // No number of the plan's: two zeros in front would be a way abroad.
            ("+33012345678", "FR", "+33 0 12 34 56 78"),
            ("", "FR", ""),
            ("112", "FR", "112"),
        ] {
            assert_eq!(readable_phone(number, country), written);
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_as_the_same_number(
            digits in "[1-9][0-9]{7,14}",
            country in proptest::sample::select(vec!["FR", "BE", "CH", "DE", "AT", "GB", "NL", "US", "IT"]),
        ) {
            let number = format!("+{digits}");
            prop_assert_eq!(phone(&readable_phone(&number, country), country), Ok(number));
        }
    }
}
