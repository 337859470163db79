//! One thing of each kind that a tenant has, for tests of every route.

use domain::api_key::Scope;
use serde_json::{Value, json};
use testkit::Salon;

/// A file with a customer.
pub(crate) const TABLE: &str = "name,email\nCleo,cleo@example.org\n";

/// One thing of each kind that a tenant has.
pub(crate) struct Things {
    pub(crate) service: String,
    pub(crate) staff: String,
    pub(crate) closure: String,
    pub(crate) opening: String,
    pub(crate) booking: String,
    pub(crate) code: String,
    pub(crate) customer: String,
    pub(crate) room: String,
    pub(crate) import: String,
    pub(crate) event: String,
    pub(crate) waiting: String,
    pub(crate) series: String,
    pub(crate) file: String,
    pub(crate) question: String,
    pub(crate) session: String,
    pub(crate) passkey: String,
    pub(crate) tenant: String,
    pub(crate) member: String,
    pub(crate) invitation: String,
    pub(crate) key: String,
}

impl Things {
    pub(crate) async fn of(salon: &Salon<'_>) -> Self {
        let staff = salon.staff("Bea").await;
        let room = salon.room("Cabin").await;
        let service = salon.service(json!({"staff_ids": [staff], "room_ids": [room]})).await;
        let id = |body: Value| body["id"].as_str().unwrap().to_owned();
        let closure = json!({"starts_on": "2030-08-01", "ends_on": "2030-08-02", "staff_id": staff});
        let opening = json!({"date": "2030-04-06", "start": "09:00", "end": "12:00", "staff_id": staff});
        let closure = id(salon.post("/closures").json(&closure).await.expect(201));
        let opening = id(salon.post("/openings").json(&opening).await.expect(201));
        let rules = json!({"rules": [{"weekday": 2, "start": "08:00", "end": "18:00"}]});
        salon.put("/opening-rules").query(&[("staff_id", &staff)]).json(&rules).await.expect(200);
        let code = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201)["public_code"].clone();
        let listed = salon.get("/bookings").await.expect(200)["data"][0].clone();
        let (booking, customer) = (listed["id"].clone(), listed["customer"]["id"].clone());
        let import = salon.post("/customers/imports").file("text/csv", TABLE).await.expect(201)["id"].clone();
        let event = json!({"staff_id": staff, "title": "Dentist", "start": "2030-03-06T09:00", "end": "2030-03-06T10:00"});
        let event = id(salon.post("/events").json(&event).await.expect(201));
        let waiting = json!({
            "service_id": service, "staff_id": staff, "from": "2030-03-05", "to": "2030-03-06",
            "customer": {"name": "Ana", "email": "ana@customer.example"},
        });
        let waiting = id(salon.post("/waitlist").json(&waiting).await.expect(201));
        let mut first = salon.booking("Ana", "2030-03-12T09:00:00Z");
        first["staff_id"] = json!(staff);
        let series = json!({"booking": first, "recurrence": "FREQ=WEEKLY;COUNT=2"});
        let series = id(salon.post("/series").json(&series).await.expect(201));
        let text = |value: Value| value.as_str().unwrap().to_owned();
        let (question, file) = answered(salon, &service).await;
        Self {
            session: another_session(salon).await,
            passkey: passkey(salon).await,
            member: salon.owner.to_string(),
            invitation: invitation(salon).await,
            key: crate::api_keys::planted(salon, &[Scope::Read]).await.0,
            tenant: salon.id.to_string(),
            question,
            file,
            service,
            staff,
            closure,
            opening,
            booking: text(booking),
            code: text(code),
            customer: text(customer),
            room,
            import: text(import),
            event,
            waiting,
            series,
        }
    }

    /// None of these exists.
    pub(crate) fn unknown() -> Self {
        let id = || "019c0000-0000-7000-8000-000000000000".to_owned();
        Self {
            service: id(),
            staff: id(),
            closure: id(),
            opening: id(),
            booking: id(),
            code: "ZZ-ZZZZZZ".to_owned(),
            customer: id(),
            room: id(),
            import: id(),
            event: id(),
            waiting: id(),
            series: id(),
            file: id(),
            question: id(),
            session: id(),
            passkey: id(),
            tenant: id(),
            member: id(),
            invitation: id(),
            key: id(),
        }
    }

    pub(crate) fn all(&self) -> [&str; 20] {
        let Self {
            service,
            staff,
            closure,
            opening,
            booking,
            code,
            customer,
            room,
            import,
            event,
            waiting,
            series,
            file,
            question,
            session,
            passkey,
            tenant,
            member,
            invitation,
            key,
        } = self;
        [
            service, staff, closure, opening, booking, code, customer, room, import, event, waiting, series,
            file, question, session, passkey, tenant, member, invitation, key,
        ]
    }

    pub(crate) fn id_in(&self, path: &str) -> &str {
        match path.split('/').nth(1) {
            Some("services") => &self.service,
            Some("staff") => &self.staff,
            Some("closures") => &self.closure,
            Some("openings") => &self.opening,
            Some("bookings") => &self.booking,
            Some("customers") if path.starts_with("/customers/imports/") => &self.import,
            Some("customers") => &self.customer,
            Some("rooms") => &self.room,
            Some("events") => &self.event,
            Some("waitlist") => &self.waiting,
            Some("series") => &self.series,
            Some("intake-files") => &self.file,
            Some("me") if path.starts_with("/me/sessions/") => &self.session,
            Some("me") if path.starts_with("/me/passkeys/") => &self.passkey,
            Some("me") => &self.tenant,
            Some("account") if path.starts_with("/account/passkeys/") => &self.passkey,
            // Of an identity: there is none.
            Some("account") => &self.session,
            Some("members") => &self.member,
            Some("invitations") => &self.invitation,
            Some("api-keys") => &self.key,
            _ => panic!("whose id is it in {path}?"),
        }
    }
}

