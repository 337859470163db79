//! Services, staff and the profile: made, changed, archived.

use serde_json::{Value, json};
use testkit::TestApp;

#[tokio::test]
async fn a_service_has_its_defaults_and_keeps_what_is_not_changed() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let body =
        json!({"name": "  Cut  ", "duration_minutes": 45, "price_cents": 4_800, "description": "Wash, cut"});
    let made = salon.post("/services").json(&body).await.expect(201);
    insta::assert_json_snapshot!("service", made, {".id" => "[id]"});
    let path = format!("/services/{}", made["id"].as_str().unwrap());
    assert_eq!(salon.get(&path).await.expect(200), made);
    // RFC 7396: absent stays, null goes.
    let changed = salon.patch(&path).json(&json!({"price_cents": 5_000})).await.expect(200);
    assert_eq!((&changed["price_cents"], &changed["description"]), (&json!(5_000), &json!("Wash, cut")));
    let cleared =
        salon.patch(&path).json(&json!({"description": null, "slot_step_minutes": 15})).await.expect(200);
    assert_eq!((&cleared["description"], &cleared["slot_step_minutes"]), (&Value::Null, &json!(15)));
    let cleared = salon.patch(&path).json(&json!({"slot_step_minutes": null})).await.expect(200);
    assert_eq!((&cleared["slot_step_minutes"], &cleared["version"]), (&Value::Null, &json!(4)));
}

#[tokio::test]
async fn a_change_to_an_old_version_is_refused() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let paths = [
        format!("/services/{}", salon.service(json!({})).await),
        format!("/staff/{}", salon.staff("Bea").await),
        "/tenant".to_owned(),
    ];
    for path in paths {
        let read = salon.get(&path).await;
        assert_eq!(read.header("etag"), "\"1\"");
        let change = async |tag: &str, name: &str| {
            salon.patch(&path).header("if-match", tag).json(&json!({"name": name})).await
        };
        let first = change("\"1\"", "First").await;
        assert_eq!((first.status, first.header("etag")), (200, "\"2\""));
        for tag in ["\"1\"", "\"3\"", "1", "W/\"2\"", "\"x\"", ""] {
            change(tag, "Second").await.refused(412, "VERSION_MISMATCH");
        }
        assert_eq!(change("*", "Third").await.expect(200)["name"], "Third");
        assert_eq!(salon.get(&path).await.expect(200)["version"], 3);
    }
}

#[tokio::test]
async fn an_archived_service_is_gone_and_its_bookings_stand() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({})).await;
    let booked = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let path = format!("/services/{id}");
    let gone = salon.delete(&path).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    salon.get(&path).await.refused(404, "NOT_FOUND");
    salon.patch(&path).json(&json!({})).await.refused(404, "NOT_FOUND");
    salon.delete(&path).await.refused(404, "NOT_FOUND");
    assert_eq!(salon.get("/services").await.expect(200)["data"], json!([]));
    assert_eq!(salon.public("GET", "/services").await.expect(200)["data"], json!([]));
    salon.book("Bob", "2030-03-05T10:00:00Z").await.refused(404, "NOT_FOUND");
    let lookup = json!({"code": booked["public_code"], "email": "ana@customer.example"});
    let found = salon.public("POST", "/bookings/lookup").json(&lookup).await.expect(200);
    assert_eq!((&found["status"], &found["service"]["name"]), (&json!("confirmed"), &json!("Haircut")));
}

#[tokio::test]
async fn an_inactive_service_is_the_members_alone() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({"is_active": false})).await;
    assert_eq!(salon.get("/services").await.expect(200)["data"][0]["id"], id.as_str());
    assert_eq!(salon.public("GET", "/services").await.expect(200)["data"], json!([]));
    salon.book("Ana", "2030-03-05T09:00:00Z").await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn whoever_is_archived_is_booked_no_more_and_the_last_one_stays() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let owner = salon.first_staff().await;
    let last = salon.delete(&format!("/staff/{owner}")).await;
    last.refused(409, "LAST_STAFF_MEMBER");
    let bea = salon.staff("Bea").await;
    let mut body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    body["staff_id"] = json!(bea);
    salon.public("POST", "/bookings").json(&body).await.expect(201);
    salon.delete(&format!("/staff/{bea}")).await.expect(204);
    body["start"] = json!("2030-03-05T10:00:00Z");
    salon.public("POST", "/bookings").json(&body).await.refused(404, "NOT_FOUND");
    let slots = salon.availability("2030-03-05").await;
    assert!(!slots.to_string().contains(&bea));
    assert_eq!(salon.get("/bookings").await.expect(200)["data"][0]["staff"]["name"], "Bea");
}

