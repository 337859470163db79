//! Whatever is sent to any route: never an error of ours, always a problem that says what is wrong.

use std::future::IntoFuture;

use api::routes::Route;
use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use testkit::{Answer, Request, Salon, TestApp};

const CASES_A_ROUTE: usize = 40;

/// Values at the edges of what numbers, texts, times and ids can be.
fn edge() -> impl Strategy<Value = Value> + Clone {
    let texts = [
        "",
        " ",
        "\0",
        "a\0b",
        "\u{202e}\u{feff}",
        "é\u{301}",
        "😀",
        "'; DROP TABLE users; --",
        "<script>",
        "../../etc/passwd",
        "null",
        "NaN",
        "2030-02-30",
        "0000-00-00",
        "-262143-01-01",
        "+262142-12-31",
        "9999-12-31",
        "2030-03-05",
        "2030-03-05T09:00:00Z",
        "2030-03-05T09:00:00",
        "2030-03-05T09:00:60Z",
        "9999-12-31T23:59:59Z",
        "+262142-12-31T23:59:59Z",
        "-262143-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "24:00",
        "23:59",
        "24:01",
        "00:00",
        "Europe/Paris",
        "Mars/Base",
        "EUR",
        "eur",
        "FR",
        "#ffffff",
        "ana@customer.example",
        "a@b.c",
        "@",
        "+33612345678",
        "0612345678",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "%00",
        "%ff",
        "{{7*7}}",
        "salon",
        "SS-222222",
    ];
    let numbers = [
        json!(0),
        json!(-1),
        json!(1),
        json!(7),
        json!(1_440),
        json!(1_441),
        json!(i32::MAX),
        json!(i32::MIN),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(0.5),
        json!(-0.0),
        json!(1e308),
        json!(1e-308),
    ];
    let plain = texts.map(Value::from).into_iter().chain(numbers);
    let odd =
        [Value::Null, json!(true), json!([]), json!({}), json!([null]), json!({"": ""}), json!([[[[]]]])];
    let long =
        ["x".repeat(300), "é".repeat(2_001), "9".repeat(400), "\u{1f600}".repeat(5_000)].map(Value::from);
    prop::sample::select(plain.chain(odd).chain(long).collect::<Vec<_>>())
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![edge(), any::<i64>().prop_map(Value::from), ".{0,40}".prop_map(Value::from)];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = prop_oneof!["[a-z_]{1,12}", Just("name".to_owned()), Just("email".to_owned()), ".{0,6}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..4)
                .prop_map(|fields| Value::Object(Map::from_iter(fields))),
        ]
    })
}

/// What is done to a body that would be accepted.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Put(prop::sample::Index, Value),
    Remove(prop::sample::Index),
    Add(String, Value),
    /// The text is cut there.
    Cut(prop::sample::Index),
    Whole(Value),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        1 => Just(Change::Nothing),
        10 => (place(), prop_oneof![3 => edge().boxed(), 1 => anything().boxed()]).prop_map(|(at, value)| Change::Put(at, value)),
        2 => place().prop_map(Change::Remove),
        1 => ("[a-z_]{0,10}", edge()).prop_map(|(name, value)| Change::Add(name, value)),
        1 => place().prop_map(Change::Cut),
        2 => anything().prop_map(Change::Whole),
    ]
}

/// The pointers of every value inside.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| {
                // As RFC 6901 writes them: a name may have a slash of its own.
                let name = name.replace('~', "~0").replace('/', "~1");
                places(value, format!("{at}/{name}"), found);
            });
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| places(value, format!("{at}/{index}"), found));
        }
        _ => {}
    }
    if !at.is_empty() {
        found.push(at);
    }
}

fn apply(changes: &[Change], body: &Value) -> Vec<u8> {
    let mut body = body.clone();
    let mut cut = None;
    for change in changes {
        let mut found = Vec::new();
        places(&body, String::new(), &mut found);
        match change {
            Change::Put(at, value) if !found.is_empty() => {
                *body.pointer_mut(at.get::<String>(&found)).unwrap() = value.clone();
            }
            Change::Remove(at) if !found.is_empty() => {
                let (parent, name) = at.get::<String>(&found).rsplit_once('/').unwrap();
                if let Some(fields) = body.pointer_mut(parent).and_then(Value::as_object_mut) {
                    fields.remove(name);
                }
            }
            Change::Add(name, value) => {
                if let Some(fields) = body.as_object_mut() {
                    fields.insert(name.clone(), value.clone());
                }
            }
            Change::Cut(at) => cut = Some(*at),
            Change::Whole(value) => body = value.clone(),
            Change::Nothing | Change::Put(..) | Change::Remove(_) => {}
        }
    }
    let mut bytes = serde_json::to_vec(&body).unwrap();
    if let Some(at) = cut.filter(|_| !bytes.is_empty()) {
        bytes.truncate(at.index(bytes.len()));
    }
    bytes
}

