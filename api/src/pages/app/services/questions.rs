//! What a service asks whoever books it: one form for all of its questions. Buttons add, move and remove them; nothing is
//! kept before it is saved.

use actix_web::HttpResponse;
use domain::access::Permission;
use domain::id::{QuestionId, ServiceId};
use domain::intake::{self, Decimal, Kind, MOST_QUESTIONS, Question, QuestionDraft};
use domain::locale::Locale;
use domain::rejection::{Fields, Rejection};
use domain::translation::{QuestionWords, Translations};
use serde::Serialize;
use store::services::Offer;
use store::tenants::Tenant;

use super::super::told::Told;
use super::super::typed::{Typed, joined, shown_version, spoken};
use crate::extract::{Allows, ManageCatalogue, PageMember, Path, Read};
use crate::pages::form::{Flaw, Pairs, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result};

/// The parts of a row: where the API points, and the input.
const PARTS: [(&str, &str); 6] = [
    ("label", "label"),
    ("kind", "kind"),
    ("help", "help"),
    ("options", "options"),
    ("min", "min"),
    ("max", "max"),
];

#[derive(Serialize)]
struct Content {
    current: &'static str,
    service: Named,
    rows: Vec<Row>,
    kinds: Vec<&'static str>,
    version: String,
    errors: Vec<Flaw>,
    /// Somebody saved others meanwhile.
    is_stale: bool,
    may_manage: bool,
    may_add: bool,
}

#[derive(Serialize)]
struct Named {
    id: ServiceId,
    name: String,
}

/// A question as it is typed.
#[derive(Clone, Debug, Default, Serialize)]
struct Row {
    /// Empty: a new one.
    id: String,
    kind: String,
    label: String,
    help: String,
    /// One on each line.
    options: String,
    min: String,
    max: String,
    required: bool,
    active: bool,
    /// In other languages.
    translations: Vec<Words>,
}

/// What it says in a language that is not the tenant's.
#[derive(Clone, Debug, Serialize)]
struct Words {
    lang: Locale,
    label: String,
    help: String,
    /// One on each line.
    options: String,
}

impl Words {
    fn of(lang: Locale, words: QuestionWords) -> Self {
        Self {
            lang,
            label: words.label.unwrap_or_default(),
            help: words.help.unwrap_or_default(),
            options: words.options.join("\n"),
        }
    }
}

impl Row {
    fn of(question: Question, tenant: &Tenant) -> Self {
        let words = |lang| Words::of(lang, question.translations.get(lang).cloned().unwrap_or_default());
        let translations = spoken(tenant, &question.translations).map(words).collect();
        let typed = |number: Option<Decimal>| number.map(|number| number.to_string()).unwrap_or_default();
        Self {
            id: question.id.to_string(),
            kind: question.kind.name().to_owned(),
            label: question.label,
            help: question.help.unwrap_or_default(),
            options: question.options.join("\n"),
            min: typed(question.min),
            max: typed(question.max),
            required: question.is_required,
            active: question.is_active,
            translations,
        }
    }

    fn blank(tenant: &Tenant) -> Self {
        let none = Translations::<QuestionWords>::default();
        let translations =
            spoken(tenant, &none).map(|lang| Words::of(lang, QuestionWords::default())).collect();
        Self { kind: Kind::Text.name().to_owned(), active: true, translations, ..Self::default() }
    }

    fn is_blank(&self) -> bool {
        let words = self.translations.iter().flat_map(|words| [&words.label, &words.help, &words.options]);
        words.chain([&self.label, &self.help, &self.options]).all(|typed| typed.trim().is_empty())
    }

    fn typed(typed: &Typed, place: usize) -> Self {
        let text = |part: &str| typed.text(&format!("{part}-{place}"));
        let has = |part: &str| typed.has(&format!("{part}-{place}"));
        let words = |lang: Locale| Words {
            lang,
            label: text(&format!("label-{lang}")),
            help: text(&format!("help-{lang}")),
            options: text(&format!("options-{lang}")),
        };
        let is_there = |lang: &Locale| has(&format!("label-{lang}"));
        Self {
            id: text("id"),
            kind: text("kind"),
            label: text("label"),
            help: text("help"),
            options: text("options"),
            min: text("min"),
            max: text("max"),
            required: has("required"),
            active: has("active"),
            translations: Locale::ALL.into_iter().filter(is_there).map(words).collect(),
        }
    }

    fn draft(&self, at: &str, fields: &mut Fields) -> QuestionDraft {
        let kind = Kind::from_name(&self.kind).unwrap_or(Kind::Text);
        let mut number = |name: &str, typed: &str| {
            if typed.trim().is_empty() || kind != Kind::Number {
                return None;
            }
            let number = Decimal::parse(typed);
            if number.is_none() {
                fields.add(format!("{at}/{name}"), "INVALID", "must be a number");
            }
            number
        };
        let (min, max) = (number("min", &self.min), number("max", &self.max));
        let words = |words: &Words| {
            let (label, help) = (Some(words.label.clone()), Some(words.help.clone()));
            (words.lang, QuestionWords { label, help, options: lines(&words.options) })
        };
        QuestionDraft {
            // One that somebody else has removed is asked anew.
            id: self.id.parse::<QuestionId>().ok(),
            kind,
            label: self.label.clone(),
            help: Some(self.help.clone()),
            is_required: self.required,
            is_active: self.active,
            options: lines(&self.options),
            min,
            max,
            translations: self.translations.iter().map(words).collect(),
        }
    }
}

