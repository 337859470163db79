//! The words, by Fluent: a text that is missing, or lacks an argument, is an error and never a half sentence.

use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::{Locale, TemplateError, embedded};

/// The words of all languages. Clones share them.
#[derive(Clone)]
pub struct Texts(Arc<[(Locale, FluentBundle<FluentResource>); 2]>);

/// The words of one language.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    lang: Locale,
    bundle: &'a FluentBundle<FluentResource>,
}

impl Texts {
    pub fn load() -> Result<Self, TemplateError> {
        let [fr, en] = Locale::ALL;
        Ok(Self(Arc::new([(fr, bundle(fr)?), (en, bundle(en)?)])))
    }

    pub fn of(&self, lang: Locale) -> Text<'_> {
        let [(_, fr), (_, en)] = &*self.0;
        Text { lang, bundle: if lang == Locale::Fr { fr } else { en } }
    }
}

fn bundle(lang: Locale) -> Result<FluentBundle<FluentResource>, TemplateError> {
    let mut bundle =
        FluentBundle::new_concurrent(vec![lang.name().parse().map_err(|error| TemplateError::Locale {
            file: lang.to_string(),
            reason: format!("{error:?}"),
        })?]);
    // Otherwise invisible marks surround each argument, and end up in subjects and plain text.
    bundle.set_use_isolating(false);
    for (file, source) in embedded::locales() {
        if !file.starts_with(&format!("{lang}/")) {
            continue;
        }
        let broken = |reason: String| TemplateError::Locale { file: file.clone(), reason };
        let resource =
            FluentResource::try_new(source).map_err(|(_, errors)| broken(format!("{errors:?}")))?;
        bundle.add_resource(resource).map_err(|errors| broken(format!("{errors:?}")))?;
    }
    Ok(bundle)
}

impl Text<'_> {
    pub fn lang(self) -> Locale {
        self.lang
    }

    pub fn t(self, key: &str) -> Result<String, TemplateError> {
        self.with_args(key, &FluentArgs::new())
    }

    /// As [`Text::t`], with arguments that are texts.
    pub fn t_with(self, key: &str, args: &[(&str, &str)]) -> Result<String, TemplateError> {
        self.with_args(key, &args.iter().map(|(name, value)| (*name, FluentValue::from(*value))).collect())
    }

    pub(crate) fn with_args(self, key: &str, args: &FluentArgs<'_>) -> Result<String, TemplateError> {
        let pattern = self
            .bundle
            .get_message(key)
            .and_then(|message| message.value())
            .ok_or_else(|| TemplateError::UnknownText { key: key.to_owned(), lang: self.lang })?;
        let mut errors = vec![];
        let text = self.bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        match errors.first() {
            None => Ok(text),
            Some(error) => {
                Err(TemplateError::Text { key: key.to_owned(), lang: self.lang, reason: error.to_string() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_missing_or_lacks_an_argument_is_an_error() {
        let texts = Texts::load().unwrap();
        let fr = texts.of(Locale::Fr);
        assert_eq!(fr.t("nonsense").unwrap_err().to_string(), "No text `nonsense` in fr.");
        let error = fr.t("mail-greeting").unwrap_err().to_string();
        assert!(error.starts_with("The text `mail-greeting` in fr lacks an argument"), "{error}");
        assert_eq!(fr.t_with("mail-greeting", &[("name", "Zoë")]).unwrap(), "Bonjour Zoë,");
    }
}
