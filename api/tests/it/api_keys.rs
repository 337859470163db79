//! Keys of the API: what programs may do with them, and what they may not.

use api::routes::Access;
use chrono::TimeDelta;
use domain::api_key::{Draft, Scope, mint, prefix};
use futures_util::future::join_all;
use serde_json::{Value, json};
use store::audit::By;
use testkit::{Answer, Browser, Salon, TestApp};

use crate::strangers::{name, request};
use crate::things::Things;

/// A key that was made without asking: its id and itself.
pub(crate) async fn planted(salon: &Salon<'_>, scopes: &[Scope]) -> (String, String) {
    let now = salon.app.now();
    let key = mint(salon.id, api::random::bytes());
    let draft = Draft::new("Planted", scopes.iter().copied(), None, now).unwrap();
    let by = By::member(salon.owner, None);
    let plan = "UPDATE tenants SET plan = $2 WHERE tenant_id = $1";
    let admin = salon.app.database.admin().await;
    let before: String = admin
        .query_one("SELECT plan FROM tenants WHERE tenant_id = $1", &[&salon.id.0])
        .await
        .unwrap()
        .get(0);
    admin.execute(plan, &[&salon.id.0, &"enterprise"]).await.unwrap();
    let tenant = salon.app.store.tenant(salon.id);
    let made: store::Result<_> =
        tenant.transaction(async |tx| store::api_keys::add(tx, draft, &key, &by, now).await).await;
    admin.execute(plan, &[&salon.id.0, &before]).await.unwrap();
    (made.unwrap().id.to_string(), key)
}

async fn enterprise(app: &TestApp) -> Salon<'_> {
    let salon = app.tenant("salon").await;
    salon.set_plan("enterprise").await;
    salon
}

async fn make(salon: &Salon<'_>, body: Value) -> Answer {
    let mut whole = json!({"name": "Till", "scopes": ["read"], "current_password": salon.password});
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    salon.post("/api-keys").json(&whole).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn calls(salon: &Salon<'_>) -> i64 {
    salon.app.state.meter.write(&salon.app.store, salon.app.now()).await;
    let plan = salon.get("/plan").await.expect(200);
    let limits = plan["limits"].as_array().unwrap();
    limits.iter().find(|one| one["limit"] == "api_calls_per_month").unwrap()["used"].as_i64().unwrap()
}

#[tokio::test]
async fn a_key_is_told_once_and_opens_what_its_scopes_say() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = enterprise(&app).await;
    let made = make(&salon, json!({"scopes": ["read", "manage_bookings", "read"]})).await.expect(201);
    let (key, id) = (text(&made["key"]), text(&made["api_key"]["id"]));
    assert_eq!(made["api_key"]["scopes"], json!(["read", "manage_bookings"]));
    assert_eq!(made["api_key"]["prefix"], prefix(&key));
    let listed = salon.get("/api-keys").await.expect(200);
    assert_eq!(listed["api_keys"][0]["id"], id);
    assert!(!listed.to_string().contains(&key), "{listed}");

    salon.service(json!({})).await;
    let booking = salon.booking("Ana", "2030-03-05T09:00:00Z");
    let booked = app.post("/bookings").bearer(&key).json(&booking).await.expect(201);
    // It may act on bookings, so it is told what acts on them.
    assert!(booked["manage_url"].is_string());
    app.post("/staff").bearer(&key).json(&json!({"name": "Cleo"})).await.refused(403, "SCOPE_MISSING");
    app.get("/me").bearer(&key).await.refused(403, "PERSON_REQUIRED");
    let history =
        app.get(&format!("/bookings/{}/history", text(&booked["id"]))).bearer(&key).await.expect(200);
    assert_eq!(history["data"][0]["actor"], json!({"kind": "api_key", "name": "Till"}), "{history}");
    let kept = "SELECT actor_kind || ' ' || actor_id FROM audit_events WHERE action = 'booking.create'";
    let actor: String = app.database.admin().await.query_one(kept, &[]).await.unwrap().get(0);
    assert_eq!(actor, format!("api_key {id}"));

    salon.delete(&format!("/api-keys/{id}")).await.expect(204);
    app.get("/bookings").bearer(&key).await.refused(401, "UNAUTHENTICATED");
    salon.delete(&format!("/api-keys/{id}")).await.refused(404, "NOT_FOUND");
    assert_eq!(salon.get("/api-keys").await.expect(200)["api_keys"], json!([]));
}

