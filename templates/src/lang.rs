//! The languages Harmony speaks.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    Fr,
    En,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// As in `<html lang>` and in the names of the folders under `locales`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language of a tag such as `fr`, `fr-BE` or `en_GB` (RFC 5646). Whoever asks for another gets English.
    pub fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("fr") { Self::Fr } else { Self::En }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn whoever_asks_for_another_language_gets_english() {
        for (tag, lang) in [
            ("fr", Lang::Fr),
            ("FR-be", Lang::Fr),
            ("fr_CA", Lang::Fr),
            ("en-GB", Lang::En),
            ("de", Lang::En),
            ("fro", Lang::En),
            ("", Lang::En),
        ] {
            assert_eq!(Lang::of(tag), lang, "{tag}");
        }
    }
}
