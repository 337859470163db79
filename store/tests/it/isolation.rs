//! One tenant's rows do not exist for another: held by PostgreSQL, with SQL that forgets the tenant.

use std::time::Duration;

use domain::access::Role;
use domain::api_key::{Draft, Scope};
use domain::id::{BookingId, CustomerSignInId, DocumentId, ImageId, JobId};
use domain::identity::ConnectionDraft;
use domain::image::Format;
use domain::setup::SetupStep;
use serde_json::json;
use store::audit::By;
use store::customers::accounts;
use store::messages::{self, About, Audience};
use store::{DatabaseConfig, Door, Store, calendar_feeds, documents, idempotency, images, progress, setup};
use testkit::{Salon, TestApp};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

/// A row of every table that has rows of tenants.
async fn fill(salon: &Salon<'_>) {
    let staff = salon.staff("Bea").await;
    let room = salon.room("Cabin").await;
    salon.service(json!({"staff_ids": [staff], "room_ids": [room]})).await;
    let rules = json!({"rules": [{"weekday": 1, "start": "12:00", "end": "13:00"}]});
    salon.put("/break-rules").json(&rules).await.expect(200);
    let closure = json!({"starts_on": "2030-08-01", "ends_on": "2030-08-02"});
    salon.post("/closures").json(&closure).await.expect(201);
    let opening = json!({"date": "2030-04-06", "start": "09:00", "end": "12:00"});
    salon.post("/openings").json(&opening).await.expect(201);
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    asked(salon).await;
    salon.service(json!({"capacity": 2})).await;
    salon.book("Gil", "2030-03-05T11:00:00Z").await.expect(201);
    customers(salon).await;
    let event = json!({"staff_id": staff, "title": "Dentist", "start": "2030-03-06T09:00", "end": "2030-03-06T10:00"});
    salon.post("/events").json(&event).await.expect(201);
    let waiting = json!({
        "service_id": salon.booking("Di", "x")["service_id"], "from": "2030-03-05", "to": "2030-03-06",
        "customer": {"name": "Di", "email": "di@customer.example"},
    });
    salon.post("/waitlist").json(&waiting).await.expect(201);
    let series =
        json!({"booking": salon.booking("Ed", "2030-03-12T11:00:00Z"), "recurrence": "FREQ=WEEKLY;COUNT=2"});
    salon.post("/series").json(&series).await.expect(201);
    let now = salon.app.now();
    salon.set_plan("enterprise").await;
    let mail = domain::contact::Email::parse("vic@example.org").unwrap();
    let by = By::member(salon.owner, None);
    let invited: store::Result<_> = salon
        .app
        .store
        .accounts()
        .transaction(salon.id, async |tx| store::members::invite(tx, &mail, Role::Staff, &by, now).await)
        .await;
    invited.unwrap();
    let draft = Draft::new("Till", [Scope::Read], None, now).unwrap();
    let made: store::Result<_> = salon
        .app
        .store
        .tenant(salon.id)
        .transaction(async |tx| store::api_keys::add(tx, draft, "hk_12345678", &by, now).await)
        .await;
    made.unwrap();
    let connection = ConnectionDraft {
        issuer: "https://login.example.org".to_owned(),
        client_id: "harmony".to_owned(),
        domains: Vec::new(),
    };
    let sealed = Some(vec![0; 32]);
    let connected: store::Result<_> = salon
        .app
        .store
        .accounts()
        .transaction(salon.id, async |tx| store::sso::set(tx, &connection, sealed, &by, now).await)
        .await;
    connected.unwrap();
    let booking = BookingId::mint(now);
    let about = About {
        subject: booking.0,
        kind: "booking_confirmation",
        channel: "email",
        sequence: 0,
        audience: Audience::Customer,
    };
    let wish = CustomerSignInId::mint(now);
    let request = idempotency::Request { scope: "test".to_owned(), key: "key".to_owned(), hash: [0; 32] };
    let answer = idempotency::Answer { status: 200, body: json!({}) };
    let tenant = salon.app.store.tenant(salon.id);
    let written: store::Result<()> = tenant
        .transaction(async |tx| {
            let _unsent = messages::claim(tx, about, "ana@customer.example", "sandbox", now).await?;
            let document = documents::Document {
                tenant_id: tx.tenant(),
                id: DocumentId::mint(now),
                kind: "booking_summary".to_owned(),
                subject_id: booking.0,
                sequence: 0,
                path: "a.pdf".to_owned(),
                content_type: "application/pdf".to_owned(),
                size_bytes: 1,
                sha256: vec![0; 32],
                created_at: now,
            };
            documents::add(tx, &document).await?;
            let image = images::Image {
                tenant_id: tx.tenant(),
                id: ImageId::mint(now),
                format: Format::Jpeg,
                width: 640,
                height: 480,
                size_bytes: 1,
                created_at: now,
                created_by: None,
            };
            images::set(tx, images::Place::Logo, &image, None, By::SYSTEM, now).await?;
            let staff_id = staff.parse().unwrap();
            calendar_feeds::renew(tx, staff_id, [0; 32], true, By::SYSTEM, now).await?;
            accounts::ask(tx, wish, "ana@customer.example", now).await?;
            accounts::sign_in(tx, wish, &[0; 32], now).await?;
            setup::mark(tx, SetupStep::Hours, now).await?;
            progress::report(tx, (JobId::mint(now), "sweep_expired"), 1, Some(2), now).await?;
            idempotency::begin(tx, &request).await?;
            idempotency::finish(tx, &request, &answer, now).await
        })
        .await;
    written.unwrap();
}

