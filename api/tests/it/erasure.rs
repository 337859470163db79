//! What is known of a customer, told and erased.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::join;
use serde_json::{Value, json};
use store::messages::{About, Audience, Claim, claim_for_customer};
use testkit::{Browser, Salon, TestApp};
use uuid::Uuid;

/// Somebody of whom everything is known that can be.
async fn known(salon: &Salon<'_>) -> String {
    let service = salon.service(json!({})).await;
    let body = json!({"questions": [{"kind": "text", "label": "Allergies?"}, {"kind": "file", "label": "Like what?"}]});
    let asked = salon.put(&format!("/services/{service}/questions")).json(&body).await.expect(200);
    let question = |at: usize| asked["questions"][at]["id"].as_str().unwrap().to_owned();
    let sent = salon.public("POST", &format!("/questions/{}/files", question(1)));
    let file = sent.file("application/pdf", "%PDF-1.7").await.expect(201)["id"].clone();
    let mut booking = salon.booking("Zelda", "2030-03-05T09:00:00Z");
    booking["customer"]["phone"] = json!("+33612345678");
    booking["note"] = json!("Zelda comes with her dog");
    booking["answers"] = json!({question(0): "zelda-nuts", question(1): file});
    salon.public("POST", "/bookings").json(&booking).await.expect(201);
    salon.app.run_jobs().await;
    let waiting = json!({"service_id": service, "from": "2030-03-05", "to": "2030-03-06",
        "customer": {"name": "Zelda", "email": "zelda@customer.example", "phone": "+33612345678"}});
    salon.public("POST", "/waitlist").json(&waiting).await.expect(201);
    salon.app.run_jobs().await;
    let id =
        salon.get("/bookings").await.expect(200)["data"][0]["customer"]["id"].as_str().unwrap().to_owned();
    let change = json!({"email": "zelda.new@customer.example", "note": "zelda-note", "tags": ["zelda-tag"]});
    salon.patch(&format!("/customers/{id}")).json(&change).await.expect(200);
    salon.post(&format!("/customers/{id}/block")).json(&json!({"reason": "zelda-reason"})).await.expect(200);
    id
}

/// Every table with a row that names her still.
async fn tables_that_name_her(app: &TestApp) -> Vec<String> {
    let admin = app.database.admin().await;
    let tables = "SELECT relname::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1";
    let mut found = Vec::new();
    for table in admin.query(tables, &[]).await.unwrap().iter().map(|row| row.get::<_, String>(0)) {
        let sql = format!("SELECT count(*) FROM {table} t WHERE t::text ~* 'zelda|612345678'");
        if admin.query_one(&sql, &[]).await.unwrap().get::<_, i64>(0) > 0 {
            found.push(table);
        }
    }
    found
}

#[tokio::test]
async fn all_that_is_known_of_somebody_is_told() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = known(&salon).await;
    let data = salon.get(&format!("/customers/{id}/data")).await.expect(200);
    assert_eq!(data["customer"]["email"], "zelda.new@customer.example");
    assert_eq!(data["addresses"], json!(["zelda.new@customer.example", "zelda@customer.example"]));
    assert_eq!((&data["tags"], &data["block"]["reason"]), (&json!(["zelda-tag"]), &json!("zelda-reason")));
    assert_eq!(data["bookings"][0]["note"], "Zelda comes with her dog");
    assert!(data["bookings"][0]["answers"].to_string().contains("zelda-nuts"), "{data}");
    let count = |of: &str| data[of].as_array().map(Vec::len);
    assert_eq!((count("files"), count("waitlist")), (Some(1), Some(1)));
    let kinds: Vec<&Value> = data["messages"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert!(kinds.contains(&&json!("booking_confirmation")), "{kinds:?}");
    assert!(!data.to_string().contains("tenant_id"), "{data}");
}

#[tokio::test]
async fn whoever_is_erased_is_named_nowhere_and_what_was_booked_stands() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = known(&salon).await;
    let path = format!("/customers/{id}/data");
    let named = tables_that_name_her(&app).await;
    for table in
        ["bookings", "customers", "messages", "waitlist_entries", "customer_addresses", "booking_terms"]
    {
        assert!(named.iter().any(|one| one == table), "{table} is not among {named:?}");
    }
    // She is expected tomorrow.
    salon.delete(&path).await.refused(409, "CUSTOMER_EXPECTED");
    app.clock.advance(TimeDelta::minutes(10));
    let sql = "UPDATE bookings SET status = 'completed', starts_at = starts_at - interval '7 days',
        ends_at = ends_at - interval '7 days'";
    app.database.admin().await.execute(sql, &[]).await.unwrap();
    let before = salon.get("/bookings").await.expect(200)["data"].as_array().unwrap().len();
    salon.delete(&path).await.expect(204);
    app.run_jobs().await;
    assert_eq!(tables_that_name_her(&app).await, Vec::<String>::new());
    let files = walk(&app.files_folder());
    assert_eq!(files, Vec::<String>::new(), "what she sent and what was made for her");

    let bookings = salon.get("/bookings").await.expect(200);
    assert_eq!(bookings["data"].as_array().unwrap().len(), before);
    assert_eq!(bookings["data"][0]["customer"]["name"], "");
    assert_eq!(salon.get("/customers").await.expect(200)["data"], json!([]));
    let trail = salon.get("/audit-events").query(&[("subject_id", &id)]).await.expect(200);
    let trail = trail["data"].as_array().unwrap();
    assert!(trail.iter().any(|event| event["action"] == "customer.erase"));
    assert!(trail.iter().any(|event| event["is_erased"] == true));
    // Whoever comes back is somebody new.
    let again = salon.booking("Zelda", "2030-03-06T09:00:00Z");
    salon.public("POST", "/bookings").json(&again).await.expect(201);
    let listed = salon.get("/customers").await.expect(200);
    assert_ne!(listed["data"][0]["id"], json!(id));
}

