//! Customers: what is kept of them, and by which words they are found.

use std::collections::BTreeSet;

use crate::contact::{self, Email};
use crate::locale::Locale;
use crate::rejection::{Fields, Rejection};
use crate::text;

/// Most words that one customer is found by, and that one search has.
const MOST_TERMS: usize = 16;
const MOST_WORDS: usize = 4;
/// Longest of a word that is kept.
const LONGEST_TERM: usize = 64;

/// Most tags of one customer.
pub const MOST_TAGS: usize = 20;
/// Longest of a tag, in characters.
const LONGEST_TAG: usize = 40;
/// Longest of a note, in characters.
const LONGEST_NOTE: usize = 2_000;

/// What members sort their customers by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// As it is compared: lower case, without accents.
    pub key: String,
    pub name: String,
}

/// Why a tag is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    #[error("{0}")]
    Text(#[from] text::TextError),
    #[error("must not contain a comma or a semicolon")]
    Separator,
}

impl Tag {
    /// 1..=40 characters on one line, without what separates tags in lists.
    pub fn parse(text: &str) -> Result<Self, TagError> {
        let name = text::line(text, LONGEST_TAG)?;
        if name.contains([',', ';']) {
            return Err(TagError::Separator);
        }
        Ok(Self { key: tag_key(&name), name })
    }
}

/// A tag as it is compared. What has neither letters nor digits is itself.
pub fn tag_key(name: &str) -> String {
    let words = text::words(name).join(" ");
    if words.is_empty() { name.trim().to_lowercase() } else { words }
}

/// The tags of a list as people type it: with commas or semicolons between them.
pub fn split_tags(typed: &str) -> Vec<String> {
    let parts = typed.split([',', ';', '\n']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Each once, in the order of their keys; of two that are the same the first.
fn tags(typed: &[String], fields: &mut Fields) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for (index, text) in typed.iter().enumerate() {
        if let Some(tag) = fields.take(&format!("/tags/{index}"), Tag::parse(text))
            && tags.iter().all(|known| known.key != tag.key)
        {
            tags.push(tag);
        }
    }
    if tags.len() > MOST_TAGS {
        fields.add("/tags", "TOO_MANY", format!("must be at most {MOST_TAGS}"));
    }
    tags.sort_by(|one, other| one.key.cmp(&other.key));
    tags
}

/// Why somebody is blocked: some lines of at most 500 characters, or nothing.
pub fn block_reason(reason: Option<&str>) -> Result<Option<String>, Rejection> {
    let lines = reason.map(|reason| text::lines(reason, 500)).transpose();
    Ok(lines.map_err(|why| Rejection::invalid("/reason", "INVALID", why.to_string()))?.flatten())
}

/// The notes of two who are one: that of the kept customer first. Refused if they are too long together.
pub fn joined_notes(kept: Option<&str>, other: Option<&str>) -> Result<Option<String>, Rejection> {
    let notes = [kept, other.filter(|other| Some(*other) != kept)];
    let joined = notes.into_iter().flatten().collect::<Vec<_>>().join("\n");
    text::lines(&joined, LONGEST_NOTE).map_err(|_too_long| {
        Rejection::invalid("/note", "TOO_LONG", "the notes of both are too long together")
    })
}

/// A customer as a member writes them down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerDraft {
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub locale: Locale,
    pub note: Option<String>,
    /// As they are typed, at most 20 different ones.
    pub tags: Vec<String>,
}

/// The same in the forms that are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub email: Email,
    pub phone_e164: Option<String>,
    pub locale: Locale,
    pub note: Option<String>,
    pub tags: Vec<Tag>,
}

impl CustomerDraft {
    /// `country` is where a national telephone number belongs.
    pub fn profile(&self, country: &str) -> Result<Profile, Rejection> {
        let mut fields = Fields::default();
        let name = fields.take("/name", text::name(&self.name));
        let email = fields.take("/email", Email::parse(&self.email));
        let phone_e164 = match self.phone.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(number) => fields.take("/phone", contact::phone(number, country)),
        };
        let note = self
            .note
            .as_deref()
            .and_then(|note| fields.take("/note", text::lines(note, LONGEST_NOTE)).flatten());
        let tags = tags(&self.tags, &mut fields);
        match (name, email) {
            (Some(name), Some(email)) => {
                fields.finish()?;
                Ok(Profile { name, email, phone_e164, locale: self.locale, note, tags })
            }
            _ => Err(fields.into_rejection()),
        }
    }
}

/// What a customer is found by: each word of the name, the address and the words before its `@`, the digits of the
/// number as it is dialled from abroad and at home. Whoever types the beginning of one finds them.
pub fn terms(name: &str, email: &Email, phone_e164: Option<&str>) -> Vec<String> {
    let local = email.key.split('@').next().unwrap_or_default();
    let mut terms: BTreeSet<String> = [name, local].into_iter().flat_map(text::words).collect();
    terms.insert(email.key.clone());
    if let Some(number) = phone_e164 {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        terms.extend(contact::national(&digits));
        terms.insert(digits);
    }
    terms.into_iter().take(MOST_TERMS).map(cut).collect()
}

