//! The work of one tenant, as its own people see it: how much of each kind waits, and what was given up.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::id::JobId;
use domain::job::JobState;

use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;

/// The latest jobs of a tenant that are looked at; of more, the older ones are not counted.
const MOST_OWN: i64 = 2_000;

/// By their ids, which tell when they were made.
const COUNT: &str = "\
SELECT kind, state, count(*) AS jobs, min(run_at) AS next FROM (
  SELECT kind, run_at, CASE WHEN state = 'ready' AND lease_until > now() THEN 'leased' WHEN state = 'ready' THEN 'due'
    ELSE state END AS state
  FROM jobs WHERE tenant_id = $1 ORDER BY tenant_id, id DESC LIMIT $2) own
GROUP BY kind, state ORDER BY min(run_at), kind";

const FAILED: &str = "\
SELECT id, kind, run_at FROM jobs WHERE tenant_id = $1 AND state = 'dead'
ORDER BY run_at DESC, id DESC LIMIT $2";

/// What a tenant has to do and what failed.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// Of what waits or runs; what is due the longest first.
    pub kinds: Vec<OwnKind>,
    /// There are older jobs than were looked at.
    pub has_more: bool,
    /// What was given up, the latest first.
    pub failed: Vec<Failed>,
}

/// Jobs of one kind that stand alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnKind {
    pub kind: String,
    pub state: JobState,
    pub jobs: i64,
    /// When the first of them is, or was, due.
    pub next: DateTime<Utc>,
}

/// A job that was given up.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Failed {
    #[diesel(sql_type = SqlUuid)]
    pub id: JobId,
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// When it was.
    #[diesel(sql_type = Timestamptz)]
    pub run_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    jobs: i64,
    #[diesel(sql_type = Timestamptz)]
    next: DateTime<Utc>,
}

/// The tenant's work, with at most `limit` jobs that were given up.
pub async fn own(tx: &TenantTx, limit: i64) -> Result<Own> {
    let count = sql_query(COUNT).bind::<SqlUuid, _>(tx.tenant()).bind::<BigInt, _>(MOST_OWN);
    let counted: Vec<Counted> = cached(count).load(&mut tx.conn()).await?;
    let has_more = counted.iter().map(|one| one.jobs).sum::<i64>() >= MOST_OWN;
    let failed = sql_query(FAILED).bind::<SqlUuid, _>(tx.tenant()).bind::<BigInt, _>(limit);
    let failed: Vec<Failed> = cached(failed).load(&mut tx.conn()).await?;
    let kinds = counted.into_iter().filter_map(|one| {
        let Counted { kind, state, jobs, next } = one;
        Some(OwnKind { kind, state: JobState::from_name(&state)?, jobs, next })
    });
    let kinds = kinds.filter(|own| own.state != JobState::Dead).collect();
    Ok(Own { kinds, has_more, failed })
}
