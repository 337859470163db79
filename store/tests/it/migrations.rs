//! Migrations: run once, checked ever after, and what an owner of all tables is there for.

use std::path::PathBuf;
use std::process::Command;

use api::clock::Clock;
use store::migrate::{self, MigrateError};
use testkit::{Database, TestApp};

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let database = Database::empty().await;
    let now = Clock::System.now();
    let first = migrate::run(database.url().as_str(), None, now).await.unwrap();
    assert!(first.len() >= 6 && first.is_sorted(), "{first:?}");
    assert_eq!(migrate::run(database.url().as_str(), None, now).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_migration_that_changed_is_named_and_an_unknown_one_too() {
    let database = Database::create().await;
    let (admin, now) = (database.admin().await, Clock::System.now());
    admin.batch_execute("INSERT INTO schema_migrations VALUES ('9999-later', '\\x00', now())").await.unwrap();
    let refusal = migrate::run(database.url().as_str(), None, now).await.unwrap_err();
    assert!(matches!(&refusal, MigrateError::Unknown(name) if name == "9999-later"), "{refusal}");
    admin.batch_execute("DELETE FROM schema_migrations WHERE name = '9999-later'").await.unwrap();
    let sql =
        "UPDATE schema_migrations SET sha256 = '\\x00' WHERE name LIKE '%create_catalogue' RETURNING name";
    let name: String = admin.query_one(sql, &[]).await.unwrap().get(0);
    let refusal = migrate::run(database.url().as_str(), None, now).await.unwrap_err();
    assert!(matches!(&refusal, MigrateError::Changed(changed) if *changed == name), "{refusal}");
    assert!(refusal.to_string().contains("make reset"));
}

#[tokio::test]
async fn a_missing_database_is_made() {
    let database = Database::empty().await;
    let mut url = database.url();
    let name = format!("{}_made", database.url().path().trim_start_matches('/'));
    url.set_path(&name);
    migrate::run(url.as_str(), None, Clock::System.now()).await.unwrap();
    let admin = database.admin().await;
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}

/// RLS is enabled, not forced: else this would touch no row, in silence.
#[tokio::test]
async fn the_owner_changes_rows_of_every_tenant() {
    let app = TestApp::start().await.ignore_jobs();
    app.tenant("salon").await;
    app.tenant("other").await;
    let owner = app.database.connect_as("harmony_owner").await;
    assert_eq!(owner.execute("UPDATE staff SET position = 7", &[]).await.unwrap(), 2);
}

#[tokio::test]
async fn a_dump_by_the_owner_has_every_row_and_restores() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(serde_json::json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    app.tenant("other").await;
    let target = Database::empty().await;
    let dump = std::env::temp_dir().join(format!("harmony{}.dump", target.url().path().replace('/', "_")));
    run(
        "pg_dump",
        &["--format=custom", "--file", dump.to_str().unwrap(), app.database.url_as("harmony_owner").as_str()],
    );
    run("pg_restore", &["--exit-on-error", "--dbname", target.url().as_str(), dump.to_str().unwrap()]);
    std::fs::remove_file(&dump).unwrap();
    let (before, after) = (app.database.admin().await, target.admin().await);
    for table in ["tenants", "bookings", "allocations", "users", "jobs", "schema_migrations"] {
        let sql =
            format!("SELECT coalesce(jsonb_agg(t ORDER BY to_jsonb(t)::text), '[]')::text FROM {table} t");
        let rows: String = before.query_one(&sql, &[]).await.unwrap().get(0);
        assert_ne!(rows, "[]", "{table}");
        assert_eq!(after.query_one(&sql, &[]).await.unwrap().get::<_, String>(0), rows, "{table}");
    }
    // It is a database that this build takes, with its rows protected as before.
    assert!(migrate::run(target.url().as_str(), None, Clock::System.now()).await.unwrap().is_empty());
    let client = target.connect_as("harmony_app").await;
    assert!(client.query("SELECT FROM bookings", &[]).await.unwrap().is_empty());
}

/// A program of PostgreSQL's, of the newest version that is installed.
fn run(program: &str, arguments: &[&str]) {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin").join(program)).collect();
    found.retain(|path| path.exists());
    found.sort();
    let program = found.pop().unwrap_or_else(|| program.into());
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
