//! The console's questions and deeds, on a ledger with something in it.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::id::{JobId, TenantId, UserId};
use domain::job::JobState;
use domain::rejection::Code;
use jobs::Queue;
use store::audit::By;
use store::console::{self, Deed, Filter, Found, Many, Place};
use store::{Error, Store};
use testkit::TestApp;
use uuid::Uuid;

/// Jobs of `count` in a row, from a number on: `n` of the id, ten to a tenant, a second apart.
async fn fill(app: &TestApp, queue: Queue, state: &str, (from, count): (u32, u32), more: &str) {
    let sql = format!(
        "INSERT INTO jobs (tenant_id, id, queue, kind, payload, state, run_at, attempt, deliveries, last_error, failures{})
         SELECT lpad(to_hex(n / 10), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, '{}', CASE n % 2 WHEN 0 THEN 'even' ELSE 'odd' END,
           '{{}}', '{state}', '{now}'::timestamptz + n * interval '1 s', 8, 9, 'error ' || n,
           '[{{\"attempt\": 8, \"at\": \"2030-03-04T08:00:00Z\", \"error\": \"no\"}}]'{}
         FROM generate_series({from}, {from} + {count} - 1) n",
        if more.is_empty() { "" } else { ", lease_until" },
        queue.name(),
        if more.is_empty() { String::new() } else { format!(", {more}") },
        now = app.now(),
    );
    app.database.admin().await.batch_execute(&sql).await.unwrap();
}

fn key(number: u32) -> (TenantId, JobId) {
    (TenantId(Uuid::from_u128(u128::from(number / 10))), JobId(Uuid::from_u128(number.into())))
}

fn by() -> By {
    By::operator(UserId(Uuid::from_u128(1)), Some("192.0.2.1".to_owned()))
}

async fn list(store: &Store, filter: &Filter, limit: i64) -> Found {
    let found: store::Result<_> =
        store.system().transaction(async |tx| console::list(tx, filter, limit).await).await;
    found.unwrap()
}

/// The numbers of all jobs of a list, read page by page.
async fn walk(store: &Store, mut filter: Filter, limit: i64) -> Vec<u128> {
    let mut numbers = Vec::new();
    loop {
        let found = list(store, &filter, limit).await;
        assert!(found.jobs.len() <= usize::try_from(limit).unwrap());
        numbers.extend(found.jobs.iter().map(|job| job.id.0.as_u128()));
        let Some(next) = found.next else { return numbers };
        assert_ne!(filter.after, Some(next));
        filter.after = Some(next);
    }
}

#[tokio::test]
async fn every_list_is_read_to_its_end_and_tells_each_job_once() {
    let app = TestApp::start().await.ignore_jobs();
    fill(&app, Queue::Email, "ready", (100, 55), "").await;
    fill(&app, Queue::Pdf, "ready", (1_000, 15), "").await;
    fill(&app, Queue::Email, "ready", (200, 7), "now() + interval '1 min'").await;
    fill(&app, Queue::Email, "scheduled", (300, 25), "").await;
    fill(&app, Queue::Email, "dead", (400, 25), "").await;
    fill(&app, Queue::Maintenance, "dead", (500, 25), "").await;
    let of = |state| Filter { state, ..Filter::default() };
    for limit in [1, 7, 200] {
        let due: Vec<u128> = (100..155).chain(1_000..1_015).collect();
        assert_eq!(walk(&app.store, of(JobState::Due), limit).await, due);
        assert_eq!(walk(&app.store, of(JobState::Scheduled), limit).await, (300..325).collect::<Vec<u128>>());
        let dead: Vec<u128> = (500..525).rev().chain((400..425).rev()).collect();
        assert_eq!(walk(&app.store, of(JobState::Dead), limit).await, dead);
        let queue = Filter { queue: Some(Queue::Email), ..of(JobState::Dead) };
        assert_eq!(walk(&app.store, queue, limit).await, (400..425).rev().collect::<Vec<u128>>());
        let odd = Filter { kind: Some("odd".to_owned()), ..of(JobState::Due) };
        assert_eq!(walk(&app.store, odd, limit).await.len(), 27 + 7);
        let tenant = Filter { tenant: Some(key(410).0), ..of(JobState::Dead) };
        assert_eq!(walk(&app.store, tenant, limit).await, (410..420).rev().collect::<Vec<u128>>());
    }
    assert_eq!(walk(&app.store, of(JobState::Leased), 200).await, (200..207).collect::<Vec<u128>>());
    let leased = list(&app.store, &of(JobState::Leased), 200).await.jobs;
    assert!(leased.iter().all(|job| job.state == JobState::Leased && job.leased_until.is_some()));
}

#[tokio::test]
async fn jobs_are_found_by_id_tenant_kind_and_error() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    fill(&app, Queue::Email, "dead", (0, 30), "").await;
    let admin = app.database.admin().await;
    let sql = "INSERT INTO jobs (tenant_id, id, queue, kind, payload, state, run_at, last_error)
        SELECT $1, '00000000-0000-7000-8000-000000000001', 'pdf', 'make_booking_summary', '{}', 'dead', now(), 'It 100% failed'";
    admin.execute(sql, &[&salon.id.0]).await.unwrap();
    let found = async |search: &str| {
        let filter = Filter { search: Some(search.to_owned()), ..Filter::default() };
        walk(&app.store, filter, 3).await
    };
    let own = [0x0000_0000_0000_7000_8000_0000_0000_0001];
    assert_eq!(found("00000000-0000-7000-8000-000000000001").await, own);
    assert_eq!(found("salon").await, own);
    assert_eq!(found(&salon.id.to_string()).await, own);
    assert_eq!(found("make_book").await, own);
    assert_eq!(found(" 100% FAILED ").await, own);
    assert_eq!(found("error 17").await, [17]);
    // Nobody is of that name, and % stands for itself.
    assert!(found("50%").await.is_empty() && found("_").await == found("_").await);
    // The platform's own.
    assert_eq!(found("00000000-0000-0000-0000-000000000005").await, [5]);
    let line = list(&app.store, &Filter { search: Some("salon".to_owned()), ..Filter::default() }, 1).await;
    assert_eq!(line.jobs[0].slug.as_deref(), Some("salon"));
}

