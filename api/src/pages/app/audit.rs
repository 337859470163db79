//! Who changed what, in the words of whoever reads it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::audit::subjects;
use domain::id::EventId;
use domain::wall_clock;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::audit::{self, Event, Filter};
use store::{api_keys, members};
use uuid::Uuid;

use crate::audit::{Format, file};
use crate::extract::{ByOwnPeople, PageMember, Query, ReadAudit};
use crate::list::PageQuestion;
use crate::pages::form::Choice;
use crate::pages::{Reader, next_page, query, render};
use crate::problem::Result;

const PAGE: &str = "/app/settings/audit";
const ROWS: i64 = 50;
/// Longer values are cut: the file has all of them.
const MOST_CHARS: usize = 300;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    subject: String,
    actor: String,
    /// Dates of the tenant's zone; both included.
    from: String,
    to: String,
    cursor: Option<String>,
    format: String,
}

impl Asked {
    /// What is none of a filter's filters nothing.
    fn filter(&self, timezone: Tz) -> Filter {
        let date = |text: &str| text.parse::<NaiveDate>().ok();
        Filter {
            subject_kind: Some(self.subject.clone()).filter(|one| subjects().contains(&one.as_str())),
            subject_id: None,
            actor_id: self.actor.parse().ok(),
            from: date(&self.from).and_then(|day| wall_clock::day(timezone, day)).map(|day| day.start),
            to: date(&self.to).and_then(|day| wall_clock::day(timezone, day)).map(|day| day.end),
        }
    }

    fn pairs(&self) -> [(&'static str, &str); 4] {
        [("subject", &self.subject), ("actor", &self.actor), ("from", &self.from), ("to", &self.to)]
    }
}

#[derive(Serialize)]
struct Page {
    current: &'static str,
    tab: &'static str,
    rows: Vec<Row>,
    subjects: Vec<&'static str>,
    subject: String,
    actors: Vec<Choice>,
    actor: String,
    from: String,
    to: String,
    is_narrowed: bool,
    next: String,
    csv: String,
    json: String,
    kept_from: DateTime<Utc>,
    timezone: &'static str,
}

#[derive(Serialize)]
struct Row {
    id: EventId,
    at: DateTime<Utc>,
    action: String,
    /// The same as a name of our texts.
    action_key: String,
    actor_kind: String,
    actor_name: Option<String>,
    differences: Vec<Difference>,
    is_erased: bool,
    reason: Option<String>,
    ip: Option<String>,
    request_id: Option<String>,
}

/// What is another than it was.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Difference {
    name: String,
    before: String,
    after: String,
}

impl From<Event> for Row {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            at: event.occurred_at,
            action_key: event.action.replace('.', "_"),
            action: event.action,
            actor_kind: event.actor_kind,
            actor_name: event.actor_name,
            differences: differences(event.before.as_ref(), event.after.as_ref()),
            is_erased: event.is_erased,
            reason: event.reason,
            ip: event.ip,
            request_id: event.request_id,
        }
    }
}

/// By field where both are objects, or one is and the other is nothing; else as a whole, without a name.
fn differences(before: Option<&Value>, after: Option<&Value>) -> Vec<Difference> {
    let nothing = serde_json::Map::new();
    let (old, new) = match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => (old, new),
        (None, Some(Value::Object(new))) => (&nothing, new),
        (Some(Value::Object(old)), None) => (old, &nothing),
        (None, None) => return Vec::new(),
        (before, after) => {
            return vec![Difference { name: String::new(), before: text(before), after: text(after) }];
        }
    };
    let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
    names
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| Difference {
            name: name.clone(),
            before: text(old.get(name)),
            after: text(new.get(name)),
        })
        .filter(|one| one.before != one.after)
        .collect()
}

fn text(value: Option<&Value>) -> String {
    let whole = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    if whole.chars().count() <= MOST_CHARS {
        return whole;
    }
    whole.chars().take(MOST_CHARS).chain(['…']).collect()
}

pub async fn show(
    reader: Reader,
    member: PageMember<ReadAudit>,
    question: Result<Query<Asked>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(asked) = question?;
            let (frame, tenant) = member.frame(&reader).await?;
            let wanted = PageQuestion::read_kindly(ROWS, asked.cursor.as_deref())?;
            let filter = asked.filter(tenant.timezone);
            let now = member.now;
            let read: store::Result<_> = member
                .tenant
                .read(async |tx| {
                    let found = audit::list(tx, &filter, wanted.after, wanted.and_one(), now).await?;
                    Ok((found, api_keys::list(tx, now).await?))
                })
                .await;
            let (found, keys) = read?;
            let (identity, tenant_id) = (member.state.store.identity(), member.tenant.id());
            let team = identity.statement(async |tx| members::list(tx, tenant_id).await).await?;
            let choice = |id: Uuid, label: String| Choice { value: id.to_string(), label };
            let actors = team.into_iter().map(|one| choice(one.user_id.0, one.full_name));
            let actors = actors.chain(keys.into_iter().map(|key| choice(key.id.0, key.name))).collect();
            let page = wanted.page(found, |last| (last.occurred_at, last.id), Row::from);
            let next = page.next_cursor.map(|cursor| next_page(PAGE, &asked.pairs(), &cursor));
            let export = |format| address(&asked, format);
            let content = Page {
                current: "settings",
                tab: "audit",
                rows: page.data,
                subjects: subjects(),
                csv: export("csv"),
                json: export("json"),
                is_narrowed: asked.pairs().iter().any(|(_, value)| !value.is_empty()),
                subject: asked.subject,
                actors,
                actor: asked.actor,
                from: asked.from,
                to: asked.to,
                next: next.unwrap_or_default(),
                kept_from: domain::plan::audit_kept_from(tenant.plan, tenant.downgraded_at, now),
                timezone: tenant.timezone.name(),
            };
            render(&member.state, &frame, StatusCode::OK, "app/audit", &content)
        })
        .await
}

/// The address of the file of what is shown.
fn address(asked: &Asked, format: &str) -> String {
    let pairs: Vec<_> = [("format", format)].into_iter().chain(asked.pairs()).collect();
    format!("{PAGE}/file?{}", query(&pairs))
}

pub async fn export(
    reader: Reader,
    member: PageMember<ByOwnPeople<ReadAudit>>,
    question: Result<Query<Asked>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(asked) = question?;
            let tenant = member.tenant.read(async |tx| store::tenants::find(tx).await).await?;
            let format = if asked.format == "json" { Format::Json } else { Format::Csv };
            Ok(file(member.tenant.clone(), asked.filter(tenant.timezone), format, member.now))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_differs_is_told_by_field() {
        let one = |name: &str, before: &str, after: &str| Difference {
            name: name.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        let (old, new) = (json!({"a": 1, "b": "x", "c": null}), json!({"a": 1, "b": "y", "d": [1]}));
        assert_eq!(differences(Some(&old), Some(&new)), [one("b", "x", "y"), one("d", "", "[1]")]);
        assert_eq!(differences(None, Some(&new)).len(), 3);
        assert_eq!(differences(Some(&json!("free")), Some(&json!("pro"))), [one("", "free", "pro")]);
        assert_eq!(differences(None, None), []);
        let long = json!("é".repeat(400));
        assert_eq!(differences(None, Some(&long))[0].after.chars().count(), 301);
    }
}