/// A body that is accepted, for each route that takes one.
fn accepted(route: &Route, salon: &Salon<'_>) -> Value {
    let booking = salon.booking("Ana", "2030-03-06T09:00:00Z");
    let rules = json!({"rules": [{"weekday": 2, "start": "08:00", "end": "18:00"}]});
    match (route.method.as_str(), route.path) {
        ("POST", "/auth/register") => testkit::sign_up("another", "Europe/Paris"),
        ("POST", "/auth/login") => {
            let passkey = json!({"token": "x", "credential": {"id": "AAAA"}});
            json!({"email": "ana@customer.example", "password": "long enough", "tenant": "salon", "passkey": passkey})
        }
        ("POST", "/auth/passkeys") => {
            json!({"token": "x", "credential": {"id": "AAAA", "type": "public-key"}, "tenant": "salon"})
        }
        ("POST", "/me/passkeys") => {
            json!({"token": "x", "name": "Phone", "credential": {"id": "AAAA", "type": "public-key"}})
        }
        ("PATCH", "/me/passkeys/{id}") => json!({"name": "Phone"}),
        ("POST", "/me/passkeys/challenge") | ("DELETE", "/me/passkeys/{id}") => {
            json!({"current_password": "x"})
        }
        ("POST", "/auth/refresh" | "/auth/logout") => json!({"refresh_token": "x"}),
        ("POST", "/auth/2fa/enable") | ("DELETE", "/me") => json!({"current_password": "x"}),
        ("POST", "/auth/2fa/verify" | "/auth/2fa/recovery-codes") | ("DELETE", "/auth/2fa") => {
            json!({"code": "123456"})
        }
        ("PATCH", "/members/{id}") => json!({"role": "viewer"}),
        ("PUT", "/tenant/security") => json!({"second_factor_required": false}),
        ("PUT", "/admin/tenants/{id}/suspension") => json!({"reason": "Unpaid"}),
        ("POST", "/api-keys") => {
            json!({"name": "Till", "scopes": ["read"], "expires_at": "2030-04-01T00:00:00Z", "current_password": "x"})
        }
        ("POST", "/api-keys/{id}/rotation") => json!({"overlap_hours": 1, "current_password": "x"}),
        ("POST", "/invitations") => json!({"email": "new@example.org", "role": "viewer"}),
        ("POST", "/tenant/ownership") => {
            json!({"member_id": "019c0000-0000-7000-8000-000000000000", "current_password": "x"})
        }
        ("POST", "/auth/accept-invitation") => {
            json!({"token": "x", "full_name": "Vic", "password": "long enough", "locale": "fr"})
        }
        ("PATCH", "/me") => json!({"full_name": "Olga", "locale": "en"}),
        ("PUT", "/me/password") => json!({"current_password": "x", "password": "long enough"}),
        ("POST", "/me/email") => json!({"current_password": "x", "email": "new@salon.example"}),
        ("POST", "/tenants") => testkit::sign_up("second", "Europe/Paris")["tenant"].clone(),
        ("POST", "/auth/verify-email" | "/auth/confirm-email" | "/auth/undo-email" | "/me/invitations") => {
            json!({"token": "x"})
        }
        ("POST", "/auth/resend-verification" | "/auth/forgot-password") => {
            json!({"email": "ana@customer.example"})
        }
        ("POST", "/auth/reset-password") => json!({"token": "x", "password": "long enough"}),
        ("PATCH", "/tenant") => json!({
            "name": "Salon", "timezone": "Europe/Paris", "locale": "fr", "contact_email": "a@b.example",
            "phone": "+33612345678", "address": "1 rue X", "accent_color": "#aabbcc",
            "about": "Cuts", "city": "Paris", "website_url": "https://a.example/x", "instagram_url": "@a",
            "legal_name": "A", "legal_form": "SARL", "publisher": "Ana", "siret": "73282932000074",
            "vat_id": "FR44732829320",
        }),
        ("POST" | "PATCH", "/services" | "/services/{id}") => json!({
            "name": "Cut", "category": "Hair", "description": "Wash, cut", "duration_minutes": 60, "price_cents": 100,
            "buffer_before_minutes": 5, "buffer_after_minutes": 5, "deposit_rate": 0, "min_notice_minutes": 0,
            "horizon_days": 90, "slot_step_minutes": 30, "auto_confirm": true, "is_active": true, "staff_ids": [],
            "bookable_until": "2031-01-01", "is_collective": false, "room_ids": [],
        }),
        ("POST" | "PATCH", "/staff" | "/staff/{id}") => {
            json!({"name": "Bea", "email": "bea@salon.example", "timezone": "Europe/Paris", "max_daily_bookings": 5, "weight": 100})
        }
        ("PUT", "/services/{id}/questions") => json!({"questions": [{
            "id": "019c0000-0000-7000-8000-000000000000", "kind": "choice", "label": "Which?", "help": "One of them",
            "required": false, "active": true, "options": ["Red", "Blue"], "min": 1, "max": 2.5,
        }]}),
        ("POST" | "PATCH", "/rooms" | "/rooms/{id}") => json!({"name": "Room 1"}),
        ("PUT", "/policy") => json!({
            "cancel_minutes": 60, "move_minutes": null, "free_minutes": 120,
            "late_fee": {"of": "price", "rate": 0.5}, "no_show_fee": {"of": "deposit"},
        }),
        ("PUT", "/embedding") => json!({"origins": ["https://www.shop.example", "http://localhost:3000"]}),
        ("PUT", "/opening-rules" | "/break-rules" | "/availability") => rules,
        ("POST", "/closures") => json!({"starts_on": "2031-01-01", "ends_on": "2031-01-02", "reason": "Off"}),
        ("POST", "/openings") => json!({"date": "2031-01-01", "start": "09:00", "end": "10:00"}),
        ("POST", "/bookings") => {
            let mut body = booking;
            body["customer"]["phone"] = json!("+33612345678");
            body["notifications"] = json!({"email": true, "sms": false});
            for (name, value) in [("locale", "en"), ("note", "Thanks"), ("internal_note", "Quiet")] {
                body[name] = json!(value);
            }
            body["outside_hours"] = json!(false);
            body["answers"] =
                json!({"019c0000-0000-7000-8000-000000000000": ["a"], "x": 1.5, "y": "z", "w": true});
            body
        }
        ("POST" | "PATCH", "/staff/{id}/calendar-feed") => json!({"shows_details": true}),
        ("POST", "/events") => json!({
            "kind": "busy", "staff_id": booking["staff_id"], "title": "Dentist", "start": "2030-03-06T09:00",
            "end": "2030-03-06T10:00", "all_day": false, "timezone": "Europe/Paris", "note": "Quiet",
            "recurrence": "FREQ=WEEKLY;COUNT=3",
        }),
        ("PUT", "/events/{id}") => json!({
            "title": "Dentist", "start": "2030-03-06T09:00", "end": "2030-03-06T10:00", "all_day": false,
            "timezone": "Europe/Paris", "note": "Quiet", "recurrence": "FREQ=WEEKLY;COUNT=3",
        }),
        ("PATCH", "/bookings/{id}") => {
            json!({"internal_note": "Quiet", "duration_minutes": 45, "outside_hours": true})
        }
        ("POST" | "PATCH", "/customers" | "/customers/{id}") => json!({
            "name": "Ana", "email": "ana@customer.example", "phone": "+33612345678", "locale": "en", "note": "Quiet",
            "tags": ["VIP", "Regular"],
        }),
        ("POST", "/customers/{id}/merge") => {
            json!({"duplicate_id": "019c0000-0000-7000-8000-000000000000", "duplicate_version": 1})
        }
        ("PUT", "/customers/{id}/consents/marketing") => json!({"given": true}),
        ("POST", "/customers/{id}/block") => json!({"reason": "Rude"}),
        ("POST", "/customers/imports/{id}/start") => json!({"fields": ["name", "email"], "known": "update"}),
        (
            "POST",
            "/bookings/{id}/confirmation"
            | "/bookings/{id}/completion"
            | "/bookings/{id}/no-show"
            | "/bookings/{id}/fee-waiver",
        ) => {
            json!({})
        }
        ("POST", "/bookings/{id}/cancellation") => {
            json!({"reason": "ill", "charge_fee": false, "scope": "this"})
        }
        ("POST", "/bookings/{id}/reschedule") => {
            json!({"start": "2030-03-06T10:00:00Z", "outside_hours": true})
        }
        ("POST", "/public/{tenant}/bookings/{code}/reschedule") => {
            json!({"email": "ana@customer.example", "start": "2030-03-06T10:00:00Z"})
        }
        ("POST", "/public/{tenant}/bookings") => {
            let mut body = booking;
            body["customer"]["phone"] = json!("+33612345678");
            body["notifications"] = json!({"email": true, "sms": false});
            body["consents"] = json!({"terms": true, "marketing": false});
            for (name, value) in [("locale", "en"), ("timezone", "Asia/Tokyo"), ("note", "Thanks")] {
                body[name] = json!(value);
            }
            body["answers"] =
                json!({"019c0000-0000-7000-8000-000000000000": ["a"], "x": 1.5, "y": "z", "w": true});
            body
        }
        ("POST", "/public/{tenant}/bookings/{code}/acceptance") => json!({"email": "ana@customer.example"}),
        ("POST", "/series" | "/series/preview") => {
            let mut first = booking;
            first["notifications"] = json!({"email": true, "sms": false});
            json!({"booking": first, "recurrence": "FREQ=WEEKLY;COUNT=3", "on_conflict": "skip"})
        }
        ("POST", "/public/{tenant}/series" | "/public/{tenant}/series/preview") => {
            let mut first = booking;
            first["consents"] = json!({"terms": true, "marketing": false});
            json!({"booking": first, "recurrence": "FREQ=WEEKLY;COUNT=3", "on_conflict": "shift"})
        }
        ("POST", "/waitlist" | "/public/{tenant}/waitlist") => json!({
            "service_id": booking["service_id"], "from": "2030-03-05", "to": "2030-03-06", "earliest": "09:00",
            "latest": "12:00", "seats": 1, "locale": "en", "note": "Thanks",
            "customer": {"name": "Ana", "email": "ana@customer.example", "phone": "+33612345678"},
        }),
        ("POST", "/public/{tenant}/bookings/lookup") => {
            json!({"code": "SS-222222", "email": "ana@customer.example"})
        }
        ("POST", "/public/{tenant}/bookings/{code}/cancellation") => {
            json!({"email": "ana@customer.example", "reason": "ill"})
        }
        ("PATCH", "/admin/queues/{queue}") => json!({"per_tenant": 5}),
        ("POST", "/admin/jobs/retry" | "/admin/jobs/delete") => {
            json!({"queue": "email", "kind": "send_booking_confirmation", "tenant": "salon"})
        }
        (method, path) => panic!("{method} {path} takes a body that is not here"),
    }
}

