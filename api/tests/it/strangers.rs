//! Every route of the table against everybody who must not get through it. A new route fails until it has its line here.

use std::collections::BTreeMap;

use api::routes::{Access, Route};
use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Answer, Request, Salon, TestApp};

use crate::things::{TABLE, Things};

/// What a member of another tenant gets who knows this tenant's ids.
enum Stranger {
    /// The same 404 as for an id that nothing has.
    NotFound,
    /// The same 422 as for an id that nothing has: it is one of many in a body.
    Invalid,
    /// An answer about their own tenant.
    Own,
    /// Their own plan lacks it.
    Lacking,
    /// A refusal about their own account: for a code that nobody here can know.
    Refused,
}

/// The matrix: for each route of members what to send, built from ids, and what a stranger gets.
fn line(route: &Route, things: &Things) -> (Vec<(&'static str, String)>, Option<Value>, Stranger) {
    use Stranger::{Invalid, Lacking, NotFound, Own, Refused};
    let (staff, service) = (things.staff.clone(), things.service.clone());
    let (none, of_staff) = (Vec::new(), vec![("staff_id", staff.clone())]);
    match (route.method.as_str(), route.path) {
        ("PATCH", "/tenant" | "/me") => (none, Some(json!({})), Own),
        ("POST", "/auth/2fa/enable") => (none, Some(json!({"current_password": "the secret of other"})), Own),
        ("POST", "/auth/2fa/verify" | "/auth/2fa/recovery-codes") | ("DELETE", "/auth/2fa") => {
            (none, Some(json!({"code": "123456"})), Refused)
        }
        ("POST", "/me/passkeys/challenge") => {
            (none, Some(json!({"current_password": "the secret of other"})), Own)
        }
        ("POST", "/me/passkeys") => {
            (none, Some(json!({"token": "x", "name": "Phone", "credential": {}})), Refused)
        }
        ("PATCH", "/me/passkeys/{id}") => (none, Some(json!({"name": "Phone"})), NotFound),
        ("PATCH", "/members/{id}") => (none, Some(json!({"role": "viewer"})), NotFound),
        ("POST", "/tenant/ownership") => {
            let body = json!({"member_id": things.member, "current_password": "the secret of other"});
            (none, Some(body), NotFound)
        }
        ("POST", "/invitations") => {
            (none, Some(json!({"email": "new@example.org", "role": "viewer"})), Refused)
        }
        // Of a plan that has none.
        ("POST", "/api-keys") => {
            let body = json!({"name": "Till", "scopes": ["read"], "current_password": "the secret of other"});
            (none, Some(body), Lacking)
        }
        ("DELETE", "/me/passkeys/{id}") | ("POST", "/api-keys/{id}/rotation") => {
            (none, Some(json!({"current_password": "the secret of other"})), NotFound)
        }
        ("POST", "/me/invitations") => (none, Some(json!({"token": "x"})), Refused),
        // Of who owns a tenant alone.
        ("DELETE", "/me") => (none, Some(json!({"current_password": "the secret of other"})), Refused),
        ("PUT", "/me/password") => {
            let body = json!({"current_password": "the secret of other", "password": "the secret of other"});
            (none, Some(body), Own)
        }
        ("POST", "/me/email") => {
            let body = json!({"current_password": "the secret of other", "email": "new@other.example"});
            (none, Some(body), Own)
        }
        ("POST", "/tenants") => (none, Some(json!({"name": "Second", "timezone": "Europe/Paris"})), Own),
        ("POST", "/services") => {
            let body = json!({"name": "Cut", "duration_minutes": 30, "price_cents": 0, "staff_ids": [staff],
                "room_ids": [things.room]});
            (none, Some(body), Invalid)
        }
        ("POST", "/staff" | "/rooms") => (none, Some(json!({"name": "Cleo"})), Own),
        (
            "GET" | "DELETE",
            "/series/{id}"
            | "/services/{id}"
            | "/staff/{id}"
            | "/rooms/{id}"
            | "/customers/{id}/block"
            | "/customers/{id}/data"
            | "/events/{id}"
            | "/staff/{id}/calendar-feed",
        )
        | (
            "DELETE",
            "/closures/{id}" | "/openings/{id}" | "/waitlist/{id}" | "/me/sessions/{id}" | "/members/{id}"
            | "/invitations/{id}" | "/api-keys/{id}",
        )
        | (
            "GET",
            "/bookings/{id}"
            | "/bookings/{id}/history"
            | "/customers/{id}"
            | "/customers/{id}/consents"
            | "/customers/imports/{id}"
            | "/customers/imports/{id}/report"
            | "/services/{id}/questions"
            | "/intake-files/{id}",
        )
        | ("POST", "/staff/{id}/calendar-import" | "/me/tenants/{id}/switch")
        | ("PUT" | "DELETE", "/services/{id}/image") => (none, None, NotFound),
        (
            "PATCH",
            "/services/{id}" | "/staff/{id}" | "/rooms/{id}" | "/bookings/{id}" | "/customers/{id}",
        )
        | (
            "POST",
            "/bookings/{id}/cancellation"
            | "/bookings/{id}/confirmation"
            | "/bookings/{id}/completion"
            | "/bookings/{id}/no-show"
            | "/bookings/{id}/fee-waiver",
        ) => (none, Some(json!({})), NotFound),
        ("POST", "/bookings/{id}/reschedule") => {
            (none, Some(json!({"start": "2030-03-05T10:00:00Z"})), NotFound)
        }
        ("POST" | "PATCH", "/staff/{id}/calendar-feed") => {
            (none, Some(json!({"shows_details": true})), NotFound)
        }
        ("GET", "/opening-rules" | "/break-rules") => (of_staff, None, NotFound),
        ("GET", "/bookings") => (of_staff, None, Own),
        ("GET", "/events") => {
            (vec![("staff_id", staff), ("from", "2030-03-01T00:00:00Z".to_owned())], None, Own)
        }
        ("POST", "/events") => {
            let body = json!({"service_id": service, "start": "2030-03-05T14:00:00Z", "client_email": "dan@customer.example"});
            (none, Some(body), NotFound)
        }
        ("PUT", "/events/{id}") => {
            let body = json!({"title": "Dentist", "start": "2030-03-06T11:00", "end": "2030-03-06T12:00"});
            (none, Some(body), NotFound)
        }
        ("PUT", "/services/{id}/questions") => (none, Some(json!({"questions": []})), NotFound),
        ("POST", "/stream/tickets" | "/customers/imports")
        | (
            "GET",
            "/me" | "/me/data" | "/me/passkeys" | "/me/sessions" | "/me/events" | "/me/tenants" | "/members"
            | "/invitations" | "/api-keys" | "/audit-events" | "/waitlist" | "/tenant" | "/tenant/security"
            | "/policy" | "/embedding" | "/plan" | "/services" | "/staff" | "/rooms" | "/closures"
            | "/openings" | "/customers" | "/customers/tags",
        )
        | ("PUT" | "DELETE", "/tenant/logo" | "/tenant/cover")
        | ("DELETE", "/me/email" | "/me/sessions") => (none, None, Own),
        ("POST", "/customers/{id}/block" | "/customers/imports/{id}/start") => {
            (none, Some(json!({})), NotFound)
        }
        ("PUT", "/customers/{id}/consents/marketing") => (none, Some(json!({"given": true})), NotFound),
        ("POST", "/customers/{id}/merge") => {
            let other = "019c0000-0000-7000-8000-000000000001";
            (none, Some(json!({"duplicate_id": other})), NotFound)
        }
        ("POST", "/series" | "/series/preview") => {
            let booking = json!({"service_id": service, "start": "2030-03-19T14:00:00Z", "staff_id": staff,
                "customer": {"name": "Dan", "email": "dan@customer.example"}});
            let body = json!({"booking": booking, "recurrence": "FREQ=WEEKLY;COUNT=2"});
            (none, Some(body), NotFound)
        }
        ("POST", "/waitlist") => {
            let body = json!({"service_id": service, "staff_id": staff, "from": "2030-03-05", "to": "2030-03-06",
                "customer": {"name": "Dan", "email": "dan@customer.example"}});
            (none, Some(body), NotFound)
        }
        ("GET", "/audit-events/export") => (vec![("format", "csv".to_owned())], None, Own),
        ("GET", "/search") => (vec![("q", "an".to_owned())], None, Own),
        ("POST", "/customers") => (none, Some(json!({"name": "Cleo", "email": "cleo@example.org"})), Own),
        ("POST", "/bookings") => {
            let body = json!({
                "service_id": service, "start": "2030-03-05T14:00:00Z", "staff_id": staff, "outside_hours": true,
                "customer": {"name": "Dan", "email": "dan@customer.example"},
            });
            (none, Some(body), NotFound)
        }
        ("PUT", "/policy") => {
            let fee = json!({"of": "nothing"});
            let body = json!({"cancel_minutes": 0, "move_minutes": 0, "free_minutes": 0, "late_fee": fee,
                "no_show_fee": fee});
            (none, Some(body), Own)
        }
        // Whoever asks it of others has one.
        ("PUT", "/tenant/security") => (none, Some(json!({"second_factor_required": false})), Own),
        ("PUT", "/embedding") => (none, Some(json!({"origins": ["https://stranger.example"]})), Own),
        ("PUT", "/opening-rules" | "/break-rules" | "/availability") => {
            (of_staff, Some(json!({"rules": []})), NotFound)
        }
        ("POST", "/closures") => {
            let body = json!({"starts_on": "2030-09-01", "ends_on": "2030-09-01", "staff_id": staff});
            (none, Some(body), NotFound)
        }
        ("POST", "/openings") => {
            let body = json!({"date": "2030-04-07", "start": "09:00", "end": "10:00", "staff_id": staff});
            (none, Some(body), NotFound)
        }
        ("GET", "/slots") => (vec![("staff_id", staff), ("date", "2030-03-05".to_owned())], None, NotFound),
        ("GET", "/availability") => {
            (vec![("service_id", service), ("date", "2030-03-05".to_owned())], None, NotFound)
        }
        ("GET", "/availability/days") => {
            let dates = [("from", "2030-03-05".to_owned()), ("to", "2030-03-06".to_owned())];
            (std::iter::once(("service_id", service)).chain(dates).collect(), None, NotFound)
        }
        ("GET", "/availability/next") => (vec![("service_id", service)], None, NotFound),
        (method, path) => panic!("{method} {path} has no line in the matrix of strangers"),
    }
}

pub(crate) fn request(app: &TestApp, route: &Route, things: &Things) -> Request {
    let path = if route.path.contains("{id}") {
        route.path.replace("{id}", things.id_in(route.path))
    } else {
        route.path.to_owned()
    };
    let (query, body, _) = line(route, things);
    let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let request = app.api(route.method.as_str(), &path);
    let request = if query.is_empty() { request } else { request.query(&query) };
    match body {
        None if route.path == "/customers/imports" => request.file("text/csv", TABLE),
        None if route.path.ends_with("/calendar-import") => request.file("text/calendar", "BEGIN:VCALENDAR"),
        None if route.takes_file => request.file("image/png", crate::images::png(32, 32)),
        Some(body) => request.json(&body),
        None => request,
    }
}

pub(crate) fn routes_of_members() -> Vec<Route> {
    let routes = api::routes::api();
    routes.into_iter().filter(|route| matches!(route.access, Access::Member(_) | Access::Caller(_))).collect()
}

pub(crate) fn name(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

/// Everything a tenant's owner can read.
pub(crate) async fn everything(salon: &Salon<'_>, things: &Things) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "/tenant",
        "/plan",
        "/services",
        "/staff",
        "/rooms",
        "/opening-rules",
        "/break-rules",
        "/closures",
        "/openings",
    ] {
        all.push(salon.get(path).await.expect(200));
    }
    for path in ["/opening-rules", "/break-rules"] {
        all.push(salon.get(path).query(&[("staff_id", &things.staff)]).await.expect(200));
    }
    all.push(salon.get("/bookings").await.expect(200));
    all.push(salon.get(&format!("/events/{}", things.event)).await.expect(200));
    all.push(salon.get("/customers").await.expect(200));
    all.push(salon.get("/waitlist").await.expect(200));
    all.push(salon.get(&format!("/series/{}", things.series)).await.expect(200));
    for path in ["/policy", "/embedding"] {
        all.push(salon.get(path).await.expect(200));
    }
    all.push(salon.get(&format!("/bookings/{}/history", things.booking)).await.expect(200));
    all
}

#[tokio::test]
async fn nobody_gets_through_a_members_route() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let things = Things::of(&salon).await;
    for route in routes_of_members() {
        request(&app, &route, &things).await.refused(401, "UNAUTHENTICATED");
        for token in ["", "x", "a.b.c", &format!("{}x", salon.token), &salon.refresh_token] {
            request(&app, &route, &things).bearer(token).await.refused(401, "UNAUTHENTICATED");
        }
        let basic = request(&app, &route, &things).header("authorization", "Basic b3duZXI6c2VjcmV0").await;
        basic.refused(401, "UNAUTHENTICATED");
    }
}

