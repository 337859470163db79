//! The stream of events: nothing is missed, nothing is told to strangers, and it ends with the session.

use std::time::{Duration, Instant};

use domain::access::Role;
use domain::id::EventId;
use queue::{RedisConfig, Waker};
use serde_json::{Value, json};
use testkit::{Salon, Stream, TestApp};

async fn ticket(salon: &Salon<'_>, token: &str) -> String {
    let answer = salon.app.post("/stream/tickets").bearer(token).await.expect(201);
    answer["ticket"].as_str().unwrap().to_owned()
}

/// Opens a stream, and waits until it follows.
async fn listen(salon: &Salon<'_>, last: Option<&str>) -> Stream {
    listen_as(salon, &salon.token, last).await
}

async fn listen_as(salon: &Salon<'_>, token: &str, last: Option<&str>) -> Stream {
    let ticket = ticket(salon, token).await;
    let mut request = salon.app.get("/stream").query(&[("ticket", &ticket)]);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let mut stream = request.listen().await;
    stream.begun().await;
    stream
}

async fn next(stream: &mut Stream) -> Value {
    stream.next().await.unwrap().data
}

/// An event as a transaction writes it that is not committed yet.
fn insert(salon: &Salon<'_>, name: &str) -> String {
    let id = EventId::mint(salon.app.now());
    format!(
        "INSERT INTO domain_events (tenant_id, id, name, subject, version, occurred_at, data)
         VALUES ('{tenant}', '{id}', '{name}', '{id}', 1, '{now}', '{{}}')",
        tenant = salon.id,
        now = salon.app.now(),
    )
}

#[tokio::test]
async fn an_event_is_told_at_once_and_a_lost_connection_goes_on_where_it_was() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut stream = listen(&salon, None).await;
    let asked = Instant::now();
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let told = next(&mut stream).await;
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert_eq!(told["name"], "booking.created");
    assert_eq!(told["data"]["starts_at"], "2030-03-05T09:00:00Z");
    // Nothing personal.
    assert!(!told.to_string().contains("Ana") && !told.to_string().contains('@'), "{told}");
    let last = stream.last_id.clone();
    drop(stream);
    salon.book("Bob", "2030-03-05T10:00:00Z").await.expect(201);
    let mut stream = listen(&salon, Some(&last)).await;
    assert_eq!(next(&mut stream).await["data"]["starts_at"], "2030-03-05T10:00:00Z");
    assert!(stream.is_silent(Duration::from_millis(500)).await);
    assert_ne!(stream.last_id, last);
}

#[tokio::test]
async fn what_commits_late_is_told_late_and_not_missed() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (mut early, late) = (app.database.admin().await, app.database.admin().await);
    let mut stream = listen(&salon, None).await;
    let open = early.transaction().await.unwrap();
    open.batch_execute(&insert(&salon, "test.first_to_begin")).await.unwrap();
    // Written later, with a greater id, and committed before.
    late.batch_execute(&insert(&salon, "test.first_to_commit")).await.unwrap();
    assert_eq!(next(&mut stream).await["name"], "test.first_to_commit");
    let between = stream.last_id.clone();
    open.commit().await.unwrap();
    assert_eq!(next(&mut stream).await["name"], "test.first_to_begin");
    let mut again = listen(&salon, Some(&between)).await;
    assert_eq!(next(&mut again).await["name"], "test.first_to_begin");
    for stream in [&mut stream, &mut again] {
        assert!(stream.is_silent(Duration::from_secs(3)).await);
    }
}

#[tokio::test]
async fn what_happened_meanwhile_is_told_whole_however_much_it_is() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let admin = app.database.admin().await;
    let stream = listen(&salon, None).await;
    let last = stream.last_id.clone();
    drop(stream);
    for number in 0..25 {
        let ten = (0..10).map(|n| insert(&salon, &format!("test.event_{number}_{n}")));
        admin.batch_execute(&ten.collect::<Vec<_>>().join("; ")).await.unwrap();
    }
    let mut stream = listen(&salon, Some(&last)).await;
    let mut names = std::collections::BTreeSet::new();
    let mut cut = String::new();
    for count in 0..250 {
        names.insert(next(&mut stream).await["name"].to_string());
        if count == 150 {
            stream.last_id.clone_into(&mut cut);
        }
    }
    assert_eq!(names.len(), 250);
    assert!(stream.is_silent(Duration::from_millis(500)).await);
    // Cut within the second page, it goes on behind the first.
    let mut stream = listen(&salon, Some(&cut)).await;
    for _ in 100..250 {
        next(&mut stream).await;
    }
    assert!(stream.is_silent(Duration::from_millis(500)).await);
}