/// What may stand in an address, written so that it can be sent.
fn part(value: &Value) -> String {
    let text = match value {
        Value::String(text) if text.starts_with('%') => return text.clone(),
        Value::String(text) => text.chars().take(300).collect(),
        value => value.to_string(),
    };
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// One try at a route: its address, its query, its body made from values.
#[derive(Clone, Debug)]
struct Try {
    part: Option<Value>,
    query: Vec<(prop::sample::Index, Value)>,
    changes: Vec<Change>,
    key: Option<String>,
    version: Option<String>,
}

fn a_try() -> impl Strategy<Value = Try> {
    let part = prop::option::weighted(0.4, edge());
    let query = prop::collection::vec((any::<prop::sample::Index>(), edge()), 0..4);
    let changes = prop::collection::vec(change(), 1..3);
    let key = prop::option::weighted(0.2, "[!-~]{1,4}");
    let version = prop::option::weighted(0.2, prop_oneof!["\"[0-9]{1,25}\"", "[ -~]{0,6}"]);
    (part, query, changes, key, version).prop_map(|(part, query, changes, key, version)| Try {
        part,
        query,
        changes,
        key,
        version,
    })
}

fn request(salon: &Salon<'_>, route: &Route, things: &[(&str, String)], a_try: &Try) -> Request {
    let mut path = route.path.replace("{tenant}", "salon");
    let own = things.iter().find(|(prefix, _)| route.path.contains(prefix)).map(|(_, id)| id.clone());
    let inner = a_try.part.as_ref().map(part).or(own).unwrap_or_else(|| "x".to_owned());
    // An empty part would be another address.
    let inner = if inner.is_empty() { "%20".to_owned() } else { inner };
    path = path.replace("{id}", &inner).replace("{code}", &inner);
    path = path.replace("{tenant_id}", &salon.id.to_string()).replace("{queue}", "email");
    let known: Vec<String> =
        route.query.map(|query| query()).unwrap_or_default().into_iter().map(|one| one.name).collect();
    let names: Vec<&str> = known.iter().map(String::as_str).chain(["colour"]).collect();
    let pairs: Vec<String> = a_try
        .query
        .iter()
        .map(|(name, value)| format!("{}={}", name.get::<&str>(&names), part(value)))
        .collect();
    let address = if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) };
    let mut request = salon.api(route.method.as_str(), &address);
    if let Some(key) = &a_try.key {
        request = request.header("idempotency-key", key);
    }
    if let Some(version) = &a_try.version {
        request = request.header("if-match", version);
    }
    if route.takes.is_some() {
        request.bytes(apply(&a_try.changes, &accepted(route, salon)))
    } else {
        request
    }
}

