//! What whoever is signed in does with their own account.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp, sign_up};

use crate::identity::{login, refresh, token_of_mail};
use crate::limits::redis;

pub(crate) async fn change_email(salon: &Salon<'_>, email: &str) -> testkit::Answer {
    let body = json!({"email": email, "current_password": salon.password});
    salon.post("/me/email").json(&body).await
}

pub(crate) async fn confirm(app: &TestApp, token: &str) -> testkit::Answer {
    app.post("/auth/confirm-email").json(&json!({"token": token})).await
}

pub(crate) async fn undo(app: &TestApp, token: &str) -> testkit::Answer {
    app.post("/auth/undo-email").json(&json!({"token": token})).await
}

async fn email_of(salon: &Salon<'_>) -> Value {
    salon.get("/me").await.expect(200)["user"]["email"].clone()
}

#[tokio::test]
async fn somebody_has_another_name_and_language() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let body = json!({"full_name": " Olga O. ", "locale": "fr"});
    let user = salon.patch("/me").json(&body).await.expect(200);
    assert_eq!((&user["full_name"], &user["locale"]), (&json!("Olga O."), &json!("fr")));
    let refused = salon.patch("/me").json(&json!({"full_name": " "})).await.refused(422, "INVALID");
    assert_eq!(refused["errors"][0]["pointer"], "/full_name");
    assert_eq!(salon.patch("/me").json(&json!({})).await.expect(200)["full_name"], "Olga O.");
}

#[tokio::test]
async fn a_password_that_is_easily_guessed_is_refused_wherever_one_is_chosen() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let code = |refused: Value, pointer: &str| {
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
        refused["errors"][0]["code"].as_str().unwrap().to_owned()
    };
    app.post("/auth/forgot-password").json(&json!({"email": salon.email})).await.expect(202);
    app.run_jobs().await;
    let token = token_of_mail(&app, "/reset/").await;
    for (password, why) in
        [("Password123!", "GUESSABLE"), ("short", "TOO_SHORT"), (&"é".repeat(201), "TOO_LONG")]
    {
        let mut body = sign_up("another", "Europe/Paris");
        body["password"] = json!(password);
        let refused = app.post("/auth/register").json(&body).await.refused(422, "INVALID");
        assert_eq!(code(refused, "/password"), why);
        let body = json!({"current_password": salon.password, "password": password});
        let refused = salon.put("/me/password").json(&body).await.refused(422, "INVALID");
        assert_eq!(code(refused, "/password"), why);
        let body = json!({"token": token, "password": password});
        let refused = app.post("/auth/reset-password").json(&body).await.refused(422, "INVALID");
        assert_eq!(code(refused, "/password"), why);
    }
    // What everybody knows of somebody helps nobody.
    let body = json!({"current_password": salon.password, "password": "Owner@salon.example"});
    let refused = salon.put("/me/password").json(&body).await.refused(422, "INVALID");
    assert_eq!(code(refused, "/password"), "GUESSABLE");
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it_and_ends_all_other_sessions() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let other = login(&app, &salon.email, &salon.password).await.expect(200);
    app.post("/auth/forgot-password").json(&json!({"email": salon.email})).await.expect(202);
    app.run_jobs().await;
    let reset = token_of_mail(&app, "/reset/").await;
    let change = async |current: &str| {
        let body = json!({"current_password": current, "password": "quite another secret"});
        salon.put("/me/password").json(&body).await
    };
    let refused = change("not the password").await.refused(422, "INVALID");
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/current_password"), &json!("WRONG"))
    );
    app.clock.advance(TimeDelta::seconds(1));
    change(&salon.password).await.expect(204);
    salon.get("/me").await.expect(200);
    refresh(&app, other["refresh_token"].as_str().unwrap()).await.refused(401, "SESSION_ENDED");
    login(&app, &salon.email, &salon.password).await.refused(401, "INVALID_CREDENTIALS");
    login(&app, &salon.email, "quite another secret").await.expect(200);
    // A link to choose one that was still open would be a way around it.
    let body = json!({"token": reset, "password": "yet another secret"});
    app.post("/auth/reset-password").json(&body).await.refused(422, "LINK_INVALID");
    app.run_jobs().await;
    let mails = app.mails().await;
    let told = mails.last().unwrap();
    assert!(told.subject.contains("Your password was changed") && told.to.contains(&salon.email), "{told:?}");
    assert!(told.text.contains("127.0.0.0/24") && told.text.contains("/forgot"), "{}", told.text);
}

