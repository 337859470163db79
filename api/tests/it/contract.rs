//! The API and its own document, compared by a client that knows the document alone (tests/contract). In short: `make
//! contract` goes on for longer, and in sequences.

use tokio::process::Command;

use testkit::TestApp;

use crate::calendar_feeds::python;

/// Of many, so that the same is asked each time.
const SEED: &str = "1";

#[tokio::test]
async fn every_answer_is_one_that_the_document_promises() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    for tenant in [&salon, &other] {
        tenant.set_plan("enterprise").await;
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let asked = Command::new(python())
        .args(["-m", "schemathesis.cli", "--config-file", "tests/contract/schemathesis.toml"])
        .args(["run", &format!("{}/api/v1/openapi.json", app.url()), "--no-color", "--seed", SEED])
        .args(["--phases", "examples,fuzzing,stateful", "--max-examples", "3"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("BASE_URL", app.url())
        .env("NOW", app.now().to_rfc3339())
        .env("OWNER", format!("{}:{}", salon.email, salon.password))
        .env("SPARE", format!("{}:{}", other.email, other.password))
        .current_dir(folder)
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&asked.stdout);
    assert!(asked.status.success(), "{told}{}", String::from_utf8_lossy(&asked.stderr));
    // It has asked, and for everything.
    let number = |before: &str| -> usize {
        let (_, rest) = told.split_once(before).unwrap_or_else(|| panic!("{told}"));
        rest.trim_start().split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    // A stream doesn't end, and the document itself has been read.
    assert_eq!(number("Tested:") + 2, api::routes::api().len(), "{told}");
    assert!(number("Test cases:") > 300, "{told}");
}
