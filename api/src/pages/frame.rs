//! What surrounds the content of a page: language, theme, the tenant's colour, the shell of the dashboard.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use domain::id::TenantId;
use domain::locale::Locale;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use store::images::Image;
use store::tenants::Tenant;

use super::base::Base;

/// What every layout may read as `frame`.
#[derive(Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
pub struct Frame {
    #[serde(skip)]
    pub lang: Locale,
    /// Of this page, without its query.
    pub path: String,
    /// Of this page, with its query: where a form of preferences leads back to.
    pub here: String,
    /// This page in each language.
    pub lang_urls: LangUrls,
    /// `light` or `dark`; none: as the system has it.
    pub theme: Option<&'static str>,
    /// Scheme, host and port of the platform.
    pub origin: String,
    #[serde(serialize_with = "shared")]
    pub brand: Option<Arc<Brand>>,
    /// Whose page it is, in public.
    pub tenant: Option<Shop>,
    /// The shell of the dashboard.
    pub app: Option<Shell>,
    /// The shell of the console.
    pub ops: Option<Ops>,
    /// For the forms of whoever is signed in; masked anew for each page.
    pub csrf: Option<String>,
    /// What came of the form before this page.
    pub flash: Option<Flash>,
    pub is_development: bool,
    /// It stands in a frame on another site.
    pub is_embedded: bool,
    /// Who may frame it: sources of a policy (CSP 3, 6.4.2). Nobody: no page but those that are made for it.
    #[serde(skip)]
    pub ancestors: Vec<String>,
    /// It shows a page of ours in a frame.
    #[serde(skip)]
    pub has_frame: bool,
    /// It says something of whoever reads it: it is kept nowhere.
    #[serde(skip)]
    pub is_personal: bool,
    /// What the browser has of this page, when it told.
    #[serde(skip)]
    pub known: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct LangUrls {
    pub fr: String,
    pub en: String,
}

/// A tenant as the head of its pages shows it.
#[derive(Clone, Serialize)]
pub struct Shop {
    pub name: String,
    pub slug: String,
    /// Where its booking pages stand.
    pub base: Base,
    pub address: Option<String>,
    /// As it is kept, for links.
    pub phone: Option<String>,
    /// As whose people numbers are shown.
    pub country: String,
    pub timezone: &'static str,
    /// The address of its smallest variant.
    pub logo: Option<String>,
}

impl Shop {
    fn of(tenant: &Tenant, logo: Option<&Image>, base: Base) -> Self {
        Self {
            base,
            logo: logo.and_then(|logo| logo.variants().into_iter().next()).map(|(_, address)| address),
            name: tenant.name.clone(),
            slug: tenant.slug.clone(),
            address: tenant.address.clone(),
            phone: tenant.phone_e164.clone(),
            country: tenant.country.clone(),
            timezone: tenant.timezone.name(),
        }
    }
}

/// The shell of the dashboard: who is here, where, and what waits.
#[derive(Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each opens something of its own")]
pub struct Shell {
    pub user_name: String,
    pub role: &'static str,
    pub tenant_id: TenantId,
    pub tenant_name: String,
    pub tenant_slug: String,
    /// As whose people telephone numbers are shown.
    pub country: String,
    pub plan: &'static str,
    /// Other tenants of the same user, to switch to.
    pub tenants: Vec<OtherTenant>,
    /// Bookings that wait for an answer.
    pub pending: i64,
    /// Where the tenant's events stand: the page follows them from here.
    pub live: String,
    pub may_manage_tenant: bool,
    pub may_manage_catalogue: bool,
    pub may_manage_bookings: bool,
    /// Has a console, too.
    pub is_operator: bool,
    /// They are an operator who acts here for a while.
    pub support: Option<Support>,
}

/// Until when an operator acts in a tenant, and in which zone that is told.
#[derive(Clone, Serialize)]
pub struct Support {
    pub until: DateTime<Utc>,
    pub timezone: &'static str,
}

/// The shell of the console.
#[derive(Clone, Serialize)]
pub struct Ops {
    pub user_name: String,
    /// Has a dashboard, too.
    pub has_tenant: bool,
}

#[derive(Clone, Serialize)]
pub struct OtherTenant {
    pub id: String,
    pub name: String,
}

/// One sentence after a form was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flash {
    /// Key of the text.
    pub key: String,
    /// `ok` or `bad`.
    pub tone: &'static str,
}

