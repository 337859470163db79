//! What a service asks.

use std::collections::BTreeSet;

use super::{Decimal, Kind, LONGEST_LINE, MOST_OPTIONS, MOST_QUESTIONS};
use crate::id::QuestionId;
use crate::locale::Locale;
use crate::rejection::{Fields, Rejection};
use crate::text;
use crate::translation::{QuestionWords, Translations};

/// Longest of a question's help, in characters.
const LONGEST_HELP: usize = 500;

/// A question as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionDraft {
    /// Of one that is there; `None`: a new one.
    pub id: Option<QuestionId>,
    pub kind: Kind,
    pub label: String,
    pub help: Option<String>,
    pub is_required: bool,
    pub is_active: bool,
    /// Of a choice.
    pub options: Vec<String>,
    /// Of a number, included.
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
    pub translations: Translations<QuestionWords>,
}

impl QuestionDraft {
    fn check(&mut self, at: &str, fields: &mut Fields) {
        self.label =
            fields.take(&format!("{at}/label"), text::line(&self.label, LONGEST_LINE)).unwrap_or_default();
        let help = text::lines(self.help.as_deref().unwrap_or_default(), LONGEST_HELP);
        self.help = fields.take(&format!("{at}/help"), help).flatten();
        if self.kind.has_options() {
            self.check_options(&format!("{at}/options"), fields);
        } else {
            self.options.clear();
        }
        if self.kind != Kind::Number {
            (self.min, self.max) = (None, None);
        }
        if self.min.zip(self.max).is_some_and(|(min, max)| min > max) {
            fields.add(format!("{at}/max"), "OUT_OF_RANGE", "must not be less than min");
        }
        self.check_translations(&format!("{at}/translations"), fields);
    }

    fn check_options(&mut self, at: &str, fields: &mut Fields) {
        if !(2..=MOST_OPTIONS).contains(&self.options.len()) {
            fields.add(at, "OUT_OF_RANGE", format!("must be 2 to {MOST_OPTIONS} choices"));
            return;
        }
        check_each(&mut self.options, at, fields);
    }

    fn check_translations(&mut self, at: &str, fields: &mut Fields) {
        let options = self.options.len();
        self.translations.check(at, |words, at| {
            let label = words.label.take().filter(|label| !label.trim().is_empty());
            words.label =
                label.and_then(|label| fields.take(&format!("{at}/label"), text::line(&label, LONGEST_LINE)));
            let help = text::lines(words.help.as_deref().unwrap_or_default(), LONGEST_HELP);
            words.help = fields.take(&format!("{at}/help"), help).flatten();
            if options == 0 {
                words.options.clear();
            } else if !words.options.is_empty() && words.options.len() != options {
                fields.add(
                    format!("{at}/options"),
                    "OUT_OF_RANGE",
                    format!("must be {options} choices, or none"),
                );
            }
            check_each(&mut words.options, &format!("{at}/options"), fields);
        });
    }
}

fn check_each(options: &mut [String], at: &str, fields: &mut Fields) {
    let mut known = BTreeSet::new();
    for (index, option) in options.iter_mut().enumerate() {
        let at = format!("{at}/{index}");
        *option = fields.take(&at, text::line(option, LONGEST_LINE)).unwrap_or_default();
        if !option.is_empty() && !known.insert(option.clone()) {
            fields.add(at, "DUPLICATE", "is there twice");
        }
    }
}

/// Trims the questions of a service and refuses what makes no sense, all of it at once.
pub fn check_questions(mut drafts: Vec<QuestionDraft>) -> Result<Vec<QuestionDraft>, Rejection> {
    if drafts.len() > MOST_QUESTIONS {
        return Err(Rejection::invalid(
            "/questions",
            "TOO_MANY",
            format!("must be at most {MOST_QUESTIONS}"),
        ));
    }
    let mut fields = Fields::default();
    let mut known = BTreeSet::new();
    for (index, draft) in drafts.iter_mut().enumerate() {
        draft.check(&format!("/questions/{index}"), &mut fields);
        if draft.id.is_some_and(|id| !known.insert(id)) {
            fields.add(format!("/questions/{index}/id"), "DUPLICATE", "is there twice");
        }
    }
    fields.finish()?;
    Ok(drafts)
}

/// The words of a question, as somebody reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    pub label: String,
    pub help: Option<String>,
    /// What each of its choices is called, in their order. An answer names the choice itself.
    pub options: Vec<String>,
}

/// A question that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub id: QuestionId,
    pub kind: Kind,
    pub label: String,
    pub help: Option<String>,
    pub is_required: bool,
    pub is_active: bool,
    pub options: Vec<String>,
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
    pub translations: Translations<QuestionWords>,
}

impl Question {
    /// As who speaks `locale` reads it; none: as the tenant wrote it.
    pub fn wording(&self, locale: Option<Locale>) -> Wording {
        let words = locale.and_then(|locale| self.translations.get(locale)).cloned().unwrap_or_default();
        Wording {
            label: words.label.unwrap_or_else(|| self.label.clone()),
            help: words.help.or_else(|| self.help.clone()),
            options: if words.options.is_empty() { self.options.clone() } else { words.options },
        }
    }

    /// Where what is wrong with its answer points.
    pub fn pointer(&self) -> String {
        format!("/answers/{}", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_trimmed_and_bounded() {
        let draft = |kind, options: &[&str]| QuestionDraft {
            id: None,
            kind,
            label: " What? ".to_owned(),
            help: Some(" ".to_owned()),
            is_required: true,
            is_active: true,
            options: options.iter().copied().map(str::to_owned).collect(),
            min: Decimal::parse("3"),
            max: Decimal::parse("2"),
            translations: Translations::default(),
        };
        let checked = check_questions(vec![draft(Kind::Text, &["Red"])]).unwrap();
        let [one] = checked.as_slice() else { panic!("{checked:?}") };
        assert_eq!((one.label.as_str(), &one.help, one.options.len(), one.min), ("What?", &None, 0, None));
        let codes = |drafts| {
            let refused = check_questions(drafts).unwrap_err();
            refused.errors.into_iter().map(|error| (error.pointer, error.code)).collect::<Vec<_>>()
        };
        let at = |pointer: &str, code| vec![(pointer.to_owned(), code)];
        assert_eq!(codes(vec![draft(Kind::Number, &[])]), at("/questions/0/max", "OUT_OF_RANGE"));
        assert_eq!(codes(vec![draft(Kind::Choice, &["Red"])]), at("/questions/0/options", "OUT_OF_RANGE"));
        assert_eq!(
            codes(vec![draft(Kind::Choice, &["Red", " Red"])]),
            at("/questions/0/options/1", "DUPLICATE")
        );
        assert_eq!(codes(vec![draft(Kind::Text, &[]); 21]), at("/questions", "TOO_MANY"));
    }
}
