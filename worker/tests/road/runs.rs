//! What becomes of jobs when nothing breaks but themselves.

use crate::ground::{Ground, Part, Seen, pause, sequence, sleep};
use jobs::{Backoff, Job, JobError, Policy, Queue};
use queue::Waker;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use worker::runtime::{self, Envelope};

#[tokio::test]
async fn each_job_runs_once_with_two_workers_and_two_dispatchers() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    for tenant in 0..20 {
        ground.enqueue(tenant, 100, 1).await;
    }
    let _parts = [
        ground.dispatch(),
        ground.dispatch(),
        ground.work(Queue::Email, seen.clone(), sleep, 20),
        ground.work(Queue::Email, seen.clone(), sleep, 20),
    ];
    ground.until("true", 0, 30).await;
    assert_eq!(seen.totals(), (2000, 2000));
}

/// Fails as often as the job says.
async fn fail(seen: &Seen, envelope: Envelope) -> Result<(), JobError> {
    let run = seen.run(envelope.job_id);
    assert_eq!(i16::try_from(run).unwrap(), envelope.attempt + 1);
    if i32::try_from(run).unwrap() <= sequence(&envelope) {
        return Err(JobError::Retry("550 <ana@example.com> is unknown".to_owned()));
    }
    Ok(())
}

#[tokio::test]
async fn a_failing_job_runs_again_until_it_succeeds_or_is_dead() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    ground.enqueue(1, 10, 2).await;
    ground.enqueue(2, 5, 100).await;
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), fail, 4)];
    ground
        .until("state = 'dead' AND attempt = 20 AND last_error = '550 <<address>> is unknown'", 5, 30)
        .await;
    ground.until("true", 5, 10).await;
    assert_eq!(seen.totals(), (15, 10 * 3 + 5 * 20));
}

/// Ends in the way the job says, the first time.
async fn misbehave(seen: &Seen, envelope: Envelope) -> Result<(), JobError> {
    if seen.run(envelope.job_id) > 1 {
        return Ok(());
    }
    match sequence(&envelope) {
        1 => panic!("no paper"),
        2 => std::future::pending().await,
        3 => Err(JobError::Later(Duration::from_millis(300), "busy".to_owned())),
        4 => Err(JobError::dropped("the booking is gone")),
        _ => Err(JobError::Dead("no such template".to_owned())),
    }
}

#[tokio::test]
async fn a_panic_and_a_run_over_its_time_are_failures_like_others() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    for how in 1..=5_i32 {
        ground.enqueue(how.unsigned_abs().into(), 3, how).await;
    }
    let stop = CancellationToken::new();
    // Long enough between the runs to see how the first ones ended.
    let policy = |job: &Job| Policy {
        timeout: Duration::from_millis(400),
        backoff: Backoff { base: Duration::from_secs(4), cap: Duration::from_secs(8) },
        ..job.policy()
    };
    let config = runtime::Config { policy, ..ground.worker_config(20, &stop) };
    let context = seen.clone();
    let worker = Part::start_with(stop, CancellationToken::new(), move || {
        runtime::run(Queue::Email, context, misbehave, config)
    });
    let _parts = [ground.dispatch(), worker];
    seen.until(15).await;
    ground.until("state = 'dead' AND last_error = 'no such template'", 3, 5).await;
    let errors = "SELECT last_error FROM jobs WHERE attempt = 1 AND state <> 'dead' GROUP BY 1";
    pause(600).await;
    for row in ground.admin.query(errors, &[]).await.unwrap() {
        let error: &str = row.get(0);
        assert!(["panicked: no paper", "ran for more than 400ms", "busy"].contains(&error), "{error}");
    }
    ground.until("true", 3, 20).await;
    assert_eq!(seen.totals(), (15, 3 * (2 + 2 + 2 + 1 + 1)));
}

#[tokio::test]
async fn what_no_worker_can_read_waits_for_one_that_can_and_is_dead_with_the_reason() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    ground.enqueue_raw(1, 1, "send_pigeon", "{}").await;
    ground
        .enqueue_raw(1, 1, "send_booking_confirmation", "{\"booking_id\":\"ana@example.com\",\"sequence\":0}")
        .await;
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 4)];
    let unread = "last_error LIKE 'not a job this worker knows: %'";
    ground.until(&format!("state = 'scheduled' AND attempt BETWEEN 1 AND 4 AND {unread}"), 2, 10).await;
    ground.admin.batch_execute("UPDATE jobs SET state = 'ready', run_at = now(), attempt = 4").await.unwrap();
    ground.until(&format!("state = 'dead' AND attempt = 5 AND {unread}"), 2, 10).await;
    ground.until("last_error LIKE '%ana@%'", 0, 1).await;
    assert_eq!(seen.totals(), (0, 0));
}

#[tokio::test]
async fn a_scheduled_job_runs_when_its_time_comes() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    ground.enqueue(1, 1, 0).await;
    ground
        .admin
        .batch_execute("UPDATE jobs SET state = 'scheduled', run_at = now() + interval '1 s'")
        .await
        .unwrap();
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 4)];
    pause(700).await;
    assert_eq!(seen.totals(), (0, 0));
    seen.until(1).await;
    ground.until("true", 0, 5).await;
}

#[tokio::test]
async fn a_backlog_does_not_hold_up_another_tenants_lone_job() {
    let ground = Ground::start().await;
    let (crowd, lone) = (Seen::default(), Seen::default());
    ground.enqueue(7, 6000, 10).await;
    let handler = async |(crowd, lone): &(Seen, Seen), envelope: Envelope| {
        let seen = if envelope.tenant_id.0.as_u128() == 7 { crowd } else { lone };
        sleep(seen, envelope).await
    };
    let _parts = [ground.dispatch(), ground.work(Queue::Email, (crowd.clone(), lone.clone()), handler, 20)];
    crowd.until(500).await;
    let mut slowest = Duration::ZERO;
    for n in 1..=10 {
        let began = Instant::now();
        ground.enqueue(8, 1, 0).await;
        lone.until(n).await;
        slowest = slowest.max(began.elapsed());
    }
    assert!(crowd.totals().0 < 5500, "the backlog was gone too soon to tell");
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
}

