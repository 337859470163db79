//! Two customers who are one: whatever the duplicate had is the kept one's, whoever comes in between.

use futures_util::future::join_all;
use serde_json::{Value, json};
use std::future::IntoFuture;
use testkit::{Browser, Salon, TestApp};

async fn add(salon: &Salon<'_>, body: Value) -> String {
    salon.post("/customers").json(&body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

async fn merge(salon: &Salon<'_>, kept: &str, duplicate: &str) -> testkit::Answer {
    let body = json!({"duplicate_id": duplicate});
    salon.post(&format!("/customers/{kept}/merge")).json(&body).await
}

async fn bookings_of(salon: &Salon<'_>, id: &str) -> usize {
    let found = salon.get("/bookings").query(&[("customer_id", id)]).await.expect(200);
    found["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn what_the_duplicate_had_is_the_kept_ones() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let kept = add(
        &salon,
        json!({"name": "Ana Martin", "email": "ana@customer.example", "note": "Tea.", "tags": ["VIP"]}),
    )
    .await;
    let goes = add(
        &salon,
        json!({"name": "Anna Durand", "email": "anna@customer.example", "phone": "+33612345678", "note": "Milk.",
            "tags": ["vip", "Regular"]}),
    )
    .await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    salon.book("Anna", "2030-03-05T11:00:00Z").await.expect(201);
    merge(&salon, &kept, &kept).await.refused(409, "SAME_CUSTOMER");
    merge(&salon, &kept, "019c0000-0000-7000-8000-000000000000").await.refused(404, "NOT_FOUND");
    let path = format!("/customers/{kept}/merge");
    let body = json!({"duplicate_id": goes});
    salon.post(&path).header("if-match", "\"7\"").json(&body).await.refused(412, "VERSION_MISMATCH");
    let stale = json!({"duplicate_id": goes, "duplicate_version": 7});
    salon.post(&path).json(&stale).await.refused(412, "VERSION_MISMATCH");
    let merged = salon.post(&path).header("if-match", "\"1\"").json(&body).await;
    assert_eq!(merged.header("etag"), "\"2\"");
    let merged = merged.expect(200);
    assert_eq!(
        (&merged["name"], &merged["email"], &merged["phone"], &merged["note"], &merged["tags"]),
        (
            &json!("Ana Martin"),
            &json!("ana@customer.example"),
            &json!("+33612345678"),
            &json!("Tea.\nMilk."),
            &json!(["Regular", "VIP"])
        )
    );
    assert_eq!(bookings_of(&salon, &kept).await, 2);
    salon.get(&format!("/customers/{goes}")).await.refused(404, "NOT_FOUND");
    merge(&salon, &kept, &goes).await.refused(404, "NOT_FOUND");
    // Found by the words of both, also after a change.
    salon.patch(&format!("/customers/{kept}")).json(&json!({"note": null})).await.expect(200);
    let found = salon.get("/customers").query(&[("q", "anna@customer")]).await.expect(200);
    assert_eq!(found["data"][0]["id"], json!(kept));
    // Either address is this customer, and nobody else's.
    salon.book("Anna", "2030-03-05T13:00:00Z").await.expect(201);
    assert_eq!(bookings_of(&salon, &kept).await, 3);
    let taken = json!({"name": "X", "email": "ANNA@customer.example"});
    salon.post("/customers").json(&taken).await.refused(409, "CUSTOMER_EXISTS");
    let other = add(&salon, json!({"name": "Bo", "email": "bo@customer.example"})).await;
    let steals = json!({"email": "anna@customer.example"});
    salon.patch(&format!("/customers/{other}")).json(&steals).await.refused(409, "CUSTOMER_EXISTS");
    // It was theirs, so they may go by it.
    let changed = salon.patch(&format!("/customers/{kept}")).json(&steals).await.expect(200);
    assert_eq!(changed["email"], "anna@customer.example");
    // A page of the duplicate leads to the kept one, through another merge too.
    merge(&salon, &other, &kept).await.expect(200);
    let mut browser = Browser::of(&salon).await;
    browser.open(&format!("/app/customers/{goes}")).await;
    assert_eq!(
        (browser.page.status, browser.address.as_str()),
        (200, format!("/app/customers/{other}").as_str())
    );
    assert_eq!(bookings_of(&salon, &other).await, 3);
    let trail = salon.get("/audit-events").query(&[("subject", "customer")]).await.expect(200);
    let merges = trail["data"].as_array().unwrap().iter().filter(|event| event["action"] == "customer.merge");
    let gone: Vec<&str> =
        merges.map(|event| event["before"]["duplicate"]["email"].as_str().unwrap()).collect();
    assert!(gone.len() == 2 && gone.contains(&"anna@customer.example"), "{gone:?}");
}

#[tokio::test]
async fn what_is_too_much_for_one_is_refused_and_nothing_moves() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let long = |c: &str| c.repeat(1_500);
    let tags = |from: u32| (from..from + 12).map(|n| format!("t{n}")).collect::<Vec<_>>();
    let a =
        add(&salon, json!({"name": "A", "email": "a@example.org", "note": long("a"), "tags": tags(0)})).await;
    let b = add(&salon, json!({"name": "B", "email": "b@example.org", "note": long("b")})).await;
    let c = add(&salon, json!({"name": "C", "email": "c@example.org", "tags": tags(20)})).await;
    assert_eq!(merge(&salon, &a, &b).await.refused(422, "INVALID")["errors"][0]["pointer"], "/note");
    assert_eq!(merge(&salon, &a, &c).await.refused(422, "INVALID")["errors"][0]["pointer"], "/tags");
    for id in [&b, &c] {
        assert_eq!(salon.get(&format!("/customers/{id}")).await.expect(200)["version"], 1);
    }
}

#[tokio::test]
async fn a_block_goes_where_the_duplicate_goes() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let kept = add(&salon, json!({"name": "Ana", "email": "ana@customer.example"})).await;
    let goes = add(&salon, json!({"name": "Anna", "email": "anna@customer.example"})).await;
    salon.post(&format!("/customers/{goes}/block")).json(&json!({"reason": "rude"})).await.expect(200);
    assert_eq!(merge(&salon, &kept, &goes).await.expect(200)["block"]["reason"], "rude");
    for name in ["Ana", "Anna"] {
        salon.book(name, "2030-03-05T09:00:00Z").await.refused(403, "CONTACT_THE_BUSINESS");
    }
}