#[tokio::test]
async fn what_stands_behind_many_others_is_found_further_on() {
    let app = TestApp::start().await.ignore_jobs();
    fill(&app, Queue::Email, "dead", (0, 12_000), "").await;
    let filter = Filter { search: Some("error 7".to_owned()), ..Filter::default() };
    let first = list(&app.store, &filter, 10_000).await;
    // The latest 5,000, of which 7000 to 7999 are some.
    assert_eq!(first.jobs.len(), 1_000);
    assert!(first.next.is_some());
    let all: BTreeSet<u128> = walk(&app.store, filter, 10_000).await.into_iter().collect();
    assert_eq!(all.len(), 1 + 10 + 100 + 1_000);
    let filter = Filter { search: Some("error 3".to_owned()), ..Filter::default() };
    let page = list(&app.store, &filter, 5).await;
    assert!(page.jobs.is_empty() && page.next.is_some(), "the first 5,000 have none");
}

type Done = Result<(), Error>;

async fn retry(app: &TestApp, number: u32, seen: Option<JobState>) -> Done {
    let now = app.now();
    app.store.system().transaction(async |tx| console::retry(tx, key(number), seen, &by(), now).await).await
}

async fn delete(app: &TestApp, number: u32, seen: Option<JobState>) -> Done {
    let now = app.now();
    app.store.system().transaction(async |tx| console::delete(tx, key(number), seen, &by(), now).await).await
}

fn code(done: Done) -> Option<Code> {
    done.err().and_then(|error| error.code())
}

