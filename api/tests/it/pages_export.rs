//! The file of all customers.

use domain::access::Role;
use testkit::{Browser, TestApp};

#[tokio::test]
async fn a_manager_gets_all_customers_in_one_file_without_formulas() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    for (name, note) in [("=SUM(\"1\")", "@now"), ("Zoé; \"the second\"", "likes tea")] {
        let email = format!("c{}@example.org", note.len());
        let body = serde_json::json!({"name": name, "email": email, "phone": "+33612345678", "note": note,
            "tags": ["=VIP", "Été"]});
        salon.post("/customers").json(&body).await.expect(201);
    }
    let second = salon.get("/customers").query(&[("q", "zoé")]).await.expect(200)["data"][0]["id"].clone();
    let block = format!("/customers/{}/block", second.as_str().unwrap());
    salon.post(&block).json(&serde_json::json!({"reason": "rude"})).await.expect(200);
    let mut browser = Browser::member(&salon, Role::Manager).await;
    assert_eq!(browser.open("/app/customers/export/file").await.status, 404);
    browser.open("/app/customers/export").await;
    assert_eq!(browser.submit("/app/customers/export", &[]).await.status, 200);
    // It waits, and who asks meanwhile gets no second one.
    assert!(browser.page.text.contains("role=\"status\""), "{}", browser.page.text);
    let ran = app.run_jobs().await;
    assert_eq!(ran.iter().filter(|job| job.kind() == "export_customers").count(), 1);
    browser.open("/app/customers/export").await;
    assert!(browser.page.text.contains("/app/customers/export/file"), "{}", browser.page.text);
    let answer = browser.open("/app/customers/export/file").await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"customers.csv\"");
    let text = answer.text.clone();
    let folder = app.files_folder().join(salon.id.to_string()).join("exports");
    let stored = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    assert!(
        std::fs::read(stored).unwrap().starts_with("\u{feff}".as_bytes()),
        "spreadsheets want to be told"
    );
    assert!(text.contains("\"'=SUM(\"\"1\"\")\""), "{text}");
    assert!(text.contains("'@now") && text.contains(",\"+33612345678\","), "{text}");
    assert!(text.contains("\"Zoé; \"\"the second\"\"\""), "{text}");
    assert_eq!(text.lines().count(), 3);
    assert_eq!(text.matches("\"Été, =VIP\"").count() + text.matches("\"'=VIP, Été\"").count(), 2, "{text}");
    assert!(text.lines().nth(2).unwrap().contains("\"yes\"") && !text.contains("rude"), "{text}");
    // Another export replaces it.
    browser.open("/app/customers/export").await;
    browser.submit("/app/customers/export", &[]).await;
    app.run_jobs().await;
    let admin = app.database.admin().await;
    let sql = "SELECT count(*), max(done), count(*) FILTER (WHERE ended_at IS NULL) FROM job_progress";
    let row = admin.query_one(sql, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i32>(1), row.get::<_, i64>(2)), (2, 2, 0));
    let files = "SELECT count(*) FROM documents WHERE kind = 'customer_export'";
    assert_eq!(admin.query_one(files, &[]).await.unwrap().get::<_, i64>(0), 1);
    // What is a week old is gone.
    app.clock.advance(chrono::TimeDelta::days(8));
    app.run_jobs().await;
    assert_eq!(admin.query_one(files, &[]).await.unwrap().get::<_, i64>(0), 0);
    let folder = app.files_folder().join(salon.id.to_string()).join("exports");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    let mut other = Browser::member(&salon, Role::Staff).await;
    assert!([403, 404].contains(&other.open("/app/customers/export/file").await.status));
}

#[tokio::test]
async fn an_export_that_failed_can_be_asked_for_again() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    let mut browser = Browser::member(&salon, Role::Manager).await;
    browser.open("/app/customers/export").await;
    browser.submit("/app/customers/export", &[]).await;
    let admin = app.database.admin().await;
    // As a worker writes it down.
    let dies = "UPDATE jobs SET state = 'dead', dedup_key = NULL WHERE kind = 'export_customers'";
    assert_eq!(admin.execute(dies, &[]).await.unwrap(), 1);
    browser.open("/app/customers/export").await;
    assert!(browser.page.text.contains("alert"), "{}", browser.page.text);
    assert_eq!(browser.submit("/app/customers/export", &[]).await.status, 200);
    let ran = app.run_jobs().await;
    assert_eq!(ran.iter().filter(|job| job.kind() == "export_customers").count(), 1);
    browser.open("/app/customers/export").await;
    assert!(browser.page.text.contains("/app/customers/export/file"), "{}", browser.page.text);
}
