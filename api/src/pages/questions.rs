//! The questions of services in the forms that book them: the customer's and the desk's.

use std::collections::BTreeMap;

use actix_web::web::Bytes;
use domain::id::{QuestionId, ServiceId};
use domain::intake::{AllGiven, Decimal, Given, Kind, Question, Wording};
use domain::locale::Locale;
use domain::rejection::FieldError;
use serde::Serialize;
use store::TenantTx;
use store::availability::Wish;

use crate::extract::Visitor;
use crate::intake;
use crate::pages::form::refuses_a_person;
use crate::problem::Result;

/// What an input is called: this and the id of its question.
const VALUE: &str = "answer_";
/// What says that a file was sent before: its id and its name.
const SENT: &str = "sent_";

/// What was typed, chosen and sent, by the ids of the questions.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnswerForm {
    values: BTreeMap<String, Vec<String>>,
    sent: BTreeMap<String, (String, String)>,
    files: BTreeMap<String, (String, Bytes)>,
}

impl AnswerForm {
    pub(crate) fn of(pairs: &[(String, String)], files: &[(String, String, Bytes)]) -> Self {
        let mut form = Self::default();
        for (name, value) in pairs {
            if let Some(id) = name.strip_prefix(VALUE) {
                form.values.entry(id.to_owned()).or_default().push(value.clone());
            } else if let Some(id) = name.strip_prefix(SENT)
                && let Some((file, name)) = value.split_once(' ')
            {
                form.sent.insert(id.to_owned(), (file.to_owned(), name.to_owned()));
            }
        }
        for (name, file_name, bytes) in files {
            if let Some(id) = name.strip_prefix(VALUE) {
                form.files.insert(id.to_owned(), (file_name.clone(), bytes.clone()));
            }
        }
        form
    }

    /// Keeps the files that came with the form, each in the place of one that was sent before. What is wrong with them.
    pub(crate) async fn keep_files(&mut self, visitor: &Visitor) -> Result<Vec<FieldError>> {
        let mut errors = Vec::new();
        for (id, (name, bytes)) in std::mem::take(&mut self.files) {
            let Ok(question) = id.parse::<QuestionId>() else { continue };
            let pointer = format!("/answers/{id}");
            match intake::keep(visitor, question, &name, bytes, &pointer).await {
                Ok(file) => drop(self.sent.insert(id, (file.id.to_string(), file.name))),
                Err(problem) if !problem.0.errors.is_empty() && refuses_a_person(&problem) => {
                    errors.extend(problem.0.errors.clone());
                }
                Err(problem) => return Err(problem),
            }
        }
        Ok(errors)
    }

    /// What it answers to these questions.
    pub(crate) fn given(&self, questions: &[Question]) -> AllGiven {
        let mut given = AllGiven::new();
        for question in questions {
            let id = question.id.to_string();
            let values = self.values.get(&id).cloned().unwrap_or_default();
            let first = || values.first().cloned().filter(|value| !value.trim().is_empty());
            let answer = match question.kind {
                Kind::Text | Kind::LongText | Kind::Choice | Kind::Date => first().map(Given::Text),
                Kind::Choices => (!values.is_empty()).then(|| Given::Several(values.clone())),
                // What is no number is refused as the text it is.
                Kind::Number => first().map(|typed| match Decimal::parse(&typed) {
                    Some(number) => Given::Number(number.into()),
                    None => Given::Text(typed),
                }),
                Kind::Consent => (!values.is_empty()).then_some(Given::Agreed(true)),
                Kind::File => self.sent.get(&id).map(|(file, _)| Given::Text(file.clone())),
            };
            given.extend(answer.map(|answer| (id, answer)));
        }
        given
    }

    /// As inputs that are not shown, by name and value; files are those that were sent before.
    pub(crate) fn hidden(&self) -> Vec<(String, String)> {
        let values = self
            .values
            .iter()
            .flat_map(|(id, values)| values.iter().map(move |value| (format!("{VALUE}{id}"), value.clone())));
        let sent =
            self.sent.iter().map(|(id, (file, name))| (format!("{SENT}{id}"), format!("{file} {name}")));
        values.chain(sent).collect()
    }

    /// What makes two forms the same: of a file its name, for it is sent with each of them.
    pub(crate) fn said(&self) -> Vec<String> {
        let values = self.values.iter().flat_map(|(id, values)| std::iter::once(id).chain(values).cloned());
        let named = self.files.iter().map(|(id, (name, _))| (id, name));
        let sent = self.sent.iter().map(|(id, (_, name))| (id, name)).chain(named);
        values.chain(sent.flat_map(|(id, name)| [id.clone(), name.clone()])).collect()
    }
}

/// What each service of a visit asks, in their order.
pub(crate) async fn asked(tx: &TenantTx, wish: Wish) -> store::Result<Vec<Vec<Question>>> {
    let ids: Vec<ServiceId> = wish.services().collect();
    let mut asked = store::intake::of_services(tx, &ids).await?;
    Ok(ids.iter().map(|id| asked.remove(id).unwrap_or_default()).collect())
}

/// A question with what was typed.
#[derive(Serialize)]
pub(crate) struct Asked {
    name: String,
    kind: &'static str,
    label: String,
    help: String,
    required: bool,
    options: Vec<Choosable>,
    value: String,
    /// Of a number; empty: none.
    min: String,
    max: String,
    sent: Option<Sent>,
}

#[derive(Serialize)]
struct Choosable {
    value: String,
    label: String,
    is_chosen: bool,
}

/// A file that was sent with the form before.
#[derive(Serialize)]
struct Sent {
    input: String,
    id: String,
    name: String,
}

impl Asked {
    /// In a language; none: as the tenant wrote them.
    pub(crate) fn all(questions: &[Question], form: &AnswerForm, locale: Option<Locale>) -> Vec<Self> {
        questions.iter().map(|question| Self::new(question, form, locale)).collect()
    }

    fn new(question: &Question, form: &AnswerForm, locale: Option<Locale>) -> Self {
        let Wording { label, help, options } = question.wording(locale);
        let id = question.id.to_string();
        let none = Vec::new();
        let values = form.values.get(&id).unwrap_or(&none);
        let number = |number: Option<Decimal>| number.map(|number| number.to_string()).unwrap_or_default();
        let choosable = |(option, label): (&String, String)| Choosable {
            is_chosen: values.contains(option),
            value: option.clone(),
            label,
        };
        let sent = |(file, name): &(String, String)| Sent {
            input: format!("{SENT}{id}"),
            id: file.clone(),
            name: name.clone(),
        };
        Self {
            name: format!("{VALUE}{id}"),
            kind: question.kind.name(),
            label,
            help: help.unwrap_or_default(),
            required: question.is_required,
            options: question.options.iter().zip(options).map(choosable).collect(),
            value: values.first().cloned().unwrap_or_default(),
            min: number(question.min),
            max: number(question.max),
            sent: form.sent.get(&id).map(sent),
        }
    }

    /// Where the API points, and the input.
    pub(crate) fn field(question: &Question) -> (String, String) {
        (question.pointer(), format!("{VALUE}{}", question.id))
    }
}
