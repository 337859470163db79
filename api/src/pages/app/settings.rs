//! The profile of a tenant: what its page and its messages say of it, its language and its zone.

use actix_web::HttpResponse;
use chrono_tz::Tz;
use domain::access::Permission;
use domain::locale::Locale;
use domain::rejection::{Code, Fields, Rejection};
use domain::tenant::TenantChanges;
use serde::{Deserialize, Serialize};
use store::tenants::Tenant;

use super::told::Told;
use super::typed::{Difference, differences, joined, number, readable, shown_version};
use crate::extract::{Allows, ManageTenant, PageMember, Read};
use crate::pages::form::{Choice, Flaw, Form, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with, zones};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[
    ("/name", "name"),
    ("/contact_email", "contact_email"),
    ("/phone", "phone"),
    ("/address", "address"),
    ("/about", "about"),
    ("/city", "city"),
    ("/website_url", "website_url"),
    ("/instagram_url", "instagram_url"),
    ("/legal_name", "legal_name"),
    ("/legal_form", "legal_form"),
    ("/publisher", "publisher"),
    ("/siret", "siret"),
    ("/vat_id", "vat_id"),
    ("/locale", "locale"),
    ("/timezone", "timezone"),
    ("/default_duration_minutes", "default_duration"),
    ("/default_break_minutes", "default_break"),
];

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct SettingsForm {
    name: String,
    contact_email: String,
    phone: String,
    address: String,
    about: String,
    city: String,
    website_url: String,
    instagram_url: String,
    legal_name: String,
    legal_form: String,
    publisher: String,
    siret: String,
    vat_id: String,
    locale: String,
    timezone: String,
    /// Minutes.
    default_duration: String,
    default_break: String,
    version: String,
}

impl SettingsForm {
    fn of(tenant: &Tenant) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            name: tenant.name.clone(),
            contact_email: text(&tenant.contact_email),
            phone: readable(tenant.phone_e164.as_deref(), &tenant.country),
            address: text(&tenant.address),
            about: text(&tenant.about),
            city: text(&tenant.city),
            website_url: text(&tenant.website_url),
            instagram_url: text(&tenant.instagram_url),
            legal_name: text(&tenant.legal_name),
            legal_form: text(&tenant.legal_form),
            publisher: text(&tenant.publisher),
            siret: text(&tenant.siret),
            vat_id: text(&tenant.vat_id),
            locale: tenant.locale.name().to_owned(),
            timezone: tenant.timezone.name().to_owned(),
            default_duration: tenant.default_duration_minutes.to_string(),
            default_break: tenant.default_break_minutes.to_string(),
            version: tenant.version.to_string(),
        }
    }

    fn changes(&self, country: &str) -> Result<TenantChanges, Rejection> {
        let mut fields = Fields::default();
        let text = |text: &str| Some(Some(text.trim().to_owned()).filter(|text| !text.is_empty()));
        let locale = Locale::from_name(&self.locale);
        if locale.is_none() {
            fields.add("/locale", "INVALID", "must be fr or en");
        }
        let changes = TenantChanges {
            name: Some(self.name.clone()),
            timezone: fields.take("/timezone", self.timezone.parse::<Tz>()),
            locale,
            contact_email: text(&self.contact_email),
            phone: text(&self.phone),
            address: text(&self.address),
            about: text(&self.about),
            city: text(&self.city),
            website_url: text(&self.website_url),
            instagram_url: text(&self.instagram_url),
            legal_name: text(&self.legal_name),
            legal_form: text(&self.legal_form),
            publisher: text(&self.publisher),
            siret: text(&self.siret),
            vat_id: text(&self.vat_id),
            default_duration_minutes: Some(number(
                &mut fields,
                "/default_duration_minutes",
                &self.default_duration,
                60,
            )),
            default_break_minutes: Some(number(
                &mut fields,
                "/default_break_minutes",
                &self.default_break,
                20,
            )),
            ..TenantChanges::default()
        };
        joined(fields, changes.checked(country))
    }

    fn shown(&self) -> Vec<(&'static str, String)> {
        vec![
            ("app-settings-name", self.name.clone()),
            ("app-settings-email", self.contact_email.clone()),
            ("app-settings-phone", self.phone.clone()),
            ("app-settings-address", self.address.clone()),
            ("app-settings-about", self.about.clone()),
            ("app-settings-city", self.city.clone()),
            ("app-settings-website", self.website_url.clone()),
            ("app-settings-instagram", self.instagram_url.clone()),
            ("app-settings-legal-name", self.legal_name.clone()),
            ("app-settings-legal-form", self.legal_form.clone()),
            ("app-settings-publisher", self.publisher.clone()),
            ("app-settings-siret", self.siret.clone()),
            ("app-settings-vat-id", self.vat_id.clone()),
            ("app-settings-locale", self.locale.clone()),
            ("app-settings-zone", self.timezone.clone()),
            ("app-settings-duration", self.default_duration.clone()),
            ("app-settings-break", self.default_break.clone()),
        ]
    }
}

#[derive(Serialize)]
struct Settings<'a> {
    current: &'static str,
    tab: &'static str,
    form: &'a SettingsForm,
    errors: Vec<Flaw>,
    differences: Vec<Difference>,
    zones: Vec<Choice>,
    may_manage: bool,
}

pub async fn show(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            page(&member, &frame, &SettingsForm::of(&tenant), Told::nothing())
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageTenant>,
    form: Result<Form<SettingsForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (Form(mut form), by, now) = (form?, member.by(), member.now);
            let (frame, tenant) = member.frame(&reader).await?;
            let version = shown_version(&form.version);
            let updated: Result<Tenant> = match form.changes(&tenant.country) {
                Ok(changes) => member
                    .tenant
                    .transaction(async |tx| {
                        // Boxed: it carries a tenant three times.
                        Box::pin(store::tenants::update(tx, changes, version, &by, now)).await
                    })
                    .await
                    .map_err(Problem::from),
                Err(refusal) => Err(refusal.into()),
            };
            match updated {
                Ok(_) => Ok(see_with("/app/settings", &Flash::ok("app-saved"))),
                Err(problem) if refuses_a_person(&problem) => {
                    let mut told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    if problem.code() == Code::VersionMismatch {
                        let saved = SettingsForm::of(&tenant);
                        told.differences = differences(&form.shown(), saved.shown());
                        form.version = saved.version;
                    }
                    page(&member, &frame, &form, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

fn page<P: Allows>(
    member: &PageMember<P>,
    frame: &Frame,
    form: &SettingsForm,
    told: Told,
) -> Result<HttpResponse> {
    let content = Settings {
        current: "settings",
        tab: "profile",
        form,
        errors: told.errors,
        differences: told.differences,
        zones: zones::choices(),
        may_manage: member.role.may(Permission::ManageTenant),
    };
    render(&member.state, frame, told.status, "app/settings", &content)
}
