//! Who may sign in to a tenant, and as what.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp};

use crate::identity::{login, token_of_mail};

/// A salon with room for five, whose owner has proven their address.
async fn salon(app: &TestApp) -> Salon<'_> {
    let salon = app.tenant("salon").await;
    salon.set_plan("enterprise").await;
    verify(&salon).await;
    app.run_jobs().await;
    salon
}

async fn verify(salon: &Salon<'_>) {
    let sql = "UPDATE users SET email_verified_at = now() WHERE id = $1";
    salon.app.database.admin().await.execute(sql, &[&salon.owner.0]).await.unwrap();
}

async fn invite(salon: &Salon<'_>, email: &str, role: &str) -> testkit::Answer {
    salon.post("/invitations").json(&json!({"email": email, "role": role})).await
}

/// Accepts the newest invitation with an account that is made.
async fn join(app: &TestApp, password: &str) -> testkit::Answer {
    app.run_jobs().await;
    let token = token_of_mail(app, "/invitation/").await;
    let body = json!({"token": token, "full_name": "Vic Visitor", "password": password});
    app.post("/auth/accept-invitation").json(&body).await
}

/// Somebody who has joined: their id and their token.
async fn member(salon: &Salon<'_>, email: &str, role: &str) -> (String, String) {
    salon.app.clock.advance(TimeDelta::seconds(1));
    invite(salon, email, role).await.expect(201);
    let body = join(salon.app, "a secret of their own").await.expect(201);
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    (text("/user/id"), text("/access_token"))
}

