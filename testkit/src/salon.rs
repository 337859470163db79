//! A tenant that signed up, with its owner signed in.

use std::sync::Mutex;

use domain::access::Role;
use domain::id::{SessionId, TenantId, UserId};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::request::{Answer, Request};

/// A tenant and its owner. Requests of its methods carry the owner's token.
pub struct Salon<'a> {
    pub app: &'a TestApp,
    pub slug: String,
    pub id: TenantId,
    pub owner: UserId,
    pub email: String,
    pub password: String,
    pub token: String,
    pub refresh_token: String,
    /// The service that `book` books: the last one added.
    service: Mutex<Option<String>>,
}

impl<'a> Salon<'a> {
    pub(crate) fn new(app: &'a TestApp, slug: &str, signed_in: &Value) -> Self {
        let text = |pointer: &str| signed_in.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
        Self {
            app,
            slug: slug.to_owned(),
            id: text("/tenant/id").parse().unwrap(),
            owner: text("/user/id").parse().unwrap(),
            email: text("/user/email"),
            password: format!("the secret of {slug}"),
            token: text("/access_token"),
            refresh_token: text("/refresh_token"),
            service: Mutex::new(None),
        }
    }

    pub fn api(&self, method: &str, path: &str) -> Request {
        self.app.api(method, path).bearer(&self.token)
    }

    pub fn get(&self, path: &str) -> Request {
        self.api("GET", path)
    }

    pub fn post(&self, path: &str) -> Request {
        self.api("POST", path)
    }

    pub fn put(&self, path: &str) -> Request {
        self.api("PUT", path)
    }

    pub fn patch(&self, path: &str) -> Request {
        self.api("PATCH", path)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.api("DELETE", path)
    }

    /// A visitor's request to an address below `/public/{slug}`.
    pub fn public(&self, method: &str, path: &str) -> Request {
        self.app.api(method, &format!("/public/{}{path}", self.slug))
    }

    /// Adds a service: an hour for 48.00, but for what `fields` say. Answers its id.
    pub async fn service(&self, fields: Value) -> String {
        let mut body = json!({"name": "Haircut", "duration_minutes": 60, "price_cents": 4_800});
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        let id = id_of(&self.post("/services").json(&body).await.expect(201));
        *self.service.lock().unwrap() = Some(id.clone());
        id
    }

    /// Adds a staff member. Answers their id.
    pub async fn staff(&self, name: &str) -> String {
        id_of(&self.post("/staff").json(&json!({"name": name})).await.expect(201))
    }

    /// Adds a room. Answers its id.
    pub async fn room(&self, name: &str) -> String {
        id_of(&self.post("/rooms").json(&json!({"name": name})).await.expect(201))
    }

    /// The staff member that sign-up made for the owner.
    pub async fn first_staff(&self) -> String {
        id_of(&self.get("/staff").await.expect(200)["data"][0])
    }

    /// Adds a customer `{name}@customer.example`, lower case. Answers their id.
    pub async fn customer(&self, name: &str) -> String {
        let body = json!({"name": name, "email": format!("{}@customer.example", name.to_lowercase())});
        id_of(&self.post("/customers").json(&body).await.expect(201))
    }

    /// What books the service that was added last, for a customer `{name}@customer.example`, lower case.
    pub fn booking(&self, name: &str, start: &str) -> Value {
        let service = self.service.lock().unwrap().clone().expect("add a service first");
        let email = format!("{}@customer.example", name.to_lowercase());
        json!({"service_id": service, "start": start, "customer": {"name": name, "email": email}})
    }

    /// Books as a customer.
    pub async fn book(&self, name: &str, start: &str) -> Answer {
        self.public("POST", "/bookings").json(&self.booking(name, start)).await
    }

    /// The slots of a date for the service that was added last.
    pub async fn availability(&self, date: &str) -> Value {
        let service = self.service.lock().unwrap().clone().expect("add a service first");
        let query = [("service_id", service.as_str()), ("date", date)];
        self.public("GET", "/availability").query(&query).await.expect(200)
    }

    /// The starts of a date's slots.
    pub async fn starts(&self, date: &str) -> Vec<String> {
        let day = self.availability(date).await;
        let slots = day["slots"].as_array().unwrap();
        slots.iter().map(|slot| slot["start"].as_str().unwrap().to_owned()).collect()
    }

    /// What its owner would have to pay for.
    pub async fn set_plan(&self, plan: &str) {
        let admin = self.app.database.admin().await;
        let sql = "UPDATE tenants SET plan = $2 WHERE tenant_id = $1";
        assert_eq!(admin.execute(sql, &[&self.id.0, &plan]).await.unwrap(), 1);
    }

    /// Signs in somebody new who is a member with this role. Answers their access token.
    pub async fn member(&self, role: Role) -> String {
        let now = self.app.now();
        let (user, session) = (UserId::mint(now), SessionId::mint(now));
        let email = format!("{user}@{}.example", self.slug);
        let sql = format!(
            "INSERT INTO users (id, email, email_key, full_name, locale, created_at, updated_at)
               VALUES ('{user}', '{email}', '{email}', 'Mia Member', 'en', '{now}', '{now}');
             INSERT INTO memberships (tenant_id, user_id, role, created_at)
               VALUES ('{tenant}', '{user}', '{role}', '{now}');
             INSERT INTO sessions (id, user_id, tenant_id, created_at, last_seen_at, expires_at)
               VALUES ('{session}', '{user}', '{tenant}', '{now}', '{now}', '{now}'::timestamptz + interval '30 days')",
            tenant = self.id,
            role = role.name(),
        );
        self.app.database.admin().await.batch_execute(&sql).await.unwrap();
        self.app.state.tokens.sign(user, session, self.id, now)
    }
}

fn id_of(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}
