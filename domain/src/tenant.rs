//! Tenants: what an organisation says of itself when it signs up, and what it starts with.

use chrono_tz::Tz;

use crate::contact::Email;
use crate::locale::Locale;
use crate::rejection::{Fields, Rejection};
use crate::{company, password, slug, text, web};

/// Minutes of the working day a new tenant starts with, Monday to Friday.
pub const FIRST_HOURS: (u16, u16) = (8 * 60, 18 * 60);

/// Most mails in a day to the customers of a tenant none of whose owners has proven their address: enough to begin with,
/// too few to be worth a false sign-up.
pub const UNPROVEN_MAILS_A_DAY: i64 = 50;

/// A sign-up as asked for. It can't be printed, with its password.
pub struct SignUpDraft {
    pub email: String,
    pub password: String,
    pub full_name: String,
    pub tenant: TenantDraft,
}

/// A sign-up that makes sense.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub email: Email,
    pub full_name: String,
    pub tenant: TenantDraft,
}

/// A tenant as it begins.
#[derive(Clone, Debug)]
pub struct TenantDraft {
    pub name: String,
    /// As typed; without it one is made from the name.
    pub slug: Option<String>,
    pub timezone: Tz,
    pub locale: Locale,
    pub currency: String,
    pub country: String,
}

impl TenantDraft {
    pub fn checked(mut self) -> Result<Self, Rejection> {
        let mut fields = Fields::default();
        self.check(&mut fields, "");
        fields.finish()?;
        Ok(self)
    }

    /// Trims the name, and notes what is wrong below `root`.
    fn check(&mut self, fields: &mut Fields, root: &str) {
        self.name = fields.take(&format!("{root}/name"), text::name(&self.name)).unwrap_or_default();
        if let Some(slug) = &self.slug {
            fields.take(&format!("{root}/slug"), slug::parse(slug));
        }
        if !is_code(&self.currency, 3) {
            fields.add(format!("{root}/currency"), "INVALID", "must be a code of ISO 4217 such as EUR");
        }
        if !is_code(&self.country, 2) {
            fields.add(format!("{root}/country"), "INVALID", "must be a code of ISO 3166-1 such as FR");
        }
    }
}

impl SignUpDraft {
    pub fn checked(self) -> Result<SignUp, Rejection> {
        let mut fields = Fields::default();
        let email = fields.take("/email", Email::parse(&self.email));
        let known = [&*self.email, &*self.full_name, &*self.tenant.name];
        if let Err(why) = password::check(&self.password, &known) {
            fields.add("/password", why.code(), why.to_string());
        }
        let full_name = fields.take("/full_name", text::name(&self.full_name));
        let mut tenant = self.tenant;
        tenant.check(&mut fields, "/tenant");
        match (email, full_name) {
            (Some(email), Some(full_name)) => {
                fields.finish()?;
                Ok(SignUp { email, full_name, tenant })
            }
            _ => Err(fields.into_rejection()),
        }
    }
}

/// What a tenant may change of itself; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct TenantChanges {
    pub name: Option<String>,
    pub timezone: Option<Tz>,
    pub locale: Option<Locale>,
    pub contact_email: Option<Option<String>>,
    pub phone: Option<Option<String>>,
    pub address: Option<Option<String>>,
    pub city: Option<Option<String>>,
    pub about: Option<Option<String>>,
    pub website_url: Option<Option<String>>,
    pub instagram_url: Option<Option<String>>,
    pub legal_name: Option<Option<String>>,
    pub legal_form: Option<Option<String>>,
    pub publisher: Option<Option<String>>,
    pub siret: Option<Option<String>>,
    pub vat_id: Option<Option<String>>,
    pub accent_color: Option<Option<String>>,
    /// What an appointment usually lasts, in minutes: 5..=960, so that with the break it is a day at most.
    pub default_duration_minutes: Option<i32>,
    /// What is usually kept free after it, in minutes: 0..=480.
    pub default_break_minutes: Option<i32>,
}

impl TenantChanges {
    /// `country` is where a national telephone number belongs.
    pub fn checked(mut self, country: &str) -> Result<Self, Rejection> {
        let mut fields = Fields::default();
        if let Some(name) = &self.name {
            self.name = fields.take("/name", text::name(name));
        }
        if let Some(Some(address)) = &self.contact_email {
            self.contact_email =
                fields.take("/contact_email", Email::parse(address)).map(|email| Some(email.address));
        }
        if let Some(Some(number)) = &self.phone {
            self.phone = fields.take("/phone", crate::contact::phone(number, country)).map(Some);
        }
        if let Some(Some(address)) = &self.address {
            self.address = fields.take("/address", text::lines(address, 500));
        }
        if let Some(Some(about)) = &self.about {
            self.about = fields.take("/about", text::lines(about, 2_000));
        }
        for (pointer, most, value) in [
            ("/city", 120, &mut self.city),
            ("/legal_name", 255, &mut self.legal_name),
            ("/legal_form", 255, &mut self.legal_form),
            ("/publisher", 255, &mut self.publisher),
        ] {
            if let Some(Some(line)) = value {
                *value = fields.take(pointer, text::line(line, most)).map(Some);
            }
        }
        if let Some(Some(url)) = &self.website_url {
            self.website_url = fields.take("/website_url", web::website(url)).map(Some);
        }
        if let Some(Some(url)) = &self.instagram_url {
            self.instagram_url = fields.take("/instagram_url", web::instagram(url)).map(Some);
        }
        if let Some(Some(number)) = &self.siret {
            self.siret = fields.take("/siret", company::siret(number)).map(Some);
        }
        if let Some(Some(number)) = &self.vat_id {
            self.vat_id = fields.take("/vat_id", company::vat_id(number)).map(Some);
        }
        if let Some(minutes) = self.default_duration_minutes {
            fields.range("/default_duration_minutes", minutes, 5, 960);
        }
        if let Some(minutes) = self.default_break_minutes {
            fields.range("/default_break_minutes", minutes, 0, 480);
        }
        if let Some(Some(color)) = &mut self.accent_color {
            color.make_ascii_lowercase();
            let is_hex = color.strip_prefix('#').is_some_and(|digits| {
                digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
            });
            if !is_hex {
                fields.add("/accent_color", "INVALID", "must be a colour such as #1f6feb");
            }
        }
        fields.finish()?;
        Ok(self)
    }
}

fn is_code(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_up_says_everything_that_is_wrong() {
        let refusal = SignUpDraft {
            email: "ana".to_owned(),
            password: "short".to_owned(),
            full_name: " ".to_owned(),
            tenant: TenantDraft {
                name: "x".repeat(256),
                slug: Some("api".to_owned()),
                timezone: Tz::Europe__Paris,
                locale: Locale::Fr,
                currency: "eur".to_owned(),
                country: "France".to_owned(),
            },
        }
        .checked()
        .unwrap_err();
        let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/email",
                "/password",
                "/full_name",
                "/tenant/name",
                "/tenant/slug",
                "/tenant/currency",
                "/tenant/country"
            ]
        );
    }
}
