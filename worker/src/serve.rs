//! Answers the few GETs that whoever runs the fleet asks: metrics, alive, ready. No framework for three pages.

use crate::metrics::Metrics;
use queue::{Link, RedisConfig};
use std::sync::Arc;
use std::time::Duration;
use store::ledger::Ledger;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;

/// A request's head, at most.
const HEAD: usize = 8 * 1024;
/// For a whole exchange.
const PATIENCE: Duration = Duration::from_secs(5);
/// For PostgreSQL and Redis to answer.
const PROBE: Duration = Duration::from_secs(2);
/// Exchanges at a time; further connections wait.
const VISITORS: usize = 32;

/// What the answers are made of.
pub struct Pages {
    metrics: Metrics,
    ledger: Ledger,
    redis: Mutex<Link>,
}

impl Pages {
    pub fn new(metrics: Metrics, ledger: Ledger, redis: &RedisConfig) -> Result<Self, queue::Error> {
        Ok(Self { metrics, ledger, redis: Mutex::new(Link::new(redis)?) })
    }

    async fn answer(&self, head: &[u8]) -> Answer {
        let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let mut words = line.split(|byte| *byte == b' ');
        if words.next() != Some(b"GET") {
            return Answer::text("405 Method Not Allowed", "only GET\n");
        }
        match words.next() {
            Some(b"/health/live") => Answer::text("200 OK", "alive\n"),
            Some(b"/health/ready") => match tokio::time::timeout(PROBE, self.probe()).await {
                Ok(Ok(())) => Answer::text("200 OK", "ready\n"),
                Ok(Err(away)) => Answer::text("503 Service Unavailable", away),
                Err(_elapsed) => Answer::text("503 Service Unavailable", "no answer in time\n"),
            },
            Some(b"/metrics") => match self.metrics.text() {
                Ok(body) => Answer { status: "200 OK", body },
                Err(error) => {
                    tracing::error!(%error, "no metrics");
                    Answer::text("500 Internal Server Error", "no metrics\n")
                }
            },
            _ => Answer::text("404 Not Found", "not here\n"),
        }
    }

    async fn probe(&self) -> Result<(), &'static str> {
        self.ledger.ping().await.map_err(|error| {
            tracing::warn!(%error, "not ready");
            "PostgreSQL is away\n"
        })?;
        self.redis.lock().await.ping().await.map_err(|error| {
            tracing::warn!(%error, "not ready");
            "Redis is away\n"
        })
    }
}

struct Answer {
    status: &'static str,
    body: Vec<u8>,
}

impl Answer {
    fn text(status: &'static str, body: &str) -> Self {
        Self { status, body: body.into() }
    }
}

/// Serves for as long as it is polled.
pub async fn serve(listener: TcpListener, pages: Pages) {
    let (pages, places) = (Arc::new(pages), Arc::new(Semaphore::new(VISITORS)));
    let mut visits = JoinSet::new();
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let pages = pages.clone();
                visits.spawn(async move {
                    if tokio::time::timeout(PATIENCE, exchange(stream, &pages)).await.is_err() {
                        tracing::debug!("a visitor was too slow");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: they come back.
                tracing::warn!(%error, "no visitor was let in");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        while visits.try_join_next().is_some() {}
    }
}

async fn exchange(mut stream: TcpStream, pages: &Pages) {
    let mut head = Vec::new();
    let mut part = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part).await {
            Ok(length @ 1..) if head.len() < HEAD => head.extend(part.iter().take(length)),
            _ => return,
        }
    }
    let Answer { status, body } = pages.answer(&head).await;
    let length = body.len();
    let mut answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .into_bytes();
    answer.extend(body);
    if let Err(error) = stream.write_all(&answer).await {
        tracing::debug!(%error, "a visitor left early");
    }
}