#[tokio::test]
async fn a_dead_job_begins_anew_and_its_trail_says_by_whom() {
    let app = TestApp::start().await.ignore_jobs();
    fill(&app, Queue::Email, "dead", (10, 1), "").await;
    fill(&app, Queue::Email, "dead", (50, 1), "").await;
    fill(&app, Queue::Email, "scheduled", (20, 1), "").await;
    fill(&app, Queue::Email, "ready", (30, 1), "").await;
    fill(&app, Queue::Email, "ready", (40, 1), "now() + interval '1 min'").await;
    let admin = app.database.admin().await;
    admin.execute("UPDATE jobs SET apart = 1 WHERE id = $1", &[&key(50).1.0]).await.unwrap();
    retry(&app, 10, Some(JobState::Dead)).await.unwrap();
    retry(&app, 50, Some(JobState::Dead)).await.unwrap();
    retry(&app, 20, Some(JobState::Scheduled)).await.unwrap();
    assert_eq!(code(retry(&app, 30, None).await), Some(Code::JobNotRetryable));
    assert_eq!(code(retry(&app, 40, None).await), Some(Code::JobRunning));
    assert_eq!(code(delete(&app, 40, None).await), Some(Code::JobRunning));
    // Whoever comes second with what they saw is told.
    assert_eq!(code(retry(&app, 10, Some(JobState::Dead)).await), Some(Code::JobChanged));
    assert_eq!(code(delete(&app, 10, Some(JobState::Dead)).await), Some(Code::JobChanged));
    delete(&app, 30, None).await.unwrap();
    assert_eq!(code(delete(&app, 30, None).await), Some(Code::NotFound));
    let rows = "SELECT state || ' ' || attempt || ' ' || deliveries || ' ' || (run_at = $1) || ' ' || jsonb_array_length(failures)
        FROM jobs ORDER BY id";
    let rows = admin.query(rows, &[&std::time::SystemTime::from(app.now())]).await.unwrap();
    let rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    // What was run apart will be again: it may be what kills workers.
    assert_eq!(rows, ["ready 0 0 true 1", "ready 8 9 true 1", "ready 8 9 false 1", "ready 0 2 true 1"]);
    let trail =
        "SELECT actor_kind || ' ' || action || ' ' || subject_kind || ' ' || (before->>'state') || ' ' || ip
        FROM audit_events WHERE tenant_id = ANY ($1) ORDER BY tenant_id";
    let tenants: Vec<Uuid> = [10, 20, 30, 40].map(|number| key(number).0.0).to_vec();
    let trail: Vec<String> =
        admin.query(trail, &[&tenants]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(
        trail,
        [
            "operator job.retry job dead 192.0.2.1",
            "operator job.retry job scheduled 192.0.2.1",
            "operator job.delete job ready 192.0.2.1",
        ]
    );
}

#[tokio::test]
async fn many_are_done_batch_by_batch_and_none_that_died_since() {
    let app = TestApp::start().await.ignore_jobs();
    fill(&app, Queue::Email, "dead", (0, 1_200), "").await;
    let now = app.now();
    let until = now + chrono::TimeDelta::seconds(1_100);
    let many = Many { queue: Queue::Email, kind: Some("odd".to_owned()), tenant: None, until };
    let mut retried = 0;
    loop {
        let batch: store::Result<_> = app
            .store
            .system()
            .transaction(async |tx| console::batch(tx, Deed::Retry, &many, &by(), now).await)
            .await;
        let batch = batch.unwrap();
        retried += batch.jobs;
        if !batch.goes_on {
            break;
        }
    }
    assert_eq!(retried, 550);
    let many = Many { queue: Queue::Email, kind: None, tenant: Some(key(15).0), until };
    let removed: store::Result<_> = app
        .store
        .system()
        .transaction(async |tx| console::batch(tx, Deed::Delete, &many, &by(), now).await)
        .await;
    assert_eq!((removed.as_ref().unwrap().jobs, removed.unwrap().goes_on), (5, false));
    let admin = app.database.admin().await;
    let count = async |sql: &str| admin.query_one(sql, &[]).await.unwrap().get::<_, i64>(0);
    assert_eq!(count("SELECT count(*) FROM jobs WHERE state = 'ready'").await, 550);
    assert_eq!(count("SELECT count(*) FROM jobs WHERE state = 'dead'").await, 1_200 - 550 - 5);
    let told =
        "SELECT sum(jsonb_array_length(before->'jobs')) FROM audit_events WHERE action = 'job.retry_all'";
    assert_eq!(count(told).await, 550);
    let told = "SELECT count(*) FROM audit_events WHERE action = 'job.delete_all' AND subject_kind = 'job'";
    assert_eq!(count(told).await, 1);
}

#[tokio::test]
async fn a_queue_is_paused_once_and_goes_on_once() {
    let app = TestApp::start().await;
    let (now, queue) = (app.now(), Queue::Pdf);
    let system = app.store.system();
    for _ in 0..2 {
        let set: store::Result<_> =
            system.transaction(async |tx| console::pause(tx, queue, &by(), now).await).await;
        assert_eq!(set.unwrap().paused_at, Some(now));
    }
    for per_tenant in [Some(3), Some(3), None, Some(5)] {
        let set: store::Result<_> = system
            .transaction(async |tx| console::set_per_tenant(tx, queue, per_tenant, &by(), now).await)
            .await;
        assert_eq!((set.as_ref().unwrap().per_tenant, set.unwrap().paused_at), (per_tenant, Some(now)));
    }
    for wrong in [0, -1, 100_001] {
        let set: store::Result<_> = system
            .transaction(async |tx| console::set_per_tenant(tx, queue, Some(wrong), &by(), now).await)
            .await;
        assert_eq!(set.unwrap_err().code(), Some(Code::Invalid));
    }
    let (read, _workers): (Vec<_>, _) = system
        .transaction(async |tx| {
            console::resume(tx, queue, &by(), now).await?;
            console::overview(tx, &Queue::ALL, now).await
        })
        .await
        .unwrap();
    assert_eq!(read.iter().map(|one| one.settings.per_tenant).collect::<Vec<_>>(), [None, Some(5), None]);
    assert!(read.iter().all(|one| one.settings.paused_at.is_none()));
    let admin = app.database.admin().await;
    let trail = "SELECT action || ' ' || (after->>'queue') FROM audit_events WHERE subject_kind = 'queue' ORDER BY id";
    let trail: Vec<String> = admin.query(trail, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let mut kinds = trail.clone();
    kinds.sort();
    assert_eq!(
        kinds,
        ["queue.pause pdf", "queue.resume pdf", "queue.update pdf", "queue.update pdf", "queue.update pdf"]
    );
}

#[tokio::test]
async fn a_glance_counts_each_where_it_stands() {
    let app = TestApp::start().await.ignore_jobs();
    fill(&app, Queue::Email, "ready", (100, 55), "").await;
    fill(&app, Queue::Email, "ready", (50, 7), "now() + interval '1 min'").await;
    fill(&app, Queue::Email, "scheduled", (300, 25), "").await;
    fill(&app, Queue::Email, "dead", (400, 26), "").await;
    let admin = app.database.admin().await;
    let sql = format!(
        "INSERT INTO workers (id, queue, host, version, places, running, started_at, seen_at) VALUES
           (gen_random_uuid(), 'email', 'a', '1', 10, 3, '{now}', '{now}'),
           (gen_random_uuid(), 'email', 'b', '1', 10, 4, '{now}', '{now}'),
           (gen_random_uuid(), 'email', 'c', '1', 10, 5, '{now}', '{now}'::timestamptz - interval '16 s'),
           (gen_random_uuid(), 'dispatch', 'a', '1', 0, 0, '{now}', '{now}');
         INSERT INTO job_minutes (queue, kind, minute, done, dropped, again, dead, waited, ran)
           SELECT 'email', kind, '{now}'::timestamptz - n * interval '1 min', 1, 2, 3, 4,
             array_fill(0, ARRAY[7]) || 10 || array_fill(0, ARRAY[14]), array_fill(1, ARRAY[22])
           FROM generate_series(0, 200) n, unnest(ARRAY['even', 'odd']) kind",
        now = app.now(),
    );
    admin.batch_execute(&sql).await.unwrap();
    let now = app.now();
    let span = console::Span::until(now, 15, 4);
    let read: store::Result<_> = app
        .store
        .system()
        .transaction(async |tx| {
            let (queues, workers) = console::overview(tx, &Queue::ALL, now).await?;
            let slices = console::slices(tx, Queue::Email, span).await?;
            Ok((queues, workers, slices, console::kinds(tx, Queue::Email, span).await?))
        })
        .await;
    let (queues, workers, slices, kinds) = read.unwrap();
    let email = &queues[0];
    assert_eq!((email.due, email.leased, email.scheduled, email.dead), (55, 7, 25, 26));
    assert_eq!((email.workers, email.running, email.places), (2, 7, 20));
    // What is leased waits no longer.
    assert_eq!(email.oldest, Some(now + chrono::TimeDelta::seconds(100)));
    assert_eq!((queues[1].due, queues[1].oldest), (0, None));
    assert_eq!(workers.len(), 3);
    // The last slice has begun with this minute.
    assert_eq!(slices.iter().map(|slice| slice.done).collect::<Vec<_>>(), [30, 30, 30, 2]);
    assert_eq!((slices[0].dropped, slices[0].again, slices[0].dead), (60, 90, 120));
    assert_eq!((slices[0].waited[7], slices[0].ran[21]), (300, 30));
    assert_eq!(kinds.iter().map(|kind| kind.runs.done).collect::<Vec<_>>(), [46, 46]);
}

/// However much waits: not one list reads the table from its beginning to its end.
#[tokio::test]
async fn a_backlog_is_looked_at_by_its_indexes_alone() {
    let app = TestApp::start().await.ignore_jobs();
    fill(&app, Queue::Email, "ready", (0, 100_000), "").await;
    fill(&app, Queue::Email, "dead", (200_000, 20_000), "").await;
    fill(&app, Queue::Email, "scheduled", (300_000, 20_000), "").await;
    let admin = app.database.admin().await;
    admin.batch_execute("ANALYZE jobs").await.unwrap();
    let scans = async || {
        let sql = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'jobs'";
        admin.query_one(sql, &[]).await.unwrap().get::<_, i64>(0)
    };
    // One connection, which tells its figures at the end of a transaction, once a second.
    let store = app.doors(1);
    let look = async || {
        for state in JobState::ALL {
            for tenant in [None, Some(key(205_000).0)] {
                for queue in [None, Some(Queue::Email)] {
                    let run_at = app.now() + chrono::TimeDelta::seconds(50_000);
                    let (tenant_id, id) = key(50_000);
                    let after = Some(Place { queue: 0, tenant_id, priority: 0, run_at, id });
                    for after in [None, after] {
                        let filter = Filter { queue, state, tenant, after, ..Filter::default() };
                        list(&store, &filter, 51).await;
                    }
                }
            }
        }
        let now = app.now();
        let read: store::Result<_> =
            store.system().transaction(async |tx| console::overview(tx, &Queue::ALL, now).await).await;
        assert_eq!(read.unwrap().0[0].due, 100_000);
    };
    let before = scans().await;
    look().await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    look().await;
    assert_eq!(scans().await, before);
}

#[tokio::test]
async fn a_tenants_own_people_see_its_own_work_alone() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    app.run_jobs().await;
    fill(&app, Queue::Email, "dead", (0, 30), "").await;
    let admin = app.database.admin().await;
    let sql = "INSERT INTO jobs (tenant_id, id, queue, kind, payload, state, run_at, lease_until, last_error)
        SELECT $1, gen_random_uuid(), 'pdf', 'make_booking_summary', '{}', state, '2030-03-04T09:00:00Z',
          lease_until, 'broken' FROM (VALUES ('dead', '-infinity'), ('ready', '-infinity'), ('ready', '2100-01-01T00:00:00Z'),
          ('scheduled', '-infinity'), ('scheduled', '-infinity')) v(state, lease)
        CROSS JOIN LATERAL (SELECT lease::timestamptz AS lease_until) l";
    admin.execute(sql, &[&salon.id.0]).await.unwrap();
    let own: store::Result<_> = app.store.tenant(salon.id).read(async |tx| console::own(tx, 20).await).await;
    let own = own.unwrap();
    assert_eq!(own.failed.len(), 1);
    let mut counts: Vec<_> = own.kinds.iter().map(|one| (one.state, one.jobs)).collect();
    counts.sort();
    assert_eq!(counts, [(JobState::Due, 1), (JobState::Leased, 1), (JobState::Scheduled, 2)]);
}
