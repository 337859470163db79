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

/// A customer as a member writes them down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerDraft {
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub locale: Locale,
    pub note: Option<String>,
}

/// The same in the forms that are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub email: Email,
    pub phone_e164: Option<String>,
    pub locale: Locale,
    pub note: Option<String>,
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
        let note =
            self.note.as_deref().and_then(|note| fields.take("/note", text::lines(note, 2_000)).flatten());
        match (name, email) {
            (Some(name), Some(email)) => {
                fields.finish()?;
                Ok(Profile { name, email, phone_e164, locale: self.locale, note })
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
