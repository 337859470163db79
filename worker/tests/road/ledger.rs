//! What the ledger's table promises: who reaches it, and at what cost.

use crate::ground::{Ground, Seen, pause, sleep};
use jobs::Queue;
use store::ledger::{HEADS, LEASE, LEASE_CAPPED};
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::SqlState;

#[tokio::test]
async fn a_lease_touches_no_index() {
    let ground = Ground::start().await;
    let seen = Seen::default();
    ground.enqueue(1, 3000, 0).await;
    let _parts = [ground.dispatch(), ground.work(Queue::Email, seen.clone(), sleep, 20)];
    ground.until("true", 0, 30).await;
    let figures =
        "SELECT n_tup_del, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'jobs'";
    for _ in 0..100 {
        let row = ground.admin.query_one(figures, &[]).await.unwrap();
        let [deleted, updated, hot]: [i64; 3] = [row.get(0), row.get(1), row.get(2)];
        if deleted == 3000 && updated >= 3000 {
            assert_eq!(hot, updated);
            return;
        }
        pause(100).await;
    }
    panic!("PostgreSQL counted nothing");
}

#[tokio::test]
async fn a_tenant_enqueues_and_reads_its_own_jobs_alone() {
    let ground = Ground::start().await;
    let app = ground.as_role("harmony_app").await;
    let insert = "INSERT INTO jobs (tenant_id, id, queue, kind, payload, run_at)
        VALUES ('00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'email', 'k', '{}', now())";
    for (tenant, allowed) in [
        ("", false),
        ("00000000-0000-0000-0000-000000000002", false),
        ("00000000-0000-0000-0000-000000000001", true),
    ] {
        let sql = format!("BEGIN; SET LOCAL app.tenant_id = '{tenant}'; {insert}; COMMIT");
        assert_eq!(app.batch_execute(&sql).await.is_ok(), allowed, "as {tenant}");
        app.batch_execute("ROLLBACK").await.unwrap();
    }
    assert_eq!(ground.count("true").await, 1);
    for (tenant, seen) in
        [("", 0), ("00000000-0000-0000-0000-000000000002", 0), ("00000000-0000-0000-0000-000000000001", 1)]
    {
        app.batch_execute(&format!("SET app.tenant_id = '{tenant}'")).await.unwrap();
        assert_eq!(app.query("SELECT id FROM jobs", &[]).await.unwrap().len(), seen, "as {tenant}");
    }
    for sql in ["UPDATE jobs SET attempt = 0", "DELETE FROM jobs", "SELECT * FROM schedule_ticks"] {
        let error = app.batch_execute(sql).await.unwrap_err();
        assert_eq!(error.code().map(SqlState::code), Some("42501"), "{sql}");
    }
}

#[tokio::test]
async fn a_dedup_key_is_a_tenants_once() {
    let ground = Ground::start().await;
    let insert = "INSERT INTO jobs (tenant_id, id, queue, kind, payload, run_at, dedup_key)
        SELECT ('00000000-0000-0000-0000-00000000000' || t)::uuid, gen_random_uuid(), 'email', 'k', '{}', now(), 'once'
        FROM generate_series(1, 2) t, generate_series(1, 3)
        ON CONFLICT (tenant_id, dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING";
    ground.admin.batch_execute(insert).await.unwrap();
    assert_eq!(ground.count("true").await, 2);
}

/// Without statistics, as in production: autoanalyze is off on `jobs`.
#[tokio::test]
async fn heads_and_leases_walk_the_index_and_sort_nothing() {
    let ground = Ground::start().await;
    ground.enqueue(1, 20_000, 0).await;
    for tenant in 2..100 {
        ground.enqueue(tenant, 3, 0).await;
    }
    let system = ground.as_role("harmony_system").await;
    let prepare = format!(
        "PREPARE heads(text, uuid, smallint, bigint, bigint) AS {HEADS};
         PREPARE lease(text, uuid[], smallint[], int[], int, timestamptz[], uuid[]) AS {LEASE};
         PREPARE capped(text, uuid[], smallint[], int[], int, bigint) AS {LEASE_CAPPED}"
    );
    system.batch_execute(&prepare).await.unwrap();
    let ids = "'00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000005'";
    for mode in ["force_generic_plan", "force_custom_plan"] {
        system.batch_execute(&format!("SET plan_cache_mode = {mode}")).await.unwrap();
        for query in [
            "heads('email', '00000000-0000-0000-0000-000000000000', -1::smallint, 50, 64)".to_owned(),
            format!(
                "lease('email', ARRAY[{ids}]::uuid[], '{{0, 0}}', '{{50, 50}}', 8000, '{{1970-01-01, 1970-01-01}}',
                   ARRAY[{ids}]::uuid[])"
            ),
            format!("capped('email', ARRAY[{ids}]::uuid[], '{{0, 0}}', '{{50, 50}}', 8000, 20)"),
        ] {
            let plan =
                plan(&system, &format!("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) EXECUTE {query}")).await;
            assert!(plan.contains("jobs_ready"), "{mode}: {plan}");
            for dear in ["Sort", "Seq Scan on jobs", "Bitmap"] {
                assert!(!plan.contains(dear), "{mode}: {plan}");
            }
            assert!(plan.contains("Index Cond: ((queue = "), "{mode}: {plan}");
            // What was done lately is not walked over again.
            let is_onward = plan.contains("ROW(run_at, id) > ROW(h.run_at, h.id)");
            assert_eq!(is_onward, query.starts_with("lease"), "{mode}: {plan}");
        }
    }
}

async fn plan(client: &tokio_postgres::Client, sql: &str) -> String {
    let lines = client.simple_query(sql).await.unwrap();
    let lines = lines.iter().filter_map(|line| match line {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}
