//! The program carries every icon that a page shows, and none that nobody sees.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod sources;

use std::collections::BTreeSet;
use std::fs;

use sources::{files, root};

/// Where templates name an icon: the function, and the arguments of components.
const NAMED: [&str; 3] = [r#"icon(name=""#, r#" icon=""#, r#" trail=""#];
/// What a page is given an icon in.
const FIELD: &str = "icon: &'static str";

#[test]
fn every_icon_is_used_and_every_used_one_is_there() {
    let mut used = BTreeSet::new();
    for folder in ["layouts", "components", "pages"] {
        for file in files(&root().join(folder), &["html"]) {
            let source = fs::read_to_string(file).unwrap();
            for start in NAMED {
                let names = source.split(start).skip(1).filter_map(|rest| rest.split_once('"'));
                used.extend(names.map(|(name, _)| name.to_owned()).filter(|name| !name.is_empty()));
            }
        }
    }
    let there: BTreeSet<String> = files(&root().join("../assets/icons"), &["svg"])
        .iter()
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let missing: Vec<_> = used.difference(&there).collect();
    assert!(missing.is_empty(), "`scripts/vendor --update` and their names would add {missing:?}.");

    let code: Vec<String> = files(&root().join("../api/src/pages"), &["rs"])
        .into_iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .filter(|source| source.contains(FIELD))
        .collect();
    let in_code = |name: &str| code.iter().any(|source| source.contains(&format!("\"{name}\"")));
    let unused: Vec<_> = there.difference(&used).filter(|name| !in_code(name)).collect();
    assert!(unused.is_empty(), "Nobody shows {unused:?}.");
}