impl Flash {
    pub fn ok(key: &str) -> Self {
        Self { key: key.to_owned(), tone: "ok" }
    }

    pub fn bad(key: &str) -> Self {
        Self { key: key.to_owned(), tone: "bad" }
    }

    /// Of the value of a cookie, such as `ok.app-saved`.
    pub fn parse(value: &str) -> Option<Self> {
        let (tone, key) = value.split_once('.')?;
        let tone = ["ok", "bad"].into_iter().find(|known| *known == tone)?;
        Some(Self { key: key.to_owned(), tone })
    }
}

/// A tenant's colours as a style of six variables, and the hash that lets the policy allow exactly it.
#[derive(Debug, Serialize)]
pub struct Brand {
    pub css: String,
    /// `sha256-…` of `css` (CSP 3, 6.7.3.3).
    #[serde(skip)]
    pub hash: String,
}

impl Brand {
    fn new(color: &str) -> Self {
        let css = templates::palette(Some(color)).css();
        let hash = format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(&css)));
        Self { css, hash }
    }
}

/// Brands that were computed lately: it takes more than the rest of a page.
#[derive(Default)]
pub struct Brands(Mutex<HashMap<String, Arc<Brand>>>);

impl Brands {
    const MOST: usize = 2_000;

    pub fn get(&self, color: &str) -> Arc<Brand> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(brand) = lock().get(color) {
            return brand.clone();
        }
        let brand = Arc::new(Brand::new(color));
        let mut known = lock();
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(color.to_owned(), brand.clone());
        brand
    }
}

impl Frame {
    /// Of a tenant's page: its name, its logo, its colour.
    #[must_use]
    pub fn of(mut self, tenant: &Tenant, logo: Option<&Image>, base: Base, brands: &Brands) -> Self {
        self.brand = tenant.accent_color.as_deref().map(|color| brands.get(color));
        self.tenant = Some(Shop::of(tenant, logo, base));
        self
    }

    /// The policy of this page (CSP 3): nothing from elsewhere, nothing inline but the tenant's colours, in a frame only of
    /// whom the tenant named.
    pub fn policy(&self) -> String {
        let style = self.brand.as_ref().map(|brand| format!(" '{}'", brand.hash)).unwrap_or_default();
        let frames = if self.has_frame { " frame-src 'self';" } else { "" };
        let ancestors =
            if self.ancestors.is_empty() { "'none'".to_owned() } else { self.ancestors.join(" ") };
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; manifest-src 'self';{frames} form-action 'self'; base-uri 'none'; \
             frame-ancestors {ancestors}"
        )
    }
}

#[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
fn shared<S: Serializer>(brand: &Option<Arc<Brand>>, serializer: S) -> Result<S::Ok, S::Error> {
    brand.as_deref().serialize(serializer)
}

/// This page with `lang` set to each language. Only the query: a path such as `//elsewhere` would lead there.
pub fn lang_urls(query: &str) -> LangUrls {
    let rest: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
    let url = |lang: Locale| {
        let mut pairs = rest.clone();
        let own = format!("lang={}", lang.name());
        pairs.push(&own);
        format!("?{}", pairs.join("&"))
    };
    LangUrls { fr: url(Locale::Fr), en: url(Locale::En) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_language_keeps_the_rest_of_the_address() {
        let urls = lang_urls("service_id=1&lang=fr&date=2030-03-04");
        assert_eq!(urls.en, "?service_id=1&date=2030-03-04&lang=en");
        assert_eq!(lang_urls("").fr, "?lang=fr");
    }

    #[test]
    fn the_policy_allows_a_brands_style_and_no_other() {
        let brands = Brands::default();
        let brand = brands.get("#b4235a");
        assert!(Arc::ptr_eq(&brand, &brands.get("#b4235a")));
        assert!(!brand.css.contains('<'));
        assert!(brand.hash.starts_with("sha256-") && brand.hash.len() == 51);
    }
}
