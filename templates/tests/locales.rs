//! French and English say the same things, and nothing that nobody asks for.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use sources::{files, root};

/// The texts of a language: for each key, the arguments it names.
fn texts(lang: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut texts = BTreeMap::new();
    for file in files(&root().join("../locales").join(lang), &["ftl"]) {
        let source = fs::read_to_string(&file).unwrap();
        let resource = fluent_syntax::parser::parse(source.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", file.display()));
        for entry in &resource.body {
            if let Entry::Message(message) = entry {
                let mut arguments = BTreeSet::new();
                collect(message.value.as_ref().unwrap(), &mut arguments);
                let known = texts.insert(message.id.name.to_owned(), arguments);
                assert!(known.is_none(), "`{}` is there twice in {lang}", message.id.name);
            }
        }
    }
    texts
}

fn collect(pattern: &Pattern<&str>, arguments: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                collect_inline(inline, arguments);
            }
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                collect_inline(selector, arguments);
                for variant in variants {
                    collect(&variant.value, arguments);
                }
            }
        }
    }
}

fn collect_inline(inline: &InlineExpression<&str>, arguments: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        arguments.insert(id.name.to_owned());
    }
}

#[test]
fn both_languages_have_the_same_keys_and_arguments() {
    assert_eq!(texts("fr"), texts("en"));
}

#[test]
fn no_text_is_unused() {
    let mut sources = String::new();
    for folder in ["src", "mail", "layouts", "components", "pages", "pdf", "../api/src", "../worker/src"] {
        for file in files(&root().join(folder), &["rs", "html", "txt", "typ"]) {
            sources.push_str(&fs::read_to_string(file).unwrap());
        }
    }
    let unused: Vec<String> =
        texts("en").into_keys().filter(|key| !sources.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "Nobody says {unused:?}.");
}