async fn roles(salon: &Salon<'_>) -> Vec<(String, String)> {
    let listed = salon.get("/members").await.expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    listed["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(&one["email"]), text(&one["role"])))
        .collect()
}

/// In alphabetical order.
async fn actions(salon: &Salon<'_>) -> Vec<String> {
    let sql = "SELECT action FROM audit_events WHERE tenant_id = $1 AND action ~ '^(member|invitation|tenant.transfer)'
        ORDER BY action";
    let admin = salon.app.database.admin().await;
    admin.query(sql, &[&salon.id.0]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn somebody_is_invited_by_mail_and_joins_with_an_account_that_is_made() {
    let app = TestApp::start().await;
    let salon = salon(&app).await;
    let staff = json!({"name": "Vic", "email": "vic@example.org"});
    let staff = salon.post("/staff").json(&staff).await.expect(201)["id"].as_str().unwrap().to_owned();
    app.clock.advance(TimeDelta::seconds(1));
    let invitation = invite(&salon, "Vic@example.org", "manager").await.expect(201);
    invite(&salon, "vic@example.org", "staff").await.refused(409, "ALREADY_INVITED");
    invite(&salon, &salon.email, "staff").await.refused(409, "ALREADY_MEMBER");
    assert_eq!(salon.get("/invitations").await.expect(200)["invitations"][0]["id"], invitation["id"]);
    let refused = join(&app, "password12").await.refused(422, "INVALID");
    assert_eq!(refused["errors"][0]["code"], "GUESSABLE");
    let mails = app.mails().await;
    let told = mails.last().unwrap();
    assert_eq!(told.subject, "Olga Owner invites you to Salon salon");
    assert!(told.to.contains("Vic@example.org") && told.text.contains("Manager"), "{told:?}");
    let joined = join(&app, "a secret of their own").await.expect(201);
    assert_eq!(
        (&joined["tenant"]["role"], &joined["user"]["email_verified"]),
        (&json!("manager"), &json!(true))
    );
    let token = joined["access_token"].as_str().unwrap();
    app.get("/bookings").bearer(token).await.expect(200);
    app.get("/members").bearer(token).await.refused(403, "FORBIDDEN");
    // Once.
    join(&app, "a secret of their own").await.refused(422, "LINK_INVALID");
    assert_eq!(salon.get("/invitations").await.expect(200)["invitations"], json!([]));
    let expected =
        [(salon.email.clone(), "owner".to_owned()), ("Vic@example.org".to_owned(), "manager".to_owned())];
    assert_eq!(roles(&salon).await, expected);
    assert_eq!(actions(&salon).await, ["invitation.create", "member.join"]);
    // Who was bookable under that address is the same person.
    let sql = "SELECT user_id::text FROM staff WHERE id::text = $1";
    let linked: Option<String> = app.database.admin().await.query_one(sql, &[&staff]).await.unwrap().get(0);
    assert_eq!(linked.as_deref(), joined["user"]["id"].as_str());
}

#[tokio::test]
async fn whoever_has_an_account_joins_when_signed_in_with_the_invited_address() {
    let app = TestApp::start().await;
    let salon = salon(&app).await;
    let (known, other) = (app.tenant("known").await, app.tenant("other").await);
    app.run_jobs().await;
    app.clock.advance(TimeDelta::seconds(1));
    invite(&salon, &known.email, "staff").await.expect(201);
    app.run_jobs().await;
    let token = token_of_mail(&app, "/invitation/").await;
    let accept = async |who: &Salon<'_>| who.post("/me/invitations").json(&json!({"token": token})).await;
    // Whoever has only found the link.
    accept(&other).await.refused(403, "FORBIDDEN");
    let body = json!({"token": token, "full_name": "Thief", "password": "a secret of their own"});
    app.post("/auth/accept-invitation").json(&body).await.refused(409, "EMAIL_TAKEN");
    let tenant = accept(&known).await.expect(200);
    assert_eq!((&tenant["slug"], &tenant["role"]), (&json!("salon"), &json!("staff")));
    let listed = known.get("/me/tenants").await.expect(200);
    assert_eq!(listed["tenants"].as_array().unwrap().len(), 2);
    accept(&known).await.refused(422, "LINK_INVALID");
}

#[tokio::test]
async fn an_invitation_is_over_when_it_is_taken_back_or_a_week_old() {
    let app = TestApp::start().await;
    let mut salon = salon(&app).await;
    app.clock.advance(TimeDelta::seconds(1));
    let first = invite(&salon, "vic@example.org", "staff").await.expect(201);
    app.run_jobs().await;
    let token = token_of_mail(&app, "/invitation/").await;
    assert_eq!(app.request("GET", &format!("/invitation/{token}")).await.status, 200);
    salon.delete(&format!("/invitations/{}", first["id"].as_str().unwrap())).await.expect(204);
    assert_eq!(app.request("GET", &format!("/invitation/{token}")).await.status, 404);
    join(&app, "a secret of their own").await.refused(422, "LINK_INVALID");
    app.clock.advance(TimeDelta::seconds(1));
    invite(&salon, "vic@example.org", "staff").await.expect(201);
    app.run_jobs().await;
    app.clock.advance(TimeDelta::days(7));
    join(&app, "a secret of their own").await.refused(422, "LINK_INVALID");
    salon.token = login(&app, &salon.email, &salon.password).await.expect(200)["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(salon.get("/invitations").await.expect(200)["invitations"], json!([]));
    // Its place is free again, and so is the address.
    invite(&salon, "vic@example.org", "staff").await.expect(201);
    app.run_jobs().await;
}

#[tokio::test]
async fn seats_are_those_of_the_plan_even_at_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app).await;
    let emails: Vec<String> = (0..8).map(|n| format!("vic{n}@example.org")).collect();
    let answers = join_all(emails.iter().map(|email| invite(&salon, email, "viewer"))).await;
    // The owner is one of five.
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 4);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        let refused = answer.refused(402, "PLAN_LIMIT_REACHED");
        assert_eq!((&refused["limit"], &refused["max"]), (&json!("members"), &json!(5)));
    }
    let limits = salon.get("/plan").await.expect(200)["limits"].clone();
    let members = limits.as_array().unwrap().iter().find(|one| one["limit"] == "members").unwrap();
    assert_eq!(members["used"], 5);
    // A plan that has become smaller keeps no place for who has yet to come.
    app.run_jobs().await;
    salon.set_plan("free").await;
    join(&app, "a secret of their own").await.refused(402, "PLAN_LIMIT_REACHED");
}

