//! What Harmony does for the tenant behind its pages: what waits, what runs, what failed and may be tried again.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::id::JobId;
use domain::job::JobState;
use domain::rejection::Code;
use serde::Serialize;
use store::console::{self, OwnKind};

use super::done;
use crate::extract::{ManageTenant, PageMember, Path};
use crate::pages::frame::Flash;
use crate::pages::ops::unsettled;
use crate::pages::{Reader, render, see_with};
use crate::problem::Problem;
use crate::problem::Result;

/// Most failed jobs that the page shows.
const ROWS: i64 = 50;

#[derive(Serialize)]
struct Jobs {
    current: &'static str,
    tab: &'static str,
    zone: &'static str,
    due: i64,
    leased: i64,
    scheduled: i64,
    /// There are more jobs than are counted.
    has_more: bool,
    kinds: Vec<Waiting>,
    failed: Vec<Failure>,
    has_more_failed: bool,
}

/// Jobs of one kind that stand alike.
#[derive(Serialize)]
struct Waiting {
    kind: String,
    state: &'static str,
    jobs: i64,
    next: DateTime<Utc>,
}

#[derive(Serialize)]
struct Failure {
    id: JobId,
    kind: String,
    at: DateTime<Utc>,
}

impl From<OwnKind> for Waiting {
    fn from(own: OwnKind) -> Self {
        Self { kind: own.kind, state: own.state.name(), jobs: own.jobs, next: own.next }
    }
}

pub async fn show(reader: Reader, member: PageMember<ManageTenant>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            let mut own = member.tenant.read(async |tx| console::own(tx, ROWS + 1).await).await?;
            let most = usize::try_from(ROWS).unwrap_or(0);
            let has_more_failed = own.failed.len() > most;
            own.failed.truncate(most);
            let sum = |state| own.kinds.iter().filter(|one| one.state == state).map(|one| one.jobs).sum();
            let (due, leased, scheduled) =
                (sum(JobState::Due), sum(JobState::Leased), sum(JobState::Scheduled));
            let content = Jobs {
                current: "settings",
                tab: "jobs",
                zone: tenant.timezone.name(),
                due,
                leased,
                scheduled,
                has_more: own.has_more,
                kinds: own.kinds.into_iter().map(Waiting::from).collect(),
                failed: own
                    .failed
                    .into_iter()
                    .map(|one| Failure { id: one.id, kind: one.kind, at: one.run_at })
                    .collect(),
                has_more_failed,
            };
            render(&member.state, &frame, StatusCode::OK, "app/jobs", &content)
        })
        .await
}

/// Only what failed: what waits for its time has a reason to.
pub async fn retry(
    reader: Reader,
    member: PageMember<ManageTenant>,
    id: Result<Path<JobId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let key = (member.tenant.id(), *id?);
            let (by, now) = (member.by(), member.now);
            let system = member.state.store.system();
            let retried: store::Result<()> = system
                .transaction(async |tx| console::retry(tx, key, Some(JobState::Dead), &by, now).await)
                .await;
            match retried.map_err(Problem::from) {
                Ok(()) => Ok(done("/app/jobs", "app-jobs-retried")),
                Err(problem) if problem.code() == Code::NotFound => Err(problem),
                Err(problem) => {
                    let key = unsettled(&problem).ok_or(problem)?;
                    Ok(see_with("/app/jobs", &Flash::bad(key)))
                }
            }
        })
        .await
}
