//! The console by its API: what operators see and do, and nobody else.

use api::routes::{Access, Route};
use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Operator, Request, Salon, TestApp};

/// Puts a job into the ledger as it stands. Answers its address.
pub(crate) async fn job(salon: &Salon<'_>, number: u128, state: &str, lease: &str) -> String {
    let id = uuid::Uuid::from_u128((7 << 76) | (2 << 62) | number);
    let sql = format!(
        "INSERT INTO jobs (tenant_id, id, queue, kind, payload, state, run_at, attempt, deliveries, lease_until, last_error, failures)
         VALUES ($1, $2, 'email', 'send_booking_confirmation',
           '{{\"booking_id\": \"019c0000-0000-7000-8000-000000000000\", \"sequence\": 0}}', '{state}',
           '{now}', 8, 8, '{lease}', 'the mail server said no',
           '[{{\"attempt\": 7, \"at\": \"2030-03-04T08:00:00Z\", \"error\": \"timeout\"}},
             {{\"attempt\": 8, \"at\": \"2030-03-04T08:30:00Z\", \"error\": \"the mail server said no\"}}]')",
        now = salon.app.now(),
    );
    salon.app.database.admin().await.execute(&sql, &[&salon.id.0, &id]).await.unwrap();
    format!("{}/{id}", salon.id)
}

fn path(route: &Route, of: &str) -> String {
    let (tenant, id) = of.split_once('/').unwrap();
    route.path.replace("{queue}", "email").replace("{tenant_id}", tenant).replace("{id}", id)
}

pub(crate) fn request(app: &TestApp, route: &Route, of: &str) -> Request {
    let request = app.api(route.method.as_str(), &path(route, of));
    match (route.method.as_str(), route.path) {
        ("POST", "/admin/jobs/retry" | "/admin/jobs/delete") => request.json(&json!({"queue": "email"})),
        ("PUT", "/admin/tenants/{id}/suspension") => request.json(&json!({"reason": "Unpaid"})),
        ("PATCH", "/admin/queues/{queue}") => request.json(&json!({"per_tenant": 5})),
        _ => {
            assert!(route.takes.is_none(), "{} has no line here", route.path);
            request
        }
    }
}

pub(crate) fn routes() -> Vec<Route> {
    let routes = api::routes::api();
    routes.into_iter().filter(|route| route.access == Access::Operator).collect()
}

#[tokio::test]
async fn for_whoever_is_no_operator_there_is_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let of = job(&salon, 1, "dead", "-infinity").await;
    let operator = app.operator().await;
    let told = |answer: testkit::Answer| {
        let mut body = answer.body;
        body["request_id"] = Value::Null;
        (answer.status, body)
    };
    let unknown = told(app.get("/admin/nothing").bearer(&salon.token).await);
    let mut tokens = vec![salon.token.clone()];
    for role in Role::ALL {
        tokens.push(salon.member(role).await);
    }
    for route in routes() {
        request(&app, &route, &of).await.refused(401, "UNAUTHENTICATED");
        request(&app, &route, &of).bearer("a.b.c").await.refused(401, "UNAUTHENTICATED");
        for token in &tokens {
            let answer = request(&app, &route, &of).bearer(token).await;
            assert_eq!(told(answer), unknown, "{} {}", route.method, route.path);
        }
    }
    let unchanged = salon.app.get(&format!("/admin/jobs/{of}")).bearer(&operator.token).await.expect(200);
    assert_eq!(unchanged["state"], "dead");
    for route in routes() {
        let answer = request(&app, &route, &of).bearer(&operator.token).await;
        let is_gone = route.path.contains("{id}") && answer.status == 404;
        assert!(
            (200..300).contains(&answer.status) || answer.status == 409 || is_gone,
            "{}: {}",
            route.path,
            answer.text
        );
    }
    // Once they are none, nothing is left to them.
    let sql = "UPDATE users SET is_operator = false WHERE id = $1";
    app.database.admin().await.execute(sql, &[&operator.id.0]).await.unwrap();
    app.get("/admin/queues").bearer(&operator.token).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn an_operator_without_a_tenant_signs_in_stays_so_and_is_a_member_of_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let operator = app.operator().await;
    let signed_in = operator.sign_in(&app).await;
    assert_eq!(signed_in["tenant"], Value::Null);
    let pair = json!({"refresh_token": signed_in["refresh_token"]});
    let pair = app.post("/auth/refresh").json(&pair).await.expect(200);
    let token = pair["access_token"].as_str().unwrap();
    app.get("/admin/queues").bearer(token).await.expect(200);
    for path in ["/me", "/tenant", "/bookings"] {
        app.get(path).bearer(token).await.refused(401, "SESSION_ENDED");
    }
    // Into a tenant they are no member of nobody signs in.
    let into = json!({"email": operator.email, "password": operator.password, "tenant": salon.slug});
    app.post("/auth/login").json(&into).await.refused(401, "INVALID_CREDENTIALS");
    // A member who is made one has the console with the token they have.
    let sql = "UPDATE users SET is_operator = true, has_second_factor = true WHERE id = $1";
    app.database.admin().await.execute(sql, &[&salon.owner.0]).await.unwrap();
    salon.get("/admin/queues").await.expect(200);
    salon.get("/tenant").await.expect(200);
}

async fn call(operator: &Operator, app: &TestApp, method: &str, path: &str) -> testkit::Answer {
    app.api(method, path).bearer(&operator.token).await
}

#[tokio::test]
async fn a_dead_job_is_looked_at_and_run_again() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let of = job(&salon, 1, "dead", "-infinity").await;
    let operator = app.operator().await;
    let queues = call(&operator, &app, "GET", "/admin/queues").await.expect(200);
    assert_eq!((&queues["queues"][0]["queue"], &queues["queues"][0]["dead"]), (&json!("email"), &json!(1)));
    let list = call(&operator, &app, "GET", "/admin/jobs?search=salon").await.expect(200);
    assert_eq!(list["data"][0]["tenant_slug"], "salon");
    assert_eq!(list["next_cursor"], Value::Null);
    let detail = call(&operator, &app, "GET", &format!("/admin/jobs/{of}")).await.expect(200);
    assert_eq!(detail["failures"][1]["error"], "the mail server said no");
    assert_eq!(detail["payload"]["sequence"], 0);
    assert!(detail["trace"].is_null() && detail["leased_until"].is_null());
    let retried = call(&operator, &app, "POST", &format!("/admin/jobs/{of}/retry")).await.expect(200);
    assert_eq!(
        (&retried["state"], &retried["attempt"], &retried["deliveries"]),
        (&json!("due"), &json!(0), &json!(0))
    );
    assert_eq!(retried["failures"].as_array().unwrap().len(), 2);
    call(&operator, &app, "POST", &format!("/admin/jobs/{of}/retry")).await.refused(409, "JOB_NOT_RETRYABLE");
    // Its booking is gone, so there is nothing to do: it is done.
    app.run_jobs().await;
    call(&operator, &app, "GET", &format!("/admin/jobs/{of}")).await.refused(404, "NOT_FOUND");
    let trail = app.database.admin().await;
    let sql = "SELECT actor_kind, actor_id, action, ip FROM audit_events WHERE tenant_id = $1 AND subject_kind = 'job'";
    let row = trail.query_one(sql, &[&salon.id.0]).await.unwrap();
    assert_eq!(row.get::<_, String>(0), "operator");
    assert_eq!(row.get::<_, uuid::Uuid>(1), operator.id.0);
    assert_eq!(
        (row.get::<_, String>(2).as_str(), row.get::<_, String>(3).as_str()),
        ("job.retry", "127.0.0.1")
    );
}

#[tokio::test]
async fn what_is_with_a_worker_is_left_to_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let operator = app.operator().await;
    let of = job(&salon, 1, "ready", "2100-01-01T00:00:00Z").await;
    for (method, path) in
        [("POST", format!("/admin/jobs/{of}/retry")), ("DELETE", format!("/admin/jobs/{of}"))]
    {
        call(&operator, &app, method, &path).await.refused(409, "JOB_RUNNING");
    }
    let waiting = job(&salon, 2, "scheduled", "-infinity").await;
    assert_eq!(call(&operator, &app, "DELETE", &format!("/admin/jobs/{waiting}")).await.status, 204);
    let leased = call(&operator, &app, "GET", "/admin/jobs?state=leased").await.expect(200);
    assert_eq!(leased["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn many_are_retried_or_removed_at_once() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    for number in 0..5 {
        job(&salon, number, "dead", "-infinity").await;
        job(&other, number, "dead", "-infinity").await;
    }
    let operator = app.operator().await;
    let send = async |path: &str, body: Value| app.post(path).bearer(&operator.token).json(&body).await;
    send("/admin/jobs/retry", json!({"queue": "email", "tenant": "nobody"})).await.refused(422, "INVALID");
    send("/admin/jobs/retry", json!({"queue": "post"})).await.refused(422, "INVALID");
    let none = send("/admin/jobs/retry", json!({"queue": "email", "kind": "other"})).await.expect(200);
    assert_eq!(none, json!({"jobs": 0, "has_more": false}));
    let own = send("/admin/jobs/retry", json!({"queue": "email", "tenant": "salon"})).await.expect(200);
    assert_eq!(own["jobs"], 5);
    let rest = send("/admin/jobs/delete", json!({"queue": "email"})).await.expect(200);
    assert_eq!(rest["jobs"], 5);
    let left = call(&operator, &app, "GET", "/admin/jobs").await.expect(200);
    assert_eq!(left["data"], json!([]));
}

#[tokio::test]
async fn a_queue_is_paused_and_set_and_tells_what_became_of_its_runs() {
    let app = TestApp::start().await.ignore_jobs();
    let operator = app.operator().await;
    let sql = format!(
        "INSERT INTO job_minutes (queue, kind, minute, done, dropped, again, dead, waited, ran)
         VALUES ('pdf', 'make_booking_summary', '{now}', 10, 1, 2, 3, array_fill(0, ARRAY[6]) || 16 || array_fill(0, ARRAY[15]),
           array_fill(0, ARRAY[22]))",
        now = app.now()
    );
    app.database.admin().await.batch_execute(&sql).await.unwrap();
    let paused = call(&operator, &app, "POST", "/admin/queues/pdf/pause").await.expect(200);
    assert_eq!(paused["paused_at"], "2030-03-04T09:00:00Z");
    let set = app.patch("/admin/queues/pdf").bearer(&operator.token);
    let set = set.json(&json!({"per_tenant": 7})).await.expect(200);
    assert_eq!((&set["per_tenant"], &set["paused_at"]), (&json!(7), &paused["paused_at"]));
    for wrong in [json!({"per_tenant": 0}), json!({"per_tenant": "many"}), json!({"priority": 1})] {
        app.patch("/admin/queues/pdf").bearer(&operator.token).json(&wrong).await.refused(422, "INVALID");
    }
    let queue = call(&operator, &app, "GET", "/admin/queues/pdf?range=24h").await.expect(200);
    assert_eq!((&queue["minutes"], queue["slices"].as_array().unwrap().len()), (&json!(15), 96));
    assert_eq!(queue["slices"][95]["done"], 10);
    assert_eq!((&queue["kinds"][0]["dead"], &queue["kinds"][0]["waited"]["p50_ms"]), (&json!(3), &json!(48)));
    assert_eq!(queue["kinds"][0]["ran"]["p99_ms"], Value::Null);
    let resumed = call(&operator, &app, "POST", "/admin/queues/pdf/resume").await.expect(200);
    assert_eq!((&resumed["per_tenant"], &resumed["paused_at"]), (&json!(7), &Value::Null));
    call(&operator, &app, "GET", "/admin/queues/post").await.refused(404, "NOT_FOUND");
    call(&operator, &app, "GET", "/admin/queues/pdf?range=1y").await.refused(422, "INVALID");
}