/// An answer byte for byte, but for what is of each request: its id, and when it came.
fn told(answer: &Answer) -> (u16, BTreeMap<String, Vec<u8>>, String) {
    let id = answer.header("x-request-id");
    assert!(!id.is_empty() && answer.text.contains(id), "{}", answer.text);
    let headers =
        answer.headers.iter().filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    (answer.status, headers, answer.text.replace(id, ""))
}

#[tokio::test]
async fn a_stranger_finds_nothing_and_changes_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let things = Things::of(&salon).await;
    let before = everything(&salon, &things).await;
    let other = app.tenant("other").await;
    for route in routes_of_members() {
        let name = name(&route);
        let answer = request(&app, &route, &things).bearer(&other.token).await;
        for secret in things.all().into_iter().chain([salon.email.as_str(), "Bea", "Ana"]) {
            // A refusal may repeat what the stranger said, nothing else.
            assert!(!answer.text.contains(secret), "{name} tells {secret}: {}", answer.text);
        }
        let refusal = match line(&route, &things).2 {
            Stranger::NotFound => (404, "NOT_FOUND"),
            Stranger::Invalid => (422, "INVALID"),
            Stranger::Lacking => (402, "PLAN_FEATURE_MISSING"),
            Stranger::Own => {
                assert!((200..300).contains(&answer.status), "{name}: {}", answer.text);
                continue;
            }
            Stranger::Refused => {
                assert!(matches!(answer.status, 409 | 422), "{name}: {}", answer.text);
                continue;
            }
        };
        assert_eq!((answer.status, answer.code()), refusal, "{name}: {}", answer.text);
        let unknown = request(&app, &route, &Things::unknown()).bearer(&other.token).await;
        assert_eq!(told(&answer), told(&unknown), "{name} tells a thing of others from nothing");
    }
    assert_eq!(everything(&salon, &things).await, before);
}

