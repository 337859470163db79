//! What was typed into a form with boxes and rows, and how its numbers are read.

use std::str::FromStr;

use domain::contact;
use domain::locale::Locale;
use domain::rejection::{Fields, Rejection};
use domain::translation::Translations;
use store::tenants::Tenant;

use crate::pages::form::{Form, Pairs};

/// What was typed, by the names of the inputs.
#[derive(Debug, Default)]
pub struct Typed(Vec<(String, String)>);

impl From<Pairs> for Typed {
    fn from(Form(pairs): Pairs) -> Self {
        Self(pairs)
    }
}

/// A kept telephone number as the form of it begins; what is not changed is read as the same number.
pub fn readable(phone_e164: Option<&str>, country: &str) -> String {
    phone_e164.map(|number| contact::readable_phone(number, country)).unwrap_or_default()
}

impl Typed {
    /// Of several the first; nothing is empty.
    pub fn text(&self, name: &str) -> String {
        self.all(name).next().unwrap_or_default().to_owned()
    }

    /// Trimmed; none when nothing is left.
    pub fn optional(&self, name: &str) -> Option<String> {
        let text = self.all(name).next()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box was checked.
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    pub fn version(&self) -> Option<i64> {
        shown_version(&self.text("version"))
    }
}

/// The languages that a form asks for beside the tenant's own: the others, and whichever there are words in.
pub fn spoken<W: Default + PartialEq>(
    tenant: &Tenant,
    words: &Translations<W>,
) -> impl Iterator<Item = Locale> {
    Locale::ALL.into_iter().filter(|lang| *lang != tenant.locale || words.get(*lang).is_some())
}

/// 3,050 as `30.5`.
pub fn percent(basis_points: i32) -> String {
    let text = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `30,5 %` as 3,050.
pub fn basis_points(text: &str) -> Option<i32> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '%').collect();
    let plain = plain.replace(',', ".");
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 3 || rest.len() > 2 || !is_digits(whole) || !is_digits(rest) {
        return None;
    }
    let or_zero = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i32>().ok() };
    Some(or_zero(whole)? * 100 + or_zero(&format!("{rest:0<2}"))?)
}

/// The version that a form showed; without one nothing matches.
pub fn shown_version(text: &str) -> Option<i64> {
    Some(text.parse().unwrap_or(-1))
}

/// A whole number; what is none is noted, and `or` stands in for it until all is told.
pub fn number<N: FromStr>(fields: &mut Fields, pointer: &str, text: &str, or: N) -> N {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if text.is_empty() {
        fields.add(pointer, "REQUIRED", "must not be empty");
        return or;
    }
    text.parse().unwrap_or_else(|_not_a_number| {
        fields.add(pointer, "INVALID", "must be a whole number");
        or
    })
}

/// What is wrong with the typing and with its meaning, told together.
pub fn joined<T>(typed: Fields, checked: Result<T, Rejection>) -> Result<T, Rejection> {
    let Err(mut refusal) = typed.finish() else { return checked };
    let others = checked.err().map(|other| other.errors).unwrap_or_default();
    for error in others {
        if !refusal.errors.iter().any(|known| known.pointer == error.pointer) {
            refusal.errors.push(error);
        }
    }
    Err(refusal)
}

/// One input that says something else than what is saved now.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// Key of the input's label.
    pub label: &'static str,
    /// What is saved now; empty when nothing is.
    pub saved: String,
}

/// Compares what was typed with what is saved meanwhile, both as labels and values in the order of the form.
pub fn differences(typed: &[(&'static str, String)], saved: Vec<(&'static str, String)>) -> Vec<Difference> {
    let differs = |(typed, saved): (&(&'static str, String), (&'static str, String))| {
        (typed.1.trim() != saved.1.trim()).then_some(Difference { label: saved.0, saved: saved.1 })
    };
    typed.iter().zip(saved).filter_map(differs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_once_and_together() {
        let mut fields = Fields::default();
        assert_eq!(number(&mut fields, "/a", " 1 200 ", 0), 1_200);
        assert_eq!(number(&mut fields, "/b", "x", 7), 7);
        assert_eq!(number(&mut fields, "/c", "", 8), 8);
        let checked: Result<(), _> = Err(Rejection::invalid("/b", "OUT_OF_RANGE", "x"));
        let refusal = joined(fields, checked).unwrap_err();
        let told: Vec<_> = refusal.errors.iter().map(|error| (&*error.pointer, error.code)).collect();
        assert_eq!(told, [("/b", "INVALID"), ("/c", "REQUIRED")]);
    }

    #[test]
    fn a_share_is_read_as_it_is_written() {
        for (text, points) in
            [("30", 3_000), ("30,5", 3_050), ("30.25 %", 3_025), ("100", 10_000), ("", 0), ("0", 0)]
        {
            assert_eq!(basis_points(text), Some(points), "{text}");
        }
        for text in ["-1", "x", "30.125", "1000", "3.0.0"] {
            assert_eq!(basis_points(text), None, "{text}");
        }
        assert_eq!((percent(3_050), percent(0), percent(10_000)), ("30.5".into(), "0".into(), "100".into()));
    }

    #[test]
    fn only_what_differs_is_shown() {
        let typed = [("name", "Cut ".to_owned()), ("price", "48".to_owned())];
        let saved = vec![("name", "Cut".to_owned()), ("price", "50".to_owned())];
        assert_eq!(differences(&typed, saved), [Difference { label: "price", saved: "50".to_owned() }]);
    }
}
