//! What was given as answers, and which are valid.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Decimal, Kind, LONGEST_LINE, LONGEST_TEXT, MOST_QUESTIONS, Question, Wording};
use crate::id::{IntakeFileId, QuestionId};
use crate::locale::Locale;
use crate::rejection::{Fields, Rejection, YEARS};
use crate::text;

/// Most words that a booking is found by.
const MOST_TERMS: usize = 100;
/// Longest of them.
const LONGEST_TERM: usize = 64;

/// What somebody gave as an answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub enum Given {
    /// Of a consent.
    Agreed(bool),
    /// Of a number.
    Number(f64),
    /// Of a text, a choice, a date (`2030-03-05`) or a file (the id that sending it answered).
    Text(String),
    /// Of choices.
    Several(Vec<String>),
}

/// What was given, by the id of the question.
pub type AllGiven = BTreeMap<String, Given>;

/// What an answer says. Its JSON stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Said {
    Text(String),
    LongText(String),
    Choice(String),
    Choices(Vec<String>),
    Number(Decimal),
    Date(NaiveDate),
    File(Sent),
    Consent(bool),
}

impl Said {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::LongText(_) => Kind::LongText,
            Self::Choice(_) => Kind::Choice,
            Self::Choices(_) => Kind::Choices,
            Self::Number(_) => Kind::Number,
            Self::Date(_) => Kind::Date,
            Self::File(_) => Kind::File,
            Self::Consent(_) => Kind::Consent,
        }
    }
}

/// A file that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub id: IntakeFileId,
    /// Not known before somebody has looked for it.
    pub name: String,
    pub size_bytes: i64,
}

/// A question with what was answered to it. The words of the question are copied: what somebody answered does not change
/// with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub question_id: QuestionId,
    pub label: String,
    #[serde(flatten)]
    pub said: Said,
    /// The same in the language of the customer, where the tenant has said it in that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

/// What a customer read of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub label: String,
    /// Of a choice, what was chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<String>,
}

impl Answer {
    /// In the words that its customer knows.
    #[must_use]
    pub fn as_told(self) -> Self {
        let Some(Told { label, chosen }) = self.told else { return self };
        let said = match (self.said, chosen.as_slice()) {
            (Said::Choice(_), [chosen]) => Said::Choice(chosen.clone()),
            (Said::Choices(_), [_, ..]) => Said::Choices(chosen),
            (said, _) => said,
        };
        Self { label, said, told: None, ..self }
    }

    /// Where what is wrong with it points.
    pub fn pointer(&self) -> String {
        format!("/answers/{}", self.question_id)
    }
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answering {
    /// Who must answer what is required.
    Customer,
    /// Somebody who books for a customer, and may not know.
    Desk,
}

impl Question {
    fn answer(&self, said: Said, locale: Locale) -> Answer {
        let told = self.translations.get(locale).is_some().then(|| {
            let Wording { label, options, .. } = self.wording(Some(locale));
            let is_chosen = |option: &String| match &said {
                Said::Choice(chosen) => chosen == option,
                Said::Choices(all) => all.contains(option),
                _ => false,
            };
            let both = self.options.iter().zip(options);
            Told {
                label,
                chosen: both.filter(|(option, _)| is_chosen(option)).map(|(_, told)| told).collect(),
            }
        });
        Answer { question_id: self.id, label: self.label.clone(), said, told }
    }