#[tokio::test]
async fn a_lone_job_finds_a_place_while_long_ones_run() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    ground.enqueue(7, 60, 2000).await;
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 20)];
    seen.until(19).await;
    pause(300).await;
    assert_eq!(seen.totals(), (19, 19), "one place in twenty is kept");
    ground.enqueue(8, 1, 0).await;
    let began = Instant::now();
    seen.until(20).await;
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_wake_up_saves_the_wait_for_the_tick() {
    let mut ground = Ground::start().await;
    ground.tick = Duration::from_secs(20);
    let seen = Seen::default();
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 4)];
    pause(500).await;
    let (waker, publishing) = Waker::open(&ground.redis).unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with the waker")]
    let publishing = tokio::spawn(publishing);
    let began = Instant::now();
    ground.enqueue(1, 1, 0).await;
    (0..1000).for_each(|_| waker.wake(Queue::Email));
    seen.until(1).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    drop(waker);
    publishing.await.unwrap();
}

#[tokio::test]
async fn a_paused_queue_runs_nothing_until_it_goes_on() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    ground.set("paused_at = now()").await;
    ground.enqueue(1, 20, 0).await;
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 4)];
    pause(1500).await;
    assert_eq!(seen.totals(), (0, 0));
    ground.until("deliveries = 0", 20, 1).await;
    ground.set("paused_at = NULL").await;
    ground.until("true", 0, 10).await;
    assert_eq!(seen.totals(), (20, 20));
}

#[tokio::test]
async fn a_pause_reaches_what_was_handed_out_and_not_started() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    ground.enqueue(1, 200, 100).await;
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 2)];
    seen.until(4).await;
    ground.set("paused_at = now()").await;
    let (_, before) = seen.totals();
    ground.until("lease_until > now()", 0, 5).await;
    let (_, after) = seen.totals();
    // Some were already with the worker.
    assert!(after - before < 100, "{before}, {after}");
    pause(500).await;
    assert_eq!(seen.totals().1, after);
    ground.until("deliveries > 0", 0, 1).await;
    ground.set("paused_at = NULL").await;
    ground.until("true", 0, 60).await;
    assert_eq!(seen.totals(), (200, 200));
}

/// What runs at a time of each tenant, at most.
#[derive(Clone, Default)]
struct Crowd(Arc<Mutex<HashMap<u128, (u32, u32)>>>);

impl Crowd {
    async fn sleep(&self, envelope: Envelope) -> Result<(), JobError> {
        let tenant = envelope.tenant_id.0.as_u128();
        {
            let mut crowd = self.0.lock().unwrap();
            let (now, most) = crowd.entry(tenant).or_default();
            *now += 1;
            *most = (*most).max(*now);
        }
        pause(u64::try_from(sequence(&envelope)).unwrap()).await;
        self.0.lock().unwrap().get_mut(&tenant).unwrap().0 -= 1;
        Ok(())
    }

    fn most(&self, tenant: u128) -> u32 {
        self.0.lock().unwrap()[&tenant].1
    }
}

#[tokio::test]
async fn a_tenant_has_no_more_places_than_the_cap_however_many_workers_there_are() {
    let ground = Ground::start().await;
    let crowd = Crowd::default();
    ground.set("per_tenant = 3").await;
    ground.enqueue(1, 150, 10).await;
    ground.enqueue(2, 30, 10).await;
    let run = async |crowd: &Crowd, envelope: Envelope| crowd.sleep(envelope).await;
    // They read what was set before the workers are there.
    let _dispatch = [ground.dispatch(), ground.dispatch()];
    ground.until("deliveries > 0 AND tenant_id = '00000000-0000-0000-0000-000000000001'", 3, 10).await;
    let _workers = [
        ground.work(Queue::Email, crowd.clone(), run, 20),
        ground.work(Queue::Email, crowd.clone(), run, 20),
    ];
    ground.until("true", 0, 60).await;
    assert_eq!((crowd.most(1), crowd.most(2)), (3, 3));
}

#[tokio::test]
async fn neither_priority_starves_the_other() {
    let ground = Ground::start().await;
    let (normal, bulk) = (Seen::default(), Seen::default());
    // The same tenant imports 3,000 rows, and many others keep every place taken.
    ground.enqueue_bulk(1, 3000, 20).await;
    let handler = async |(normal, bulk): &(Seen, Seen), envelope: Envelope| {
        let seen = if sequence(&envelope) == 20 { bulk } else { normal };
        sleep(seen, envelope).await
    };
    let _parts = [ground.dispatch(), ground.work(Queue::Email, (normal.clone(), bulk.clone()), handler, 4)];
    bulk.until(50).await;
    // A lone job of the tenant that imports does not wait for its import.
    let began = Instant::now();
    ground.enqueue(1, 1, 0).await;
    normal.until(1).await;
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    // 400 jobs of 19 ms from tenants with little to do: two seconds of all four places.
    for tenant in 2..=11 {
        ground.enqueue(tenant, 40, 19).await;
    }
    let before = bulk.totals().0;
    normal.until(401).await;
    let meanwhile = bulk.totals().0 - before;
    assert!((10..300).contains(&meanwhile), "{meanwhile} of the import ran beside 400 others");
    assert!(ground.count("priority = 1").await > 100, "the import was over too soon to tell");
}