/// A service with a question, a file that was sent for it, and a booking with answers.
async fn asked(salon: &Salon<'_>) {
    let id = salon.service(json!({"name": "Portrait"})).await;
    let body =
        json!({"questions": [{"kind": "text", "label": "Which?"}, {"kind": "file", "label": "Like what?"}]});
    let asked = salon.put(&format!("/services/{id}/questions")).json(&body).await.expect(200);
    let question = |place: usize| asked["questions"][place]["id"].as_str().unwrap().to_owned();
    let path = format!("/questions/{}/files", question(1));
    salon.public("POST", &path).file("application/pdf", "%PDF-1.7").await.expect(201);
    let mut booking = salon.booking("Eve", "2030-03-05T15:00:00Z");
    booking["answers"] = json!({question(0): "Wedding"});
    salon.public("POST", "/bookings").json(&booking).await.expect(201);
}

/// A customer with a tag who is blocked and was two, and an import with a row that is none.
async fn customers(salon: &Salon<'_>) {
    let add = async |email: &str| {
        let body = json!({"name": "Bo", "email": email, "tags": ["VIP"]});
        salon.post("/customers").json(&body).await.expect(201)["id"].as_str().unwrap().to_owned()
    };
    let (kept, duplicate) = (add("bo@customer.example").await, add("bob@customer.example").await);
    let merge = json!({"duplicate_id": duplicate});
    salon.post(&format!("/customers/{kept}/merge")).json(&merge).await.expect(200);
    let news = format!("/customers/{kept}/consents/marketing");
    salon.put(&news).json(&json!({"given": true})).await.expect(204);
    salon.post(&format!("/customers/{kept}/block")).json(&json!({"reason": "rude"})).await.expect(200);
    let file = salon.post("/customers/imports").file("text/csv", "name,email\nCy,none\n").await.expect(201);
    let path = format!("/customers/imports/{}/start", file["id"].as_str().unwrap());
    salon.post(&path).json(&json!({})).await.expect(202);
    salon.app.run_jobs().await;
}

/// The tables that row-level security protects.
async fn tables(admin: &Client) -> Vec<String> {
    let sql =
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity
        ORDER BY 1";
    admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// `INSERT` of a copy of somebody's row, as they have it.
async fn copy_of_a_row(admin: &Client, table: &str, salon: &Salon<'_>) -> String {
    let columns = "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
        WHERE attrelid = $1::text::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped";
    let columns: String = admin.query_one(columns, &[&table]).await.unwrap().get(0);
    let row = format!("SELECT to_jsonb(t)::text FROM {table} t WHERE tenant_id = $1 LIMIT 1");
    let row: String = admin
        .query_opt(&row, &[&salon.id.0])
        .await
        .unwrap()
        .unwrap_or_else(|| panic!("{table} has no row: fill it"))
        .get(0);
    let row = row.replace('\'', "''");
    format!(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, '{row}'::jsonb)"
    )
}