/// An invitation that waits, whatever the plan.
async fn invitation(salon: &Salon<'_>) -> String {
    let id = domain::id::InvitationId::mint(salon.app.now());
    let sql =
        "INSERT INTO invitations (tenant_id, id, email, email_key, role, created_at, created_by, expires_at)
        VALUES ($1, $2, 'vic@example.org', 'vic@example.org', 'staff', now(), $3, '2031-01-01')";
    let admin = salon.app.database.admin().await;
    admin.execute(sql, &[&salon.id.0, &id.0, &salon.owner.0]).await.unwrap();
    id.to_string()
}

/// A passkey of the owner's, that nothing could have signed with.
async fn passkey(salon: &Salon<'_>) -> String {
    let id = domain::id::PasskeyId::mint(salon.app.now());
    let sql = "INSERT INTO passkeys (user_id, id, name, credential_id, credential, created_at)
        VALUES ($1, $2, 'Phone', $3, '{}', now())";
    let admin = salon.app.database.admin().await;
    admin.execute(sql, &[&salon.owner.0, &id.0, &id.0.as_bytes().as_slice()]).await.unwrap();
    id.to_string()
}

/// A session of the owner's, beside the one whose token the requests carry.
async fn another_session(salon: &Salon<'_>) -> String {
    let body = json!({"email": salon.email, "password": salon.password});
    let opened = salon.app.post("/auth/login").json(&body).await.expect(200);
    let token = opened["access_token"].as_str().unwrap();
    salon.app.state.tokens.verify(token, salon.app.now()).unwrap().sid.to_string()
}

/// A question of the service, and a file that answers it, of a booking.
async fn answered(salon: &Salon<'_>, service: &str) -> (String, String) {
    let body = json!({"questions": [{"kind": "file", "label": "Like what?"}]});
    let asked = salon.put(&format!("/services/{service}/questions")).json(&body).await.expect(200);
    let question = asked["questions"][0]["id"].as_str().unwrap().to_owned();
    let sent =
        salon.public("POST", &format!("/questions/{question}/files")).file("application/pdf", "%PDF-1.7");
    let file = sent.await.expect(201)["id"].as_str().unwrap().to_owned();
    let mut booking = salon.booking("Fay", "2030-03-05T15:00:00Z");
    booking["answers"] = json!({&question: file});
    salon.public("POST", "/bookings").json(&booking).await.expect(201);
    (question, file)
}
