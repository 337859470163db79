//! No time of anybody is taken twice: held by PostgreSQL, without the locks of the code above it.

use std::time::Duration;

use testkit::{Salon, TestApp};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

const BEA: u128 = 1;
const CLEO: u128 = 2;

/// Takes that time of 5 March 2030 of a resource, with nothing else looked at. Answers how many rows that made.
async fn take(on: &Client, salon: &Salon<'_>, resource: u128, from: &str, until: &str) -> Result<u64, Error> {
    let sql = format!(
        "INSERT INTO allocations (tenant_id, id, resource_id, starts_at, ends_at, owner_kind, owner_id)
         VALUES ('{}', gen_random_uuid(), lpad('{resource}', 32, '0')::uuid, '2030-03-05 {from}Z', '2030-03-05 {until}Z',
           'booking', gen_random_uuid())",
        salon.id
    );
    on.execute(&sql, &[]).await
}

fn is_refused(taken: &Result<u64, Error>) -> bool {
    let Err(error) = taken else { return false };
    let error = error.as_db_error().expect("PostgreSQL answers");
    assert_eq!(
        (error.code(), error.constraint()),
        (&SqlState::EXCLUSION_VIOLATION, Some("allocations_no_overlap"))
    );
    true
}

#[tokio::test]
async fn two_allocations_of_one_time_are_refused_by_the_database() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    // Nothing else binds who owns the database.
    let admin = app.database.admin().await;
    assert_eq!(take(&admin, &salon, BEA, "09:00", "10:00").await.unwrap(), 1);
    for (from, until) in
        [("09:00", "10:00"), ("09:15", "09:30"), ("08:00", "11:00"), ("08:30", "09:01"), ("09:59", "10:30")]
    {
        assert!(is_refused(&take(&admin, &salon, BEA, from, until).await), "{from} to {until}");
    }
    // What touches it, is somebody else's or another tenant's.
    for (from, until) in [("08:00", "09:00"), ("10:00", "11:00")] {
        assert_eq!(take(&admin, &salon, BEA, from, until).await.unwrap(), 1);
    }
    assert_eq!(take(&admin, &salon, CLEO, "09:00", "10:00").await.unwrap(), 1);
    assert_eq!(take(&admin, &other, BEA, "09:00", "10:00").await.unwrap(), 1);
    // What was given back is free, and comes back to none of what was taken meanwhile.
    let released =
        "UPDATE allocations SET released_at = now() WHERE tenant_id = $1 AND starts_at = '2030-03-05 09:00Z'";
    assert_eq!(admin.execute(released, &[&salon.id.0]).await.unwrap(), 2);
    assert_eq!(take(&admin, &salon, BEA, "09:30", "10:00").await.unwrap(), 1);
    let back = "UPDATE allocations SET released_at = NULL WHERE released_at IS NOT NULL
        AND resource_id = lpad('1', 32, '0')::uuid";
    assert!(is_refused(&admin.execute(back, &[]).await));
    // Nor is one moved or made longer into another.
    let longer = "UPDATE allocations SET ends_at = '2030-03-05 09:45Z' WHERE tenant_id = $1
        AND starts_at = '2030-03-05 08:00Z'";
    assert!(is_refused(&admin.execute(longer, &[&salon.id.0]).await));
}

#[tokio::test]
async fn of_two_at_once_that_do_not_see_each_other_the_second_is_refused() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (first, second) = (app.database.admin().await, app.database.admin().await);
    for (end, is_second_refused, from) in [("COMMIT", true, "09:00"), ("ROLLBACK", false, "14:00")] {
        let until = from.replace(":00", ":50");
        first.batch_execute("BEGIN").await.unwrap();
        assert_eq!(take(&first, &salon, BEA, from, &until).await.unwrap(), 1);
        let waits = take(&second, &salon, BEA, from, &until);
        let decide = async {
            // The second has come by then, and can't know yet.
            tokio::time::sleep(Duration::from_millis(200)).await;
            first.batch_execute(end).await.unwrap();
        };
        let (taken, ()) = tokio::join!(waits, decide);
        assert_eq!(is_refused(&taken), is_second_refused, "{end}");
    }
}
