//! What is left to whoever had somebody's account for a while.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestApp;

use crate::account::{change_email, confirm, undo};
use crate::identity::{forgot, login, reset, token_of_mail};
use crate::second_factor::On;

#[tokio::test]
async fn a_change_that_is_undone_leaves_nothing_to_whoever_made_it() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    // They have the password: they turn two-factor sign-in on and take the address, twice.
    On::of(&salon).await;
    change_email(&salon, "thief@example.org").await.expect(202);
    app.run_jobs().await;
    let ours = token_of_mail(&app, "/account/email-undo/").await;
    confirm(&app, &token_of_mail(&app, "/account/email/").await).await.expect(204);
    app.clock.advance(TimeDelta::seconds(1));
    let theirs = forgot(&app, "thief@example.org").await;
    change_email(&salon, "other@example.org").await.expect(202);
    app.run_jobs().await;
    let again = token_of_mail(&app, "/account/email-undo/").await;
    confirm(&app, &token_of_mail(&app, "/account/email/").await).await.expect(204);
    assert_ne!(again, ours);

    undo(&app, &ours).await.expect(204);
    undo(&app, &again).await.refused(422, "LINK_INVALID");
    reset(&app, &theirs, "the secret of a thief").await.refused(422, "LINK_INVALID");
    app.clock.advance(TimeDelta::seconds(1));
    let own = forgot(&app, &salon.email).await;
    reset(&app, &own, "quite another secret").await.expect(204);
    // No code is asked: the app was the thief's.
    login(&app, &salon.email, "quite another secret").await.expect(200);
    app.run_jobs().await;
}

#[tokio::test]
async fn a_second_factor_of_long_ago_stays_when_a_change_is_undone() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    let on = On::of(&salon).await;
    app.run_jobs().await;
    app.clock.advance(TimeDelta::days(2));
    let body = json!({"email": salon.email, "password": salon.password, "totp_code": on.next(&app)});
    let signed_in = app.post("/auth/login").json(&body).await.expect(200);
    let token = signed_in["access_token"].as_str().unwrap();
    let body = json!({"email": "thief@example.org", "current_password": salon.password});
    app.post("/me/email").bearer(token).json(&body).await.expect(202);
    app.run_jobs().await;
    undo(&app, &token_of_mail(&app, "/account/email-undo/").await).await.expect(204);
    app.clock.advance(TimeDelta::seconds(1));
    let own = forgot(&app, &salon.email).await;
    reset(&app, &own, "quite another secret").await.expect(204);
    login(&app, &salon.email, "quite another secret").await.refused(401, "TOTP_REQUIRED");
    app.run_jobs().await;
}

#[tokio::test]
async fn a_new_password_ends_a_change_of_address_that_waits() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    for by_mail in [false, true] {
        app.clock.advance(TimeDelta::seconds(1));
        let password = if by_mail { "quite another secret" } else { salon.password.as_str() };
        let body = json!({"email": "thief@example.org", "current_password": password});
        salon.post("/me/email").json(&body).await.expect(202);
        app.run_jobs().await;
        let theirs = token_of_mail(&app, "/account/email/").await;
        if by_mail {
            let own = forgot(&app, &salon.email).await;
            reset(&app, &own, "the third of my secrets").await.expect(204);
        } else {
            let body = json!({"current_password": salon.password, "password": "quite another secret"});
            salon.put("/me/password").json(&body).await.expect(204);
        }
        confirm(&app, &theirs).await.refused(422, "LINK_INVALID");
        app.run_jobs().await;
    }
}

#[tokio::test]
async fn a_new_address_ends_links_to_choose_a_password_in_the_old_mailbox() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    let old = forgot(&app, &salon.email).await;
    change_email(&salon, "new@salon.example").await.expect(202);
    app.run_jobs().await;
    confirm(&app, &token_of_mail(&app, "/account/email/").await).await.expect(204);
    reset(&app, &old, "quite another secret").await.refused(422, "LINK_INVALID");
    login(&app, "new@salon.example", &salon.password).await.expect(200);
}