#[tokio::test]
async fn a_service_with_named_staff_is_theirs_alone() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (owner, bea) = (salon.first_staff().await, salon.staff("Bea").await);
    let id = salon.service(json!({"staff_ids": [bea]})).await;
    let staff = salon.public("GET", "/staff").query(&[("service_id", id.as_str())]).await.expect(200);
    assert_eq!(staff["data"], json!([{"id": bea, "name": "Bea"}]));
    let mut body = salon.booking("Ana", "2030-03-05T09:00:00Z");
    body["staff_id"] = json!(owner);
    salon.public("POST", "/bookings").json(&body).await.refused(404, "NOT_FOUND");
    let everybody = salon.patch(&format!("/services/{id}")).json(&json!({"staff_ids": []})).await.expect(200);
    assert_eq!(everybody["staff_ids"], json!([]));
    salon.public("POST", "/bookings").json(&body).await.expect(201);
}

#[tokio::test]
async fn a_deposit_needs_a_plan_that_has_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let body = json!({"name": "Cut", "duration_minutes": 60, "price_cents": 4_801, "deposit_rate": 0.3});
    let problem = salon.post("/services").json(&body).await.refused(402, "PLAN_FEATURE_MISSING");
    assert_eq!((&problem["feature"], &problem["lifted_by"]), (&json!("deposits"), &json!("pro")));
    salon.set_plan("pro").await;
    salon.service(body).await;
    let booked = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    assert_eq!(
        (&booked["deposit"]["amount_cents"], &booked["deposit"]["status"]),
        (&json!(1_440), &json!("due"))
    );
    // Who has it no longer asks for none.
    salon.set_plan("free").await;
    let booked = salon.book("Bob", "2030-03-05T11:00:00Z").await.expect(201);
    assert_eq!((&booked["deposit"]["status"], &booked["status"]), (&json!("none"), &json!("confirmed")));
}

#[tokio::test]
async fn a_profile_is_changed_and_checked() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let change = json!({
        "name": "Chez Olga", "phone": "06 12 34 56 78", "address": "1 rue X", "accent_color": "#AA00ff",
        "contact_email": "hello@salon.example", "locale": "fr",
    });
    let tenant = salon.patch("/tenant").json(&change).await.expect(200);
    assert_eq!((&tenant["phone"], &tenant["accent_color"]), (&json!("+33612345678"), &json!("#aa00ff")));
    let cleared = salon.patch("/tenant").json(&json!({"phone": null, "address": null})).await.expect(200);
    assert_eq!(
        (&cleared["phone"], &cleared["address"], &cleared["name"]),
        (&Value::Null, &Value::Null, &json!("Chez Olga"))
    );
    let change = json!({
        "about": "  Coupes et couleurs.\nSur rendez-vous. ", "city": "Paris", "website_url": "Olga.example",
        "instagram_url": "@chez.olga", "legal_name": "Olga SARL", "legal_form": "SARL au capital de 5 000 €",
        "publisher": "Olga Owner", "siret": "732 829 320 00074", "vat_id": "fr 44 732829320",
    });
    let tenant = salon.patch("/tenant").json(&change).await.expect(200);
    for (field, value) in [
        ("about", "Coupes et couleurs.\nSur rendez-vous."),
        ("website_url", "https://olga.example"),
        ("instagram_url", "https://www.instagram.com/chez.olga/"),
        ("siret", "73282932000074"),
        ("vat_id", "FR44732829320"),
        ("publisher", "Olga Owner"),
    ] {
        assert_eq!(tenant[field], value);
    }
    assert_eq!(salon.get("/tenant").await.expect(200), tenant);
    for (field, value) in [
        ("about", "x\u{202e}y"),
        ("city", ""),
        ("website_url", "javascript:alert(1)"),
        ("instagram_url", "https://example.org/x"),
        ("siret", "73282932000075"),
        ("vat_id", "FR"),
        ("phone", "12"),
        ("accent_color", "red"),
        ("contact_email", "x"),
        ("timezone", "Paris"),
        ("name", ""),
    ] {
        let problem = salon.patch("/tenant").json(&json!({field: value})).await.refused(422, "INVALID");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"), "{problem}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_told_by_its_place() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(256))),
        ("duration_minutes", json!(4)),
        ("duration_minutes", json!(1_441)),
        ("buffer_before_minutes", json!(-1)),
        ("price_cents", json!(-1)),
        ("price_cents", json!(1.5)),
        ("deposit_rate", json!(1.1)),
        ("horizon_days", json!(731)),
        ("slot_step_minutes", json!(0)),
        ("description", json!("x".repeat(2_001))),
        ("staff_ids", json!(["x"])),
    ] {
        let mut body = json!({"name": "Cut", "duration_minutes": 60, "price_cents": 0});
        body[field] = value.clone();
        let problem = salon.post("/services").json(&body).await.refused(422, "INVALID");
        let pointer = problem["errors"][0]["pointer"].as_str().unwrap();
        assert!(pointer.starts_with(&format!("/{field}")), "{field} {value}: {problem}");
    }
}
