//! The languages Harmony speaks.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    #[default]
    Fr,
    En,
}
crate::sql::text!(Locale);

impl Locale {
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// Its tag (BCP 47), as in `<html lang>` and the folders under `locales`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.name() == name)
    }

    /// The language of a tag such as `fr`, `fr-BE` or `en_GB` (RFC 5646). Whoever asks for another gets English.
    pub fn of_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("fr") { Self::Fr } else { Self::En }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn whoever_asks_for_another_language_gets_english() {
        for (tag, locale) in [
            ("fr", Locale::Fr),
            ("FR-be", Locale::Fr),
            ("fr_CA", Locale::Fr),
            ("en-GB", Locale::En),
            ("de", Locale::En),
            ("fro", Locale::En),
            ("", Locale::En),
        ] {
            assert_eq!(Locale::of_tag(tag), locale, "{tag}");
        }
    }
}
