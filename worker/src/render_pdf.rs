//! Documents as PDF: a template, data it reads as a file, and fonts that have a glyph for every European name.

use std::sync::{Arc, LazyLock};

use serde_json::Value;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::context::Renderer;

/// Made by `scripts/fonts.sh`.
static FONTS: [&[u8]; 2] = [
    include_bytes!("../../assets/fonts/Inter-Regular.ttf"),
    include_bytes!("../../assets/fonts/Inter-SemiBold.ttf"),
];

/// What compiling remembers between documents is forgotten after so many in which it was not used: the templates' own
/// parts stay, one customer's data goes.
const REMEMBERED: usize = 2;

/// Makes PDFs. One serves a whole process, from any number of threads.
pub struct PdfRenderer(LazyLock<Parts>);

/// The same for all documents.
struct Parts {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

/// Why there is no PDF. No text holds what the document would have said.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error("There is no document template {0}.")]
    UnknownTemplate(String),
    #[error("The document template {template} cannot be used: {reason}.")]
    Template { template: String, reason: String },
}

/// One for the process, as jobs call it.
pub fn renderer() -> Renderer {
    let renderer = PdfRenderer::default();
    Arc::new(move |template, data| renderer.render(template, data).map_err(|error| error.to_string()))
}

impl Default for PdfRenderer {
    fn default() -> Self {
        Self(LazyLock::new(Parts::load))
    }
}

impl PdfRenderer {
    /// `template` is a file of `templates/pdf`, which reads `data` by `json("data.json")`: text in it is never code. The
    /// same template and data make the same bytes.
    ///
    /// Keeps a processor busy for milliseconds: call it where that stops nobody.
    pub fn render(&self, template: &str, data: &Value) -> Result<Vec<u8>, PdfError> {
        let source = templates::document(template)
            .and_then(|bytes| String::from_utf8(bytes.into_owned()).ok())
            .ok_or_else(|| PdfError::UnknownTemplate(template.to_owned()))?;
        let unfit = |errors: &[SourceDiagnostic]| PdfError::Template {
            template: template.to_owned(),
            reason: errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; "),
        };
        let document = Document {
            parts: &self.0,
            main: Source::new(file_id("main.typ"), source),
            data: (file_id("data.json"), Bytes::from_string(data.to_string())),
        };
        let compiled = typst::compile::<PagedDocument>(&document);
        let pdf = compiled
            .output
            .and_then(|pages| {
                let options = PdfOptions {
                    creator: Smart::Custom(Some("Harmony".to_owned())),
                    ..PdfOptions::default()
                };
                typst_pdf::pdf(&pages, &options)
            })
            .map_err(|errors| unfit(&errors));
        typst::comemo::evict(REMEMBERED);
        pdf
    }
}

impl Parts {
    fn load() -> Self {
        let fonts: Vec<Font> = FONTS.into_iter().flat_map(|font| Font::iter(Bytes::new(font))).collect();
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    }
}

/// Ids are kept for good by typst: there are these two, whatever the document.
fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a name without `..`");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// All that one document can reach: its template, its data, the fonts. No disk, no network, no clock.
struct Document<'a> {
    parts: &'a Parts,
    main: Source,
    data: (FileId, Bytes),
}

