//! `harmony operator`, run as an administrator runs it, against the API that then lets its operators in.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use testkit::{Answer, TestApp};

/// The keys of [`TestApp`], as the program reads them.
fn secrets(app: &TestApp) -> PathBuf {
    let name = app.database.url().path().replace('/', "");
    let folder = std::env::temp_dir().join(format!("harmony-operator-{name}"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("seal-1.key"), "07".repeat(32)).unwrap();
    folder
}

/// Runs `harmony operator` with a step for somebody: whether it went well, and what it said.
fn operator(app: &TestApp, step: &str, email: &str) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_harmony"))
        .args(["operator", step, "--email", email])
        .env("DATABASE_URL", app.database.url().as_str())
        .env("SECRETS_DIR", secrets(app))
        .output()
        .unwrap();
    let said = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// The recovery codes that were printed.
fn codes(said: &str) -> Vec<&str> {
    said.lines().map(str::trim).filter(|line| line.len() == 19 && line.matches('-').count() == 3).collect()
}

async fn sign_in(app: &TestApp, email: &str, password: &str, code: Option<&str>) -> Answer {
    let body = json!({"email": email, "password": password, "totp_code": code});
    app.post("/auth/login").json(&body).await
}

/// What the console answers whoever signed in.
async fn console(app: &TestApp, signed_in: &Value) -> u16 {
    app.get("/admin/queues").bearer(signed_in["access_token"].as_str().unwrap()).await.status
}

#[tokio::test]
async fn an_operator_is_made_with_a_second_factor_and_given_another() {
    let app = TestApp::start().await.ignore_jobs();
    let email = "olga@harmony.example";
    let (made, said) = operator(&app, "create", email);
    assert!(made && said.contains("otpauth://totp/Harmony"), "{said}");
    let password = said.lines().next().and_then(|line| line.split_once("the password is ")).unwrap().1;
    let first = codes(&said);
    assert_eq!(first.len(), 10, "{said}");
    sign_in(&app, email, password, None).await.refused(401, "TOTP_REQUIRED");
    let signed_in = sign_in(&app, email, password, Some(first[0])).await.expect(200);
    assert_eq!(console(&app, &signed_in).await, 200);

    let (again, said) = operator(&app, "create", email);
    assert!(again && codes(&said).is_empty() && !said.contains("otpauth"), "{said}");
    let (renewed, said) = operator(&app, "second-factor", email);
    assert!(renewed, "{said}");
    sign_in(&app, email, password, Some(first[1])).await.refused(401, "TOTP_INVALID");
    let signed_in = sign_in(&app, email, password, Some(codes(&said)[0])).await.expect(200);
    assert_eq!(console(&app, &signed_in).await, 200);
}

#[tokio::test]
async fn a_member_becomes_an_operator_and_is_one_no_longer() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (unknown, said) = operator(&app, "second-factor", &salon.email);
    assert!(!unknown && said.contains("is no operator"), "{said}");
    let (made, said) = operator(&app, "create", &salon.email);
    assert!(made && said.contains("the password stays as it was"), "{said}");
    let signed_in = sign_in(&app, &salon.email, &salon.password, Some(codes(&said)[0])).await.expect(200);
    assert_eq!(console(&app, &signed_in).await, 200);
    let (removed, said) = operator(&app, "remove", &salon.email);
    assert!(removed, "{said}");
    assert_eq!(console(&app, &signed_in).await, 404);
    app.get("/me").bearer(signed_in["access_token"].as_str().unwrap()).await.expect(200);
    let (again, said) = operator(&app, "remove", &salon.email);
    assert!(!again && said.contains("is no operator"), "{said}");
}