#[tokio::test]
async fn of_many_who_accept_at_once_one_joins() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = salon(&app).await;
    app.clock.advance(TimeDelta::seconds(1));
    invite(&salon, "vic@example.org", "staff").await.expect(201);
    app.run_jobs().await;
    let answers = join_all((0..6).map(|_| join(&app, "a secret of their own"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(roles(&salon).await.len(), 2);
}

#[tokio::test]
async fn an_address_that_is_not_proven_invites_nobody() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("enterprise").await;
    invite(&salon, "vic@example.org", "staff").await.refused(409, "EMAIL_NOT_VERIFIED");
    verify(&salon).await;
    invite(&salon, "vic@example.org", "staff").await.expect(201);
    let refused = invite(&salon, "no address", "staff").await.refused(422, "INVALID");
    assert_eq!(refused["errors"][0]["pointer"], "/email");
}

#[tokio::test]
async fn nobody_gives_a_role_above_their_own_nor_takes_from_who_is_above() {
    let app = TestApp::start().await;
    let salon = salon(&app).await;
    let (admin_id, admin) = member(&salon, "admin@example.org", "admin").await;
    let (staff_id, _) = member(&salon, "staff@example.org", "staff").await;
    let path = |id: &str| format!("/members/{id}");
    let change = async |id: &str, role: &str| {
        app.api("PATCH", &path(id)).bearer(&admin).json(&json!({"role": role})).await
    };
    let owner = salon.owner.to_string();
    change(&staff_id, "owner").await.refused(403, "FORBIDDEN");
    change(&owner, "viewer").await.refused(403, "FORBIDDEN");
    change(&admin_id, "owner").await.refused(403, "FORBIDDEN");
    app.api("DELETE", &path(&owner)).bearer(&admin).await.refused(403, "FORBIDDEN");
    let body = json!({"email": "boss@example.org", "role": "owner"});
    app.api("POST", "/invitations").bearer(&admin).json(&body).await.refused(403, "FORBIDDEN");
    change(&staff_id, "manager").await.expect(204);
    app.api("DELETE", &path(&staff_id)).bearer(&admin).await.expect(204);
    change(&staff_id, "viewer").await.refused(404, "NOT_FOUND");
    app.run_jobs().await;
}

#[tokio::test]
async fn a_role_counts_at_once_and_the_last_owner_stays() {
    let app = TestApp::start().await;
    let salon = salon(&app).await;
    let (id, token) = member(&salon, "vic@example.org", "viewer").await;
    let body = json!({"name": "Cabin"});
    app.api("POST", "/rooms").bearer(&token).json(&body).await.refused(403, "FORBIDDEN");
    let path = format!("/members/{id}");
    salon.patch(&path).json(&json!({"role": "manager"})).await.expect(204);
    app.api("POST", "/rooms").bearer(&token).json(&body).await.expect(201);
    let owner = format!("/members/{}", salon.owner);
    salon.patch(&owner).json(&json!({"role": "admin"})).await.refused(409, "LAST_OWNER");
    salon.delete(&owner).await.refused(409, "LAST_OWNER");
    // Whoever is not above anybody may still go.
    app.api("DELETE", &path).bearer(&token).await.expect(204);
    app.api("GET", "/tenant").bearer(&token).await.refused(401, "SESSION_ENDED");
    let expected = ["invitation.create", "member.change_role", "member.join", "member.leave"];
    assert_eq!(actions(&salon).await, expected);
    app.run_jobs().await;
}

#[tokio::test]
async fn a_tenant_is_given_by_its_owner_with_the_password() {
    let app = TestApp::start().await;
    let salon = salon(&app).await;
    let (id, token) = member(&salon, "vic@example.org", "staff").await;
    let give = async |password: &str| {
        let body = json!({"member_id": id, "current_password": password});
        salon.post("/tenant/ownership").json(&body).await
    };
    give("not the password").await.refused(422, "INVALID");
    let own = json!({"member_id": salon.owner, "current_password": salon.password});
    salon.post("/tenant/ownership").json(&own).await.refused(422, "INVALID");
    give(&salon.password).await.expect(204);
    let expected =
        [(salon.email.clone(), "admin".to_owned()), ("vic@example.org".to_owned(), "owner".to_owned())];
    assert_eq!(roles(&salon).await, expected);
    give(&salon.password).await.refused(403, "FORBIDDEN");
    app.api("DELETE", &format!("/members/{}", salon.owner)).bearer(&token).await.expect(204);
    app.run_jobs().await;
}

#[tokio::test]
async fn an_account_is_deleted_with_its_memberships_unless_a_tenant_has_no_other_owner() {
    let app = TestApp::start().await;
    let salon = salon(&app).await;
    let (id, token) = member(&salon, "vic@example.org", "manager").await;
    let own = json!({"name": "Second", "timezone": "Europe/Paris"});
    let second = app.post("/tenants").bearer(&token).json(&own).await.expect(201);
    let delete = async |password: &str| {
        app.api("DELETE", "/me").bearer(&token).json(&json!({"current_password": password})).await
    };
    delete("not the password").await.refused(422, "INVALID");
    delete("a secret of their own").await.refused(409, "LAST_OWNER");
    assert_eq!(roles(&salon).await.len(), 2, "nothing is left by halves");
    // The salon's owner becomes that of the second, too.
    let sql = "INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES ($1::text::uuid, $2, 'owner', now())";
    let admin = app.database.admin().await;
    admin.execute(sql, &[&second["id"].as_str().unwrap(), &salon.owner.0]).await.unwrap();
    delete("a secret of their own").await.expect(204);
    app.get("/me").bearer(&token).await.refused(401, "SESSION_ENDED");
    login(&app, "vic@example.org", "a secret of their own").await.refused(401, "INVALID_CREDENTIALS");
    assert_eq!(roles(&salon).await.len(), 1);
    assert!(actions(&salon).await.contains(&"member.leave".to_owned()));
    for table in [
        "users WHERE id",
        "sessions WHERE user_id",
        "credentials WHERE user_id",
        "account_events WHERE user_id",
    ] {
        let sql = format!("SELECT count(*) FROM {table} = '{id}'");
        let left: i64 = admin.query_one(&sql, &[]).await.unwrap().get(0);
        assert_eq!(left, 0, "{table}");
    }
    // The address is free again.
    member(&salon, "vic@example.org", "viewer").await;
    app.run_jobs().await;
}

#[tokio::test]
async fn two_owners_who_go_at_once_leave_one() {
    let app = TestApp::start().await;
    let salon = salon(&app).await;
    for round in 0..5 {
        let (id, token) = member(&salon, &format!("vic{round}@example.org"), "viewer").await;
        salon.patch(&format!("/members/{id}")).json(&json!({"role": "owner"})).await.expect(204);
        let lower = json!({"role": "admin"});
        let (own, theirs) = (format!("/members/{}", salon.owner), format!("/members/{id}"));
        let answers = futures_util::join!(async { salon.patch(&own).json(&lower).await }, async {
            app.api("PATCH", &theirs).bearer(&token).json(&lower).await
        });
        let mut statuses = [answers.0.status, answers.1.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409]);
        if answers.0.status == 204 {
            let back = json!({"role": "owner"});
            app.api("PATCH", &own).bearer(&token).json(&back).await.expect(204);
        }
        salon.delete(&theirs).await.expect(204);
    }
    app.run_jobs().await;
}

