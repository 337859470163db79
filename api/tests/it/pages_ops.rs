//! The console in a browser: for operators, who sign in like any user; and the part of it that is a tenant's.

use std::time::Duration;

use api::pages::table::{Access, Page, pages};
use domain::access::Role;
use testkit::{Browser, Salon, TestApp};

use crate::console::job;

fn of_operators() -> Vec<Page> {
    pages().into_iter().filter(|page| page.access == Access::Operator).collect()
}

fn path(page: &Page, of: &str) -> String {
    let (tenant, id) = of.split_once('/').unwrap();
    if page.path.starts_with("/ops/tenants/") {
        return page.path.replace("{id}", tenant);
    }
    let path = page.path.replace("{queue}", "email").replace("{tenant_id}", tenant).replace("{id}", id);
    let needs_queue = matches!(page.path, "/ops/jobs/retry" | "/ops/jobs/delete");
    if needs_queue { format!("{path}?queue=email") } else { path }
}

#[tokio::test]
async fn for_whoever_is_no_operator_the_console_is_not_there() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let of = job(&salon, 1, "dead", "-infinity").await;
    let operator = app.operator().await;
    let nobody = Browser::new(&app);
    for page in of_operators() {
        let name = format!("{} {}", page.method, page.path);
        let answer = nobody.request(page.method.as_str(), &path(&page, &of)).form(&[]).await;
        assert_eq!(answer.status, 303, "{name}");
        assert!(answer.header("location").starts_with("/ops/login?next=%2Fops"), "{name}");
    }
    for role in Role::ALL {
        let mut browser = Browser::member(&salon, role).await;
        browser.open("/app").await;
        assert!(!browser.page.text.contains("/ops/"));
        let token = browser.value("/logout", "csrf");
        for page in of_operators() {
            let request = browser.request(page.method.as_str(), &path(&page, &of));
            let answer = if page.method == "GET" {
                request.await
            } else {
                request.header("x-csrf-token", &token).form(&[]).await
            };
            assert_eq!(answer.status, 404, "{} {} as {}", page.method, page.path, role.name());
        }
    }
    let mut browser = operator.browser(&app).await;
    for page in of_operators() {
        if page.path.ends_with("/stream") {
            continue;
        }
        let path = path(&page, &of);
        if page.method == "GET" {
            let answer = browser.open(&path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        } else {
            // Without the token of the page nothing is done.
            let answer =
                browser.request("POST", &path).header("sec-fetch-site", "same-origin").form(&[]).await;
            assert_eq!(answer.status, 403, "{path}");
        }
    }
}

#[tokio::test]
async fn only_operators_sign_in_at_the_door_of_the_console() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let operator = app.operator().await;
    let mut browser = Browser::new(&app);
    browser.open("/ops/tenants").await;
    assert_eq!(browser.address, "/ops/login?next=%2Fops%2Ftenants");
    assert!(!browser.page.text.contains("href=\"/signup\""), "{}", browser.page.text);
    let owner = [("email", salon.email.as_str()), ("password", salon.password.as_str())];
    let wrong = [("email", operator.email.as_str()), ("password", "the secret of somebody else")];
    for fields in [owner, wrong] {
        browser.submit("/ops/login", &fields).await;
        let page = &browser.page;
        assert!(page.status == 401 && page.text.contains("is wrong"), "{} {}", page.status, page.text);
        assert!(!browser.cookies.contains_key(api::cookies::SESSION));
    }
    let right = [("email", operator.email.as_str()), ("password", operator.password.as_str())];
    browser.submit("/ops/login", &right).await;
    assert!(!browser.cookies.contains_key(api::cookies::SESSION), "the password alone is not enough");
    browser.submit("/login/code", &[("code", &operator.code(&app).await)]).await;
    assert_eq!((browser.address.as_str(), browser.page.status), ("/ops/tenants", 200));
    // Whoever is signed in goes on.
    browser.open("/ops/login").await;
    assert_eq!(browser.address, "/ops/queues");
    // In no tenant there is no dashboard to go on to.
    browser.open("/app").await;
    assert_eq!((browser.address.as_str(), browser.page.status), ("/ops/queues", 200));
}

#[tokio::test]
async fn an_operator_signs_in_sees_a_dead_job_and_retries_it() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let of = job(&salon, 1, "dead", "-infinity").await;
    let mut browser = app.operator().await.browser(&app).await;
    // Whoever is signed in needs not sign in again.
    browser.open("/login").await;
    assert_eq!(browser.address, "/ops/queues");
    let list = browser.open("/ops/jobs?q=mail+server").await;
    assert!(
        list.text.contains("the mail server said no") && list.text.contains("Salon salon"),
        "{}",
        list.text
    );
    let page = browser.open(&format!("/ops/jobs/{of}")).await;
    for words in ["Run 7", "timeout", "booking_id", "Confirm a booking by mail"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let retry = format!("/ops/jobs/{of}/retry");
    let other = browser.request("GET", &format!("/ops/jobs/{of}")).await;
    let told = browser.submit(&retry, &[]).await;
    assert!(told.text.contains("The job is due again."), "{}", told.text);
    assert!(browser.open("/ops/jobs").await.text.contains("Nothing has failed"));
    // A page that was opened before knows another state.
    browser.page = other;
    let told = browser.submit(&retry, &[]).await;
    assert!(told.text.contains("has moved on"), "{}", told.text);
    app.run_jobs().await;
    let gone = browser.open(&format!("/ops/jobs/{of}")).await;
    assert_eq!(gone.status, 404);
    assert!(gone.text.contains("not there, or no longer"));
    browser.open("/ops/queues").await;
    browser.submit("/ops/logout", &[]).await;
    assert_eq!(browser.address, "/ops/login");
    browser.open("/ops/queues").await;
    assert_eq!(browser.address, "/ops/login?next=%2Fops%2Fqueues");
}