#[tokio::test]
async fn a_key_takes_the_password_a_plan_and_bounds() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    make(&salon, json!({})).await.refused(402, "PLAN_FEATURE_MISSING");
    salon.set_plan("enterprise").await;
    for (body, pointer) in [
        (json!({"current_password": "another"}), "/current_password"),
        (json!({"name": " "}), "/name"),
        (json!({"scopes": []}), "/scopes"),
        (json!({"expires_at": "2030-03-04T08:59:59Z"}), "/expires_at"),
        (json!({"expires_at": "2045-03-04T08:59:59Z"}), "/expires_at"),
    ] {
        let refused = make(&salon, body).await.refused(422, "INVALID");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    let key = text(&make(&salon, json!({})).await.expect(201)["key"]);
    app.get("/services").bearer(&key).await.expect(200);
    salon.set_plan("pro").await;
    app.get("/services").bearer(&key).await.refused(402, "PLAN_FEATURE_MISSING");
}

#[tokio::test]
async fn a_key_ends_when_it_was_said_and_a_replaced_one_after_its_overlap() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = enterprise(&app).await;
    let made = make(&salon, json!({"expires_at": "2030-03-07T09:00:00Z"})).await.expect(201);
    let (old, id) = (text(&made["key"]), text(&made["api_key"]["id"]));
    app.clock.advance(TimeDelta::minutes(10));
    let rotate = async |id: &str, hours: i64| {
        let body = json!({"overlap_hours": hours, "current_password": salon.password});
        salon.post(&format!("/api-keys/{id}/rotation")).json(&body).await
    };
    rotate(&id, 169).await.refused(422, "INVALID");
    let next = rotate(&id, 2).await.expect(201);
    let key = text(&next["key"]);
    assert_eq!(next["api_key"]["expires_at"], "2030-03-07T09:10:00Z");
    for key in [&old, &key] {
        app.get("/services").bearer(key).await.expect(200);
    }
    app.clock.advance(TimeDelta::hours(2));
    app.get("/services").bearer(&old).await.refused(401, "UNAUTHENTICATED");
    app.get("/services").bearer(&key).await.expect(200);
    app.clock.advance(TimeDelta::days(3));
    app.get("/services").bearer(&key).await.refused(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn every_route_is_closed_to_a_key_without_its_scope() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let things = Things::of(&salon).await;
    salon.set_plan("enterprise").await;
    let mut keys = Vec::new();
    for scope in Scope::ALL {
        keys.push((scope, planted(&salon, &[scope]).await.1));
    }
    for route in api::routes::api() {
        for (scope, key) in &keys {
            let name = format!("{} with {}", name(&route), scope.name());
            match route.access {
                Access::Member(_) => {
                    request(&app, &route, &things).bearer(key).await.refused(403, "PERSON_REQUIRED");
                }
                Access::Caller(permission) if permission == scope.permission() => {
                    // Of things that are not there, so that the next key finds them all.
                    let answer = request(&app, &route, &Things::unknown()).bearer(key).await;
                    assert!(!matches!(answer.status, 401 | 403), "{name}: {}", answer.text);
                    assert!(answer.status < 500, "{name}: {}", answer.text);
                }
                Access::Caller(_) => {
                    request(&app, &route, &things).bearer(key).await.refused(403, "SCOPE_MISSING");
                }
                Access::Anybody | Access::Visitor | Access::Operator => {}
            }
        }
    }
}

