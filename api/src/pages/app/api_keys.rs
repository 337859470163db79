//! The keys of the API: made, replaced, taken away. A key is shown once.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use domain::api_key::{Draft, Scope};
use domain::id::ApiKeyId;
use domain::plan::Feature;
use domain::rejection::Rejection;
use serde::{Deserialize, Serialize};
use store::api_keys::{self, ApiKey};

use super::done;
use super::told::Told;
use super::typed::Typed;
use crate::api_keys::{OVERLAP_HOURS, make, replace};
use crate::extract::{ManageKeys, PageMember, Path};
use crate::pages::form::{Flaw, Form, Pairs, refuses_a_person};
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result};

const PAGE: &str = "/app/settings/api-keys";
const FIELDS: &[(&str, &str)] = &[
    ("/name", "name"),
    ("/scopes", "scopes"),
    ("/expires_at", "days"),
    ("/current_password", "current_password"),
];
/// For how many days a form offers a key; 0: until it is taken away.
const DAYS: [i64; 4] = [30, 90, 365, 0];

#[derive(Serialize)]
struct KeyForm {
    name: String,
    scopes: Vec<String>,
    days: String,
}

impl Default for KeyForm {
    fn default() -> Self {
        Self { name: String::new(), scopes: vec![Scope::Read.name().to_owned()], days: "90".to_owned() }
    }
}

impl KeyForm {
    fn of(typed: &Typed) -> Self {
        Self {
            name: typed.text("name"),
            scopes: typed.all("scopes").map(str::to_owned).collect(),
            days: typed.text("days"),
        }
    }

    fn draft(&self, now: DateTime<Utc>) -> Result<Draft, Rejection> {
        let days = self.days.parse::<i64>().ok().filter(|days| DAYS.contains(days)).unwrap_or(90);
        let expires_at = (days > 0).then(|| now + TimeDelta::days(days));
        let scopes = self.scopes.iter().filter_map(|name| Scope::from_name(name));
        Draft::new(&self.name, scopes, expires_at, now)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    current_password: String,
}

#[derive(Serialize)]
struct Page<'a> {
    current: &'static str,
    tab: &'static str,
    keys: Vec<Row>,
    form: &'a KeyForm,
    scopes: Vec<&'static str>,
    days: [i64; 4],
    /// Which of the keys' own forms was refused; else it was that of a new one.
    at: Option<ApiKeyId>,
    is_in_plan: bool,
    overlap_hours: i64,
    timezone: &'static str,
    errors: Vec<Flaw>,
}

#[derive(Serialize)]
struct Row {
    id: ApiKeyId,
    name: String,
    prefix: String,
    scopes: Vec<&'static str>,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

impl From<ApiKey> for Row {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            scopes: key.scopes.into_iter().map(Scope::name).collect(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
        }
    }
}

#[derive(Serialize)]
struct Made {
    current: &'static str,
    tab: &'static str,
    key: String,
    name: String,
}

pub async fn show(reader: Reader, member: PageMember<ManageKeys>) -> HttpResponse {
    reader.answer(async { page(&reader, &member, &KeyForm::default(), None, None).await }).await
}

pub async fn create(reader: Reader, member: PageMember<ManageKeys>, form: Result<Pairs>) -> HttpResponse {
    reader
        .answer(async {
            let typed = Typed::from(form?);
            let form = KeyForm::of(&typed);
            let made = match form.draft(member.now) {
                Ok(draft) => make(&member.own(), &member.by(), draft, typed.text("current_password")).await,
                Err(flaw) => Err(flaw.into()),
            };
            told_once(&reader, &member, &form, made, None).await
        })
        .await
}

pub async fn rotate(
    reader: Reader,
    member: PageMember<ManageKeys>,
    id: Result<Path<ApiKeyId>>,
    form: Result<Form<PasswordForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let (own, by) = (member.own(), member.by());
            let made = replace(&own, &by, id, OVERLAP_HOURS, form.current_password).await;
            told_once(&reader, &member, &KeyForm::default(), made, Some(id)).await
        })
        .await
}

pub async fn revoke(
    reader: Reader,
    member: PageMember<ManageKeys>,
    id: Result<Path<ApiKeyId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, by, now) = (*id?, member.by(), member.now);
            member.tenant.transaction(async |tx| api_keys::revoke(tx, id, &by, now).await).await?;
            Ok(done(PAGE, "app-api-keys-revoked"))
        })
        .await
}

/// The key, which nobody is shown again, or the page that says why there is none.
async fn told_once(
    reader: &Reader,
    member: &PageMember<ManageKeys>,
    form: &KeyForm,
    made: Result<(String, ApiKey)>,
    at: Option<ApiKeyId>,
) -> Result<HttpResponse> {
    match made {
        Ok((key, kept)) => {
            let (frame, _) = member.frame(reader).await?;
            let content = Made { current: "settings", tab: "api-keys", key, name: kept.name };
            render(&member.state, &frame, StatusCode::OK, "app/api_key", &content)
        }
        Err(problem) if refuses_a_person(&problem) => page(reader, member, form, Some(&problem), at).await,
        Err(problem) => Err(problem),
    }
}

async fn page(
    reader: &Reader,
    member: &PageMember<ManageKeys>,
    form: &KeyForm,
    refused: Option<&Problem>,
    at: Option<ApiKeyId>,
) -> Result<HttpResponse> {
    let (frame, tenant) = member.frame(reader).await?;
    let told = Told::by(refused, FIELDS, reader, &frame)?;
    let now = member.now;
    let keys = member.tenant.read(async |tx| api_keys::list(tx, now).await).await?;
    let content = Page {
        current: "settings",
        tab: "api-keys",
        keys: keys.into_iter().map(Row::from).collect(),
        form,
        scopes: Scope::ALL.into_iter().map(Scope::name).collect(),
        days: DAYS,
        at,
        is_in_plan: tenant.plan.has(Feature::PublicApi),
        overlap_hours: OVERLAP_HOURS,
        timezone: tenant.timezone.name(),
        errors: told.errors,
    };
    render(&member.state, &frame, told.status, "app/api_keys", &content)
}