impl World for Document<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.parts.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.parts.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 { Ok(self.data.1.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.parts.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::path::PathBuf;
    use std::process::{Command, Stdio};

    use chrono_tz::Tz;
    use domain::booking::policy::Cancelling;
    use templates::{Appointment, BookingSummary, Brand, Locale, Templates};

    use super::*;

    fn summary(lang: Locale) -> BookingSummary {
        BookingSummary {
            lang,
            tenant: Brand {
                name: "Studio Mirabelle".to_owned(),
                slug: "studio-mirabelle".to_owned(),
                accent_color: Some("#b4235a".to_owned()),
                contact_email: Some("bonjour@mirabelle.example".to_owned()),
                phone: Some("+33144556677".to_owned()),
                country: "FR".to_owned(),
                address: Some("12 rue des Abbesses, 75018 Paris".to_owned()),
            },
            booking: Appointment {
                public_code: "K7Q29F".to_owned(),
                service_name: "Coupe & brushing".to_owned(),
                staff_name: "Inès Łódzka".to_owned(),
                services: Vec::new(),
                starts_at: "2026-11-24T09:15:00Z".parse().unwrap(),
                ends_at: "2026-11-24T10:50:00Z".parse().unwrap(),
                timezone: Tz::Europe__Paris,
                price_cents: 7_500,
                deposit_cents: 1_500,
                currency: "EUR".to_owned(),
                location: None,
                note: Some("Je viendrai avec ma fille.\nMerci !".to_owned()),
                is_pending: false,
                cancelling: Cancelling {
                    kind: "late",
                    until: "2026-11-23T09:15:00Z".parse().unwrap(),
                    late_cents: 1_500,
                },
                fee_cents: 0,
            },
            customer_name: "Ελληνικά Кириллица Łódź Nguyễn Thị Thảo Þórsdóttir".to_owned(),
            manage_url: "https://book.example/studio-mirabelle/bookings/K7Q29F?token=abc.def".to_owned(),
            made_at: "2026-11-20T08:00:00Z".parse().unwrap(),
        }
    }

    fn data(summary: &BookingSummary) -> Value {
        Templates::load().unwrap().booking_summary_data(summary).unwrap()
    }

    fn render(data: &Value) -> Vec<u8> {
        PdfRenderer::default().render("booking_summary.typ", data).unwrap()
    }

    /// What `program` says about the PDF.
    fn ask(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}. Install qpdf and poppler-utils."));
        child.stdin.take().unwrap().write_all(pdf).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn words(pdf: &[u8]) -> String {
        ask("pdftotext", &["-layout", "-", "-"], pdf).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn keep(name: &str, pdf: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("harmony-{}-{name}.pdf", std::process::id()));
        std::fs::write(&path, pdf).unwrap();
        path
    }

    #[test]
    fn a_summary_is_one_sound_page_with_every_name() {
        for lang in Locale::ALL {
            let pdf = render(&data(&summary(lang)));
            let path = keep(lang.name(), &pdf);
            let check = ask("qpdf", &["--check", path.to_str().unwrap()], &[]);
            std::fs::remove_file(path).unwrap();
            assert!(check.contains("No syntax or stream encoding errors found"), "{check}");
            let words = words(&pdf);
            let (day, price, policy) = match lang {
                Locale::Fr => {
                    ("Mardi 24 novembre 2026", "75,00 €", "lundi 23 novembre 2026 à 10:15, puis 15,00 €")
                }
                Locale::En => {
                    ("Tuesday 24 November 2026", "€75.00", "Monday 23 November 2026 at 10:15, then €15.00")
                }
            };
            for text in [
                "Ελληνικά Кириллица Łódź Nguyễn Thị Thảo Þórsdóttir",
                "Inès Łódzka",
                "Coupe & brushing",
                "K7Q29F",
                "10:15 – 11:50",
                day,
                price,
                policy,
                "book.example/studio-mirabelle/bookings/K7Q29F",
            ] {
                assert!(words.contains(text), "no {text:?} in {words}");
            }
            assert!(!words.contains("abc.def"), "the token is in the link alone");
            assert!(ask("pdfinfo", &["-url", "-"], &pdf).contains("?token=abc.def"));
            let info = ask("pdfinfo", &["-"], &pdf);
            for text in
                ["Pages:           1", "Author:          Studio Mirabelle", "K7Q29F", "Tagged:          yes"]
            {
                assert!(info.contains(text), "no {text:?} in {info}");
            }
        }
    }

    #[test]
    fn the_same_data_make_the_same_bytes() {
        let data = data(&summary(Locale::Fr));
        let renderer = PdfRenderer::default();
        let first = renderer.render("booking_summary.typ", &data).unwrap();
        assert_eq!(first, renderer.render("booking_summary.typ", &data).unwrap());
        assert_eq!(first, render(&data));
    }

    #[test]
    fn one_customers_data_are_not_in_the_next_document() {
        let renderer = PdfRenderer::default();
        let mut first = summary(Locale::Fr);
        first.customer_name = "Premier Client".to_owned();
        renderer.render("booking_summary.typ", &data(&first)).unwrap();
        let second = renderer.render("booking_summary.typ", &data(&summary(Locale::Fr))).unwrap();
        assert!(!words(&second).contains("Premier"));
    }

    #[test]
    fn whatever_people_type_stays_text() {
        for hostile in [
            "#panic(\"x\")",
            "$x$ *bold* _it_ `raw`",
            "#read(\"/etc/passwd\")",
            "] #panic() [",
            "\"); #panic(); (\"",
            "\\u{41} <label> @ref // comment",
            "= Heading - list + 1.",
        ] {
            let mut summary = summary(Locale::En);
            for field in [
                &mut summary.tenant.name,
                &mut summary.booking.service_name,
                &mut summary.booking.staff_name,
                &mut summary.customer_name,
                &mut summary.booking.public_code,
            ] {
                hostile.clone_into(field);
            }
            summary.booking.note = Some(hostile.to_owned());
            let words = words(&render(&data(&summary)));
            assert!(words.matches(hostile).count() >= 5, "{hostile:?} is not as typed in {words}");
        }
    }

    #[test]
    fn odd_text_still_makes_one_page() {
        for odd in [
            "",
            "\0\u{1}\u{7f}",
            "🎉 你好 مرحبا שלום",
            &"x".repeat(3_000),
            &"a long note ".repeat(400),
            "\u{202e}txt",
            "\n\n\n",
        ] {
            let mut summary = summary(Locale::Fr);
            for field in
                [&mut summary.tenant.name, &mut summary.customer_name, &mut summary.booking.service_name]
            {
                odd.clone_into(field);
            }
            summary.booking.note = Some(odd.to_owned());
            summary.manage_url = format!("https://book.example/{}", odd.len());
            let pdf = render(&data(&summary));
            assert!(ask("pdfinfo", &["-"], &pdf).contains("Pages:           1\n"), "{odd:.30}");
            let path = keep("odd", &pdf);
            ask("qpdf", &["--check", path.to_str().unwrap()], &[]);
            std::fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn a_template_that_is_missing_or_lacks_data_is_an_error_without_the_data() {
        let renderer = PdfRenderer::default();
        let error = renderer.render("nonsense.typ", &Value::Null).unwrap_err();
        assert_eq!(error.to_string(), "There is no document template nonsense.typ.");
        let error = renderer
            .render("booking_summary.typ", &serde_json::json!({"accent": "Zoë"}))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("The document template booking_summary.typ cannot be used"), "{error}");
        assert!(!error.contains("Zoë"), "{error}");
    }
}
