//! An import on the real road: its worker is killed again and again, and every row is dealt with once.

use crate::ground::pause;
use crate::stage::Stage;
use std::time::{Duration, Instant};

const ROWS: i64 = 6_000;

#[tokio::test]
async fn an_import_whose_workers_are_killed_loses_and_doubles_nothing() {
    let stage = Stage::start().await;
    let admin = &stage.ground.admin;
    let ids = "SELECT md5('t')::uuid::text, md5('i')::uuid::text";
    let ids = admin.query_one(ids, &[]).await.unwrap();
    let (tenant, import): (String, String) = (ids.get(0), ids.get(1));
    let folder = stage.files().join(&tenant).join("imports");
    std::fs::create_dir_all(&folder).unwrap();
    // Every tenth has no address.
    let row = |n: i64| {
        if n % 10 == 9 { format!("N{n},\n") } else { format!("N{n},n{n}@example.org\n") }
    };
    let text: String = std::iter::once("name,email\n".to_owned()).chain((0..ROWS).map(row)).collect();
    std::fs::write(folder.join(format!("customers-{import}.csv")), text).unwrap();
    let started = "
        INSERT INTO customer_imports (tenant_id, id, state, file_name, encoding, delimiter, header, fields, total, created_at)
          VALUES (md5('t')::uuid, md5('i')::uuid, 'started', 'n.csv', 'UTF-8', ',', '[]', '[\"name\", \"email\"]', 6000, now());
        INSERT INTO jobs (tenant_id, id, queue, kind, payload, priority, run_at)
          VALUES (md5('t')::uuid, gen_random_uuid(), 'maintenance', 'import_customers',
            json_build_object('import_id', md5('i')::uuid), 1, now())";
    admin.batch_execute(started).await.unwrap();
    let done = async || -> i64 {
        let sql = "SELECT done::bigint FROM customer_imports WHERE id = md5('i')::uuid";
        admin.query_one(sql, &[]).await.unwrap().get(0)
    };
    let _dispatch = stage.start_process("dispatch");
    let deadline = Instant::now() + Duration::from_mins(2);
    let mut killed = 0;
    let mut worker = stage.start_process("maintenance");
    let mut before = 0;
    while stage.ground.count("kind = 'import_customers'").await > 0 {
        assert!(Instant::now() < deadline, "{} of {ROWS}:\n{}", done().await, stage.ground.rows().await);
        let now = done().await;
        if killed < 2 && now > before && now < ROWS {
            worker.kill();
            killed += 1;
            before = done().await;
            worker = stage.start_process("maintenance");
        }
        pause(10).await;
    }
    assert_eq!(killed, 2, "it was through before it could be killed");
    let sql = "SELECT made, refused, done, (SELECT count(*) FROM customers WHERE email LIKE 'n%'),
          (SELECT count(*) FROM customer_import_flaws), state,
          (SELECT count(*) FROM customer_terms t JOIN customers c ON c.id = t.customer_id WHERE c.email LIKE 'n%')
        FROM customer_imports";
    let row = admin.query_one(sql, &[]).await.unwrap();
    let figures: (i32, i32, i32, i64, i64) = (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4));
    assert_eq!(figures, (5_400, 600, 6_000, 5_400, 600));
    assert_eq!(row.get::<_, &str>(5), "done");
    // The name and the address.
    assert_eq!(row.get::<_, i64>(6), 10_800);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}
