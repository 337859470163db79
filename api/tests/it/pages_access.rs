//! Every page of members against everybody who must not get through it.

use api::pages::table::{Access, Page, pages};
use domain::access::Role;
use serde_json::json;
use testkit::{Answer, Browser, Salon, TestApp};

/// Pages that answer with a part of one or a stream are asked like any other.
fn of_members() -> Vec<Page> {
    pages().into_iter().filter(|page| matches!(page.access, Access::Member(_))).collect()
}

/// Ids of a tenant, by the noun before them in a path.
struct Ids(Vec<(&'static str, String)>);

impl Ids {
    async fn of(salon: &Salon<'_>) -> Self {
        let staff = salon.staff("Bea").await;
        let service = salon.service(json!({"staff_ids": [staff]})).await;
        let id = |body: serde_json::Value| body["id"].as_str().unwrap().to_owned();
        let closure = json!({"starts_on": "2030-08-01", "ends_on": "2030-08-02"});
        let opening = json!({"date": "2030-04-06", "start": "09:00", "end": "12:00"});
        let closure = id(salon.post("/closures").json(&closure).await.expect(201));
        let opening = id(salon.post("/openings").json(&opening).await.expect(201));
        salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
        let booking = salon.get("/bookings").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
        let admin = salon.app.database.admin().await;
        let sql = "SELECT id::text FROM customers WHERE tenant_id = $1 LIMIT 1";
        let customer: String = admin.query_one(sql, &[&salon.id.0]).await.unwrap().get(0);
        Self(vec![
            ("services", service),
            ("staff", staff),
            ("closures", closure),
            ("openings", opening),
            ("bookings", booking),
            ("customers", customer),
            ("tenants", salon.id.to_string()),
            ("account", session_of(salon)),
        ])
    }

    fn path(&self, page: &Page) -> String {
        let noun = page.path.split('/').nth(2).unwrap_or_default();
        let id = self
            .0
            .iter()
            .find(|(of, _)| *of == noun)
            .map_or("019c0000-0000-7000-8000-000000000000", |(_, id)| id.as_str());
        page.path.replace("{id}", id)
    }
}

fn session_of(salon: &Salon<'_>) -> String {
    salon.app.state.tokens.verify(&salon.token, salon.app.now()).unwrap().sid.to_string()
}

async fn ask(browser: &Browser<'_>, page: &Page, path: &str, token: &str) -> Answer {
    let request = browser.request(page.method.as_str(), path);
    if page.method == "GET" { request.await } else { request.header("x-csrf-token", token).form(&[]).await }
}

/// Pages that are refused to support although their permission is not: of an account, they take data out, or do what stays done.
fn is_for_members_alone(page: &Page) -> bool {
    let own = ["/app/account", "/app/tenants"];
    let out = [
        "/app/customers/export",
        "/app/customers/import",
        "/app/customers/duplicates",
        "/app/customers/merge",
        "/app/staff/{id}/calendar",
        "/app/settings/audit/file",
    ];
    own.iter().chain(&out).any(|start| page.path.starts_with(start))
}

fn name(page: &Page) -> String {
    format!("{} {}", page.method, page.path)
}

/// Answers that never end, and pages that end the session.
fn is_an_end(page: &Page) -> bool {
    page.path.ends_with("/stream") || page.path == "/logout"
}

#[tokio::test]
async fn nobody_is_sent_to_sign_in() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let ids = Ids::of(&salon).await;
    let nobody = Browser::new(&app);
    for page in of_members() {
        let answer = ask(&nobody, &page, &ids.path(&page), "").await;
        assert_eq!(answer.status, 303, "{}", name(&page));
        assert!(answer.header("location").starts_with("/login?next=%2F"), "{}", name(&page));
    }
}

#[tokio::test]
async fn another_tenants_ids_are_not_there() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let ids = Ids::of(&salon).await;
    let mut stranger = Browser::of(&other).await;
    stranger.open("/app").await;
    let token = stranger.value("/logout", "csrf");
    for page in of_members().into_iter().filter(|page| page.path.contains("{id}")) {
        let answer = ask(&stranger, &page, &ids.path(&page), &token).await;
        assert_eq!(answer.status, 404, "{}: {}", name(&page), answer.text);
    }
    let hours = stranger.request("GET", &format!("/app/hours?staff_id={}", ids.0[1].1)).await;
    assert_eq!(hours.status, 404);
}

#[tokio::test]
async fn support_reaches_what_its_table_says_and_no_more() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let ids = Ids::of(&salon).await;
    let operator = app.operator().await;
    let mut browser = operator.browser(&app).await;
    crate::support::begin(&mut browser, &operator, &salon).await;
    let token = browser.value("/logout", "csrf");
    for page in of_members().into_iter().filter(|page| !is_an_end(page)) {
        let Access::Member(permission) = page.access else { continue };
        let path = if page.method == "GET" { ids.path(&page) } else { Ids(Vec::new()).path(&page) };
        let answer = ask(&browser, &page, &path, &token).await;
        if permission.is_for_support() && !is_for_members_alone(&page) {
            let status = answer.status;
            assert!(
                !matches!(status, 401 | 403) && status < 500,
                "{}: {status} {}",
                name(&page),
                answer.text
            );
        } else {
            assert_eq!(answer.status, 403, "{}: {}", name(&page), answer.text);
        }
    }
}

#[tokio::test]
async fn a_role_too_low_is_refused_and_one_high_enough_is_not() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let ids = Ids::of(&salon).await;
    for role in Role::ALL {
        let mut browser = Browser::member(&salon, role).await;
        browser.open("/app").await;
        let token = browser.value("/logout", "csrf");
        for page in of_members().into_iter().filter(|page| !is_an_end(page)) {
            let Access::Member(permission) = page.access else { continue };
            // Of things that are not there, so that the next role finds them all.
            let path = if page.method == "GET" { ids.path(&page) } else { Ids(Vec::new()).path(&page) };
            let answer = ask(&browser, &page, &path, &token).await;
            let name = format!("{} as {}", name(&page), role.name());
            if role.may(permission) {
                assert!(
                    !matches!(answer.status, 401 | 403) && answer.status < 500,
                    "{name}: {} {}",
                    answer.status,
                    answer.text
                );
            } else {
                assert_eq!(answer.status, 403, "{name}: {}", answer.text);
            }
        }
    }
}
