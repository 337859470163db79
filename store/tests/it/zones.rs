//! PostgreSQL may stand in any zone: ours say theirs.

use serde_json::json;
use store::Store;
use testkit::{Salon, TestApp};

/// Everything that a month shows, which PostgreSQL itself sorts into days.
async fn month(store: &Store, salon: &Salon<'_>) -> String {
    let dates = ("2030-02-25".parse().unwrap(), "2030-04-07".parse().unwrap());
    let tenant = store.tenant(salon.id);
    let found: store::Result<_> = tenant
        .read(async |tx| store::calendar::month(tx, dates, None, chrono_tz::Europe::Paris, 3).await)
        .await;
    format!("{:?}", found.unwrap())
}

#[tokio::test]
async fn a_server_in_another_zone_changes_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    for start in ["2030-03-05T09:00:00Z", "2030-03-29T15:00:00Z"] {
        salon.book("Ana", start).await.expect(201);
    }
    // On the first evening of the month in Apia, the last of the one before in Paris.
    let late = json!({"staff_id": salon.first_staff().await, "title": "Late", "start": "2030-02-28T23:30", "end": "2030-02-28T23:45"});
    salon.post("/events").json(&late).await.expect(201);
    let before = month(&app.store, &salon).await;
    let admin = app.database.admin().await;
    let name: String = admin.query_one("SELECT current_database()::text", &[]).await.unwrap().get(0);
    admin.batch_execute(&format!("ALTER DATABASE {name} SET timezone = 'Pacific/Apia'")).await.unwrap();
    let theirs = app.database.connect_as("harmony_app").await;
    assert_eq!(theirs.query_one("SHOW timezone", &[]).await.unwrap().get::<_, String>(0), "Pacific/Apia");
    assert_eq!(month(&app.doors(1), &salon).await, before);
}