    /// `Ok(None)`: nothing was said.
    fn read(&self, given: &Given) -> Result<Option<Said>, (&'static str, String)> {
        const MALFORMED: (&str, &str) = ("INVALID", "is no answer to this question");
        let malformed = || Err((MALFORMED.0, MALFORMED.1.to_owned()));
        let unlisted = || ("UNKNOWN", "must be one of the choices".to_owned());
        let flawed = |error: text::TextError| ("INVALID", error.to_string());
        if matches!(given, Given::Text(text) if text.trim().is_empty()) {
            return Ok(None);
        }
        match (self.kind, given) {
            (Kind::Text, Given::Text(typed)) => {
                Ok(Some(Said::Text(text::line(typed, LONGEST_LINE).map_err(flawed)?)))
            }
            (Kind::LongText, Given::Text(typed)) => {
                Ok(text::lines(typed, LONGEST_TEXT).map_err(flawed)?.map(Said::LongText))
            }
            (Kind::Choice, Given::Text(chosen)) => {
                let option = self.options.iter().find(|option| *option == chosen).ok_or_else(unlisted)?;
                Ok(Some(Said::Choice(option.clone())))
            }
            (Kind::Choices, Given::Several(chosen)) => {
                if chosen.len() > self.options.len() || chosen.iter().any(|one| !self.options.contains(one)) {
                    return Err(unlisted());
                }
                // In the order of the question, each once.
                let chosen: Vec<String> =
                    self.options.iter().filter(|option| chosen.contains(option)).cloned().collect();
                Ok(if chosen.is_empty() { None } else { Some(Said::Choices(chosen)) })
            }
            (Kind::Number, Given::Number(number)) => {
                let number = Decimal::try_from(*number).map_err(|why| ("INVALID", why.to_owned()))?;
                if self.min.is_some_and(|min| number < min) {
                    let min = self.min.unwrap_or_default();
                    return Err(("TOO_SMALL", format!("must be at least {min}")));
                }
                if self.max.is_some_and(|max| number > max) {
                    let max = self.max.unwrap_or_default();
                    return Err(("TOO_LARGE", format!("must be at most {max}")));
                }
                Ok(Some(Said::Number(number)))
            }
            (Kind::Date, Given::Text(typed)) => match typed.trim().parse::<NaiveDate>() {
                Ok(date) if (1900..=*YEARS.end()).contains(&date.year()) => Ok(Some(Said::Date(date))),
                _ => Err(("INVALID", "must be a date like 2030-03-05".to_owned())),
            },
            (Kind::File, Given::Text(id)) => match id.trim().parse() {
                Ok(id) => Ok(Some(Said::File(Sent { id, name: String::new(), size_bytes: 0 }))),
                Err(_) => malformed(),
            },
            (Kind::Consent, Given::Agreed(true)) => Ok(Some(Said::Consent(true))),
            (Kind::Consent, Given::Agreed(false)) => Ok(None),
            _ => malformed(),
        }
    }
}

/// Holds what was given against the questions of a service, all of it at once; in the order of the questions. Only what
/// is asked can be answered. `locale` is the customer's.
pub fn check(
    questions: &[Question],
    given: &AllGiven,
    answering: Answering,
    locale: Locale,
) -> Result<Vec<Answer>, Rejection> {
    let mut fields = Fields::default();
    let mut answers = Vec::new();
    let asked = || questions.iter().filter(|question| question.is_active);
    for question in asked() {
        let id = question.id.to_string();
        let said = given.get(&id).map_or(Ok(None), |given| question.read(given));
        match said {
            Ok(Some(said)) => answers.push(question.answer(said, locale)),
            Ok(None) if question.is_required && answering == Answering::Customer => {
                fields.add(question.pointer(), "REQUIRED", "must be answered");
            }
            Ok(None) => {}
            Err((code, why)) => fields.add(question.pointer(), code, why),
        }
    }
    let is_asked = |id: &str| asked().any(|question| question.id.to_string() == id);
    for id in given.keys().filter(|id| !is_asked(id)).take(MOST_QUESTIONS) {
        // Named only where it could be one: what somebody else wrote is not repeated.
        let at =
            if id.parse::<QuestionId>().is_ok() { format!("/answers/{id}") } else { "/answers".to_owned() };
        fields.add(at, "UNKNOWN", "is no question of this service");
    }
    fields.finish()?;
    Ok(answers)
}

/// The words that a booking is found by for its answers.
pub fn terms(answers: &[Answer]) -> Vec<String> {
    let mut terms = BTreeSet::new();
    for answer in answers {
        let texts: Vec<&str> = match &answer.said {
            Said::Text(text) | Said::LongText(text) | Said::Choice(text) => vec![text],
            Said::Choices(all) => all.iter().map(String::as_str).collect(),
            Said::Number(_) | Said::Date(_) | Said::File(_) | Said::Consent(_) => Vec::new(),
        };
        for word in texts.into_iter().flat_map(text::words) {
            if terms.len() < MOST_TERMS {
                terms.insert(word.chars().take(LONGEST_TERM).collect());
            }
        }
    }
    terms.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::MOST_QUESTIONS;
    use crate::translation::Translations;
    use uuid::Uuid;

    fn question(n: u128, kind: Kind) -> Question {
        Question {
            id: QuestionId(Uuid::from_u128(n)),
            kind,
            label: format!("Question {n}"),
            help: None,
            is_required: false,
            is_active: true,
            options: if kind.has_options() { vec!["Red".to_owned(), "Blue".to_owned()] } else { Vec::new() },
            min: None,
            max: None,
            translations: Translations::default(),
        }
    }

    fn text(text: &str) -> Given {
        Given::Text(text.to_owned())
    }

    fn one(question: &Question, given: Given) -> Result<Option<Said>, &'static str> {
        let given = AllGiven::from([(question.id.to_string(), given)]);
        check(std::slice::from_ref(question), &given, Answering::Customer, Locale::En)
            .map(|answers| answers.into_iter().next().map(|answer| answer.said))
            .map_err(|refused| {
                let [error] = refused.errors.as_slice() else { panic!("{refused:?}") };
                assert_eq!(error.pointer, question.pointer());
                error.code
            })
    }

