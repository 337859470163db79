//! Figures, for whoever changes the road. Run by hand: `cargo nextest run -p worker --run-ignored only --no-capture`.

use crate::ground::{Ground, Seen, pause, sleep};
use jobs::Queue;
use queue::Waker;
use std::time::{Duration, Instant};

#[tokio::test]
#[ignore = "figures, not a promise"]
async fn how_fast_and_how_soon() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 100)];
    let (waker, publishing) = Waker::open(&ground.redis).unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with the waker")]
    tokio::spawn(publishing);
    pause(500).await;
    let mut waits = Vec::new();
    for n in 1..=300 {
        pause(5).await;
        let began = Instant::now();
        ground.enqueue(1, 1, 0).await;
        waker.wake(Queue::Email);
        while seen.totals().0 < n {
            tokio::time::sleep(Duration::from_micros(100)).await;
        }
        waits.push(began.elapsed());
    }
    let count = 50_000;
    ground.enqueue(1, count, 0).await;
    let began = Instant::now();
    ground.until("true", 0, 60).await;
    let rate = f64::from(count) / began.elapsed().as_secs_f64();
    waits.sort();
    let [p50, p99, max] = [150, 297, 299].map(|at| waits[at]);
    #[expect(clippy::print_stdout, reason = "figures are all it is for")]
    {
        println!("{rate:.0} jobs/s; enqueue to start p50 {p50:?} p99 {p99:?} max {max:?}");
    }
}
