//! Questions that a service asks whoever books it, and which answers are valid.

mod answer;
mod decimal;
mod file;
mod question;

use serde::{Deserialize, Serialize};

pub use answer::{AllGiven, Answer, Answering, Given, Said, Sent, Told, check, terms};
pub use decimal::Decimal;
pub use file::{FileKind, file, file_name};
pub use question::{Question, QuestionDraft, Wording, check_questions};

/// Most questions of a service.
pub const MOST_QUESTIONS: usize = 20;
/// Most choices of a question.
pub const MOST_OPTIONS: usize = 30;
/// Longest of a label, of a choice and of a short answer, in characters.
pub const LONGEST_LINE: usize = 200;
/// Longest of an answer of several lines, in characters.
pub const LONGEST_TEXT: usize = 2_000;

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub enum Kind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// One of its choices.
    Choice,
    /// Some of its choices.
    Choices,
    Number,
    Date,
    /// A picture or a PDF.
    File,
    /// Something to agree to.
    Consent,
}
crate::sql::text!(Kind);

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::LongText,
        Self::Choice,
        Self::Choices,
        Self::Number,
        Self::Date,
        Self::File,
        Self::Consent,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Number => "number",
            Self::Date => "date",
            Self::File => "file",
            Self::Consent => "consent",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub const fn has_options(self) -> bool {
        matches!(self, Self::Choice | Self::Choices)
    }
}