#[tokio::test]
async fn guesses_at_the_password_of_a_session_left_open_count_as_those_at_the_door() {
    let app = TestApp::start_with(|state| state.limits = redis()).await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let guess = async |password: &str| {
        let body = json!({"current_password": password, "password": "quite another secret"});
        salon.put("/me/password").json(&body).await
    };
    for _ in 0..20 {
        guess("not the password").await.refused(422, "INVALID");
    }
    guess(&salon.password).await.refused(429, "TOO_MANY_REQUESTS");
    login(&app, &salon.email, &salon.password).await.refused(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn a_new_address_is_proven_first_and_the_old_one_is_told() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let body = json!({"email": "new@salon.example", "current_password": "not the password"});
    salon.post("/me/email").json(&body).await.refused(422, "INVALID");
    let same = change_email(&salon, "OWNER@salon.example").await.refused(422, "INVALID");
    assert_eq!(same["errors"][0]["code"], "SAME");
    app.clock.advance(TimeDelta::seconds(1));
    change_email(&salon, "new@salon.example").await.expect(202);
    assert_eq!(salon.get("/me").await.expect(200)["awaited_email"], "new@salon.example");
    app.run_jobs().await;
    let mails = app.mails().await;
    let [.., one, other] = mails.as_slice() else { panic!("two mails") };
    let (to_new, to_old) = if one.to.contains("new@salon.example") { (one, other) } else { (other, one) };
    assert!(to_new.to.contains("new@salon.example") && to_old.to.contains("owner@salon.example"));
    assert!(to_old.text.contains("new@salon.example"), "{}", to_old.text);
    let token = token_of_mail(&app, "/account/email/").await;
    assert_eq!(email_of(&salon).await, "owner@salon.example");
    // To look at the page is not yet to prove.
    assert_eq!(app.request("GET", &format!("/account/email/{token}")).await.status, 200);
    confirm(&app, &token).await.expect(204);
    assert_eq!(email_of(&salon).await, "new@salon.example");
    confirm(&app, &token).await.refused(422, "LINK_INVALID");
    login(&app, "owner@salon.example", &salon.password).await.refused(401, "INVALID_CREDENTIALS");
    login(&app, "new@salon.example", &salon.password).await.expect(200);
    assert_eq!(salon.get("/me").await.expect(200)["awaited_email"], Value::Null);
    let events = salon.get("/me/events").await.expect(200);
    let kinds: Vec<&str> =
        events["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    for kind in ["signed_in", "email_change_asked", "email_changed"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
}

#[tokio::test]
async fn whoever_reads_the_old_address_undoes_a_change_that_is_not_theirs() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    change_email(&salon, "thief@example.org").await.expect(202);
    app.run_jobs().await;
    let (theirs, ours) =
        (token_of_mail(&app, "/account/email/").await, token_of_mail(&app, "/account/email-undo/").await);
    confirm(&app, &theirs).await.expect(204);
    // Nobody takes the address while it can be had back.
    let mut body = sign_up("another", "Europe/Paris");
    body["email"] = json!(salon.email);
    app.post("/auth/register").json(&body).await.refused(409, "EMAIL_TAKEN");
    app.clock.advance(TimeDelta::days(6));
    let page = app.request("GET", &format!("/account/email-undo/{ours}")).await;
    assert!(page.text.contains("owner@salon.example"), "{}", page.text);
    undo(&app, &ours).await.expect(204);
    refresh(&app, &salon.refresh_token).await.refused(401, "SESSION_ENDED");
    // The thief knows the password: it opens nothing any more, at either address.
    for email in ["thief@example.org", "owner@salon.example"] {
        login(&app, email, &salon.password).await.refused(401, "INVALID_CREDENTIALS");
    }
    undo(&app, &ours).await.refused(422, "LINK_INVALID");
    app.post("/auth/forgot-password").json(&json!({"email": salon.email})).await.expect(202);
    app.run_jobs().await;
    let body = json!({"token": token_of_mail(&app, "/reset/").await, "password": "quite another secret"});
    app.post("/auth/reset-password").json(&body).await.expect(204);
    login(&app, &salon.email, "quite another secret").await.expect(200);
    app.run_jobs().await;
}

#[tokio::test]
async fn a_change_of_address_is_over_when_it_is_withdrawn_overtaken_or_a_day_old() {
    let app = TestApp::start().await;
    let mut salon = app.tenant("salon").await;
    app.run_jobs().await;
    let ask = async |salon: &Salon<'_>, email: &str| {
        app.clock.advance(TimeDelta::seconds(1));
        change_email(salon, email).await.expect(202);
        app.run_jobs().await;
        token_of_mail(&app, "/account/email/").await
    };
    let first = ask(&salon, "first@salon.example").await;
    let second = ask(&salon, "second@salon.example").await;
    confirm(&app, &first).await.refused(422, "LINK_INVALID");
    salon.delete("/me/email").await.expect(204);
    confirm(&app, &second).await.refused(422, "LINK_INVALID");
    let third = ask(&salon, "third@salon.example").await;
    app.clock.advance(TimeDelta::days(1));
    confirm(&app, &third).await.refused(422, "LINK_INVALID");
    assert_eq!(salon.get("/me").await.status, 401);
    let pair = refresh(&app, &salon.refresh_token).await.expect(200);
    salon.token = pair["access_token"].as_str().unwrap().to_owned();
    assert_eq!(salon.get("/me").await.expect(200)["awaited_email"], Value::Null);
    assert_eq!(email_of(&salon).await, "owner@salon.example");
}