fn lines(typed: &str) -> Vec<String> {
    typed.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The rows in their order.
fn typed_rows(typed: &Typed) -> Vec<Row> {
    let count = typed.all("row").count().min(MOST_QUESTIONS + 1);
    (0..count).map(|place| Row::typed(typed, place)).collect()
}

fn drafts(rows: &[Row]) -> Result<Vec<QuestionDraft>, Rejection> {
    let mut fields = Fields::default();
    let drafts: Vec<QuestionDraft> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| row.draft(&format!("/questions/{place}"), &mut fields))
        .collect();
    joined(fields, intake::check_questions(drafts))
}

/// Does what a button of the form says. False: it was none of those.
fn act(rows: &mut Vec<Row>, wish: &str, blank: impl Fn() -> Row) -> bool {
    let (what, place) = wish.split_once('-').unwrap_or((wish, ""));
    let place: Option<usize> = place.parse().ok().filter(|place| *place < rows.len());
    match (what, place) {
        ("add", _) => {
            if rows.len() < MOST_QUESTIONS {
                rows.push(blank());
            }
        }
        ("remove", Some(place)) => drop(rows.remove(place)),
        ("up", Some(place)) if place > 0 => rows.swap(place - 1, place),
        ("down", Some(place)) if place + 1 < rows.len() => rows.swap(place, place + 1),
        ("up" | "down" | "remove", _) => {}
        _ => return false,
    }
    true
}

pub async fn show(reader: Reader, member: PageMember<Read>, id: Result<Path<ServiceId>>) -> HttpResponse {
    reader
        .answer(async {
            let id = *id?;
            let (frame, tenant) = member.frame(&reader).await?;
            let questions = member.tenant.read(async |tx| store::intake::of_service(tx, id).await).await?;
            let mut rows: Vec<Row> =
                questions.into_iter().map(|question| Row::of(question, &tenant)).collect();
            if rows.is_empty() && member.role.may(Permission::ManageCatalogue) {
                rows.push(Row::blank(&tenant));
            }
            page(&reader, &member, &frame, id, rows, None, None).await
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<ServiceId>>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, typed, by, now) = (*id?, Typed::from(pairs?), member.by(), member.now);
            let mut rows = typed_rows(&typed);
            let version = typed.text("version");
            let (frame, tenant) = member.frame(&reader).await?;
            if act(&mut rows, &typed.text("do"), || Row::blank(&tenant)) {
                return page(&reader, &member, &frame, id, rows, Some(version), None).await;
            }
            // A row that nothing was typed into is no question.
            rows.retain(|row| !row.id.is_empty() || !row.is_blank());
            let saved: Result<i64> = match drafts(&rows) {
                Ok(drafts) => member
                    .tenant
                    .transaction(async |tx| {
                        store::intake::replace(tx, id, drafts, shown_version(&version), &by, now).await
                    })
                    .await
                    .map_err(Problem::from),
                Err(refusal) => Err(refusal.into()),
            };
            match saved {
                Ok(_) => Ok(see_with(&format!("/app/services/{id}"), &Flash::ok("app-questions-saved"))),
                Err(problem) if refuses_a_person(&problem) => {
                    page(&reader, &member, &frame, id, rows, Some(version), Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// `version`: of the service, as the form showed it; `None`: as it is.
async fn page<P: Allows>(
    reader: &Reader,
    member: &PageMember<P>,
    frame: &Frame,
    id: ServiceId,
    rows: Vec<Row>,
    version: Option<String>,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let offer: Offer = member.tenant.read(async |tx| store::services::find(tx, id).await).await?;
    let mut names: Vec<(String, String)> = Vec::new();
    for place in 0..rows.len() {
        let at = format!("/questions/{place}");
        names.extend(PARTS.map(|(pointer, name)| (format!("{at}/{pointer}*"), format!("{name}-{place}"))));
        for lang in Locale::ALL {
            let at = format!("{at}/translations/{lang}");
            names.extend(
                ["label", "help", "options"]
                    .map(|part| (format!("{at}/{part}*"), format!("{part}-{lang}-{place}"))),
            );
        }
    }
    let fields: Vec<(&str, &str)> =
        names.iter().map(|(pointer, name)| (pointer.as_str(), name.as_str())).collect();
    let told = Told::by(refused, &fields, reader, frame)?;
    let is_stale = told.status == actix_web::http::StatusCode::PRECONDITION_FAILED;
    let now_at = offer.service.version.to_string();
    let content = Content {
        current: "services",
        // Whoever saves a second time has been told.
        version: version.filter(|_| !is_stale).unwrap_or(now_at),
        service: Named { id, name: offer.service.name },
        may_add: rows.len() < MOST_QUESTIONS,
        rows,
        kinds: Kind::ALL.map(Kind::name).to_vec(),
        errors: told.errors,
        is_stale,
        may_manage: member.role.may(Permission::ManageCatalogue),
    };
    render(&member.state, frame, told.status, "app/service_questions", &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_move_rows_and_forget_none() {
        let row = |label: &str| Row { label: label.to_owned(), ..Row::default() };
        let mut rows = vec![row("a"), row("b"), row("c")];
        let labels = |rows: &[Row]| rows.iter().map(|row| row.label.as_str()).collect::<Vec<_>>().join("");
        for (wish, after) in [
            ("up-2", "acb"),
            ("down-0", "cab"),
            ("up-0", "cab"),
            ("down-2", "cab"),
            ("remove-1", "cb"),
            ("remove-9", "cb"),
            ("add", "cb"),
        ] {
            assert!(act(&mut rows, wish, Row::default), "{wish}");
            assert_eq!(labels(&rows), after, "{wish}");
        }
        assert_eq!(rows.len(), 3);
        assert!(!act(&mut rows, "save", Row::default) && !act(&mut rows, "", Row::default));
    }
}
