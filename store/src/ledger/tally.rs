//! What workers tell of themselves: what became of their runs, and that they are there.

use super::{Error, Ledger, within};
use crate::cached::cached;
use chrono::{DateTime, Utc};
use diesel::sql_query;
use diesel::sql_types::{Array, Integer, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::job::CLASSES;
use uuid::Uuid;

const ADD: &str = "\
INSERT INTO job_minutes AS m (queue, kind, minute, done, dropped, again, dead, waited, ran)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (queue, minute, kind) DO UPDATE SET
  done = m.done + excluded.done, dropped = m.dropped + excluded.dropped,
  again = m.again + excluded.again, dead = m.dead + excluded.dead,
  waited = ARRAY(SELECT a + b FROM unnest(m.waited, excluded.waited) WITH ORDINALITY u(a, b, n) ORDER BY n),
  ran = ARRAY(SELECT a + b FROM unnest(m.ran, excluded.ran) WITH ORDINALITY u(a, b, n) ORDER BY n)";

const SEE: &str = "\
INSERT INTO workers (id, queue, host, version, places, running, started_at, seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET running = excluded.running, seen_at = excluded.seen_at";

const LEAVE: &str = "DELETE FROM workers WHERE id = $1";

/// How runs ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    pub done: i32,
    pub dropped: i32,
    pub again: i32,
    pub dead: i32,
}

/// What became of the runs of one kind in one minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minute {
    pub minute: DateTime<Utc>,
    pub outcomes: Outcomes,
    /// From due to started.
    pub waited: [i32; CLASSES],
    /// From started to ended.
    pub ran: [i32; CLASSES],
}

/// A process of the fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    pub id: Uuid,
    /// Whose jobs it runs; `dispatch`: it relays those of all.
    pub queue: &'static str,
    pub host: String,
    pub started_at: DateTime<Utc>,
    /// Jobs at a time, at most.
    pub places: i32,
}

impl Ledger {
    /// Adds to what is known of a minute. Not to be repeated when unanswered: better a few runs uncounted than twice.
    pub async fn add_minute(&self, queue: &str, kind: &str, minute: &Minute) -> Result<(), Error> {
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(ADD)
                .bind::<Text, _>(queue)
                .bind::<Text, _>(kind)
                .bind::<Timestamptz, _>(minute.minute)
                .bind::<Integer, _>(minute.outcomes.done)
                .bind::<Integer, _>(minute.outcomes.dropped)
                .bind::<Integer, _>(minute.outcomes.again)
                .bind::<Integer, _>(minute.outcomes.dead)
                .bind::<Array<Integer>, _>(&minute.waited[..])
                .bind::<Array<Integer>, _>(&minute.ran[..]),
        );
        let result = within(query.execute(&mut *conn)).await;
        self.kept(conn, result).map(drop)
    }

    /// Notes that a worker is there, with so many jobs running.
    pub async fn see_worker(&self, worker: &Worker, running: i32, now: DateTime<Utc>) -> Result<(), Error> {
        let mut conn = self.conn().await?;
        let query = cached(
            sql_query(SEE)
                .bind::<SqlUuid, _>(worker.id)
                .bind::<Text, _>(worker.queue)
                .bind::<Text, _>(&worker.host)
                .bind::<Text, _>(env!("CARGO_PKG_VERSION"))
                .bind::<Integer, _>(worker.places)
                .bind::<Integer, _>(running)
                .bind::<Timestamptz, _>(worker.started_at)
                .bind::<Timestamptz, _>(now),
        );
        let result = within(query.execute(&mut *conn)).await;
        self.kept(conn, result).map(drop)
    }

    /// Notes that a worker has gone.
    pub async fn worker_left(&self, worker: &Worker) -> Result<(), Error> {
        let mut conn = self.conn().await?;
        let query = cached(sql_query(LEAVE).bind::<SqlUuid, _>(worker.id));
        let result = within(query.execute(&mut *conn)).await;
        self.kept(conn, result).map(drop)
    }
}