#[tokio::test]
async fn nobody_learns_by_a_change_of_address_whose_it_is_and_one_gets_it() {
    let app = TestApp::start().await;
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    app.run_jobs().await;
    let known = change_email(&salon, &other.email).await;
    assert_eq!((known.status, known.text.as_str()), (202, ""));
    app.run_jobs().await;
    let token = token_of_mail(&app, "/account/email/").await;
    confirm(&app, &token).await.refused(409, "EMAIL_TAKEN");
    // Two who want the same one.
    app.clock.advance(TimeDelta::seconds(1));
    let mut tokens = Vec::new();
    for salon in [&salon, &other] {
        change_email(salon, "shared@example.org").await.expect(202);
        app.run_jobs().await;
        tokens.push(token_of_mail(&app, "/account/email/").await);
        app.clock.advance(TimeDelta::seconds(1));
    }
    let answers = join_all(tokens.iter().map(|token| confirm(&app, token))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_own_user_alone() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let _browser = Browser::of(&salon).await;
    app.clock.advance(TimeDelta::minutes(1));
    let second = login(&app, &salon.email, &salon.password).await.expect(200);
    let listed = salon.get("/me/sessions").await.expect(200)["sessions"].clone();
    let sessions = listed.as_array().unwrap();
    assert_eq!(sessions.len(), 3, "{listed}");
    // The one that was seen last first.
    assert_eq!(sessions[0]["is_current"], false);
    assert_eq!(sessions.iter().filter(|one| one["is_current"] == true).count(), 1);
    assert_eq!(sessions.iter().filter(|one| one["is_browser"] == true).count(), 1);
    assert!(sessions.iter().all(|one| one["network"] == "127.0.0.0/24"), "{listed}");
    let path = format!("/me/sessions/{}", sessions[0]["id"].as_str().unwrap());
    other.delete(&path).await.refused(404, "NOT_FOUND");
    salon.delete(&path).await.expect(204);
    salon.delete(&path).await.refused(404, "NOT_FOUND");
    refresh(&app, second["refresh_token"].as_str().unwrap()).await.refused(401, "SESSION_ENDED");
    salon.delete("/me/sessions").await.expect(204);
    let left = salon.get("/me/sessions").await.expect(200)["sessions"].clone();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["is_current"]), (1, &json!(true)));
    other.get("/me").await.expect(200);
}

