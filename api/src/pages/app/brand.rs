//! How a tenant shows itself: its colour, tried before it is saved, its address, and the link to share.

use actix_web::{HttpRequest, HttpResponse};
use domain::access::Permission;
use domain::rejection::{Code, Rejection};
use domain::setup::SetupStep;
use domain::slug;
use domain::tenant::TenantChanges;
use serde::{Deserialize, Serialize};
use store::tenants::Tenant;
use templates::HARMONY;

use super::told::Told;
use super::typed::{Difference, differences, shown_version};
use crate::extract::{Allows, ManageTenant, PageMember, Read};
use crate::pages::form::{Flaw, Form, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::public::qr;
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result};

/// Colours to begin with.
const SUGGESTED: [&str; 8] =
    [HARMONY, "#2d5bd7", "#7c3aed", "#b4235a", "#c2410c", "#a16207", "#3f6212", "#334155"];

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct BrandForm {
    accent_color: String,
    version: String,
}

#[derive(Serialize)]
struct BrandPage<'a> {
    current: &'static str,
    tab: &'static str,
    form: &'a BrandForm,
    errors: Vec<Flaw>,
    differences: Vec<Difference>,
    /// The colour shown is not the one that is saved.
    is_trial: bool,
    suggested: [&'static str; 8],
    may_manage: bool,
}

/// The form. With `?accent_color=` the whole page wears that colour, and nothing is saved.
pub async fn show(reader: Reader, member: PageMember<Read>, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let (mut frame, tenant) = member.frame(&reader).await?;
            let asked: BrandForm = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
            let saved = tenant.accent_color.clone().unwrap_or_else(|| HARMONY.to_owned());
            let version = tenant.version.to_string();
            let tried = TenantChanges {
                accent_color: Some(Some(asked.accent_color.clone())),
                ..TenantChanges::default()
            };
            let is_trial = !asked.accent_color.is_empty();
            if !is_trial {
                let form = BrandForm { accent_color: saved, version };
                return page(&member, &frame, &form, Told::nothing(), false);
            }
            let form = BrandForm { accent_color: asked.accent_color.to_lowercase(), version };
            match tried.checked(&tenant.country) {
                Ok(_) => {
                    frame.brand = Some(member.state.pages.brands.get(&form.accent_color));
                    page(&member, &frame, &form, Told::nothing(), form.accent_color != saved)
                }
                Err(refusal) => {
                    let refused = Problem::from(refusal);
                    let told =
                        Told::by(Some(&refused), &[("/accent_color", "accent_color")], &reader, &frame)?;
                    page(&member, &frame, &form, told, false)
                }
            }
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageTenant>,
    form: Result<Form<BrandForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (Form(mut form), by, now) = (form?, member.by(), member.now);
            let changes = TenantChanges {
                accent_color: Some(Some(form.accent_color.clone())),
                ..TenantChanges::default()
            };
            let version = shown_version(&form.version);
            let updated: Result<Tenant, store::Error> = member
                .tenant
                .transaction(async |tx| store::tenants::update(tx, changes, version, &by, now).await)
                .await;
            match updated.map_err(Problem::from) {
                Ok(_) => Ok(see_with("/app/settings/brand", &Flash::ok("app-saved"))),
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, tenant) = member.frame(&reader).await?;
                    let mut told =
                        Told::by(Some(&problem), &[("/accent_color", "accent_color")], &reader, &frame)?;
                    if problem.code() == Code::VersionMismatch {
                        let saved = tenant.accent_color.unwrap_or_else(|| HARMONY.to_owned());
                        told.differences = differs("app-brand-color", &form.accent_color, saved);
                        form.version = tenant.version.to_string();
                    }
                    page(&member, &frame, &form, told, false)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

fn page<P: Allows>(
    member: &PageMember<P>,
    frame: &Frame,
    form: &BrandForm,
    told: Told,
    is_trial: bool,
) -> Result<HttpResponse> {
    let content = BrandPage {
        current: "settings",
        tab: "brand",
        form,
        errors: told.errors,
        differences: told.differences,
        is_trial,
        suggested: SUGGESTED,
        may_manage: member.role.may(Permission::ManageTenant),
    };
    render(&member.state, frame, told.status, "app/brand", &content)
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct SlugForm {
    slug: String,
    version: String,
}

#[derive(Serialize)]
struct Link<'a> {
    current: &'static str,
    tab: &'static str,
    form: &'a SlugForm,
    errors: Vec<Flaw>,
    differences: Vec<Difference>,
    url: String,
    qr: String,
    may_manage: bool,
}

pub async fn link(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            let form = SlugForm { slug: tenant.slug.clone(), version: tenant.version.to_string() };
            link_page(&member, &frame, &tenant, &form, Told::nothing())
        })
        .await
}

