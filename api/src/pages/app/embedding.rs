//! The booking pages on websites of the tenant's own: which may show them, and what they are to say for it.

use actix_web::HttpResponse;
use domain::access::Permission;
use domain::locale::Locale;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::services::{self, Offer};
use store::tenants::Tenant;

use super::told::Told;
use super::typed::{Difference, differences, shown_version};
use crate::extract::{Allows, ManageTenant, PageMember, Query, Read};
use crate::pages::base::{EMBED, with_query};
use crate::pages::form::{Choice, Flaw, Form, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result, failed};

const FIELDS: &[(&str, &str)] = &[("/origins*", "origins")];

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct EmbeddingForm {
    /// One each line.
    origins: String,
    version: String,
}

impl EmbeddingForm {
    fn of(tenant: &Tenant) -> Self {
        Self { origins: tenant.embed_origins.join("\n"), version: tenant.version.to_string() }
    }

    fn lines(&self) -> Vec<String> {
        let lines = self.origins.lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    fn shown(&self) -> Vec<(&'static str, String)> {
        vec![("app-embed-origins", self.lines().join("\n"))]
    }
}

/// For what the code is shown.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Wish {
    /// Empty: all services.
    service_id: String,
    /// Empty: in the page; `button`.
    mode: String,
    /// Empty: as the page around it.
    frame_lang: String,
}

impl Wish {
    /// What makes no sense was not asked for.
    fn checked(self, offers: &[Offer]) -> Self {
        let is_known = |id: &String| offers.iter().any(|offer| offer.service.id.to_string() == *id);
        Self {
            service_id: Some(self.service_id).filter(is_known).unwrap_or_default(),
            mode: Some(self.mode).filter(|mode| mode == "button").unwrap_or_default(),
            frame_lang: Locale::from_name(&self.frame_lang).map_or("", Locale::name).to_owned(),
        }
    }

    /// What a website is to say. A slug, an id and the names above have nothing to escape.
    fn snippet(&self, origin: &str, slug: &str, label: &str) -> String {
        let mut script = format!("<script src=\"{origin}/embed.js\" data-tenant=\"{slug}\"");
        for (name, value) in [("service", &self.service_id), ("lang", &self.frame_lang), ("mode", &self.mode)]
        {
            if !value.is_empty() {
                script.extend([" data-", name, "=\"", value, "\""]);
            }
        }
        let url = with_query(&format!("{origin}/{slug}/book"), &[("service_id", &self.service_id)]);
        format!("{script} async></script>\n<noscript><a href=\"{url}\">{label}</a></noscript>")
    }

    /// Its frame, as it stands in the dashboard.
    fn preview(&self, slug: &str) -> String {
        let pairs = [("service_id", self.service_id.as_str()), ("lang", &self.frame_lang), ("preview", "1")];
        with_query(&format!("/{EMBED}/{slug}/book"), &pairs)
    }
}

#[derive(Serialize)]
struct Content<'a> {
    current: &'static str,
    tab: &'static str,
    form: &'a EmbeddingForm,
    errors: Vec<Flaw>,
    differences: Vec<Difference>,
    services: Vec<Choice>,
    snippet: String,
    preview: String,
    wish: Wish,
    may_manage: bool,
}

pub async fn show(reader: Reader, member: PageMember<Read>, wish: Result<Query<Wish>>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            let wish = wish.map(|Query(wish)| wish).unwrap_or_default();
            let form = EmbeddingForm::of(&tenant);
            page(&reader, &member, frame, &tenant, &form, wish, Told::nothing()).await
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageTenant>,
    form: Result<Form<EmbeddingForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (Form(mut form), by, now) = (form?, member.by(), member.now);
            let (version, lines) = (shown_version(&form.version), form.lines());
            let set = async |tx: &mut store::TenantTx| {
                store::embedding::set_origins(tx, &lines, version, &by, now).await
            };
            let updated: store::Result<Tenant> = Box::pin(member.tenant.transaction(set)).await;
            let (frame, tenant) = member.frame(&reader).await?;
            match updated.map_err(Problem::from) {
                Ok(_) => Ok(see_with("/app/settings/embedding", &Flash::ok("app-saved"))),
                Err(problem) if refuses_a_person(&problem) => {
                    let mut told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    if let Some(line) = refused_line(&problem, &lines)
                        && let [flaw] = told.errors.as_mut_slice()
                    {
                        let said = [("line", line), ("text", flaw.text.as_str())];
                        let text = reader.text(frame.lang).t_with("app-embed-flaw", &said);
                        flaw.text = text.map_err(|error| failed(&error))?;
                    }
                    if problem.code() == Code::VersionMismatch {
                        let saved = EmbeddingForm::of(&tenant);
                        told.differences = differences(&form.shown(), saved.shown());
                        form.version = saved.version;
                    }
                    page(&reader, &member, frame, &tenant, &form, Wish::default(), told).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// The first line that is wrong, if one is: it is told with what is wrong with it.
fn refused_line<'a>(problem: &Problem, lines: &'a [String]) -> Option<&'a str> {
    let place = problem.0.errors.first()?.pointer.strip_prefix("/origins/")?;
    lines.get(place.parse::<usize>().ok()?).map(String::as_str)
}

async fn page<P: Allows>(
    reader: &Reader,
    member: &PageMember<P>,
    mut frame: Frame,
    tenant: &Tenant,
    form: &EmbeddingForm,
    wish: Wish,
    told: Told,
) -> Result<HttpResponse> {
    let mut offers = member.tenant.read(async |tx| services::list(tx).await).await?;
    offers.retain(|offer| offer.service.is_active);
    let wish = wish.checked(&offers);
    // Whoever visits the website reads this.
    let spoken = Locale::from_name(&wish.frame_lang).unwrap_or(tenant.locale);
    let label = reader.text(spoken).t("public-home-book").map_err(|error| failed(&error))?;
    let all = reader.text(frame.lang).t("app-embed-services-all").map_err(|error| failed(&error))?;
    let mut services = vec![Choice { value: String::new(), label: all }];
    services.extend(
        offers
            .into_iter()
            .map(|Offer { service, .. }| Choice { value: service.id.to_string(), label: service.name }),
    );
    let content = Content {
        current: "settings",
        tab: "embedding",
        form,
        errors: told.errors,
        differences: told.differences,
        services,
        snippet: wish.snippet(&frame.origin, &tenant.slug, &label),
        preview: wish.preview(&tenant.slug),
        wish,
        may_manage: member.role.may(Permission::ManageTenant),
    };
    frame.has_frame = true;
    render(&member.state, &frame, told.status, "app/embedding", &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_website_says_no_more_than_was_asked_for() {
        let plain = Wish::default().snippet("https://harmony.example", "salon", "Book");
        assert_eq!(
            plain,
            "<script src=\"https://harmony.example/embed.js\" data-tenant=\"salon\" async></script>\n\
             <noscript><a href=\"https://harmony.example/salon/book\">Book</a></noscript>"
        );
        let wish =
            Wish { service_id: "1".to_owned(), mode: "button".to_owned(), frame_lang: "fr".to_owned() };
        let snippet = wish.snippet("https://harmony.example", "salon", "Book");
        assert!(
            snippet.contains(" data-service=\"1\" data-lang=\"fr\" data-mode=\"button\" async>"),
            "{snippet}"
        );
        assert!(snippet.contains("/salon/book?service_id=1\""), "{snippet}");
        assert_eq!(wish.preview("salon"), "/embed/salon/book?service_id=1&lang=fr&preview=1");
    }
}
