//! Tags: kept as typed first, compared without case and accents, found by.

use serde_json::{Value, json};
use testkit::{Salon, TestApp};

async fn add(salon: &Salon<'_>, name: &str, tags: &[&str]) -> Value {
    let email = format!("{}@example.org", name.to_lowercase());
    salon.post("/customers").json(&json!({"name": name, "email": email, "tags": tags})).await.expect(201)
}

async fn tagged(salon: &Salon<'_>, tag: &str) -> Vec<String> {
    let found = salon.get("/customers").query(&[("tag", tag)]).await.expect(200);
    let name = |customer: &Value| customer["name"].as_str().unwrap().to_owned();
    found["data"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_tag_has_one_spelling_and_finds_all_who_have_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let ana = add(&salon, "Ana", &["Fidèle", "VIP"]).await;
    let bob = add(&salon, "Bob", &["FIDELE", "fidèle"]).await;
    add(&salon, "Cy", &[]).await;
    assert_eq!((&ana["tags"], &bob["tags"]), (&json!(["Fidèle", "VIP"]), &json!(["Fidèle"])));
    for spelling in ["fidele", "Fidèle", " FIDÈLE "] {
        assert_eq!(tagged(&salon, spelling).await, ["Ana", "Bob"], "{spelling}");
    }
    assert_eq!(tagged(&salon, "vip").await, ["Ana"]);
    assert_eq!(tagged(&salon, "nobody").await, Vec::<String>::new());
    let in_use = salon.get("/customers/tags").await.expect(200);
    assert_eq!(in_use["data"], json!([{"name": "Fidèle", "customers": 2}, {"name": "VIP", "customers": 1}]));
    // Tags of others are not seen.
    let other = app.tenant("other").await;
    assert_eq!(other.get("/customers/tags").await.expect(200)["data"], json!([]));
    assert_eq!(add(&other, "Dan", &["fidele"]).await["tags"], json!(["fidele"]));
}

#[tokio::test]
async fn a_change_replaces_all_tags_or_leaves_them() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let ana = add(&salon, "Ana", &["a", "b"]).await;
    let path = format!("/customers/{}", ana["id"].as_str().unwrap());
    let change = async |body: Value| salon.patch(&path).json(&body).await;
    assert_eq!(change(json!({"note": "x"})).await.expect(200)["tags"], json!(["a", "b"]));
    assert_eq!(change(json!({"tags": ["B", "c"]})).await.expect(200)["tags"], json!(["b", "c"]));
    assert_eq!(change(json!({"tags": []})).await.expect(200)["tags"], json!([]));
    // Nobody has it any more: it may be spelled anew.
    assert_eq!(change(json!({"tags": ["B"]})).await.expect(200)["tags"], json!(["B"]));
    change(json!({"tags": null})).await.refused(422, "INVALID");
    let wrong = change(json!({"tags": ["ok", "a,b"]})).await.refused(422, "INVALID");
    assert_eq!(wrong["errors"][0]["pointer"], "/tags/1");
    let many: Vec<String> = (0..21).map(|n| format!("t{n}")).collect();
    let wrong = change(json!({"tags": many})).await.refused(422, "INVALID");
    assert_eq!(
        (&wrong["errors"][0]["pointer"], &wrong["errors"][0]["code"]),
        (&json!("/tags"), &json!("TOO_MANY"))
    );
    assert_eq!(salon.get(&path).await.expect(200)["tags"], json!(["B"]));
    let told = salon.get("/audit-events").query(&[("subject", "customer")]).await.expect(200);
    let last = told["data"].as_array().unwrap().iter().find(|event| event["after"]["version"] == 5).unwrap();
    assert_eq!((&last["before"]["tags"], &last["after"]["tags"]), (&json!([]), &json!(["B"])));
}

/// As the role that row-level security holds, with many of them.
#[tokio::test]
async fn tags_and_duplicates_are_looked_for_in_an_index() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let fill = format!(
        "INSERT INTO customers (tenant_id, id, name, name_key, email, email_key, phone_e164, locale, created_at, updated_at)
           SELECT t, gen_random_uuid(), 'N' || n, 'n' || n, n || '@example.org', n || '@example.org',
             '+336' || lpad(n::text, 8, '0'), 'fr', '{1}', '{1}'
           FROM generate_series(1, 20000) n, (VALUES ('{0}'::uuid), ((SELECT tenant_id FROM tenants WHERE slug = 'other'))) v (t);
         INSERT INTO customer_tags (tenant_id, customer_id, tag_key, name)
           SELECT tenant_id, id, 'tag ' || (hashtext(name) % 500)::text, 'Tag' FROM customers;
         ANALYZE customers; ANALYZE customer_tags",
        salon.id,
        app.now(),
    );
    app.tenant("other").await;
    app.database.admin().await.batch_execute(&fill).await.unwrap();
    let filter = store::customers::Filter { tag_key: Some("tag 7".to_owned()), ..Default::default() };
    let tenant = app.store.tenant(salon.id);
    let plans: store::Result<Vec<Vec<String>>> = tenant
        .read(async |tx| {
            Ok(vec![
                store::customers::explain_list(tx, &filter, 50).await?,
                store::customers::tags::explain_in_use(tx).await?,
                store::customers::duplicates::explain_shared(tx).await?,
            ])
        })
        .await;
    for plan in plans.unwrap() {
        let plan = plan.join("\n");
        assert!(!plan.contains("Seq Scan"), "{plan}");
    }
}
