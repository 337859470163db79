//! The tenants of a user: to go from one to another, and to open one more.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono_tz::Tz;
use domain::id::TenantId;
use domain::rejection::{Code, Rejection};
use domain::tenant::TenantDraft;
use serde::{Deserialize, Serialize};
use store::sessions;

use crate::account;
use crate::extract::{Account, PageMember, Path};
use crate::pages::form::{Choice, Flaw, Form, flaws, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with, zones};
use crate::problem::Result;

const FIELDS: &[(&str, &str)] = &[("/name", "tenant_name"), ("/slug", "slug"), ("/timezone", "timezone")];

pub async fn switch(reader: Reader, member: PageMember<Account>, id: Result<Path<TenantId>>) -> HttpResponse {
    reader
        .answer(async {
            let (id, session) = (*id?, member.session.id);
            let identity = member.state.store.identity();
            let is_member = identity.transaction(async |tx| sessions::switch(tx, session, id).await).await?;
            if !is_member {
                return Err(Code::NotFound.into());
            }
            Ok(see_with("/app", &Flash::ok("app-switched")))
        })
        .await
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct TenantForm {
    tenant_name: String,
    slug: String,
    timezone: String,
}

#[derive(Serialize)]
struct New<'a> {
    current: &'static str,
    form: &'a TenantForm,
    errors: Vec<Flaw>,
    zones: Vec<Choice>,
    host: &'a str,
}

pub async fn new(reader: Reader, member: PageMember<Account>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            let form = TenantForm { timezone: tenant.timezone.name().to_owned(), ..TenantForm::default() };
            page(&member, &frame, StatusCode::OK, &form, Vec::new())
        })
        .await
}

pub async fn create(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<TenantForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let (frame, tenant) = member.frame(&reader).await?;
            let timezone = form.timezone.parse::<Tz>();
            let draft = TenantDraft {
                name: form.tenant_name.clone(),
                slug: Some(form.slug.trim().to_lowercase()).filter(|slug| !slug.is_empty()),
                timezone: timezone.unwrap_or(tenant.timezone),
                locale: tenant.locale,
                currency: tenant.currency.clone(),
                country: tenant.country.clone(),
            };
            match account::open_tenant(&member.own(), draft).await {
                Ok((tenant, _role)) => {
                    let (identity, session) = (member.state.store.identity(), member.session.id);
                    identity
                        .transaction(async |tx| sessions::switch(tx, session, tenant.tenant_id).await)
                        .await?;
                    Ok(see_with("/app", &Flash::ok("app-tenant-opened")))
                }
                Err(mut problem) if refuses_a_person(&problem) => {
                    if problem.code() == Code::SlugTaken {
                        problem.0.errors = Rejection::invalid("/slug", "TAKEN", "is taken").errors;
                    }
                    let told = flaws(&problem, FIELDS, reader.text(frame.lang))?;
                    page(&member, &frame, problem.status_code(), &form, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

fn page(
    member: &PageMember<Account>,
    frame: &Frame,
    status: StatusCode,
    form: &TenantForm,
    errors: Vec<Flaw>,
) -> Result<HttpResponse> {
    let url = member.state.links.public_url();
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    let content = New { current: "start", form, errors, zones: zones::choices(), host };
    render(&member.state, frame, status, "app/tenant_new", &content)
}
