//! Whoever reads a page: the language, the theme, and the answer they get whatever happens.

use std::future::{Future, Ready, ready};

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, IF_NONE_MATCH, RETRY_AFTER};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use chrono_tz::Tz;
use domain::locale::Locale;
use domain::rejection::{Code, Kind};
use serde::Serialize;
use store::images::Image;
use store::tenants::Tenant;
use templates::Text;

use super::base::{Base, EMBED, with_query};
use super::frame::{Flash, Frame, lang_urls};
use super::public::site::shop;
use super::render;
use crate::cookies;
use crate::problem::{Problem, Result};
use crate::request;
use crate::state::State;

/// Cookie of who chose a language: `fr` or `en`.
pub const LANG: &str = "lang";
/// Cookie of who chose a theme: `light` or `dark`.
pub const THEME: &str = "theme";
/// Cookie of who chose a time zone: its name in the database of zones.
const ZONE: &str = "timezone";

/// Says in the address of a frame that it stands in the dashboard.
const PREVIEW: &str = "preview";

/// Whoever reads a page.
pub struct Reader {
    pub state: web::Data<State>,
    /// What was chosen, else what the browser asks for, when we speak it.
    pub lang: Option<Locale>,
    /// What was chosen, here or before: it counts more than the language of a booking.
    pub choice: Option<Locale>,
    /// Chosen by `?lang=` of this address: to be remembered.
    chosen: Option<Locale>,
    /// The zone in which they read times, if they chose one, here or before.
    pub zone: Option<Tz>,
    /// Chosen by `?timezone=` of this address: to be remembered.
    chosen_zone: Option<Tz>,
    theme: Option<&'static str>,
    /// In a frame on another site: what was chosen stands in the address, no cookie is read and none is set.
    pub is_embedded: bool,
    /// In a frame of the dashboard.
    is_preview: bool,
    path: String,
    query: String,
    /// The tenant that the address would name.
    slug: Option<String>,
    known: Option<String>,
    /// What came of the form before.
    flash: Option<Flash>,
}

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let Some(state) = request.app_data::<web::Data<State>>().cloned() else {
            return ready(Err(Code::Internal.into()));
        };
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let chosen = request
            .query_string()
            .split('&')
            .find_map(|pair| pair.strip_prefix("lang="))
            .and_then(Locale::from_name);
        // Also where no route leads, so that what is not there looks like the tenant. No page of ours begins with a slug.
        let mut parts = request.path().split('/').skip(1);
        let first = parts.next().unwrap_or_default();
        let is_embedded = first == EMBED;
        let slug = if is_embedded { parts.next().unwrap_or_default() } else { first };
        let slug = domain::slug::parse(slug).ok();
        let asked = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
            pairs.find_map(|(own, value)| (own == name).then_some(value))
        };
        let cookie = |name| if is_embedded { None } else { request.cookie(name) };
        let choice = chosen.or_else(|| Locale::from_name(cookie(LANG)?.value()));
        let chosen_zone = asked(ZONE).and_then(|name| name.parse::<Tz>().ok());
        let zone = chosen_zone.or_else(|| cookie(ZONE)?.value().parse().ok());
        let theme = if is_embedded {
            asked(THEME).and_then(|name| theme(&name))
        } else {
            cookie(THEME).and_then(|cookie| theme(cookie.value()))
        };
        ready(Ok(Self {
            choice,
            lang: choice.or_else(|| header(ACCEPT_LANGUAGE).and_then(preferred)),
            chosen,
            zone,
            chosen_zone,
            theme,
            is_embedded,
            is_preview: is_embedded && asked(PREVIEW).is_some_and(|value| value == "1"),
            path: request.path().to_owned(),
            query: request.query_string().to_owned(),
            slug: slug.map(str::to_owned),
            flash: cookies::read(request, cookies::FLASH).filter(|_| !is_embedded).and_then(Flash::parse),
            known: header(IF_NONE_MATCH).map(str::to_owned),
            state,
        }))
    }
}

/// Has pages be in this language in the browser that gets the answer, whatever it asks for.
pub fn remember(response: &mut HttpResponse, lang: Locale) {
    let _unwritten = response.add_cookie(&preference(LANG, lang.name()));
}

