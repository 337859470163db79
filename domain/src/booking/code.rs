//! The public code of a booking: what a customer reads out, and types back.

/// Letters and digits that are not mistaken for one another when read out or written down.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A public code, `XX-XXXXXX`: the tenant's two letters and six of 32 signs, from 30 random bits.
pub fn public_code(prefix: &str, random: u32) -> String {
    let mut code = String::with_capacity(9);
    code.push_str(prefix);
    code.push('-');
    for place in 0..6_u32 {
        let index = usize::try_from((random >> (5 * place)) & 31).unwrap_or(0);
        code.extend(ALPHABET.get(index).map(|sign| char::from(*sign)));
    }
    code
}

/// The two letters that a tenant's codes begin with, from its name: the first of its first two words, or the first two
/// letters of its only one.
pub fn code_prefix(name: &str) -> String {
    let plain = crate::slug::suggest(name).to_ascii_uppercase();
    let words: Vec<&str> =
        plain.split('-').filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase())).collect();
    let letters: String = match words.as_slice() {
        [first, second, ..] => first.chars().take(1).chain(second.chars().take(1)).collect(),
        [only] => only.chars().filter(char::is_ascii_uppercase).take(2).collect(),
        [] => String::new(),
    };
    format!("{letters:H<2}")
}

/// A code as somebody typed it: spaces and dashes as they please, in any case; `None` when it can't be one.
pub fn parse_public_code(text: &str) -> Option<String> {
    let signs: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(9).collect();
    if signs.len() != 8 || !signs.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
        return None;
    }
    let signs = signs.to_ascii_uppercase();
    let (prefix, rest) = signs.split_at_checked(2)?;
    Some(format!("{prefix}-{rest}"))
}

/// The beginning of a code as it is kept, of at least three signs; `None`: no code begins like that.
pub fn beginning_of_code(text: &str) -> Option<String> {
    let signs: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(9).collect();
    if !(3..=8).contains(&signs.len()) || !signs.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
        return None;
    }
    let signs = signs.to_ascii_uppercase();
    let (prefix, rest) = signs.split_at_checked(2)?;
    prefix.bytes().all(|sign| sign.is_ascii_alphabetic()).then(|| format!("{prefix}-{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_easy_to_read_out_and_to_type_back() {
        assert_eq!(public_code("SE", 0), "SE-222222");
        assert_eq!(public_code("SE", u32::MAX), "SE-ZZZZZZ");
        let code = public_code("SE", 0x1234_5678);
        assert_eq!(parse_public_code(&code.to_lowercase().replace('-', " ")), Some(code));
        for text in ["", "SE", "SE-22222", "SE-2222222", "SE-22222é", "SE-22222\0"] {
            assert_eq!(parse_public_code(text), None, "{text}");
        }
    }

    #[test]
    fn a_code_is_recognised_by_its_beginning() {
        for (typed, code) in [("se-4", "SE-4"), ("SE4F7", "SE-4F7"), ("se 4f7k2m", "SE-4F7K2M")] {
            assert_eq!(beginning_of_code(typed).as_deref(), Some(code));
        }
        for typed in ["", "se", "se-", "1234", "se-4f7k2m9", "zoé", "a.b"] {
            assert_eq!(beginning_of_code(typed), None, "{typed}");
        }
    }

    #[test]
    fn every_tenant_has_two_letters() {
        for (name, prefix) in
            [("Salon Élégance", "SE"), ("Zoé", "ZO"), ("北京", "ST"), ("1", "ST"), ("A", "SA")]
        {
            assert_eq!(code_prefix(name), prefix, "{name}");
        }
    }
}
