//! Free slots are kept in Redis, and how often that helped is counted.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use prometheus::IntCounterVec;
use queue::Limits;
use store::availability::{Book, Look, Outcome, Shelf};

use crate::metrics::Metrics;

pub struct SlotCache {
    redis: queue::Shelf,
    reads: IntCounterVec,
}

impl SlotCache {
    /// On the connections of the limiter.
    pub fn on(limits: &Limits, metrics: &Metrics) -> Arc<dyn Shelf> {
        Arc::new(Self { redis: queue::Shelf::new(limits), reads: metrics.slot_cache() })
    }
}

impl Shelf for SlotCache {
    fn look<'a>(&'a self, book: Book, weeks: &'a [i64]) -> BoxFuture<'a, Option<Look>> {
        async move {
            let (is_ours, weeks) = self.redis.look(&name(book), book.version, weeks).await?;
            Some(Look { weeks, is_ours })
        }
        .boxed()
    }

    fn keep(&self, book: Book, weeks: Vec<(i64, Vec<u8>)>) -> BoxFuture<'_, ()> {
        async move { self.redis.keep(&name(book), book.version, &weeks).await }.boxed()
    }

    fn count(&self, outcome: Outcome) {
        let outcome = match outcome {
            Outcome::Hit => "hit",
            Outcome::Waited => "waited",
            Outcome::Computed => "computed",
            Outcome::TooLarge => "too_large",
            Outcome::Away => "away",
        };
        self.reads.with_label_values(&[outcome]).inc();
    }
}

/// One for each service: a newer version takes the place of the one before.
fn name(book: Book) -> String {
    format!("slots:{}:{}", book.tenant_id, book.service_id)
}
