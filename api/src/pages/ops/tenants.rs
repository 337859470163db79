//! Tenants: found, looked at, suspended and reinstated.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use domain::access::Role;
use domain::id::TenantId;
use domain::plan::Plan;
use serde::{Deserialize, Serialize};
use store::console::tenants::{self, Filter, Row};
use store::members;

use crate::account::Own;
use crate::console::tenants::set_suspension;
use crate::extract::{Anybody, PageOperator, Path, Query};
use crate::list::PageQuestion;
use crate::pages::form::{Flaw, Form, flaws, refuses_a_person};
use crate::pages::frame::Flash;
use crate::pages::{Reader, next_page, render, see, see_with};
use crate::problem::{Problem, Result};
use crate::{account, cookies};

const ROWS: i64 = 50;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Question {
    q: String,
    plan: String,
    status: String,
    #[serde(skip_serializing)]
    cursor: Option<String>,
}

#[derive(Serialize)]
struct List {
    current: &'static str,
    asked: Question,
    plans: [&'static str; 3],
    rows: Vec<TenantRow>,
    next: String,
}

#[derive(Serialize)]
struct TenantRow {
    id: TenantId,
    slug: String,
    name: String,
    plan: &'static str,
    created_at: DateTime<Utc>,
    suspended_at: Option<DateTime<Utc>>,
    suspended_reason: Option<String>,
    members: i64,
    bookings: i64,
}

impl From<Row> for TenantRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            plan: row.plan.name(),
            created_at: row.created_at,
            suspended_at: row.suspended_at,
            suspended_reason: row.suspended_reason,
            members: row.members,
            bookings: row.bookings,
        }
    }
}

#[derive(Serialize)]
struct Detail<'a> {
    current: &'static str,
    tenant: TenantRow,
    usage: Vec<Usage>,
    owners: Vec<Owner>,
    reason: &'a str,
    support_reason: &'a str,
    errors: Vec<Flaw>,
}

#[derive(Serialize)]
struct Usage {
    limit: &'static str,
    used: i64,
    max: Option<i64>,
}

#[derive(Serialize)]
struct Owner {
    name: String,
    email: String,
    has_second_factor: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SuspensionForm {
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SupportForm {
    support_reason: String,
    current_password: String,
}

/// What was typed into the forms of the page.
#[derive(Clone, Copy, Default)]
struct Typed<'a> {
    reason: &'a str,
    support_reason: &'a str,
}

pub async fn list(reader: Reader, operator: PageOperator, question: Result<Query<Question>>) -> HttpResponse {
    reader
        .answer(async {
            let Query(mut asked) = question?;
            asked.q = asked.q.trim().chars().take(200).collect();
            let wanted = PageQuestion::read_kindly(ROWS, asked.cursor.as_deref())?;
            let filter = Filter {
                words: asked.q.clone(),
                plan: Plan::from_name(&asked.plan),
                is_suspended: match asked.status.as_str() {
                    "suspended" => Some(true),
                    "active" => Some(false),
                    _ => None,
                },
                after: wanted.after,
            };
            let system = operator.state.store.system();
            let found =
                system.transaction(async |tx| tenants::list(tx, &filter, wanted.and_one()).await).await?;
            let page = wanted.page(found, |last| (last.created_at, last.id), TenantRow::from);
            let next = page.next_cursor.map(|cursor| {
                let asked = [("q", asked.q.as_str()), ("plan", &asked.plan), ("status", &asked.status)];
                next_page("/ops/tenants", &asked, &cursor)
            });
            let content = List {
                current: "tenants",
                asked,
                plans: Plan::ALL.map(Plan::name),
                rows: page.data,
                next: next.unwrap_or_default(),
            };
            let frame = operator.frame(&reader);
            render(&operator.state, &frame, StatusCode::OK, "ops/tenants", &content)
        })
        .await
}

pub async fn show(reader: Reader, operator: PageOperator, id: Result<Path<TenantId>>) -> HttpResponse {
    reader.answer(async { page(&reader, &operator, *id?, Typed::default(), None).await }).await
}

pub async fn suspend(
    reader: Reader,
    operator: PageOperator,
    id: Result<Path<TenantId>>,
    form: Result<Form<SuspensionForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let set =
                set_suspension(&operator.state, id, operator.by(), Some(&form.reason), operator.now).await;
            match set {
                Ok(()) => Ok(see_with(&format!("/ops/tenants/{id}"), &Flash::ok("ops-tenant-suspended"))),
                Err(problem) if refuses_a_person(&problem) => {
                    let typed = Typed { reason: &form.reason, ..Typed::default() };
                    let fields: &[(&str, &str)] = &[("/reason", "reason")];
                    page(&reader, &operator, id, typed, Some((&problem, fields))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn reinstate(reader: Reader, operator: PageOperator, id: Result<Path<TenantId>>) -> HttpResponse {
    reader
        .answer(async {
            let id = *id?;
            set_suspension(&operator.state, id, operator.by(), None, operator.now).await?;
            Ok(see_with(&format!("/ops/tenants/{id}"), &Flash::ok("ops-tenant-reinstated")))
        })
        .await
}

/// Has the operator act in the tenant: the session of their browser is there from now on.
pub async fn support(
    reader: Reader,
    operator: PageOperator,
    anybody: Result<Anybody>,
    request: HttpRequest,
    id: Result<Path<TenantId>>,
    form: Result<Form<SupportForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, id, Form(form)) = (anybody?, *id?, form?);
            let own = Own {
                state: &operator.state,
                user_id: operator.session.user_id,
                tenant_id: id,
                session_id: operator.session.id,
                origin: anybody.origin(),
                now: operator.now,
            };
            let (reason, before) = (&form.support_reason, cookies::read(&request, cookies::SESSION));
            match account::begin_support(&anybody, &own, reason, form.current_password, before).await {
                Ok(cookie) => {
                    let mut response = see("/app");
                    cookies::set(&mut response, &cookies::session(&cookie));
                    Ok(response)
                }
                Err(problem) if refuses_a_person(&problem) => {
                    let typed = Typed { support_reason: reason, ..Typed::default() };
                    let fields: &[(&str, &str)] =
                        &[("/reason", "support_reason"), ("/current_password", "current_password")];
                    page(&reader, &operator, id, typed, Some((&problem, fields))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn page(
    reader: &Reader,
    operator: &PageOperator,
    id: TenantId,
    typed: Typed<'_>,
    refused: Option<(&Problem, &[(&str, &str)])>,
) -> Result<HttpResponse> {
    let frame = operator.frame(reader);
    let store = &operator.state.store;
    let (row, used) = store.system().transaction(async |tx| tenants::find(tx, id).await).await?;
    let team = store.identity().statement(async |tx| members::list(tx, id).await).await?;
    let errors = match refused {
        Some((problem, fields)) => flaws(problem, fields, reader.text(frame.lang))?,
        None => Vec::new(),
    };
    let plan = row.plan;
    let content = Detail {
        current: "tenants",
        usage: used
            .into_iter()
            .map(|(limit, _, used)| Usage { limit: limit.name(), used, max: plan.allowance(limit) })
            .collect(),
        owners: team
            .into_iter()
            .filter(|one| one.role == Role::Owner)
            .map(|one| Owner {
                name: one.full_name,
                email: one.email,
                has_second_factor: one.has_second_factor,
            })
            .collect(),
        tenant: row.into(),
        reason: typed.reason,
        support_reason: typed.support_reason,
        errors,
    };
    let status = refused.map_or(StatusCode::OK, |(problem, _)| problem.status_code());
    render(&operator.state, &frame, status, "ops/tenant", &content)
}