fn check(route: &Route, a_try: &Try, answer: &Answer) {
    assert!(answer.status < 500, "{} {} {a_try:?}: {}", route.method, route.path, answer.text);
    if answer.status >= 400 {
        answer.check_problem();
    }
}

#[tokio::test]
async fn nothing_that_is_sent_breaks_a_route() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    be_operator(&salon).await;
    let service = salon.service(json!({})).await;
    let code = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201)["public_code"].clone();
    let booking = salon.get("/bookings").await.expect(200)["data"][0]["id"].clone();
    let customer = salon.get("/customers").await.expect(200)["data"][0]["id"].clone();
    let table = salon.post("/customers/imports").file("text/csv", "name,email\nBo,bo@example.org\n");
    let import = table.await.expect(201)["id"].clone();
    let things = [
        ("{code}", code.as_str().unwrap().to_owned()),
        ("/bookings/{id}", booking.as_str().unwrap().to_owned()),
        ("/services/{id}", service),
        ("/staff/{id}", salon.first_staff().await),
        ("/rooms/{id}", salon.room("Cabin").await),
        ("/customers/imports/{id}", import.as_str().unwrap().to_owned()),
        ("/customers/{id}", customer.as_str().unwrap().to_owned()),
    ];
    let mut runner = TestRunner::deterministic();
    let mut succeeded = 0;
    for route in api::routes::api() {
        let tries: Vec<Try> =
            (0..CASES_A_ROUTE).map(|_| a_try().new_tree(&mut runner).unwrap().current()).collect();
        for tries in tries.chunks(8) {
            let answers =
                join_all(tries.iter().map(|a_try| request(&salon, &route, &things, a_try).into_future()));
            for (a_try, answer) in tries.iter().zip(answers.await) {
                check(&route, a_try, &answer);
                succeeded += usize::from(answer.status < 300);
            }
        }
    }
    // Else it would be no test of what lies behind the first refusal.
    assert!(succeeded > 100, "{succeeded}");
    salon.get("/services").await.expect(200);
}

