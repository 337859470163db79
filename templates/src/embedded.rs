//! The files beside the code.

use std::borrow::Cow;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "."]
#[include = "mail/*.html"]
#[include = "mail/*.txt"]
#[include = "pages/*.html"]
#[include = "layouts/*.html"]
#[include = "components/*.html"]
struct TemplateFiles;

#[derive(RustEmbed)]
#[folder = "pdf"]
#[include = "*.typ"]
struct DocumentFiles;

#[derive(RustEmbed)]
#[folder = "../locales"]
#[include = "*.ftl"]
struct LocaleFiles;

#[derive(RustEmbed)]
#[folder = "../assets/icons"]
#[include = "*.svg"]
struct IconFiles;

/// Name, such as `calendar-check`, and drawing of each icon: what stands inside of its `<svg>`.
pub(crate) fn icons() -> Vec<(String, String)> {
    let icon = |file: Cow<'static, str>| {
        let source = text(&IconFiles::get(&file)?.data);
        let (_, inside) = source.split_once("<svg")?.1.split_once('>')?;
        let drawing = inside.rsplit_once("</svg>")?.0.split_whitespace().collect::<Vec<_>>().join(" ");
        Some((file.strip_suffix(".svg")?.to_owned(), drawing.replace(" />", "/>").replace("> <", "><")))
    };
    IconFiles::iter().filter_map(icon).collect()
}

/// Name and source of each template under one of `folders`.
pub(crate) fn templates(folders: &[&str]) -> Vec<(String, String)> {
    TemplateFiles::iter()
        .filter(|name| folders.iter().any(|folder| name.starts_with(folder)))
        .filter_map(|name| Some((name.to_string(), text(&TemplateFiles::get(&name)?.data))))
        .collect()
}

/// Name, such as `fr/mail.ftl`, and source of each file of words, in the order of their names.
pub(crate) fn locales() -> Vec<(String, String)> {
    let mut names: Vec<_> = LocaleFiles::iter().collect();
    names.sort_unstable();
    names
        .into_iter()
        .filter_map(|name| Some((name.to_string(), text(&LocaleFiles::get(&name)?.data))))
        .collect()
}

pub(crate) fn document(name: &str) -> Option<Cow<'static, [u8]>> {
    DocumentFiles::get(name).map(|file| file.data)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