/// The words of what somebody typed to find somebody: beginnings of terms, the longest first. Nothing to look for: none.
pub fn wanted(typed: &str) -> Vec<String> {
    let typed = typed.trim();
    let is_number = typed.chars().all(|c| c.is_ascii_digit() || " .-+()/".contains(c))
        && typed.chars().filter(char::is_ascii_digit).count() >= 2;
    if is_number {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let abroad = digits.strip_prefix("00").map(str::to_owned);
        return vec![cut(abroad.unwrap_or(digits))];
    }
    let mut words: Vec<String> = typed
        .split_whitespace()
        .flat_map(|part| if part.contains('@') { vec![part.to_lowercase()] } else { text::words(part) })
        .map(cut)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.truncate(MOST_WORDS);
    words
}

fn cut(word: String) -> String {
    if word.chars().nth(LONGEST_TERM).is_some() { word.chars().take(LONGEST_TERM).collect() } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_found(typed: &str) -> bool {
        let email = Email::parse("Zoe.Lefevre@example.org").unwrap();
        let terms = terms("Zoé Lefèvre-d’Œuvre", &email, Some("+33612345678"));
        let wanted = wanted(typed);
        !wanted.is_empty()
            && wanted.iter().all(|word| terms.iter().any(|term| term.starts_with(word.as_str())))
    }

    #[test]
    fn a_customer_is_found_by_the_beginning_of_any_word() {
        for typed in [
            "zoe",
            "ZOÉ",
            "lef",
            "Lefevre zoé",
            "oeuvre",
            "œuv",
            "zoe.lefevre@exam",
            "06 12 34",
            "+33 6 12",
            "0033612",
            "lefevre-d",
            "  zoé  ",
        ] {
            assert!(is_found(typed), "{typed}");
        }
        for typed in ["", " ", "ève", "zoe martin", "0712", "@", "%", "_", "’"] {
            assert!(!is_found(typed), "{typed}");
        }
    }

    #[test]
    fn tags_are_compared_without_case_and_accents_and_kept_as_typed_first() {
        let draft = |tags: &[&str]| CustomerDraft {
            name: "Ana".to_owned(),
            email: "ana@example.org".to_owned(),
            phone: None,
            locale: Locale::Fr,
            note: None,
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        };
        let kept = draft(&["Fidèle", "VIP", " fidele ", "vip", "⭐", "⭐"]).profile("FR").unwrap().tags;
        let kept: Vec<_> = kept.iter().map(|tag| (&*tag.key, &*tag.name)).collect();
        assert_eq!(kept, [("fidele", "Fidèle"), ("vip", "VIP"), ("⭐", "⭐")]);
        for wrong in ["", " ", "a,b", "a;b", "a\nb", &"x".repeat(41)] {
            assert_eq!(
                draft(&["ok", wrong]).profile("FR").unwrap_err().errors[0].pointer,
                "/tags/1",
                "{wrong}"
            );
        }
        let many: Vec<String> = (0..21).map(|n| format!("t{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(draft(&many[..20]).profile("FR").is_ok());
        assert_eq!(draft(&many).profile("FR").unwrap_err().errors[0].code, "TOO_MANY");
        assert_eq!(split_tags(" VIP, fidèle ;;x, "), ["VIP", "fidèle", "x"]);
    }

    #[test]
    fn the_notes_of_two_become_one() {
        assert_eq!(joined_notes(Some("a"), Some("b")), Ok(Some("a\nb".to_owned())));
        assert_eq!(joined_notes(Some("a"), Some("a")), Ok(Some("a".to_owned())));
        assert_eq!(joined_notes(None, Some("b")), Ok(Some("b".to_owned())));
        assert_eq!(joined_notes(None, None), Ok(None));
        let long = "x".repeat(1_500);
        let other = "y".repeat(1_500);
        assert_eq!(joined_notes(Some(&long), Some(&other)).unwrap_err().errors[0].code, "TOO_LONG");
    }

    #[test]
    fn nobody_has_more_terms_or_longer_ones_than_are_kept() {
        let email = Email::parse("a@example.org").unwrap();
        let name = (0..60).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(terms(&name, &email, None).len(), MOST_TERMS);
        let long = "é".repeat(255);
        assert!(terms(&long, &email, None).iter().all(|term| term.chars().count() <= LONGEST_TERM));
        assert_eq!(wanted(&long), ["e".repeat(LONGEST_TERM)]);
        assert_eq!(wanted("a b c d e f").len(), MOST_WORDS);
    }
}