/// Lets the salon's owner into the console, too.
async fn be_operator(salon: &Salon<'_>) {
    let sql = "UPDATE users SET is_operator = true, has_second_factor = true WHERE id = $1";
    salon.app.database.admin().await.execute(sql, &[&salon.owner.0]).await.unwrap();
}

/// The pointers of every object inside, the whole included.
fn objects(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    places(value, String::new(), &mut found);
    found.push(String::new());
    found.retain(|at| value.pointer(at).unwrap().is_object());
    found
}

#[tokio::test]
async fn an_array_is_nowhere_taken_for_an_object() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    be_operator(&salon).await;
    let mut tried = 0;
    for route in api::routes::api().iter().filter(|route| route.takes.is_some()) {
        let body = accepted(route, &salon);
        let path = route.path.replace("{tenant}", "salon").replace("{id}", &service).replace("{code}", "x");
        let path = path.replace("{queue}", "email");
        for at in objects(&body) {
            let mut body = body.clone();
            let object = body.pointer_mut(&at).unwrap();
            *object = object.as_object().unwrap().values().cloned().collect();
            let problem = salon.api(route.method.as_str(), &path).json(&body).await.refused(422, "INVALID");
            let error = &problem["errors"][0];
            assert_eq!(
                (&error["pointer"], &error["code"]),
                (&json!(at), &json!("WRONG_TYPE")),
                "{path} {problem}"
            );
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}