#[tokio::test]
async fn the_pages_do_the_same() {
    let app = TestApp::start().await;
    let salon = salon(&app).await;
    let mut owner = Browser::of(&salon).await;
    owner.open("/app/settings/access").await;
    assert!(owner.page.text.contains("1 of 5 in your plan"), "{}", owner.page.text);
    app.clock.advance(TimeDelta::seconds(1));
    owner.submit("/app/settings/access", &[("email", "no address")]).await;
    assert!(owner.page.status == 422 && owner.page.text.contains("Enter a complete email address"));
    owner.submit("/app/settings/access", &[("email", "vic@example.org"), ("role", "manager")]).await;
    assert!(owner.page.text.contains("The invitation is on its way."), "{}", owner.page.text);
    app.run_jobs().await;
    let link = format!("/invitation/{}", token_of_mail(&app, "/invitation/").await);

    // Signed in with another address, nobody joins.
    owner.open(&link).await;
    assert!(owner.page.text.contains("You are signed in with another address."), "{}", owner.page.text);
    let mut vic = Browser::new(&app);
    vic.open(&link).await;
    vic.submit(&link, &[("full_name", "Vic"), ("password", "short")]).await;
    assert!(vic.page.status == 422 && vic.page.text.contains("Choose a longer password"));
    vic.submit(&link, &[("password", "a secret of their own")]).await;
    assert_eq!(vic.address, "/app");
    assert!(
        vic.page.text.contains("Welcome! You are a member now.") && vic.page.text.contains("Salon salon")
    );
    assert_eq!(vic.request("GET", "/app/settings/access").await.status, 403);

    owner.open("/app/settings/access").await;
    let page = owner.page.text.clone();
    let (_, rest) = page.split_once("/app/settings/access/members/").unwrap();
    let id = rest.split('/').next().unwrap();
    owner.submit(&format!("/app/settings/access/members/{id}/role"), &[("role", "staff")]).await;
    assert!(owner.page.text.contains("The role is changed."), "{}", owner.page.text);
    let fields = [("member_id", id), ("current_password", "not the password")];
    owner.submit("/app/settings/access/ownership", &fields).await;
    assert!(owner.page.status == 422 && owner.page.text.contains("This is not your password."));
    owner.submit(&format!("/app/settings/access/members/{id}/removal"), &[]).await;
    assert!(owner.page.text.contains("They can no longer sign in here."), "{}", owner.page.text);
    assert_eq!(vic.request("GET", "/app").await.status, 303);

    // Whoever owns a business alone stays; who left is told so.
    owner.open("/app/account").await;
    owner.submit("/app/account/removal", &[("removal_password", &salon.password)]).await;
    assert!(owner.page.text.contains("A business needs an owner"), "{}", owner.page.text);

    // Whoever has an account signs in and comes back.
    let known = app.tenant("known").await;
    app.run_jobs().await;
    app.clock.advance(TimeDelta::seconds(1));
    invite(&salon, &known.email, "staff").await.expect(201);
    app.run_jobs().await;
    let link = format!("/invitation/{}", token_of_mail(&app, "/invitation/").await);
    let mut known_one = Browser::new(&app);
    known_one.open(&link).await;
    assert!(known_one.page.text.contains(&format!("/login?next={link}")), "{}", known_one.page.text);
    known_one.open(&format!("/login?next={link}")).await;
    known_one.submit("/login", &[("email", &known.email), ("password", &known.password)]).await;
    assert_eq!(known_one.address, link);
    known_one.submit(&link, &[]).await;
    assert!(known_one.address == "/app" && known_one.page.text.contains("Salon salon"));
    app.run_jobs().await;
}
