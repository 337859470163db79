//! Text that people type: trimmed, bounded, free of control characters.

/// Why a text is refused; the sentence follows the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most {0} characters")]
    TooLong(usize),
    #[error("must not contain control characters")]
    Control,
    #[error("must not contain a web address")]
    Address,
}

/// A name, 1..=255 characters on one line. Without a web address: names stand in our mails to people whom their author
/// chose, and programs for mail make links of them.
pub fn name(text: &str) -> Result<String, TextError> {
    let name = line(text, 255)?;
    let plain = name.to_lowercase();
    if plain.contains("://") || plain.contains("www.") { Err(TextError::Address) } else { Ok(name) }
}

/// One line of 1..=`max` characters, trimmed.
pub fn line(text: &str, max: usize) -> Result<String, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().any(|c| c.is_control() || turns_text(c)) {
        return Err(TextError::Control);
    }
    if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(TextError::Empty);
    }
    bounded(text, max)
}

/// Some lines of at most `max` characters, trimmed; `None` when nothing is left.
pub fn lines(text: &str, max: usize) -> Result<Option<String>, TextError> {
    let text = text.trim();
    if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Ok(None);
    }
    if text.chars().any(|c| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || turns_text(c)) {
        return Err(TextError::Control);
    }
    bounded(text, max).map(Some)
}

/// Embeddings and overrides of direction (Unicode UAX #9): they turn the text of others around.
const fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{e0000}'..='\u{e007f}')
}

/// The words of a text as they are compared: lower case, without accents, apart from whatever is no letter and no digit.
pub fn words(text: &str) -> Vec<String> {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match fold(c) {
            Some(plain) => folded.push_str(plain),
            // What is combined with the letter before (Unicode, Combining Diacritical Marks).
            None if matches!(c, '\u{300}'..='\u{36f}') => {}
            None => folded.push(c),
        }
    }
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A Latin letter without its accent, as people type it who have no such key.
const fn fold(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
        'ŕ' | 'ř' => "r",
        'ś' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'œ' => "oe",
        'æ' => "ae",
        'ß' => "ss",
        'þ' => "th",
        _ => return None,
    })
}

/// Bytes in hexadecimal, two lower-case digits each.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn bounded(text: &str, max: usize) -> Result<String, TextError> {
    if text.chars().nth(max).is_some() { Err(TextError::TooLong(max)) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_bounded_and_on_one_line() {
        assert_eq!(name("  Ana  "), Ok("Ana".to_owned()));
        assert_eq!(name(" \u{a0} "), Err(TextError::Empty));
        assert_eq!(name("a\0b"), Err(TextError::Control));
        assert_eq!(name("a\nb"), Err(TextError::Control));
        assert_eq!(name("\u{202e}elpmaxe"), Err(TextError::Control));
        assert_eq!(name("\u{200b}"), Err(TextError::Empty));
        assert_eq!(name("URGENT HTTPS://evil.example"), Err(TextError::Address));
        assert_eq!(name("see Www.evil.example"), Err(TextError::Address));
        assert!(name("Dr. Ana Lopez, Atelier 12:30 / no. 4").is_ok());
        assert!(name(&"é".repeat(255)).is_ok());
        assert_eq!(name(&"é".repeat(256)), Err(TextError::TooLong(255)));
    }

    #[test]
    fn words_are_compared_as_people_type_them() {
        assert_eq!(words("  Zoé LEFÈVRE-d’Œuvre "), ["zoe", "lefevre", "d", "oeuvre"]);
        assert_eq!(words("Zoe\u{301} \u{130}zmir Straße"), ["zoe", "izmir", "strasse"]);
        assert_eq!(words("北京 1-2"), ["北京", "1", "2"]);
        assert_eq!(words(" -’% "), Vec::<String>::new());
    }

    #[test]
    fn notes_may_have_lines_and_may_be_empty() {
        assert_eq!(lines(" a\nb ", 2000), Ok(Some("a\nb".to_owned())));
        assert_eq!(lines("   ", 2000), Ok(None));
        assert_eq!(lines("a\u{7}b", 2000), Err(TextError::Control));
    }
}
