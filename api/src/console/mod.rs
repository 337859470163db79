//! The fleet, for operators: its queues and its jobs, and what is done to them by hand.

pub mod cursor;
pub mod jobs;
pub mod queues;
pub mod range;
pub mod tenants;

use std::future::{Ready, ready};
use std::ops::Deref;

use ::jobs::Queue;
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest};
use domain::id::{JobId, TenantId};
use domain::rejection::Code;
use serde::Deserialize;
use store::audit::By;
use store::console::{Bulk, Deed, Many};

use crate::problem::{Problem, Result};
use crate::routes::{Access, Route, route};
use crate::state::State;

/// What operators of the platform may call.
pub fn routes() -> Vec<Route> {
    use Access::Operator;

    let (get, post, put, patch, delete) =
        (&Method::GET, &Method::POST, &Method::PUT, &Method::PATCH, &Method::DELETE);
    vec![
        route(get, "/admin/tenants", Operator, tenants::list, "The tenants, the newest first")
            .asks::<tenants::TenantsQuestion>()
            .lists::<tenants::TenantSummary>(),
        route(get, "/admin/tenants/{id}", Operator, tenants::show, "One tenant, and what it uses")
            .replies::<tenants::TenantOfPlatform>(200),
        route(put, "/admin/tenants/{id}/suspension", Operator, tenants::suspend, "Let nobody in any more")
            .takes::<tenants::Suspension>()
            .replies::<tenants::TenantOfPlatform>(200),
        route(
            delete,
            "/admin/tenants/{id}/suspension",
            Operator,
            tenants::reinstate,
            "Let everybody in again",
        )
        .replies::<tenants::TenantOfPlatform>(200),
        route(get, "/admin/queues", Operator, queues::list, "The queues and the processes of the fleet")
            .replies::<queues::Fleet>(200),
        route(get, "/admin/queues/{queue}", Operator, queues::show, "One queue, and what became of its runs")
            .asks::<queues::QueueQuestion>()
            .replies::<queues::QueueDetail>(200),
        route(
            patch,
            "/admin/queues/{queue}",
            Operator,
            queues::update,
            "Set how much of one tenant runs at a time",
        )
        .takes::<queues::UpdateQueue>()
        .replies::<queues::QueueSettings>(200),
        route(
            post,
            "/admin/queues/{queue}/pause",
            Operator,
            queues::pause,
            "Hand out nothing more of a queue",
        )
        .replies::<queues::QueueSettings>(200),
        route(post, "/admin/queues/{queue}/resume", Operator, queues::resume, "Have a paused queue go on")
            .replies::<queues::QueueSettings>(200),
        route(get, "/admin/jobs", Operator, jobs::list, "Jobs that stand alike")
            .asks::<jobs::JobsQuestion>()
            .lists::<jobs::JobView>(),
        route(
            post,
            "/admin/jobs/retry",
            Operator,
            jobs::retry_all,
            "Run dead jobs again, all that are meant",
        )
        .takes::<jobs::DeadJobs>()
        .replies::<jobs::Changed>(200),
        route(post, "/admin/jobs/delete", Operator, jobs::delete_all, "Remove dead jobs, all that are meant")
            .takes::<jobs::DeadJobs>()
            .replies::<jobs::Changed>(200),
        route(get, "/admin/jobs/{tenant_id}/{id}", Operator, jobs::show, "One job")
            .replies::<jobs::JobDetailView>(200),
        route(
            delete,
            "/admin/jobs/{tenant_id}/{id}",
            Operator,
            jobs::destroy,
            "Remove a job that does not run",
        )
        .answers(204),
        route(
            post,
            "/admin/jobs/{tenant_id}/{id}/retry",
            Operator,
            jobs::retry,
            "Run a dead or scheduled job now",
        )
        .replies::<jobs::JobDetailView>(200),
    ]
}

/// A queue by its name; an unknown one is not there.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Named(pub Queue);

impl TryFrom<String> for Named {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Queue::of_name(&name).map(Self).ok_or_else(|| "must be the name of a queue".to_owned())
    }
}

/// The two ids of a job in an address: `{tenant_id}/{id}`.
#[derive(Clone, Copy, Debug)]
pub struct Key(pub (TenantId, JobId));

impl Deref for Key {
    type Target = (TenantId, JobId);

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl FromRequest for Key {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let part = |name| request.match_info().get(name).and_then(|text| text.parse().ok());
        let key = part("tenant_id").zip(part("id"));
        ready(
            key.map(|(tenant, id)| Self((TenantId(tenant), JobId(id)))).ok_or_else(|| Code::NotFound.into()),
        )
    }
}

/// Most jobs that one request retries or removes.
pub const MOST: usize = 100_000;

/// What came of all batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    pub jobs: usize,
    /// There may be others.
    pub goes_on: bool,
}

/// Does it to all of them, batch by batch, each a transaction of its own.
pub async fn all(state: &State, deed: Deed, many: &Many, by: &By) -> Result<Done> {
    let mut done = Done { jobs: 0, goes_on: true };
    while done.goes_on && done.jobs < MOST {
        let now = state.clock.now();
        let system = state.store.system();
        let batch = system.transaction(async |tx| store::console::batch(tx, deed, many, by, now).await);
        let Bulk { jobs, goes_on } = batch.await?;
        done = Done { jobs: done.jobs + jobs, goes_on };
    }
    Ok(done)
}