fn is_refused(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE)
}

#[tokio::test]
async fn a_query_that_forgets_its_tenant_sees_and_writes_its_own_rows_alone() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    fill(&salon).await;
    fill(&other).await;
    let admin = app.database.admin().await;
    let tables = tables(&admin).await;
    assert!(tables.len() >= 17, "{tables:?}");
    for role in ["harmony_app", "harmony_signup"] {
        let client = app.database.connect_as(role).await;
        for table in &tables {
            let theirs = copy_of_a_row(&admin, table, &salon).await;
            for tenant in [None, Some(other.id)] {
                let name = format!("{table} as {role} of {tenant:?}");
                let set = tenant.map(|id| format!("SET app.tenant_id = '{id}'"));
                client.batch_execute(&set.unwrap_or("RESET app.tenant_id".to_owned())).await.unwrap();
                let refused = client.batch_execute(&theirs).await.expect_err(&name);
                assert!(is_refused(&refused), "{name}: {refused:?}");
                let sql = format!("SELECT tenant_id FROM {table}");
                match client.query(&sql, &[]).await {
                    Ok(rows) => {
                        assert_eq!(rows.is_empty(), tenant.is_none(), "{name}");
                        let own = other.id.0;
                        assert!(rows.iter().all(|row| row.get::<_, uuid::Uuid>(0) == own), "{name}");
                    }
                    Err(error) => assert!(is_refused(&error) && table == "jobs", "{name}: {error:?}"),
                }
                // In a transaction that is rolled back: a success would break the next round.
                for change in ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}"] {
                    let sql = format!("{} WHERE tenant_id = '{}'", change.replace("{}", table), salon.id);
                    match client.execute(&sql, &[]).await {
                        Ok(changed) => assert_eq!(changed, 0, "{name}: {change}"),
                        Err(error) => assert!(is_refused(&error), "{name}: {error:?}"),
                    }
                }
                if tenant.is_some() {
                    let sql = format!("UPDATE {table} SET tenant_id = '{}'", salon.id);
                    let refused = client.batch_execute(&sql).await.expect_err(&name);
                    assert!(is_refused(&refused), "{name} gives rows away: {refused:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_doors_of_two_tenants_open_on_different_rows() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    fill(&salon).await;
    let names = async |salon: &Salon<'_>| -> (usize, usize, usize) {
        let tenant = app.store.tenant(salon.id);
        let found: store::Result<_> = tenant
            .transaction(async |tx| {
                let filter = store::bookings::Filter::default();
                Ok((
                    store::services::list(tx).await?.len(),
                    store::staff::list(tx).await?.len(),
                    store::bookings::list(tx, &filter, 10).await?.len(),
                ))
            })
            .await;
        found.unwrap()
    };
    assert_eq!(names(&salon).await, (3, 2, 5));
    assert_eq!(names(&other).await, (0, 1, 0));
    // One connection serves all in turn and carries nothing over.
    let narrow = app.doors(1);
    for _ in 0..3 {
        for (salon, staff) in [(&salon, 2), (&other, 1)] {
            let tenant = narrow.tenant(salon.id);
            let found: store::Result<_> = tenant.transaction(async |tx| store::staff::list(tx).await).await;
            assert_eq!(found.unwrap().len(), staff);
        }
    }
}

#[tokio::test]
async fn a_dropped_handler_leaves_no_transaction_and_no_tenant() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let narrow = app.doors(1);
    let admin = app.database.admin().await;
    // Of this pool alone: the server's own connections are not among them.
    let others: Vec<i32> = pids(&admin, "true").await;
    for _ in 0..3 {
        let tenant = narrow.tenant(salon.id);
        let handler = tenant.transaction(async |tx| {
            store::staff::list(tx).await?;
            store::staff::raise_all_schedules(tx).await?;
            std::future::pending::<store::Result<()>>().await
        });
        assert!(tokio::time::timeout(Duration::from_millis(200), handler).await.is_err());
        // The pool has one connection: whoever comes next gets it, or a new one in its place.
        narrow.ping().await.unwrap();
        let ours: Vec<i32> = pids(&admin, "true").await;
        assert_eq!(ours.iter().filter(|pid| !others.contains(pid)).count(), 1, "{ours:?}");
        assert_eq!(pids(&admin, "xact_start IS NOT NULL").await, Vec::<i32>::new());
        // Nor does it hold a lock: another tenant and the same one go on.
        for salon in [&salon, &other] {
            let tenant = narrow.tenant(salon.id);
            let raised: store::Result<()> =
                tenant.transaction(async |tx| store::staff::raise_all_schedules(tx).await).await;
            raised.unwrap();
        }
    }
    let client = app.database.connect_as("harmony_app").await;
    assert!(client.query("SELECT FROM staff", &[]).await.unwrap().is_empty());
}