/// `light` or `dark`; anything else is no choice.
pub fn theme(name: &str) -> Option<&'static str> {
    ["light", "dark"].into_iter().find(|known| *known == name)
}

/// The language of ours that `Accept-Language` (RFC 9110, 12.5.4) prefers.
fn preferred(header: &str) -> Option<Locale> {
    let mut best: Option<(f32, Locale)> = None;
    for range in header.split(',').take(20) {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let weight: f32 = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0);
        let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        if let Some(locale) = Locale::from_name(&primary)
            && weight > best.map_or(0.0, |(weight, _)| weight)
        {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

/// A choice that is remembered for a year. Scripts may read it: they change the theme without a request.
pub fn preference(name: &'static str, value: &'static str) -> Cookie<'static> {
    Cookie::build(name, value).path("/").same_site(SameSite::Lax).max_age(Duration::days(365)).finish()
}

impl Reader {
    /// The language of a page that is nobody's in particular.
    pub fn lang(&self) -> Locale {
        self.lang.unwrap_or_default()
    }

    /// The words of a language.
    pub fn text(&self, lang: Locale) -> Text<'_> {
        self.state.pages.templates.texts().of(lang)
    }

    /// What the page is to say; only words of ours, whoever wrote the cookie.
    fn flash(&self, lang: Locale) -> Option<Flash> {
        let flash = self.flash.as_ref()?;
        self.text(lang).t(&flash.key).is_ok().then(|| flash.clone())
    }

    /// What surrounds a page of Harmony's own.
    pub fn frame(&self, lang: Locale) -> Frame {
        let here = match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        };
        Frame {
            lang,
            lang_urls: lang_urls(&self.query),
            path: self.path.clone(),
            here,
            theme: self.theme,
            origin: self.state.links.public_url().to_owned(),
            brand: None,
            tenant: None,
            app: None,
            ops: None,
            csrf: None,
            flash: self.flash(lang),
            is_development: self.state.outbox.is_some(),
            is_embedded: false,
            ancestors: Vec::new(),
            has_frame: false,
            is_personal: false,
            known: self.known.clone(),
        }
    }

    /// What surrounds a page of a tenant's site.
    pub fn tenant_frame(&self, tenant: &Tenant, logo: Option<&Image>) -> Frame {
        self.frame_of(self.lang_of(tenant), tenant, logo)
    }

    /// The language of a page of a tenant's site.
    pub fn lang_of(&self, tenant: &Tenant) -> Locale {
        self.lang.unwrap_or(tenant.locale)
    }

    /// The same, in a language of its own.
    pub fn frame_of(&self, lang: Locale, tenant: &Tenant, logo: Option<&Image>) -> Frame {
        let base = self.base(&tenant.slug);
        let mut frame = self.frame(lang).of(tenant, logo, base, &self.state.pages.brands);
        frame.is_embedded = self.is_embedded;
        if self.is_embedded {
            frame.ancestors.clone_from(&tenant.embed_origins);
        }
        if self.is_preview {
            frame.ancestors.push("'self'".to_owned());
        }
        frame
    }

    /// Where the booking pages of a tenant stand for this reader.
    pub fn base(&self, slug: &str) -> Base {
        if !self.is_embedded {
            return Base::of_site(slug);
        }
        let carried = [
            (LANG, self.chosen.map(|lang| lang.name().to_owned())),
            (ZONE, self.chosen_zone.map(|zone| zone.name().to_owned())),
            (THEME, self.theme.map(str::to_owned)),
            (PREVIEW, self.is_preview.then(|| "1".to_owned())),
        ];
        Base::of_frame(slug, carried.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
    }

    /// Where a link of ours leads from here. Without the host: whoever came by another of its names stays there, as
    /// `form-action` wants. In a frame it stays there.
    pub fn onward(&self, url: &str, pairs: &[(&str, &str)]) -> String {
        let path = url.strip_prefix(self.state.links.public_url()).unwrap_or(url);
        match &self.slug {
            Some(slug) if self.is_embedded => self.base(slug).to(path, pairs),
            _ => with_query(path, pairs),
        }
    }

    /// In the frame of one tenant there is nothing of another: who may frame it was said by the one.
    pub fn admit(&self, tenant: &Tenant) -> Result<()> {
        let is_here = !self.is_embedded || self.slug.as_ref() == Some(&tenant.slug);
        if is_here { Ok(()) } else { Err(Code::NotFound.into()) }
    }

    /// Answers with a page whatever happens: a refusal becomes one that says so.
    pub async fn answer(&self, page: impl Future<Output = Result<HttpResponse>>) -> HttpResponse {
        let mut response = match page.await {
            Ok(response) => response,
            Err(problem) => self.refuse(&problem).await,
        };
        if self.flash.is_some() && !response.status().is_redirection() {
            cookies::set(&mut response, &cookies::no_flash());
        }
        if self.is_embedded {
            return response;
        }
        if let Some(lang) = self.chosen {
            // A cookie that can't be written is a choice that is not remembered.
            remember(&mut response, lang);
        }
        if let Some(zone) = self.chosen_zone {
            let _unwritten = response.add_cookie(&preference(ZONE, zone.name()));
        }
        response
    }

    /// A refusal as a page: of the tenant, where the address names one that is there.
    pub async fn refuse(&self, problem: &Problem) -> HttpResponse {
        let status = match problem.code() {
            // A link that opens nothing is a page that is not there.
            Code::LinkInvalid => StatusCode::NOT_FOUND,
            _ => problem.status_code(),
        };
        let kind = match problem.code().kind() {
            Kind::NotFound => "not-found",
            _ if problem.code() == Code::LinkInvalid => "not-found",
            _ if problem.code() == Code::FormRefused => "stale",
            _ if problem.code() == Code::MethodNotAllowed => "unsent",
            _ if problem.code() == Code::TenantSuspended => "suspended",
            Kind::TooMany => "too-many",
            Kind::Forbidden => "forbidden",
            Kind::Internal | Kind::Unavailable => "failed",
            _ => "refused",
        };
        // Whatever failed would fail again.
        let tenant = if kind == "failed" { None } else { self.tenant().await };
        let frame = match &tenant {
            Some((tenant, logo)) => self.tenant_frame(tenant, logo.as_ref()),
            None => self.frame(self.lang()),
        };
        let home = match &tenant {
            Some((tenant, _)) if self.is_embedded => self.base(&tenant.slug).to("/book", &[]),
            Some((tenant, _)) if self.path != format!("/{}", tenant.slug) => format!("/{}", tenant.slug),
            // Their own account is theirs all the same.
            _ if self.path.starts_with("/app") && kind == "suspended" => "/app/account".to_owned(),
            _ if self.path.starts_with("/app") => "/app".to_owned(),
            _ if self.path.starts_with("/ops/") => "/ops/queues".to_owned(),
            _ => "/".to_owned(),
        };
        let content = Refusal { status: status.as_u16(), kind, request_id: request::id(), home };
        let mut response = match render(&self.state, &frame, status, "refusal", &content) {
            Ok(response) => response,
            Err(problem) => return problem.error_response(),
        };
        // Such as when to try again.
        if let Some(after) = problem.error_response().headers().get(RETRY_AFTER) {
            response.headers_mut().insert(RETRY_AFTER, after.clone());
        }
        response
    }

    async fn tenant(&self) -> Option<(Tenant, Option<Image>)> {
        let tenant = self.state.tenant(self.slug.as_deref()?).await.ok()?;
        tenant.read(async |tx| shop(tx).await).await.ok()
    }
}

/// A refusal as a page.
#[derive(Serialize)]
struct Refusal {
    status: u16,
    /// Which words say it.
    kind: &'static str,
    request_id: String,
    home: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_in_the_language_that_the_browser_prefers() {
        for (header, locale) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", Some(Locale::Fr)),
            ("en-GB, fr;q=0.9", Some(Locale::En)),
            ("fr;q=0.5, en;q=0.7", Some(Locale::En)),
            ("de, FR;q=0.1", Some(Locale::Fr)),
            ("de-AT, *;q=0.5", None),
            ("en;q=0", None),
            ("en;q=x, ;;,=,", None),
            ("", None),
        ] {
            assert_eq!(preferred(header), locale, "{header}");
        }
    }
}
