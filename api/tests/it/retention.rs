//! What is kept no longer than it may be.

use chrono::{Months, TimeDelta};
use jobs::Job;
use serde_json::json;
use testkit::{Browser, Salon, TestApp};

/// What happens each night.
async fn night(app: &TestApp) {
    let job = [Job::ApplyRetention {}];
    let enqueued: store::Result<_> =
        app.store.system().transaction(async |tx| tx.enqueue(&job, app.now()).await).await;
    enqueued.unwrap();
    app.run_jobs().await;
}

async fn age(app: &TestApp, table: &str, columns: &[&str], months: u32, name: &str) {
    for column in columns {
        let sql = format!(
            "UPDATE {table} SET {column} = {column} - interval '{months} months' WHERE {table}::text LIKE '%{name}%'"
        );
        app.database.admin().await.execute(&sql, &[]).await.unwrap();
    }
}

async fn names(salon: &Salon<'_>) -> Vec<String> {
    let listed = salon.get("/customers").await.expect(200);
    listed["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn after_two_years_nobody_knows_who_came() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    for (name, start) in
        [("Ana", "2030-03-05T09:00:00Z"), ("Bo", "2030-03-06T09:00:00Z"), ("Ana", "2030-03-07T09:00:00Z")]
    {
        salon.book(name, start).await.expect(201);
    }
    app.run_jobs().await;
    let banned = json!({"name": "Cy", "email": "cy@customer.example"});
    let banned = salon.post("/customers").json(&banned).await.expect(201)["id"].as_str().unwrap().to_owned();
    salon.post(&format!("/customers/{banned}/block")).json(&json!({"reason": "rude"})).await.expect(200);
    // 25 months ago: Bo's one and Ana's first. Ana came again since.
    let admin = app.database.admin().await;
    admin.execute("DELETE FROM allocations", &[]).await.unwrap();
    let sql = "UPDATE bookings SET starts_at = starts_at - interval '25 months', ends_at = ends_at - interval '25 months',
        status = 'completed' WHERE starts_at < '2030-03-07'";
    assert_eq!(admin.execute(sql, &[]).await.unwrap(), 2);
    age(&app, "customers", &["updated_at"], 25, "").await;

    night(&app).await;
    let told = salon.get("/bookings").await.expect(200);
    let told: Vec<_> = told["data"].as_array().unwrap().iter().map(|one| &one["customer"]["name"]).collect();
    assert_eq!(told.iter().filter(|name| **name == "").count(), 2, "{told:?}");
    assert!(told.contains(&&json!("Ana")));
    assert_eq!(names(&salon).await, ["Ana", "Cy"]);
    let left = "SELECT count(*) FROM messages WHERE recipient LIKE 'bo@%'";
    assert_eq!(admin.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0);

    // The next night there is nothing to do, and one that is 23 months old is none of its business.
    let sql = "UPDATE bookings SET starts_at = starts_at - interval '23 months', ends_at = ends_at - interval '23 months',
        status = 'completed' WHERE starts_at > '2030-03-01'";
    assert_eq!(admin.execute(sql, &[]).await.unwrap(), 1);
    night(&app).await;
    assert_eq!(names(&salon).await, ["Ana", "Cy"]);
    // What comes of age later is forgotten then.
    app.clock.advance(TimeDelta::days(62));
    night(&app).await;
    let left = "SELECT count(*) FROM bookings WHERE contact_email <> ''";
    assert_eq!(admin.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0);
    let left = "SELECT string_agg(name, ',' ORDER BY name) FROM customers WHERE erased_at IS NULL";
    assert_eq!(admin.query_one(left, &[]).await.unwrap().get::<_, String>(0), "Cy");
}

#[tokio::test]
async fn accounts_that_lead_nowhere_go_after_a_year() {
    let app = TestApp::start().await.ignore_jobs();
    app.tenant("salon").await;
    app.tenant("lonely").await;
    let admin = app.database.admin().await;
    let users = async || admin.query_one("SELECT count(*) FROM users", &[]).await.unwrap().get::<_, i64>(0);
    assert_eq!(users().await, 2);
    let lonely = "DELETE FROM memberships WHERE tenant_id = (SELECT tenant_id FROM tenant_directory WHERE slug = 'lonely')";
    assert_eq!(admin.execute(lonely, &[]).await.unwrap(), 1);
    admin.execute("UPDATE staff SET user_id = NULL", &[]).await.unwrap();
    let later = app.now().checked_add_months(Months::new(12)).unwrap() - app.now();
    app.clock.advance(later - TimeDelta::days(1));
    night(&app).await;
    assert_eq!(users().await, 2, "not yet a year");
    app.clock.advance(TimeDelta::days(2));
    night(&app).await;
    assert_eq!(users().await, 1);
    // Who is a member stays, however long they were away.
    assert!(
        admin.query_one("SELECT email FROM users", &[]).await.unwrap().get::<_, String>(0).contains("salon")
    );
}

#[tokio::test]
async fn a_user_reads_all_that_is_known_of_them() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    app.tenant("other").await;
    let data = salon.get("/me/data").await.expect(200);
    assert_eq!(data["memberships"][0]["slug"], "salon");
    assert_eq!(data["memberships"].as_array().unwrap().len(), 1);
    assert!(!data["sessions"].as_array().unwrap().is_empty());
    assert!(data["user"]["email"].as_str().unwrap().contains('@'));
    let text = data.to_string();
    for secret in ["token_hash", "password", "sealed", "code_hash", "other"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let mut owner = Browser::of(&salon).await;
    let file = owner.open("/app/account/data").await;
    assert!(file.header("content-disposition").starts_with("attachment;"), "{}", file.text);
    assert!(file.text.contains("memberships"));
}