/// The public address of a tenant as a code for cameras, to print.
pub async fn qr(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let tenant = member.tenant.read(async |tx| store::tenants::find(tx).await).await?;
            let svg = code(&url(&member, &tenant))?;
            // A file of its own says what it is, and how large.
            let own = r#"<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" "#;
            let svg = svg.replacen("<svg ", own, 1);
            Ok(HttpResponse::Ok()
                .content_type("image/svg+xml")
                .insert_header((
                    "content-disposition",
                    format!("attachment; filename=\"{}.svg\"", tenant.slug),
                ))
                .body(svg))
        })
        .await
}

pub async fn rename(
    reader: Reader,
    member: PageMember<ManageTenant>,
    form: Result<Form<SlugForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (Form(mut form), by, now) = (form?, member.by(), member.now);
            let wanted = form.slug.trim().to_lowercase();
            let version = shown_version(&form.version);
            let renamed: Result<Tenant> = match slug::parse(&wanted) {
                Ok(wanted) => member
                    .state
                    .store
                    .accounts()
                    .transaction(member.tenant.id(), async |tx| {
                        store::tenants::rename(tx, wanted, version, &by, now).await
                    })
                    .await
                    .map_err(Problem::from),
                Err(why) => Err(Rejection::invalid("/slug", "INVALID", why.to_string()).into()),
            };
            match renamed {
                Ok(_) => {
                    member.state.directory.forget(member.tenant.id());
                    Ok(see_with("/app/settings/link", &Flash::ok("app-saved")))
                }
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, tenant) = member.frame(&reader).await?;
                    let mut told = Told::by(Some(&problem), &[("/slug", "slug")], &reader, &frame)?;
                    if problem.code() == Code::VersionMismatch {
                        told.differences = differs("app-link-slug", &form.slug, tenant.slug.clone());
                        form.version = tenant.version.to_string();
                    }
                    link_page(&member, &frame, &tenant, &form, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// Whoever says so has shared the link.
pub async fn shared(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let now = member.now;
            member.tenant.transaction(async |tx| store::setup::mark(tx, SetupStep::Link, now).await).await?;
            Ok(see_with("/app", &Flash::ok("app-saved")))
        })
        .await
}

fn link_page<P: Allows>(
    member: &PageMember<P>,
    frame: &Frame,
    tenant: &Tenant,
    form: &SlugForm,
    told: Told,
) -> Result<HttpResponse> {
    let url = url(member, tenant);
    let content = Link {
        current: "settings",
        tab: "link",
        form,
        errors: told.errors,
        differences: told.differences,
        qr: code(&url)?,
        url,
        may_manage: member.role.may(Permission::ManageTenant),
    };
    render(&member.state, frame, told.status, "app/link", &content)
}

fn url<P: Allows>(member: &PageMember<P>, tenant: &Tenant) -> String {
    format!("{}/{}", member.state.links.public_url(), tenant.slug)
}

/// What somebody else has saved meanwhile in the one input of a form.
fn differs(label: &'static str, typed: &str, saved: String) -> Vec<Difference> {
    differences(&[(label, typed.to_owned())], vec![(label, saved)])
}

/// Black on white whatever the theme: cameras expect it.
fn code(url: &str) -> Result<String> {
    Ok(qr::svg(url).ok_or(Code::Internal)?)
}
