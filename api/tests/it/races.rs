//! What many do at the same moment: decided once, by PostgreSQL, through a real pool.

use std::cell::Cell;
use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;
use testkit::{Answer, TestApp};

fn with_status(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[tokio::test]
async fn fifty_who_want_one_slot_get_it_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let names: Vec<String> = (0..50).map(|n| format!("Ana{n}")).collect();
    let answers = join_all(names.iter().map(|name| salon.book(name, "2030-03-05T09:00:00Z"))).await;
    assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (1, 49));
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        let problem = answer.refused(409, "SLOT_UNAVAILABLE");
        let alternatives = problem["alternatives"].as_array().unwrap();
        assert_eq!(alternatives.len(), 3);
        for alternative in alternatives {
            assert_ne!(alternative["start"], "2030-03-05T09:00:00Z");
        }
    }
    let admin = app.database.admin().await;
    for table in ["bookings", "allocations", "customers"] {
        let count: i64 = admin.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0);
        assert_eq!(count, 1, "{table}");
    }
    let jobs: i64 = admin
        .query_one("SELECT count(*) FROM jobs WHERE kind = 'send_booking_confirmation'", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(jobs, 1);
    // The other forty-nine used nothing of the plan.
    assert_eq!(salon.get("/plan").await.expect(200)["limits"][0]["used"], 1);
}

#[tokio::test]
async fn anybody_is_three_people_and_no_more() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for name in ["Bea", "Cleo"] {
        salon.staff(name).await;
    }
    salon.service(json!({})).await;
    let names: Vec<String> = (0..8).map(|n| format!("Ana{n}")).collect();
    let answers = join_all(names.iter().map(|name| salon.book(name, "2030-03-05T09:00:00Z"))).await;
    assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (3, 5));
    let booked = answers.iter().filter(|answer| answer.status == 201);
    let staff: BTreeSet<&str> = booked.map(|answer| answer.body["staff"]["id"].as_str().unwrap()).collect();
    assert_eq!(staff.len(), 3);
}

#[tokio::test]
async fn a_daily_maximum_of_one_is_one_at_whatever_time_they_come() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let staff = salon.first_staff().await;
    salon.patch(&format!("/staff/{staff}")).json(&json!({"max_daily_bookings": 1})).await.expect(200);
    // None overlaps another: only the maximum keeps them apart. Named or anybody, it holds.
    for (date, named) in [("2030-03-05", false), ("2030-03-06", true)] {
        let starts = salon.starts(date).await;
        assert_eq!(starts.len(), 10);
        let bookings = starts.iter().enumerate().map(|(n, start)| {
            let mut body = salon.booking(&format!("Ana{n}"), start);
            if named {
                body["staff_id"] = json!(staff);
            }
            let request = salon.public("POST", "/bookings").json(&body);
            async { request.await }
        });
        // Nobody is through before the others have come.
        let mut admin = app.database.admin().await;
        let change = admin.transaction().await.unwrap();
        change.batch_execute("UPDATE staff SET schedule_version = schedule_version + 1").await.unwrap();
        let finish = async {
            wait_for_a_lock(&app).await;
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            change.commit().await.unwrap();
        };
        let (answers, ()) = tokio::join!(join_all(bookings), finish);
        assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (1, 9), "{date}");
        for answer in answers.into_iter().filter(|answer| answer.status == 409) {
            answer.refused(409, "SLOT_UNAVAILABLE");
        }
        assert_eq!(salon.starts(date).await, Vec::<String>::new());
    }
    let admin = app.database.admin().await;
    for table in ["bookings", "allocations"] {
        let count: i64 = admin.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0);
        assert_eq!(count, 2, "{table}");
    }
}

#[tokio::test]
async fn a_free_plan_ends_at_fifty_whoever_comes_at_once() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"duration_minutes": 30})).await;
    let mut starts = Vec::new();
    for date in ["2030-03-05", "2030-03-06", "2030-03-07"] {
        starts.extend(salon.starts(date).await);
    }
    assert_eq!(starts.len(), 60);
    let answers = join_all(starts.iter().map(|start| salon.book("Ana", start))).await;
    assert_eq!((with_status(&answers, 201), with_status(&answers, 402)), (50, 10));
    for answer in answers.into_iter().filter(|answer| answer.status == 402) {
        let problem = answer.refused(402, "PLAN_LIMIT_REACHED");
        let told: BTreeSet<&str> = problem.as_object().unwrap().keys().map(String::as_str).collect();
        let form = ["code", "detail", "errors", "request_id", "status", "title", "type"];
        assert_eq!(told, BTreeSet::from(form), "a customer is told of the plan");
        assert_eq!(problem["detail"], "Bookings are closed for now.");
    }
    let limit = salon.get("/plan").await.expect(200)["limits"][0].clone();
    assert_eq!(
        (&limit["limit"], &limit["max"], &limit["used"]),
        (&json!("bookings_per_month"), &json!(50), &json!(50))
    );
    let day = salon.availability("2030-03-08").await;
    assert_eq!((&day["is_open"], &day["slots"]), (&json!(false), &json!([])));
}

