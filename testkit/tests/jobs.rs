//! That a test which forgets its jobs hears of it.

use testkit::TestApp;

#[tokio::test]
#[should_panic(expected = "jobs are left that nobody ran: Some({\"send_email_verification\": 1})")]
async fn jobs_that_nobody_ran_fail_the_test() {
    let app = TestApp::start().await;
    app.tenant("salon").await;
}

#[tokio::test]
async fn jobs_that_were_run_are_gone() {
    let app = TestApp::start().await;
    app.tenant("salon").await;
    assert_eq!(app.run_jobs().await.len(), 1);
    assert_eq!(app.run_jobs().await, []);
    assert_eq!(app.mails().await.len(), 1);
}
