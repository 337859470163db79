//! The files beside the code.

use std::borrow::Cow;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "."]
#[include = "mail/*.html"]
#[include = "mail/*.txt"]
#[include = "pages/*.html"]
struct TemplateFiles;

#[derive(RustEmbed)]
#[folder = "pdf"]
#[include = "*.typ"]
struct DocumentFiles;

#[derive(RustEmbed)]
#[folder = "../locales"]
#[include = "*.ftl"]
struct LocaleFiles;

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