/// The database decides: whatever the order, every booking is a living customer's, and none fails for the merge.
#[tokio::test]
async fn bookings_made_meanwhile_and_merges_that_cross_lose_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    salon.service(json!({"duration_minutes": 30, "slot_step_minutes": 30})).await;
    for round in 0..6 {
        let (one, other) = (format!("One{round}"), format!("Other{round}"));
        let body =
            |name: &str| json!({"name": name, "email": format!("{}@customer.example", name.to_lowercase())});
        let (a, b) = (add(&salon, body(&one)).await, add(&salon, body(&other)).await);
        let day = 5 + round;
        let books = (0..6).map(|n| {
            let name = if n % 2 == 0 { &one } else { &other };
            let start = format!("2030-03-{day:02}T{:02}:{:02}:00Z", 9 + n / 2, n % 2 * 30);
            salon.public("POST", "/bookings").json(&salon.booking(name, &start)).into_future()
        });
        let crossing = [(&a, &b), (&b, &a)].map(|(kept, goes)| {
            let request = salon.post(&format!("/customers/{kept}/merge"));
            request.json(&json!({"duplicate_id": goes})).into_future()
        });
        let (booked, merged) = futures_util::join!(join_all(books), join_all(crossing));
        let weekend = matches!(day, 9 | 10);
        for answer in &booked {
            assert!(
                answer.status == 201 || weekend && answer.code() == "SLOT_UNAVAILABLE",
                "{}",
                answer.text
            );
        }
        let statuses: Vec<u16> = merged.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.contains(&404) || statuses.contains(&503), "{statuses:?}");
        let made = booked.iter().filter(|answer| answer.status == 201).count();
        let own = [bookings_of(&salon, &a).await, bookings_of(&salon, &b).await];
        assert_eq!(own.iter().sum::<usize>(), made, "{own:?}");
        assert!(own.contains(&0), "{own:?}");
    }
}
