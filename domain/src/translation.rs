//! What a tenant says in another language than its own: of a service, and of what it asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::locale::Locale;
use crate::rejection::Fields;
use crate::text;

/// By language. Whoever speaks another, or finds something missing here, gets what the tenant wrote first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Jsonb))]
pub struct Translations<W>(BTreeMap<Locale, W>);
crate::sql::json!(Translations<W>);

impl<W> Default for Translations<W> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<W> FromIterator<(Locale, W)> for Translations<W> {
    fn from_iter<I: IntoIterator<Item = (Locale, W)>>(words: I) -> Self {
        Self(words.into_iter().collect())
    }
}

impl<W: Default + PartialEq> Translations<W> {
    pub fn get(&self, locale: Locale) -> Option<&W> {
        self.0.get(&locale)
    }

    /// Checks each of them with where it stands; one that says nothing is none.
    pub(crate) fn check(&mut self, at: &str, mut check: impl FnMut(&mut W, &str)) {
        for (locale, words) in &mut self.0 {
            check(words, &format!("{at}/{locale}"));
        }
        self.0.retain(|_locale, words| *words != W::default());
    }
}

/// A service's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceWords {
    /// At most 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// At most 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// At most 2,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl ServiceWords {
    pub(crate) fn check(&mut self, at: &str, fields: &mut Fields) {
        let name = self.name.take().filter(|name| !name.trim().is_empty());
        self.name = name.and_then(|name| fields.take(&format!("{at}/name"), text::name(&name)));
        for (field, value, max) in
            [("category", &mut self.category, 255), ("description", &mut self.description, 2_000)]
        {
            let lines = text::lines(value.as_deref().unwrap_or_default(), max);
            *value = fields.take(&format!("{at}/{field}"), lines).flatten();
        }
    }
}

/// The words of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuestionWords {
    /// At most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// At most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What each choice is called, all of them in their order; empty: as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_is_not_kept() {
        let mut fields = Fields::default();
        let blank = ServiceWords { name: Some("  ".to_owned()), ..ServiceWords::default() };
        let english = ServiceWords { name: Some(" Haircut ".to_owned()), ..ServiceWords::default() };
        let mut translations: Translations<_> =
            [(Locale::Fr, blank), (Locale::En, english)].into_iter().collect();
        translations.check("/translations", |words, at| words.check(at, &mut fields));
        assert!(fields.finish().is_ok());
        assert_eq!(translations.get(Locale::Fr), None);
        assert_eq!(translations.get(Locale::En).unwrap().name.as_deref(), Some("Haircut"));
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let mut fields = Fields::default();
        let words = ServiceWords {
            name: Some("www.example.org".to_owned()),
            description: Some("x".repeat(2_001)),
            ..ServiceWords::default()
        };
        let mut translations: Translations<_> = [(Locale::En, words)].into_iter().collect();
        translations.check("/translations", |words, at| words.check(at, &mut fields));
        let refusal = fields.finish().unwrap_err();
        let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/translations/en/name", "/translations/en/description"]);
    }
}
