//! What was answered, as pages show it.

use chrono::NaiveDate;
use domain::intake::{Answer, Said};
use serde::Serialize;

/// A question with its answer.
#[derive(Serialize)]
pub struct Answered {
    label: String,
    kind: &'static str,
    /// Several choices on lines of their own.
    text: String,
    date: Option<NaiveDate>,
    /// Where a member saves the file.
    url: Option<String>,
}

impl Answered {
    pub fn all(answers: Vec<Answer>) -> Vec<Self> {
        answers.into_iter().map(Self::from).collect()
    }
}

impl From<Answer> for Answered {
    fn from(answer: Answer) -> Self {
        let kind = answer.said.kind().name();
        let url = match &answer.said {
            Said::File(sent) => Some(format!("/app/intake-files/{}", sent.id)),
            _ => None,
        };
        let date = if let Said::Date(date) = answer.said { Some(date) } else { None };
        let text = match answer.said {
            Said::Text(text) | Said::LongText(text) | Said::Choice(text) => text,
            Said::Choices(all) => all.join("\n"),
            Said::Number(number) => number.to_string(),
            Said::File(sent) => sent.name,
            Said::Date(_) | Said::Consent(_) => String::new(),
        };
        Self { label: answer.label, kind, text, date, url }
    }
}