/// The files below a folder, by their names.
fn walk(folder: &std::path::Path) -> Vec<String> {
    let Ok(inside) = std::fs::read_dir(folder) else { return Vec::new() };
    inside
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path.display().to_string()] })
        .collect()
}

#[tokio::test]
async fn whoever_only_waits_under_a_former_address_is_erased_all_the_same() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let waiting = json!({"service_id": service, "from": "2030-03-05", "to": "2030-03-06",
        "customer": {"name": "Zelda", "email": "zelda@customer.example", "phone": "+33612345678"}});
    salon.public("POST", "/waitlist").json(&waiting).await.expect(201);
    app.run_jobs().await;
    let body = json!({"name": "Zelda", "email": "zelda@customer.example"});
    let id = salon.post("/customers").json(&body).await.expect(201)["id"].as_str().unwrap().to_owned();
    let change = json!({"email": "zelda.new@customer.example"});
    salon.patch(&format!("/customers/{id}")).json(&change).await.expect(200);
    let data = salon.get(&format!("/customers/{id}/data")).await.expect(200);
    assert_eq!(data["waitlist"][0]["contact_email"], "zelda.new@customer.example", "{data}");
    salon.delete(&format!("/customers/{id}/data")).await.expect(204);
    let mut left = tables_that_name_her(&app).await;
    // An answer that is kept for whoever asks once more is gone within a day.
    left.retain(|table| table != "idempotency_keys");
    assert_eq!(left, Vec::<String>::new());
}

/// A worker reads an address, and then writes down where the mail goes.
#[tokio::test]
async fn a_mail_that_is_on_its_way_keeps_no_address_of_whoever_is_erased() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let add = async |email: &str| {
        let body = json!({"name": "Zelda", "email": email});
        let made = salon.post("/customers").json(&body).await.expect(201);
        made["id"].as_str().unwrap().parse::<Uuid>().unwrap()
    };
    let tenant = app.doors(2).tenant(salon.id);
    let claim = async |subject: Uuid, email: &str, pause: u64| {
        let kind = "customer_sign_in";
        let about = About { subject, kind, channel: "email", sequence: 0, audience: Audience::Customer };
        let claimed: store::Result<Claim> = tenant
            .transaction(async |tx| {
                let claim = claim_for_customer(tx, about, email, "sandbox", app.now()).await?;
                tokio::time::sleep(Duration::from_millis(pause)).await;
                Ok(claim)
            })
            .await;
        claimed.unwrap()
    };
    let erase = async |id: Uuid| salon.delete(&format!("/customers/{id}/data")).await.expect(204);
    // Written, but not committed, when she is erased: that waits.
    let before = add("zelda@customer.example").await;
    let erased_meanwhile = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        erase(before).await
    };
    let (claimed, _) = join!(claim(before, "zelda@customer.example", 1_000), erased_meanwhile);
    assert!(matches!(claimed, Claim::Send(_)));
    // Read before she was erased, written afterwards.
    let after = add("zelda.new@customer.example").await;
    erase(after).await;
    assert_eq!(claim(after, "zelda.new@customer.example", 0).await, Claim::Gone);
    let mut left = tables_that_name_her(&app).await;
    left.retain(|table| table != "idempotency_keys");
    assert_eq!(left, Vec::<String>::new());
}

#[tokio::test]
async fn an_administrator_reads_and_erases_on_the_page() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let ana = json!({"name": "Ana", "email": "ana@customer.example"});
    let id = salon.post("/customers").json(&ana).await.expect(201)["id"].as_str().unwrap().to_owned();
    let mut owner = Browser::of(&salon).await;
    let file = owner.open(&format!("/app/customers/{id}/data")).await;
    assert!(
        file.header("content-disposition").starts_with("attachment;")
            && file.text.contains("ana@customer.example")
    );
    owner.open(&format!("/app/customers/{id}")).await;
    let action = format!("/app/customers/{id}/erasure");
    owner.submit(&action, &[]).await;
    assert!(owner.page.text.contains("Nothing was erased"), "{}", owner.page.text);
    owner.submit(&action, &[("sure", "on")]).await;
    assert_eq!(owner.address, "/app/customers");
    assert!(
        owner.page.text.contains("The person is erased") && !owner.page.text.contains("ana@customer.example")
    );
}
