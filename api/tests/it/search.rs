//! Search: what begins with the words, of one tenant alone, by an index.

use serde_json::{Value, json};
use testkit::{Salon, TestApp};

async fn search(salon: &Salon<'_>, q: &str) -> Value {
    salon.get("/search").query(&[("q", q)]).await.expect(200)
}

fn counts(found: &Value) -> [usize; 3] {
    ["bookings", "customers", "services"].map(|kind| found[kind].as_array().unwrap().len())
}

#[tokio::test]
async fn bookings_customers_and_services_are_found_by_how_they_begin() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    salon.service(json!({"name": "Coupe à Zurich"})).await;
    salon.service(json!({"name": "Balayage"})).await;
    let mut booking = salon.booking("zoe", "2030-03-05T09:00:00Z");
    booking["customer"]["name"] = json!("Zoé Lefèvre");
    let code = salon.post("/bookings").json(&booking).await.expect(201)["public_code"].clone();
    let code = code.as_str().unwrap();
    for (q, found) in [
        ("z", [1, 1, 1]),
        ("zoe", [1, 1, 0]),
        ("Zoé lef", [1, 1, 0]),
        ("coupe zur", [0, 0, 1]),
        ("bal", [0, 0, 1]),
        (code, [1, 0, 0]),
        (code.get(..5).unwrap(), [1, 0, 0]),
        (&code.to_lowercase().replace('-', " "), [1, 0, 0]),
        ("nothing", [0, 0, 0]),
        ("", [0, 0, 0]),
        ("  ", [0, 0, 0]),
        ("%", [0, 0, 0]),
        ("\\", [0, 0, 0]),
    ] {
        assert_eq!(counts(&search(&salon, q).await), found, "{q}");
        assert_eq!(counts(&search(&other, q).await), [0, 0, 0], "{q} of others");
    }
    salon.get("/search").query(&[("q", "a".repeat(101).as_str())]).await.refused(422, "INVALID");
    salon.get("/search").query(&[("q", "a"), ("limit", "21")]).await.refused(422, "INVALID");
    salon.get("/search").await.refused(422, "INVALID");
}

/// As the role that row-level security holds: only operators that leak nothing reach an index there.
#[tokio::test]
async fn a_word_is_looked_for_in_an_index() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let admin = app.database.admin().await;
    let fill = format!(
        "INSERT INTO customers (tenant_id, id, name, name_key, email, email_key, locale, created_at, updated_at)
           SELECT '{0}', gen_random_uuid(), 'N' || n, 'n' || n, n || '@example.org', n || '@example.org', 'fr', '{1}', '{1}'
           FROM generate_series(1, 3000) n;
         INSERT INTO customer_terms (tenant_id, customer_id, term) SELECT tenant_id, id, name_key FROM customers;
         ANALYZE customers; ANALYZE customer_terms",
        salon.id,
        app.now(),
    );
    admin.batch_execute(&fill).await.unwrap();
    let tenant = app.store.tenant(salon.id);
    let filter = store::customers::Filter { words: vec!["n29".to_owned()], ..Default::default() };
    let plan: store::Result<Vec<String>> =
        tenant.read(async |tx| store::customers::explain_list(tx, &filter, 8).await).await;
    let plan = plan.unwrap().join("\n");
    let by_term = plan.lines().any(|line| line.contains("Index Cond") && line.contains("term >="));
    assert!(by_term, "{plan}");
}
