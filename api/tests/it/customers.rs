//! Customers: written down, found, changed, and never two for one address.

use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Salon, TestApp};

async fn add(salon: &Salon<'_>, name: &str, email: &str) -> Value {
    salon.post("/customers").json(&json!({"name": name, "email": email})).await.expect(201)
}

async fn names(salon: &Salon<'_>, q: &str) -> Vec<String> {
    let found = salon.get("/customers").query(&[("q", q)]).await.expect(200);
    let name = |customer: &Value| customer["name"].as_str().unwrap().to_owned();
    found["data"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_customer_is_written_down_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let body = json!({
        "name": "Zoé Lefèvre", "email": "Zoe@example.org", "phone": "06 12 34 56 78", "locale": "fr",
        "note": "Comes with a dog.",
    });
    let made = salon.post("/customers").json(&body).await.expect(201);
    assert_eq!(
        (&made["phone"], &made["locale"], &made["version"]),
        (&json!("+33612345678"), &json!("fr"), &json!(1))
    );
    salon
        .post("/customers")
        .json(&json!({"name": "Z", "email": "zoe@EXAMPLE.org"}))
        .await
        .refused(409, "CUSTOMER_EXISTS");
    let wrong = salon.post("/customers").json(&json!({"name": " ", "email": "x", "phone": "1"})).await;
    assert_eq!(wrong.refused(422, "INVALID")["errors"].as_array().unwrap().len(), 3);
    let path = format!("/customers/{}", made["id"].as_str().unwrap());
    assert_eq!(salon.get(&path).await.expect(200), made);
    // Who books by that address is this customer, and changes nothing of them.
    salon.service(json!({})).await;
    let mut booking = salon.booking("Somebody", "2030-03-05T09:00:00Z");
    booking["customer"]["email"] = json!("ZOE@example.org");
    salon.public("POST", "/bookings").json(&booking).await.expect(201);
    assert_eq!(salon.get(&path).await.expect(200), made);
    let booked =
        salon.get("/bookings").query(&[("customer_id", made["id"].as_str().unwrap())]).await.expect(200);
    assert_eq!(booked["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_profile_changes_and_is_found_by_what_it_says_now() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let made = add(&salon, "Zoé Lefèvre", "zoe@example.org").await;
    add(&salon, "Ana Martin", "ana@example.org").await;
    let path = format!("/customers/{}", made["id"].as_str().unwrap());
    let change = json!({"name": "Zoé Durand", "email": "durand@example.org", "note": "Married."});
    let changed = salon.patch(&path).header("if-match", "\"1\"").json(&change).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.expect(200)["name"], "Zoé Durand");
    assert_eq!(names(&salon, "lefevre").await, Vec::<String>::new());
    assert_eq!(names(&salon, "dur").await, ["Zoé Durand"]);
    salon.patch(&path).header("if-match", "\"1\"").json(&change).await.refused(412, "VERSION_MISMATCH");
    salon.patch(&path).json(&json!({"email": "ana@example.org"})).await.refused(409, "CUSTOMER_EXISTS");
    salon.patch(&path).json(&json!({"name": null})).await.refused(422, "INVALID");
    assert_eq!(salon.patch(&path).json(&json!({"note": null})).await.expect(200)["note"], Value::Null);
    let viewer = salon.member(Role::Viewer).await;
    app.patch(&path).bearer(&viewer).json(&json!({"name": "X"})).await.refused(403, "FORBIDDEN");
    app.get(&path).bearer(&viewer).await.expect(200);
}

#[tokio::test]
async fn the_list_goes_by_name_page_after_page() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for name in ["Émile", "Zoé", "ana", "Bob", "Élodie", "Œdipe", "Ana"] {
        let email = format!("{}{}@example.org", name.len(), domain::text::words(name).join(""));
        let unique = if name == "Ana" { "second@example.org".to_owned() } else { email };
        add(&salon, name, &unique).await;
    }
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut query = vec![("limit", "2")];
        if let Some(cursor) = &cursor {
            query.push(("cursor", cursor));
        }
        let page = salon.get("/customers").query(&query).await.expect(200);
        seen.extend(
            page["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_lowercase()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(seen, ["ana", "ana", "bob", "élodie", "émile", "œdipe", "zoé"]);
    salon.get("/customers").query(&[("cursor", "AAAA")]).await.refused(400, "MALFORMED_CURSOR");
}
