//! Every action that is written down is told in words, in each language.

use domain::audit::{ACTIONS, subjects};

#[test]
fn each_action_and_each_noun_has_words() {
    for lang in ["en", "fr"] {
        let path = format!("{}/../locales/{lang}/app.ftl", env!("CARGO_MANIFEST_DIR"));
        let words = std::fs::read_to_string(path).unwrap();
        let has = |select: &str, name: &str| {
            let (_, rest) = words.split_once(&format!("\n{select} = {{")).unwrap();
            let (variants, _) = rest.split_once("\n}").unwrap();
            variants.contains(&format!("[{name}] "))
        };
        for action in ACTIONS {
            assert!(has("app-audit-did", &action.replace('.', "_")), "{lang} has no words for {action}");
        }
        for subject in subjects() {
            assert!(has("app-audit-subject", subject), "{lang} has no words for {subject}");
        }
    }
}