#[tokio::test]
async fn a_key_opens_nothing_of_another_tenant() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = enterprise(&app).await;
    let service = salon.service(json!({})).await;
    let other = app.tenant("other").await;
    other.set_plan("enterprise").await;
    let (_, key) = planted(&other, &Scope::ALL).await;
    app.get(&format!("/services/{service}")).bearer(&key).await.refused(404, "NOT_FOUND");
    assert_eq!(app.get("/services").bearer(&key).await.expect(200)["data"], json!([]));
    // The tenant that a key names is part of what is hashed: none can be put in its place.
    let theirs = mint(salon.id, [0; 32]);
    let forged = format!("{}{}", key.split_at(46).0, theirs.split_at(46).1);
    assert_eq!(domain::api_key::tenant_of(&forged), Some(salon.id));
    for key in [forged, theirs, "hk_".to_owned(), "hk_x".to_owned(), format!("{key}A"), key.to_lowercase()] {
        app.get("/services").bearer(&key).await.refused(401, "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn calls_are_counted_and_told_with_when_a_key_was_used() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = enterprise(&app).await;
    let (_, key) = planted(&salon, &[Scope::Read]).await;
    assert_eq!(calls(&salon).await, 0);
    join_all((0..20).map(|_| async { app.get("/services").bearer(&key).await.expect(200) })).await;
    app.post("/staff").bearer(&key).json(&json!({"name": "Cleo"})).await.refused(403, "SCOPE_MISSING");
    assert_eq!(calls(&salon).await, 21);
    assert_eq!(calls(&salon).await, 21, "written once");
    let used = &salon.get("/api-keys").await.expect(200)["api_keys"][0]["last_used_at"];
    assert_eq!(used, "2030-03-04T09:00:00Z");
    // What is over the plan's is paid for, not refused, and the owner is warned.
    let usage = "UPDATE usage SET used = 79999 WHERE \"limit\" = 'api_calls_per_month'";
    app.database.admin().await.execute(usage, &[]).await.unwrap();
    for _ in 0..2 {
        app.get("/services").bearer(&key).await.expect(200);
    }
    assert_eq!(calls(&salon).await, 80_001);
    app.run_jobs().await;
    let told = app.mails().await.into_iter().filter(|mail| mail.subject.contains("API")).count();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn the_page_shows_a_key_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut owner = Browser::of(&salon).await;
    let page = owner.open("/app/settings/api-keys").await;
    assert!(page.text.contains("Enterprise") && !page.text.contains("name=\"scopes\""), "{}", page.text);
    salon.set_plan("enterprise").await;
    owner.open("/app/settings/api-keys").await;
    let form = [("name", "Website"), ("scopes", "read"), ("scopes", "manage_bookings"), ("days", "30")];
    let refused = owner.submit("/app/settings/api-keys", &form).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("value=\"Website\""), "{}", refused.text);
    let password = [("current_password", salon.password.as_str())];
    let form: Vec<_> = form.into_iter().chain(password).collect();
    let made = owner.submit("/app/settings/api-keys", &form).await;
    let key = shown(&made.text);
    app.get("/bookings").bearer(&key).await.expect(200);
    let page = owner.open("/app/settings/api-keys").await;
    assert!(page.text.contains(prefix(&key)) && !page.text.contains(&key), "{}", page.text);

    let id = text(&salon.get("/api-keys").await.expect(200)["api_keys"][0]["id"]);
    let rotated = owner.submit(&format!("/app/settings/api-keys/{id}/rotation"), &password).await;
    assert_ne!(shown(&rotated.text), key);
    owner.open("/app/settings/api-keys").await;
    owner.submit(&format!("/app/settings/api-keys/{id}/revocation"), &[]).await;
    app.get("/bookings").bearer(&key).await.refused(401, "UNAUTHENTICATED");
}

/// The key that a page shows, as what is copied.
fn shown(page: &str) -> String {
    let (_, rest) = page.split_once("data-copy=\"").unwrap_or_else(|| panic!("no key in {page}"));
    rest.split_at(67).0.to_owned()
}
