//! Who signs up, signs in, stays signed in, and signs out.

use testkit::TestApp;

#[tokio::test]
async fn who_signed_up_is_signed_in() {
    let app = TestApp::start().await.ignore_jobs();
    let t = std::time::Instant::now();
    let salon = app.tenant("salon").await;
    eprintln!("{:?}", t.elapsed());
    let me = salon.get("/me").await.expect(200);
    assert_eq!(me["role"], "owner");
}