#[tokio::test]
async fn other_tenants_events_are_never_told() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    salon.service(json!({})).await;
    let mut strangers = listen(&other, None).await;
    let mut own = listen(&salon, None).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    next(&mut own).await;
    assert!(strangers.is_silent(Duration::from_secs(3)).await);
    // Not with a cursor of theirs either.
    let mut strangers = listen(&other, Some(&own.last_id)).await;
    salon.book("Bob", "2030-03-05T10:00:00Z").await.expect(201);
    assert!(strangers.is_silent(Duration::from_secs(3)).await);
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "a process of its own: nothing carries its context, nor its settings"
)]
async fn what_another_process_did_is_heard_of_through_redis() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let url = std::env::var("TEST_REDIS_URL").unwrap().into();
    let redis = RedisConfig { url, prefix: format!("stream_{}", salon.id) };
    let (waker, publisher) = Waker::open(&redis).unwrap();
    tokio::spawn(publisher);
    let (hub, hearing) = (app.state.hub.clone(), redis.clone());
    tokio::spawn(async move { queue::hear(&hearing, |news| hub.heard(news)).await });
    while !app.state.hub.hears() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut stream = listen(&salon, None).await;
    let admin = app.database.admin().await;
    admin.batch_execute(&insert(&salon, "test.elsewhere")).await.unwrap();
    assert!(stream.is_silent(Duration::from_millis(500)).await, "nobody was told of it");
    let told = Instant::now();
    waker.tell(salon.id.0);
    assert_eq!(next(&mut stream).await["name"], "test.elsewhere");
    assert!(told.elapsed() < Duration::from_secs(10), "it was found by looking, not by hearing");
}

#[tokio::test]
async fn the_stream_ends_with_the_session_and_with_the_membership() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut of_owner = listen(&salon, None).await;
    let token = salon.member(Role::Viewer).await;
    let mut of_viewer = listen_as(&salon, &token, None).await;
    app.post("/auth/logout").json(&json!({"refresh_token": salon.refresh_token})).await.expect(204);
    let removed = "DELETE FROM memberships WHERE role = 'viewer'";
    app.database.admin().await.batch_execute(removed).await.unwrap();
    // What happens after that is not told.
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    assert_eq!(of_owner.next().await, None);
    assert_eq!(of_viewer.next().await, None);
    assert_eq!(app.state.hub.count(), 0);
}

#[tokio::test]
async fn a_ticket_opens_one_stream() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let ticket = ticket(&salon, &salon.token).await;
    let open = || app.get("/stream").query(&[("ticket", &ticket)]);
    let stream = open().listen().await;
    open().await.refused(401, "UNAUTHENTICATED");
    drop(stream);
    open().await.refused(401, "UNAUTHENTICATED");
    for wrong in ["", "x", &salon.token] {
        app.get("/stream").query(&[("ticket", wrong)]).await.refused(401, "UNAUTHENTICATED");
    }
    app.get("/stream").bearer(&salon.token).await.refused(422, "INVALID");
}

#[tokio::test]
async fn a_ticket_of_a_session_that_has_ended_opens_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let ticket = ticket(&salon, &salon.token).await;
    app.post("/auth/logout").json(&json!({"refresh_token": salon.refresh_token})).await.expect(204);
    app.get("/stream").query(&[("ticket", &ticket)]).await.refused(401, "SESSION_ENDED");
}

#[tokio::test]
async fn one_session_has_so_many_streams_and_the_oldest_makes_room() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut streams = Vec::new();
    for _ in 0..32 {
        streams.push(listen(&salon, None).await);
    }
    streams.push(listen(&salon, None).await);
    assert_eq!(streams[0].next().await, None);
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    for stream in [1, 32] {
        assert_eq!(next(&mut streams[stream]).await["name"], "booking.created");
    }
    let metrics = app.state.metrics.render(&app.store, app.state.hub.count());
    assert!(String::from_utf8(metrics).unwrap().contains("harmony_streams 32"));
}

#[tokio::test]
async fn who_comes_from_nowhere_is_told_to_read_anew() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    for nowhere in ["x", "1:2", "0:0:", "9000000000:9000000000:", "5:4:", "1:2:1,1", "%00"] {
        let mut stream = listen(&salon, Some(nowhere)).await;
        assert_eq!(stream.next().await.unwrap().event, "reset", "{nowhere}");
        assert!(!stream.last_id.is_empty());
    }
    let mut stream = listen(&salon, Some("x")).await;
    stream.next().await.unwrap();
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    assert_eq!(next(&mut stream).await["name"], "booking.created");
}