#[tokio::test]
async fn a_queue_is_paused_set_and_goes_on() {
    let app = TestApp::start().await.ignore_jobs();
    let mut browser = app.operator().await.browser(&app).await;
    let queue = browser.open("/ops/queues/email").await;
    assert!(queue.text.contains("Nothing ran"), "{}", queue.text);
    let paused = browser.submit("/ops/queues/email/pause", &[]).await;
    assert!(
        paused.text.contains("The queue is paused.") && paused.text.contains("Paused since"),
        "{}",
        paused.text
    );
    let admin = app.database.admin().await;
    let row =
        admin.query_one("SELECT paused_at IS NOT NULL FROM queue_settings WHERE queue = 'email'", &[]).await;
    assert!(row.unwrap().get::<_, bool>(0));
    let refused = browser.submit("/ops/queues/email/settings", &[("per_tenant", "none")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("This value is out of range."), "{}", refused.text);
    let set = browser.submit("/ops/queues/email/settings", &[("per_tenant", "12")]).await;
    assert!(set.text.contains("Saved."));
    assert_eq!(browser.value("/ops/queues/email/settings", "per_tenant"), "12");
    let resumed = browser.submit("/ops/queues/email/resume", &[]).await;
    assert!(resumed.text.contains("The queue goes on.") && !resumed.text.contains("Paused since"));
}

#[tokio::test]
async fn many_are_done_once_somebody_means_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for number in 0..3 {
        job(&salon, number, "dead", "-infinity").await;
    }
    let mut browser = app.operator().await.browser(&app).await;
    let list = browser.open("/ops/jobs?queue=email").await;
    assert!(list.text.contains("/ops/jobs/delete?queue=email"), "{}", list.text);
    let ask = browser.open(&format!("/ops/jobs/delete?queue=email&tenant={}", salon.id)).await;
    assert!(ask.text.contains("failed jobs") && ask.text.contains("Salon salon"), "{}", ask.text);
    let done = browser.submit("/ops/jobs/delete", &[]).await;
    assert!(done.text.contains("They are removed."), "{}", done.text);
    let again = browser.open("/ops/jobs/retry?queue=email").await;
    assert!(again.text.contains("disabled"), "{}", again.text);
    assert_eq!(browser.open("/ops/jobs/retry?queue=post").await.status, 404);
}

#[tokio::test]
async fn the_console_is_told_when_something_is_done() {
    let app = TestApp::start().await.ignore_jobs();
    let browser = app.operator().await.browser(&app).await;
    let mut stream = browser.request("GET", "/ops/stream").listen().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    app.state.hub.did(store::Wake::Tenant(domain::id::TenantId::PLATFORM));
    let message = tokio::time::timeout(Duration::from_secs(5), stream.next()).await.unwrap().unwrap();
    assert_eq!(message.event, "changes");
    // Time alone changes what is shown, too; and who is no operator any longer is told nothing.
    let sql = "UPDATE users SET is_operator = false";
    app.database.admin().await.batch_execute(sql).await.unwrap();
    app.state.hub.did(store::Wake::Tenant(domain::id::TenantId::PLATFORM));
    assert!(stream.next().await.is_none());
}

async fn own(salon: &Salon<'_>) -> String {
    job(salon, 1, "scheduled", "-infinity").await;
    job(salon, 2, "dead", "-infinity").await.split_once('/').unwrap().1.to_owned()
}

#[tokio::test]
async fn a_tenants_people_see_what_failed_and_have_it_tried_again() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let id = own(&salon).await;
    let mut browser = Browser::of(&salon).await;
    let page = browser.open("/app/jobs").await;
    for words in ["Confirm a booking by mail", "next on"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    // What a server said is for those who run it.
    for words in ["booking_id", "send_booking", "the mail server said no"] {
        assert!(!page.text.contains(words), "{words}: {}", page.text);
    }
    let retried = browser.submit(&format!("/app/jobs/{id}/retry"), &[]).await;
    assert!(
        retried.text.contains("It is tried again.") && retried.text.contains("Everything went well"),
        "{}",
        retried.text
    );
    let admin = app.database.admin().await;
    let sql =
        "SELECT actor_kind, actor_id, action FROM audit_events WHERE tenant_id = $1 AND subject_kind = 'job'";
    let row = admin.query_one(sql, &[&salon.id.0]).await.unwrap();
    assert_eq!((row.get::<_, String>(0).as_str(), row.get::<_, String>(2).as_str()), ("user", "job.retry"));
    assert_eq!(row.get::<_, uuid::Uuid>(1), salon.owner.0);
}
