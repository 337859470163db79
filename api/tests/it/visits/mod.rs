//! Several services in one visit.

mod booking;
mod changing;

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{Answer, Salon, TestApp};

const TEN: &str = "2030-03-05T10:00:00Z";
const DAY: &str = "2030-03-05";

/// A salon in UTC, open from eight to six, that cuts in an hour and colours in half an hour.
struct Visits<'a> {
    salon: Salon<'a>,
    cut: String,
    colour: String,
}

impl<'a> Visits<'a> {
    async fn open(app: &'a TestApp, cut: Value, colour: Value) -> Self {
        let salon = app.tenant_in("salon", "UTC").await;
        salon.set_plan("pro").await;
        let with = |mut fields: Value, name: &str, minutes: i64, cents: i64| {
            for (key, value) in [
                ("name", json!(name)),
                ("duration_minutes", json!(minutes)),
                ("price_cents", json!(cents)),
                ("slot_step_minutes", json!(30)),
            ] {
                if fields[key].is_null() {
                    fields[key] = value;
                }
            }
            fields
        };
        let cut = salon.service(with(cut, "Cut", 60, 4_000)).await;
        let colour = salon.service(with(colour, "Colour", 30, 2_500)).await;
        Self { salon, cut, colour }
    }

    fn body(&self, name: &str, start: &str) -> Value {
        let email = format!("{}@customer.example", name.to_lowercase());
        json!({
            "service_id": self.cut, "start": start, "customer": {"name": name, "email": email},
            "then": [{"service_id": self.colour}],
        })
    }

    async fn book(&self, name: &str, start: &str) -> Answer {
        self.salon.public("POST", "/bookings").json(&self.body(name, start)).await
    }

    async fn starts(&self, then: &str) -> Vec<String> {
        let query = [("service_id", self.cut.as_str()), ("date", DAY), ("then", then)];
        let day = self.salon.public("GET", "/availability").query(&query).await.expect(200);
        let slots = day["slots"].as_array().unwrap();
        slots.iter().map(|slot| clock(&slot["start"])).collect()
    }

    /// The services of a customer's bookings as they stand, with their status.
    async fn all(&self, name: &str) -> Vec<Value> {
        let found = self.salon.get("/bookings").query(&[("q", name)]).await.expect(200);
        found["data"].as_array().unwrap().clone()
    }

    async fn statuses(&self, name: &str) -> Vec<String> {
        let all = self.all(name).await;
        all.iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect()
    }

    async fn used(&self) -> u64 {
        let plan = self.salon.get("/plan").await.expect(200);
        let limits = plan["limits"].as_array().unwrap();
        let limit = limits.iter().find(|one| one["limit"] == "bookings_per_month").unwrap();
        limit["used"].as_u64().unwrap()
    }

    async fn wait(&mut self, app: &TestApp, minutes: i64) {
        app.clock.advance(TimeDelta::minutes(minutes));
        let body = json!({"email": self.salon.email, "password": self.salon.password});
        let signed_in = app.post("/auth/login").json(&body).await.expect(200);
        self.salon.token = signed_in["access_token"].as_str().unwrap().to_owned();
    }

    async fn by_customer(&self, booked: &Value, name: &str, action: &str, mut body: Value) -> Answer {
        body["email"] = json!(format!("{}@customer.example", name.to_lowercase()));
        let code = booked["public_code"].as_str().unwrap();
        self.salon.public("POST", &format!("/bookings/{code}/{action}")).json(&body).await
    }
}

/// What a clock shows then, in UTC.
fn clock(start: &Value) -> String {
    start.as_str().unwrap().get(11..16).unwrap().to_owned()
}

fn times(booked: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let services = booked["services"].as_array().unwrap();
    services
        .iter()
        .map(|one| (text(&one["service"]["name"]), clock(&one["start"]), clock(&one["end"])))
        .collect()
}

fn said(service: &str, start: &str, end: &str) -> (String, String, String) {
    (service.to_owned(), start.to_owned(), end.to_owned())
}
