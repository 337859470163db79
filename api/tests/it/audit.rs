//! Who changed what: written with the change, told to those who may know, kept as long as the plan says.

use chrono::TimeDelta;
use domain::access::Role;
use jobs::Job;
use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp};
use tokio_postgres::error::SqlState;

async fn events(salon: &Salon<'_>, query: &[(&str, &str)]) -> Vec<Value> {
    let request = salon.get("/audit-events");
    let request = if query.is_empty() { request } else { request.query(query) };
    request.await.expect(200)["data"].as_array().unwrap().clone()
}

/// What the maintenance worker does each hour.
async fn sweep(app: &TestApp) {
    let job = [Job::SweepExpired {}];
    let enqueued: store::Result<_> =
        app.store.system().transaction(async |tx| tx.enqueue(&job, app.now()).await).await;
    enqueued.unwrap();
    app.run_jobs().await;
}

fn actions(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_change_is_told_with_who_what_and_where() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({"name": "Cut", "price_cents": 3000})).await;
    app.clock.advance(TimeDelta::seconds(1));
    let path = format!("/services/{service}");
    let request = salon.patch(&path).header("x-request-id", "till-1").json(&json!({"price_cents": 3500}));
    request.await.expect(200);
    let all = events(&salon, &[]).await;
    let change = &all[0];
    assert_eq!((&change["action"], &change["subject_id"]), (&json!("service.update"), &json!(service)));
    assert_eq!(change["actor"], json!({"kind": "user", "id": salon.owner, "name": "Olga Owner"}));
    assert_eq!((&change["ip"], &change["request_id"]), (&json!("127.0.0.1"), &json!("till-1")));
    let price = |at: &str| change[at].pointer("/price_cents").or(change[at].pointer("/service/price_cents"));
    assert_eq!((price("before"), price("after")), (Some(&json!(3000)), Some(&json!(3500))), "{change}");
    assert_eq!(
        actions(&events(&salon, &[("subject", "service")]).await),
        ["service.update", "service.create"]
    );
    let owner = salon.owner.to_string();
    for (query, found) in [
        (("subject_id", service.as_str()), 2),
        (("actor_id", owner.as_str()), all.len()),
        (("actor_id", service.as_str()), 0),
        (("from", "2030-03-04T09:00:01Z"), 1),
        (("to", "2030-03-04T09:00:00Z"), 0),
    ] {
        assert_eq!(events(&salon, &[query]).await.len(), found, "{query:?}");
    }
}

