//! How much waits, who works, and what became of runs.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz};
use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::RunQueryDsl;
use domain::job::CLASSES;
use jobs::Queue;

use super::bound;
use crate::SystemTx;
use crate::error::Result;
use crate::ledger::Depth;

/// Where the counts of due, leased and dead jobs end.
pub const COUNTED: i64 = 100_000;
/// Where that of scheduled ones does, of all queues together: no index knows their queues.
pub const SCHEDULED_COUNTED: i64 = 20_000;
/// A worker that was not heard of for so long is gone.
const GONE: TimeDelta = TimeDelta::seconds(15);

const SCHEDULED: &str = "\
SELECT queue, count(*) AS jobs FROM (SELECT queue FROM jobs WHERE state = 'scheduled' ORDER BY run_at LIMIT $1) s
GROUP BY queue";

/// A queue at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    pub queue: Queue,
    /// Wait for a worker. Ends, with those that are leased, at [`COUNTED`].
    pub due: i64,
    /// Handed to the workers.
    pub leased: i64,
    /// Those are of the first 500 tenants: others have some too, and `due` has so many less.
    pub is_part: bool,
    /// Ends at [`SCHEDULED_COUNTED`].
    pub scheduled: i64,
    /// Ends at [`COUNTED`].
    pub dead: i64,
    /// Since when the oldest job that waits for a worker is due.
    pub oldest: Option<DateTime<Utc>>,
    pub settings: Settings,
    /// Processes that work.
    pub workers: i64,
    /// Jobs that they run at the moment, as they told last.
    pub running: i64,
    /// Jobs that they can run at a time.
    pub places: i64,
}

/// What operators set of a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName, serde::Serialize)]
pub struct Settings {
    /// Since when nothing of it is handed out.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub paused_at: Option<DateTime<Utc>>,
    /// Jobs of one tenant, of each priority, that may be out at a time; `None`: as the code has it.
    #[diesel(sql_type = Nullable<Integer>)]
    pub per_tenant: Option<i32>,
}

/// A process of the fleet.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Worker {
    /// Of a queue, or `dispatch`.
    #[diesel(sql_type = Text)]
    pub queue: String,
    #[diesel(sql_type = Text)]
    pub host: String,
    #[diesel(sql_type = Text)]
    pub version: String,
    #[diesel(sql_type = Integer)]
    pub places: i32,
    #[diesel(sql_type = Integer)]
    pub running: i32,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub seen_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    queue: String,
    #[diesel(sql_type = BigInt)]
    jobs: i64,
}

/// The queues of `wanted`, in its order, and all processes of the fleet that live at `now`.
pub async fn overview(
    tx: &SystemTx,
    wanted: &[Queue],
    now: DateTime<Utc>,
) -> Result<(Vec<Overview>, Vec<Worker>)> {
    bound(tx).await?;
    let workers = workers(tx, now).await?;
    let scheduled: Vec<Counted> =
        sql_query(SCHEDULED).bind::<BigInt, _>(SCHEDULED_COUNTED).load(&mut tx.conn()).await?;
    let mut queues = Vec::with_capacity(wanted.len());
    for queue in wanted {
        let depth = Depth::of(&mut tx.conn(), *queue, COUNTED).await?;
        let own = || workers.iter().filter(|worker| worker.queue == queue.name());
        queues.push(Overview {
            queue: *queue,
            due: (depth.ready - depth.leased).max(0),
            leased: depth.leased,
            is_part: depth.is_part,
            scheduled: scheduled.iter().find(|one| one.queue == queue.name()).map_or(0, |one| one.jobs),
            dead: depth.dead,
            oldest: depth.oldest,
            settings: settings(tx, *queue).await?,
            workers: i64::try_from(own().count()).unwrap_or(i64::MAX),
            running: own().map(|worker| i64::from(worker.running)).sum(),
            places: own().map(|worker| i64::from(worker.places)).sum(),
        });
    }
    Ok((queues, workers))
}

/// The processes of the fleet that were heard of lately.
pub async fn workers(tx: &SystemTx, now: DateTime<Utc>) -> Result<Vec<Worker>> {
    const LIVE: &str = "SELECT queue, host, version, places, running, started_at, seen_at FROM workers
        WHERE seen_at > $1 ORDER BY queue, host, started_at, id LIMIT 200";
    Ok(sql_query(LIVE).bind::<Timestamptz, _>(now - GONE).load(&mut tx.conn()).await?)
}

/// What is set of a queue.
pub async fn settings(tx: &SystemTx, queue: Queue) -> Result<Settings> {
    const SET: &str = "SELECT paused_at, per_tenant FROM queue_settings WHERE queue = $1";
    let set: Vec<Settings> = sql_query(SET).bind::<Text, _>(queue.name()).load(&mut tx.conn()).await?;
    Ok(set.into_iter().next().unwrap_or_default())
}

/// A time in equal slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Of the first slice.
    pub from: DateTime<Utc>,
    /// Of each slice; whole minutes.
    pub minutes: i32,
    pub slices: i32,
}