#[tokio::test]
async fn the_month_of_a_plan_ends_at_the_tenants_midnight() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant_in("salon", "America/New_York").await;
    salon.service(json!({})).await;
    // 23:30 on 31 March in New York; 1 April in London.
    app.clock.advance("2030-04-01T03:30:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now());
    let token = fresh(&salon).await;
    let month = "INSERT INTO usage VALUES ($1, 'bookings_per_month', '2030-03-01', 49)";
    app.database.admin().await.execute(month, &[&salon.id.0]).await.unwrap();
    salon.book("Ana", "2030-04-02T14:00:00Z").await.expect(201);
    salon.book("Bob", "2030-04-02T15:00:00Z").await.refused(402, "PLAN_LIMIT_REACHED");
    let plan = app.get("/plan").bearer(&token).await.expect(200);
    assert_eq!(plan["limits"][0]["used"], 50);
    assert_eq!(plan["limits"][0]["resets_at"], "2030-04-01T04:00:00Z");
    app.clock.advance(chrono::TimeDelta::minutes(30));
    salon.book("Bob", "2030-04-02T15:00:00Z").await.expect(201);
    let token = fresh(&salon).await;
    let limits = app.get("/plan").bearer(&token).await.expect(200);
    assert_eq!(limits["limits"][0]["used"], 1);
}

async fn fresh(salon: &testkit::Salon<'_>) -> String {
    let body = json!({"email": salon.email, "password": salon.password});
    let signed_in = salon.app.post("/auth/login").json(&body).await.expect(200);
    signed_in["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn of_many_who_cancel_one_does_and_the_slot_is_free_again() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let start = "2030-03-05T09:00:00Z";
    let booked = salon.book("Ana", start).await.expect(201);
    assert!(!salon.starts("2030-03-05").await.contains(&start.to_owned()));
    let path = format!("/bookings/{}/cancellation", booked["public_code"].as_str().unwrap());
    let body = json!({"email": "ana@customer.example", "reason": "ill"});
    let cancel = || async { salon.public("POST", &path).json(&body).await };
    let answers = join_all((0..8).map(|_| cancel())).await;
    assert_eq!((with_status(&answers, 200), with_status(&answers, 409)), (1, 7));
    for answer in answers.into_iter().filter(|answer| answer.status == 409) {
        answer.refused(409, "BOOKING_NOT_CANCELLABLE");
    }
    assert!(salon.starts("2030-03-05").await.contains(&start.to_owned()));
    salon.book("Bob", start).await.expect(201);
}

#[tokio::test]
async fn of_many_who_approve_one_does_and_the_customer_is_told_once() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({"auto_confirm": false})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let listed = salon.get("/bookings").await.expect(200);
    let path = format!("/bookings/{}/confirmation", listed["data"][0]["id"].as_str().unwrap());
    let approve = || async { salon.post(&path).json(&json!({})).await };
    let answers = join_all((0..8).map(|_| approve())).await;
    assert_eq!((with_status(&answers, 200), with_status(&answers, 409)), (1, 7));
    for answer in answers.into_iter().filter(|answer| answer.status == 409) {
        answer.refused(409, "BOOKING_NOT_CONFIRMABLE");
    }
    app.run_jobs().await;
    let mails = app.mails().await;
    assert_eq!(mails.iter().filter(|mail| mail.to.contains("ana@customer.example")).count(), 1);
}

#[tokio::test]
async fn who_waited_for_a_change_of_hours_is_refused_by_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let mut named = salon.booking("Ana", "2030-03-05T09:00:00Z");
    let anybody = named.clone();
    named["staff_id"] = json!(salon.first_staff().await);
    for body in [named, anybody] {
        let mut admin = app.database.admin().await;
        let change = admin.transaction().await.unwrap();
        change.batch_execute("UPDATE staff SET schedule_version = schedule_version + 1").await.unwrap();
        change.batch_execute("DELETE FROM weekly_rules").await.unwrap();
        let book = async { salon.public("POST", "/bookings").json(&body).await };
        let finish = async {
            wait_for_a_lock(&app).await;
            change.commit().await.unwrap();
        };
        let (answer, ()) = tokio::join!(book, finish);
        answer.refused(409, "SLOT_UNAVAILABLE");
        let open = json!({"rules": [{"weekday": 2, "start": "08:00", "end": "18:00"}]});
        salon.put("/opening-rules").json(&open).await.expect(200);
    }
    assert_eq!(salon.get("/bookings").await.expect(200)["data"], json!([]));
}

async fn wait_for_a_lock(app: &TestApp) {
    let admin = app.database.admin().await;
    let waiting = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..500 {
        if admin.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) > 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nobody waits for a lock");
}

#[tokio::test]
async fn nobody_books_once_the_hours_are_gone() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    salon.service(json!({"duration_minutes": 5})).await;
    let open = json!({"rules": [{"weekday": 2, "start": "08:00", "end": "18:00"}]});
    salon.put("/opening-rules").json(&open).await.expect(200);
    let starts = salon.starts("2030-03-05").await;
    assert_eq!(starts.len(), 120);
    let are_closed = Cell::new(false);
    let booked = Cell::new(0);
    let book_on = async |starts: &[String]| {
        for start in starts {
            let were_closed = are_closed.get();
            let answer = salon.book("Ana", start).await;
            assert!(matches!(answer.status, 201 | 409), "{}", answer.text);
            assert!(!were_closed || answer.status == 409, "{start} was booked after the hours had gone");
            booked.set(booked.get() + u32::from(answer.status == 201));
        }
    };
    let close = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        salon.put("/opening-rules").json(&json!({"rules": []})).await.expect(200);
        are_closed.set(true);
    };
    let (chunks, rest) = starts.as_chunks::<15>();
    assert!(rest.is_empty());
    tokio::join!(join_all(chunks.iter().map(|chunk| book_on(chunk))), close);
    assert!((1..120).contains(&booked.get()), "the race was not one: {}", booked.get());
}
