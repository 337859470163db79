//! Lists are pages: walked in steps of any length they are the whole, and what is no page is refused.

use serde_json::{Value, json};
use testkit::{Request, Salon, TestApp};

/// Its name, how many it has, and how it is asked for.
type List<'a> = (&'static str, usize, Box<dyn Fn() -> Request + 'a>);

/// The pages of a list in steps of `limit`, put together.
async fn walk(list: &dyn Fn() -> Request, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let limit_text = limit.to_string();
        let mut query = vec![("limit", limit_text.as_str())];
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = list().query(&query).await.expect(200);
        let data = page["data"].as_array().unwrap();
        assert!(data.len() <= limit, "{page}");
        all.extend(data.iter().cloned());
        match page["next_cursor"].as_str() {
            // A page that is not the last is full.
            Some(next) => assert_eq!(data.len(), limit, "{next}"),
            None => return all,
        }
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        assert!(all.len() < 100, "it never ends");
    }
}

async fn fill(salon: &Salon<'_>) -> String {
    for name in ["Bea", "Cleo", "Dan", "Eve"] {
        salon.staff(name).await;
    }
    let gone = salon.staff("Gone").await;
    salon.delete(&format!("/staff/{gone}")).await.expect(204);
    let (fay, owner) = (salon.staff("Fay").await, salon.first_staff().await);
    for n in 0..7 {
        salon.service(json!({"name": format!("Service {n}"), "is_active": n != 3})).await;
    }
    for (starts_on, ends_on) in [
        ("2030-05-01", "2030-05-01"),
        ("2030-05-01", "2030-05-03"),
        ("2030-05-01", "2030-05-02"),
        ("2030-04-30", "2030-06-01"),
        ("2030-05-02", "2030-05-02"),
    ] {
        salon.post("/closures").json(&json!({"starts_on": starts_on, "ends_on": ends_on})).await.expect(201);
    }
    for (date, start) in [
        ("2030-05-01", "09:00"),
        ("2030-05-01", "09:00"),
        ("2030-05-01", "08:00"),
        ("2030-05-02", "08:00"),
        ("2030-04-30", "23:00"),
        ("2030-05-01", "00:00"),
    ] {
        let body = json!({"date": date, "start": start, "end": "24:00"});
        salon.post("/openings").json(&body).await.expect(201);
    }
    let of_two = salon.service(json!({"staff_ids": [fay, owner]})).await;
    for (name, start) in
        [("Ana", "2030-03-05T09:00:00Z"), ("Bob", "2030-03-05T09:00:00Z"), ("Cleo", "2030-03-05T10:00:00Z")]
    {
        salon.book(name, start).await.expect(201);
    }
    of_two
}

#[tokio::test]
async fn a_list_walked_page_by_page_is_the_whole() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let of_two = fill(&salon).await;
    let lists: [List<'_>; 8] = [
        ("services", 8, Box::new(|| salon.get("/services"))),
        ("staff", 6, Box::new(|| salon.get("/staff"))),
        ("closures", 5, Box::new(|| salon.get("/closures"))),
        ("openings", 6, Box::new(|| salon.get("/openings"))),
        ("bookings", 3, Box::new(|| salon.get("/bookings"))),
        ("public services", 7, Box::new(|| salon.public("GET", "/services"))),
        ("public staff", 6, Box::new(|| salon.public("GET", "/staff"))),
        (
            "who provides a service",
            2,
            Box::new(|| salon.public("GET", "/staff").query(&[("service_id", of_two.as_str())])),
        ),
    ];
    for (name, count, list) in lists {
        let whole = list().await.expect(200);
        assert_eq!(whole["next_cursor"], Value::Null, "{name}");
        let whole = whole["data"].as_array().unwrap().clone();
        assert_eq!(whole.len(), count, "{name}");
        for limit in [1, 2, 3, 200] {
            assert_eq!(walk(&*list, limit).await, whole, "{name} in steps of {limit}");
        }
    }
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_walked_tells_nothing_twice() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let ids = [salon.staff("Bea").await, salon.staff("Cleo").await];
    let first = salon.get("/staff").query(&[("limit", "2")]).await.expect(200);
    salon.delete(&format!("/staff/{}", ids[0])).await.expect(204);
    let dan = salon.staff("Dan").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = salon.get("/staff").query(&[("cursor", cursor)]).await.expect(200);
    let seen: Vec<&str> =
        second["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(seen, [ids[1].as_str(), dan.as_str()]);
}

#[tokio::test]
async fn what_is_no_page_is_refused() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let own = ["/services", "/staff", "/closures", "/openings", "/bookings"].map(|path| ("", path));
    for (public, path) in own.into_iter().chain([("public", "/services"), ("public", "/staff")]) {
        let list = |name: &str, value: &str| {
            let request = if public.is_empty() { salon.get(path) } else { salon.public("GET", path) };
            request.query(&[(name, value)])
        };
        for limit in ["0", "201", "-1", "x", "", "1.5", "99999999999999999999"] {
            let problem = list("limit", limit).await.refused(422, "INVALID");
            assert_eq!(problem["errors"][0]["pointer"], "?limit", "{public}{path} {limit}");
        }
        for cursor in ["", "x", "AAAA", "%%%", &"A".repeat(31), &"A".repeat(33), "ünïcode"] {
            list("cursor", cursor).await.refused(400, "MALFORMED_CURSOR");
        }
        list("colour", "red").await.refused(422, "INVALID");
    }
}

#[tokio::test]
async fn a_staff_member_who_is_not_there_has_no_rules() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let gone = salon.staff("Gone").await;
    for path in ["/opening-rules", "/break-rules"] {
        let of = |id: &str| salon.get(path).query(&[("staff_id", id)]);
        assert_eq!(of(&gone).await.expect(200)["rules"], json!([]));
        of("019c0000-0000-7000-8000-000000000000").await.refused(404, "NOT_FOUND");
    }
    salon.delete(&format!("/staff/{gone}")).await.expect(204);
    for path in ["/opening-rules", "/break-rules"] {
        salon.get(path).query(&[("staff_id", &gone)]).await.refused(404, "NOT_FOUND");
    }
}