/// Connections of the app to this database, after giving those that are being closed a moment.
async fn pids(admin: &Client, condition: &str) -> Vec<i32> {
    tokio::time::sleep(Duration::from_millis(100)).await;
    let sql = format!(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'harmony_app'
         AND {condition} ORDER BY pid"
    );
    admin.query(&sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn an_error_rolls_back_everything() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let tenant = app.doors(1).tenant(salon.id);
    let now = app.now();
    let failed: store::Result<()> = tenant
        .transaction(async |tx| {
            tx.enqueue(&[jobs::Job::SweepExpired {}], now).await?;
            store::staff::raise_all_schedules(tx).await?;
            Err(domain::rejection::Code::NotFound.into())
        })
        .await;
    assert!(failed.is_err());
    let admin = app.database.admin().await;
    let left =
        "SELECT (SELECT count(*) FROM jobs WHERE kind = 'sweep_expired'), max(schedule_version) FROM staff";
    let row = admin.query_one(left, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (0, 1));
}

#[tokio::test]
async fn a_read_writes_nothing_and_leaves_its_connection_to_the_next() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let narrow = app.doors(1);
    let admin = app.database.admin().await;
    narrow.ping().await.unwrap();
    let before = pids(&admin, "true").await;
    for _ in 0..3 {
        for tenant in [narrow.tenant(salon.id), narrow.tenant(other.id)] {
            let found: store::Result<_> = tenant.read(async |tx| store::tenants::find(tx).await).await;
            assert_eq!(found.unwrap().tenant_id, tenant.id());
            let written: store::Result<()> =
                tenant.read(async |tx| store::staff::raise_all_schedules(tx).await).await;
            assert!(written.is_err());
            let raised: store::Result<()> =
                tenant.transaction(async |tx| store::staff::raise_all_schedules(tx).await).await;
            raised.unwrap();
        }
    }
    let found: store::Result<_> =
        narrow.tenant(salon.id).read(async |tx| store::tenants::find(tx).await).await;
    assert_eq!(found.unwrap().schedule_version, 4);
    assert_eq!(pids(&admin, "xact_start IS NOT NULL").await, Vec::<i32>::new());
    assert_eq!(pids(&admin, "true").await, before);
}

#[tokio::test]
async fn the_store_refuses_a_role_that_row_level_security_does_not_hold() {
    let app = TestApp::start().await.ignore_jobs();
    let now = api::clock::Clock::System.now();
    app.store.check(|| now, &[Door::App, Door::Identity, Door::Accounts, Door::System]).await.unwrap();
    for role in ["harmony_owner", "postgres"] {
        let url = app.database.url_as(role);
        let config = DatabaseConfig {
            app_database_url: Some(url.as_str().into()),
            ..DatabaseConfig::at(app.database.url().as_str())
        };
        let store = Store::new(&config, 1, std::sync::Arc::new(|_queue| {})).unwrap();
        let refusal = store.check(|| now, &[Door::App]).await.expect_err(role).to_string();
        assert!(refusal.contains("row-level security does not hold the role"), "{refusal}");
    }
    let refusal =
        app.store.check(|| now - chrono::TimeDelta::seconds(3), &[Door::App]).await.unwrap_err().to_string();
    assert!(refusal.contains("clock"), "{refusal}");
}
