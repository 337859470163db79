//! Jobs that stand alike, to be searched.

use ::jobs::Queue;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::job::JobState;
use serde::{Deserialize, Serialize};
use store::console::{self, Filter};

use super::JobRow;
use crate::console::cursor;
use crate::extract::{PageOperator, Query};
use crate::pages::{Reader, query, render};
use crate::problem::Result;

const ROWS: i64 = 50;
/// Of leased ones there is one page.
const LEASED_ROWS: i64 = 200;

/// What is asked for, also by the confirmation of what is done to many.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Question {
    pub queue: String,
    state: String,
    pub kind: String,
    /// The id of a tenant.
    pub tenant: String,
    q: String,
    #[serde(skip_serializing)]
    cursor: Option<String>,
}

impl Question {
    pub fn queue(&self) -> Option<Queue> {
        Queue::of_name(&self.queue)
    }

    /// The same with something else in the place of `change`.
    fn but(&self, change: &[(&str, &str)]) -> String {
        let own = [
            ("queue", self.queue.as_str()),
            ("state", &self.state),
            ("kind", &self.kind),
            ("tenant", &self.tenant),
            ("q", &self.q),
        ];
        let own = own.map(|(name, value)| {
            (name, change.iter().find(|(of, _)| *of == name).map_or(value, |(_, other)| other))
        });
        let more = change.iter().filter(|(name, _)| *name == "cursor").copied();
        format!("/ops/jobs?{}", query(&own.into_iter().chain(more).collect::<Vec<_>>()))
    }
}

#[derive(Serialize)]
struct List {
    current: &'static str,
    asked: Question,
    tabs: Vec<Tab>,
    queues: [&'static str; 3],
    rows: Vec<JobRow>,
    next: String,
    /// What of the question can be taken back: which, what it says, and the list without it.
    chips: Vec<Chip>,
    is_narrowed: bool,
    /// The question of what is done to all of them; empty: it has to be narrower or wider first.
    bulk: String,
}

#[derive(Serialize)]
struct Tab {
    state: &'static str,
    href: String,
    is_current: bool,
}

#[derive(Serialize)]
struct Chip {
    of: &'static str,
    value: String,
    href: String,
}

pub async fn list(reader: Reader, operator: PageOperator, question: Result<Query<Question>>) -> HttpResponse {
    reader
        .answer(async {
            let Query(mut asked) = question?;
            let (frame, now) = (operator.frame(&reader), operator.now);
            asked.q = asked.q.trim().chars().take(200).collect();
            let state = JobState::from_name(&asked.state).unwrap_or_default();
            state.name().clone_into(&mut asked.state);
            let queue = asked.queue();
            asked.queue = queue.map(|queue| queue.name().to_owned()).unwrap_or_default();
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let mut filter = Filter {
                queue,
                state,
                kind: some(&asked.kind),
                tenant: None,
                search: some(&asked.q),
                // One that is none leads to the beginning.
                after: asked.cursor.as_deref().and_then(cursor::read),
            };
            let system = operator.state.store.system();
            let found: store::Result<_> = system
                .transaction(async |tx| {
                    if let Some(text) = some(&asked.tenant) {
                        let Some(tenant) = console::tenant(tx, &text).await? else {
                            return Ok(console::Found::default());
                        };
                        filter.tenant = Some(tenant);
                    }
                    let rows = if state == JobState::Leased { LEASED_ROWS } else { ROWS };
                    console::list(tx, &filter, rows).await
                })
                .await;
            let found = found?;
            let tab = |of: JobState| Tab {
                state: of.name(),
                href: asked.but(&[("state", of.name())]),
                is_current: of == state,
            };
            let of_tenant = found.jobs.iter().find_map(|job| job.name.clone());
            let chips = [
                ("kind", asked.kind.clone()),
                (
                    "tenant",
                    if asked.tenant.is_empty() {
                        String::new()
                    } else {
                        of_tenant.unwrap_or(asked.tenant.clone())
                    },
                ),
            ];
            let chips = chips.into_iter().filter(|(_, value)| !value.is_empty());
            let bulk_of = [("queue", asked.queue.as_str()), ("kind", &asked.kind), ("tenant", &asked.tenant)];
            let may_all =
                state == JobState::Dead && queue.is_some() && asked.q.is_empty() && !found.jobs.is_empty();
            let content = List {
                current: "jobs",
                tabs: JobState::ALL.map(tab).into_iter().collect(),
                queues: Queue::ALL.map(Queue::name),
                next: found
                    .next
                    .as_ref()
                    .map(|at| asked.but(&[("cursor", &cursor::write(at))]))
                    .unwrap_or_default(),
                chips: chips.map(|(of, value)| Chip { of, value, href: asked.but(&[(of, "")]) }).collect(),
                is_narrowed: [&asked.queue, &asked.kind, &asked.tenant, &asked.q]
                    .iter()
                    .any(|it| !it.is_empty()),
                bulk: if may_all { query(&bulk_of) } else { String::new() },
                rows: found.jobs.into_iter().map(|job| JobRow::new(job, now)).collect(),
                asked,
            };
            render(&operator.state, &frame, StatusCode::OK, "ops/jobs", &content)
        })
        .await
}
