//! Every route and page of those who sign in, against whoever was signed in: whatever ended, nothing opens any more.

use api::pages;
use api::routes::Route;
use domain::access::Role;
use testkit::{Browser, Request, TestApp};

use crate::console;
use crate::strangers::{self, everything};
use crate::things::Things;

/// What ends a session for everybody who has a token or a cookie of it, and is told of by `SESSION_ENDED`.
const ENDS: [(&str, &str); 5] = [
    ("revoked", "UPDATE sessions SET revoked_at = $2 WHERE id = $1"),
    ("expired", "UPDATE sessions SET expires_at = $2 WHERE id = $1"),
    ("gone", "DELETE FROM sessions WHERE id = $1 AND $2::timestamptz IS NOT NULL"),
    ("in no tenant", "UPDATE sessions SET tenant_id = NULL WHERE id = $1 AND $2::timestamptz IS NOT NULL"),
    (
        "of somebody who left",
        "DELETE FROM memberships WHERE $2::timestamptz IS NOT NULL
           AND user_id = (SELECT user_id FROM sessions WHERE id = $1)",
    ),
];

async fn end(app: &TestApp, token: &str, sql: &str) {
    let session = app.state.tokens.verify(token, app.now()).unwrap().sid;
    let now: std::time::SystemTime = app.now().into();
    let ended = app.database.admin().await.execute(sql, &[&session.0, &now]).await.unwrap();
    assert_eq!(ended, 1, "{sql}");
}

/// Of a job that is not there.
fn on_console(app: &TestApp, route: &Route) -> Request {
    console::request(app, route, "019c0000-0000-7000-8000-000000000000/019c0000-0000-7000-8000-000000000000")
}

#[tokio::test]
async fn a_session_that_ended_opens_no_route() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let things = Things::of(&salon).await;
    let mut ended = Vec::new();
    for (how, sql) in ENDS {
        let token = salon.member(Role::Admin).await;
        app.get("/me").bearer(&token).await.expect(200);
        end(&app, &token, sql).await;
        ended.push((how, token));
    }
    let before = everything(&salon, &things).await;
    for (how, token) in ended {
        for route in strangers::routes_of_members() {
            let answer = strangers::request(&app, &route, &things).bearer(&token).await;
            let name = strangers::name(&route);
            assert_eq!(
                (answer.status, answer.code()),
                (401, "SESSION_ENDED"),
                "{how}: {name}: {}",
                answer.text
            );
            answer.check_problem();
        }
    }
    assert_eq!(everything(&salon, &things).await, before);
}

/// Of the account, which is its user's whatever becomes of the tenant.
fn is_own(route: &Route) -> bool {
    route.path == "/tenants" || ["/me", "/auth/"].iter().any(|own| route.path.starts_with(own))
}

#[tokio::test]
async fn a_tenant_that_is_suspended_opens_no_route_but_those_of_accounts() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let things = Things::of(&salon).await;
    let members = [salon.member(Role::Admin).await, salon.member(Role::Viewer).await];
    salon.set_plan("enterprise").await;
    let (_, key) = crate::api_keys::planted(&salon, &domain::api_key::Scope::ALL).await;
    let sql =
        "INSERT INTO tenant_access (tenant_id, suspended_at, suspended_reason) VALUES ($1, now(), 'unpaid')
        ON CONFLICT (tenant_id) DO UPDATE SET suspended_at = now()";
    let before = everything(&salon, &things).await;
    let admin = app.database.admin().await;
    assert_eq!(admin.execute(sql, &[&salon.id.0]).await.unwrap(), 1);
    for route in strangers::routes_of_members() {
        let name = strangers::name(&route);
        for token in members.iter().chain([&salon.token, &key]) {
            if is_own(&route) && token != &key {
                continue;
            }
            let answer = strangers::request(&app, &route, &things).bearer(token).await;
            let is_persons = answer.code() == "PERSON_REQUIRED" && token == &key;
            assert!(
                is_persons || (answer.status, answer.code()) == (403, "TENANT_SUSPENDED"),
                "{name}: {}",
                answer.text
            );
        }
    }
    app.get("/me").bearer(&members[0]).await.expect(200);
    admin.execute("UPDATE tenant_access SET suspended_at = NULL", &[]).await.unwrap();
    assert_eq!(everything(&salon, &things).await, before);
}

#[tokio::test]
async fn an_operators_session_that_ended_opens_no_route() {
    let app = TestApp::start().await.ignore_jobs();
    let operator = app.operator().await;
    app.get("/admin/queues").bearer(&operator.token).await.expect(200);
    for (how, sql) in &ENDS[..3] {
        let signed_in = operator.sign_in(&app).await;
        let token = signed_in["access_token"].as_str().unwrap();
        end(&app, token, sql).await;
        for route in console::routes() {
            let answer = on_console(&app, &route).bearer(token).await;
            let told = (answer.status, answer.code());
            assert_eq!(told, (401, "SESSION_ENDED"), "{how}: {}: {}", route.path, answer.text);
        }
    }
}

#[tokio::test]
async fn a_token_that_is_over_opens_no_route() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let things = Things::of(&salon).await;
    let operator = app.operator().await;
    app.clock.advance(api::tokens::LIFETIME);
    for route in strangers::routes_of_members() {
        let answer = strangers::request(&app, &route, &things).bearer(&salon.token).await;
        assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"), "{}", strangers::name(&route));
    }
    for route in console::routes() {
        let answer = on_console(&app, &route).bearer(&operator.token).await;
        assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"), "{}", route.path);
    }
}

#[tokio::test]
async fn a_session_that_ended_opens_no_page() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let things = Things::of(&salon).await;
    let mut ended = Vec::new();
    for (how, sql) in ENDS {
        let mut browser = Browser::member(&salon, Role::Admin).await;
        assert_eq!(browser.open("/app").await.status, 200);
        let csrf = browser.value("/logout", "csrf");
        let cookie = api::tokens::hash(&browser.cookies[api::cookies::SESSION]);
        let admin = app.database.admin().await;
        let found = "SELECT id FROM sessions WHERE token_hash = $1";
        let session: uuid::Uuid = admin.query_one(found, &[&cookie.as_slice()]).await.unwrap().get(0);
        let now: std::time::SystemTime = app.now().into();
        assert_eq!(admin.execute(sql, &[&session, &now]).await.unwrap(), 1, "{sql}");
        ended.push((how, browser, csrf));
    }
    let before = everything(&salon, &things).await;
    for (how, browser, csrf) in ended {
        for page in pages::table::pages() {
            if !matches!(page.access, pages::table::Access::Member(_)) {
                continue;
            }
            let path = page.path.replace("{id}", &things.customer);
            let request = browser.request(page.method.as_str(), &path);
            let answer = match page.method.as_str() {
                "GET" => request.await,
                _ => request.header("x-csrf-token", &csrf).form(&[]).await,
            };
            let name = format!("{how}: {} {}", page.method, page.path);
            assert_eq!(answer.status, 303, "{name}: {}", answer.text);
            assert!(answer.header("location").starts_with("/login?next=%2F"), "{name}");
        }
    }
    assert_eq!(everything(&salon, &things).await, before);
}
