//! What is promised in writing: the OpenAPI document, its page, the reserved names, what the public may see.

use std::collections::BTreeSet;

use domain::slug::RESERVED;
use serde_json::{Value, json};
use testkit::TestApp;

#[tokio::test]
async fn the_document_has_every_route_and_every_schema_it_speaks_of() {
    let app = TestApp::start().await;
    let document = app.get("/openapi.json").await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    let mut written = 0;
    for route in api::routes::api() {
        let name = format!("{} {}", route.method, route.path);
        let method = route.method.as_str().to_lowercase();
        let operation = &document["paths"][route.path][method.as_str()];
        assert!(operation.is_object(), "{name} is missing");
        assert!(
            operation["responses"][route.status.to_string()].is_object(),
            "{name} promises another status"
        );
        assert_eq!(operation["requestBody"].is_object(), route.takes.is_some() || route.takes_file, "{name}");
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
            "{name} has no id of its own"
        );
        let none = Vec::new();
        let parameters = operation["parameters"].as_array().unwrap_or(&none);
        for part in route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let is_it = |parameter: &&Value| parameter["name"] == part && parameter["in"] == "path";
            assert_eq!(parameters.iter().filter(is_it).count(), 1, "{name}: {part}");
        }
        written += 1;
    }
    let operations = |path: &Value| path.as_object().unwrap().len();
    assert_eq!(document["paths"].as_object().unwrap().values().map(operations).sum::<usize>(), written);
    let mut references = Vec::new();
    find_references(&document, &mut references);
    assert!(references.len() > 50);
    references.retain(|reference| {
        let pointer = reference.strip_prefix('#').expect("every schema is in the document");
        document.pointer(pointer).is_none()
    });
    assert_eq!(references, Vec::<String>::new(), "they lead nowhere");
}

fn find_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(reference) if name == "$ref" => found.push(reference.to_owned()),
                    _ => find_references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| find_references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_page_of_the_document_lists_every_route_and_code() {
    let app = TestApp::start().await;
    let page = app.request("GET", "/api/docs").await;
    assert_eq!(page.status, 200);
    let text = page.text.replace("&#x2F;", "/").replace("&#39;", "'").replace("&#x27;", "'");
    for route in api::routes::api() {
        let is_told = text.contains(route.path) && text.contains(route.about);
        // Those of operators stand in the document alone.
        assert_eq!(is_told, route.access != api::routes::Access::Operator, "{}", route.path);
    }
    for code in domain::rejection::Code::ALL {
        assert!(text.contains(code.text()), "{} is missing", code.text());
    }
}

/// The router takes names before a tenant's: a tenant of that name could not be reached.
#[test]
fn no_tenant_can_take_a_name_that_we_use() {
    let mut ours: BTreeSet<String> = BTreeSet::from(["api".to_owned()]);
    let first = |path: &str| path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
    ours.extend(api::routes::root().iter().map(|route| first(route.path)));
    ours.extend(api::pages::table::pages().iter().map(|page| first(page.path)));
    assert!(ours.len() > 6, "{ours:?}");
    for name in ours.iter().filter(|name| !name.is_empty() && !name.starts_with('{')) {
        let name = name.split('.').next().unwrap();
        assert!(RESERVED.contains(&name), "{name} is not reserved");
    }
}

/// Every path of keys in a value.
fn keys(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = format!("{at}.{name}");
                found.insert(path.clone());
                keys(value, &path, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, &format!("{at}[]"), found)),
        _ => {}
    }
}

/// A field that is not in this snapshot was not meant for everybody.
#[tokio::test]
async fn what_the_public_sees_is_this_and_no_more() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = json!({"name": "Bea", "email": "bea@private.example", "max_daily_bookings": 7});
    salon.post("/staff").json(&staff).await.expect(201);
    let id = salon.service(json!({"buffer_after_minutes": 15, "min_notice_minutes": 30})).await;
    let mut body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    body["customer"]["phone"] = json!("+33612345678");
    body["note"] = json!("allergic to nuts");
    let booked = salon.public("POST", "/bookings").json(&body).await;
    let code = booked.body["public_code"].as_str().unwrap().to_owned();
    salon.book("Bob", "2030-03-05T09:00:00Z").await.expect(201);
    let (service, lookup) =
        (("service_id", id.as_str()), json!({"code": code, "email": "ana@customer.example"}));
    let answers = [
        ("services", salon.public("GET", "/services").await),
        ("staff", salon.public("GET", "/staff").query(&[service]).await),
        (
            "availability",
            salon.public("GET", "/availability").query(&[service, ("date", "2030-03-05")]).await,
        ),
        (
            "availability/days",
            salon
                .public("GET", "/availability/days")
                .query(&[service, ("from", "2030-03-05"), ("to", "2030-03-06")])
                .await,
        ),
        ("availability/next", salon.public("GET", "/availability/next").query(&[service]).await),
        ("slot unavailable", salon.book("Cleo", "2030-03-05T09:00:00Z").await),
        ("booking", booked),
        ("lookup", salon.public("POST", "/bookings/lookup").json(&lookup).await),
    ];
    let mut text = String::new();
    for (name, answer) in answers {
        for private in ["bea@private", "owner@", "ana@", "bob@", "Ana", "Bob", "+336", "allergic", "customer"]
        {
            assert!(!answer.text.contains(private), "{name} tells {private}: {}", answer.text);
        }
        let mut found = BTreeSet::new();
        keys(&answer.body, "", &mut found);
        text.extend([format!("{name} {}\n", answer.status)]);
        text.extend(found.iter().map(|key| format!("  {key}\n")));
    }
    insta::assert_snapshot!(text);
}