#[tokio::test]
async fn a_session_goes_from_tenant_to_tenant_with_a_new_pair_of_tokens() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    app.clock.advance(TimeDelta::seconds(1));
    let body = json!({"name": "Second", "timezone": "Europe/Paris"});
    let second = salon.post("/tenants").json(&body).await.expect(201);
    assert_eq!((&second["slug"], &second["role"]), (&json!("second"), &json!("owner")));
    let listed = salon.get("/me/tenants").await.expect(200);
    let names: Vec<&Value> = listed["tenants"].as_array().unwrap().iter().map(|one| &one["slug"]).collect();
    assert_eq!(names, ["salon", "second"]);
    salon.post(&format!("/me/tenants/{}/switch", other.id)).await.refused(404, "NOT_FOUND");
    let path = format!("/me/tenants/{}/switch", second["id"].as_str().unwrap());
    let pair = salon.post(&path).await.expect(200);
    // The old pair is of a tenant that the session has left.
    salon.get("/tenant").await.refused(401, "SESSION_ENDED");
    let tenant = app.get("/tenant").bearer(pair["access_token"].as_str().unwrap()).await.expect(200);
    assert_eq!(tenant["slug"], "second");
    let next = refresh(&app, pair["refresh_token"].as_str().unwrap()).await.expect(200);
    app.get("/tenant").bearer(next["access_token"].as_str().unwrap()).await.expect(200);
    refresh(&app, &salon.refresh_token).await.refused(401, "SESSION_ENDED");
}

#[tokio::test]
async fn nobody_owns_more_than_twenty_tenants_even_at_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let bodies: Vec<Value> =
        (0..22).map(|n| json!({"name": format!("Number {n}"), "timezone": "Europe/Paris"})).collect();
    let answers = join_all(bodies.iter().map(async |body| salon.post("/tenants").json(body).await)).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(409)), (19, 3));
    assert_eq!(salon.get("/me/tenants").await.expect(200)["tenants"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn the_pages_of_an_account_do_the_same() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let (mut here, there) = (Browser::of(&salon).await, Browser::of(&salon).await);
    here.open("/app/account").await;
    let page = here.submit("/app/account", &[("full_name", "Olga O."), ("locale", "en")]).await;
    assert!(page.text.contains("Saved") && page.text.contains("Olga O."), "{}", page.text);
    let wrong = [("email", "new@salon.example"), ("current_password", "not the password")];
    let page = here.submit("/app/account/email", &wrong).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("This is not your password.") && page.text.contains("new@salon.example"));
    assert!(!page.text.contains("not the password"), "{}", page.text);
    here.submit("/app/account/email", &[("current_password", &salon.password)]).await;
    assert!(here.page.text.contains("Waiting for new@salon.example"), "{}", here.page.text);
    app.run_jobs().await;
    let token = token_of_mail(&app, "/account/email/").await;
    here.submit("/app/account/email/withdrawal", &[]).await;
    assert!(!here.page.text.contains("Waiting for"), "{}", here.page.text);
    here.open(&format!("/account/email/{token}")).await;
    assert_eq!(here.page.status, 404);

    here.open("/app/account/security").await;
    let fields = [("current_password", salon.password.as_str()), ("password", "password12")];
    let page = here.submit("/app/account/password", &fields).await;
    assert!(page.text.contains("This is too easy to guess"), "{}", page.text);
    let fields = [("current_password", salon.password.as_str()), ("password", "quite another secret")];
    here.submit("/app/account/password", &fields).await;
    assert!(here.page.text.contains("Your password is changed."), "{}", here.page.text);
    assert_eq!(there.request("GET", "/app").await.status, 303);
    let mut third = Browser::new(&app);
    third.sign_in(&salon.email, "quite another secret").await;
    app.clock.advance(TimeDelta::minutes(1));
    here.open("/app/account/security").await;
    assert!(here.page.text.contains("This device") && here.page.text.contains("Password changed"));
    let (_, rest) = here.page.text.split_once("action=\"/app/account/sessions/").unwrap();
    let end = format!("/app/account/sessions/{}", rest.split('"').next().unwrap());
    here.submit(&end, &[]).await;
    assert!(here.page.text.contains("That device is signed out."), "{}", here.page.text);
    assert_eq!(third.request("GET", "/app").await.status, 303);
    assert_eq!(here.request("GET", "/app").await.status, 200);
    app.run_jobs().await;
}