#[tokio::test]
async fn pages_and_files_hold_all_of_it_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for number in 0..30 {
        salon.room(&format!("=1+{number}")).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut query = vec![("limit", "7"), ("subject", "room")];
        if let Some(cursor) = &cursor {
            query.push(("cursor", cursor));
        }
        let page = salon.get("/audit-events").query(&query).await.expect(200);
        seen.extend(page["data"].as_array().unwrap().iter().map(|event| event["id"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(seen.len(), 30);
    let file = async |format: &str| {
        let query = [("format", format), ("subject", "room")];
        let answer = salon.get("/audit-events/export").query(&query).await;
        assert!(answer.header("content-disposition").starts_with("attachment; filename=\"audit-2030-03-04."));
        answer.text
    };
    let lines = file("json").await;
    let ids: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone()).collect();
    assert_eq!(ids, seen);
    let table = file("csv").await;
    assert_eq!(table.lines().count(), 31);
    assert!(table.starts_with("occurred_at,actor_kind,actor_id,actor,action,"), "{table}");
    salon.get("/audit-events/export").query(&[("format", "xml")]).await.refused(422, "INVALID");
}

#[tokio::test]
async fn only_who_may_know_is_told_and_nobody_changes_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for (role, status) in [(Role::Manager, 403), (Role::Admin, 200), (Role::Owner, 200)] {
        let token = salon.member(role).await;
        assert_eq!(app.get("/audit-events").bearer(&token).await.status, status, "{role:?}");
    }
    let other = app.tenant("other").await;
    let theirs = events(&other, &[]).await;
    assert!(!theirs.is_empty() && theirs.iter().all(|event| event["subject_id"] != json!(salon.id)));
    let api = app.database.connect_as("harmony_app").await;
    for sql in ["UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"] {
        let refused = api.batch_execute(sql).await.unwrap_err();
        assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}

#[tokio::test]
async fn what_is_said_of_a_customer_is_sealed_and_goes_with_their_key() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let ana = json!({"name": "Ana Secret", "email": "ana@customer.example", "note": "allergic"});
    let id = salon.post("/customers").json(&ana).await.expect(201)["id"].as_str().unwrap().to_owned();
    app.clock.advance(TimeDelta::seconds(1));
    salon.patch(&format!("/customers/{id}")).json(&json!({"name": "Ana Known"})).await.expect(200);
    let changes = events(&salon, &[("subject_id", &id)]).await;
    assert_eq!(actions(&changes), ["customer.update", "customer.create"]);
    assert!(changes[0]["before"].to_string().contains("Ana Secret"), "{changes:?}");
    let admin = app.database.admin().await;
    let kept = "SELECT string_agg(before::text || after::text, '') FROM audit_events WHERE subject_id = $1::text::uuid";
    let kept: String = admin.query_one(kept, &[&id]).await.unwrap().get(0);
    for secret in ["Ana", "ana@", "allergic"] {
        assert!(!kept.contains(secret), "{kept}");
    }
    admin.execute("DELETE FROM customer_keys WHERE customer_id = $1::text::uuid", &[&id]).await.unwrap();
    let changes = events(&salon, &[("subject_id", &id)]).await;
    assert_eq!(actions(&changes), ["customer.update", "customer.create"]);
    for change in &changes {
        assert_eq!(
            (&change["before"], &change["after"], &change["is_erased"]),
            (&Value::Null, &Value::Null, &json!(true))
        );
    }
}

#[tokio::test]
async fn it_is_kept_as_long_as_the_plan_says() {
    let app = TestApp::start().await.ignore_jobs();
    let (free, pro) = (app.tenant("salon").await, app.tenant("other").await);
    pro.set_plan("pro").await;
    let admin = app.database.admin().await;
    let ago = |days| (app.now() - TimeDelta::days(days)).to_rfc3339();
    // One change of each tenant for each of these ages, in days.
    for salon in [&free, &pro] {
        for days in [6_i64, 8, 89, 91] {
            let sql =
                "INSERT INTO audit_events (tenant_id, id, actor_kind, action, subject_kind, occurred_at)
                VALUES ($1, gen_random_uuid(), 'system', 'room.create', 'room', $2::text::timestamptz)";
            admin.execute(sql, &[&salon.id.0, &ago(days)]).await.unwrap();
        }
    }
    assert_eq!(events(&free, &[("subject", "room")]).await.len(), 1);
    assert_eq!(events(&pro, &[("subject", "room")]).await.len(), 3);
    let left = async |salon: &Salon<'_>| -> i64 {
        let sql = "SELECT count(*) FROM audit_events WHERE tenant_id = $1 AND subject_kind = 'room'";
        admin.query_one(sql, &[&salon.id.0]).await.unwrap().get(0)
    };
    // For 90 days after a smaller plan what there was stays.
    admin.execute("UPDATE tenants SET downgraded_at = $1::text::timestamptz", &[&ago(89)]).await.unwrap();
    sweep(&app).await;
    assert_eq!((left(&free).await, left(&pro).await), (4, 4));
    assert_eq!(events(&free, &[("subject", "room")]).await.len(), 4);
    admin.execute("UPDATE tenants SET downgraded_at = $1::text::timestamptz", &[&ago(90)]).await.unwrap();
    sweep(&app).await;
    assert_eq!((left(&free).await, left(&pro).await), (1, 3));
}

#[tokio::test]
async fn the_page_tells_it_in_words_and_gives_the_file() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.room("Cabin").await;
    let mut owner = Browser::of(&salon).await;
    let page = owner.open("/app/settings/audit").await;
    for text in ["Room added", "Business opened", "Olga Owner", "Cabin"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let page = owner.open("/app/settings/audit?subject=room&from=2030-03-04&to=2030-03-04").await;
    assert!(page.text.contains("Room added") && !page.text.contains("Business opened"));
    let page = owner.open("/app/settings/audit?to=2030-03-03&actor=x&cursor=x").await;
    assert!(page.status == 200 && !page.text.contains("Room added"));
    let file = owner.open("/app/settings/audit/file?format=csv&subject=room").await;
    assert_eq!(file.text.lines().count(), 2, "{}", file.text);
}
