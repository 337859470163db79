//! What is done to many dead jobs at a time, once somebody has said that they mean it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Datelike, Utc};
use domain::rejection::{Code, YEARS};
use serde::{Deserialize, Serialize};
use store::console::{self, Deed, Many};

use super::jobs::Question;
use crate::console::all;
use crate::extract::{PageOperator, Query};
use crate::pages::form::Form;
use crate::pages::frame::Flash;
use crate::pages::{Reader, query, render, see_with};
use crate::problem::Result;

/// Where the count of what is meant ends.
const COUNTED: i64 = 10_000;

#[derive(Serialize)]
struct Ask {
    current: &'static str,
    /// `retry` or `delete`.
    deed: &'static str,
    asked: Question,
    /// The name of the tenant, when there is one.
    tenant: String,
    count: i64,
    has_more: bool,
    /// What died later is not meant.
    until: DateTime<Utc>,
    back: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Meant {
    #[serde(flatten)]
    of: Question,
    until: String,
}

pub async fn ask_retry(
    reader: Reader,
    operator: PageOperator,
    asked: Result<Query<Question>>,
) -> HttpResponse {
    ask(&reader, &operator, asked, Deed::Retry).await
}

pub async fn ask_delete(
    reader: Reader,
    operator: PageOperator,
    asked: Result<Query<Question>>,
) -> HttpResponse {
    ask(&reader, &operator, asked, Deed::Delete).await
}

async fn meant(operator: &PageOperator, asked: &Question, until: DateTime<Utc>) -> Result<Many> {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let tenant = match some(&asked.tenant) {
        Some(text) => {
            let system = operator.state.store.system();
            let known = system.transaction(async |tx| console::tenant(tx, &text).await).await?;
            Some(known.ok_or(Code::NotFound)?)
        }
        None => None,
    };
    Ok(Many { queue: asked.queue().ok_or(Code::NotFound)?, kind: some(&asked.kind), tenant, until })
}

async fn ask(
    reader: &Reader,
    operator: &PageOperator,
    asked: Result<Query<Question>>,
    deed: Deed,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(asked) = asked?;
            let (frame, now) = (operator.frame(reader), operator.now);
            let many = meant(operator, &asked, now).await?;
            let system = operator.state.store.system();
            let read: store::Result<_> = system
                .transaction(async |tx| {
                    let count = console::count_dead(tx, &many, COUNTED).await?;
                    let name = match many.tenant {
                        Some(tenant) => console::tenant_name(tx, tenant).await?,
                        None => None,
                    };
                    Ok((count, name))
                })
                .await;
            let (count, name) = read?;
            let content = Ask {
                current: "jobs",
                deed: if deed == Deed::Retry { "retry" } else { "delete" },
                tenant: name.unwrap_or_else(|| asked.tenant.clone()),
                back: back(&asked),
                asked,
                count,
                has_more: count >= COUNTED,
                until: now,
            };
            render(&operator.state, &frame, StatusCode::OK, "ops/bulk", &content)
        })
        .await
}

fn back(asked: &Question) -> String {
    let pairs = [
        ("queue", asked.queue.as_str()),
        ("kind", &asked.kind),
        ("tenant", &asked.tenant),
        ("state", "dead"),
    ];
    format!("/ops/jobs?{}", query(&pairs))
}

pub async fn retry(reader: Reader, operator: PageOperator, form: Result<Form<Meant>>) -> HttpResponse {
    act(&reader, &operator, form, Deed::Retry, "ops-flash-retried-all").await
}

pub async fn delete(reader: Reader, operator: PageOperator, form: Result<Form<Meant>>) -> HttpResponse {
    act(&reader, &operator, form, Deed::Delete, "ops-flash-deleted-all").await
}

async fn act(
    reader: &Reader,
    operator: &PageOperator,
    form: Result<Form<Meant>>,
    deed: Deed,
    key: &str,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let until: DateTime<Utc> = form.until.parse().map_err(|_no_time| Code::MalformedQuery)?;
            if !YEARS.contains(&until.year()) {
                return Err(Code::MalformedQuery.into());
            }
            let many = meant(operator, &form.of, until).await?;
            let done = all(&operator.state, deed, &many, &operator.by()).await?;
            let flash = match done.jobs {
                0 => Flash::bad("ops-flash-none"),
                _ if done.goes_on => Flash::ok("ops-flash-more"),
                _ => Flash::ok(key),
            };
            Ok(see_with(&back(&form.of), &flash))
        })
        .await
}
