//! What Harmony says and how it looks: mails, pages and documents, in French and English.
//!
//! The templates and the words are files beside the code. A debug build reads them from the disk when it starts; a
//! release build carries them.

mod accent;
mod booking;
mod calendar;
pub mod chart;
mod color;
mod days;
mod embedded;
mod format;
mod functions;
mod mail;
mod money;
mod numbers;
mod palette;
mod recurrence;
mod spans;
mod summary;
mod text;

use std::borrow::Cow;

use serde::Serialize;
use tera::{Context, Tera};

pub use accent::{Accent, accent};
pub use calendar::{CalendarFeed, FeedEntry, FeedTime, Invite, Method, Person};
pub use color::HARMONY;
pub use domain::locale::Locale;
pub use mail::{
    AccountMail, AccountMatter, AccountOrigin, Appointment, BookingMail, Brand, CustomerSignInMail,
    InvitationMail, LimitMail, Mail, PlatformMail, Rendered, SeriesMail, VerificationMail, VisitService,
    WaitlistMail, monogram,
};
pub use money::{decimal, parse_amount, typed_amount};
pub use palette::{Palette, Tones, palette};
pub use recurrence::describe;
pub use spans::{count, span};
pub use summary::BookingSummary;
/// For those who register functions of their own, see [`Templates::load_with_pages`].
pub use tera;
pub use text::{Text, Texts};

/// All templates, parsed, and all words.
pub struct Templates {
    tera: Tera,
    texts: Texts,
}

/// Why a template or a text cannot be used. The message names the file, or the key.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("locales/{file} is not a Fluent file: {reason}")]
    Locale { file: String, reason: String },
    #[error("The template {0}")]
    Tera(String),
    #[error("No text `{key}` in {lang}.")]
    UnknownText { key: String, lang: Locale },
    #[error("The text `{key}` in {lang} lacks an argument: {reason}")]
    Text { key: String, lang: Locale, reason: String },
}

impl Templates {
    /// Reads what mails and documents need. One that does not parse is an error that names it.
    pub fn load() -> Result<Self, TemplateError> {
        Self::with_folders(&["mail/"], |_tera| {})
    }

    /// Reads the pages too. `register` may add functions that only pages use, before they are parsed.
    pub fn load_with_pages(register: impl FnOnce(&mut Tera)) -> Result<Self, TemplateError> {
        Self::with_folders(&["mail/", "layouts/", "components/", "pages/"], |tera| {
            functions::register_icons(tera);
            register(tera);
        })
    }

    fn with_folders(folders: &[&str], register: impl FnOnce(&mut Tera)) -> Result<Self, TemplateError> {
        let texts = Texts::load()?;
        let mut tera = Tera::new();
        tera.autoescape_on([".html"]);
        functions::register(&mut tera, &texts);
        register(&mut tera);
        tera.add_raw_templates(embedded::templates(folders)).map_err(|error| unfit(&error))?;
        Ok(Self { tera, texts })
    }

    /// The page or fragment `name`, such as `pages/public/home.html`. The context must hold `lang`.
    pub fn page(&self, name: &str, context: &impl Serialize) -> Result<String, TemplateError> {
        let context = Context::from_serialize(context).map_err(|error| unfit(&error))?;
        self.render(name, &context)
    }

    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    fn render(&self, name: &str, context: &Context) -> Result<String, TemplateError> {
        self.tera.render(name, context).map_err(|error| unfit(&error))
    }
}

/// The source of the document `name`, such as `booking_summary.typ`.
pub fn document(name: &str) -> Option<Cow<'static, [u8]>> {
    embedded::document(name)
}

/// Tera keeps the causes apart from the message.
fn unfit(error: &tera::Error) -> TemplateError {
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        message = format!("{message}: {error}");
        cause = error.source();
    }
    TemplateError::Tera(format!("cannot be used: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_cannot_be_used_is_named() {
        for broken in ["{{ ", "{{ nonsense() }}", "{{ <mail.nonsense /> }}", "{% extends \"nonsense\" %}"] {
            let mut tera = Tera::new();
            let error = tera.add_raw_templates([("mail/broken.html", broken)]).unwrap_err();
            let message = unfit(&error).to_string();
            assert!(message.contains("mail/broken.html"), "{message}");
        }
    }

    #[test]
    fn a_page_is_escaped_and_has_the_functions_that_were_registered() {
        let templates = Templates::load_with_pages(|tera| {
            tera.register_function("asset", |_: tera::Kwargs, _: &tera::State<'_>| {
                "/assets/core.css".to_owned()
            });
            tera.add_raw_template("pages/test.html", "{{ asset() }} {{ name }} {{ t(k=\"price-free\") }}")
                .expect("it parses");
        });
        let html = templates
            .unwrap()
            .page("pages/test.html", &serde_json::json!({"lang": "fr", "name": "<b>"}))
            .unwrap();
        assert_eq!(html, "/assets/core.css &lt;b&gt; Gratuit");
    }
}