    #[test]
    fn each_kind_is_answered_in_its_own_way() {
        let long = "x".repeat(201);
        for (kind, given, said) in [
            (Kind::Text, text(" Red hair "), Ok(Some(Said::Text("Red hair".to_owned())))),
            (Kind::Text, text("  "), Ok(None)),
            (Kind::Text, text(&long), Err("INVALID")),
            (Kind::Text, text("a\u{0}b"), Err("INVALID")),
            (Kind::Text, Given::Number(1.0), Err("INVALID")),
            (Kind::LongText, text("a\nb"), Ok(Some(Said::LongText("a\nb".to_owned())))),
            (Kind::LongText, text(&"x".repeat(2_001)), Err("INVALID")),
            (Kind::Choice, text("Red"), Ok(Some(Said::Choice("Red".to_owned())))),
            (Kind::Choice, text("red"), Err("UNKNOWN")),
            (Kind::Choice, Given::Several(vec!["Red".to_owned()]), Err("INVALID")),
            (
                Kind::Choices,
                Given::Several(vec!["Blue".to_owned(), "Red".to_owned()]),
                Ok(Some(Said::Choices(vec!["Red".to_owned(), "Blue".to_owned()]))),
            ),
            (Kind::Choices, Given::Several(vec![]), Ok(None)),
            (Kind::Choices, Given::Several(vec!["Green".to_owned()]), Err("UNKNOWN")),
            (Kind::Choices, Given::Several(vec!["Red".to_owned(); 3]), Err("UNKNOWN")),
            (Kind::Number, Given::Number(2.5), Ok(Some(Said::Number(Decimal::parse("2.5").unwrap())))),
            (Kind::Number, Given::Number(f64::NAN), Err("INVALID")),
            (Kind::Number, Given::Number(1e300), Err("INVALID")),
            (Kind::Number, text("2"), Err("INVALID")),
            (Kind::Date, text("2030-03-05"), Ok(NaiveDate::from_ymd_opt(2030, 3, 5).map(Said::Date))),
            (Kind::Date, text("0000-01-01"), Err("INVALID")),
            (Kind::Date, text("2030-02-30"), Err("INVALID")),
            (Kind::Date, text("99999-01-01"), Err("INVALID")),
            (Kind::Consent, Given::Agreed(true), Ok(Some(Said::Consent(true)))),
            (Kind::Consent, Given::Agreed(false), Ok(None)),
            (Kind::Consent, text("on"), Err("INVALID")),
            (Kind::File, text("../../etc/passwd"), Err("INVALID")),
        ] {
            assert_eq!(one(&question(1, kind), given.clone()), said, "{kind:?} {given:?}");
        }
    }

    #[test]
    fn a_number_keeps_within_its_bounds() {
        let bounded = |min: &str, max: &str| Question {
            min: Decimal::parse(min),
            max: Decimal::parse(max),
            ..question(1, Kind::Number)
        };
        let number = bounded("1", "2.5");
        assert_eq!(one(&number, Given::Number(0.5)), Err("TOO_SMALL"));
        assert_eq!(one(&number, Given::Number(3.0)), Err("TOO_LARGE"));
        assert!(one(&number, Given::Number(2.5)).unwrap().is_some());
        assert!(one(&bounded("", ""), Given::Number(-7.0)).unwrap().is_some());
    }

    #[test]
    fn what_is_required_is_required_of_customers_alone() {
        let required = |kind| Question { is_required: true, ..question(1, kind) };
        for kind in Kind::ALL {
            let question = [required(kind)];
            let refused = check(&question, &AllGiven::new(), Answering::Customer, Locale::En).unwrap_err();
            assert_eq!((refused.errors.len(), refused.errors[0].code), (1, "REQUIRED"));
            assert_eq!(check(&question, &AllGiven::new(), Answering::Desk, Locale::En), Ok(Vec::new()));
        }
        assert_eq!(one(&required(Kind::Consent), Given::Agreed(false)), Err("REQUIRED"));
        let hidden = Question { is_active: false, ..required(Kind::Text) };
        assert_eq!(
            check(std::slice::from_ref(&hidden), &AllGiven::new(), Answering::Customer, Locale::En),
            Ok(Vec::new())
        );
        assert_eq!(one(&hidden, text("x")), Err("UNKNOWN"));
    }

    #[test]
    fn what_nobody_asked_is_refused_and_not_repeated() {
        let given: AllGiven = (0..200).map(|n| (format!("<script>{n}"), text("x"))).collect();
        let refused = check(&[question(1, Kind::Text)], &given, Answering::Customer, Locale::En).unwrap_err();
        assert_eq!(refused.errors.len(), MOST_QUESTIONS);
        assert!(refused.errors.iter().all(|error| error.pointer == "/answers" && error.code == "UNKNOWN"));
    }

    #[test]
    fn a_booking_is_found_by_the_words_of_its_answers() {
        let answer =
            |said| Answer { question_id: QuestionId(Uuid::nil()), label: "?".to_owned(), said, told: None };
        let answers = [
            answer(Said::Text("Élodie's wedding".to_owned())),
            answer(Said::Choices(vec!["Group".to_owned(), "Wedding".to_owned()])),
            answer(Said::Consent(true)),
        ];
        let found = terms(&answers);
        assert!(
            ["elodie", "group", "wedding"].iter().all(|word| found.contains(&(*word).to_owned())),
            "{found:?}"
        );
        let many = (0..2_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(terms(&[answer(Said::LongText(many))]).len(), MOST_TERMS);
    }
}
