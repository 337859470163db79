//! What becomes of jobs when what carries them breaks.

use crate::ground::{Ground, OwnRedis, Seen, pause, sleep};
use jobs::Queue;
use queue::Waker;
use std::time::{Duration, Instant};

const LEASE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn an_emptied_redis_loses_nothing() {
    let redis = OwnRedis::start().await;
    let mut ground = Ground::start().await;
    (ground.redis, ground.lease) = (redis.config(), LEASE);
    let seen = Seen::default();
    ground.enqueue(1, 1500, 10).await;
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 10)];
    seen.until(400).await;
    redis.flush().await;
    ground.until("true", 0, 30).await;
    assert_eq!(seen.totals(), (1500, 1500));
}

#[tokio::test]
async fn a_redis_that_dies_and_comes_back_empty_loses_nothing() {
    let mut redis = OwnRedis::start().await;
    let mut ground = Ground::start().await;
    (ground.redis, ground.lease) = (redis.config(), LEASE);
    let seen = Seen::default();
    ground.enqueue(1, 1000, 10).await;
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 10)];
    seen.until(300).await;
    redis.kill();
    pause(1000).await;
    redis.revive().await;
    ground.until("true", 0, 30).await;
    assert_eq!(seen.totals(), (1000, 1000));
}

#[tokio::test]
async fn an_outage_of_redis_is_no_crash_of_jobs() {
    let mut redis = OwnRedis::start().await;
    let mut ground = Ground::start().await;
    (ground.redis, ground.lease) = (redis.config(), Duration::from_secs(1));
    redis.kill();
    let seen = Seen::default();
    ground.enqueue(1, 20, 0).await;
    let (waker, _publishing) = Waker::open(&ground.redis).unwrap();
    waker.wake(Queue::Email);
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 10)];
    let until = Instant::now() + Duration::from_secs(8);
    while Instant::now() < until {
        assert_eq!(ground.count("deliveries > 2").await, 0, "{}", ground.rows().await);
        pause(100).await;
    }
    redis.revive().await;
    ground.until("true", 0, 20).await;
    assert_eq!(seen.totals(), (20, 20));
}

#[tokio::test]
async fn what_a_dead_worker_had_comes_back_when_its_lease_ends() {
    let mut ground = Ground::start().await;
    ground.lease = LEASE;
    let seen = Seen::default();
    ground.enqueue(1, 400, 20).await;
    let _dispatch = ground.dispatch();
    let first = ground.work(Queue::Email, seen.clone(), sleep, 10);
    seen.until(100).await;
    first.kill().await;
    let _second = ground.work(Queue::Email, seen.clone(), sleep, 10);
    ground.until("true", 0, 30).await;
    let (jobs, runs) = seen.totals();
    assert_eq!(jobs, 400);
    // What ran, or had run and was not settled.
    assert!(runs <= 400 + 60, "{runs}");
}

#[tokio::test]
async fn postgresql_cut_off_in_the_middle_loses_nothing() {
    let mut ground = Ground::start().await;
    ground.lease = LEASE;
    let seen = Seen::default();
    ground.enqueue(1, 600, 10).await;
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 10)];
    seen.until(100).await;
    for _ in 0..5 {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'harmony_system' AND datname = current_database()";
        ground.admin.execute(cut, &[]).await.unwrap();
        pause(100).await;
    }
    ground.until("true", 0, 30).await;
    assert_eq!(seen.totals().0, 600);
}

#[tokio::test]
async fn a_long_job_keeps_its_lease() {
    let mut ground = Ground::start().await;
    ground.lease = LEASE;
    let seen = Seen::default();
    ground.enqueue(1, 3, 5000).await;
    let _parts = [
        ground.dispatch(),
        ground.work(Queue::Email, seen.clone(), sleep, 2),
        ground.work(Queue::Email, seen.clone(), sleep, 2),
    ];
    ground.until("true", 0, 30).await;
    assert_eq!(seen.totals(), (3, 3));
}

#[tokio::test]
async fn waiting_is_not_counted_as_a_crash() {
    let mut ground = Ground::start().await;
    ground.lease = LEASE;
    let seen = Seen::default();
    // Six seconds of work for two places: most of it is leased, not started, and given back again and again.
    ground.enqueue(1, 40, 300).await;
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 2)];
    let mut samples = 0;
    while ground.count("true").await > 0 {
        assert_eq!(ground.count("deliveries > 1").await, 0, "{}", ground.rows().await);
        samples += 1;
        pause(50).await;
    }
    assert!(samples > 60, "{samples}");
    assert_eq!(seen.totals(), (40, 40));
}

#[tokio::test]
async fn jobs_of_many_tenants_that_wait_for_workers_lose_nothing_of_their_good_name() {
    let mut ground = Ground::start().await;
    ground.lease = 2 * LEASE;
    for tenant in 1..=300 {
        ground.enqueue(tenant, 50, 0).await;
    }
    let dispatchers = [ground.dispatch(), ground.dispatch()];
    // Some leases: what is handed out is taken back, and no more of it than can be.
    for _ in 0..100 {
        assert_eq!(ground.count("deliveries > 1").await, 0, "{}", ground.rows().await);
        let leased = ground.count("lease_until > now()").await;
        assert!(leased < 14_000, "{leased} of 15000 are out");
        pause(100).await;
    }
    let seen = Seen::default();
    let _worker = ground.work(Queue::Email, seen.clone(), sleep, 20);
    ground.until("true", 0, 60).await;
    assert_eq!(seen.totals(), (15_000, 15_000));
    drop(dispatchers);
}

#[tokio::test]
async fn a_worker_told_to_stop_ends_what_runs_and_gives_back_the_rest() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    ground.enqueue(1, 40, 400).await;
    let dispatch = ground.dispatch();
    let worker = ground.work(Queue::Email, seen.clone(), sleep, 4);
    seen.until(6).await;
    let took = worker.stop().await;
    assert!(took < Duration::from_millis(2500), "{took:?}");
    let (jobs, runs) = seen.totals();
    // Everything that was started has ended and is written down.
    ground.until("true", 40 - i64::from(runs), 1).await;
    assert_eq!(jobs, usize::try_from(runs).unwrap());
    let _second = ground.work(Queue::Email, seen.clone(), sleep, 20);
    ground.until("true", 0, 30).await;
    assert_eq!(seen.totals(), (40, 40));
    dispatch.stop().await;
}

#[tokio::test]
async fn what_runs_too_long_at_shutdown_is_cut_off_and_given_back() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    ground.enqueue(1, 1, 60_000).await;
    let _dispatch = ground.dispatch();
    let worker = ground.work(Queue::Email, seen.clone(), sleep, 4);
    seen.until(1).await;
    let took = worker.stop().await;
    assert!(Duration::from_secs(2) < took && took < Duration::from_secs(5), "{took:?}");
    // It is no failure of the job's, and the next worker need not wait for a lease to end.
    let second = ground.work(Queue::Email, seen.clone(), sleep, 4);
    let began = Instant::now();
    while seen.totals().1 < 2 {
        assert!(began.elapsed() < Duration::from_secs(4), "{}", ground.rows().await);
        pause(20).await;
    }
    ground.until("attempt = 0 AND deliveries = 1 AND last_error IS NULL", 1, 1).await;
    second.kill().await;
}