impl Span {
    /// The `slices` of so many `minutes` that end with the one that `now` lies in, each at a multiple of its length.
    pub fn until(now: DateTime<Utc>, minutes: i32, slices: i32) -> Self {
        let length = i64::from(minutes.max(1)) * 60;
        let last = now.timestamp().div_euclid(length) * length;
        let from = last - length * i64::from(slices.max(1) - 1);
        Self {
            from: DateTime::from_timestamp(from, 0).unwrap_or(now),
            minutes: minutes.max(1),
            slices: slices.max(1),
        }
    }

    /// When each slice begins.
    pub fn starts(&self) -> Vec<DateTime<Utc>> {
        let length = TimeDelta::minutes(i64::from(self.minutes));
        (0..self.slices).map(|slice| self.from + length * slice).collect()
    }

    pub fn end(&self) -> DateTime<Utc> {
        self.from + TimeDelta::minutes(i64::from(self.minutes)) * self.slices
    }
}

/// What became of the runs of a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    pub done: i64,
    /// There was nothing left to do.
    pub dropped: i64,
    /// Failed, and run again later.
    pub again: i64,
    /// Given up.
    pub dead: i64,
    /// From due to started, by [`domain::job::CLASSES`].
    pub waited: Vec<i64>,
    /// From started to ended, by the same.
    pub ran: Vec<i64>,
}

impl Default for Slice {
    fn default() -> Self {
        Self { done: 0, dropped: 0, again: 0, dead: 0, waited: vec![0; CLASSES], ran: vec![0; CLASSES] }
    }
}

impl Slice {
    /// Runs in all.
    pub const fn runs(&self) -> i64 {
        self.done + self.dropped + self.again + self.dead
    }
}

/// What became of the runs of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    pub kind: String,
    pub runs: Slice,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    slice: i32,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    done: i64,
    #[diesel(sql_type = BigInt)]
    dropped: i64,
    #[diesel(sql_type = BigInt)]
    again: i64,
    #[diesel(sql_type = BigInt)]
    dead: i64,
    #[diesel(sql_type = sql_types::Array<BigInt>)]
    waited: Vec<i64>,
    #[diesel(sql_type = sql_types::Array<BigInt>)]
    ran: Vec<i64>,
}

impl From<Row> for Slice {
    fn from(row: Row) -> Self {
        let Row { done, dropped, again, dead, waited, ran, .. } = row;
        Self { done, dropped, again, dead, waited, ran }
    }
}

/// What became of the runs of a queue, slice by slice.
pub async fn slices(tx: &SystemTx, queue: Queue, span: Span) -> Result<Vec<Slice>> {
    bound(tx).await?;
    let rows = sums(tx, queue, span, "extract(epoch FROM minute - $2) / ($4 * 60)", "''").await?;
    let mut slices = vec![Slice::default(); usize::try_from(span.slices).unwrap_or(0)];
    for row in rows {
        let at = usize::try_from(row.slice).unwrap_or(usize::MAX);
        if let Some(slice) = slices.get_mut(at) {
            *slice = row.into();
        }
    }
    Ok(slices)
}

/// What became of the runs of a queue in all of a time, kind by kind, the most frequent first.
pub async fn kinds(tx: &SystemTx, queue: Queue, span: Span) -> Result<Vec<Kind>> {
    bound(tx).await?;
    let rows = sums(tx, queue, span, "$4 * 0", "kind").await?;
    let mut kinds: Vec<Kind> =
        rows.into_iter().map(|row| Kind { kind: row.kind.clone(), runs: row.into() }).collect();
    kinds.sort_by(|one, other| {
        other.runs.runs().cmp(&one.runs.runs()).then_with(|| one.kind.cmp(&other.kind))
    });
    Ok(kinds)
}

/// One aggregate for each class: `unnest` would make a row of each before they are added up.
async fn sums(tx: &SystemTx, queue: Queue, span: Span, slice: &str, kind: &str) -> Result<Vec<Row>> {
    let classes = |column: &str| {
        let sums: Vec<String> =
            (1..=CLASSES).map(|class| format!("coalesce(sum({column}[{class}]), 0)::bigint")).collect();
        format!("ARRAY[{}] AS {column}", sums.join(", "))
    };
    let sql = format!(
        "SELECT floor({slice})::int AS slice, {kind} AS kind, sum(done)::bigint AS done, sum(dropped)::bigint AS dropped,
           sum(again)::bigint AS again, sum(dead)::bigint AS dead, {waited}, {ran}
         FROM job_minutes WHERE queue = $1 AND minute >= $2 AND minute < $3 GROUP BY 1, 2",
        waited = classes("waited"),
        ran = classes("ran"),
    );
    let query = sql_query(sql)
        .bind::<Text, _>(queue.name())
        .bind::<Timestamptz, _>(span.from)
        .bind::<Timestamptz, _>(span.end())
        .bind::<Integer, _>(span.minutes);
    Ok(query.load(&mut tx.conn()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_begin_at_multiples_of_their_length_and_end_with_now() {
        let now: DateTime<Utc> = "2030-03-04T09:07:31Z".parse().unwrap();
        let hour = Span::until(now, 1, 60);
        assert_eq!(hour.from.to_rfc3339(), "2030-03-04T08:08:00+00:00");
        assert_eq!(hour.end().to_rfc3339(), "2030-03-04T09:08:00+00:00");
        let day = Span::until(now, 15, 96);
        assert_eq!(day.starts().last().unwrap().to_rfc3339(), "2030-03-04T09:00:00+00:00");
        assert_eq!(day.starts().len(), 96);
    }
}