#[tokio::test]
async fn a_role_too_low_is_refused_and_one_high_enough_is_not() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let things = Things::of(&salon).await;
    for role in Role::ALL {
        let token = salon.member(role).await;
        for route in routes_of_members() {
            let (Access::Member(permission) | Access::Caller(permission)) = route.access else { continue };
            let name = format!("{} as {}", name(&route), role.name());
            if role.may(permission) {
                // Of things that are not there, so that the next role finds them all.
                let answer = request(&app, &route, &Things::unknown()).bearer(&token).await;
                assert!(!matches!(answer.status, 401 | 403), "{name}: {}", answer.text);
                assert!(answer.status < 500, "{name}: {}", answer.text);
            } else {
                let answer = request(&app, &route, &things).bearer(&token).await;
                assert_eq!((answer.status, answer.code()), (403, "FORBIDDEN"), "{name}: {}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn a_public_page_opens_nothing_of_another_tenant() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let things = Things::of(&salon).await;
    let other = app.tenant("other").await;
    other.service(json!({})).await;
    let days = [("service_id", things.service.as_str()), ("from", "2030-03-05"), ("to", "2030-03-06")];
    let day = [("service_id", things.service.as_str()), ("date", "2030-03-05")];
    let who = json!({"email": "ana@customer.example"});
    let to = json!({"email": "ana@customer.example", "start": "2030-03-05T11:00:00Z"});
    let lookup = json!({"code": things.code, "email": "ana@customer.example"});
    let as_query = [("code", things.code.as_str()), ("email", "ana@customer.example")];
    let mut booking = salon.booking("Ana", "2030-03-05T10:00:00Z");
    let series = json!({"booking": salon.booking("Fay", "2030-03-19T10:00:00Z"),
        "recurrence": "FREQ=WEEKLY;COUNT=2"});
    let waiting = json!({"service_id": things.service, "from": "2030-03-05", "to": "2030-03-06",
        "customer": {"name": "Eva", "email": "eva@customer.example"}});
    for route in api::routes::api().into_iter().filter(|route| route.access == Access::Visitor) {
        let path = route.path.replace("{code}", &things.code).replace("{id}", &things.question);
        let (method, public) = (route.method.clone(), path.strip_prefix("/public/{tenant}").unwrap());
        let ask = |salon: &Salon<'_>| {
            let request = salon.public(method.as_str(), public);
            match (method.as_str(), route.path.strip_prefix("/public/{tenant}").unwrap()) {
                ("GET", "/services") => request,
                ("GET", "/staff" | "/availability/next") => request.query(&[("service_id", &things.service)]),
                ("GET", "/availability") => request.query(&day),
                ("GET", "/availability/days") => request.query(&days),
                ("POST", "/bookings") => request.json(&booking),
                ("POST", "/questions/{id}/files") => request.file("application/pdf", "%PDF-1.7"),
                ("GET", "/bookings") => request.query(&as_query),
                ("POST", "/bookings/lookup") => request.json(&lookup),
                ("POST", "/waitlist") => request.json(&waiting),
                ("POST", "/series" | "/series/preview") => request.json(&series),
                ("POST", "/bookings/{code}/acceptance" | "/bookings/{code}/cancellation") => {
                    request.json(&who)
                }
                ("POST", "/bookings/{code}/reschedule") => request.json(&to),
                ("GET", "/bookings/{code}/calendar.ics") => {
                    request.query(&[("email", "ana@customer.example")])
                }
                (method, path) => panic!("{method} {path} has no line in the matrix of visitors"),
            }
        };
        let answer = ask(&other).await;
        if public == "/services" {
            assert!(!answer.expect(200).to_string().contains(&things.service));
        } else {
            assert_eq!(answer.status, 404, "{}: {}", name(&route), answer.text);
            answer.check_problem();
        }
        let own = ask(&salon).await;
        assert!((200..300).contains(&own.status), "{}: {}", name(&route), own.text);
    }
    // A staff member of others can't be asked for either.
    booking["service_id"] = other.booking("Ana", "x")["service_id"].clone();
    booking["staff_id"] = json!(things.staff);
    other.public("POST", "/bookings").json(&booking).await.refused(404, "NOT_FOUND");
    app.get("/public/nobody/services").await.refused(404, "NOT_FOUND");
}

#[test]
fn what_everybody_may_call_is_listed_here() {
    let open: Vec<String> = api::routes::api()
        .into_iter()
        .filter(|route| route.access == Access::Anybody)
        .map(|route| name(&route))
        .collect();
    assert_eq!(
        open,
        [
            "POST /auth/register",
            "POST /auth/login",
            "POST /auth/passkeys/challenge",
            "POST /auth/passkeys",
            "POST /auth/refresh",
            "POST /auth/logout",
            "POST /auth/verify-email",
            "POST /auth/resend-verification",
            "POST /auth/forgot-password",
            "POST /auth/reset-password",
            "POST /auth/confirm-email",
            "POST /auth/undo-email",
            "POST /auth/accept-invitation",
            "GET /slug-available",
            // By ticket.
            "GET /stream",
            "GET /openapi.json",
        ]
    );
}
